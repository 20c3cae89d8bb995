"""Numbers that claims take for granted, of the images and of any class, computed from images and networks."""

from itertools import combinations

import numpy as np
import pytest
import torch

from claims import REGISTRY
from claims.contrasts import NEGLIGIBLE_R, POSITIVE_BY_CHANCE
from claims.known_failures import known_failures, known_of_recorded
from claims.populations import RECURRING_R, harm_by_own_units, share_of_like_colours
from claims.section_4_1 import M_NETS_BY_95, OTHER_TWO_CLASSES_IN_CONV3
from claims.section_4_2_intact import ANOTHER_CLASS_IS_SPLIT, N_RISING_ON_THE_WHOLE
from claims.section_4_2_under_ablation import (
    ANY_CLASS_AMPLIFIES,
    ANY_CLASS_FALLS,
    CLASS_1_AS_MUCH,
    CLASS_1_MOST,
    CLASS_2_LEAST,
    CLASS_2_LITTLE,
    MARGIN_PP,
)
from claims.section_4_3_single_ablations import ANY_CLASS_HAS_HELPERS, MNIST_SCATTER, N_CLASSES_THAT_GAIN, gain_recurs
from claims.section_4_3_sizes_and_separability import CORRECTED_R, N_TIED, TIED_R, UNTRAINED_R
from claims.section_5_and_abstract import LESS_THAN_HALF_AS_OFTEN
from replication.activations import layer_activations
from replication.architecture import LAYER_NAMES, N_CLASSES
from replication.data import load
from replication.embedding.neighbours import exact_neighbours
from replication.evidence import CORRELATIONS
from replication.measuring.geometry import K
from replication.measuring.horizontal import image_scatter
from replication.paper import REPORTED, TRAINING
from replication.run_folder import RECORDED, RunFolder
from replication.stats import (
    as_coefficients,
    exact_spearman_p,
    fisher_prediction_interval,
    spearman_of_squared_rank_difference,
    t_interval,
)
from replication.study import PROFILES, NetworkId
from replication.training import load_checkpoint


