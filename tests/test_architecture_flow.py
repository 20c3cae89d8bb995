"""The one-way flow, read from the import statements: each room imports only rooms above it, torch ends at the
measurements, except in ``runs``, and the suite never imports the claims.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ROOMS = (
    "errors",
    "words",
    "paper",
    "architecture",
    "labels",
    "ratios",
    "seeds",
    "masks",
    "files",
    "progress",
    "machine",
    "processes",
    "provenance",
    "choices",
    "remembered",
    "ledger",
    "study",
    "run_folder",
    "precision",
    "threads",
    "devices",
    "data",
    "network",
    "fourier",
    "training",
    "ablation",
    "activations",
    "stats",
    "metrics",
    "embedding",
    "schema",
    "measurements",
    "measuring",
    "audit",
    "evidence",
    "judging",
    "drift",
    "figures",
    "report",
    "runs",
    "cli",
    "__main__",
)
"""Top to bottom; a room sees the rooms above it and itself."""

TORCH_ROOMS = {
    "seeds",
    "precision",
    "threads",
    "devices",
    "data",
    "network",
    "fourier",
    "training",
    "ablation",
    "activations",
    "measuring",
    "runs",
}
"""The only rooms that may name torch; ``seeds`` imports it where a torch generator is asked for."""

TORCH = {"torch", "torchvision", "safetensors.torch", "captum"}

HEAVY = {"torch", "torchvision", "numpy", "scipy", "xarray", "umap", "numba", "sklearn", "matplotlib", "pytest"}
"""What ``cli`` must not import before a sub-command needs it."""


def read_modules(root, *packages):
    """Return the source of every module of the packages by its dotted name."""
    sources = {}
    for package in packages:
        for path in (root / package).rglob("*.py"):
            parts = path.relative_to(root).with_suffix("").parts
            sources[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return sources


def imports_of(source, modules, *, at_import_only=False):
    """Return the dotted names a module imports; relative imports as they are written.

    With ``at_import_only`` those inside functions, and those for type checkers alone, are left out.
    """
    found = set()

    def visit(node):
        if at_import_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if at_import_only and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.orelse:
                visit(child)
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                submodule = f"{module}.{alias.name}"
                found.add(submodule if submodule in modules else module)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(source))
    return found


def room_of(module):
    """Return the room of a module of the package, None of any other and of the package itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "replication" and len(parts) > 1 else None


def flow_violations(modules):
    """Return a line for each import that goes against the flow, and for each module outside the rooms."""
    violations = []
    for module, source in sorted(modules.items()):
        room = room_of(module)
        if module.split(".")[0] != "replication" or module == "replication":
            continue
        if room not in ROOMS:
            violations.append(f"{module} belongs to no room of the list")
            continue
        for imported in sorted(imports_of(source, modules)):
            if imported.startswith("."):
                violations.append(f"{module} imports {imported}: imports are absolute")
            elif imported.split(".")[0] in {"claims", "tests"} and room != "cli":
                violations.append(f"{module} imports {imported}: only cli may")
            elif (other := room_of(imported)) is not None and other not in ROOMS[: ROOMS.index(room) + 1]:
                violations.append(f"{module} imports {imported}, which is not above it")
            elif TORCH & {imported, imported.split(".")[0]} and room not in TORCH_ROOMS:
                violations.append(f"{module} imports {imported}: torch ends at the measurements")
    return violations


def reached(modules, *starts):
    """Return everything that importing some modules imports, ``{module: the module that imported it}``."""
    found, waiting = dict.fromkeys(starts, ""), [*starts]
    while waiting:
        module = waiting.pop()
        if module not in modules:
            continue
        for imported in imports_of(modules[module], modules, at_import_only=True):
            parts = imported.split(".")
            # Importing a.b.c imports a and a.b, too.
            for name in (".".join(parts[: depth + 1]) for depth in range(len(parts))):
                if name not in found:
                    found[name] = module
                    waiting.append(name)
    return found


def chain_to(found, packages):
    """Return the chains of imports that end in one of the packages, each as ``a → b → torch``."""
    chains = []
    for name in sorted(packages & found.keys()):
        chain = [name]
        while found[chain[-1]]:
            chain.append(found[chain[-1]])
        chains.append(" → ".join(reversed(chain)))
    return chains


def told_rooms(text):
    """Return the rooms that a text puts in order, from its first arrow to its last; claims are not among them."""
    line = re.search(r"`+\w+`+ →.*→[^.]*", text, re.DOTALL)[0]
    return [name for name in re.findall(r"`+([\w/]+)`+", line) if name != "claims/"]


def out_of_order(told):
    """Return the rooms of a list that are none, or that do not come after the one told before."""
    places = [ROOMS.index(room) if room in ROOMS else -1 for room in told]
    return [room for room, place, before in zip(told, places, [-1, *places], strict=False) if place <= before]


@pytest.fixture(scope="module")
def modules():
    return read_modules(ROOT, "replication", "claims")


