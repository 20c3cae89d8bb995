"""The README: its examples and recipes in Python do what they say."""

import itertools
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import skip_init

from replication.ablation import hits_by_class
from replication.judging import Correlation, NoEffect, Statement, Value, as_printed, judge_answers
from replication.metrics import accuracy_change_pp
from replication.network import Network
from replication.seeds import torch_generator
from replication.training import read_foreign_weights

README = Path(__file__).parent.parent / "README.md"


def examples():
    """The README's examples in Python.

    The paper's network, own arrays, own layers embedded, an own module ablated, own numbers judged, and own verdicts
    kept.
    """
    text = README.read_text(encoding="utf-8")
    of_paper, of_arrays, of_layers, of_module, of_numbers, of_verdicts = re.findall(
        r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL
    )
    return of_paper, of_arrays, of_layers, of_module, of_numbers, of_verdicts


def test_the_network_that_can_be_measured_is_the_paper_s(tmp_path):
    names = {"__name__": "readme"}
    exec(examples()[0], names)
    network, images = (
        Network(torch_generator("test", "readme")).eval(),
        torch.rand(5, 1, 28, 28, generator=torch_generator("test", "images")) * 2 - 1,
    )
    with torch.device("meta"):
        theirs = names["PaperNetwork"]()
    theirs.load_state_dict(network.state_dict(), assign=True)
    torch.save(theirs.state_dict(), tmp_path / "theirs.pt")
    measured = read_foreign_weights(tmp_path / "theirs.pt").network(torch.device("cpu"))
    with torch.inference_mode():
        torch.testing.assert_close(theirs(images), network(images))
        torch.testing.assert_close(measured(images), network(images))


def test_the_metrics_take_what_the_example_gives_them():
    names = {}
    exec(examples()[1], names)
    assert names["selectivity"].value.shape == (300,)
    assert names["effect"].sign.shape == (40,)
    assert names["n_by_aes"].shape == (7,)
    assert names["n_by_aes"].sum() == pytest.approx((names["net_lost"] != 0).any(axis=1).sum())
    assert names["hit"].per_class.shape == (7,)
    assert names["hit"].overall == pytest.approx(1 / 7, abs=0.03)


def test_the_recipe_embeds_own_layers_from_one_start_and_aligns_them():
    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(3, 20), 20, axis=0)
    names = {"layers": {name: centres + rng.normal(0, 0.05, (60, 20)) for name in ("images", "stem", "hidden")}}
    exec(examples()[2], names)
    aligned = names["aligned"]
    assert list(aligned) == ["images", "stem", "hidden"]
    for one, other in itertools.pairwise(aligned.values()):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.5, "classes lie where they lay in the layer before"


class OwnNetwork(nn.Module):
    """A stem of 16 kernels with BatchNorm, a skip connection round a second convolution, seven classes."""

    def __init__(self):
        super().__init__()
        self.stem = skip_init(nn.Conv2d, 3, 16, 3, padding=1)
        self.norm = nn.BatchNorm2d(16)
        self.second = skip_init(nn.Conv2d, 16, 16, 3, padding=1)
        self.out = skip_init(nn.Linear, 16, 7)
        generator = torch_generator("test", "own network")
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.normal_(generator=generator)
            self.norm.running_mean.normal_(generator=generator)

    def forward(self, images, kept=None):
        """Of the literal way: with the output of the stem's BatchNorm times what is kept of it."""
        normed = self.norm(self.stem(images))
        stem = functional.relu(normed if kept is None else normed * kept[:, None, None])
        return self.out((stem + functional.relu(self.second(stem))).mean(dim=(2, 3)))


def test_the_null_of_aes_fits_the_recipe():
    (null,) = re.findall(r"`(hits_by_class\(np\.where.*?)`", README.read_text(encoding="utf-8"))
    labels = np.arange(60) % 7
    predictions = np.stack([labels, np.roll(labels, 1), np.where(np.arange(60) < 30, labels, 6)])
    shuffled = np.random.default_rng(0).permutation(labels)
    found = eval(null, {"np": np, "hits_by_class": hits_by_class} | locals())
    assert found.sum(axis=1).tolist() == (predictions == labels).sum(axis=1).tolist()
    assert accuracy_change_pp(found[:1], found, np.bincount(labels, minlength=7)).shape == (3, 7)


