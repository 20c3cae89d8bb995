"""The sub-commands; their docstrings are what ``--help`` shows."""

import inspect
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from replication import __version__
from replication.cli.exit_codes import DIVERGED, UNEXPECTED
from replication.cli.listing import as_line, profile_as_line, records_of
from replication.cli.names import dataset_named, networks_named, one_named
from replication.cli.options import (
    DATASET_NAMES,
    FOREIGN_PROFILE,
    OF_FORMATS,
    OF_KINDS,
    OF_PROFILES,
    RUN_PROFILE,
    DeviceOption,
    Format,
    JsonOption,
    Kind,
    PrecisionOption,
    WorkersOption,
)
from replication.study import PROFILES, NetworkId
from replication.words import count_text

if TYPE_CHECKING:
    from replication.progress import Progress
    from replication.run_folder import RunFolder

HELP = """Train, measure and judge the networks of Meyes et al. (2020), Under the Hood of Neural Networks.

Data sets are looked for in the folder REPLICATION_DATA, then in the user's cache. If they are in neither, they are
downloaded into the cache.

Exit codes: 0, done; 1, an unexpected error, also in judging a claim; 2, something was refused or is missing (one line
says what); 3, a network diverged, but 1 if a claim ended in an error, too; 130, stopped by Ctrl-C.
"""


