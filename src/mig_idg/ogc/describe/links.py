"""The links of a collection: one row for each of our routes, shown when it is there and opens for the caller.

A link that answers 403 is no help to anybody: what a caller may not do is told by `access`, with its article and whom
to ask, rather than by a route that closes in its face.
"""

from __future__ import annotations

from collections.abc import Collection as Set
from dataclasses import dataclass

from mig_idg.errors import Lang, Text
from mig_idg.guard.response import link
from mig_idg.ogc.features import formats
from mig_idg.store.collection import Collection

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
SCHEMA = "application/schema+json"
LICENCES: dict[str, tuple[str, str]] = {
    "LO-2.0": ("https://www.etalab.gouv.fr/licence-ouverte-open-licence/", "Licence Ouverte / Open Licence 2.0"),
    "ODbL-1.0": ("https://opendatacommons.org/licenses/odbl/1-0/", "Open Database License (ODbL) 1.0"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One link: where it leads under `/collections/{collection}`, and what it takes for it to be shown.

    `route` is the pattern under the collection that must be mounted; `query` completes the address.
    """

    rel: str
    route: str
    media: str
    title: Text
    action: str
    services: tuple[str, ...]
    query: str = ""
    versioned: bool = False


# The forms of the metadata record (catalogue) that a layer's page leads to.
RECORDS = (
    ("json", "application/geo+json", "OGC API Records"),
    ("iso19139", "application/xml", "ISO 19139"),
    ("dcat", "application/rdf+xml", "DCAT-AP"),
)
FEATURES = ("features",)
FILES = "/stac/collections/{collection}/items"
SHOWN: tuple[Shown, ...] = (
    Shown(f"{REL}queryables", "/queryables", SCHEMA, Text("Les attributs interrogeables", "Queryables"), "query",
          FEATURES, "?f=json"),
    Shown(f"{REL}schema", "/schema", SCHEMA, Text("Le schéma de la collection", "Schema of the collection"), "query",
          FEATURES, "?f=json"),
    Shown(f"{REL}sortables", "/sortables", SCHEMA, Text("Les attributs de tri", "Sortables"), "query", FEATURES,
          "?f=json"),
    Shown("version-history", "/versions", "application/json", Text("Les versions", "Versions"), "query", FEATURES,
          "?f=json", versioned=True),
    Shown(f"{REL}tilesets-vector", "/tiles", "application/json", Text("Les tuiles vectorielles", "Vector tiles"),
          "view", ("tiles",)),
    Shown(f"{REL}tilesets-map", "/map/tiles", "application/json", Text("Les tuiles image", "Map tiles"), "view",
          ("maps",)),
    Shown(f"{REL}map", "/map", "image/png", Text("La carte", "Map"), "view", ("maps",)),
    Shown(f"{REL}schema", "/schema", SCHEMA, Text("Le schéma de la couverture", "Schema of the coverage"), "query",
          ("coverages",), "?f=json"),
    Shown(f"{REL}coverage-rangetype", "/coverage/rangetype", "application/json", Text("Les bandes", "Bands"), "view",
          ("coverages",)),
    Shown(f"{REL}coverage", "/coverage", "image/tiff; application=geotiff", Text("La couverture", "Coverage"), "query",
          ("coverages",)),
)  # fmt: skip


def of_collection(
    collection: Collection, permitted: Set[str], mounted: Set[str], base: str, lang: Lang
) -> list[dict[str, str]]:
    """The links of one collection for a caller who may do `permitted`, through the routes `mounted` (patterns)."""
    here = f"{base}/collections/{collection.id}"
    found = _items(collection, permitted, mounted, here, lang)
    found.extend(
        link(f"{here}{one.route}{one.query}", one.rel, one.media, one.title.in_(lang))
        for one in SHOWN
        if one.action in permitted and _served(one, collection) and f"/collections/{{collection}}{one.route}" in mounted
    )
    if collection.raster is not None and "stac" in collection.services and "query" in permitted and FILES in mounted:
        files = f"{base}{FILES.replace('{collection}', collection.id)}"
        title = Text("Ses fichiers, au catalogue STAC", "Its files, in the STAC catalogue")
        found.append(link(files, "related", "application/geo+json", title.in_(lang)))
    found.extend(_elsewhere(collection, permitted, mounted, base, lang))
    found.extend(_rights(collection, here, lang))
    if "/collections/{collection}/record" in mounted:
        record = Text("Sa fiche de métadonnées", "Its metadata record").in_(lang)
        found.extend(
            link(f"{here}/record?f={word}", "describedby", media, f"{record} ({name})") for word, media, name in RECORDS
        )
    return found


def _elsewhere(
    collection: Collection, permitted: Set[str], mounted: Set[str], base: str, lang: Lang
) -> list[dict[str, str]]:
    """Where else a raster is told or served: its files in the STAC catalogue, its tiles by WMTS."""
    if collection.raster is None:
        return []
    found = []
    if "stac" in collection.services and "query" in permitted and "/stac/collections/{collection}" in mounted:
        title = Text("Les fichiers, dans le catalogue STAC", "The files, in the STAC catalogue").in_(lang)
        found.append(link(f"{base}/stac/collections/{collection.id}", "related", "application/json", title))
    if "tiles" in collection.services and "view" in permitted and "/wmts" in mounted:
        found.append(link(f"{base}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities", "related", "text/xml", "WMTS 1.0.0"))
    return found


def _items(
    collection: Collection, permitted: Set[str], mounted: Set[str], here: str, lang: Lang
) -> list[dict[str, str]]:
    """The features, once for each representation: to look at with `query`, to take away with `download`.

    GeoJSON, the default, has no query: GDAL before 3.7 appends `/` and the id to that very address (`-fid`).
    """
    if "features" not in collection.services or "/collections/{collection}/items" not in mounted:
        return []
    return [
        link(
            f"{here}/items" if form is formats.GEOJSON else f"{here}/items?f={form.name}",
            "enclosure" if form.whole else "items",
            form.media_type,
            _items_title(form).in_(lang),
        )
        for form in (formats.ITEMS if collection.plugin is None else formats.OF_PLUGIN)
        if ("download" if form.bulk else "query") in permitted
    ]


def _items_title(form: formats.Format) -> Text:
    if form is formats.HTML:
        return Text("Les entités, lisibles", "Items, to be read")
    return Text(f"Les entités en {form.title.fr}", f"Items as {form.title.en}")


def _served(one: Shown, collection: Collection) -> bool:
    if one.rel == f"{REL}tilesets-vector" and collection.table is None:
        return False
    if one.services == ("maps",) and collection.raster is None:
        return False
    if one.services == ("coverages",) and collection.raster is None and not _of_plugin(one, collection):
        return False
    if one.versioned and collection.version is None:
        return False
    return any(service in collection.services for service in one.services)


def _of_plugin(one: Shown, collection: Collection) -> bool:
    """Of what is shown of a coverage, what a plug-in that reads one gives: its schema, and its values as JSON."""
    kind = (collection.plugin or {}).get("type")
    return (one.route == "/schema" and kind in ("coverage", "edr")) or (one.route == "/coverage" and kind == "coverage")


def _rights(collection: Collection, here: str, lang: Lang) -> list[dict[str, str]]:
    """Who may do what and by which article; and the licence, by its own page when it is an open one."""
    access = f"{here}/access"
    found = [
        link(f"{access}?f=json", "describedby", "application/json",
             Text("Ce que vous pouvez faire, et pourquoi", "What you may do, and why").in_(lang)),
        link(f"{access}?f=html", "describedby", "text/html",
             Text("Ce que vous pouvez faire, et pourquoi (page)", "What you may do, and why (page)").in_(lang)),
    ]  # fmt: skip
    href, name = LICENCES.get(
        collection.licence or "",
        (f"{access}?f=html", Text("Conditions d'accès et d'usage", "Terms of access and use").in_(lang)),
    )
    found.append(link(href, "license", "text/html", name))
    return found
