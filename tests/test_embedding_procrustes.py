"""The Procrustes chain: what it undoes, what it tells, and that neighbourhoods survive it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.spatial import procrustes
from strategies import seeds

from replication.embedding import exact_neighbours, procrustes_chain

quick = settings(deadline=None, max_examples=40)


def moved(points, angle, factor, shift):
    """The points turned, mirrored, scaled and shifted."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return factor * points[:, ::-1] @ turn + shift


@quick
@given(seeds, st.floats(0, 6.28), st.floats(0.01, 100), st.floats(-100, 100))
def test_turned_mirrored_scaled_and_shifted_copies_match_fully(seed, angle, factor, shift):
    points = np.random.default_rng(seed).normal(size=(30, 2))
    chain = procrustes_chain({"data": points, "conv1": moved(points, angle, factor, shift)})
    np.testing.assert_allclose(chain["conv1"], chain["data"], atol=1e-9)


def test_the_first_panel_is_the_reference_at_unit_norm():
    points = np.random.default_rng(0).normal(size=(30, 2)) + 5
    alone = procrustes_chain({"data": points})
    centred = points - points.mean(axis=0)
    np.testing.assert_allclose(alone["data"], centred / np.linalg.norm(centred))


@quick
@given(seeds)
def test_the_norm_of_a_panel_tells_how_well_it_matches(seed):
    draws = np.random.default_rng(seed)
    panels = {name: draws.normal(size=(25, 2)) for name in ("data", "conv1", "conv2")}
    chain = procrustes_chain(panels)
    for before, name in pairwise(panels):
        *_, disparity = procrustes(chain[before], panels[name])
        assert 0 <= disparity <= 1
        assert np.linalg.norm(chain[name]) ** 2 == pytest.approx(1 - disparity)


def test_each_panel_follows_the_aligned_one_before_it():
    draws = np.random.default_rng(1)
    first = draws.normal(size=(40, 2))
    second = moved(first, 1.0, 3, 2) + 0.3 * draws.normal(size=(40, 2))
    third = moved(second, 2.0, 0.5, 1)
    chain = procrustes_chain({"data": first, "conv1": second, "conv2": third})
    # The third is a copy of the second, and so lies on it, apart from the size that the second lost by its misfit.
    kept = np.linalg.norm(chain["conv1"])
    assert kept < 0.999
    np.testing.assert_allclose(chain["conv2"] * kept, chain["conv1"], atol=1e-9)


@quick
@given(seeds)
def test_nobody_gets_new_neighbours(seed):
    draws = np.random.default_rng(seed)
    panels = {name: draws.normal(size=(40, 2)) for name in ("data", "conv1")}
    chain = procrustes_chain(panels)
    for name, panel in panels.items():
        before, after = exact_neighbours(panel, 7), exact_neighbours(chain[name], 7)
        np.testing.assert_array_equal(before.indices, after.indices)


def test_unusable_panels_are_named():
    points = np.random.default_rng(2).normal(size=(5, 2))
    with pytest.raises(ValueError, match=r"panel 'fc1' has shape \(4, 2\)"):
        procrustes_chain({"conv3": points, "fc1": points[:4]})
    with pytest.raises(ValueError, match="panel 'fc1' is not finite or all on one spot"):
        procrustes_chain({"conv3": points, "fc1": np.ones((5, 2))})
    with pytest.raises(ValueError, match="panel 'conv3' is not finite"):
        procrustes_chain({"conv3": np.full((5, 2), np.nan)})
