"""The conformance classes of OGC API Coverages; each has its test in `tests/ogc/raster`."""

from __future__ import annotations

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/{name}"
    for name in (
        "ogcapi-coverages-1/0.0/conf/core",
        "ogcapi-coverages-1/0.0/conf/scaling",
        "ogcapi-coverages-1/0.0/conf/subsetting",
        "ogcapi-coverages-1/0.0/conf/fieldselection",
        "ogcapi-coverages-1/0.0/conf/crs",
        "ogcapi-coverages-1/0.0/conf/geotiff",
        "ogcapi-coverages-1/0.0/conf/png",
    )
)
