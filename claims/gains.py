"""Whether the best of many ablations gains images that it was not chosen on (§4.3 ¶4 s8)."""

import numpy as np
from numpy.typing import NDArray


def gain_recurs(net_gain: NDArray[np.integer]) -> float:
    """Return whether the best ablation on either half of the test images gains on the other half, too.

    Gains are a few images, so that several ablations are often the best; these gain on the other half if most of them
    do, so that one taken at random more likely would than not.

    Args:
        net_gain: Images gained minus images lost on each half, shape (2, n_ablations).

    Returns:
        1 if the best ablation of each half gains on both; 0 if neither does; NaN if only one does, which is as
        likely as not where no ablation changes anything but by chance.
    """
    even, odd = net_gain
    recurrences = [_recurs(even, odd), _recurs(odd, even)]
    return float(recurrences[0]) if recurrences[0] == recurrences[1] else float("nan")


def _recurs(here: NDArray[np.integer], there: NDArray[np.integer]) -> bool:
    """Return whether the ablations that gain most on one half gain there at all, and most of them on the other."""
    most = here.max()
    return bool(most > 0 and np.mean(there[here == most] > 0) > 1 / 2)
