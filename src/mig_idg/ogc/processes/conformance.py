"""The conformance classes of OGC API Processes, part 1 (OGC 18-062r2): each has its test in `tests/ogc/processes`."""

from __future__ import annotations

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/{name}"
    for name in ("core", "ogc-process-description", "json", "html", "oas30", "job-list", "callback", "dismiss")
)
