"""Several networks at a time: as many as there is room for, and what the workers tell arrives."""

import time
from functools import partial

import pytest
import torch
from heard import Heard

from replication.precision import get_precision
from replication.runs import side_by_side
from replication.runs.side_by_side import Relay, StepRelay, room_for, several_at_a_time, threads_of_each
from replication.study import NetworkId

NETWORKS = [NetworkId("digits", seed) for seed in range(3)]
GIB = 2**30


@pytest.fixture
def told(monkeypatch):
    """What a worker would tell: pairs of number of steps and note, or lines."""

    class Queue(list):
        def put(self, event):
            kind, what, note = event
            self.append((what, note) if kind == "steps" else what)

    queue = Queue()
    monkeypatch.setattr(side_by_side, "_events", queue)
    return queue


@pytest.mark.parametrize(
    ("n_cores", "n_with_memory", "n_networks", "expected"),
    [(2, 4, 3, 2), (8, 3, 30, 3), (16, 24, 30, 16), (16, 24, 3, 3), (16, 0, 3, 1), (2, 4, 0, 1)],
)
def test_there_is_room_for_as_many_as_cores_and_memory_allow(monkeypatch, n_cores, n_with_memory, n_networks, expected):
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: n_cores)
    monkeypatch.setattr(side_by_side, "usable_memory", lambda: n_with_memory * GIB + 1)
    assert room_for(n_networks, GIB) == expected


def test_who_asks_for_a_number_gets_it_as_far_as_there_are_networks(monkeypatch):
    monkeypatch.setattr(side_by_side, "room_for", lambda n_networks, bytes_each: 2)
    assert [several_at_a_time(asked, 3, GIB) for asked in (None, 1, 3, 5)] == [2, 1, 3, 3]
    with pytest.raises(ValueError, match="n_workers=0: expected at least 1"):
        several_at_a_time(0, 3, GIB)


@pytest.mark.parametrize(
    ("asked", "n_at_once", "expected"),
    [(None, 1, 6), (None, 4, 1), (None, 9, 1), ("2", 2, 2), ("8", 2, 3), ("1,4", 1, 1), ("0", 2, 1), ("many", 2, 3)],
)
def test_a_process_has_its_share_of_the_cores_or_fewer_threads_if_asked(monkeypatch, asked, n_at_once, expected):
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: 6)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if asked is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", asked)
    assert threads_of_each(n_at_once) == expected


def tell(network_id):
    """Stands in for work on a network."""
    relay = Relay()
    relay.say(f"{network_id} begins")
    relay.count(network_id.seed + 1, f"{network_id} counts")
    return torch.get_num_threads(), get_precision()


@pytest.mark.slow
def test_what_workers_say_and_count_has_arrived_when_all_is_done(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(side_by_side, "usable_cores", lambda: 6)
    heard, jobs = Heard(), {one: partial(tell, one) for one in NETWORKS}
    found = dict(side_by_side.side_by_side("tell of three", 6, jobs, 2, heard, precision="tf32"))
    assert found == dict.fromkeys(NETWORKS, (3, "tf32"))
    ((title, total, task),) = heard.tasks
    assert (title, total, task.done) == ("tell of three", 6, 6)
    assert sorted(heard.said) == [f"{one} begins" for one in NETWORKS]
    assert sorted(heard.notes) == [f"{one} counts" for one in NETWORKS]


class Mute(Heard):
    """Stands in for a terminal that was closed, or that fails in some other way."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def say(self, line):
        super().say(line)
        raise self.error


def tell_much(network_id):
    """Stands in for work: tells more than a pipe holds."""
    for _ in range(100):
        Relay().say(f"{network_id} {'goes on ' * 1_000}")
    return "done"


@pytest.mark.slow
@pytest.mark.parametrize("error", [BrokenPipeError("nobody reads"), ValueError("I/O operation on closed file")])
def test_what_cannot_be_told_stops_no_worker_and_is_raised_in_the_end(error):
    mute, jobs, found = Mute(error), {NETWORKS[0]: partial(tell_much, NETWORKS[0])}, []
    with pytest.raises(type(error), match=str(error)):
        found.extend(side_by_side.side_by_side("tell", 1, jobs, 1, mute, precision="ieee"))
    assert len(mute.said) == 100


def test_steps_are_passed_on_now_and_then_and_all_of_them(told, monkeypatch):
    clock = iter([0.0, 0.4, 0.9, 1.1, 1.1, 1.5])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    relay = StepRelay(NETWORKS[0])
    monkeypatch.setattr(relay, "_say_done", lambda title, start: None)
    with relay.task("digits/seed=0: train", 5) as task:
        for step in range(4):
            task.advance(note=f"epoch {step}")
    assert told == [(3, "digits/seed=0: epoch 2"), (2, "")]


def test_a_line_tells_when_a_piece_of_work_is_done_that_took_long(told, monkeypatch):
    clock = iter([0.0, 75.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with StepRelay(NETWORKS[0]).task("digits/seed=0: train", 5):
        pass
    assert told == [(5, ""), "digits/seed=0: train: done in 1 min 15 s"]
