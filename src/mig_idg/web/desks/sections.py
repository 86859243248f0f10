"""A desk as sections: a heading, a table or nothing to show, and the acts that one may do from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mig_idg.errors import Text
from mig_idg.web import messages
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.acts import ACTS


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page of ours, with what it fills in."""

    path: str
    words: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Now:
    """A button that goes straight to the preview of an act, with these fields."""

    act: str
    ticket: str
    words: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells, and what can be done about it."""

    cells: tuple[str, ...]
    links: tuple[Link | Now, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a desk."""

    id: str
    title: str
    heads: tuple[str, ...] = ()
    rows: Sequence[Row] = ()
    empty: str = ""
    note: str = ""
    acts: tuple[Link, ...] = ()
    alert: bool = False


class Told:
    """Words in the person's language: days, names, titles, links to acts."""

    def __init__(self, who: Actor) -> None:
        self.who = who

    def t(self, fr: str, en: str) -> str:
        """The words in the language."""
        return en if self.who.lang == "en" else fr

    def day(self, value: Any) -> str:
        """A day as people write it; a dash without one."""
        return messages.day(value, self.who.lang) if isinstance(value, date) else "—"

    def until(self, value: Any) -> str:
        """The end of a span."""
        return self.day(value) if value else self.t("sans terme", "no end")

    def name(self, body: str | None) -> str:
        """A body."""
        return self.who.name(body)

    def title(self, dataset: str) -> str:
        """A dataset, by its title when the person may know of it."""
        return self.who.title(dataset).in_(self.who.lang)

    def words(self, text: Text) -> str:
        """A text."""
        return text.in_(self.who.lang)

    def act(self, id: str, fr: str = "", en: str = "", **query: str) -> Link:
        """A link to an act, under its title or other words."""
        words = self.t(fr, en) if fr else self.words(ACTS[id].title)
        return Link(f"/desk/acts/{id}", words, query)

    def acts(self, *ids: str) -> tuple[Link, ...]:
        """Links to those of these acts that the person may do."""
        return tuple(self.act(id) for id in ids if ACTS[id].allowed(self.who))
