"""Every article of the founding texts, with the rules that code it or the reason why none does; and the readings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from mig_idg.errors import Text


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one text. `elsewhere`: what the software does with it when no rule codes it, None otherwise."""

    text: str
    id: str
    rules: tuple[str, ...]
    why: Text
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One ambiguity and the reading taken: a field of `Settings` with its choices, or who else holds it."""

    number: int
    text: str
    words: Text
    setting: str | None = None
    choices: tuple[str, ...] = ()
    held_by: str | None = None


@cache
def articles() -> tuple[Article, ...]:
    """All articles, in the order of the texts; YAML of the package, read once."""
    return tuple(
        Article(text["text"], a["id"], tuple(a["rules"]), Text(a["fr"], a["en"]), a.get("elsewhere"))
        for text in _yaml("articles.yml")
        for a in text["articles"]
    )


@cache
def readings() -> tuple[Reading, ...]:
    """All ambiguities, numbered; YAML of the package, read once."""
    return tuple(
        Reading(
            r["number"],
            r["text"],
            Text(r["fr"], r["en"]),
            r.get("setting"),
            tuple(r.get("choices", ())),
            r.get("held_by"),
        )
        for r in _yaml("readings.yml")
    )


def _yaml(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((files(__package__) / name).read_text("utf-8"), Loader=loader)  # noqa: S506 (safe loader)
