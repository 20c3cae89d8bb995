"""The report's section on other environments: every difference is told, in page and Markdown alike."""

import pytest
from handmade_readings import network, reading
from handmade_verdicts import HOSTILE, handful

from replication.report import gather, render_html, render_markdown
from replication.report.drift import drift_of

CHANGED = reading(
    "2.11.0",
    networks={
        "mnist/seed=0": network(shift=2**-18, n_flipped=1, nh=89.5, nh_raw=95.001, as_1=103, aes_1=47.5),
        "kmnist/seed=0": network("b" * 64),
    },
    answers={"4.1/one [mnist]": (False,), "4.1/one [kmnist]": (False,), "4.2/two [mnist]": (None,)},
    verdicts={"4.1/one [mnist]": "replicated", "4.2/two [mnist]": "replicated"},
)


def test_the_tables_by_hand():
    outputs, hits, claims = drift_of([CHANGED, reading()]).tables
    where = "torch 2.11.0, umap-learn 0.5.12, CPU AVX512"
    assert outputs.rows == (
        (where, "mnist/seed=0", "3.8e-06", "1 of 12", "3", "2.5"),
        (where, "kmnist/seed=0", "0", "0 of 12", "0", "0"),
    )
    assert hits.header == ("Environment", "Network", "data", "conv1", "conv2", "conv3", "fc1", "fc2", "out")
    assert hits.rows[0][2:5] == ("0.00 (0.00)", "0.00 (0.00)", "−0.50 (0.00)")
    assert claims.rows == ((where, "1 of 3: 4.1/one [mnist]", "1 of 2: 4.1/one [mnist]"),)


def test_the_sentences_name_the_networks_and_the_reference():
    first, reference, *_ = drift_of([CHANGED, reading()]).sentences
    assert first == "The same trained networks (mnist/seed=0, kmnist/seed=0) were measured in 2 environments."
    assert "from torch 2.15.0, umap-learn 0.5.12, CPU AVX512" in reference
    assert "compared on 5 test images" in reference


def test_another_commit_is_told():
    provenance = {**CHANGED.provenance, "commit": "d" * 40}
    elsewhere = reading("2.11.0", provenance={**provenance, "software": CHANGED.provenance["software"]})
    assert drift_of([elsewhere, reading()]).sentences[-1].startswith("The readings were made at 2 commits")
    assert "commits" not in " ".join(drift_of([CHANGED, reading()]).sentences)


def test_many_flips_are_counted_and_not_named():
    names = [f"4.1/{letter} [mnist]" for letter in "abcd"]
    one, other = (reading(torch, answers=dict.fromkeys(names, (torch == "2.11.0",))) for torch in ("2.11.0", "2.15.0"))
    assert drift_of([one, other]).tables[2].rows[0][1] == "4 of 4"


def test_what_cannot_be_compared_is_said():
    other = reading("2.11.0", networks={"mnist/seed=0": network("f" * 64)}, verdicts={}, judged_sha256={})
    outputs, _, claims = drift_of([other, reading()]).tables
    assert outputs.rows == ()
    assert claims.rows[0][1:] == ("nothing to compare", "nothing to compare")
    assert "nothing to compare" in render_html(gather(handful(), readings=[other, reading()]))


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ([], "No environment has been measured: replication drift measures one."),
        ([reading()], "were measured in 1 environment."),
    ],
)
def test_fewer_than_two_environments_have_no_table(readings, said):
    found = drift_of(readings)
    assert said in found.sentences[0]
    assert found.tables == ()


def test_page_and_markdown_tell_the_same():
    content = gather(handful(), readings=[CHANGED, reading()])
    page, text = render_html(content), render_markdown(content)
    for found in content.drift.tables:
        for cell in (cell for row in found.rows for cell in row):
            assert cell in page
            assert cell.replace("[", "\\[").replace("]", "\\]") in text
    assert '<a href="#drift">' in page
    assert '<h2 id="drift">' in page


def test_hostile_text_is_shown_and_not_run():
    hostile = reading("2.11.0", networks={HOSTILE: network()}, answers={HOSTILE: (True,)})
    content = gather(handful(), readings=[hostile, reading(networks={HOSTILE: network()}, answers={HOSTILE: (False,)})])
    assert "<script>alert" not in render_html(content)
    assert "<script>" not in render_markdown(content)
