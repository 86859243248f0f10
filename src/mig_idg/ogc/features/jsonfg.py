"""JSON-FG (OGC 21-045): features with their time, and their place in the CRS asked for."""

from __future__ import annotations

import orjson

from mig_idg.guard.request import Request
from mig_idg.store import text_encoders
from mig_idg.store.crs import CRS84
from mig_idg.store.query import Query, temporal

CLASSES = ("http://www.opengis.net/spec/json-fg-1/1.0/conf/core",)
_DIMENSIONS = {"POINT": 0, "MULTIPOINT": 0, "LINESTRING": 1, "MULTILINESTRING": 1, "POLYGON": 2, "MULTIPOLYGON": 2}


def expression(request: Request, query: Query) -> str:
    """The SQL expression of one feature."""
    collection, grant = request.layer
    moment = temporal(grant.table, collection.time_column)
    plain = query.crs.srid == CRS84.srid and not query.crs.flipped
    detail = text_encoders.Detail(query.precision, query.simplify) if query.geometry else None
    return text_encoders.jsonfg(grant.table, query.crs, query.properties, moment, plain=plain, detail=detail)


def members(request: Request, query: Query) -> bytes:
    """What a document says of itself before its features, without braces."""
    collection, grant = request.layer
    said: dict[str, object] = {"conformsTo": CLASSES, "featureType": collection.id, "coordRefSys": query.crs.uri}
    if grant.table.geometry is not None and grant.table.geometry.type in _DIMENSIONS:
        said["geometryDimension"] = _DIMENSIONS[grant.table.geometry.type]
    return orjson.dumps(said)[1:-1]


def head(request: Request, query: Query, plain: bytes) -> bytes:
    """The beginning of a collection, `plain` being that of GeoJSON."""
    return b"{" + members(request, query) + b"," + plain[1:]
