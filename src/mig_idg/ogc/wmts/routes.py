"""The routes of WMTS: to see, as tiles of the OGC APIs."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import PICTURES, Operation
from mig_idg.guard.operation import WMTS as TAG
from mig_idg.guard.route import Route
from mig_idg.ogc.wmts import wmts

_XML = ("text/xml", "text")

ROUTES = (
    Route("/wmts", "listing", wmts.kvp, pool="tiles", operations=(
        Operation("wmts", Text("WMTS 1.0.0 par paramètres", "WMTS 1.0.0 by parameters"), TAG, (_XML, *PICTURES),
                  ("service", "request", "version", "layer", "wmtsStyle", "tilematrixset", "tilematrix", "tilerow",
                   "tilecol", "wmtsFormat"), ows=True),)),
    Route("/wmts/1.0.0/WMTSCapabilities.xml", "listing", wmts.capabilities, pool="tiles", operations=(
        Operation("wmtsCapabilities", Text("Les couches WMTS", "The WMTS layers"), TAG, (_XML,), ows=True),)),
    Route("/wmts/1.0.0/{collection}/{style}/{tms}/{z}/{row}/{file}", "view", wmts.rest_tile, pool="tiles", operations=(
        Operation("wmtsTile", Text("Une tuile WMTS", "A WMTS tile"), TAG, PICTURES,
                  ("styleId", "tms", "z", "row", "file"), raster=True),)),
)  # fmt: skip
