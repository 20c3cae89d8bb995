"""Run every claim of this folder as one test per network, and record and report the verdicts.

The evidence is one of three: the recorded evidence shipped with the suite (``pytest claims/``), networks trained and
measured now on the GPU (``pytest claims/ -m gpu``), or a saved run (``pytest claims/ --run DIR``).

A verdict is not a test status, so the recorder writes its own file.  In pytest's terms: replicated passes; inconclusive
and not testable skip with the reason; not replicated is an expected failure if ``known_failures.toml`` lists it or the
evidence is a rehearsal, and otherwise a failure.  A listed claim that is replicated also fails, so that the list stays
true.  Errors are errors.
"""

import argparse
import traceback
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path

import pytest

from claims.known_failures import KNOWN_FAILURES, known_failures, known_of
from claims.main_claims import MAIN_CLAIMS
from claims.marks import selects
from claims.registry import REGISTRY
from replication.errors import ReplicationError
from replication.evidence import Evidence
from replication.judging import Claim, Record
from replication.judging.claim import NO_NETWORK, check_name
from replication.progress import for_this_terminal
from replication.run_folder import RECORDED, RunFolder, require_recorded
from replication.study import DATASETS, PROFILES, NetworkId

HERE = Path(__file__).parent
FRESH_RUN = Path("runs") / "gpu"

REGISTERED = frozenset(REGISTRY)
"""Claims found by ``import claims``, before pytest imports each file of the folder."""

N_CHECKS = sum(len(claim.subjects) for claim in REGISTRY.values())
"""Number of verdicts in a report on all claims."""

record_key = pytest.StashKey[Record]()
reported_key = pytest.StashKey[bool]()
drawn_key = pytest.StashKey[Iterable[tuple[str, str | None]]]()
report_key = pytest.StashKey[Path]()


class ClaimFailure(AssertionError):
    """The verdict of a claim is not the expected one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the claims."""
    group = parser.getgroup("replication")
    group.addoption("--run", type=Path, help="judge this saved run instead of the recorded evidence")
    group.addoption(
        "--report",
        type=Path,
        help="folder of the report; RUN/report if left out, for the recorded evidence ./report",
    )
    group.addoption("--seeds", type=_one_or_more, default=None, help="with -m gpu: networks per data set")
    group.addoption("--strict-paper", action="store_true", help="a known non-replication fails, too")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the recorder.

    Raises:
        pytest.UsageError: Several processes would judge the claims, or ``--seeds`` is given without training on a GPU.
    """
    if config.getoption("--seeds") and not _fresh(config):
        raise pytest.UsageError("--seeds says how many networks are trained, as -m gpu asks for: give both")
    if config.getoption("numprocesses", None):
        raise pytest.UsageError("claims are judged in one process, since one report holds them all: leave out -n")
    config.stash[record_key] = Record()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect every module of this folder that may define claims, except those that pytest itself collects."""
    # A file named on the command line is collected by pytest, whatever its name.
    if parent.session.isinitpath(file_path):
        return None
    if file_path.parent == HERE and file_path.suffix == ".py" and file_path.name != "conftest.py":
        return pytest.Module.from_parent(parent, path=file_path)
    return None


def pytest_pycollect_makeitem(collector: pytest.Module, name: str, obj: object) -> list[pytest.Item] | None:
    """Turn a claim into one test per network."""
    if not isinstance(obj, Claim) or obj.statistic.__module__ != collector.obj.__name__:
        return None
    return [
        ClaimItem.from_parent(
            collector, name=name if network == NO_NETWORK else f"{name}[{network}]", claim=obj, network=network
        )
        for network in obj.subjects
    ]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Reject claims that only pytest finds; mark all as needing a GPU if a GPU run was requested.

    Raises:
        pytest.UsageError: A file makes a claim that ``import claims`` does not find.
    """
    for item in items:
        if isinstance(item, ClaimItem) and item.claim.id not in REGISTERED:
            raise pytest.UsageError(
                f"{item.path.name} makes the claim {item.claim.id}, which `import claims` does not find, so that "
                f"nothing checks or lists it: call the file section_NAME.py, or import it in {HERE.name}/__init__.py"
            )
    if _fresh(config):
        for item in items:
            if isinstance(item, ClaimItem):
                item.add_marker("gpu")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Decide whether a report will be written if nothing stops the session."""
    n_checks = sum(isinstance(item, ClaimItem) for item in session.items)
    session.config.stash[reported_key] = bool(session.config.getoption("--report")) or n_checks == N_CHECKS


class ClaimItem(pytest.Item):
    """The test of one claim for one network."""

    def __init__(self, *, claim: Claim, network: str, **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]
        self.claim = claim
        self.network = network

    def runtest(self) -> None:
        """Judge the claim, record the verdict, and report it in pytest's terms."""
        verdict = self.config.stash[record_key].judge(self.claim, evidence_of(self.config), self.network)
        self.user_properties.append(("verdict", verdict.outcome))
        expected = known_failures().get((verdict.id, verdict.network))
        summary = (
            f"{verdict.outcome}: reported {verdict.reported}, measured {verdict.judgement.measured_text} "
            f"({verdict.judgement.why})"
        )
        if verdict.outcome in {"inconclusive", "not testable"}:
            # Include the name, because pytest groups skips with the same reason.
            pytest.skip(f"{check_name(self.claim.id, self.network)}: {summary}")
        if verdict.is_rehearsal:
            if verdict.outcome == "not replicated":
                pytest.xfail(f"rehearsal, decides nothing about the paper: {summary}")
            return
        if verdict.outcome == "replicated" and expected:
            raise ClaimFailure(f"{KNOWN_FAILURES.name} lists this claim ({expected}), yet it is {summary}")
        if verdict.outcome == "not replicated":
            if expected and not self.config.getoption("--strict-paper"):
                pytest.xfail(f"{summary}; known: {expected}")
            raise ClaimFailure(summary)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Show a verdict as a line, an error as a traceback."""
        if isinstance(excinfo.value, ClaimFailure):
            return f"{self.claim.sentence}\n{excinfo.value}"
        if isinstance(excinfo.value, pytest.xfail.Exception):
            return str(excinfo.value)  # a traceback would add nothing, and takes a fifth of a second
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the claim in the summary."""
        return self.path, self.claim.statistic.__code__.co_firstlineno, check_name(self.claim.id, self.network)


