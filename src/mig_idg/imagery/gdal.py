"""Under which options GDAL opens a file that is served: this file, by the GeoTIFF driver, and nothing else.

No directory is listed, no side-car is read (`.ovr`, `.aux.xml`, `.tfw`), nothing comes from the network: a COG holds
all it needs. `driver=` is given at each open, so that a VRT with the name of a TIFF is an unreadable TIFF.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import rasterio
from rasterio.errors import NotGeoreferencedWarning

from mig_idg.store.storage import Place

SERVING: Mapping[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    # In bytes: rasterio hands the number to GDAL as it is (64 would be room for no block at all).
    "GDAL_CACHEMAX": 64 * 1024 * 1024,
    "GDAL_NUM_THREADS": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "CPL_CURL_ENABLE_VSIMEM": "NO",
    "VRT_SHARED_SOURCE": "NO",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GTIFF_SRS_SOURCE": "EPSG",
    "OSR_WKT_FORMAT": "WKT2_2019",
}

# What is not read is missed by nobody: `open_tiff`.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)


def environment(place: Place | None = None) -> rasterio.Env:
    """The environment of every thread that reads pixels to serve; entered once for each thread.

    Files in a bucket need its keys and the way to its endpoint, which the place gives; nothing else is let through.
    """
    return place.environment(SERVING) if place else rasterio.Env(session=None, **SERVING)


def open_tiff(path: Path, *, placed: bool = True, **options: Any) -> Any:
    """The dataset at `path`, GeoTIFF and nothing else. Raises rasterio.errors.RasterioIOError.

    Its place on the ground is read from its own tags, or not at all when it is not `placed`: reading a CRS is six
    sevenths of the millisecond that opening a small file takes.
    """
    unplaced = {} if placed else {"GEOREF_SOURCES": "NONE"}
    return rasterio.open(path, driver="GTiff", sharing=False, **unplaced, **options)
