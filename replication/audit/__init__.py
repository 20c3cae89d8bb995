"""Check the paper's own arithmetic, without any network, data set or GPU.

Input: the numbers, figures and statements of ``replication.paper``.  Output: findings.  Each statement holds, is
contradicted by the paper itself, or calls for a remark.
"""

from collections.abc import Mapping

from replication.audit.correlations import correlation_findings
from replication.audit.counts import count_findings
from replication.audit.finding import Finding as Finding, Outcome as Outcome
from replication.audit.wording import caption_findings, statement_findings
from replication.paper import FIGURES, REPORTED, SEPARATION_FALLS, Figure, Reported


def audit(
    reported: Mapping[str, Reported] = REPORTED,
    figures: Mapping[str, Figure] = FIGURES,
    separation_falls: Mapping[str, tuple[str, ...]] = SEPARATION_FALLS,
) -> tuple[Finding, ...]:
    """Check the paper's statements against its own numbers.

    Args:
        reported: The paper's numbers by key; by default as printed.
        figures: The paper's figures by number; by default as printed.
        separation_falls: Layers in which ablation affects the separation of classes, by sentence; by default as
            printed.

    Returns:
        The findings: counts, then correlations, figures and statements.  Ids are unique.

    Raises:
        KeyError: A number that a check needs is missing.
        ValueError: The printed text of a percentage, coefficient or p value is not a number.

    >>> [finding.id for finding in audit() if finding.outcome == "contradicted"]
    ['neurons-per-kernel', 'captions']
    """
    return (
        *count_findings(reported),
        *correlation_findings(reported),
        *caption_findings(figures),
        *statement_findings(separation_falls),
    )
