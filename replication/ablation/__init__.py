"""Ablation of units (§3.1).  In: a network, images and masks.  Out: predicted classes and log-probabilities.

``by_weights`` is the paper's method and the reference; ``by_reuse`` is the fast implementation.
"""

from replication.ablation.by_reuse import (
    Outcomes as Outcomes,
    outcomes_of_layers as outcomes_of_layers,
    predictions_of_layers as predictions_of_layers,
)
from replication.ablation.by_weights import (
    Baseline as Baseline,
    ablated as ablated,
    log_probabilities_by_weights as log_probabilities_by_weights,
    predictions_by_weights as predictions_by_weights,
)
from replication.ablation.counts import Flips as Flips, flips_by_class as flips_by_class, hits_by_class as hits_by_class
