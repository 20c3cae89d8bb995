"""Whether the paper holds, in a word and a sentence."""

import html

import pytest
from handmade_verdicts import rehearsed, unmarked, verdict
from small_evidence import small_evidence

from claims import REGISTRY
from replication.judging import judge_all
from replication.report import render_html, render_markdown
from replication.report.cards import Card
from replication.report.content import gather
from replication.report.headlines import Headline
from replication.report.markdown_text import escape
from replication.report.short_answer import QUESTION, short_answer

HELD, FAILED, OPEN = "replicated", "not replicated", "inconclusive"


def headline(clause, *outcomes, **changed):
    """A main claim with an outcome on each of so many data sets."""
    networks = ("mnist", "kmnist", "fashion")[: len(outcomes)]
    verdicts = [
        verdict(network=network, outcome=outcome, **changed)
        for network, outcome in zip(networks, outcomes, strict=True)
    ]
    return Headline("It is so.", clause, {"": Card("4.1/classes-differ", "", tuple(verdicts), "")})


@pytest.mark.parametrize(
    ("fates", "word", "text"),
    [
        ([(HELD, HELD, HELD)], "Yes.", "One main claim of the paper holds on each data set tested: that a."),
        (
            [(HELD,), (HELD,)],
            "Yes.",
            "All of the paper's two main claims hold on each data set tested: that a, and that b.",
        ),
        ([(HELD, OPEN, OPEN)], "In part.", "One main claim of the paper holds on some data sets only: that a."),
        (
            [(FAILED, FAILED, HELD), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (FAILED, OPEN, HELD)],
            "In part.",
            "Two of the paper's four main claims hold on some data sets only: that a, and that d. "
            "Two cannot be decided on any data set: that b, and that c.",
        ),
        (
            [(HELD, HELD, HELD), (FAILED, FAILED, FAILED)],
            "In part.",
            "One of the paper's two main claims holds on each data set tested: that a. "
            "One holds on no data set: that b.",
        ),
        (
            [(FAILED, FAILED, OPEN), (FAILED, FAILED, FAILED)],
            "No.",
            "All of the paper's two main claims hold on no data set: that a, and that b.",
        ),
        (
            [(OPEN, OPEN, "not testable"), (FAILED, OPEN, OPEN)],
            "Not where it can be decided.",
            "One of the paper's two main claims holds on no data set: that b. "
            "One cannot be decided on any data set: that a.",
        ),
        ([(OPEN, OPEN, OPEN)], "Undecided.", "One main claim of the paper cannot be decided on any data set: that a."),
    ],
)
def test_the_answer_is_yes_if_all_holds_everywhere_and_no_if_nothing_holds_anywhere(fates, word, text):
    answer = short_answer([headline(clause, *outcomes) for clause, outcomes in zip("abcd", fates, strict=False)])
    assert (answer.word, answer.text) == (word, text)


def test_a_rehearsal_answers_nothing_and_counts_for_nothing():
    rehearsal = headline("a", HELD, FAILED, HELD, evidence=rehearsed())
    assert short_answer([]) is None
    assert short_answer([rehearsal]) is None
    answer = short_answer([rehearsal, headline("b", FAILED)])
    assert (answer.word, answer.text) == ("No.", "One main claim of the paper holds on no data set: that b.")


def test_the_answer_is_the_first_that_page_and_text_say():
    content = gather(judge_all(REGISTRY, small_evidence(n_seeds=6, profile="paper")))
    answer = content.short_answer
    beginning, _, _ = html.unescape(unmarked(render_html(content))).partition(content.summary.sentences[0])
    assert f"<strong>{QUESTION} {answer.word}</strong> {answer.text}" in beginning
    before, _, _ = render_markdown(content).partition(escape(content.summary.sentences[0]))
    assert before.endswith(f"**{QUESTION} {answer.word}** {escape(answer.text)}\n\n")

    rehearsal = gather(judge_all(REGISTRY, small_evidence(("digits",), 2, profile="digits")))
    assert rehearsal.short_answer is None
    assert QUESTION not in render_html(rehearsal)
    assert QUESTION not in render_markdown(rehearsal)
