"""Claims settled by arithmetic or construction: §3, and the numbers of §4 and the appendix without a trained network.

The paper's numbers are the default arguments; ``holds`` and ``fails`` are arguments for which the check must say yes
and no.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from claims.registry import claim
from replication.architecture import HIDDEN_LAYERS, IMAGE_SIDE, LAYERS, N_NEURONS, Layer, find_layer
from replication.audit import audit
from replication.judging import Exact
from replication.metrics import ablation_effect_selectivity
from replication.paper import FIGURES, NETWORK_NAMES, REPORTED, TRAINING, Figure, Reported
from replication.seeds import generator

N_EXAMPLES = 1000
"""Number of random cases in which a bound or a sign is checked."""

OWNED = tuple(layer.neurons_per_unit for layer in HIDDEN_LAYERS if layer.is_convolution)
"""Number of neurons per kernel, for each convolutional layer."""


@claim(
    "3.1/architecture",
    place="§3.1 ¶1 s1 to s4",
    rule=Exact(),
    fails={"kernel": 3},
    caveat="ReLU and log-softmax leave no trace in the shapes; the suite's own tests check them on the network.",
)
def the_architecture_fits_together(
    kernel: int = 5, padding: int = 2, stride: int = 1, pool: int = 2, n_kernels: int = 64, n_dense: int = 512
) -> bool:
    """Three convolutions of 64 kernels of 5×5, each pooled 2×2, two layers of 512 neurons and ten outputs."""
    side, layers = IMAGE_SIDE, []
    for name in ("conv1", "conv2", "conv3"):
        side = ((side + 2 * padding - kernel) // stride + 1) // pool
        layers.append(Layer(name, n_kernels, side))
    dense = [Layer("fc1", n_dense, 1), Layer("fc2", n_dense, 1), Layer("out", 10, 1)]
    return (*layers, *dense) == LAYERS


@claim("3.1/test-images", place="§3.1 ¶1 s7", reported="test-images", rule=Exact(), fails={"n_used": 10_000})
def whole_batches_hold_9984_images(n_used: float = REPORTED["test-images"].value) -> bool:
    """9,984 of the 10,000 test images are used, since test batches hold 32."""
    return n_used == TRAINING.n_test_images_used


@claim(
    "3.1/zeroed-unit-passes-nothing-on",
    place="§3.1 ¶2 s1, s2",
    rule=Exact(),
    fails={"bias": 0.1},
    caveat="This is arithmetic; no trained network is tested.",
)
def a_zeroed_unit_passes_nothing_on(weight: float = 0.0, bias: float = 0.0) -> bool:
    """A unit whose incoming weights and bias are zero lets no information through, whatever its outgoing weights."""
    rng = generator("claims", "zeroed unit")
    inputs, outgoing = rng.normal(size=(N_EXAMPLES, 25)), rng.normal(size=10)
    output = np.maximum(inputs @ np.full(25, weight) + bias, 0)
    return not (output[:, None] * outgoing).any()


@claim(
    "3.1/kernel-is-25-neurons",
    place="§3.1 ¶2 s2, §4.3 ¶4 s4",
    reported="neurons-per-kernel",
    rule=Exact(),
    holds={"owned": (25, 25, 25)},
    caveat=(
        "5×5 is the shape of a kernel's weight. The neurons that share its AES are the 196, 49 or 9 values of its "
        "pooled map. With 25 neurons per kernel there would be 5,824 neurons and not 17,280."
    ),
)
def ablating_a_kernel_ablates_25_neurons(
    n_ablated: float = REPORTED["neurons-per-kernel"].value, owned: Sequence[int] = OWNED
) -> bool:
    """Ablating a kernel ablates 5×5 neurons at once, which share its AES."""
    return all(n == n_ablated for n in owned)


@claim("3.2/neurons-17280", place="§3.2 ¶1 s2", reported="neurons", rule=Exact(), fails={"n_neurons": 17_290})
def the_network_has_17280_neurons(n_neurons: float = REPORTED["neurons"].value) -> bool:
    """Each network has 17,280 neurons: pooled maps and fully connected neurons, the output left out."""
    return n_neurons == 64 * 14**2 + 64 * 7**2 + 64 * 3**2 + 512 + 512 == N_NEURONS


@claim(
    "3.2/matrix-shape",
    place="§3.2 ¶1 s2, s4",
    reported="9984 × 17280",
    rule=Exact(),
    fails={"shape": (17_280, 9984)},
)
def the_activation_matrix_is_9984_by_17280(
    shape: tuple[float, float] = (REPORTED["matrix-rows"].value, REPORTED["matrix-columns"].value),
) -> bool:
    """The activations of a network are a matrix with a row per test image and a column per neuron."""
    return shape == (TRAINING.n_test_images_used, N_NEURONS)


@claim(
    "3.2/as-in-unit-interval",
    place="§3.2 ¶3 s2 to s4",
    rule=Exact(),
    fails={"least": -1.0},
    caveat="This holds as activations are not negative after ReLU. Before ReLU, or in the output, it would not hold.",
)
def as_lies_between_0_and_1(least: float = 0.0, undefined: float = 0.0) -> bool:
    """AS lies between 0 and 1; where its denominator is 0 it is set to 0."""
    means = generator("claims", "AS").uniform(least, 1, (N_EXAMPLES, 10))
    means[0] = 0
    highest = means.max(axis=1)
    others = (means.sum(axis=1) - highest) / 9
    denominator = highest + others
    value = np.divide(highest - others, denominator, out=np.full(N_EXAMPLES, undefined), where=denominator != 0)
    return bool(((value >= 0) & (value <= 1)).all())


@claim(
    "3.2/aes-takes-both-signs",
    place="§3.2 ¶3 s7",
    rule=Exact(),
    fails={"least": 0.0},
    caveat=(
        "By the literal formula, AES also leaves [−1, 1]. Where one class gains and nine stay the same, it scores −1 "
        "for one of the nine."
    ),
)
def aes_takes_both_signs(least: float = -1.0) -> bool:
    """AES can be positive or negative, unlike AS."""
    changes = generator("claims", "AES").uniform(least, 1, (N_EXAMPLES, 10))
    value = ablation_effect_selectivity(changes, formula="drops").value
    return bool((value > 0).any() and (value < 0).any())


@claim("4.2/conv2-wider-than-image", place="§4.2 ¶1 s4", rule=Exact(), fails={"n_pixels": 64 * 64})
def conv2_has_more_dimensions_than_the_images(n_pixels: int = IMAGE_SIDE**2) -> bool:
    """The activation space of conv2 has more dimensions than the space of the images."""
    return find_layer("conv2").n_neurons > n_pixels


def with_another_p(key: str, text: str) -> Mapping[str, Reported]:
    """Return the paper's numbers with one p value replaced.

    Args:
        key: Key of the number in ``paper.REPORTED``.
        text: Text printed instead.
    """
    return dict(REPORTED) | {key: replace(REPORTED[key], text=text, value=float(text))}


@claim(
    "A/correlations-consistent",
    place="§4.1 ¶4 s3, s6; §4.3 ¶5 s2 to s5",
    reported="nine pairs of r and p",
    rule=Exact(),
    fails={"reported": with_another_p("as-nh-p/fashion", "0.03")},
)
def each_p_value_follows_from_its_coefficient(reported: Mapping[str, Reported] = REPORTED) -> bool:
    """The nine correlations and their p values agree at ten classes, rounding allowed for."""
    pairs = [finding for finding in audit(reported) if finding.id.startswith("correlation/")]
    return len(pairs) == 3 * len(NETWORK_NAMES) and all(finding.outcome == "holds" for finding in pairs)


def with_caption(number: str, network: str) -> Mapping[str, Figure]:
    """Return the paper's figures with one caption changed to name another network.

    Args:
        number: Number of the figure.
        network: Data set of the network named instead.
    """
    return dict(FIGURES) | {number: replace(FIGURES[number], caption_networks=(network,))}


@claim(
    "A/captions-name-networks",
    place="Fig. A.7, A.8, §4.3 ¶4 s11",
    reported="text: M-Net and K-Net; captions: M-Net twice",
    rule=Exact(),
    holds={"figures": with_caption("A.8", "kmnist")},
)
def captions_and_text_name_the_same_networks(figures: Mapping[str, Figure] = FIGURES) -> bool:
    """Figures A.7 and A.8 show the networks that the text says they show."""
    (finding,) = (finding for finding in audit(figures=figures) if finding.id == "captions")
    return finding.outcome == "holds"
