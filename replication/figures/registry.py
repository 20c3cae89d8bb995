"""Registry of figures by id: figures of the paper by printed number, our own by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType

from matplotlib.figure import Figure

from replication.evidence import CORRELATIONS, Evidence
from replication.figures.ablated_layers import draw_ablated_layers
from replication.figures.cumulative_ablation import draw_cumulative_ablation
from replication.figures.harm import draw_harm
from replication.figures.harm_by_fraction import draw_harm_by_fraction
from replication.figures.hit_by_layer import draw_hit_by_layer
from replication.figures.layers import draw_layers
from replication.figures.multiverse import draw_multiverse
from replication.figures.neurons_by_layer import draw_neurons_by_layer
from replication.figures.neurons_by_metric import draw_neurons_by_metric
from replication.figures.noise_ceiling import draw_noise_ceiling
from replication.figures.seed_distribution import draw_seed_distribution
from replication.figures.selective_counts import draw_selective_counts
from replication.figures.selectivity_and_harm import draw_selectivity_and_harm
from replication.figures.subject import Subject, all_seeds, held_datasets, one_network


@dataclass(frozen=True)
class DrawableFigure:
    """One figure that can be drawn from any run.

    Attributes:
        title: Short title of the figure.
        caption: How to read the figure, in our words.
        draw: Function of the networks to show, one ``Subject`` per data set.
        dataset: Default data set; None for every data set of the run.
        over_seeds: Whether the figure shows all seeds at once, so that none can be chosen.
        whole: Whether the figure shows single neurons or images, so that condensed networks cannot be drawn.
    """

    title: str
    caption: str
    draw: Callable[..., Figure] = field(repr=False)
    dataset: str | None
    over_seeds: bool = False
    whole: bool = False


def _harm(dataset: str) -> DrawableFigure:
    return DrawableFigure(
        "Accuracy lost by class and ablated layer",
        "Mean accuracy that each class loses when a random half of one layer's units is ablated, stacked over the "
        "layers. Bars below zero are gains. The number at the top is the sum, which the correlation with the "
        "prediction error uses.",
        draw_harm,
        dataset,
    )


def _layers(dataset: str) -> DrawableFigure:
    return DrawableFigure(
        "Representations along the layers",
        "UMAP embeddings of the test images by their pixels and by each layer's activations, coloured by class. "
        "Each embedding is aligned to the one before. All start from the initialisation in the top row. NH is that of "
        "the embedding shown, with the range over embedding seeds in brackets. A number marks where its class is "
        "densest.",
        draw_layers,
        dataset,
        whole=True,
    )


def _ablated_layers(dataset: str) -> DrawableFigure:
    return DrawableFigure(
        "Representations after an ablation of conv1",
        "As in the figure before, but after one random half of conv1 was ablated. Black points are images that the "
        "intact network classifies correctly and the ablated network does not. They are larger and lie on top, and so "
        "cover more than their share. The bars show the accuracy that each class loses by this one ablation.",
        draw_ablated_layers,
        dataset,
        whole=True,
    )


def _neurons(dataset: str, classes: tuple[int, int]) -> DrawableFigure:
    return DrawableFigure(
        f"Neuron populations for classes {classes[0]} and {classes[1]}",
        "The embedded neurons. Their colours show, from top to bottom, their activation by one image of the class, "
        "their activation selectivity (AS) and their ablation effect selectivity (AES). The strongest lie on top. Grey "
        "neurons prefer another class, or none, if ablating their unit changes nothing. Red: ablating a neuron's unit "
        "harms the class. Blue triangles: ablating it helps the class. These marks are larger than the others. All "
        "neurons of a kernel share its AES. A unit that affects several classes equally is shown with the smallest of "
        "them, or the first.",
        partial(draw_neurons_by_metric, classes=classes),
        dataset,
        whole=True,
    )


def _multiverse(kind: str) -> DrawableFigure:
    return DrawableFigure(
        f"Specification curve: {CORRELATIONS[kind].text}",
        "The correlation under every combination of the choices that it depends on. Left, in black: ways that the "
        "paper leaves open. Right, in grey: ways with an answer that it rules out. Both are sorted by the mean over "
        "seeds. Networks that were not measured for an answer, or whose coefficient is undefined, are left out of mean "
        "and range; one network alone has no range. Below are the options of each combination. The dashed line is the "
        "printed coefficient.",
        partial(draw_multiverse, kind=kind),
        None,
        over_seeds=True,
    )


FIGURES: Mapping[str, DrawableFigure] = MappingProxyType(
    {
        "1": DrawableFigure(
            "Neuron populations by layer",
            "UMAP embedding of the neurons by their activations over the test images. Each point is a neuron, "
            "coloured by its layer, drawn in random order. Neurons that never respond are left out.",
            draw_neurons_by_layer,
            None,
        ),
        "2": _harm("mnist"),
        "3": _layers("kmnist"),
        "4": _ablated_layers("kmnist"),
        "5": _neurons("fashion", (1, 2)),
        "6": _neurons("kmnist", (1, 2)),
        "A.1": _harm("kmnist"),
        "A.2": _harm("fashion"),
        "A.3": _layers("mnist"),
        "A.4": _ablated_layers("mnist"),
        "A.5": _layers("fashion"),
        "A.6": _ablated_layers("fashion"),
        "A.7": _neurons("mnist", (1, 6)),
        "A.8": _neurons("mnist", (0, 7)),
        "A.8-text": _neurons("kmnist", (0, 7)),
        "seed-distribution": DrawableFigure(
            "Every printed number and the values of all seeds",
            "Each dot is one trained network. The grey bar is the 95 % prediction interval for the next network. An "
            "arrowhead shows that the bar extends beyond the axis. The diamond is the number that the paper prints. It "
            "stands for all numbers that round to it (99.0 for 98.95 to 99.05), and verdicts allow for this. A line "
            "across the diamond shows this range where it is wider than the diamond. A black triangle at the edge is a "
            "network with no such neuron at all, because a logarithmic scale cannot show 0. The bar of a ratio is "
            "computed with half a neuron added to each of the two counts.",
            draw_seed_distribution,
            None,
            over_seeds=True,
        ),
        "harm-by-fraction": DrawableFigure(
            "Accuracy lost by the share of units ablated",
            "Mean accuracy lost, over draws and seeds. Black: all test images; 90 % of the draws lie between the "
            "dotted lines. Colours: single classes.",
            draw_harm_by_fraction,
            None,
            over_seeds=True,
        ),
        "cumulative-ablation": DrawableFigure(
            "Accuracy lost as a layer's units are ablated one after another",
            "Mean accuracy lost, over seeds, when a layer's units are ablated in the order of a possible indicator of "
            "their importance: magnitude of activation, activation selectivity (AS), or the impact of ablating the "
            "unit alone. Solid lines with filled markers start from the highest value, dashed lines with hollow "
            "markers from the lowest. The further apart the two lines, the more informative the order. Thin lines: "
            "the order by the ranks of all three. Each order is made on one half of the test images and judged on the "
            "other. Grey: mean and range of five random orders per network.",
            draw_cumulative_ablation,
            None,
            over_seeds=True,
        ),
        "hit-by-layer": DrawableFigure(
            "Neighbourhood hit along the layers",
            "Share of the nearest neighbours that have the same class, in the embeddings that the paper measures "
            "and in the spaces that were embedded, intact and ablated. Each row has its own scale. Thick lines are "
            "means over networks, thin lines single networks. Bars show the mean range over a network's embeddings; "
            "one that cannot be seen is smaller than its marker. The text below the lines gives the mean change at the "
            "step to the output, and in how many networks NH falls at this step.",
            draw_hit_by_layer,
            None,
            over_seeds=True,
        ),
        "selectivity-and-harm": DrawableFigure(
            "Selectivity and the harm of ablating one unit",
            "Each point is a unit. A unit is coloured if its flips are one-sided beyond chance (exact McNemar test, "
            "false discovery rate 5 %). The grey band holds effects of fewer than six images (on the right, of a class "
            "of middle size), which no test can distinguish from chance. Outside the band the scale is logarithmic. "
            "Points at 0 lie on each other. ρ is Spearman's correlation over all units shown.",
            draw_selectivity_and_harm,
            "mnist",
        ),
        "selective-counts": DrawableFigure(
            "How certain the numbers of selective units are",
            "Share of the units that prefer each class, among those that prefer any. Each dot is a network, with the "
            "95 % interval over its units. The two dashes are the shares found on even and on odd test images alone. A "
            "unit that affects several classes equally counts for the smallest of them, or the first. The dashed line "
            "is an equal share.",
            draw_selective_counts,
            "fashion",
            over_seeds=True,
        ),
        "noise-ceiling": DrawableFigure(
            "Agreement of the seeds on the classes",
            "Left: the accuracy lost by class, one dot per network. Right: how well the best model of each class "
            "profile could predict the ranks in a new network. No claim about the order of classes can be more certain "
            "than that.",
            draw_noise_ceiling,
            None,
            over_seeds=True,
        ),
        **{f"multiverse-{kind}": _multiverse(kind) for kind in CORRELATIONS},
    }
)
"""The figures by id.  ``A.8-text`` is the figure that the text promises, while the caption of A.8 says M-Net."""


def draw(figure_id: str, evidence: Evidence, *, dataset: str | None = None, seed: int | None = None) -> Figure:
    """Draw one figure of a run.

    Args:
        figure_id: One of ``FIGURES``.
        evidence: The run.
        dataset: Data set to draw instead of the figure's default.
        seed: Seed of the network shown.  If None, the lowest seed; only uncondensed networks count if the figure shows
            single neurons or images.

    Returns:
        The figure; ``save`` writes it to a file.

    Raises:
        KeyError, ValueError, NoNetworkError: See ``subjects``.
    """
    shown = subjects(figure_id, evidence, dataset=dataset, seed=seed)
    return FIGURES[figure_id].draw(*shown)


def subjects(
    figure_id: str, evidence: Evidence, *, dataset: str | None = None, seed: int | None = None
) -> tuple[Subject, ...]:
    """Return the networks that a figure shows, one subject per data set; see ``draw``.

    Raises:
        KeyError: There is no such figure.
        ValueError: There is no such data set, or a seed was given for a figure that shows all seeds.
        NoNetworkError: The run holds no such network.
    """
    if figure_id not in FIGURES:
        near = get_close_matches(figure_id, FIGURES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(FIGURES)}"
        raise KeyError(f"no figure {figure_id!r}: {hint}")
    kind = FIGURES[figure_id]
    if kind.over_seeds and seed is not None:
        raise ValueError(f"figure {figure_id!r} shows all seeds: leave out seed={seed}")
    names = held_datasets(evidence, dataset or kind.dataset)
    if kind.over_seeds:
        return tuple(all_seeds(evidence, name) for name in names)
    return tuple(one_network(evidence, name, seed, whole=kind.whole) for name in names)
