"""Where a result comes from: versions, commit, machine."""

import json
import re
import socket
import subprocess
from importlib import metadata

import pytest

from replication import provenance


def test_versions_are_the_installed_ones():
    versions = provenance.software()
    assert set(provenance.PACKAGES) < set(versions)
    assert versions["numpy"] == metadata.version("numpy")
    assert all(re.match(r"\d+\.\d+", version) for version in versions.values())


def test_a_package_that_is_not_there_is_said_to_be_missing(monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGES", ("numpy", "no-such-package"))
    assert provenance.software()["no-such-package"] == "not installed"


def test_the_machine_is_described_without_its_name():
    machine = provenance.machine()
    assert machine["cores"] >= 1
    assert machine["memory_gib"] >= 1
    assert machine["processor"]
    assert socket.gethostname() not in json.dumps(machine)


def test_everything_fits_into_json():
    told = {"software": provenance.software(), "machine": provenance.machine(), "commit": provenance.commit()}
    assert json.loads(json.dumps(told)) == told


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of one commit that holds the package."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)  # in a hook of git they name the repository that is committed to
    module = tmp_path / "replication" / "provenance.py"
    module.parent.mkdir()
    module.write_text("first")

    def git(*arguments):
        identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
        command = ["git", *identity, "-C", str(tmp_path), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    monkeypatch.setattr(provenance, "__file__", str(module))
    return tmp_path, git("rev-parse", "HEAD")


def test_the_commit_is_the_head_and_tells_of_changes(repository):
    root, head = repository
    assert provenance.commit() == head
    (root / "replication" / "new.py").write_text("untracked")
    assert provenance.commit() == head
    seen = []
    for content in ("second", "third", "second"):
        (root / "replication" / "provenance.py").write_text(content)
        seen.append(provenance.commit())
    assert re.fullmatch(rf"{head}\+changes\.[0-9a-f]{{8}}", seen[0])
    assert seen[0] != seen[1]
    assert seen[0] == seen[2]


def test_the_commit_is_of_this_code_whatever_repository_a_hook_of_git_names(repository, monkeypatch):
    root, head = repository
    monkeypatch.setenv("GIT_DIR", str(root / "elsewhere" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(root / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(root / "elsewhere" / "index"))
    assert provenance.commit() == head


def test_outside_a_repository_the_commit_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "replication" / "provenance.py"))
    assert provenance.commit() == "unknown"


@pytest.mark.parametrize("error", [FileNotFoundError("git"), subprocess.CalledProcessError(128, "git")])
def test_without_a_working_git_the_commit_is_unknown(repository, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(subprocess, "run", fail)
    assert provenance.commit() == "unknown"
