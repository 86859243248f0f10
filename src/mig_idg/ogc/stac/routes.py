"""The routes of STAC API: a catalogue is discovered, its files are queried."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import GEOJSON, JSON, Operation
from mig_idg.guard.operation import STAC as TAG
from mig_idg.guard.route import Route
from mig_idg.ogc.stac import catalogue, search

_COLLECTION = "/stac/collections/{collection}"
_SCHEMA = "application/schema+json"
_SEARCH = (
    "bbox", "datetime", "intersects", "ids", "several", "limit", "fields", "sortby", "filter", "filter-lang",
    "filter-crs", "after",
)  # fmt: skip


def _whole(id: str, fr: str, en: str, media: str = JSON, *parameters: str) -> Operation:
    return Operation(id, Text(fr, en), TAG, ((media, "object"),), parameters)


def _one(id: str, fr: str, en: str, media: str = JSON, *parameters: str) -> tuple[Operation]:
    return (Operation(id, Text(fr, en), TAG, ((media, "object"),), parameters, services=("stac",), raster=True),)


ROUTES = (
    Route("/stac", "listing", catalogue.landing,
          operations=(_whole("stac", "Le catalogue STAC", "The STAC catalogue"),)),
    Route("/stac/conformance", "open", catalogue.conformance, pool="none",
          operations=(_whole("stacConformance", "Les classes STAC", "STAC conformance classes"),)),
    Route("/stac/queryables", "open", catalogue.queryables, pool="none",
          operations=(_whole("stacQueryables", "Attributs interrogeables", "Queryables", _SCHEMA),)),
    Route("/stac/search", "listing", search.search, methods=("GET", "HEAD", "POST"), body_limit=2**20, operations=(
        _whole("stacSearch", "Chercher des fichiers", "Search files", GEOJSON, *_SEARCH),
        Operation("stacSearchBody", Text("La même recherche, dans le corps", "The same, in the body"), TAG,
                  ((GEOJSON, "object"),), method="POST", body=((JSON, "object"),),
                  errors=(400, 401, 403, 404, 413, 415, 429, 503)),
    )),
    Route("/stac/collections", "listing", catalogue.collections,
          operations=(_whole("stacCollections", "Les collections STAC", "STAC collections"),)),
    Route(_COLLECTION, "discover", catalogue.collection,
          operations=_one("stacCollection", "Une collection STAC", "One STAC collection")),
    Route(f"{_COLLECTION}/queryables", "discover", catalogue.queryables,
          operations=_one("stacCollectionQueryables", "Attributs interrogeables", "Queryables", _SCHEMA)),
    Route(f"{_COLLECTION}/items", "query", search.items,
          operations=_one("stacItems", "Les fichiers d'une collection", "The files of a collection", GEOJSON,
                          *_SEARCH)),
    Route(f"{_COLLECTION}/items/{{item}}", "query", search.item,
          operations=_one("stacItem", "Un fichier", "One file", GEOJSON, "item")),
)  # fmt: skip
