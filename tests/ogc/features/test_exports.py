"""The selection as a file: read back by the libraries that people will read it with."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from lxml import etree

from mig_idg.database import connect
from mig_idg.ogc.features import files
from mig_idg.store.crs import BY_SRID
from mig_idg.store.feature import geojson
from mig_idg.store.prepare import prepare
from mig_idg.store.table import describe

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def file(served: Any, query: str, collection: str = "lieux") -> Any:
    """A downloaded file."""
    response = served.get(f"/collections/{collection}/items?{query}")
    assert response.status == 200, response.content[:500]
    return response


def test_csv_holds_every_row_and_says_what_is_owed(served: Any) -> None:
    response = file(served, "f=csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    assert len(rows) == 1200
    first = next(row for row in rows if row["id"] == "a-00001")
    assert first["nom_voie"] == 'Impasse "Haute" \\ <5m'
    assert (first["certifie"], first["maj"], first["numero"]) == ("false", "2020-01-01T01:00:00Z", "1")
    assert float(first["latitude"]) == pytest.approx(48.885, abs=0.02)
    assert 'filename="lieux.csv"' in response.headers["content-disposition"]
    assert "Mutualisation" in response.headers["attribution"] or response.headers["attribution"]


def test_csv_never_hands_a_formula_to_a_spreadsheet(served: Any, database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute("update data.lieux set nom_voie = '=HYPERLINK(\"x\")' where id = 'a-00002'")
        connection.commit()
    rows = list(csv.DictReader(io.StringIO(file(served, "f=csv&numero=2").content.decode(), newline="")))
    assert next(row for row in rows if row["id"] == "a-00002")["nom_voie"] == '\'=HYPERLINK("x")'
    with connect(database_url) as connection:
        connection.execute("update data.lieux set nom_voie = null where id = 'a-00002'")
        connection.commit()


def test_lines_go_to_csv_as_wkt(served: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(file(served, f"f=csv&crs={EPSG}2154", "troncons").content.decode())))
    assert shapely.from_wkt(rows[0]["wkt"]).geom_type == "LineString"
    assert rows[-1]["wkt"] == ""


def test_a_geojson_sequence_holds_one_feature_a_record(served: Any) -> None:
    records = file(served, "f=geojsonseq").content.split(b"\x1e")[1:]
    assert len(records) == 1200
    assert all(json.loads(record)["type"] == "Feature" for record in records)


@pytest.mark.parametrize(("form", "extension"), [("gpkg", "gpkg"), ("fgb", "fgb"), ("parquet", "parquet")])
def test_files_read_back_with_types_crs_and_geometry(served: Any, tmp_path: Path, form: str, extension: str) -> None:
    path = tmp_path / f"lieux.{extension}"
    path.write_bytes(file(served, f"f={form}&crs={EPSG}2154").content)
    frame = geopandas.read_parquet(path) if form == "parquet" else geopandas.read_file(path)
    assert len(frame) == 1200
    assert frame.crs.to_epsg() == 2154
    row = frame[frame["id"] == "a-00003"].iloc[0]
    assert row["nom_voie"] == "Rue de l'Église"
    assert row["numero"] == 3
    assert bool(row["certifie"]) is False
    assert str(row["leve"])[:10] == "2020-01-04"
    shape = row[frame.geometry.name]
    assert (shape.x, shape.y) == pytest.approx((641030.370368, 6866000.0))


@pytest.mark.parametrize("form", ["gpkg", "fgb", "parquet"])
def test_heights_and_missing_geometries_survive(served: Any, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"troncons.{form}"
    path.write_bytes(file(served, f"f={form}&crs={EPSG}2154", "troncons").content)
    frame = geopandas.read_parquet(path) if form == "parquet" else geopandas.read_file(path)
    assert len(frame) == 61
    assert frame.geometry.isna().sum() == 1
    assert frame.geometry.has_z.sum() == 60


@pytest.mark.parametrize("form", ["gpkg", "fgb", "parquet", "csv", "geojsonseq", "gml"])
def test_an_empty_selection_is_an_empty_file_of_that_format(served: Any, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"vide.{form}"
    path.write_bytes(file(served, f"f={form}&numero=49999").content)
    if form in ("gpkg", "fgb"):
        assert len(geopandas.read_file(path)) == 0
    elif form == "parquet":
        assert pyarrow.parquet.read_metadata(path).num_rows == 0


def test_gml_is_well_formed_and_says_its_crs(served: Any) -> None:
    tree = etree.fromstring(file(served, f"f=gml&crs={EPSG}4326&limit=30").content)
    points = tree.findall(".//{http://www.opengis.net/gml/3.2}Point")
    assert len(points) == 30
    assert points[0].get("srsName") == f"{EPSG}4326"
    latitude, longitude = map(float, points[0][0].text.split())
    assert (latitude, longitude) == pytest.approx((48.885, 2.2), abs=0.05)


def test_files_carry_what_is_owed(served: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(file(served, "f=parquet").content)
    assert b"etalab" in pyarrow.parquet.read_metadata(path).metadata[b"attribution"]
    assert b"etalab" in file(served, "f=gml&limit=1").content
    path = tmp_path / "a.gpkg"
    path.write_bytes(file(served, "f=gpkg").content)
    assert "etalab" in str(pyogrio.read_info(path)["layer_metadata"])


def test_a_filter_and_a_selection_apply_to_files(served: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(file(served, "f=csv&numero=7&properties=id,numero").content.decode())))
    assert len(rows) == 24
    assert set(rows[0]) == {"id", "numero", "longitude", "latitude"}


def test_a_whole_file_of_the_type_of_pages_is_asked_by_f_alone(served: Any) -> None:
    """A client that accepts GeoJSON wants a page."""
    response = served.get("/collections/lieux/items?limit=1", headers={"accept": "application/geo+json"})
    assert response.json["numberReturned"] == 1
    assert "content-disposition" not in response.headers


@pytest.mark.parametrize(("form", "kind"), [("geojson", "geo+json"), ("fgjson", "vnd.ogc.fg+json")])
def test_a_whole_collection_comes_as_one_document(served: Any, form: str, kind: str) -> None:
    response = file(served, f"f={form}")
    document = response.json
    assert response.headers["content-type"] == f"application/{kind}"
    assert (document["type"], document["numberReturned"], len(document["features"])) == (
        "FeatureCollection",
        1200,
        1200,
    )
    assert len({feature["id"] for feature in document["features"]}) == 1200
    assert "etalab" in document["attribution"]
    assert file(served, f"f={form}&numero=49999").json["features"] == []


SHAPES = {
    "points": ["POINT(1 2)", "POINT(3 4)"],
    "lines": ["LINESTRING(0 0,1 1,2 0)", "LINESTRING(5 5,6 6)"],
    "areas": ["POLYGON((0 0,9 0,9 9,0 0),(1 0.5,2 0.5,2 1,1 0.5))", "POLYGON((0 0,1 0,1 1,0 0))"],
    "many_points": ["MULTIPOINT((1 1),(2 2))", "MULTIPOINT((3 3))"],
    "many_lines": ["MULTILINESTRING((0 0,1 1),(2 2,3 3,4 4))", "MULTILINESTRING((0 0,1 1))"],
    "many_areas": [
        "MULTIPOLYGON(((0 0,9 0,9 9,0 0),(1 0.5,2 0.5,2 1,1 0.5)),((20 20,21 20,21 21,20 20)))",
        "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))",
    ],
    "any": ["POINT(1 2)", "POLYGON((0 0,1 0,1 1,0 0))", "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
            "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))"],
    "heights": ["MULTIPOLYGON Z (((0 0 1,9 0 2,9 9 3,0 0 1),(1 0.5 1,2 0.5 1,2 1 1,1 0.5 1)))",
                "MULTIPOLYGON Z (((0 0 5,1 0 5,1 1 5,0 0 5)))"],
}  # fmt: skip


def layer(shapes: list[str], name: str = "essai") -> tuple[files.Layer, list[tuple[bytes | None, ...]]]:
    """A layer of these shapes with a whole number and a text, as PostgreSQL would send it."""
    from mig_idg.store.binary_values import cells
    from mig_idg.store.crs import CRS84
    from mig_idg.store.table import Column, Geometry

    columns = (
        Column("n", "integer", "integer", "integer", "integer"),
        Column('mot "x"', "text", "text", "text", "string"),
    )
    read = [shapely.from_wkt(shape) for shape in shapes]
    kinds = {shape.geom_type.upper() for shape in read}
    geometry = Geometry("geom", 4326, kinds.pop() if len(kinds) == 1 else "GEOMETRY", any(s.has_z for s in read))
    rows = [
        ((n).to_bytes(4, "big"), None if n % 3 == 2 else f"é{n}".encode(), shapely.to_wkb(shape, flavor="iso"))
        for n, shape in enumerate(read)
    ]
    return files.Layer(name, "Essai", "due", cells(columns, words=True), geometry, CRS84, len(rows)), rows


def written(form: str, described: files.Layer, rows: list[tuple[bytes | None, ...]], path: Path) -> Path:
    """The file that the writer makes of them, hundred by hundred."""
    writer = files.writers()[form](described)
    with path.open("wb") as out:
        out.write(writer.begin())
        for at in range(0, len(rows), 100):
            out.write(writer.add(rows[at : at + 100]))
        out.write(writer.end())
    return path


@pytest.mark.parametrize("form", ["gpkg", "fgb", "parquet"])
@pytest.mark.parametrize("shapes", SHAPES.values(), ids=SHAPES)
def test_every_kind_of_geometry_reads_back_the_same(shapes: list[str], form: str, tmp_path: Path) -> None:
    path = written(form, *layer(shapes), tmp_path / f"essai.{form}")
    frame = geopandas.read_parquet(path) if form == "parquet" else geopandas.read_file(path)
    assert list(frame["n"]) == list(range(len(shapes)))
    assert frame['mot "x"'][0] == "é0"
    wanted = [shapely.to_wkt(shapely.from_wkt(shape), output_dimension=3) for shape in shapes]
    assert [shapely.to_wkt(shape, output_dimension=3) for shape in frame.geometry] == wanted


@pytest.mark.parametrize("heavy", [1, 3_000, 200_000])
def test_a_geopackage_of_many_pages_is_whole_for_sqlite(heavy: int, tmp_path: Path) -> None:
    """Rows of a few bytes, of a page in twenty, and of several pages each: the tree is balanced, nothing is lost."""
    count = {1: 100_000, 3_000: 9_000, 200_000: 90}[heavy]
    described, (row, *_) = layer(SHAPES["points"])
    described = replace(described, rows=count)
    rows = [(n.to_bytes(4, "big"), b"x" * (n * 7919 % heavy + 1), row[2]) for n in range(count)]
    path = written("gpkg", described, rows, tmp_path / "essai.gpkg")
    with closing(sqlite3.connect(path)) as found:
        assert found.execute("pragma integrity_check").fetchall() == [("ok",)]
        read = found.execute('select fid, n, length("mot ""x""") from essai').fetchall()
        assert read == [(n + 1, n, n * 7919 % heavy + 1) for n in range(count)]
        found.execute("insert into essai (n) values (-1)")
        found.execute("delete from essai where fid % 2 = 0")
        assert found.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("order", ["growing", "shrinking"])
