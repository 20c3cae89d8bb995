"""What the paper says of each of its figures, and what the same figure shows here."""

import re
from collections.abc import Sequence

from replication.judging.verdict import Verdict
from replication.paper import FIGURES

_CITED = re.compile(r"Fig\. (?P<ids>(?:A\.)?\d+(?:, (?:A\.)?\d+)*)")


def figures_cited(place: str) -> tuple[str, ...]:
    """Return the figures that a claim's place cites, by the number they are printed with.

    >>> figures_cited("§4.3 ¶4 s5, Fig. 5, 6, A.7, A.8")
    ('5', '6', 'A.7', 'A.8')
    """
    found = _CITED.search(place)
    return tuple(found["ids"].split(", ")) if found else ()


def verdicts_on_figure(figure_id: str, verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts on what the paper says of a figure, of the networks that the text says it shows.

    Args:
        figure_id: As printed; another id has none.
        verdicts: All verdicts, in the order in which they shall stand.
    """
    if figure_id not in FIGURES:
        return ()
    shown = FIGURES[figure_id].text_networks
    return tuple(
        verdict for verdict in verdicts if verdict.network in shown and figure_id in figures_cited(verdict.place)
    )
