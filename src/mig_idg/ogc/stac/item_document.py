"""One file of a raster as a STAC item (STAC 1.1.0): footprint, moment, grid, and assets behind our own routes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import shapely
import shapely.geometry

from mig_idg.guard.obligations import attribution
from mig_idg.guard.request import Request
from mig_idg.guard.response import link
from mig_idg.imagery import dataset_cache, render
from mig_idg.imagery.bands import BAND_NAMES, whole
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.stac import point_cloud_item
from mig_idg.store import crs as reference
from mig_idg.store.collection import Collection

VERSION = "1.1.0"
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
GEOJSON = "application/geo+json"
# Version 1.1.0 of the projection extension: GDAL's STACIT before 3.10 reads `proj:epsg` and knows no `proj:code`.
EXTENSIONS = (
    "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
)


def document(request: Request, collection: Collection, feature: dict[str, Any]) -> dict[str, Any]:
    """The item of a feature read by the engine, with the assets that this caller may ask for."""
    told = feature["properties"]
    name = quote(collection.id, safe="")
    home = f"/stac/collections/{name}"
    shape = shapely.geometry.shape(feature["geometry"])
    properties = {
        "title": f"{collection.title.in_(request.lang)} — {Path(told['file']).stem}",
        "datetime": told["datetime"],
        "start_datetime": told["start_datetime"],
        "end_datetime": told["end_datetime"],
        "created": told["created"],
        "license": licence_of(collection),
        "proj:epsg": told["srid"],
        "proj:bbox": [told["west"], told["south"], told["east"], told["north"]],
        **(point_cloud_item.properties(told, request.lang) if told["points"] else _grid(told)),
        **({"vintage": told["vintage"]} if told["vintage"] else {}),
        "attribution": attribution(collection, request.snapshot.mention, _obligations(request, collection)),
    }
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [*EXTENSIONS, *((point_cloud_item.EXTENSION,) if told["points"] else ())],
        "id": feature["id"],
        "collection": collection.id,
        "geometry": feature["geometry"],
        "bbox": [round(value, 9) for value in shape.bounds],
        "properties": properties,
        "links": [
            link(request.url(f"{home}/items/{quote(feature['id'], safe='')}"), "self", GEOJSON),
            link(request.url(home), "parent", "application/json"),
            link(request.url(home), "collection", "application/json"),
            link(request.url("/stac"), "root", "application/json"),
        ],
        "assets": assets(request, collection, told, shape.bounds),
    }


def assets(
    request: Request, collection: Collection, told: dict[str, Any], box: tuple[float, float, float, float]
) -> dict[str, Any]:
    """What may be asked of the file: itself when the caller may download it, a picture when they may see it."""
    home = f"/collections/{quote(collection.id, safe='')}"
    may = request.snapshot.decide
    found: dict[str, Any] = {}
    download, view = (may(request.principal, action, collection.id) for action in ("download", "view"))
    downloadable = "download" in collection.services and download.permitted and whole(download)
    if told["points"]:
        file = request.url(f"{home}/files/{quote(told['file'])}")
        return {"data": point_cloud_item.asset(told, file)} if downloadable else {}
    if downloadable:
        found["image"] = {
            "href": request.url(f"{home}/files/{quote(told['file'])}"),
            "type": COG,
            "title": "GeoTIFF (COG)",
            "roles": ["data"],
            "bands": [{"name": band} for band in BAND_NAMES[str((collection.raster or {}).get("bands", "rgb"))]],
            "proj:epsg": told["srid"],
            "proj:shape": [told["height"], told["width"]],
            "proj:transform": _transform(told),
            "proj:bbox": [told["west"], told["south"], told["east"], told["north"]],
            "file:size": told["size"],
            **({"file:checksum": f"1220{told['sha256']}"} if told["sha256"] else {}),
        }
    if "maps" in collection.services and view.permitted and render.drawable(collection, view):
        around = ",".join(f"{value:.7f}" for value in box)
        day = f"&datetime={told['datetime'][:10]}" if told["vintage"] else ""
        found["overview"] = {
            "href": request.url(f"{home}/map?bbox={around}{day}&width=512&f=png"),
            "type": "image/png",
            "title": "PNG",
            "roles": ["overview"],
        }
    return found


async def of_file(engine: RasterEngine, collection: Collection) -> dict[str, Any] | None:
    """The row of a collection that is one file; None for vintages, or when the file is not there."""
    cog = (collection.raster or {}).get("cog")
    if not cog:
        return None
    try:
        return await engine.render_pool.develop(single, engine.path(str(cog)), collection)
    except OSError:
        return None


def single(path: Path, collection: Collection) -> dict[str, Any]:
    """The row of a collection that is one file, read from the file itself. In the render pool."""
    cog = dataset_cache.take(path)
    srid = cog.srid or collection.srid
    xmin, ymin, xmax, ymax = cog.bounds
    region = reference.moved(cog.bounds, srid, reference.WGS84)
    shape = shapely.box(*cog.bounds)
    if region is not None and region.exact:
        shape = shapely.from_wkb(region.polygon)
    elif region is not None:
        shape = shapely.box(*region.bounds)
    shape = shapely.transform(shapely.set_srid(shapely.simplify(shape, 1e-7), 0), lambda xy: xy.round(9))
    changed = datetime.fromtimestamp(cog.read_version[0] / 1e9, UTC).isoformat(timespec="seconds")
    updated = collection.declared.get("updated")
    return {
        "id": f"{collection.id}.{path.stem}", "collection": collection.id,
        "datetime": f"{updated}T00:00:00Z" if updated else changed, "created": changed,
        "gsd": cog.resolution[0], "width": cog.dataset.width, "height": cog.dataset.height, "srid": srid,
        "west": xmin, "south": ymin, "east": xmax, "north": ymax, "size": cog.read_version[1], "sha256": None,
        "file": path.name, "points": None, "facts": None, "footprint": shapely.to_geojson(shapely.normalize(shape)),
    }  # fmt: skip


def _grid(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "gsd": told["gsd"], "proj:shape": [told["height"], told["width"]], "proj:transform": _transform(told),
    }  # fmt: skip


def _transform(told: dict[str, Any]) -> list[float]:
    dx, dy = (told["east"] - told["west"]) / told["width"], (told["north"] - told["south"]) / told["height"]
    return [dx, 0.0, told["west"], 0.0, -dy, told["north"]]


def licence_of(collection: Collection) -> str:
    """The SPDX name of an open licence; `other` for the charter's own terms, which the links tell."""
    return {"LO-2.0": "etalab-2.0", "ODbL-1.0": "ODbL-1.0"}.get(collection.licence or "", "other")


def _obligations(request: Request, collection: Collection) -> tuple[str, ...]:
    return request.snapshot.decide(request.principal, "view", collection.id).obligations
