"""Commands that people are told of exist: in what the server and the commands say, and in every page."""

import re
from pathlib import Path

import click
import pytest

from mig_idg.cli.main import COMMANDS, directory

ROOT = Path(__file__).parents[2]
SAID = re.compile(r"mig-idg +([a-z][a-z-]*)(?: +([a-z][a-z-]*))?")
PLACES = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "idg"]
CHANGELOG = ROOT / "CHANGELOG.md"  # tells of commands that were


def every_command():
    """Each command as the words typed for it."""
    context = click.Context(directory)
    for word in COMMANDS:
        command = directory.get_command(context, word)
        below = command.list_commands(click.Context(command)) if type(command) is click.Group else [None]
        yield from ((word, name) for name in below)


@pytest.mark.parametrize("place", [one for one in PLACES if one != CHANGELOG], ids=lambda path: path.name)
def test_a_command_that_is_told_exists(place):
    known = set(every_command())
    groups = {word for word, name in known if name is not None}
    wrong = []
    for line in place.read_text("utf-8").splitlines():
        for word, name in SAID.findall(line):
            if word in groups and name and (word, name) not in known and f"`mig-idg {word}`" not in line:
                wrong.append(f"mig-idg {word} {name}")
    assert wrong == []


def test_words_that_scripts_type_stay():
    """Scripts of those who run a service type these: a renamed function must not rename them."""
    typed = {" ".join(filter(None, words)) for words in every_command()}
    assert {"terms openings", "terms open", "terms take-back", "grant answer", "charter prove", "job work"} <= typed
