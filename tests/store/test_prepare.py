"""What publication prepares of a table: a copy for readers that stays true to it, and leaves the table as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import psycopg
import pytest

from mig_idg.database import connect
from mig_idg.errors import Unprocessable
from mig_idg.store import extents
from mig_idg.store.crs import BY_SRID, CRS84, LAMBERT93_IGN69
from mig_idg.store.feature import geojson
from mig_idg.store.grant import every_column, granted_columns
from mig_idg.store.prepare import postpone, prepare, settle
from mig_idg.store.table import Table, describe

LINE = "st_setsrid(st_makeline(st_makepoint(641000, 6866000, 1), st_makepoint(641100, 6866100, 2)), 2154)"
MADE = "create table data.l (id int primary key, nom text, geom geometry(LineStringZ, 2154))"


def lines(connection: Any) -> Table:
    """A table of lines with one row, prepared."""
    connection.execute(MADE)
    connection.execute(f"insert into data.l values (1, 'rue « A »', {LINE})")
    return prepare(connection, describe(connection, "data.l", "id", "geom"))


def texts(connection: Any, table: Table) -> list[Any]:
    """The prepared features, in order."""
    assert table.text is not None
    return [orjson.loads(row[0]) for row in connection.execute(f"select {table.text} from {table.read} order by 1")]


def asked(connection: Any, table: Table) -> list[Any]:
    """The same features made now from the table itself."""
    expression = geojson(table.written, CRS84, None, True, None, None)
    return [orjson.loads(row[0]) for row in connection.execute(f"select {expression} from data.l order by 1")]


def test_the_copy_tells_each_feature_as_the_table_would(connection: Any) -> None:
    table = lines(connection)
    assert texts(connection, table) == asked(connection, table) != []
    assert (table.companions, table.web) == ((), "idg_web")
    assert describe(connection, "data.l", "id", "geom").companions == ()


@pytest.mark.parametrize(
    "write",
    [
        f"insert into data.l values (2, null, {LINE})",
        "update data.l set nom = 'B', geom = st_translate(geom, 10, 0)",
        "update data.l set id = 7",
        "delete from data.l",
        "truncate data.l",
    ],
)
def test_every_write_is_in_the_copy_at_once(connection: Any, write: str) -> None:
    table = lines(connection)
    connection.execute(write)
    assert texts(connection, table) == asked(connection, table)
    moved = connection.execute(
        "select bool_and(st_hausdorffdistance(st_setsrid(st_geomfromtwkb(c.idg_web), 3857),"
        " st_transform(st_force2d(l.geom), 3857)) < 0.001)"
        f" from {table.read} c join data.l l using (id)"
    ).fetchone()
    assert moved[0] is not False


@pytest.mark.parametrize("srid", [2154, 5698, 3857, 4326, 3035, 3949])
def test_a_feature_put_together_from_pieces_is_the_one_made_from_its_values(connection: Any, srid: int) -> None:
    told = """x","properties":{"a":1}, 'é'"""
    connection.execute(
        "create table data.l (id text primary key, nom text, plus jsonb, geom geometry(LineStringZ, 2154))"
    )
    for id, plus in ((told, {told: told, "properties": {"properties": {}}}), ("b", None)):
        connection.execute(
            f"insert into data.l values (%s, %s, %s, {LINE if plus else 'null'})",
            [id, told, orjson.dumps(plus).decode() if plus else None],
        )
    described = describe(connection, "data.l", "id", "geom")
    table = prepare(connection, described)
    crs = LAMBERT93_IGN69 if srid == 5698 else BY_SRID[srid]
    assert table.pieces == ("idg_cut",)
    for geometry, digits in ((True, None), (True, 1), (False, None)):
        kept, made = (
            connection.execute(
                f"select {geojson(one, crs, None, geometry, digits, None)} from {one.read} order by id"
            ).fetchall()
            for one in (table, described)
        )
        assert kept == made
        assert orjson.loads(kept[1][0])["properties"]["plus"][told] == told


