"""What does not change a metric: every invariance once, for the whole family that has it.

A metric joins by its name in a table.  Each check is also run on a metric that lacks the property, and has to say so.
"""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference.metrics import neighbours
from strategies import class_mean_tables, effect_tables, labelled_points, seeds

from replication import metrics

quick = settings(deadline=None, max_examples=25)


def of_units(metric, table):
    """Value and preferred class per row."""
    result = metric(table)
    return result.value, result.preferred


UNIT_METRICS = {
    "AS": (metrics.activation_selectivity, class_mean_tables),
    **{
        f"AES {formula}": (partial(metrics.ablation_effect_selectivity, formula=formula), effect_tables)
        for formula in ("absolute", "drops", "changes")
    },
}


def hit(variant, points, labels):
    k = 4
    result = metrics.neighborhood_hit(neighbours(points.tolist(), k + 1), labels, k=k, variant=variant)
    return result.per_class, result.overall


def spread_in_radii(points, labels):
    """Lengths in units of the root mean square distance to the centre, 1 where all points are one."""
    centred = points - points.mean(axis=0)
    spread = metrics.class_spread(centred / (np.sqrt((centred**2).sum(axis=1).mean()) or 1), labels)
    return spread.rms_distance, np.nanmax(spread.centroid_distances)


def most_clusters(points, labels):
    counts = metrics.class_clusters(points, labels, [0.2])[0]
    return counts, counts.max()


POINT_METRICS = {
    "NH mean": partial(hit, "mean"),
    "NH all": partial(hit, "all"),
    "NH self": partial(hit, "self"),
    "spread": spread_in_radii,
    "clusters": most_clusters,
}

unit_metrics = pytest.mark.parametrize(("metric", "tables"), UNIT_METRICS.values(), ids=UNIT_METRICS)
point_metrics = pytest.mark.parametrize("metric", POINT_METRICS.values(), ids=POINT_METRICS)


def check_unit_order(metric, table, order):
    for found, moved in zip(of_units(metric, table), of_units(metric, table[order]), strict=True):
        np.testing.assert_array_equal(found[order], moved)


def check_class_names(metric, table, order):
    value, preferred = of_units(metric, table)
    renamed_value, renamed = of_units(metric, table[:, order])
    np.testing.assert_allclose(renamed_value, value, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(renamed == -1, preferred == -1)
    # Where classes tie for the highest the lowest is preferred, and renaming changes which that is.
    same_class = np.where(renamed == -1, -1, order[renamed]) == preferred
    tied = np.array([len(np.unique(np.abs(row))) < 10 for row in table])
    assert (same_class | tied).all()


def check_unit_precision(metric, table):
    single = table.astype(np.float32)
    for found, same in zip(of_units(metric, single), of_units(metric, single.astype(np.float64)), strict=True):
        np.testing.assert_array_equal(found, same)


def check_unit_scale(metric, table, factor):
    for found, scaled in zip(of_units(metric, table), of_units(metric, table * factor), strict=True):
        np.testing.assert_array_equal(found, scaled)


@unit_metrics
@quick
@given(st.data(), seeds)
def test_units_are_judged_one_by_one(metric, tables, data, seed):
    table = data.draw(tables())
    check_unit_order(metric, table, np.random.default_rng(seed).permutation(len(table)))


@unit_metrics
@quick
@given(st.data(), seeds)
def test_names_of_classes_do_not_matter(metric, tables, data, seed):
    check_class_names(metric, data.draw(tables()), np.random.default_rng(seed).permutation(10))


@unit_metrics
@quick
@given(st.data(), st.sampled_from([2.0**-20, 0.5, 1024.0]))
def test_the_scale_of_activations_and_accuracies_does_not_matter(metric, tables, data, factor):
    check_unit_scale(metric, data.draw(tables()).astype(np.float64), factor)


@unit_metrics
@quick
@given(st.data())
def test_single_precision_is_computed_in_double(metric, tables, data):
    check_unit_precision(metric, data.draw(tables()) / 3)


def check_point_order(metric, points, labels, order):
    for found, moved in zip(metric(points, labels), metric(points[order], labels[order]), strict=True):
        np.testing.assert_allclose(found, moved, rtol=1e-9)


def check_label_names(metric, points, labels, names):
    per_class, overall = metric(points, labels)
    renamed_per_class, renamed_overall = metric(points, names[labels])
    np.testing.assert_allclose(renamed_per_class[names], per_class, rtol=1e-9)
    np.testing.assert_allclose(renamed_overall, overall, rtol=1e-9)


def check_similarity(metric, points, labels, factor):
    moved = factor * points[:, ::-1] * [1, -1]
    for found, same in zip(metric(points, labels), metric(moved, labels), strict=True):
        np.testing.assert_allclose(found, same, rtol=1e-9)


@point_metrics
@quick
@given(seeds, st.integers(8, 40))
def test_the_order_of_points_does_not_matter(metric, seed, n):
    # No ties here: these are broken by the order of the points.
    draws = np.random.default_rng(seed)
    check_point_order(metric, draws.normal(size=(n, 2)), draws.integers(0, 10, n), draws.permutation(n))


@point_metrics
@quick
@given(labelled_points(min_points=8), seeds)
def test_names_of_labels_do_not_matter(metric, cloud, seed):
    check_label_names(metric, *cloud, np.random.default_rng(seed).permutation(10))


@point_metrics
@quick
@given(labelled_points(min_points=8), st.sampled_from([2.0**-20, 0.5, 1024.0]))
def test_turning_mirroring_and_scaling_an_embedding_does_not_matter(metric, cloud, factor):
    check_similarity(metric, *cloud, factor)


def test_each_check_sees_a_metric_that_lacks_the_property():
    draws = np.random.default_rng(0)
    table, order = draws.random((6, 10)), np.roll(np.arange(10), 1)
    points, labels = draws.normal(size=(20, 2)), draws.integers(0, 10, 20)
    selectivity = metrics.activation_selectivity

    with pytest.raises(AssertionError):
        check_unit_order(lambda rows: selectivity(rows + np.arange(len(rows))[:, None]), table, np.roll(range(6), 1))
    with pytest.raises(AssertionError):
        check_class_names(lambda rows: selectivity(rows * np.arange(10)), table, order)
    with pytest.raises(AssertionError):
        check_unit_precision(lambda rows: selectivity(rows.cumsum(axis=1)), table)
    with pytest.raises(AssertionError):
        check_unit_scale(lambda rows: selectivity(rows + 1), table, 2.0)
    with pytest.raises(AssertionError):
        check_point_order(lambda p, c: (p[0], c[0]), points, labels, np.roll(range(20), 1))
    with pytest.raises(AssertionError):
        check_label_names(lambda p, c: (np.bincount(c, minlength=10), c[0]), points, labels, order)
    with pytest.raises(AssertionError):
        check_similarity(lambda p, c: (metrics.class_spread(p, c).rms_distance, 0), points, labels, 2.0)
