"""The whole command on a tiny study of real stages: from pixels to the report, again, and after kills."""

import json
import re
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import xarray as xr

from replication import measurements
from replication.drift import load_readings
from replication.evidence import NetworkEvidence
from replication.run_folder import RunFolder
from replication.schema import PANELS, PIECES
from replication.study import NetworkId
from replication.training import load_checkpoint

pytestmark = pytest.mark.slow

D0 = NetworkId("digits", 0)

COMMAND = """
import json, os, signal, sys
from pathlib import Path
from replication import cli, study
from replication.training import together
together.STATE_INTERVAL_S = 0.0
profile = json.loads(sys.argv[1])
study.PROFILES["digits"] = study.Profile(**profile | {"datasets": tuple(profile["datasets"])})
if not json.loads(sys.argv[2]):
    from contextlib import nullcontext
    from replication import figures
    from replication.report import publish
    figures.drawn_beside = lambda *_: nullcontext()
    publish.publish = lambda out, *_, **__: out
last, replace = sys.argv[3], Path.replace
def replace_and_die(path, target):
    replace(path, target)
    if Path(target).name == last:
        os.kill(os.getpid(), signal.SIGKILL)
Path.replace = replace_and_die
sys.argv = ["replication", *sys.argv[4:]]
cli.main()
"""
"""The command ``replication`` with a tiny profile in place of ``digits``, and every epoch kept on disk.

The report is not made where nobody reads it, because it takes as long as the rest.  The process may be killed once a
file is there.
"""


