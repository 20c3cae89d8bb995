"""The lowest versions that ``tox -e lowest`` installs are those that pyproject.toml admits."""

import re
import tomllib
from pathlib import Path

import pytest

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


def test_the_constraints_are_the_lowest_versions_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    expected = floors([*project["dependencies"], *project["optional-dependencies"]["tests"]])
    found = [line for line in (ROOT / "tests" / "lowest.txt").read_text().splitlines() if not line.startswith("#")]
    assert found == expected


def test_a_floor_is_read_off_whatever_else_is_asked():
    assert floors(["torch>=2.11,!=2.13.*", "pytest-regressions>=2.6"]) == ["torch==2.11", "pytest-regressions==2.6"]


@pytest.mark.parametrize("requirement", ["numpy", "numpy<3", "numpy<3,>=2"])
def test_a_requirement_without_a_floor_is_noticed(requirement):
    with pytest.raises(ValueError, match="has no lowest version"):
        floors([requirement])
