"""The evidence that ships: whole, said to be what it is, and small enough to clone."""

from pathlib import Path

import pytest

from replication.evidence import Evidence
from replication.measurements import PIECES, provenance_of
from replication.run_folder import RunFolder
from replication.study import DATASETS

FIXTURES = Path(__file__).parent.parent / "fixtures"
MOST_BYTES = 25 * 2**20


@pytest.fixture(scope="module")
def recorded():
    return Evidence.of_run(RunFolder(FIXTURES / "recorded"))


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
    text = (FIXTURES / "recorded" / "README.md").read_text()
    kinds = {recorded.source(dataset)["kind"] for dataset in DATASETS}
    assert ("**rehearsal**" in text) == ("rehearsal" in kinds)


def test_the_fixtures_stay_small():
    assert sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file()) < MOST_BYTES
