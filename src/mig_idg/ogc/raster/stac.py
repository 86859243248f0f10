"""STAC API (1.0.0): catalogue, collections, items and item search over the files of rasters.

A caller finds the files of the collections they may query, and no other; pixels are behind the assets' own doors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from mig_idg.errors import InvalidParameter, NotFound, Text, UnknownParameter
from mig_idg.guard.answer import Answer, json_answer, link
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only, wanted
from mig_idg.ogc.raster import stac_item
from mig_idg.ogc.raster.scene import raster_of
from mig_idg.ogc.raster.stac_item import GEOJSON, VERSION
from mig_idg.ogc.raster.studio import studio
from mig_idg.store import compile, cursor, rasters, stac
from mig_idg.store.collection import Collection
from mig_idg.store.cql2.syntax import Call, Node
from mig_idg.store.query import Limits, Query, parse, read_filter

CONFORMANCE = (
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/collections",
    "https://api.stacspec.org/v1.0.0/ogcapi-features",
    "https://api.stacspec.org/v1.0.0/item-search",
    "https://api.stacspec.org/v1.0.0/item-search#fields",
    "https://api.stacspec.org/v1.0.0/item-search#sort",
    "https://api.stacspec.org/v1.0.0/item-search#filter",
    "https://api.stacspec.org/v1.0.0/ogcapi-features#sort",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
)
SEARCH = (
    "bbox", "datetime", "intersects", "ids", "collections", "limit", "fields", "sortby", "filter", "filter-lang",
    "filter-crs", "after",
)  # fmt: skip
LIMITS = Limits(10, 1000)
JSON = {"json": "application/json"}
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


async def landing(visit: Visit) -> Answer:
    """`GET /stac`."""
    only(visit)
    wanted(visit, JSON)
    document = {
        "type": "Catalog",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": "mig-idg",
        "title": Text("Images et modèles numériques", "Pictures and elevation models").in_(visit.lang),
        "description": Text(
            "Les fichiers des orthophotographies, modèles d'altitude et autres rasters du partenariat.",
            "The files of the partnership's orthophotographs, elevation models and other rasters.",
        ).in_(visit.lang),
        "conformsTo": list(CONFORMANCE),
        "links": [
            link(visit.url("/stac"), "self", "application/json"),
            link(visit.url("/stac"), "root", "application/json"),
            link(visit.url("/stac/conformance"), "conformance", "application/json"),
            link(visit.url("/stac/collections"), "data", "application/json"),
            {**link(visit.url("/stac/search"), "search", GEOJSON), "method": "GET"},
            {**link(visit.url("/stac/search"), "search", GEOJSON), "method": "POST"},
            link(visit.url("/stac/queryables"), QUERYABLES, "application/schema+json"),
            link(visit.url("/openapi?f=json"), "service-desc", "application/vnd.oai.openapi+json;version=3.0"),
            link(visit.url("/openapi?f=html"), "service-doc", "text/html"),
            *(
                link(visit.url(_home(one)), "child", "application/json", one.title.in_(visit.lang))
                for one in _visible(visit)
            ),
        ],
    }
    return json_answer(document)


async def conformance(visit: Visit) -> Answer:
    """`GET /stac/conformance`."""
    only(visit)
    return json_answer({"conformsTo": list(CONFORMANCE)})


async def collections(visit: Visit) -> Answer:
    """`GET /stac/collections`: the rasters that this caller may discover."""
    only(visit)
    wanted(visit, JSON)
    documents = [await _collection(visit, one) for one in _visible(visit)]
    return json_answer(
        {
            "collections": documents,
            "links": [
                link(visit.url("/stac/collections"), "self", "application/json"),
                link(visit.url("/stac"), "root", "application/json"),
            ],
        }
    )


async def collection(visit: Visit) -> Answer:
    """`GET /stac/collections/{collection}`."""
    only(visit)
    raster_of(visit.collection, "stac")
    assert visit.collection is not None
    return json_answer(await _collection(visit, visit.collection))


async def items(visit: Visit) -> Answer:
    """`GET /stac/collections/{collection}/items`."""
    raster_of(visit.collection, "stac")
    assert visit.collection is not None
    asked = {**_asked(visit, (*SEARCH,)), "collections": visit.collection.id}
    return await _search(visit, asked, f"{_home(visit.collection)}/items", "GET", fixed=("collections",))


async def item(visit: Visit) -> Answer:
    """`GET /stac/collections/{collection}/items/{item}`."""
    only(visit)
    raster_of(visit.collection, "stac")
    assert visit.collection is not None
    id = visit.params["item"]
    found, _, _ = await _found(visit, [visit.collection], {"ids": id})
    if not found:
        raise NotFound(
            Text(f"Aucun élément « {id[:100]} » dans cette collection.", f"No item “{id[:100]}” in this collection."),
            remedy=Text(
                f"La liste est à {_home(visit.collection)}/items.", f"They are at {_home(visit.collection)}/items."
            ),
        )
    return json_answer(found[0], media_type=GEOJSON, etag=visit.etag("stac", id))


async def search(visit: Visit) -> Answer:
    """`GET` and `POST /stac/search`."""
    if visit.method == "POST":
        return await _search(visit, _body(await visit.body()), "/stac/search", "POST")
    return await _search(visit, _asked(visit, SEARCH), "/stac/search", "GET")


async def queryables(visit: Visit) -> Answer:
    """`GET /stac/queryables` and `/stac/collections/{collection}/queryables`."""
    only(visit)
    properties: dict[str, Any] = {
        name: {"type": column.json, **({"format": column.format} if column.format == "date-time" else {})}
        for name in stac.QUERYABLE
        if (column := stac.ITEMS.column(name))
    }
    properties["geometry"] = {"$ref": "https://geojson.org/schema/Geometry.json"}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": visit.url(visit.path),
        "type": "object",
        "title": "STAC",
        "properties": properties,
        "additionalProperties": False,
    }
    return json_answer(document, media_type="application/schema+json")


def _visible(visit: Visit) -> list[Collection]:
    return [one for one in visit.snapshot.visible(visit.principal) if one.raster is not None and "stac" in one.services]


def _home(one: Collection) -> str:
    return f"/stac/collections/{quote(one.id, safe='')}"


async def _collection(visit: Visit, one: Collection) -> dict[str, Any]:
    layer = (one, None, visit.snapshot.decide(visit.principal, "discover", one.id))
    box, span = one.bbox, None
    if (one.raster or {}).get("vintages"):
        row = (await visit.fetch(rasters.extent(one.id), layer))[0]
        if row[0] is not None:
            box = tuple(round(float(value or 0), 7) for value in row[:4])  # type: ignore[assignment]
            span = (_text(row[4]), _text(row[5]))
    elif box is None:
        row_ = await _single(visit, one)
        footprint = json.loads(row_["footprint"])["coordinates"][0] if row_ else []
        xs, ys = [p[0] for p in footprint], [p[1] for p in footprint]
        box = (min(xs), min(ys), max(xs), max(ys)) if footprint else None
    updated = one.declared.get("updated")
    start, end = span or ((f"{updated}T00:00:00Z",) * 2 if updated else (None, None))
    licence = stac_item.licence_of(one)
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": one.id,
        "title": one.title.in_(visit.lang),
        "description": one.description.in_(visit.lang),
        "keywords": list(one.keywords),
        "license": licence,
        "providers": [{"name": one.credit(visit.lang), "roles": ["producer", "licensor"]}],
        "extent": {
            "spatial": {"bbox": [list(box or (-180.0, -90.0, 180.0, 90.0))]},
            "temporal": {"interval": [[start, end]]},
        },
        "links": [
            link(visit.url(_home(one)), "self", "application/json"),
            link(visit.url("/stac"), "root", "application/json"),
            link(visit.url("/stac"), "parent", "application/json"),
            link(visit.url(f"{_home(one)}/items"), "items", GEOJSON),
            link(visit.url(f"{_home(one)}/queryables"), QUERYABLES, "application/schema+json"),
            link(visit.url(f"/collections/{quote(one.id, safe='')}/access"), "license", "text/html"),
        ],
    }


# search


def _asked(visit: Visit, known: tuple[str, ...]) -> dict[str, str]:
    only(visit, *known)
    wanted(visit, {"json": GEOJSON, "geojson": GEOJSON})
    return {name: value for name, value in visit.query.items() if name in known}


def _body(content: bytes) -> dict[str, str]:
    """The body of a POST search as the parameters of a GET. Raises InvalidParameter, UnknownParameter."""
    try:
        document = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise InvalidParameter("body", Text("Un objet JSON est attendu.", "A JSON object is expected."))
    asked: dict[str, str] = {}
    for name, value in document.items():
        if name not in SEARCH:
            raise UnknownParameter(str(name), SEARCH)
        if value is not None:
            asked[name] = _word(name, value)
    if "filter" in asked:
        asked.setdefault("filter-lang", "cql2-text" if isinstance(document["filter"], str) else "cql2-json")
    return asked


def _word(name: str, value: Any) -> str:
    """One member of a search body, as it would be written in an address."""
    if name in ("ids", "collections") and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if name == "bbox" and isinstance(value, list) and all(isinstance(one, int | float) for one in value):
        return ",".join(map(repr, value))
    if name == "sortby" and isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return ",".join(("-" if one.get("direction") == "desc" else "") + str(one.get("field", "")) for one in value)
    if name == "fields" and isinstance(value, dict):
        plus, minus = value.get("include") or [], value.get("exclude") or []
        return ",".join([*map(str, plus), *(f"-{one}" for one in minus)])
    if name in ("intersects", "filter") and isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, str) or (name == "limit" and isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise InvalidParameter(name, Text(f"« {name} » a une forme inattendue.", f"“{name}” has an unexpected form."))


async def _search(
    visit: Visit, asked: Mapping[str, str], path: str, method: str, *, fixed: tuple[str, ...] = ()
) -> Answer:
    chosen = _chosen(visit, asked)
    found, matched, onward = await _found(visit, chosen, asked)
    fields = asked.get("fields")
    kept = {name: value for name, value in asked.items() if name not in (*fixed, "after")}
    links: list[dict[str, Any]] = [
        dict(link(visit.url(path), "self", GEOJSON)),
        dict(link(visit.url("/stac"), "root", "application/json")),
    ]
    if onward is not None:
        links.append(_next(visit, path, method, kept, onward))
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [_fields(one, fields) for one in found] if fields is not None else found,
        "numberReturned": len(found),
        **({"numberMatched": matched} if matched is not None else {}),
        "links": links,
    }
    return json_answer(document, media_type=GEOJSON)


def _next(visit: Visit, path: str, method: str, kept: Mapping[str, str], onward: str) -> dict[str, Any]:
    if method == "GET":
        address = visit.url(f"{path}?{urlencode({**kept, 'after': onward})}")
        return {**link(address, "next", GEOJSON), "method": "GET"}
    return {**link(visit.url(path), "next", GEOJSON), "method": "POST", "body": {"after": onward}, "merge": True}


def _chosen(visit: Visit, asked: Mapping[str, str]) -> list[Collection]:
    """The collections searched: those named (each admitted, or told why not), else all that may be queried."""
    named = [part.strip() for part in asked.get("collections", "").split(",") if part.strip()]
    if named:
        found = []
        for id in dict.fromkeys(named[:100]):
            if visit.collection is not None and visit.collection.id == id:
                found.append(visit.collection)
                continue
            known = visit.snapshot.collections.get(id)
            if known is not None and known in _visible(visit):
                found.append(visit.admit(id, "query")[0])
        return found
    return [one for one in _visible(visit) if visit.snapshot.decide(visit.principal, "query", one.id).permitted]


async def _found(
    visit: Visit, chosen: list[Collection], asked: Mapping[str, str]
) -> tuple[list[dict[str, Any]], int | None, str | None]:
    """The items of a page, how many match when it is known, and the marker of the next page."""
    by_id = {one.id: one for one in chosen}
    singles = [row for one in chosen if (row := await _single(visit, one))]
    grant = stac.items([one.id for one in chosen if (one.raster or {}).get("vintages")], singles)
    query = _query(asked)
    statement, _ = compile.page(query, grant, "datetime")
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


def _query(asked: Mapping[str, str]) -> Query:
    """The engine's query of a STAC search. Raises as `store.query.parse`."""
    if "bbox" in asked and "intersects" in asked:
        raise InvalidParameter(
            "intersects", Text("« bbox » ou « intersects », l'un des deux.", "“bbox” or “intersects”, one of the two.")
        )
    plain = {name: value for name, value in asked.items() if name not in ("ids", "collections", "intersects", "fields")}
    if "sortby" in plain:
        plain["sortby"] = _sort(plain["sortby"])
    query = parse(plain, stac.ITEMS, time_column="datetime", limits=LIMITS)
    wanted_: list[Node] = [query.filter] if query.filter is not None else []
    if "intersects" in asked:
        wanted_.append(_intersects(asked["intersects"]))
    if asked.get("ids"):
        ids = [part.strip() for part in asked["ids"].split(",") if part.strip()][:1000]
        listed = ", ".join("'" + id.replace("'", "''") + "'" for id in ids)
        wanted_.append(read_filter(f"id IN ({listed})", "cql2-text", stac.ITEMS))
    if not wanted_:
        return query
    whole = wanted_[0] if len(wanted_) == 1 else Call("and", tuple(wanted_))
    return replace(query, filter=whole)


