"""The metrics as literal loops in exact fractions, one sentence of the paper per line."""

import math
from fractions import Fraction


def activation_selectivity(means, sizes=None):
    """AS of one neuron and its preferred class, or −1, from ten class means."""
    means = [Fraction(mean) for mean in means]
    sizes = [Fraction(1)] * len(means) if sizes is None else [Fraction(size) for size in sizes]
    highest = max(means)
    preferred = means.index(highest)
    others = [c for c in range(len(means)) if c != preferred]
    elsewhere = sum(sizes[c] * means[c] for c in others) / sum(sizes[c] for c in others)
    if highest + elsewhere == 0:
        return Fraction(0), -1
    return (highest - elsewhere) / (highest + elsewhere), preferred


def ablation_effect_selectivity(drops, formula):
    """AES, class and sign of one unit, from ten drops in accuracy as whole numbers."""
    drops = [Fraction(drop) for drop in drops]
    effects = {"absolute": [abs(d) for d in drops], "drops": drops, "changes": [-d for d in drops]}[formula]
    highest = max(effects)
    chosen = effects.index(highest)
    elsewhere = sum(effect for c, effect in enumerate(effects) if c != chosen) / Fraction(len(drops) - 1)
    value = Fraction(0)
    if highest + elsewhere != 0:
        value = (highest - elsewhere) / (highest + elsewhere)
    if all(drop == 0 for drop in drops):
        return value, -1, 0
    return value, chosen, (drops[chosen] > 0) - (drops[chosen] < 0)


def effect_votes(net_lost, formula):
    """One unit's vote, shared among the classes that it affects most, from the images that each class loses on net."""
    effects = {"absolute": [abs(n) for n in net_lost], "drops": net_lost, "changes": [-n for n in net_lost]}[formula]
    if all(n == 0 for n in net_lost):
        return [Fraction(0) for _ in net_lost]
    top = [c for c, effect in enumerate(effects) if effect == max(effects)]
    return [Fraction(1, len(top)) if c in top else Fraction(0) for c in range(len(net_lost))]


def neighbours(points, k):
    """The k nearest points of each point, itself first, ties by index."""
    table = []
    for i, point in enumerate(points):
        others = [j for j in range(len(points)) if j != i]
        distance = {j: sum((a - b) ** 2 for a, b in zip(point, points[j], strict=True)) for j in others}
        table.append([i, *sorted(others, key=lambda j: (distance[j], j))[: k - 1]])
    return table


def neighborhood_hit(points, labels, k, variant, only=None):
    """NH over all points, or over those of one class (None without any), by one of its three readings."""
    credit = []
    for row in neighbours(points, k + 1):
        if only not in {None, labels[row[0]]}:
            continue
        same = [labels[j] == labels[row[0]] for j in row]
        if variant == "mean":
            credit.append(Fraction(sum(same[1:]), k))
        elif variant == "all":
            credit.append(Fraction(all(same[1:])))
        else:
            credit.append(Fraction(sum(same[:-1]), k))
    return sum(credit) / len(credit) if credit else None


def class_spread(points, labels, n_classes=10):
    """Each class's RMS distance to its centroid, and the distances between centroids; NaN for a class of nothing."""
    points = [[Fraction(x) for x in point] for point in points]
    members = [[point for point, label in zip(points, labels, strict=True) if label == c] for c in range(n_classes)]
    centroids = [[sum(axis) / len(cloud) for axis in zip(*cloud, strict=True)] for cloud in members]

    def square(one, other):
        return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))

    within = [
        math.sqrt(sum(square(point, centroid) for point in cloud) / len(cloud)) if cloud else math.nan
        for cloud, centroid in zip(members, centroids, strict=True)
    ]
    between = [[math.sqrt(square(a, b)) if a and b else math.nan for b in centroids] for a in centroids]
    return within, between
