"""Quantities that are computed once for each set of answers they depend on.

Judging asks for the same quantities again and again, under choices that most of them never read.  What is remembered
here knows which choices it has read, so that it is found again under all others, and reading it counts as reading
those choices.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Protocol, TypeVar

import numpy as np
import xarray as xr

Memory = dict[str, list[tuple[dict[str, str], Any]]]
"""By quantity: the answers that were read, and the value under them."""


class Remembering(Protocol):
    """What has choices, notes which of them are read, and carries a memory."""

    choices_read: set[str]
    memory: Memory

    @property
    def choices(self) -> Mapping[str, str]:
        """The answers it is seen under."""


Subject = TypeVar("Subject", bound=Remembering)
Value = TypeVar("Value")


def remembered(quantity: Callable[[Subject], Value]) -> Callable[[Subject], Value]:
    """Make a quantity of one network remember its values.

    Args:
        quantity: A pure function of a network's measurements and of the choices it reads.

    Returns:
        The same function.  Arrays, also those in tuples and data sets, come out read-only, since others will get the
        very same ones.
    """
    name = f"{quantity.__module__}.{quantity.__qualname__}"

    @wraps(quantity)
    def recall(network: Subject) -> Value:
        known = network.memory.setdefault(name, [])
        for answers, value in known:
            if all(network.choices[choice] == answer for choice, answer in answers.items()):
                network.choices_read |= answers.keys()
                found: Value = value
                return found
        read_before, network.choices_read = network.choices_read, set()
        try:
            made = quantity(network)
        finally:
            read, network.choices_read = network.choices_read, read_before | network.choices_read
        known.append(({choice: network.choices[choice] for choice in read}, _read_only(made)))
        return made

    return recall


def _read_only(value: Any) -> Any:
    """Return the value with its arrays locked."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, xr.DataArray):
        value.values.flags.writeable = False
    elif isinstance(value, xr.Dataset):
        for array in value.data_vars.values():
            array.values.flags.writeable = False
    elif isinstance(value, tuple):
        for part in value:
            _read_only(part)
    return value
