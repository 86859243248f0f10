"""The conformance classes of OGC API Maps (OGC 20-058); each has its test in `tests/ogc/raster`."""

from __future__ import annotations

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/{name}"
    for name in (
        "ogcapi-maps-1/1.0/conf/core",
        "ogcapi-maps-1/1.0/conf/collection-map",
        "ogcapi-maps-1/1.0/conf/dataset-map",
        "ogcapi-maps-1/1.0/conf/collections-selection",
        "ogcapi-maps-1/1.0/conf/styled-map",
        "ogcapi-maps-1/1.0/conf/background",
        "ogcapi-maps-1/1.0/conf/scaling",
        "ogcapi-maps-1/1.0/conf/spatial-subsetting",
        "ogcapi-maps-1/1.0/conf/datetime",
        "ogcapi-maps-1/1.0/conf/crs",
        "ogcapi-maps-1/1.0/conf/tilesets",
        "ogcapi-maps-1/1.0/conf/png",
        "ogcapi-maps-1/1.0/conf/jpeg",
    )
)
