"""The sentence ledger: complete, well formed, and refusing every way of being neither."""

import pytest

from replication.ledger import REASON_KINDS, load_ledger, read_ledger

SENTENCES_PER_PARAGRAPH = {
    "abstract": [5],
    "1": [5, 3, 6],
    "2": [5, 5, 6, 1],
    "3.1": [10, 3],
    "3.2": [5, 7, 8],
    "4.1": [4, 5, 5, 6],
    "4.2": [8, 12],
    "4.3": [2, 3, 10, 11, 6],
    "5": [5, 6, 4, 5],
    "figure 1": [2],
    "figure 2": [1],
    "figure 3": [3],
    "figure 4": [2],
    "figure 5": [4],
    "figure 6": [1],
    "figure A.1": [1],
    "figure A.2": [1],
    "figure A.3": [1],
    "figure A.4": [2],
    "figure A.5": [1],
    "figure A.6": [2],
    "figure A.7": [1],
    "figure A.8": [1],
}
"""Sentences as counted in the paper, paragraph by paragraph."""


def expected_ids(counts: dict[str, list[int]]) -> list[str]:
    """Ids of all sentences, in the order of the paper."""
    return [
        f"{section}/{number}.{sentence}"
        for section, paragraphs in counts.items()
        for number, n_sentences in enumerate(paragraphs, start=1)
        for sentence in range(1, n_sentences + 1)
    ]


def paragraph(sentences: str, *, section: str = "4.1", number: int = 1, n_sentences: int = 1) -> str:
    """One paragraph of a ledger file."""
    head = f'[[paragraph]]\nsection = "{section}"\nnumber = {number}\nn_sentences = {n_sentences}\n'
    return f"{head}sentences = [{sentences}]\n"


GOOD = '{ s = 1, gist = "g", claims = ["4.1/most-harmed-class"] }'


def test_every_sentence_has_its_row_in_order() -> None:
    assert [row.id for row in load_ledger()] == expected_ids(SENTENCES_PER_PARAGRAPH)


def test_a_missing_last_sentence_is_noticed() -> None:
    assert [row.id for row in load_ledger()[:-1]] != expected_ids(SENTENCES_PER_PARAGRAPH)


def test_each_row_has_claims_or_a_reason() -> None:
    for row in load_ledger():
        assert bool(row.claims) != bool(row.reason), row.id
        assert row.kind in {"claim", *REASON_KINDS}, row.id


def test_gists_are_sentences_of_their_own() -> None:
    gists = [row.gist for row in load_ledger()]
    assert all(gist[0].isupper() or gist[0].islower() or gist[0].isdigit() for gist in gists)
    assert all(gist.endswith((".", "?")) and len(gist) <= 120 for gist in gists)


def test_results_are_mostly_claims() -> None:
    results = [row for row in load_ledger() if row.place.startswith("§4")]
    assert sum(row.kind == "claim" for row in results) > len(results) / 2


def test_places_read_as_in_the_paper() -> None:
    places = {row.id: row.place for row in load_ledger()}
    assert places["4.1/2.3"] == "§4.1 ¶2 s3"
    assert places["abstract/1.4"] == "Abstract s4"
    assert places["figure A.4/1.2"] == "Figure A.4 s2"


def test_a_good_file_is_read() -> None:
    row = read_ledger(paragraph(GOOD))[0]
    assert (row.id, row.place, row.gist, row.claims, row.reason) == (
        "4.1/1.1",
        "§4.1 ¶1 s1",
        "g",
        ("4.1/most-harmed-class",),
        "",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(paragraph(GOOD, n_sentences=2), r"has sentences \[1\] where \[1, 2\] are due", id="missing"),
        pytest.param(paragraph(f"{GOOD}, {GOOD}", n_sentences=2), r"has sentences \[1, 1\]", id="doubled"),
        pytest.param(paragraph(GOOD, number=2), "paragraph 2 where 1 is due", id="paragraph out of order"),
        pytest.param(paragraph(GOOD, section="4.4"), "no section '4.4'", id="unknown section"),
        pytest.param(paragraph('{ s = 1, gist = "g" }'), "either claims or a reason", id="neither"),
        pytest.param(
            paragraph('{ s = 1, gist = "g", claims = ["5/a"], reason = "method: b" }'),
            "either claims or a reason",
            id="both",
        ),
        pytest.param(paragraph('{ s = 1, gist = "", claims = ["5/a"] }'), "has no gist", id="no gist"),
        pytest.param(paragraph('{ s = 1, gist = "g", claims = ["4.1/Most"] }'), "names the claim", id="claim's case"),
        pytest.param(
            paragraph('{ s = 1, gist = "g", claims = ["2/a"] }'),
            "'2/a', expected one of abstract, 3.1, .* 5, A, a slash",
            id="claim's section",
        ),
        pytest.param(paragraph('{ s = 1, gist = "g", claims = ["5/a", "5/a"] }'), "claim twice", id="claim twice"),
        pytest.param(paragraph('{ s = 1, gist = "g", reason = "because" }'), "has the reason", id="reason's kind"),
        pytest.param(paragraph('{ s = 1, gist = "g", reason = "method: " }'), "has the reason", id="empty reason"),
        pytest.param(paragraph('{ s = 1, gist = "g", claim = ["5/a"] }'), "unknown keys", id="misspelled key"),
        pytest.param(paragraph(GOOD) + "page = 3\n", "unknown keys", id="misspelled key of a paragraph"),
    ],
)
def test_a_bad_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_ledger(text)