def flowing(text: str) -> str:
    """Join the lines of each paragraph, so that the help wraps them to the terminal's width."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n"))


app = typer.Typer(
    help=flowing(HELP),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


Function = TypeVar("Function", bound=Callable[..., None])


def command(name: str | None = None, *, hidden: bool = False) -> Callable[[Function], Function]:
    """Return a decorator that registers a function as a sub-command with its docstring as help."""

    def made(function: Function) -> Function:
        return app.command(name, hidden=hidden, help=flowing(function.__doc__ or ""))(function)

    return made


@app.callback(invoke_without_command=True)
def main_options(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,  # noqa: FBT002
) -> None:
    """Show the version."""
    if version:
        print(__version__)
        raise typer.Exit


@command()
def run(
    profile: Annotated[
        str,
        typer.Option(
            help="How networks are trained and how much is measured; see: replication list profiles.", **OF_PROFILES
        ),
    ] = RUN_PROFILE,
    datasets: Annotated[
        str | None,
        typer.Option(help=f"Data sets, separated by commas: {DATASET_NAMES}.", show_default="the profile's"),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            help="Number of networks per data set, such as 3, or their seeds, such as 0,4,7 or 5-9; a single seed is a "
            "range, such as 3-3.",
            show_default=", ".join(f"{one.n_seeds} for {one.name}" for one in PROFILES.values()),
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="Folder of the run; created if missing.", show_default="runs/PROFILE"),
    ] = None,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "ieee",
    workers: WorkersOption = None,
    dry_run: Annotated[  # noqa: FBT002
        bool, typer.Option("--dry-run", help="Show what would be done for each network, and do nothing.")
    ] = False,
) -> None:
    """Train, measure, judge and report.

    Work that is already in the run's folder is kept, so a stopped run continues where it was.

    The report on all networks of the run, RUN/report/index.html, is written again each time.
    """
    chosen = PROFILES[profile]
    network_ids = networks_named(chosen, datasets, seeds)
    folder = _folder(run, profile)
    if dry_run:
        folder.require_profile(chosen)
        for network_id in network_ids:
            print(f"{network_id}: {_plan(folder, network_id)}")
        return
    from replication.devices import announced_device
    from replication.progress import for_this_terminal
    from replication.runs.pipeline import run_study

    progress = for_this_terminal()
    where = announced_device(device, progress.say)
    done = run_study(folder, network_ids, chosen, where, progress, precision=precision, n_workers=workers)
    _judge_and_report(folder, folder.report)
    if len(done) < len(network_ids):
        raise typer.Exit(DIVERGED)


@command()
def measure(
    run: Annotated[
        Path | None,
        typer.Option(
            "--run",
            help="Folder of the run. With --network, it is created if missing, and gathers the networks that are "
            "measured into it.",
            show_default="runs/PROFILE; with --network a folder in runs/foreign for each file, data set and profile",
        ),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            help="A checkpoint from elsewhere, of the paper's architecture, written by safetensors or torch.save.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(help=f"Data set that this network was trained on: {DATASET_NAMES}.", show_default=False),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            **OF_PROFILES,
            help="How much is measured of a network from elsewhere. Networks of a run follow the run's own profile; "
            "for them this option only names the folder.",
            show_default=f"{RUN_PROFILE}, as in replication run; with --network {FOREIGN_PROFILE}",
        ),
    ] = None,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "ieee",
    workers: WorkersOption = None,
) -> None:
    """Measure all trained networks of a run, or one network from elsewhere, which is then added to the run.

    A network from elsewhere must have these properties. Parameters: weight and bias of conv1, conv2, conv3, fc1, fc2
    and out (conv1.weight, conv1.bias, up to out.bias), in torch's shapes. Input: images of 28 by 28, scaled from -1 to
    1, which is (pixel / 255 - 0.5) / 0.5. After each convolution: ReLU, then max-pooling by 2. Output: log-softmax of
    out. Its file holds the weights alone, or under state_dict, model_state_dict or model. A prefix
    "module." before all names is removed.

    Each piece of measurements is a file beside the network. Complete files are kept, so a stopped command continues
    where it was.

    This command judges no claim; replication report does.
    """
    from replication.devices import announced_device
    from replication.files import exclusive
    from replication.progress import for_this_terminal
    from replication.run_folder import RunFolder
    from replication.runs.adoption import adopt_network, own_folder, read_network
    from replication.runs.measuring import measure_networks

    if (network is None) != (dataset is None):
        raise typer.BadParameter("--network and --dataset belong together")
    if network is None or dataset is None:
        folder = _folder(run, profile or RUN_PROFILE)
        folder.profile()
    else:
        chosen, trained_on = PROFILES[profile or FOREIGN_PROFILE], dataset_named(dataset)
        # Read the network before the folder is created, so that a refused one leaves nothing behind.
        foreign = read_network(network, trained_on, chosen)
        folder = RunFolder(run or own_folder(foreign, trained_on, chosen))
    progress = for_this_terminal()
    where = announced_device(device, progress.say)
    _report_passed_over(folder, progress)
    with exclusive(folder.path):
        if network is None:
            network_ids = _with_checkpoint(folder, progress)
        else:
            folder.describe(chosen)
            network_ids = [adopt_network(folder, foreign, trained_on)]
            progress.say(f"{network} joins {folder.path} as {network_ids[0]}")
        measure_networks(folder, network_ids, folder.profile(), where, progress, precision=precision, n_workers=workers)
    if network_ids:
        progress.say(f"measured; to judge and report: replication report --run {folder.path}")


@command()
def merge(
    sources: Annotated[list[Path], typer.Argument(help="Runs of one profile, from any machine.")],
    into: Annotated[Path, typer.Option(help="Folder of the merged run; created if missing, otherwise extended.")],
    condense: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--condense",
            help="Copy the lowest seed of each data set whole. Of other seeds copy only an eighth: what claims read.",
        ),
    ] = False,
) -> None:
    """Copy the networks of several runs into one run.

    The sources do not change, and neither does what the folder already holds. Networks that have the same name but
    differ are refused.
    """
    from replication.progress import for_this_terminal
    from replication.run_folder import RunFolder
    from replication.runs.merging import merge_runs

    runs, progress = [RunFolder(source) for source in sources], for_this_terminal()
    for one in runs:
        _report_passed_over(one, progress)
    for line in merge_runs(runs, RunFolder(into), condense=condense, progress=progress):
        print(line)


@command()
def report(
    run: Annotated[Path, typer.Option("--run", help="Folder of the run.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the report: index.html, report.md and verdicts.json. Existing files are replaced.",
            show_default="RUN/report; for the recorded evidence ./report",
        ),
    ] = None,
) -> None:
    """Judge every claim on a run's measurements and write the report.

    Networks that were not completely measured are left out.
    """
    from replication.run_folder import RunFolder

    folder = RunFolder(run)
    _judge_and_report(folder, out or folder.report)


@command()
def figures(
    run: Annotated[Path, typer.Option("--run", help="Folder of the run.")],
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            help="Figures to draw: the paper's by number, such as 2 A.4, others by name, such as hit-by-layer.",
            show_default="all for which the run has networks",
        ),
    ] = None,
    file_format: Annotated[
        Format,
        typer.Option(
            "--format", help="Pixels (png), or vectors (svg, pdf), but clouds of points as pixels.", **OF_FORMATS
        ),
    ] = "svg",
    dataset: Annotated[
        str | None, typer.Option(help=f"Data set to draw: {DATASET_NAMES}.", show_default="each figure's own")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Seed of the network shown, in figures that show one network.",
            show_default="the lowest seed that has what is shown",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the files, figure-2.svg and so on. Existing files are replaced.",
            show_default="RUN/figures; for the recorded evidence ./figures",
        ),
    ] = None,
) -> None:
    """Draw the paper's figures and additional figures from a run."""
    from replication.evidence import Evidence
    from replication.figures import FIGURES, save_figures
    from replication.progress import for_this_terminal
    from replication.run_folder import RunFolder

    chosen = [*dict.fromkeys(one_named(figure_id, tuple(FIGURES), "figure") for figure_id in ids)] if ids else None
    named = dataset_named(dataset) if dataset else None
    found, progress = RunFolder(run), for_this_terminal()
    folder = out or found.figures
    evidence = Evidence.of_run(found)
    _report_passed_over(found, progress)
    paths = save_figures(chosen, folder, evidence, file_format, dataset=named, seed=seed, progress=progress)
    print(f"{count_text(len(paths), 'figure')} in {folder}")


