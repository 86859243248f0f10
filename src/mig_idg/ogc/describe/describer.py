"""The handlers that describe: landing page, conformance, collections, one collection.

A description depends on the publication, the facts of the charter, the caller's class of rights and the language. It is
computed once for each, off the event loop, and kept as bytes; the address of the service is written into it last, since
a caller who came through `/t/TOKEN/` follows links that keep the token.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import orjson

from mig_idg.errors import Lang, Text
from mig_idg.guard.negotiation import JSON_PAGES, LINKED_PAGES, only, wanted
from mig_idg.guard.operation import Operation
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, link
from mig_idg.guard.snapshot import Snapshot
from mig_idg.ogc.describe import conformance, entitlements, schema_org, search
from mig_idg.ogc.describe.access import access_document
from mig_idg.ogc.describe.collection import complete
from mig_idg.ogc.describe.document_cache import BASE, Document, Kept, document, fingerprint
from mig_idg.ogc.describe.entitlements import Entitlements
from mig_idg.ogc.describe.landing import landing_document
from mig_idg.ogc.describe.threads import Threads
from mig_idg.ogc.service_metadata import Service
from mig_idg.store.collection import Collection

ANSWERS_BYTES = 24 * 1024 * 1024
FRAGMENTS_BYTES = 24 * 1024 * 1024
HTML_PAGE = 50
# The document of a collection that holds no layer, on a base and in a language.
Listed = Callable[[str, Lang], dict[str, Any]]
LANDING_ROWS = 12
# In the list of collections each one keeps the links that lead to data; its own page has them all.
LISTED_RELS = frozenset({"self", "items", "license", "describedby"})


class Describer:
    """Descriptions of one service. `mounted` are the patterns of all routes of the application, `operations` those
    that their rows tell, `beside` the conformance classes of other slices, `listed` the collection that another slice
    adds to the list (records)."""

    def __init__(
        self, service: Service, mounted: Iterable[str] = (), beside: tuple[str, ...] = (), listed: Listed | None = None
    ) -> None:
        self.service = service
        self._listed = listed
        self._threads = Threads()
        self.mounted = frozenset(mounted)
        self.operations: tuple[Operation, ...] = ()
        self.conforms_to = conformance.classes(beside=beside)
        self._answers: Kept[Document] = Kept(ANSWERS_BYTES)
        self._answers_of: Snapshot | None = None
        self._fragments: Kept[bytes] = Kept(FRAGMENTS_BYTES)

    # The handlers.

    async def landing(self, request: Request) -> Response:
        """`/`: what the service is, and where everything starts."""
        only(request)
        form = wanted(request, LINKED_PAGES)
        if form == "jsonld":
            return await self._linked(
                request,
                "landing-ld",
                lambda: schema_org.of_service(self.service, BASE, request.lang),
            )
        pictures = any(
            one.raster
            and "maps" in one.services
            and request.snapshot.decide(request.principal, "view", one.id).permitted
            for one in request.snapshot.visible(request.principal)
        )
        body = await self.kept(
            request, ("landing", pictures), lambda: orjson.dumps(self._landing(request.lang, pictures))
        )
        if form == "html":
            first = search.Search(limit=LANDING_ROWS)
            listed = self._placed(request, await self._threads.run(self._list, request, first))
            return self.response(request, body, "landing", collections=orjson.loads(listed))
        return self.response(request, body, None)

    async def conformance(self, request: Request) -> Response:
        """`/conformance`: exactly the classes that our routes implement."""
        only(request)
        form = wanted(request, JSON_PAGES)
        body = document(orjson.dumps({"conformsTo": self.conforms_to}))
        return self.response(request, body, "conformance" if form == "html" else None)

    async def collections(self, request: Request) -> Response:
        """`/collections`: those that the caller may discover, with `limit`, `offset`, `q` and `bbox`."""
        only(request, "limit", "offset", "q", "bbox")
        form = wanted(request, LINKED_PAGES)
        if form == "jsonld":
            seen = request.snapshot.visible(request.principal)
            return await self._linked(
                request,
                "catalogue",
                lambda: schema_org.of_collections(self.service, seen, BASE, request.lang),
            )
        asked = search.parse(request.query, HTML_PAGE if form == "html" else None)
        if asked.everything:
            body = await self.kept(request, ("collections", form), lambda: self._list(request, asked, form == "json"))
        else:
            body = document(self._placed(request, await self._threads.run(self._list, request, asked, form == "json")))
        return self.response(request, body, "collections" if form == "html" else None, search=asked)

    async def collection(self, request: Request) -> Response:
        """`/collections/{collection}`: one collection."""
        only(request)
        form = wanted(request, LINKED_PAGES)
        collection = entitlements.asked(request)
        if form == "jsonld":
            return await self._linked(
                request,
                f"{collection.id}-ld",
                lambda: schema_org.of_collection(self.service, collection, BASE, request.lang),
            )
        body = await self.kept(
            request, ("collection", collection.id), lambda: orjson.dumps(self._document(request, collection))
        )
        if form == "html":
            return self.response(request, body, "collection", access=access_document(request, collection))
        return self.response(request, body, None)

    # What they are made of.

    def entitlements(self, request: Request, collection: Collection) -> Entitlements:
        """Where the caller stands before a collection, for the reading actions."""
        return entitlements.entitlements(
            request.snapshot, request.principal, collection, ("discover", *entitlements.SUMMED)
        )

    def document(self, request: Request, collection: Collection) -> dict[str, Any]:
        """The collection document with the caller's addresses, for the pages of other handlers."""
        placed: dict[str, Any] = orjson.loads(self._placed(request, self._fragment(request, collection, listed=False)))
        return placed

    def on_base(self, request: Request, collection: Collection) -> dict[str, Any]:
        """The collection document on `BASE`: for who keeps it for several addresses, and writes them last."""
        told: dict[str, Any] = orjson.loads(self._fragment(request, collection, listed=False))
        return told

    def _landing(self, lang: Lang, pictures: bool) -> dict[str, Any]:
        mounted = self.mounted if pictures else self.mounted - {"/map"}
        return landing_document(self.service, mounted, BASE, lang)

    def _document(self, request: Request, collection: Collection) -> Any:
        return orjson.Fragment(self._fragment(request, collection, listed=False))

    def _list(self, request: Request, asked: search.Search, whole: bool = False) -> bytes:
        """The layers that match; `whole`, with the catalogue of records, which pages for people lead to otherwise."""
        seen = request.snapshot.visible(request.principal)
        matched: list[Collection | dict[str, Any]] = [
            *search.found(seen, asked, self.service.extent, request.lang),
            *(self._beside(asked, request.lang) if whole else ()),
        ]
        end = len(matched) if asked.limit is None else asked.offset + asked.limit
        page = matched[asked.offset : end]
        return orjson.dumps(
            {
                "links": self._list_links(request, asked, len(matched)),
                "numberMatched": len(matched),
                "numberReturned": len(page),
                "collections": [
                    one if isinstance(one, dict) else orjson.Fragment(self._fragment(request, one, listed=True))
                    for one in page
                ],
            }
        )

    def _beside(self, asked: search.Search, lang: Lang) -> Iterable[dict[str, Any]]:
        """The collection of another slice, when words that are asked are its own; it has no extent to meet a box."""
        if self._listed is None or asked.bbox:
            return
        told = self._listed(BASE, lang)
        text = search.folded(f"{told['id']} {told['title']} {told['description']}")
        if all(word in text for word in asked.words):
            yield told

    def _list_links(self, request: Request, asked: search.Search, matched: int) -> list[dict[str, str]]:
        here, lang = f"{BASE}/collections", request.lang
        kept = {name: request.query[name] for name in ("q", "bbox") if name in request.query}
        pages = kept | ({"limit": str(asked.limit)} if asked.limit is not None else {})

        def page(offset: int, form: str = "json") -> str:
            return address(here, {**pages, **({"offset": str(offset)} if offset else {}), "f": form})

        found = [
            link(page(asked.offset), "self", "application/json",
                 Text("Ce document en JSON", "This document as JSON").in_(lang)),
            link(page(asked.offset, "html"), "alternate", "text/html",
                 Text("Ce document en HTML", "This document as HTML").in_(lang)),
            link(f"{here}?f=jsonld", "alternate", "application/ld+json",
                 Text("Le catalogue en RDF (JSON-LD, schema.org)", "The catalogue as RDF (JSON-LD)").in_(lang)),
            link(f"{BASE}/", "root", "application/json", Text("L'accueil du service", "The landing page").in_(lang)),
        ]  # fmt: skip
        if asked.limit is not None and asked.offset + asked.limit < matched:
            following = page(asked.offset + asked.limit)
            found.append(link(following, "next", "application/json", Text("Page suivante", "Next page").in_(lang)))
        if asked.offset and asked.limit is not None:
            before = page(max(0, asked.offset - asked.limit))
            found.append(link(before, "prev", "application/json", Text("Page précédente", "Previous page").in_(lang)))
        return found

    def _fragment(self, request: Request, collection: Collection, *, listed: bool) -> bytes:
        """A collection document on `BASE`, shared by all callers who stand alike before it."""
        place = self.entitlements(request, collection)
        key = (
            collection.generation,
            collection.id,
            collection.licence,
            request.lang,
            listed,
            place.key,
            request.snapshot.mention,
        )
        known = self._fragments.get(key)
        if known is not None:
            return known
        document = complete(
            place,
            attribution=request.snapshot.credit(collection, request.lang),
            mounted=self.mounted,
            bbox=collection.bbox or (self.service.extent if _placed_somewhere(collection) else None),
            base=BASE,
            lang=request.lang,
        )
        if listed:
            document["links"] = [one for one in document["links"] if _is_listed(one)]
        return self._fragments.keep(key, orjson.dumps(document))

    # Keeping, placing, answering.

    async def kept(self, request: Request, what: tuple[Hashable, ...], make: Callable[[], bytes]) -> Document:
        """The document of this caller's class, computed once, with the caller's addresses.

        Addresses that hold a token are written each time, and kept by nobody.
        """
        answers = self._of(request.snapshot)
        key = (request.principal.key, request.lang, request.tokened, *what)
        found = answers.get(key)
        if found is None:

            def made() -> Document:
                if (meanwhile := answers.get(key)) is not None:
                    return meanwhile
                body = make()
                return answers.keep(key, document(body if request.tokened else self._placed(request, body)))

            found = await self._threads.run(made)
        if not request.tokened:
            return found
        mark = fingerprint(f"{found.mark} {request.base_url}".encode())
        return Document(self._placed(request, found.body), mark)

    def _of(self, snapshot: Snapshot) -> Kept[Document]:
        """What is kept of this snapshot: another one starts from nothing, so that no right outlives it here."""
        if self._answers_of is not snapshot:
            self._answers, self._answers_of = Kept(ANSWERS_BYTES), snapshot
        return self._answers

    def _placed(self, request: Request, document: bytes) -> bytes:
        return document.replace(BASE.encode(), orjson.dumps(request.base_url)[1:-1])

    def response(self, request: Request, found: Document, page: str | None, **context: Any) -> Response:
        """The document itself, or the page that is rendered from it."""
        if page is not None:
            return Response(
                media_type="text/html; charset=utf-8",
                page=(page, {"document": orjson.loads(found.body), **context}),
                headers={"content-language": request.lang},
            )
        return sent(request, found)

    async def _linked(self, request: Request, what: str, make: Callable[[], Mapping[str, Any]]) -> Response:
        found = await self.kept(request, (what,), lambda: orjson.dumps(make()))
        return sent(request, found, "application/ld+json")


def sent(request: Request, found: Document, media_type: str = "application/json") -> Response:
    """A document as an answer."""
    return Response(
        body=found.body,
        media_type=media_type,
        etag=found.mark,
        headers={"content-language": request.lang},
        packed=found.packed,
    )


def address(path: str, query: Mapping[str, str]) -> str:
    """An address with its query, percent-encoded."""
    from urllib.parse import urlencode

    return f"{path}?{urlencode(query, safe=',')}" if query else path


def _is_listed(one: Mapping[str, str]) -> bool:
    if one["rel"] == "describedby":
        return one["type"] == "application/json"
    if one["rel"] == "items":
        return one["type"] in ("application/geo+json", "text/html")
    return one["rel"] in LISTED_RELS or "tilesets" in one["rel"] or one["rel"].endswith(("/map", "/coverage"))


def _placed_somewhere(collection: Collection) -> bool:
    return (
        collection.raster is not None
        or collection.plugin is not None
        or (collection.table is not None and collection.table.geometry is not None)
    )
