"""The routes of OGC API Coverages: a picture is looked at, values are taken away."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import JSON, MAPS, Operation
from mig_idg.guard.route import Route
from mig_idg.ogc.coverages import coverages, description

_COVERAGE = "/collections/{collection}/coverage"
_PARAMETERS = (
    "bbox", "bbox-crs", "subset", "subset-crs", "crs", "scale-size", "scale-factor", "scale-axes", "width", "height",
    "properties", "datetime",
)  # fmt: skip
_TIFF = (
    ("image/tiff; application=geotiff", "binary"),
    ("image/tiff; application=geotiff; profile=cloud-optimized", "binary"),
    ("image/png", "binary"),
)


def _described(id: str, fr: str, en: str, media: str = JSON) -> tuple[Operation]:
    return (
        Operation(id, Text(fr, en), MAPS, ((media, "object"),), ("datetime",), ("json",), ("coverages",), raster=True),
    )


ROUTES = (
    Route(_COVERAGE, coverages.action, coverages.coverage, pool="tiles", actions=("view", "download"), operations=(
        Operation("coverage", Text("Les pixels", "The pixels"), MAPS, _TIFF, _PARAMETERS, ("geotiff", "cog", "png"),
                  ("coverages",), raster=True, action="download"),)),
    Route(f"{_COVERAGE}/schema", "view", description.schema, pool="tiles", operations=_described(
        "coverageSchema", "Les bandes (schéma)", "The bands (schema)", "application/schema+json")),
    Route(f"{_COVERAGE}/rangetype", "view", description.range_type, pool="tiles",
          operations=_described("coverageRangeType", "Les bandes", "The bands")),
    Route(f"{_COVERAGE}/domainset", "view", description.domain_set, pool="tiles",
          operations=_described("coverageDomainSet", "La grille", "The grid")),
)  # fmt: skip
