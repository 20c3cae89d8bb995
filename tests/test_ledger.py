"""The sentence ledger: complete and well formed."""

import re

from replication.ledger import load_ledger

CLAIM = r"(abstract|3\.1|3\.2|4\.1|4\.2|4\.3|5|A)/[a-z0-9]+(-[a-z0-9]+)*"
"""A section of the paper, or A for the paper's numbers themselves, and words in lower case joined by hyphens."""

REASON = r"(background|method|definition|interpretation|outlook|pointer|caveat|limits): .+"
"""The kind of a reason, and the reason."""

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


def test_every_sentence_has_its_row_in_order() -> None:
    assert [row.id for row in load_ledger()] == expected_ids(SENTENCES_PER_PARAGRAPH)


def test_each_row_has_claims_or_a_reason() -> None:
    for row in load_ledger():
        assert bool(row.claims) != bool(row.reason), row.id
        assert len(set(row.claims)) == len(row.claims), row.id
        assert all(re.fullmatch(CLAIM, claim) for claim in row.claims), row.id
        assert row.claims or re.fullmatch(REASON, row.reason), row.id


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
