"""Figures drawn in worker processes are those that this process draws, of the networks that it has loaded."""

from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import pytest
from run_files import K0, M0, M1, put_pieces

from replication.errors import ReplicationError
from replication.evidence import Evidence
from replication.figures import FIGURES, beside, draw, drawn_beside, svg_text
from replication.run_folder import RunFolder
from replication.study import PROFILES

SOME = {"hit-by-layer": FIGURES["hit-by-layer"], "3": FIGURES["3"]}
"""A figure of all seeds, and a figure of a K-Net."""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run with one M-Net, of which some figures are drawn."""
    monkeypatch.setattr(beside, "FIGURES", SOME)
    run = RunFolder(tmp_path / "run")
    run.describe(PROFILES["paper"])
    put_pieces(run, M0)
    return run


@pytest.mark.parametrize("n_cores", [1, 2])
def test_workers_draw_the_networks_that_were_loaded(run, monkeypatch, n_cores):
    monkeypatch.setattr(beside, "usable_cores", lambda: n_cores)
    evidence = Evidence.of_run(run)
    for network_id in (M1, K0):
        put_pieces(run, network_id)
    with drawn_beside(run, evidence) as drawn:
        expected = {"hit-by-layer": svg_text(draw("hit-by-layer", evidence)), "3": None}
        assert dict(drawn) == expected
    assert expected["hit-by-layer"] != svg_text(draw("hit-by-layer", Evidence.of_run(run)))


def test_what_killed_workers_leave_is_drawn_here(run, monkeypatch):
    """The first figure came from a worker, and is not drawn again."""

    @contextmanager
    def dying(calls, n_processes):
        first, *_ = calls

        def results():
            yield first, "from a worker"
            raise BrokenProcessPool

        yield results()

    monkeypatch.setattr(beside, "beside", dying)
    evidence = Evidence.of_run(run)
    with drawn_beside(run, evidence) as drawn:
        assert dict(drawn) == {"3": "from a worker", "hit-by-layer": svg_text(draw("hit-by-layer", evidence))}


def test_measurements_that_were_damaged_meanwhile_are_named(run):
    evidence = Evidence.of_run(run)
    run.piece(M0, "units").write_bytes(b"")
    with drawn_beside(run, evidence) as drawn, pytest.raises(ReplicationError, match=r"units\.nc"):
        dict(drawn)