def test_a_wrong_guess_of_the_weight_of_rows_costs_room_and_no_row(order: str, tmp_path: Path) -> None:
    """The root of the layer was placed by the weight of the first rows: the others weigh four times more, or less."""
    described, (row, *_) = layer(SHAPES["points"])
    sizes = [100 + 300 * (n > 2_000) for n in range(60_000)]
    sizes = sizes if order == "growing" else [500 - size for size in sizes]
    rows = [(n.to_bytes(4, "big"), b"x" * size, row[2]) for n, size in enumerate(sizes)]
    path = written("gpkg", replace(described, rows=len(rows)), rows, tmp_path / "essai.gpkg")
    with closing(sqlite3.connect(path)) as found:
        assert found.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert [size for (size,) in found.execute('select length("mot ""x""") from essai')] == sizes


def test_infinite_dates_are_nothing_in_a_parquet_file(served: Any, database_url: str, tmp_path: Path) -> None:
    from mig_idg.database import connect

    with connect(database_url) as connection:
        connection.execute("update data.lieux set leve = 'infinity', vu = '-infinity' where id = 'a-00009'")
        connection.commit()
    path = tmp_path / "lieux.parquet"
    path.write_bytes(file(served, "f=parquet&id=a-00009").content)
    (row,) = pyarrow.parquet.read_table(path).to_pylist()
    with connect(database_url) as connection:
        connection.execute(
            "update data.lieux set leve = date '2020-01-10', vu = timestamp '2020-01-10 00:00:00' where id = 'a-00009'"
        )
        connection.commit()
    assert (row["leve"], row["vu"]) == (None, None)
    assert row["maj"].isoformat() == "2020-01-01T09:00:00+00:00"


