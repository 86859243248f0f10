"""The selection as a file: read back by the libraries that people will read it with."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from lxml import etree

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def file(served: Any, query: str, collection: str = "lieux") -> Any:
    """A downloaded file."""
    answer = served.get(f"/collections/{collection}/items?{query}")
    assert answer.status == 200, answer.content[:500]
    return answer


def test_csv_holds_every_row_and_says_what_is_owed(served: Any) -> None:
    answer = file(served, "f=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert len(rows) == 1200
    first = next(row for row in rows if row["id"] == "a-00001")
    assert first["nom_voie"] == 'Impasse "Haute" \\ <5m'
    assert (first["certifie"], first["maj"], first["numero"]) == ("false", "2020-01-01T01:00:00Z", "1")
    assert float(first["latitude"]) == pytest.approx(48.885, abs=0.02)
    assert 'filename="lieux.csv"' in answer.headers["content-disposition"]
    assert "Mutualisation" in answer.headers["attribution"] or answer.headers["attribution"]


def test_csv_never_hands_a_formula_to_a_spreadsheet(served: Any, database_url: str) -> None:
    from mig_idg.database import connect

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


def test_a_download_in_bulk_is_asked_by_f_alone(served: Any) -> None:
    """The door reads the action from the address: a format it did not see must not be served."""
    answer = served.get("/collections/lieux/items", headers={"accept": "application/flatgeobuf"})
    assert answer.status == 406
