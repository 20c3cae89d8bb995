"""The paper's metrics, and further metrics that its claims need.

Input: class means, counts, neighbour indices or coordinates, as numpy arrays.  Output: arrays with one entry per
neuron, unit, class or point, float64, or int64 for counts and classes.  Source: §3.2 (AS, AES, NH) and the results on
them in §4.
"""

from replication.metrics.ablation_effect_selectivity import (
    EffectSelectivity as EffectSelectivity,
    ablation_effect_selectivity as ablation_effect_selectivity,
    effect_votes as effect_votes,
    rescale_by_sign as rescale_by_sign,
)
from replication.metrics.accuracy_change import accuracy_change_pp as accuracy_change_pp
from replication.metrics.activation_selectivity import (
    Selectivity as Selectivity,
    activation_selectivity as activation_selectivity,
)
from replication.metrics.clusters import class_clusters as class_clusters
from replication.metrics.neighborhood_hit import (
    NeighborhoodHit as NeighborhoodHit,
    agreement as agreement,
    agreement_histogram as agreement_histogram,
    neighborhood_hit as neighborhood_hit,
    neighborhood_hit_from_histogram as neighborhood_hit_from_histogram,
)
from replication.metrics.populations import (
    count_classes as count_classes,
    normalised_by_layer as normalised_by_layer,
    populations as populations,
    preferred_class as preferred_class,
    selectivity_for_classes as selectivity_for_classes,
)
from replication.metrics.ranks import ranks_within_layers as ranks_within_layers, relative_ranks as relative_ranks
from replication.metrics.spread import ClassSpread as ClassSpread, class_spread as class_spread
from replication.metrics.trustworthiness import trustworthiness as trustworthiness
from replication.metrics.unit_means import unit_means as unit_means
