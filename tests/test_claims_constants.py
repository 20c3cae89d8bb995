"""Numbers that claims take for granted about the images, computed from the images."""

import numpy as np
import pytest
import torch

from claims.section_4_3_single_ablations import MNIST_SCATTER
from replication.data import load
from replication.measuring.horizontal import image_scatter
from replication.paper import TRAINING
from replication.study import PROFILES


@pytest.mark.realdata
def test_mnist_images_scatter_as_is_said():
    test = load("mnist", "test", PROFILES["paper"], torch.device("cpu"))
    used = test.first(TRAINING.whole_batches(len(test)))
    assert len(used) == 9_984
    scatter = image_scatter(used.images.flatten(1).numpy(), used.labels.numpy())
    ratio = np.diag(scatter).mean() / scatter[~np.eye(10, dtype=bool)].mean()
    assert ratio == pytest.approx(MNIST_SCATTER, abs=5e-4)
