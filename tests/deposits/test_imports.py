"""A file into a collection, whole or not at all: on a real PostGIS."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from mig_idg.charter.scenario import parse
from mig_idg.database import connect
from mig_idg.deposits.intake.adjust import Adjustments
from mig_idg.deposits.intake.imports import Choices, run
from mig_idg.deposits.intake.report import RefusedFile
from mig_idg.errors import BadRequest, Conflict, InvalidParameter, Refused, UnknownWord, Unprocessable
from mig_idg.registry import worlds
from mig_idg.registry.acts import Evidence, Record

from .conftest import ADDRESSES, SQUARE, address, declaration, vector

pytestmark = pytest.mark.slow

Connection = psycopg.Connection[Any]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection with the owner's rights: an import commits, so what it made is dropped after the test."""
    with connect(database_url) as opened:
        yield opened
        opened.rollback()
        for (table,) in opened.execute("select tablename from pg_tables where schemaname = 'data'").fetchall():
            opened.execute(f"drop table data.{table}")


def count(connection: Connection, table: str, where: str = "true") -> int:
    return connection.execute(f"select count(*) from data.{table} where {where}").fetchone()[0]


def codes(refused: pytest.ExceptionInfo[RefusedFile]) -> dict[str, list[int | None]]:
    """The faults of a refusal, with the lines of their examples."""
    return {one.code: [e.line for e in one.examples] for one in refused.value.told if one.level == "error"}


# ——— addresses


def test_a_bal_makes_the_table_of_its_collection(connection: Connection, bal: Callable[..., Path]):
    done = run(connection, bal(*map(address, range(30))), ADDRESSES)
    assert (done.rows, done.replaced, done.created, done.standard) == (30, 0, True, "BAL 1.5")
    row = connection.execute(
        "select id, toponyme, numero, suffixe, date_der_maj, certification_commune, st_srid(geom), st_x(geom) "
        "from data.adresses_essai order by id limit 1"
    ).fetchone()
    assert row == (
        "0b38703a-e32a-4c2a-814d-000000000000", "Rue des Essais", 1, None, date(2024, 4, 15), True, 2154, 642074.96,
    )  # fmt: skip


def test_the_table_has_its_key_its_typed_geometry_and_its_indexes(connection: Connection, bal: Callable[..., Path]):
    run(connection, bal(address(1)), ADDRESSES)
    kinds = dict(
        connection.execute(
            "select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a "
            "where a.attrelid = 'data.adresses_essai'::regclass and a.attnum > 0"
        ).fetchall()
    )
    assert kinds["geom"] == "geometry(Point,2154)"
    indexes = [
        row[0] for row in connection.execute("select indexdef from pg_indexes where tablename = 'adresses_essai'")
    ]
    assert any("UNIQUE" in line and "(id)" in line for line in indexes)
    assert any("gist (geom)" in line for line in indexes)
    assert any("(commune_insee)" in line for line in indexes)


def test_a_bal_replaces_the_addresses_of_its_commune_and_no_other(connection: Connection, bal: Callable[..., Path]):
    run(connection, bal(*(address(n, "92036") for n in range(5))), ADDRESSES)
    run(connection, bal(*(address(n + 100) for n in range(7))), ADDRESSES)
    done = run(connection, bal(*(address(n + 200) for n in range(3))), ADDRESSES)
    assert (done.rows, done.replaced, done.territories) == (3, 7, ("92050",))
    assert count(connection, "adresses_essai") == 8


def test_the_whole_collection_is_replaced_when_that_is_asked(connection: Connection, bal: Callable[..., Path]):
    run(connection, bal(*(address(n, "92036") for n in range(5))), ADDRESSES)
    done = run(connection, bal(address(9)), ADDRESSES, Choices(replace="all"))
    assert (done.replaced, done.territories) == (5, None)
    assert count(connection, "adresses_essai") == 1


