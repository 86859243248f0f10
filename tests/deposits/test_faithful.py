"""Files are never changed nor lost in silence: each kind of what people really send, made here with fictitious values.

The same through the command, in `test_import_command`. What is told is read in the report, by code.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
import shapely
from pyogrio.raw import write_arrow

from mig_idg.database import connect
from mig_idg.deposits.intake.adjust import Adjustments
from mig_idg.deposits.intake.headers import HeaderLines
from mig_idg.deposits.intake.imports import Choices, run
from mig_idg.deposits.intake.report import ImportReport, RefusedFile
from mig_idg.errors import Conflict, InvalidParameter, Unprocessable, UnsupportedMedia

from .conftest import ADDRESSES, address, declaration, vector, workbook

pytestmark = pytest.mark.slow

Connection = psycopg.Connection[Any]
BENCHES = declaration("bancs", territory="commune_insee")
PLACE = shapely.to_wkb(shapely.Point(644200, 6866100))


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection with the owner's rights: what was imported is dropped after the test."""
    with connect(database_url) as opened:
        yield opened
        opened.rollback()
        for (table,) in opened.execute("select tablename from pg_tables where schemaname = 'data'").fetchall():
            opened.execute(f"drop table data.{table} cascade")


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """`csv("id;nom", "1;a", …)`: a CSV of benches, with a commune and coordinates at the end of each line."""

    def write(header: str, *lines: str, name: str = "bancs.csv", encoding: str = "utf-8", end: str = "\r\n") -> Path:
        whole = [f"{header};commune_insee;x;y", *(f"{line};92050;644200;6866100" for line in lines)]
        path = tmp_path / name
        path.write_bytes((end.join(whole) + end).encode(encoding))
        return path

    return write


def told(report: ImportReport) -> dict[str, list[tuple[int | None, str | None]]]:
    """(line, value) of the examples, by code."""
    return {one.code: [(e.line, e.value) for e in one.examples] for one in report.findings}


def faults(connection: Connection, path: Path, **choices: Any) -> dict[str, list[tuple[int | None, str | None]]]:
    """The same for the faults of a file that is refused; nothing is left of it."""
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES, Choices(**choices))
    return {c.code: [(e.line, e.value) for e in c.examples] for c in refused.value.told if c.level == "error"}


def rows(connection: Connection, columns: str = "*") -> list[tuple[Any, ...]]:
    return connection.execute(f"select {columns} from data.bancs order by id").fetchall()


def retyped(**types: str) -> Choices:
    return Choices(adjustments=Adjustments(types=types))


# ——— texts: encodings, separators, headers, quotes


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_text_that_marks_its_encoding_is_read_in_it_and_told(connection: Connection, csv: Any, encoding: str):
    report = run(connection, csv("id;nom", "1;Chêne", encoding=encoding), BENCHES)
    assert told(report)["file.encoding.marked"] == [(None, encoding.upper())]
    assert rows(connection, "nom") == [("Chêne",)]
    run(connection, csv("id;nom", "1;Hêtre", encoding=encoding), BENCHES, Choices(encoding=encoding))
    assert rows(connection, "nom") == [("Hêtre",)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_named_and_read_when_it_is_said(connection: Connection, csv: Any, encoding: str):
    path = csv("id;nom", "1;Chêne", encoding=encoding)
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES)
    assert f"--encoding {encoding}" in refused.value.text()
    run(connection, path, BENCHES, Choices(encoding=encoding))
    assert rows(connection, "nom") == [("Chêne",)]


def test_excel_s_line_that_tells_the_separator_is_no_header(connection: Connection, tmp_path: Path):
    path = tmp_path / "bancs.csv"
    path.write_text("sep=,\nid,nom,commune_insee,x,y\n1,a,92050,644200,6866100\n2,b,920,644200,6866100\n", "utf-8")
    assert faults(connection, path) == {"territory.malformed": [(4, "920")]}


def test_a_separator_that_nobody_uses_is_asked_for(connection: Connection, tmp_path: Path):
    path = tmp_path / "bancs.csv"
    path.write_text("id^nom^commune_insee^x^y\n1^a^92050^644200^6866100\n", "utf-8")
    assert faults(connection, path) == {"file.delimiter.rare": [(1, "^")]}
    assert run(connection, path, BENCHES, Choices(delimiter="^")).rows == 1


