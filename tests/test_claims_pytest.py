"""``pytest claims/``: a verdict in pytest's terms, the report on some claims, and what is borne with in training."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from claims import REGISTRY

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
RECORDED = ROOT / "fixtures" / "recorded"
ONE_CLAIM = ("-k", "the_architecture_fits_together")
ONE_FAILURE = ("-k", "ablating_a_kernel_ablates_25_neurons")

PLANTED = """
import inspect
import warnings
from replication import devices
from replication.runs import pipeline

asked = inspect.signature(pipeline.run_study)

def run_study(*arguments, **options):
    asked.bind(*arguments, **options)
    warnings.warn("nothing to worry about", stacklevel=1)

devices.why_no_cuda = lambda: ""
devices.choose_device = lambda name: name
pipeline.run_study = run_study
"""
"""Stands in for a GPU, and for a run of which everything is there; asks for the arguments of the real one."""

LEDGER = """
import sys

def pytest_collection_finish(session):
    sys.modules["claims.conftest"].known_failures = lambda: {LISTED}
"""
"""Stands in for the list of known failures."""


OWN = """
from claims.registry import claim
from replication.judging import Statement


@claim("4.1/own", place="§4.1", networks="mnist", rule=Statement(), holds={"harm": {7: 9.0}}, fails={"harm": {4: 9.0}})
def class_7_it_is(network):
    \"\"\"It is class 7.\"\"\"
    return network.most_harmed_class == 7
"""
"""A file with a claim of its author's own."""


@pytest.fixture
def pytest_claims(tmp_path):
    """Run ``pytest claims/`` in an empty folder; return its exit code and what it prints."""

    def run(*options, claims=ROOT / "claims", named=""):
        command = [
            sys.executable,
            "-m",
            "pytest",
            f"{claims}{named}",
            "-c",
            ROOT / "pyproject.toml",
            "-p",
            "no:cacheprovider",
        ]
        found = os.pathsep.join(map(str, [claims.parent, ROOT, tmp_path]))
        kept = os.environ | {"PYTHONPATH": found, "COLUMNS": "300"}
        command = [*map(str, command), *map(str, options)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=kept)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.parametrize(
    ("named", "n_tests"),
    [("/section_3_1.py", 3), ("/section_3_1.py::top_1_accuracy", 3), ("/section_3_1.py::top_1_accuracy[mnist]", 1)],
)
def test_a_file_or_a_test_that_is_named_is_judged_once(pytest_claims, named, n_tests):
    code, said = pytest_claims("--collect-only", "-q", named=named)
    assert code == 0, said
    assert f"{n_tests} test" in said.splitlines()[-1], said
    assert len(set(re.findall(r"^\S+::\S+$", said, re.MULTILINE))) == n_tests


DEPRECATING = """
import warnings
from replication.judging import record

judged = record.judge_network
def judge_network(*arguments):
    warnings.warn("a library's", DeprecationWarning, stacklevel=1)
    return judged(*arguments)
record.judge_network = judge_network
"""
"""Stands in for a release of a library that deprecates what this suite uses."""


def test_no_verdict_hangs_on_what_a_library_deprecates(pytest_claims, tmp_path):
    (tmp_path / "deprecating.py").write_text(DEPRECATING, encoding="utf-8")
    code, said = pytest_claims("-p", "deprecating", "-k", "top_1_accuracy")
    assert code == 0, said
    assert re.search(r"\b3 passed, \d+ deselected, 3 warnings", said)


def test_a_known_failure_is_expected_shown_as_a_line_and_reported_as_what_it_is(pytest_claims, tmp_path):
    """Pytest itself calls it skipped.  Some of the claims are reported where a folder is named."""
    code, said = pytest_claims(*ONE_FAILURE, "-rx", "--xfail-tb", "--report", "some")
    assert code == 0, said
    assert "1 xfailed" in said
    assert re.search(r"XFAIL .*not replicated: reported .* known: a kernel has 196, 49 or 9 of the 17,280", said)
    assert "conftest.py:" not in said, "a traceback, of which nobody learns more"
    assert "report: some" in said
    assert (tmp_path / "some" / "index.html").exists()
    (found,) = json.loads((tmp_path / "some" / "verdicts.json").read_text(encoding="utf-8"))["verdicts"]
    assert (found["id"], found["network"], found["verdict"]) == ("3.1/kernel-is-25-neurons", "-", "not replicated")


def test_a_known_failure_fails_where_the_paper_is_taken_at_its_word(pytest_claims):
    code, said = pytest_claims(*ONE_FAILURE, "--strict-paper")
    assert code == 1, said
    assert re.search(r"^not replicated: reported .*, measured ", said, re.MULTILINE)
    assert "conftest.py:" not in said


