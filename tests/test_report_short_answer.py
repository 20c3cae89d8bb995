"""Whether the paper holds, in a word, and where each main claim does."""

import html
from dataclasses import replace

import pytest
from handmade_verdicts import rehearsed, source, unmarked, verdict
from small_evidence import small_verdicts

from claims.main_claims import MAIN_CLAIMS
from replication.judging import Criterion
from replication.judging.least_networks import LEAST_AGREEING
from replication.judging.rules.correlation import SIZE
from replication.report import render_html, render_markdown
from replication.report.cards import Card
from replication.report.content import gather
from replication.report.headlines import Headline, plain_answer
from replication.report.markdown_text import escape
from replication.report.short_answer import POINTS, QUESTION, short_answer

HELD, FAILED, OPEN = "replicated", "not replicated", "inconclusive"


def headline(gist, *outcomes, denied_for=(), **changed):
    """A main claim with an outcome on each of so many data sets."""
    networks = ("mnist", "kmnist", "fashion")[: len(outcomes)]
    verdicts = [
        verdict(network=network, outcome=outcome, **changed)
        for network, outcome in zip(networks, outcomes, strict=True)
    ]
    card = Card("4.1/classes-differ", "", tuple(verdicts), "")
    return Headline("It is so.", gist, {"": card}, denied_for=denied_for)


@pytest.mark.parametrize(
    ("fates", "word"),
    [
        ([(HELD, HELD, HELD)], "Yes."),
        ([(HELD,), (HELD,)], "Yes."),
        ([(HELD, OPEN, OPEN)], "In part."),
        ([(FAILED, FAILED, HELD), (OPEN, OPEN, OPEN), (FAILED, OPEN, HELD)], "In part."),
        ([(HELD, HELD, HELD), (FAILED, FAILED, FAILED)], "In part."),
        ([(FAILED, FAILED, OPEN), (FAILED, FAILED, FAILED)], "No."),
        ([(OPEN, OPEN, "not testable"), (FAILED, OPEN, OPEN)], "Not where it can be decided."),
        ([(OPEN, OPEN, OPEN)], "Undecided."),
    ],
)
def test_the_answer_is_yes_if_all_holds_everywhere_and_no_if_nothing_holds_anywhere(fates, word):
    answer = short_answer([headline(gist, *outcomes) for gist, outcomes in zip("abcd", fates, strict=False)])
    assert answer.word == word
    assert [gist for gist, _ in answer.points] == list("abcd")[: len(fates)]


@pytest.mark.parametrize(
    ("outcomes", "denied_for", "text"),
    [
        ((HELD, HELD, HELD), (), "Holds on all three data sets."),
        ((FAILED, FAILED, HELD), (), "Holds on Fashion-MNIST; does not hold on MNIST and KMNIST."),
        ((HELD, OPEN), (), "Holds on MNIST; undecided on KMNIST."),
        (
            (FAILED, FAILED, HELD),
            ("mnist",),
            "Holds on Fashion-MNIST; does not hold on KMNIST; found on MNIST too, against the paper.",
        ),
        ((HELD, HELD, HELD), ("mnist",), "Holds on KMNIST and Fashion-MNIST; not found on MNIST, as the paper says."),
        ((OPEN, HELD, HELD), ("mnist",), "Holds on KMNIST and Fashion-MNIST; undecided on MNIST."),
    ],
)
def test_of_each_claim_it_says_where_it_holds(outcomes, denied_for, text):
    enough = {"values": (1.0,) * LEAST_AGREEING}
    (point,) = short_answer([headline("It is.", *outcomes, denied_for=denied_for, **enough)]).points
    assert point == ("It is.", text)


def test_a_claim_that_holds_by_a_weak_test_only_is_not_counted_as_holding():
    weak = headline("a", HELD, HELD, HELD, uninformative="it can hardly fail", values=(1.0,) * LEAST_AGREEING)
    answer = short_answer([weak])
    assert answer.word == "Undecided."
    assert answer.points == (("a", "Holds on all three data sets by a weak test."),)
    assert short_answer([weak, headline("b", HELD, HELD, HELD)]).word == "In part."


def test_what_the_paper_does_not_find_may_be_found_reversed():
    changed = {"values": (1.0,) * LEAST_AGREEING, "denied_for": ("mnist",)}
    found = headline("", FAILED, HELD, measured=0.5, **changed)
    assert plain_answer(found) == "Holds in K-Net; found in M-Net too, against the paper."
    (card,) = found.parts.values()
    fitting = [
        replace(one, judgement=replace(one.judgement, criteria=(Criterion(SIZE, fits, ""),)))
        for one, fits in zip(card.verdicts, (True, False), strict=True)
    ]
    fits = replace(found, parts={"": replace(card, verdicts=tuple(fitting))})
    assert plain_answer(fits) == "Holds in K-Net; found in M-Net too, against the paper's words but not its number."
    reverse = headline("", FAILED, HELD, measured=-0.5, **changed)
    assert plain_answer(reverse) == "Holds in K-Net; the reverse found in M-Net, against the paper."


def test_a_rehearsal_answers_nothing_and_counts_for_nothing():
    rehearsal = headline("a", HELD, FAILED, HELD, evidence=rehearsed())
    assert short_answer([]) is None
    assert short_answer([rehearsal]) is None
    absent = replace(verdict(network="kmnist", outcome="not testable"), evidence=source("kmnist", 0))
    (card,) = headline("a", HELD, evidence=rehearsed()).parts.values()
    without = Headline("It is so.", "a", {"": replace(card, verdicts=(*card.verdicts, absent))})
    assert short_answer([without]) is None, "no network of a data set decides no more than a rehearsal"
    assert plain_answer(without) == "A rehearsal, which decides nothing."
    nothing = Headline("It is so.", "a", {"": replace(card, verdicts=(absent,))})
    assert plain_answer(nothing) == "Not testable in K-Net.", "no network at all is no rehearsal"
    answer = short_answer([rehearsal, headline("b", FAILED)])
    assert (answer.word, answer.points) == ("No.", (("b", "Does not hold on MNIST."),))


def test_the_answer_is_the_first_that_page_and_text_say():
    content = gather(small_verdicts(n_seeds=6), main_claims=MAIN_CLAIMS)
    answer = content.short_answer
    beginning, _, _ = html.unescape(unmarked(render_html(content))).partition(content.summary.sentences[0])
    assert f"<strong>{QUESTION} {answer.word}</strong> {POINTS}:" in beginning
    before, _, _ = render_markdown(content).partition(escape(content.summary.sentences[0]))
    assert f"**{QUESTION} {answer.word}** {POINTS}:\n\n- *" in before
    assert len(answer.points) == len(content.headlines)
    for gist, outcome in answer.points:
        assert f"<li>{gist} <strong>{outcome}</strong></li>" in beginning
        assert f"- *{escape(gist)}* {escape(outcome)}\n" in before

    rehearsal = gather(small_verdicts(("digits",), 2, profile="digits"), main_claims=MAIN_CLAIMS)
    assert rehearsal.short_answer is None
    assert QUESTION not in render_html(rehearsal)
    assert QUESTION not in render_markdown(rehearsal)