@cache
def evidence_of(config: pytest.Config) -> Evidence:
    """Return the evidence of this session, and begin to draw it if a report will be written."""
    evidence = _fresh_evidence(config) if _fresh(config) else _saved_evidence(config)
    if config.stash[reported_key]:
        from replication.figures import drawn_beside  # imports matplotlib, which takes half a second

        drawing = ExitStack()
        config.add_cleanup(drawing.close)
        config.stash[drawn_key] = drawing.enter_context(drawn_beside(_run(config), evidence))
    return evidence


def _saved_evidence(config: pytest.Config) -> Evidence:
    """Return the evidence of a saved run; end the session if it is unusable."""
    run = _run(config)
    try:
        if run.is_recorded:
            require_recorded(run.path, f"judge a run of yours with: pytest {HERE} --run RUN")
        return Evidence.of_run(run)
    except ReplicationError as error:
        # Report once, not for every claim.
        pytest.exit(str(error), 2)


def _fresh_evidence(config: pytest.Config) -> Evidence:
    """Train and measure on the GPU now, and return the evidence; end the session if this fails."""
    from replication.cli.entry import complaint_of
    from replication.devices import choose_device, gpu_is_required, why_no_cuda
    from replication.runs.pipeline import run_study

    if reason := why_no_cuda():
        if gpu_is_required():
            pytest.fail(f"a GPU is required and there is none: {reason}", pytrace=False)
        pytest.skip(f"no GPU: {reason}")
    run, profile = _run(config), PROFILES["paper"]
    n_seeds = config.getoption("--seeds") or profile.n_seeds
    networks = [NetworkId(dataset, seed) for dataset in DATASETS for seed in range(n_seeds)]
    try:
        with _uncaptured(config):
            run_study(run, networks, profile, choose_device("cuda"), for_this_terminal())
        return Evidence.of_run(run)
    except Exception as error:
        complaint = complaint_of(error)
        with _uncaptured(config):
            if not complaint:
                traceback.print_exception(error)
        # Otherwise every claim would start the run again.
        pytest.exit(
            f"the run that the claims need has failed, and goes on where it was next time: {complaint or repr(error)} "
            f"(the same run by itself: replication run --profile paper --seeds {n_seeds} --run {run.path})",
            2,
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write verdicts and report, unless a partial set of verdicts would replace a complete one."""
    record = session.config.stash[record_key]
    if record.n_checks and (session.config.getoption("--report") or record.n_checks == N_CHECKS):
        from replication.report.publish import publish

        session.config.stash[report_key] = publish(
            session.config.getoption("--report") or _run(session.config).report,
            record,
            evidence_of(session.config),
            REGISTRY,
            session.config.stash[drawn_key],
            known=known_of(_run(session.config)),
            main_claims=MAIN_CLAIMS,
        )


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter", config: pytest.Config) -> None:
    """Print the verdict counts and the path of the report."""
    record = config.stash[record_key]
    if not record.n_checks:
        return
    verdicts = record.verdicts
    terminalreporter.section("verdicts")
    for outcome in dict.fromkeys(verdict.outcome for verdict in verdicts):
        terminalreporter.line(f"{sum(verdict.outcome == outcome for verdict in verdicts):4d} {outcome}")
    if any(verdict.is_rehearsal for verdict in verdicts):
        terminalreporter.line("The evidence is a rehearsal: it decides nothing about the paper.", yellow=True)
    elsewhere = not _run(config).is_recorded and not config.getoption("--strict-paper")
    if elsewhere and terminalreporter.stats.get("failed"):
        terminalreporter.line(
            f"A failure in one line is a verdict that {KNOWN_FAILURES.name}, made for the recorded evidence, does not "
            "foresee, and no defect; a defect has a traceback.",
            yellow=True,
        )
    if report_key in config.stash:
        terminalreporter.line(f"report: {config.stash[report_key]}")
    else:
        of_all = f"{record.n_checks} of {N_CHECKS} verdicts"
        terminalreporter.line(
            f"report: left as it was, this being {of_all}; --report FOLDER reports on it", yellow=True
        )


def _one_or_more(text: str) -> int:
    """Parse the number of an option.

    Raises:
        argparse.ArgumentTypeError: The text is not a number, or less than 1.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected how many networks, 1 or more")
    return int(text)


def _fresh(config: pytest.Config) -> bool:
    """Return whether the mark expression asks for networks trained now on a GPU."""
    expression = config.option.markexpr
    # Claims have no other mark, so an expression selects them by the GPU mark or not at all.
    return selects(expression, "gpu") and not selects(expression)


def _run(config: pytest.Config) -> RunFolder:
    """Return the judged run."""
    return RunFolder(config.getoption("--run") or (FRESH_RUN if _fresh(config) else RECORDED))


def _uncaptured(config: pytest.Config) -> AbstractContextManager[None]:
    """Show progress on the terminal while networks are trained."""
    manager = config.pluginmanager.getplugin("capturemanager")
    return manager.global_and_fixture_disabled()  # type: ignore[no-any-return]
