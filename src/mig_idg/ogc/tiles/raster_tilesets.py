"""Raster tilesets: in which grids a collection of pixels is cut, down to which level, and at which addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mig_idg.errors import Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.obligations import LICENCES, attribution
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link, page_answer
from mig_idg.imagery import render
from mig_idg.imagery.encode import FORMATS as PICTURES
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.raster import extent
from mig_idg.ogc.raster.mosaic_selection import raster_of
from mig_idg.ogc.tiles.grids import GRIDS, TILING_SCHEME, Grid, Level
from mig_idg.ogc.tiles.tile_address import grid_named
from mig_idg.ogc.tiles.tileset import limits
from mig_idg.store import crs
from mig_idg.store.collection import Collection

MAPS = "/map/tiles"
GEODATA = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
WORDS = {**JSON_PAGES, "tilejson": "application/vnd.mapbox.tilejson+json"}


async def tilesets(request: Request, *, under: str = MAPS) -> Response:
    """`GET /collections/{collection}/map/tiles`: one tileset for each grid (OGC 20-057, 8.2)."""
    collection = _raster(request)
    only(request)
    form = wanted(request, JSON_PAGES)
    path = _path(collection, under)
    title = collection.title.in_(request.lang)
    assert request.decision is not None
    box = await extent.known(request.resource(RasterEngine), request, collection, request.decision)
    document: dict[str, Any] = {
        "tilesets": [
            _summary(request, grid, path, title)
            | ({"tileMatrixSetLimits": _levels(grid, box, narrow=under != MAPS)} if box else {})
            for grid in GRIDS.values()
        ],
        "links": [link(request.url(f"{path}?f=json"), "self", "application/json", title)],
    }
    if form == "html":
        return _page(document, collection, path, title, None)
    return json_answer(document, etag=request.etag("raster-tilesets", path))


async def tileset(request: Request, *, under: str = MAPS) -> Response:
    """`GET /collections/{collection}/map/tiles/{tms}`: one tileset, or its TileJSON."""
    collection = _raster(request)
    only(request)
    form = wanted(request, WORDS)
    grid = grid_named(request.params["tms"])
    path = _path(collection, under)
    if form == "tilejson":
        assert request.decision is not None
        box = await extent.known(request.resource(RasterEngine), request, collection, request.decision)
        return json_answer(_tilejson(request, collection, grid, path, box), media_type=WORDS["tilejson"])
    title = collection.title.in_(request.lang)
    document: dict[str, Any] = {
        **_summary(request, grid, path, title),
        "mediaTypes": [one.media_type for one in PICTURES],
        "attribution": _words(request, collection),
        "styles": [
            {"id": word, "title": text.in_(request.lang)} for word, text in _styles(request, collection).items()
        ],
    }
    if licence := LICENCES.get(collection.licence or ""):
        document["license"] = licence
    assert request.decision is not None
    if box := await extent.known(request.resource(RasterEngine), request, collection, request.decision):
        document["boundingBox"] = {
            "lowerLeft": list(box[:2]),
            "upperRight": list(box[2:]),
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        }
        document["tileMatrixSetLimits"] = _levels(grid, box, narrow=under != MAPS)
    document["links"] = [
        *document["links"],
        *_templates(request, grid, path),
        link(request.url(f"{path}/{grid.id}?f=tilejson"), "alternate", WORDS["tilejson"], "TileJSON"),
        link(request.url(f"/collections/{quote(collection.id, safe='')}"), GEODATA, "application/json", title),
    ]
    if form == "html":
        return _page(document, collection, path, title, grid.id)
    return json_answer(document, etag=request.etag("raster-tileset", path, grid.id))


def _page(document: dict[str, Any], collection: Collection, path: str, title: str, grid: str | None) -> Response:
    """The same for people: the grids, or one of them with a look at the picture."""
    home = f"/collections/{quote(collection.id, safe='')}"
    shown = {"document": document, "path": path, "home": home, "name": title, "grid": grid}
    if grid is None:
        return page_answer("tilesets", shown)
    drawn = "maps" in collection.services and document["styles"]
    return page_answer("pictures", shown | {"overview": f"{home}/map?width=512" if drawn else None})


def _raster(request: Request) -> Collection:
    raster_of(request.collection, "tiles")
    assert request.collection is not None
    return request.collection


def _path(collection: Collection, under: str) -> str:
    return f"/collections/{quote(collection.id, safe='')}{under}"


def _levels(grid: Grid, box: extent.Bounds, *, narrow: bool) -> list[dict[str, Any]]:
    """The limits of each level that shows the picture: where the whole of it is less than a pixel, there is nothing.

    Not `narrow`: whole levels. GDAL's OGCAPI driver reads `/map/tiles`; it fails on a level where nothing is left to
    read, and before 3.8 counts rows and columns from zero whatever the first ones are.
    """
    moved = crs.moved(box, crs.WGS84, grid.srid)
    if moved is None:
        return []
    xmin, ymin, xmax, ymax = moved.bounds
    seen = {level.id: level for level in grid.levels if min(xmax - xmin, ymax - ymin) >= level.cell}
    rows = [row for row in limits(grid, box) if row["tileMatrix"] in seen]
    return rows if narrow else [_whole(seen[row["tileMatrix"]]) for row in rows]


def _whole(level: Level) -> dict[str, Any]:
    return {
        "tileMatrix": level.id,
        "minTileRow": 0,
        "maxTileRow": level.height - 1,
        "minTileCol": 0,
        "maxTileCol": level.width - 1,
    }


def _styles(request: Request, collection: Collection) -> dict[str, Text]:
    assert collection.raster is not None
    assert request.decision is not None
    return render.styles(str(collection.raster.get("bands", "rgb")), request.decision)


def _words(request: Request, collection: Collection) -> str:
    return attribution(collection, request.snapshot.mention, request.decision.obligations if request.decision else ())


def _summary(request: Request, grid: Grid, path: str, title: str) -> dict[str, Any]:
    """One tileset as its list tells it; addresses of tiles are in the tileset, a template cannot be followed."""
    scheme = request.url(f"/tileMatrixSets/{grid.id}?f=json")
    return {
        "title": f"{title} — {grid.title.in_(request.lang)}",
        "dataType": "map",
        "crs": grid.crs,
        **({"tileMatrixSetURI": grid.uri} if grid.uri else {}),
        "tileMatrixSetId": grid.id,
        "links": [
            link(request.url(f"{path}/{grid.id}?f=json"), "self", "application/json", title),
            link(scheme, TILING_SCHEME, "application/json", grid.title.in_(request.lang)),
        ],
    }


def _templates(request: Request, grid: Grid, path: str) -> list[dict[str, Any]]:
    """The address of the tiles, once for each format."""
    home = f"{path}/{grid.id}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    return [
        {**link(request.url(f"{home}?f={one.word}"), "item", one.media_type, one.word.upper()), "templated": True}
        for one in PICTURES
    ]


def _tilejson(
    request: Request, collection: Collection, grid: Grid, path: str, box: extent.Bounds | None
) -> dict[str, Any]:
    """TileJSON 3.0: `{z}/{y}/{x}` addresses; only WebMercatorQuad is understood by every client."""
    return {
        "tilejson": "3.0.0",
        "name": collection.title.in_(request.lang),
        "description": collection.description.in_(request.lang),
        "attribution": _words(request, collection),
        "scheme": "xyz",
        "format": "png",
        "tileSize": 256,
        "tiles": [request.url(f"{path}/{grid.id}/{{z}}/{{y}}/{{x}}?f=png")],
        "minzoom": 0,
        "maxzoom": int(grid.levels[-1].id),
        **({"bounds": list(box)} if box else {}),
    }
