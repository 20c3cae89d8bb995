"""Consequences of planted facts for one network: tables and hidden properties of its units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replication.architecture import HIDDEN_LAYERS, N_CLASSES, N_UNITS, UNITS, unit_of_neuron
from replication.metrics import relative_ranks
from replication.seeds import generator

Table = NDArray[np.float64]

CLASSES = tuple(range(N_CLASSES))
LAYER_OF_UNIT = np.array([HIDDEN_LAYERS.index(unit.layer) for unit in UNITS])
LAYER_OF_NEURON = LAYER_OF_UNIT[unit_of_neuron()]
MEDIUM_AS = (0.25, 0.45)
"""Range of AS that is neither specific nor shared."""

DEAD_UNIT = N_UNITS - 1


@dataclass(frozen=True, eq=False)
class World:
    """One planted network.

    Attributes:
        seed: Seed of the network's noise.
        facts: Facts that hold for the network.
    """

    seed: int
    facts: Mapping[str, Any]

    def rng(self, what: str) -> np.random.Generator:
        """Return the random generator of one part of the network, independent of facts."""
        return generator("planted", what, self.seed)

    def table(self, fact: str, default: Table, *axes: Sequence[object]) -> Table:
        """Return a table with the defaults overwritten by a fact.

        Args:
            fact: Name of the fact.  Its keys are labels, or tuples of labels of different axes; later keys win.
            default: The table without the fact.
            axes: Labels of each axis.

        Raises:
            ValueError: A key contains an unknown label.
        """
        filled = default.copy()
        for key, value in self.facts.get(fact, {}).items():
            names = key if isinstance(key, tuple) else (key,)
            if unknown := [name for name in names if not any(name in labels for labels in axes)]:
                raise ValueError(f"fact {fact!r} names {unknown}: expected some of {', '.join(map(str, chain(*axes)))}")
            where = [next((labels.index(name) for name in names if name in labels), slice(None)) for labels in axes]
            filled[tuple(where)] = value
        return filled

    @cached_property
    def error(self) -> Table:
        """Prediction error in pp, shape (10,)."""
        noise = self.rng("error").normal(0, 0.3, N_CLASSES)
        common = 100 - self.facts["accuracy"] if "accuracy" in self.facts else 5.0
        errors = common + noise - noise.mean()
        if "error_follows_harm" in self.facts:
            errors += 1.5 * self.class_latents("error_follows_harm")[1]
        return np.asarray(np.clip(errors, 0, 100))

    def class_latents(self, fact: str) -> tuple[Table, Table]:
        """Return two standardised properties of the classes whose correlation is set by the fact."""
        rng, rho = self.rng(fact), self.facts[fact]
        first, other = (_standardised(rng.normal(size=N_CLASSES)) for _ in range(2))
        # Remove the chance correlation with the first, which is large for ten classes.
        unrelated = _standardised(other - first * (first @ other) / N_CLASSES)
        return first, rho * first + np.sqrt(1 - rho**2) * unrelated

    @cached_property
    def preferred(self) -> NDArray[np.int64]:
        """Class for which each unit is most selective, shape (1216,)."""
        return self._shared_out("selective", "nh_follows_selective")

    @cached_property
    def affected(self) -> NDArray[np.int64]:
        """Class that each unit affects most, shape (1216,)."""
        if self.facts.get("effects_match_selectivity"):
            return self.preferred
        return self._shared_out("affected", "nh_follows_effect")

    def _shared_out(self, fact: str, correlation: str) -> NDArray[np.int64]:
        """Distribute each layer's units among the classes by weight."""
        weights = self.table(fact, np.ones(N_CLASSES), CLASSES)
        if correlation in self.facts:
            weights = np.clip(1 + 0.4 * self.class_latents(correlation)[0], 0.2, None)
        rng = self.rng(fact)
        classes = np.empty(N_UNITS, dtype=np.int64)
        for row, layer in enumerate(HIDDEN_LAYERS):
            quotas = layer.n_units * weights / weights.sum()
            counts = np.floor(quotas).astype(np.int64)
            missing = layer.n_units - counts.sum()
            counts[np.argsort(-(quotas - counts) + rng.uniform(0, 1e-6, N_CLASSES))[:missing]] += 1
            classes[row == LAYER_OF_UNIT] = rng.permutation(np.repeat(CLASSES, counts))
        return classes

    @cached_property
    def strength(self) -> Table:
        """Overall activity of the units, shape (1216,)."""
        log = self.facts.get("strength_spread", 1.0) * self.rng("strength").normal(size=N_UNITS)
        return np.asarray(np.exp(log))

    @cached_property
    def unit_as(self) -> Table:
        """AS of the units, shape (1216,)."""
        ranges = np.tile(MEDIUM_AS, (len(HIDDEN_LAYERS), 1))
        for layer, bounds in self.facts.get("selectivity", {}).items():
            ranges[[one.name for one in HIDDEN_LAYERS].index(layer)] = bounds
        low, high = ranges[LAYER_OF_UNIT].T
        return np.asarray(low + (high - low) * self.rng("as").random(N_UNITS))

    @cached_property
    def impact(self) -> Table | None:
        """Overall impact of the units as ranks within their layer, shape (1216,); None without impact."""
        sources = {"magnitude": self.strength, "selectivity": self.unit_as, "free": self.rng("impact").random(N_UNITS)}
        return relative_ranks(sources[self.facts["unit_impact"]]) if "unit_impact" in self.facts else None


def _standardised(values: Table) -> Table:
    """Return values with mean 0 and standard deviation 1."""
    return np.asarray((values - values.mean()) / values.std())
