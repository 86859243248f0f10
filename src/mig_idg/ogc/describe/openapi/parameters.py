"""`components.parameters`: every parameter that a route accepts, said once.

QGIS reads the page size in `components.parameters.limit.schema`: without it, it pages by 100.
"""

from __future__ import annotations

from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.store.query import MAX_OFFSET, Limits
from mig_idg.store.table import Column

LONGEST = 1000


def components(lang: Lang, limits: Limits) -> dict[str, Any]:
    """All parameters, described in the caller's language."""
    queries = {name: _parameter(name, schema, text.in_(lang), limits) for name, (schema, text) in _QUERY.items()}
    paths = {name: _of_path(name, schema, text.in_(lang)) for name, (schema, text) in _PATH.items()}
    return queries | paths | {"If-Match": _if_match(lang), "Prefer": _prefer(lang)}


def _of_path(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": _NAMES.get(name, name),
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def _parameter(name: str, schema: dict[str, Any], description: str, limits: Limits) -> dict[str, Any]:
    if name == "limit":
        schema = {"type": "integer", "minimum": 1, "maximum": limits.maximum, "default": limits.default}
    parameter: dict[str, Any] = {
        "name": _NAMES.get(name, name),
        "in": "query",
        "required": name in _REQUIRED,
        "description": description,
        "schema": schema,
        "style": "form",
        "explode": False,
    }
    return parameter


def words_of_format(words: tuple[str, ...], lang: Lang) -> dict[str, Any]:
    """`f`, with the representations of one route."""
    text = Text(
        "Format de la réponse ; sans lui, l'en-tête Accept décide.", "Format of the answer; else Accept decides."
    )
    return {
        "name": "f",
        "in": "query",
        "required": False,
        "description": text.in_(lang),
        "schema": {"type": "string", "enum": list(words)},
        "style": "form",
        "explode": False,
    }


def of_column(column: Column, label: str) -> dict[str, Any]:
    """The filter by one attribute: `?code_insee=92050`."""
    return {
        "name": column.name,
        "in": "query",
        "required": False,
        "description": label,
        "schema": schema_of(column),
        "style": "form",
        "explode": False,
    }


def schema_of(column: Column) -> dict[str, Any]:
    """The JSON Schema of one attribute's values, as far as a query string can carry them."""
    if column.kind == "integer":
        # What is read as a whole number, whatever the column holds: one beyond it is a value that no row has.
        return {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1}
    if column.kind in ("number", "boolean"):
        return {"type": column.json}
    schema: dict[str, Any] = {"type": "string", "maxLength": column.max_length or LONGEST}
    if column.format and column.kind != "text":
        schema = {"type": "string", "format": column.format}
    if column.codes:
        schema = {"type": "string", "enum": list(column.codes)}
    return schema


_STRING: dict[str, Any] = {"type": "string"}
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST}
_URI: dict[str, Any] = {"type": "string", "format": "uri"}
_BBOX: dict[str, Any] = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
_NAMES = {
    "several": "collections",
    "page": "limit",
    "start": "offset",
    "depositState": "state",
    "words": "q",
    "styleId": "style",
    "qgisFile": "file",
    "height-z": "z",
    "limit-of-locations": "limit",
    "proposalState": "state",
    "proposalFeature": "feature",
    "proposalLimit": "limit",
    "proposalBefore": "before",
    "wmtsStyle": "style",
    "wmtsFormat": "format",
    "recordLimit": "limit",
    "recordOffset": "offset",
    "setLimit": "limit",
    "setOffset": "offset",
    "recordType": "type",
    "remarkFeature": "feature",
    "remarkRecord": "record",
    "remarkOrganisation": "organisation",
    "recordSort": "sortby",
    "dcatPage": "page",
    "packageId": "id",
    "seriesOf": "collection",
    "seriesDays": "days",
    "staFilter": "$filter",
    "staExpand": "$expand",
    "staOrderby": "$orderby",
    "staSelect": "$select",
    "staTop": "$top",
    "staSkip": "$skip",
    "staCount": "$count",
}
_REQUIRED = frozenset({"coords", "packageId"})
_PIXELS: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 8192}
_POSITIVE: dict[str, Any] = {"type": "number", "minimum": 0, "exclusiveMinimum": True}

