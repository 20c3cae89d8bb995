"""All figures of a run, drawn in worker processes while this process does other work."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache, partial

from replication.evidence import Evidence, load_networks
from replication.figures.registry import FIGURES, draw
from replication.figures.saving import svg_text
from replication.figures.subject import NoNetworkError
from replication.machine import usable_cores
from replication.processes import beside
from replication.run_folder import RunFolder
from replication.study import NetworkId

MOST_WORKERS = 4
"""Each worker takes about two seconds to start and to load the evidence."""

Drawn = tuple[str, str | None]
"""Id of a figure, and the figure as an ``<svg>`` element; None if the evidence has no network for it."""


def drawn_beside(run: RunFolder, evidence: Evidence) -> AbstractContextManager[Iterator[Drawn]]:
    """Draw all figures while the body of the ``with`` statement does other work, such as judging the evidence.

    Args:
        run: The run from which the workers load the evidence.
        evidence: Its evidence; the figures show exactly these networks.

    Returns:
        Context manager.  Its value is an iterator of figures in order of completion, which waits for each.  Leaving the
        context ends the drawing.  The iterator raises ``CorruptArtefactError`` if measurements were damaged since the
        evidence was loaded.
    """
    network_ids = tuple(NetworkId.parse(network.network) for network in evidence.all_networks())
    # The last take longest.
    calls = {figure_id: partial(_svg, figure_id, run, network_ids) for figure_id in reversed(tuple(FIGURES))}
    return beside(calls, min(usable_cores(), MOST_WORKERS))


def _svg(figure_id: str, run: RunFolder, network_ids: tuple[NetworkId, ...]) -> str | None:
    """Return a figure as an ``<svg>`` element, or None if no network has what it shows."""
    try:
        return svg_text(draw(figure_id, _evidence(run, network_ids)))
    except NoNetworkError:
        return None


@cache
def _evidence(run: RunFolder, network_ids: tuple[NetworkId, ...]) -> Evidence:
    """Load the networks once in each worker."""
    return Evidence(run.profile(), load_networks(run, network_ids))
