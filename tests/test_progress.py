"""Progress: silent, as lines of a log, as bars."""

import io
import re

import pytest
from hypothesis import given, strategies as st
from rich.console import Console

from replication import progress
from replication.progress import SILENT, LogProgress, Named, Task, TerminalProgress, duration_text, for_this_terminal


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now_s = 100.0

    def monotonic(self):
        return self.now_s

    def strftime(self, _):
        return "12:00:00"


@pytest.fixture
def clock(monkeypatch):
    hand = Clock()
    monkeypatch.setattr(progress, "time", hand)
    return hand


def test_silence_counts_and_prints_nothing(capsys):
    with SILENT.task("work", 3) as task:
        task.advance()
        task.advance(2, "note")
        assert task.done == 3
    SILENT.say("a line")
    assert list(SILENT.track("abc", "work")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_what_is_told_bears_the_name_of_the_work_it_is_part_of(clock):
    stream = io.StringIO()
    named = Named(LogProgress(stream, interval_s=15), "digits/seed=0: single units")
    with named.task("ablating conv1", 2) as task:
        clock.now_s += 20
        task.advance()
    named.say("out of memory")
    assert [line.partition("  ")[2] for line in stream.getvalue().splitlines()] == [
        "digits/seed=0: single units: ablating conv1: 50 %, 20 s left",
        "digits/seed=0: single units: ablating conv1: done in 20 s",
        "digits/seed=0: single units: out of memory",
    ]


def test_a_task_tells_how_far_it_is():
    told = []
    task = Task(lambda done, note: told.append((done, note)))
    task.advance(2)
    task.advance(0.5, "slow")
    assert told == [(2, ""), (2.5, "slow")]


def test_a_log_tells_the_time_left_now_and_then(clock):
    stream = io.StringIO()
    with LogProgress(stream, interval_s=15).task("train", 10) as task:
        for step in range(10):
            clock.now_s += 6
            task.advance(note=f"loss {step}")
    # A step takes 6 s, so a line follows every third: at 18 s with 7 of 10 to go, 36 s with 4, 54 s with 1.
    assert stream.getvalue().splitlines() == [
        "12:00:00  train: 30 %, 42 s left, loss 2",
        "12:00:00  train: 60 %, 24 s left, loss 5",
        "12:00:00  train: 90 %, 6 s left, loss 8",
        "12:00:00  train: done in 1 min 00 s",
    ]


def test_a_log_is_silent_about_what_takes_no_time(clock):
    stream = io.StringIO()
    with LogProgress(stream).task("work", 3) as task:
        task.advance(3)
    assert stream.getvalue() == ""


def fail_after_a_minute(clock):
    clock.now_s += 60
    raise ZeroDivisionError


def test_a_log_does_not_call_failed_work_done(clock):
    stream = io.StringIO()
    started = LogProgress(stream).task("work", 2)
    with pytest.raises(ZeroDivisionError), started:
        fail_after_a_minute(clock)
    assert stream.getvalue() == ""


def test_no_time_left_is_made_up_before_anything_is_done(clock):
    stream = io.StringIO()
    with LogProgress(stream).task("work", 2) as task:
        clock.now_s += 60
        task.advance(0)
    assert "left" not in stream.getvalue()


def test_track_counts_an_item_once_the_next_is_asked_for(clock):
    stream = io.StringIO()
    seen = []
    for item in LogProgress(stream, interval_s=1).track([1, 2], "judge"):
        clock.now_s += 5
        seen.append(item)
    assert seen == [1, 2]
    assert "judge: 50 %, 5 s left" in stream.getvalue()


def terminal(monkeypatch):
    stream = io.StringIO()
    bars = TerminalProgress()
    monkeypatch.setattr(bars, "_console", Console(file=stream, force_terminal=True, width=120))
    return bars, stream


def test_bars_are_drawn_and_replaced_by_one_line(monkeypatch, clock):
    bars, stream = terminal(monkeypatch)
    with bars.task("mnist/seed=0: train", 2) as task:
        task.advance(note="loss 0.5")
        bars.say("a line in between, [not markup]")
        clock.now_s += 75
        task.advance()
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert "mnist/seed=0: train" in drawn
    assert "a line in between, [not markup]" in drawn
    assert drawn.rstrip().endswith("mnist/seed=0: train: done in 1 min 15 s")


def test_bars_of_what_takes_no_time_leave_nothing(monkeypatch, clock):
    bars, stream = terminal(monkeypatch)
    with bars.task("work", 1) as task:
        clock.now_s += 0.9
        task.advance()
    assert "done" not in stream.getvalue()


def test_bars_do_not_call_failed_work_done(monkeypatch):
    bars, stream = terminal(monkeypatch)
    with pytest.raises(ZeroDivisionError), bars.task("work", 2):
        raise ZeroDivisionError
    assert "done" not in stream.getvalue()


def test_bars_only_on_a_terminal(monkeypatch):
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(for_this_terminal(), LogProgress)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert isinstance(for_this_terminal(), TerminalProgress)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (61, "1 min 01 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (7_325, "2 h 02 min"),
    ],
)
def test_durations_as_people_say_them(seconds, text):
    assert duration_text(seconds) == text


@given(st.floats(0, 1e6))
def test_durations_are_right_to_their_last_unit(seconds):
    units = {"s": 1, "min": 60, "h": 3600}
    words = duration_text(seconds).split()
    told = sum(int(number) * units[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    assert abs(told - seconds) <= (60 if "h" in words else 0.5)
