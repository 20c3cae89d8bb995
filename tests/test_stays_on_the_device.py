"""Work on a GPU stays there: without a GPU, shown on torch's meta device.

Tensors on the meta device have shapes but no numbers.  Reading a number back from it fails, and what it exchanges with
the CPU can be counted.
"""

from collections import Counter
from dataclasses import replace

import pytest
import torch
from ablation_cases import lively_network
from torch import Tensor
from torch.utils import _pytree
from torch.utils._python_dispatch import TorchDispatchMode

from replication.ablation import outcomes_of_layers, predictions_of_layers
from replication.architecture import HIDDEN_LAYERS
from replication.data import Images
from replication.masks import draw_masks, single_unit_masks
from replication.network import Network
from replication.seeds import torch_generator
from replication.study import PROFILES
from replication.training.group import Group
from replication.training.states import MOMENTUM

N_IMAGES, N_NETWORKS = 9, 2
TINY = replace(PROFILES["digits"], batch_size=4)
"""Two whole batches and a last one of 1."""


class Crossings(TorchDispatchMode):
    """Count operations, by name, that have tensors on more than one device."""

    def __init__(self):
        super().__init__()
        self.counts = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **kwargs or {})
        leaves = _pytree.tree_leaves((args, kwargs, result))
        if len({leaf.device.type for leaf in leaves if isinstance(leaf, Tensor)}) > 1:
            self.counts[function.overloadpacket.__name__] += 1
        return result


def some_images():
    return Images(
        torch.empty(N_IMAGES, 1, 28, 28, device="meta"), torch.empty(N_IMAGES, dtype=torch.int64, device="meta")
    )


def untrained():
    parameters = dict(Network(torch_generator("test", "device")).named_parameters())
    values = {name: parameter.detach() for name, parameter in parameters.items()}
    return {**values, **{f"{MOMENTUM}{name}": torch.zeros_like(value) for name, value in values.items()}}


def trained_for_an_epoch(group):
    """What crosses between devices meanwhile."""
    order = torch.arange(N_IMAGES, device="meta")[:, None].expand(-1, N_NETWORKS)
    with Crossings() as crossings:
        assert group.train_epoch(order).device.type == "meta"
    return crossings.counts


def test_an_epoch_of_training_exchanges_nothing_with_the_host():
    """As a captured graph requires, and so that steps can be launched ahead; its first steps may bring constants."""
    group = Group([untrained()] * N_NETWORKS, some_images(), TINY)
    trained_for_an_epoch(group)
    assert trained_for_an_epoch(group) == {}


@pytest.mark.parametrize(
    "spoil", [lambda losses: losses + losses.sum().item(), lambda losses: losses + losses.sum().cpu()]
)
def test_a_number_read_back_in_training_would_be_noticed(monkeypatch, spoil):
    from replication.training import group as module

    honest = module.step
    monkeypatch.setattr(module, "step", lambda *args, **kwargs: spoil(honest(*args, **kwargs)))
    group = Group([untrained()] * N_NETWORKS, some_images(), TINY)
    with pytest.raises((RuntimeError, NotImplementedError), match="meta"):
        trained_for_an_epoch(group)


def test_a_constant_brought_in_every_step_would_be_noticed(monkeypatch):
    from replication.training import group as module

    honest = module.step
    monkeypatch.setattr(
        module, "step", lambda *args, **kwargs: honest(*args, **kwargs) + torch.ones(N_NETWORKS).to("meta")
    )
    group = Group([untrained()] * N_NETWORKS, some_images(), TINY)
    trained_for_an_epoch(group)
    assert trained_for_an_epoch(group).total() == 3


@pytest.mark.parametrize("baseline", ["zero", "mean"])
@pytest.mark.parametrize("single", [False, True])
def test_ablation_brings_masks_to_the_device_and_takes_classes_from_it(monkeypatch, single, baseline):
    """For each layer its masks and units, and its classes, and log-probabilities if these are asked for.

    As often for many pieces of work as for one.
    """
    monkeypatch.setattr(Tensor, "cpu", lambda self: torch.zeros_like(self, device="cpu"))
    network = lively_network(0, dtype=torch.float32, device="meta")
    masks = {layer.name: single_unit_masks(layer) if single else draw_masks(layer, 0.5, 7) for layer in HIDDEN_LAYERS}

    def crossings(n_images, labelled):
        images = torch.empty(n_images, 1, 28, 28, device="meta")
        labels = [torch.empty(n_images, dtype=torch.int64, device="meta")] * labelled
        ablate = outcomes_of_layers if labelled else predictions_of_layers
        with Crossings() as found:
            ablate(network, images, *labels, masks, baseline=baseline, memory_bytes=2**26)
        return found.counts

    crossings(1, labelled=False)
    for labelled in (False, True):
        assert crossings(1, labelled) == crossings(50, labelled)
        assert crossings(1, labelled).total() == (3 + labelled) * len(HIDDEN_LAYERS)
