"""The routes of STAC API: a catalogue is discovered, its files are queried."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.ogc.stac import catalogue, search

_STAC = "/stac/collections/{collection}"

ROUTES = (
    Route("/stac", "listing", catalogue.landing),
    Route("/stac/conformance", "open", catalogue.conformance, pool="none"),
    Route("/stac/queryables", "open", catalogue.queryables, pool="none"),
    Route("/stac/search", "listing", search.search, methods=("GET", "HEAD", "POST"), body_limit=2**20),
    Route("/stac/collections", "listing", catalogue.collections),
    Route(_STAC, "discover", catalogue.collection),
    Route(f"{_STAC}/queryables", "discover", catalogue.queryables),
    Route(f"{_STAC}/items", "query", search.items),
    Route(f"{_STAC}/items/{{item}}", "query", search.item),
)
