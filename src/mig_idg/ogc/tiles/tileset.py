"""Tilesets: which grids a collection or the dataset is offered in, and what one tileset holds.

Layers list only the attributes granted to the caller; bounds come from the extent that anybody who sees the collection
may see, never from rows.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mig_idg.errors import Text
from mig_idg.guard.answer import Answer, json_answer, link, page_answer
from mig_idg.guard.obligations import LICENCES, attribution
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import JSON_PAGES, only, wanted
from mig_idg.ogc.tiles import tilejson
from mig_idg.ogc.tiles.grids import GRIDS, TILING_SCHEME, Grid
from mig_idg.ogc.tiles.place import grid_named
from mig_idg.ogc.tiles.tile import MVT, require_tiles, seen
from mig_idg.store import crs as reference
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant
from mig_idg.store.tiles import stands_for

TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
GEODATA = "http://www.opengis.net/def/rel/ogc/1.0/geodata"
DATASET = "http://www.opengis.net/def/rel/ogc/1.0/dataset"
TILEJSON = "application/json"
FORMATS = {"json": "application/json", "tilejson": "application/vnd.mapbox.tilejson+json", "html": "text/html"}
_DIMENSIONS = {"POINT": 0, "LINESTRING": 1, "POLYGON": 2}
GENERALISATION = Text(
    "Une tuile donne toutes les entités jusqu'à 40 000 ; au-delà, une par case d'une grille de 128 × 128 (une "
    "grande s'il y en a), avec le nombre d'entités qu'elle représente (feature_count), lu s'il le faut sur un "
    "échantillon ; l'en-tête idg-tile le dit. Les lignes et surfaces sont simplifiées au quart de pixel.",
    "A tile gives every feature up to 40,000; beyond, one for each cell of a 128 × 128 grid (a large one if "
    "any) with the number of features it stands for (feature_count), read from a sample when need be; header "
    "idg-tile says so. Lines and surfaces are simplified to a quarter of a pixel.",
)

Layer = tuple[Collection, Grant]
Bounds = tuple[float, float, float, float]


async def collection_tilesets(visit: Visit) -> Answer:
    """`GET /collections/{collection}/tiles`: one tileset for each grid."""
    layer = _layer(visit)
    return _listing(visit, [layer], _path(layer[0]), layer[0].title.in_(visit.lang))


async def dataset_tilesets(visit: Visit) -> Answer:
    """`GET /tiles`: the tilesets of all collections together."""
    return _listing(visit, seen(visit), "/tiles", _dataset_title(visit))


async def collection_tileset(visit: Visit) -> Answer:
    """`GET /collections/{collection}/tiles/{tms}`: metadata of one tileset, or its TileJSON."""
    layer = _layer(visit)
    return _tileset(visit, [layer], _path(layer[0]), layer[0].title.in_(visit.lang))


async def dataset_tileset(visit: Visit) -> Answer:
    """`GET /tiles/{tms}`."""
    return _tileset(visit, seen(visit), "/tiles", _dataset_title(visit))


def _layer(visit: Visit) -> Layer:
    collection, grant = visit.layer
    require_tiles((collection, grant, visit.decision))  # type: ignore[arg-type]
    return collection, grant


def _path(collection: Collection) -> str:
    return f"/collections/{quote(collection.id, safe='')}/tiles"


def _dataset_title(visit: Visit) -> str:
    return Text("Toutes les couches", "All layers").in_(visit.lang)


def _listing(visit: Visit, layers: list[Layer], path: str, title: str) -> Answer:
    only(visit)
    form = wanted(visit, JSON_PAGES)
    document: dict[str, Any] = {
        "tilesets": [_summary(visit, grid, path, title) for grid in GRIDS.values()] if layers else [],
        "links": [link(visit.url(f"{path}?f=json"), "self", "application/json", title)],
    }
    if form == "html":
        return _page(document, path, title, None)
    return json_answer(document, etag=visit.etag("tilesets", path) if visit.collection else None)


def _page(document: dict[str, Any], path: str, title: str, grid: str | None) -> Answer:
    """The same for people; `path` is that of the tilesets."""
    shown = {
        "document": document,
        "path": path,
        "home": path.removesuffix("/tiles") or "/",
        "name": title,
        "grid": grid,
    }
    return page_answer("tilesets", shown)


def _summary(visit: Visit, grid: Grid, path: str, title: str) -> dict[str, Any]:
    """One tileset as its list tells it.

    Without the address of its tiles, which is in the tileset: readers of a list follow each link there (the OGC's own
    executable suite does), and a template cannot be followed.
    """
    return {
        "title": f"{title} — {grid.title.in_(visit.lang)}",
        "dataType": "vector",
        "crs": grid.crs,
        **({"tileMatrixSetURI": grid.uri} if grid.uri else {}),
        "links": [
            link(visit.url(f"{path}/{grid.id}?f=json"), "self", "application/json", title),
            _scheme(visit, grid),
        ],
    }


def _scheme(visit: Visit, grid: Grid) -> dict[str, Any]:
    title = grid.title.in_(visit.lang)
    return link(visit.url(f"/tileMatrixSets/{grid.id}?f=json"), TILING_SCHEME, "application/json", title)


def _template(visit: Visit, grid: Grid, path: str) -> dict[str, Any]:
    address = visit.url(f"{path}/{grid.id}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt")
    return {**link(address, "item", MVT, "Mapbox Vector Tile"), "templated": True}


def _tileset(visit: Visit, layers: list[Layer], path: str, title: str) -> Answer:
    grid = grid_named(visit.params["tms"])
    only(visit)
    form = wanted(visit, FORMATS)
    if form == "tilejson":
        return tilejson.answer(visit, grid, layers, path, title, together(layers))
    home = f"{path}/{grid.id}"
    bounds = together(layers)
    document: dict[str, Any] = {
        "title": f"{title} — {grid.title.in_(visit.lang)}",
        "description": GENERALISATION.in_(visit.lang),
        "dataType": "vector",
        "crs": grid.crs,
        **({"tileMatrixSetURI": grid.uri} if grid.uri else {}),
        "tileMatrixSetId": grid.id,
        "mediaTypes": [MVT],
        "links": [
            link(visit.url(f"{home}?f=json"), "self", "application/json", title),
            *(
                [link(visit.url(f"{home}?f=tilejson"), "alternate", FORMATS["tilejson"], "TileJSON")]
                if tilejson.knows(grid)
                else []
            ),
            _scheme(visit, grid),
            _template(visit, grid, path),
            _of(visit, layers, path),
        ],
    }
    if layers:
        document["layers"] = [_described(visit, *layer) for layer in layers]
        document["attribution"] = words(visit, layers)
    if len(layers) == 1 and (licence := LICENCES.get(layers[0][0].licence or "")):
        document["license"] = licence
    if bounds:
        document["boundingBox"] = _box(bounds)
        document["tileMatrixSetLimits"] = limits(grid, bounds)
    if form == "html":
        return _page(document, path, title, grid.id)
    return json_answer(document, etag=visit.etag("tileset", path, grid.id) if visit.collection else None)


def _of(visit: Visit, layers: list[Layer], path: str) -> dict[str, Any]:
    if path == "/tiles":
        return link(visit.url("/"), DATASET, "application/json")
    collection = layers[0][0]
    return link(
        visit.url(f"/collections/{quote(collection.id, safe='')}"), GEODATA, "application/json",
        collection.title.in_(visit.lang),
    )  # fmt: skip


def _described(visit: Visit, collection: Collection, grant: Grant) -> dict[str, Any]:
    geometry = grant.table.geometry
    assert geometry is not None
    dimension = _DIMENSIONS.get(geometry.type.removeprefix("MULTI"))
    return {
        "id": collection.id,
        "title": collection.title.in_(visit.lang),
        "description": collection.description.in_(visit.lang),
        "dataType": "vector",
        **({"geometryDimension": dimension} if dimension is not None else {}),
        **({"boundingBox": _box(collection.bbox)} if collection.bbox else {}),
        "propertiesSchema": {"type": "object", "properties": properties(visit, collection, grant)},
        "links": [_of(visit, [(collection, grant)], "")],
    }


def properties(visit: Visit, collection: Collection, grant: Grant) -> dict[str, Any]:
    """JSON Schema of the attributes that this caller finds in the layer."""
    labels = collection.declared.get("attributes") or {}
    made: dict[str, Any] = {}
    for column in grant.table.columns:
        schema: dict[str, Any] = {"type": column.json if column.json in ("integer", "number", "boolean") else "string"}
        label = labels.get(column.name)
        if label:
            schema["title"] = label[visit.lang]
        if column.format in ("date", "date-time", "uuid"):
            schema["format"] = column.format
        made[column.name] = schema
    count = Text("Nombre d'entités représentées", "Number of features it stands for")
    made[stands_for(grant.table)] = {"type": "integer", "title": count.in_(visit.lang)}
    return made


def words(visit: Visit, layers: list[Layer]) -> str:
    """The mention and credits that go with the tiles."""
    parts = (attribution(c, visit.snapshot.mention, grant.obligations) for c, grant in layers)
    return " — ".join(dict.fromkeys(" — ".join(parts).split(" — ")))


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
