"""The landing page: the service's title and description, and the links of the routes that are really there."""

from __future__ import annotations

from collections.abc import Collection as Set
from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.guard.response import link
from mig_idg.ogc.service_metadata import Service

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

# rel, path, media type, title; shown when the path is a route. `data` and `conformance` twice: Features and Common.
_LINKS: tuple[tuple[str, str, str, Text], ...] = (
    ("service-desc", "/openapi?f=json", OPENAPI, Text("La définition OpenAPI 3.0", "The OpenAPI 3.0 definition")),
    ("service-doc", "/openapi?f=html", "text/html", Text("La définition OpenAPI, lisible", "The API, to be read")),
    ("conformance", "/conformance", "application/json", Text("Les classes de conformité", "Conformance classes")),
    (f"{REL}conformance", "/conformance", "application/json",
     Text("Les classes de conformité", "Conformance classes")),
    ("data", "/collections", "application/json", Text("Les collections", "The collections")),
    (f"{REL}data", "/collections", "application/json", Text("Les collections", "The collections")),
    (f"{REL}tiling-schemes", "/tileMatrixSets", "application/json",
     Text("Les quadrillages de tuiles", "The tile matrix sets")),
    (f"{REL}tilesets-vector", "/tiles", "application/json",
     Text("Les tuiles de plusieurs collections", "Tiles of several collections")),
    (f"{REL}map", "/map", "image/png", Text("La carte de toutes les images", "The map of all pictures")),
    (f"{REL}ogc-catalog", "/collections/records", "application/json",
     Text("Le catalogue des fiches", "The catalogue of records")),
    (f"{REL}ogc-catalog", "/collections/records/items", "application/geo+json",
     Text("Chercher dans le catalogue", "Searching the catalogue")),
    ("alternate", "/dcat", "application/rdf+xml", Text("Le catalogue en DCAT-AP", "The catalogue as DCAT-AP")),
    ("search", "/opensearch.xml", "application/opensearchdescription+xml",
     Text("La recherche dans le catalogue (OpenSearch)", "Searching the catalogue (OpenSearch)")),
    ("alternate", "/feed.atom", "application/atom+xml",
     Text("Ce qui change dans le catalogue (Atom)", "What changes in the catalogue (Atom)")),
    ("related", "/csw?service=CSW&request=GetCapabilities", "application/xml",
     Text("Le catalogue par CSW 2.0.2", "The catalogue by CSW 2.0.2")),
    (f"{REL}processes", "/processes", "application/json", Text("Les traitements", "The processes")),
    ("search", "/stac/search", "application/geo+json", Text("La recherche STAC", "STAC search")),
    # Its description, which says where to POST a question (AuthZEN 1.0, 9): a link is something one can GET.
    ("access", "/.well-known/authzen-configuration", "application/json",
     Text("Le service de décision : puis-je, et pourquoi ?", "The decision service: may I, and why?")),
    ("help", "/aide/connexion", "text/html", Text("Se connecter depuis QGIS ou une application",
                                                  "How to connect from QGIS or an application")),
)  # fmt: skip


def landing_document(service: Service, mounted: Set[str], base: str, lang: Lang) -> dict[str, Any]:
    """The landing page on `base`. Clauses: OGC 17-069r4 §7.2, 19-072 §8.1."""
    document: dict[str, Any] = {
        "title": service.metadata.identification.title.in_(lang),
        "description": service.metadata.identification.description.in_(lang),
        "attribution": service.metadata.provider.name,
    }
    if service.extent:
        document["extent"] = {
            "spatial": {"bbox": [list(service.extent)], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
        }
    document["links"] = [
        link(f"{base}/?f=json", "self", "application/json",
             Text("Ce document en JSON", "This document as JSON").in_(lang)),
        link(f"{base}/?f=html", "alternate", "text/html",
             Text("Ce document en HTML", "This document as HTML").in_(lang)),
        link(f"{base}/?f=jsonld", "alternate", "application/ld+json",
             Text("Ce document en RDF (JSON-LD, schema.org)", "This document as RDF (JSON-LD)").in_(lang)),
        *(
            link(f"{base}{path}", rel, media, title.in_(lang))
            for rel, path, media, title in _LINKS
            if path.split("?")[0] in mounted
        ),
    ]  # fmt: skip
    if service.metadata.identification.terms_of_service:
        document["links"].append(
            link(service.metadata.identification.terms_of_service, "terms-of-service", "text/html",
                 Text("Conditions d'utilisation", "Terms of service").in_(lang))
        )  # fmt: skip
    if service.metadata.license:
        document["links"].append(
            link(service.metadata.license.url, "license", "text/html", service.metadata.license.name)
        )
    return document
