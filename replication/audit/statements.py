"""Check whether sentences on the same finding agree."""

from collections.abc import Mapping

from replication.audit.finding import Finding
from replication.plural import in_a_row


def statement_findings(separation_falls: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """Check whether sentences on one finding agree.

    Args:
        separation_falls: Layers to which a sentence limits the effect of ablation on class separation, by the place of
            the sentence; empty for all layers.

    Returns:
        One finding, on where ablation makes classes less separable.  It is a remark if the sentences name different
        layers, for example if one limits the effect and another does not.
    """
    by_sentence = (
        f"{place}: {f'only in {in_a_row(layers)}, or nearly so' if layers else 'without exception'}"
        for place, layers in separation_falls.items()
    )
    separation = Finding(
        "separation-under-ablation",
        ", ".join(separation_falls),
        "Ablation makes classes less separable in the activation space.",
        "remark" if len(set(separation_falls.values())) > 1 else "holds",
        f"{'; '.join(by_sentence)}.",
    )
    return (separation,)
