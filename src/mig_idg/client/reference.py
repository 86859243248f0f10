"""Reference systems between pandas and OGC: the address of a CRS, the order of its axes."""

from __future__ import annotations

from typing import Any

import numpy
import shapely
from pyproj import CRS

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def address(crs: CRS) -> str:
    """Its OGC address. EPSG:4326 is asked for as CRS84: longitude first, as geopandas understands it."""
    code = crs.to_epsg()
    if code is None:
        raise ValueError(f"« {crs.name} » : un code EPSG est attendu · an EPSG code is expected")
    return CRS84 if code == 4326 else f"http://www.opengis.net/def/crs/EPSG/0/{code}"


def northing_first(crs: CRS) -> bool:
    """True when the authority gives the northing or the latitude first (3035, 4171, 4258…), as the server then does."""
    return crs.to_epsg() != 4326 and crs.axis_info[0].direction == "north"


def swapped(geometries: Any) -> Any:
    """The same geometries, their two first coordinates exchanged; heights stay."""
    return shapely.transform(geometries, _exchanged, include_z=bool(numpy.any(shapely.has_z(geometries))))


def _exchanged(points: Any) -> Any:
    return points[:, [1, 0, 2][: points.shape[1]]]


def box(bbox: Any, crs: CRS) -> tuple[str, str]:
    """`bbox` and `bbox-crs`: four numbers in `crs`, or a frame, whose extent is taken in its own."""
    if hasattr(bbox, "total_bounds"):
        crs, bbox = (bbox.crs or crs), bbox.total_bounds
    numbers = [float(one) for one in bbox]
    if len(numbers) != 4:
        raise ValueError("bbox : xmin, ymin, xmax, ymax sont attendus · four numbers are expected")
    if northing_first(crs):
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    return ",".join(f"{one:.10g}" for one in numbers), address(crs)
