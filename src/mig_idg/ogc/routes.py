"""The routes of the OGC APIs that need nothing of the settings: each slice keeps its own, beside its handlers."""

from __future__ import annotations

from mig_idg.ogc.coverages.routes import ROUTES as COVERAGES
from mig_idg.ogc.edr.routes import ROUTES as EDR
from mig_idg.ogc.features.routes import ROUTES as FEATURES
from mig_idg.ogc.files.routes import ROUTES as FILES
from mig_idg.ogc.maps.routes import ROUTES as MAPS
from mig_idg.ogc.qgis.routes import ROUTES as QGIS
from mig_idg.ogc.stac.routes import ROUTES as STAC
from mig_idg.ogc.tiles.routes import ROUTES as TILES
from mig_idg.ogc.wmts.routes import ROUTES as WMTS

RASTERS = (*TILES, *MAPS, *COVERAGES, *FILES, *EDR, *WMTS, *STAC)
ROUTES = (*FEATURES, *RASTERS, *QGIS)