def test_a_failure_that_is_not_known_fails(pytest_claims, tmp_path):
    (tmp_path / "planted.py").write_text(LEDGER.replace("LISTED", ""), encoding="utf-8")
    code, said = pytest_claims(*ONE_FAILURE, "-p", "planted")
    assert code == 1, said
    assert re.search(r"^not replicated: reported .*, measured ", said, re.MULTILINE)


def test_a_failure_on_evidence_of_ones_own_is_told_from_a_defect(pytest_claims, tmp_path):
    """The list of known failures was made for other networks."""
    (tmp_path / "planted.py").write_text(LEDGER.replace("LISTED", ""), encoding="utf-8")
    own = tmp_path / "own"
    shutil.copytree(RECORDED, own)
    code, said = pytest_claims(*ONE_FAILURE, "-p", "planted", "--run", own)
    assert code == 1, said
    assert "does not foresee, and no defect; a defect has a traceback." in said


def test_the_recorded_evidence_is_known_by_any_path_to_it(pytest_claims, tmp_path):
    (tmp_path / "planted.py").write_text(LEDGER.replace("LISTED", ""), encoding="utf-8")
    code, said = pytest_claims(*ONE_FAILURE, "-p", "planted", "--run", os.path.relpath(RECORDED, tmp_path))
    assert code == 1, said
    assert "does not foresee" not in said


def test_a_known_failure_that_is_replicated_after_all_fails(pytest_claims, tmp_path):
    listed = LEDGER.replace("LISTED", '("3.1/architecture", "-"): "it did not fit"')
    (tmp_path / "planted.py").write_text(listed, encoding="utf-8")
    code, said = pytest_claims(*ONE_CLAIM, "-p", "planted")
    assert code == 1, said
    assert "known_failures.toml lists this claim (it did not fit), yet it is replicated: " in said


def test_some_of_the_claims_leave_the_report_on_all_of_them_as_it_was(pytest_claims, tmp_path):
    page = tmp_path / "report" / "index.html"
    page.parent.mkdir()
    page.write_text("all claims", encoding="utf-8")
    code, said = pytest_claims(*ONE_CLAIM)
    assert code == 0, said
    n_left_out = int(re.search(r"(\d+) deselected", said)[1])
    assert n_left_out > 150
    assert f"report: left as it was, this being 1 of {n_left_out + 1} verdicts; --report FOLDER reports on it" in said
    assert [path.read_text(encoding="utf-8") for path in page.parent.iterdir()] == ["all claims"]


BROKEN = """
from contextlib import nullcontext
from replication import figures
from replication.judging import record

def judge_network(*_):
    raise ZeroDivisionError("a slip of ours")
record.judge_network = judge_network
figures.drawn_beside = lambda *_: nullcontext(())
"""
"""Stands in for a claim whose statistic has a defect, and for figures, which take longer than all else."""


def test_an_error_has_a_traceback_and_stands_in_the_report(pytest_claims, tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN, encoding="utf-8")
    code, said = pytest_claims(*ONE_CLAIM, "-p", "broken", "--report", "some")
    assert code == 1, said
    assert "broken.py:7: ZeroDivisionError" in said
    found = json.loads((tmp_path / "some" / "verdicts.json").read_text(encoding="utf-8"))
    assert (found["errors"], found["verdicts"]) == ({"3.1/architecture [-]": "ZeroDivisionError('a slip of ours')"}, [])


def test_claims_need_no_plugin_of_the_tests(pytest_claims):
    """The package itself asks for pytest alone."""
    code, said = pytest_claims(*ONE_CLAIM, "-p", "no:xdist", "-p", "no:regressions", "-p", "no:hypothesispytest")
    assert (code, "1 passed" in said) == (0, True), said


def test_several_processes_are_refused_since_one_report_holds_all_verdicts(pytest_claims):
    code, said = pytest_claims(*ONE_CLAIM, "-n", "2")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "claims are judged in one process, since one report holds them all: leave out -n" in said


def test_a_warning_does_not_end_the_training_that_claims_on_a_gpu_need(pytest_claims, tmp_path):
    (tmp_path / "planted.py").write_text(PLANTED, encoding="utf-8")
    code, said = pytest_claims(*ONE_CLAIM, "-m", "gpu", "--run", RECORDED, "-p", "planted")
    assert code == 0, said
    assert "UserWarning: nothing to worry about" in said


@pytest.mark.parametrize("run", ["nowhere", __file__])
def test_what_holds_no_run_is_told_once(pytest_claims, run):
    code, said = pytest_claims("--run", run)
    assert code == 2
    assert said.count("holds no run") == 1
    assert "Traceback" not in said
    assert len(said.splitlines()) < 20


