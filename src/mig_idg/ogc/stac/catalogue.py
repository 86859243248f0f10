"""STAC API (1.0.0): the catalogue and its collections, over the files of rasters.

A caller finds the files of the collections they may query (`stac_search`), and no other; pixels are behind the assets'
own routes.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mig_idg.errors import Text
from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.raster.mosaic_selection import raster_of
from mig_idg.ogc.stac import item_document
from mig_idg.ogc.stac.item_document import GEOJSON, VERSION
from mig_idg.store import rasters, stac
from mig_idg.store.collection import Collection

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
JSON = {"json": "application/json"}
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
CATALOGUE = Text("Images et modèles numériques", "Pictures and elevation models")
SEARCH = Text("Recherche de fichiers", "Search for files")
FIELDS = Text("Ce que l'on peut filtrer", "What one may filter by")


async def landing(request: Request) -> Response:
    """`GET /stac`."""
    only(request)
    wanted(request, JSON)
    title = CATALOGUE.in_(request.lang)
    document = {
        "type": "Catalog",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": "mig-idg",
        "title": title,
        "description": Text(
            "Les fichiers des orthophotographies, modèles d'altitude et autres rasters du partenariat.",
            "The files of the partnership's orthophotographs, elevation models and other rasters.",
        ).in_(request.lang),
        "conformsTo": list(CONFORMANCE),
        "links": [
            link(request.url("/stac"), "self", "application/json", title),
            link(request.url("/stac"), "root", "application/json", title),
            *_services(request),
            *(
                link(request.url(home(one)), "child", "application/json", one.title.in_(request.lang))
                for one in searched(request)
            ),
        ],
    }
    return json_answer(document)


def _services(request: Request) -> list[dict[str, Any]]:
    searching = link(request.url("/stac/search"), "search", GEOJSON, SEARCH.in_(request.lang))
    return [
        link(request.url("/stac/conformance"), "conformance", "application/json",
             Text("Classes de conformité", "Conformance classes").in_(request.lang)),
        link(request.url("/stac/collections"), "data", "application/json",
             Text("Les collections", "Collections").in_(request.lang)),
        {**searching, "method": "GET"},
        {**searching, "method": "POST"},
        link(request.url("/stac/queryables"), QUERYABLES, "application/schema+json", FIELDS.in_(request.lang)),
        link(request.url("/openapi?f=json"), "service-desc", "application/vnd.oai.openapi+json;version=3.0", "OpenAPI"),
        link(request.url("/openapi?f=html"), "service-doc", "text/html", "OpenAPI"),
    ]  # fmt: skip


async def conformance(request: Request) -> Response:
    """`GET /stac/conformance`."""
    only(request)
    return json_answer({"conformsTo": list(CONFORMANCE)})


async def collections(request: Request) -> Response:
    """`GET /stac/collections`: the rasters whose files this caller may find."""
    only(request)
    wanted(request, JSON)
    documents = [await _collection(request, one) for one in searched(request)]
    links = [
        link(request.url("/stac/collections"), "self", "application/json"),
        link(request.url("/stac"), "root", "application/json", CATALOGUE.in_(request.lang)),
    ]
    return json_answer({"collections": documents, "links": links})


async def collection(request: Request) -> Response:
    """`GET /stac/collections/{collection}`."""
    only(request)
    raster_of(request.collection, "stac")
    assert request.collection is not None
    return json_answer(await _collection(request, request.collection))


async def queryables(request: Request) -> Response:
    """`GET /stac/queryables` and `/stac/collections/{collection}/queryables`."""
    only(request)
    properties: dict[str, Any] = {
        name: {"type": column.json, **({"format": column.format} if column.format == "date-time" else {})}
        for name in stac.QUERYABLE
        if (column := stac.ITEMS.column(name))
    }
    properties["geometry"] = {"$ref": "https://geojson.org/schema/Geometry.json"}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": request.url(request.path),
        "type": "object",
        "title": "STAC",
        "properties": properties,
        "additionalProperties": False,
    }
    return json_answer(document, media_type="application/schema+json")


def visible(request: Request) -> list[Collection]:
    """The rasters in the catalogue that this caller may discover."""
    return [
        one for one in request.snapshot.visible(request.principal) if one.raster is not None and "stac" in one.services
    ]


def searched(request: Request) -> list[Collection]:
    """Those of them whose files this caller may find: what the catalogue lists.

    Clients walk it whole (`walk()` of pystac), asking each collection for its items, link or not: one that answers 403
    ends their walk. The others have their own address, here and at `/collections`.
    """
    return [one for one in visible(request) if _may_search(request, one)]


def _may_search(request: Request, one: Collection) -> bool:
    return request.snapshot.decide(request.principal, "query", one.id).permitted


def home(one: Collection) -> str:
    """The path of a collection in the catalogue."""
    return f"/stac/collections/{quote(one.id, safe='')}"


async def _collection(request: Request, one: Collection) -> dict[str, Any]:
    box, (start, end) = await _extent(request, one)
    title = one.title.in_(request.lang)
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": one.id,
        "title": title,
        "description": one.description.in_(request.lang),
        "keywords": list(one.keywords),
        "license": item_document.licence_of(one),
        "providers": [{"name": one.credit(request.lang), "roles": ["producer", "licensor"]}],
        "extent": {
            "spatial": {"bbox": [list(box or (-180.0, -90.0, 180.0, 90.0))]},
            "temporal": {"interval": [[start, end]]},
        },
        "summaries": {"proj:epsg": [one.srid]},
        "links": [
            link(request.url(home(one)), "self", "application/json", title),
            link(request.url("/stac"), "root", "application/json", CATALOGUE.in_(request.lang)),
            link(request.url("/stac"), "parent", "application/json", CATALOGUE.in_(request.lang)),
            *([link(request.url(f"{home(one)}/items"), "items", GEOJSON, title)] if _may_search(request, one) else []),
            link(request.url(f"{home(one)}/queryables"), QUERYABLES, "application/schema+json",
                 FIELDS.in_(request.lang)),
            link(request.url(f"/collections/{quote(one.id, safe='')}/access"), "license", "text/html",
                 Text("Conditions d'accès et d'usage", "Terms of access and use").in_(request.lang)),
        ],
    }  # fmt: skip


async def _extent(request: Request, one: Collection) -> tuple[tuple[float, ...] | None, tuple[str | None, str | None]]:
    """Where and when a collection is: of its vintages in force, or of its file; degrees, instants."""
    updated = one.declared.get("updated")
    day = f"{updated}T00:00:00Z" if updated else None
    if not (one.raster or {}).get("vintages"):
        if one.bbox is not None:
            return one.bbox, (day, day)
        row = await item_document.of_file(request.resource(RasterEngine), one)
        points = json.loads(row["footprint"])["coordinates"][0] if row else []
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return ((min(xs), min(ys), max(xs), max(ys)) if points else None), (day, day)
    layer = (one, None, request.snapshot.decide(request.principal, "discover", one.id))
    found = (await request.fetch(rasters.extent(one.id), layer))[0]
    if found[0] is None:
        return one.bbox, (day, day)
    box = tuple(round(float(value or 0), 7) for value in found[:4])
    return box, (found[4].decode() if found[4] else None, found[5].decode() if found[5] else None)
