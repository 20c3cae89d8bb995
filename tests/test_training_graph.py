"""How a step is captured, where there is no GPU: on stand-ins for torch's streams and graphs."""

import gc
from contextlib import contextmanager
from unittest.mock import Mock

import pytest
import torch

from replication.training.graph import N_WARM_UP, capture


class Device:
    """Stands for a GPU: it remembers on which stream each run of the work was, and whether it was captured."""

    def __init__(self, monkeypatch):
        self.default, self.graphs, self.runs = Mock(name="default stream"), [], []
        self.stream, self.capturing = self.default, False
        for name in ("Stream", "current_stream", "CUDAGraph"):
            monkeypatch.setattr(torch.cuda, name, Mock(side_effect=getattr(self, f"new_{name}")))
        monkeypatch.setattr(torch.cuda, "stream", self.on)
        monkeypatch.setattr(torch.cuda, "graph", self.captured)

    def new_Stream(self):
        return Mock(name="stream")

    def new_current_stream(self):
        return self.stream

    def new_CUDAGraph(self):
        self.graphs.append(Mock(name="graph"))
        return self.graphs[-1]

    @contextmanager
    def on(self, stream):
        before, self.stream = self.stream, stream
        yield
        self.stream = before

    @contextmanager
    def captured(self, graph, stream=None):
        assert graph is self.graphs[-1]
        with self.on(stream or "the one stream that all graphs share"):
            self.capturing = True
            yield
            self.capturing = False

    def run(self):
        assert gc.isenabled() != self.capturing
        self.runs.append((self.stream, self.capturing))


@pytest.fixture
def device(monkeypatch):
    return Device(monkeypatch)


def test_it_is_captured_on_the_stream_on_which_it_was_warmed_up(device):
    """There cuBLAS has a workspace outside of the graph's memory, which no other graph uses."""
    replay = capture(device.run, [])
    stream, _ = device.runs[0]
    assert stream is not device.default
    assert device.runs == [(stream, False)] * N_WARM_UP + [(stream, True)]
    stream.wait_stream.assert_called_once_with(device.default)
    device.default.wait_stream.assert_called_once_with(stream)
    assert replay is device.graphs[0].replay


def test_no_other_graph_is_collected_as_garbage_during_a_capture_that_fails_either(device):
    """A run of the work asserts it while it is captured."""
    with pytest.raises(ValueError, match="planted"):
        capture(Mock(side_effect=[None] * N_WARM_UP + [ValueError("planted")]), [])
    assert gc.isenabled()
    gc.disable()
    try:
        capture(lambda: None, [])
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_two_graphs_are_captured_on_two_streams(device):
    capture(device.run, [])
    capture(device.run, [])
    (first, _), (second, _) = (device.runs[row] for row in (N_WARM_UP, -1))
    assert first is not second


def test_what_warming_up_changes_is_put_back_in_place(device):
    counts = torch.zeros(2)
    weights = torch.ones(3, requires_grad=True)
    places = counts.data_ptr(), weights.data_ptr()

    def work():
        counts.add_(1)
        with torch.no_grad():
            weights.mul_(2)

    capture(work, [counts, weights])
    assert torch.equal(counts, torch.zeros(2))
    assert torch.equal(weights, torch.ones(3))
    assert weights.requires_grad
    assert places == (counts.data_ptr(), weights.data_ptr())
