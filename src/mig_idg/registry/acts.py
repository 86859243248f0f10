"""Acts: every change of facts is one, dated, with its article, its evidence and its author.

An act of a trade (`membership.withdraw`, `ept.offer`…) is a function decorated with `act`: it runs in one transaction,
opens its line with `open_act`, writes history with `registry.history`, and answers `Done`. What the database refuses
comes back as the charter's refusal (`registry.refusals`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate

import psycopg
from psycopg import Connection

from mig_idg.errors import Text
from mig_idg.registry import told
from mig_idg.registry.refusals import translated

type Conn = Connection[Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The piece an act rests on: a letter, a deliberation, minutes, a declaration file…"""

    kind: str
    reference: str
    dated: date


@dataclass(frozen=True, slots=True)
class Record:
    """What every act says of itself: its legal day (Europe/Paris), its author, its evidence.

    `recorded_at` is left to the database; a replay of history may name it (aware, later than every act recorded).
    """

    on: date
    author: str
    evidence: Evidence
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did: its number, its article, a sentence for people, and details for programs."""

    number: int
    verb: str
    article: str
    words: Text
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The act as `--json` prints it."""
        return {
            "act": self.number,
            "verb": self.verb,
            "article": self.article,
            "fr": self.words.fr,
            "en": self.words.en,
            **self.details,
        }


def open_act(conn: Conn, record: Record, *, verb: str, article: str, words: Text) -> int:
    """Write the line of an act and give its number; the facts it changes carry that number."""
    row = conn.execute(
        "insert into registry.act (recorded_at, verb, article, effective, author,"
        " evidence_kind, evidence_reference, evidence_date, summary)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
        (
            record.recorded_at,
            verb,
            article,
            record.on,
            record.author,
            record.evidence.kind,
            record.evidence.reference,
            record.evidence.dated,
            words.fr,
        ),
    ).fetchone()
    assert row is not None
    return int(row[0])


def act[**P, R](function: Callable[Concatenate[Conn, P], R]) -> Callable[Concatenate[Conn, P], R]:
    """Run an act whole or not at all, and say in the charter's words what the database refuses.

    Acts queue on the epoch from their first check on: two clerks who do the same thing at once do it once. Those whom
    the act concerns are told in the same transaction (`told`), unless history is replayed: it was told in its time.
    """

    @wraps(function)
    def run(conn: Conn, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with conn.transaction():
                conn.execute("select from registry.epoch for update")
                answer = function(conn, *args, **kwargs)
                if not _replayed((*args, *kwargs.values())):
                    for done in answer if isinstance(answer, tuple) else (answer,):
                        if isinstance(done, Done):
                            told.announce(conn, done.number, done.verb, done.article, done.words, done.details)
                return answer
        except psycopg.errors.IntegrityError as error:
            raise translated(error) from error

    return run


def _replayed(given: tuple[Any, ...]) -> bool:
    return any(isinstance(one, Record) and one.recorded_at is not None for one in given)
