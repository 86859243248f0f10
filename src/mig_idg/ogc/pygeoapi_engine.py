"""pygeoapi describes: its plain handlers, called on a configuration that holds only what one caller may see.

A handler is a function of (API, request) to (headers, status, content). For each description we make a fresh `API`
from values (0.12 ms), hand it the resources of this caller and nothing else, and let it go: no object outlives the
answer, so nothing of one caller can be left for the next. The configuration has no data, no path, no password: its
`provider` is a name that pygeoapi never has to load for what we ask of it.

Addresses are written on `BASE`, which no caller can reach, and replaced last: what is computed for one rights class and
language serves every address by which the service is reached.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from pygeoapi.api import API, APIRequest, describe_collections, landing_page

from mig_idg.errors import Lang, Text, Unavailable
from mig_idg.ogc import pygeoapi_internals
from mig_idg.ogc.service_metadata import Service
from mig_idg.store.collection import Collection
from mig_idg.store.crs import offered, storage_crs

BASE = "https://base.invalid"
THREADS = 2
QUEUE = 512
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
WORLD = (-180.0, -90.0, 180.0, 90.0)

FRENCH = {
    "This document as JSON": "Ce document en JSON",
    "This document as HTML": "Ce document en HTML",
    "This document as RDF (JSON-LD)": "Ce document en RDF (JSON-LD, schema.org)",
    "The landing page of this server as JSON": "La page d'accueil du service en JSON",
    "The landing page of this server as HTML": "La page d'accueil du service en HTML",
    "The OpenAPI definition as JSON": "La définition OpenAPI en JSON",
    "The OpenAPI definition as HTML": "La définition OpenAPI, lisible",
    "Conformance": "Les classes de conformité",
    "Collections": "Les collections",
    "Schema of collection in JSON": "Le schéma de la collection",
    "Schema of collection in HTML": "Le schéma de la collection, lisible",
    "Queryables for this collection as JSON": "Les attributs interrogeables",
    "Queryables for this collection as HTML": "Les attributs interrogeables, lisibles",
    "Items as GeoJSON": "Les entités en GeoJSON",
    "Items as HTML": "Les entités en HTML",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The little of a web request that pygeoapi reads: no credential, no header, no body reaches it."""

    query_params: Mapping[str, str]
    headers: Mapping[str, str]
    scope: Mapping[str, str]


class Engine:
    """pygeoapi for one service description. Methods are plain; `in_thread` runs one without holding the event loop."""

    def __init__(self, service: Service) -> None:
        pygeoapi_internals.prepare(FRENCH)
        logging.getLogger("pygeoapi").setLevel(logging.WARNING)
        self._service = service
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="pygeoapi")
        self._waiting = 0

    async def in_thread[T](self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work` in the bounded executor. Raises Unavailable when too many callers already wait."""
        if self._waiting >= QUEUE:
            error = Unavailable(Text("Trop de descriptions en cours.", "Too many descriptions under way."))
            error.headers["retry-after"] = "1"
            raise error
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)
        finally:
            self._waiting -= 1

    def landing(self, lang: Lang, form: str = "json") -> dict[str, Any]:
        """The landing page as pygeoapi writes it; `form` is `json` or `jsonld`."""
        return self._call(landing_page, {}, lang, form)

    def collection(self, collection: Collection, lang: Lang, form: str = "json") -> dict[str, Any]:
        """One collection as pygeoapi writes it, from a configuration in which it is alone."""
        return self._call(describe_collections, {collection.id: self._resource(collection)}, lang, form, collection.id)

    def catalogue(self, collections: tuple[Collection, ...], lang: Lang) -> dict[str, Any]:
        """The schema.org catalogue of what the caller may discover."""
        resources = {collection.id: self._resource(collection) for collection in collections}
        return self._call(describe_collections, resources, lang, "jsonld")

    def _call(
        self, handler: Callable[..., Any], resources: dict[str, Any], lang: Lang, form: str, *arguments: str
    ) -> dict[str, Any]:
        api = API(self._config(resources), {})
        request = APIRequest(_Asked({"f": form, "lang": lang}, {}, {"path": "/"}), api.locales)
        _, status, content = handler(api, request, *arguments)
        if status != HTTPStatus.OK:
            raise Unavailable(Text("La description est indisponible.", "The description is unavailable."))
        document: dict[str, Any] = orjson.loads(content)
        return document

    def _config(self, resources: dict[str, Any]) -> dict[str, Any]:
        metadata = self._service.metadata
        identification = metadata.identification
        contact = metadata.contact.model_dump(exclude_none=True) if metadata.contact else {}
        return {
            "server": {
                "url": BASE,
                "languages": ["fr", "en"],
                "encoding": "utf-8",
                "gzip": False,
                "admin": False,
                "templates": {"path": "/nonexistent", "static": "/nonexistent"},
                "limits": {"default_items": 1000, "max_items": 10_000},
            },
            "logging": {"level": "WARNING"},
            "metadata": {
                "identification": {
                    "title": identification.title.model_dump(),
                    "description": identification.description.model_dump(),
                    "keywords": {"fr": list(identification.keywords.fr), "en": list(identification.keywords.en)},
                    "terms_of_service": identification.terms_of_service,
                    "url": identification.url or BASE,
                },
                "license": metadata.license.model_dump() if metadata.license else {},
                "provider": metadata.provider.model_dump(exclude_none=True),
                "contact": contact,
            },
            "resources": resources,
        }

    def _resource(self, collection: Collection) -> dict[str, Any]:
        """A collection in pygeoapi's words. The extent is the one that may be told, never one of hidden rows."""
        bbox = collection.bbox or self._service.extent or WORLD
        keywords = list(collection.keywords)
        return {
            "type": "collection",
            "title": {"fr": collection.title.fr, "en": collection.title.en},
            "description": {"fr": collection.description.fr, "en": collection.description.en},
            "keywords": {"fr": keywords, "en": keywords} if keywords else [],
            "extents": {"spatial": {"bbox": [list(bbox)], "crs": CRS84}},
            "providers": [_provider(collection)],
        }


def _provider(collection: Collection) -> dict[str, Any]:
    """A provider that says which CRS are offered; `features` is never loaded, our own routes carry the rows."""
    table = collection.table
    geometry = table.geometry if table else None
    provider: dict[str, Any] = {"type": "feature", "name": "mig-idg", "data": ""}
    provider["crs"] = [
        crs.uri
        for crs in offered(
            geometry.srid if geometry else None, bool(geometry and geometry.has_z), table.area if table else None
        )
    ]
    if geometry:
        provider["storage_crs"] = storage_crs(geometry.srid).uri
    return provider
