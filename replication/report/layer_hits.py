"""The neighbourhood hit along the layers, intact and ablated, over the seeds (§4.2, Figs. 3, 4, A.3 to A.6)."""

from dataclasses import dataclass

import numpy as np

from replication.evidence import Evidence
from replication.measurements import PANELS, STATES
from replication.report.trained import TrainedOn, trained_on


@dataclass(frozen=True)
class LayerRow:
    """One panel of the horizontal embedding.

    Attributes:
        panel: ``"data"`` or a layer.
        means: NH in per cent by state, mean over networks.
        spreads: Standard deviation over networks by state; NaN for one network.
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
    """

    trained: TrainedOn
    rows: tuple[LayerRow, ...]


def layer_tables(evidence: Evidence) -> tuple[LayerTable, ...]:
    """Return a table per data set that networks were trained on."""
    return tuple(_table(trained) for trained in trained_on(evidence))


def _table(trained: TrainedOn) -> LayerTable:
    """Return the panels of one data set's networks."""
    hits = np.array(
        [network.nh_overall.transpose("panel", "state").values for network in trained.networks], dtype=np.float64
    )
    means = hits.mean(axis=0)
    spreads = hits.std(axis=0, ddof=1) if len(hits) > 1 else np.full(means.shape, np.nan)
    rows = tuple(
        LayerRow(
            panel,
            dict(zip(STATES, means[index].tolist(), strict=True)),
            dict(zip(STATES, spreads[index].tolist(), strict=True)),
        )
        for index, panel in enumerate(PANELS)
    )
    return LayerTable(trained, rows)
