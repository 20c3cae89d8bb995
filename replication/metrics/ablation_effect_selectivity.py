"""Ablation effect selectivity (AES): how much more ablating a unit affects one class than the others (§3.2)."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Formula = Literal["absolute", "drops", "changes"]
_FORMULAS = get_args(Formula)

_CANCELLED = 1e-9
"""A denominator below this share of its terms counts as 0: where exact counts cancel, float64 rates may not."""


@dataclass(frozen=True, eq=False)
class EffectSelectivity:
    """Ablation effect selectivity of each unit.

    Attributes:
        value: AES, shape (n_units,); in [0, 1] for the ``"absolute"`` formula, unbounded for the literal ones.
        preferred: Class with the highest change by the formula, shape (n_units,); −1 where no class changes.
        sign: Effect on the preferred class, shape (n_units,): +1 harm (accuracy falls), −1 help, 0 none.
    """

    value: NDArray[np.float64]
    preferred: NDArray[np.int64]
    sign: NDArray[np.int64]


def ablation_effect_selectivity(changes_pp: ArrayLike, *, formula: Formula = "absolute") -> EffectSelectivity:
    """Compute the ablation effect selectivity of units.

    Source: §3.2, AES = (Δmax − Δelse) / (Δmax + Δelse), with Δmax the highest change of accuracy of any class and
    Δelse the mean change of the other classes; 0 where the denominator is 0.  The paper leaves open which change is
    the highest:

    - ``"absolute"`` uses |Δ| throughout, so that AES is in [0, 1] and measures selectivity alone; ``sign`` tells harm
      from help.
    - ``"drops"`` applies the formula literally to intact − ablated accuracy, Δmax being the largest number.
    - ``"changes"`` applies the formula literally to ablated − intact accuracy.

    The literal formulas are unbounded where changes of both signs occur, and their sign is not that of the effect.  A
    single flipped prediction with nine unchanged classes scores 1; a literal formula for which it is a negative change
    scores −1 and prefers the lowest of the unchanged classes.

    Args:
        changes_pp: Fall of the accuracy of each class when each unit is ablated, in percentage points, positive for
            harm, finite, shape (n_units, n_classes).  At least 2 classes; the paper has 10.
        formula: Reading of the formula.

    Returns:
        Value, preferred class and sign per unit.  Where classes tie for the highest change, the lowest class is
        preferred; counts of units by ``preferred`` are therefore biased towards low classes, unlike ``effect_votes``.
        A unit without any effect scores 0 and prefers no class.

    Raises:
        ValueError: ``changes_pp`` has another shape or is not finite, or ``formula`` is unknown.

    >>> ablation_effect_selectivity([[3.0] + [-1.0] * 9]).value.tolist()
    [0.5]
    """
    drops = _table(changes_pp, "changes_pp")
    effects = _effects(drops, formula)

    units = np.arange(len(drops))
    preferred = effects.argmax(axis=1)
    highest = effects[units, preferred]
    others = effects.copy()
    others[units, preferred] = 0.0
    # Rounding can lift the mean of the smaller numbers above the largest.
    elsewhere = np.minimum(others.sum(axis=1) / (drops.shape[1] - 1), highest)

    denominator = highest + elsewhere
    value = np.zeros(len(drops))
    usable = np.abs(denominator) > _CANCELLED * (np.abs(highest) + np.abs(elsewhere))
    np.divide(highest - elsewhere, denominator, out=value, where=usable)
    affected = (drops != 0).any(axis=1)
    return EffectSelectivity(
        value=value,
        preferred=np.where(affected, preferred, -1),
        sign=np.sign(drops[units, preferred]).astype(np.int64),
    )


def effect_votes(net_lost: ArrayLike, *, formula: Formula = "absolute") -> NDArray[np.float64]:
    """Give the vote of each unit to the class that its ablation affects most, split between tied classes.

    The sum over units is the number of units that affect each class most selectively (§4.3), without a bias from ties.
    Single units change few predictions, so that ties are frequent, and ``EffectSelectivity.preferred`` resolves them
    to the lowest class.  Example: of 7 equal classes, with half an image lost and half an image gained per unit and
    class on average (Poisson), class 0 is preferred by 4.4 times as many units as class 6.

    Args:
        net_lost: Number of images of each class that ablating each unit makes wrong, minus those it makes right,
            finite, shape (n_units, n_classes); ``lost − gained`` of ``flips_by_class``.  Pass counts if the classes
            have about the same size, because rates break ties of counts in favour of the smallest class.  Pass rates,
            ``net_lost / class_sizes``, if the sizes differ much, because by counts the large classes get nearly all
            votes.
        formula: Which effect is the highest; see ``ablation_effect_selectivity``.

    Returns:
        Votes in [0, 1], shape (n_units, n_classes); each row sums to 1, or to 0 for a unit without any effect.

    Raises:
        ValueError: ``net_lost`` has another shape or is not finite, or ``formula`` is unknown.

    >>> effect_votes([[2, 0, -2], [0, 0, 1], [0, 0, 0]]).tolist()
    [[0.5, 0.0, 0.5], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    lost = _table(net_lost, "net_lost")
    effects = _effects(lost, formula)
    top = effects == effects.max(axis=1, keepdims=True)
    return np.asarray(top / top.sum(axis=1, keepdims=True) * (lost != 0).any(axis=1, keepdims=True))


def rescale_by_sign(value: ArrayLike, sign: ArrayLike) -> NDArray[np.float64]:
    """Scale positive and negative selectivities separately, each by its maximum, for colouring (§3.2).

    Args:
        value: Selectivities, shape (n_units,); only their magnitude is used.
        sign: Sign of each selectivity, shape (n_units,): positive, negative or 0.  ``EffectSelectivity.sign``
            separates harm from help; ``np.sign(value)`` separates the signs of a literal formula.

    Returns:
        sign · |value| / max |value| over the units of the same sign, shape (n_units,), in [−1, 1]; 0 where that
        maximum is 0.

    Raises:
        ValueError: ``value`` and ``sign`` differ in shape.
    """
    sides = np.sign(np.asarray(sign, dtype=np.float64))
    magnitude = np.abs(np.asarray(value, dtype=np.float64))
    if sides.shape != magnitude.shape:
        raise ValueError(f"value has shape {magnitude.shape} and sign {sides.shape}; expected the same")
    scaled = np.zeros(magnitude.shape)
    for side in (1.0, -1.0):
        members = sides == side
        largest = magnitude[members].max(initial=0.0)
        if largest > 0:
            scaled[members] = side * magnitude[members] / largest
    return scaled


def _table(changes: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return the changes as a float64 table after checking them, shape (n_units, n_classes).

    Raises:
        ValueError: ``changes`` is not two-dimensional, has fewer than 2 classes, or is not finite.
    """
    table = np.asarray(changes, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"{name} has shape {table.shape}; expected (n_units, n_classes), 2 classes at least")
    if not np.isfinite(table).all():
        raise ValueError(f"{name} holds values that are not finite; every class needs at least one image")
    return table


def _effects(drops: NDArray[np.float64], formula: Formula) -> NDArray[np.float64]:
    """Return Δ of the formula, shape (n_units, n_classes).

    Raises:
        ValueError: ``formula`` is unknown.
    """
    if formula not in _FORMULAS:
        raise ValueError(f"formula={formula!r}: expected one of {_FORMULAS}")
    return {"absolute": np.abs(drops), "drops": drops, "changes": -drops}[formula]
