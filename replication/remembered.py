"""Quantities that are computed once for each set of answers they depend on.

Judging asks for the same quantities again and again, under choices that most of them never read.  What is remembered
here knows which choices it has read, so that it is found again under all others, and reading it counts as reading
those choices.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Generic, NoReturn, Protocol, Self, TypeVar, overload

import numpy as np
import xarray as xr

Memory = dict[str, dict[tuple[str, ...], dict[tuple[str, ...], Any]]]
"""By quantity: the choices that were read, and the values by the answers to them.

Which choices are read can depend on the answers to others, so that one quantity may have several sets of them.
"""


class Remembering(Protocol):
    """What has choices, notes which of them are read, and carries a memory."""

    choices_read: set[str]
    memory: Memory

    @property
    def choices(self) -> Mapping[str, str]:
        """The answers it is seen under."""


Owner = TypeVar("Owner", bound=Remembering)
Value = TypeVar("Value")


def remembered(function: Callable[[Owner], Value]) -> Callable[[Owner], Value]:
    """Make a quantity of one network remember its values.

    Args:
        function: A pure function of a network's measurements and of the choices it reads.

    Returns:
        The same function.  Arrays, also those in tuples and data sets, come out read-only, since others will get the
        very same ones.
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
    """A quantity of one network, read as its property, that remembers its values as ``remembered`` has it.

    Args:
        function: What it is a property by; its docstring becomes the quantity's.
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
        names: Of choices.
        choices: All answers.
    """
    return tuple([choices[name] for name in names])


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
