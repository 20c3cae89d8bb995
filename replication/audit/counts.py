"""Recompute the counts that the paper gives, from its own architecture and test batches."""

from collections.abc import Mapping

from replication.architecture import HIDDEN_LAYERS, IMAGE_SIDE, N_CLASSES, N_NEURONS, N_UNITS, find_layer
from replication.audit.finding import Finding, Outcome, holds_if
from replication.paper import ABLATION, NETWORK_NAMES, TRAINING, Reported
from replication.stats import RoundedNumber, attainable_percentage


def count_findings(reported: Mapping[str, Reported]) -> tuple[Finding, ...]:
    """Check the counts of neurons, units and images, and the percentages.

    Args:
        reported: The paper's numbers by key.

    Returns:
        One finding per count, in the order of the paper.
    """
    return (
        _test_images(reported["test-images"]),
        _last_training_batch(),
        *(
            _percentage(f"{name}'s accuracy is", reported[f"accuracy/{network}"], _test_set_sizes())
            for network, name in NETWORK_NAMES.items()
        ),
        _neurons(reported["neurons"]),
        _matrix(reported["matrix-rows"], reported["matrix-columns"]),
        _kernel(reported["neurons-per-kernel"]),
        _units(),
        _conv2_width(),
        *(
            _percentage(
                f"Ablating half of K-Net's conv1 costs class {reported[f'kmnist-conv1-{rank}-harmed-class'].text}, the "
                f"{rank} harmed,",
                reported[f"kmnist-conv1-{rank}-harmed-drop"],
                _class_sizes(),
            )
            for rank in ("most", "least")
        ),
    )


def _test_images(reported: Reported) -> Finding:
    """Judge the number of test images used."""
    n_batches = TRAINING.n_test_images // TRAINING.test_batch_size
    used = TRAINING.n_test_images_used
    return Finding(
        "test-images",
        reported.place,
        f"{reported.text} of {TRAINING.n_test_images:,} test images are used, {TRAINING.test_batch_size} in a batch.",
        holds_if(reported.value == used),
        f"{n_batches} complete batches of {TRAINING.test_batch_size} hold {used:,} images; "
        f"{TRAINING.n_test_images - used} are left over.",
    )


def _last_training_batch() -> Finding:
    """Remark on the training images that do not fill a complete batch."""
    n_batches, rest = divmod(TRAINING.n_train_images, TRAINING.batch_size)
    return Finding(
        "last-training-batch",
        "§3.1 ¶1 s6",
        f"{TRAINING.n_train_images:,} training images are processed in batches of {TRAINING.batch_size}.",
        "remark" if rest else "holds",
        f"{n_batches} complete batches leave {rest} images. The paper does not say whether these are trained on.",
    )


def _neurons(reported: Reported) -> Finding:
    """Judge the number of neurons."""
    terms = " + ".join(
        f"{layer.n_units}·{layer.map_side}²" if layer.map_side > 1 else str(layer.n_units) for layer in HIDDEN_LAYERS
    )
    return Finding(
        "neurons",
        reported.place,
        f"A network has {reported.text} neurons.",
        holds_if(reported.value == N_NEURONS),
        f"{terms} = {N_NEURONS:,}: activations after pooling, without the output layer.",
    )


def _matrix(rows: Reported, columns: Reported) -> Finding:
    """Judge the printed shape of the activation matrix."""
    return Finding(
        "activation-matrix",
        rows.place,
        f"The activation matrix is {rows.text} × {columns.text}.",
        holds_if((rows.value, columns.value) == (TRAINING.n_test_images_used, N_NEURONS)),
        f"{TRAINING.n_test_images_used} test images by {N_NEURONS} neurons, "
        f"{TRAINING.n_test_images_used * N_NEURONS * 4 / 1e6:.0f} MB in single precision. Reduced to two numbers "
        f"per image it is {TRAINING.n_test_images_used} × 2, per neuron 2 × {N_NEURONS}, as printed.",
    )


def _kernel(reported: Reported) -> Finding:
    """Judge the stated number of neurons per kernel."""
    kernels = [layer for layer in HIDDEN_LAYERS if layer.is_convolution]
    owned = [layer.neurons_per_unit for layer in kernels]
    dense = sum(layer.n_neurons for layer in HIDDEN_LAYERS if not layer.is_convolution)
    if_so = sum(layer.n_units for layer in kernels) * int(reported.value) + dense
    return Finding(
        "neurons-per-kernel",
        f"§3.1 ¶2 s2, {reported.place}",
        f"Ablating a kernel ablates {reported.text} neurons, which share its AES.",
        holds_if(all(reported.value == n for n in owned)),
        f"A kernel owns {', '.join(str(n) for n in owned)} neurons in {', '.join(layer.name for layer in kernels)}; "
        f"{ABLATION.kernel_side}×{ABLATION.kernel_side} is the shape of its weight. With {reported.text} each, the "
        f"network would have {if_so:,} neurons and not {N_NEURONS:,}.",
    )


def _units() -> Finding:
    """Remark on the number of units, which the paper does not state."""
    n_kernels = sum(layer.n_units for layer in HIDDEN_LAYERS if layer.is_convolution)
    return Finding(
        "units",
        "§3.1 ¶2 s3",
        "Kernels and fully connected neurons are the units of ablation.",
        "remark",
        f"The paper does not give their number: {n_kernels} kernels and {N_UNITS - n_kernels} neurons make "
        f"{N_UNITS:,} units, compared with {N_NEURONS:,} neurons. Every count of a class's selective neurons depends "
        "on whether units or neurons are counted.",
    )


def _conv2_width() -> Finding:
    """Judge whether the activation space of conv2 has more dimensions than that of the images."""
    n_neurons, n_pixels = find_layer("conv2").n_neurons, IMAGE_SIDE**2
    return Finding(
        "conv2-width",
        "§4.2 ¶1 s4",
        "conv2's activation space has more dimensions than the images.",
        holds_if(n_neurons > n_pixels),
        f"{n_neurons:,} neurons, compared with {n_pixels} pixels.",
    )


def _percentage(what: str, reported: Reported, sizes: tuple[int, ...]) -> Finding:
    """Judge whether a printed percentage is attainable with a whole number of images, for any of the given sizes."""
    attained = {size: attainable_percentage(reported.text, size) for size in sizes}
    counts = "; ".join(f"{_span(attained[size])} of {size:,}" for size in (sizes[0], sizes[-1]))
    finest_unit = 2 * RoundedNumber.parse(reported.text).half_unit
    always = [size for size in sizes if size * finest_unit >= 100]
    outcome: Outcome = "contradicted" if not any(attained.values()) else "remark" if always else "holds"
    return Finding(
        f"percentage/{reported.key}",
        reported.place,
        f"{what} {reported.text} {reported.unit}.",
        outcome,
        f"Numbers of images that give this percentage: {counts}."
        + (f" With {min(always):,} images, every percentage of this precision is possible." if always else ""),
    )


def _span(counts: tuple[int, ...]) -> str:
    """Return counts as text."""
    if not counts:
        return "none"
    return f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"


def _test_set_sizes() -> tuple[int, ...]:
    """Return the two possible denominators of an accuracy: the images used, and all images."""
    return TRAINING.n_test_images_used, TRAINING.n_test_images


def _class_sizes() -> tuple[int, ...]:
    """Return the possible sizes of a class in a balanced test set from which the last images may be missing."""
    full = TRAINING.n_test_images // N_CLASSES
    dropped = TRAINING.n_test_images - TRAINING.n_test_images_used
    return tuple(range(full - dropped, full + 1))
