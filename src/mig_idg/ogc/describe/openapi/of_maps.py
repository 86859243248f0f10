"""Operations of OGC API Maps and Coverages, and of the files themselves."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import JSON, MAPS, Operation

_HERE = "/collections/{collection}"
_PICTURES = (("image/png", "binary"), ("image/jpeg", "binary"), ("image/webp", "binary"))
_WORDS = ("png", "jpeg", "webp")
_OF_MAPS = (
    "bbox", "bbox-crs", "subset", "subset-crs", "center", "center-crs", "crs", "width", "height", "scale-denominator",
    "mm-per-pixel", "transparent", "bgcolor", "void-color", "void-transparent", "datetime", "style",
)  # fmt: skip
_OF_COVERAGES = (
    "bbox", "bbox-crs", "subset", "subset-crs", "crs", "scale-size", "scale-factor", "scale-axes", "width", "height",
    "properties", "datetime",
)  # fmt: skip
_TIFF = (
    ("image/tiff; application=geotiff", "binary"),
    ("image/tiff; application=geotiff; profile=cloud-optimized", "binary"),
    ("image/png", "binary"),
)
_FILE_ERRORS = (400, 401, 403, 404, 416, 429, 503)


def _of_coverage(kind: str, id: str, fr: str, en: str) -> Operation:
    media = "application/schema+json" if kind == "schema" else JSON
    return Operation(
        f"{_HERE}/coverage/{kind}", id, Text(fr, en), MAPS, "view", ((media, "object"),), ("datetime",), ("json",),
        ("coverages",), raster=True,
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation(f"{_HERE}/map", "map", Text("Une carte", "A map"), MAPS, "view", _PICTURES, _OF_MAPS, _WORDS, ("maps",),
              raster=True),
    Operation(f"{_HERE}/styles/{{style}}/map", "styledMap", Text("Une carte dans un style", "A map in a style"), MAPS,
              "view", _PICTURES, ("styleId", *_OF_MAPS[:-1]), _WORDS, ("maps",), raster=True),
    Operation("/map", "datasetMap", Text("Une carte de plusieurs collections", "A map of several collections"), MAPS,
              "listing", _PICTURES, ("several", *_OF_MAPS), _WORDS, ("maps",), raster=True),
    Operation(f"{_HERE}/coverage", "coverage", Text("Les pixels", "The pixels"), MAPS, "download", _TIFF,
              _OF_COVERAGES, ("geotiff", "cog", "png"), ("coverages",), raster=True),
    Operation(f"{_HERE}/schema", "rasterSchema", Text("Les bandes (schéma)", "The bands (schema)"), MAPS, "query",
              (("application/schema+json", "object"),), ("datetime",), ("json",), ("coverages",), raster=True),
    _of_coverage("schema", "coverageSchema", "Les bandes (schéma)", "The bands (schema)"),
    _of_coverage("rangetype", "coverageRangeType", "Les bandes", "The bands"),
    _of_coverage("domainset", "coverageDomainSet", "La grille", "The grid"),
    Operation(f"{_HERE}/files/{{name}}", "file", Text("Le fichier, par plages", "The file, by ranges"), MAPS,
              "download", (("image/tiff; application=geotiff; profile=cloud-optimized", "binary"),), ("name",),
              errors=_FILE_ERRORS, raster=True),
    Operation(f"{_HERE}/files/{{vintage}}/{{name}}", "vintageFile",
              Text("Un fichier d'un millésime, par plages", "A file of a vintage, by ranges"), MAPS, "download",
              (("image/tiff; application=geotiff; profile=cloud-optimized", "binary"),), ("vintage", "name"),
              errors=_FILE_ERRORS, raster=True),
)  # fmt: skip
