"""Statistics of short vectors and few runs, in numpy float64.

Input: coefficients, counts, and vectors with one value per run or class.  Output: correlations, intervals, equivalence
tests, Bayes factors, replication criteria, noise ceilings, and consistency checks of printed numbers.
"""

from replication.stats.bayes_factor import bayes_factor_01 as bayes_factor_01
from replication.stats.correlation import (
    SampleCorrelation as SampleCorrelation,
    correlation_p as correlation_p,
    critical_r as critical_r,
    pearson as pearson,
    pearson_of_rows as pearson_of_rows,
    spearman as spearman,
    spearman_of_rows as spearman_of_rows,
)
from replication.stats.criteria import (
    CriterionName as CriterionName,
    CriterionResult as CriterionResult,
    replication_criteria as replication_criteria,
)
from replication.stats.equivalence import Equivalence as Equivalence, equivalence_of_mean as equivalence_of_mean
from replication.stats.exact_spearman import (
    exact_spearman_p as exact_spearman_p,
    spearman_of_squared_rank_difference as spearman_of_squared_rank_difference,
)
from replication.stats.fisher import (
    as_coefficients as as_coefficients,
    fisher_interval as fisher_interval,
    fisher_mean as fisher_mean,
    fisher_prediction_interval as fisher_prediction_interval,
    fisher_standard_error as fisher_standard_error,
    fisher_z as fisher_z,
)
from replication.stats.intervals import (
    Interval as Interval,
    bootstrap_interval as bootstrap_interval,
    clopper_pearson as clopper_pearson,
    log_prediction_interval as log_prediction_interval,
    t_interval as t_interval,
    welch_interval as welch_interval,
)
from replication.stats.mcnemar import mcnemar_p as mcnemar_p
from replication.stats.multiplicity import (
    benjamini_hochberg as benjamini_hochberg,
    family_wise_error as family_wise_error,
)
from replication.stats.power import power_of_correlation as power_of_correlation, r33 as r33
from replication.stats.reliability import NoiseCeiling as NoiseCeiling, noise_ceiling as noise_ceiling
from replication.stats.rounding import (
    PMethod as PMethod,
    PrintedCorrelationCheck as PrintedCorrelationCheck,
    RoundedNumber as RoundedNumber,
    attainable_percentage as attainable_percentage,
    attainable_spearman as attainable_spearman,
    consistent_r_p as consistent_r_p,
)
