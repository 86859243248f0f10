"""The cells of a table's columns that may tell of somebody, in the order of its key: what a scan reads.

By the owner of the tables, before data are opened: no grant is asked, nothing is answered to a caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from mig_idg.store.table import Table

READ_AT_ONCE = 5000
TOLD = ("text", "date", "timestamp", "json", "array", "other")
_LONG_NUMBERS = ("bigint", "numeric")
"""Types of numbers that hold the fifteen digits of a NIR, or a phone without its zero."""


def told_columns(table: Table) -> tuple[str, ...]:
    """The columns whose cells are read: texts, dates, documents, long numbers; no code list, no geometry."""
    return tuple(
        one.name
        for one in table.columns
        if not one.codes and (one.kind in TOLD or (one.base in _LONG_NUMBERS and one.name != table.id.name))
    )


def cells(connection: Connection[Any], table: Table, columns: Sequence[str]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Each row: its id, and its cells as text; read in pieces, in the order of the key."""
    said = [sql.SQL("{}::text").format(sql.Identifier(one)) for one in (table.id.name, *columns)]
    read = sql.SQL("select {} from {} order by {}").format(
        sql.SQL(", ").join(said), sql.Identifier(table.schema, table.name), sql.Identifier(table.id.name)
    )
    with connection.cursor(name="idg_cells") as cursor:
        cursor.itersize = READ_AT_ONCE
        cursor.execute(read)
        for row in cursor:
            yield str(row[0]), tuple(row[1:])


def write_csv(connection: Connection[Any], table: Table, header: Sequence[tuple[str, str]], path: Path) -> None:
    """The rows as a CSV file (UTF-8, commas), in the order of the key: `header` pairs a column with its name there."""
    chosen = sql.SQL(", ").join(
        sql.SQL("{} as {}").format(sql.Identifier(column), sql.Identifier(name)) for column, name in header
    )
    read = sql.SQL("copy (select {} from {} order by {}) to stdout with (format csv, header)").format(
        chosen, sql.Identifier(table.schema, table.name), sql.Identifier(table.id.name)
    )
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(read) as copy:
        for piece in copy:
            file.write(piece)
