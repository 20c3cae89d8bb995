"""Figures as files: the same bytes for the same figure, without dates."""

from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args

from matplotlib.figure import Figure

from replication.figures.style import RASTER_DPI, styled
from replication.files import write_atomically

Format = Literal["svg", "png", "pdf"]

_METADATA: dict[Format, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@styled
def save(figure: Figure, path: Path, format: Format) -> None:
    """Write a figure, whole or not at all.

    Args:
        figure: What ``draw`` returned.
        path: Where the file shall stand; its folder is made where missing.
        format: ``"svg"`` or ``"pdf"``, with point clouds as images in them, or ``"png"``.

    Raises:
        ValueError: The format is another word.
    """
    write_atomically(path, _rendered(figure, format))


@styled
def svg_text(figure: Figure) -> str:
    """Return a figure as an ``<svg>`` element, without the XML and document type lines, to stand within HTML."""
    text = _rendered(figure, "svg").decode()
    return text[text.index("<svg") :]


def _rendered(figure: Figure, format: Format) -> bytes:
    """Return the file's bytes.

    Raises:
        ValueError: The format is another word.
    """
    if format not in get_args(Format):
        raise ValueError(f"no format {format!r}: expected one of {', '.join(get_args(Format))}")
    buffer = BytesIO()
    figure.savefig(buffer, format=format, dpi=RASTER_DPI, metadata=_METADATA[format], facecolor="white")
    return buffer.getvalue()
