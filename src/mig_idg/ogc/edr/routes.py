"""The routes of OGC API EDR: values at places, a query."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.ogc.edr import edr

_COLLECTION = "/collections/{collection}"

ROUTES = (
    Route(f"{_COLLECTION}/position", "query", edr.position, pool="tiles"),
    Route(f"{_COLLECTION}/trajectory", "query", edr.trajectory, pool="tiles"),
)
