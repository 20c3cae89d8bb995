"""Rule for claims that are exactly true or false."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.judging.answer import Answers
from replication.judging.rules.given import truth_values
from replication.judging.rules.undefined import told
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement
from replication.paper import Reported


@dataclass(frozen=True)
class Exact:
    """Rule for claims settled by arithmetic, by construction or by the data sets, without statistics."""

    family = "exact"
    text = "true or false"

    def judge(self, values: Answers, reported: Sequence[Reported] = (), network: str = "-") -> Judgement:
        """Judge truth values; see ``Rule.judge``.

        Replicated if all are true, not replicated if any is false, otherwise (some undefined) inconclusive.
        """
        values = truth_values(values, self.family)
        refuted = any(value == 0 for value in values)
        n_undefined = sum(value != value for value in values)
        if n_undefined and not refuted:
            why = told(n_undefined, len(values))
            return Judgement(
                "inconclusive", None, "undefined", None, why, (Criterion("true", None, why),), tuple(values)
            )
        return Judgement(
            outcome=OUTCOME_IF[not refuted],
            measured=None,
            measured_text="false" if refuted else "true",
            interval=None,
            why="decided without statistics",
            criteria=(Criterion("true", not refuted, ""),),
        )
