"""Operations on values, on files found by STAC, and on the tiles of older clients (WMTS)."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import JSON, MAPS, Operation

STAC = Text("STAC : les fichiers des rasters", "STAC: the files of rasters")
WMTS = Text("WMTS, pour les logiciels plus anciens", "WMTS, for older software")
GEOJSON = "application/geo+json"
XML = "text/xml"
_HERE = "/collections/{collection}"
_STAC = "/stac/collections/{collection}"
_PICTURES = (("image/png", "binary"), ("image/jpeg", "binary"), ("image/webp", "binary"))
_SEARCH = (
    "bbox", "datetime", "intersects", "ids", "several", "limit", "fields", "sortby", "filter", "filter-lang",
    "filter-crs", "after",
)  # fmt: skip


def _values(kind: str, fr: str, en: str) -> Operation:
    return Operation(
        f"{_HERE}/{kind}", kind, Text(fr, en), MAPS, "query",
        (("application/prs.coverage+json", "object"), (GEOJSON, "object")),
        ("coords", "crs", "datetime", "parameter-name", "height-z"), ("covjson", "json", "geojson"), ("coverages",),
        raster=True,
    )  # fmt: skip


def _stac(path: str, id: str, fr: str, en: str, action: str = "listing", media: str = JSON,
          parameters: tuple[str, ...] = ()) -> Operation:  # fmt: skip
    on_collection = "{collection}" in path
    return Operation(
        path, id, Text(fr, en), STAC, action, ((media, "object"),), parameters,
        services=("stac",) if on_collection else (), raster=on_collection,
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    _values("position", "La valeur en un point", "The value at a point"),
    _values("trajectory", "Les valeurs le long d'une ligne", "The values along a line"),
    _stac("/stac", "stac", "Le catalogue STAC", "The STAC catalogue"),
    _stac("/stac/conformance", "stacConformance", "Les classes STAC", "STAC conformance classes", "open"),
    _stac("/stac/queryables", "stacQueryables", "Attributs interrogeables", "Queryables", "open",
          "application/schema+json"),
    _stac("/stac/search", "stacSearch", "Chercher des fichiers", "Search files", media=GEOJSON, parameters=_SEARCH),
    Operation("/stac/search", "stacSearchBody", Text("La même recherche, dans le corps", "The same, in the body"),
              STAC, "listing", ((GEOJSON, "object"),), method="POST", body=((JSON, "object"),),
              errors=(400, 401, 403, 404, 413, 415, 429, 503)),
    _stac("/stac/collections", "stacCollections", "Les collections STAC", "STAC collections"),
    _stac(_STAC, "stacCollection", "Une collection STAC", "One STAC collection", "discover"),
    _stac(f"{_STAC}/queryables", "stacCollectionQueryables", "Attributs interrogeables", "Queryables", "discover",
          "application/schema+json"),
    _stac(f"{_STAC}/items", "stacItems", "Les fichiers d'une collection", "The files of a collection", "query", GEOJSON,
          _SEARCH),
    _stac(f"{_STAC}/items/{{item}}", "stacItem", "Un fichier", "One file", "query", GEOJSON, ("item",)),
    Operation("/wmts", "wmts", Text("WMTS 1.0.0 par paramètres", "WMTS 1.0.0 by parameters"), WMTS, "listing",
              ((XML, "text"), *_PICTURES), ("service", "request", "version", "layer", "wmtsStyle", "tilematrixset",
                                            "tilematrix", "tilerow", "tilecol", "wmtsFormat"), ows=True),
    Operation("/wmts/1.0.0/WMTSCapabilities.xml", "wmtsCapabilities", Text("Les couches WMTS", "The WMTS layers"), WMTS,
              "listing", ((XML, "text"),), ows=True),
    Operation("/wmts/1.0.0/{collection}/{style}/{tms}/{z}/{row}/{file}", "wmtsTile",
              Text("Une tuile WMTS", "A WMTS tile"), WMTS, "view", _PICTURES,
              ("styleId", "tms", "z", "row", "file"), raster=True),
)  # fmt: skip
