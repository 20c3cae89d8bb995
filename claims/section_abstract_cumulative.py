"""Cumulative ablation as a test of the abstract's indicators: whether their order finds the important units (§1 ¶3).

Morcos et al. (2018) ablate units one after another.  If an indicator reflects importance, accuracy falls at once when
units are ablated in its order, and late when they are ablated in reverse.  The distance between these two curves is
compared with the distance that any available order reaches.
"""

from dataclasses import replace

import numpy as np
import xarray as xr

from claims.importance import ABSENT, SUFFICIENT, agreement_of_halves
from claims.registry import claim
from replication.evidence import NetworkEvidence
from replication.judging import Answer, Statement
from replication.remembered import remembered

ALL = ("mnist", "kmnist", "fashion")
PLACE = "Abstract s4, §1 ¶3 s6"
LEAST_AGREEMENT = 1 / 2
"""Minimum agreement of the unit orders from the two halves of the images; below it they are mostly noise."""

IN_AN_ORDER = "The paper ablates units alone and in random draws, never in an order"
BOUND = (
    "'Sufficient' is read as follows: the two directions of an order differ in accuracy lost at least half as much as "
    "the worst and the best of all available orders, whichever direction loses more. Worst and best are taken anew at "
    "each number of ablated units, so no single order need reach them; the best order may itself reach only half of "
    "that difference. The best possible order is unknown. The claim can therefore show that an indicator is "
    "insufficient; if it is not replicated, it remains open whether the indicator suffices. An order unrelated to "
    "importance meets the claim, so the test is weak."
)


@remembered
def separations(network: NetworkEvidence) -> xr.DataArray:
    """Return the separation of the two directions of cumulative ablation for each order, axis (order).

    Defined as Σ (harm highest first − harm lowest first) / Σ (greatest harm − least harm), both summed over layers and
    levels.  Greatest and least are taken over all orders in both directions and the mean of the random orders: the
    envelope of these orders.

    Returns:
        −1 to 1: 1 if an order is the envelope, 0 if it is no better than its reverse, negative if the lowest matter
        most.  NaN if all orders cause the same harm.
    """
    harm, random = network.cumulative_harm, network.random_harm
    curves = np.concatenate([harm.values.reshape(-1, *random.shape), random.values[None]])
    envelope = float(np.ptp(curves, axis=0).sum())
    apart = harm.sel(direction="highest first", drop=True) - harm.sel(direction="lowest first", drop=True)
    return apart.sum(["layer", "level"], skipna=False) / (envelope or np.nan)


def does_not_separate(network: NetworkEvidence, order: str) -> Answer:
    """Return whether the separation of an order is too small for it to be sufficient.

    Args:
        network: The network.
        order: One of ``schema.ORDERS``.
    """
    separation = abs(float(separations(network).sel(order=order)))
    what = "distance of the two directions over that of worst and best"
    return Answer(what, separation, "less than", SUFFICIENT, reads="sufficient")


def impact_is_mostly_noise(network: NetworkEvidence) -> bool:
    """Return whether the two halves of the test images disagree on the units' impact within layers."""
    by_half = -network.net_gain_by_half.sum("class").values.astype(np.float64)
    return float(agreement_of_halves(by_half)) < LEAST_AGREEMENT


@claim(
    "abstract/magnitude-insufficient-cumulative",
    place=PLACE,
    networks=ALL,
    rule=Statement(chance=ABSENT),
    implied=IN_AN_ORDER,
    holds={"separates": {"effect": 1.0, "magnitude": 0.35}},
    fails={"separates": {"effect": 1.0, "magnitude": 0.65}},
    caveat=BOUND,
)
def magnitude_alone_does_not_order_units_by_importance(network: NetworkEvidence) -> Answer:
    """Ablating units of highest magnitude first or last makes less than half the difference an order can make."""
    return does_not_separate(network, "magnitude")


@claim(
    "abstract/selectivity-insufficient-cumulative",
    place=PLACE,
    networks=ALL,
    rule=Statement(chance=ABSENT),
    implied=IN_AN_ORDER,
    holds={"separates": {"combined": 1.0, "selectivity": -0.35}},
    fails={"separates": {"combined": 1.0, "selectivity": -0.65}},
    caveat=f"{BOUND} Morcos et al. (2018) found that the most selective units matter no more than others, or less.",
)
def selectivity_alone_does_not_order_units_by_importance(network: NetworkEvidence) -> Answer:
    """Ablating units of highest selectivity first or last makes less than half the difference an order can make."""
    return does_not_separate(network, "selectivity")


@claim(
    "abstract/impact-insufficient-cumulative",
    place="Abstract s4",
    networks=ALL,
    rule=Statement(chance=ABSENT),
    implied=IN_AN_ORDER,
    holds={"unit_impact": "free", "separates": {"magnitude": 1.0, "impact": 0.35}},
    fails={"unit_impact": "free", "separates": {"magnitude": 1.0, "impact": 0.65}},
    caveat=(
        f"{BOUND} A unit ablated alone flips few images, and noise alone makes an order separate less. Where the two "
        "halves of the images agree too little on the order, the network counts as undefined, unless the order "
        "separates nevertheless."
    ),
)
def impact_alone_does_not_order_units_by_importance(network: NetworkEvidence) -> Answer:
    """Ablating units of highest impact first or last makes less than half the difference an order can make."""
    answer = does_not_separate(network, "impact")
    noise = float(answer) == 1 and impact_is_mostly_noise(network)
    return replace(answer, silence="whose order is mostly noise" if noise else "")
