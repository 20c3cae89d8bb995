"""Horizontal embeddings: one start, a stream per panel, the same in one process or two."""

from functools import partial

import numpy as np
import pytest

from replication.embedding import embed, embed_many, exact_neighbours, horizontal_jobs, start
from replication.seeds import generator, stream_seed

EPOCHS = 50


@pytest.fixture(scope="module")
def panels():
    draws = generator("panels")
    groups = 3 * draws.normal(size=(4, 6)).repeat(25, axis=0)
    return {name: exact_neighbours(groups + draws.normal(size=(100, 6)), 15) for name in ("data", "conv1", "out")}


@pytest.fixture(scope="module")
def initial():
    return 10 * generator("initial").random((100, 2))


def embedded(panels, initial, **options):
    return dict(embed_many(horizontal_jobs(panels, initial, n_epochs=EPOCHS, **options)))


def test_every_panel_is_its_own_embedding_from_the_start(panels, initial):
    layouts = embedded(panels, initial, seed=1)
    assert [*layouts] == ["data", "conv1", "out"]
    alone = embed(panels["out"], seed=stream_seed("horizontal", 1, "out"), initial=initial, n_epochs=EPOCHS)
    np.testing.assert_array_equal(layouts["out"], alone)


def test_panels_do_not_depend_on_each_other(panels, initial):
    together = embedded(panels, initial, seed=1)
    alone = embedded({"out": panels["out"]}, initial, seed=1)
    np.testing.assert_array_equal(together["out"], alone["out"])
    same_neighbours = embedded({"a": panels["out"], "b": panels["out"]}, initial, seed=1)
    assert not np.array_equal(same_neighbours["a"], same_neighbours["b"])


def test_other_seeds_and_other_initialisations_give_other_embeddings(panels, initial):
    first = embedded(panels, initial, seed=1)
    other = embedded(panels, initial, seed=2)
    raw = embedded(panels, 30 * initial, seed=1, initialisation="raw")
    for name in panels:
        assert not np.array_equal(first[name], other[name])
        assert not np.array_equal(first[name], raw[name])


def test_the_start_is_looser_than_the_default():
    images = generator("images").normal(size=(150, 12)).astype(np.float32)
    neighbours = exact_neighbours(images, 15)
    loose = start(images, neighbours, seed=0)
    dense = embed(neighbours, seed=stream_seed("start", 0), points=images)
    nearest = [exact_neighbours(layout, 2).distances[:, 1].mean() for layout in (loose, dense)]
    assert nearest[0] > 1.5 * nearest[1]


@pytest.mark.slow
def test_processes_change_nothing(panels, initial):
    jobs = horizontal_jobs(panels, initial, seed=1, n_epochs=EPOCHS)
    apart, here = dict(embed_many(jobs, n_processes=2)), dict(embed_many(jobs))
    assert sorted(apart) == sorted(here) == sorted(panels)
    for name in panels:
        np.testing.assert_array_equal(apart[name], here[name])


@pytest.mark.slow
def test_the_error_of_a_job_in_a_process_arrives_here(panels, initial):
    jobs = {name: partial(embed, panels["out"], seed=0, initial=initial[:99]) for name in "ab"}
    with pytest.raises(ValueError, match=r"initial has shape \(99, 2\)"):
        list(embed_many(jobs, n_processes=2))


def test_no_jobs_are_done_at_once_and_no_processes_are_refused():
    assert list(embed_many({}, n_processes=3)) == []
    with pytest.raises(ValueError, match="n_processes=0"):
        embed_many({}, n_processes=0)
