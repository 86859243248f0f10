"""The routes of OGC API Coverages: a picture is looked at, values are taken away."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import JSON, MAPS, Operation
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.ogc.coverages import coverages, description
from mig_idg.ogc.coverages.of_plugin import coverage_of_plugin, schema_of_plugin

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


async def _coverage(request: Request) -> Response:
    plugin = request.collection.plugin if request.collection is not None else None
    return await (coverages.coverage if plugin is None else coverage_of_plugin)(request)


async def _schema(request: Request) -> Response:
    plugin = request.collection.plugin if request.collection is not None else None
    return await (description.schema if plugin is None else schema_of_plugin)(request)


ROUTES = (
    Route(_COVERAGE, coverages.action, _coverage, pool="tiles", actions=("view", "download"), operations=(
        Operation("coverage", Text("Les pixels", "The pixels"), MAPS, _TIFF, _PARAMETERS, ("geotiff", "cog", "png"),
                  ("coverages",), raster=True, action="download"),
        Operation("coverageOfPlugin", Text("Les valeurs", "The values"), MAPS,
                  (("application/prs.coverage+json", "object"),),
                  ("bbox", "bbox-crs", "subset", "properties", "datetime"), ("json", "covjson"), ("coverages",),
                  plugin="coverage", action="download"),)),
    Route(f"{_COVERAGE}/schema", "view", _schema, pool="tiles", operations=_described(
        "coverageSchema", "Les bandes (schéma)", "The bands (schema)", "application/schema+json")),
    Route(f"{_COVERAGE}/rangetype", "view", description.range_type, pool="tiles",
          operations=_described("coverageRangeType", "Les bandes", "The bands")),
    Route(f"{_COVERAGE}/domainset", "view", description.domain_set, pool="tiles",
          operations=_described("coverageDomainSet", "La grille", "The grid")),
)  # fmt: skip
