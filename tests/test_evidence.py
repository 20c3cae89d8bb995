"""Derived quantities against literal computations, entry by entry, on one small measured network."""

import json
from fractions import Fraction

import numpy as np
import pytest
import xarray as xr
from run_files import M0, put_network, put_pieces
from small_evidence import N_EMBEDDINGS, dead_neurons, small_evidence, small_network, stored

from claims.planted import planted
from replication.architecture import HIDDEN_LAYER_NAMES, LAYER_NAMES, N_UNITS, UNITS, unit_of_neuron
from replication.choices import DEFAULTS
from replication.evidence import Evidence, NetworkEvidence
from replication.files import CorruptArtefactError, sealed
from replication.measurements import condensed, provenance_of, save
from replication.run_folder import RunFolder
from replication.schema import HALVES, PANELS, PARTS, PIECES
from replication.stats import mcnemar_p
from replication.study import PROFILES, NetworkId

CLASSES = range(10)
IMAGES = [("whole-batches", (0, 1)), ("all", (0, 1, 2))]

each_choice_of_images = pytest.mark.parametrize(("answer", "parts"), IMAGES, ids=[name for name, _ in IMAGES])


def under(name=None, option=None):
    network = small_network("mnist/seed=0")
    return network.under(DEFAULTS if name is None else DEFAULTS.but(name, option))


def embedded(variable, start="rescaled"):
    """What is stored of the embeddings from one start; the small network has a single one from the raw start."""
    rescaled, raw = stored("horizontal", variable)
    seeds = 1 if variable == "agreement_lost" else 2
    return rescaled if start == "rescaled" else raw.take([0], axis=seeds)


# Accuracy --------------------------------------------------------------------------------------------------------


@each_choice_of_images
def test_error_is_the_share_of_a_classs_images_that_are_wrong(answer, parts):
    confusion = stored("intact", "confusion")
    network = under("test-images", answer)
    for label in CLASSES:
        images = sum(int(confusion[part, label].sum()) for part in parts)
        wrong = sum(int(confusion[part, label, other]) for part in parts for other in CLASSES if other != label)
        assert network.hits.values[label] == images - wrong
        assert network.error.values[label] == pytest.approx(float(Fraction(100 * wrong, images)))
    right = sum(int(confusion[part, label, label]) for part in parts for label in CLASSES)
    assert network.accuracy == pytest.approx(100 * right / sum(confusion[part].sum() for part in parts))


def test_dividing_by_the_full_test_set_counts_missing_images_as_wrong():
    network = under("denominator", "full-test-set")
    confusion = stored("intact", "confusion")
    assert np.array_equal(network.n_images, confusion.sum(axis=(0, 2)))
    assert np.array_equal(network.hits, np.diag(confusion[:2].sum(axis=0)))


# Random ablations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("baseline", "row"), [("zero", 0), ("mean", 1)])
def test_harm_is_the_mean_fall_of_recall_over_the_draws(baseline, row):
    hits = stored("draws", "draw_hits")
    network = under("baseline", baseline)
    half = stored("intact", "confusion")[:2].sum(axis=0)
    for i, layer in enumerate(HIDDEN_LAYER_NAMES):
        for label in CLASSES:
            falls = [
                100 * (half[label, label] - hits[row, :2, i, 4, draw, label].sum()) / half[label].sum()
                for draw in range(hits.shape[4])
            ]
            assert float(network.harm.sel({"layer": layer, "class": label})) == pytest.approx(np.mean(falls))
    assert network.total_harm.values[3] == pytest.approx(sum(network.harm.values[:, 3]))
    in_order = sorted(CLASSES, key=lambda label: network.total_harm.values[label])
    assert (network.least_harmed_class, network.most_harmed_class) == (in_order[0], in_order[-1])


def test_draws_that_were_not_made_do_not_count():
    network = small_network("mnist/seed=0")
    hits = network.pieces["draws"]["draw_hits"].copy()
    hits[:, :, :, 0, 2:] = -1
    pieces = {**network.pieces, "draws": network.pieces["draws"].assign(draw_hits=hits)}
    partial = NetworkEvidence("mnist/seed=0", pieces)
    assert np.isnan(partial.draw_harm.values[:, 0, 2:]).all()
    expected = under().draw_harm.isel(fraction=0, draw=[0, 1]).weighted(under().n_images).mean(["draw", "class"])
    assert np.allclose(partial.harm_at_fraction.isel(fraction=0), expected)


