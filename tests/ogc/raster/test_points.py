"""Point clouds served: a catalogue of tiles, and the files themselves by authorised ranges."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import laspy
import pytest

from mig_idg.app.create import create_app
from mig_idg.settings import Settings

pytestmark = pytest.mark.slow

ITEM = "/stac/collections/lidar/items/lidar.2024.dalle"
FILE = "/collections/lidar/files/2024/dalle.laz"


def test_a_tile_of_points_is_a_stac_item_with_what_it_holds(rasters: Any) -> None:
    item = rasters.get(ITEM).json()
    told = item["properties"]
    assert any("pointcloud/v1.0.0" in one for one in item["stac_extensions"])
    assert (told["pc:count"], told["pc:type"], told["pc:encoding"]) == (50_000, "lidar", "LASzip")
    assert told["pc:density"] == pytest.approx(5, rel=0.03)
    assert {one["name"] for one in told["pc:schemas"]} >= {"X", "Y", "Z", "Intensity", "Classification"}
    z = next(one for one in told["pc:statistics"] if one["name"] == "Z")
    assert 29.9 < z["minimum"] < z["average"] < z["maximum"] < 40.1
    assert [(one["code"], one["name"]) for one in told["las:classes"]] == [(2, "sol"), (6, "bâtiment")]
    assert (told["proj:epsg"], "gsd" in told, "proj:shape" in told) == (2154, False, False)
    assert told["datetime"] == "2024-06-01T00:00:00Z"
    english = rasters.get(ITEM + "?lang=en").json()["properties"]
    assert [one["name"] for one in english["las:classes"]] == ["ground", "building"]


def test_the_asset_is_the_file_to_the_byte_and_laspy_reads_it(rasters: Any) -> None:
    asset = rasters.get(ITEM).json()["assets"]["data"]
    whole = rasters.get(asset["href"])
    assert whole.status_code == 200
    assert whole.headers["content-type"] == asset["type"] == "application/vnd.laszip"
    assert whole.content == (rasters.folder / "dalle.laz").read_bytes()
    assert len(laspy.read(io.BytesIO(whole.content)).points) == 50_000
    assert whole.headers["content-disposition"] == 'attachment; filename="dalle.laz"'


def test_a_range_of_points_is_that_range_of_the_file(rasters: Any) -> None:
    content = (rasters.folder / "dalle.laz").read_bytes()
    part = rasters.get(FILE, headers={"range": "bytes=0-374"})
    assert (part.status_code, part.content) == (206, content[:375])
    tail = rasters.get(FILE, headers={"range": "bytes=-100"})
    assert (tail.status_code, tail.content) == (206, content[-100:])
    beyond = rasters.get(FILE, headers={"range": f"bytes={len(content)}-"})
    assert beyond.status_code == 416
    assert rasters.get(FILE, headers={"if-none-match": part.headers["etag"]}).status_code == 304


def test_the_public_and_the_limited_get_no_byte(rasters: Any) -> None:
    assert rasters.get(FILE, None).status_code in (401, 403, 404)
    limited = rasters.get("/collections/lidar-clos/files/2024/dalle.laz")
    assert limited.status_code == 403


@pytest.mark.parametrize("name", ["dalle", "dalle.tif", "dalle.las", "dalle.copc.laz", "..%2Fdalle.laz", "autre.laz"])
def test_only_the_file_s_own_name_finds_it(rasters: Any, name: str) -> None:
    assert rasters.get(f"/collections/lidar/files/2024/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/map?bbox=2,48,3,49", "/coverage", "/tiles/WebMercatorQuad/12/1400/2070", "/items",
                                  "/map/tiles", "/position?coords=POINT(2 48)"])  # fmt: skip
def test_points_are_served_as_files_and_nothing_else(rasters: Any, path: str) -> None:
    assert rasters.get("/collections/lidar" + path).status_code == 404


def test_the_collection_says_where_and_when_the_points_are(rasters: Any) -> None:
    document = rasters.get("/stac/collections/lidar").json()
    west, south, east, north = document["extent"]["spatial"]["bbox"][0]
    assert (east - west, north - south) == (pytest.approx(0.0014, abs=3e-4), pytest.approx(0.0009, abs=2e-4))
    assert document["extent"]["temporal"]["interval"] == [["2024-06-01T00:00:00Z", "2024-06-30T23:59:59Z"]]


def test_points_and_pictures_are_found_together(rasters: Any) -> None:
    found = rasters.get("/stac/search?collections=lidar,photos&limit=50").json()["features"]
    assert {one["collection"] for one in found} == {"lidar", "photos"}
    assert {one["properties"].get("pc:count") for one in found} == {50_000, None}


@pytest.fixture
def whole(rasters: Any, cluster: Any) -> Iterator[Any]:
    """The whole application on the same database: pages, descriptions and all."""
    application = create_app(
        Settings(home=rasters.home, journal=False, base_url="http://idg.test"),
        cluster.url(role="idg_app", database="idg_rasters"),
        clock=lambda: datetime(2026, 6, 15, 10, tzinfo=UTC),
    )
    rasters.runner.run(application._start())
    http = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://idg.test")
    yield replace(rasters, http=http)
    rasters.runner.run(http.aclose())
    rasters.runner.run(application._stop())


def test_the_pages_of_a_collection_of_points_say_where_its_files_are(whole: Any) -> None:
    document = whole.get("/collections/lidar?f=json").json()
    assert document["id"] == "lidar"
    assert document.get("dataType") != "map"
    addresses = [one["href"] for one in document["links"]]
    assert any("/stac/collections/lidar" in one for one in addresses)
    assert not any(part in one for one in addresses for part in ("/map", "/coverage", "/items?", "/tiles"))
    for path in ("/collections/lidar?f=html", "/collections/lidar?f=html&lang=en", "/collections?f=html", "/openapi",
                 "/collections/lidar/access?f=html"):  # fmt: skip
        assert whole.get(path).status_code == 200, path
