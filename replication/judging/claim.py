"""The claim record, and the registry of claims."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from replication.judging.answer import Answer
from replication.judging.judged import JudgedNetwork
from replication.judging.rules import Contrast, Correlation, Rule, Value
from replication.paper import NETWORK_NAMES, REPORTED, Reported

Statistic = Callable[..., Any]
"""Pure function of the evidence of one network; without argument if the claim is not about a trained network."""

NO_NETWORK = "-"
"""Placeholder for the network of a claim that is not about a trained network."""

Facts = Mapping[str, Any]
"""Facts that planted evidence is made to show; see ``claims.planted``."""


@dataclass(frozen=True)
class Claim:
    """One checkable sentence of the paper.

    Attributes:
        id: Section and name, such as ``"4.1/most-harmed-class"``.
        place: Section, paragraph and sentence of the paper, and its figure.
        sentence: The statement of the paper, in the words of this suite.
        networks: Data sets of the networks that the claim is about; empty if it is not about trained networks.
        reported: Key of the printed number in ``numbers``, its stem if the key ends in the data set, or a text.
        rule: The decision rule.
        statistic: Function of the evidence of one network.
        numbers: Numbers that the paper prints, by key.
        holds: Facts of planted evidence for which the outcome must be replicated; arguments of ``statistic`` for a
            claim that is not about trained networks.
        fails: The same for which the outcome must be not replicated.
        caveat: What a reader should know before relying on the verdict.
        against: Data set to compare with; empty if the claim compares with none.
        said_of: Data set of the network that the paper states the claim for, if it only calls the others similar; empty
            if it states the claim for each.
        implied: What the paper says instead, if it does not state the claim explicitly; otherwise empty.
        implied_for: Data sets for which the paper does not state the claim explicitly; empty if ``implied`` holds for
            all or for none.
        changed: Date, such as ``2026-11-26``, of the last change to what decides the claim after some evidence for it
            had been seen; empty if nothing changed, or nothing that could affect any value.  For a ``Correlation`` it
            applies to the data sets for which the paper reports one, not to those in ``none_found``.
    """

    id: str
    place: str
    sentence: str
    networks: tuple[str, ...]
    reported: str
    rule: Rule | Contrast
    statistic: Statistic = field(repr=False)
    numbers: Mapping[str, Reported] = field(repr=False)
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
        """Name of the statistic, which summarises the claim."""
        return self.statistic.__name__

    @property
    def subjects(self) -> tuple[str, ...]:
        """What there is one verdict for each: the data sets of ``networks``, or ``-`` if there are none."""
        return self.networks or (NO_NETWORK,)

    def is_extended_to(self, network: str) -> bool:
        """Return whether the paper states the claim for another network and only calls this one similar."""
        return bool(self.said_of) and network != self.said_of

    def is_implied_for(self, network: str) -> bool:
        """Return whether the paper does not state the claim explicitly for a network."""
        return bool(self.implied) and (not self.implied_for or network in self.implied_for)

    def changed_for(self, network: str) -> str:
        """Return ``changed`` if it applies to a network, else an empty string."""
        return "" if network in getattr(self.rule, "none_found", ()) else self.changed

    def reported_on(self, network: str) -> tuple[Reported, ...]:
        """Return the printed numbers for one network: one, or r and p if both are; empty if ``reported`` is a text."""
        if any(self.reported.endswith(f"/{other}") for other in self.networks if other != network):
            return ()  # the full key of another network's number
        for keys in (
            (self.reported,),
            (f"{self.reported}/{network}",),
            (f"{self.reported}-r/{network}", f"{self.reported}-p/{network}"),
        ):
            if keys[0] in self.numbers:
                return tuple(self.numbers[key] for key in keys if key in self.numbers)
        return ()

    def reported_text(self, network: str) -> str:
        """Return the result that the paper reports for one network, as printed."""
        numbers = self.reported_on(network)
        if self._prints_r(numbers):
            return ", ".join(f"{name} = {number.text}" for name, number in zip("rp", numbers, strict=False))
        if numbers:
            unit = {"class": "", "ratio": "", "count": "", "": ""}.get(numbers[0].unit, f" {numbers[0].unit}")
            return ("class " if numbers[0].unit == "class" else "") + numbers[0].text + unit
        return self.reported

    def printed_in(self, unit: str, network: str) -> float | None:
        """Return the number printed for one network if it is in the given unit, else None.

        Args:
            unit: Unit, as in ``Judgement.unit``.
            network: One of ``networks``, or ``-``.
        """
        numbers = self.reported_on(network)
        if not numbers:
            return None
        printed = "r" if self._prints_r(numbers) else {"ratio": "", "count": ""}.get(numbers[0].unit, numbers[0].unit)
        return numbers[0].value if printed == unit else None

    def _prints_r(self, numbers: tuple[Reported, ...]) -> bool:
        """Return whether the first of the printed numbers is a correlation coefficient."""
        return len(numbers) == 2 or (len(numbers) == 1 and isinstance(self.rule, Correlation))

    def answer_of(self, network: JudgedNetwork) -> bool | float | Answer:
        """Return the statistic of one network, unconverted."""
        answer: bool | float | Answer = self.statistic(network)
        return answer

    def value_of(self, network: JudgedNetwork) -> float:
        """Return the statistic of one network as a float; truth values become 0 and 1."""
        return float(self.answer_of(network))


def check_name(claim_id: str, network: str) -> str:
    """Return the name of the check that gives one verdict, such as ``"4.1/classes-differ [kmnist]"``."""
    return f"{claim_id} [{network}]"


class Registry(Mapping[str, Claim]):
    """Claims of one paper by id, in the order of registration.

    Args:
        names: The paper's name for the network trained on each data set; by default those of the paper replicated
            here.
        numbers: Numbers that the paper prints, by key: a name, followed by ``/`` and the data set if they differ by
            network, and of a correlation by ``-r/`` or ``-p/`` and the data set.  By default those of the paper
            replicated here, or none if ``names`` are given.

    Raises:
        ValueError: A printed number is not a ``Reported``, as ``as_printed`` returns it.
    """

    def __init__(self, names: Mapping[str, str] | None = None, numbers: Mapping[str, Reported] | None = None) -> None:
        self._names = NETWORK_NAMES if names is None else names
        self._numbers = (REPORTED if names is None else {}) if numbers is None else numbers
        for key, number in self._numbers.items():
            if not isinstance(number, Reported):
                raise ValueError(
                    f"number {key!r} is {number!r}: expected it as_printed, whose digits tell the rounding"
                )
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
        """Return a decorator that registers a function as the statistic of a claim; see ``Claim`` for the arguments.

        The docstring of the function becomes the sentence of the claim.  ``networks`` may be a single data set.
        ``implied``, ``said_of`` and ``changed`` are added to the caveat as sentences; ``implied`` therefore starts like
        a sentence and has no full stop.

        Returns:
            The decorator; it replaces the function by the claim.

        Raises:
            ValueError: Raised by the decorator if the id is taken; a data set is unknown; the rule compares with a
                printed number and ``reported`` names none; ``against`` is missing for a ``Contrast``, given for
                another rule, given without ``networks`` or among them; ``rule.none_found``, ``said_of`` or
                ``implied_for`` is not among ``networks``; ``said_of`` is the only network; ``implied_for`` is given
                without ``implied``; or the function has no docstring.
        """
        names = (networks,) if isinstance(networks, str) else networks

        def decorate(statistic: Statistic) -> Claim:
            if claim_id in self._claims:
                raise ValueError(f"claim id {claim_id!r} is taken")
            if unknown := {*names, *filter(None, [against])} - set(self._names):
                raise ValueError(f"claim {claim_id!r} speaks of unknown networks {sorted(unknown)}")
            if isinstance(rule, Contrast) != bool(against):
                raise ValueError(
                    f"claim {claim_id!r} compares with {against or 'no data set'} by a rule of the family "
                    f"{rule.family!r}: a contrast, and it alone, says what it is against"
                )
            if against and not names:
                raise ValueError(f"claim {claim_id!r} compares with {against}, and names no networks to compare")
            if against in names:
                raise ValueError(f"claim {claim_id!r} compares {against} with itself")
            none_found = getattr(rule, "none_found", ())
            if set(none_found) - set(names):
                raise ValueError(f"claim {claim_id!r} finds none in {none_found!r}: expected some of {names}")
            others = [called for name, called in self._names.items() if name in names and name != said_of]
            if said_of and (said_of not in names or not others):
                raise ValueError(f"claim {claim_id!r} is said of {said_of!r}: expected one of several in {names}")
            sentence = " ".join((statistic.__doc__ or "").split())
            if not sentence:
                raise ValueError(f"claim {claim_id!r} has no sentence: write it as the function's docstring")
            extension = (
                f"The paper says this of {self._names[said_of]} and calls {' and '.join(others)} similar."
                if said_of
                else ""
            )
            if set(implied_for) - set(names) or (implied_for and not implied):
                raise ValueError(
                    f"claim {claim_id!r} is implied for {implied_for} by {implied!r}: expected some of {names} and "
                    "what the paper says instead"
                )
            of = f" of {' and '.join(self._names[name] for name in implied_for)}" if implied_for else ""
            unsaid = f"Implied, not stated{of}: {implied}." if implied else ""
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
                numbers=self._numbers,
                holds=holds or {},
                fails=fails or {},
                caveat=" ".join(filter(None, [unsaid, caveat, extension, late if changed else ""])),
                against=against,
                said_of=said_of,
                implied=implied,
                implied_for=implied_for,
                changed=changed,
            )
            if isinstance(rule, Value | Correlation):
                for subject in claim.subjects:
                    if not claim.reported_on(subject):
                        raise ValueError(
                            f"claim {claim_id!r} is held against a printed number, and there is none named "
                            f"{reported!r}, '{reported}/{subject}' or '{reported}-r/{subject}': put it among the "
                            "registry's numbers, and its key, or the key's stem, in `reported`"
                        )
            self._claims[claim_id] = claim
            return claim

        return decorate