def test_harm_at_a_fraction_is_the_fall_of_overall_accuracy():
    hits = stored("draws", "draw_hits")[0, :2].sum(axis=0)
    half = stored("intact", "confusion")[:2].sum(axis=0)
    expected = 100 * (np.trace(half) - hits.sum(axis=-1)) / half.sum()
    assert np.allclose(under().harm_at_fraction, expected.mean(axis=-1))


def test_shares_leave_out_helpful_layers_and_harmless_classes():
    network = small_network("mnist/seed=0")
    hits = network.pieces["draws"]["draw_hits"].copy()
    for part in range(len(PARTS)):
        hits[:, part, ..., 4] = network.pieces["intact"]["confusion"].values[part, 4, 4]
    pieces = {**network.pieces, "draws": network.pieces["draws"].assign(draw_hits=hits)}
    shares = NetworkEvidence("mnist/seed=0", pieces).share_of_harm
    assert np.isnan(shares.sel({"class": 4})).all()
    for label in set(CLASSES) - {4}:
        harm = [max(value, 0) for value in network.harm.sel({"class": label}).values]
        assert np.allclose(shares.sel({"class": label}), np.array(harm) / sum(harm))


def test_harm_of_less_than_a_point_is_shared_out_as_well():
    (network,) = planted("mnist", {"harm": {4: 0.05}}, 1)
    assert 0 < network.harm.clip(min=0).sel({"class": 4}).sum() < 1
    assert np.allclose(network.share_of_harm.sum("layer"), 1)


def test_the_figures_ablation_is_counted_from_its_predictions():
    label, prediction = stored("horizontal", "label"), stored("horizontal", "prediction")
    for c in CLASSES:
        rows = label == c
        fall = (prediction[0][rows] == c).sum() - (prediction[1][rows] == c).sum()
        assert under().figure_harm.values[c] == pytest.approx(100 * fall / rows.sum())
        lost = ((prediction[0] == c) & (prediction[1] != c) & rows).sum()
        assert under("wrong-images", "lost").figure_wrong.values[c] == lost
        assert under("wrong-images", "all").figure_wrong.values[c] == ((prediction[1] != c) & rows).sum()
    fall = (prediction[0] == label).mean() - (prediction[1] == label).mean()
    assert under().figure_harm_overall == pytest.approx(100 * fall)
    assert under().most_harmed_in_figure == np.argmax(under().figure_harm.values)
    assert under("conv1-draw", "one").conv1_harm.equals(under().figure_harm)
    assert np.array_equal(under("conv1-draw", "mean").conv1_harm, under().harm.sel(layer="conv1"))


# Single units ----------------------------------------------------------------------------------------------------


@each_choice_of_images
def test_unit_harm_is_images_lost_minus_gained(answer, parts):
    lost, gained = (stored("units", name)[0, list(parts)].sum(axis=0) for name in ("lost", "gained"))
    images = stored("intact", "confusion")[list(parts)].sum(axis=(0, 2))
    network = under("test-images", answer)
    assert np.allclose(network.unit_harm, 100 * (lost - gained) / images)
    assert np.allclose(network.unit_harm_overall, 100 * (lost - gained).sum(axis=1) / images.sum())


def test_net_gain_is_told_for_each_half_apart():
    lost, gained = (stored("units", name)[0] for name in ("lost", "gained"))
    assert np.array_equal(under().net_gain_by_half, (gained - lost)[:2])
    assert list(under().net_gain_by_half["part"].values) == list(HALVES)


def in_log_probability(*changed, network=None):
    choices = DEFAULTS.but("effect", "log-probability")
    for name, option in changed:
        choices = choices.but(name, option)
    return (network or small_network("mnist/seed=0")).under(choices)