_QUERY: dict[str, tuple[dict[str, Any], Text]] = {
    "type": ({"type": "string", "enum": ["process"]}, Text("Sorte de travaux.", "Kind of jobs.")),
    "processID": ({"type": "array", "items": {"type": "string"}}, Text("Traitements.", "Processes.")),
    "status": (
        {
            "type": "array",
            "items": {"type": "string", "enum": ["accepted", "running", "successful", "failed", "dismissed"]},
        },
        Text("États des travaux.", "Statuses of jobs."),
    ),
    "dataset": (_STRING, Text("Le jeu de données.", "The dataset.")),
    "remarkFeature": (_STRING, Text("L'entité, pour le formulaire.", "The feature, for the form.")),
    "remarkRecord": (_STRING, Text("Une fiche moissonnée.", "A harvested record.")),
    "remarkOrganisation": (_STRING, Text("L'organisme, pour le formulaire.", "The body, for the form.")),
    "seriesOf": (_TEXT, Text("De cette collection seulement.", "Of this collection only.")),
    "seriesDays": ({"type": "integer", "minimum": 0, "maximum": 365}, Text("Derniers jours.", "Last days.")),
    "staFilter": (_TEXT, Text("Filtre OData : result gt 10.", "OData filter: result gt 10.")),
    "staExpand": (_TEXT, Text("Relations dépliées : Datastreams.", "Relations expanded: Datastreams.")),
    "staOrderby": (_TEXT, Text("Ordre : phenomenonTime desc.", "Order: phenomenonTime desc.")),
    "staSelect": (_TEXT, Text("Propriétés voulues.", "Properties wanted.")),
    "staTop": ({"type": "integer", "minimum": 0, "maximum": 10_000}, Text("Entités par page.", "Entities a page.")),
    "staSkip": ({"type": "integer", "minimum": 0, "maximum": 100_000}, Text("Entités passées.", "Entities skipped.")),
    "staCount": ({"type": "boolean"}, Text("Dire combien.", "Tell how many.")),
    "filename": (_STRING, Text("Le nom du fichier.", "The name of the file.")),
    "depositState": (
        {
            "type": "string",
            "enum": [
                "receiving",
                "draft",
                "refused",
                "checked",
                "signed_off",
                "published",
                "archived",
                "withdrawn",
            ],
        },
        Text("L'état des dépôts.", "The state of deposits."),
    ),
    "minDuration": (
        {"type": "integer", "minimum": 0},
        Text("Durée d'au moins, en secondes.", "Duration of at least, in seconds."),
    ),
    "maxDuration": (
        {"type": "integer", "minimum": 0},
        Text("Durée d'au plus, en secondes.", "Duration of at most, in seconds."),
    ),
    "limit": (
        {},
        Text(
            "Entités par page ; au-delà du maximum, le maximum.", "Features on a page; beyond the maximum, the maximum."
        ),
    ),
    "page": (
        {"type": "integer", "minimum": 1, "maximum": 10_000},
        Text("Collections par page ; toutes par défaut.", "Collections on a page; all by default."),
    ),
    "start": ({"type": "integer", "minimum": 0}, Text("Première collection de la page.", "First of the page.")),
    "words": (
        _TEXT,
        Text("Mots du titre, de la description ou des mots clés.", "Words of title, description, keywords."),
    ),
    "offset": (
        {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
        Text(
            "Première entité de la page ; pour aller loin, suivez les liens « next ».",
            "First feature of the page; to go far, follow the “next” links.",
        ),
    ),
    "after": (_TEXT, Text("Marque de page des liens « next ».", "Bookmark of “next” links.")),
    "before": (_TEXT, Text("Marque de page des liens « prev ».", "Bookmark of “prev” links.")),
    "bbox": (
        _BBOX,
        Text(
            "Emprise : minimum, minimum, maximum, maximum (degrés CRS84, sauf bbox-crs).",
            "Box: minimum, minimum, maximum, maximum (CRS84 degrees, unless bbox-crs).",
        ),
    ),
    "bbox-crs": (_URI, Text("Système de coordonnées de bbox.", "Reference system of bbox.")),
    "crs": (_URI, Text("Système de coordonnées de la réponse.", "Reference system of the answer.")),
    "datetime": (
        _STRING,
        Text("Instant ou intervalle RFC 3339 : 2026-01-01/..", "RFC 3339 instant or interval: 2026-01-01/.."),
    ),
    "filter": (_STRING, Text("Filtre CQL2 : texte, ou JSON.", "CQL2 filter: text, or JSON.")),
    "filter-lang": (
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
        Text("Langage du filtre.", "Language of the filter."),
    ),
    "filter-crs": (_URI, Text("Système de coordonnées des géométries du filtre.", "CRS of the filter's geometries.")),
    "properties": (
        {"type": "array", "items": _STRING},
        Text("Attributs à donner.", "Properties to give."),
    ),
    "exclude-properties": (
        {"type": "array", "items": _STRING},
        Text("Attributs à omettre.", "Properties to leave out."),
    ),
    "sortby": (
        {"type": "array", "items": {"type": "string", "pattern": "^[+-]?.+$"}, "minItems": 1, "maxItems": 8},
        Text("Ordre : attributs, précédés de - pour décroître.", "Order: properties, with - before for descending."),
    ),
    "q": (
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 10},
        Text("Recherche en texte, sans accents ni casse.", "Full-text search, without accents or case."),
    ),
    "skipGeometry": ({"type": "boolean", "default": False}, Text("Sans les géométries.", "Without geometries.")),
    "zoom-level": (
        {"type": "integer", "minimum": 0, "maximum": 30},
        Text("Géométries simplifiées pour ce zoom.", "Geometries simplified for this zoom."),
    ),
    "simplify": (
        {"type": "number", "minimum": 0, "maximum": 100_000},
        Text("Tolérance de simplification, en mètres.", "Tolerance of simplification, in metres."),
    ),
    "resulttype": (
        {"type": "string", "enum": ["results", "hits"], "default": "results"},
        Text("hits : le nombre seulement.", "hits: the number only."),
    ),
    "precision": (
        {"type": "integer", "minimum": 0, "maximum": 15},
        Text("Décimales des coordonnées.", "Decimals of coordinates."),
    ),
    "several": (
        {"type": "array", "items": _STRING, "minItems": 1},
        Text("Identifiants des collections.", "Identifiers of the collections."),
    ),
    "style": (_STRING, Text("Style.", "Style.")),
    "width": (_PIXELS, Text("Largeur en pixels.", "Width in pixels.")),
    "height": (_PIXELS, Text("Hauteur en pixels.", "Height in pixels.")),
    "scale-denominator": (_POSITIVE, Text("Dénominateur d'échelle.", "Scale denominator.")),
    "mm-per-pixel": (_POSITIVE, Text("Taille d'un pixel, en millimètres.", "Size of a pixel, in millimetres.")),
    "transparent": ({"type": "boolean"}, Text("Fond transparent.", "Transparent background.")),
    "bgcolor": (_STRING, Text("Couleur du fond : 0xRRVVBB ou un nom.", "Background colour: 0xRRGGBB or a name.")),
    "subset": (_STRING, Text("Partie d'un axe : E(650000:651000).", "Part of an axis: E(650000:651000).")),
    "subset-crs": (_URI, Text("Système de coordonnées de subset.", "Reference system of subset.")),
    "center": (_STRING, Text("Centre de la carte, deux coordonnées.", "Centre of the map, two coordinates.")),
    "center-crs": (_URI, Text("Système de coordonnées de center.", "Reference system of center.")),
    "void-color": (_STRING, Text("Couleur hors du domaine du système.", "Colour outside the domain of the system.")),
    "void-transparent": ({"type": "boolean"}, Text("Hors du domaine, transparent.", "Transparent outside the domain.")),
    "scale-size": (_STRING, Text("Taille : E(512),N(512).", "Size: E(512),N(512).")),
    "scale-factor": (_POSITIVE, Text("Facteur de réduction.", "Factor of reduction.")),
    "scale-axes": (_STRING, Text("Facteur par axe : E(2),N(2).", "Factor for each axis: E(2),N(2).")),
    "coords": (_STRING, Text("Point ou ligne, en WKT.", "Point or line, in WKT.")),
    "parameter-name": (_STRING, Text("Bandes, séparées par des virgules.", "Bands, separated by commas.")),
    "height-z": (_STRING, Text("Hauteur.", "Height.")),
    "within": (_STRING, Text("Rayon autour du point.", "Radius around the point.")),
    "within-units": (_STRING, Text("Unité du rayon : km, m.", "Unit of the radius: km, m.")),
    "corridor-width": (_STRING, Text("Largeur de la bande.", "Width of the corridor.")),
    "width-units": (_STRING, Text("Unité de la largeur.", "Unit of the width.")),
    "corridor-height": (_STRING, Text("Hauteur de la bande.", "Height of the corridor.")),
    "height-units": (_STRING, Text("Unité de la hauteur.", "Unit of the height.")),
    "limit-of-locations": (_STRING, Text("Lieux au plus, jusqu'à 10 000.", "Locations at most, up to 10 000.")),
    "proposal": (_STRING, Text("Identifiant de la proposition : proposal-12.", "Id of the proposal: proposal-12.")),
    "proposalState": (_STRING, Text("États, séparés par des virgules.", "States, between commas.")),
    "proposalFeature": (_STRING, Text("Sur cette entité seulement.", "On this feature only.")),
    "proposalLimit": (_STRING, Text("Propositions au plus, jusqu'à 1 000.", "Proposals at most, up to 1 000.")),
    "proposalBefore": (_STRING, Text("Celles d'un numéro inférieur.", "Those of a lower number.")),
    "intersects": (_STRING, Text("Géométrie GeoJSON.", "GeoJSON geometry.")),
    "ids": ({"type": "array", "items": _STRING}, Text("Identifiants.", "Identifiers.")),
    "fields": (_STRING, Text("Membres à donner, ou à omettre avec -.", "Members to give, or leave out with -.")),
    **{
        name: (_STRING, Text(f"Paramètre WMTS {name.upper()}.", f"WMTS parameter {name.upper()}."))
        for name in ("service", "request", "version", "layer", "tilematrixset", "tilematrix", "tilerow", "tilecol")
    },
    "theme": (_STRING, Text("Les couches de ce thème seul.", "The layers of this theme alone.")),
    "authcfg": (
        {"type": "string", "pattern": "^([A-Za-z0-9]{7}|none)$"},
        Text(
            "Configuration d'authentification de QGIS à employer ; none : aucune.",
            "The authentication configuration of QGIS to use; none: no one.",
        ),
    ),
    "wmtsStyle": (_STRING, Text("Paramètre WMTS STYLE.", "WMTS parameter STYLE.")),
    "wmtsFormat": (_STRING, Text("Paramètre WMTS FORMAT.", "WMTS parameter FORMAT.")),
    "recordLimit": (
        {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10},
        Text("Fiches par page.", "Records on a page."),
    ),
    "recordOffset": (
        {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0},
        Text("Première fiche de la page.", "First record of the page."),
    ),
    "setLimit": (
        {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1000},
        Text("Lignes, tous organismes ensemble.", "Rows, all bodies together."),
    ),
    "setOffset": (
        {"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 0},
        Text("Première ligne.", "First row."),
    ),
    "recordType": (
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
        Text("Sortes de ressources : dataset, nonGeographicDataset.", "Kinds of resources."),
    ),
    "externalIds": (
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
        Text("Identifiants ailleurs.", "Identifiers elsewhere."),
    ),
    "recordSort": (
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "string",
                "enum": [
                    f"{sign}{name}"
                    for name in ("id", "title", "type", "updated", "resourceUpdated", "resourceCreated")
                    for sign in ("", "-", "+")
                ],
            },
        },
        Text("Ordre des fiches, - pour décroître.", "Order of the records, - for descending."),
    ),
    "facets": ({"type": "boolean"}, Text("Compter par thème, licence, producteur…", "Counts by theme, licence…")),
    "dcatPage": ({"type": "integer", "minimum": 1, "maximum": 1_000_000}, Text("Page du catalogue.", "Page.")),
    "packageId": ({"type": "string", "minLength": 1}, Text("Nom du jeu de données.", "Name of the dataset.")),
    "from": (
        {"type": "integer", "minimum": 0},
        Text(
            "Depuis quelle version ; absent, celle qu'elle remplace.", "From which version; absent, the one replaced."
        ),
    ),
    "lang": (_STRING, Text("Langue : fr ou en.", "Language: fr or en.")),
}

