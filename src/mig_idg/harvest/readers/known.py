"""The reader of each type of source."""

from __future__ import annotations

from mig_idg.harvest.readers import capabilities, csw, dcat, ogcapi, portals, stac
from mig_idg.harvest.readers.page import Reader

READERS: dict[str, Reader] = {
    "csw": csw.READER,
    "ogcapi-records": ogcapi.RECORDS,
    "ogcapi-features": ogcapi.FEATURES,
    "stac": stac.READER,
    "dcat": dcat.READER,
    "data-json": portals.DATA_JSON,
    "ckan": portals.CKAN,
    "udata": portals.UDATA,
    "wms": capabilities.WMS,
    "wfs": capabilities.WFS,
}
