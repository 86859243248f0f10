"""What a map is told to draw: the collection's own tiles or features, the communes behind, the words of its buttons.

Only what the caller may see: the layer behind is decided like any other, and left out when refused.
"""

from __future__ import annotations

from typing import Any

from mig_idg.errors import Lang
from mig_idg.store.tiles import stands_for
from mig_idg.web.frame import Frame

BEHIND = "communes"
TILES = "/collections/{}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?f=mvt"
RASTER_TILES = "/collections/{}/map/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?f=png"
EVERYWHERE = (2.14, 48.72, 2.34, 48.98)

_LOCALE: dict[Lang, dict[str, str]] = {
    "fr": {
        "NavigationControl.ZoomIn": "Zoomer",
        "NavigationControl.ZoomOut": "Dézoomer",
        "Map.Title": "Carte",
        "Popup.Close": "Fermer",
        "ScaleControl.Meters": "m",
        "ScaleControl.Kilometers": "km",
    },
    "en": {},
}


_WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "yes": "oui",
        "no": "non",
        "thinned": "Carte allégée à cette échelle : une entité en montre plusieurs. Zoomez pour les voir toutes.",
        "standsFor": "Montre ici {n} entités : zoomez pour les voir toutes.",
    },
    "en": {
        "yes": "yes",
        "no": "no",
        "thinned": "Thinned at this scale: one feature shows many. Zoom in to see them all.",
        "standsFor": "Shows {n} features here: zoom in to see them all.",
    },
}


def chart_of(request: Any, frame: Frame, document: Any) -> dict[str, Any] | None:
    """The drawing of a request's collection, or None when there is nothing to draw or the caller may not view it."""
    collection = request.collection if request is not None else None
    if collection is None or not isinstance(document, dict):
        return None
    of_items = document.get("type") in ("FeatureCollection", "Feature")
    if not of_items and not _viewed(request, collection.id):
        return None
    drawing: dict[str, Any] = {
        "bbox": list(collection.bbox or frame.service.extent or EVERYWHERE),
        "attribution": request.snapshot.credit(collection, frame.lang),
        "labels": _labels(request, collection, frame.lang),
        "codes": _codes(request, collection, frame.lang),
        "locale": _LOCALE[frame.lang],
        "words": _WORDS[frame.lang],
        "counts": "feature_count",
    }
    if of_items:
        drawing["items"] = frame.here(f="json", **_as_many(document))
    elif collection.raster is not None and "maps" in collection.services:
        tiles = frame.root + frame.prefix + RASTER_TILES.format(collection.id)
        drawing |= {"raster": tiles, "about": tiles.split("/{z}")[0] + "?f=tilejson"}
    elif collection.table is not None and collection.table.geometry is not None and "tiles" in collection.services:
        drawing |= {"tiles": frame.root + frame.prefix + TILES.format(collection.id), "layer": collection.id}
        drawing["counts"] = stands_for(collection.table)
    else:
        return None
    if collection.id != BEHIND and _tiled(request, BEHIND):
        drawing["background"] = {"tiles": frame.root + frame.prefix + TILES.format(BEHIND), "layer": BEHIND}
    return drawing


def territory_of(request: Any, frame: Frame) -> dict[str, Any] | None:
    """The territory on the landing page: the communes, as any layer is drawn; None for who may not view them."""
    if request is None or not _tiled(request, BEHIND):
        return None
    communes = request.snapshot.collections[BEHIND]
    if communes.table is None or communes.table.geometry is None:
        return None
    return {
        "bbox": list(frame.service.extent or communes.bbox or EVERYWHERE),
        "attribution": request.snapshot.credit(communes, frame.lang),
        "labels": _labels(request, communes, frame.lang),
        "codes": _codes(request, communes, frame.lang),
        "locale": _LOCALE[frame.lang],
        "words": _WORDS[frame.lang],
        "counts": stands_for(communes.table),
        "tiles": frame.root + frame.prefix + TILES.format(BEHIND),
        "layer": BEHIND,
    }


def _labels(request: Any, collection: Any, lang: Lang) -> dict[str, str]:
    """The labels of the attributes that this caller sees: the name of a withheld one is withheld too."""
    _, grant = request.snapshot.grant(request.principal, collection, "view")
    seen = set(grant.table.names) if grant else set()
    declared = collection.labels
    return {name: text[lang] for name, text in declared.items() if name in seen and lang in text}


def _codes(request: Any, collection: Any, lang: Lang) -> dict[str, dict[str, str]]:
    """What the values of the code lists mean, for the attributes that this caller sees."""
    _, grant = request.snapshot.grant(request.principal, collection, "view")
    seen = set(grant.table.names) if grant else set()
    declared = collection.codes
    return {
        name: {code: text[lang] for code, text in codes.items() if lang in text}
        for name, codes in declared.items()
        if name in seen
    }


def _as_many(document: Any) -> dict[str, int]:
    """The features of this page and no more: a page for people is shorter than one for programs."""
    return {"limit": max(1, len(document["features"]))} if "features" in document else {}


def _viewed(request: Any, collection: str) -> bool:
    return bool(request.snapshot.decide(request.principal, "view", collection).permitted)


def _tiled(request: Any, collection: str) -> bool:
    known = request.snapshot.collections.get(collection)
    return known is not None and "tiles" in known.services and _viewed(request, collection)
