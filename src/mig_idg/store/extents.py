"""Counts and extents in space and time, taken once at publication over the whole table."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Any

import psycopg
from psycopg import Connection, sql

from mig_idg.store.table import Column, Stats, Table, TimeExtent


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


Box = tuple[float, float, float, float]
# Beyond, the extents of a territory each are no longer a description of the collection.
MOST_TERRITORIES = 2_000


def in_time(connection: Connection[Any], table: Table, column: Column) -> TimeExtent | None:
    """First and last instants of a date or timestamp column, for each territory; None when there is none to tell.

    A day begins at its first instant and ends at its last second. What the calendar of clients does not hold (infinity,
    before year 1) is left out.
    """
    name = sql.Identifier(column.name)
    zoned = column.sql.endswith("with time zone")
    moment = sql.SQL("({} at time zone 'UTC')" if zoned else "{}::timestamp").format(name)
    territory = sql.Identifier(table.territory) if table.territory else sql.SQL("'*'")
    last = "23:59:59" if column.kind == "date" else None
    rows = connection.execute(
        sql.SQL(
            "select territory, to_char(first, {first}), to_char(last, {last}) from ("
            "  select {territory}::text as territory, min(moment) as first, max(moment) as last"
            "  from (select {territory_column} {moment} as moment from {relation}) t"
            "  where moment between '0001-01-01' and '9999-12-31' group by 1"
            ") t where territory is not null limit {most}"
        ).format(
            first=sql.Literal('YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            last=sql.Literal(f'YYYY-MM-DD"T{last}Z"' if last else 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            territory=territory,
            territory_column=sql.SQL("{},").format(territory) if table.territory else sql.SQL(""),
            moment=moment,
            relation=sql.Identifier(table.schema, table.name),
            most=sql.Literal(MOST_TERRITORIES + 1),
        )
    ).fetchall()
    if not rows or len(rows) > MOST_TERRITORIES:
        return None
    return TimeExtent(column.name, {row[0]: (row[1], row[2]) for row in rows})


def of_last_vintage(connection: Connection[Any], collection: str) -> tuple[Box, str] | None:
    """Bounds of the last vintage in force of a raster, in its CRS, and one of its files; None when there is none."""
    row = connection.execute(
        """
        select min(f.west), min(f.south), max(f.east), max(f.north), min(f.path)
        from served.raster_file f
        where f.vintage = (
          select v.id from served.raster_vintage v
          where v.collection = %s
          order by upper(v.during) desc, v.name desc
          limit 1
        )
        """,
        (collection,),
    ).fetchone()
    if row is None or row[4] is None:
        return None
    return (float(row[0]), float(row[1]), float(row[2]), float(row[3])), str(row[4])


def latest_day(connection: Connection[Any], table: Table, name: str) -> date | None:
    """The latest day in a column of dates, in Paris; None for another kind of column, or when no row has one."""
    column = next((one for one in table.columns if one.name == name), None)
    if column is None or column.kind not in ("date", "timestamp"):
        return None
    zoned = column.base == "timestamp with time zone"
    value = sql.SQL("max({}) at time zone 'Europe/Paris'" if zoned else "max({})").format(sql.Identifier(name))
    row = connection.execute(
        sql.SQL("select ({})::date, ({}) is not null and isfinite(({})::date) from {}").format(
            value, value, value, sql.Identifier(table.schema, table.name)
        )
    ).fetchone()
    return row[0] if row and row[1] else None


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
