"""Tilesets: which grids a collection or the dataset is offered in, and what one tileset holds.

Layers list only the attributes granted to the caller; bounds come from the extent that anybody who sees the collection
may see, never from rows.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mig_idg.errors import Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.obligations import LICENCES
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link, page_answer
from mig_idg.ogc.tiles import tilejson
from mig_idg.ogc.tiles.grids import GRIDS, TILING_SCHEME, Grid
from mig_idg.ogc.tiles.layer_metadata import GENERALISATION, Bounds, properties, words
from mig_idg.ogc.tiles.tile import MVT, require_tiles, seen
from mig_idg.ogc.tiles.tile_address import grid_named
from mig_idg.store import crs as reference
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant

TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
GEODATA = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
DATASET = "http://www.opengis.net/def/rel/ogc/1.0/dataset"
TILEJSON = "application/json"
FORMATS = {"json": "application/json", "tilejson": "application/vnd.mapbox.tilejson+json", "html": "text/html"}
_DIMENSIONS = {"POINT": 0, "LINESTRING": 1, "POLYGON": 2}

Layer = tuple[Collection, Grant]


async def collection_tilesets(request: Request) -> Response:
    """`GET /collections/{collection}/tiles`: one tileset for each grid."""
    layer = _layer(request)
    return _listing(request, [layer], _path(layer[0]), layer[0].title.in_(request.lang))


async def dataset_tilesets(request: Request) -> Response:
    """`GET /tiles`: the tilesets of all collections together."""
    return _listing(request, seen(request), "/tiles", _dataset_title(request))


async def collection_tileset(request: Request) -> Response:
    """`GET /collections/{collection}/tiles/{tms}`: metadata of one tileset, or its TileJSON."""
    layer = _layer(request)
    return _tileset(request, [layer], _path(layer[0]), layer[0].title.in_(request.lang))


async def dataset_tileset(request: Request) -> Response:
    """`GET /tiles/{tms}`."""
    return _tileset(request, seen(request), "/tiles", _dataset_title(request))


def _layer(request: Request) -> Layer:
    collection, grant = request.layer
    require_tiles((collection, grant, request.decision))  # type: ignore[arg-type]
    return collection, grant


def _path(collection: Collection) -> str:
    return f"/collections/{quote(collection.id, safe='')}/tiles"


def _dataset_title(request: Request) -> str:
    return Text("Toutes les couches", "All layers").in_(request.lang)


def _listing(request: Request, layers: list[Layer], path: str, title: str) -> Response:
    only(request)
    form = wanted(request, JSON_PAGES)
    document: dict[str, Any] = {
        "tilesets": [_summary(request, grid, path, title, together(layers)) for grid in GRIDS.values()]
        if layers
        else [],
        "links": [link(request.url(f"{path}?f=json"), "self", "application/json", title)],
    }
    if form == "html":
        return _page(document, path, title, None)
    return json_answer(document, etag=request.etag("tilesets", path) if request.collection else None)


def _page(document: dict[str, Any], path: str, title: str, grid: str | None) -> Response:
    """The same for people; `path` is that of the tilesets."""
    shown = {
        "document": document,
        "path": path,
        "home": path.removesuffix("/tiles") or "/",
        "name": title,
        "grid": grid,
    }
    return page_answer("tilesets", shown)


def _summary(request: Request, grid: Grid, path: str, title: str, bounds: Bounds | None) -> dict[str, Any]:
    """One tileset as its list tells it, with its grid and limits, which the OGC's own executable suite reads there.

    Without the address of its tiles, which is in the tileset: readers of a list follow each link there (the OGC's own
    executable suite does), and a template cannot be followed.
    """
    return {
        "title": f"{title} — {grid.title.in_(request.lang)}",
        "dataType": "vector",
        "crs": grid.crs,
        **({"tileMatrixSetURI": grid.uri} if grid.uri else {}),
        "tileMatrixSetId": grid.id,
        **({"tileMatrixSetLimits": limits(grid, bounds)} if bounds else {}),
        "links": [
            link(request.url(f"{path}/{grid.id}?f=json"), "self", "application/json", title),
            _scheme(request, grid),
        ],
    }


def _scheme(request: Request, grid: Grid) -> dict[str, Any]:
    title = grid.title.in_(request.lang)
    return link(request.url(f"/tileMatrixSets/{grid.id}?f=json"), TILING_SCHEME, "application/json", title)


def _template(request: Request, grid: Grid, path: str) -> dict[str, Any]:
    address = request.url(f"{path}/{grid.id}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt")
    return {**link(address, "item", MVT, "Mapbox Vector Tile"), "templated": True}


def _tileset(request: Request, layers: list[Layer], path: str, title: str) -> Response:
    grid = grid_named(request.params["tms"])
    only(request)
    form = wanted(request, FORMATS)
    if form == "tilejson":
        return tilejson.response(request, grid, layers, path, title, together(layers))
    home = f"{path}/{grid.id}"
    bounds = together(layers)
    document: dict[str, Any] = {
        "title": f"{title} — {grid.title.in_(request.lang)}",
        "description": GENERALISATION.in_(request.lang),
        "dataType": "vector",
        "crs": grid.crs,
        **({"tileMatrixSetURI": grid.uri} if grid.uri else {}),
        "tileMatrixSetId": grid.id,
        "mediaTypes": [MVT],
        "links": [
            link(request.url(f"{home}?f=json"), "self", "application/json", title),
            *(
                [link(request.url(f"{home}?f=tilejson"), "alternate", FORMATS["tilejson"], "TileJSON")]
                if tilejson.knows(grid)
                else []
            ),
            _scheme(request, grid),
            _template(request, grid, path),
            _of(request, layers, path),
        ],
    }
    if layers:
        document["layers"] = [_described(request, *layer) for layer in layers]
        document["attribution"] = words(request, layers)
    if len(layers) == 1 and (licence := LICENCES.get(layers[0][0].licence or "")):
        document["license"] = licence
    if bounds:
        document["boundingBox"] = _box(bounds)
        document["tileMatrixSetLimits"] = limits(grid, bounds)
    if form == "html":
        return _page(document, path, title, grid.id)
    return json_answer(document, etag=request.etag("tileset", path, grid.id) if request.collection else None)


def _of(request: Request, layers: list[Layer], path: str) -> dict[str, Any]:
    if path == "/tiles":
        return link(request.url("/"), DATASET, "application/json")
    collection = layers[0][0]
    return link(
        request.url(f"/collections/{quote(collection.id, safe='')}"), GEODATA, "application/json",
        collection.title.in_(request.lang),
    )  # fmt: skip


def _described(request: Request, collection: Collection, grant: Grant) -> dict[str, Any]:
    geometry = grant.table.geometry
    assert geometry is not None
    dimension = _DIMENSIONS.get(geometry.type.removeprefix("MULTI"))
    return {
        "id": collection.id,
        "title": collection.title.in_(request.lang),
        "description": collection.description.in_(request.lang),
        "dataType": "vector",
        **({"geometryDimension": dimension} if dimension is not None else {}),
        **({"boundingBox": _box(collection.bbox)} if collection.bbox else {}),
        "propertiesSchema": {"type": "object", "properties": properties(request, collection, grant)},
        "links": [_of(request, [(collection, grant)], "")],
    }


def together(layers: list[Layer]) -> Bounds | None:
    """The box around all layers in CRS84 degrees; None when one has no extent to tell."""
    boxes = [collection.bbox for collection, _ in layers]
    if not boxes or None in boxes:
        return None
    known = [box for box in boxes if box]
    return (
        min(box[0] for box in known),
        min(box[1] for box in known),
        max(box[2] for box in known),
        max(box[3] for box in known),
    )


def limits(grid: Grid, bounds: Bounds) -> list[dict[str, Any]]:
    """First and last row and column of each level that meet the bounds (CRS84)."""
    inside: Bounds | None = bounds
    if grid.srid != reference.WGS84:
        region = reference.moved(bounds, reference.WGS84, grid.srid)
        inside = region.bounds if region else None
    made = []
    for level in grid.levels if inside else ():
        covering = grid.covering(level, inside)  # type: ignore[arg-type]
        if covering:
            names = ("minTileRow", "maxTileRow", "minTileCol", "maxTileCol")
            made.append({"tileMatrix": level.id, **dict(zip(names, covering, strict=True))})
    return made


def _box(bounds: Bounds) -> dict[str, Any]:
    return {
        "lowerLeft": [bounds[0], bounds[1]],
        "upperRight": [bounds[2], bounds[3]],
        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    }
