"""Statistics over short vectors and few runs, in numpy float64.

In go coefficients, counts and vectors with one value per run or class; out come frozen results: correlations,
intervals, equivalence, Bayes factors, criteria of replication, reliability, and whether printed numbers agree.
"""

from replication.stats.bayes_factor import bayes_factor_01
from replication.stats.correlation import (
    SampleCorrelation,
    correlation_p,
    critical_r,
    pearson,
    pearson_of_rows,
    spearman,
    spearman_of_rows,
)
from replication.stats.criteria import CriterionName, CriterionResult, replication_criteria
from replication.stats.equivalence import Equivalence, equivalence_of_mean
from replication.stats.exact_spearman import (
    exact_spearman_p,
    spearman_of_squared_rank_difference,
)
from replication.stats.fisher import (
    fisher_interval,
    fisher_mean,
    fisher_prediction_interval,
    fisher_standard_error,
    fisher_z,
)
from replication.stats.intervals import (
    Interval,
    bootstrap_interval,
    clopper_pearson,
    log_prediction_interval,
    t_interval,
    welch_interval,
)
from replication.stats.mcnemar import mcnemar_p
from replication.stats.multiplicity import benjamini_hochberg, family_wise_error
from replication.stats.power import power_of_correlation, r33
from replication.stats.reliability import NoiseCeiling, noise_ceiling
from replication.stats.rounding import (
    PMethod,
    PrintedCorrelationCheck,
    RoundedNumber,
    attainable_percentage,
    attainable_spearman,
    consistent_r_p,
)

__all__ = [
    "CriterionName",
    "CriterionResult",
    "Equivalence",
    "Interval",
    "NoiseCeiling",
    "PMethod",
    "PrintedCorrelationCheck",
    "RoundedNumber",
    "SampleCorrelation",
    "attainable_percentage",
    "attainable_spearman",
    "bayes_factor_01",
    "benjamini_hochberg",
    "bootstrap_interval",
    "clopper_pearson",
    "consistent_r_p",
    "correlation_p",
    "critical_r",
    "equivalence_of_mean",
    "exact_spearman_p",
    "family_wise_error",
    "fisher_interval",
    "fisher_mean",
    "fisher_prediction_interval",
    "fisher_standard_error",
    "fisher_z",
    "log_prediction_interval",
    "mcnemar_p",
    "noise_ceiling",
    "pearson",
    "pearson_of_rows",
    "power_of_correlation",
    "r33",
    "replication_criteria",
    "spearman",
    "spearman_of_rows",
    "spearman_of_squared_rank_difference",
    "t_interval",
    "welch_interval",
]
