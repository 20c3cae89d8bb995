"""Reading a drawn figure back: which artists it has, where they stand, what colours they show."""

import numpy as np
from matplotlib.colors import to_hex


def named(axes, label):
    """The one artist of that name in some axes."""
    (found,) = [artist for artist in axes.get_children() if artist.get_label() == label]
    return found


def names(axes):
    """The names of an axes' point clouds."""
    return {cloud.get_label() for cloud in axes.collections}


def points_of(artist, colour=None):
    """A point cloud's coordinates, of one colour or of all, sorted, shape (n, 2)."""
    points = np.asarray(artist.get_offsets())
    if colour is not None:
        points = points[[to_hex(shown) == colour for shown in artist.get_facecolors()]]
    return points[np.lexsort(points.T)]


def colours_of(artist):
    """The colours of a point cloud as hexadecimal strings."""
    return {to_hex(colour) for colour in artist.get_facecolors()}


def panel(figure, title):
    """The axes whose title starts with that text."""
    (found,) = [axes for axes in figure.axes if axes.get_title(loc="left").startswith(title)]
    return found


def legend_colours(legend):
    """Text to colour of a legend's entries."""
    handles = zip(legend.legend_handles, legend.get_texts(), strict=True)

    def colour(handle):
        return handle.get_facecolor() if hasattr(handle, "get_facecolor") else handle.get_color()

    return {text.get_text(): to_hex(colour(handle)) for handle, text in handles}


def snapshot(table, every=1):
    """A table as the regression fixture takes it, every n-th row."""
    import pandas as pd

    return pd.DataFrame({name: column[::every] for name, column in table.items()})