def test_a_faulty_bal_is_refused_with_lines_and_columns_and_leaves_the_table_as_it_was(
    connection: Connection, bal: Callable[..., Path]
):
    run(connection, bal(address(1), address(2)), ADDRESSES)
    faulty = bal(address(3), address(4, numero="4 ter"), address(5, date_der_maj="12/04/2024", x="642,5"))
    with pytest.raises(RefusedFile) as refused:
        run(connection, faulty, ADDRESSES)
    assert codes(refused) == {
        "numero.type_invalide": [3],
        "date_der_maj.date_invalide": [4],
        "x.separateur_decimal_invalide": [4],
    }
    assert refused.value.text().startswith("bal.csv:3:7 : Le numéro n'est pas un entier (« 4 ter »)")
    assert refused.value.text("en").startswith("bal.csv:3:7: The number is not an integer")
    assert count(connection, "adresses_essai") == 2


def test_versions_1_3_and_1_4_come_out_in_the_model_of_1_5(connection: Connection, bal: Callable[..., Path]):
    old = bal(
        "@a:3c87abe4-887b-46ee-9192-5c1b35a06625 @v:8a3bab10-f329-4ce3-9c7d-280d91a8053a "
        "@c:0246e48c-f33d-433a-8984-034219be842e;92050_1234_00009;92050;Nanterre;Rue des 3 Places;9;;entrée;;;"
        "2.2101934;48.8791276;Commune;2020-11-09;0",
        header="uid_adresse;cle_interop;commune_insee;commune_nom;voie_nom;numero;suffixe;position;x;y;long;lat;source;"
        "date_der_maj;certification_commune",
    )
    done = run(connection, old, ADDRESSES)
    assert done.standard == "BAL 1.3"
    row = connection.execute(
        "select id, id_ban_adresse, cle_interop, toponyme, certification_commune, round(st_x(geom)) "
        "from data.adresses_essai"
    ).fetchone()
    ban = "3c87abe4-887b-46ee-9192-5c1b35a06625"
    assert row == (ban, ban, "92050_1234_00009", "Rue des 3 Places", False, 642075)


def test_several_positions_of_one_address_are_all_kept(connection: Connection, bal: Callable[..., Path]):
    done = run(connection, bal(address(1), address(1, position="segment"), address(2)), ADDRESSES)
    assert done.rows == 3
    assert {one.code: one.count for one in done.findings}["rows.identical_key"] == 1
    ids = [row[0][-4:] for row in connection.execute("select id from data.adresses_essai order by id").fetchall()]
    assert ids == ["0001", "01-2", "0002"]


def test_a_bal_of_several_communes_is_refused_unless_it_is_wanted(connection: Connection, bal: Callable[..., Path]):
    path = bal(address(1), address(2, "92036"))
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, ADDRESSES)
    assert list(codes(refused)) == ["rows.multi_id_ban_commune"]
    done = run(connection, path, ADDRESSES, Choices(aggregate=True))
    assert (done.rows, done.territories) == (2, ("92036", "92050"))


def test_a_bal_that_is_not_in_utf8_is_refused_and_taken_when_its_encoding_is_said(
    connection: Connection, bal: Callable[..., Path]
):
    path = bal(address(1))
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, ADDRESSES)
    assert codes(refused) == {"file.encoding.non_standard": [2]}
    run(connection, path, ADDRESSES, Choices(encoding="latin-1"))
    assert connection.execute("select position from data.adresses_essai").fetchone() == ("entrée",)


# ——— other delimited texts

PLACES = declaration("lieux", territory="code_insee")


