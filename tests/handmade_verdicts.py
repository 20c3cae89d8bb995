"""Verdicts made by hand, one of each kind the report must show, and networks with known measurements."""

import json
import re
from types import SimpleNamespace

import numpy as np
import xarray as xr

from replication.architecture import N_CLASSES
from replication.evidence import Evidence
from replication.judging import Criterion, Exact, Flip, Judgement, Statement, Value, Verdict
from replication.schema import PANELS, PIECES, STATES
from replication.stats import Interval
from replication.study import PROFILES

SHARE = Interval(0.19, 0.99, 0.95)
STATEMENT = Statement(chance=0.1)
HOSTILE = '<script>alert("1")</script> | *a* [b](javascript:c) & "d"'


def unmarked(page):
    """The page with the names of networks as plain text, which it marks so that no line breaks within them."""
    return re.sub(r'<span class="net">([^<]*)</span>', r"\1", page)


def source(dataset, n=4):
    """The record of evidence behind a verdict on one of the paper's networks."""
    names = [f"{dataset}/seed={seed}" for seed in range(n)]
    return {
        "kind": "paper",
        "origin": "trained",
        "profile": "paper",
        "precision": ["ieee"],
        "networks": names,
        "from_elsewhere": {},
        "stand_in": "",
        "trained_on": ["a GPU"],
        "commits": ["c0"],
    }


def rehearsed():
    """The record of evidence where digits stand in."""
    names = ["digits/seed=0", "digits/seed=1"]
    return {
        "kind": "rehearsal",
        "origin": "stand-in",
        "profile": "digits",
        "precision": ["ieee"],
        "networks": names,
        "from_elsewhere": {},
        "stand_in": "digits",
        "trained_on": ["a CPU"],
        "commits": ["c0"],
    }


def verdict(
    claim_id="4.1/classes-differ",
    network="mnist",
    outcome="replicated",
    *,
    measured=0.75,
    text="3 of 4 networks",
    unit="share",
    decimals=2,
    interval=SHARE,
    values=(1.0, 0.0, 1.0, 1.0),
    reported="in words",
    printed=None,
    family=Statement.family,
    rule=STATEMENT.text,
    chance=STATEMENT.chance,
    flips=(),
    evidence=None,
    sentence="Classes differ in harm.",
    uninformative="",
):
    """One verdict; what is not said is a statement true of three of four networks."""
    judgement = Judgement(
        outcome=outcome,
        measured=measured,
        measured_text=text,
        interval=interval,
        why=f"because of {text}",
        criteria=(
            Criterion("first asked", outcome == "replicated", text),
            Criterion("asked beside", None, "-0.5 to 2"),
        ),
        values=values,
        uninformative=uninformative,
        unit=unit,
        decimals=decimals,
        chance=chance,
    )
    return Verdict(
        id=claim_id,
        network=network,
        sentence=sentence,
        place="§4.1 ¶2 s2",
        reported=reported,
        printed=printed,
        family=family,
        rule=rule,
        judgement=judgement,
        flips=tuple(flips),
        evidence=source(network) if evidence is None else evidence,
    )


def accuracy(network="mnist", reported="99.0 %", printed=99.0):
    """A verdict on a printed number."""
    return verdict(
        "3.1/accuracy",
        network,
        measured=99.05,
        text="99.05 %",
        unit="%",
        interval=Interval(98.9, 99.2, 0.95),
        values=(99.0, 99.1, 99.04, 99.06),
        reported=reported,
        printed=printed,
        family=Value.family,
        rule=Value("%").text,
        chance=None,
        flips=(
            Flip("test-images", "all", "not replicated", "98.10 %"),
            Flip("denominator", "full-test-set", "replicated", "99.00 %"),
        ),
        sentence="The networks reach 99.0, 95.3 and 91.2 %.",
    )


def handful():
    """One verdict of each kind, out of the paper's order."""
    coefficient = verdict(
        "4.1/error-predicts-harm",
        "kmnist",
        "inconclusive",
        measured=-0.2,
        text="r = -0.20",
        unit="r",
        interval=Interval(-0.7, 0.45, 0.95),
        values=(-0.3, -0.1, -0.4, 0.1),
        reported="r = 0.6, p = 0.07",
        printed=0.6,
        sentence="Error predicts harm.",
    )
    nothing = verdict(
        "4.1/classes-differ",
        "fashion",
        "not testable",
        measured=None,
        text="nothing",
        unit="",
        interval=None,
        values=(),
        evidence={"kind": "paper"},
    )
    arithmetic = verdict(
        "3.2/neurons-17280",
        "-",
        measured=None,
        text="true",
        unit="",
        interval=None,
        values=(),
        reported="17,280",
        printed=17_280,
        family=Exact.family,
        rule=Exact.text,
        chance=None,
        evidence={"kind": "arithmetic"},
        sentence="A network has 17,280 neurons.",
    )
    refuted = verdict(
        "4.1/classes-differ", "kmnist", "not replicated", measured=0.0, text="0 of 4 networks", values=(0.0,) * 4
    )
    hollow = verdict(uninformative="it would also be true of 90% of networks in which nothing means anything")
    return [coefficient, nothing, refuted, hollow, accuracy(), arithmetic]


def evidence_by_hand():
    """Two M-Nets: class 7 is harmed most in both, class 3 least in one; NH rises by panel and falls when ablated."""
    return Evidence(PROFILES["paper"], [_network(0, least=3, nh=50.0), _network(1, least=0, nh=52.0)])


def _network(seed, least, nh):
    harm = np.full(N_CLASSES, 10.0)
    harm[7], harm[least] = 40.0 + 2 * seed, 1.0
    panels = nh + 5 * np.arange(len(PANELS))
    provenance = {
        "network": f"mnist/seed={seed}",
        "commit": f"c{seed}",
        "software": {"torch": "2.15"},
        "wall_s": 2.0,
        "training_wall_s": 60 + 60 * seed,
    }

    def by_panel(intact, ablated):
        return xr.DataArray([intact, ablated], {"state": list(STATES), "panel": list(PANELS)}, ("state", "panel"))

    harm_of_draws = xr.DataArray(
        [[[2.0 + seed, 4.0 + seed]]], {"layer": ["conv1"], "fraction": [0.5]}, ("layer", "fraction", "draw")
    )
    return SimpleNamespace(
        network=f"mnist/seed={seed}",
        is_whole=True,
        total_harm=xr.DataArray(harm, dims="class"),
        error=xr.DataArray(np.arange(10.0) + seed, dims="class"),
        nh_overall=by_panel(panels, panels - 4),
        under=lambda choices: SimpleNamespace(nh_overall=by_panel(panels + 1, panels - 2)),
        trustworthiness=by_panel(panels / 100, panels / 200),
        continuity=by_panel(panels / 110, panels / 220),
        figure_harm_overall=3.0,
        draw_harm_overall=harm_of_draws,
        pieces={piece: xr.Dataset(attrs={"provenance": json.dumps(provenance)}) for piece in PIECES},
    )
