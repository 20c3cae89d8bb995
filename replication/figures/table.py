"""The data behind a figure as a tidy table: one row per mark, one column per variable."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

Table = dict[str, NDArray[Any]]
"""Columns by name, all of equal length."""


def tidy(values: str, array: xr.DataArray, **constant: str | int) -> Table:
    """Return a labelled array as a table: a column per axis, one for the values, and one per constant.

    Args:
        values: Name of the column of values.
        array: Its axes become columns.
        **constant: Columns that are the same in every row.

    Returns:
        ``array.size`` rows, with the last axis varying fastest.
    """
    axes = np.meshgrid(*(array[axis].values for axis in array.dims), indexing="ij")
    columns = {str(axis): column.ravel() for axis, column in zip(array.dims, axes, strict=True)}
    fixed = {name: np.full(array.size, value) for name, value in constant.items()}
    return fixed | columns | {values: array.values.ravel()}


def stacked(tables: Sequence[Table]) -> Table:
    """Concatenate tables with the same columns."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def rows(table: Table, **where: str | int) -> Table:
    """Return the rows whose columns hold the given values."""
    chosen = np.ones(len(next(iter(table.values()))), dtype=bool)
    for name, value in where.items():
        chosen &= table[name] == value
    return {name: column[chosen] for name, column in table.items()}
