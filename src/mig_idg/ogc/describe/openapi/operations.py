"""The table of operations: one row for each method of each door that the public documentation speaks of.

A row whose door is not mounted is left out; a door without a row fails the suite.
"""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import (
    COLLECTIONS,
    FEATURES,
    HTML,
    JSON,
    RIGHTS,
    SERVICE,
    TILES,
    Operation,
)
from mig_idg.ogc.features import formats

PAGES = ("json", "html")
LINKED = ("json", "html", "jsonld")
_HERE = "/collections/{collection}"
_OF_ITEMS = (
    "limit", "offset", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs",
    "properties", "exclude-properties", "sortby", "q", "skipGeometry", "zoom-level", "simplify", "resulttype",
    "precision",
)  # fmt: skip


def _pages(schema: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return ((JSON, schema), (HTML, "html"), *more)


_SCHEMAS = {
    "json": "featureCollectionGeoJSON",
    "jsonfg": "featureCollectionGeoJSON",
    "html": "html",
    "csv": "text",
    "geojsonseq": "text",
    "gml": "text",
}
_LD = ("application/ld+json", "object")

OPERATIONS: tuple[Operation, ...] = (
    Operation("/", "landing", Text("Page d'accueil", "Landing page"), SERVICE, "listing",
              _pages("landingPage", _LD), formats=LINKED),
    Operation("/conformance", "conformance", Text("Classes de conformité", "Conformance classes"), SERVICE, "open",
              _pages("confClasses"), formats=PAGES),
    Operation("/openapi", "openapi", Text("Cette définition", "This definition"), SERVICE, "listing",
              (("application/vnd.oai.openapi+json;version=3.0", "object"), (HTML, "html")), formats=PAGES),
    Operation("/aide/connexion", "help", Text("Se connecter", "How to connect"), SERVICE, "open",
              ((HTML, "html"),), errors=(400, 401, 503)),
    Operation("/collections", "collections", Text("Les collections que vous pouvez connaître",
                                                  "The collections you may know of"),
              COLLECTIONS, "listing", _pages("collections", _LD), ("page", "start", "words", "bbox"), LINKED),
    Operation(_HERE, "collection", Text("Une collection", "One collection"), COLLECTIONS, "discover",
              _pages("collection", _LD), formats=LINKED),
    Operation(f"{_HERE}/access", "access", Text("Ce que vous pouvez faire, et pourquoi", "What you may do, and why"),
              RIGHTS, "discover", _pages("access"), formats=PAGES),
    Operation(f"{_HERE}/items", "items", Text("Les entités", "Features"), FEATURES, "query",
              tuple((form.media_type, _SCHEMAS.get(form.name, "binary")) for form in formats.ITEMS),
              _OF_ITEMS, tuple(form.name for form in formats.ITEMS), ("features",), properties=True, tabular=True),
    Operation(f"{_HERE}/items/{{item}}", "item", Text("Une entité", "One feature"), FEATURES, "query",
              tuple((form.media_type, {"html": "html"}.get(form.name, "featureGeoJSON")) for form in formats.ITEM),
              ("item", "crs", "properties", "exclude-properties", "skipGeometry", "precision"),
              tuple(form.name for form in formats.ITEM), ("features",), tabular=True),
    Operation(f"{_HERE}/queryables", "queryables", Text("Attributs interrogeables", "Queryables"), FEATURES, "query",
              (("application/schema+json", "jsonSchema"), (HTML, "html")), formats=PAGES, services=("features",),
              tabular=True),
    Operation(f"{_HERE}/schema", "schema", Text("Schéma", "Schema"), FEATURES, "query",
              (("application/schema+json", "jsonSchema"), (HTML, "html")), formats=PAGES, services=("features",),
              tabular=True),
    Operation(f"{_HERE}/sortables", "sortables", Text("Attributs de tri", "Sortables"), FEATURES, "query",
              (("application/schema+json", "jsonSchema"), (HTML, "html")), formats=PAGES, services=("features",),
              tabular=True),
    Operation(f"{_HERE}/tiles", "tilesets", Text("Jeux de tuiles", "Tilesets"), TILES, "view",
              ((JSON, "object"),), services=("tiles",), tabular=True),
    Operation(f"{_HERE}/tiles/{{tms}}", "tileset", Text("Un jeu de tuiles", "One tileset"), TILES, "view",
              ((JSON, "object"),), ("tms",), services=("tiles",), tabular=True),
    Operation(f"{_HERE}/tiles/{{tms}}/{{z}}/{{row}}/{{col}}", "tile", Text("Une tuile", "One tile"), TILES, "view",
              (("application/vnd.mapbox-vector-tile", "binary"),), ("tms", "z", "row", "col"), services=("tiles",),
              tabular=True),
)  # fmt: skip
