"""Ablation effect selectivity: worked cases, what the literal formula does, exact fractions, bounds."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from reference import metrics as reference
from strategies import effect_tables, seeds

from replication.metrics import ablation_effect_selectivity, count_classes, effect_votes, rescale_by_sign
from replication.seeds import generator

quick = settings(deadline=None, max_examples=60)
FORMULAS = ("absolute", "drops", "changes")


def aes(drops, formula="absolute"):
    result = ablation_effect_selectivity([drops], formula=formula)
    return float(result.value[0]), int(result.preferred[0]), int(result.sign[0])


def test_absolute_cases_worked_by_hand():
    # |Δ|: 9 against a mean of 9/9 = 1: (9 − 1) / (9 + 1)
    assert aes([9] + [1] * 9) == (0.8, 0, 1)
    assert aes([-9] + [1] * 9) == (0.8, 0, -1)
    assert aes([1] * 9 + [-9]) == (0.8, 9, -1)
    assert aes([0] * 10) == (0, -1, 0)
    assert aes([5] * 10) == (0, 0, 1)


@pytest.mark.parametrize("formula", ["absolute", "drops"])
def test_one_flipped_image_is_maximally_selective(formula):
    assert aes([0.1] + [0] * 9, formula) == (1, 0, 1)


def test_the_literal_formula_is_unbounded():
    value, chosen, sign = aes([0.2] + [-0.19] * 9, "drops")
    assert value == pytest.approx(39)
    assert (chosen, sign) == (0, 1)
    assert aes([0.2] + [-0.19] * 9)[0] == pytest.approx(0.01 / 0.39)


def test_the_literal_formula_is_minus_one_where_the_highest_drop_is_none():
    assert aes([0] + [-1] * 9, "drops") == (-1, 0, 0)
    assert aes([-1] + [0] * 9, "drops") == (-1, 1, 0)


def test_the_literal_sign_is_not_that_of_the_effect():
    helped = [-5] + [-1] * 9
    value, chosen, sign = aes(helped, "changes")
    assert value == pytest.approx(2 / 3)  # (5 − 1) / (5 + 1)
    assert (chosen, sign) == (0, -1)


def test_a_denominator_that_cancels_is_zero_in_rates_too():
    # 0.9 + mean of nine −0.9 is 0; in float64 the mean of percentages such as 100 · 9 / 1000 may miss it by a bit.
    assert aes([0.9] + [-0.9] * 9, "drops") == (0, 0, 1)
    assert aes([0.7] + [-0.1, -1.3] + [-0.7] * 7, "drops")[0] == 0


@quick
@given(effect_tables(), st.sampled_from(FORMULAS), st.integers(2, 10))
def test_agrees_with_exact_fractions_whatever_the_number_of_classes(drops, formula, n_classes):
    drops = drops[:, :n_classes]
    result = ablation_effect_selectivity(drops, formula=formula)
    for row, *found in zip(drops, result.value, result.preferred, result.sign, strict=True):
        value, chosen, sign = reference.ablation_effect_selectivity(row.astype(int).tolist(), formula)
        assert found[0] == pytest.approx(float(value), rel=1e-9)
        assert found[1:] == [chosen, sign]


@quick
@given(effect_tables())
def test_the_absolute_formula_stays_within_zero_and_one(drops):
    value = ablation_effect_selectivity(drops).value
    assert ((value >= 0) & (value <= 1)).all()


def test_rounding_does_not_leave_the_bounds():
    constant = np.arange(1, 1000)[:, None].repeat(10, axis=1) / 10
    assert (ablation_effect_selectivity(constant).value >= 0).all()


@quick
@given(effect_tables())
def test_negating_the_changes_turns_signs_and_exchanges_the_literal_formulas(drops):
    absolute, mirrored = ablation_effect_selectivity(drops), ablation_effect_selectivity(-drops)
    np.testing.assert_array_equal(absolute.value, mirrored.value)
    np.testing.assert_array_equal(absolute.sign, -mirrored.sign)
    np.testing.assert_array_equal(
        ablation_effect_selectivity(drops, formula="drops").value,
        ablation_effect_selectivity(-drops, formula="changes").value,
    )


def test_each_sign_is_scaled_by_its_own_maximum():
    scaled = rescale_by_sign([0.2, 0.4, 0.1, 0.3, 0.9], [1, 1, -1, -1, 0])
    assert scaled.tolist() == pytest.approx([0.5, 1, -1 / 3, -1, 0])
    assert rescale_by_sign([-2.0, 4.0, -1.0], [-1, 1, -1]).tolist() == [-1, 1, -0.5]
    assert rescale_by_sign([0.0, 0.0], [1, -1]).tolist() == [0, 0]


@quick
@given(seeds, st.integers(0, 20))
def test_rescaled_values_reach_one_on_every_side_that_is_there(seed, n):
    generator = np.random.default_rng(seed)
    value, sign = generator.random(n), generator.integers(-1, 2, n)
    scaled = rescale_by_sign(value, sign)
    assert (np.sign(scaled) == sign * (value > 0)).all()
    for side in (-1, 1):
        if (value[sign == side] > 0).any():
            assert np.abs(scaled[sign == side]).max() == 1


@pytest.mark.parametrize(
    ("drops", "formula", "message"),
    [
        (np.ones(10), "absolute", r"shape \(10,\); expected \(n_units, n_classes\)"),
        (np.ones((3, 1)), "absolute", r"shape \(3, 1\); expected .*, 2 classes at least"),
        (np.full((2, 10), np.nan), "absolute", "not finite"),
        (np.ones((1, 10)), "signed", "formula='signed': expected one of"),
    ],
)
def test_unusable_arguments_are_named(drops, formula, message):
    with pytest.raises(ValueError, match=message):
        ablation_effect_selectivity(drops, formula=formula)


def test_values_without_their_signs_are_refused():
    with pytest.raises(ValueError, match=r"value has shape \(2,\) and sign \(1,\)"):
        rescale_by_sign([1, 2], [1])


# Votes -----------------------------------------------------------------------------------------------------------


def test_votes_worked_by_hand():
    net_lost = [[3, 0, 1], [-2, 2, 1], [0, 0, 0], [1, 1, 1], [-1, 0, 0]]
    third = 1 / 3
    assert effect_votes(net_lost).tolist() == [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 0], [third, third, third], [1, 0, 0]]
    # To the letter a class that is untouched has the highest drop where the others gain.
    assert effect_votes(net_lost, formula="drops").tolist()[-1] == [0, 0.5, 0.5]
    assert effect_votes(net_lost, formula="changes").tolist()[-1] == [1, 0, 0]


@pytest.mark.parametrize("formula", FORMULAS)
@quick
@given(effect_tables())
def test_votes_agree_with_the_literal_reference(formula, net_lost):
    votes = effect_votes(net_lost, formula=formula)
    expected = [reference.effect_votes([int(n) for n in row], formula) for row in net_lost]
    np.testing.assert_array_equal(votes, np.array(expected, dtype=np.float64))
    np.testing.assert_allclose(votes.sum(axis=1), (net_lost != 0).any(axis=1))


@quick
@given(effect_tables(), seeds)
def test_votes_do_not_depend_on_the_names_of_classes(net_lost, seed):
    order = np.random.default_rng(seed).permutation(10)
    np.testing.assert_array_equal(effect_votes(net_lost[:, order]), effect_votes(net_lost)[:, order])


def test_where_all_classes_are_alike_votes_are_equal_and_preferred_classes_are_not():
    """Each of 20,000 units loses and gains of each of 7 classes a Poisson number of images, half a one on average."""
    draws = generator("test", "null of AES")
    net_lost = draws.poisson(0.5, (20_000, 7)) - draws.poisson(0.5, (20_000, 7))
    preferred = count_classes(ablation_effect_selectivity(net_lost).preferred, 7)
    assert 4 < preferred[0] / preferred[6] < 5
    votes = effect_votes(net_lost).sum(axis=0)
    # The standard error of a class's votes is below √(20,000 / 7) = 53.
    assert np.abs(votes - votes.mean()).max() < 4 * 53
    assert votes.sum() == pytest.approx(preferred.sum())


def test_of_classes_that_differ_much_in_size_counts_favour_the_large_ones_and_rates_none():
    class_sizes = np.array([1000, 1000, 100])
    shares = np.full((300, 3), 0.01)
    shares[np.arange(300), np.arange(300) % 3] = 0.05
    net_lost = shares * class_sizes
    assert effect_votes(net_lost).sum(axis=0).tolist() == [150, 150, 0]
    assert effect_votes(net_lost / class_sizes).sum(axis=0).tolist() == [100, 100, 100]


def test_unusable_net_losses_are_named():
    with pytest.raises(ValueError, match=r"net_lost has shape \(10,\); expected \(n_units, n_classes\)"):
        effect_votes(np.zeros(10))
    with pytest.raises(ValueError, match="net_lost holds values that are not finite"):
        effect_votes([[np.nan, 1.0]])
    with pytest.raises(ValueError, match="formula='most': expected one of"):
        effect_votes([[0, 1]], formula="most")
