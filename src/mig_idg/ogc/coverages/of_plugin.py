"""What the routes of coverages answer for a collection that a provider plug-in of pygeoapi reads.

CoverageJSON, or the plug-in's own format as it gives it. What it does not honour is taken off its answer, or refused.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson

from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.ogc.plugins import conditions
from mig_idg.ogc.plugins.sources import PluginSources
from mig_idg.ogc.plugins.whole import bare_table, grant_whole, require_kind, require_whole

COVERAGE_JSON = "application/prs.coverage+json"
PARAMETERS = ("bbox", "bbox-crs", "subset", "crs", "properties", "datetime")


async def coverage_of_plugin(request: Request) -> Response:
    """`GET /collections/{collection}/coverage`. Raises what the plug-in refuses, as problems."""
    collection = require_kind(request.collection, "coverage")
    only(request, *PARAMETERS)
    require_whole(request)
    grant_whole(request, bare_table(collection))
    sources = request.resource(PluginSources)
    offered = await sources.offered(collection, request.caller)
    native = offered.get("format") or {}
    formats = {"json": COVERAGE_JSON, "covjson": COVERAGE_JSON}
    if native.get("name"):
        formats[str(native["name"]).lower()] = str(native.get("mimetype") or "application/octet-stream")
    form = wanted(request, formats)
    stored = conditions.only_stored_crs(request, collection.srid)
    known = list(await sources.fields(collection, request.caller))
    subsets, moment = conditions.subsets_of(request.query.get("subset"))
    asked = {
        "properties": conditions.names_of("properties", request.query.get("properties"), known),
        "subsets": subsets,
        "bbox": conditions.bbox_of(request, collection),
        "datetime": conditions.period_of(request.query.get("datetime", moment)),
        "format": "json" if formats[form] == COVERAGE_JSON else native["name"],
    }
    answer = await sources.ask(collection, request.caller, {"coverage": asked})
    headers = {"content-crs": stored.content_crs}
    if "coverage" in answer:
        return json_answer(
            answer["coverage"], media_type=COVERAGE_JSON, headers=headers, etag=_mark(request, orjson.dumps(answer))
        )
    body = base64.b64decode(answer["file"])
    headers["content-disposition"] = f'attachment; filename="{collection.id}.{form}"'
    return Response(body=body, media_type=formats[form], headers=headers, etag=_mark(request, body))


async def schema_of_plugin(request: Request) -> Response:
    """`GET /collections/{collection}/schema`: the fields as JSON Schema properties, as the plug-in tells them."""
    collection = require_kind(request.collection, "coverage", "edr")
    only(request)
    wanted(request, {"json": "application/schema+json"})
    require_whole(request)
    grant_whole(request, bare_table(collection))
    fields = await request.resource(PluginSources).fields(collection, request.caller)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": request.url(f"/collections/{collection.id}/schema"),
        "type": "object",
        "title": collection.title.in_(request.lang),
        "properties": {name: _property(number, told) for number, (name, told) in enumerate(fields.items(), start=1)},
    }
    return json_answer(document, media_type="application/schema+json", etag=_mark(request, orjson.dumps(document)))


def _property(number: int, told: dict[str, Any]) -> dict[str, Any]:
    """A field in the words of JSON Schema: what a plug-in says for itself alone (`_meta`) is left out."""
    kind = str(told.get("type") or "number").lower()
    ours = "integer" if "int" in kind else "string" if "str" in kind else "number"
    said = {name: str(told[name]) for name in ("title", "description", "x-ogc-unit") if told.get(name)}
    return {**said, "type": ours, "x-ogc-propertySeq": number}


def _mark(request: Request, content: bytes) -> str:
    """A validator of the very content: nobody tells when the source changed."""
    return request.etag(hashlib.blake2b(content, digest_size=12).hexdigest())
