"""What a publication prepares so that answers come quickly: a copy of the table, shaped for reading.

    prepare(connection, table)      the table as described, with the copy that readers have
    settle(connection)              after the commit: the copies just made, ready for their first readers
    postpone(connection, table)     an import of the whole table: the copy will be made anew, not followed row by row

The copy has the columns of the table, the text of each feature as it is most asked for (GeoJSON, CRS84), for points
the beginning of that text in the CRS of storage, and for lines and areas their shape as tiles draw it: transforming
its vertices for each tile costs more than reading them; points do not. What is long is compressed in its row. Rows lie
along a Hilbert curve, so that a box or a tile reads few pages. Triggers keep it true to the table, which is left as it
was but for them.
Another definition, or a whole import, is another copy: answers under way keep theirs. Figures:
docs/explanations/performance.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import structlog
from psycopg import Connection, sql

from mig_idg.store import full_text, seeded_tiles, unencodable_rows
from mig_idg.store.crs import CRS84
from mig_idg.store.feature import cut, geojson, native_head, straight
from mig_idg.store.statement import quoted
from mig_idg.store.table import COPIES, CUT, MERCATOR, NATIVE, TEXT, WEB, Geometry, Table

_POINTS = ("POINT", "MULTIPOINT")
# PostgreSQL compresses the values of a row only if it has more than two kilobytes, which a text of one never makes: a
# blank of that length, itself kept in 27 bytes, halves the weight of the copy. Values are compressed down to this size
# of a row, and stay in their page (storage `main`) unless they would fill it.
_WIDE, _BLANK, _WHOLE_ROW = "idg_wide", "repeat(' ', 2100)", 128
_MILLIMETRES = 3
_SMALL_PAGES = 500
# To be changed when copies made before should be made again.
_SHAPE = "along a Hilbert curve, in pieces, compressed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a copy is made of: column names with the expressions that fill them, and its indexes."""

    table: Table
    columns: tuple[tuple[str, str], ...]
    pieces: tuple[str, ...]
    web: str | None
    indexes: tuple[str, ...]

    @property
    def definition(self) -> str:
        """A digest that changes with anything the copy is made from."""
        types = [(c.name, c.sql) for c in self.table.columns]
        return hashlib.sha256(repr((_SHAPE, self.columns, self.indexes, types, self.order)).encode()).hexdigest()

    @property
    def order(self) -> str:
        """The column that rows lie by: PostGIS sorts geometries along a Hilbert curve."""
        return self.table.geometry.name if self.table.geometry else self.table.id.name


def prepare(connection: Connection[Any], table: Table, *, wanted: bool = True, anew: bool = False) -> Table:
    """The table as readers will have it: with its copy, made when there is none of this definition, or `anew`.

    Without one (not `wanted`, or a table in `parts`) the table itself is read, with a spatial index. In the caller's
    transaction; nobody who reads waits. Raises Unprocessable, naming a row, when one cannot be told in GeoJSON: its
    coordinates are no numbers, or are nowhere on Earth, or its geometry is of a type that GeoJSON has not.
    """
    unprepared = table
    if not wanted or parts(connection, table):
        return _as_it_is(connection, unprepared)
    table = replace(table, searched=full_text.searched(connection, table), searched_apart=True)
    plan = _planned(connection, table)
    name = None if anew else _made(connection, plan)
    try:
        with connection.transaction():
            name = name or _make(connection, plan)
    except psycopg.errors.TooManyColumns:
        return _as_it_is(connection, unprepared)
    except (psycopg.DataError, psycopg.InternalError) as error:
        log.warning("not-prepared", table=f"{table.schema}.{table.name}", **_said(error))
        raise unencodable_rows.refusal(
            table, unencodable_rows.culprit(connection, table, [text for _, text in plan.columns])
        ) from None
    if anew:
        _leave_behind(connection, plan, name)
    tiles = seeded_tiles.room(connection, name) if table.geometry else None
    return replace(table, copy=name, text=TEXT, pieces=plan.pieces, web=plan.web, tiles=tiles)


def _as_it_is(connection: Connection[Any], table: Table) -> Table:
    """The table itself, with a spatial index; searched by words if it is small enough to be walked."""
    _index_geometry(connection, table)
    return replace(table, searched=full_text.searched_unindexed(connection, table), searched_apart=True)


def parts(connection: Connection[Any], table: Table) -> bool:
    """Whether the rows are in partitions or heirs: what is written there directly, no trigger of the table sees."""
    row = connection.execute(
        "select exists (select from pg_inherits where inhparent = to_regclass(%s))"
        " or exists (select from pg_class where oid = to_regclass(%s) and relkind <> 'r')",
        [f"{quoted(table.schema)}.{quoted(table.name)}"] * 2,
    ).fetchone()
    return bool(row and row[0])


