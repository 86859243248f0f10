"""What people really use: GDAL, QGIS and OWSLib on the running demonstration."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from owslib.ogcapi.features import Features

from mig_idg.database import connect

pytestmark = pytest.mark.clients
BOX = "642000,6865000,644500,6867500"  # Nanterre and Puteaux, EPSG:2154
TILE = "2.20,48.88,2.23,48.90"  # a box in degrees, longitude first


@pytest.fixture(scope="module")
def counts(service: Any) -> dict[str, int]:
    """What PostGIS itself counts in the two boxes."""
    questions = {
        "metres": f"st_intersects(geom, st_makeenvelope({BOX}, 2154))",
        "degrees": f"st_intersects(st_transform(geom, 4326), st_makeenvelope({TILE}, 4326))",
        "all": "true",
    }
    found = {}
    with connect(service.database_url) as owner:
        for name, condition in questions.items():
            row = owner.execute(f"select count(*) from data.adresses where {condition}".encode()).fetchone()
            assert row is not None
            found[name] = row[0]
    return found


def ogrinfo(*arguments: str, quiet: bool = True) -> str:
    if shutil.which("ogrinfo") is None:
        pytest.skip("ogrinfo (gdal-bin) is not installed")
    done = subprocess.run(
        ["ogrinfo", "-ro", *arguments], capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "GDAL_HTTP_TIMEOUT": "60", "CPL_CURL_VERBOSE": "NO"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not quiet or "ERROR" not in done.stderr, done.stderr
    return done.stdout


def test_gdal_lists_what_the_caller_may_discover(service: Any) -> None:
    """GDAL asks every collection for its features while it lists them; what is refused is told and passed over."""
    listed = ogrinfo(f"OAPIF:{service.url}/t/{service.tokens['owner']}", quiet=False)
    assert {"adresses", "pcrs", "erp", "equipements"} <= set(re.findall(r"^\d+: (\S+)", listed, re.MULTILINE)), listed


def test_gdal_counts_and_reads_by_box_in_both_crs(service: Any, counts: dict[str, int]) -> None:
    source = f"OAPIF:{service.url}/t/{service.tokens['owner']}"
    xmin, ymin, xmax, ymax = TILE.split(",")
    summary = ogrinfo(source, "adresses", "-so", "-spat", xmin, ymin, xmax, ymax)
    assert f"Feature Count: {counts['degrees']}" in summary
    assert "toponyme: String" in summary
    whole = ogrinfo(source, "adresses", "-so")
    assert f"Feature Count: {counts['all']}" in whole


def test_gdal_reads_one_feature_by_its_id(service: Any) -> None:
    """3.6 appends the id to the address of the items, as a text."""
    source = f"OAPIF:{service.url}/t/{service.tokens['owner']}"
    (first,) = service.get("/collections/equipements/items?limit=1&sortby=id", "owner").json()["features"]
    told = ogrinfo(source, "equipements", "-fid", str(first["id"]))
    assert str(first["properties"]["nom"]) in told


def test_gdal_pages_past_two_thousand_features_without_a_double(
    service: Any, counts: dict[str, int], tmp_path: Path
) -> None:
    if shutil.which("ogr2ogr") is None:
        pytest.skip("ogr2ogr (gdal-bin) is not installed")
    target = tmp_path / "adresses.gpkg"
    source = f"OAPIF:{service.url}/t/{service.tokens['owner']}"
    xmin, ymin, xmax, ymax = TILE.split(",")
    subprocess.run(
        ["ogr2ogr", "-spat", xmin, ymin, xmax, ymax, str(target), source, "adresses"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    distinct = ogrinfo(str(target), "-sql", "select count(distinct cle_interop) as n, count(*) as m from adresses")
    assert f"m (Integer) = {counts['degrees']}" in distinct
    assert counts["degrees"] > 2000


def test_gdal_is_refused_in_words_without_a_token(service: Any) -> None:
    if shutil.which("ogrinfo") is None:
        pytest.skip("ogrinfo (gdal-bin) is not installed")
    done = subprocess.run(
        ["ogrinfo", "-ro", "-so", f"OAPIF:{service.url}", "erp"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "CANARI" not in done.stdout
    assert "401" in done.stderr + done.stdout


@pytest.fixture
def qgis(service: Any, run_qgis: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., dict[str, Any]]:
    """`qgis(who, collection, box)`: what QGIS sees of a layer with somebody's token."""

    def see(who: str, collection: str, box: str, *more: str) -> dict[str, Any]:
        reader = str(Path(__file__).parent / "qgis_reader.py")
        done = run_qgis(reader, f"{service.url}/t/{service.tokens[who]}", collection, box, *more)
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return seen

    return see


def test_qgis_reads_every_address_of_a_box_in_lambert_93(
    qgis: Callable[..., dict[str, Any]],
    run_qgis: Callable[..., subprocess.CompletedProcess[str]],
    counts: dict[str, int],
) -> None:
    seen = qgis("owner", "adresses", _in_qgis_crs(run_qgis), "commune_insee = '92050'")
    assert seen["valid"], seen
    assert seen["in_box"] == seen["distinct"]
    assert seen["count"] == counts["all"]
    assert "toponyme" in seen["fields"]
    if seen["crs"] == "EPSG:2154":
        assert seen["in_box"] == counts["metres"]
    assert 0 < seen["filtered"] < seen["in_box"]


def test_qgis_does_not_see_what_an_exception_hides(qgis: Callable[..., dict[str, Any]]) -> None:
    partner = qgis("other-partner", "erp", BOX)
    brigade = qgis("emergency", "erp", BOX)
    assert "contact_nom" not in partner["fields"]
    assert "contact_nom" in brigade["fields"]


def _in_qgis_crs(run_qgis: Callable[..., subprocess.CompletedProcess[str]]) -> str:
    """QGIS 3.22 reads OAPIF layers in CRS84; later ones in the storage CRS: give the box the layer will have."""
    version = run_qgis("-c", "from qgis.core import Qgis; print(Qgis.QGIS_VERSION_INT)").stdout.strip()
    return BOX if version.isdigit() and int(version) >= 33600 else TILE


def test_owslib_reads_collections_items_and_queryables(service: Any, counts: dict[str, int]) -> None:
    client = Features(f"{service.url}/t/{service.tokens['owner']}/")
    assert "adresses" in client.feature_collections()
    page = client.collection_items("adresses", bbox=[float(x) for x in TILE.split(",")], limit=10)
    assert page["numberMatched"] == counts["degrees"]
    assert page["numberReturned"] == 10
    item = client.collection_item("adresses", page["features"][0]["id"])
    assert item["id"] == page["features"][0]["id"]
    assert "toponyme" in client.collection_queryables("adresses")["properties"]


def test_metasearch_of_qgis_finds_records(
    service: Any, run_qgis: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    if not Path("/usr/share/qgis/python/plugins/MetaSearch").is_dir():
        pytest.skip("MetaSearch (qgis) is not installed")
    reader = str(Path(__file__).parent / "metasearch_reader.py")
    done = run_qgis(reader, f"{service.url}/csw", "adresse")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    assert seen["said"] == []
    assert {"Adresses", "Addresses"} & set(seen["found"])  # in the language of QGIS
