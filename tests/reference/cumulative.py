"""Cumulative ablation written out literally: one order and one level at a time, weights set to zero, images counted."""

from fractions import Fraction

import torch
from reference.metrics import ablation_effect_selectivity, activation_selectivity

from replication.ablation import ablated
from replication.seeds import generator


def values_of_layer(means, lost, gained, sizes):
    """By name, a number for each unit of one layer, from its class means and from what its ablation flips."""
    units = range(len(means))
    found = {
        "magnitude": [sum(map(Fraction, means[unit])) / 10 for unit in units],
        "selectivity": [activation_selectivity(means[unit])[0] for unit in units],
        "effect": [],
        "impact": [sum(lost[unit]) - sum(gained[unit]) for unit in units],
    }
    for unit in units:
        drops = [Fraction(int(lost[unit][c]) - int(gained[unit][c]), int(sizes[c])) for c in range(10)]
        found["effect"].append(ablation_effect_selectivity(drops, "absolute")[0])
    ranks = [mean_ranks(found[name]) for name in ("magnitude", "selectivity", "impact")]
    return found | {"combined": [sum(of_unit) / 3 for of_unit in zip(*ranks, strict=True)]}


def mean_ranks(values):
    """Ranks from 1, equal values sharing the mean of theirs."""
    return [
        Fraction(2 * sum(other < value for other in values) + sum(other == value for other in values) + 1, 2)
        for value in values
    ]


def highest_first(values, *stream):
    """The units from the highest value to the lowest; among equals the one that chance names first goes first."""
    chance = generator("cumulative", "ties", *stream).permutation(len(values)).tolist()
    return sorted(range(len(values)), key=lambda unit: (-values[unit], chance.index(unit)))


def hits_left(network, images, labels, layer, gone):
    """Images of each class that the network still has right without some units of a layer."""
    n_units = len(network.parameters_of(layer)[0])
    mask = torch.tensor([unit in gone for unit in range(n_units)]).numpy()
    with ablated(network, layer, mask), torch.inference_mode():
        predicted = network(images).argmax(dim=1).tolist()
    hits = [0] * 10
    for label, answer in zip(labels.tolist(), predicted, strict=True):
        hits[label] += label == answer
    return hits
