"""Vintages that nobody sees any more: replaced by the next of their name, or prepared and given up.

Their rows stay (what was there, from when to when, who put it and who took it away); only their files may go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import Connection

State = Literal["replaced", "abandoned", "in_force"]


@dataclass(frozen=True, slots=True)
class Vintage:
    """A vintage and why its files may go: all of them, or (`in_force`) only those that it does not name."""

    id: int
    collection: str
    name: str
    state: State
    coproduced: bool

    @property
    def folder(self) -> str:
        """Where its files are in their place."""
        return f"{self.collection}/{self.name}/{self.id}"


def due(connection: Connection[Any], before: datetime, collections: Sequence[str]) -> list[Vintage]:
    """Vintages replaced, or left unfinished and untouched, before an instant, and those in force; oldest first.

    `collections` limits to those named; none = all.
    """
    rows = connection.execute(
        """
        select
          v.id, v.collection, v.name,
          case
            when v.published_at is null then 'abandoned'
            when v.replaced_at is not null then 'replaced'
            else 'in_force'
          end,
          exists (select from registry.dataset d where d.id = v.collection and d.kind = 'coproduced')
        from raster.vintage v
        where v.pruned_at is null
          and (%(all)s or v.collection = any (%(collections)s))
          and case
            when v.published_at is null then greatest(
              v.opened_at, (select max(f.imported_at) from raster.file f where f.vintage = v.id)
            ) < %(before)s
            else v.replaced_at is null or v.replaced_at < %(before)s
          end
        order by v.id
        """,
        {"all": not collections, "collections": list(collections), "before": before},
    )
    return [Vintage(*row) for row in rows]


def named(connection: Connection[Any], vintage: int) -> frozenset[str]:
    """Every path that a vintage names: its files and its overview."""
    rows = connection.execute(
        """
        select f.path from raster.file f where f.vintage = %(vintage)s
        union all
        select v.overview from raster.vintage v where v.id = %(vintage)s and v.overview is not null
        """,
        {"vintage": vintage},
    )
    return frozenset(row[0] for row in rows)


def mark(connection: Connection[Any], vintage: int, author: str) -> bool:
    """Write down who had the files of a vintage removed; False when it is in force, or marked already."""
    done = connection.execute(
        """
        update raster.vintage
        set pruned_at = now(), pruned_by = %s
        where id = %s
          and pruned_at is null
          and (published_at is null or replaced_at is not null)
        """,
        (author, vintage),
    )
    return done.rowcount == 1
