"""Two-dimensional embeddings of activation spaces, and exact nearest neighbours (§3.2).

Input: points as rows, either test images by the activations of a layer, or neurons by their responses to the images.
Output: exact nearest neighbours, coordinates (n, 2) and their alignment, in float64.  Source: §3.2; McInnes, Healy and
Melville 2018 (UMAP).
"""

from replication.embedding.horizontal import horizontal_jobs as horizontal_jobs, start as start
from replication.embedding.jobs import embed_many as embed_many
from replication.embedding.layout import N_NEIGHBORS as N_NEIGHBORS, Initialisation as Initialisation, embed as embed
from replication.embedding.neighbours import Neighbours as Neighbours, exact_neighbours as exact_neighbours
from replication.embedding.procrustes import procrustes_chain as procrustes_chain
from replication.embedding.ranks import neighbour_ranks as neighbour_ranks
from replication.embedding.vertical import vertical as vertical
