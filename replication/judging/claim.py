"""The claim record, and the registry that a file of claims fills."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from replication.evidence import NetworkEvidence
from replication.judging.answer import Answer
from replication.judging.rules import Contrast, Rule
from replication.paper import NETWORK_NAMES, REPORTED, Reported
from replication.study import DATASETS

Statistic = Callable[..., Any]
"""A pure function of one network's evidence, or of none where the claim is about none."""

Facts = Mapping[str, Any]
"""What planted evidence shall show; see ``claims.planted``."""


@dataclass(frozen=True)
class Claim:
    """One checkable sentence of the paper.

    Attributes:
        id: Section and name, such as ``"4.1/most-harmed-class"``.
        place: Section, paragraph and sentence of the paper, and its figure.
        sentence: What the paper says, in our words.
        networks: Data sets of the networks it speaks of; empty where it speaks of no trained network.
        reported: Key of the printed number, its stem where the key ends in the data set, or a text.
        rule: The decision rule.
        statistic: The function of one network's evidence.
        holds: Facts of planted evidence for which the rule must say replicated; for a claim about no network, none.
        fails: Facts for which it must say not replicated.
        caveat: What a reader should know before believing the verdict.
        against: The data set whose networks it compares with; empty where it compares with none.
        said_of: The data set of the network that it is said of, where the paper says of the others only that they show
            the like; empty where it speaks of each.
        implied: Of a claim that the paper does not make in so many words, what it says instead; empty where it does.
        implied_for: Data sets of whose networks it does not make it; empty where of none or of all.
        changed: Date, such as ``2026-11-26``, on which what decides it last changed after some evidence for it had been
            seen; empty where nothing did, or nothing that any value could touch.  Of a correlation this is said where
            one is printed, not where its absence is.
    """

    id: str
    place: str
    sentence: str
    networks: tuple[str, ...]
    reported: str
    rule: Rule | Contrast
    statistic: Statistic = field(repr=False)
    holds: Facts = field(default_factory=dict, repr=False)
    fails: Facts = field(default_factory=dict, repr=False)
    caveat: str = ""
    against: str = ""
    said_of: str = ""
    implied: str = ""
    implied_for: tuple[str, ...] = ()
    changed: str = ""

    @property
    def name(self) -> str:
        """The name of the statistic, which reads as the claim."""
        return self.statistic.__name__

    def is_extended_to(self, network: str) -> bool:
        """Return whether the paper says it of another network, and of this one only that it shows the like."""
        return bool(self.said_of) and network != self.said_of

    def is_implied_for(self, network: str) -> bool:
        """Return whether the paper does not say it of a network in so many words."""
        return bool(self.implied) and (not self.implied_for or network in self.implied_for)

    def changed_for(self, network: str) -> str:
        """Return the date on which what decides it for one network last changed, as ``changed`` tells; else nothing."""
        return "" if network in getattr(self.rule, "none_found", ()) else self.changed

    def reported_on(self, network: str) -> tuple[Reported, ...]:
        """Return the printed numbers for one network: one, or r and p, or none where the report is a text."""
        for keys in (
            (self.reported,),
            (f"{self.reported}/{network}",),
            (f"{self.reported}-r/{network}", f"{self.reported}-p/{network}"),
        ):
            if keys[0] in REPORTED:
                return tuple(REPORTED[key] for key in keys)
        return ()

    def reported_text(self, network: str) -> str:
        """Return what the paper reports for one network, as printed."""
        numbers = self.reported_on(network)
        if len(numbers) == 2:
            return f"r = {numbers[0].text}, p = {numbers[1].text}"
        if numbers:
            unit = {"class": "", "ratio": "", "count": "", "": ""}.get(numbers[0].unit, f" {numbers[0].unit}")
            return ("class " if numbers[0].unit == "class" else "") + numbers[0].text + unit
        return self.reported

    def printed_in(self, unit: str, network: str) -> float | None:
        """Return the number printed for one network, where it can stand beside values in a unit; else None.

        Args:
            unit: As judgements name it.
            network: One of the claim's networks, or ``-``.
        """
        numbers = self.reported_on(network)
        if not numbers:
            return None
        printed = "r" if len(numbers) == 2 else {"ratio": "", "count": ""}.get(numbers[0].unit, numbers[0].unit)
        return numbers[0].value if printed == unit else None

    def answer_of(self, network: NetworkEvidence) -> bool | float | Answer:
        """Return the statistic of one network as it comes."""
        answer: bool | float | Answer = self.statistic(network)
        return answer

    def value_of(self, network: NetworkEvidence) -> float:
        """Return the statistic of one network as a number; truth values as 0 and 1."""
        return float(self.answer_of(network))


