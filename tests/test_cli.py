"""The command ``replication``: help, lists, refusals in one line, and that it answers at once.

What runs networks is in ``test_end_to_end``.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
import torch
import typer.main
import typer.rich_utils  # noqa: F401  draws a random number when it is first imported
from run_files import file_of_weights, files_of_pieces, put_network, put_pieces

from replication import __version__, cli
from replication.choices import CHOICES
from replication.cli import commands, entry
from replication.cli.names import seeds_named
from replication.cli.options import Kind
from replication.devices import why_no_cuda
from replication.drift import SHIPPED, load_readings
from replication.evidence import CondensedError
from replication.files import exclusive
from replication.judging import Exact, Record, Registry
from replication.measurements import InvalidMeasurementError
from replication.network import Network
from replication.run_folder import RECORDED, RunFolder
from replication.runs import drift_measuring, measuring
from replication.seeds import torch_generator
from replication.study import PROFILES, NetworkId

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(
    command.name or command.callback.__name__ for command in cli.app.registered_commands if not command.hidden
)


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """Run every command in an empty folder, and as wide as a message may get."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def replication(monkeypatch, capsys):
    """Run the command in this process; return exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["replication", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        out, err = (re.sub(r"\x1b\[[0-9;]*m", "", text) for text in capsys.readouterr())
        return code, out, err

    return run


# Help and lists ----------------------------------------------------------------------------------------------------


def test_there_are_the_commands_of_the_design():
    assert set(COMMANDS) >= {"run", "measure", "merge", "report", "audit", "list"}


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_for_every_parameter(replication, command, option):
    code, out, _ = replication(command, option)
    assert code == 0
    for parameter in typer.main.get_command(cli.app).commands[command].params:
        if parameter.name != "help":
            assert parameter.help
            assert re.sub(r"\s+", " ", parameter.help)[:20] in re.sub(r"\s+", " ", out)
            assert "[" not in parameter.help  # it would be taken for markup, and not be shown
            if isinstance(parameter.show_default, str):
                assert f"[default: ({parameter.show_default})]" in out


def test_the_command_alone_shows_its_help(replication):
    _, out, err = replication()
    assert "Usage: " in out + err
    code, out, _ = replication("--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)


def test_the_version(replication):
    assert replication("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_lists_are_lines_or_json(replication, kind):
    code, out, _ = replication("list", kind)
    assert code == 0
    assert out.strip()
    code, as_json, _ = replication("list", kind, "--json")
    assert code == 0
    assert len(json.loads(as_json)) == len(out.splitlines())


def test_claims_are_listed_unless_told_otherwise(replication):
    from claims import REGISTRY

    code, out, _ = replication("list", "--json")
    assert (code, [row["id"] for row in json.loads(out)]) == (0, [claim.id for claim in REGISTRY.values()])


def test_profiles_are_listed_with_all_that_is_measured(replication):
    _, as_json, _ = replication("list", "profiles", "--json")
    rows = {row["name"]: row for row in json.loads(as_json)}
    assert list(rows) == list(PROFILES)
    for name, profile in PROFILES.items():
        told = {field.name: getattr(profile, field.name) for field in fields(profile)}
        assert rows[name] == told | {"datasets": list(profile.datasets), "training": profile.training}
    _, lines, _ = replication("list", "profiles")
    paper, quick, digits = lines.splitlines()
    assert paper == (
        "paper  10 networks per data set (mnist, kmnist, fashion); trained on all images, 100 epochs; measured on all "
        "images; random draws: 100 at 50 %, 20 at smaller shares; embedding seeds: 3  The paper's own training and "
        "measurements."
    )
    assert "trained on 9,600 images, 3 epochs; measured on 2,000 images; random draws: 20 at 50 %" in quick
    assert digits.startswith("digits  2 networks per data set (digits); ")


def test_choices_are_listed_with_what_the_paper_rules_out(replication):
    _, as_json, _ = replication("list", "choices", "--json")
    ruled_out = {row["name"]: row["ruled_out"] for row in json.loads(as_json)}
    assert ruled_out == {name: list(choice.ruled_out) for name, choice in CHOICES.items()}
    assert ruled_out["baseline"] == ["mean"]


def test_the_audit_is_a_table_or_json(replication):
    code, out, _ = replication("audit")
    assert code == 0
    assert "contradicted" in out
    code, as_json, _ = replication("audit", "--json")
    outcomes = {finding["outcome"] for finding in json.loads(as_json)}
    assert outcomes == {"holds", "contradicted", "remark"}


# Usage errors are exit code 2 and one line that helps --------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--datasets", "kminst"], "unknown data set 'kminst': did you mean 'kmnist'?"),
        (["run", "--datasets", "mnist,fasion"], "unknown data set 'fasion': did you mean 'fashion'?"),
        (["run", "--datasets", "MNSIT"], "unknown data set 'MNSIT': did you mean 'mnist'?"),
        (["run", "--datasets", "xyz"], "unknown data set 'xyz': there are mnist, kmnist, fashion, digits"),
        (["run", "--seeds", "three"], "--seeds three: expected a number as 3, a list as 0,4,7 or a range as 5-9"),
        (["run", "--seeds", "0"], "--seeds 0: expected a number"),
        (["run", "--seeds", "-1"], "--seeds -1: expected a number"),
        (["run", "--seeds", "5-3"], "--seeds 5-3: expected a number"),
        (["run", "--profile", "papr"], "unknown profile 'papr': did you mean 'paper'?"),
        (["run", "--profile", "xyz"], "unknown profile 'xyz': there are paper, quick, digits"),
        (["measure", "--profile", "quik"], "unknown profile 'quik': did you mean 'quick'?"),
        (["run", "--device", "cud"], "unknown device 'cud': did you mean 'cuda'?"),
        (["run", "--precision", "tf16"], "unknown precision 'tf16': did you mean 'tf32'?"),
        (["figures", "--run", "x", "--format", "pgn"], "unknown format 'pgn': did you mean 'png'?"),
        (["figures", "--run", "x", "a4"], "unknown figure 'a4': did you mean 'A.4'?"),
        (["run", "--dry-rum"], "--dry-run"),
        (["rnu"], "run"),
        (["list", "claim"], "unknown kind 'claim': did you mean 'claims'?"),
        (["merge", "one"], "--into"),
        (["report"], "--run"),
        (["measure", "--dataset", "mnist"], "--network and --dataset belong together"),
        (["measure", "--network", "theirs.pt", "--dataset", "mnist"], "theirs.pt"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(replication, tmp_path, arguments, message):
    code, out, err = replication(*arguments)
    assert code == 2
    assert message in " ".join(err.split())
    assert "Traceback" not in out + err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        (None, [0, 1]),
        ("3", [0, 1, 2]),
        ("7,", None),
        ("0,4-2", None),
        ("4-", None),
        ("0,4,7", [0, 4, 7]),
        ("5-7", [5, 6, 7]),
        ("0,5-6", [0, 5, 6]),
    ],
)
def test_seeds_by_number_list_or_range(text, seeds):
    if seeds is None:
        with pytest.raises(typer.BadParameter, match="expected a number as 3"):
            seeds_named(text, 2)
    else:
        assert seeds_named(text, 2) == seeds


@pytest.fixture
def a_run(tmp_path):
    """A run of profile ``digits`` with one network that is nothing but its folder."""
    run = RunFolder(tmp_path / "run")
    run.describe(PROFILES["digits"])
    run.network_folder(NetworkId("digits", 0)).mkdir(parents=True)
    return run


def one_line(answer, message):
    """Whether a refusal is one line, but for the one before it that says what computes."""
    code, out, err = answer
    err = re.sub(r"^\d\d:\d\d:\d\d  networks run on: .*\n", "", err)
    return (
        code == 2 and err.startswith("replication: ") and err.count("\n") == 1 and bool(re.search(message, err + out))
    )


@pytest.mark.parametrize("command", [("report", "--run"), ("measure", "--run"), ("merge", "--into", "some/all")])
def test_a_folder_without_a_run_is_refused_and_nothing_is_made(replication, tmp_path, command):
    assert one_line(replication(*command, "nowhere"), "nowhere holds no run: there is no run.json in it")
    assert list(tmp_path.iterdir()) == []


def test_a_refused_merge_into_a_folder_of_other_things_leaves_no_lock(replication, tmp_path):
    (tmp_path / "mine").mkdir()
    assert one_line(replication("merge", "nowhere", "--into", "mine"), "nowhere holds no run")
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_run_of_another_profile_is_refused(replication, a_run):
    assert one_line(replication("run", "--run", a_run.path, "--profile", "quick"), "profile 'digits', not 'quick'")


def test_a_damaged_description_is_refused(replication, a_run):
    a_run.description_path.write_text("{")
    assert one_line(replication("report", "--run", a_run.path), r"run\.json cannot be read")


def test_a_report_with_no_place_to_stand_is_refused_before_judging(replication, a_run, monkeypatch, tmp_path):
    monkeypatch.setattr("replication.judging.judge_and_record", lambda *_: pytest.fail("judged"))
    (tmp_path / "file").write_text("kept")
    assert one_line(replication("report", "--run", a_run.path, "--out", tmp_path / "file" / "report"), "file")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("command", ["report", "figures"])
def test_what_is_made_from_the_recorded_evidence_goes_into_this_folder(replication, monkeypatch, tmp_path, command):
    monkeypatch.setattr("replication.judging.judge_and_record", lambda *_: Record())
    monkeypatch.setattr("replication.figures.drawn_beside", lambda *_: nullcontext())
    monkeypatch.setattr("replication.report.publish.publish", lambda out, *_, **__: out)
    monkeypatch.setattr("replication.figures.save_figures", lambda _, out, *__, **___: [out])
    before = sorted(RECORDED.rglob("*"))
    code, out, _ = replication(command, "--run", RECORDED)
    told = {"report": "report: report", "figures": "1 figure in figures"}
    assert (code, out.splitlines()[-1]) == (0, told[command])
    assert sorted(RECORDED.rglob("*")) == before


@pytest.mark.parametrize("command", [("run", "--profile", "digits"), ("measure",)])
def test_two_runs_on_one_folder_are_refused(replication, a_run, command):
    with exclusive(a_run.path):
        answer = replication(*command, "--run", a_run.path)
    assert one_line(answer, "in use by another process: wait for it, stop it, or name another folder with --run")


@pytest.mark.skipif(not why_no_cuda(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_refused(replication, a_run):
    answer = replication("run", "--profile", "digits", "--run", a_run.path, "--device", "cuda")
    assert one_line(answer, "no CUDA device: .*; put that right, or use --device cpu")


def test_missing_data_are_one_line(replication, monkeypatch, tmp_path):
    monkeypatch.setenv("REPLICATION_DATA", str(tmp_path / "given"))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _: str(tmp_path / "cache"))

    def no_network(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.datasets.utils.download_url", no_network)
    answer = replication("run", "--profile", "quick", "--datasets", "kmnist")
    assert one_line(answer, r"KMNIST/raw/.* is missing: .*no route to host.* and set REPLICATION_DATA=FOLDER")


@pytest.mark.parametrize(
    ("ids", "message"), [(["3"], "no network trained on kmnist"), ([], "no network that a figure")]
)
def test_a_figure_without_its_network_is_one_line(replication, a_run, ids, message):
    assert one_line(replication("figures", *ids, "--run", a_run.path), message)


def test_weights_of_another_network_are_one_line(replication, tmp_path):
    torch.save({"weight": torch.zeros(2)}, tmp_path / "theirs.pt")
    answer = replication("measure", "--network", "theirs.pt", "--dataset", "mnist")
    assert one_line(answer, r"^replication: theirs\.pt is not a network of this architecture: .*weight")


def test_a_profile_that_takes_more_images_than_there_are_is_one_line(replication):
    answer = replication("run", "--profile", "quick", "--datasets", "digits", "--device", "cpu")
    assert one_line(answer, "9600 images were asked for, the data set has 1437: take another profile or data set")


def test_a_folder_that_cannot_be_made_is_one_line(replication, tmp_path, a_run):
    (tmp_path / "file").touch()
    answer = replication("merge", a_run.path, "--into", "file/all")
    assert one_line(answer, "Not a directory: .*file.*; once that is put right, the same command goes on where it was")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            OSError(28, "No space left on device"),
            "No space left on device; once that is put right, the same command goes",
        ),
        (
            BrokenProcessPool("ended abruptly"),
            r"a worker process was killed, as happens for want of memory: give --workers 1",
        ),
        (
            torch.OutOfMemoryError("CUDA out of memory.\nTried 2 GiB"),
            "out of memory: .*CUDA .*Tried 2 GiB.*: give --workers 1",
        ),
        (MemoryError(), "out of memory: MemoryError.*: give --workers 1"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "out of memory: .*: give --workers 1"),
        (CondensedError("its piece 'units' is without 'lost'; measure it again"), "'lost'; measure it again"),
        (InvalidMeasurementError("a piece of another kind"), "a piece of another kind"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_the_machine_or_the_files_lack_is_one_line_with_the_way_out(replication, monkeypatch, error, message):
    def fail(*_):
        raise error

    monkeypatch.setattr(entry, "app", fail)
    assert one_line(replication(), message)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_paragraph_of_a_help_breaks_only_where_the_window_does(command):
    shown = typer.main.get_command(cli.app).commands[command].help
    assert all("\n" not in paragraph for paragraph in shown.split("\n\n"))
    assert "  " not in shown


def test_the_help_tells_the_exit_codes(replication):
    _, out, _ = replication("--help")
    codes = (
        "0, done; 1, an unexpected error, also in judging a claim; 2, something was refused or is missing (one line "
        "says what); 3, a network diverged, but 1 if a claim ended in an error, too; 130, stopped by Ctrl-C."
    )
    assert codes in " ".join(out.split())


@pytest.mark.parametrize(("module", "where"), [(entry, "app"), (commands, "records_of")])
def test_what_is_stopped_says_so_and_how_to_go_on(replication, monkeypatch, module, where):
    """Within a command, of which typer makes an exit, and outside of one."""

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, where, stop)
    assert replication("list") == (130, "", "replication: stopped; the same command goes on where it was\n")


@pytest.mark.parametrize("error", [ZeroDivisionError("a slip of ours"), RuntimeError("shapes do not match")])
def test_an_unknown_error_keeps_its_traceback(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(entry, "app", fail)
    with pytest.raises(type(error), match=str(error)):
        cli.main()


@pytest.fixture
def one_of_two_claims_fails(monkeypatch):
    """Two claims of which the first ends in an error, in place of the registered ones."""
    registry = Registry()

    @registry.claim("3.1/broken", place="§3.1", rule=Exact())
    def broken():
        """It cannot be computed."""
        raise ZeroDivisionError("a slip of ours")

    @registry.claim("3.1/sound", place="§3.1", rule=Exact())
    def sound():
        """It is so."""
        return True

    monkeypatch.setattr("claims.REGISTRY", registry)


@pytest.mark.parametrize("command", [("report",), ("run", "--profile", "digits")], ids=lambda command: command[0])
@pytest.mark.usefixtures("one_of_two_claims_fails")
def test_a_claim_that_ends_in_an_error_is_told_and_the_others_are_reported(replication, a_run, monkeypatch, command):
    monkeypatch.setattr("replication.runs.pipeline.run_study", lambda run, network_ids, *_, **__: network_ids)
    monkeypatch.setattr("replication.figures.drawn_beside", lambda *_: nullcontext(()))
    code, out, err = replication(*command, "--run", a_run.path)
    assert code == 1
    error = "ZeroDivisionError('a slip of ours')"
    assert out.startswith("1 replicated\n")
    assert out.endswith(f"report: {a_run.report / 'index.html'}\n")
    assert err.splitlines()[-2:] == [
        f"replication: 3.1/broken [-] has no verdict: {error}",
        f"replication: for tracebacks: pytest claims/ --run {a_run.path}",
    ]
    assert error in (a_run.report / "report.md").read_text(encoding="utf-8")
    for_machines = json.loads((a_run.report / "verdicts.json").read_text(encoding="utf-8"))
    assert for_machines["errors"] == {"3.1/broken [-]": error}
    assert [one["id"] for one in for_machines["verdicts"]] == ["3.1/sound"]


def test_options_reach_the_work_they_are_for(replication, a_run, theirs, monkeypatch):
    heard = []

    def hear(name):
        def work(*arguments, **options):
            heard.append((name, options))
            return arguments[1]

        return work

    monkeypatch.setattr("replication.runs.pipeline.run_study", hear("run"))
    monkeypatch.setattr(measuring, "measure_networks", hear("measure"))
    monkeypatch.setattr("replication.cli.commands._judge_and_report", lambda *_: None)
    options = ("--precision", "TF32", "--workers", "3")
    assert replication("run", "--profile", "digits", "--run", a_run.path, *options)[0] == 0
    network = ("--network", theirs, "--dataset", "digits", "--profile", "digits")
    assert replication("measure", *network, *options)[0] == 0
    assert heard == [(name, {"precision": "tf32", "n_workers": 3}) for name in ("run", "measure")]


def test_the_arithmetic_asked_for_is_that_of_a_reading(replication, monkeypatch, tmp_path):
    heard = []
    made = load_readings(SHIPPED)[-1]
    monkeypatch.setattr(drift_measuring, "read_environment", lambda *_, precision: heard.append(precision) or made)
    assert replication("drift", "--precision", "tf32", "--readings", tmp_path)[0] == 0
    assert heard == ["tf32"]


def test_figures_are_drawn_of_the_network_and_in_the_format_asked_for(replication, tmp_path):
    run = RunFolder(tmp_path / "run")
    run.describe(PROFILES["paper"])
    for seed in (0, 1):
        put_pieces(run, NetworkId("mnist", seed), seed)
    for folder, seed in (("default", ()), ("first", ("--seed", "0")), ("second", ("--seed", "1"))):
        command = ("figures", "2", "2", "--run", run.path, "--format", "png", "--dataset", "MNIST", *seed)
        code, out, _ = replication(*command, "--out", folder)
        assert (code, out) == (0, f"1 figure in {folder}\n")
    drawn = {path.parent.name: path.read_bytes() for path in tmp_path.glob("*/figure-2.png")}
    assert all(content.startswith(b"\x89PNG") for content in drawn.values())
    assert drawn["default"] == drawn["first"] != drawn["second"]
    answer = replication("figures", "2", "--run", run.path, "--dataset", "kmnist")
    assert one_line(answer, "no network trained on kmnist; name another data set of it: mnist")


# The dry run and merging -------------------------------------------------------------------------------------------


def test_a_dry_run_tells_the_plan_and_does_nothing(replication, a_run):
    """Seeds 3 and 5 have a damaged piece, 4 condensed ones; the networks of 5 and 6 are elsewhere."""
    for seed in (1, 2, 3, 4):
        a_run.network_folder(NetworkId("digits", seed)).mkdir()
        a_run.checkpoint(NetworkId("digits", seed)).touch()
    for seed in (2, 3, 4, 5, 6):
        put_pieces(a_run, NetworkId("digits", seed), of="digits/seed=0", small=seed > 3)
    for seed in (3, 5):
        a_run.piece(NetworkId("digits", seed), "units").write_bytes(b"damaged")
    before = sorted(a_run.path.rglob("*"))
    code, out, _ = replication("run", "--profile", "digits", "--run", a_run.path, "--seeds", "7", "--dry-run")
    assert code == 0
    *plan, refused, last = out.splitlines()
    assert [*plan, last] == [
        "digits/seed=0: to be trained and measured",
        "digits/seed=1: trained, to be measured",
        "digits/seed=2: measured",
        "digits/seed=3: trained, to be measured",
        "digits/seed=4: trained, to be measured",
        "digits/seed=6: measured",
    ]
    folder = a_run.network_folder(NetworkId("digits", 5))
    assert refused.startswith(f"digits/seed=5: refused: {a_run.path} holds measurements of no use: digits/seed=5: ")
    assert refused.endswith(f"; delete {folder}, or merge them again from where they came")
    assert sorted(a_run.path.rglob("*")) == before


def test_a_dry_run_refuses_what_the_run_would(replication, a_run):
    answer = replication("run", "--profile", "paper", "--run", a_run.path, "--dry-run")
    assert one_line(answer, "holds a run of profile 'digits', not 'paper': name another folder")


def test_a_dry_run_knows_a_network_that_is_half_trained(replication, a_run):
    state = a_run.training_state(NetworkId("digits", 1))
    state.parent.mkdir()
    state.touch()
    _, out, _ = replication("run", "--profile", "digits", "--run", a_run.path, "--seeds", "1-1", "--dry-run")
    assert out == "digits/seed=1: training to be continued, then to be measured\n"


def test_measuring_says_what_it_leaves_out_and_when_there_is_nothing_to_do(replication, a_run, monkeypatch):
    asked = []
    monkeypatch.setattr(measuring, "measure_networks", lambda run, network_ids, *_, **__: asked.extend(network_ids))
    code, _, err = replication("measure", "--run", a_run.path, "--device", "cpu")
    assert (code, asked) == (0, [])
    computes, *said = (line.partition("  ")[2] for line in err.splitlines())
    assert re.fullmatch("networks run on: .+", computes)
    assert said == [
        "digits/seed=0: left out, the network itself is not here",
        f"{a_run.path}: nothing to measure",
    ]
    a_run.network_folder(NetworkId("digits", 1)).mkdir()
    a_run.checkpoint(NetworkId("digits", 1)).touch()
    code, _, err = replication("measure", "--run", a_run.path)
    assert (code, asked) == (0, [NetworkId("digits", 1)])
    _, line, done = err.splitlines()
    assert line.endswith("  digits/seed=0: left out, the network itself is not here")
    assert done.endswith(f"  measured; to judge and report: replication report --run {a_run.path}")


@pytest.fixture
def asked(monkeypatch):
    """Stands in for measuring; returns what it was asked for."""
    asked = []

    def measure(run, network_ids, profile, device, progress, *, precision, n_workers):
        asked.extend((run.path.name, network_id, profile.name, n_workers) for network_id in network_ids)

    monkeypatch.setattr(measuring, "measure_networks", measure)
    return asked


@pytest.mark.parametrize("options", [(), ("--profile", "digits")], ids=["no options", "a profile"])
def test_what_a_run_has_trained_is_measured_by_the_same_options(replication, asked, monkeypatch, options):
    trained = []

    def study(run, network_ids, profile, *_, **__):
        run.describe(profile)
        put_network(run, network_ids[0], 1)
        trained.append((run.path.name, network_ids[0], profile.name, None))
        return network_ids

    monkeypatch.setattr("replication.runs.pipeline.run_study", study)
    monkeypatch.setattr(commands, "_judge_and_report", lambda *_: None)
    assert replication("run", *options)[0] == 0
    assert replication("measure", *options)[0] == 0
    assert asked == trained


def put_stray(run):
    """Give a run whole networks whose folders bear no name of a network."""
    for name in ("foo/seed=1", "digits-old/seed=1", "digits/seed=01"):
        folder = run.path / name
        folder.mkdir(parents=True)
        (folder / "network.safetensors").touch()
        for piece, content in files_of_pieces("digits/seed=0").items():
            (folder / f"{piece}.nc").write_bytes(content)


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--profile", "digits", "--run"),
        ("report", "--run"),
        ("measure", "--run"),
        ("merge", "--into", "all"),
        ("figures", "--run"),
        ("drift", "--run"),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.usefixtures("read")
def test_stray_folders_of_a_run_are_passed_over_with_a_line_each(replication, a_run, asked, monkeypatch, command):
    monkeypatch.setattr("replication.runs.pipeline.run_study", lambda run, network_ids, *_, **__: network_ids)
    monkeypatch.setattr("replication.judging.judge_and_record", lambda *_: Record())
    monkeypatch.setattr("replication.figures.drawn_beside", lambda *_: nullcontext())
    monkeypatch.setattr("replication.report.publish.publish", lambda out, *_, **__: out)
    monkeypatch.setattr("replication.figures.save_figures", lambda *_, **__: [])
    put_stray(a_run)
    code, _, err = replication(*command, a_run.path)
    assert code == 0
    told = [line.partition("  ")[2] for line in err.splitlines() if "passed over" in line]
    assert [line.partition(" is passed over: ")[0].removeprefix(f"{a_run.path}/") for line in told] == [
        "digits/seed=01",
        "digits-old/seed=1",
        "foo/seed=1",
    ]
    assert told[-1].endswith("unknown data set 'foo'; there are mnist, kmnist, fashion, digits")
    assert asked == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--datasets", "mnist, kmnist", "--seeds", "3-3"), ["mnist/seed=3", "kmnist/seed=3"]),
        (
            ("--datasets", "MNIST,Fashion ", "--seeds", "0, 4"),
            [f"{d}/seed={s}" for d in ("mnist", "fashion") for s in (0, 4)],
        ),
        (("--profile", "Digits", "--seeds", "1"), ["digits/seed=0"]),
    ],
)
def test_names_are_read_whatever_their_case_and_the_spaces_around_them(replication, options, found):
    code, out, _ = replication("run", *options, "--dry-run")
    assert code == 0
    assert [line.partition(":")[0] for line in out.splitlines()] == found


def test_the_help_says_how_a_single_seed_is_named(replication):
    _, out, _ = replication("run", "--help")
    assert "a single seed is a range, such as 3-3" in re.sub(r"\W*\n\W*", " ", out)


def test_a_network_named_twice_is_one(replication):
    code, out, _ = replication(
        "run", "--profile", "paper", "--datasets", "mnist,mnist", "--seeds", "0,0-1", "--dry-run"
    )
    assert code == 0
    assert [line.partition(":")[0] for line in out.splitlines()] == ["mnist/seed=0", "mnist/seed=1"]


def test_a_dry_run_of_a_profile_names_its_networks(replication, tmp_path):
    code, out, _ = replication("run", "--profile", "paper", "--dry-run")
    assert code == 0
    assert len(out.splitlines()) == 30
    assert list(tmp_path.iterdir()) == []


def test_merging_says_what_came_from_where(replication, tmp_path):
    for name, seed in (("one", 0), ("two", 1)):
        run = RunFolder(tmp_path / name)
        run.describe(PROFILES["paper"])
        run.network_folder(NetworkId("mnist", seed)).mkdir(parents=True)
        put_network(run, NetworkId("mnist", seed), seed)
    code, out, _ = replication("merge", "one", "two", "--into", "all")
    assert (code, out) == (0, "mnist/seed=0: from one\nmnist/seed=1: from two\n")
    assert RunFolder(tmp_path / "all").checkpoint(NetworkId("mnist", 1)).read_bytes() == file_of_weights(1)
    code, out, _ = replication("merge", "one", "two", "--into", "few", "--condense")
    left_out = ": left out, since it is not wholly measured\n"
    assert (code, out) == (0, f"mnist/seed=0: from one{left_out}mnist/seed=1: from two{left_out}")
    put_network(RunFolder(tmp_path / "two"), NetworkId("mnist", 1), 2)
    assert one_line(replication("merge", "two", "--into", "all"), "two networks are called mnist/seed=1")
    RunFolder(tmp_path / "two").checkpoint(NetworkId("mnist", 1)).write_bytes(b"damaged")
    assert one_line(replication("merge", "two", "--into", "all"), "is no network .*; delete it, or train it again")


# Networks from elsewhere -------------------------------------------------------------------------------------------


def file_from_elsewhere(path):
    """Write a network's file as another program does; its weights follow from its name."""
    torch.save(Network(torch_generator("test", path.name)).state_dict(), path)


