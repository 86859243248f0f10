"""Every help text is there, and in the language of the terminal: no word of the other one is left."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache

import pytest

_WALK = """
import json, sys, click
from importlib import import_module
from mig_idg.cli.main import COMMANDS
told = {}
def walk(command, words):
    told[words] = command.help or ""
    for p in command.params:
        if isinstance(p, click.Option) and not p.hidden:
            told[f"{words} {p.opts[0]}"] = p.help or ""
        if p.metavar:
            told[f"{words} {p.name} (value)"] = p.metavar
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=words)
        for name in command.list_commands(context):
            walk(command.get_command(context, name), f"{words} {name}")
for word, (module, line) in COMMANDS.items():
    walk(import_module("mig_idg.cli." + module).command, word)
    told[f"{word} (line)"] = line
json.dump(told, sys.stdout)
"""
# Words that only one of the two languages has.
_FRENCH = re.compile(
    r"[éèêàùçôî]|\b(le|la|les|des|du|une|qui|pour|sur|dans|avec|motifs|objet|secondes)\b", re.IGNORECASE
)
_ENGLISH = re.compile(r"\b(the|of|which|who|with|from|that|is|are|to|and|reasons|seconds)\b", re.IGNORECASE)
_QUOTED = re.compile(
    r"“[^”]*”|« [^»]* »|\"[^\"]*\"|https?://\S+|--?[a-z][\w-]*|\b\w+(_\w+)+\b|[\w/.*-]+\.(yml|md|json)"
)


@cache
def told(language: str) -> dict[str, str]:
    """Each command, option and value with its words, in a terminal of that language."""
    environment = {**os.environ, "LANG": language, "LC_ALL": language}
    run = subprocess.run([sys.executable, "-c", _WALK], env=environment, capture_output=True, check=True, timeout=300)
    found: dict[str, str] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize(("language", "foreign"), [("fr_FR.UTF-8", _ENGLISH), ("en_US.UTF-8", _FRENCH)])
def test_help_is_whole_and_in_one_language(language: str, foreign: re.Pattern[str]) -> None:
    words = told(language)
    assert len(words) > 1000
    assert [where for where, text in words.items() if not text.strip()] == []
    left = {where: text for where, text in words.items() if foreign.search(_QUOTED.sub("", text))}
    assert left == {}


def test_both_languages_have_the_same_commands_and_options() -> None:
    assert told("fr_FR.UTF-8").keys() == told("en_US.UTF-8").keys()
