"""Items and item search of STAC API: the files of the collections a caller may query, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from mig_idg.errors import NotFound, Text
from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.raster.mosaic_selection import raster_of
from mig_idg.ogc.stac import item_document, parameters
from mig_idg.ogc.stac.catalogue import CATALOGUE, home, searched, visible
from mig_idg.ogc.stac.item_document import GEOJSON
from mig_idg.ogc.stac.parameters import SEARCH, Search
from mig_idg.store import compile, cursor, stac
from mig_idg.store.collection import Collection

MOST_COLLECTIONS = 100


async def items(request: Request) -> Response:
    """`GET /stac/collections/{collection}/items`."""
    raster_of(request.collection, "stac")
    assert request.collection is not None
    return await _search(request, _in_address(request), f"{home(request.collection)}/items")


async def item(request: Request) -> Response:
    """`GET /stac/collections/{collection}/items/{item}`."""
    only(request)
    raster_of(request.collection, "stac")
    assert request.collection is not None
    id, here = request.params["item"], f"{home(request.collection)}/items"
    found, _, _ = await _found(request, [request.collection], {"ids": id}) if "," not in id else ([], None, None)
    if not found:
        raise NotFound(
            Text(f"Aucun élément « {id[:100]} » dans cette collection.", f"No item “{id[:100]}” in this collection."),
            remedy=Text(f"La liste est à {here}.", f"They are at {here}."),
        )
    return json_answer(found[0], media_type=GEOJSON, etag=request.etag("stac", id))


async def search(request: Request) -> Response:
    """`GET` and `POST /stac/search`."""
    asked = parameters.from_body(await request.body()) if request.method == "POST" else _in_address(request)
    return await _search(request, asked, "/stac/search")


def _in_address(request: Request) -> Search:
    only(request, *SEARCH)
    wanted(request, {"json": GEOJSON, "geojson": GEOJSON})
    return parameters.from_address(request.query)


async def _search(request: Request, asked: Search, path: str) -> Response:
    found, matched, onward = await _found(request, _chosen(request, asked.parameters), asked.parameters)
    links: list[dict[str, Any]] = [
        dict(link(request.url(path), "self", GEOJSON)),
        dict(link(request.url("/stac"), "root", "application/json", CATALOGUE.in_(request.lang))),
    ]
    if onward is not None:
        links.append(_next(request, path, asked.parameters, onward))
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [asked.fields.of(one) for one in found] if asked.fields else found,
        "numberReturned": len(found),
        **({"numberMatched": matched} if matched is not None else {}),
        "links": links,
    }
    return json_answer(document, media_type=GEOJSON)


def _next(request: Request, path: str, asked: Mapping[str, str], onward: str) -> dict[str, Any]:
    if request.method == "POST":
        return {**link(request.url(path), "next", GEOJSON), "method": "POST", "body": {"after": onward}, "merge": True}
    address = request.url(f"{path}?{urlencode({**asked, 'after': onward})}")
    return {**link(address, "next", GEOJSON), "method": "GET"}


def _chosen(request: Request, asked: Mapping[str, str]) -> list[Collection]:
    """The collections searched: that of the address; or those named (each admitted, or told why not); or all."""
    if request.collection is not None:
        return [request.collection]
    named = parameters.listed(asked.get("collections", ""))[:MOST_COLLECTIONS]
    if named:
        wanted_ = set(named)
        return [request.admit(one.id, "query")[0] for one in visible(request) if one.id in wanted_]
    return searched(request)


async def _found(
    request: Request, chosen: list[Collection], asked: Mapping[str, str]
) -> tuple[list[dict[str, Any]], int | None, str | None]:
    """The items of a page, how many match when it is known, and the marker of the next page."""
    by_id = {one.id: one for one in chosen}
    singles = [row for one in chosen if (row := await item_document.of_file(request.resource(RasterEngine), one))]
    grant = stac.items([one.id for one in chosen if (one.raster or {}).get("vintages")], singles)
    query = parameters.query_of(asked)
    statement = compile.page(query, grant, "datetime")
    rows = await request.fetch(statement, _layer(request, chosen))
    features = orjson.loads(b"[" + b",".join(row[0] for row in rows if row[0]) + b"]")
    keys = next((row[2] for row in rows if row[2]), None)
    total = next((int(row[3]) for row in rows if row[3] is not None), None)
    if total is None and keys is None and query.after is None:
        total = len(features)
    documents = [item_document.document(request, by_id[one["properties"]["collection"]], one) for one in features]
    return documents, total, cursor.token(keys, query.sortby) if keys is not None else None


def _layer(request: Request, chosen: list[Collection]) -> Any:
    """Under which collection the statement runs: it has no grant of a table; the relation itself is the limit."""
    if request.collection is not None or not chosen:
        return None
    return (chosen[0], None, request.snapshot.decide(request.principal, "query", chosen[0].id))
