"""What the routes of features answer for a collection that a plug-in reads.

The parameters are read by the same parser as those of tables, on the fields that the plug-in tells; what it does not
honour is done here or refused, never ignored (`selection.py`). Such a source is served whole: a decision that hides a
part of it refuses the request.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from mig_idg.errors import InvalidParameter, MethodNotAllowed, Text, UnknownParameter
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.ogc.features import formats, item, items, links, schemas
from mig_idg.ogc.features.credit import credited
from mig_idg.ogc.features.plugins.fields import table_of
from mig_idg.ogc.plugins.sources import PluginSources
from mig_idg.ogc.plugins.whole import grant_whole, require_kind, require_whole
from mig_idg.store.collection import Collection
from mig_idg.store.query import PARAMETERS, Query, parse, temporal

_PLACES = ("after", "before", "offset")
# Of the parameters of tables, those that have no meaning here.
_NOT_HERE = {
    "after": Text("cette collection se lit par « offset »", "this collection is paged by “offset”"),
    "before": Text("cette collection se lit par « offset »", "this collection is paged by “offset”"),
    "simplify": Text("les géométries y sont données entières", "its geometries are given whole"),
    "zoom-level": Text("les géométries y sont données entières", "its geometries are given whole"),
}
READ = "GET, HEAD, OPTIONS"
# A download reads many pages.
DOWNLOAD_TIMES = 5


async def items_of_plugin(request: Request) -> Response:
    """All verbs of the items of such a collection."""
    if request.method == "OPTIONS":
        return Response(headers={"allow": READ}, private=True)
    _only_read(request)
    form = formats.chosen(request.query, request.headers, formats.OF_PLUGIN)
    collection = await _opened(request)
    query = _query(request, collection)
    page = await _ask(request, _selection(request, query, form), DOWNLOAD_TIMES if form.bulk else 1)
    if form is formats.CSV:
        return _csv(request, query, page["features"])
    document = _page(request, query, page, form)
    if form is formats.HTML:
        for one in document["features"]:
            one["at"] = links.item_segment(str(one["id"]))
        shown = {"items": document, "collection": collection, "table": request.layer[1].table, "query": request.query}
        return page_answer("items", shown)
    headers = {"content-crs": query.crs.content_crs}
    body = orjson.dumps({**document, "timeStamp": items.now()})
    return Response(body=body, media_type=form.media_type, headers=headers, etag=_mark(request, document), weak=True)


async def item_of_plugin(request: Request) -> Response:
    """All verbs of one item of such a collection."""
    if request.method == "OPTIONS":
        return Response(headers={"allow": READ}, private=True)
    _only_read(request)
    form = formats.chosen(request.query, request.headers, formats.ITEM_OF_PLUGIN)
    collection = await _opened(request)
    for name in request.query:
        if name not in item.PARAMETERS:
            raise UnknownParameter(name, item.PARAMETERS)
    query = parse(request.query, request.layer[1].table)
    id = links.item_id(request.params["item"])
    found = (await _ask(request, {"item": id, "output": _output(query)}))["item"]
    if found is None:
        raise item.missing()
    path = links.item_path(collection.id, id)
    told = {
        **found,
        "attribution": orjson.loads(credited(request)),
        "links": links.read(links.written(request, path, request.query, form, formats.ITEM_OF_PLUGIN)),
    }
    if form is formats.HTML:
        return page_answer("item", {"item": told, "collection": collection, "table": request.layer[1].table})
    headers = {"content-crs": query.crs.content_crs}
    return json_answer(told, media_type=form.media_type, headers=headers, etag=_mark(request, told))


async def schema_of_plugin(request: Request) -> Response:
    """What such features hold, as the plug-in tells it."""
    await _opened(request)
    return await schemas.schema(request)


async def queryables_of_plugin(request: Request) -> Response:
    """What may be asked of such features."""
    await _opened(request)
    return await schemas.queryables(request)


async def sortables_of_plugin(request: Request) -> Response:
    """What may order such features."""
    await _opened(request)
    return await schemas.sortables(request)


def _only_read(request: Request) -> None:
    if request.method in ("GET", "HEAD"):
        return
    error = MethodNotAllowed(
        Text(
            "Cette collection, lue par un greffon, se lit seulement, par GET.",
            "This collection, read by a plug-in, is only read, by GET.",
        )
    )
    error.headers["allow"] = READ
    raise error


async def _opened(request: Request) -> Collection:
    """The collection, its grant on the fields that the plug-in tells. Raises Refused when a part of it is hidden."""
    require_kind(request.collection, "feature")
    collection = require_whole(request)
    grant_whole(request, table_of(collection, await request.resource(PluginSources).fields(collection, request.caller)))
    return collection


def _query(request: Request, collection: Collection) -> Query:
    """What is asked. Raises what the parser of tables raises, and InvalidParameter for what has no meaning here."""
    for name, words in _NOT_HERE.items():
        if name in request.query:
            raise InvalidParameter(
                name, Text(f"« {name} » ne sert pas ici : {words.fr}.", f"“{name}” is of no use here: {words.en}.")
            )
    table, time = request.layer[1].table, _time_field(collection)
    if "datetime" in request.query and temporal(table, time) is None:
        raise InvalidParameter(
            "datetime",
            Text(
                "Aucun attribut de cette collection ne dit de date (« time_field »).",
                "No property of this collection tells a date (“time_field”).",
            ),
        )
    plain = {name: value for name, value in request.query.items() if name in PARAMETERS or table.column(name) is None}
    return parse(plain, table, time_column=time, limits=items.limits_of(collection))


def _time_field(collection: Collection) -> str | None:
    return (collection.plugin or {}).get("time_field")


def _selection(request: Request, query: Query, form: formats.Format) -> dict[str, Any]:
    """The request as values for the isolated process."""
    asked, table = request.query, request.layer[1].table
    limit = query.limit
    if form.bulk and "limit" not in asked:
        limit = None
    elif form is formats.HTML:
        limit = min(limit or items.PEOPLE, items.MOST_PEOPLE if "limit" in asked else items.PEOPLE)
    told: dict[str, Any] = {
        "offset": query.offset,
        "limit": limit,
        "hits": query.hits,
        "sortby": [[key.column, key.descending] for key in query.sortby],
        "q": list(query.q),
        "equal": [[name, value] for name, value in asked.items() if name not in PARAMETERS],
        "output": _output(query),
    }
    if (box := query.bbox) is not None:
        heights = None if box.zmin is None else [box.zmin, box.zmax]
        told["bbox"] = {"bounds": [box.xmin, box.ymin, box.xmax, box.ymax], "srid": box.crs.srid, "heights": heights}
    if (period := query.datetime) is not None:
        assert request.collection is not None
        column = temporal(table, _time_field(request.collection))
        assert column is not None
        told["datetime"] = {
            "text": asked["datetime"], "field": column.name, "start": period.start, "end": period.end,
            "end_open": period.end_open,
        }  # fmt: skip
    if query.filter is not None:
        texts = [one.name for one in table.columns if one.kind == "text"]
        told["filter"] = {
            "text": asked["filter"],
            "lang": asked.get("filter-lang", "cql2-text"),
            "crs": asked.get("filter-crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"),
            "field": texts[0] if texts else table.id.name,
        }
    return told


def _output(query: Query) -> dict[str, Any]:
    crs = query.crs
    return {
        "srid": crs.srid,
        "flipped": crs.flipped,
        "digits": crs.digits,
        "precision": query.precision,
        "geometry": query.geometry,
        "properties": list(query.properties) if query.properties is not None else None,
    }


async def _ask(request: Request, asked: Mapping[str, Any], times: int = 1) -> Any:
    assert request.collection is not None
    return await request.resource(PluginSources).ask(request.collection, request.caller, asked, times)


def _page(request: Request, query: Query, page: Mapping[str, Any], form: formats.Format) -> dict[str, Any]:
    features, matched = page["features"], page["matched"]
    onward = back = None
    rest = links.kept(request.query, _PLACES)
    if page["more"]:
        onward = {**rest, "offset": str(query.offset + len(features))}
    if query.offset:
        before = max(0, query.offset - (query.limit or 0))
        back = {**rest, "offset": str(before)} if before else rest
    path = links.items_path(request.layer[0].id)
    made = links.written(request, path, request.query, form, formats.OF_PLUGIN, onward, back)
    return {
        "type": "FeatureCollection",
        "features": features,
        "numberReturned": len(features),
        **({"numberMatched": matched} if matched is not None else {}),
        "attribution": orjson.loads(credited(request)),
        "links": links.read(made),
    }


def _mark(request: Request, document: Mapping[str, Any]) -> str:
    """A validator of the very content: nobody tells when the source changed."""
    return request.etag(hashlib.blake2b(orjson.dumps(document), digest_size=12).hexdigest())


# CSV: what a spreadsheet would run is made a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _csv(request: Request, query: Query, features: Sequence[Mapping[str, Any]]) -> Response:
    table = request.layer[1].table
    wanted = query.properties if query.properties is not None else table.names
    columns = [name for name in wanted if name != table.id.name]
    points = query.geometry and all(one["geometry"] is None or one["geometry"]["type"] == "Point" for one in features)
    axes = ("y", "x") if query.crs.flipped else ("x", "y")
    places = (axes if points else ("geometry",)) if query.geometry else ()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([table.id.name, *columns, *places])
    for one in features:
        values = [one["id"], *(one["properties"].get(name) for name in columns)]
        writer.writerow([*map(_cell, values), *_place(one["geometry"], len(places))])
    name = f"{links.segment(request.layer[0].id)}.csv"
    return Response(
        body=text.getvalue().encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-crs": query.crs.content_crs, "content-disposition": f'attachment; filename="{name}"'},
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _place(geometry: Mapping[str, Any] | None, cells: int) -> list[str]:
    if geometry is None:
        return [""] * cells
    if cells == 2:
        return [str(number) for number in geometry["coordinates"][:2]]
    return [orjson.dumps(geometry).decode()] if cells else []
