"""All combinations of the choices that a correlation reads, and what it comes to under each (the multiverse)."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from replication.choices import CHOICES, DEFAULTS, Choices, alternatives
from replication.evidence import NetworkEvidence
from replication.figures.correlations import Profile, ProfileCorrelation
from replication.figures.subject import seed_of
from replication.figures.table import Table


def choices_read(profile: Profile, network: NetworkEvidence) -> tuple[str, ...]:
    """Return the choices that a profile depends on, in the order of ``CHOICES``.

    A choice may be asked for under some answers to others only, so every other answer is tried until nothing new is
    asked for.
    """
    read: set[str] = set()
    tried: set[Choices] = set()
    waiting = {DEFAULTS}
    while waiting:
        choices = waiting.pop()
        tried.add(choices)
        view = network.under(choices)
        profile(view)
        read |= view.choices_read
        waiting |= {DEFAULTS.but(name, option) for name, option in alternatives(read)} - tried
    return tuple(name for name in CHOICES if name in read)


def specifications(names: Sequence[str]) -> list[Choices]:
    """Return every combination of answers to the named choices, the defaults first."""
    combined = []
    for options in product(*(CHOICES[name].options for name in names)):
        pairs = zip(names, options, strict=True)
        combined.append(Choices(tuple((name, option) for name, option in pairs if option != CHOICES[name].default)))
    return combined


def data_of_multiverse(correlation: ProfileCorrelation, networks: Sequence[NetworkEvidence]) -> Table:
    """Return a correlation under every specification, on every network.

    Each profile is computed once per combination of the choices that it reads itself, so that the two profiles'
    combinations add up instead of multiplying.

    Args:
        correlation: What is correlated.
        networks: The seeds' networks, at least one.

    Returns:
        Columns ``specification``, numbered from 0 for the defaults, ``seed`` and ``r``, NaN where a profile is
        constant; and a column per choice with the option taken.
    """
    read = [choices_read(profile, networks[0]) for profile in correlation.profiles]
    names = [name for name in CHOICES if name in {*read[0], *read[1]}]
    specified = specifications(names)
    coefficients = np.array([_coefficients(correlation, network, read, specified) for network in networks])
    n_networks = len(networks)
    return {
        "specification": np.tile(np.arange(len(specified)), n_networks),
        "seed": np.repeat([seed_of(network) for network in networks], len(specified)),
        "r": coefficients.ravel(),
        **{name: np.tile([choices[name] for choices in specified], n_networks) for name in names},
    }


def _coefficients(
    correlation: ProfileCorrelation,
    network: NetworkEvidence,
    read: Sequence[tuple[str, ...]],
    specified: Sequence[Choices],
) -> list[float]:
    """Return the coefficient of one network under each specification."""
    values: list[dict[tuple[str, ...], NDArray[np.float64]]] = []
    for profile, names in zip(correlation.profiles, read, strict=True):
        views = {tuple(choices[name] for name in names): choices for choices in specifications(names)}
        values.append({answers: profile(network.under(choices)).values for answers, choices in views.items()})
    return [
        correlation.coefficient(
            *(known[tuple(choices[name] for name in names)] for known, names in zip(values, read, strict=True))
        ).r
        for choices in specified
    ]
