"""The orthophotograph of the demonstration as GDAL and QGIS see it: OGC API, WMTS, /vsicurl, STAC."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

pytestmark = [pytest.mark.clients, pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")]

CHROMIUM = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
         "--ignore-gpu-blocklist")  # fmt: skip
MAPLIBRE = """
async ({tilejson, library, worker, headers, centre, zoom}) => {
  const maplibre = await import(library);
  maplibre.setWorkerUrl(worker);
  document.body.style.margin = 0;
  document.body.innerHTML = '<div id="map" style="width: 512px; height: 512px"></div>';
  const errors = [];
  const map = new maplibre.Map({
    container: "map", center: centre, zoom: zoom, style: {version: 8, sources: {}, layers: []}, fadeDuration: 0,
    transformRequest: (url) => ({url, headers}), attributionControl: false,
  });
  map.on("error", (event) => errors.push(String(event.error)));
  await map.once("load");
  map.addSource("ortho", {type: "raster", url: tilejson, tileSize: 256});
  map.addLayer({id: "ortho", source: "ortho", type: "raster", paint: {"raster-fade-duration": 0}});
  await map.once("idle");
  const corners = map.getBounds();
  return {errors, bounds: [corners.getWest(), corners.getSouth(), corners.getEast(), corners.getNorth()]};
}
"""
QGIS = """
import sys
from qgis.core import QgsApplication, QgsRasterLayer, QgsMapSettings, QgsMapRendererSequentialJob, QgsRectangle
from qgis.core import QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import QSize
app = QgsApplication([], False)
app.initQgis()
layer = QgsRasterLayer(sys.argv[1], "ortho", sys.argv[2])
assert layer.isValid(), layer.error().message()
asked = QgsMapSettings()
asked.setLayers([layer])
asked.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:2154"))
asked.setExtent(QgsRectangle(641200, 6865200, 641400, 6865400))
asked.setOutputSize(QSize(200, 200))
job = QgsMapRendererSequentialJob(asked)
job.start()
job.waitForFinished()
job.renderedImage().save(sys.argv[3])
"""


@pytest.fixture(scope="module")
def service(serve_demonstration: Any) -> Iterator[Any]:
    """The demonstration, served."""
    with serve_demonstration() as served:
        yield served


@pytest.fixture
def home(service: Any) -> str:
    """The address of a partner, with the token in front of the path."""
    return f"{service.url}/t/{service.tokens['other-partner']}"


def run(*words: str) -> str:
    """What a program of the distribution says; skipped when it is not there."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def checksums(path: str, *options: str) -> list[int]:
    """One checksum for each band, as gdalinfo computes it."""
    said = json.loads(run("gdalinfo", "-json", "-checksum", *options, path))
    return [band["checksum"] for band in said["bands"]]


def means(path: Path) -> list[float]:
    """The mean of each band."""
    said = json.loads(run("gdalinfo", "-json", "-stats", str(path)))
    return [band["mean"] for band in said["bands"][:3]]


def reference(service: Any, tmp_path: Path) -> list[float]:
    """The means of the window the tests look at, by GDAL on the file."""
    cut = tmp_path / "reference.tif"
    truth = service.home / "rasters" / "orthophoto.tif"
    run("gdal_translate", "-q", "-projwin", "641200", "6865400", "641400", "6865200", str(truth), str(cut))
    return means(cut)


def golden(service: Any, tmp_path: Path, crs: str, bounds: tuple[float, float, float, float], side: int) -> Path:
    """The picture that GDAL makes of the file there, every pixel of the source counted."""
    made = tmp_path / "golden.tif"
    run(
        "gdalwarp", "-q", "-t_srs", crs, "-te", *map(str, bounds), "-ts", str(side), str(side), "-r", "average",
        str(service.home / "rasters" / "orthophoto.tif"), str(made),
    )  # fmt: skip
    return made


