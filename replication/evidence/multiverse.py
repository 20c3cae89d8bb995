"""Multiverse analysis: a correlation under all combinations of the choices that it reads."""

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
        choices: Names of the choices that differ between specifications, in the order of ``CHOICES``.
        specifications: Combinations of answers to ``choices``, the defaults first.
        r: Coefficient of each network under each specification, shape (n_networks, n_specifications); NaN where a
            profile is constant.
    """

    choices: tuple[str, ...]
    specifications: tuple[Choices, ...]
    r: NDArray[np.float64]

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean r (by Fisher's z) over networks with a defined r, shape (n_specifications,); NaN if there are none."""
        return means_where_defined(self.r)


def means_where_defined(r: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean by Fisher's z of each column, ignoring NaN; NaN for columns of only NaN."""
    columns = (column[np.isfinite(column)] for column in r.T)
    return np.array([fisher_mean(column) if len(column) else np.nan for column in columns])


def multiverse(correlation: ProfileCorrelation, networks: Sequence[NetworkEvidence]) -> Multiverse:
    """Compute a correlation under every specification for every network.

    Each profile is computed once per combination of the choices that it reads itself, so that the numbers of
    combinations of the two profiles add instead of multiply.  A specification that changes a choice which neither
    profile reads under its other answers duplicates another specification and is omitted.

    Args:
        correlation: The correlation.
        networks: The networks, at least one.

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
    """Return ``choices`` restricted to the named ones, with defaults for all others."""
    return Choices(tuple((name, option) for name, option in choices.changed if name in names))


def _asked_for(profile: ClassProfile, network: NetworkEvidence) -> dict[Choices, set[str]]:
    """Return the choices that a profile reads under each combination of answers to the choices it may read."""
    asked: dict[Choices, set[str]] = {}
    names: tuple[str, ...] = ()
    # Each round tries the choices found in the previous round, until no new ones are found.
    while waiting := [choices for choices in specifications(names) if choices not in asked]:
        for choices in waiting:
            view = network.under(choices)
            profile(view)
            asked[choices] = view.choices_read
        names = _in_order(set().union(*asked.values()))
    return asked


def _rows_of(specified: Sequence[Choices], names: Sequence[str]) -> list[int]:
    """Return the index of each specification among the combinations of answers to the named choices alone."""
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
