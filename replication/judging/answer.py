"""A yes or no with the number behind it, so that a reader sees how near it came to the other answer."""

import math
import operator
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from replication.plural import count_text

Relation = Literal["at least", "more than", "at most", "less than"]

_HOLDS: dict[Relation, Callable[[float, float], bool]] = {
    "at least": operator.ge,
    "more than": operator.gt,
    "at most": operator.le,
    "less than": operator.lt,
}


@dataclass(frozen=True)
class Answer:
    """Whether a number keeps to a bound; as a number itself it is 1 or 0, or NaN where nothing can be said.

    Attributes:
        what: What the number is, with its unit, as a reader should see it.
        number: The number; of NaN nothing can be said.
        relation: How it must stand to the bound.
        bound: The bound.
        also: Whether whatever else is asked holds.
        silence: Why this network counts as undefined although its number is known, as where it is mostly noise, or what
            should cause it is too weak; empty where the answer counts.
        measured: Whether the evidence holds what the number takes; if not, ``silence`` says what it lacks.
        reads: The vague word of the claim's sentence or caveat, as "marginally", that this suite turned into the bound;
            empty where the paper prints the bound, or the word means just that.

    Raises:
        ValueError: The relation is none of the four, or the bound is NaN, or reads a word and is not above 0, or
            nothing is said of what was not measured.
    """

    what: str
    number: float
    relation: Relation
    bound: float
    also: bool = True
    silence: str = ""
    measured: bool = True
    reads: str = ""

    def __post_init__(self) -> None:
        if not self.measured and not self.silence:
            raise ValueError(f"{self.what!r} was not measured: expected in silence what is lacking")
        if self.relation not in _HOLDS:
            four = ", ".join(map(repr, _HOLDS))
            raise ValueError(f"relation = {self.relation!r} of {self.what!r} to its bound, expected one of {four}")
        if self.reads and not self.bound > 0:
            raise ValueError(
                f"bound = {self.bound} of {self.what!r} reads {self.reads!r}, expected above 0: how far it could be "
                "moved is told in multiples of it"
            )
        if math.isnan(self.bound):
            raise ValueError(f"bound = nan of {self.what!r}, expected a number")

    def __float__(self) -> float:
        if math.isnan(self.number) or self.silence:
            return math.nan
        return float(self.also and _HOLDS[self.relation](self.number, self.bound))

    def __bool__(self) -> NoReturn:
        raise TypeError("an Answer may also say nothing: ask float(answer), which is 1, 0 or NaN")


Answers = Sequence[bool | float | Answer]
"""What one statistic gives on each of several networks."""


def behind(answers: Sequence[object]) -> str:
    """Return the numbers behind the answers of several networks, and what was asked of them.

    Args:
        answers: What one statistic gave on each network.

    Returns:
        Such as ``"the most harmed class over the least: 2.38 to 2.76; asked: at least 2"``, with why it is undefined
        for some of the networks; empty where the statistic gives plain truth values or numbers.

    >>> behind([Answer("r", 0.25, "more than", 0), Answer("r", 0.5, "more than", 0)])
    'r: 0.25 to 0.5; asked: more than 0'
    """
    asked = [answer for answer in answers if isinstance(answer, Answer)]
    if not asked:
        return ""
    numbers = [answer.number for answer in asked if not math.isnan(answer.number)]
    # A dictionary, so that ends that read alike are told once.
    texts = (
        [text_apart(number, asked[0].bound) for number in (min(numbers), max(numbers))] if numbers else ["undefined"]
    )
    told = f"{asked[0].what}: {' to '.join(dict.fromkeys(texts))}; asked: {asked[0].relation} {asked[0].bound:g}"
    for silence, n in Counter(answer.silence for answer in asked if answer.silence).items():
        told += f"; undefined for {n} of {count_text(len(answers), 'network')}, {silence}"
    return told


def text_apart(number: float, bound: float) -> str:
    """Return a number with three digits, large ones whole, and with more where it would pass for the bound.

    Args:
        number: The number.
        bound: What it is held against.

    >>> text_apart(0.19987, 0.2), text_apart(0.31829, 0.2), text_apart(2349.2, 2), text_apart(math.inf, 2)
    ('0.1999', '0.318', '2,349', '∞')
    """
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    if abs(number) >= 999.5:  # three digits would be 1e+03
        return f"{number:,.0f}"
    texts = (f"{number:.{digits}g}" for digits in range(3, 18))
    return next(text for text in texts if (float(text) == bound) == (number == bound))