def _intersects(text: str) -> Node:
    try:
        shape = json.loads(text)
    except ValueError:
        shape = None
    if not isinstance(shape, dict) or "type" not in shape:
        raise InvalidParameter(
            "intersects", Text("Une géométrie GeoJSON est attendue.", "A GeoJSON geometry is expected.")
        )
    asked = json.dumps({"op": "s_intersects", "args": [{"property": "footprint"}, shape]})
    return read_filter(asked, "cql2-json", stac.ITEMS)


def _sort(text: str) -> str:
    """`-properties.datetime,+id` in the engine's words."""
    words = []
    for part in text.split(","):
        part = part.strip()
        mark, name = ("-", part[1:]) if part.startswith("-") else ("", part.lstrip("+ "))
        words.append(mark + name.removeprefix("properties."))
    return ",".join(words)


def _fields(one: dict[str, Any], fields: str) -> dict[str, Any]:
    """The fields extension: `a,-b,properties.c`; identity stays whatever is asked."""
    words = [part.strip() for part in fields.split(",") if part.strip()]
    plus = [word.lstrip("+") for word in words if not word.startswith("-")]
    minus = [word[1:] for word in words if word.startswith("-")]
    kept: dict[str, Any] = dict(one)
    if plus:
        kept = {name: one[name] for name in ("type", "stac_version", "id", "collection")}
        for word in plus:
            outer, _, inner = word.partition(".")
            if not inner and outer in one:
                kept[outer] = one[outer]
            elif inner and isinstance(one.get(outer), dict) and inner in one[outer]:
                kept.setdefault(outer, {})
                kept[outer] = {**kept[outer], inner: one[outer][inner]}
    for word in minus:
        outer, _, inner = word.partition(".")
        if not inner and outer not in ("id", "type", "collection"):
            kept.pop(outer, None)
        elif inner and isinstance(kept.get(outer), dict):
            kept[outer] = {name: value for name, value in kept[outer].items() if name != inner}
    return kept


async def _single(visit: Visit, one: Collection) -> dict[str, Any] | None:
    """The row of a collection that is one file; None for vintages, or when the file is not there."""
    raster = one.raster or {}
    if not raster.get("cog"):
        return None
    room = studio()
    try:
        return await room.darkroom.develop(stac_item.single, room.path(str(raster["cog"])), one)
    except OSError:
        return None


def _text(value: bytes | None) -> str | None:
    return value.decode() if value else None