def text(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "lieux.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_csv_of_coordinates_keeps_its_types_and_its_codes(connection: Connection, tmp_path: Path):
    path = text(
        tmp_path,
        "id;nom;code_insee;effectif;surface;ouvert;depuis;vu le;lon;lat\n"
        "1;Gymnase;01234;120;12.5;true;2020-02-29;2024-01-01T10:00:00+01:00;2.21;48.88\n"
        "2;;92050;80;7;false;;;2.22;48.89\n",
    )
    done = run(connection, path, PLACES)
    assert done.created
    row = connection.execute(
        "select id, code_insee, effectif, surface, ouvert, depuis, vu_le from data.lieux where id = 1"
    ).fetchone()
    assert row == (1, "01234", 120, 12.5, True, date(2020, 2, 29), datetime(2024, 1, 1, 9, tzinfo=UTC))
    assert connection.execute("select nom from data.lieux where id = 2").fetchone() == (None,)


def test_wkt_is_a_geometry_too(connection: Connection, tmp_path: Path):
    path = text(tmp_path, 'id;code_insee;wkt\n1;92050;"LINESTRING (642000 6865000, 642010 6865000)"\n')
    run(connection, path, PLACES)
    assert connection.execute("select st_length(geom) from data.lieux").fetchone() == (10.0,)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("1;92050;ici;48.8\n2;92050;2.2;48.8\n", {"coordinate.unreadable": [2]}),
        ("1;92050;2.2;48.8\n1;92050;2.3;48.8\n", {"key.duplicate": [3]}),
        ("1;92050;2.2;48.8\n;92050;2.3;48.8\n", {"key.missing": [3]}),
        ("1;92050;48.8;2.2\n", {"geometry.out_of_domain": [2]}),
        ("1;92050;2.2\n2;92050;2.2;48.8\n", {"file.row.width": [2]}),
        ("", {"rows.empty": [None]}),
    ],
)
def test_a_faulty_csv_is_refused_and_no_table_is_made(
    connection: Connection, tmp_path: Path, rows: str, expected: dict[str, list[int]]
):
    with pytest.raises(RefusedFile) as refused:
        run(connection, text(tmp_path, f"id;code_insee;lon;lat\n{rows}"), PLACES)
    assert codes(refused) == expected
    assert connection.execute("select to_regclass('data.lieux')").fetchone() == (None,)


def test_a_csv_without_coordinates_says_which_columns_it_read(connection: Connection, tmp_path: Path):
    with pytest.raises(InvalidParameter, match="Colonnes lues : id, code_insee, nom"):
        run(connection, text(tmp_path, "id;code_insee;nom\n1;92050;a\n"), PLACES)


def test_a_value_that_does_not_fit_a_table_that_is_there_is_told_with_its_line(connection: Connection, tmp_path: Path):
    run(connection, text(tmp_path, "id;code_insee;effectif;lon;lat\n1;92050;12;2.2;48.8\n"), PLACES)
    with pytest.raises(RefusedFile) as refused:
        run(
            connection,
            text(tmp_path, "id;code_insee;effectif;lon;lat\n1;92050;12;2.2;48.8\n2;92050;douze;2.2;48.8\n"),
            PLACES,
        )
    assert codes(refused) == {"value.unfit": [3]}
    example = refused.value.told[0].examples[0]
    assert (example.field, example.value) == ("effectif", "douze")
    assert count(connection, "lieux") == 1


def test_columns_that_the_collection_has_not_refuse_the_file_and_missing_ones_are_told(
    connection: Connection, tmp_path: Path
):
    run(connection, text(tmp_path, "id;code_insee;nom;lon;lat\n1;92050;a;2.2;48.8\n"), PLACES)
    with pytest.raises(RefusedFile) as refused:
        run(connection, text(tmp_path, "id;code_insee;name;lon;lat\n1;92050;a;2.2;48.8\n"), PLACES)
    assert list(codes(refused)) == ["column.unknown"]
    done = run(
        connection,
        text(tmp_path, "id;name;extra;lon;lat\n1;b;x;2.2;48.8\n"),
        PLACES,
        Choices(adjustments=Adjustments({"name": "nom"}, frozenset({"extra"}), {"code_insee": "92036"})),
    )
    assert (done.rows, done.replaced) == (1, 1)
    assert connection.execute("select nom, code_insee from data.lieux").fetchone() == ("b", "92036")


def test_an_adjustment_of_a_column_that_is_not_there_is_a_question(connection: Connection, tmp_path: Path):
    with pytest.raises(UnknownWord, match="nmo"):
        run(
            connection,
            text(tmp_path, "id;code_insee;nom;lon;lat\n1;92050;a;2.2;48.8\n"),
            PLACES,
            Choices(adjustments=Adjustments({"nmo": "name"})),
        )


