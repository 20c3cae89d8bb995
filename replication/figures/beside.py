"""All figures of a run, drawn in worker processes while this process does other work."""

from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
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
"""Maximum number of workers; each takes about two seconds to start and to load the evidence."""

Drawn = tuple[str, str | None]
"""Id of a figure, and the figure as an ``<svg>`` element; None if the evidence has no network for it."""


@contextmanager
def drawn_beside(run: RunFolder, evidence: Evidence) -> Iterator[Iterator[Drawn]]:
    """Draw all figures while the body of the ``with`` statement does other work, such as judging the evidence.

    A script must do so under ``if __name__ == "__main__":``, because each worker imports the script.

    Args:
        run: The run from which the workers load the evidence.
        evidence: Its evidence; the figures show exactly these networks.

    Yields:
        Iterator of figures in order of completion, which waits for each.  If a worker is killed, for example because
        memory is short, this process draws the figures that are left.  The iterator raises ``CorruptArtefactError`` if
        measurements were damaged since the evidence was loaded.
    """
    network_ids = tuple(NetworkId.parse(network.network) for network in evidence.all_networks())
    # The last take longest.
    calls = {figure_id: partial(_svg, figure_id, run, network_ids) for figure_id in reversed(tuple(FIGURES))}
    with beside(calls, min(usable_cores(), MOST_WORKERS)) as results:
        yield _all_of(calls, results, evidence)


def _all_of(figure_ids: Iterable[str], results: Iterator[Drawn], evidence: Evidence) -> Iterator[Drawn]:
    """Yield the workers' figures, and those that they leave undrawn if one is killed."""
    left = dict.fromkeys(figure_ids)
    try:
        for figure_id, svg in results:
            del left[figure_id]
            yield figure_id, svg
    except BrokenProcessPool:
        yield from ((figure_id, _svg_of(figure_id, evidence)) for figure_id in left)


def _svg(figure_id: str, run: RunFolder, network_ids: tuple[NetworkId, ...]) -> str | None:
    """Return a figure of a run's networks; see ``_svg_of``."""
    return _svg_of(figure_id, _evidence(run, network_ids))


def _svg_of(figure_id: str, evidence: Evidence) -> str | None:
    """Return a figure as an ``<svg>`` element, or None if no network has what it shows."""
    try:
        return svg_text(draw(figure_id, evidence))
    except NoNetworkError:
        return None


@cache
def _evidence(run: RunFolder, network_ids: tuple[NetworkId, ...]) -> Evidence:
    """Load the networks once in each worker."""
    return Evidence(run.profile(), load_networks(run, network_ids))
