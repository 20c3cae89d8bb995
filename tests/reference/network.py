"""The network of §3.1 written out literally in numpy and scipy, float64."""

import numpy as np
from scipy.signal import correlate2d


def convolution(maps, weight, bias):
    """Cross-correlate maps (channels, side, side) with kernels (units, channels, 5, 5), zero-padded by 2."""
    return np.stack(
        [
            sum(correlate2d(one, kernel, mode="same") for one, kernel in zip(maps, kernels, strict=True)) + offset
            for kernels, offset in zip(weight, bias, strict=True)
        ]
    )


def pool(maps):
    """Largest of each 2×2 window; a last odd row or column is dropped."""
    side = maps.shape[1] // 2
    pooled = np.empty((len(maps), side, side))
    for row in range(side):
        for column in range(side):
            window = maps[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            pooled[:, row, column] = window.max(axis=(1, 2))
    return pooled


def activations(parameters, image):
    """What each layer puts out for one image (1, 28, 28): a dict of flat arrays; ``out`` is log-softmax."""
    outputs, values = {}, image
    for layer in ("conv1", "conv2", "conv3"):
        values = pool(np.maximum(convolution(values, *parameters[layer]), 0))
        outputs[layer] = values.reshape(-1)
    values = values.reshape(-1)
    for layer in ("fc1", "fc2"):
        weight, bias = parameters[layer]
        values = np.maximum(weight @ values + bias, 0)
        outputs[layer] = values
    weight, bias = parameters["out"]
    scores = weight @ values + bias
    outputs["out"] = scores - np.log(np.exp(scores - scores.max()).sum()) - scores.max()
    return outputs
