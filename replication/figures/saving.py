"""Figures as files: the same bytes for the same figure, without dates."""

import re
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from replication.figures.style import CLOUD_DPI, PNG_DPI, styled
from replication.files import write_atomically

Format = Literal["svg", "png", "pdf"]

_METADATA: dict[Format, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


N_COLOURS = 32
"""Colours an image within an SVG file may have: point clouds so take a fifth of the room, and look the same."""

_IMAGE = re.compile(rb"data:image/png;base64,([^\"]+)")


@styled
def save(figure: Figure, path: Path, format: Format, description: str = "") -> None:
    """Write a figure, whole or not at all.

    Args:
        figure: What ``draw`` returned.
        path: Where the file shall stand; its folder is made where missing.
        format: ``"svg"`` or ``"pdf"``, with point clouds as images in them, or ``"png"``.
        description: What a PNG file says of itself, in its text chunk ``Description``; the other formats say nothing.

    Raises:
        ValueError: The format is another word.
        OSError: The disk is full or the folder is read-only; the old file, if any, is untouched.
    """
    write_atomically(path, _rendered(figure, format, description))


@styled
def svg_text(figure: Figure) -> str:
    """Return a figure as an ``<svg>`` element, without the XML and document type lines, to stand within HTML."""
    text = _rendered(figure, "svg").decode()
    return text[text.index("<svg") :]


def _rendered(figure: Figure, format: Format, description: str = "") -> bytes:
    """Return the file's bytes.

    Raises:
        ValueError: The format is another word.
    """
    if format not in get_args(Format):
        raise ValueError(f"no format {format!r}: expected one of {', '.join(get_args(Format))}")
    if format == "svg":
        return _IMAGE.sub(_with_few_colours, drawn_once(figure))
    buffer = BytesIO()
    dpi = PNG_DPI if format == "png" else CLOUD_DPI
    metadata = _METADATA[format] | ({"Description": description} if format == "png" and description else {})
    figure.savefig(buffer, format=format, dpi=dpi, metadata=metadata, facecolor="white")
    return buffer.getvalue()


def drawn_once(figure: Figure) -> bytes:
    """Return the SVG file that ``figure.savefig`` would write, drawn once: that draws all of it for the layout, too.

    Args:
        figure: Left as it was, but for the places of what the layout places.

    Returns:
        The file's bytes, point clouds in full colour.
    """
    before, dpi, layout = figure.canvas, figure.dpi, figure.get_layout_engine()
    buffer, canvas = BytesIO(), FigureCanvasSVG(figure)
    try:
        figure.dpi = canvas.fixed_dpi
        if layout is not None:
            layout.execute(figure)
            figure.set_layout_engine("none")
        figure.dpi = CLOUD_DPI
        canvas.print_svg(buffer, metadata=_METADATA["svg"])  # type: ignore[no-untyped-call]
    finally:
        if layout is not None:
            figure.set_layout_engine(layout)
        figure.dpi = dpi
        figure.set_canvas(before)
    return buffer.getvalue()


def _with_few_colours(found: re.Match[bytes]) -> bytes:
    """Return an embedded image with a palette in place of full colour."""
    reduced = BytesIO()
    with Image.open(BytesIO(b64decode(found[1]))) as image:
        image.quantize(N_COLOURS, method=Image.Quantize.FASTOCTREE).save(reduced, "png")
    return b"data:image/png;base64," + b64encode(reduced.getvalue())
