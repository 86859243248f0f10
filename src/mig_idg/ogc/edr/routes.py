"""The routes of OGC API EDR: values at places, a query."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import GEOJSON, MAPS, Operation
from mig_idg.guard.route import Route
from mig_idg.ogc.edr import edr

_COLLECTION = "/collections/{collection}"


def _values(query_type: str, fr: str, en: str) -> tuple[Operation]:
    return (
        Operation(
            query_type, Text(fr, en), MAPS, (("application/prs.coverage+json", "object"), (GEOJSON, "object")),
            ("coords", "crs", "datetime", "parameter-name", "height-z"), ("covjson", "json", "geojson"), ("coverages",),
            raster=True,
        ),
    )  # fmt: skip


ROUTES = (
    Route(f"{_COLLECTION}/position", "query", edr.position, pool="tiles",
          operations=_values("position", "La valeur en un point", "The value at a point")),
    Route(f"{_COLLECTION}/trajectory", "query", edr.trajectory, pool="tiles",
          operations=_values("trajectory", "Les valeurs le long d'une ligne", "The values along a line")),
)  # fmt: skip
