"""What a table gets at publication so that answers come quickly: indexes, companion geometries, fresh statistics.

    prepare(connection, declared)   before the table is described; idempotent, only adds

A companion is the layer's geometry in a CRS that is asked for most, CRS84 and Web Mercator: a generated column, so that
it is right after every write, with its own spatial index. Lines and areas get them, since transforming their vertices
for each answer costs more than reading them; points do not. Figures: docs/explanations/performance.md.
"""

from __future__ import annotations

from typing import Any, Protocol

from psycopg import Connection, sql

COMPANIONS = (4326, 3857)


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
    """Add what the declared table lacks. What is missing or wrong there is left to `table.describe` to say."""
    named, geometry = declared.source.table, declared.source.geometry
    if named is None or connection.execute("select to_regclass(%s)", [named]).fetchone() == (None,):
        return
    schema, _, name = named.rpartition(".")
    target = sql.Identifier(schema or "data", name)
    if geometry is not None:
        columns = _geometries(connection, named)
        if geometry in columns:
            missing = [
                (name, one) for name, one in _companions(geometry, columns) if not _taken(connection, named, name)
            ]
            if missing:
                # One statement: each rewrites the whole table.
                added = sql.SQL(", ").join(sql.SQL("add column {}").format(one) for _, one in missing)
                connection.execute(sql.SQL("alter table {} {}").format(target, added))
            columns |= {name: ("", 0, True) for name, _ in missing}
            for column in (name for name, (_, _, made) in columns.items() if made or name == geometry):
                if not _has_spatial_index(connection, named, column):
                    connection.execute(
                        sql.SQL("create index on {} using gist ({})").format(target, sql.Identifier(column))
                    )
    connection.execute(sql.SQL("analyze {}").format(target))


_GEOMETRIES = """
select
  a.attname,
  upper(postgis_typmod_type(a.atttypmod)),
  postgis_typmod_srid(a.atttypmod),
  a.attgenerated <> ''
from pg_attribute a
join pg_type t on t.oid = a.atttypid
where a.attrelid = %s::regclass
  and a.attnum > 0
  and not a.attisdropped
  and t.typname = 'geometry'
"""

_TAKEN = "select exists (select from pg_attribute where attrelid = %s::regclass and attname = %s and not attisdropped)"


def _geometries(connection: Connection[Any], table: str) -> dict[str, tuple[str, int, bool]]:
    """Type in capitals, SRID and whether it is generated, of each geometry column."""
    return {name: (kind, srid, made) for name, kind, srid, made in connection.execute(_GEOMETRIES, [table])}


def _companions(geometry: str, columns: dict[str, tuple[str, int, bool]]) -> list[tuple[str, sql.Composed]]:
    """Name and definition of each companion that is missing."""
    kind, srid, _ = columns[geometry]
    if srid == 0 or kind.rstrip("ZM") in ("POINT", "MULTIPOINT"):
        return []
    held = {held_srid for _, held_srid, _ in columns.values()}
    return [
        (
            f"{geometry}_{wanted}",
            sql.SQL("{} geometry({}, {}) generated always as (st_transform({}, {})) stored").format(
                sql.Identifier(f"{geometry}_{wanted}"),
                sql.SQL(kind),
                sql.Literal(wanted),
                sql.Identifier(geometry),
                sql.Literal(wanted),
            ),
        )
        for wanted in COMPANIONS
        if wanted not in held
    ]


def _taken(connection: Connection[Any], table: str, column: str) -> bool:
    """True when the depositor has a column of that name: it is left alone."""
    found = connection.execute(_TAKEN, [table, column]).fetchone()
    return bool(found and found[0])


_INDEXED = """
select exists (
  select
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_am m on m.oid = x.relam
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = %s::regclass
    and a.attname = %s
    and m.amname = 'gist'
    and i.indpred is null
)
"""


def _has_spatial_index(connection: Connection[Any], table: str, column: str) -> bool:
    found = connection.execute(_INDEXED, [table, column]).fetchone()
    return bool(found and found[0])
