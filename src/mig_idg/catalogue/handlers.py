"""The handlers of the catalogue: one record in each of its forms, the collection of records, DCAT, the feed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from mig_idg.catalogue import (
    atom,
    ckan,
    dublin_core,
    iso19115_3,
    iso19139,
    opensearch,
    queryables,
    rdf,
    records_json,
    schema_org,
    sitemap,
)
from mig_idg.catalogue.conformance import CONFORMANCE
from mig_idg.catalogue.model import HOME, Deleted, Record
from mig_idg.catalogue.parameters import NAMES, Page, page, whole
from mig_idg.catalogue.search import Index, facets
from mig_idg.catalogue.source import Records, home_of, stamp_of
from mig_idg.errors import InvalidParameter, Lang, NotFound, Text
from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, link
from mig_idg.guard.withdrawn import NO_REASON

GEOJSON = "application/geo+json"
FORMS: Mapping[str, str] = {
    "json": GEOJSON,
    "html": "text/html",
    "jsonld": "application/ld+json",
    "iso19139": "application/xml",
    "iso19115-3": "application/xml",
    "dcat": "application/rdf+xml",
    "ttl": "text/turtle",
    "dcat-jsonld": "application/ld+json",
    "dc": "application/xml",
}
LISTED: Mapping[str, str] = {"json": GEOJSON, "html": "text/html"}
SCHEMAS: Mapping[str, str] = {"json": "application/schema+json", "html": "text/html"}
DESCRIBED: Mapping[str, str] = {"json": "application/json", "html": "text/html"}
GRAPHS: Mapping[str, str] = {"dcat": "application/rdf+xml", "ttl": "text/turtle", "jsonld": "application/ld+json"}
_GRAPH = {"dcat": "xml", "ttl": "turtle", "jsonld": "json-ld", "dcat-jsonld": "json-ld"}
_WRITERS: Mapping[str, Callable[[Record], bytes]] = {
    "jsonld": lambda record: orjson.dumps(schema_org.document(record)),
    "iso19139": iso19139.document,
    "iso19115-3": iso19115_3.document,
    "dcat": lambda record: rdf.document(record, "xml"),
    "ttl": lambda record: rdf.document(record, "turtle"),
    "dcat-jsonld": lambda record: rdf.document(record, "json-ld"),
    "dc": dublin_core.document,
}
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
DCAT_PAGE = 100
FEED_LENGTH = 100
TITLE = Text("Le catalogue des fiches de métadonnées", "The catalogue of metadata records")
DESCRIPTION = Text(
    "Une fiche par jeu de données que vous pouvez connaître : ce qu'il est, qui en répond, qui peut l'utiliser et"
    " comment.",
    "A record for each dataset that you may know of: what it is, who answers for it, who may use it and how.",
)


def listed(base: str, lang: Lang) -> dict[str, Any]:
    """The catalogue as a collection of records, on `base`: what the list of collections says of it too."""
    here = f"{base}/collections/records"
    return {
        "id": "records",
        "type": "Collection",
        "itemType": "record",
        "title": TITLE.in_(lang),
        "description": DESCRIPTION.in_(lang),
        "conformsTo": list(CONFORMANCE),
        "language": records_json.LANGUAGE[lang],
        "languages": list(records_json.LANGUAGE.values()),
        "crs": [CRS84],
        "defaultSortOrder": [{"field": "title", "direction": "asc"}],
        "links": [
            link(f"{here}?f=json", "self", "application/json", Text("Ce document", "This document").in_(lang)),
            link(f"{here}?f=html", "alternate", "text/html", Text("Lisible", "To be read").in_(lang)),
            link(f"{base}/", "root", "application/json", Text("L'accueil", "The landing page").in_(lang)),
            link(f"{here}/items", "items", GEOJSON, Text("Les fiches", "The records").in_(lang)),
            link(f"{here}/items?f=html", "items", "text/html", Text("Les fiches", "The records").in_(lang)),
            link(f"{here}/queryables", f"{REL}queryables", SCHEMAS["json"],
                 Text("Ce qu'on peut filtrer", "Queryables").in_(lang)),
            link(f"{here}/sortables", f"{REL}sortables", SCHEMAS["json"],
                 Text("Ce par quoi on peut trier", "Sortables").in_(lang)),
            link(f"{base}/dcat", "alternate", "application/rdf+xml", "DCAT-AP"),
            link(f"{base}/feed.atom", "alternate", "application/atom+xml", "Atom"),
            link(f"{base}/opensearch.xml", "search", opensearch.MEDIA_TYPE, "OpenSearch"),
        ],
    }  # fmt: skip


class Catalogue:
    """The catalogue of one service."""

    def __init__(self, records: Records) -> None:
        self.records = records

    async def record(self, request: Request) -> Response:
        """`/collections/{collection}/record`: its metadata, in the form asked for."""
        only(request)
        if request.collection is None:
            raise NotFound(Text("Cette collection n'existe pas.", "There is no such collection."))
        return self._record(request, self.records.one(request, request.collection))

    async def item(self, request: Request) -> Response:
        """`/collections/records/items/{record}`: the same, as an item of the catalogue."""
        only(request)
        return self._record(request, await self.records.found(request, request.params["record"]))

    async def collection(self, request: Request) -> Response:
        """`/collections/records`: the catalogue itself."""
        only(request)
        form = wanted(request, DESCRIBED)
        index = await self.records.index(request)
        return self._sent(request, form, self._described(request, index), DESCRIBED[form], "records_collection")

    async def items(self, request: Request) -> Response:
        """`/collections/records/items`: the records that match."""
        only(request, *NAMES)
        form = wanted(request, LISTED)
        asked = page(self._named_here(request))
        index = await self.records.index(request)
        found = index.find(asked.search)
        shown = found[asked.offset : asked.offset + asked.limit]
        base = self.records.descriptions.base
        document: dict[str, Any] = {
            "type": "FeatureCollection",
            "numberMatched": len(found),
            "numberReturned": len(shown),
            "features": [records_json.document(one, base, listed=True) for one in shown],
            "links": self._pages(request, asked, len(found)),
        }
        if asked.facets or form == "html":
            document["facets"] = facets(found)
        return self._sent(request, form, document, GEOJSON, "records")

    async def queryables(self, request: Request) -> Response:
        """`/collections/records/queryables`: what a filter may ask of records."""
        return self._schema(request, "queryables", queryables.queryables)

    async def sortables(self, request: Request) -> Response:
        """`/collections/records/sortables`: what may order them."""
        return self._schema(request, "sortables", queryables.sortables)

    async def dcat(self, request: Request) -> Response:
        """`/dcat`: the whole catalogue as DCAT-AP, page by page."""
        only(request, "page")
        form = wanted(request, GRAPHS)
        number = whole(request.query, "page", 1, 1)
        index = await self.records.index(request)
        pages = max(1, -(-len(index.records) // DCAT_PAGE))
        if number > pages:
            raise InvalidParameter(
                "page", Text(f"Le catalogue a {pages} page(s).", f"The catalogue has {pages} page(s).")
            )
        body = rdf.catalogue(
            index.records[(number - 1) * DCAT_PAGE : number * DCAT_PAGE],
            self.records.publisher,
            request.lang,
            _GRAPH[form],
            total=len(index.records),
            page=number,
            pages=pages,
            modified=stamp_of(request.snapshot).isoformat(),
            deleted=await self._deleted(request) if number == 1 else (),
        )
        return self._bytes(request, body, GRAPHS[form])

    async def feed(self, request: Request) -> Response:
        """`/feed.atom`: the records, what was updated last first."""
        only(request)
        index = await self.records.index(request)
        latest = sorted(index.records, key=lambda one: (one.revised or one.stamp, one.id), reverse=True)[:FEED_LENGTH]
        body = atom.document(latest, self.records.publisher, request.lang, stamp_of(request.snapshot).isoformat(),
                             await self._deleted(request))  # fmt: skip
        return self._bytes(request, body, "application/atom+xml")

    async def opensearch(self, request: Request) -> Response:
        """`/opensearch.xml`: how a browser or a client searches here."""
        only(request)
        return self._bytes(request, opensearch.document(self.records.publisher, request.lang), opensearch.MEDIA_TYPE)

    async def sitemap(self, request: Request) -> Response:
        """`/sitemap.xml`: the pages of records, in files of a bounded length."""
        only(request, "page")
        records = (await self.records.index(request)).records
        count, number = sitemap.pages(records), whole(request.query, "page", 0, 1)
        if number > count:
            raise InvalidParameter("page", Text(f"Le plan a {count} page(s).", f"The sitemap has {count} page(s)."))
        if count > 1 and not number:
            return self._bytes(request, sitemap.index(count), "application/xml")
        start = (max(number, 1) - 1) * sitemap.MOST
        return self._bytes(request, sitemap.document(records[start : start + sitemap.MOST]), "application/xml")

    async def packages(self, request: Request) -> Response:
        """`/api/3/action/package_list`: the names, as CKAN gives them."""
        only(request, "limit", "offset")
        index = await self.records.index(request)
        start = whole(request.query, "offset", 0, 0)
        names = [one.id for one in index.records][start : start + whole(request.query, "limit", 10_000, 1)]
        return self._bytes(request, orjson.dumps(ckan.answer("package_list", names)), "application/json")

    async def package(self, request: Request) -> Response:
        """`/api/3/action/package_show?id=`: one dataset, as CKAN gives it."""
        only(request, "id")
        if "id" not in request.query:
            raise InvalidParameter("id", Text("« id » est attendu.", "“id” is expected."))
        record = await self.records.found(request, request.query["id"])
        body = orjson.dumps(ckan.answer("package_show", ckan.package(record)))
        return self._bytes(request, body, "application/json")

    # What they are made of.

    async def _deleted(self, request: Request) -> tuple[Deleted, ...]:
        """What was taken down: for who keeps copies of our records."""
        day = request.snapshot.day.isoformat()
        return tuple(
            Deleted(
                one.id,
                one.title.in_(request.lang),
                (grave.since if grave else None) or day,
                (grave.reason if grave else None) or NO_REASON.in_(request.lang),
            )
            for one, grave in await self.records.graves(request)
        )

    def _named_here(self, request: Request) -> dict[str, str]:
        """The query with our own addresses as records hold them, so that identifiers are compared as they are told."""
        home = home_of(request)
        return {
            name: value.replace(home, HOME) if name in ("ids", "externalIds") else value
            for name, value in request.query.items()
        }

    def _record(self, request: Request, record: Record) -> Response:
        form = wanted(request, FORMS)
        if form in _WRITERS:
            return self._bytes(request, _WRITERS[form](record), FORMS[form])
        document = records_json.document(record, self.records.descriptions.base)
        return self._sent(request, form, document, GEOJSON, "record")

    def _schema(self, request: Request, kind: str, write: Callable[[str, str, Lang], dict[str, Any]]) -> Response:
        only(request)
        form = wanted(request, SCHEMAS)
        here = f"{self.records.descriptions.base}/collections/records"
        document = write(here, TITLE.in_(request.lang), request.lang)
        return self._sent(request, form, {**document, "kind": kind} if form == "html" else document, SCHEMAS[form],
                          "records_schema")  # fmt: skip

    def _described(self, request: Request, index: Index) -> dict[str, Any]:
        document = {
            **listed(self.records.descriptions.base, request.lang),
            "updated": f"{stamp_of(request.snapshot).isoformat()}T00:00:00Z",
        }
        boxes = [one.bbox for one in index.records if one.bbox is not None]
        if boxes:
            west, south, east, north = zip(*boxes, strict=True)
            spatial = {"bbox": [[min(west), min(south), max(east), max(north)]]}
            document["extent"] = {"spatial": {**spatial, "crs": CRS84}}
        return document

    def _pages(self, request: Request, asked: Page, matched: int) -> list[dict[str, str]]:
        here, lang = f"{self.records.descriptions.base}/collections/records/items", request.lang
        kept = {name: value for name, value in request.query.items() if name in NAMES and name != "offset"}

        def address(offset: int, form: str = "json") -> str:
            told = {**kept, **({"offset": str(offset)} if offset else {}), "f": form}
            return f"{here}?{urlencode(told, safe=',')}"

        found = [
            link(address(asked.offset), "self", GEOJSON, Text("Cette page", "This page").in_(lang)),
            link(address(asked.offset, "html"), "alternate", "text/html", Text("Lisible", "To be read").in_(lang)),
            link(f"{self.records.descriptions.base}/collections/records", "collection", "application/json",
                 TITLE.in_(lang)),
        ]  # fmt: skip
        if asked.offset + asked.limit < matched:
            following = address(asked.offset + asked.limit)
            found.append(link(following, "next", GEOJSON, Text("Page suivante", "Next page").in_(lang)))
        if asked.offset:
            before = address(max(0, asked.offset - asked.limit))
            found.append(link(before, "prev", GEOJSON, Text("Page précédente", "Previous page").in_(lang)))
        return found

    def _sent(self, request: Request, form: str, document: Mapping[str, Any], media: str, name: str) -> Response:
        body = orjson.dumps(document)
        if form == "html":
            placed = orjson.loads(self.records.placed(request, body))
            return Response(
                media_type="text/html; charset=utf-8",
                page=(name, {"document": placed}),
                headers={"content-language": request.lang},
            )
        return self._bytes(request, body, media)

    def _bytes(self, request: Request, body: bytes, media: str) -> Response:
        placed = self.records.placed(request, body)
        mark = hashlib.blake2b(placed, digest_size=12).hexdigest()
        return Response(body=placed, media_type=media, etag=mark, headers={"content-language": request.lang})