@pytest.fixture
def theirs(tmp_path):
    """A network's file from elsewhere."""
    file_from_elsewhere(tmp_path / "theirs.pt")
    return "theirs.pt"


def own_folder(file, *, dataset="digits", profile="paper"):
    """The name of the folder that a network from elsewhere has by itself."""
    sha256 = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    return f"{Path(file).stem}-{sha256[:8]}-{dataset}-{profile}"


def test_a_network_from_elsewhere_joins_once_and_is_measured(replication, asked, theirs):
    own = own_folder(theirs)
    for _ in range(2):
        code, _, err = replication("measure", "--network", theirs, "--dataset", "digits")
        assert code == 0
        assert f"theirs.pt joins runs/foreign/{own} as digits/seed=0" in err
        assert f"to judge and report: replication report --run runs/foreign/{own}" in err
    assert asked == [(own, NetworkId("digits", 0), "paper", None)] * 2
    assert replication("measure", "--run", f"runs/foreign/{own}", "--workers", "3")[0] == 0
    assert asked[2:] == [(own, NetworkId("digits", 0), "paper", 3)]


def test_each_file_data_set_and_profile_has_a_run_of_its_own(replication, asked, theirs, tmp_path):
    """Otherwise two networks would be two seeds of one, and a second profile would be refused."""
    (tmp_path / "again").mkdir()
    file_from_elsewhere(tmp_path / "again" / "other.pt")
    shutil.move(tmp_path / "again" / "other.pt", tmp_path / "again" / theirs)
    given = [(theirs, "digits"), (theirs, "paper"), (f"again/{theirs}", "digits")]
    for file, profile in given:
        assert replication("measure", "--network", file, "--dataset", "digits", "--profile", profile)[0] == 0
    assert asked == [
        (own_folder(file, profile=profile), NetworkId("digits", 0), profile, None) for file, profile in given
    ]
    assert len({name for name, *_ in asked}) == 3