def test_what_is_skipped_is_named(pytest_claims):
    code, said = pytest_claims("-k", "classes_become_denser_up_to_fc1", "-rs")
    assert code == 0
    assert len(re.findall(r"SKIPPED \[1\] .*: 4\.2/denser-to-fc1 \[(kmnist|fashion)\]: inconclusive: ", said)) == 2


def test_why_a_run_on_a_gpu_failed_is_told(pytest_claims, tmp_path):
    """What nobody foresaw with its traceback, a lack of memory with the way out."""
    for error, told, untold in (
        ("TypeError('planted')", "Traceback", "out of memory"),
        ("RuntimeError('CUDA error: out of memory')", "fewer --seeds at a time", "Traceback"),
    ):
        planted = f"{PLANTED}\ndef fail(*_):\n    raise {error}\n\npipeline.run_study = fail\n"
        (tmp_path / "planted.py").write_text(planted, encoding="utf-8")
        code, said = pytest_claims(*ONE_CLAIM, "-m", "gpu", "--run", RECORDED, "-p", "planted")
        assert code == 2
        assert told in said
        assert untold not in said
        assert re.search(r"replication run --profile paper --seeds \d+ --run ", said)


@pytest.mark.parametrize("seeds", ["0", "-1", "two"])
def test_no_networks_are_not_asked_for(pytest_claims, seeds):
    code, said = pytest_claims(*ONE_CLAIM, "-m", "gpu", "--seeds", seeds)
    assert code == 4
    assert "expected how many networks, 1 or more" in said


def test_a_number_of_networks_without_training_is_refused(pytest_claims):
    code, said = pytest_claims(*ONE_CLAIM, "--seeds", "3")
    assert code == 4
    assert "as -m gpu asks for: give both" in said


def test_only_claims_are_marked_as_needing_a_gpu(pytest_claims):
    code, said = pytest_claims(ROOT / "tests" / "test_marks.py", "-m", "gpu", "--collect-only", "-k", "test_marks")
    assert code == 5, said


def test_claims_that_shall_not_train_are_judged_on_the_recorded_evidence(pytest_claims, tmp_path):
    """Of the GPU's networks, were they asked for, would stand that there is no GPU, or a warning of their training."""
    (tmp_path / "planted.py").write_text(PLANTED, encoding="utf-8")
    code, said = pytest_claims(*ONE_CLAIM, "-m", "not (bench or gpu)", "-p", "planted")
    assert code == 0, said
    assert "1 replicated" in said
    assert "nothing to worry about" not in said


def test_without_a_clone_claims_say_once_where_recorded_evidence_comes_from(pytest_claims, tmp_path):
    (tmp_path / "planted.py").write_text(
        "from pathlib import Path\nfrom replication import run_folder\nrun_folder.RECORDED = Path('nowhere')\n",
        encoding="utf-8",
    )
    code, said = pytest_claims("-p", "planted")
    assert code == 2, said
    wanted = (
        "no recorded evidence at nowhere: it comes with a clone of the repository, not with a wheel; judge a run of"
    )
    assert said.count(wanted) == 1, said


@pytest.fixture
def own_claims(tmp_path):
    """Copy the claims to where a file can be added to them."""

    def added(name):
        claims = tmp_path / "copy" / "claims"
        shutil.copytree(ROOT / "claims", claims, ignore=shutil.ignore_patterns("__pycache__"))
        (claims / name).write_text(OWN, encoding="utf-8")
        return claims

    return added


def test_a_file_of_a_section_is_found_by_its_name_and_its_claims_come_last(own_claims):
    claims = own_claims("section_own.py")
    code = "from claims import REGISTRY; print(*REGISTRY, sep='\\n')"
    kept = os.environ | {"PYTHONPATH": os.pathsep.join([str(claims.parent), str(ROOT)])}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=claims.parent, env=kept)
    assert done.stdout.split() == [*REGISTRY, "4.1/own"]


def test_a_claim_of_ones_own_is_judged(pytest_claims, own_claims):
    _, said = pytest_claims("-k", "class_7_it_is", claims=own_claims("section_own.py"))
    assert re.search(r"not replicated: reported in words, measured .* networks", said)
    n_left_out = int(re.search(r"(\d+) deselected", said)[1])
    assert f"this being 1 of {n_left_out + 1} verdicts" in said


def test_a_claim_that_only_pytest_would_find_is_refused(pytest_claims, own_claims):
    code, said = pytest_claims(*ONE_CLAIM, claims=own_claims("own.py"))
    assert code == pytest.ExitCode.USAGE_ERROR, said
    assert (
        "own.py makes the claim 4.1/own, which `import claims` does not find, so that nothing checks or lists it: call "
        "the file section_NAME.py, or import it in claims/__init__.py"
    ) in said