class Study:
    """Runs the command on a tiny study; on a CPU, of which alone the same bits are asked."""

    def __init__(self, profile, device="cpu"):
        self.profile = json.dumps(asdict(profile) | {"epochs": 3})
        self.device = device

    def run(self, *arguments, report=True, killed_after="", **changes):
        """Return exit code, standard output and standard error."""
        if arguments[0] in {"run", "measure", "drift"}:
            arguments = (*arguments, "--device", self.device)
        profile = json.dumps(json.loads(self.profile) | changes)
        command = [sys.executable, "-W", "error::UserWarning", "-c", COMMAND, profile]
        command += [json.dumps(report), killed_after, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def study(testing_profile):
    return Study(testing_profile)


@pytest.fixture(scope="module")
def whole(study, tmp_path_factory):
    """A run made in one go: its folder and what the command said."""
    run = RunFolder(tmp_path_factory.mktemp("whole") / "run")
    answer = study.run("run", "--profile", "digits", "--run", run.path)
    return run, answer


def assert_same_results(one, other):
    """The same bits of network and measurements, whatever the clock says."""
    first, second = (load_checkpoint(run.checkpoint(D0)) for run in (one, other))
    assert all((first.tensors[name] == second.tensors[name]).all() for name in first.tensors)
    assert first.provenance["loss_per_epoch"] == second.provenance["loss_per_epoch"]
    for piece in PIECES:
        xr.testing.assert_equal(measurements.load(one.piece(D0, piece)), measurements.load(other.piece(D0, piece)))


def test_every_stage_runs_and_reports(whole):
    run, (code, out, err) = whole
    assert code == 0, err
    assert "Traceback" not in err
    for piece in PIECES:
        assert f"digits/seed=0: {piece} measured in" in err
        measurements.load(run.piece(D0, piece))
    assert "it says nothing about the paper" in out
    report = Path(re.search(r"report: (.*)", out)[1])
    assert report.read_text(encoding="utf-8").startswith("<!")
    assert json.loads((run.report / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]
    assert not run.training_state(D0).exists()
    assert list(run.path.rglob("*.part")) == []


@pytest.mark.gpu
def test_every_stage_runs_on_a_gpu_in_several_processes(testing_profile, tmp_path):
    run = RunFolder(tmp_path / "run")
    command = ("run", "--profile", "digits", "--seeds", "2", "--workers", "2", "--run", run.path)
    code, out, err = Study(testing_profile, "cuda").run(*command)
    assert code == 0, err
    assert "it says nothing about the paper" in out
    for network_id in run.networks():
        for piece in PIECES:
            found = measurements.provenance_of(measurements.load(run.piece(network_id, piece)))
            assert (found["trained_on_device"], found["measured_on_device"]) == ("cuda", "cuda")


def test_the_second_time_everything_is_cached_and_says_so(study, whole):
    run, (_, out, _) = whole
    before = {path: path.stat().st_mtime_ns for path in run.network_folder(D0).iterdir()}
    code, again, err = study.run("run", "--profile", "digits", "--run", run.path)
    assert (code, again) == (0, out)
    assert "digits/seed=0: network cached" in err
    assert "digits/seed=0: measurements cached" in err
    assert "measured in" not in err
    assert {path: path.stat().st_mtime_ns for path in run.network_folder(D0).iterdir()} == before


def test_the_report_can_be_made_again_elsewhere(study, whole, tmp_path):
    run, _ = whole
    code, out, _ = study.run("report", "--run", run.path, "--out", tmp_path / "report")
    assert code == 0
    assert f"report: {tmp_path / 'report'}" in out
    for name in ("verdicts.json", "report.md"):
        assert (tmp_path / "report" / name).read_text(encoding="utf-8") == (run.report / name).read_text(
            encoding="utf-8"
        )


@pytest.mark.parametrize("moment", ["training.safetensors", "draws.nc"])
def test_killed_and_repeated_gives_the_same_results(study, whole, tmp_path, moment):
    run = RunFolder(tmp_path / "run")
    command = ("run", "--profile", "digits", "--run", run.path)
    code, _, err = study.run(*command, killed_after=moment)
    assert code == -signal.SIGKILL, err
    assert (run.network_folder(D0) / moment).exists()
    assert not run.piece(D0, "vertical").exists()
    code, _, err = study.run(*command, report=False)
    assert code == 0, err
    if moment == "draws.nc":
        assert "digits/seed=0: network cached" in err
        assert "draws measured in" not in err
    else:
        assert "digits/seed=0: training goes on after epoch" in err
    assert_same_results(run, whole[0])


def test_a_damaged_piece_is_made_again_the_same(study, whole):
    run, _ = whole
    path = run.piece(D0, "intact")
    before = measurements.load(path)
    path.write_bytes(path.read_bytes()[:-100])
    code, _, err = study.run("run", "--profile", "digits", "--run", run.path, report=False)
    assert code == 0
    assert f"digits/seed=0: measured again: {path} was changed since it was written" in err
    assert len(re.findall("measured in", err)) == 1
    xr.testing.assert_equal(measurements.load(path), before)


def test_a_diverged_network_is_told_and_no_evidence(study, tmp_path):
    run = RunFolder(tmp_path / "run")
    code, out, err = study.run("run", "--profile", "digits", "--run", run.path, report=False, learning_rate=1e30)
    assert code == 3, err
    assert re.search(r"diverged: digits/seed=0 diverged in epoch \d of 3: loss (nan|inf)", err)
    assert "Traceback" not in err
    assert "not testable" in out
    assert not list(run.path.rglob("*.nc"))


def test_a_network_from_elsewhere_is_measured(study, whole, tmp_path):
    run, _ = whole
    target = RunFolder(tmp_path / "run")
    command = ("measure", "--network", run.checkpoint(D0), "--dataset", "digits", "--profile", "digits")
    code, _, err = study.run(*command, "--run", target.path, report=False)
    assert code == 0, err
    assert {path.stem for path in target.network_folder(D0).glob("*.nc")} == set(PIECES)
    for piece in ("draws", "units", "activations"):
        xr.testing.assert_equal(measurements.load(target.piece(D0, piece)), measurements.load(run.piece(D0, piece)))
    provenance = measurements.provenance_of(measurements.load(target.piece(D0, "draws")))
    assert provenance["trained_on"] == "unknown"


def test_this_environment_reads_what_the_run_has_measured(study, whole, tmp_path, monkeypatch):
    run, _ = whole
    monkeypatch.chdir(tmp_path)
    command = ("drift", "--run", run.path, "--readings", tmp_path / "readings")
    code, out, err = study.run(*command)
    assert code == 0, err
    assert "The same trained networks (digits/seed=0) were measured in 1 environment." in out
    (found,) = load_readings(tmp_path / "readings")
    network = NetworkEvidence("digits/seed=0", {piece: measurements.load(run.piece(D0, piece)) for piece in PIECES})
    one = found.networks["digits/seed=0"]
    assert one.sha256 == load_checkpoint(run.checkpoint(D0)).sha256
    assert one.nh == pytest.approx(dict(zip(PANELS, network.nh_overall.sel(state="intact").values, strict=True)))
    assert list(one.n_selective) == network.n_selective.values.tolist()
    assert found.verdicts
    code, again, err = study.run(*command)
    assert (code, again) == (0, out)
    assert "digits/seed=0: measurements cached" in err
    assert study.run("drift", "--readings", tmp_path / "readings", "--show")[1] == out
