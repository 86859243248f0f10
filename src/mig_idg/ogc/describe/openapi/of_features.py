"""Operations of OGC API Features."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import FEATURES, HTML, JSON, Operation
from mig_idg.ogc.features import formats

PAGES = ("json", "html")
_HERE = "/collections/{collection}"
_VERSION = f"{_HERE}/versions/{{version}}"
_KEPT = (400, 401, 403, 404, 406, 410, 429, 503)
_GEOJSON = "application/geo+json"
_SERVED = ("features",)
_OF_ITEMS = (
    "limit", "offset", "after", "before", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs",
    "properties", "exclude-properties", "sortby", "q", "skipGeometry", "zoom-level", "simplify", "resulttype",
    "precision",
)  # fmt: skip
_OF_ITEM = ("item", "crs", "properties", "exclude-properties", "skipGeometry", "precision")
_SCHEMAS = {
    "json": "featureCollectionGeoJSON",
    "jsonfg": "featureCollectionGeoJSON",
    "html": "html",
    "csv": "text",
    "geojson": "featureCollectionGeoJSON",
    "fgjson": "featureCollectionGeoJSON",
    "geojsonseq": "text",
    "gml": "text",
}
_LOOKED_AT = tuple(form for form in formats.ITEMS if not form.bulk)


def _words(several: tuple[formats.Format, ...]) -> tuple[str, ...]:
    return tuple(form.name for form in several)


def _medias(several: tuple[formats.Format, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((form.media_type, _SCHEMAS.get(form.name, "binary")) for form in several)


# Of a source that a plug-in reads: paged by `offset`, its geometries whole.
_OF_ITEMS_OF_PLUGIN = tuple(
    name for name in _OF_ITEMS if name not in ("after", "before", "zoom-level", "simplify")
)  # fmt: skip


def _of_schema(kind: str, fr: str, en: str, *, plugin: bool = False) -> Operation:
    return Operation(
        f"{_HERE}/{kind}", kind, Text(fr, en), FEATURES, "query",
        (("application/schema+json", "jsonSchema"), (HTML, "html")), (), PAGES, _SERVED, tabular=not plugin,
        plugin=plugin,
    )  # fmt: skip


def _write(method: str, id: str, fr: str, en: str, *, body: str | None, success: str) -> Operation:
    return Operation(
        f"{_HERE}/items/{{item}}", id, Text(fr, en), FEATURES, "contribute", (), ("item", "If-Match"),
        services=_SERVED, method=method, success=success, body=((body, "featureGeoJSON"),) if body else (),
        errors=(400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503), tabular=True, editable=True,
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation(f"{_HERE}/items", "items", Text("Les entités", "Features"), FEATURES, "query", _medias(formats.ITEMS),
              _OF_ITEMS, _words(formats.ITEMS), _SERVED, properties=True, tabular=True),
    Operation(f"{_HERE}/items", "search", Text("La même question, dans le corps", "The same question, in the body"),
              FEATURES, "query", _medias(_LOOKED_AT), (), _words(_LOOKED_AT), _SERVED, method="POST",
              body=(("application/cql2+json", "object"), (JSON, "object"),
                    ("application/x-www-form-urlencoded", "object"), ("application/cql2-text", "text")),
              errors=(400, 401, 403, 404, 406, 413, 415, 429, 503), tabular=True),
    Operation(f"{_HERE}/items", "create", Text("Créer une entité", "Create a feature"), FEATURES, "contribute", (),
              services=_SERVED, method="POST", success="201", body=((_GEOJSON, "featureGeoJSON"),),
              errors=(400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503), tabular=True, editable=True),
    Operation(f"{_HERE}/items/{{item}}", "item", Text("Une entité", "One feature"), FEATURES, "query",
              tuple((form.media_type, "html" if form is formats.HTML else "featureGeoJSON") for form in formats.ITEM),
              _OF_ITEM, _words(formats.ITEM), _SERVED, tabular=True),
    _write("PUT", "replace", "Remplacer une entité", "Replace a feature", body=_GEOJSON, success="204"),
    _write("PATCH", "update", "Modifier une entité", "Update a feature", body="application/merge-patch+json",
           success="204"),
    _write("DELETE", "delete", "Supprimer une entité", "Delete a feature", body=None, success="204"),
    _of_schema("queryables", "Attributs interrogeables", "Queryables"),
    _of_schema("schema", "Schéma", "Schema"),
    _of_schema("sortables", "Attributs de tri", "Sortables"),
    Operation(f"{_HERE}/items", "items", Text("Les entités", "Features"), FEATURES, "query",
              _medias(formats.OF_PLUGIN), _OF_ITEMS_OF_PLUGIN, _words(formats.OF_PLUGIN), _SERVED, plugin=True),
    Operation(f"{_HERE}/items/{{item}}", "item", Text("Une entité", "One feature"), FEATURES, "query",
              ((_GEOJSON, "featureGeoJSON"), (HTML, "html")), _OF_ITEM, _words(formats.ITEM_OF_PLUGIN), _SERVED,
              plugin=True),
    _of_schema("queryables", "Attributs interrogeables", "Queryables", plugin=True),
    _of_schema("schema", "Schéma", "Schema", plugin=True),
    _of_schema("sortables", "Attributs de tri", "Sortables", plugin=True),
    Operation(f"{_HERE}/versions", "versions", Text("Les versions", "Versions"), FEATURES, "query",
              ((JSON, "object"), (HTML, "html")), (), PAGES, _SERVED, tabular=True),
    Operation(f"{_VERSION}", "version", Text("Une version", "One version"), FEATURES, "query",
              ((JSON, "object"), (HTML, "html")), ("version",), PAGES, _SERVED, errors=_KEPT, tabular=True),
    Operation(f"{_VERSION}/items", "versionItems", Text("Les entités d'une version", "Features of a version"),
              FEATURES, "query", _medias(formats.ITEMS), ("version", *_OF_ITEMS), _words(formats.ITEMS), _SERVED,
              errors=_KEPT, properties=True, tabular=True),
    Operation(f"{_VERSION}/items/{{item}}", "versionItem", Text("Une entité d'alors", "One feature of then"),
              FEATURES, "query",
              tuple((form.media_type, "html" if form is formats.HTML else "featureGeoJSON") for form in formats.ITEM),
              ("version", *_OF_ITEM), _words(formats.ITEM), _SERVED, errors=_KEPT, tabular=True),
    Operation(f"{_VERSION}/changes", "versionChanges",
              Text("Ce qui a changé d'une version à l'autre", "What changed between two versions"), FEATURES, "query",
              _medias(formats.ITEMS), ("version", "from", *_OF_ITEMS), _words(formats.ITEMS), _SERVED, errors=_KEPT,
              properties=True, tabular=True),
    Operation("/functions", "functions", Text("Les fonctions des filtres", "Functions of filters"), FEATURES, "open",
              ((JSON, "object"),), (), ("json",)),
)  # fmt: skip
