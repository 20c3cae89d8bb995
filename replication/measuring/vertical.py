"""Vertical reduction: neurons as points, by their responses to the test images (§3.2, Fig. 1)."""

from typing import Any

from numpy.typing import NDArray

from replication.activations import neuron_responses
from replication.embedding import vertical
from replication.measuring.subject import Subject
from replication.seeds import stream_seed

N_EPOCHS_REHEARSAL = 50
"""UMAP's optimisation epochs outside the paper's profile, where the quality of the embedding does not matter."""


def measure_vertical(subject: Subject) -> dict[str, NDArray[Any]]:
    """Embed the neurons; outside the paper's profile with fewer optimisation epochs.

    Args:
        subject: The network and its test images.

    Returns:
        Arrays of the piece ``vertical``; NaN for dead neurons.

    Raises:
        ValueError: Fewer than 16 neurons are alive.
    """
    with subject.progress.task(f"{subject.name}: embed neurons", 2) as task:
        responses = neuron_responses(subject.network, subject.used.images)
        task.advance()
        n_epochs = None if subject.profile.is_paper else N_EPOCHS_REHEARSAL
        coordinates = vertical(responses, seed=stream_seed("vertical", subject.name), n_epochs=n_epochs)
        task.advance()
    return {"neuron_coordinates": coordinates}
