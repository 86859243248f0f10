"""The conformance classes of OGC API Records 1.0 (20-004r1) that the catalogue implements. Declared is tested.

The identifiers are those of the abstract test suite. `record-api` is the name that its drafts gave `records-api`, which
clients of that time still look for.
"""

from __future__ import annotations

_RECORDS = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/"
CONFORMANCE: tuple[str, ...] = tuple(
    f"{_RECORDS}{name}"
    for name in (
        "record-core",
        "record-collection",
        "record-core-query-parameters",
        "records-api",
        "record-api",
        "searchable-catalog",
        "searchable-catalog/sorting",
        "searchable-catalog/filtering",
        "cql-filter",
        "sorting",
        "autodiscovery",
        "json",
        "html",
        "oas30",
    )
)
