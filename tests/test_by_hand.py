"""The shipped networks measured again from the paper's text, by plain loops that share no code with the measuring.

Taken from the package are the images, and the evidence to compare with.  What is embedded is left out, since two
implementations of UMAP do not agree to the last digit; neighbours in the spaces themselves are not.
"""

import hashlib

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from scipy import stats
from torch.nn import functional

from replication.data import load
from replication.evidence import CORRELATIONS
from replication.run_folder import RECORDED, RunFolder
from replication.study import DATASETS, PROFILES, NetworkId

pytestmark = [pytest.mark.slow, pytest.mark.realdata]

LAYERS = ("conv1", "conv2", "conv3", "fc1", "fc2", "out")
FIRST_UNIT = {"conv1": 0, "conv2": 64, "conv3": 128, "fc1": 192, "fc2": 704}
NEURONS_OF_UNIT = np.repeat([196, 49, 9, 1], [64, 64, 64, 1024])
N_IMAGES = 312 * 32
EVERY_UNIT = {"conv1": 64, "conv2": 64, "conv3": 32, "fc1": 64, "fc2": 32}
"""Which units are ablated again: the nearer to the images, the longer one takes."""


def through(weights, values, first, last="out"):
    """What layer ``last`` puts out where ``values`` enter layer ``first``."""
    for layer in LAYERS[LAYERS.index(first) : LAYERS.index(last) + 1]:
        weight, bias = weights[f"{layer}.weight"], weights[f"{layer}.bias"]
        if layer.startswith("conv"):
            values = functional.max_pool2d(functional.relu(functional.conv2d(values, weight, bias, padding=2)), 2)
        elif layer == "out":
            values = functional.log_softmax(functional.linear(values, weight, bias), dim=1)
        else:
            values = functional.relu(functional.linear(values.flatten(1), weight, bias))
    return values


class ByHand:
    """One network and the images that it classifies."""

    def __init__(self, dataset):
        self.weights = load_file(RunFolder(RECORDED).checkpoint(NetworkId(dataset, 0)))
        test = load(dataset, "test", PROFILES["paper"], torch.device("cpu")).first(N_IMAGES)
        self.labels, self.entering = test.labels.numpy(), {"conv1": test.images}
        for layer, following in zip(LAYERS, (*LAYERS[1:], "end"), strict=True):
            batches = self.entering[layer].split(1_000)
            self.entering[following] = torch.cat([through(self.weights, batch, layer, layer) for batch in batches])
        self.predicted = self.entering["end"].argmax(dim=1).numpy()
        self.sizes = np.bincount(self.labels)
        self.hits = self.hits_of(self.predicted)

    def hits_of(self, predicted):
        """Right predictions of each class."""
        return np.bincount(self.labels[predicted == self.labels], minlength=10)

    def hits_without(self, layer, units):
        """Right predictions of each class with incoming weights and biases of units at zero (§3.1)."""
        weights = {name: values.clone() for name, values in self.weights.items()}
        weights[f"{layer}.weight"][units] = 0
        weights[f"{layer}.bias"][units] = 0
        batches = self.entering[layer].split(1_000)
        return self.hits_of(torch.cat([through(weights, batch, layer).argmax(dim=1) for batch in batches]).numpy())

    def hits_of_neighbours(self, points):
        """The sum over a class's images of the share of their 6 nearest others that are of it (§3.2)."""
        points = points.flatten(1).double()
        squares, shares = (points**2).sum(dim=1), []
        for rows in torch.arange(N_IMAGES).split(1_000):
            distances = squares - 2 * points[rows] @ points.T
            distances[torch.arange(len(rows)), rows] = torch.inf
            nearest = distances.topk(6, largest=False).indices.numpy()
            shares.append((self.labels[nearest] == self.labels[rows, None]).mean(axis=1))
        return np.bincount(self.labels, weights=np.concatenate(shares))


@pytest.fixture(scope="module", params=DATASETS)
def both(request, recorded):
    network = recorded.networks(request.param)[0]
    with torch.inference_mode():
        yield network, ByHand(request.param)


def test_predictions_and_neighbours_are_those_recorded(both):
    network, hand = both
    assert np.array_equal(np.histogram2d(hand.labels, hand.predicted, np.arange(11))[0], network.confusion)
    for panel, entered in {"data": "conv1", "fc1": "fc2", "fc2": "out", "out": "end"}.items():
        agreeing = network.pieces["horizontal"]["agreement_raw"].sel(state="intact", panel=panel, k=6).values
        found = hand.hits_of_neighbours(hand.entering[entered])
        assert found == pytest.approx(agreeing @ np.arange(7) / 6, abs=0.34), "two near ties at most"


def test_activation_selectivity_is_that_recorded(both):
    network, hand = both
    activations = np.concatenate([hand.entering[layer].flatten(1).numpy() for layer in LAYERS[1:]], axis=1)
    means = np.stack([activations[hand.labels == label].mean(axis=0, dtype=np.float64) for label in range(10)])
    highest, others = means.max(axis=0), (means.sum(axis=0) - means.max(axis=0)) / 9
    alive = highest > 0
    value = np.divide(highest - others, highest + others, out=np.zeros(17_280), where=alive)
    assert value == pytest.approx(network.neuron_selectivity["value"].values, abs=1e-4)
    counts = np.bincount(means.argmax(axis=0)[alive], minlength=10)
    assert np.abs(counts - network.n_selective.values).sum() <= 4, "a near tie moves one neuron to another class"


def test_what_ablations_do_is_what_is_recorded(both):
    network, hand = both
    for layer, first in FIRST_UNIT.items():
        size = len(hand.weights[f"{layer}.bias"])
        for unit in range(1, size, EVERY_UNIT[layer]):
            lost = hand.hits - hand.hits_without(layer, [unit])
            assert np.abs(lost - network.net_lost.values[first + unit]).sum() <= 1, "one image at most is rounding"
        for draw in range(1 if layer in ("conv1", "conv2") else 2):
            stream = hashlib.sha256(f'[1337, "mask", "{layer}", 0.5, {draw}]'.encode()).digest()[:8]
            ablated = np.random.default_rng(int.from_bytes(stream) >> 1).choice(size, size // 2, replace=False)
            hits = network.draw_hits.sel(layer=layer, fraction=0.5, draw=draw).values
            assert np.abs(hits - hand.hits_without(layer, ablated)).sum() <= 1


def test_the_three_correlations_are_those_judged(both):
    """From recorded counts, put together by hand: draws, units, neighbours of the images, and counts by AS."""
    network, hand = both
    change = ((hand.hits - network.draw_hits.sel(fraction=0.5).values) / hand.sizes).mean(axis=1).sum(axis=0)
    effects = np.abs(network.net_lost.values)
    most = (effects == effects.max(axis=1, keepdims=True)) & (effects > 0)
    parts = most / np.maximum(most.sum(axis=1, keepdims=True), 1)
    embedded = network.pieces["horizontal"]["agreement"].sel(initialisation="rescaled", state="intact")
    separability = (embedded.sel(panel="data", k=6).values @ np.arange(7)).mean(axis=0) / hand.sizes
    by_hand = {
        "spearman": stats.spearmanr(1 - hand.hits / hand.sizes, change).statistic,
        "as-nh": stats.pearsonr(network.n_selective, separability).statistic,
        "aes-nh": stats.pearsonr(NEURONS_OF_UNIT @ parts, separability).statistic,
    }
    assert {kind: CORRELATIONS[kind].r(network) for kind in by_hand} == pytest.approx(by_hand)