def test_a_name_is_made_fit_for_a_folder(replication, asked, theirs, tmp_path):
    name = f"my net; {'x' * 200}.best.pt"
    shutil.move(tmp_path / theirs, tmp_path / name)
    assert replication("measure", "--network", name, "--dataset", "digits")[0] == 0
    ((folder, *_),) = asked
    assert re.fullmatch(r"my-net-x{25}-[0-9a-f]{8}-digits-paper", folder)


def test_networks_from_elsewhere_are_gathered_where_a_run_is_named(replication, asked, theirs, tmp_path):
    file_from_elsewhere(tmp_path / "other.pt")
    for file in (theirs, "other.pt"):
        assert replication("measure", "--network", file, "--dataset", "digits", "--run", "all")[0] == 0
    assert asked == [("all", NetworkId("digits", seed), "paper", None) for seed in (0, 1)]


@pytest.fixture(params=["weights", "data set", "images", "too few images"])
def refused(request, replication, monkeypatch, tmp_path, theirs):
    """The answer to a network from elsewhere that cannot be measured, for one reason or another."""
    name, options = theirs, ["--dataset", "digits"]
    if request.param == "weights":
        torch.save({"weight": torch.zeros(2)}, tmp_path / "other.pt")
        name = "other.pt"
    elif request.param == "data set":
        options = ["--dataset", "digit"]
    elif request.param == "images":
        monkeypatch.setenv("REPLICATION_DATA", str(tmp_path))
        monkeypatch.setattr("platformdirs.user_cache_dir", lambda _: str(tmp_path / "cache"))
        monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", [])
        options = ["--dataset", "mnist"]
    else:
        options += ["--profile", "quick"]
    return replication("measure", "--network", name, *options)


