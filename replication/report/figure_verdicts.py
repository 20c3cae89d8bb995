"""What the paper says about each of its figures, and what the same figure shows here."""

import re
from collections.abc import Sequence

from replication.judging.verdict import Verdict
from replication.paper import FIGURES, NETWORK_NAMES
from replication.words import count_text

_CITED = re.compile(r"Fig\. (?P<ids>(?:A\.)?\d+(?:, (?:A\.)?\d+)*)")


def figures_cited(place: str) -> tuple[str, ...]:
    """Return the figures that a claim's place cites, as numbered in the paper.

    >>> figures_cited("§4.3 ¶4 s5, Fig. 5, 6, A.7, A.8")
    ('5', '6', 'A.7', 'A.8')
    """
    found = _CITED.search(place)
    return tuple(found["ids"].split(", ")) if found else ()


def verdicts_on_figure(figure_id: str, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts on statements about a figure, for the networks that the paper says it shows.

    Args:
        figure_id: Figure number as printed; any other id has no verdicts.
        verdicts: All verdicts; the result keeps their order.
    """
    if figure_id not in FIGURES:
        return ()
    shown = FIGURES[figure_id].text_networks
    return tuple(
        verdict for verdict in verdicts if verdict.network in shown and figure_id in figures_cited(verdict.place)
    )


def what_is_judged(verdicts: Sequence[Verdict], drawn: str | None) -> str:
    """Return which networks the verdicts on a figure concern and which one the picture shows; empty without verdicts.

    Args:
        verdicts: Verdicts from ``verdicts_on_figure``, all on networks of one data set.
        drawn: Data set of the network that the picture shows.
    """
    if not verdicts:
        return ""
    network = verdicts[0].network
    name = NETWORK_NAMES[network]
    n = max(len(verdict.evidence.get("networks", ())) for verdict in verdicts)
    stand_in = next((one for verdict in verdicts if (one := verdict.evidence.get("stand_in"))), "")
    if drawn not in (None, network):
        shows = f"{NETWORK_NAMES[drawn]}, which its caption names"
    else:
        shows = "one of them" if n > 1 else "it"
    on = f"{count_text(n, 'network')} trained on {stand_in}" if stand_in else f"all {n} {name}s" if n > 1 else name
    return f"What the paper says about this figure, and the verdict on {on}. The picture shows {shows}."