def settle(connection: Connection[Any]) -> None:
    """Commit, then vacuum the copies that never were: else their first readers write so on each page they meet.

    Nobody waits for it and nothing depends on it: a copy that cannot be vacuumed now will be by PostgreSQL itself.
    """
    connection.commit()
    connection.autocommit = True
    try:
        fresh = connection.execute(
            "select format('%%I.%%I', n.nspname, c.relname)"
            " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = 'prepared' and c.relkind = 'r' and c.relallvisible = 0 and c.relpages > %s",
            [_SMALL_PAGES],
        ).fetchall()
        for (name,) in fresh:
            connection.execute(f"vacuum {name}".encode())
    except psycopg.Error as error:
        log.warning("not-settled", **_said(error))
    finally:
        connection.autocommit = False


def postpone(connection: Connection[Any], table: str) -> bool:
    """Until the transaction ends, copies do not follow the table: the caller promises `prepare(…, anew=True)`.

    False when several collections are published of it, which the caller does not all prepare: the copies follow.
    """
    found = connection.execute(
        "select count(*) from served.published where relation = to_regclass(%s)", [table]
    ).fetchone()
    alone = bool(found and found[0] == 1)
    if alone:
        connection.execute("set local idg.prepare = 'later'")
    return alone


# ——— what to make


def _planned(connection: Connection[Any], table: Table) -> _Plan:
    columns = [(name, quoted(name)) for name in (*table.names, *table.geometry_columns)]
    if table.geometry is not None and (table.geometry.curved or table.geometry.measured):
        own, kind = table.geometry.name, f"geometry({_typed(table.geometry)}, {table.geometry.srid})"
        columns = [(name, f"{straight(table)}::{kind}" if name == own else text) for name, text in columns]
    text, shape = geojson(table, CRS84, None, True, None, None), _web(table)
    head = native_head(table) if table.geometry and table.geometry.type in _POINTS else None
    columns += [(TEXT, text), *([(NATIVE, head)] if head else []), *([(WEB, shape)] if shape else [])]
    # The text of a point is short: compressing it saves an eighth of its copy and costs a page two fifths more.
    columns += [(_WIDE, "''" if head else _BLANK), (CUT, cut(f"({text})"))]
    pieces = (NATIVE, CUT) if head else (CUT,)
    indexes = _other_indexes(connection, table) + full_text.indexes(table)
    return _Plan(table, tuple(columns), pieces, WEB if shape else None, indexes)


def _web(table: Table) -> str | None:
    """The expression of the shape that tiles draw; None when it is not worth keeping: points, or what is so stored."""
    geometry = table.geometry
    if geometry is None or geometry.type in _POINTS or table.geometry_in(MERCATOR):
        return None
    return f"st_astwkb(st_transform(st_force2d({straight(table)}), {MERCATOR}), {_MILLIMETRES})"


def _typed(geometry: Geometry) -> str:
    return geometry.type + ("Z" if geometry.has_z else "")


_OTHER_INDEXES = """
select regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX .*? ON .*? USING ', '')
from pg_index i
join pg_class x on x.oid = i.indexrelid
join pg_am m on m.oid = x.relam
where i.indrelid = to_regclass(%s)
  and i.indisvalid
  and not i.indisprimary
  and not (m.amname = 'gist' and i.indnkeyatts = 1)
order by 1
"""


def _other_indexes(connection: Connection[Any], table: Table) -> tuple[str, ...]:
    """What follows `using` in the definitions of the depositor's own indexes: their filters stay quick on the copy."""
    rows = connection.execute(_OTHER_INDEXES, [f"{quoted(table.schema)}.{quoted(table.name)}"]).fetchall()
    return tuple(dict.fromkeys(row[0] for row in rows))


def _made(connection: Connection[Any], plan: _Plan) -> str | None:
    """The name of the copy of this definition, if there is one."""
    row = connection.execute(
        "select k.relname::text\n"
        "from served.copy c\n"
        "join pg_class k on k.oid = c.relation\n"
        "where c.source = to_regclass(%s) and c.definition = %s\n"
        "order by c.made_at desc\n"
        "limit 1",
        [f"{quoted(plan.table.schema)}.{quoted(plan.table.name)}", plan.definition],
    ).fetchone()
    return str(row[0]) if row else None


def _leave_behind(connection: Connection[Any], plan: _Plan, name: str) -> None:
    """The other copies of the table did not follow: they are never taken again, and need not follow any more."""
    connection.execute(
        "update served.copy set definition = 'stale' where source = to_regclass(%s) and relation <> %s::regclass",
        [f"{quoted(plan.table.schema)}.{quoted(plan.table.name)}", f"{COPIES}.{quoted(name)}"],
    )


# ——— making it


