"""Sentences: do those that speak of one finding say the same of it?"""

from collections.abc import Mapping

from replication.audit.finding import Finding
from replication.plural import in_a_row


def statement_findings(separation_falls: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """Return how sentences on one finding agree.

    Args:
        separation_falls: Layers to which a sentence confines the effect of ablation on the separation of classes, by
            the sentence's place.

    Returns:
        One finding, on where ablation makes classes less separable: a remark where a sentence confines to some layers
        what another says without an exception.
    """
    told = (
        f"{place}: {f'in {in_a_row(layers)} alone, or nearly so' if layers else 'without an exception'}"
        for place, layers in separation_falls.items()
    )
    separation = Finding(
        "separation-under-ablation",
        ", ".join(separation_falls),
        "Ablation makes classes less separable in the activation space.",
        "remark" if len(set(separation_falls.values())) > 1 else "holds",
        f"{'; '.join(told)}.",
    )
    return (separation,)
