"""What the routes of OGC API EDR answer for a collection that a provider plug-in of pygeoapi reads (OGC 19-086r6)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
import shapely

from mig_idg.errors import InvalidParameter, NotFound, Text
from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.ogc.plugins import conditions
from mig_idg.ogc.plugins.sources import PluginSources
from mig_idg.ogc.plugins.whole import bare_table, grant_whole, require_kind, require_whole
from mig_idg.store.crs import Crs

COVERAGE_JSON, GEOJSON = "application/prs.coverage+json", "application/geo+json"
MOST_WKT = 100_000
_COMMON = ("datetime", "parameter-name", "crs", "z")
# By query: the shapes that `coords` may have, and the further parameters.
QUERIES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "position": (("Point", "MultiPoint"), ()),
    "radius": (("Point", "MultiPoint"), ("within", "within-units")),
    "area": (("Polygon", "MultiPolygon"), ()),
    "trajectory": (("LineString", "MultiLineString"), ()),
    "corridor": (
        ("LineString", "MultiLineString"),
        ("corridor-width", "width-units", "corridor-height", "height-units"),
    ),
    "cube": ((), ("bbox", "bbox-crs")),
    "locations": ((), ("bbox", "bbox-crs", "limit")),
}
_EXAMPLES = {
    "Point": "POINT(2.2 48.9)", "Polygon": "POLYGON((2.2 48.8,2.3 48.8,2.3 48.9,2.2 48.8))",
    "LineString": "LINESTRING(2.2 48.9,2.3 48.9)",
}  # fmt: skip
_NEEDED = {"radius": ("within", "within-units"), "corridor": ("corridor-width", "width-units"), "cube": ("bbox",)}


async def values_of_plugin(request: Request) -> Response:
    """`GET /collections/{collection}/{query}`: what the plug-in gives there, cut as it was asked."""
    collection = require_kind(request.collection, "edr")
    query = request.route.split("/")[3]
    shapes, own = QUERIES[query]
    only(request, *_COMMON, *(("coords",) if shapes else ()), *own)
    require_whole(request)
    grant_whole(request, bare_table(collection))
    wanted(request, {"json": COVERAGE_JSON, "covjson": COVERAGE_JSON, "geojson": GEOJSON})
    for name in _NEEDED.get(query, ()):
        if not request.query.get(name):
            raise InvalidParameter(name, Text(f"« {name} » est attendu.", f"“{name}” is expected."))
    crs = conditions.only_stored_crs(request, collection.srid)
    sources = request.resource(PluginSources)
    known = list(await sources.fields(collection, request.caller))
    asked: dict[str, Any] = {
        **{name: request.query[name] for name in own if name in request.query and not name.startswith("bbox")},
        "query": query,
        "coords": _coords(request, shapes, crs) if shapes else None,
        "bbox": conditions.bbox_of(request, collection) if "bbox" in own else None,
        "datetime": conditions.period_of(request.query.get("datetime")),
        "parameter-name": conditions.names_of("parameter-name", request.query.get("parameter-name"), known),
        "z": conditions.level_of(request.query.get("z")),
        "location": request.params.get("location"),
    }
    if "limit" in asked:
        asked["limit"] = _limit(asked["limit"])
    document = (await sources.ask(collection, request.caller, {"values": asked}))["values"]
    if not document:
        raise NotFound(Text("Rien à cette adresse.", "Nothing at this address."), extra={"collection": collection.id})
    media = GEOJSON if document.get("type") in ("FeatureCollection", "Feature") else COVERAGE_JSON
    mark = request.etag(hashlib.blake2b(orjson.dumps(document), digest_size=12).hexdigest())
    return json_answer(document, media_type=media, etag=mark, headers={"content-crs": crs.content_crs})


def _coords(request: Request, kinds: tuple[str, ...], crs: Crs) -> str:
    """The place asked, as WKT with x first. Raises InvalidParameter."""
    text = request.query.get("coords", "")
    try:
        shape = shapely.from_wkt(text) if 0 < len(text) <= MOST_WKT else None
    except shapely.errors.GEOSException:
        shape = None
    if shape is None or shape.is_empty or shape.geom_type not in kinds:
        expected = _EXAMPLES[kinds[0]]
        raise InvalidParameter(
            "coords",
            Text("« coords » ne se lit pas.", "“coords” cannot be read."),
            remedy=Text(f"Attendu : coords={expected}", f"Expected: coords={expected}"),
        )
    if crs.flipped:
        shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
    return str(shapely.to_wkt(shape, rounding_precision=12))


def _limit(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 10_000:
        return int(text)
    raise InvalidParameter("limit", Text("Un entier de 1 à 10 000.", "An integer from 1 to 10 000."))
