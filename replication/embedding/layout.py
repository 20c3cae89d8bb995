"""UMAP of points from their exact nearest neighbours, in two dimensions (§3.2).

umap-learn is imported where it is used: numba's start takes seconds that a reader of results should not wait for.
"""

import warnings
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.embedding.neighbours import Neighbours

Initialisation = Literal["rescaled", "raw"]

N_NEIGHBORS = 15
"""umap-learn's default, the point itself counted."""


def embed(
    neighbours: Neighbours,
    *,
    seed: int,
    initial: NDArray[np.floating] | None = None,
    points: NDArray[np.floating] | None = None,
    min_dist: float = 0.1,
    n_neighbors: int = N_NEIGHBORS,
    initialisation: Initialisation = "rescaled",
    n_epochs: int | None = None,
) -> NDArray[np.float64]:
    """UMAP embedding of points with given neighbours.

    Source: §3.2, which runs umap-learn with its default parameters.  Departs from it in that the neighbours are exact
    at any n, where umap-learn approximates them from 4,096 points on.

    The paper's release of umap-learn, 0.3.10, took given coordinates as they are; from 0.4 on each axis is stretched
    to [0, 10] first, so that neither its scale nor its aspect counts.  ``"rescaled"`` is what umap-learn does today;
    ``"raw"`` lets today's optimiser start from the coordinates themselves.  That restores the start, not the release:
    the random streams, and with them single coordinates, differ.

    Embeddings are chaotic: the last bit of an input moves points far.  Equal inputs on one machine give equal
    results; across machines and releases only what is robust, such as NH, can be compared.

    Args:
        neighbours: At least ``n_neighbors`` columns; only these are used.
        seed: The optimiser's, any non-negative integer; its lowest 32 bits count.
        initial: Coordinates to start from, shape (n, 2), finite; by default umap-learn's spectral layout.  Where two
            points start on one spot, all are jittered by a thousandth of the mean nearest distance.
        points: What the neighbours were found among, shape (n, dimensions).  Needed without ``initial``: where the
            graph falls into parts, the spectral layout arranges these by the distance of their centroids.
        min_dist: umap-learn's parameter, in [0, 1].
        n_neighbors: umap-learn's parameter, from 2 to n − 1.
        initialisation: What happens to ``initial``.
        n_epochs: Passes of the optimiser; by default umap-learn's 500 up to 10,000 points and 200 beyond.

    Returns:
        Coordinates, shape (n, 2), finite.

    Raises:
        ValueError: An argument does not fit: too few points or columns, coordinates of another shape, not
            finite, or all equal along an axis, neither ``initial`` nor ``points``, ``"raw"`` without ``initial``, or
            another word for ``initialisation``.
        RuntimeError: umap-learn returned coordinates that are not finite.
    """
    n = len(neighbours.indices)
    if not 2 <= n_neighbors < n:
        raise ValueError(f"n_neighbors={n_neighbors} with {n} points: expected 2 to {n - 1}")
    _check_start(initial, points, n, initialisation)
    # Below 4,096 rows umap-learn uses every column it is given, whatever n_neighbors says.
    nearest = neighbours.nearest(n_neighbors)
    model = _model(
        precomputed_knn=(nearest.indices.copy(), nearest.distances.astype(np.float32)),
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        n_epochs=n_epochs,
        random_state=seed % 2**32,
        # Any seed makes umap-learn serial; said here, it does not warn.
        n_jobs=1,
        init="spectral" if initial is None else np.asarray(initial, dtype=np.float32),
        transform_mode="graph" if initialisation == "raw" else "embedding",
    )
    # With a start given umap-learn only counts the points.
    rows = np.zeros((n, 1), dtype=np.float32) if points is None or initial is not None else points
    with warnings.catch_warnings():
        # The index would serve to place new points later; there are none.
        warnings.filterwarnings("ignore", r"precomputed_knn\[2\] \(knn_search_index\)", UserWarning)
        model.fit(rows)
    layout = _optimise_raw(model) if initialisation == "raw" else model.embedding_
    if not np.isfinite(layout).all():
        raise RuntimeError(
            f"umap-learn placed {np.isnan(layout).any(axis=1).sum()} of {n} points nowhere; leave points without "
            "neighbours out"
        )
    return np.asarray(layout, dtype=np.float64)


def _check_start(
    initial: NDArray[np.floating] | None, points: NDArray[np.floating] | None, n: int, initialisation: str
) -> None:
    """Make sure that there is a start and that it fits.

    Raises:
        ValueError: There is none, or it does not.
    """
    if initialisation not in ("rescaled", "raw"):
        raise ValueError(f"initialisation={initialisation!r}: expected 'rescaled' or 'raw'")
    if initial is None:
        if points is None or len(points) != n:
            raise ValueError(f"without initial coordinates pass the {n} points the neighbours were found among")
        if initialisation == "raw":
            raise ValueError("initialisation='raw' says how to use initial coordinates: pass initial")
        return
    if initial.shape != (n, 2) or not np.isfinite(initial).all():
        raise ValueError(f"initial has shape {initial.shape}; expected ({n}, 2), all finite")
    if (np.ptp(initial, axis=0) == 0).any():
        raise ValueError("initial coordinates are all equal along an axis, which cannot be spread out again")


def _model(**parameters: Any) -> Any:
    """An umap-learn estimator."""
    with warnings.catch_warnings():
        # umap-learn announces on import that its neural variant, unused here, lacks tensorflow.
        warnings.filterwarnings("ignore", ".*[Tt]ensorflow", ImportWarning)
        from umap import UMAP
    return UMAP(**parameters)


def _optimise_raw(model: Any) -> NDArray[np.float32]:
    """Optimise a fitted graph from the model's ``init``, unscaled.

    These are the steps of umap-learn's ``simplicial_set_embedding`` (0.5.12) without the one that stretches the start:
    edges too weak to be drawn once are dropped, equal starting points are set apart, then its optimiser runs.
    """
    from sklearn.utils import check_random_state
    from umap.layouts import optimize_layout_euclidean
    from umap.umap_ import make_epochs_per_sample

    graph = model.graph_.tocoo()
    graph.sum_duplicates()
    n = graph.shape[0]
    default_epochs = 500 if n <= 10_000 else 200
    n_epochs = default_epochs if model.n_epochs is None else model.n_epochs
    graph.data[graph.data < graph.data.max() / (n_epochs if n_epochs > 10 else default_epochs)] = 0
    graph.eliminate_zeros()

    random_state = check_random_state(model.random_state)
    start = model.init.copy()
    if len(np.unique(start, axis=0)) < n:
        nearest = np.asarray(scipy.spatial.cKDTree(start).query(start, k=2)[0])[:, 1].mean()
        start += random_state.normal(scale=0.001 * nearest, size=start.shape).astype(np.float32)
    int32 = np.iinfo(np.int32)
    rng_state = random_state.randint(int32.min + 1, int32.max - 1, 3).astype(np.int64)
    layout: NDArray[np.float32] = optimize_layout_euclidean(
        start,
        start,
        graph.row,
        graph.col,
        n_epochs,
        n,
        make_epochs_per_sample(graph.data, n_epochs),
        model._a,
        model._b,
        rng_state,
        gamma=model.repulsion_strength,
        initial_alpha=model.learning_rate,
        negative_sample_rate=model.negative_sample_rate,
        parallel=False,
        move_other=True,
    )
    return layout