def test_the_separator_is_not_counted_inside_quotes(connection: Connection, csv: Any):
    run(connection, csv('id;"nom, prénom, titre, rang, âge"', "1;a"), BENCHES)
    assert rows(connection, "nom_prenom_titre_rang_age") == [("a",)]


@pytest.mark.parametrize(
    ("title", "option"),
    [
        ("Inventaire des bancs publics\r\n\r\n", "3"),
        ("Inventaire des bancs;;;;;\r\n", "2"),
        ("# fait le 1er mars\r\n", "2"),
        ("Commune;Nanterre;Service;Voirie\r\n", "2"),
        ("\r\n\r\n", "3"),
    ],
)
def test_a_title_above_the_header_is_proposed_and_never_skipped_in_silence(
    connection: Connection, csv: Any, title: str, option: str
):
    path = csv("id;nom;materiau", "1;a;bois", "2;b;fonte", "2;c;bois")
    path.write_bytes(title.encode() + path.read_bytes())
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES)
    assert f"--header {option}" in refused.value.text()
    line = int(option)
    assert faults(connection, path, header=HeaderLines(line, line)) == {"key.duplicate": [(line + 3, "2")]}


def test_a_header_of_two_lines_with_merged_cells_is_proposed(connection: Connection, tmp_path: Path):
    path = tmp_path / "bancs.csv"
    path.write_text(
        "id;Hauteur;;Largeur;;commune_insee;Position;\n;min;max;min;max;;x;y\n1;10;20;30;40;92050;644200;6866100\n",
        "utf-8",
    )
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES)
    assert "--header 1-2" in refused.value.text()
    run(connection, path, BENCHES, Choices(header=HeaderLines(1, 2)))
    assert rows(connection, "hauteur_min, hauteur_max, largeur_min, largeur_max") == [(10, 20, 30, 40)]


def test_a_line_break_in_a_name_is_a_space_and_counts_for_no_line(connection: Connection, csv: Any):
    path = csv('id;"Nom de\nl\'équipement"', "1;a", "1;b")
    assert faults(connection, path) == {"key.duplicate": [(3, "1")]}
    report = run(connection, csv('id;"Nom de\nl\'équipement"', "1;a"), BENCHES)
    assert told(report)["column.renamed"] == [(None, "Nom de l'équipement → nom_de_l_equipement")]


def test_empty_cells_at_the_end_of_lines_are_nothing_and_are_told(connection: Connection, csv: Any):
    path = csv("id;nom", "1;a", "2;b")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\r\n", b";;\r\n") + b";;;;;;;;\r\n")
    report = run(connection, path, BENCHES)
    assert report.rows == 2
    assert told(report)["file.column.margin"] == [(1, None), (1, None)]
    path.write_bytes(content.replace(b";6866100\r\n", b";6866100;;\r\n"))  # in the rows alone
    assert run(connection, path, BENCHES).rows == 2


def test_a_column_without_a_name_that_has_values_is_a_question(connection: Connection, csv: Any):
    path = csv("id;;nom", "1;12;a")
    assert faults(connection, path) == {"file.column.unnamed": [(2, "12")]}
    run(connection, path, BENCHES, Choices(adjustments=Adjustments(renamed={"colonne 2": "age"})))
    assert rows(connection, "age, nom") == [(12, "a")]


@pytest.mark.parametrize("names", ["Nom;NOM", "nom;nom"])
def test_columns_that_would_share_a_name_are_named_with_the_way_out(connection: Connection, csv: Any, names: str):
    path = csv(f"id;{names}", "1;a;b")
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES)
    other = "NOM" if "NOM" in names else "nom (colonne 3)"
    assert f'--rename "{other}=…"' in refused.value.text()
    run(connection, path, BENCHES, Choices(adjustments=Adjustments(renamed={other: "surnom"})))
    assert rows(connection, "nom, surnom") == [("a", "b")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [('"Le "petit" square"', "file.quotes.stray"), ('"a" b', "file.quotes.stray"), ('"jamais fermé', "file.quotes")],
)
def test_a_stray_quote_refuses_its_line_and_column(connection: Connection, csv: Any, cell: str, code: str):
    path = csv("id;nom", '1;Rue de l"Église', '2;12" de diamètre', f"3;{cell}", "4;d")
    assert [line for line, _ in faults(connection, path)[code]] == [4]


