"""Where to ask: seeded samples of a layer's own rows, for the benchmark. The same rows give the same samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """A feature drawn at random, its place (CRS84), and the box around its nearest neighbours in two CRS."""

    id: str
    longitude: float
    latitude: float
    box84: Box
    box: Box


def draw(connection: Connection[Any], table: str, id: str, geometry: str, count: int, near: int) -> list[Sample]:
    """`count` features spread over the table, with boxes that hold about `near` features each."""
    schema, _, name = table.rpartition(".")
    statement = sql.SQL(
        """
        with drawn as (
          select {id}::text as id, {geometry} as place
          from {table}
          order by md5({id}::text)
          limit %(count)s
        )
        select id, st_x(middle), st_y(middle), st_xmin(b84), st_ymin(b84), st_xmax(b84), st_ymax(b84),
          st_xmin(own), st_ymin(own), st_xmax(own), st_ymax(own)
        from drawn,
        lateral (
          select st_extent(st_transform({geometry}, 4326)) as b84, st_extent({geometry}) as own
          from (select {geometry} from {table} order by {geometry} <-> place limit %(near)s) as nearest
        ) as boxes,
        lateral (select st_transform(st_centroid(place), 4326) as middle) as moved
        """
    ).format(id=sql.Identifier(id), geometry=sql.Identifier(geometry), table=sql.Identifier(schema, name))
    rows = connection.execute(statement, {"count": count, "near": near}).fetchall()
    return [Sample(row[0], row[1], row[2], tuple(row[3:7]), tuple(row[7:11])) for row in rows]  # type: ignore[arg-type]


def inside(connection: Connection[Any], table: str, id: str, geometry: str, box84: Box) -> frozenset[str]:
    """The ids of the features that meet a box of CRS84, in the plainest words PostGIS has: every row is moved."""
    schema, _, name = table.rpartition(".")
    statement = sql.SQL(
        """
        select {id}::text
        from {table}
        where st_intersects(st_transform({geometry}, 4326), st_makeenvelope(%s, %s, %s, %s, 4326))
        """
    ).format(id=sql.Identifier(id), geometry=sql.Identifier(geometry), table=sql.Identifier(schema, name))
    return frozenset(row[0] for row in connection.execute(statement, box84).fetchall())
