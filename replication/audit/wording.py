"""Check the paper's words against each other: figure captions against the text, and sentences on one finding."""

from collections.abc import Mapping

from replication.audit.finding import Finding, holds_if
from replication.paper import NETWORK_NAMES, Figure
from replication.words import in_a_row


def caption_findings(figures: Mapping[str, Figure]) -> tuple[Finding, ...]:
    """Compare the captions with the text on each figure.

    Args:
        figures: The figures by their printed number.

    Returns:
        Three findings: networks of the neuron-population figures, figure numbers, and seeds of the ablated networks.
    """
    return (_networks(figures), _numbers(figures), _seeds(figures))


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


def _networks(figures: Mapping[str, Figure]) -> Finding:
    """Judge whether each caption names the networks that the text says it shows."""
    odd = [figure for figure in figures.values() if figure.caption_networks != figure.text_networks]
    differences = "; ".join(
        f"Figure {figure.id}: caption {_names(figure.caption_networks)}, text {_names(figure.text_networks)}"
        for figure in odd
    )
    return Finding(
        "captions",
        "§4.3 ¶4 s11, Figures A.7 and A.8",
        "Captions and text name the same networks.",
        holds_if(not odd),
        differences or "No figure differs.",
    )


def _numbers(figures: Mapping[str, Figure]) -> Finding:
    """Remark on figures that the text cites by another number than the printed one."""
    odd = [f"{figure.id} as {figure.cited_as}" for figure in figures.values() if figure.cited_as not in {"", figure.id}]
    return Finding(
        "figure-numbers",
        "§4.1 to §4.3",
        "The text cites the appendix figures by number.",
        "remark" if odd else "holds",
        f"Cited under another name: {', '.join(odd) or 'none'}.",
    )


def _seeds(figures: Mapping[str, Figure]) -> Finding:
    """Remark on figures of an ablated network that lack the ablation seed."""
    ablated = [figure for figure in figures.values() if figure.kind == "ablated layers"]
    missing = [figure.id for figure in ablated if figure.ablation_seed is None]
    given = [f"{figure.id} (seed {figure.ablation_seed})" for figure in ablated if figure.ablation_seed is not None]
    return Finding(
        "ablation-seeds",
        "Figures 4, A.4 and A.6",
        "Each figure of an ablated network shows a single draw.",
        "remark" if missing else "holds",
        f"The seed is given for {', '.join(given) or 'none'} and not for {', '.join(missing) or 'none'}.",
    )


def _names(networks: tuple[str, ...]) -> str:
    """Return the paper's names of networks."""
    return ", ".join(NETWORK_NAMES[network] for network in networks)
