"""The conformance classes of the raster routes; each has its test in `tests/ogc/raster`."""

from __future__ import annotations

CONFORMANCE = (
    *(
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
            "ogcapi-coverages-1/0.0/conf/core",
            "ogcapi-coverages-1/0.0/conf/scaling",
            "ogcapi-coverages-1/0.0/conf/subsetting",
            "ogcapi-coverages-1/0.0/conf/fieldselection",
            "ogcapi-coverages-1/0.0/conf/crs",
            "ogcapi-coverages-1/0.0/conf/geotiff",
            "ogcapi-coverages-1/0.0/conf/png",
            "ogcapi-tiles-1/1.0/conf/png",
            "ogcapi-tiles-1/1.0/conf/jpeg",
        )
    ),
)
