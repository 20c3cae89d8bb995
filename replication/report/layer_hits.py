"""The embedded layers over the seeds: neighbourhood hit, intact and ablated, and trustworthiness of the embeddings.

Source: §4.2, Figs. 3, 4, A.3 to A.6.  The paper gives NH in its figures only, each for one embedding and one ablation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from replication.choices import DEFAULTS
from replication.evidence import Evidence, NetworkEvidence
from replication.paper import ABLATION
from replication.report.trained import TrainedOn, trained_on
from replication.schema import PANELS, STATES
from replication.words import true_minus

COLUMNS = (
    *(f"NH, {state} (%)" for state in STATES),
    *(f"NH in the space, {state} (%)" for state in STATES),
    "trustworthiness (%)",
    "continuity (%)",
)


@dataclass(frozen=True)
class LayerRow:
    """One panel of the horizontal embedding.

    Attributes:
        panel: ``"data"`` or a layer.
        means: In per cent, mean over networks, by column of ``COLUMNS``.
        spreads: Standard deviation over networks, by column; NaN for a single network.
    """

    panel: str
    means: dict[str, float]
    spreads: dict[str, float]


@dataclass(frozen=True)
class LayerTable:
    """The panels of one data set's networks.

    Attributes:
        trained: The networks behind it.
        rows: The panels in the order of the layers.
        ablation: Accuracy lost by the one ablation that the ablated panels show, compared with other draws.
    """

    trained: TrainedOn
    rows: tuple[LayerRow, ...]
    ablation: str


def layer_tables(evidence: Evidence) -> tuple[LayerTable, ...]:
    """Return one table per training data set."""
    return tuple(_table(trained) for trained in trained_on(evidence))


def _table(trained: TrainedOn) -> LayerTable:
    """Return the panels of one data set's networks."""
    found = np.array([_columns(network) for network in trained.networks], dtype=np.float64)
    means = found.mean(axis=0)
    spreads = found.std(axis=0, ddof=1) if len(found) > 1 else np.full(means.shape, np.nan)
    rows = tuple(
        LayerRow(
            panel,
            dict(zip(COLUMNS, means[:, index].tolist(), strict=True)),
            dict(zip(COLUMNS, spreads[:, index].tolist(), strict=True)),
        )
        for index, panel in enumerate(PANELS)
    )
    return LayerTable(trained, rows, _ablation_text(trained.networks))


def _columns(network: NetworkEvidence) -> list[np.ndarray]:
    """Return the columns of one network, each with one value per panel."""
    in_space = network.under(DEFAULTS.but("nh-space", "raw"))
    by_state = [nh.sel(state=state) for nh in (network.nh_overall, in_space.nh_overall) for state in STATES]
    quality = [100 * one.sel(state="intact") for one in (network.trustworthiness, network.continuity)]
    return [column.sel(panel=list(PANELS)).values for column in (*by_state, *quality)]


def _ablation_text(networks: Sequence[NetworkEvidence]) -> str:
    """Return the accuracy lost by the shown ablation in each network, and by other random draws."""
    shown = [one.figure_harm_overall for one in networks]
    layer = ABLATION.shown_layer
    draws = [one.draw_harm_overall.sel(layer=layer, fraction=ABLATION.reported_fraction) for one in networks]
    means = [float(draw.mean()) for draw in draws]
    milder = [float((draw.dropna("draw") < cost).mean()) for draw, cost in zip(draws, shown, strict=True)]
    share, n_draws = _span([100 * one for one in milder], "%", 0), int(draws[0].notnull().sum())
    return (
        f"The ablated panels show the ablation of one random half of {layer}. It costs {_span(shown, 'pp')} of "
        f"accuracy. The {n_draws} random halves drawn for each network cost {_span(means, 'pp')} on average. {share} "
        "of them cost less than the one shown."
    )


def _span(values: Sequence[float], unit: str, decimals: int = 2) -> str:
    """Return the smallest and largest value of the networks; one number if they print alike."""
    low, high = (f"{end:.{decimals}f}" for end in (min(values), max(values)))
    return true_minus(f"{low} {unit}" if low == high else f"{low} to {high} {unit}")
