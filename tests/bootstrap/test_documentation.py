"""What the pages promise: commands that exist, links that lead somewhere, two languages that say the same."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mig_idg.cli.main import COMMANDS, Directory, directory

ROOT = Path(__file__).parents[2]
README, LISEZ_MOI = ROOT / "README.md", ROOT / "README.fr.md"
PAGES = [README, LISEZ_MOI, *sorted((ROOT / "docs").rglob("*.md"))]
TRANSLATED = [page for folder in ("tutorials", "how-to") for page in sorted((ROOT / "docs" / folder).glob("*.md"))]
OF_THE_SCRIPT = {"test", "check", "bless", "bench"}


def commands(page: Path) -> list[str]:
    """The lines of the page's shell blocks, comments left out."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(), flags=re.DOTALL)
    lines = (line.split("  #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def said_to_mig_idg(page: Path) -> list[list[str]]:
    """The words after each `./idg` or `mig-idg` of the page's shell blocks."""
    shown = re.compile(r"(?:^|[\s/])(?:mig-)?idg ([a-z][^|&;\n]*)", re.MULTILINE)
    found = [match[1] for match in shown.finditer("\n".join(commands(page)))]
    return [shlex.split(words) for words in found]


@pytest.mark.parametrize("page", [README, LISEZ_MOI], ids=lambda page: page.name)
def test_the_readme_shows_one_command_to_a_server_and_one_to_the_tests(page: Path) -> None:
    assert commands(page) == ["./idg demo", "./idg test"]


def test_the_automatic_build_runs_the_command_of_the_readme() -> None:
    assert "./idg test" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("page", [README, LISEZ_MOI], ids=lambda page: page.name)
def test_the_readme_fits_one_screen(page: Path) -> None:
    assert len(page.read_text().splitlines()) <= 64


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", page.read_text())
    broken = [link for link in links if not (page.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_that_is_shown_exists(page: Path) -> None:
    root = directory
    assert isinstance(root, Directory)
    for words in said_to_mig_idg(page):
        if words[0] in OF_THE_SCRIPT:
            continue
        assert words[0] in COMMANDS, words
        context = click.Context(root)
        command: click.Command | None = root.get_command(context, words[0])
        if isinstance(command, click.Group) and len(words) > 1 and not words[1].startswith("-"):
            assert command.resolve_command(context, list(words[1:]))[1] is not None, words


@pytest.mark.parametrize(
    "page", [page for page in TRANSLATED if not page.name.endswith(".fr.md")], ids=lambda page: page.name
)
def test_the_two_languages_show_the_same_commands_under_as_many_titles(page: Path) -> None:
    french = page.with_suffix(".fr.md")
    assert french.exists()
    assert commands(page) == commands(french)
    titles = [re.findall(r"^#+ ", text.read_text(), re.MULTILINE) for text in (page, french)]
    assert titles[0] == titles[1]


def test_generated_pages_and_the_list_of_all_pages_are_up_to_date() -> None:
    stale = subprocess.run(
        [sys.executable, ROOT / "docs" / "reference" / "generate.py", "--check"], capture_output=True, text=True
    )
    assert stale.stdout == "", "./idg bless writes them again"
    assert stale.returncode == 0, stale.stderr


def test_a_word_of_the_glossary_is_explained_once() -> None:
    words = re.findall(r"^\| ([a-zA-Z][^|]*?) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    once = [word for word in words if word != "word"]
    assert len(once) == len(set(once)) > 50
