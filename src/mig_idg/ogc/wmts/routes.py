"""The routes of WMTS: to see, as tiles of the OGC APIs."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.ogc.wmts import wmts

ROUTES = (
    Route("/wmts", "listing", wmts.kvp, pool="tiles"),
    Route("/wmts/1.0.0/WMTSCapabilities.xml", "listing", wmts.capabilities, pool="tiles"),
    Route("/wmts/1.0.0/{collection}/{style}/{tms}/{z}/{row}/{file}", "view", wmts.rest_tile, pool="tiles"),
)
