"""Operations of the catalogue, each named by its route's row: records in their forms, and what harvesters read."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import CATALOGUE, GEOJSON, HTML, JSON, JSON_OR_HTML, PAGES, Operation

_FORMS = ("json", "html", "jsonld", "iso19139", "iso19115-3", "dcat", "ttl", "dcat-jsonld", "dc")
_RDF, _TURTLE, _XML, _LD = "application/rdf+xml", "text/turtle", "application/xml", "application/ld+json"
_RECORD = (
    (GEOJSON, "object"), (HTML, "html"), (_LD, "object"), (_XML, "text"), (_RDF, "text"),
    (_TURTLE, "text"),
)  # fmt: skip
_GONE = (400, 401, 403, 404, 406, 410, 429, 503)  # 410: taken down
_SCHEMA = (("application/schema+json", "object"), (HTML, "html"))

RECORD = Operation("record", Text("La fiche de métadonnées", "The metadata record"), CATALOGUE, _RECORD, formats=_FORMS,
                   errors=_GONE)  # fmt: skip
COLLECTION = Operation("recordsCollection", Text("Le catalogue des fiches", "The catalogue of records"), CATALOGUE,
                       JSON_OR_HTML, formats=PAGES)  # fmt: skip
ITEMS = Operation("records", Text("Chercher des fiches", "Search for records"), CATALOGUE,
                  ((GEOJSON, "object"), (HTML, "html")),
                  ("q", "recordType", "ids", "externalIds", "bbox", "datetime", "filter", "filter-lang", "filter-crs",
                   "recordSort", "recordLimit", "recordOffset", "facets"), PAGES)  # fmt: skip
QUERYABLES = Operation("recordQueryables", Text("Ce qu'on peut filtrer", "What filters may ask of records"), CATALOGUE,
                       _SCHEMA, formats=PAGES)  # fmt: skip
SORTABLES = Operation("recordSortables", Text("Ce par quoi on trie", "What may order records"), CATALOGUE, _SCHEMA,
                      formats=PAGES)  # fmt: skip
OPENSEARCH = Operation("opensearch", Text("La recherche, pour OpenSearch", "The search, for OpenSearch"), CATALOGUE,
                       (("application/opensearchdescription+xml", "text"),))  # fmt: skip
SITEMAP = Operation("sitemap", Text("Le plan des fiches", "The sitemap of records"), CATALOGUE, ((_XML, "text"),),
                    ("dcatPage",))  # fmt: skip
ITEM = Operation("recordItem", Text("Une fiche", "One record"), CATALOGUE, _RECORD, ("record",), _FORMS,
                 errors=_GONE)  # fmt: skip
CSW = (
    Operation("csw", Text("Le catalogue par CSW 2.0.2", "The catalogue by CSW 2.0.2"), CATALOGUE, ((_XML, "text"),),
              ("service", "request", "version"), ows=True),
    Operation("cswPost", Text("Le catalogue par CSW 2.0.2 (XML)", "The catalogue by CSW 2.0.2 (XML)"), CATALOGUE,
              ((_XML, "text"),), method="POST", body=((_XML, "text"),), ows=True),
)  # fmt: skip
DCAT = Operation("dcat", Text("Le catalogue en DCAT-AP", "The catalogue as DCAT-AP"), CATALOGUE,
                 ((_RDF, "text"), (_TURTLE, "text"), (_LD, "object")), ("dcatPage",),
                 ("dcat", "ttl", "jsonld"))  # fmt: skip
FEED = Operation("feed", Text("Les fiches, en Atom", "The records, as Atom"), CATALOGUE,
                 (("application/atom+xml", "text"),))  # fmt: skip
PACKAGE_LIST = Operation("packageList", Text("Les noms (CKAN)", "The names (CKAN)"), CATALOGUE, ((JSON, "object"),),
                         ("recordLimit", "recordOffset"))  # fmt: skip
PACKAGE_SHOW = Operation("packageShow", Text("Un jeu de données (CKAN)", "One dataset (CKAN)"), CATALOGUE,
                         ((JSON, "object"),), ("packageId",), errors=_GONE)  # fmt: skip
INVENTORY = Operation("inventory", Text("L'inventaire des données coproduites", "The inventory of coproduced data"),
                      CATALOGUE, JSON_OR_HTML, formats=PAGES)  # fmt: skip
OPENING = Operation("opening", Text("Les contrôles avant l'ouverture à tous", "The checks before opening to all"),
                    CATALOGUE, JSON_OR_HTML, formats=PAGES)  # fmt: skip
STANDARDS = Operation("standards", Text("Les standards à suivre", "Standards to follow"),
                      CATALOGUE, (*JSON_OR_HTML, ("text/calendar", "text")), formats=(*PAGES, "ics"))  # fmt: skip
OPEN_DATA = Operation("openData", Text("Le tableau des données ouvertes", "The board of open data"), CATALOGUE,
                      (*JSON_OR_HTML, ("text/csv", "text")), formats=(*PAGES, "csv"))  # fmt: skip
SCDL = Operation("scdlCatalogue", Text("Le catalogue SCDL", "The SCDL catalogue"), CATALOGUE,
                 (("text/csv", "text"), (JSON, "object")), formats=("csv", "json"))  # fmt: skip
OPEN_SET = Operation("openSet", Text("Un jeu du Socle Commun, de tous les organismes", "A common set, of all bodies"),
                     CATALOGUE, ((JSON, "object"), ("text/csv", "text")), ("set", "setLimit", "setOffset"),
                     ("json", "csv"))  # fmt: skip
