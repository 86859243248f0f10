"""TileJSON 3.0: what MapLibre, Mapbox, OpenLayers and QGIS read to find tiles, layers, attributes and credits."""

from __future__ import annotations

from typing import Any

from mig_idg.errors import NotAcceptable, Text
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.ogc.tiles.grids import Grid
from mig_idg.ogc.tiles.layer_metadata import GENERALISATION, Bounds, properties, words
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant

# Beyond, clients enlarge: a unit of a tile of level 18 is less than four centimetres.
LAST_LEVEL = 18


def knows(grid: Grid) -> bool:
    """TileJSON has no word for the grid: it assumes this one."""
    return grid.id == "WebMercatorQuad"


def response(
    request: Request, grid: Grid, layers: list[tuple[Collection, Grant]], path: str, title: str, bounds: Bounds | None
) -> Response:
    """The TileJSON of a tileset. Raises NotAcceptable for another grid than WebMercatorQuad, that TileJSON assumes."""
    if not knows(grid):
        raise NotAcceptable(
            Text("TileJSON ne connaît que la grille WebMercatorQuad.", "TileJSON knows the WebMercatorQuad grid only."),
            remedy=Text("Demandez f=json.", "Ask for f=json."),
        )
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": title,
        "description": GENERALISATION.in_(request.lang),
        "attribution": words(request, layers),
        "scheme": "xyz",
        "tiles": [request.url(f"{path}/{grid.id}/{{z}}/{{y}}/{{x}}?f=mvt")],
        "minzoom": 0,
        "maxzoom": LAST_LEVEL,
        "vector_layers": [_layer(request, *layer) for layer in layers],
    }
    if bounds:
        document["bounds"] = list(bounds)
        document["center"] = [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, _zoom(bounds)]
    etag = request.etag("tilejson", path) if request.collection else None
    return json_answer(document, media_type="application/vnd.mapbox.tilejson+json", etag=etag)


def _layer(request: Request, collection: Collection, grant: Grant) -> dict[str, Any]:
    schemas = properties(request, collection, grant)
    return {
        "id": collection.id,
        "description": collection.title.in_(request.lang),
        "fields": {name: _kind(schema) for name, schema in schemas.items()},
        "minzoom": 0,
        "maxzoom": LAST_LEVEL,
    }


def _kind(schema: dict[str, Any]) -> str:
    kinds = {"integer": "Number", "number": "Number", "boolean": "Boolean"}
    kind = kinds.get(schema["type"], "String")
    return f"{kind} — {schema['title']}" if "title" in schema else kind


def _zoom(bounds: Bounds) -> int:
    """A level at which the bounds fit on a screen of about a thousand pixels."""
    width = max(bounds[2] - bounds[0], bounds[3] - bounds[1], 1e-6)
    level = 0
    while level < LAST_LEVEL and 360 / 2 ** (level + 1) * 2 > width:
        level += 1
    return level
