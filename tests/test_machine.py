"""Cores and memory that this process may use: those all, or what a scheduler or a container leaves."""

import ctypes
import os
import platform
import subprocess
import sys

import psutil
import pytest

from replication.machine import keep_freed_memory, usable_cores, usable_memory

GIB = 2**30
UNLIMITED = "9223372036854771712"
"""What version 1 of control groups says where there is no limit."""


@pytest.fixture(autouse=True)
def large_machine(monkeypatch):
    """A machine of 128 cores and 500 GiB, of which this process is bound to 16 cores."""
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    free = type("Memory", (), {"available": 500 * GIB})()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)


@pytest.fixture
def root(tmp_path):
    """Make the files that tell of control groups, by path and content."""

    def make(files):
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(f"{content}\n", encoding="utf-8")
        return tmp_path

    return make


def test_without_control_groups_cores_are_those_bound_to_and_memory_is_what_is_free(root):
    assert usable_cores(root({})) == 16
    assert usable_memory(root({})) == 500 * GIB


def test_where_nothing_can_be_bound_all_cores_count_and_an_unknown_number_is_one(root, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    assert usable_cores(root({})) == 128
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores(root({})) == 1


def v2(folder, *, limit="max", used=0, cached=0, quota="max"):
    return {
        f"sys/fs/cgroup/{folder}/memory.max": limit,
        f"sys/fs/cgroup/{folder}/memory.current": used,
        f"sys/fs/cgroup/{folder}/memory.stat": f"anon 1\ninactive_file {cached}",
        f"sys/fs/cgroup/{folder}/cpu.max": f"{quota} 100000",
    }


def v1(folder, *, limit=UNLIMITED, used=0, cached=0, quota=-1):
    return {
        f"sys/fs/cgroup/memory/{folder}/memory.limit_in_bytes": limit,
        f"sys/fs/cgroup/memory/{folder}/memory.usage_in_bytes": used,
        f"sys/fs/cgroup/memory/{folder}/memory.stat": f"inactive_file 7\ntotal_inactive_file {cached}",
        f"sys/fs/cgroup/cpu/{folder}/cpu.cfs_quota_us": quota,
        f"sys/fs/cgroup/cpu/{folder}/cpu.cfs_period_us": 100000,
    }


V1_GROUP = "12:memory:/{0}\n5:cpuset:/\n4:cpu,cpuacct:/{0}\n1:name=systemd:/{0}"


@pytest.mark.parametrize(("membership", "version"), [("0::/{}", v2), (V1_GROUP, v1)], ids=["version 2", "version 1"])
class TestControlGroups:
    def test_a_limit_less_what_is_used_is_what_is_left_and_cached_files_are_not_used(self, root, membership, version):
        group = version("job", limit=16 * GIB, used=7 * GIB, cached=3 * GIB, quota=250000)
        where = root({"proc/self/cgroup": membership.format("job"), **group})
        assert usable_memory(where) == 12 * GIB
        assert usable_cores(where) == 2

    def test_the_tightest_of_nested_groups_counts(self, root, membership, version):
        groups = version("slurm/job", limit=8 * GIB, used=2 * GIB, quota=400000) | version("slurm/job/step")
        where = root({"proc/self/cgroup": membership.format("slurm/job/step"), **groups})
        assert usable_memory(where) == 6 * GIB
        assert usable_cores(where) == 4

    def test_in_a_container_that_sees_its_own_group_only_that_counts(self, root, membership, version):
        group = version(".", limit=4 * GIB, used=GIB, quota=100000)
        where = root({"proc/self/cgroup": membership.format("docker/0123"), **group})
        assert usable_memory(where) == 3 * GIB
        assert usable_cores(where) == 1

    @pytest.mark.parametrize(("hidden", "left"), [(("stat",), 9), (("current", "usage_in_bytes"), 500)])
    def test_what_a_container_hides_is_not_counted(self, root, membership, version, hidden, left):
        group = version("job", limit=16 * GIB, used=7 * GIB, cached=3 * GIB, quota=250000)
        gone = (*(f"memory.{name}" for name in hidden), "period_us")
        shown = {path: text for path, text in group.items() if not path.endswith(gone)}
        where = root({"proc/self/cgroup": membership.format("job"), **shown})
        assert usable_memory(where) == left * GIB
        assert usable_cores(where) == (2 if version is v2 else 16)

    def test_no_limit_is_none(self, root, membership, version):
        where = root({"proc/self/cgroup": membership.format("job"), **version("job", used=3 * GIB)})
        assert usable_memory(where) == 500 * GIB
        assert usable_cores(where) == 16

    def test_nothing_left_is_no_memory_and_still_a_core(self, root, membership, version):
        group = version("job", limit=GIB, used=2 * GIB, quota=50000)
        where = root({"proc/self/cgroup": membership.format("job"), **group})
        assert usable_memory(where) == 0
        assert usable_cores(where) == 1


def test_this_machine_is_understood():
    assert usable_cores() >= 1
    assert usable_memory() > 0


FAULTS_OF_STEPS = """
import resource
import torch
from replication.machine import keep_freed_memory

def steps(n):
    for _ in range(n):
        [torch.empty(3 * 2**20).fill_(1.0) for _ in range(4)]

def faults():
    steps(2)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    steps(5)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(faults(), keep_freed_memory(), faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_memory_that_is_freed_and_taken_again_does_not_come_page_by_page():
    """In a process of its own, for the setting stays."""
    output = subprocess.run([sys.executable, "-c", FAULTS_OF_STEPS], capture_output=True, text=True, check=True).stdout
    by_default, was_told, kept = output.split()
    assert was_told == "True"
    assert int(kept) < min(100, int(by_default) / 10)


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert keep_freed_memory() is False