def test_no_link_to_a_whole_file_can_be_taken_for_a_page(served: Any) -> None:
    """GDAL takes the last link that says GeoJSON for its pages: it read ten features and stopped."""
    links = served.get("/collections/lieux/items?limit=1").json["links"]
    pages = [link["type"] for link in links if link["rel"] == "alternate"]
    assert len(pages) == len(set(pages))
    files = [link["href"].partition("?")[2] for link in links if link["rel"] == "enclosure"]
    assert files == ["f=geojson", "f=fgjson"]


def test_every_identifier_of_gml_is_one(served: Any) -> None:
    tree = etree.fromstring(file(served, "f=gml", collection="bancs").content)
    ids = tree.xpath("//@gml:id", namespaces={"gml": "http://www.opengis.net/gml/3.2"})
    assert len(ids) == len(set(ids)) == 3 * 9
    assert tree.findtext(".//{http://www.opengis.net/gml/3.2}pos")


@pytest.mark.parametrize("form", ["jsonfg", "fgjson", "gml", "csv", "geojson", "geojsonseq", "gpkg", "fgb", "parquet"])
def test_what_is_asked_of_geometries_holds_in_every_format(served: Any, form: str) -> None:
    plain, without, fewer = (
        file(served, f"f={form}&limit=30{more}", collection="troncons").content
        for more in ("", "&skipGeometry=true", "&precision=0")
    )
    assert len(without) < len(plain) or form == "gpkg"  # which counts in pages
    assert without != fewer != plain
    if form in ("jsonfg", "fgjson"):
        document = json.loads(without)
        assert {(one["geometry"], one["place"]) for one in document["features"]} == {(None, None)}


