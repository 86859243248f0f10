"""The demonstration's data: the same everywhere, true on a map, and what the collections declare."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import rasterio
import shapely
from rio_cogeo import cog_validate

from mig_idg import demonstration
from mig_idg.database import connect
from mig_idg.demonstration import addresses, orthophoto, pcrs, places, streets, terrain
from mig_idg.publication.load import load_folder
from mig_idg.standards.bal.checks import Checker
from mig_idg.store.layers import csv_of
from mig_idg.territory.places import COMMUNES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def fingerprint(content: demonstration.Content) -> str:
    return hashlib.sha256(csv_of(content.rows(1))).hexdigest()


def test_every_commune_is_drawn_and_they_tile_without_gap_nor_overlap():
    towns = terrain.towns()
    shapes = np.array([town.polygon for town in towns])
    assert {town.commune.code for town in towns} == set(COMMUNES)
    assert shapely.coverage_is_valid(shapes)
    assert shapely.get_type_id(shapely.union_all(shapes)) == 3
    assert shapely.get_num_interior_rings(shapely.union_all(shapes)) == 0


def test_no_street_lies_in_the_seine():
    wet = shapely.intersects(streets.network(1.0).axes, terrain.river())
    assert not wet.any()


def test_addresses_stand_in_their_commune_and_none_is_there_twice():
    rows = addresses.rows(1)
    assert rows.num_rows == 100_000
    for name in ("id", "cle_interop"):
        assert len(pc.unique(rows[name])) == rows.num_rows
    found, network = addresses.doors(1), streets.network(1.0)
    polygons = np.array([town.polygon for town in network.towns])[network.town[found.street]]
    assert shapely.contains_xy(polygons, found.x, found.y).all()


def test_odd_numbers_are_on_one_side_and_even_numbers_on_the_other():
    found, network = addresses.doors(1), streets.network(1.0)
    axes = network.axes[found.street]
    here = shapely.line_locate_point(axes, shapely.points(found.x, found.y))
    left = streets.along(axes, here, np.full(len(here), 10.0))
    right = streets.along(axes, here, np.full(len(here), -10.0))
    nearer_left = np.hypot(left[0] - found.x, left[1] - found.y) < np.hypot(right[0] - found.x, right[1] - found.y)
    assert (nearer_left == (found.number % 2 == 1)).mean() > 0.999


def test_lines_of_the_street_plan_leave_a_tile_and_come_back_like_surveyed_ones():
    """What cuts lines at an edge meets here what a real street plan has: it once broke half of its tiles."""
    lines = shapely.from_wkb(pcrs.lines(1)["geom"].to_pylist())
    assert shapely.get_num_coordinates(lines).mean() > 8
    assert shapely.has_z(lines).all()
    assert shapely.is_simple(lines).all()
    firsts = shapely.get_coordinates(shapely.get_point(lines, 0))
    corner = np.floor(firsts / 100) * 100
    tiles = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + 100, corner[:, 1] + 100)
    returned = shapely.get_num_geometries(shapely.intersection(lines, tiles)) > 1
    assert returned.sum() > 500


def test_the_addresses_pass_our_own_checks_of_bal():
    rows = addresses.rows(1).slice(0, 5000)
    long_lat = {"long": "2.21", "lat": "48.88"}
    names = [n for n in rows.column_names if n not in ("id", "geom", "cle_interop")]
    texts: dict[str, Any] = {n: pc.fill_null(rows[n].cast(pa.string()), "").combine_chunks() for n in names}
    texts["certification_commune"] = pc.if_else(rows["certification_commune"], "1", "0").combine_chunks()
    texts |= {n: pa.array([v] * rows.num_rows) for n, v in long_lat.items()}
    checker = Checker(tuple(texts), date(2026, 11, 1))
    checker.check(pa.RecordBatch.from_pydict(texts), np.arange(2, rows.num_rows + 2))
    faults = set(checker.close().of(checker.levels, "error"))
    assert faults <= {"rows.multi_id_ban_commune"}


@pytest.mark.parametrize("content", demonstration.CONTENT, ids=lambda content: content.collection)
def test_the_same_seed_gives_the_same_bytes(content: demonstration.Content):
    first = fingerprint(content)
    streets.network.cache_clear()
    addresses.doors.cache_clear()
    assert fingerprint(content) == first


def test_scale_multiplies_addresses_and_establishments():
    assert addresses.rows(2).num_rows == 200_000
    assert places.erp(2).num_rows == 10_000


def test_telephones_are_those_of_works_of_fiction():
    assert pc.all(pc.starts_with(places.erp(1)["contact_telephone"], "01 99 00 ")).as_py()


def test_the_declarations_describe_these_very_tables():
    folder = load_folder(ROOT / "collections")
    assert not folder.errors
    declared = {one.declaration.id: one.declaration for one in folder.declared}
    assert set(declared) >= {content.collection for content in demonstration.CONTENT} | {"orthophoto"}
    for content in demonstration.CONTENT:
        one, table = declared[content.collection], content.table
        assert (one.source.table, one.source.id, one.source.geometry) == (table.name, table.key, table.geometry)
        assert one.territory == table.territory
        assert set(one.attributes) == {column.name for column in table.columns}


def test_the_photograph_is_a_cloud_optimised_geotiff_that_shows_something(tmp_path: Path):
    path = orthophoto.write(tmp_path / "rasters" / "orthophoto.tif")
    valid, errors, _ = cog_validate(path)
    assert valid, errors
    with rasterio.open(path) as image:
        assert (image.width, image.height, image.count, image.crs.to_epsg()) == (5000, 5000, 3, 2154)
        assert image.overviews(1)
        small = image.read(out_shape=(3, 500, 500))
    assert small.std(axis=(1, 2)).min() > 15
    assert sorted(p.name for p in path.parent.iterdir()) == ["orthophoto.tif"]


def test_a_second_load_keeps_what_is_there(database_url: str, tmp_path: Path):
    wanted = frozenset({"communes", "equipements"})
    with connect(database_url) as connection:
        first = demonstration.load(connection, tmp_path, only=wanted)
        connection.execute("delete from data.equipements where id > 10")
        connection.commit()
        again = demonstration.load(connection, tmp_path, only=wanted)
        left = connection.execute("select count(*) from data.equipements").fetchone()
    assert first.written == {"communes": 37, "equipements": 1500}
    assert (again.written, set(again.kept)) == ({}, wanted)
    assert left == (10,)


def test_an_interrupted_load_leaves_no_half_table(database_url: str, tmp_path: Path):
    def stop(what: object, done: int, steps: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with connect(database_url) as connection:
        with pytest.raises(KeyboardInterrupt):
            demonstration.load(connection, tmp_path, only=frozenset({"ept", "videosurveillance"}), progress=stop)
        connection.rollback()
        assert _there(connection, "data.ept")
        assert not _there(connection, "data.videosurveillance")


def _there(connection: psycopg.Connection[Any], table: str) -> bool:
    return connection.execute("select to_regclass(%s)", [table]).fetchone() != (None,)
