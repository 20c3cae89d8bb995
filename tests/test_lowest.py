"""The versions in ``lowest.txt`` and ``tested.txt``: the lowest that pyproject.toml admits, and some that it admits."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent


def floors(requirements):
    """The lowest versions that requirements admit, as a constraints file has them."""
    return [f"{name}=={lowest}" for name, lowest in map(floor, requirements)]


def floor(requirement):
    """Name and lowest version of one requirement."""
    found = re.match(r"([\w-]+)>=([\w.]+)", requirement)
    if not found:
        raise ValueError(f"{requirement!r} has no lowest version: expected NAME>=VERSION first")
    return found[1], found[2]


def foreign(source):
    """The top-level packages that a module imports, but for Python's and this suite's own."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"replication", "claims"}


def plain(name):
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def undeclared(packages, requirements):
    """The packages that come with no requirement, but by another's grace."""
    declared, owners = {plain(floor(one)[0]) for one in requirements}, packages_distributions()
    return sorted(package for package in packages if not declared & set(map(plain, owners.get(package, []))))


def test_whatever_is_imported_is_asked_for():
    sources = [path for folder in ("replication", "claims") for path in (ROOT / folder).rglob("*.py")]
    packages = set().union(*(foreign(path.read_text(encoding="utf-8")) for path in sources))
    assert packages >= {"PIL", "markupsafe", "numpy", "torch"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert undeclared(packages, project["dependencies"]) == []


def test_what_is_imported_and_not_asked_for_is_noticed():
    packages = foreign(
        "import os\nfrom PIL import Image\ndef f():\n    import sklearn.metrics\nfrom replication import x"
    )
    assert packages == {"PIL", "sklearn"}
    assert undeclared(packages, ["scikit-learn>=1.6"]) == ["PIL"]
    assert undeclared(packages, ["scikit-learn>=1.6", "Pillow>=11.0"]) == []


def test_the_constraints_are_the_lowest_versions_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    expected = floors([*project["dependencies"], *project["optional-dependencies"]["tests"]])
    found = [
        line
        for line in (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert found == expected


def test_the_tested_versions_are_admitted_and_none_is_missing():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "tests" / "tested.txt").read_text(encoding="utf-8").splitlines()
    tested = dict(line.split("==") for line in lines if not line.startswith("#"))
    versions = {plain(name): version for name, version in tested.items()}
    for asked in map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["tests"]]):
        assert asked.specifier.contains(versions[plain(asked.name)]), asked


def test_a_floor_is_read_off_whatever_else_is_asked():
    assert floors(["torch>=2.11,!=2.13.*", "pytest-regressions>=2.6"]) == ["torch==2.11", "pytest-regressions==2.6"]


@pytest.mark.parametrize("requirement", ["numpy", "numpy<3", "numpy<3,>=2"])
def test_a_requirement_without_a_floor_is_noticed(requirement):
    with pytest.raises(ValueError, match="has no lowest version"):
        floors([requirement])
