"""Bounds that were set here: what is told of them, and which verdicts hang on them most."""

import math
from dataclasses import replace

import pytest
from handmade_verdicts import rehearsed, source, verdict

from replication.judging.bound import Bound
from replication.report import gather
from replication.report.bounds import EDGE, SHOWN, TICKS, WIDTH, bounds, kept_text, same_with
from replication.report.html import render_html
from replication.report.markdown import render_markdown

SIX = (1.0,) * 6


def bounded(claim_id="4.1/classes-differ", network="mnist", *, asked=2.0, low=-math.inf, high=math.inf, **rest):
    """A verdict that rests on a bound; six networks, of which one is undefined."""
    one = verdict(claim_id, network, values=SIX, evidence=rest.pop("evidence", source(network, 6)), **rest)
    numbers = (asked / 2, asked, asked * 2, asked * 99, -1.0, math.nan)
    bound = Bound("much more", "at least", asked, numbers, low, high)
    return replace(one, judgement=replace(one.judgement, bound=bound))


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-math.inf, math.inf, "any"),
        (-math.inf, 2.38514, "below 2.38"),  # rounded towards the bound of 2, so that each that is named is one
        (1.66395, math.inf, "above 1.67"),
        (1.13, 2.4, "above 1.13 and below 2.4"),
        (1.99996, 2.00004, "above 1.99996 and below 2.00004"),  # more digits where three would tell the bound itself
        (-math.inf, 2.0, "below 2"),
        (-0.5, math.inf, "above -0.5"),
    ],
)
def test_the_bounds_with_the_same_verdict_are_told(low, high, text):
    assert kept_text(Bound("much", "at least", 2.0, (), low, high)) == text


def test_ends_that_give_the_same_verdict_are_told_as_such():
    assert kept_text(Bound("many", "at least", 5.0, (), 4.0, 9.0, with_high=True)) == "above 4 and up to 9"
    assert kept_text(Bound("many", "at least", 5.0, (), 4.0, 9.0, with_low=True)) == "from 4 and below 9"


def test_verdicts_that_the_nearest_bound_would_change_stand_first():
    far, near, never = bounded("4.1/a", low=1.0), bounded("4.1/b", high=2.2), bounded("4.1/c")
    below_zero = bounded("4.1/d", low=-3.0)  # no fraction of the bound gets there
    rows = bounds([never, far, below_zero, near]).rows
    assert [row.verdict.id for row in rows] == ["4.1/b", "4.1/a", "4.1/c", "4.1/d"]
    assert [row.factor for row in rows] == pytest.approx([1.1, 2, math.inf, math.inf])


def test_only_verdicts_on_enough_networks_of_the_paper_count():
    few = bounded(evidence=source("mnist", 4))
    few = replace(few, judgement=replace(few.judgement, values=SIX[:4]))
    assert bounds([few, bounded(evidence=rehearsed()), verdict(values=SIX)]).rows == ()
    assert bounds([]).sentence == ""
    assert same_with(few) == ""
    assert same_with(verdict()) == ""
    assert same_with(bounded(high=2.2)) == "below 2.2"


def test_the_sentence_counts_what_moved_bounds_would_change():
    cases = [{}, {"high": 2.2}, {"low": 1.9}, {"low": 1.2}, {"high": 2.9}, {"low": 1.6, "high": 2.4}, {"high": 2.0}]
    undecided = replace(bounded("4.1/u"), judgement=replace(bounded().judgement, outcome="inconclusive"))
    found = bounds([*(bounded(f"4.1/{n}", **ends) for n, ends in enumerate(cases)), undecided])
    assert found.sentence == (
        "Words such as 'much more', for which the paper gives no number: 8 verdicts on enough networks rest on a bound "
        "set by this suite. 4 would change if the bound were 25 % smaller or larger. 6, including these, would change "
        "if it were 50 % smaller or larger."
    )
    assert found.of_the_others == (
        "0 would change only with a larger move. The other 2 do not depend on the bound: with any bound, 1 would be "
        "decided the same way, and 1 would stay inconclusive because too many networks are undefined."
    )
    assert "1 verdict on enough networks rests on a bound set by this suite." in bounds([bounded()]).sentence


def test_the_picture_is_drawn_in_multiples_of_the_bound():
    picture = bounds([bounded(asked=0.5, low=0.25, high=math.inf)]).rows[0].picture
    middle, right = WIDTH / 2, WIDTH - EDGE
    one_doubling = (WIDTH - 2 * EDGE) / 4
    # Half of it, itself, twice it; far more and less than nothing are at the edges; an undefined one is not drawn.
    assert picture.dots == (middle - one_doubling, middle, middle + one_doubling, right, EDGE)
    assert picture.band == (middle - one_doubling, right)
    assert picture.description == "5 networks, -1 to 49.5; same verdict with a bound: above 0.25"
    one = bounded()
    bound = replace(one.judgement.bound, numbers=(math.nan,) * 5 + (3.0,))
    (row,) = bounds([replace(one, judgement=replace(one.judgement, bound=bound))]).rows
    assert row.picture.description == "1 network, 3; same verdict with a bound: any"
    assert [x for x, _ in TICKS] == [EDGE, middle - one_doubling, middle, middle + one_doubling, right]


def test_page_and_markdown_show_them_where_there_are_any():
    told = "'much more': at least 2"
    content = gather([bounded(high=2.2)])
    assert told in render_markdown(content)
    assert told.replace("'", "&#39;") in render_html(content)
    assert "- Same verdict if the bound is: below 2.2" in render_markdown(content)
    assert "<dt>Same if the bound is</dt><dd>below 2.2</dd>" in render_html(content)
    assert '<a href="#bounds">' in render_html(content)
    nothing = gather([verdict()])
    assert not any("Bounds set by this suite" in page for page in (render_markdown(nothing), render_html(nothing)))
    assert "#bounds" not in render_html(nothing)


def test_rows_beyond_those_shown_unfold():
    def page(n):
        return render_html(gather([bounded(f"4.1/{number}", high=2.2) for number in range(n)]))

    assert "<summary>The other" not in page(SHOWN)
    assert page(SHOWN).count('<table class="compact bounds">') == 1
    more = page(SHOWN + 2)
    assert "<summary>The other 2: " in more
    assert more.index("<summary>The other 2") < more.rindex('<table class="compact bounds">')
