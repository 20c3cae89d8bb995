"""Worker processes end with the one that started them, and so do the processes of embeddings that workers start."""

import subprocess
import sys
import time

import psutil

PLANTED = """
import os, sys, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from replication.embedding import EmbeddingJob, embed_many
from replication.processes import end_with_parent


class Endless(EmbeddingJob):
    def run(self):
        Path(f"{os.getpid()}.embeds").touch()
        time.sleep(600)


def work():
    list(embed_many({row: Endless(None, row) for row in range(2)}, n_processes=2))


if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        pool.submit(work).result()
"""


def test_a_worker_and_the_processes_it_has_started_end_with_a_parent_that_is_killed(tmp_path):
    (tmp_path / "planted.py").write_text(PLANTED, encoding="utf-8")
    process = psutil.Popen([sys.executable, "planted.py"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    while len(list(tmp_path.glob("*.embeds"))) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    started = process.children(recursive=True)
    assert {int(path.stem) for path in tmp_path.glob("*.embeds")} < {one.pid for one in started}
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(started, timeout=30)
    for one in alive:
        one.kill()
    assert alive == []
