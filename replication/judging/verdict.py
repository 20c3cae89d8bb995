"""What comes out of judging: a judgement by one rule, and the verdict that the report and the machines read."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from replication.choices import CHOICES
from replication.files import write_atomically
from replication.judging.bound import Bound
from replication.stats import Interval

Outcome = Literal["replicated", "not replicated", "inconclusive", "not testable"]

DECIDED = frozenset({"replicated", "not replicated"})
"""Outcomes that say whether the claim holds."""

OUTCOME_IF: Mapping[bool | None, Outcome] = {True: "replicated", False: "not replicated", None: "inconclusive"}
"""The verdict by whether what decides is met."""


@dataclass(frozen=True)
class Criterion:
    """One way of asking whether a claim holds.

    Attributes:
        name: What is asked.
        met: The answer; None where it cannot be given.
        detail: The numbers behind it.
    """

    name: str
    met: bool | None
    detail: str


@dataclass(frozen=True)
class Judgement:
    """What a rule makes of the values of a statistic over seeds.

    Attributes:
        outcome: The verdict in a word.
        measured: The statistic over seeds: a mean, or the share of networks that agree; None where undefined, and
            for an exact claim.
        measured_text: The same for people, with its unit.
        interval: In the unit of ``measured``: the interval that decides, or, where the paper prints a correlation that
            it believes, the prediction interval, which decides about its size alone; None where the rule has none.
        why: One line: what decided.
        criteria: The criteria side by side; the first is primary and was named beforehand.
        uninformative: Of a claim that is replicated, why that was a weak test; empty where it was not.
        values: The statistic of each network, in the order of the seeds; empty where an exact claim is settled.
        unit: Of ``measured``, interval and values: ``"%"``, ``"pp"``, ``"z"``, ``"r"`` for a coefficient, ``"share"``
            for truth values and the share of networks that agree; empty for a pure number and where none is measured.
        decimals: Digits after the point with which numbers in that unit are shown.
        behind: Of truth values, the networks' numbers behind them and the bound that they were held against; empty
            where the statistic names none.
        bound: The bound that the outcome rests on, where it was set here; None where there is none.
        chance: Of a statement, the probability that it is true of a network where classes, layers or signs mean
            nothing; None where none is defined.
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
    """The outcome under one other answer to one choice.

    Attributes:
        choice: Name of the choice.
        option: The other answer.
        outcome: The verdict under it; ``not testable`` where the evidence holds nothing measured for it.
        measured_text: What was measured under it.
    """

    choice: str
    option: str
    outcome: Outcome
    measured_text: str

    @property
    def is_measured(self) -> bool:
        """Whether the evidence holds what the other answer asks for."""
        return self.outcome != "not testable"

    @property
    def is_open(self) -> bool:
        """Whether the paper leaves the other answer open; False where it rules it out.

        Raises:
            KeyError: There is no such choice.
        """
        return CHOICES[self.choice].is_open(self.option)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim for one of the paper's networks.

    Attributes:
        id: The claim's id.
        network: ``mnist``, ``kmnist``, ``fashion``, or ``-`` for claims about no trained network.
        sentence: The claim in our words.
        place: Where the paper says it.
        reported: What the paper reports, as printed.
        printed: The number in it, where there is one in the unit of what was measured; else None.
        family: Family of the decision rule.
        rule: The decision rule in words.
        judgement: The outcome with its numbers.
        flips: The outcomes under the other choices that the claim depends on.
        evidence: Profile, networks and device behind it, and which data set stood in for the paper's, if any.
        extended: Whether the paper says it of another network, and of this one only that it shows the like.
        implied: Whether the paper does not say it of the network in so many words.
        rule_changed: Date on which what decides it last changed after some evidence for it had been seen; else empty.
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
        """The verdict in a word."""
        return self.judgement.outcome

    def differs_with(self, flip: Flip) -> bool:
        """Return whether another answer makes another verdict; not if nothing was measured for it."""
        return flip.is_measured and flip.outcome != self.outcome

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as one flat object for machines; unbounded ends of intervals are null.

        ``choices`` holds the flips: the verdict under each other answer to one choice, ``outcome``, and whether the
        paper leaves that answer ``open``.  A verdict would change under an answer that the paper leaves open if some
        ``outcome`` with ``open`` true is neither ``verdict`` nor ``not testable``, as it is where nothing was measured
        for that answer, and only under one that it rules out if all that differ have ``open`` false; one that rests on
        too few networks is inconclusive under any answer.

        ``bound`` is the bound that was set here for a word of the claim, where there is one: the word, how the
        networks' ``numbers`` must stand to what is ``asked``, and ``low`` and ``high``, between which any other bound
        gives the same verdict, as each of the two does itself where ``with_low`` and ``with_high`` say so.
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


def save_verdicts(path: Path, verdicts: Iterable[Verdict]) -> None:
    """Write verdicts as a JSON list, one object per claim and network; see ``Verdict.as_json``."""
    content = json.dumps([verdict.as_json() for verdict in verdicts], indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(path, content.encode() + b"\n")


def _bound(bound: Bound) -> dict[str, Any]:
    """Return a bound as an object; ends without a bound beyond them are null."""
    return asdict(bound) | {
        "numbers": [_number(number) for number in bound.numbers],
        "low": _number(bound.low),
        "high": _number(bound.high),
    }


def _number(value: float | None) -> float | None:
    """Return a finite number, or None."""
    return None if value is None or not math.isfinite(value) else value
