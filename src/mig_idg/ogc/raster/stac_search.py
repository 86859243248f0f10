"""Items and item search of STAC API: the files of the collections a caller may query, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from mig_idg.errors import NotFound, Text
from mig_idg.guard.answer import Answer, json_answer, link
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only, wanted
from mig_idg.ogc.raster import stac_asked, stac_item
from mig_idg.ogc.raster.scene import raster_of
from mig_idg.ogc.raster.stac import CATALOGUE, home, visible
from mig_idg.ogc.raster.stac_asked import SEARCH, Search
from mig_idg.ogc.raster.stac_item import GEOJSON
from mig_idg.store import compile, cursor, stac
from mig_idg.store.collection import Collection

MOST_COLLECTIONS = 100


async def items(visit: Visit) -> Answer:
    """`GET /stac/collections/{collection}/items`."""
    raster_of(visit.collection, "stac")
    assert visit.collection is not None
    return await _search(visit, _in_address(visit), f"{home(visit.collection)}/items")


async def item(visit: Visit) -> Answer:
    """`GET /stac/collections/{collection}/items/{item}`."""
    only(visit)
    raster_of(visit.collection, "stac")
    assert visit.collection is not None
    id, here = visit.params["item"], f"{home(visit.collection)}/items"
    found, _, _ = await _found(visit, [visit.collection], {"ids": id}) if "," not in id else ([], None, None)
    if not found:
        raise NotFound(
            Text(f"Aucun élément « {id[:100]} » dans cette collection.", f"No item “{id[:100]}” in this collection."),
            remedy=Text(f"La liste est à {here}.", f"They are at {here}."),
        )
    return json_answer(found[0], media_type=GEOJSON, etag=visit.etag("stac", id))


async def search(visit: Visit) -> Answer:
    """`GET` and `POST /stac/search`."""
    asked = stac_asked.from_body(await visit.body()) if visit.method == "POST" else _in_address(visit)
    return await _search(visit, asked, "/stac/search")


def _in_address(visit: Visit) -> Search:
    only(visit, *SEARCH)
    wanted(visit, {"json": GEOJSON, "geojson": GEOJSON})
    return stac_asked.from_address(visit.query)


async def _search(visit: Visit, asked: Search, path: str) -> Answer:
    found, matched, onward = await _found(visit, _chosen(visit, asked.parameters), asked.parameters)
    links: list[dict[str, Any]] = [
        dict(link(visit.url(path), "self", GEOJSON)),
        dict(link(visit.url("/stac"), "root", "application/json", CATALOGUE.in_(visit.lang))),
    ]
    if onward is not None:
        links.append(_next(visit, path, asked.parameters, onward))
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [asked.fields.of(one) for one in found] if asked.fields else found,
        "numberReturned": len(found),
        **({"numberMatched": matched} if matched is not None else {}),
        "links": links,
    }
    return json_answer(document, media_type=GEOJSON)


def _next(visit: Visit, path: str, asked: Mapping[str, str], onward: str) -> dict[str, Any]:
    if visit.method == "POST":
        return {**link(visit.url(path), "next", GEOJSON), "method": "POST", "body": {"after": onward}, "merge": True}
    address = visit.url(f"{path}?{urlencode({**asked, 'after': onward})}")
    return {**link(address, "next", GEOJSON), "method": "GET"}


def _chosen(visit: Visit, asked: Mapping[str, str]) -> list[Collection]:
    """The collections searched: that of the address; or those named (each admitted, or told why not); or all."""
    if visit.collection is not None:
        return [visit.collection]
    named = stac_asked.listed(asked.get("collections", ""))[:MOST_COLLECTIONS]
    seen = visible(visit)
    if named:
        wanted_ = set(named)
        return [visit.admit(one.id, "query")[0] for one in seen if one.id in wanted_]
    return [one for one in seen if visit.snapshot.decide(visit.principal, "query", one.id).permitted]


async def _found(
    visit: Visit, chosen: list[Collection], asked: Mapping[str, str]
) -> tuple[list[dict[str, Any]], int | None, str | None]:
    """The items of a page, how many match when it is known, and the marker of the next page."""
    by_id = {one.id: one for one in chosen}
    singles = [row for one in chosen if (row := await stac_item.of_file(one))]
    grant = stac.items([one.id for one in chosen if (one.raster or {}).get("vintages")], singles)
    query = stac_asked.query_of(asked)
    statement = compile.page(query, grant, "datetime")
    rows = await visit.fetch(statement, _layer(visit, chosen))
    features = orjson.loads(b"[" + b",".join(row[0] for row in rows if row[0]) + b"]")
    keys = next((row[2] for row in rows if row[2]), None)
    total = next((int(row[3]) for row in rows if row[3] is not None), None)
    if total is None and keys is None and query.after is None:
        total = len(features)
    documents = [stac_item.document(visit, by_id[one["properties"]["collection"]], one) for one in features]
    return documents, total, cursor.token(keys, query.sortby) if keys is not None else None


def _layer(visit: Visit, chosen: list[Collection]) -> Any:
    """Under which collection the statement runs: it has no grant of a table; the relation itself is the limit."""
    if visit.collection is not None or not chosen:
        return None
    return (chosen[0], None, visit.snapshot.decide(visit.principal, "query", chosen[0].id))
