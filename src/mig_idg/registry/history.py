"""Writing history: what is true from a day on, without touching what was true, nor what was believed.

`put` and `end` work on one key of one table and one span of days: rows known today that meet the span are closed, what
they said outside the span is said again, and the new row (for `put`) says what holds inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.range import DateRange

from mig_idg.registry.acts import Conn

MEMORY_COLUMNS = frozenset({"id", "act", "known", "closed_by", "valid"})


def span(start: date | None = None, end: date | None = None) -> DateRange:
    """The days `[start, end)`; None is unbounded."""
    return DateRange(start, end, "[)")


def put(conn: Conn, act: int, table: str, key: Mapping[str, Any], values: Mapping[str, Any], days: DateRange) -> int:
    """Over `days`, the fact of `key` is `values`; gives the id of the new row."""
    end(conn, act, table, key, days)
    return insert(conn, act, table, {**key, **values, "valid": days})


def end(conn: Conn, act: int, table: str, key: Mapping[str, Any], days: DateRange) -> int:
    """Over `days`, nothing holds for `key`; gives how many known rows were cut."""
    relation = _relation(table)
    closed = [
        row[0]
        for row in conn.execute(
            sql.SQL("update {} set closed_by = {} where closed_by is null and valid && {} and {} returning id").format(
                relation, sql.Literal(act), sql.Literal(days), _matches(key)
            )
        )
    ]
    if closed:
        columns = sql.SQL(", ").join(map(sql.Identifier, _said(conn, table)))
        conn.execute(
            sql.SQL(
                "insert into {relation} (act, valid, {columns})"
                " select {act}, piece, {columns} from {relation}"
                " cross join lateral unnest(datemultirange(valid) - datemultirange({days})) as piece"
                " where id = any({closed}) order by id, piece"
            ).format(
                relation=relation,
                columns=columns,
                act=sql.Literal(act),
                days=sql.Literal(days),
                closed=sql.Literal(closed),
            )
        )
    return len(closed)


def insert(conn: Conn, act: int, table: str, values: Mapping[str, Any]) -> int:
    """Add one row said by `act`; gives its id."""
    row = conn.execute(
        sql.SQL("insert into {} (act, {}) values ({}, {}) returning id").format(
            _relation(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.Literal(act),
            sql.SQL(", ").join([sql.Placeholder()] * len(values)),
        ),
        tuple(values.values()),
    ).fetchone()
    assert row is not None
    return int(row[0])


def close(conn: Conn, act: int, table: str, key: Mapping[str, Any]) -> int:
    """What was known of `key` is known no more (for facts without a span); gives how many rows were closed."""
    return conn.execute(
        sql.SQL("update {} set closed_by = {} where closed_by is null and {}").format(
            _relation(table), sql.Literal(act), _matches(key)
        )
    ).rowcount


def known(conn: Conn, table: str, key: Mapping[str, Any], on: date | None = None) -> list[dict[str, Any]]:
    """The rows known today of `key`, oldest first; those that hold on the day `on` when it is given."""
    query = sql.SQL("select * from {} where closed_by is null and {}").format(_relation(table), _matches(key))
    if on is not None:
        query += sql.SQL(" and valid @> {}").format(sql.Literal(on))
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query + sql.SQL(" order by id")).fetchall()


def _relation(table: str) -> sql.Identifier:
    return sql.Identifier("registry", table)


def _matches(key: Mapping[str, Any]) -> sql.Composable:
    if not key:
        return sql.SQL("true")
    return sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value)) for column, value in key.items()
    )


def _said(conn: Conn, table: str) -> list[str]:
    """The columns that say something, in order: neither the memory's own nor the computed ones."""
    rows = conn.execute(
        "select attname::text from pg_attribute"
        " where attrelid = to_regclass('registry.' || quote_ident(%s)) and attnum > 0"
        " and not attisdropped and attgenerated = '' order by attnum",
        (table,),
    )
    return [name for (name,) in rows if name not in MEMORY_COLUMNS]