def test_quotes_that_mean_themselves_are_kept(connection: Connection, csv: Any):
    run(connection, csv("id;nom", '1;Rue de l"Église', '2;12" de diamètre', '3;"dit ""le grand"""'), BENCHES)
    assert rows(connection, "nom") == [('Rue de l"Église',), ('12" de diamètre',), ('dit "le grand"',)]


# ——— texts: numbers, dates, truths


@pytest.mark.parametrize(
    ("values", "type", "expected"),
    [
        (("01/02/2024", "13/02/2024"), "date", [date(2024, 2, 1), date(2024, 2, 13)]),
        (("2024/02/01", "2024/02/13"), "date", [date(2024, 2, 1), date(2024, 2, 13)]),
        (("12,5", "3"), "float", [12.5, 3.0]),
        (("1 234,50", "987"), "float", [1234.5, 987.0]),
        (("1\u202f234 €", "5 €"), "float", [1234.0, 5.0]),
        (("oui", "Non"), "boolean", [True, False]),
        (("VRAI", "FAUX"), "boolean", [True, False]),
        (("2024-02-01 10:00", "2024-02-01 11:30:00"), "timestamptz",
         [datetime(2024, 2, 1, 10, tzinfo=UTC), datetime(2024, 2, 1, 11, 30, tzinfo=UTC)]),
    ],
)  # fmt: skip
def test_what_looks_like_a_type_but_is_written_otherwise_is_text_told_and_converted_on_request(
    connection: Connection, csv: Any, values: tuple[str, ...], type: str, expected: list[Any]
):
    path = csv("id;mesure", *(f"{n};{value}" for n, value in enumerate(values)))
    report = run(connection, path, BENCHES)
    assert told(report)["column.text"] == [(2, values[0])]
    (said,) = (one for one in report.findings if one.code == "column.text")
    assert f"--retype mesure={type}" in (said.expected("fr") or "")
    assert rows(connection, "mesure") == [(value,) for value in values]
    run(connection, path, BENCHES, retyped(mesure=type))
    assert rows(connection, "mesure") == [(value,) for value in expected]


def test_the_values_that_keep_a_column_in_text_are_told(connection: Connection, csv: Any):
    report = run(connection, csv("id;hauteur", "1;12", "2;n.c.", "3;14", "4;15.5"), BENCHES)
    assert told(report)["column.mixed"] == [(3, "n.c.")]


def test_codes_keep_their_zeros_and_it_is_told(connection: Connection, csv: Any):
    report = run(connection, csv("id;parcelle;code_voie;vide", "1;007;12;", "2;120;13;"), BENCHES)
    assert rows(connection, "parcelle, code_voie") == [("007", "12"), ("120", "13")]
    assert {"column.text", "column.code", "column.empty"} - set(told(report)) <= {"column.text"}
    assert told(report)["column.code"] == [(2, "12")]


@pytest.mark.parametrize(
    "values",
    [
        ("89330123456789012345", "89330123456789012346"),
        ("9223372036854775808", "1.5"),
        ("1234567890.12345678901", "1"),
        ("9007199254740993", "1.5"),
    ],
)
def test_numbers_that_no_double_holds_keep_all_their_digits(connection: Connection, csv: Any, values: tuple[str, ...]):
    report = run(connection, csv("id;gros", *(f"{n};{v}" for n, v in enumerate(values))), BENCHES)
    assert rows(connection, "gros") == [(Decimal(value),) for value in values]
    assert "column.numeric" in told(report)


def test_keys_at_the_edge_of_64_bits_and_beyond_stay_different(connection: Connection, csv: Any):
    keys = ("9223372036854775807", "9223372036854775806", "-5")
    run(connection, csv("id;nom", *(f"{key};a" for key in keys)), BENCHES)
    assert {key for (key,) in rows(connection, "id")} == {int(key) for key in keys}
    connection.execute("drop table data.bancs")
    wide = ("18446744073709551616", "18446744073709551617")
    run(connection, csv("id;nom", *(f"{key};a" for key in wide)), BENCHES)
    assert [key for (key,) in rows(connection, "id")] == list(wide)


def test_coordinates_with_a_comma_are_read_when_that_is_said(connection: Connection, tmp_path: Path):
    path = tmp_path / "bancs.csv"
    path.write_text("id;commune_insee;x;y\n1;92050;644 200,5;6 866 100,25\n", "utf-8")
    assert faults(connection, path) == {"coordinate.unreadable": [(2, "644 200,5"), (2, "6 866 100,25")]}
    run(connection, path, BENCHES, Choices(comma=True))
    assert rows(connection, "st_x(geom), st_y(geom)") == [(644200.5, 6866100.25)]


