"""Save figures to files: equal figures give equal bytes, and files hold no dates."""

import re
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from replication.figures.style import CLOUD_DPI, PNG_DPI, styled
from replication.files import write_atomically

Format = Literal["svg", "png", "pdf"]

_METADATA: dict[Format, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


N_COLOURS = 128
"""Maximum number of colours of an image with a palette, which takes a third of the space.

With 32, points take on the colours of other classes and layers.
"""

_IMAGE = re.compile(rb"data:image/png;base64,([^\"]+)")


@styled
def save(figure: Figure, path: Path, format: Format, description: str = "", *, small: bool = False) -> None:
    """Write a figure to a file atomically.

    Args:
        figure: Result of ``draw``.
        path: Path of the file; its folder is created if missing.
        format: ``"svg"`` or ``"pdf"`` (with point clouds as embedded images), or ``"png"``.
        description: Text chunk ``Description`` of a PNG file; ignored for the other formats.
        small: Whether a PNG file has at most ``N_COLOURS`` colours; ignored for the other formats.

    Raises:
        ValueError: The format is unknown.
        OSError: The disk is full or the folder is read-only; an existing file is unchanged.
    """
    content = _rendered(figure, format, description)
    write_atomically(path, _with_few_colours(content, description) if small and format == "png" else content)


@styled
def svg_text(figure: Figure) -> str:
    """Return a figure as an ``<svg>`` element for HTML, without the XML and document type lines."""
    text = _rendered(figure, "svg").decode()
    return text[text.index("<svg") :]


def _rendered(figure: Figure, format: Format, description: str = "") -> bytes:
    """Return the file's bytes.

    Raises:
        ValueError: The format is unknown.
    """
    if format not in get_args(Format):
        raise ValueError(f"no format {format!r}: expected one of {', '.join(get_args(Format))}")
    if format == "svg":
        return _IMAGE.sub(_embedded_with_few_colours, drawn_once(figure))
    buffer = BytesIO()
    dpi = PNG_DPI if format == "png" else CLOUD_DPI
    metadata = _METADATA[format] | ({"Description": description} if format == "png" and description else {})
    figure.savefig(buffer, format=format, dpi=dpi, metadata=metadata, facecolor="white")
    return buffer.getvalue()


def drawn_once(figure: Figure) -> bytes:
    """Return the SVG file of ``figure.savefig`` from a single drawing; ``savefig`` also draws all of it for the layout.

    Args:
        figure: The figure; unchanged, except for the positions set by the layout.

    Returns:
        The file's bytes, with point clouds in full colour.
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


def _embedded_with_few_colours(found: re.Match[bytes]) -> bytes:
    """Return an embedded image with a palette instead of full colour."""
    return b"data:image/png;base64," + b64encode(_with_few_colours(b64decode(found[1])))


def _with_few_colours(png: bytes, description: str = "") -> bytes:
    """Return an image with a palette instead of full colour."""
    reduced, texts = BytesIO(), PngInfo()
    if description:
        texts.add_text("Description", description)
    with Image.open(BytesIO(png)) as image:
        image.quantize(N_COLOURS, method=Image.Quantize.FASTOCTREE).save(reduced, "png", pnginfo=texts)
    return reduced.getvalue()
