"""The conformance classes of OGC API Records 1.0 (20-004r1) that the catalogue implements. Declared is tested."""

from __future__ import annotations

_RECORDS = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/"

CONFORMANCE: tuple[str, ...] = (
    f"{_RECORDS}record-core",
    f"{_RECORDS}record-collection",
    f"{_RECORDS}record-core-query-parameters",
    f"{_RECORDS}record-api",
    f"{_RECORDS}searchable-catalog",
    f"{_RECORDS}sorting",
    f"{_RECORDS}json",
    f"{_RECORDS}html",
)