# ——— into a table that is there


def test_a_type_that_changes_names_column_type_values_and_remedy_and_the_remedy_works(connection: Connection, csv: Any):
    run(connection, csv("id;hauteur;note", "1;12;3", "2;3;4"), BENCHES)
    second = csv("id;hauteur;note", "1;12.5;3", "2;3;bien", "3;7.25;4")
    with pytest.raises(RefusedFile) as refused:
        run(connection, second, BENCHES)
    (unfit,) = (one for one in refused.value.told if one.code == "value.unfit")
    assert unfit.count == 3
    assert {(e.line, e.field, e.value) for e in unfit.examples} == {
        (2, "hauteur", "12.5"), (3, "note", "bien"), (4, "hauteur", "7.25"),
    }  # fmt: skip
    assert "--retype hauteur=float" in refused.value.text()
    assert "--retype note=text" in refused.value.text()
    assert "bigint" in refused.value.text()
    run(connection, second, BENCHES, retyped(hauteur="float", note="text"))
    assert rows(connection, "hauteur, note") == [(12.5, "3"), (3.0, "bien"), (7.25, "4")]


def test_a_date_of_the_wrong_writing_is_not_left_to_the_database_to_read(connection: Connection, csv: Any):
    run(connection, csv("id;pose", "1;2026-01-05"), BENCHES)
    second = csv("id;pose", "1;05/01/2026")
    assert faults(connection, second) == {"value.unfit": [(2, "05/01/2026")]}
    run(connection, second, BENCHES, retyped(pose="date"))
    assert rows(connection, "pose") == [(date(2026, 1, 5),)]


def test_a_value_that_cannot_be_converted_refuses_the_file(connection: Connection, csv: Any):
    path = csv("id;pose", "1;05/01/2026", "2;31/02/2026")
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES, retyped(pose="date"))
    assert "31/02/2026" in refused.value.text()


def test_another_type_is_refused_when_rows_that_stay_have_none_of_it(connection: Connection, csv: Any):
    run(connection, csv("id;note", "1;bien"), BENCHES)
    other = csv("id;note", "2;4")
    other.write_text(other.read_text("utf-8").replace("92050", "92036"), "utf-8")
    with pytest.raises(Conflict, match="note"):
        run(
            connection, other, BENCHES, Choices(replace="territory", adjustments=Adjustments(types={"note": "integer"}))
        )
    assert rows(connection, "note") == [("bien",)]


def test_x_and_y_give_the_geometry_of_a_table_that_has_no_such_columns(connection: Connection, csv: Any):
    point = vector(
        csv("id", "1").with_name("b.gpkg"), "GPKG", [PLACE], "Point", id=[1], nom=["a"], commune_insee=["92050"]
    )
    run(connection, point, BENCHES)
    run(connection, csv("id;nom", "1;b"), BENCHES)
    assert rows(connection, "nom, st_x(geom)") == [("b", 644200.0)]


def test_a_rehearsal_tells_everything_and_keeps_nothing(connection: Connection, csv: Any):
    report = run(connection, csv("id;pose", "1;05/01/2026"), BENCHES, Choices(rehearse=True))
    assert (report.rows, report.rehearsed, "column.text" in told(report)) == (1, True, True)
    assert connection.execute("select to_regclass('data.bancs')").fetchone() == (None,)


# ——— territories


def test_the_column_that_carries_rights_is_looked_at(connection: Connection, csv: Any):
    path = csv("id", "1", "2", "3", "4", "5")
    for value in ("92 050", "NANTERRE", "75056", ""):
        path.write_text(path.read_text("utf-8").replace(";92050;", f";{value};", 1), "utf-8")
    assert faults(connection, path) == {"territory.malformed": [(2, "92 050"), (3, "NANTERRE")]}
    kept = csv("id", "1", "2")
    kept.write_text(kept.read_text("utf-8").replace(";92050;", ";75056;", 1).replace(";92050;", ";;", 1), "utf-8")
    report = told(run(connection, kept, BENCHES))
    assert (report["territory.unknown"], report["territory.empty"]) == ([(2, "75056")], [(3, None)])


# ——— vector files