def assert_alike(seen: Path, expected: Path) -> None:
    """The same colours, and the same shapes at the same places: blocks of 8 pixels alike, whatever the resampling."""
    blocks = []
    for path in (seen, expected):
        with rasterio.open(path) as opened:
            pixels = opened.read((1, 2, 3)).astype(float)
        high, wide = pixels.shape[1] // 8, pixels.shape[2] // 8
        blocks.append(pixels[:, : high * 8, : wide * 8].reshape(3, high, 8, wide, 8).mean(axis=(2, 4)))
    assert blocks[1].std() > 10, "the golden picture is not plain"
    assert np.abs(blocks[0] - blocks[1]).mean() < 5
    assert np.corrcoef(blocks[0].ravel(), blocks[1].ravel())[0, 1] > 0.95


def test_gdal_reads_the_file_in_place_by_ranges(service: Any, home: str) -> None:
    remote = f"/vsicurl/{home}/collections/orthophoto/files/orthophoto.tif"
    assert checksums(remote) == checksums(str(service.home / "rasters" / "orthophoto.tif"))


def test_gdal_reads_wmts_in_lambert_93(service: Any, home: str, tmp_path: Path) -> None:
    made = tmp_path / "wmts.tif"
    source = f"WMTS:{home}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities,layer=orthophoto,tilematrixset=LAMB93_10cm"
    run(
        "gdal_translate",
        "-q",
        "-projwin",
        "641200",
        "6865400",
        "641400",
        "6865200",
        "-outsize",
        "1000",
        "1000",
        source,
        str(made),
    )
    assert means(made) == pytest.approx(reference(service, tmp_path), abs=3)


@pytest.mark.parametrize("api", ["MAP", "COVERAGE", "TILES"])
def test_gdal_reads_ogc_api(service: Any, home: str, tmp_path: Path, api: str) -> None:
    made = tmp_path / "ogcapi.tif"
    west, north, east, south = "2.2000", "48.8890", "2.2020", "48.8880"
    truth = tmp_path / "truth.tif"
    run(
        "gdal_translate", "-q", "-oo", f"API={api}", "-projwin", west, north, east, south, "-outsize", "200", "100",
        f"OGCAPI:{home}/collections/orthophoto", str(made),
    )  # fmt: skip
    run(
        "gdalwarp", "-q", "-t_srs", "EPSG:4326", "-te", west, south, east, north, "-ts", "200", "100",
        str(service.home / "rasters" / "orthophoto.tif"), str(truth),
    )  # fmt: skip
    assert means(made) == pytest.approx(means(truth), abs=4)


def test_gdal_learns_the_extent_and_the_detail_of_the_picture(service: Any, home: str) -> None:
    """Not those of the département, nor pixels of a millimetre: a window that a person may ask for whole."""
    for api in ("MAP", "COVERAGE", "TILES"):
        said = json.loads(run("gdalinfo", "-json", "-oo", f"API={api}", f"OGCAPI:{home}/collections/orthophoto"))
        assert max(said["size"]) < 40_000, api
        west, north = said["cornerCoordinates"]["upperLeft"]
        assert (round(west, 4), round(north, 4)) == (2.1953, 48.8914), api
        assert {band["type"] for band in said["bands"]} == {"Byte"}, api


def test_gdal_reads_the_tiles_of_shapes_by_their_tileset(service: Any) -> None:
    """GDAL 3.12, as pyogrio brings it; that of Debian 12 is built without this part of its driver."""
    import pyogrio

    if "OGCAPI" not in pyogrio.list_drivers():
        pytest.skip("pyogrio's GDAL has no OGCAPI driver")
    # In a process of its own: it holds Python's lock while it waits, and the server is in this one.
    reads = "import sys, pyogrio; print(len(pyogrio.read_dataframe(sys.argv[1], layer=8, API='TILES')))"
    found = run(sys.executable, "-c", reads, f"OGCAPI:{service.url}/collections/equipements")
    assert int(found) == service.get("/collections/equipements/items?limit=1").json()["numberMatched"]