def test_the_recipe_ablates_units_of_an_own_module():
    network, images = OwnNetwork(), torch.randn(60, 3, 8, 8, generator=torch_generator("test", "own images"))
    labels = np.arange(60) % 7
    names = {"np": np, "network": network, "images": images, "labels": labels}
    exec(examples()[3], names)
    masks = names["masks"]
    assert masks.sum(axis=1).tolist() == [8] * 20
    with torch.inference_mode():
        intact = network(images).argmax(1).numpy()
        ablated = [network(images, torch.from_numpy(~mask).float()).argmax(1).numpy() for mask in masks]
    n = np.bincount(labels)
    lost = [
        [((intact == labels) & (labels == c)).sum() - ((p == labels) & (labels == c)).sum() for c in range(7)]
        for p in ablated
    ]
    assert names["drops_pp"] == pytest.approx(100 * np.array(lost) / n)
    with torch.inference_mode():
        kept = torch.eye(16) == 0
        single = [hits_by_class(network(images, one.float()).argmax(1)[None].numpy(), labels, 7)[0] for one in kept]
    assert np.array_equal(names["net_lost"], hits_by_class(intact[None], labels, 7) - single)
    assert np.ptp(names["drops_pp"]) > 10, "ablations that change nothing would prove nothing"
    assert not network.norm._forward_hooks
    assert not network.training


def test_the_example_judges_own_numbers_as_it_says(capsys):
    names = {}
    exec(examples()[4], names)
    told = re.findall(r"^print\(.*?\)  # (.*)", examples()[4], re.MULTILINE)
    assert told[-1] == "0.8: with any bound above this the outcome is the same"
    assert capsys.readouterr().out.splitlines() == [*told[:-1], "0.8"]
    judged, answers = names["judged"], names["answers"]
    assert (judged.bound.low, judged.bound.with_low, judged.bound.high) == (0.8, False, math.inf)
    assert Statement().judge([replace(answer, bound=0.8) for answer in answers]).outcome != judged.outcome
    assert Statement().judge([replace(answer, bound=0.81) for answer in answers]).outcome == judged.outcome


def test_own_verdicts_are_kept_as_the_example_says(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(examples()[4], names)
    capsys.readouterr()
    exec(examples()[5], names)
    (told,) = re.findall(r"^print\(.*?\)  # (.*)", examples()[5], re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == [told]
    (kept,) = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]
    assert (kept["verdict"], kept["evidence"]) == ("replicated", {"stand_in": "", "networks": 6})
    (verdict,) = names["record"].verdicts
    assert not verdict.is_rehearsal
    assert not verdict.speaks_of_the_paper


def test_a_claim_of_another_paper_s_number_is_judged_as_the_passage_says():
    names = {}
    exec(examples()[4], names)
    (reported,) = re.findall(r'A claim of a printed number names it by `reported="(\w+)"`', README.read_text("utf-8"))
    rule = Value(unit="%", decimals=1)
    claim = names["registry"].claim("2/accuracy", place="§2", networks="cifar10", reported=reported, rule=rule)(
        names["robust"].statistic
    )
    assert judge_answers(claim, "cifar10", {"cifar10": names["accuracy"]}) == names["value"]
    assert claim.reported_text("cifar10") == "94.6 %"


@pytest.mark.parametrize("rule", [Value(), NoEffect(1.0), Correlation(0.3), Statement()], ids=lambda rule: rule.family)
def test_as_many_networks_decide_as_the_passage_says(rule):
    value, least = (1, 6) if rule.family == "statement" else (0.6, 5)
    for n, outcome in ((least - 1, "inconclusive"), (least, "replicated")):
        assert rule.judge([value] * n, [as_printed("0.6")]).outcome == outcome


def test_zeroed_weights_do_not_silence_a_unit_before_batchnorm():
    network, images = OwnNetwork().eval(), torch.randn(4, 3, 8, 8, generator=torch_generator("test", "own images"))
    with torch.inference_mode():
        network.stem.weight[5], network.stem.bias[5] = 0, 0
        norm = network.norm
        left = norm.bias[5] - norm.weight[5] * norm.running_mean[5] / (norm.running_var[5] + norm.eps).sqrt()
        assert left.abs() > 0.1
        torch.testing.assert_close(norm(network.stem(images))[:, 5], left.expand(4, 8, 8))