def test_the_effect_of_a_unit_may_be_the_log_probability_that_its_ablation_costs():
    lost, sizes = stored("units", "lost_log_probability").astype(float), stored("intact", "confusion").sum(axis=2)[:2]
    network = in_log_probability()
    by_half = lost * sizes[:, None]
    assert np.allclose(network.net_gain_by_half, -by_half)
    assert list(network.net_gain_by_half["part"].values) == list(HALVES)
    assert np.allclose(network.net_lost, by_half.sum(axis=0))
    assert np.allclose(network.unit_harm, 100 * by_half.sum(axis=0) / sizes.sum(axis=0))
    assert np.allclose(network.unit_harm_overall, 100 * by_half.sum(axis=(0, 2)) / sizes.sum())
    preferred = np.abs(network.unit_harm.values).argmax(axis=1)
    assert np.array_equal(network.effect_selectivity["preferred"], preferred)
    assert np.array_equal(network.neuron_effect_preferred, preferred[unit_of_neuron()])
    assert (preferred != under().effect_selectivity["preferred"].values).any()
    on_halves = np.abs(lost).argmax(axis=2)
    assert np.array_equal(network.neuron_effect_preferred_by_half, on_halves[:, unit_of_neuron()])
    sizes_of_effects = np.abs(network.unit_harm.values)
    top = sizes_of_effects == sizes_of_effects.max(axis=1, keepdims=True)
    votes = (top / top.sum(axis=1, keepdims=True))[unit_of_neuron()].sum(axis=0)
    assert np.allclose(network.n_effect_selective, votes)


def test_significance_is_asked_of_images_flipped_and_so_of_accuracy_alone():
    every, significant = in_log_probability(), in_log_probability(("aes-units", "significant"))
    assert np.array_equal(significant.effect_selectivity["preferred"], every.effect_selectivity["preferred"])
    assert "aes-units" not in significant.choices_read


def test_a_network_whose_log_probabilities_were_not_measured_says_so_and_has_no_effects():
    network = small_network("mnist/seed=0")
    units = network.pieces["units"]
    missing = units["lost_log_probability"].copy(data=np.full((2, N_UNITS, 10), np.nan, np.float32))
    without = NetworkEvidence(network.network, {**network.pieces, "units": units.assign(lost_log_probability=missing)})
    assert without.under(DEFAULTS).is_measured
    assert in_log_probability().is_measured
    view = in_log_probability(network=without)
    assert not view.is_measured
    missing[:, :, 1:] = 0  # a class without images has none in a network that was measured
    of_nine = NetworkEvidence(network.network, {**network.pieces, "units": units.assign(lost_log_probability=missing)})
    assert in_log_probability(network=of_nine).is_measured
    assert not view.effect_votes.any()
    assert (view.neuron_effect_preferred == -1).all()


def test_aes_prefers_the_class_of_the_largest_change_whatever_its_sign():
    harm, effect = under().unit_harm.values, under().effect_selectivity
    for unit in range(0, N_UNITS, 37):
        largest = max(CLASSES, key=lambda label: (abs(harm[unit, label]), -label))
        expected = largest if harm[unit].any() else -1
        assert effect["preferred"].values[unit] == expected
        assert effect["sign"].values[unit] == (np.sign(harm[unit, largest]) if expected >= 0 else 0)


def test_the_literal_formulas_prefer_the_largest_drop_or_gain():
    harm = under().unit_harm.values
    affected = harm.any(axis=1)
    for formula, sign in (("drops", 1), ("changes", -1)):
        preferred = under("aes-formula", formula).effect_selectivity["preferred"].values
        assert np.array_equal(preferred[affected], (sign * harm[affected]).argmax(axis=1))


def test_only_units_whose_flips_are_unequal_count_where_significance_is_asked_for():
    lost, gained = (stored("units", name)[0, :2].sum(axis=0) for name in ("lost", "gained"))
    every, significant = (
        under("aes-units", option).effect_selectivity["preferred"].values for option in ("any", "significant")
    )
    for unit in range(0, N_UNITS, 11):
        c = every[unit]
        keeps = c >= 0 and mcnemar_p(int(lost[unit, c]), int(gained[unit, c])) < 0.05
        assert significant[unit] == (c if keeps else -1)


