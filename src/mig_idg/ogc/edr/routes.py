"""The routes of OGC API EDR: values at places, of rasters (position, trajectory) and of what plug-ins read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mig_idg.errors import Text
from mig_idg.guard.operation import GEOJSON, MAPS, Operation
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.ogc.edr import edr
from mig_idg.ogc.edr.of_plugin import QUERIES, values_of_plugin

Handler = Callable[[Request], Awaitable[Response]]
_COLLECTION = "/collections/{collection}"


def _values(query_type: str, fr: str, en: str) -> tuple[Operation, Operation]:
    return (
        Operation(
            query_type, Text(fr, en), MAPS, (("application/prs.coverage+json", "object"), (GEOJSON, "object")),
            ("coords", "crs", "datetime", "parameter-name", "height-z"), ("covjson", "json", "geojson"), ("coverages",),
            raster=True,
        ),
        _of_plugin(query_type, fr, en),
    )  # fmt: skip


def _of_plugin(query_type: str, fr: str, en: str, id: str = "") -> Operation:
    shapes, own = QUERIES[query_type]
    parameters = (*((id,) if id else ()), "datetime", "parameter-name", "height-z", *(("coords",) if shapes else ()),
                  *("limit-of-locations" if name == "limit" else name for name in own))  # fmt: skip
    return Operation(
        id or f"{query_type}OfPlugin", Text(fr, en), MAPS, (("application/prs.coverage+json", "object"),),
        parameters, ("covjson", "json", "geojson"), ("coverages",), plugin="edr", action="query",
    )  # fmt: skip


def _only_of_plugin(query_type: str, fr: str, en: str, more: str = "", id: str = "") -> Route:
    return Route(
        f"{_COLLECTION}/{query_type}{more}", "query", values_of_plugin, operations=(_of_plugin(query_type, fr, en, id),)
    )


def _by_source(of_raster: Handler) -> Handler:
    async def handler(request: Request) -> Response:
        plugin = request.collection.plugin if request.collection is not None else None
        return await (of_raster if plugin is None else values_of_plugin)(request)

    return handler


ROUTES = (
    Route(f"{_COLLECTION}/position", "query", _by_source(edr.position), pool="tiles",
          operations=_values("position", "La valeur en un point", "The value at a point")),
    Route(f"{_COLLECTION}/trajectory", "query", _by_source(edr.trajectory), pool="tiles",
          operations=_values("trajectory", "Les valeurs le long d'une ligne", "The values along a line")),
    _only_of_plugin("radius", "Les valeurs autour d'un point", "The values around a point"),
    _only_of_plugin("area", "Les valeurs dans un polygone", "The values in a polygon"),
    _only_of_plugin("corridor", "Les valeurs le long d'une bande", "The values along a corridor"),
    _only_of_plugin("cube", "Les valeurs dans une emprise", "The values in a box"),
    _only_of_plugin("locations", "Les lieux nommés", "The named locations"),
    _only_of_plugin("locations", "Les valeurs d'un lieu nommé", "The values of a named location", "/{location}",
                    "location"),
)  # fmt: skip
