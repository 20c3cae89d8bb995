"""Draw every figure of the paper, and figures of its numbers over seeds and choices, from measurements alone.

Input: a run's evidence.  Output: matplotlib figures, their plotted data as tidy tables, and files that are reproducible
to the byte.  Source: the captions of Figures 1–6 and A.1–A.8, and what §4 says about them.
"""

from replication.figures.ablated_layers import data_of_ablation_shown as data_of_ablation_shown
from replication.figures.beside import Drawn as Drawn, drawn_beside as drawn_beside
from replication.figures.cumulative_ablation import (
    data_of_cumulative_ablation as data_of_cumulative_ablation,
    data_of_random_orders as data_of_random_orders,
)
from replication.figures.files import save_figures as save_figures
from replication.figures.harm import data_of_harm as data_of_harm
from replication.figures.harm_by_fraction import data_of_harm_by_fraction as data_of_harm_by_fraction
from replication.figures.hit_by_layer import data_of_hit_by_layer as data_of_hit_by_layer
from replication.figures.layers import data_of_layers as data_of_layers
from replication.figures.multiverse import data_of_multiverse as data_of_multiverse
from replication.figures.neurons_by_layer import data_of_neurons_by_layer as data_of_neurons_by_layer
from replication.figures.neurons_by_metric import data_of_neurons_by_metric as data_of_neurons_by_metric
from replication.figures.noise_ceiling import (
    data_of_harm_profiles as data_of_harm_profiles,
    data_of_noise_ceiling as data_of_noise_ceiling,
)
from replication.figures.registry import (
    FIGURES as FIGURES,
    DrawableFigure as DrawableFigure,
    draw as draw,
    subjects as subjects,
)
from replication.figures.saving import Format as Format, save as save, svg_text as svg_text
from replication.figures.seed_distribution import data_of_seed_distribution as data_of_seed_distribution
from replication.figures.selective_counts import data_of_selective_counts as data_of_selective_counts
from replication.figures.selectivity_and_harm import data_of_selectivity_and_harm as data_of_selectivity_and_harm
from replication.figures.subject import NoNetworkError as NoNetworkError, whose as whose
