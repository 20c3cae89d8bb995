"""Networks that lack what a claim is about: untrained, trained on shuffled labels, or with their units permuted.

Everything is small: scikit-learn's digits, few ablations, and fewer passes of UMAP than elsewhere, which are enough to
lay neighbours side by side.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from replication import measurements
from replication.architecture import layer_of_unit
from replication.data import Images, load
from replication.embedding import horizontal_jobs
from replication.evidence import Evidence, NetworkEvidence
from replication.measuring import MEASURES, Subject
from replication.measuring.cumulative import measure_cumulative
from replication.network import Network
from replication.seeds import generator, torch_generator
from replication.study import PROFILES, NetworkId
from replication.training import train_together

PROFILE = replace(PROFILES["digits"], epochs=5, n_test=224, n_draws=30, n_draws_small=2)
"""Thirty ablations of half a layer are the fewest by which a kernel's importance is defined."""

NETWORK_IDS = [NetworkId("digits", seed) for seed in range(2)]
N_EPOCHS_HORIZONTAL, N_EPOCHS_VERTICAL = 100, 20
CPU = torch.device("cpu")
SOURCE = {"trained_on": "nothing"}


def measured_conditions():
    """The evidence by condition; each network has the same initial weights in all of them."""
    train = load("digits", "train", PROFILE, CPU)
    networks = {
        "trained": _trained_on(train),
        "untrained": {one: Network(torch_generator("init", str(one))).eval() for one in NETWORK_IDS},
        "shuffled labels": _trained_on(with_shuffled_labels(train)),
    }
    evidence = {
        condition: [measured(network_id, network) for network_id, network in of_condition.items()]
        for condition, of_condition in networks.items()
    }
    evidence["permuted units"] = [
        with_permuted_units(one, network)
        for one, network in zip(evidence["trained"], networks["trained"].values(), strict=True)
    ]
    return {condition: Evidence(PROFILE, of_condition) for condition, of_condition in evidence.items()}


def with_shuffled_labels(images):
    """The same images and as many of each class, but which image is of which class means nothing."""
    order = generator("test", "shuffled labels").permutation(len(images))
    return Images(images.images, images.labels[torch.from_numpy(order)])


def with_permuted_units(evidence, network):
    """The same measurements, but each unit's ablations are told of another unit of its layer.

    Cumulative ablation goes by what is told of the units, and so is measured again.
    """
    order, layers = np.arange(len(layer_of_unit())), layer_of_unit()
    rng = generator("test", "permuted units", evidence.network)
    for layer in dict.fromkeys(layers.tolist()):
        order[layers == layer] = rng.permutation(order[layers == layer])
    units = evidence.pieces["units"]
    permuted = {
        name: array.copy(data=array.values.take(order, array.dims.index("unit"))) for name, array in units.items()
    }
    pieces = {**evidence.pieces, "units": units.assign(permuted)}
    arrays = measure_cumulative(_subject(evidence.network, network, pieces))
    pieces["cumulative"] = measurements.build("cumulative", arrays, SOURCE)
    return NetworkEvidence(evidence.network, pieces)


def measured(network_id, network):
    """All that is measured on one network."""
    pieces = {}
    subject = _subject(str(network_id), network, pieces)
    with pytest.MonkeyPatch.context() as patch:
        few = partial(horizontal_jobs, n_epochs=N_EPOCHS_HORIZONTAL)
        patch.setattr("replication.measuring.horizontal.horizontal_jobs", few)
        patch.setattr("replication.measuring.vertical.N_EPOCHS_REHEARSAL", N_EPOCHS_VERTICAL)
        for piece, measure in MEASURES.items():
            pieces[piece] = measurements.build(piece, measure(subject), SOURCE)
    return NetworkEvidence(str(network_id), pieces)


def _subject(name, network, pieces):
    test = load("digits", "test", PROFILE, CPU)
    return Subject(name, "digits", network, test, PROFILE, losses=(2.0,), pieces=pieces)


def _trained_on(images):
    return {
        network_id: checkpoint.network(CPU) for network_id, checkpoint in train_together(NETWORK_IDS, PROFILE, images)
    }