@command()
def audit(
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Recompute the paper's own arithmetic, without a network or data, in under two seconds."""
    from replication.audit import audit as find

    findings = find()
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("place", "statement", "outcome", "detail", title="The paper's own arithmetic")
    colours = {"holds": "green", "contradicted": "red", "remark": "yellow"}
    for finding in findings:
        outcome = f"[{colours[finding.outcome]}]{finding.outcome}[/]"
        table.add_row(finding.place, finding.statement, outcome, finding.detail)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@command()
def drift(
    run: Annotated[
        Path | None,
        typer.Option(
            "--run", help="Run with the trained networks; it is not changed.", show_default="the recorded evidence"
        ),
    ] = None,
    readings: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the readings to compare. The reading of this environment is added or replaced.",
            show_default="runs/drift/readings, and the shipped readings",
        ),
    ] = None,
    show: Annotated[  # noqa: FBT002
        bool, typer.Option("--show", help="Show the tables of the existing readings, and measure nothing.")
    ] = False,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "ieee",
) -> None:
    """Measure trained networks again in this environment, and compare the results with those of other environments.

    Measurements are kept in ./runs/drift, so a stopped reading continues where it was.
    """
    from dataclasses import replace

    from replication.drift import SHIPPED, load_readings, save_reading
    from replication.report.drift import drift_of
    from replication.report.markdown_text import drift_in_markdown
    from replication.run_folder import RECORDED, RunFolder, require_recorded

    workshop = Path("runs") / "drift"
    folder = readings or workshop / "readings"
    if not show:
        from claims import REGISTRY
        from replication.devices import announced_device
        from replication.progress import for_this_terminal
        from replication.runs.drift_measuring import read_environment

        source = RunFolder(run) if run else require_recorded(RECORDED, "name a run of yours with --run")
        progress = for_this_terminal()
        where = announced_device(device, progress.say)
        _report_passed_over(source, progress)
        reading = read_environment(source, workshop, REGISTRY, where, progress, precision=precision)
        progress.say(f"reading: {save_reading(folder, reading)}")
    shown = load_readings(folder)
    if readings is None:
        shown = (*load_readings(SHIPPED), *(replace(one, is_here=True) for one in shown))
    print(*drift_in_markdown(drift_of(shown)), sep="\n\n")


@command(hidden=True)
def readme(path: Annotated[Path, typer.Argument(help="The file.")] = Path("README.md")) -> None:
    """Write the README's generated parts and its pictures again, from the evidence in fixtures/recorded beside it."""
    from claims import REGISTRY
    from claims.known_failures import known_of_recorded
    from claims.main_claims import MAIN_CLAIMS
    from replication.evidence import Evidence
    from replication.judging import judge_all
    from replication.report.readme import MAP, PICTURE, map_of, parts, refreshed, save_picture
    from replication.run_folder import require_recorded

    folder = path.parent / "fixtures" / "recorded"
    recorded = Evidence.of_run(require_recorded(folder, f"name the README of a clone, not {path}"))
    verdicts = judge_all(REGISTRY, recorded)
    made_by = parts(verdicts, recorded, known_of_recorded(), MAIN_CLAIMS)
    text = refreshed(path.read_text(encoding="utf-8"), made_by)
    path.write_text(text, encoding="utf-8")
    (path.parent / MAP).write_text(map_of(verdicts), encoding="utf-8")
    save_picture(path.parent / PICTURE, recorded)