# ——— vector files

POINTS = declaration("points", key="code")


def as_file(geojson: Path, form: str) -> Path:
    """The same three points in another format, written by GDAL or Arrow."""
    rows = [f["properties"] for f in SQUARE["features"]]
    shapes = [shapely.to_wkb(shapely.from_geojson(json.dumps(f["geometry"]))) for f in SQUARE["features"]]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0] if name not in ("jour", "instant")}
    columns["jour"] = pa.array([date.fromisoformat(row["jour"]) for row in rows])
    folder = geojson.parent
    if form == "parquet":
        table = pa.table({**columns, "geometry": pa.array(shapes)})
        meta = {
            "version": "1.0.0",
            "primary_column": "geometry",
            "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
        }
        pq.write_table(table.replace_schema_metadata({"geo": json.dumps(meta)}), folder / "p.parquet")
        return folder / "p.parquet"
    if form in ("zip", "gml"):
        columns["voie"] = columns.pop("N° voie")
    if form == "zip":
        vector(folder / "p.shp", "ESRI Shapefile", shapes, "Point", "EPSG:4326", **columns)
        with zipfile.ZipFile(folder / "p.zip", "w") as out:
            for part in folder.glob("p.*"):
                if part.suffix != ".zip":
                    out.write(part, f"dossier/{part.name}")
        return folder / "p.zip"
    drivers = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "gml": "GML"}
    return vector(folder / f"p.{form}", drivers[form], shapes, "Point", "EPSG:4326", **columns)


@pytest.mark.parametrize("form", ["geojson", "gpkg", "fgb", "zip", "parquet", "gml"])
def test_the_same_points_come_out_of_every_format(connection: Connection, geojson: Path, form: str):
    path = geojson if form == "geojson" else as_file(geojson, form)
    before = sorted(p.name for p in path.parent.iterdir())
    done = run(connection, path, POINTS)
    assert (done.rows, done.created) == (3, True)
    rows = connection.execute(
        "select code, nombre, mesure, ouvert, jour::date from data.points order by code"
    ).fetchall()
    assert rows == [
        ("01", 1, 0.25, False, date(2024, 1, 15)),
        ("02", 2, 0.5, True, date(2024, 2, 15)),
        ("03", 3, 0.75, False, date(2024, 3, 15)),
    ]
    away = connection.execute(
        "select max(st_distance(geom, st_transform(st_point(2.2 + nombre / 100.0, 48.88, 4326), 2154))) from data.points"
    ).fetchone()
    assert away[0] < 0.001, "PostGIS puts these points elsewhere"
    assert sorted(p.name for p in path.parent.iterdir()) == before, "something was left beside the file"


def test_names_are_made_fit_for_sql_and_instants_keep_their_zone(connection: Connection, geojson: Path):
    run(connection, geojson, POINTS)
    row = connection.execute("select n_voie, instant from data.points where code = '02'").fetchone()
    assert row == ("voie 2", datetime(2024, 2, 15, 8, tzinfo=UTC))
    comment = connection.execute("select col_description('data.points'::regclass, 7)").fetchone()
    assert comment == ("N° voie",)


def test_features_without_the_declared_key_are_numbered_and_told(connection: Connection, geojson: Path):
    done = run(connection, geojson, declaration("numerotes"))
    assert "key.numbered" in {one.code for one in done.findings}
    assert connection.execute("select array_agg(id order by code) from data.numerotes").fetchone() == ([1, 2, 3],)


def test_polygons_of_a_shapefile_are_multipolygons(connection: Connection, tmp_path: Path):
    ring = shapely.to_wkb(shapely.box(642000, 6865000, 642010, 6865010))
    path = vector(tmp_path / "a.shp", "ESRI Shapefile", [ring], "Polygon", code=["a"])
    run(connection, path, declaration("formes", key="code"))
    assert connection.execute("select st_geometrytype(geom), st_area(geom) from data.formes").fetchone() == (
        "ST_MultiPolygon",
        100.0,
    )