def test_every_room_imports_only_rooms_above_it(modules):
    assert flow_violations(modules) == []


def test_the_list_of_rooms_is_the_folder():
    found = {path.stem for path in (ROOT / "replication").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert found - {"__init__", "__pycache__", "ledger"} == set(ROOMS) - {"ledger"}


@pytest.mark.parametrize("path", ["README.md", "replication/__init__.py"])
def test_rooms_are_told_in_their_order(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    told = told_rooms(text[text.rindex("The rooms") :])
    assert out_of_order(told) == []
    assert set(told) >= {"data", "network", "training", "ablation", "stats", "measurements", "judging", "report"}


@pytest.mark.parametrize("room", [*(room for room in ROOMS if room not in TORCH_ROOMS), "seeds"])
def test_other_rooms_do_not_even_reach_torch(modules, room):
    of_room = [module for module in modules if room_of(module) == room]
    assert chain_to(reached(modules, *of_room), TORCH) == []


def test_the_claims_reach_no_torch(modules):
    assert chain_to(reached(modules, "claims"), TORCH | {"umap", "numba"}) == []


def test_the_command_line_imports_nothing_heavy(modules):
    assert chain_to(reached(modules, "replication.cli"), HEAVY) == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("replication.cli", ("torch", "numpy", "xarray", "matplotlib", "umap", "numba")),
        ("claims, replication.report, replication.judging", ("torch", "umap", "numba")),
        ("claims, replication.report", ("scipy.stats", "scipy.special", "scipy.spatial", "scipy.optimize")),
    ],
)
def test_the_interpreter_agrees(module, unwanted):
    """What is loaded, whatever the import statements look like."""
    code = f"import sys, {module}; print([name for name in {unwanted} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


# Each check is seen to fail --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("replication.network", "from replication.training import train_together", "which is not above it"),
        ("replication.network", "import replication.training.together", "which is not above it"),
        ("replication.network", "def f():\n    import replication.training.together", "which is not above it"),
        ("replication.network", "from replication import training", "which is not above it"),
        ("replication.network", "from . import data", "imports are absolute"),
        ("replication.report.page", "import torch", "torch ends at the measurements"),
        ("replication.stats.ranks", "def f():\n    from torch import Tensor", "torch ends at the measurements"),
        ("replication.report.page", "from claims import REGISTRY", "only cli may"),
        ("replication.utils", "", "belongs to no room"),
    ],
)
def test_a_planted_violation_is_found(module, source, complaint):
    planted = {"replication": "", "replication.training": "", "replication.data": "", module: source}
    (violation,) = flow_violations(planted)
    assert violation.startswith(module)
    assert complaint in violation


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`data` → `stats` → `figures`, `report`. `data` comes first", []),
        ("``data`` → ``measurements`` → ``stats`` and\nthe claims → ``report``.", ["stats"]),
        ("`data` → `report`, `figures` and `claims/` → `cli`", ["figures"]),
        ("`data` → `attic` → `cli`", ["attic"]),
    ],
)
def test_rooms_told_in_another_order_are_noticed(text, wrong):
    assert out_of_order(told_rooms(text)) == wrong


def test_what_is_allowed_is_not_complained_about():
    allowed = {
        "replication": "__version__ = '1'",
        "replication.training": "import torch\nfrom replication import __version__, network",
        "replication.network": "from replication.architecture import N_CLASSES\nimport numpy",
        "replication.architecture": "",
        "replication.cli": "from replication import __version__\ndef f():\n    from claims import REGISTRY",
        "claims": "from replication.judging import Registry",
    }
    assert flow_violations(allowed) == []


def test_torch_is_found_behind_other_modules():
    planted = {
        "replication": "",
        "replication.report": "from replication.report import page",
        "replication.report.page": "from replication.ablation.counts import hits",
        "replication.ablation": "import torch",
        "replication.ablation.counts": "import numpy",
    }
    chains = chain_to(reached(planted, "replication.report"), TORCH)
    assert chains == ["replication.report → replication.report.page → replication.ablation → torch"]


def test_imports_for_later_and_for_type_checkers_are_not_reached():
    planted = {
        "replication": "",
        "replication.seeds": "if TYPE_CHECKING:\n    import torch\nelse:\n    import json\ndef f():\n    import torch",
    }
    found = reached(planted, "replication.seeds")
    assert "torch" not in found
    assert "json" in found


# One name, one thing -----------------------------------------------------------------------------------------------


def definitions(name):
    """Yield the modules of the suite that define a class, an alias or a constant of that name."""
    for path in sorted((ROOT / "replication").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = [*getattr(node, "targets", ()), getattr(node, "target", None)]
            if name in {getattr(node, "name", None), *(getattr(target, "id", None) for target in targets)}:
                yield str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("Profile", "replication/study.py"),
        ("PROFILES", "replication/study.py"),
        ("FigureKind", "replication/paper.py"),
    ],
)
def test_a_word_of_the_study_has_one_meaning(name, module):
    assert list(definitions(name)) == [module]