@command("list")
def list_(
    kind: Annotated[Kind, typer.Argument(help="What to list.", **OF_KINDS)] = "claims",
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """List claims, choices, profiles, data sets or pieces of measurements.

    Each takes one line. JSON shows more of claims, choices and profiles.
    """
    records = list(records_of(kind))
    if as_json:
        print(json.dumps(records, indent=1, ensure_ascii=False))
        return
    lines = map(profile_as_line, PROFILES.values()) if kind == "profiles" else map(as_line, records)
    print(*lines, sep="\n")


def _folder(path: Path | None, profile: str) -> "RunFolder":
    """Return the run's folder: the given path, or the profile's default."""
    from replication.run_folder import RunFolder

    return RunFolder(path or Path("runs") / profile)


def _report_passed_over(folder: "RunFolder", progress: "Progress") -> None:
    """Report each folder of a run that is ignored because its name is not a network id."""
    for line in folder.passed_over():
        progress.say(line)


def _with_checkpoint(folder: "RunFolder", progress: "Progress") -> list[NetworkId]:
    """Return the networks of a run that can be measured, and report the others, or that there is none."""
    here = []
    for network_id in folder.networks():
        if folder.checkpoint(network_id).exists():
            here.append(network_id)
        else:
            progress.say(f"{network_id}: left out, the network itself is not here")
    if not here:
        progress.say(f"{folder.path}: nothing to measure")
    return here


def _plan(folder: "RunFolder", network_id: NetworkId) -> str:
    """Return a description of what a run would do to a network, for ``--dry-run``."""
    from replication.evidence import load_networks
    from replication.files import CorruptArtefactError
    from replication.schema import PIECES

    trained = folder.checkpoint(network_id).exists()
    begun = folder.training_state(network_id).exists()
    to_train = "training to be continued, then to be measured" if begun else "to be trained and measured"
    to_do = "trained, to be measured" if trained else to_train
    if not folder.holds(network_id, PIECES):
        return to_do
    try:
        (network,) = load_networks(folder, [network_id])
    except CorruptArtefactError as error:
        return to_do if trained else f"refused: {error}"
    return to_do if trained and not network.is_whole else "measured"


def _judge_and_report(folder: "RunFolder", out: Path) -> None:
    """Judge every claim on a run and write the report.

    Raises:
        typer.Exit: Some claims ended in an error; the report names them, too.
    """
    from claims import REGISTRY
    from claims.known_failures import known_of
    from claims.main_claims import MAIN_CLAIMS
    from replication.evidence import Evidence
    from replication.figures import drawn_beside
    from replication.judging import judge_and_record
    from replication.progress import for_this_terminal
    from replication.report.publish import publish
    from replication.report.sources import banner, sources

    progress = for_this_terminal()
    evidence = Evidence.of_run(folder)
    _report_passed_over(folder, progress)
    # Create the folder first, so that an error is reported before claims are judged and figures drawn.
    out.mkdir(parents=True, exist_ok=True)
    with drawn_beside(folder, evidence) as drawn:
        record = judge_and_record(REGISTRY, evidence, progress)
        path = publish(
            out, record, evidence, REGISTRY, drawn, known=known_of(folder), main_claims=MAIN_CLAIMS, progress=progress
        )
    counts = Counter(verdict.outcome for verdict in record.verdicts)
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "no verdict")
    if told := banner(sources(record.verdicts)):
        print(told)
    print(f"report: {path}")
    for check, error in record.errors.items():
        print(f"replication: {check} has no verdict: {error}", file=sys.stderr)
    if record.errors:
        print(f"replication: for tracebacks: pytest claims/ --run {folder.path}", file=sys.stderr)
        raise typer.Exit(UNEXPECTED)