def _make(connection: Connection[Any], plan: _Plan) -> str:
    """A new copy, its indexes and the triggers that keep it true; its name."""
    table = plan.table
    row = connection.execute("select nextval('served.copy_number')").fetchone()
    assert row is not None
    name = f"{table.name[:48]}_{row[0]}"
    source, copy = sql.Identifier(table.schema, table.name), sql.Identifier(COPIES, name)
    # Whoever writes meanwhile waits, so that no row is missed between the copy and its triggers; readers do not.
    connection.execute(sql.SQL("lock table {} in share row exclusive mode").format(source))
    connection.execute("set local work_mem = '256MB'")
    made = sql.SQL(
        "select *, {} as {}\nfrom (\n  select {}\n  from (select * from {} order by {}) as rows\n) as made"
    ).format(
        # Found in the text just written, which would otherwise be written twice.
        sql.SQL(cut(quoted(TEXT))),
        sql.Identifier(CUT),
        sql.SQL(",\n  ").join(
            sql.SQL("{} as {}").format(sql.SQL(expression), sql.Identifier(column))
            for column, expression in plan.columns
            if column != CUT
        ),
        source,
        sql.Identifier(plan.order),
    )
    connection.execute(
        sql.SQL("create table {} with (toast_tuple_target = {}) as\n{}\nwith no data").format(
            copy, sql.Literal(_WHOLE_ROW), made
        )
    )
    _compress(connection, copy, f"{COPIES}.{quoted(name)}")
    connection.execute(sql.SQL("insert into {}\n{}").format(copy, made))
    connection.execute(sql.SQL("alter table {} add primary key ({})").format(copy, sql.Identifier(table.id.name)))
    for index in plan.indexes:
        try:
            with connection.transaction():
                connection.execute(sql.SQL("create index on {} using {}").format(copy, sql.SQL(index)))
        except psycopg.Error as error:  # on a column that is not copied: a second geometry, the whole row
            log.info("index-not-copied", table=f"{table.schema}.{table.name}", index=index, **_said(error))
    for column in table.geometry_columns:
        connection.execute(sql.SQL("create index on {} using gist ({})").format(copy, sql.Identifier(column)))
    connection.execute(sql.SQL("analyze {}").format(copy))
    if table.geometry is not None:
        unencodable_rows.refuse_no_numbers(connection, table, copy)
    _follow(connection, plan, name)
    connection.execute(
        "insert into served.copy (relation, source, definition)\nvalues (%s::regclass, %s::regclass, %s)",
        [f"{COPIES}.{name}", f"{quoted(table.schema)}.{quoted(table.name)}", plan.definition],
    )
    return name


_EVENTS = (
    ("insert", "referencing new table as fresh"),
    ("update", "referencing old table as gone new table as fresh"),
    ("delete", "referencing old table as gone"),
    ("truncate", ""),
)


def _follow(connection: Connection[Any], plan: _Plan, name: str) -> None:
    """The triggers on the depositor's table: what is written there is written in the copy, in the same transaction."""
    number = name.rpartition("_")[2]
    columns = ", ".join(quoted(column) for column, _ in plan.columns)
    expressions = ", ".join(expression for _, expression in plan.columns)
    for event, tables in _EVENTS:
        connection.execute(
            sql.SQL(
                "create trigger {} after {} on {} {} for each statement execute function served.follow({}, {}, {}, {})"
            ).format(
                sql.Identifier(f"idg_follow_{number}_{event}"),
                sql.SQL(event),
                sql.Identifier(plan.table.schema, plan.table.name),
                sql.SQL(tables),
                sql.Literal(f"{COPIES}.{name}"),
                sql.Literal(plan.table.id.name),
                sql.Literal(columns),
                sql.Literal(expressions),
            )
        )


def _said(error: psycopg.Error) -> dict[str, str | None]:
    """What PostgreSQL said, for the log."""
    return {"sqlstate": error.sqlstate, "message": error.diag.message_primary}


def _compress(connection: Connection[Any], copy: sql.Composable, name: str) -> None:
    """Have what is long in a row compressed, by lz4 where PostgreSQL was built with it, and kept in the row."""
    long = connection.execute(
        "select attname::text from pg_attribute\n"
        "where attrelid = to_regclass(%s) and attnum > 0 and attlen = -1 and attstorage <> 'p'",
        [name],
    ).fetchall()
    method = "lz4" if _has_lz4(connection) else "pglz"
    for (column,) in long:
        connection.execute(
            sql.SQL("alter table {0} alter {1} set storage main, alter {1} set compression {2}").format(
                copy, sql.Identifier(column), sql.SQL(method)
            )
        )


def _has_lz4(connection: Connection[Any]) -> bool:
    row = connection.execute(
        "select 'lz4' = any (enumvals) from pg_settings where name = 'default_toast_compression'"
    ).fetchone()
    return bool(row and row[0])


# ——— without a copy


_INDEXED = """
select exists (
  select
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_am m on m.oid = x.relam
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = to_regclass(%s)
    and a.attname = %s
    and m.amname = 'gist'
    and i.indpred is null
)
"""


def _index_geometry(connection: Connection[Any], table: Table) -> None:
    """A spatial index on the table itself, when it has none; and fresh statistics."""
    named = sql.Identifier(table.schema, table.name)
    if table.geometry is not None:
        key = [f"{quoted(table.schema)}.{quoted(table.name)}", table.geometry.name]
        found = connection.execute(_INDEXED, key).fetchone()
        if not (found and found[0]):
            column = sql.Identifier(table.geometry.name)
            connection.execute(sql.SQL("create index on {} using gist ({})").format(named, column))
    connection.execute(sql.SQL("analyze {}").format(named))
