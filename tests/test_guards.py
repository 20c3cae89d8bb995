"""The guards of the test suite itself, each seen to fail on a planted test."""

import ast
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from conftest import REQUIRE_DATA_VARIABLE, require_real_data
from torchvision import datasets

ROOT = Path(__file__).parent.parent

PLANTED = """
import random
import numpy as np
import pytest

def test_python(): random.random()
def test_numpy(): np.random.rand()
def test_numpy_seeded(): np.random.seed(0)
def test_torch():
    import torch
    torch.manual_seed(0)
def test_own_generator(): np.random.default_rng(0).random()

@pytest.mark.gpu
def test_gpu(): pass

@pytest.mark.realdata
def test_data(): pass
"""


def run_planted(folder, **environment):
    """Run the planted tests under the suite's own configuration; return what pytest prints."""
    (folder / "test_planted.py").write_text(PLANTED)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLICATION_")}
    options = ["-c", ROOT / "pyproject.toml", "--rootdir", folder, "-p", "conftest", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *map(str, options), "-q", "-m", "", "-rA", "--tb=line", str(folder)]
    ours = {"PYTHONPATH": str(ROOT / "tests"), "CUDA_VISIBLE_DEVICES": "", "COLUMNS": "300"}
    ours["XDG_CACHE_HOME"] = str(folder / "cache")
    return subprocess.run(command, capture_output=True, text=True, env=kept | ours | environment).stdout


@pytest.fixture
def data_folder(tmp_path):
    """A folder with a file of every name that the real data sets have."""
    for source in (datasets.MNIST, datasets.KMNIST, datasets.FashionMNIST):
        for name, _ in source.resources:
            path = tmp_path / "data" / source.__name__ / "raw" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return tmp_path / "data"


def test_tests_that_move_what_everybody_shares_fail_and_what_is_absent_is_visible(tmp_path, data_folder):
    said = run_planted(tmp_path, REPLICATION_DATA=str(data_folder))
    for name, moved in (
        ("python", "random"),
        ("numpy", r"numpy\.random"),
        ("numpy_seeded", r"numpy\.random"),
        ("torch", "torch"),
    ):
        assert re.search(rf"ERROR .*::test_{name} - Failed: the global random state of {moved} was moved", said)
    assert re.search(r"PASSED .*::test_own_generator", said)
    assert not re.search(r"ERROR .*::test_own_generator", said)
    assert re.search(r"SKIPPED .*: no GPU: torch ", said)
    assert re.search(r"PASSED .*::test_data", said)
    assert "real data: mnist kmnist fashion (REPLICATION_DATA)" in said


def test_what_is_demanded_and_absent_fails(tmp_path):
    said = run_planted(tmp_path, REPLICATION_REQUIRE_GPU="1", REPLICATION_REQUIRE_DATA="1")
    assert re.search(r"ERROR .*::test_gpu - Failed: REPLICATION_REQUIRE_GPU is set and there is no GPU", said)
    assert re.search(r"ERROR .*::test_data - Failed: REPLICATION_REQUIRE_DATA is set and there is no local data", said)
    assert "SKIPPED" not in said
    assert "real data: none" in said


def test_real_data_are_found_given_or_cached_and_their_absence_is_explained(tmp_path, data_folder, monkeypatch):
    monkeypatch.delenv(REQUIRE_DATA_VARIABLE, raising=False)
    monkeypatch.delenv("REPLICATION_DATA", raising=False)
    monkeypatch.setattr("replication.data.cache_folder", lambda: data_folder)
    assert require_real_data() == dict.fromkeys(("mnist", "kmnist", "fashion"), "cache")
    (data_folder / "KMNIST" / "raw" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(pytest.skip.Exception, match="no local data for kmnist: set REPLICATION_DATA, or run"):
        require_real_data()


@pytest.mark.parametrize(
    ("asked", "collected"),
    [("bench", True), ("bench and not gpu", True), ("gpu", False), ("not (gpu or bench)", False)],
)
def test_benchmarks_are_collected_only_where_they_are_asked_for(asked, collected):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/bench",
        "-m",
        asked,
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ("bench_training.py::" in done.stdout) == collected, done.stdout
    assert ("no tests collected" in done.stdout) != collected


def without_encoding(source):
    """Return the lines on which text is read or written in whatever encoding the system prefers."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    texts = [call for call in calls if getattr(call.func, "attr", "") in {"read_text", "write_text"}]
    return [call.lineno for call in texts if "encoding" not in {keyword.arg for keyword in call.keywords}]


@pytest.mark.parametrize("package", ["replication", "claims"])
def test_text_is_read_and_written_in_an_encoding_that_is_named(package):
    paths = sorted((ROOT / package).rglob("*.py"))
    found = {str(path): without_encoding(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: lines for path, lines in found.items() if lines} == {}
    assert without_encoding('a.read_text()\nb.write_text("β")\nc.read_text(encoding="utf-8")') == [1, 2]


def test_warnings_are_errors():
    with pytest.raises(UserWarning, match="anything"):
        warnings.warn("anything", stacklevel=1)


def test_marks_are_registered_and_explained(pytestconfig):
    marks = {line.partition(":")[0]: line.partition(":")[2] for line in pytestconfig.getini("markers")}
    for name in ("gpu", "realdata", "slow", "bench"):
        assert marks[name].strip()
    assert pytestconfig.getini("xfail_strict")
