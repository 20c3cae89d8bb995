"""What networks show before training, of the paper's data sets: of that, a claim that holds says nothing.

Measured is what needs the images' activations alone.  What needs embeddings or ablations is in
``test_negative_controls.py``, on small images.
"""

from contextlib import suppress

import numpy as np
import pytest
import torch

from claims import REGISTRY
from claims.section_4_3_sizes_and_separability import UNTRAINED_R
from replication.activations import layer_activations
from replication.data import load
from replication.embedding.neighbours import exact_neighbours
from replication.evidence import NetworkEvidence
from replication.measurements import build
from replication.measuring import MEASURES, Subject
from replication.measuring.geometry import K
from replication.metrics.neighborhood_hit import agreement
from replication.network import Network
from replication.run_folder import RECORDED, RunFolder
from replication.seeds import torch_generator
from replication.stats import fisher_z
from replication.study import DATASETS, PROFILES, NetworkId
from replication.training import load_checkpoint

pytestmark = [pytest.mark.slow, pytest.mark.realdata]

SEEDS = range(3)

MET = {
    "4.3/selective-counts-vary": DATASETS,
    "4.3/most-selective-not-most-active": DATASETS,
    "4.3/early-layers-class-specific": ("fashion",),
    "4.3/early-layers-shared": ("fashion",),
    "4.3/as-count-1-over-2": ("fashion",),
}
"""Claims that every network meets before it is trained, and of which networks they are."""

MET_BY_SOME = {"4.3/classes-excite-different-neurons": ("fashion",), "4.3/classes-share-and-exclude": ("kmnist",)}
"""Claims that some such networks meet."""


def untrained(dataset):
    """The activations of networks with the initial weights of the recorded ones."""
    test = load(dataset, "test", PROFILES["paper"], torch.device("cpu"))
    found = []
    for seed in SEEDS:
        name = str(NetworkId(dataset, seed))
        network = Network(torch_generator("init", name)).eval()
        subject = Subject(name, dataset, network, test, PROFILES["paper"], losses=(2.0,), pieces={})
        activations = build("activations", MEASURES["activations"](subject), {"trained_on": "nothing"})
        found.append(NetworkEvidence(name, {"activations": activations}))
    return found


def of_activations_alone(networks, dataset):
    """Of each claim about a data set's networks that needs nothing else, in which of the networks it is true."""
    found = {}
    for claim in REGISTRY.values():
        if dataset in claim.networks and not claim.against:
            with suppress(KeyError):
                found[claim.id] = [claim.value_of(network) == 1 for network in networks]
    return found


@pytest.mark.parametrize("dataset", DATASETS)
def test_what_networks_show_before_training_tests_no_training(dataset, recorded):
    networks = untrained(dataset)
    found = of_activations_alone(networks, dataset)
    assert {name for name, of in (MET | MET_BY_SOME).items() if dataset in of} <= found.keys()
    for claim_id, met in found.items():
        assert all(met) == (dataset in MET.get(claim_id, ())), claim_id
        assert (any(met) and not all(met)) == (dataset in MET_BY_SOME.get(claim_id, ())), claim_id
        assert not any(met) or REGISTRY[claim_id].rule.chance > 1 / 2, claim_id

    hit_of_images = np.mean([network.data_nh.values for network in recorded.networks(dataset)], axis=0)
    trained = np.mean([network.n_selective.values for network in recorded.networks(dataset)], axis=0)
    least, largest = UNTRAINED_R[dataset]
    for network in networks:
        n = network.n_selective.values
        assert fisher_z(least) - 0.1 < fisher_z(np.corrcoef(n, hit_of_images)[0, 1]) < fisher_z(largest) + 0.1
        assert np.corrcoef(n, trained)[0, 1] > 0.9


@pytest.mark.parametrize("dataset", DATASETS)
def test_conv1_and_conv2_separate_classes_better_than_the_images_do_before_they_are_trained(dataset):
    """In the spaces themselves; in embeddings conv2 was asked once, of three networks of each."""
    assert REGISTRY["4.2/conv2-above-data"].rule.chance == 1
    test = load(dataset, "test", PROFILES["paper"], torch.device("cpu"))
    used = test.first(4000)
    name = NetworkId(dataset, 0)
    untrained = Network(torch_generator("init", str(name))).eval()
    trained = load_checkpoint(RunFolder(RECORDED).checkpoint(name)).network(torch.device("cpu"))

    def hit(points):
        return agreement(exact_neighbours(points, K + 1).indices, used.labels.numpy(), K).mean() / K

    of_images = hit(used.images.flatten(1).numpy())
    assert hit(layer_activations(untrained, used.images, "conv2")) > of_images + 0.005

    # A part of what conv1 gains is there before training, and not all of it.
    before, after = (
        hit(layer_activations(network, used.images, "conv1")) - of_images for network in (untrained, trained)
    )
    assert 0.1 < before / after < 0.9
