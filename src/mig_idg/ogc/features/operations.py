"""Operations of OGC API Features: each tuple is named by its route's row."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import FEATURES, GEOJSON, HTML, JSON, JSON_OR_HTML, MAPS, PAGES, Operation
from mig_idg.ogc.features import formats

_KEPT = (400, 401, 403, 404, 406, 410, 429, 503)
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


def _of_schema(kind: str, fr: str, en: str, *, plugin: str = "") -> Operation:
    return Operation(
        kind, Text(fr, en), FEATURES, (("application/schema+json", "jsonSchema"), (HTML, "html")), (), PAGES, _SERVED,
        tabular=not plugin, plugin=plugin,
    )  # fmt: skip


def _schemas(kind: str, fr: str, en: str) -> tuple[Operation, ...]:
    return _of_schema(kind, fr, en), _of_schema(kind, fr, en, plugin="feature")


def _write(method: str, id: str, fr: str, en: str, *, body: str | None, success: str) -> Operation:
    return Operation(
        id, Text(fr, en), FEATURES, (), ("item", "If-Match"), services=_SERVED, method=method, success=success,
        body=((body, "featureGeoJSON"),) if body else (), action="contribute",
        errors=(400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503), tabular=True, editable=True,
    )  # fmt: skip


ITEMS = (
    Operation("items", Text("Les entités", "Features"), FEATURES, _medias(formats.ITEMS), _OF_ITEMS,
              _words(formats.ITEMS), _SERVED, properties=True, tabular=True, action="query"),
    Operation("search", Text("La même question, dans le corps", "The same question, in the body"), FEATURES,
              _medias(_LOOKED_AT), (), _words(_LOOKED_AT), _SERVED, method="POST", action="query",
              body=(("application/cql2+json", "object"), (JSON, "object"),
                    ("application/x-www-form-urlencoded", "object"), ("application/cql2-text", "text")),
              errors=(400, 401, 403, 404, 406, 413, 415, 429, 503), tabular=True),
    Operation("create", Text("Créer une entité", "Create a feature"), FEATURES, (), services=_SERVED, method="POST",
              success="201", body=((GEOJSON, "featureGeoJSON"),), action="contribute",
              errors=(400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503), tabular=True, editable=True),
    Operation("items", Text("Les entités", "Features"), FEATURES, _medias(formats.OF_PLUGIN), _OF_ITEMS_OF_PLUGIN,
              _words(formats.OF_PLUGIN), _SERVED, plugin="feature", action="query"),
)  # fmt: skip
ITEM = (
    Operation("item", Text("Une entité", "One feature"), FEATURES,
              tuple((form.media_type, "html" if form is formats.HTML else "featureGeoJSON") for form in formats.ITEM),
              _OF_ITEM, _words(formats.ITEM), _SERVED, tabular=True, action="query"),
    _write("PUT", "replace", "Remplacer une entité", "Replace a feature", body=GEOJSON, success="204"),
    _write("PATCH", "update", "Modifier une entité", "Update a feature", body="application/merge-patch+json",
           success="204"),
    _write("DELETE", "delete", "Supprimer une entité", "Delete a feature", body=None, success="204"),
    Operation("item", Text("Une entité", "One feature"), FEATURES, ((GEOJSON, "featureGeoJSON"), (HTML, "html")),
              _OF_ITEM, _words(formats.ITEM_OF_PLUGIN), _SERVED, plugin="feature", action="query"),
)  # fmt: skip
HISTORY = Operation(
    "itemHistory", Text("Qui a modifié une entité", "Who changed a feature"), FEATURES, JSON_OR_HTML, ("item",), PAGES,
    _SERVED, tabular=True,
)  # fmt: skip
QUERYABLES = _schemas("queryables", "Attributs interrogeables", "Queryables")
SORTABLES = _schemas("sortables", "Attributs de tri", "Sortables")
SCHEMA = (
    *_schemas("schema", "Schéma", "Schema"),
    Operation("rasterSchema", Text("Les bandes (schéma)", "The bands (schema)"), MAPS,
              (("application/schema+json", "object"),), ("datetime",), ("json",), ("coverages",), raster=True),
)  # fmt: skip
VERSIONS = Operation("versions", Text("Les versions", "Versions"), FEATURES, JSON_OR_HTML, (), PAGES, _SERVED,
                     tabular=True)  # fmt: skip
VERSION = Operation("version", Text("Une version", "One version"), FEATURES, JSON_OR_HTML, ("version",), PAGES, _SERVED,
                    errors=_KEPT, tabular=True)  # fmt: skip
VERSION_ITEMS = Operation(
    "versionItems", Text("Les entités d'une version", "Features of a version"), FEATURES, _medias(formats.ITEMS),
    ("version", *_OF_ITEMS), _words(formats.ITEMS), _SERVED, errors=_KEPT, properties=True, tabular=True,
    action="query",
)  # fmt: skip
VERSION_ITEM = Operation(
    "versionItem", Text("Une entité d'alors", "One feature of then"), FEATURES,
    tuple((form.media_type, "html" if form is formats.HTML else "featureGeoJSON") for form in formats.ITEM),
    ("version", *_OF_ITEM), _words(formats.ITEM), _SERVED, errors=_KEPT, tabular=True,
)  # fmt: skip
CHANGES = Operation(
    "versionChanges", Text("Ce qui a changé d'une version à l'autre", "What changed between two versions"), FEATURES,
    _medias(formats.ITEMS), ("version", "from", *_OF_ITEMS), _words(formats.ITEMS), _SERVED, errors=_KEPT,
    properties=True, tabular=True, action="query",
)  # fmt: skip
PROPOSALS = (
    Operation("proposals", Text("Les changements proposés", "Changes that are proposed"), FEATURES,
              ((GEOJSON, "object"), (HTML, "html")), ("proposalState", "proposalFeature", "proposalLimit",
              "proposalBefore"), ("geojson", "json", "html"), _SERVED, tabular=True, editable=True, coproduced=True,
              action="contribute"),
)  # fmt: skip
PROPOSAL = (
    Operation("proposal", Text("Un changement proposé", "A change that is proposed"), FEATURES,
              ((GEOJSON, "object"), (HTML, "html")), ("proposal",), ("geojson", "json", "html"), _SERVED, tabular=True,
              editable=True, coproduced=True, action="contribute"),
    Operation("decideProposal", Text("Retenir, amender, écarter ou retirer", "Take, amend, decline or withdraw"),
              FEATURES, ((JSON, "object"),), ("proposal",), services=_SERVED, method="POST",
              body=((JSON, "object"),), errors=(400, 401, 403, 404, 409, 413, 415, 422, 429, 503), tabular=True,
              editable=True, coproduced=True, action="contribute"),
)  # fmt: skip
FUNCTIONS = Operation(
    "functions", Text("Les fonctions des filtres", "Functions of filters"), FEATURES, ((JSON, "object"),), (), ("json",)
)