def test_what_ties_of_the_highest_mean_make_of_the_counts_is_as_is_said(recorded):
    for dataset, n_tied in N_TIED.items():
        network = recorded.networks(dataset)[0]
        means = network.class_means.values
        highest = means.max(axis=1, keepdims=True)
        shared = (means == highest) & (highest > 0)
        of_several = np.flatnonzero(shared.sum(axis=1) > 1)
        assert len(of_several) == n_tied
        row, column = (of_several // 14) % 14, of_several % 14
        assert (of_several < 64 * 14**2).all()
        assert (np.minimum.reduce([row, column, 13 - row, 13 - column]) <= 1).all()
        if dataset in TIED_R:
            in_parts = (shared / np.maximum(shared.sum(axis=1, keepdims=True), 1)).sum(axis=0)
            for counts, r in zip((network.n_selective, in_parts), TIED_R[dataset], strict=True):
                assert np.corrcoef(counts, network.data_nh)[0, 1] == pytest.approx(r, abs=5e-3)


@pytest.mark.parametrize(("dataset", "is_above"), [("mnist", True), ("kmnist", False), ("fashion", True)])
def test_networks_are_all_more_accurate_than_printed_where_it_is_said(dataset, is_above, recorded):
    assert (min(one.accuracy for one in recorded.networks(dataset)) > REPORTED[f"accuracy/{dataset}"].value) == is_above


def test_counts_by_effect_recur_on_other_images_as_is_said(recorded):
    recurring = {}
    for dataset, (low, high) in RECURRING_R.items():
        recurring[dataset] = []
        for network in recorded.networks(dataset):
            one, other = (
                np.bincount(half[half >= 0], minlength=N_CLASSES) for half in network.neuron_effect_preferred_by_half
            )
            recurring[dataset].append(np.corrcoef(one, other)[0, 1])
        assert (min(recurring[dataset]), max(recurring[dataset])) == pytest.approx((low, high), abs=5e-3)

    # Of all images, twice those of a half: Spearman and Brown.
    reliability = [2 * r / (1 + r) for r in recurring["kmnist"]]
    found = [CORRELATIONS["aes-nh"].r(network) for network in recorded.networks("kmnist")]
    corrected = np.arctanh(np.array(found) / np.sqrt(reliability))
    interval = t_interval(corrected, 0.90, of="mean")
    assert np.tanh([interval.low, corrected.mean(), interval.high]) == pytest.approx(CORRECTED_R, abs=5e-3)


@pytest.mark.realdata
def test_mnist_images_scatter_as_is_said():
    test = load("mnist", "test", PROFILES["paper"], torch.device("cpu"))
    used = test.first(TRAINING.whole_batches(len(test)))
    assert len(used) == 9_984
    scatter = image_scatter(used.images.flatten(1).numpy(), used.labels.numpy())
    ratio = np.diag(scatter).mean() / scatter[~np.eye(10, dtype=bool)].mean()
    assert ratio == pytest.approx(MNIST_SCATTER, abs=5e-4)


@pytest.mark.realdata
def test_that_separability_falls_in_m_net_s_output_depends_on_what_the_output_is_and_in_k_net_s_it_does_not():
    """In the spaces themselves, where nothing is random; what is said of embeddings was seen in two of each network."""
    falls = {}
    for dataset in ("mnist", "kmnist"):
        test = load(dataset, "test", PROFILES["paper"], torch.device("cpu"))
        used = test.first(TRAINING.whole_batches(len(test)))
        network = load_checkpoint(RunFolder(RECORDED).checkpoint(NetworkId(dataset, 0))).network(torch.device("cpu"))
        fc2, out = (layer_activations(network, used.images, layer) for layer in LAYER_NAMES[-2:])
        of_fc2, *of_out = (hit_pp(points, used.labels.numpy()) for points in (fc2, out, np.exp(out)))
        falls[dataset] = [of_fc2 - hit for hit in of_out]
    log_softmax, softmax = falls["mnist"]
    assert log_softmax > 0.4
    assert abs(softmax) < 0.05
    assert min(falls["kmnist"]) > 1.9


def hit_pp(points, labels):
    """NH of points in per cent."""
    nearest = exact_neighbours(points, K + 1).indices[:, 1:]
    return 100 * (labels[nearest] == labels[:, None]).mean()


def test_ten_classes_in_random_order_correlate_as_often_as_is_said():
    reached = [d2 for d2 in range(0, 332, 2) if spearman_of_squared_rank_difference(d2, 10) >= NEGLIGIBLE_R]
    assert exact_spearman_p(max(reached), 10) / 2 == pytest.approx(POSITIVE_BY_CHANCE, abs=5e-4)


def pairs_with_most_harm_in_conv3(network):
    """Whether conv3 matters most to both, for each pair of classes other than 2 and 7."""
    most = (network.harm.idxmax("layer") == "conv3").drop_sel({"class": [2, 7]}).values
    return [one and other for one, other in combinations(most, 2)]


def split_others(network):
    """Whether each class other than 5 and 8 is split in the output."""
    return network.n_clusters.sel(state="intact", panel="out").drop_sel({"class": [5, 8]}).values >= 2


def loss_of_hit(network):
    """NH that each class loses in each layer by the ablation that is shown, shape (layers, classes)."""
    nh = network.nh.sel(panel=list(LAYER_NAMES)).transpose("state", "panel", "class")
    return (nh.sel(state="intact") - nh.sel(state="ablated")).values


@pytest.mark.parametrize(
    ("told", "datasets", "true_of"),
    [
        (OTHER_TWO_CLASSES_IN_CONV3, ["mnist"], pairs_with_most_harm_in_conv3),
        (ANOTHER_CLASS_IS_SPLIT, ["kmnist"], split_others),
        (ANY_CLASS_FALLS, ["mnist", "kmnist", "fashion"], lambda one: loss_of_hit(one)[-1] > 0),
        (
            ANY_CLASS_AMPLIFIES,
            ["mnist", "kmnist", "fashion"],
            lambda one: loss_of_hit(one)[-1] == loss_of_hit(one).max(axis=0),
        ),
        (
            ANY_CLASS_HAS_HELPERS,
            ["fashion"],
            lambda one: [(harm_by_own_units(one, label) < 0).sum() >= 2 for label in range(N_CLASSES)],
        ),
    ],
    ids=["conv3", "split", "falls", "amplifies", "helpers"],
)
def test_what_is_true_of_any_class_is_as_common_as_is_said(told, datasets, true_of, recorded):
    """Of the networks seen when the rules were set: a chance is part of a rule, and networks held out judge it."""
    held_out = known_of_recorded().held_out.networks
    networks = [one for dataset in datasets for one in recorded.networks(dataset) if one.network not in held_out]
    found = [np.ravel(true_of(network)) for network in networks]
    assert len(found) == 6 * len(datasets)
    assert np.concatenate(found).mean() == pytest.approx(told, abs=0.02)


def test_what_is_said_of_all_random_ablations_of_conv1_is_counted_in_them(recorded):
    networks = recorded.networks("kmnist")
    harm = np.concatenate([one.draw_harm.sel(layer="conv1", fraction=0.5).values for one in networks])
    assert len(harm) == 100 * len(networks)
    printed = REPORTED["kmnist-conv1-most-harmed-drop"].value
    found = {
        CLASS_1_MOST: harm.argmax(axis=1) == 1,
        CLASS_2_LEAST: harm.argmin(axis=1) == 2,
        CLASS_1_AS_MUCH: harm[:, 1] >= printed - 0.05,
        CLASS_2_LITTLE: np.abs(harm[:, 2]) <= MARGIN_PP,
    }
    for told, true_of in found.items():
        assert 100 * true_of.mean() == pytest.approx(told, abs=5)


def test_separability_rises_on_the_whole_in_as_many_networks_as_is_said(recorded):
    rising = []
    for network in recorded.all_networks():
        nh = network.nh_overall_by_embedding.sel(state="intact", panel=["conv1", "out"]).transpose("panel", ...).values
        rising.append(nh[1].mean() - nh[0].mean() > np.ptp(nh, axis=1).max())
    assert sum(rising) == N_RISING_ON_THE_WHOLE
    assert f"{sum(rising)} of the {len(rising)} recorded networks" in REGISTRY["4.2/nh-rises-along-layers"].caveat
    (told,) = (one.text for one in known_of_recorded().takeaways if "on the whole" in one.text)
    assert f"on the whole, NH rises in {N_RISING_ON_THE_WHOLE} of {len(rising)} networks" in told
    failures = {network: finding for (_, network), finding in known_failures().items() if "on the whole" in finding}
    assert len(failures) == 2
    for dataset, finding in failures.items():
        of_each = [
            rises
            for one, rises in zip(recorded.all_networks(), rising, strict=True)
            if one.network.startswith(f"{dataset}/")
        ]
        assert f"from conv1 to out, on the whole, NH rises in {sum(of_each)} of {len(of_each)}" in finding


def test_how_m_nets_would_be_judged_by_another_level_is_as_is_said(recorded):
    r = [CORRELATIONS["spearman"].r(network) for network in recorded.networks("mnist")]
    interval = as_coefficients(t_interval(np.arctanh(r), of="mean"))
    assert (interval.low, interval.high) == pytest.approx(M_NETS_BY_95, abs=5e-4)
    assert interval.low < NEGLIGIBLE_R
    expected = fisher_prediction_interval(r)
    assert expected.contains(REPORTED["spearman-r/mnist"].value)


def test_effects_agree_with_other_metrics_less_than_with_themselves_where_it_is_said(recorded):
    found = {}
    for dataset in LESS_THAN_HALF_AS_OFTEN:
        found[dataset] = 0
        for network in recorded.networks(dataset):
            halves = network.neuron_effect_preferred_by_half
            others = network.neuron_preferred, network.neuron_example_preferred
            most = max(np.mean([share_of_like_colours(half, other) for half in halves]) for other in others)
            found[dataset] += most < share_of_like_colours(*halves) / 2
    assert found == LESS_THAN_HALF_AS_OFTEN
    (told,) = (one.text for one in known_of_recorded().takeaways if "agrees with itself" in one.text)
    counts = [
        f"{found[dataset]} of {len(recorded.networks(dataset))} {name}-Nets"
        for dataset, name in (("fashion", "F"), ("kmnist", "K"), ("mnist", "M"))
    ]
    assert f"less than half as often in {counts[0]}, {counts[1]} and {counts[2]}." in told


@pytest.mark.parametrize("against", ["mnist", "kmnist"])
def test_untrained_networks_meet_the_contrast_if_they_are_spread_evenly_over_their_ranges(against):
    """The six of each that were asked once do, too; ``test_untrained_networks`` holds three of each to the ranges."""
    contrast = REGISTRY[f"4.3/as-count-predicts-nh-better-than-in-{against}"]
    z = [np.arctanh(np.linspace(*UNTRAINED_R[dataset], 6)).tolist() for dataset in ("fashion", against)]
    assert contrast.rule.compare(*z).outcome == "replicated"


def test_separability_of_the_output_falls_where_accuracy_does_and_only_there(recorded):
    for network in recorded.all_networks():
        answer = REGISTRY["4.2/out-separability-falls"].answer_of(network)
        assert (answer.number > MARGIN_PP) == (network.figure_harm_overall > MARGIN_PP)
    told = f"in each of the {len(recorded.all_networks())} recorded networks"
    assert told in REGISTRY["4.2/out-separability-falls"].caveat


def test_the_gain_of_single_classes_recurs_as_often_as_is_said(recorded):
    networks = [*recorded.networks("kmnist"), *recorded.networks("fashion")]
    recurs = [gain_recurs(one.net_gain_by_half.values[:, :, label]) == 1 for one in networks for label in range(10)]
    assert sum(recurs) == N_CLASSES_THAT_GAIN
    assert f"in {sum(recurs)} of {len(recurs)} cases" in REGISTRY["4.3/ablation-can-improve-a-class"].caveat


def test_what_is_true_of_single_classes_in_all_networks_is_rarer_than_in_one(recorded):
    """The takeaway says that in three of four claims few others would pass in all networks."""
    in_conv3 = np.all([pairs_with_most_harm_in_conv3(one) for one in recorded.networks("mnist")], axis=0)
    split = np.all([split_others(one) for one in recorded.networks("kmnist")], axis=0)
    helped = np.all(
        [
            [(harm_by_own_units(one, label) < 0).sum() >= 2 for label in range(N_CLASSES) if label != 2]
            for one in recorded.networks("fashion")
        ],
        axis=0,
    )
    assert ((in_conv3.sum(), in_conv3.size), (split.sum(), split.size)) == ((3, 28), (1, 8))
    assert (helped.sum(), helped.size) == (5, 9)
