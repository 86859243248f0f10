"""Counts and extents, taken once at publication over the whole table."""

from __future__ import annotations

from math import isfinite
from typing import Any

import psycopg
from psycopg import Connection, sql

from mig_idg.store.table import Stats, Table


def stats(connection: Connection[Any], table: Table) -> Stats:
    """Rows of the table and extent of its geometry, (xmin, ymin, xmax, ymax) in the CRS of storage."""
    relation = sql.Identifier(table.schema, table.name)
    if table.geometry is None:
        row = connection.execute(sql.SQL("select count(*) from {}").format(relation)).fetchone()
        return Stats(int(row[0]) if row else 0)
    row = connection.execute(
        sql.SQL(
            "select n, st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)"
            " from (select count(*) as n, st_extent({geometry}) as e from {relation}) t"
        ).format(geometry=sql.Identifier(table.geometry.name), relation=relation)
    ).fetchone()
    assert row is not None
    known = row[1] is not None and all(map(isfinite, row[1:]))
    return Stats(int(row[0]), (row[1], row[2], row[3], row[4]) if known else None)


_DEGREES = """
select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)
from (
  select st_extent(st_transform(st_segmentize(st_makeenvelope(%s, %s, %s, %s, %s), %s), 4326)) as e
) t
"""


def in_degrees(
    connection: Connection[Any], extent: tuple[float, float, float, float], srid: int
) -> tuple[float, float, float, float] | None:
    """An extent of the CRS of storage as west, south, east, north in degrees; its edges are densified first.

    None when it is beyond what the CRS can express: one row is where no row should be.
    """
    west, south, east, north = extent
    step = max(east - west, north - south) / 32 or 1.0
    try:
        with connection.transaction():
            row = connection.execute(_DEGREES, (west, south, east, north, srid, step)).fetchone()
    except (psycopg.DataError, psycopg.InternalError):
        return None
    if row is None or not all(value is not None and isfinite(value) for value in row):
        return None
    return (round(row[0], 6), round(row[1], 6), round(row[2], 6), round(row[3], 6))
