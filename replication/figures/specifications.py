"""All combinations of the choices that a correlation reads, and what it comes to under each (the multiverse)."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from replication.choices import CHOICES, DEFAULTS, Choices, alternatives
from replication.evidence import NetworkEvidence, Profile, ProfileCorrelation
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
    combinations add up instead of multiplying.  A specification that departs from the default in a choice that
    neither profile asks for under its other answers repeats another one, and is left out.

    Args:
        correlation: What is correlated.
        networks: The seeds' networks, at least one.

    Returns:
        Columns ``specification``, numbered from 0 for the defaults, ``seed`` and ``r``, NaN where a profile is
        constant; and a column per choice with the option taken.
    """
    read = [choices_read(profile, networks[0]) for profile in correlation.profiles]
    names = [name for name in CHOICES if name in {*read[0], *read[1]}]
    asked = [_asked_for(profile, networks[0], own) for profile, own in zip(correlation.profiles, read, strict=True)]

    def repeats(choices: Choices) -> bool:
        asked_here = [by_answers[_answers(choices, own)] for by_answers, own in zip(asked, read, strict=True)]
        return not {name for name, _ in choices.changed} <= set().union(*asked_here)

    specified = [choices for choices in specifications(names) if not repeats(choices)]
    coefficients = np.array([_coefficients(correlation, network, read, specified) for network in networks])
    n_networks = len(networks)
    return {
        "specification": np.tile(np.arange(len(specified)), n_networks),
        "seed": np.repeat([seed_of(network) for network in networks], len(specified)),
        "r": coefficients.ravel(),
        **{name: np.tile([choices[name] for choices in specified], n_networks) for name in names},
    }


def _answers(choices: Choices, names: Sequence[str]) -> tuple[str, ...]:
    """Return the answers to the named choices."""
    return tuple(choices[name] for name in names)


def _asked_for(profile: Profile, network: NetworkEvidence, names: Sequence[str]) -> dict[tuple[str, ...], set[str]]:
    """Return the choices that a profile reads under each combination of answers to those it may read."""
    asked = {}
    for choices in specifications(names):
        view = network.under(choices)
        profile(view)
        asked[_answers(choices, names)] = view.choices_read
    return asked


def _coefficients(
    correlation: ProfileCorrelation,
    network: NetworkEvidence,
    read: Sequence[tuple[str, ...]],
    specified: Sequence[Choices],
) -> list[float]:
    """Return the coefficient of one network under each specification."""
    values: list[dict[tuple[str, ...], NDArray[np.float64]]] = []
    for profile, names in zip(correlation.profiles, read, strict=True):
        views = {_answers(choices, names): choices for choices in specifications(names)}
        values.append({answers: profile(network.under(choices)).values for answers, choices in views.items()})
    return [
        correlation.coefficient(*(known[_answers(choices, names)] for known, names in zip(values, read, strict=True))).r
        for choices in specified
    ]
