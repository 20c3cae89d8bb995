"""The first sentences of the report, by hand for each kind of evidence."""

from dataclasses import replace

import pytest
from handmade_verdicts import handful, rehearsed, source, verdict

from replication.report.cards import sections_in_paper_order
from replication.report.lead import lead, paper_itself

WEAK = "it would also be true of 90% of networks in which nothing means anything"


def lead_of(verdicts):
    return lead(sections_in_paper_order(verdicts, (), {}))


def on_all(claim_id, *outcomes, n=6, **more):
    """One claim's verdicts on the paper's data sets, as many as there are outcomes."""
    networks = ("mnist", "kmnist", "fashion")[: len(outcomes)]
    return [
        verdict(claim_id, network, outcome, evidence=source(network, n), **more)
        for network, outcome in zip(networks, outcomes, strict=True)
    ]


def test_all_data_sets_as_often():
    verdicts = [
        *on_all("4.1/a", "replicated", "replicated", "replicated"),
        *on_all("4.1/b", "not replicated", "not replicated", "not replicated"),
        *on_all("4.1/c", "replicated", "replicated", "replicated", uninformative=WEAK),
        *on_all("4.1/d", "replicated", "inconclusive", "not testable"),
        *on_all("4.1/e", "not replicated"),
    ]
    assert lead_of(verdicts) == (
        "The paper's network was trained here six times on each of its three data sets. 5 of the paper's claims were "
        "tested on those networks, with 13 verdicts, one per claim and data set: 4 replicated, 3 replicated by a weak "
        "test, 4 not replicated, 1 inconclusive, 1 not testable. A weak test is one that most networks would pass by "
        "chance or untrained, or whose interval does not exclude the contrary. Of the 4 claims tested on all three, "
        "1 replicates in all three (weak tests "
        "not counted), and 1 fails in all three."
    )


def test_more_and_none_that_fare_alike_everywhere():
    same = [one for name in "ab" for one in on_all(f"4.1/{name}", *["not replicated"] * 3)]
    assert lead_of(same).endswith(
        " 6 not replicated. Of the 2 claims tested on all three, none replicates in all three (weak tests not "
        "counted), and 2 fail in all three."
    )


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((1, 1, 1), "once on each of its three data sets."),
        ((2, 2, 2), "twice on each of its three data sets."),
        ((13, 13, 13), "13 times on each of its three data sets."),
        ((6, 13, 10), "between six and 13 times on each of its three data sets."),
        ((6, 10), "between six and ten times on each of two of its three data sets, MNIST and KMNIST."),
        ((6,), "six times on one of its three data sets, MNIST."),
    ],
)
def test_how_often_and_on_what(counts, told):
    networks = ("mnist", "kmnist", "fashion")[: len(counts)]
    verdicts = [verdict("4.1/a", name, evidence=source(name, n)) for name, n in zip(networks, counts, strict=True)]
    assert lead_of(verdicts).startswith(
        f"The paper's network was trained here {told} 1 of the paper's claims was tested on "
    )
    everywhere = {
        3: " Of the 1 claim tested on all three, 1 replicates in all three (weak tests not counted), and none "
        "fails in all three.",
        2: " Of the 1 claim tested on both, 1 replicates in both (weak tests not counted), and none fails in both.",
        1: ": 1 replicated.",
    }
    assert lead_of(verdicts).endswith(everywhere[len(counts)])


def test_one_network():
    assert lead_of(on_all("4.1/a", "replicated", n=1, uninformative=WEAK)) == (
        "The paper's network was trained here once on one of its three data sets, MNIST. 1 of the paper's claims was "
        "tested on that network, with 1 verdict, one per claim and data set: 1 replicated by a weak test. A weak test "
        "is one that most networks would pass by chance or untrained, or whose interval does not exclude the contrary."
    )


def test_claims_that_the_paper_does_not_make_in_so_many_words_are_counted():
    said, unsaid = on_all("4.1/a", "replicated"), on_all("4.1/b", "replicated")
    verdicts = [*said, replace(unsaid[0], implied=True)]
    assert lead_of(verdicts).endswith(
        ": 2 replicated. The paper implies 1 claim without stating it, 1 for each network."
    )
    failed = [replace(one, implied=True) for one in on_all("4.1/c", "not replicated")]
    assert lead_of([*verdicts, *failed, *on_all("4.1/d", "not replicated")]).endswith(
        " The paper implies 2 claims without stating them, 2 for each network; 1 of the 2 not replicated is on what it "
        "only implies."
    )
    stated, partly = on_all("4.1/e", "not replicated", "not replicated")
    assert lead_of([stated, replace(partly, implied=True)]).split(". ")[-2] == (
        "The paper implies 1 claim without stating it, 1 for some networks only; 1 of the 2 not replicated is on what "
        "it only implies"
    )


def test_a_data_set_without_networks_was_not_trained_on():
    absent = verdict("4.1/a", "kmnist", "not testable", evidence=source("kmnist", 0))
    assert lead_of([*on_all("4.1/a", "replicated"), absent]) == lead_of(on_all("4.1/a", "replicated"))


def test_a_rehearsal_decides_nothing():
    of_digits = [verdict(name, network, evidence=rehearsed()) for name in "ab" for network in ("mnist", "kmnist")]
    arithmetic = [one for one in handful() if one.network == "-"]
    assert lead_of([*of_digits, *arithmetic]) == "3 claims of the paper, 5 verdicts."
    assert lead_of(arithmetic) == "1 claim of the paper, 1 verdict."
    assert lead_of([]) == "Nothing was judged."


def test_networks_from_elsewhere_decide_nothing_and_are_not_trained_here():
    elsewhere = source("kmnist") | {"kind": "rehearsal", "origin": "from elsewhere"}
    verdicts = [verdict(evidence=source("mnist", 6)), verdict(network="kmnist", evidence=elsewhere)]
    assert lead_of(verdicts).startswith(
        "The paper's network was trained here six times on one of its three data sets, MNIST. 1 of the paper's claims "
        "was tested on those networks, with 1 verdict, one per claim and data set: "
    )
    assert lead_of(verdicts[1:]) == "1 claim of the paper, 1 verdict."


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([], ""),
        (["replicated"], "1 more claim needs no network: 1 holds."),
        (["not replicated"], "1 more claim needs no network: 1 contradicts the paper's own text."),
        (
            ["replicated", "not replicated", "not replicated", "replicated"],
            "4 more claims need no network: 2 hold, 2 contradict the paper's own text.",
        ),
    ],
)
def test_what_needs_no_network(outcomes, told):
    verdicts = [verdict(f"A/{n}", "-", outcome, evidence={"kind": "arithmetic"}) for n, outcome in enumerate(outcomes)]
    assert paper_itself([verdict(), *verdicts]) == told