def benches(path: Path, driver: str, shapes: list[bytes] | None = None, kind: str = "Point", **columns: Any) -> Path:
    """A vector file of benches in Nanterre."""
    count = len(shapes or [PLACE])
    return vector(path, driver, shapes or [PLACE], kind, **({"commune_insee": ["92050"] * count} | columns))


def features(path: Path, *properties: dict[str, Any], ids: tuple[Any, ...] = ()) -> Path:
    """A GeoJSON of benches; `ids` are those of features."""
    made = [
        {
            "type": "Feature",
            **({"id": ids[rank]} if rank < len(ids) and ids[rank] is not None else {}),
            "properties": {"commune_insee": "92050"} | one,
            "geometry": {"type": "Point", "coordinates": [2.2066, 48.8924]},
        }
        for rank, one in enumerate(properties)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["geojson", "geojsonl", "fgb", "gpkg"])
def test_instants_keep_their_zone_and_those_without_one_are_told(connection: Connection, tmp_path: Path, form: str):
    written = ["2024-01-05T10:00:00+02:00", "2024-01-05T10:00:00Z", "2024-01-05T10:00:00"]
    source = features(tmp_path / "b.geojson", *({"id": n, "vu": value} for n, value in enumerate(written)))
    path = tmp_path / f"b.{form}"
    if form == "geojsonl":
        path.write_text(
            "\n".join(json.dumps(one) for one in json.loads(source.read_text("utf-8"))["features"]), "utf-8"
        )
    elif form != "geojson":
        from pyogrio.raw import read_arrow

        _, table = read_arrow(source, datetime_as_string=True)
        drivers = {"fgb": "FlatGeobuf", "gpkg": "GPKG"}
        write_arrow(
            table, path, driver=drivers[form], geometry_name="wkb_geometry", geometry_type="Point", crs="EPSG:4326"
        )
    report = run(connection, path, BENCHES)
    hours = [value.hour for (value,) in rows(connection, "vu at time zone 'UTC'")]
    assert hours == [8, 10, 10]
    assert form == "gpkg" or len(told(report)["value.without_zone"]) == 1


def test_numbers_of_a_geojson_that_no_double_holds_are_exact(connection: Connection, tmp_path: Path):
    path = features(tmp_path / "b.geojson", {"id": 9007199254740993, "gros": 2**64}, {"id": 1, "gros": 1})
    report = run(connection, path, BENCHES)
    assert rows(connection, "id, gros") == [(1, 1), (9007199254740993, Decimal(2**64))]
    assert "column.numeric" in told(report)


def test_a_column_of_numbers_and_texts_is_told(connection: Connection, tmp_path: Path):
    path = features(tmp_path / "b.geojson", {"id": 1, "h": 12}, {"id": 2, "h": "n.c."}, {"id": 3, "h": 14})
    assert told(run(connection, path, BENCHES))["column.mixed_types"] == [(2, "n.c.")]


@pytest.mark.parametrize(
    ("ids", "code"), [((7, "B-2"), "key.mixed"), ((7, None), "key.missing"), (("B-1", None), "key.missing")]
)
def test_identifiers_that_are_not_all_there_refuse_the_file(
    connection: Connection, tmp_path: Path, ids: tuple[Any, ...], code: str
):
    assert code in faults(connection, features(tmp_path / "b.geojson", {"n": "a"}, {"n": "b"}, ids=ids))


@pytest.mark.parametrize("ids", [(7, 12), ("B-1", "B-2")])
def test_identifiers_of_features_are_the_key(connection: Connection, tmp_path: Path, ids: tuple[Any, ...]):
    run(connection, features(tmp_path / "b.geojson", {"n": "a"}, {"n": "b"}, ids=ids), BENCHES)
    assert rows(connection, "id, n") == [(ids[0], "a"), (ids[1], "b")]


def test_the_fid_of_a_geopackage_is_the_key_when_there_is_no_other(connection: Connection, tmp_path: Path):
    path = benches(tmp_path / "b.gpkg", "GPKG", [PLACE] * 3, commune_insee=["92050"] * 3, nom=["a", "b", "c"])
    with sqlite3.connect(path) as opened:
        names = [row[0] for row in opened.execute("select name from sqlite_master where type = 'trigger'")]
        for name in names:
            opened.execute(f'drop trigger "{name}"')
        opened.execute("delete from b where fid = 2")
    opened.close()
    report = run(connection, path, BENCHES)
    assert rows(connection, "id, nom") == [(1, "a"), (3, "c")]
    assert {"key.own", "rows.count_stale"} <= set(told(report))