def test_what_is_stored_in_degrees_needs_no_other_beginning(connection: Any) -> None:
    connection.execute("create table data.d (id int primary key, geom geometry(Point, 4326))")
    connection.execute("insert into data.d values (1, 'SRID=4326;POINT(2 48)')")
    table = prepare(connection, describe(connection, "data.d", "id", "geom"))
    assert table.pieces == ("idg_cut",)
    feature = geojson(table, BY_SRID[4326], None, True, None, None)
    told = connection.execute(f"select {feature} from {table.read}").fetchone()[0]
    assert orjson.loads(told)["geometry"]["coordinates"] == [48, 2]


def test_points_are_not_kept_in_other_systems(connection: Any) -> None:
    connection.execute("create table data.p (id int primary key, geom geometry(Point, 2154))")
    table = prepare(connection, describe(connection, "data.p", "id", "geom"))
    assert (table.companions, table.web) == ((), None)
    assert table.pieces == ("idg_native", "idg_cut")


def test_the_same_definition_is_the_same_copy_and_another_column_another_one(connection: Any) -> None:
    first = lines(connection)
    again = prepare(connection, describe(connection, "data.l", "id", "geom"))
    assert again.copy == first.copy
    connection.execute("alter table data.l add column classe text")
    other = prepare(connection, describe(connection, "data.l", "id", "geom"))
    assert other.copy != first.copy
    connection.execute("update data.l set classe = 'bordure'")
    assert texts(connection, other)[0]["properties"]["classe"] == "bordure"


def test_indexes_of_the_table_are_on_the_copy_too(connection: Any) -> None:
    connection.execute(MADE)
    connection.execute("create index on data.l (lower(nom)) where nom is not null")
    table = prepare(connection, describe(connection, "data.l", "id", "geom"))
    found = connection.execute(
        "select pg_get_indexdef(indexrelid) from pg_index where indrelid = %s::regclass", [table.read]
    )
    assert any("lower(nom)" in row[0] and "WHERE (nom IS NOT NULL)" in row[0] for row in found)


def test_a_shape_kept_by_the_depositor_in_web_mercator_is_not_kept_twice(connection: Any) -> None:
    connection.execute(
        "create table data.c (id int primary key, geom geometry(LineString, 2154), geom_3857 geometry(LineString, 3857)"
        " generated always as (st_transform(geom, 3857)) stored)"
    )
    table = prepare(connection, describe(connection, "data.c", "id", "geom"))
    assert (table.companions, table.web) == (((3857, "geom_3857"),), None)


def test_a_copy_weighs_little_more_than_twice_its_table(connection: Any) -> None:
    connection.execute(
        "create table data.w (id uuid primary key, classe text, producteur text, geom geometry(LineStringZ, 2154))"
    )
    connection.execute(
        "insert into data.w select md5(i::text)::uuid, 'bordure de trottoir', 'Direction de la voirie',"
        " st_setsrid(st_makeline(array(select st_makepoint(648000 + i + round((j * 1.37 + sin(i * j))::numeric, 2)::float,"
        " 6862000 + round((i + j * 0.71 + cos(i + j))::numeric, 2)::float, round((35 + sin(j * i))::numeric, 2)::float)"
        " from generate_series(1, 12) j)), 2154) from generate_series(1, 4000) i"
    )
    connection.execute("create index on data.w using gist (geom)")
    table = prepare(connection, describe(connection, "data.w", "id", "geom"))
    assert _weight(connection, table.read) < 2.4 * _weight(connection, "data.w")
    before = _weight(connection, table.read)
    connection.execute("update data.w set classe = 'fossé'")
    grown = _weight(connection, table.read) - before
    assert grown < 1.3 * before  # what triggers write is compressed as well


def _weight(connection: Any, name: str) -> int:
    row = connection.execute("select pg_total_relation_size(%s::regclass)", [name]).fetchone()
    return int(row[0])


