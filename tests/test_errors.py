"""Errors of this suite: each is known for one to whoever runs the command."""

import ast
from pathlib import Path

import replication
from replication.cli.entry import complaint_of
from replication.errors import ReplicationError
from replication.figures.subject import NoNetworkError

OUTCOMES = {"DivergedError"}
"""What becomes of a training, and is handed on instead of raised."""


def errors_of(folder):
    """Names of the classes of errors that are defined under a folder, each with the names of its bases."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {one.name: {ast.unparse(base).rpartition(".")[2] for base in one.bases} for one in classes}
    return {
        name: bases for name, bases in found.items() if any(base.endswith(("Error", "Exception")) for base in bases)
    }


def strangers(errors):
    """Names of those that derive from no ``ReplicationError``."""

    def is_known(name):
        return name == "ReplicationError" or any(map(is_known, errors.get(name, ())))

    return {name for name in errors if not is_known(name)}


def test_every_error_of_this_suite_is_one_that_the_command_knows():
    errors = errors_of(Path(replication.__file__).parent)
    assert strangers(errors) == OUTCOMES
    assert len(errors) > 8


def test_a_stranger_is_found():
    assert strangers({"A": {"ReplicationError", "ValueError"}, "B": {"A"}, "C": {"ValueError"}}) == {"C"}


def test_the_command_tells_such_errors_in_their_own_words_whatever_they_are_called():
    class Renamed(ReplicationError, LookupError):
        pass

    assert complaint_of(Renamed("there is none; make one")) == "there is none; make one"
    assert complaint_of(NoNetworkError("no network")) == "no network"
    assert complaint_of(LookupError("unforeseen")) == ""