def test_values_that_are_not_of_their_column_s_type_refuse_a_geopackage(connection: Connection, tmp_path: Path):
    path = benches(tmp_path / "b.gpkg", "GPKG", id=[1], nombre=[3], pose=[date(2024, 1, 5)])
    with sqlite3.connect(path) as opened:
        for name in [row[0] for row in opened.execute("select name from sqlite_master where type = 'trigger'")]:
            opened.execute(f'drop trigger "{name}"')
        opened.execute("update b set nombre = 'douze', pose = '2024-13-32'")
    opened.close()
    assert faults(connection, path) == {"value.unfit": [(1, "douze"), (1, "2024-13-32")]}
    left = Choices(adjustments=Adjustments(left_out=frozenset({"nombre", "pose"})))
    assert run(connection, path, BENCHES, left).rows == 1


def test_a_geopackage_that_is_open_elsewhere_is_not_read_without_its_last_changes(
    connection: Connection, tmp_path: Path
):
    path = benches(tmp_path / "b.gpkg", "GPKG", id=[1])
    path.with_name("b.gpkg-wal").write_bytes(b"x" * 100)
    with pytest.raises(Unprocessable, match="ouvert ailleurs"):
        run(connection, path, BENCHES)


def test_a_column_that_no_table_holds_is_left_on_request(connection: Connection, tmp_path: Path):
    path = benches(tmp_path / "b.gpkg", "GPKG", id=[1], photo=pa.array([b"\xff\xd8"], pa.binary()))
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES)
    assert '--leave "photo"' in refused.value.text()
    run(connection, path, BENCHES, Choices(adjustments=Adjustments(left_out=frozenset({"photo"}))))
    assert rows(connection, "id") == [(1,)]


def test_the_only_layer_that_has_a_place_is_taken_and_the_others_told(connection: Connection, tmp_path: Path):
    path = benches(tmp_path / "b.gpkg", "GPKG", id=[1])
    styles = pa.table({"styleQML": ["<qgis/>"]})
    write_arrow(styles, path, layer="layer_styles", driver="GPKG", append=True)
    report = run(connection, path, BENCHES)
    assert report.rows == 1
    assert "layer.not_taken" in told(report)


def test_a_table_without_places_is_no_layer_that_has_them(connection: Connection, tmp_path: Path):
    path = tmp_path / "b.gpkg"
    write_arrow(pa.table({"id": [1], "commune_insee": ["92050"]}), path, driver="GPKG")
    assert "geometry.absent" in faults(connection, path)
    connection.execute("create table data.bancs (id bigint primary key, commune_insee text)")
    connection.commit()
    with pytest.raises(RefusedFile, match="geom") as refused:
        run(connection, benches(tmp_path / "c.gpkg", "GPKG", id=[1]), BENCHES)
    assert "add column geom geometry(Point,2154)" in refused.value.text()


@pytest.mark.parametrize("crs", ["Undefined geographic SRS", "Undefined Cartesian SRS"])
def test_a_reference_system_that_is_undefined_is_asked_for(connection: Connection, tmp_path: Path, crs: str):
    path = benches(tmp_path / "b.gpkg", "GPKG", id=[1])
    with sqlite3.connect(path) as opened:
        number = 0 if "geographic" in crs else -1
        opened.execute("update gpkg_geometry_columns set srs_id = ?", (number,))
        opened.execute("update gpkg_contents set srs_id = ?", (number,))
    opened.close()
    with pytest.raises(InvalidParameter, match="système de coordonnées"):
        run(connection, path, BENCHES)
    assert run(connection, path, BENCHES, Choices(crs="EPSG:2154")).rows == 1


@pytest.mark.parametrize(
    ("wkt", "has_z"), [("POINT ZM (644200 6866100 32 7)", True), ("POINT M (644200 6866100 7)", False)]
)
def test_measures_are_left_and_told_and_heights_are_kept(connection: Connection, tmp_path: Path, wkt: str, has_z: bool):
    path = benches(tmp_path / "b.gpkg", "GPKG", [PLACE], "Point", id=[1])
    wkb = shapely.to_wkb(shapely.from_wkt(wkt), output_dimension=4, flavor="iso")
    with sqlite3.connect(path) as opened:  # GDAL's own writer is not offered measures by pyogrio
        for (name,) in opened.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            opened.execute(f'drop trigger "{name}"')
        opened.execute("update gpkg_geometry_columns set m = 1, z = ?", (int(has_z),))
        opened.execute("update b set geom = ?", (b"GP\x00\x01" + struct.pack("<i", 2154) + wkb,))
    opened.close()
    assert len(told(run(connection, path, BENCHES))["geometry.measured"]) == 1
    assert rows(connection, "st_z(geom), st_ndims(geom)") == [(32.0, 3) if has_z else (None, 2)]


