"""Awkward arrays for property tests: constant, dead, tied, alone, in float32, far from the origin."""

import numpy as np
from hypothesis import strategies as st

from replication.architecture import N_CLASSES

seeds = st.integers(0, 2**32 - 1)


def class_mean_tables(max_neurons=12):
    """Mean activations, shape (n_neurons, 10), not negative."""

    def draw(seed, n, shape, offset, dtype):
        generator = np.random.default_rng(seed)
        table = generator.exponential(size=(n, N_CLASSES))
        if shape == "ties":
            table = np.round(2 * table)
        elif shape == "constant":
            table[:] = table[:, :1]
        elif shape == "one class":
            table[:, 1:] = 0
        elif shape == "some dead":
            table[generator.random(n) < 0.5] = 0
        return (table + offset).astype(dtype)

    return st.builds(
        draw,
        seeds,
        st.integers(1, max_neurons),
        st.sampled_from(["plain", "ties", "constant", "one class", "some dead"]),
        st.sampled_from([0, 0, 1e6]),
        st.sampled_from([np.float64, np.float32]),
    )


def effect_tables(max_units=12):
    """Accuracy changes in percentage points, shape (n_units, 10), of classes of 100 images each."""

    def draw(seed, n, shape):
        generator = np.random.default_rng(seed)
        table = generator.integers(-20, 40, size=(n, N_CLASSES)).astype(np.float64)
        if shape == "few":
            table[generator.random(table.shape) < 0.8] = 0
        elif shape == "constant":
            table[:] = table[:, :1]
        elif shape == "harmless":
            table = -np.abs(table)
        elif shape == "none":
            table[:] = 0
        return table

    return st.builds(
        draw, seeds, st.integers(1, max_units), st.sampled_from(["plain", "few", "constant", "harmless", "none"])
    )


def labelled_points(min_points=1, max_points=40, dimensions=2):
    """Points of shape (n, dimensions) with labels of shape (n,)."""

    def draw(seed, n, shape, n_classes):
        generator = np.random.default_rng(seed)
        points = generator.normal(size=(n, dimensions))
        if shape == "ties":
            points = np.round(points)
        elif shape == "far":
            points += 1000
        elif shape == "one spot":
            points[:] = points[0]
        return points, generator.integers(0, n_classes, size=n)

    return st.builds(
        draw,
        seeds,
        st.integers(min_points, max_points),
        st.sampled_from(["plain", "ties", "far", "one spot"]),
        st.sampled_from([1, 2, N_CLASSES]),
    )
