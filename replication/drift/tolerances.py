"""How closely an environment must reproduce what another one recorded: taken from the drift table, not from taste."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from replication.drift.difference import differences
from replication.drift.reading import Reading

_MARGIN = 2
"""How many times the largest difference seen is allowed: environments not yet read differ a little more."""


@dataclass(frozen=True)
class Tolerances:
    """Greatest differences from a recorded reading that are put down to the environment.

    Attributes:
        log_probability: |Δ| of a log-probability, in nats.
        share_flipped: Share of the test images whose predicted class differs.
        nh_pp: |Δ| of the neighbourhood hit in an embedding, in percentage points.
        nh_raw_pp: The same in a panel's own space.
        n_selective: |Δ| of a class's count of selective neurons by AS.
        n_effect_selective: The same by AES.
    """

    log_probability: float
    share_flipped: float
    nh_pp: float
    nh_raw_pp: float
    n_selective: float
    n_effect_selective: float


TOLERANCES = Tolerances(
    log_probability=1e-4,
    share_flipped=0.0,
    nh_pp=2.0,
    nh_raw_pp=0.0,
    n_selective=0.0,
    n_effect_selective=0.0,
)
"""What ``tolerances_from`` makes of the shipped readings; a test holds the two together.

Whatever a test compares with a recorded output of torch or umap-learn is compared with these; snapshots of figures are
of numbers made by hand and need none.
"""


def tolerances_from(readings: Sequence[Reading]) -> Tolerances:
    """Return the tolerances that follow from readings of several environments.

    Each is twice the largest difference from the reference, over environments and networks, rounded up to 1, 2 or 5
    times a power of ten; 0 where the environments agree.

    Args:
        readings: Of at least two environments with networks in common.

    Returns:
        The tolerances.

    Raises:
        ValueError: No two environments have measured the same network.
    """
    rows = [
        Tolerances(
            log_probability=row.log_probability,
            share_flipped=row.n_flipped / row.n_images,
            nh_pp=max(map(abs, row.nh_pp.values())),
            nh_raw_pp=max(map(abs, row.nh_raw_pp.values())),
            n_selective=row.n_selective,
            n_effect_selective=row.n_effect_selective,
        )
        for difference in differences(readings)
        for row in difference.networks
    ]
    if not rows:
        raise ValueError("no two environments have measured the same network: make readings with: replication drift")
    return Tolerances(*(rounded_up(_MARGIN * max(column)) for column in zip(*map(astuple, rows), strict=True)))


def rounded_up(number: float) -> float:
    """Return the least of 1, 2 or 5 times a power of ten that is no less than a number, 0 for 0.

    Args:
        number: Not negative.

    >>> [rounded_up(number) for number in (0, 0.02, 0.021, 7, 1.1e-06)]
    [0.0, 0.02, 0.05, 10.0, 2e-06]
    """
    if number == 0:
        return 0.0
    exponent = math.floor(math.log10(number))
    # Through text, so that 2e-06 is the number that is written so.
    steps = (float(f"{step}e{exponent}") for step in (1, 2, 5, 10))
    return next(step for step in steps if step >= number * (1 - 1e-12))