def test_heights_that_some_have_are_refused_with_the_way_out(connection: Connection, tmp_path: Path):
    shapes = [
        shapely.to_wkb(shapely.from_wkt(f"LINESTRING {line}"))
        for line in ("Z (644200 6866100 3, 644210 6866100 3)", "(644200 6866100, 644210 6866100)")
    ]
    path = benches(tmp_path / "b.gpkg", "GPKG", shapes, "LineString Z", id=[1, 2], commune_insee=["92050"] * 2)
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES)
    assert "--flat" in refused.value.text()
    report = run(connection, path, BENCHES, Choices(flat=True))
    assert (report.rows, len(told(report)["geometry.flattened"])) == (2, 1)


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        ([[2.2, 48.88], [2.21, 48.88], [2.21, 48.89], [2.2, 48.89]], "geometry.ring_open"),
        ([[2.2, 48.88], [2.2, 48.88]], "geometry.too_few_points"),
    ],
)
def test_a_polygon_that_cannot_be_read_says_why(connection: Connection, tmp_path: Path, ring: list[Any], code: str):
    path = features(tmp_path / "b.geojson", {"id": 1}, {"id": 2})
    whole = json.loads(path.read_text("utf-8"))
    whole["features"][1]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    path.write_text(json.dumps(whole), "utf-8")
    found = faults(connection, path)
    assert [line for line, _ in found[code]] == [2]
    assert "geometry.unreadable" not in found


# ——— dBASE


def dbf(path: Path, record: bytes, *more: bytes) -> None:
    """The records of a table that GDAL wrote, in other words: same widths, other bytes."""
    raw = path.read_bytes()
    start = struct.unpack("<H", raw[8:10])[0]
    path.write_bytes(raw[:start] + record + b"".join(more) + b"\x1a")


def test_dates_that_do_not_exist_and_overflows_are_told_and_are_no_value(connection: Connection, tmp_path: Path):
    made = vector(
        tmp_path / "b.shp", "ESRI Shapefile", [PLACE] * 2, "Point", insee=["92050"] * 2, id=pa.array([1, 2], pa.int32()),
        nb=pa.array([3, 4], pa.int32()), pose=[date(2024, 1, 5), date(2024, 1, 6)],
    ).with_suffix(".dbf")  # fmt: skip
    raw = made.read_bytes()
    made.write_bytes(raw.replace(b"20240106", b"20241332").replace(b"4" + b"20241332", b"*" + b"20241332"))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as out:
        for part in tmp_path.glob("b.*"):
            if part.suffix != ".zip":
                out.write(part, part.name)
    insee = declaration("bancs", territory="insee")
    report = run(connection, tmp_path / "b.zip", insee)
    assert (2, "20241332") in told(report)["value.unreadable"]
    assert rows(connection, "pose") == [(date(2024, 1, 5),), (None,)]


def test_deleted_records_are_not_features_and_it_is_told(connection: Connection, tmp_path: Path):
    path = vector(
        tmp_path / "b.shp",
        "ESRI Shapefile",
        [PLACE] * 3,
        "Point",
        insee=["92050"] * 3,
        id=pa.array([1, 2, 3], pa.int32()),
    )
    table = path.with_suffix(".dbf")
    raw = bytearray(table.read_bytes())
    start, length = struct.unpack("<HH", raw[8:12])
    raw[start + length] = ord("*")
    table.write_bytes(raw)
    report = run(connection, path, declaration("bancs", territory="insee"))
    assert [key for (key,) in rows(connection, "id")] == [1, 3]
    assert "rows.count_stale" in told(report)


# ——— formats