def test_a_head_of_a_file_takes_nothing_from_the_next(served: Any) -> None:
    for _ in range(12):
        assert served.request("HEAD", "/collections/lieux/items?f=csv").status == 200
        assert served.request("HEAD", "/collections/lieux/items?f=gpkg").status == 200


def test_rings_turn_as_the_standard_wants(served: Any, database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute("create table data.iles (id int primary key, geom geometry(Polygon, 2154))")
        connection.execute(
            "insert into data.iles values (1, st_geomfromtext('POLYGON((641000 6866000,641000 6866100,641100 6866100,"
            "641100 6866000,641000 6866000),(641010 6866010,641020 6866010,641020 6866020,641010 6866010))', 2154))"
        )
        table = prepare(connection, describe(connection, "data.iles", "id", "geom"))
        for srid in (4326, 2154, 3857):
            text = geojson(table, BY_SRID[srid], None, True, None, None)
            row = connection.execute(f"select {text} from {table.read}").fetchone()
            assert row is not None
            shape = shapely.from_geojson(json.dumps(json.loads(row[0])["geometry"]))
            # Latitude first turns the picture over.
            assert shape.exterior.is_ccw is (srid != 4326)
            assert shape.interiors[0].is_ccw is (srid == 4326)
        connection.rollback()
