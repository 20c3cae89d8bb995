"""What all rules of one data set's networks offer, and how many networks they need."""

from collections.abc import Sequence
from typing import Protocol

from replication.judging.answer import Answers
from replication.judging.verdict import Judgement
from replication.paper import Reported

LEAST_NETWORKS = 5
"""Fewer networks decide nothing: their spread, on which every interval rests, is hardly known."""


class Rule(Protocol):
    """What all rules offer that judge the networks of one data set; ``Contrast`` compares those of two."""

    @property
    def family(self) -> str:
        """``exact``, ``value``, ``statement``, ``correlation`` or ``no effect``."""

    @property
    def text(self) -> str:
        """The rule in words."""

    def judge(self, values: Answers, reported: Sequence[Reported], network: str) -> Judgement:
        """Return the judgement of what the networks say.

        Args:
            values: The statistic of each network, NaN where it is undefined; truth values and answers count as 0 and 1.
            reported: The printed numbers: one, r and p, or none.
            network: The data set whose networks these are, or ``-``.

        Raises:
            ValueError: There are no values, another number for a truth value, or too few or too many printed numbers.
        """