def test_heights_are_kept(connection: Connection, tmp_path: Path):
    line = shapely.to_wkb(shapely.from_wkt("LINESTRING Z (642000 6865000 31.5, 642010 6865000 32)"))
    path = vector(tmp_path / "a.gpkg", "GPKG", [line], "LineString Z", code=["a"])
    run(connection, path, declaration("lignes", key="code"))
    assert connection.execute("select st_z(st_startpoint(geom)) from data.lignes").fetchone() == (31.5,)


def test_a_geometry_of_another_type_than_the_collection_s_is_refused_with_its_number(
    connection: Connection, tmp_path: Path, geojson: Path
):
    run(connection, geojson, POINTS)
    line = json.loads(json.dumps(SQUARE))
    line["features"][1]["geometry"] = {"type": "LineString", "coordinates": [[2.2, 48.8], [2.3, 48.9]]}
    geojson.write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(RefusedFile) as refused:
        run(connection, geojson, POINTS)
    assert codes(refused) == {"geometry.type": [2]}
    assert count(connection, "points") == 3


def test_a_property_called_id_is_the_key_of_a_geojson(connection: Connection, geojson: Path):
    geojson.write_text(geojson.read_text("utf-8").replace('"code": "0', '"id": "0'), encoding="utf-8")
    assert run(connection, geojson, declaration("cles")).rows == 3
    assert connection.execute("select array_agg(id order by id) from data.cles").fetchone() == (["01", "02", "03"],)


def test_an_empty_file_never_empties_a_collection(connection: Connection, geojson: Path):
    run(connection, geojson, POINTS)
    geojson.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(RefusedFile) as refused:
        run(connection, geojson, POINTS)
    assert "rows.empty" in codes(refused)
    assert count(connection, "points") == 3


def test_swapped_axes_are_noticed(connection: Connection, geojson: Path):
    swapped = json.loads(json.dumps(SQUARE))
    for one in swapped["features"]:
        one["geometry"]["coordinates"].reverse()
    geojson.write_text(json.dumps(swapped), encoding="utf-8")
    with pytest.raises(RefusedFile) as refused:
        run(connection, geojson, POINTS)
    assert codes(refused) == {"geometry.out_of_domain": [1, 2, 3]}


@pytest.mark.parametrize("form", ["geojson", "gpkg", "fgb", "parquet", "gml"])
def test_half_a_file_is_refused_and_changes_nothing(connection: Connection, geojson: Path, form: str):
    path = geojson if form == "geojson" else as_file(geojson, form)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(Unprocessable, match=r"points|p\."):
        run(connection, path, POINTS)
    assert connection.execute("select to_regclass('data.points')").fetchone() == (None,)


def test_a_broken_geojson_is_refused_with_its_line(connection: Connection, geojson: Path):
    geojson.write_text(json.dumps(SQUARE, indent=1).replace('"nombre": 2,', '"nombre": deux,'), encoding="utf-8")
    with pytest.raises(Unprocessable, match="ligne ") as refused:
        run(connection, geojson, POINTS)
    assert "deux" in geojson.read_text("utf-8").splitlines()[refused.value.extra["line"] - 1]


def test_a_file_of_several_layers_needs_a_choice(connection: Connection, tmp_path: Path):
    wkb = shapely.to_wkb(shapely.Point(642000, 6865000))
    path = tmp_path / "deux.gpkg"
    vector(path, "GPKG", [wkb], "Point", code=["a"])
    from pyogrio.raw import write_arrow

    write_arrow(
        pa.table({"code": ["b"], "geom": pa.array([wkb], pa.binary())}),
        path, layer="autre", driver="GPKG", geometry_name="geom", geometry_type="Point", crs="EPSG:2154", append=True,
    )  # fmt: skip
    with pytest.raises(InvalidParameter, match="deux, autre"):
        run(connection, path, POINTS)
    assert run(connection, path, POINTS, Choices(layer="autre")).rows == 1


