"""The short answer and the takeaways in Markdown, for the report and for README.md."""

from collections.abc import Iterator, Mapping

from replication.report.cards import network_name
from replication.report.content import Content
from replication.report.headlines import HEADING, Headline, outcome_text, plain_answer
from replication.report.known import TAKEAWAYS_HEADING
from replication.report.markdown_text import Markup, escape, marked, table
from replication.report.outcomes import Shown, symbol
from replication.report.short_answer import POINTS, ShortAnswer


def answer_in_markdown(answer: ShortAnswer, question: str = "") -> str:
    """Return whether the paper holds, and where each of its main claims does, in one block.

    Args:
        answer: The answer.
        question: What it answers; empty if that is said before.
    """
    head = f"**{' '.join(filter(None, [question, answer.word]))}**"
    points = (f"- *{escape(gist)}* {escape(outcome)}" for gist, outcome in answer.points)
    return "\n".join([f"{head} {POINTS}:", "", *points])


def takeaways_in_markdown(content: Content) -> Iterator[str]:
    """Yield one block each: the most important findings, the paper's main claims, the counts, and what is open."""
    summary = content.summary
    lead, *others = summary.sentences
    yield escape(f"{lead} {summary.paper_itself}".rstrip())
    if content.takeaways:
        texts = (f"**{escape(one.headline)}** {escape(one.text)}" for one in content.takeaways)
        yield "\n".join([f"{TAKEAWAYS_HEADING}:", "", *(f"{n}. {one}" for n, one in enumerate(texts, start=1))])
    if content.headlines:
        listed = [line for n, one in enumerate(content.headlines, start=1) for line in _finding(n, one)]
        yield "\n".join([f"{HEADING}:", "", *listed])
    if summary.columns:
        rows = (*summary.by_section, *summary.totals)
        yield f"Verdicts by section: {' · '.join(map(marked, summary.counts))}."
        yield table(
            ("Section", *summary.columns),
            ((heading, *map(_counts, of_row)) for heading, of_row in rows),
        )
    if others:
        yield "\n".join(["How firm this is:", "", *(f"- {escape(text)}" for text in others)])
    if content.undecided:
        yield "\n".join(["What this evidence cannot decide:", "", *(f"- {escape(text)}" for text in content.undecided)])


def _counts(counts: Mapping[Shown, int]) -> Markup:
    """Return the count and symbol of each outcome that occurs; no line breaks between the two."""
    return Markup(" · ".join(f"{n}\N{NO-BREAK SPACE}{symbol(outcome)}" for outcome, n in counts.items() if n))


def _finding(n: int, headline: Headline) -> Iterator[str]:
    """Yield the claim with its overall outcome in bold, then one line per network in a fold."""
    yield f"{n}. {escape(headline.sentence)} **{escape(plain_answer(headline))}**"
    yield "   <details><summary>network by network</summary>"
    yield ""
    for verdicts in headline.by_network:
        yield f"   - {escape(network_name(verdicts[0].network))}: {escape(outcome_text(headline, verdicts))}"
    yield ""
    if headline.note:
        yield f"   {escape(headline.note)}"
    yield "   </details>"
