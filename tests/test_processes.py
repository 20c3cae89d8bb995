"""Worker processes end with the one that started them, when it is stopped, and when one of them fails; and so do the
processes of embeddings that workers start.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager, nullcontext
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import psutil
import pytest

from replication.processes import _wait_and_end, beside, in_workers

ROOT = Path(__file__).parent.parent

SOON_S = 20
"""Far less than the workers sleep, and enough for a busy machine to end some processes."""

PLANTED = """
import os, signal, sys, time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from replication.processes import end_with_parent, in_workers


def embed():
    Path(f"{os.getpid()}.embeds").touch()
    time.sleep(600)


def measure(number=0):
    Path(f"{os.getpid()}.measures").touch()
    if "fails" in sys.argv and number == 1:
        while not Path("seen").exists():
            time.sleep(0.01)
        raise ValueError("planted")
    list(in_workers(dict.fromkeys("ab", embed), 2))


if __name__ == "__main__":
    # A shell without job control lets what it starts in the background ignore this signal, tests too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "pool" in sys.argv:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
            pool.submit(measure).result()
    else:
        list(in_workers({number: partial(measure, number) for number in range(3)}, 2))
"""
"""Stands in for networks that are measured in two workers, each of which embeds in two more."""


@contextmanager
def planted(folder, *arguments, at_work="*.embeds"):
    """The planted process, once two below it are at work, and all processes below it."""
    (folder / "planted.py").write_text(PLANTED, encoding="utf-8")
    command = [sys.executable, "planted.py", *arguments]
    kept = os.environ | {"PYTHONPATH": str(ROOT)}
    process = psutil.Popen(command, cwd=folder, env=kept, stderr=subprocess.PIPE, text=True, start_new_session=True)
    started = []
    try:
        while len(list(folder.glob(at_work))) < 2:
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.01)
        started = process.children(recursive=True)
        assert {int(path.stem) for path in folder.glob(at_work)} <= {one.pid for one in started}
        (folder / "seen").touch()
        yield process, started
    finally:
        for one in [process, *started]:
            if one.is_running():
                one.kill()
        process.wait()
        process.stderr.close()


def test_a_worker_and_the_processes_it_has_started_end_with_a_parent_that_is_killed(tmp_path):
    with planted(tmp_path, "pool") as (process, started):
        process.kill()
        process.wait()
        assert psutil.wait_procs(started, timeout=30)[1] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("to", ["the parent alone", "all, as a terminal does"])
@pytest.mark.parametrize("at_work", ["*.embeds", "*.measures"], ids=["embeddings run", "embeddings are being started"])
def test_what_is_stopped_stops_with_all_that_it_has_started(tmp_path, to, at_work):
    """And says so once: a process whose parent ends while it is being started would tell of that too."""
    with planted(tmp_path, at_work=at_work) as (process, started):
        (process.send_signal if to == "the parent alone" else partial(os.killpg, process.pid))(signal.SIGINT)
        _, said = process.communicate(timeout=SOON_S)
        assert process.returncode != 0
        assert said.count("KeyboardInterrupt") == said.count("Traceback") == 1, said
        assert psutil.wait_procs(started, timeout=SOON_S)[1] == []


def test_workers_beside_one_that_fails_are_stopped(tmp_path):
    with planted(tmp_path, "fails") as (process, started):
        _, said = process.communicate(timeout=SOON_S)
        assert process.returncode == 1
        assert "ValueError: planted" in said
        assert psutil.wait_procs(started, timeout=SOON_S)[1] == []


# In this process ----------------------------------------------------------------------------------------------------


def fail():
    raise ValueError("planted")


def prepare():
    os.environ["PREPARED"] = "yes"


def prepared():
    return os.environ.get("PREPARED")


def test_calls_are_made_in_workers_that_were_prepared():
    calls = dict.fromkeys("abc", prepared)
    assert dict(in_workers(calls, 2, prepare)) == dict.fromkeys("abc", "yes")
    assert prepared() is None
    assert active_children() == []


def test_the_error_of_a_call_comes_at_once_and_ends_the_others():
    begin = time.monotonic()
    calls = {"sleeps": partial(time.sleep, 600), "fails": fail, "waits": partial(time.sleep, 600)}
    with pytest.raises(ValueError, match="planted"):
        dict(in_workers(calls, 2))
    assert time.monotonic() - begin < SOON_S
    assert active_children() == []


def test_who_wants_no_more_results_ends_the_workers():
    begin = time.monotonic()
    with closing(in_workers({"ends": os.getpid, "sleeps": partial(time.sleep, 600)}, 2)) as results:
        assert next(results)[0] == "ends"
        assert len(active_children()) == 2
    assert time.monotonic() - begin < SOON_S
    assert active_children() == []


def test_calls_run_while_the_body_does_other_work(tmp_path):
    with beside({"touches": (tmp_path / "made").touch}, 1) as results:
        begin = time.monotonic()
        while not (tmp_path / "made").exists():
            assert time.monotonic() - begin < SOON_S
            time.sleep(0.01)
        assert dict(results) == {"touches": None}
    assert active_children() == []


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, ValueError])
def test_a_body_that_ends_before_the_calls_ends_them(error):
    begin = time.monotonic()
    with pytest.raises(error) if error else nullcontext(), beside({"sleeps": partial(time.sleep, 600)}, 1):
        assert len(active_children()) == 1
        if error:
            raise error
    assert time.monotonic() - begin < SOON_S
    assert active_children() == []


def test_what_the_body_starts_is_left_alone():
    with ExitStack() as later:
        with beside({"sleeps": partial(time.sleep, 600)}, 1):
            later.enter_context(beside({"sleeps": partial(time.sleep, 600)}, 1))
            assert len(active_children()) == 2
        assert len(active_children()) == 1
    assert active_children() == []


def test_processes_started_elsewhere_are_left_alone():
    with closing(in_workers({"ends": os.getpid, "sleeps": partial(time.sleep, 600)}, 2)) as others:
        next(others)
        theirs = set(active_children())
        with pytest.raises(ValueError, match="planted"):
            dict(in_workers({"fails": fail}, 1))
        assert set(active_children()) == theirs
        assert len(theirs) == 2


def test_what_is_large_and_not_yet_sent_keeps_nobody():
    """A megabyte does not fit into the pipe to a worker."""
    begin = time.monotonic()
    calls = {"fails": fail, **{number: partial(_sleep, bytes(2**20)) for number in range(4)}}
    with pytest.raises(ValueError, match="planted"):
        dict(in_workers(calls, 2))
    assert time.monotonic() - begin < SOON_S
    assert active_children() == []


def _sleep(_):
    time.sleep(600)


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals cannot be held back here")
def test_a_worker_does_not_hear_what_stops_its_parent_and_the_parent_does_again():
    assert dict(in_workers({"mask": partial(signal.pthread_sigmask, signal.SIG_BLOCK, ())}, 1)) == {
        "mask": {signal.SIGINT}
    }
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_the_main_process_has_no_parent_to_end_with():
    """It would wait for ever, or end the tests."""
    _wait_and_end()