def test_gdal_reads_the_mosaic_of_a_stac_search(service: Any, home: str) -> None:
    found = run("gdalinfo", f'STACIT:"{home}/stac/search?collections=orthophoto":asset=image')
    assert "Size is 5000, 5000" in found


def test_pystac_client_searches_and_validates_what_it_finds(home: str) -> None:
    from pystac_client import Client

    catalogue = Client.open(f"{home}/stac")
    assert [one.id for one in catalogue.get_collections()] == ["orthophoto"]
    for asked in ({"bbox": [2.19, 48.88, 2.21, 48.9]}, {"datetime": "2025"}, {"ids": ["orthophoto.orthophoto"]},
                  {"filter": "gsd < 1", "filter_lang": "cql2-text", "sortby": "-properties.datetime"}, {"collections": ["orthophoto"]}):  # fmt: skip
        (item,) = catalogue.search(**asked).items()
        assert (item.id, item.get_collection().id) == ("orthophoto.orthophoto", "orthophoto")
        assert item.assets["image"].media_type.startswith("image/tiff")
    assert list(catalogue.search(bbox=[0, 0, 1, 1]).items()) == []


@pytest.mark.parametrize("kind", ["wmts", "xyz", "vsicurl", "ogcapi"])
def test_qgis_draws_the_photograph(
    service: Any, run_qgis: Callable[..., subprocess.CompletedProcess[str]], home: str, tmp_path: Path, kind: str
) -> None:
    sources = {
        "wmts": (f"url={home}/wmts?SERVICE%3DWMTS%26REQUEST%3DGetCapabilities&layers=orthophoto&styles=natural"
                 "&format=image/png&tileMatrixSet=LAMB93_10cm&crs=EPSG:2154", "wms"),
        "xyz": (f"type=xyz&url={home}/collections/orthophoto/tiles/WebMercatorQuad/%7Bz%7D/%7By%7D/%7Bx%7D?f%3Dpng"
                "&zmax=22&zmin=0", "wms"),
        "vsicurl": (f"/vsicurl/{home}/collections/orthophoto/files/orthophoto.tif", "gdal"),
        "ogcapi": (f"OGCAPI:{home}/collections/orthophoto|option:API=MAP", "gdal"),
    }  # fmt: skip
    picture = tmp_path / "qgis.png"
    done = run_qgis("-c", QGIS, *sources[kind], str(picture))
    assert picture.exists(), done.stderr[-2000:]
    assert_alike(picture, golden(service, tmp_path, "EPSG:2154", (641200, 6865200, 641400, 6865400), 200))


def test_maplibre_draws_the_photograph_from_its_tilejson(service: Any, tmp_path: Path) -> None:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; ./idg test installs it")
    from playwright.sync_api import sync_playwright
    from pyproj import Transformer

    picture = tmp_path / "maplibre.png"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = launched.new_page(viewport={"width": 512, "height": 512}, bypass_csp=True)
        page.goto(f"{service.url}/healthz")
        drawn = page.evaluate(
            MAPLIBRE,
            {
                "tilejson": f"{service.url}/collections/orthophoto/tiles/WebMercatorQuad?f=tilejson",
                "library": f"{service.url}/static/test/vendor/maplibre-gl.mjs",
                "worker": f"{service.url}/static/test/vendor/maplibre-gl-worker.mjs",
                "headers": {"authorization": f"Bearer {service.tokens['other-partner']}"},
                "centre": [2.2022, 48.8868],
                "zoom": 16.5,
            },
        )
        page.screenshot(path=str(picture))
        launched.close()
    assert drawn["errors"] == []
    west, south, east, north = drawn["bounds"]
    corners = Transformer.from_crs(4326, 3857, always_xy=True).transform([west, east], [south, north])
    bounds = (corners[0][0], corners[1][0], corners[0][1], corners[1][1])
    assert_alike(picture, golden(service, tmp_path, "EPSG:3857", bounds, 512))
