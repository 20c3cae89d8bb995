"""Memoise quantities by the choices they depend on.

Judging evaluates the same quantities repeatedly under different choices, most of which a given quantity never reads.  A
memoised quantity records which choices it read.  Its value is reused whatever the answers to all other choices, and
reading the cached value counts as reading those choices.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Generic, NoReturn, Protocol, Self, TypeVar, overload

import numpy as np
import xarray as xr

Memory = dict[str, dict[tuple[str, ...], dict[tuple[str, ...], Any]]]
"""Cached values by quantity, then by the names of the choices read, then by the answers to them.

Which choices are read can depend on the answers to others, so one quantity may have several sets of choices.
"""


class Remembering(Protocol):
    """An object with choices, a record of which of them were read, and a memory."""

    choices_read: set[str]
    memory: Memory

    @property
    def choices(self) -> Mapping[str, str]:
        """The answers in force, by choice."""


Owner = TypeVar("Owner", bound=Remembering)
Value = TypeVar("Value")


def remembered(function: Callable[[Owner], Value]) -> Callable[[Owner], Value]:
    """Memoise a quantity of one network.

    Args:
        function: A pure function of a network's measurements and of the choices it reads.

    Returns:
        The memoised function.  Arrays, also in tuples and data sets, are made read-only, because all callers share
        them.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def recall(network: Owner) -> Value:
        known = network.memory.setdefault(name, {})
        for names, values in known.items():
            answers = answers_to(names, network.choices)
            if answers in values:
                network.choices_read.update(names)
                found: Value = values[answers]
                return found
        read_before, network.choices_read = network.choices_read, set()
        try:
            made = function(network)
        finally:
            read, network.choices_read = network.choices_read, read_before | network.choices_read
        names = tuple(sorted(read))
        known.setdefault(names, {})[answers_to(names, network.choices)] = _read_only(made)
        return made

    return recall


class quantity(Generic[Owner, Value]):
    """A read-only property of one network, memoised by ``remembered``.

    Args:
        function: The getter; its docstring becomes that of the property.
    """

    def __init__(self, function: Callable[[Owner], Value]) -> None:
        self._recall = remembered(function)
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__

    @overload
    def __get__(self, network: None, owner: type) -> Self: ...

    @overload
    def __get__(self, network: Owner, owner: type) -> Value: ...

    def __get__(self, network: Owner | None, owner: type) -> Self | Value:
        return self if network is None else self._recall(network)

    def __set__(self, network: Owner, value: object) -> NoReturn:
        raise AttributeError("a quantity is what the measurements say: it cannot be set")


def answers_to(names: Sequence[str], choices: Mapping[str, str]) -> tuple[str, ...]:
    """Return the answers to the named choices.

    Args:
        names: Names of choices.
        choices: Answer to every choice, by name.
    """
    return tuple([choices[name] for name in names])


def _read_only(value: Any) -> Any:
    """Make all arrays in a value read-only and return the value."""
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
