"""Protocol of the rules that judge the networks of one data set, and the number of networks they need."""

from collections.abc import Sequence
from typing import Protocol

from replication.judging.answer import Answers
from replication.judging.verdict import Judgement
from replication.paper import Reported


class Rule(Protocol):
    """Decision rule for the networks of one data set; ``Contrast`` compares the networks of two."""

    @property
    def family(self) -> str:
        """``exact``, ``value``, ``statement``, ``correlation`` or ``no effect``."""

    @property
    def text(self) -> str:
        """The rule in words."""

    def judge(self, values: Answers, reported: Sequence[Reported] = (), network: str = "-") -> Judgement:
        """Return the judgement on the values of all networks.

        Args:
            values: Statistic of each network, NaN where undefined; truth values and answers count as 0 and 1.  A
                rule of numbers takes no answers.
            reported: Printed numbers: one number, r and p, or none.
            network: Data set of the networks, which ``Correlation`` looks up in its ``none_found``, or ``-``.

        Raises:
            ValueError: ``values`` is empty, a truth value is neither 0 nor 1 nor NaN, a rule of numbers gets an
                ``Answer``, or the number of printed numbers does not fit the rule.
        """
