"""What a table gets at publication so that answers come quickly: indexes, companion geometries.

    prepare(connection, declared)   before the table is described; idempotent, only adds

Figures behind each choice: docs/explanations/performance.md.
"""

from __future__ import annotations

from typing import Any, Protocol

from psycopg import Connection, sql


class Source(Protocol):
    """Where the rows are: `table` is `schema.table`, `geometry` its column."""

    @property
    def table(self) -> str | None: ...

    @property
    def geometry(self) -> str | None: ...


class Declared(Protocol):
    """What we read of a declaration."""

    @property
    def source(self) -> Source: ...


def prepare(connection: Connection[Any], declared: Declared) -> None:
    """Add what the declared table lacks: the spatial index, fresh statistics. A missing table is left to `describe`."""
    table, geometry = declared.source.table, declared.source.geometry
    if table is None or connection.execute("select to_regclass(%s)", [table]).fetchone() == (None,):
        return
    schema, _, name = table.rpartition(".")
    target = sql.Identifier(schema or "data", name)
    if geometry is not None and not _has_spatial_index(connection, schema or "data", name, geometry):
        connection.execute(sql.SQL("create index on {} using gist ({})").format(target, sql.Identifier(geometry)))
    connection.execute(sql.SQL("analyze {}").format(target))


def _has_spatial_index(connection: Connection[Any], schema: str, name: str, geometry: str) -> bool:
    found = connection.execute(
        """
        select exists (
          select
          from pg_index i
          join pg_class c on c.oid = i.indrelid
          join pg_namespace n on n.oid = c.relnamespace
          join pg_class x on x.oid = i.indexrelid
          join pg_am m on m.oid = x.relam
          join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
          where n.nspname = %s
            and c.relname = %s
            and a.attname = %s
            and m.amname = 'gist'
            and i.indpred is null
        )
        """,
        [schema, name, geometry],
    ).fetchone()
    return bool(found and found[0])