DRAWING = "\n".join(
    ["0", "SECTION", "2", "ENTITIES", "0", "POINT", "5", "1A", "8", "BANCS", "10", "644200.0", "20", "6866100.0", "0",
     "ENDSEC", "0", "EOF", ""]
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "driver"), [("b.dxf", "DXF"), ("b.mif", "MapInfo File"), ("b.tab", "MapInfo File"), ("b.kml", "LIBKML")]
)
def test_what_drawing_and_office_software_gives_is_read(connection: Connection, tmp_path: Path, name: str, driver: str):
    wkb = PLACE if driver != "LIBKML" else shapely.to_wkb(shapely.Point(2.2066, 48.8924))
    crs = "EPSG:2154" if driver != "LIBKML" else "EPSG:4326"
    path = tmp_path / name
    if driver == "DXF":
        path.write_text(DRAWING, "ascii")
    else:
        vector(path, driver, [wkb], "Point", crs, nom=["banc"])
    given = Adjustments(given={"commune_insee": "92050"})
    report = run(connection, path, BENCHES, Choices(crs="EPSG:2154" if driver == "DXF" else None, adjustments=given))
    assert report.rows == 1
    x, y = rows(connection, "st_x(geom), st_y(geom)")[0]
    assert abs(x - 644200) < 2500
    assert abs(y - 6866100) < 2500


def test_a_file_geodatabase_is_read_as_a_folder_and_as_a_zip(connection: Connection, tmp_path: Path):
    folder = benches(tmp_path / "b.gdb", "OpenFileGDB", id=pa.array([7], pa.int32()), nom=["banc"])
    assert run(connection, folder, BENCHES).rows == 1
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as out:
        for one in folder.iterdir():
            out.write(one, f"livraison/b.gdb/{one.name}")
    assert run(connection, tmp_path / "b.zip", BENCHES).rows == 1
    assert rows(connection, "id, nom") == [(7, "banc")]


def test_a_kmz_is_its_document(connection: Connection, tmp_path: Path):
    made = vector(
        tmp_path / "b.kml", "LIBKML", [shapely.to_wkb(shapely.Point(2.2, 48.9))], "Point", "EPSG:4326", nom=["a"]
    )
    with zipfile.ZipFile(tmp_path / "b.kmz", "w") as out:
        out.write(made, "doc.kml")
        out.writestr("files/photo.png", b"\x89PNG")
    given = Choices(adjustments=Adjustments(given={"commune_insee": "92050"}))
    assert run(connection, tmp_path / "b.kmz", BENCHES, given).rows == 1


def test_a_workbook_is_read_by_its_lines_and_its_title_proposed(connection: Connection, tmp_path: Path):
    path = workbook(
        tmp_path / "bancs.xlsx",
        [["Bancs publics 2024"], [], ["id", "nom", "hauteur", "commune_insee", "x", "y"],
         [1, "a", 45.5, "92050", 644200, 6866100], [2, "b", 44, "9205", 644210, 6866110]],
    )  # fmt: skip
    with pytest.raises(RefusedFile) as refused:
        run(connection, path, BENCHES)
    assert "--header 3" in refused.value.text()
    assert faults(connection, path, header=HeaderLines(3, 3)) == {"territory.malformed": [(5, "9205")]}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<!DOCTYPE html><html><body>Session</body></html>", "page HTML"),
        (b"<html lang='fr'>", "page HTML"),
        (b"<?xml version='1.0'?><ows:ExceptionReport xmlns:ows='http://www.opengis.net/ows'/>", "service OGC"),
        ('{"type": "FeatureCollection"}'.encode("utf-16"), "UTF-16"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"ecw\x00", "ECW"),
        (b"AC1032\x00", "DWG"),
        (b"LASF", "LAS"),
        (b'{"type": "Topology"}', "TopoJSON"),
        (b'{"error": "token expired"}', "erreur d'un service"),
        (b"<gpx version='1.1'>", "GPX"),
        (b'PROJCS["RGF93', "projection"),
    ],
)
def test_what_is_not_read_is_named_for_what_it_is(connection: Connection, tmp_path: Path, content: bytes, word: str):
    path = tmp_path / "bancs.geojson"
    path.write_bytes(content)
    with pytest.raises(UnsupportedMedia, match=word):
        run(connection, path, BENCHES)


# ——— addresses


def test_a_certification_in_words_is_warned_and_loaded(connection: Connection, bal: Callable[..., Path]):
    path = bal(*(address(n, certification_commune=word) for n, word in enumerate(("oui", "NON", "VRAI", "peut-être"))))
    report = run(connection, path, ADDRESSES)
    assert len(told(report)["certification_commune.valeur_invalide"]) == 4
    found = connection.execute("select certification_commune from data.adresses_essai order by id").fetchall()
    assert [value for (value,) in found] == [True, False, True, None]
