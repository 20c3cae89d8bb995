"""The README: its generated parts are up to date, its commands exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from replication.cli import app
from replication.readme import PARTS, refreshed

README = Path(__file__).parent.parent / "README.md"


def test_generated_parts_are_up_to_date():
    assert refreshed(README.read_text()) == README.read_text(), "run: replication readme"


def test_a_changed_number_is_noticed():
    stale = README.read_text().replace("**contradicted**", "**holds**", 1)
    assert refreshed(stale) != stale


@pytest.mark.parametrize("name", PARTS)
def test_a_missing_part_is_an_error(name):
    with pytest.raises(ValueError, match=f"no part '{name}'"):
        refreshed(README.read_text().replace(f"<!-- {name}:begin -->", ""))


def test_every_sub_command_shown_exists():
    shown = set(re.findall(r"^(?:\.venv/bin/)?replication (\w+)", README.read_text(), re.MULTILINE))
    known = set(get_command(app).commands)
    assert shown
    assert shown <= known


def test_there_are_exactly_two_set_up_commands():
    setup = README.read_text().partition("## Set up")[2].partition("## Use")[0]
    commands = [line for block in re.findall(r"```sh\n(.*?)```", setup, re.DOTALL) for line in block.splitlines()]
    assert len(commands) == 2
