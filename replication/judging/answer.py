"""Answers: truth values that keep the number and the bound behind them, to show how close the decision was."""

import math
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from replication.words import count_text

Relation = Literal["at least", "more than", "at most", "less than"]

_HOLDS: dict[Relation, Callable[[float, float], bool]] = {
    "at least": operator.ge,
    "more than": operator.gt,
    "at most": operator.le,
    "less than": operator.lt,
}


@dataclass(frozen=True)
class Answer:
    """Comparison of a number with a bound; ``float`` gives 1, 0, or NaN if undefined, ``bool`` is not allowed.

    Attributes:
        what: Description of the number for readers, with its unit.
        number: The number, of any type that ``float`` takes; NaN if undefined.
        relation: Required relation of the number to the bound.
        bound: The bound.
        also: Whether all other conditions of the claim hold.
        silence: Reason why this network counts as undefined although its number is known, for example because the
            number is mostly noise or its cause is too weak; empty if the answer counts.
        measured: Whether the evidence contains the measurements that the number needs; if not, ``silence`` says what
            is missing.
        reads: Vague word of the claim's sentence or caveat, such as "marginally", that this suite turned into the
            bound; empty if the paper prints the bound or the word means exactly the bound.

    Raises:
        ValueError: ``relation`` is unknown, ``bound`` is NaN, ``bound`` is not positive although ``reads`` is given, or
            ``silence`` is empty although ``measured`` is False.
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
        # Networks give numbers of numpy and torch, which JSON does not know.
        object.__setattr__(self, "number", float(self.number))
        object.__setattr__(self, "bound", float(self.bound))
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
"""Values of one statistic on several networks."""


def behind(answers: Sequence[object]) -> str:
    """Describe the numbers behind the answers of several networks, and the bound.

    Args:
        answers: Values of one statistic on each network.

    Returns:
        Text such as ``"the most harmed class over the least: 2.38 to 2.76; asked: at least 2"``, followed by the
        reasons why it is undefined for some networks; empty if the statistic returns plain truth values or numbers.

    >>> behind([Answer("r", 0.25, "more than", 0), Answer("r", 0.5, "more than", 0)])
    'r: 0.25 to 0.5; asked: more than 0'
    """
    asked = [answer for answer in answers if isinstance(answer, Answer)]
    if not asked:
        return ""
    numbers = [answer.number for answer in asked if not math.isnan(answer.number)]
    ends = ends_text(numbers, asked[0].bound) if numbers else "undefined"
    text = f"{asked[0].what}: {ends}; asked: {asked[0].relation} {asked[0].bound:g}"
    for silence, n in Counter(answer.silence for answer in asked if answer.silence).items():
        text += f"; undefined for {n} of {count_text(len(answers), 'network')}, {silence}"
    return text


def ends_text(numbers: Iterable[float], bound: float) -> str:
    """Return the lowest and the highest number, such as ``"0.3 to 0.8"``, or the only one; neither rounds to the bound.

    Args:
        numbers: Of the networks, at least one, none NaN.
        bound: Bound that they are compared with.

    >>> ends_text([0.3, 0.19987, 0.25], 0.2), ends_text([3, 3, 3], 4)
    ('0.1999 to 0.3', '3')
    """
    found = list(numbers)
    return " to ".join(dict.fromkeys(text_apart(end, bound) for end in (min(found), max(found))))


def text_apart(number: float, bound: float) -> str:
    """Format a number with three significant digits, or more if rounding would carry it to its bound or beyond.

    Numbers that round to 1,000 or more in magnitude have all digits before the point.

    Args:
        number: The number; may be infinite.
        bound: Bound that the number is compared with.

    >>> text_apart(0.19987, 0.2), text_apart(0.31829, 0.2), text_apart(2349.2, 2), text_apart(math.inf, 2)
    ('0.1999', '0.318', '2,349', '∞')
    """
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    if abs(number) >= 999.5:  # three digits would give 1e+03
        texts = (f"{number:,.{decimals}f}" for decimals in range(15))
    else:
        texts = (f"{number:.{digits}g}" for digits in range(3, 18))
    return next(text for text in texts if _side(float(text.replace(",", "")), bound) == _side(number, bound))


def _side(number: float, bound: float) -> tuple[bool, bool]:
    """Return whether a number lies below its bound, and whether above."""
    return number < bound, number > bound