@pytest.mark.parametrize("ties", ["shared", "lowest"])
def test_units_are_counted_once_or_once_per_neuron(ties):
    preferred = under().effect_selectivity["preferred"].values
    net = np.abs((under().lost - under().gained).values)
    by_neuron, by_unit = np.zeros(10), np.zeros(10)
    for unit, label in enumerate(preferred):
        if label >= 0:
            classes = [label] if ties == "lowest" else np.flatnonzero(net[unit] == net[unit].max())
            for one in classes:
                by_unit[one] += 1 / len(classes)
                by_neuron[one] += UNITS[unit].layer.neurons_per_unit / len(classes)
    tied = DEFAULTS.but("aes-ties", ties)
    network = small_network("mnist/seed=0")
    assert np.allclose(network.under(tied.but("count", "units")).n_effect_selective, by_unit)
    assert np.allclose(network.under(tied).n_effect_selective, by_neuron)
    assert np.array_equal(under().neuron_effect_preferred, preferred[unit_of_neuron()])


@pytest.mark.parametrize(("formula", "sign"), [("drops", 1), ("changes", -1)])
def test_classes_that_tie_by_a_literal_formula_share_a_unit(formula, sign):
    effects = sign * (under().lost - under().gained).values
    expected = np.zeros(10)
    for effect in effects[effects.any(axis=1)]:
        top = np.flatnonzero(effect == effect.max())
        expected[top] += 1 / len(top)
    choices = DEFAULTS.but("aes-formula", formula).but("aes-ties", "shared").but("count", "units")
    assert np.allclose(small_network("mnist/seed=0").under(choices).n_effect_selective, expected)


# Activations -----------------------------------------------------------------------------------------------------


def test_class_means_weigh_the_halves_by_their_images():
    means = stored("activations", "class_mean").astype(np.float64)
    sizes = stored("intact", "confusion")[:2].sum(axis=-1)
    for neuron in (0, 3, 4000, 17_000):
        for label in CLASSES:
            even, odd = (int(size) for size in sizes[:, label])
            expected = (even * means[0, neuron, label] + odd * means[1, neuron, label]) / (even + odd)
            assert under().class_means.values[neuron, label] == pytest.approx(expected)


def test_a_units_mean_is_that_of_its_neurons():
    means, owners = under().class_means.values, unit_of_neuron()
    for unit in (0, 70, 130, 200, N_UNITS - 1):
        expected = means[owners == unit].mean(axis=0)
        assert np.allclose(under().unit_class_means.values[unit], expected, rtol=2**-12)
        assert under().unit_magnitude.values[unit] == pytest.approx(expected.mean(), rel=2**-12)


@pytest.mark.parametrize("counted", ["classes", "images"])
def test_as_and_the_class_it_is_for(counted):
    network = small_network("mnist/seed=0")
    intact = network.pieces["intact"].copy(deep=True)
    intact["confusion"].values[:, 1] *= 5  # so that the other classes' images are not as many
    network = NetworkEvidence(network.network, {**network.pieces, "intact": intact})
    means, found = network.class_means.values, network.under(DEFAULTS.but("as-others", counted)).neuron_selectivity
    sizes = np.where(np.arange(10) == 1, 5, 1) if counted == "images" else np.ones(10)
    for neuron in (0, 100, 14_000, 17_000):
        label = int(means[neuron].argmax())
        others = np.average(np.delete(means[neuron], label), weights=np.delete(sizes, label))
        value = (means[neuron, label] - others) / (means[neuron, label] + others)
        assert found["value"].values[neuron] == pytest.approx(value)
        assert found["preferred"].values[neuron] == under().neuron_preferred[neuron] == label


def test_dead_neurons_prefer_nothing_and_count_for_no_class():
    assert (under().neuron_preferred[dead_neurons()] == -1).all()
    assert under().n_selective.sum() == len(unit_of_neuron()) - len(dead_neurons())


def test_selective_units_are_counted_by_their_own_means():
    preferred = under().unit_selectivity["preferred"].values
    expected = [(preferred == label).sum() for label in CLASSES]
    assert np.array_equal(under("count", "units").n_selective, expected)


