"""Ablation effect selectivity (AES): how much more a unit's ablation affects one class than the others (§3.2)."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Formula = Literal["absolute", "drops", "changes"]
_FORMULAS = get_args(Formula)

_CANCELLED = 1e-9
"""Share of its terms below which a denominator is 0: exact counts cancelled, their float64 rates nearly."""


@dataclass(frozen=True, eq=False)
class EffectSelectivity:
    """The ablation effect selectivity of each unit.

    Attributes:
        value: AES, shape (n_units,); in [0, 1] by the absolute formula, unbounded by the literal ones.
        preferred: The class of the highest change by the formula, shape (n_units,); −1 where no class changes.
        sign: The effect on that class, shape (n_units,): +1 harm (accuracy falls), −1 help, 0 none.
    """

    value: NDArray[np.float64]
    preferred: NDArray[np.int64]
    sign: NDArray[np.int64]


def ablation_effect_selectivity(changes_pp: ArrayLike, *, formula: Formula = "absolute") -> EffectSelectivity:
    """Ablation effect selectivity of units.

    Source: §3.2, AES = (Δmax − Δelse) / (Δmax + Δelse), with Δmax the highest change of any
    class's accuracy and Δelse the mean change of the other classes; 0 where the denominator is 0.  The paper
    leaves open which change is the highest:

    - ``"absolute"`` takes the class of the largest |Δ| and puts |Δ| in the formula, which so measures
      selectivity alone, in [0, 1]; harm or help is in ``sign``.
    - ``"drops"`` is the formula to the letter on intact − ablated accuracy, the highest number being Δmax.
    - ``"changes"`` is the formula to the letter on ablated − intact accuracy.

    To the letter the formula is unbounded where changes of both signs meet, and its sign is not that of the
    effect.  A single flipped prediction beside nine untouched classes scores 1; a literal formula that counts it as a
    negative change scores −1 and prefers the lowest of the untouched classes.

    Args:
        changes_pp: Fall of each class's accuracy under each unit's ablation, shape (n_units, n_classes), in
            percentage points, positive for harm, finite.  The paper has 10 classes, 2 are the least.
        formula: Which reading of the formula.

    Returns:
        Value, class and sign of the effect per unit.  Of classes that tie for the highest change the lowest
        counts, so that counting units by ``preferred`` favours low classes; ``effect_votes`` does not.  A unit
        without any effect scores 0 and prefers no class.

    Raises:
        ValueError: The changes have another shape or are not finite, or ``formula`` is another word.

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
    # Only rounding can lift a mean of smaller numbers above the largest.
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
    """One vote of each unit with an effect, for the class that its ablation affects most; classes that tie share it.

    The sum over units is the number of units that affect each class most selectively (§4.3), without the bias that ties
    bring in.  Single units change few predictions, so that many of them tie, and ``EffectSelectivity.preferred`` is
    then the lowest class: where 7 classes are alike and every unit makes half an image of each wrong and half an image
    right, on average (Poisson), it is class 0 for 4.4 times as many units as class 6.

    Args:
        net_lost: Images of each class that each unit's ablation makes wrong, less those it makes right, shape
            (n_units, n_classes), finite; ``lost − gained`` of ``flips_by_class``.  Of classes of about one size counts
            of images, not rates, which break a tie of counts for the smallest class.  Of classes that differ much in
            size rates, ``net_lost / class_sizes``, since by counts the large ones get nearly all votes.
        formula: Which effect is the highest; see ``ablation_effect_selectivity``.

    Returns:
        Shape (n_units, n_classes), in [0, 1]; each row sums to 1, or to 0 for a unit without any effect.

    Raises:
        ValueError: The counts have another shape or are not finite, or ``formula`` is another word.

    >>> effect_votes([[2, 0, -2], [0, 0, 1], [0, 0, 0]]).tolist()
    [[0.5, 0.0, 0.5], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    lost = _table(net_lost, "net_lost")
    effects = _effects(lost, formula)
    top = effects == effects.max(axis=1, keepdims=True)
    return np.asarray(top / top.sum(axis=1, keepdims=True) * (lost != 0).any(axis=1, keepdims=True))


def rescale_by_sign(value: ArrayLike, sign: ArrayLike) -> NDArray[np.float64]:
    """Scale positive and negative selectivities apart, each by its own maximum, for colouring (§3.2).

    Args:
        value: Selectivities, shape (n_units,); only their magnitude counts.
        sign: On which side each stands, shape (n_units,): positive, negative or 0.  ``EffectSelectivity.sign``
            separates harm from help; ``np.sign(value)`` separates the scale as a literal formula does.

    Returns:
        sign · |value| / max |value| of that sign, shape (n_units,), in [−1, 1]; 0 where a side is all 0.

    Raises:
        ValueError: The two differ in shape.
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
    """What each unit's ablation changes in each class, shape (n_units, n_classes).

    Raises:
        ValueError: It has another shape or is not finite.
    """
    table = np.asarray(changes, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"{name} has shape {table.shape}; expected (n_units, n_classes), 2 classes at least")
    if not np.isfinite(table).all():
        raise ValueError(f"{name} holds values that are not finite; every class needs at least one image")
    return table


def _effects(drops: NDArray[np.float64], formula: Formula) -> NDArray[np.float64]:
    """The Δ of the formula, shape (n_units, n_classes).

    Raises:
        ValueError: There is no such formula.
    """
    if formula not in _FORMULAS:
        raise ValueError(f"formula={formula!r}: expected one of {_FORMULAS}")
    return {"absolute": np.abs(drops), "drops": drops, "changes": -drops}[formula]
