"""Results of judging: the judgement of one rule, and the verdict for the report and for machines."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from replication import __version__
from replication.choices import CHOICES
from replication.files import write_atomically
from replication.judging.bound import Bound
from replication.judging.least_networks import least_networks
from replication.stats import Interval
from replication.study import DATASETS

FORMAT = 1
"""Number of the form of ``verdicts.json``; it grows whenever a reader of the file must change."""

Outcome = Literal["replicated", "not replicated", "inconclusive", "not testable"]

DECIDED = frozenset({"replicated", "not replicated"})
"""Outcomes that decide whether the claim holds."""

OUTCOME_IF: Mapping[bool | None, Outcome] = {True: "replicated", False: "not replicated", None: "inconclusive"}
"""Outcome by whether the deciding criterion is met."""


@dataclass(frozen=True)
class Criterion:
    """One criterion of whether a claim holds.

    Attributes:
        name: The criterion in words.
        met: Whether it is met; None if undecided.
        detail: The numbers behind it.
    """

    name: str
    met: bool | None
    detail: str


@dataclass(frozen=True)
class Judgement:
    """Judgement of a rule on the values of a statistic over seeds.

    Attributes:
        outcome: The outcome.
        measured: Summary of the statistic over seeds: a mean, or the share of networks of which a statement is true;
            None if undefined, and for an exact claim.
        measured_text: ``measured`` as text with its unit.
        interval: Deciding interval, in the unit of ``measured``.  For a correlation that the paper reports, it is the
            prediction interval, which decides about the size only.  None if the rule has no interval.
        why: One line on what decided.
        criteria: All criteria; the first is primary and was named beforehand.
        uninformative: Why a replicated claim was a weak test; empty if it was not.
        values: Statistic of each network, in the order of the seeds; empty for an exact claim that is decided.
        unit: Unit of ``measured``, ``interval`` and ``values``: ``"%"``, ``"pp"``, ``"z"``, ``"r"`` for a coefficient,
            ``"share"`` for truth values and shares of networks; empty for a pure number or if nothing is measured.
        decimals: Digits after the point for numbers in ``unit``.
        behind: For truth values, a text with the numbers behind them and their bound; empty if the statistic gives
            none.
        bound: Bound of the outcome that was set by this suite; None if there is none.
        chance: For a statement, the probability that it is true of a network in which the property it is about
            (classes, layers, signs or training) has no meaning; None if not defined.
    """

    outcome: Outcome
    measured: float | None
    measured_text: str
    interval: Interval | None
    why: str
    criteria: tuple[Criterion, ...]
    values: tuple[float, ...] = ()
    uninformative: str = ""
    unit: str = ""
    decimals: int = 2
    chance: float | None = None
    behind: str = ""
    bound: Bound | None = None


@dataclass(frozen=True)
class Flip:
    """Outcome under one alternative answer to one choice.

    Attributes:
        choice: Name of the choice.
        option: The alternative answer.
        outcome: Outcome under ``option``; ``not testable`` if the evidence has no measurements for it.
        measured_text: What was measured under ``option``, as text.
        otherwise: Outcome under the default answer, on the same networks.  None if these are all networks; the outcome
            of the verdict is then compared.
        weak: Whether the claim is replicated under ``option`` by a weak test only.
    """

    choice: str
    option: str
    outcome: Outcome
    measured_text: str
    otherwise: Outcome | None = None
    weak: bool = False

    @property
    def is_measured(self) -> bool:
        """Whether the evidence has measurements for the alternative answer."""
        return self.outcome != "not testable"

    @property
    def is_open(self) -> bool:
        """Whether the paper leaves the alternative answer open; False if the paper rules it out.

        Raises:
            KeyError: The choice is unknown.
        """
        return CHOICES[self.choice].is_open(self.option)


@dataclass(frozen=True)
class Verdict:
    """Verdict on one claim for one of the paper's networks.

    Attributes:
        id: Id of the claim.
        network: ``mnist``, ``kmnist``, ``fashion``, or ``-`` for a claim that is not about a trained network.
        sentence: The claim in the words of this suite.
        place: Place of the claim in the paper.
        reported: Result that the paper reports, as printed.
        printed: Number in ``reported``, if it is in the unit of the measured value; else None.
        family: Family of the decision rule.
        rule: The decision rule in words.
        judgement: The outcome with its numbers.
        flips: Outcomes under the alternatives to the choices that the claim depends on.
        evidence: Profile, networks and device behind the verdict, and the data set that stood in, if any.
        extended: Whether the paper states the claim for another network and only calls this one similar.
        implied: Whether the paper does not state the claim explicitly for this network.
        rule_changed: Date of the last change to what decides the claim after some evidence for it had been seen; empty
            if there was none.
    """

    id: str
    network: str
    sentence: str
    place: str
    reported: str
    printed: float | None
    family: str
    rule: str
    judgement: Judgement
    flips: tuple[Flip, ...]
    evidence: dict[str, Any]
    extended: bool = False
    implied: bool = False
    rule_changed: str = ""

    @property
    def outcome(self) -> Outcome:
        """The outcome of the judgement."""
        return self.judgement.outcome

    @property
    def weak(self) -> bool:
        """Whether the claim is replicated, but by a weak test."""
        return self.outcome == "replicated" and bool(self.judgement.uninformative)

    @property
    def is_rehearsal(self) -> bool:
        """Whether the networks behind the verdict show nothing about the paper's."""
        return bool(self.evidence.get("kind") == "rehearsal")

    @property
    def speaks_of_the_paper(self) -> bool:
        """Whether the verdict rests on networks trained like the paper's; a rehearsal's decides nothing."""
        has_networks = self.network in DATASETS and bool(self.evidence.get("networks"))
        return has_networks and self.evidence.get("kind") == "paper"

    @property
    def has_enough_networks(self) -> bool:
        """Whether the verdict rests on as many networks as its rule needs to reach any decision."""
        counts = [len(self.judgement.values)]
        if "compared_with" in self.evidence:
            counts.append(len(self.evidence["compared_with"]))
        return min(counts) >= least_networks(self.family)

    def differs_with(self, flip: Flip) -> bool:
        """Return whether an alternative answer changes the outcome; False if nothing was measured for it."""
        return flip.is_measured and flip.outcome != (flip.otherwise or self.outcome)

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as one JSON object; infinite ends of intervals are null.

        ``choices`` holds the flips: for each alternative answer to a choice, the ``outcome`` under it, and ``open``,
        whether the paper leaves that answer open.  ``outcome`` is ``not testable`` if nothing was measured for the
        answer.  ``weak`` is true if the claim is replicated under it, but by a weak test.  ``otherwise`` is the outcome
        under the default answer on the networks that were measured for the other, or null if these are all networks, so
        that it would be ``verdict``.  The verdict depends on an open choice if some entry with ``open`` true has an
        ``outcome`` other than that and other than ``not testable``.  It depends only on answers that the paper rules
        out if all such entries have ``open`` false.  A verdict on too few networks is inconclusive under any answer.

        ``bound`` is the bound that was set by this suite for a word of the claim, or null: the word ``reads``, the
        ``relation`` of ``numbers``, one per network, to the bound ``asked``, and ``low`` and ``high``, between which
        any bound gives the same verdict.  ``with_low`` and ``with_high`` say whether the ends themselves do.  A number
        is null where it is undefined, and also where it is infinite; ``values`` then holds 1 or 0, and not null.
        """
        judgement = self.judgement
        interval = judgement.interval
        return {
            "id": self.id,
            "network": self.network,
            "verdict": judgement.outcome,
            "reported": self.reported,
            "printed": self.printed,
            "measured": _number(judgement.measured),
            "measured_text": judgement.measured_text,
            "unit": judgement.unit,
            "interval": None if interval is None else [_number(interval.low), _number(interval.high)],
            "interval_level": None if interval is None else interval.level,
            "family": self.family,
            "rule": self.rule,
            "chance": judgement.chance,
            "behind": judgement.behind,
            "bound": None if judgement.bound is None else _bound(judgement.bound),
            "why": judgement.why,
            "uninformative": judgement.uninformative,
            "values": [_number(value) for value in judgement.values],
            "criteria": [asdict(criterion) for criterion in judgement.criteria],
            "choices": [asdict(flip) | {"open": flip.is_open} for flip in self.flips],
            "sentence": self.sentence,
            "place": self.place,
            "extended": self.extended,
            "implied": self.implied,
            "rule_changed": self.rule_changed or None,
            "evidence": self.evidence,
        }


def save_verdicts(path: Path, verdicts: Iterable[Verdict], errors: Mapping[str, str]) -> None:
    """Write verdicts and errors to a JSON file with one object.

    Its fields are ``format``, the number ``FORMAT``; ``suite``, the version of this package; ``errors``, an object with
    the error of each check that ended in one, by ``CLAIM [NETWORK]``; and ``verdicts``, a list with one object for each
    other claim and network, see ``Verdict.as_json``.

    Args:
        path: Path of the file; an existing file is replaced.
        verdicts: The verdicts, in the order of the list.
        errors: Error by check that has no verdict.

    Raises:
        ValueError: A verdict has a number that JSON lacks where none is allowed for.
    """
    record = {
        "format": FORMAT,
        "suite": __version__,
        "errors": dict(sorted(errors.items())),
        "verdicts": [verdict.as_json() for verdict in verdicts],
    }
    content = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(path, content.encode() + b"\n")


def _bound(bound: Bound) -> dict[str, Any]:
    """Return a bound as a JSON object; infinite ends are null."""
    return asdict(bound) | {
        "numbers": [_number(number) for number in bound.numbers],
        "low": _number(bound.low),
        "high": _number(bound.high),
    }


def _number(value: float | None) -> float | None:
    """Return ``value`` if it is finite, else None."""
    return None if value is None or not math.isfinite(value) else value
