"""Counts, lists and minus signs as in running text: one network, two networks; this, that and the other; −0.2."""

import re
from collections.abc import Sequence

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def count_text(n: int, noun: str) -> str:
    """Return a count with its noun.

    Args:
        n: The count.
        noun: Noun in the singular; the plural adds an s.

    >>> count_text(1, "network"), count_text(2, "network")
    ('1 network', '2 networks')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def number_word(n: int) -> str:
    """Return a number as written in running text, as a word up to twelve.

    >>> number_word(6), number_word(30)
    ('six', '30')
    """
    return _WORDS[n] if n < len(_WORDS) else str(n)


def times_text(n: int) -> str:
    """Return a number of repetitions in words.

    >>> times_text(1), times_text(2), times_text(6)
    ('once', 'twice', 'six times')
    """
    return {1: "once", 2: "twice"}.get(n, f"{number_word(n)} times")


def in_a_row(names: Sequence[str]) -> str:
    """Join names with commas and ``and``; an empty list gives an empty string.

    >>> in_a_row(["M-Net"]), in_a_row(["M-Net", "K-Net", "F-Net"])
    ('M-Net', 'M-Net, K-Net and F-Net')
    """
    *first, last = names or ("",)
    return f"{', '.join(first)} and {last}" if first else last


def true_minus(text: str) -> str:
    """Replace hyphens that are minus signs by true minus signs.

    >>> true_minus("-0.21 to 0.40, one-sided, 3-5")
    '−0.21 to 0.40, one-sided, 3-5'
    """
    return re.sub(r"(?<![\w.)-])-(?=\.?\d)", "−", text)
