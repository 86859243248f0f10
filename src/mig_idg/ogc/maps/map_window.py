"""The part of the ground that a map shows, in the three ways of OGC 20-058: `bbox`, `subset`, or `center`."""

from __future__ import annotations

import math
import re

from mig_idg.errors import InvalidParameter, Text
from mig_idg.guard.request import Request
from mig_idg.ogc.raster import parameters, subset_axes
from mig_idg.store import crs as reference
from mig_idg.store.crs import Crs

Bounds = tuple[float, float, float, float]

WAYS = ("bbox", "subset", "center")
PARAMETERS = ("bbox", "bbox-crs", "subset", "subset-crs", "center", "center-crs")
_DEGREES = re.compile(r"\b(lat|lon|long|latitude|longitude)\s*\(", re.IGNORECASE)
_METRES_IN_A_DEGREE = 111_320.0


def window(request: Request, srid: int, whole: Bounds) -> tuple[parameters.Region, str | None]:
    """The region asked, and the moment when `subset` has a time axis. `whole` is the extent in CRS84 degrees.

    Raises InvalidParameter: unreadable, empty, two ways at once, or outside what the CRS can tell.
    """
    given = [name for name in WAYS if name in request.query]
    if len(given) > 1:
        raise InvalidParameter(
            given[1],
            Text(f"« {given[0]} » ou « {given[1]} », l'un des deux.", f"“{given[0]}” or “{given[1]}”, one of the two."),
        )
    if "subset" in request.query:
        source = _crs(request, "subset-crs", srid, geographic=_DEGREES.search(request.query["subset"]) is not None)
        bounds, moment = subset_axes.subset(request.query["subset"], _whole_in(whole, source))
        return parameters.region(request, srid, whole, (bounds, source)), moment
    if "center" in request.query:
        source = parameters.crs_named(request, "center-crs", srid, reference.CRS84)
        return parameters.region(request, srid, whole, (_around(request, source, whole), source)), None
    return parameters.region(request, srid, whole), None


def _crs(request: Request, parameter: str, srid: int, *, geographic: bool) -> Crs:
    return parameters.crs_named(
        request, parameter, srid, reference.CRS84 if geographic else reference.storage_crs(srid)
    )


def _whole_in(whole: Bounds, source: Crs) -> Bounds:
    if source.srid == reference.CRS84.srid:
        return whole
    moved = reference.moved(whole, reference.CRS84.srid, source.srid)
    if moved is None:
        raise InvalidParameter(
            "subset-crs", Text("Ce système ne dit pas ces lieux.", "This system cannot tell these places.")
        )
    return moved.bounds


def _around(request: Request, source: Crs, whole: Bounds) -> Bounds:
    """The rectangle of `width` by `height` pixels around the centre, at the scale asked or that of the whole."""
    values = parameters.numbers("center", request.query["center"])
    if len(values) != 2:
        raise InvalidParameter("center", Text("Deux coordonnées sont attendues.", "Two coordinates are expected."))
    x, y = (values[1], values[0]) if source.flipped else (values[0], values[1])
    wide = parameters.side(request, "width") or parameters.side(request, "height") or parameters.DEFAULT_SIDE
    tall = parameters.side(request, "height") or wide
    denominator = parameters.positive(request, "scale-denominator")
    if denominator is not None:
        metres = denominator * (parameters.positive(request, "mm-per-pixel") or parameters.PIXEL_MM) / 1000
    else:
        metres = parameters.Region(whole, reference.CRS84).metres / parameters.DEFAULT_SIDE
    across = up = metres
    if source.degrees:
        up = metres / _METRES_IN_A_DEGREE
        across = up / max(math.cos(math.radians(min(abs(y), 89.0))), 0.01)
    return (x - across * wide / 2, y - up * tall / 2, x + across * wide / 2, y + up * tall / 2)
