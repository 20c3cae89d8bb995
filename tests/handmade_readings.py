"""Readings of environments made by hand: two networks, twelve images, every number known."""

from dataclasses import replace

import numpy as np

from replication.drift import NetworkReading, Reading
from replication.schema import PANELS

N_IMAGES = 12


def network(sha256="a" * 64, *, shift=0.0, n_flipped=0, nh=90.0, nh_raw=95.0, as_1=100.0, aes_1=50.0):
    """One network's reading: the log-probabilities of class 3 are moved, the first predictions flipped."""
    log_probabilities = np.full((5, 10), -2.0, dtype=np.float32)
    log_probabilities[:, 3] += np.float32(shift)
    predictions = np.arange(N_IMAGES, dtype=np.uint8) % 10
    predictions[:n_flipped] = 9
    return NetworkReading(
        sha256=sha256,
        log_probabilities=log_probabilities,
        predictions=predictions,
        nh=dict.fromkeys(PANELS, 90.0) | {"conv2": nh},
        nh_raw=dict.fromkeys(PANELS, 95.0) | {"conv2": nh_raw},
        n_selective=(as_1, *[100.0] * 9),
        n_effect_selective=(aes_1, *[50.0] * 9),
    )


def reading(torch="2.15.0+cpu", umap="0.5.12", device="cpu", instructions="AVX512", networks=None, **changes):
    """One environment's reading."""
    provenance = {
        "software": {"torch": torch, "umap-learn": umap},
        "device": device,
        "device_name": "a processor" if device == "cpu" else "NVIDIA H200 NVL",
        "instructions": instructions if device == "cpu" else "",
        "precision": "ieee",
        "profile": "quick",
        "commit": "c" * 40,
    }
    made = Reading(
        provenance=provenance,
        networks={"mnist/seed=0": network(), "kmnist/seed=0": network("b" * 64)} if networks is None else networks,
        answers={"4.1/one [mnist]": (True,), "4.1/one [kmnist]": (False,), "4.2/two [mnist]": (None,)},
        verdicts={"4.1/one [mnist]": "inconclusive", "4.2/two [mnist]": "replicated"},
        judged_sha256={"4.1/one [mnist]": "e" * 64, "4.2/two [mnist]": "e" * 64},
    )
    return replace(made, **changes)
