"""The evidence that ships: whole, said to be what it is, and small enough to clone."""

import re
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from handmade_verdicts import verdict

from claims import REGISTRY
from claims.known_failures import known_of_recorded
from replication.drift import load_readings
from replication.evidence import Evidence
from replication.judging.claim import check_name
from replication.measurements import condensed, packed, provenance_of
from replication.measuring.horizontal import outcomes
from replication.metrics import populations
from replication.metrics.populations import highest, normalised_by_layer
from replication.report import gather
from replication.run_folder import RunFolder
from replication.runs.drift_measuring import digest_of_measurements, networks_behind
from replication.schema import PIECES, SCHEMA
from replication.study import DATASETS, NetworkId

FIXTURES = Path(__file__).parent.parent / "fixtures"
MOST_BYTES = 25 * 2**20


@pytest.fixture(scope="module")
def held_out():
    return Evidence.of_run(RunFolder(FIXTURES / "held_out"))


def test_every_data_set_of_the_paper_has_networks_of_its_own(recorded):
    for dataset in DATASETS:
        assert {network.network.partition("/")[0] for network in recorded.networks(dataset)} == {dataset}


def test_every_piece_says_where_it_comes_from(recorded):
    for network in recorded.all_networks():
        assert set(network.pieces) == set(PIECES)
        sources = [provenance_of(piece) for piece in network.pieces.values()]
        assert len({source["profile"] for source in sources}) == 1
        for source in sources:
            assert source["network"] == network.network
            assert len(source["commit"]) == 40, "measured with uncommitted changes"
            assert {source["trained_on_device"], source["measured_on_device"]} <= {"cpu", "cuda"}


def test_its_own_page_names_what_is_a_rehearsal(recorded):
    text = (FIXTURES / "recorded" / "README.md").read_text(encoding="utf-8")
    kinds = {recorded.source(dataset)["kind"] for dataset in DATASETS}
    assert ("**rehearsal**" in text) == ("rehearsal" in kinds)


def test_the_lowest_seed_of_each_data_set_is_whole_and_has_its_network(recorded):
    for dataset in DATASETS:
        first = min(recorded.networks(dataset), key=lambda network: NetworkId.parse(network.network).seed)
        assert first.is_whole
        assert RunFolder(FIXTURES / "recorded").checkpoint(NetworkId.parse(first.network)).exists()


def exchangeable(values, n):
    """How many of the n highest of each column might as well be others, equal to the lowest of them."""
    chosen = highest(values, np.full(values.shape[1], n))
    equal = values == np.sort(values, axis=0)[-n]
    return np.minimum((equal & chosen).sum(axis=0), (equal & ~chosen).sum(axis=0))


def test_populations_are_those_of_the_class_means_beside_them(recorded):
    for network in recorded.all_networks():
        if network.is_whole:
            piece, confusion = network.pieces["activations"], network.pieces["intact"]["confusion"]
            means, sizes = piece["class_mean"].values, confusion.sum("predicted").values[:2]
            expected = populations(means, sizes, piece["example_activation"].values)
            # Recorded when it was the processor that chose among neurons that tie at the edge of a population.
            n_active = int(expected["active"][:, 0].sum())
            even, odd = (exchangeable(normalised_by_layer(half.astype(np.float64)), n_active) for half in means)
            gaps = np.abs(piece["n_active_on_both"].values - expected.pop("n_active_on_both"))
            assert (gaps <= even[:, None] + odd).all(), network.network
            for name, array in expected.items():
                bits = SCHEMA["activations"][name].bits
                rtol = 1e-6 if bits is None else 2.0**-bits
                np.testing.assert_allclose(piece[name].values, array, rtol=rtol, err_msg=f"{network.network} {name}")


def test_images_by_outcome_are_those_of_the_predictions_beside_them(recorded):
    for network in recorded.all_networks():
        if network.is_whole:
            piece = network.pieces["horizontal"]
            expected = outcomes(piece["prediction"].values, piece["label"].values.astype(np.int64))
            np.testing.assert_array_equal(piece["n_images"].values, expected)


def test_what_other_environments_have_decided_rests_on_this_evidence(recorded):
    digest = cache(partial(digest_of_measurements, RunFolder(FIXTURES / "recorded")))
    for reading in load_readings(FIXTURES / "drift"):
        decided = [name for name, outcome in reading.verdicts.items() if outcome in ("replicated", "not replicated")]
        judged = [re.fullmatch(r"(\S+) \[(\S+)\]", name).groups() for name in decided]
        # What is exact is decided by any number of networks, so that more may have come since.
        judged = [(claim, network) for claim, network in judged if REGISTRY[claim].rule.family != "exact"]
        assert len(judged) > len(decided) / 2
        for claim, network in judged:
            source = recorded.source(network, against=REGISTRY[claim].against)
            found = reading.judged_sha256[check_name(claim, network)]
            assert found == digest(networks_behind(source)), "judge again: replication drift --readings fixtures/drift"


def size_of_fixtures():
    return sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file())


def test_the_fixtures_stay_small():
    assert size_of_fixtures() < MOST_BYTES


def test_ten_networks_per_data_set_can_be_shipped(recorded, held_out):
    missing = 0
    for dataset, networks in recorded.by_dataset.items():
        largest = max(sum(len(packed(condensed(piece))) for piece in one.pieces.values()) for one in networks)
        missing += (10 - len(networks) - len(held_out.networks(dataset))) * largest
    assert size_of_fixtures() + missing < MOST_BYTES


def test_networks_that_nobody_has_looked_at_are_those_held_out(recorded, held_out):
    """They are judged once all are there, and lie beside the others then."""
    found, named = {one.network for one in held_out.all_networks()}, known_of_recorded().held_out.networks
    assert set() < found < named
    assert not found & {one.network for one in recorded.all_networks()}
    for network in held_out.all_networks():
        assert set(network.pieces) == set(PIECES)
        for source in map(provenance_of, network.pieces.values()):
            assert (source["network"], source["profile"]) == (network.network, "paper")
            assert len(source["commit"]) == 40, "measured with uncommitted changes"


def test_its_report_says_how_these_very_networks_are_made_again(recorded):
    """Those of each data set that are here, not thirty; each data set with the commits that its pieces name."""
    found = [verdict(network=dataset, evidence=recorded.source(dataset)) for dataset in DATASETS]
    *lines, last = gather(found).commands
    assert lines[1::2] == [
        f"replication run --profile paper --datasets {dataset} --seeds {len(recorded.networks(dataset))} --run RUN"
        for dataset in DATASETS
    ]
    assert last == "pytest claims/ --run RUN"
    for dataset, comment in zip(DATASETS, lines[::2], strict=True):
        networks = recorded.networks(dataset)
        assert [NetworkId.parse(network.network).seed for network in networks] == list(range(len(networks)))
        found = [provenance_of(piece) for network in networks for piece in network.pieces.values()]
        assert {one["commit"] for one in found} <= set(re.findall(r"[0-9a-f]{40}", comment))
