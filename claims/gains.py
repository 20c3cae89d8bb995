"""Whether the best of many ablations gains images that it was not chosen on (§4.3 ¶4 s8)."""

import numpy as np
from numpy.typing import NDArray


def gain_recurs(net_gain: NDArray[np.integer]) -> float:
    """Return whether the best ablation on either half of the test images gains on the other half, too.

    Args:
        net_gain: Images gained minus images lost on each half, shape (2, n_ablations).

    Returns:
        1 if the best ablation of each half gains on the other; 0 if neither does; NaN if only one does, which is as
        likely as not where no ablation changes anything but by chance.
    """
    even, odd = net_gain
    recurrences = [bool(odd[even.argmax()] > 0), bool(even[odd.argmax()] > 0)]
    return float(recurrences[0]) if recurrences[0] == recurrences[1] else float("nan")