class Registry(Mapping[str, Claim]):
    """Claims by id, in the order in which they were made."""

    def __init__(self) -> None:
        self._claims: dict[str, Claim] = {}

    def __getitem__(self, claim_id: str) -> Claim:
        return self._claims[claim_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims)

    def __len__(self) -> int:
        return len(self._claims)

    def claim(
        self,
        claim_id: str,
        *,
        place: str,
        rule: Rule | Contrast,
        reported: str = "in words",
        networks: tuple[str, ...] | str = (),
        holds: Facts | None = None,
        fails: Facts | None = None,
        caveat: str = "",
        against: str = "",
        said_of: str = "",
        implied: str = "",
        implied_for: tuple[str, ...] = (),
        changed: str = "",
    ) -> Callable[[Statistic], Claim]:
        """Make a claim of the function that follows; its docstring is the sentence.

        Args:
            claim_id: Section and name.
            place: Where the paper says it.
            rule: How it is decided.
            reported: Key in ``paper.REPORTED``, a key's stem, or a text.
            networks: Data sets it speaks of.
            holds: Facts of planted evidence that supports it.
            fails: Facts of planted evidence that refutes it.
            caveat: What to know before believing the verdict.
            against: Data set whose networks it compares with, for a ``Contrast``.
            said_of: The one of ``networks`` that it is said of, where the others are only said to show the like, which
                the caveat then tells.
            implied: Of a claim that the paper does not make in so many words, what it says instead, which the caveat
                then tells; begins like a sentence and has no full stop.
            implied_for: The ones of ``networks`` of which the paper does not say it, where it does of others.
            changed: Date on which what decides it last changed after some evidence for it had been seen, which the
                caveat then tells.

        Returns:
            The decorator; the decorated name is the claim.

        Raises:
            ValueError: The id is taken, a data set is unknown, a contrast names nothing to compare with or another rule
                does, its rule finds none in networks that it does not speak of, it is said of none of its networks or
                of its only one, it is implied for networks that it does not speak of or without a word on how, or the
                function has no sentence.
        """
        names = (networks,) if isinstance(networks, str) else networks

        def decorate(statistic: Statistic) -> Claim:
            if claim_id in self._claims:
                raise ValueError(f"claim id {claim_id!r} is taken")
            if unknown := {*names, *filter(None, [against])} - set(DATASETS):
                raise ValueError(f"claim {claim_id!r} speaks of unknown networks {sorted(unknown)}")
            if isinstance(rule, Contrast) != bool(against):
                raise ValueError(
                    f"claim {claim_id!r} compares with {against or 'no data set'} by a rule of the family "
                    f"{rule.family!r}: a contrast, and it alone, says what it is against"
                )
            none_found = getattr(rule, "none_found", ())
            if set(none_found) - set(names):
                raise ValueError(f"claim {claim_id!r} finds none in {none_found!r}: expected some of {names}")
            others = [NETWORK_NAMES[name] for name in DATASETS if name in names and name != said_of]
            if said_of and (said_of not in names or not others):
                raise ValueError(f"claim {claim_id!r} is said of {said_of!r}: expected one of several in {names}")
            sentence = " ".join((statistic.__doc__ or "").split())
            if not sentence:
                raise ValueError(f"claim {claim_id!r} has no sentence: write it as the function's docstring")
            extension = (
                f"Said of {NETWORK_NAMES[said_of]}; of {' and '.join(others)} the paper says that they show the like."
                if said_of
                else ""
            )
            if set(implied_for) - set(names) or (implied_for and not implied):
                raise ValueError(
                    f"claim {claim_id!r} is implied for {implied_for} by {implied!r}: expected some of {names} and "
                    "what the paper says instead"
                )
            of = f" of {' and '.join(NETWORK_NAMES[name] for name in implied_for)}" if implied_for else ""
            unsaid = f"Not said{of} in so many words: {implied}." if implied else ""
            where = " where the paper prints one" if none_found else ""
            late = f"The rule{where} was changed on {changed}, after some results had been seen: CHANGELOG, Rules."
            claim = Claim(
                id=claim_id,
                place=place,
                sentence=sentence,
                networks=names,
                reported=reported,
                rule=rule,
                statistic=statistic,
                holds=holds or {},
                fails=fails or {},
                caveat=" ".join(filter(None, [unsaid, caveat, extension, late if changed else ""])),
                against=against,
                said_of=said_of,
                implied=implied,
                implied_for=implied_for,
                changed=changed,
            )
            self._claims[claim_id] = claim
            return claim

        return decorate
