"""The routes of OGC API Maps, and what each asks of the charter: to see."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.ogc.maps import maps

_COLLECTION = "/collections/{collection}"

ROUTES = (
    Route(f"{_COLLECTION}/map", "view", maps.collection_map, pool="tiles"),
    Route(f"{_COLLECTION}/styles/{{style}}/map", "view", maps.collection_map, pool="tiles"),
    Route("/map", "listing", maps.dataset_map, pool="tiles"),
)
