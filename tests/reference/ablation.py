"""Ablation written out literally: one copy of the network per mask, one image at a time."""

import copy

import numpy as np
import torch

from replication.architecture import LAYER_NAMES


def predictions_one_by_one(network, images, layer, masks, baseline):
    """Predicted classes, shape (n_masks, n_images)."""
    with torch.inference_mode():
        outputs = [network.activations(image[None])[layer][0].double() for image in images]
        means = sum(outputs) / len(outputs)
        predictions = np.empty((len(masks), len(images)), dtype=np.uint8)
        for row, mask in enumerate(masks):
            ablated = copy.deepcopy(network)
            if baseline == "zero":
                weight, bias = ablated.parameters_of(layer)
                for unit in range(len(mask)):
                    if mask[unit]:
                        weight[unit] = 0
                        bias[unit] = 0
            for column, image in enumerate(images):
                values = image[None]
                for name in LAYER_NAMES:
                    values = ablated.apply_layer(name, values)
                    if name == layer and baseline == "mean":
                        of_unit = values[0].view(len(mask), -1)
                        of_unit[torch.from_numpy(mask)] = means.view_as(of_unit)[torch.from_numpy(mask)].to(values)
                predictions[row, column] = int(values.argmax())
    return predictions
