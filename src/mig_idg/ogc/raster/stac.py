"""STAC API (1.0.0): the catalogue and its collections, over the files of rasters.

A caller finds the files of the collections they may query (`stac_search`), and no other; pixels are behind the assets'
own doors.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mig_idg.errors import Text
from mig_idg.guard.answer import Answer, json_answer, link
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only, wanted
from mig_idg.ogc.raster import stac_item
from mig_idg.ogc.raster.scene import raster_of, srid_of
from mig_idg.ogc.raster.stac_item import GEOJSON, VERSION
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


async def landing(visit: Visit) -> Answer:
    """`GET /stac`."""
    only(visit)
    wanted(visit, JSON)
    title = CATALOGUE.in_(visit.lang)
    document = {
        "type": "Catalog",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": "mig-idg",
        "title": title,
        "description": Text(
            "Les fichiers des orthophotographies, modèles d'altitude et autres rasters du partenariat.",
            "The files of the partnership's orthophotographs, elevation models and other rasters.",
        ).in_(visit.lang),
        "conformsTo": list(CONFORMANCE),
        "links": [
            link(visit.url("/stac"), "self", "application/json", title),
            link(visit.url("/stac"), "root", "application/json", title),
            *_services(visit),
            *(
                link(visit.url(home(one)), "child", "application/json", one.title.in_(visit.lang))
                for one in visible(visit)
            ),
        ],
    }
    return json_answer(document)


def _services(visit: Visit) -> list[dict[str, Any]]:
    searching = link(visit.url("/stac/search"), "search", GEOJSON, SEARCH.in_(visit.lang))
    return [
        link(visit.url("/stac/conformance"), "conformance", "application/json",
             Text("Classes de conformité", "Conformance classes").in_(visit.lang)),
        link(visit.url("/stac/collections"), "data", "application/json",
             Text("Les collections", "Collections").in_(visit.lang)),
        {**searching, "method": "GET"},
        {**searching, "method": "POST"},
        link(visit.url("/stac/queryables"), QUERYABLES, "application/schema+json", FIELDS.in_(visit.lang)),
        link(visit.url("/openapi?f=json"), "service-desc", "application/vnd.oai.openapi+json;version=3.0", "OpenAPI"),
        link(visit.url("/openapi?f=html"), "service-doc", "text/html", "OpenAPI"),
    ]  # fmt: skip


async def conformance(visit: Visit) -> Answer:
    """`GET /stac/conformance`."""
    only(visit)
    return json_answer({"conformsTo": list(CONFORMANCE)})


async def collections(visit: Visit) -> Answer:
    """`GET /stac/collections`: the rasters that this caller may discover."""
    only(visit)
    wanted(visit, JSON)
    documents = [await _collection(visit, one) for one in visible(visit)]
    links = [
        link(visit.url("/stac/collections"), "self", "application/json"),
        link(visit.url("/stac"), "root", "application/json", CATALOGUE.in_(visit.lang)),
    ]
    return json_answer({"collections": documents, "links": links})


async def collection(visit: Visit) -> Answer:
    """`GET /stac/collections/{collection}`."""
    only(visit)
    raster_of(visit.collection, "stac")
    assert visit.collection is not None
    return json_answer(await _collection(visit, visit.collection))


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


def visible(visit: Visit) -> list[Collection]:
    """The rasters in the catalogue that this caller may discover."""
    return [one for one in visit.snapshot.visible(visit.principal) if one.raster is not None and "stac" in one.services]


def home(one: Collection) -> str:
    """The path of a collection in the catalogue."""
    return f"/stac/collections/{quote(one.id, safe='')}"


async def _collection(visit: Visit, one: Collection) -> dict[str, Any]:
    box, (start, end) = await _extent(visit, one)
    title = one.title.in_(visit.lang)
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": one.id,
        "title": title,
        "description": one.description.in_(visit.lang),
        "keywords": list(one.keywords),
        "license": stac_item.licence_of(one),
        "providers": [{"name": one.credit(visit.lang), "roles": ["producer", "licensor"]}],
        "extent": {
            "spatial": {"bbox": [list(box or (-180.0, -90.0, 180.0, 90.0))]},
            "temporal": {"interval": [[start, end]]},
        },
        "summaries": {"proj:epsg": [srid_of(one)]},
        "links": [
            link(visit.url(home(one)), "self", "application/json", title),
            link(visit.url("/stac"), "root", "application/json", CATALOGUE.in_(visit.lang)),
            link(visit.url("/stac"), "parent", "application/json", CATALOGUE.in_(visit.lang)),
            link(visit.url(f"{home(one)}/items"), "items", GEOJSON, title),
            link(visit.url(f"{home(one)}/queryables"), QUERYABLES, "application/schema+json", FIELDS.in_(visit.lang)),
            link(visit.url(f"/collections/{quote(one.id, safe='')}/access"), "license", "text/html",
                 Text("Conditions d'accès et d'usage", "Terms of access and use").in_(visit.lang)),
        ],
    }  # fmt: skip


async def _extent(visit: Visit, one: Collection) -> tuple[tuple[float, ...] | None, tuple[str | None, str | None]]:
    """Where and when a collection is: of its vintages in force, or of its file; degrees, instants."""
    updated = one.declared.get("updated")
    day = f"{updated}T00:00:00Z" if updated else None
    if not (one.raster or {}).get("vintages"):
        if one.bbox is not None:
            return one.bbox, (day, day)
        row = await stac_item.of_file(one)
        points = json.loads(row["footprint"])["coordinates"][0] if row else []
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return ((min(xs), min(ys), max(xs), max(ys)) if points else None), (day, day)
    layer = (one, None, visit.snapshot.decide(visit.principal, "discover", one.id))
    found = (await visit.fetch(rasters.extent(one.id), layer))[0]
    if found[0] is None:
        return one.bbox, (day, day)
    box = tuple(round(float(value or 0), 7) for value in found[:4])
    return box, (found[4].decode() if found[4] else None, found[5].decode() if found[5] else None)
