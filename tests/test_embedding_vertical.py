"""Vertical embedding: neurons as points, the dead left out."""

import numpy as np
import pytest

from replication.embedding import embed, exact_neighbours, vertical
from replication.seeds import generator, stream_seed

EPOCHS = 50


@pytest.fixture(scope="module")
def responses():
    """Eighty neurons over sixty images, each following one of four patterns; every eighth is dead."""
    draws = generator("responses")
    table = np.maximum(draws.normal(size=(4, 60))[np.arange(80) % 4] + 0.2 * draws.normal(size=(80, 60)), 0)
    table[::8] = 0
    return table.astype(np.float32)


def test_dead_neurons_have_no_place_and_the_others_are_embedded_without_them(responses):
    coordinates = vertical(responses, seed=3, n_epochs=EPOCHS)
    dead = np.arange(80) % 8 == 0
    np.testing.assert_array_equal(np.isnan(coordinates), dead[:, None].repeat(2, axis=1))
    alive = responses[~dead]
    expected = embed(exact_neighbours(alive, 15), seed=stream_seed("vertical", 3), points=alive, n_epochs=EPOCHS)
    np.testing.assert_array_equal(coordinates[~dead], expected)


def test_a_memory_map_gives_the_same(responses, tmp_path):
    np.save(tmp_path / "responses.npy", responses)
    mapped = np.load(tmp_path / "responses.npy", mmap_mode="r")
    np.testing.assert_array_equal(
        vertical(mapped, seed=3, n_epochs=EPOCHS), vertical(responses, seed=3, n_epochs=EPOCHS)
    )


def test_neurons_with_one_pattern_lie_together(responses):
    coordinates = vertical(responses, seed=0)
    alive = ~np.isnan(coordinates[:, 0])
    patterns = (np.arange(80) % 4)[alive]
    nearest = exact_neighbours(coordinates[alive], 2).indices[:, 1]
    assert (patterns[nearest] == patterns).mean() > 0.9


def test_too_few_live_neurons_are_named():
    responses = np.zeros((40, 5), dtype=np.float32)
    responses[:15] = 1
    with pytest.raises(ValueError, match="15 of 40 neurons are alive; UMAP needs more than 15"):
        vertical(responses, seed=0)
