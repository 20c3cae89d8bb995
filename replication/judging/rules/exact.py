"""True or false, settled without chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from replication.judging.answer import Answers
from replication.judging.rules.given import truth_values
from replication.judging.rules.undefined import told
from replication.judging.verdict import OUTCOME_IF, Criterion, Judgement
from replication.paper import Reported


@dataclass(frozen=True)
class Exact:
    """True or false, without chance: for claims that arithmetic, construction or the data sets settle."""

    family = "exact"
    text = "true or false"

    def judge(self, values: Answers, reported: Sequence[Reported], network: str) -> Judgement:
        """Return replicated if all are true, inconclusive if none is false but one undefined; see ``Rule.judge``."""
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
            why="settled without chance",
            criteria=(Criterion("true", not refuted, ""),),
        )
