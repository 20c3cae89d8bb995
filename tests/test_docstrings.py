"""What every public function tells beyond what ruff asks for: its arguments, wherever there are two or more.

Public is what a room offers (what ``replication.<room>`` holds of its own, and the public methods of its classes) and
every function of the claims.  A single argument may be told in the summary, a method that takes another's place
points to it (``see …``) or inherits from it; the commands tell theirs in their help.
"""

import importlib
import inspect
import pkgutil
from types import SimpleNamespace

import pytest

import claims
import replication

HELP_TEXTS = {"replication.cli"}
"""Rooms whose docstrings are shown by ``--help``, where each option has a help of its own."""


def modules():
    """The rooms, and the modules of the claims."""
    rooms = [f"replication.{module.name}" for module in pkgutil.iter_modules(replication.__path__)]
    of_claims = [f"claims.{module.name}" for module in pkgutil.iter_modules(claims.__path__)]
    return sorted({*rooms, *of_claims} - HELP_TEXTS - {"claims.conftest"})


def surface(module):
    """Yield name and function of everything public that a module offers of its own."""
    for name, found in vars(module).items():
        if name.startswith("_") or not getattr(found, "__module__", "").startswith(module.__name__):
            continue
        if inspect.isclass(found):
            for method, function in vars(found).items():
                function = getattr(function, "__func__", function)
                inherited = any(hasattr(base, method) for base in found.__mro__[1:])
                if inspect.isfunction(function) and not method.startswith("_") and not inherited:
                    yield f"{name}.{method}", function
        elif inspect.isroutine(inspect.unwrap(found)):
            yield name, inspect.unwrap(found)


def untold(functions):
    """Return a line for each function without a docstring, or with arguments that nobody tells of."""
    lines = []
    for name, function in functions:
        arguments = [one for one in inspect.signature(function).parameters if one not in {"self", "cls"}]
        text = inspect.getdoc(function) or ""
        if not text:
            lines.append(f"{name} has no docstring")
        elif len(arguments) > 1 and "\nArgs:\n" not in text and "; see ``" not in text:
            lines.append(f"{name} does not tell of its arguments {', '.join(arguments)} under Args")
    return lines


@pytest.mark.parametrize("name", modules())
def test_every_public_function_tells_of_its_arguments(name):
    assert untold(surface(importlib.import_module(name))) == []


def test_the_walk_finds_what_the_rooms_offer():
    found = {name: {one for one, _ in surface(importlib.import_module(name))} for name in modules()}
    assert {"pearson", "Interval.contains"} <= found["replication.stats"]
    assert {"class_means", "layer_activations"} <= found["replication.activations"]
    assert "exclusive" in found["replication.files"]
    assert "jaccard" in found["claims.populations"]
    assert sum(map(len, found.values())) > 150


# Each check is seen to fail --------------------------------------------------------------------------------------


def planted(one, other=2):
    """Return one and other."""


def silent(one):
    pass


class Planted:
    """A class."""

    def method(self, one, other):
        """Do something."""

    @classmethod
    def made(cls, one, other):
        """Make one."""

    def _private(self, one, other):
        pass


class Heir(Planted):
    """Another class."""

    def method(self, one, other):
        """Do it better."""

    def new(self, one, other):
        """Do something else; see ``Planted.method``."""


def test_a_planted_omission_is_found():
    module = SimpleNamespace(__name__=__name__, planted=planted, silent=silent, Planted=Planted, Heir=Heir, np=pytest)
    assert untold(surface(module)) == [
        "planted does not tell of its arguments one, other under Args",
        "silent has no docstring",
        "Planted.method does not tell of its arguments one, other under Args",
        "Planted.made does not tell of its arguments one, other under Args",
    ]
