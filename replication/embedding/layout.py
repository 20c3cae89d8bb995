"""Two-dimensional UMAP of points from their exact nearest neighbours (§3.2).

umap-learn is imported where it is used, because importing numba takes seconds, which users who only read results should
not wait for.
"""

import warnings
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from replication.embedding.neighbours import Neighbours

Initialisation = Literal["rescaled", "raw"]

N_NEIGHBORS = 15
"""umap-learn's default, including the point itself."""


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
    """Compute the UMAP embedding of points with given neighbours.

    Source: §3.2, which runs umap-learn with default parameters.  Departs from it in that neighbours are exact for any
    n; umap-learn approximates them from 4,096 points on.

    umap-learn 0.3.10, probably the paper's release, used initial coordinates as given.  Since 0.4 each axis is first
    rescaled to [0, 10], which removes scale and aspect ratio.  ``"rescaled"`` is the behaviour of umap-learn today;
    ``"raw"`` runs today's optimiser from the coordinates as given.  This reproduces the start of the old release, but
    not its random streams, so that coordinates differ.

    Embeddings are chaotic: changing the last bit of an input moves points far.  Equal inputs on one machine give equal
    results; across machines and releases compare only robust quantities, such as NH.

    Args:
        neighbours: Nearest neighbours, at least ``n_neighbors`` columns; further columns are ignored.
        seed: Seed of the optimiser, any non-negative integer; only the lowest 32 bits are used.
        initial: Initial coordinates, shape (n, 2), finite; umap-learn's spectral layout if None.  If two points
            coincide, all points are jittered by a thousandth of the mean nearest distance.
        points: Points among which the neighbours were found, shape (n, dimensions).  Required without ``initial``,
            because the spectral layout places the components of a disconnected graph by the distances of their
            centroids.
        min_dist: umap-learn's parameter, in [0, 1].
        n_neighbors: umap-learn's parameter, from 2 to n − 1.
        initialisation: Treatment of ``initial``, see above.
        n_epochs: Number of optimisation epochs; if None, umap-learn's default: 500 up to 10,000 points, 200 beyond.

    Returns:
        Coordinates, shape (n, 2), finite.

    Raises:
        ValueError: There are too few points or columns; ``initial`` has another shape, is not finite, or is constant
            along an axis; neither ``initial`` nor ``points`` of the right length is given; ``initialisation`` is
            unknown, or is ``"raw"`` without ``initial``.
        RuntimeError: umap-learn cannot be loaded, or returned coordinates that are not finite.
        OSError: There is no folder in which numba can keep umap-learn's compiled functions.
    """
    n = len(neighbours.indices)
    if not 2 <= n_neighbors < n:
        raise ValueError(f"n_neighbors={n_neighbors} with {n} points: expected 2 to {n - 1}")
    _check_start(initial, points, n, initialisation)
    # Below 4,096 rows umap-learn uses all columns it is given, regardless of n_neighbors.
    nearest = neighbours.nearest(n_neighbors)
    model = _model(
        precomputed_knn=(nearest.indices.copy(), nearest.distances.astype(np.float32)),
        n_neighbors=n_neighbors,
        min_dist=min_dist,
        n_epochs=n_epochs,
        random_state=seed % 2**32,
        # umap-learn with a seed is serial; setting n_jobs avoids its warning.
        n_jobs=1,
        init="spectral" if initial is None else np.asarray(initial, dtype=np.float32),
        transform_mode="graph" if initialisation == "raw" else "embedding",
    )
    # With initial coordinates umap-learn uses only the number of points.
    rows = np.zeros((n, 1), dtype=np.float32) if points is None or initial is not None else points
    with warnings.catch_warnings():
        # umap-learn warns that new points cannot be placed without a search index; there are none.
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
    """Check the arguments of ``embed`` that determine the start.

    Raises:
        ValueError: ``initialisation`` is unknown, ``initial`` is invalid, or ``points`` is missing without it.
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
    """Return an umap-learn estimator.

    Raises:
        OSError: There is no folder in which numba can keep umap-learn's compiled functions.
        RuntimeError: umap-learn cannot be loaded for another reason.
    """
    with warnings.catch_warnings():
        # On import umap-learn warns that its parametric variant, unused here, lacks tensorflow.
        warnings.filterwarnings("ignore", ".*[Tt]ensorflow", ImportWarning)
        try:
            from umap import UMAP
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            raise OSError(f"umap-learn cannot be loaded: {error}; set NUMBA_CACHE_DIR to a writable folder") from None
    return UMAP(**parameters)


def _optimise_raw(model: Any) -> NDArray[np.float32]:
    """Optimise the layout of a fitted graph from the model's ``init`` without rescaling it.

    Follows umap-learn's ``simplicial_set_embedding`` (0.5.12) except for the rescaling: edges too weak to be sampled
    once are dropped, coinciding initial points are jittered, then umap-learn's optimiser runs.
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
