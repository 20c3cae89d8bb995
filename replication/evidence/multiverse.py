"""All combinations of the choices that a correlation reads, and what it comes to under each (the multiverse)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from replication.choices import CHOICES, Choices
from replication.evidence.correlations import ClassProfile, ProfileCorrelation
from replication.evidence.network import NetworkEvidence
from replication.remembered import answers_to
from replication.stats import fisher_mean


@dataclass(frozen=True, eq=False)
class Multiverse:
    """A correlation under every specification.

    Attributes:
        choices: The choices that differ between specifications, in the order of ``CHOICES``.
        specifications: The combinations of answers to them, the defaults first.
        r: The coefficient of each network under each, shape (n_networks, n_specifications); NaN where a profile is
            constant.
    """

    choices: tuple[str, ...]
    specifications: tuple[Choices, ...]
    r: NDArray[np.float64]

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean by Fisher's z of the networks where r is defined, shape (n_specifications,); NaN where it is nowhere."""
        return means_where_defined(self.r)


def means_where_defined(r: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean by Fisher's z of each column's coefficients, of those that are no NaN; NaN where all are."""
    columns = (column[np.isfinite(column)] for column in r.T)
    return np.array([fisher_mean(column) if len(column) else np.nan for column in columns])


def multiverse(correlation: ProfileCorrelation, networks: Sequence[NetworkEvidence]) -> Multiverse:
    """Return a correlation under every specification, on every network.

    Each profile is computed once per combination of the choices that it reads itself, so that the two profiles'
    combinations add up instead of multiplying.  A specification that departs from the default in a choice that
    neither profile asks for under its other answers repeats another one, and is left out.

    Args:
        correlation: What is correlated.
        networks: At least one.

    Returns:
        Specifications and coefficients.
    """
    asked = [_asked_for(profile, networks[0]) for profile in correlation.profiles]
    read = [_in_order(set().union(*by_choices.values())) for by_choices in asked]
    names = _in_order({*read[0], *read[1]})

    def repeats(choices: Choices) -> bool:
        asked_here = [by_choices[_among(own, choices)] for by_choices, own in zip(asked, read, strict=True)]
        return not {name for name, _ in choices.changed} <= set().union(*asked_here)

    specified = tuple(choices for choices in specifications(names) if not repeats(choices))
    rows = tuple(_rows_of(specified, own) for own in read)
    r = np.array([_coefficients(correlation, network, read, rows) for network in networks])
    return Multiverse(names, specified, r)


def choices_read(profile: ClassProfile, network: NetworkEvidence) -> tuple[str, ...]:
    """Return the choices that a profile depends on, in the order of ``CHOICES``.

    A choice may be asked for under some answers to others only, so every combination of answers to those found is tried
    until nothing new is asked for.
    """
    return _in_order(set().union(*_asked_for(profile, network).values()))


def specifications(names: Sequence[str]) -> list[Choices]:
    """Return every combination of answers to the named choices, the defaults first."""
    combined = []
    for options in product(*(CHOICES[name].options for name in names)):
        pairs = zip(names, options, strict=True)
        combined.append(Choices(tuple((name, option) for name, option in pairs if option != CHOICES[name].default)))
    return combined


def _in_order(names: set[str]) -> tuple[str, ...]:
    """Return names of choices in the order of ``CHOICES``."""
    return tuple(name for name in CHOICES if name in names)


def _among(names: Sequence[str], choices: Choices) -> Choices:
    """Return choices as far as they answer the named ones, the defaults elsewhere."""
    return Choices(tuple((name, option) for name, option in choices.changed if name in names))


def _asked_for(profile: ClassProfile, network: NetworkEvidence) -> dict[Choices, set[str]]:
    """Return the choices that a profile reads under each combination of answers to those it may read."""
    asked: dict[Choices, set[str]] = {}
    names: tuple[str, ...] = ()
    # Each round tries what the one before it found, until a round finds nothing.
    while waiting := [choices for choices in specifications(names) if choices not in asked]:
        for choices in waiting:
            view = network.under(choices)
            profile(view)
            asked[choices] = view.choices_read
        names = _in_order(set().union(*asked.values()))
    return asked


def _rows_of(specified: Sequence[Choices], names: Sequence[str]) -> list[int]:
    """Return the number that each specification has among the combinations of answers to the named choices alone."""
    row = {answers_to(names, choices): number for number, choices in enumerate(specifications(names))}
    return [row[answers_to(names, choices)] for choices in specified]


def _coefficients(
    correlation: ProfileCorrelation,
    network: NetworkEvidence,
    read: Sequence[Sequence[str]],
    rows: Sequence[Sequence[int]],
) -> NDArray[np.float64]:
    """Return the coefficient of one network under each specification."""
    tables = [
        np.array([profile(network.under(choices)).values for choices in specifications(names)])
        for profile, names in zip(correlation.profiles, read, strict=True)
    ]
    first, second = (table[own] for table, own in zip(tables, rows, strict=True))
    return correlation.coefficient(first, second)