def test_the_most_exciting_example():
    examples = stored("activations", "example_activation")
    for neuron in (0, 5000, 17_000):
        assert under().neuron_example_preferred[neuron] == max(CLASSES, key=lambda label: examples[label, neuron])


# Panels ----------------------------------------------------------------------------------------------------------


each_start = pytest.mark.parametrize("start", ["rescaled", "raw"])


@each_start
@pytest.mark.parametrize(
    ("variant", "row", "credit"),
    [
        ("mean", 1, lambda agreeing: agreeing / 6),
        ("all", 1, lambda agreeing: float(agreeing == 6)),
        ("self", 0, lambda agreeing: (agreeing + 1) / 6),
    ],
)
def test_nh_is_the_images_mean_credit(start, variant, row, credit):
    counts = embedded("agreement", start)
    network = under("umap-start", start)
    network = network.under(network.choices.but("nh-variant", variant))
    n_agreeing = 7 if row else 6
    for panel in (0, 4):
        for label in (0, 9):
            by_seed = []
            for seed in range(counts.shape[2]):
                cell = counts[1, panel, seed, row, label]
                by_seed.append(100 * sum(cell[j] * credit(j) for j in range(n_agreeing)) / cell.sum())
            found = network.nh.sel({"state": "ablated", "panel": PANELS[panel], "class": label})
            assert float(found) == pytest.approx(np.mean(by_seed))
        of_all = counts[1, panel, :, row].sum(axis=1)
        overall = [100 * sum(cell[j] * credit(j) for j in range(n_agreeing)) / cell.sum() for cell in of_all]
        found = network.nh_overall.sel(state="ablated", panel=PANELS[panel])
        assert float(found) == pytest.approx(np.mean(overall))


@each_start
def test_nh_has_the_embedding_seeds_that_were_embedded(start):
    found = under("umap-start", start).nh_by_embedding
    assert found.sizes["embedding_seed"] == {"rescaled": N_EMBEDDINGS, "raw": 1}[start]
    assert np.isfinite(found).all()


def test_the_starts_give_other_numbers():
    for name in ("nh", "nh_overall", "data_nh", "nh_of_lost", "spread", "centroid_distance", "n_clusters"):
        assert not np.allclose(getattr(under(), name), getattr(under("umap-start", "raw"), name)), name


def test_nh_in_the_raw_space_has_no_embedding_seeds_and_no_start():
    counts = stored("horizontal", "agreement_raw")[0, 2, 1]
    expected = 100 * (counts * np.arange(7)).sum() / (6 * counts.sum())
    network = under("nh-space", "raw")
    assert float(network.nh_overall.sel(state="intact", panel=PANELS[2])) == pytest.approx(expected)
    assert "umap-start" not in network.choices_read


def test_nh_of_the_data_is_that_of_its_panel_or_of_the_start():
    assert np.allclose(under().data_nh, under().nh.sel(state="intact", panel="data"))
    assert under().data_nh_overall == pytest.approx(float(under().nh_overall.sel(state="intact", panel="data")))
    points, label = stored("horizontal", "start").astype(np.float64), stored("horizontal", "label")
    hit = []
    for i, point in enumerate(points):
        distance = ((points - point) ** 2).sum(axis=1)
        distance[i] = np.inf
        hit.append((label[np.argsort(distance)[:6]] == label[i]).mean())
    in_the_space = DEFAULTS.but("nh-space", "raw")
    raw, whichever_panel = (under().under(one) for one in (in_the_space, in_the_space.but("data-panel", "start")))
    assert whichever_panel.data_nh.equals(raw.data_nh)
    assert whichever_panel.data_nh_overall == raw.data_nh_overall != under().data_nh_overall
    start = under("data-panel", "start")
    assert start.data_nh_overall == pytest.approx(100 * np.mean(hit))
    for c in CLASSES:
        assert float(start.data_nh.sel({"class": c})) == pytest.approx(100 * np.mean(np.array(hit)[label == c]))


