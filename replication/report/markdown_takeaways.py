"""What a reader should take away, in Markdown, for the report and for README.md."""

from collections.abc import Iterator

from replication.report.cards import Card, network_name
from replication.report.content import Content
from replication.report.headlines import outcome_text
from replication.report.markdown_text import escape


def takeaways_in_markdown(content: Content) -> Iterator[str]:
    """Yield what became of the paper's main claims and what the evidence cannot decide, a block each."""
    if content.headlines:
        listed = [f"{n}. {_finding(card)}" for n, card in enumerate(content.headlines, start=1)]
        yield "\n".join(["Three of the paper's main claims, and what became of them:", "", *listed])
    if content.undecided:
        yield "\n".join(["What this evidence cannot decide:", "", *(f"- {escape(text)}" for text in content.undecided)])


def _finding(card: Card) -> str:
    """Return the claim, and in bold what became of it on every network."""
    outcomes = "; ".join(f"{network_name(verdict.network)}: {outcome_text(verdict)}" for verdict in card.verdicts)
    return f"{escape(card.sentence)} **{escape(outcomes)}.**"
