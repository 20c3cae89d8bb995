"""The HTML page: one file that opens from disk without a server or a network; its one script only filters claims."""

import base64
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from replication.choices import CHOICES
from replication.judging.claim import NO_NETWORK
from replication.paper import AUTHORS, TITLE, YEAR
from replication.progress import duration_text
from replication.report import bounds, verdict_map
from replication.report.cards import network_name, panel_heading
from replication.report.claim_figure import WIDTH, claim_figure
from replication.report.content import Content
from replication.report.headlines import (
    HEADING,
    hinges_on,
    joint_outcome,
    measured_text,
    number_behind,
    plain_answer,
    rehearsal_text,
)
from replication.report.known import FAILURES_HEADING, TAKEAWAYS_HEADING
from replication.report.outcomes import (
    FLIPS_NOTE,
    UNDEFINED_NOTE,
    WEAK_NOTE,
    answer,
    flips_by_choice,
    flips_text,
    hidden_note,
    more_heading,
    n_flips,
    says_more,
    shown,
    style,
    symbol,
)
from replication.report.quantities import decimal, interval_text, level_text
from replication.report.short_answer import POINTS, QUESTION
from replication.words import true_minus

_PAGE_PIXELS = 1200
_PAGE_POINTS = 518.4
"""Width of the page.  A figure over both columns of the paper fills it, so that 8-point text is as large as the page's
own."""

_FUNCTIONS = (
    *(answer, bounds.same_with, claim_figure, flips_by_choice, flips_text, hidden_note, hinges_on, interval_text),
    *(joint_outcome, level_text, measured_text, more_heading, n_flips, network_name, number_behind),
    *(panel_heading, plain_answer, rehearsal_text, says_more, shown, style, symbol),
)
"""Functions that the templates call, by their names."""

_NAME = re.compile(r"(?s:(<svg\b.*?</svg>|<(?:title|option|script|style)\b[^>]*>[^<]*))|\b([A-Z]-Nets?)\b(?=[^<>]*<)")
"""A network's name in the page's text, which must not break across lines; the first group skips elements to leave as
they are."""


def render_html(content: Content) -> str:
    """Return the page for ``content``; equal content gives equal text.

    All text is escaped.  The redrawn figures are embedded as images, so that their scripts do not run and their ids do
    not collide.
    """
    page = _environment().get_template("page.html.j2").render(content=content)
    page = re.sub(r"[ \t]*\n(?:[ \t]*\n)+", "\n", page) + "\n"
    return _NAME.sub(lambda found: found[1] or f'<span class="net">{found[2]}</span>', page)


@cache
def _environment() -> Environment:
    """Return the templates, compiled once, with the functions that they may call."""
    environment = Environment(
        loader=PackageLoader("replication.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"minus": true_minus, "duration": duration_text, "decimal": decimal}
    environment.filters |= {"svg_uri": _svg_uri, "shown_width": _shown_width}
    environment.globals |= {one.__name__: one for one in _FUNCTIONS}
    environment.globals |= {
        "bounds_note": bounds.NOTE,
        "bounds_ticks": bounds.TICKS,
        "bounds_width": bounds.WIDTH,
        "choices": CHOICES,
        "failures_heading": FAILURES_HEADING,
        "figure_width": WIDTH,
        "flips_note": FLIPS_NOTE,
        "main_claims": HEADING,
        "n_bounds_shown": bounds.SHOWN,
        "no_network": NO_NETWORK,
        "points": POINTS,
        "question": QUESTION,
        "takeaways_heading": TAKEAWAYS_HEADING,
        "paper_title": TITLE,
        "paper_authors": AUTHORS,
        "paper_year": YEAR,
        "cross": verdict_map.CROSS,
        "cross_at": verdict_map.CROSS_AT,
        "map_caption": verdict_map.CAPTION,
        "map_edge": verdict_map.EDGE,
        "map_labels": verdict_map.LABELS,
        "map_side": verdict_map.SIDE,
        "undefined_note": UNDEFINED_NOTE,
        "weak_note": WEAK_NOTE,
        "stylesheet": Markup(environment.get_template("style.css").render()),
        "script": Markup(environment.get_template("filter.js").render()),
    }
    return environment


def _svg_uri(svg: str) -> str:
    """Return a drawing as a data URI."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _shown_width(svg: str) -> int:
    """Return the width of a drawing in the page in pixels, given room; the full width if the drawing states none."""
    found = re.search(r'<svg[^>]* width="([0-9.]+)pt"', svg)
    return round(_PAGE_PIXELS * (float(found[1]) / _PAGE_POINTS if found else 1))