@each_start
def test_nh_of_lost_images_pools_the_embedding_seeds(start):
    counts = embedded("agreement_lost", start)
    for panel in range(len(PANELS)):
        total = counts[panel].sum(axis=0)
        expected = 100 * sum(j * int(total[j]) for j in range(7)) / (6 * total.sum())
        assert float(under("umap-start", start).nh_of_lost[panel]) == pytest.approx(expected)


def test_nh_of_no_lost_images_is_undefined():
    network = small_network("mnist/seed=0")
    nothing = network.pieces["horizontal"]["agreement_lost"] * 0
    pieces = {**network.pieces, "horizontal": network.pieces["horizontal"].assign(agreement_lost=nothing)}
    assert np.isnan(NetworkEvidence("mnist/seed=0", pieces).nh_of_lost).all()


@each_start
def test_geometry_is_averaged_over_embedding_seeds(start):
    network = under("umap-start", start)
    distance = embedded("centroid_distance", start).astype(np.float64).mean(axis=2)
    assert np.allclose(network.spread, embedded("spread", start).mean(axis=2))
    assert np.allclose(network.centroid_distance, distance)
    for label in CLASSES:
        nearest = min(distance[0, 3, label, other] for other in CLASSES if other != label)
        assert float(network.nearest_centroid_distance[0, 3, label]) == pytest.approx(nearest)


@each_start
@pytest.mark.parametrize(("size", "row"), [("5 %", 0), ("2 %", 1), ("10 %", 2)])
def test_clusters_are_the_median_over_embedding_seeds(start, size, row):
    expected = np.median(embedded("n_clusters", start)[:, :, :, row], axis=2)
    network = under("cluster-size", size)
    assert np.array_equal(network.under(network.choices.but("umap-start", start)).n_clusters, expected)


def test_of_three_embeddings_one_that_splits_a_class_makes_no_clusters():
    (network,) = planted("kmnist", {"clusters": {("out", 5): 2}}, 1)
    panels = network.pieces["horizontal"].copy(deep=True)
    assert panels.sizes["embedding_seed"] == 3
    panels["n_clusters"].values[:, :, :, 0] += 6
    n_clusters = NetworkEvidence(network.network, {**network.pieces, "horizontal": panels}).n_clusters
    assert n_clusters.equals(network.n_clusters)


def test_what_is_stored_as_one_number_is_passed_on():
    assert np.allclose(under().distance_correlation, stored("horizontal", "distance_correlation"))
    assert np.allclose(under().image_scatter, stored("horizontal", "image_scatter"))
    assert np.array_equal(under().active, stored("activations", "active") == 1)
    for others, row in (("classes", 0), ("images", 1)):
        counts = stored("activations", "n_by_selectivity")[row]
        assert np.array_equal(under("as-others", others).n_by_selectivity, counts)
    assert list(under().distance_correlation["panel"].values)[1:] == list(LAYER_NAMES)


def test_minus_one_is_a_number_where_numbers_are_no_counts():
    network = small_network("mnist/seed=0")
    r = network.pieces["horizontal"]["distance_correlation"].copy()
    r[2] = -1
    pieces = {**network.pieces, "horizontal": network.pieces["horizontal"].assign(distance_correlation=r)}
    assert NetworkEvidence("mnist/seed=0", pieces).distance_correlation[2] == -1


# Neurons as points -----------------------------------------------------------------------------------------------