def test_a_network_that_is_refused_leaves_nothing_behind(replication, asked, theirs, refused, tmp_path):
    code, _, err = refused
    assert code == 2
    assert "Traceback" not in err
    assert not (tmp_path / "runs").exists()
    assert replication("measure", "--network", theirs, "--dataset", "digits", "--profile", "digits")[0] == 0
    assert asked == [(own_folder(theirs, profile="digits"), NetworkId("digits", 0), "digits", None)]


def test_what_a_network_from_elsewhere_must_be_is_told_by_the_help(replication):
    _, out, _ = replication("measure", "--help")
    told = re.sub(r"\W+", " ", out)
    for words in ("conv1.weight", "out.bias", "from -1 to 1", "(pixel / 255 - 0.5) / 0.5", "log-softmax", "module."):
        assert re.sub(r"\W+", " ", words) in told


# Readings of environments -------------------------------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch):
    """Stands in for reading this environment, which is the one that most shipped readings are set against."""
    made = load_readings(SHIPPED)[-1]
    monkeypatch.setattr(drift_measuring, "read_environment", lambda *_, **__: made)
    return made


def test_a_reading_is_kept_here_and_stands_beside_those_that_ship(replication, tmp_path, read):
    shipped = {path: path.read_bytes() for path in SHIPPED.iterdir()}
    code, out, err = replication("drift")
    assert code == 0
    assert f"reading: runs/drift/readings/{read.name}.json" in err
    assert {path: path.read_bytes() for path in SHIPPED.iterdir()} == shipped
    assert {path.suffix for path in (tmp_path / "runs" / "drift" / "readings").iterdir()} == {".json", ".npz"}
    assert f"were measured in {len(load_readings(SHIPPED)) + 1} environments" in out
    assert out.count(f"| {read.label}, here |") == 2 * len(read.networks) + 1
    assert replication("drift", "--show")[:2] == (0, out)