def test_a_shapefile_without_projection_needs_one(connection: Connection, tmp_path: Path):
    wkb = shapely.to_wkb(shapely.Point(642000, 6865000))
    path = vector(tmp_path / "a.shp", "ESRI Shapefile", [wkb], "Point", code=["a"])
    path.with_suffix(".prj").unlink()
    with pytest.raises(InvalidParameter) as asked:
        run(connection, path, POINTS)
    assert "--crs" in asked.value.text()
    assert run(connection, path, POINTS, Choices(crs="EPSG:2154")).rows == 1


def test_a_crs_given_by_address_is_no_crs(connection: Connection, tmp_path: Path):
    wkb = shapely.to_wkb(shapely.Point(642000, 6865000))
    path = vector(tmp_path / "a.gpkg", "GPKG", [wkb], "Point", code=["a"])
    with pytest.raises(InvalidParameter):
        run(connection, path, POINTS, Choices(crs="https://example.org/crs.wkt"))


# ——— together with others


def test_readers_keep_the_old_rows_until_the_new_ones_are_committed(database_url: str, bal: Callable[..., Path]):
    wanted = declaration("lecteurs", territory="commune_insee", standard="bal")
    seen = []
    with connect(database_url) as writer, connect(database_url, autocommit=True) as reader:
        run(writer, bal(*map(address, range(4))), wanted)
        reader.execute("set statement_timeout = '2s'")

        def look(step: str, done: int, size: int) -> None:
            seen.append((step, count(reader, "lecteurs")))

        run(writer, bal(*map(address, range(9))), wanted, progress=look)
        assert seen == [("check", 4), ("load", 4)]
        assert count(reader, "lecteurs") == 9


def test_an_interrupted_import_leaves_the_table_as_it_was(database_url: str, bal: Callable[..., Path]):
    wanted = declaration("interrompus", territory="commune_insee", standard="bal")

    def stop(step: str, done: int, size: int) -> None:
        if step == "load":
            raise KeyboardInterrupt

    with connect(database_url) as writer:
        run(writer, bal(address(1)), wanted)
        with pytest.raises(KeyboardInterrupt):
            run(writer, bal(*map(address, range(9))), wanted, progress=stop)
        writer.rollback()
        assert count(writer, "interrompus") == 1


def test_two_imports_of_one_collection_do_not_mix(database_url: str, bal: Callable[..., Path]):
    wanted = declaration("disputes", territory="commune_insee", standard="bal")
    with connect(database_url) as one, connect(database_url) as other:

        def import_too(step: str, done: int, size: int) -> None:
            if step == "load":
                with pytest.raises(Conflict):
                    run(other, bal(address(2), name="autre.csv"), wanted)

        assert run(one, bal(address(1)), wanted, progress=import_too).rows == 1
        assert count(one, "disputes") == 1


def test_a_collection_of_images_takes_no_rows(connection: Connection, bal: Callable[..., Path]):
    images = POINTS.model_copy(update={"source": POINTS.source.model_copy(update={"table": None})})
    with pytest.raises(BadRequest, match="table"):
        run(connection, bal(address(1)), images)


def test_rows_served_as_a_validated_version_are_not_replaced(connection: Connection, bal: Callable[..., Path]):
    """A coproduction that the committee validated: the file is refused, and what is served stays."""
    run(connection, bal(address(1), address(2)), ADDRESSES)
    with connection.transaction(force_rollback=True):
        world = f"world: {{datasets: {{{ADDRESSES.id}: {{kind: coproduced, state: validated, co_owners: [X]}}}}}}"
        piece = Evidence("scénario", "1", date(2026, 1, 1))
        record = Record(date(2026, 1, 1), "greffier", piece)
        worlds.remember(connection, parse(world + "\nquestions: []\n", "world.yml").facts, record)
        with pytest.raises(Refused, match="version 1") as refused:
            run(connection, bal(address(9)), ADDRESSES)
        assert refused.value.extra["rule"] == "a_validated_version_is_frozen"
    assert count(connection, "adresses_essai") == 2
