"""The classes of OGC API Features and CQL2 that these routes implement. Declared is tested: tests/conformance."""

from __future__ import annotations

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"

CONFORMANCE: tuple[str, ...] = (
    f"{_FEATURES}1/1.0/conf/core",
    f"{_FEATURES}1/1.0/conf/oas30",
    f"{_FEATURES}1/1.0/conf/html",
    f"{_FEATURES}1/1.0/conf/geojson",
    f"{_FEATURES}2/1.0/conf/crs",
    f"{_FEATURES}3/1.0/conf/queryables",
    f"{_FEATURES}3/1.0/conf/queryables-query-parameters",
    f"{_FEATURES}3/1.0/conf/filter",
    f"{_FEATURES}3/1.0/conf/features-filter",
    *(
        f"{_FEATURES}4/1.0/conf/{name}"
        for name in ("create-replace-delete", "update", "optimistic-locking-etags", "features")
    ),
    *(
        f"{_FEATURES}5/1.0/conf/{name}"
        for name in ("schemas", "core-roles-features", "returnables-and-receivables", "queryables", "sortables")
    ),
    # Part 5 became Common - Part 3 when it was published (OGC 23-058r2): both names.
    *(
        f"http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/{name}"
        for name in ("schemas", "returnables-and-receivables", "queryables", "sortables")
    ),
    *(
        f"{_CQL2}{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            # The draft's name of basic-spatial-functions: QGIS pushes spatial filters down when it reads it.
            "basic-spatial-operators",
            "temporal-functions",
            "array-functions",
            "property-property",
            "functions",
            "arithmetic",
        )
    ),
)