def test_a_folder_of_readings_that_is_named_stands_alone(replication, tmp_path, read):
    code, out, _ = replication("drift", "--readings", "some")
    assert code == 0
    assert "were measured in 1 environment." in out
    assert not (tmp_path / "runs").exists()
    assert {path.stem for path in (tmp_path / "some").iterdir()} == {read.name}


def test_a_damaged_reading_is_told_with_its_own_folder(replication, read):
    replication("drift")
    path = Path("runs", "drift", "readings", f"{read.name}.json")
    path.write_text("{")
    answer = replication("drift", "--show")
    assert one_line(answer, "delete it, or make it again with: replication drift --readings runs/drift/readings$")


# The README ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_generated_parts_of_a_readme_are_written_again(replication, tmp_path):
    clone = RECORDED.parents[1]
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures" / "recorded").symlink_to(RECORDED)
    text = (clone / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- claims:begin -->", "<!-- claims:end -->"
    before, _, rest = text.partition(begin)
    (tmp_path / "README.md").write_text(f"{before}{begin}\nnothing\n{end}{rest.partition(end)[2]}", encoding="utf-8")
    assert replication("readme", tmp_path / "README.md")[0] == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == text
    drawn = Path("fixtures", "verdicts.svg")
    assert (tmp_path / drawn).read_bytes() == (clone / drawn).read_bytes()
    assert (tmp_path / "fixtures" / "seed-distribution.png").read_bytes().startswith(b"\x89PNG")


# Without a clone ---------------------------------------------------------------------------------------------------


def test_recorded_evidence_that_is_not_there_is_told_with_the_way_out(replication, tmp_path, monkeypatch):
    monkeypatch.setattr("replication.run_folder.RECORDED", tmp_path / "fixtures" / "recorded")
    comes = r"no recorded evidence at .*recorded: it comes with a clone of the repository, not with a wheel"
    assert one_line(replication("drift"), f"{comes}; name a run of yours with --run$")
    (tmp_path / "README.md").touch()
    assert one_line(replication("readme"), rf"{comes}; name the README of a clone, not README\.md$")
    assert not (tmp_path / "runs").exists()


def test_readings_of_one_s_own_are_shown_without_a_clone(replication, tmp_path, monkeypatch):
    monkeypatch.setattr("replication.drift.SHIPPED", tmp_path / "nowhere")
    code, out, _ = replication("drift", "--show")
    assert (code, out.count("No environment has been measured")) == (0, 1)


# As a module -------------------------------------------------------------------------------------------------------


def test_the_command_is_a_module_too():
    for arguments, code in ((["--version"], 0), (["list", "nothing"], 2)):
        command = [sys.executable, "-m", "replication", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        assert (done.returncode, done.stdout) == (code, "" if code else f"{__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["list", "claims", "--json"], 0, "−"),
        (["audit", "--json"], 0, "×"),
        (["audit"], 0, "§3.1"),
        (["report", "--run", "Ω"], 2, "Ω holds no run"),
    ],
    ids=["claims", "audit as JSON", "audit", "refusal"],
)
def test_what_is_printed_is_utf_8_whatever_a_pipe_is_said_to_take(arguments, code, told):
    """As on Windows, where it is said to take the code page of the system."""
    command = [sys.executable, "-m", "replication", *arguments]
    surroundings = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, env=surroundings, cwd=ROOT)
    assert done.returncode == code, done.stderr
    assert told in (done.stderr if code else done.stdout).decode("utf-8")


# Speed -------------------------------------------------------------------------------------------------------------


def cpu_s(*command):
    """Least processor time of five runs of a command: other work on the machine only ever adds to it."""
    times = []
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(times)


CALL = "import sys; from replication.cli import main; sys.argv = ['replication', *sys.argv[1:]]; main()"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["list", "profiles"]])
def test_help_and_lists_answer_at_once(arguments):
    """Half a second, or on a slow or busy machine three times what the help of a command without options takes."""
    bare = "import sys, typer; sys.argv = ['bare', '--help']; typer.run(lambda: None)"
    assert cpu_s("-c", CALL, *arguments) < max(0.5, 3 * cpu_s("-c", bare))


def test_the_list_of_claims_is_there_within_a_second():
    """A second, or on a slow or busy machine twice what its libraries take to be there, which is most of it."""
    assert cpu_s("-c", CALL, "list") < max(1, 2 * cpu_s("-c", "import typer, numpy, xarray"))