_PATH: dict[str, tuple[dict[str, Any], Text]] = {
    "location": (_STRING, Text("Identifiant du lieu.", "Identifier of the location.")),
    "series": ({"type": "integer", "minimum": 1}, Text("Le numéro de la série.", "The number of the series.")),
    "entities": (
        {"type": "string", "maxLength": 200},
        Text("Things, Datastreams(1), Observations…", "Things, Datastreams(1), Observations…"),
    ),
    "process": ({"type": "string", "maxLength": 80}, Text("Le traitement.", "The process.")),
    "deposit": ({"type": "string", "format": "uuid"}, Text("Le dépôt.", "The deposit.")),
    "follow": ({"type": "string", "maxLength": 80}, Text("Ce que l'envoi a donné.", "What sending gave.")),
    "source": ({"type": "string", "maxLength": 63}, Text("La source.", "The source.")),
    "run": ({"type": "integer", "minimum": 1}, Text("Le numéro de la passe.", "The number of the run.")),
    "job": ({"type": "string", "format": "uuid"}, Text("Le travail.", "The job.")),
    "output": ({"type": "string", "maxLength": 200}, Text("La sortie.", "The output.")),
    "set": (
        {"type": "string", "enum": ["deliberations", "subventions", "marches", "adresses", "equipements", "prenoms"]},
        Text("Jeu du Socle Commun des Données Locales.", "Set of the Socle Commun des Données Locales."),
    ),
    "record": ({"type": "string", "minLength": 1}, Text("Identifiant de la fiche.", "Identifier of the record.")),
    "version": ({"type": "integer", "minimum": 1}, Text("Numéro de la version.", "Number of the version.")),
    "item": ({"type": "string", "minLength": 1}, Text("Identifiant de l'entité.", "Identifier of the feature.")),
    "tms": (_STRING, Text("Quadrillage : WebMercatorQuad, …", "Tile matrix set: WebMercatorQuad, …")),
    "z": (_STRING, Text("Niveau.", "Tile matrix.")),
    "row": ({"type": "integer", "minimum": 0}, Text("Ligne, depuis le haut.", "Row, from the top.")),
    "col": ({"type": "integer", "minimum": 0}, Text("Colonne, depuis la gauche.", "Column, from the left.")),
    "styleId": (_STRING, Text("Style.", "Style.")),
    "qgisFile": (
        {"type": "string", "enum": ["project.qgs", "layers.qlr"]},
        Text("Projet, ou définition de couches.", "Project, or layer definition."),
    ),
    "name": (_STRING, Text("Nom du fichier.", "Name of the file.")),
    "file": (_STRING, Text("Colonne et format : 8292.png.", "Column and format: 8292.png.")),
    "code": (_STRING, Text("Code d'erreur.", "Error code.")),
    "vintage": (_STRING, Text("Millésime.", "Vintage.")),
}


def _prefer(lang: Lang) -> dict[str, Any]:
    text = Text("`respond-async` : un travail que l'on suit.", "`respond-async`: a job to follow.")
    return {
        "name": "Prefer",
        "in": "header",
        "required": False,
        "description": text.in_(lang),
        "schema": {"type": "string", "enum": ["respond-async"]},
    }


def _if_match(lang: Lang) -> dict[str, Any]:
    text = Text(
        "L'ETag de l'état modifié : obligatoire (428), sauf là où la collection le dit facultatif.",
        "The ETag of the state that is changed: required (428), unless the collection says optional.",
    )
    return {"name": "If-Match", "in": "header", "required": False, "description": text.in_(lang), "schema": _STRING}
