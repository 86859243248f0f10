"""Operations of the catalogue: records in their forms, OGC API Records, and what harvesters read."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import CATALOGUE, HTML, JSON, Operation

_PAGES = ("json", "html")
_FORMS = ("json", "html", "jsonld", "iso19139", "iso19115-3", "dcat", "ttl", "dcat-jsonld", "dc")
_RDF, _TURTLE, _XML, _LD = "application/rdf+xml", "text/turtle", "application/xml", "application/ld+json"
_RECORD = (
    ("application/geo+json", "object"), (HTML, "html"), (_LD, "object"), (_XML, "text"), (_RDF, "text"),
    (_TURTLE, "text"),
)  # fmt: skip
_HERE = "/collections/records"
_SCHEMA = (("application/schema+json", "object"), (HTML, "html"))
_SHOWN = ((JSON, "object"), (HTML, "html"))

OPERATIONS: tuple[Operation, ...] = (
    Operation("/collections/{collection}/record", "record",
              Text("La fiche de métadonnées", "The metadata record"), CATALOGUE, "discover", _RECORD, formats=_FORMS),
    Operation(_HERE, "recordsCollection", Text("Le catalogue des fiches", "The catalogue of records"), CATALOGUE,
              "listing", ((JSON, "object"), (HTML, "html")), formats=_PAGES),
    Operation(f"{_HERE}/items", "records", Text("Chercher des fiches", "Search for records"), CATALOGUE, "listing",
              (("application/geo+json", "object"), (HTML, "html")),
              ("q", "recordType", "ids", "externalIds", "bbox", "datetime", "filter", "filter-lang", "filter-crs",
               "recordSort", "recordLimit", "recordOffset", "facets"), _PAGES),
    Operation(f"{_HERE}/queryables", "recordQueryables",
              Text("Ce qu'on peut filtrer", "What filters may ask of records"), CATALOGUE, "listing", _SCHEMA,
              formats=_PAGES),
    Operation(f"{_HERE}/sortables", "recordSortables", Text("Ce par quoi on trie", "What may order records"),
              CATALOGUE, "listing", _SCHEMA, formats=_PAGES),
    Operation("/opensearch.xml", "opensearch", Text("La recherche, pour OpenSearch", "The search, for OpenSearch"),
              CATALOGUE, "listing", (("application/opensearchdescription+xml", "text"),)),
    Operation("/sitemap.xml", "sitemap", Text("Le plan des fiches", "The sitemap of records"), CATALOGUE, "listing",
              ((_XML, "text"),), ("dcatPage",)),
    Operation(f"{_HERE}/items/{{record}}", "recordItem", Text("Une fiche", "One record"), CATALOGUE, "listing",
              _RECORD, ("record",), _FORMS),
    Operation("/csw", "csw", Text("Le catalogue par CSW 2.0.2", "The catalogue by CSW 2.0.2"), CATALOGUE, "listing",
              ((_XML, "text"),), ("service", "request", "version"), ows=True),
    Operation("/csw", "cswPost", Text("Le catalogue par CSW 2.0.2 (XML)", "The catalogue by CSW 2.0.2 (XML)"),
              CATALOGUE, "listing", ((_XML, "text"),), method="POST", body=((_XML, "text"),), ows=True),
    Operation("/dcat", "dcat", Text("Le catalogue en DCAT-AP", "The catalogue as DCAT-AP"), CATALOGUE, "listing",
              ((_RDF, "text"), (_TURTLE, "text"), (_LD, "object")), ("dcatPage",), ("dcat", "ttl", "jsonld")),
    Operation("/feed.atom", "feed", Text("Les fiches, en Atom", "The records, as Atom"), CATALOGUE, "listing",
              (("application/atom+xml", "text"),)),
    Operation("/api/3/action/package_list", "packageList", Text("Les noms (CKAN)", "The names (CKAN)"), CATALOGUE,
              "listing", ((JSON, "object"),), ("recordLimit", "recordOffset")),
    Operation("/api/3/action/package_show", "packageShow", Text("Un jeu de données (CKAN)", "One dataset (CKAN)"),
              CATALOGUE, "listing", ((JSON, "object"),), ("packageId",)),
    Operation("/inventory", "inventory",
              Text("L'inventaire des données coproduites", "The inventory of coproduced data"), CATALOGUE, "listing",
              _SHOWN, formats=_PAGES),
    Operation("/harvest", "harvestSources", Text("Les catalogues moissonnés", "The catalogues that are harvested"),
              CATALOGUE, "listing", _SHOWN, formats=_PAGES),
    Operation("/harvest/{source}", "harvestSource", Text("Une source moissonnée", "One harvested source"), CATALOGUE,
              "listing", _SHOWN, ("source",), _PAGES),
    Operation("/harvest/{source}/runs/{run}", "harvestRun", Text("Une passe de moissonnage", "One run of harvesting"),
              CATALOGUE, "listing", _SHOWN, ("source", "run"), _PAGES),
)  # fmt: skip