def test_a_shape_of_any_size_is_kept_whole(connection: Any) -> None:
    connection.execute("create table data.h (id int primary key, nom text, geom geometry(Polygon, 2154))")
    connection.execute(
        "insert into data.h values (1, repeat(md5('a') || md5('b'), 300),"
        " st_buffer(st_setsrid(st_makepoint(650000, 6860000), 2154), 900, 2000)), (2, null, null),"
        " (3, 'vide', 'SRID=2154;POLYGON EMPTY')"
    )
    described = describe(connection, "data.h", "id", "geom")
    table = prepare(connection, described)
    for one in (table, described):
        told = connection.execute(
            f"select {geojson(one, CRS84, None, True, None, None)} from {one.read} order by id"
        ).fetchall()
        assert [len(row[0]) > 100_000 for row in told] == [True, False, False]


@pytest.mark.parametrize(
    "shape",
    [
        "'SRID=2154;POLYHEDRALSURFACE(((0 0,1 0,0 1,0 0)))'",
        "st_setsrid(st_makepoint('Infinity', 6860000), 2154)",
        "st_setsrid(st_makepoint('NaN', 6860000), 2154)",
    ],
)
def test_a_row_that_geojson_cannot_tell_is_refused_by_its_name(connection: Any, shape: str) -> None:
    connection.execute("create table data.w (id int primary key, geom geometry(Geometry, 2154))")
    connection.execute("insert into data.w select i, 'SRID=2154;POINT(650000 6860000)' from generate_series(1, 40) i")
    connection.execute(f"update data.w set geom = {shape} where id = 33")
    described = describe(connection, "data.w", "id", "geom")
    with pytest.raises(Unprocessable) as refused:
        prepare(connection, replace(described, stats=extents.stats(connection, described)))
    assert "id » : 33)" in refused.value.text("fr")
    assert prepare(connection, described, wanted=False).copy is None


