"""The conformance classes of the tile routes (OGC 20-057, OGC 17-083r4): each has its test in `tests/ogc/tiles`."""

from __future__ import annotations

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/{name}"
    for name in (
        "ogcapi-tiles-1/1.0/conf/core",
        "ogcapi-tiles-1/1.0/conf/tileset",
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "ogcapi-tiles-1/1.0/conf/dataset-tilesets",
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "ogcapi-tiles-1/1.0/conf/collections-selection",
        "ogcapi-tiles-1/1.0/conf/mvt",
        "ogcapi-tiles-1/1.0/conf/png",
        "ogcapi-tiles-1/1.0/conf/jpeg",
        "ogcapi-tiles-1/1.0/conf/oas30",
        "tms/2.0/conf/tilematrixset",
        "tms/2.0/conf/tilematrixsetlimits",
        "tms/2.0/conf/json-tilematrixset",
        "tms/2.0/conf/json-tilematrixsetlimits",
        "tms/2.0/conf/json-tilesetmetadata",
    )
)