def test_neighbours_are_the_nearest_living_neurons():
    points = stored("vertical", "neuron_coordinates").astype(np.float64)
    rows = under().neuron_neighbours
    assert not set(rows[:, 0]) & set(dead_neurons())
    assert rows.shape == (len(points) - len(dead_neurons()), 7)
    for row in rows[:: len(rows) // 20]:
        distance = ((points - points[row[0]]) ** 2).sum(axis=1)
        distance[row[0]] = np.nan
        assert np.array_equal(np.sort(row[1:]), np.sort(np.argsort(distance)[:6]))


def test_duplicates_are_neighbours_of_each_other_and_not_of_themselves():
    network = small_network("mnist/seed=0")
    points = network.pieces["vertical"]["neuron_coordinates"].copy()
    points[100:120] = 50.0
    pieces = {**network.pieces, "vertical": network.pieces["vertical"].assign(neuron_coordinates=points)}
    rows = NetworkEvidence("mnist/seed=0", pieces).neuron_neighbours
    duplicates = rows[(rows[:, 0] >= 100) & (rows[:, 0] < 120)]
    assert len(duplicates) == 20
    for row in duplicates:
        assert len(set(row)) == 7
        assert set(row) <= set(range(100, 120))


# Views and runs --------------------------------------------------------------------------------------------------


def test_a_view_starts_with_nothing_read_and_asks_anew():
    network = small_network("mnist/seed=0")
    view = network.under(DEFAULTS.but("test-images", "all"))
    assert view.choices_read == set()
    assert view.n_images.sum() > network.n_images.sum()
    assert view.choices_read == {"test-images", "denominator"}


def test_one_condensed_piece_makes_a_network_condensed():
    network = small_network("mnist/seed=0")
    assert network.is_whole
    pieces = {**network.pieces, "activations": condensed(network.pieces["activations"])}
    assert not NetworkEvidence("mnist/seed=0", pieces).is_whole


def test_what_is_measured_cannot_be_changed_through_a_quantity():
    for name in ("harm", "lost", "spread", "distance_correlation", "class_means"):
        array: xr.DataArray = getattr(under(), name)
        with pytest.raises(ValueError, match="read-only"):
            array.values[...] = 0


def test_evidence_finds_networks_by_data_set_and_says_where_they_come_from():
    run = small_evidence(("mnist", "fashion"), n_seeds=2)
    assert [network.network for network in run.networks("fashion")] == ["fashion/seed=0", "fashion/seed=1"]
    assert run.networks("kmnist") == []
    assert len(run.all_networks()) == 4
    assert run.source("mnist") == {
        "origin": "trained",
        "kind": "paper",
        "precision": ["unknown"],
        "trained_precision": ["unknown"],
        "profile": "paper",
        "networks": ["mnist/seed=0", "mnist/seed=1"],
        "from_elsewhere": {},
        "commits": ["unknown"],
        "stand_in": "",
        "trained_on": ["nothing"],
    }


def with_provenance(network, **entries):
    """The network with entries added to the provenance of its pieces, by piece."""
    pieces = {
        name: piece.assign_attrs(provenance=json.dumps(provenance_of(piece) | entries.get(name, {})))
        for name, piece in network.pieces.items()
    }
    return NetworkEvidence(network.network, pieces)


def test_a_network_from_elsewhere_is_not_the_papers():
    theirs = with_provenance(small_network("mnist/seed=0"), intact={"training": {}})
    ours = with_provenance(small_network("kmnist/seed=0"), intact={"training": PROFILES["paper"].training})
    run = Evidence(PROFILES["paper"], [theirs, ours])
    assert (run.source("mnist")["kind"], run.source("kmnist")["kind"]) == ("rehearsal", "paper")


def test_arithmetic_is_told_of_all_pieces():
    one = with_provenance(
        small_network("mnist/seed=0"),
        intact={"precision": "ieee", "trained_precision": "tf32"},
        vertical={"precision": "tf32", "trained_precision": "tf32"},
    )
    source = Evidence(PROFILES["paper"], [one]).source("mnist")
    assert source["precision"] == ["ieee", "tf32", "unknown"]
    assert source["trained_precision"] == ["tf32", "unknown"]


def test_pieces_of_two_networks_are_refused(tmp_path):
    run = RunFolder(tmp_path)
    run.describe(PROFILES["paper"])
    mixed = with_provenance(
        small_network("mnist/seed=0"),
        **{name: {"network_sha256": "a"} for name in PIECES} | {"units": {"network_sha256": "b"}},
    )
    for name, piece in mixed.pieces.items():
        save(run.piece(NetworkId("mnist", 0), name), piece)
    with pytest.raises(CorruptArtefactError) as caught:
        Evidence.of_run(run)
    assert str(caught.value) == (
        f"{run.path} holds measurements of no use: mnist/seed=0: its pieces were measured on 2 different networks; "
        f"delete {run.network_folder(M0)}, or merge them again from where they came"
    )


def test_measurements_beside_another_network_are_refused(tmp_path):
    run = RunFolder(tmp_path)
    run.describe(PROFILES["paper"])
    put_pieces(run, M0, 1)
    assert len(Evidence.of_run(run).all_networks()) == 1
    put_network(run, M0, 1)
    (network,) = Evidence.of_run(run).all_networks()
    assert (network.network, set(network.pieces)) == ("mnist/seed=0", set(PIECES))
    put_network(run, M0, 2)
    with pytest.raises(CorruptArtefactError) as caught:
        Evidence.of_run(run)
    assert str(caught.value) == (
        f"{run.path} holds measurements of no use: mnist/seed=0: its pieces were measured on another network than "
        f"{run.checkpoint(M0)}; measure mnist/seed=0 again with: replication measure --run {run.path}"
    )
    # What is damaged says nothing against the measurements.
    run.checkpoint(M0).write_bytes(run.checkpoint(M0).read_bytes()[:-1])
    assert len(Evidence.of_run(run).all_networks()) == 1


def test_measurements_that_do_not_say_of_which_network_are_taken_beside_any(tmp_path):
    run = RunFolder(tmp_path)
    run.describe(PROFILES["paper"])
    put_pieces(run, M0, small=True)
    put_network(run, M0, 1)
    assert len(Evidence.of_run(run).all_networks()) == 1


def test_all_networks_without_use_are_told_together_with_the_way_out(tmp_path):
    run = RunFolder(tmp_path / "run")
    run.describe(PROFILES["paper"])
    (m0, m1, m2), k0 = (NetworkId("mnist", seed) for seed in range(3)), NetworkId("kmnist", 0)
    for network_id in (m0, m1, m2, k0):
        put_pieces(run, network_id, small=True)
    run.checkpoint(m0).touch()
    run.piece(m0, "units").write_bytes(b"damaged")
    run.piece(m1, "units").write_bytes(run.piece(m1, "units").read_bytes() + b"x")
    run.piece(m2, "draws").write_bytes(sealed(b"of another release"))
    with pytest.raises(CorruptArtefactError) as caught:
        Evidence.of_run(run)
    told = str(caught.value)
    assert told.startswith(f"{run.path} holds measurements of no use: ")
    assert f"mnist/seed=0: {run.piece(m0, 'units')} was changed since it was written" in told
    assert f"mnist/seed=1: {run.piece(m1, 'units')} was changed since it was written" in told
    assert f"mnist/seed=2: {run.piece(m2, 'draws')} was written by another release" in told
    assert "kmnist" not in told
    assert told.endswith(
        f"; measure mnist/seed=0 again with: replication measure --run {run.path}; delete {run.network_folder(m1)} and "
        f"{run.network_folder(m2)}, or merge them again from where they came"
    )


def test_rehearsals_stand_in_and_say_so():
    run = Evidence(PROFILES["digits"], [small_network("digits/seed=0")])
    assert run.networks("kmnist") == run.networks("digits")
    source = run.source("kmnist")
    assert (source["kind"], source["stand_in"]) == ("rehearsal", "digits")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"trained_on": "NVIDIA H200", "trained_on_device": "cuda"}, "NVIDIA H200 (GPU)"),
        (
            {"trained_on": "NVIDIA H200", "trained_on_device": "cuda", "trained_precision": "ieee"},
            "NVIDIA H200 (GPU)",
        ),
        (
            {"trained_on": "NVIDIA H200", "trained_on_device": "cuda", "trained_precision": "tf32 and ieee"},
            "NVIDIA H200 (GPU) in tf32 and ieee",
        ),
        ({"trained_on": "AMD EPYC", "trained_on_device": "cpu"}, "AMD EPYC (CPU)"),
        ({"trained_on": "nothing"}, "nothing"),
        ({}, "unknown"),
    ],
)
def test_a_device_is_called_what_it_is(source, said):
    pieces = {
        name: piece.assign_attrs(provenance=json.dumps(source))
        for name, piece in small_network("mnist/seed=0").pieces.items()
    }
    evidence = Evidence(PROFILES["paper"], [NetworkEvidence("mnist/seed=0", pieces)])
    assert evidence.source("mnist")["trained_on"] == [said]
