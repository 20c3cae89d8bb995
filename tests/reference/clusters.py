"""HDBSCAN by its definition: components of the density graph, level by level (Campello et al. 2013, excess of mass)."""

import math


def n_clusters(points, smallest):
    """How many clusters of at least ``smallest`` points stand out; the whole may be the only one."""
    n = len(points)
    distance = [[math.dist(one, other) for other in points] for one in points]
    # A point is in a dense place if its neighbours are near, itself counted as the first.
    core = [sorted(row)[smallest - 1] for row in distance]
    reach = [[max(distance[i][j], core[i], core[j]) for j in range(n)] for i in range(n)]
    return _best(list(range(n)), 0.0, reach, smallest)[1]


def _best(cluster, birth, reach, smallest):
    """The most mass that a cluster or those within it have, and how many of them have it.

    Its mass is the sum over its points of how much density, 1 / distance, they stay in it for.
    """
    mass, parts = 0.0, [cluster]
    while len(parts) == 1:
        (cluster,) = parts
        level = _widest(cluster, reach)
        parts = [part for part in _components(cluster, level, reach) if len(part) >= smallest]
        n_leaving = len(cluster) - (len(parts[0]) if len(parts) == 1 else 0)
        mass += n_leaving * (1 / level - birth)
    within = [_best(part, 1 / level, reach, smallest) for part in parts]
    mass_within = sum(mass_of_part for mass_of_part, _ in within)
    return (mass_within, sum(n for _, n in within)) if mass_within > mass else (mass, 1)


def _widest(cluster, reach):
    """The largest distance at which the cluster still falls apart: the longest edge of its spanning tree."""
    inside, widest = {cluster[0]}, 0.0
    while len(inside) < len(cluster):
        step, point = min((reach[i][j], j) for i in inside for j in cluster if j not in inside)
        inside.add(point)
        widest = max(widest, step)
    return widest


def _components(cluster, level, reach):
    """The parts of a cluster that hang together by distances below a level."""
    left, parts = set(cluster), []
    while left:
        part = [left.pop()]
        for i in part:
            near = [j for j in left if reach[i][j] < level]
            left.difference_update(near)
            part += near
        parts.append(part)
    return parts
