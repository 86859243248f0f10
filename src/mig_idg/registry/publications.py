"""Publications: numbered generations of declarations, each whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb


@dataclass(frozen=True, slots=True)
class Publication:
    """One generation: `collections` maps an id to its entry (declaration, described table, extent)."""

    number: int
    published_at: datetime | None
    author: str
    collections: Mapping[str, Mapping[str, Any]]


EMPTY = Publication(0, None, "", {})


def latest(connection: Connection[Any]) -> Publication:
    """The generation in force, or the empty one before any publication."""
    row = connection.execute(
        "select number, published_at, author, collections from registry.publication order by number desc limit 1"
    ).fetchone()
    return Publication(*row) if row else EMPTY


def record(connection: Connection[Any], collections: Mapping[str, Mapping[str, Any]], *, author: str) -> int:
    """Write a new generation and return its number; the workers hear of it at commit."""
    text = json.dumps(collections, sort_keys=True, ensure_ascii=False)
    row = connection.execute(
        "insert into registry.publication (author, sha256, collections) values (%s, %s, %s) returning number",
        (author, hashlib.sha256(text.encode()).hexdigest(), Jsonb(collections)),
    ).fetchone()
    assert row is not None
    return int(row[0])


_PUBLISH = "select served.publish(%s, %s::regclass, %s, %s, %s, %s::regclass)"


def allow(
    connection: Connection[Any],
    collection: str,
    relation: str,
    columns: list[str],
    id: str,
    territory: str | None,
    copy: str | None = None,
) -> None:
    """Enter a table in the allow-list of what may be served, put its rows under policy, and make its whole profile.

    `copy` is the relation that readers have in its place, with the same columns and those prepared for them.
    """
    connection.execute("set local lock_timeout = '5s'")
    connection.execute(_PUBLISH, (collection, relation, columns, id, territory, copy))
    connection.execute("select served.ensure_profile(%s, %s)", (collection, columns))


def forget_copies(connection: Connection[Any]) -> int:
    """Drop the copies that no collection has read since the publication before; how many."""
    row = connection.execute("select served.forget_copies()").fetchone()
    return int(row[0]) if row else 0


def epoch(connection: Connection[Any]) -> int:
    """The number that moves with every change of facts, credentials or publication."""
    row = connection.execute("select number from registry.epoch").fetchone()
    assert row is not None
    return int(row[0])