@pytest.mark.parametrize(
    ("kind", "shape", "type"),
    [
        ("CircularStringZ", "CIRCULARSTRING Z (640000 6860000 1,640010 6860010 2,640020 6860000 3)", "LineString"),
        ("CompoundCurve", "COMPOUNDCURVE(CIRCULARSTRING(640000 6860000,640010 6860010,640020 6860000),"
                          "(640020 6860000,640030 6860000))", "LineString"),
        ("CurvePolygon", "CURVEPOLYGON(CIRCULARSTRING(640000 6860000,640010 6860010,640000 6860000))", "Polygon"),
        ("MultiSurface", "MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(640000 6860000,640010 6860010,640000 6860000)))",
         "MultiPolygon"),
        ("Geometry", "CIRCULARSTRING(640000 6860000,640010 6860010,640020 6860000)", "LineString"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wanted", [True, False])
def test_arcs_are_told_as_chords(connection: Any, kind: str, shape: str, type: str, wanted: bool) -> None:
    connection.execute(f"create table data.a (id int primary key, geom geometry({kind}, 2154))")
    connection.execute(f"insert into data.a values (1, 'SRID=2154;{shape}'), (2, null)")
    table = prepare(connection, describe(connection, "data.a", "id", "geom"), wanted=wanted)
    assert table.geometry is not None
    assert table.geometry.type == ("GEOMETRY" if kind == "Geometry" else type.upper())
    for srid in (4326, 2154, 3857):
        expression = geojson(table, BY_SRID[srid], None, True, None, None)
        told = [row[0] for row in connection.execute(f"select {expression} from {table.read} order by id")]
        drawn = orjson.loads(told[0])["geometry"]
        assert drawn["type"] == type
        assert str(drawn).count("[") > 30
        assert orjson.loads(told[1])["geometry"] is None
    connection.execute("update data.a set geom = null")


@pytest.mark.parametrize(
    ("kind", "shape", "coordinates"),
    [
        ("LineStringM", "LINESTRING M (641000 6866000 7,641010 6866010 8)", [[641000, 6866000], [641010, 6866010]]),
        ("LineStringZM", "LINESTRING ZM (641000 6866000 1 7,641010 6866010 2 8)",
         [[641000, 6866000, 1], [641010, 6866010, 2]]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wanted", [True, False])
def test_measures_are_left_out(connection: Any, kind: str, shape: str, coordinates: Any, wanted: bool) -> None:
    connection.execute(f"create table data.a (id int primary key, geom geometry({kind}, 2154))")
    connection.execute(f"insert into data.a values (1, 'SRID=2154;{shape}')")
    table = prepare(connection, describe(connection, "data.a", "id", "geom"), wanted=wanted)
    text = geojson(table, BY_SRID[2154], None, True, None, None)
    told = connection.execute(f"select {text} from {table.read}").fetchone()[0]
    assert orjson.loads(told)["geometry"] == {"type": "LineString", "coordinates": coordinates}
    connection.execute("update data.a set id = 2")


def test_an_index_that_the_copy_cannot_have_is_no_trouble(connection: Any) -> None:
    connection.execute(
        "create table data.i (id int primary key, geom geometry(Point, 2154), centre geometry(Point, 2154))"
    )
    connection.execute("create index on data.i (st_x(centre))")
    assert prepare(connection, describe(connection, "data.i", "id", "geom")).copy is not None


def test_names_of_ours_are_refused_and_long_ones_are_no_trouble(connection: Any) -> None:
    connection.execute("create table data.n (id int primary key, idg_n int)")
    with pytest.raises(Unprocessable, match="idg_n"):
        describe(connection, "data.n", "id", None)
    long = "g" * 61
    connection.execute(f"create table data.g (id int primary key, {long} geometry(LineString, 2154))")
    table = prepare(connection, describe(connection, "data.g", "id", long))
    assert table.web in every_column(table)


def test_a_table_in_parts_is_read_as_it_is(connection: Any) -> None:
    connection.execute("create table data.m (id int primary key, nom text) partition by range (id)")
    connection.execute("create table data.m1 partition of data.m for values from (0) to (1000)")
    assert prepare(connection, describe(connection, "data.m", "id", None)).copy is None
    connection.execute("create table data.h (id int primary key, nom text)")
    connection.execute("create table data.h1 (plus int) inherits (data.h)")
    assert prepare(connection, describe(connection, "data.h", "id", None)).copy is None


def test_a_table_that_changed_since_its_publication_says_so_to_whoever_writes(connection: Any) -> None:
    table = lines(connection)
    write = "update data.l set id = id + 1"
    connection.execute(
        "select served.publish('l', 'data.l', %s, 'id', null, %s::regclass)", [list(every_column(table)), table.read]
    )
    connection.execute("alter table data.l rename column nom to appellation")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="a changé depuis"), connection.transaction():
        connection.execute(write)
    other = prepare(connection, describe(connection, "data.l", "id", "geom"))
    connection.execute(
        "select served.publish('l', 'data.l', %s, 'id', null, %s::regclass)", [list(every_column(other)), other.read]
    )
    connection.execute(write)
    assert texts(connection, other) == asked(connection, other) != []


def test_without_a_copy_the_table_itself_is_read(connection: Any) -> None:
    connection.execute(MADE)
    described = describe(connection, "data.l", "id", "geom")
    assert prepare(connection, described, wanted=False) == replace(described, searched=("nom",), searched_apart=True)


def test_an_import_of_the_whole_table_makes_another_copy(connection: Any) -> None:
    table = lines(connection)
    connection.execute(
        "select served.publish('l', 'data.l', array['id', 'nom', 'geom'], 'id', null, %s::regclass)", [table.read]
    )
    assert postpone(connection, "data.l")
    connection.execute("delete from data.l")
    assert len(texts(connection, table)) == 1, "answers under way keep their rows"
    made = prepare(connection, replace(describe(connection, "data.l", "id", "geom")), anew=True)
    assert made.copy != table.copy
    assert texts(connection, made) == []


def test_a_copy_that_nobody_reads_any_more_goes_with_its_profiles(connection: Any) -> None:
    table = lines(connection)
    columns = [*table.names, *table.geometry_columns, table.text]
    for read in (table.read, None):
        connection.execute("select served.publish('l', 'data.l', %s, 'id', null, %s::regclass)", [columns, read])
        if read:
            profile = connection.execute("select served.ensure_profile('l', %s)", [columns]).fetchone()[0]
            assert connection.execute("select served.forget_copies()").fetchone() == (0,)
    assert connection.execute("select served.forget_copies()").fetchone() == (1,)
    assert connection.execute("select to_regclass(%s)", [table.read]).fetchone() == (None,)
    assert connection.execute("select to_regrole(%s)", [profile]).fetchone() == (None,)
    connection.execute("delete from data.l")


@pytest.mark.parametrize("piece", ["idg_feature", "idg_cut"])
def test_the_prepared_text_goes_with_every_column_or_not_at_all(connection: Any, piece: str) -> None:
    table = lines(connection)
    columns = list(every_column(table))
    assert piece in columns
    connection.execute("select served.publish('l', 'data.l', %s, 'id', null, %s::regclass)", [columns, table.read])
    with pytest.raises(Exception, match="all columns"), connection.transaction():
        connection.execute("select served.ensure_profile('l', %s)", [["id", "geom", piece]])


def test_the_shape_of_tiles_goes_with_the_geometry_or_not_at_all(connection: Any) -> None:
    table = lines(connection)
    connection.execute(
        "select served.publish('l', 'data.l', %s, 'id', null, %s::regclass)", [list(every_column(table)), table.read]
    )
    assert "idg_web" not in (granted_columns(table, ["geom"]) or ())
    assert "idg_web" in (granted_columns(table, ["nom"]) or ())
    with pytest.raises(Exception, match="geometry"), connection.transaction():
        connection.execute("select served.ensure_profile('l', %s)", [["id", "nom", "idg_web"]])


def test_a_copy_just_made_is_left_as_its_readers_like_it(database_url: str) -> None:
    with connect(database_url) as owner:
        # Vacuum relies on what is known to be on disk, and the tests' cluster is in no hurry to write.
        owner.execute("set synchronous_commit = on")
        owner.execute("create table data.bornes (id int primary key, mot text, geom geometry(Point, 2154))")
        owner.execute(
            "insert into data.bornes select i, repeat('x', 300), st_setsrid(st_point(650000 + i, 6860000), 2154)"
            " from generate_series(1, 24000) i"
        )
        made = prepare(owner, describe(owner, "data.bornes", "id", "geom"))
        settle(owner)
        seen, pages = owner.execute(
            "select relallvisible, relpages from pg_class where oid = to_regclass(%s)", [made.read]
        ).fetchone()  # type: ignore[misc]
        assert pages > 500
        assert seen == pages
        settle(owner)  # nothing is left to do, and the connection is as it was
        assert not owner.autocommit
        owner.execute("drop table data.bornes cascade")


def test_the_version_moves_with_a_write_to_a_part(connection: Any) -> None:
    connection.execute("create table data.m (id int primary key, nom text) partition by range (id)")
    connection.execute("create table data.m1 partition of data.m for values from (0) to (1000)")
    connection.execute("select served.publish('m', 'data.m', '{id,nom}', 'id', null)")
    seen = []
    for write in (
        "select 1", "insert into data.m1 values (1, 'a')", "update data.m1 set nom = 'b'", "insert into data.m values (2)",
        "truncate data.m1",
    ):  # fmt: skip
        connection.execute(write)
        seen.append(connection.execute("select number from registry.data_version where collection = 'm'").fetchone()[0])
    assert seen == sorted(set(seen))
