"""What publication adds to a table, and what it leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mig_idg.store.prepare import prepare
from mig_idg.store.table import describe


@dataclass(frozen=True)
class Source:
    """Where the rows are."""

    table: str | None
    geometry: str | None


@dataclass(frozen=True)
class Declared:
    """What prepare reads of a declaration."""

    source: Source


def indexes(connection: Any, table: str) -> int:
    """How many indexes a table has."""
    row = connection.execute("select count(*) from pg_index where indrelid = %s::regclass", [table]).fetchone()
    return int(row[0])


def test_lines_get_companions_that_follow_every_write(connection: Any) -> None:
    connection.execute("create table data.l (id int primary key, geom geometry(LineStringZ, 2154))")
    for _ in range(2):
        prepare(connection, Declared(Source("data.l", "geom")))
    assert describe(connection, "data.l", "id", "geom").companions == ((4326, "geom_4326"), (3857, "geom_3857"))
    assert indexes(connection, "data.l") == 4
    shape = "st_setsrid(st_makeline(st_makepoint(641000, 6866000, 1), st_makepoint(641100, 6866100, 2)), 2154)"
    connection.execute(f"insert into data.l (id, geom) values (1, {shape})")
    connection.execute("update data.l set geom = st_translate(geom, 10, 0)")
    same = connection.execute(
        "select st_equals(geom_4326, st_transform(geom, 4326)), st_z(st_startpoint(geom_4326)) from data.l"
    )
    assert same.fetchone() == (True, 1.0)


def test_points_get_an_index_and_nothing_else(connection: Any) -> None:
    connection.execute("create table data.p (id int primary key, geom geometry(Point, 2154))")
    prepare(connection, Declared(Source("data.p", "geom")))
    assert describe(connection, "data.p", "id", "geom").companions == ()
    assert indexes(connection, "data.p") == 2


def test_a_column_of_the_depositor_with_that_name_is_left_alone(connection: Any) -> None:
    connection.execute("create table data.c (id int primary key, geom_4326 text, geom geometry(Polygon, 2154))")
    prepare(connection, Declared(Source("data.c", "geom")))
    described = describe(connection, "data.c", "id", "geom")
    assert described.companions == ((3857, "geom_3857"),)
    assert described.column("geom_4326") is not None


def test_what_is_missing_is_left_for_the_description_to_tell(connection: Any) -> None:
    prepare(connection, Declared(Source("data.absente", "geom")))
    prepare(connection, Declared(Source(None, None)))
    connection.execute("create table data.s (id int primary key)")
    prepare(connection, Declared(Source("data.s", "geom")))
