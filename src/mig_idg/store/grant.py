"""What one caller may read of one collection, in the terms of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mig_idg.store.table import Column, Table

ALL_ROWS = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """One view profile for one caller.

    `table` holds only the columns granted: what it lacks is an unknown word to every parser. `role` is both the
    database role and the name of its view in schema `served`. `rows` is `*`, or INSEE codes of communes between commas
    (an empty text shows no row). `key` names everything that may change the bytes of an answer for this caller: it is
    part of every ETag and of every cache key. `public` says that anybody gets the same bytes. `writer` is the profile
    with the same columns for an owner who edits. `relation`, when there is one, is read in place of the view, through a
    profile of the columns `kept` on the rows of versions (`store.past`); `version` is the one read, if it is one.
    """

    table: Table
    role: str
    rows: str
    key: str
    public: bool
    obligations: tuple[str, ...] = ()
    writer: str = ""
    kept: tuple[str, ...] = ()
    relation: str = ""
    version: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the profile: geometry, companions and the prepared text included."""
        return self.kept or every_column(self.table)

    @property
    def writer_columns(self) -> tuple[str, ...]:
        """The columns of the profile that edits: the table's own."""
        return every_column(self.table.written)

    @property
    def writer_view(self) -> str:
        """The view an owner edits through (role and view of the same name), quoted and ready for SQL."""
        return f'served."{self.writer}"'

    @property
    def view(self) -> str:
        """The view to read, quoted and ready for SQL."""
        return self.relation or f'served."{self.role}"'

    @property
    def all_rows(self) -> bool:
        """True when no row limit applies: stored counts and extents may be told."""
        return self.rows == ALL_ROWS


def granted_columns(table: Table, hidden: Iterable[str]) -> tuple[str, ...] | None:
    """The columns of the view profile without what is hidden, in table order; None when the id itself is hidden.

    Geometry goes with its companions, the prepared text with every column. Features without an id cannot be served: the
    caller is then refused.
    """
    unseen = set(hidden)
    if table.id.name in unseen:
        return None
    return every_column(narrowed(table, {*table.names, *table.geometry_columns[:1]} - unseen))


def every_column(table: Table) -> tuple[str, ...]:
    """Properties, geometry and companions, and the prepared text when the table is whole."""
    made = [column for column in (table.web, table.text) if column]
    return (*table.names, *table.geometry_columns, *made, *table.pieces)


def narrowed(table: Table, columns: Iterable[str]) -> Table:
    """The table as a profile with these columns sees it."""
    kept = set(columns)
    properties: tuple[Column, ...] = tuple(c for c in table.columns if c.name in kept)
    geometry = table.geometry if table.geometry and table.geometry.name in kept else None
    whole = len(properties) == len(table.columns) and geometry == table.geometry
    return replace(
        table,
        columns=properties,
        geometry=geometry,
        companions=table.companions if geometry else (),
        web=table.web if geometry else None,
        text=table.text if whole else None,
        pieces=table.pieces if whole else (),
        tiles=table.tiles if whole else None,
    )


def profile_name(collection: str, columns: Iterable[str], kind: str = "v", copy: str | None = None) -> str:
    """The name `served.profile_name` gives: a role and a view for each set of columns of a collection and its copy."""
    text = "\x1f".join((collection, *columns)) + (f"\x1e{copy}" if copy else "")
    return f"idg_{kind}_{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:16]}"


def rows_setting(rows: Iterable[str] | None) -> str:
    """`idg.rows` of a decision: `*` for no limit, the sorted commune codes otherwise."""
    return ALL_ROWS if rows is None else ",".join(sorted(rows))
