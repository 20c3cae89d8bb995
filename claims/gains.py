"""Test whether the best of many ablations also gains images on which it was not selected (§4.3 ¶4 s8)."""

import numpy as np
from numpy.typing import NDArray


def gain_recurs(net_gain: NDArray[np.integer]) -> float:
    """Return whether the best ablation on either half of the test images also gains on the other half.

    Gains are a few images, so several ablations often tie for the best.  The ties gain on the other half if most of
    them do: a random one of them is then more likely to gain than not.

    Args:
        net_gain: Images gained minus images lost on each half, shape (2, n_ablations).

    Returns:
        1 if the best ablation of each half gains on both; 0 if neither does; NaN if only one does.  If ablations change
        results only by chance, NaN is as likely as not.
    """
    even, odd = net_gain
    recurrences = [_recurs(even, odd), _recurs(odd, even)]
    return float(recurrences[0]) if recurrences[0] == recurrences[1] else float("nan")


def _recurs(here: NDArray[np.integer], there: NDArray[np.integer]) -> bool:
    """Return whether the best ablations on one half gain there, and most of them also on the other half."""
    most = here.max()
    return bool(most > 0 and np.mean(there[here == most] > 0) > 1 / 2)
