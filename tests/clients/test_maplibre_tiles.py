"""Clients of vector tiles read ours as they come: MapLibre by the TileJSON, GDAL and QGIS by the address of tiles."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.clients

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
TILESET = "/collections/equipements/tiles/WebMercatorQuad"
MAP = """
async ({tilejson, layer, library, worker, headers}) => {
  const maplibre = await import(library);
  maplibre.setWorkerUrl(worker);
  document.body.innerHTML = '<div id="map" style="width: 800px; height: 600px"></div>';
  const description = await (await fetch(tilejson, {headers})).json();
  const map = new maplibre.Map({
    container: "map", bounds: description.bounds, style: {version: 8, sources: {}, layers: []},
    transformRequest: (url) => ({url, headers}), attributionControl: {compact: false},
  });
  const errors = [];
  map.on("error", (event) => errors.push(String(event.error)));
  await map.once("load");
  map.addSource("own", {type: "vector", url: tilejson, promoteId: "id"});
  map.addLayer({id: "own", source: "own", "source-layer": layer, type: "circle", paint: {"circle-radius": 3}});
  await map.once("idle");
  const seen = map.queryRenderedFeatures({layers: ["own"]});
  return {
    count: seen.length, errors, properties: seen.length ? seen[0].properties : null,
    credit: document.querySelector(".maplibregl-ctrl-attrib")?.textContent ?? "",
    names: [...new Set(seen.flatMap((one) => Object.keys(one.properties)))],
  };
}
"""


@pytest.fixture(scope="module")
def page(service: Any) -> Iterator[Any]:
    """A blank page of the service, in Debian's Chromium."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; ./idg test installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = launched.new_page(bypass_csp=True)  # ours is what is tested, not a page of JSON
        opened.goto(f"{service.url}/healthz")
        yield opened
        launched.close()


def drawn(page: Any, service: Any, collection: str, who: str | None = None) -> dict[str, Any]:
    """What MapLibre shows of a collection at its own bounds."""
    headers = {"authorization": f"Bearer {service.tokens[who]}"} if who else {}
    found: dict[str, Any] = page.evaluate(
        MAP,
        {
            "tilejson": f"{service.url}/collections/{collection}/tiles/WebMercatorQuad?f=tilejson",
            "layer": collection,
            "library": f"{service.url}/static/test/vendor/maplibre-gl.mjs",
            "worker": f"{service.url}/static/test/vendor/maplibre-gl-worker.mjs",
            "headers": headers,
        },
    )
    return found


def test_maplibre_draws_an_open_layer_from_its_tilejson_alone(page: Any, service: Any) -> None:
    seen = drawn(page, service, "equipements")
    assert seen["errors"] == []
    assert seen["count"] > 500
    assert {"id", "nom", "theme"} <= set(seen["names"])
    assert seen["credit"]


def test_maplibre_draws_a_closed_layer_for_a_partner_who_shows_a_token(page: Any, service: Any) -> None:
    seen = drawn(page, service, "pcrs", "other-partner")
    assert seen["errors"] == []
    assert seen["count"] > 100


def test_maplibre_never_receives_the_attributes_under_exception(page: Any, service: Any) -> None:
    """The contact of an establishment is kept back (E1): no tile of a partner names it; the emergency service has it."""
    partner = drawn(page, service, "erp", "other-partner")
    emergency = drawn(page, service, "erp", "emergency")
    assert partner["count"] > 100
    assert not {"contact_nom", "contact_telephone"} & set(partner["names"])
    assert {"contact_nom", "contact_telephone"} <= set(emergency["names"])


def test_gdal_reads_the_features_of_a_tile(service: Any) -> None:
    if not shutil.which("ogrinfo"):
        pytest.skip("GDAL is not installed; ./idg test installs it")
    address = f"MVT:{service.url}{TILESET}/12/1408/2073?f=mvt"
    told = subprocess.run(["ogrinfo", "-ro", "-so", "-al", address], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "Layer name: equipements" in told.stdout
    count = int(told.stdout.split("Feature Count: ")[1].split()[0])
    assert count > 10


def test_the_grid_in_lambert_93_gives_the_same_features_as_the_web_one(service: Any) -> None:
    """One number of features in the whole layer, whichever way it is cut."""
    from mapbox_vector_tile import decode

    counts = []
    for grid in ("WebMercatorQuad", "LAMB93_10cm", "WorldCRS84Quad"):
        document = service.get(f"/collections/equipements/tiles/{grid}").json()
        (limits,) = [one for one in document["tileMatrixSetLimits"] if one["tileMatrix"] == "8"]
        ids: set[int] = set()
        for row in range(limits["minTileRow"], limits["maxTileRow"] + 1):
            for column in range(limits["minTileCol"], limits["maxTileCol"] + 1):
                tile = service.get(f"/collections/equipements/tiles/{grid}/8/{row}/{column}")
                if tile.content:
                    ids |= {f["properties"]["id"] for f in decode(tile.content)["equipements"]["features"]}
        counts.append(len(ids))
    assert counts[0] == counts[1] == counts[2] == 1500, json.dumps(counts)
