"""What a collection's features hold (schema), what may be asked of them (queryables) and what may order them.

All three are the same columns, those of the caller's grant: a hidden column is in none of them.
"""

from __future__ import annotations

from typing import Any

from mig_idg.errors import UnknownParameter
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.ogc.features import formats, links
from mig_idg.ogc.features.transactions import written_by
from mig_idg.store.collection import Collection
from mig_idg.store.cql2.functions import SCALAR
from mig_idg.store.query import temporal
from mig_idg.store.table import Column, Geometry

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PARAMETERS = ("f", "lang", "token")
UNSORTABLE = ("json", "array", "other")
_GEOMETRIES = {
    "POINT": "geometry-point",
    "MULTIPOINT": "geometry-multipoint",
    "LINESTRING": "geometry-linestring",
    "MULTILINESTRING": "geometry-multilinestring",
    "POLYGON": "geometry-polygon",
    "MULTIPOLYGON": "geometry-multipolygon",
    "GEOMETRYCOLLECTION": "geometry-geometrycollection",
}


async def schema(request: Request) -> Response:
    """`/collections/{collection}/schema` (OGC 23-058): what a feature holds, and what a write must give."""
    collection, grant = request.layer
    table = grant.table
    written = written_by(request)
    properties: dict[str, Any] = {}
    for number, column in enumerate(table.columns, start=1):
        described = _described(column, collection, request)
        if column.name == table.id.name:
            described["x-ogc-role"] = "id"
        elif (moment := temporal(table, collection.time_column)) is not None and moment.name == column.name:
            described["x-ogc-role"] = "primary-instant"
        if column.name not in written:
            described["readOnly"] = True
        properties[column.name] = described | {"x-ogc-propertySeq": number}
    if table.geometry is not None:
        shape = _shape(table.geometry) | {"x-ogc-propertySeq": len(properties) + 1}
        properties[table.geometry.name] = shape | ({} if table.geometry.name in written else {"readOnly": True})
    required = [c.name for c in table.columns if not c.nullable and not c.has_default and c.name != table.id.name]
    if table.geometry is not None and not table.geometry.nullable:
        required.append(table.geometry.name)
    more = {"required": required} if required else {}
    return _answer(request, "schema", properties, more | {"additionalProperties": False})


async def queryables(request: Request) -> Response:
    """`/collections/{collection}/queryables` (OGC 19-079r2, 6.2)."""
    collection, grant = request.layer
    properties = {
        column.name: _described(column, collection, request) for column in grant.table.columns if column.kind != "other"
    }
    if grant.table.geometry is not None:
        properties[grant.table.geometry.name] = _shape(grant.table.geometry)
    return _answer(request, "queryables", properties, {"additionalProperties": False})


async def sortables(request: Request) -> Response:
    """`/collections/{collection}/sortables`: what `sortby` takes."""
    collection, grant = request.layer
    properties = {
        column.name: _described(column, collection, request)
        for column in grant.table.columns
        if column.kind not in UNSORTABLE and _may_be_named(column.name)
    }
    return _answer(request, "sortables", properties, {"additionalProperties": False})


def _may_be_named(name: str) -> bool:
    """Whether a list of sort keys can hold the name: commas part them, a sign says the direction."""
    return "," not in name and name[:1] not in "+-" and name == name.strip()


async def functions(request: Request) -> Response:
    """`/functions`: what filters may call (OGC 19-079r2, 6.5)."""
    _known_only(request)
    formats.chosen(request.query, request.headers, formats.JSON_ALONE)
    document = {
        "functions": [
            {
                "name": name,
                "description": one.about.in_(request.lang),
                "arguments": [{"type": [kind]} for kind in one.takes],
                "returns": [one.gives],
            }
            for name, one in SCALAR.items()
            if name not in ("casei", "accenti")
        ]
    }
    return json_answer(document)


def _answer(request: Request, kind: str, properties: dict[str, Any], more: dict[str, Any]) -> Response:
    _known_only(request)
    collection, _ = request.layer
    form = formats.chosen(request.query, request.headers, formats.SCHEMAS)
    document = {
        "$schema": DIALECT,
        "$id": f"{request.base_url}/collections/{links.segment(collection.id)}/{kind}",
        "title": collection.title.in_(request.lang),
        "type": "object",
        "properties": properties,
        **more,
    }
    if form is formats.HTML:
        return page_answer("schema", {"kind": kind, "schema": document, "collection": collection})
    return json_answer(document, media_type=form.media_type)


def _known_only(request: Request) -> None:
    for name in request.query:
        if name not in PARAMETERS:
            raise UnknownParameter(name, PARAMETERS)


def _described(column: Column, collection: Collection, request: Request) -> dict[str, Any]:
    """A column as JSON Schema: label, type, format, bounds, code list with its labels."""
    labels = collection.labels.get(column.name) or {}
    described: dict[str, Any] = {"title": labels.get(request.lang) or labels.get("fr") or column.name}
    if column.comment:
        described["description"] = column.comment
    described["type"] = column.json
    if column.format:
        described["format"] = column.format
    if column.max_length:
        described["maxLength"] = column.max_length
    if column.kind == "array":
        described["items"] = {"type": _ITEMS.get(column.element or "", "string")}
    if column.kind == "json":
        del described["type"]
    codes = collection.codes.get(column.name)
    if codes:
        described["enum"] = _coded(column, list(codes))
        described["oneOf"] = [
            {"const": value, "title": codes[code].get(request.lang) or codes[code].get("fr") or code}
            for code, value in zip(codes, described["enum"], strict=True)
        ]
    elif column.codes:
        described["enum"] = list(column.codes)
    return described


_ITEMS = {"integer": "integer", "number": "number", "boolean": "boolean"}


def _coded(column: Column, codes: list[str]) -> list[Any]:
    """Codes in the JSON type of the column."""
    return [int(code) for code in codes] if column.kind == "integer" else list(codes)


def _shape(geometry: Geometry) -> dict[str, Any]:
    described: dict[str, Any] = {"title": geometry.name, "format": _GEOMETRIES.get(geometry.type, "geometry-any")}
    if geometry.comment:
        described["description"] = geometry.comment
    return described | {"x-ogc-role": "primary-geometry"}
