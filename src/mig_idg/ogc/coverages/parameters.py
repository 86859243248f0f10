"""What is asked of a coverage: a rectangle, a scale, a reference system, bands, a moment; as a frame to be read.

In the CRS of storage a box is snapped outwards to the grid of the file, so that its pixels are the file's own.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from mig_idg.errors import InvalidParameter, Text, TooLarge, did_you_mean, nearest
from mig_idg.guard.request import Request
from mig_idg.imagery.frame import Frame
from mig_idg.ogc.raster import extent, parameters, subset_axes
from mig_idg.store import crs as reference
from mig_idg.store.crs import Crs

MOST_PIXELS = 200_000_000
_DEGREES = re.compile(r"(?i)\b(lat|lon|long|latitude|longitude)\s*\(")


@dataclass(frozen=True, slots=True)
class Cut:
    """What is asked: the frame, whether its pixels are those of the file, bands (1 is the first), vintage."""

    frame: Frame
    crs: Crs
    exact: bool
    bands: tuple[int, ...]
    names: tuple[str, ...]
    datetime: str | None


def cut_of(request: Request, native: extent.Native) -> Cut:
    """The frame asked, out of bbox or subset, scale and CRS. Raises InvalidParameter, TooLarge."""
    assert request.collection is not None
    srid = request.collection.srid
    target = parameters.crs_named(request, "crs", srid, _default_crs(request, srid))
    bounds, datetime = _ground(request, native, srid, target)
    exact = target.srid == srid and "scaleSize" not in request.query
    if exact:
        bounds = _snapped(bounds, native)
        dx, dy = native.pixel
    else:
        dx, dy = _pixel_in(native, srid, target)
    full = (max(1, round((bounds[2] - bounds[0]) / dx)), max(1, round((bounds[3] - bounds[1]) / dy)))
    size = _scaled(request, full)
    if size[0] * size[1] > MOST_PIXELS:
        raise too_large(Frame(bounds, target.srid, *size), MOST_PIXELS)
    bands, names = _bands(request, native)
    frame = Frame(bounds, target.srid, *size)
    return Cut(frame, target, exact and size == full, bands, names, datetime)


def _default_crs(request: Request, srid: int) -> Crs:
    """The CRS of storage; CRS84 for a subset along Lat and Lon, or a scale along them, which only make sense there."""
    geographic = _DEGREES.search(request.query.get("subset", "") + request.query.get("scaleSize", "")) is not None
    return reference.CRS84 if geographic and "subset-crs" not in request.query else reference.storage_crs(srid)


def _ground(
    request: Request, native: extent.Native, srid: int, target: Crs
) -> tuple[tuple[float, float, float, float], str | None]:
    """The rectangle asked in the CRS of the answer, within the data; and the moment, from `subset=time(…)` if there."""
    query = request.query
    datetime = query.get("datetime")
    for name in ("bbox-crs", "subset-crs"):
        parameters.crs_named(request, name, srid, reference.CRS84)
    if "bbox" in query and "subset" in query:
        raise InvalidParameter(
            "subset", Text("« bbox » ou « subset », l'un des deux.", "“bbox” or “subset”, one of the two.")
        )
    whole, own = native.bounds, reference.storage_crs(srid)
    box, source = whole, own
    if "bbox" in query:
        source = parameters.crs_named(request, "bbox-crs", srid, reference.CRS84)
        found = reference.box(parameters.numbers("bbox", query["bbox"]), source)
        box = (found.xmin, found.ymin, found.xmax, found.ymax)
    elif "subset" in query:
        source = parameters.crs_named(request, "subset-crs", srid, _default_crs(request, srid))
        limits = whole if source.srid == srid else _moved(whole, srid, source.srid, "subset-crs")
        box, moment = subset_axes.subset(query["subset"], limits)
        datetime = datetime or moment
    if source.srid != target.srid:
        box = _moved(box, source.srid, target.srid, "bbox")
        whole = _moved(whole, srid, target.srid, "bbox")
    elif source.srid != srid:
        whole = _moved(whole, srid, target.srid, "bbox")
    if "scaleSize" in query and "bbox" in query:
        return box, datetime
    inside = (max(box[0], whole[0]), max(box[1], whole[1]), min(box[2], whole[2]), min(box[3], whole[3]))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        raise InvalidParameter(
            "bbox" if "bbox" in query else "subset",
            Text("L'emprise demandée est hors de l'image.", "The region asked is outside the picture."),
            remedy=Text(
                f"L'image couvre {', '.join(f'{v:.3f}' for v in native.bounds)} (EPSG:{srid}).",
                f"The picture covers {', '.join(f'{v:.3f}' for v in native.bounds)} (EPSG:{srid}).",
            ),
        )
    return inside, datetime


def _moved(
    box: tuple[float, float, float, float], source: int, target: int, parameter: str
) -> tuple[float, float, float, float]:
    moved = reference.moved(box, source, target)
    if moved is None:
        raise InvalidParameter(
            parameter, Text("L'emprise est hors du domaine du système.", "The box is outside the domain of the CRS.")
        )
    return moved.bounds


def _snapped(box: tuple[float, float, float, float], native: extent.Native) -> tuple[float, float, float, float]:
    """The box outwards to the file's own grid, a thousandth of a pixel being no pixel."""
    left, top, (dx, dy) = native.bounds[0], native.bounds[3], native.pixel
    slack = 1e-3
    return (
        left + math.floor((box[0] - left) / dx + slack) * dx,
        top - math.ceil((top - box[1]) / dy - slack) * dy,
        left + math.ceil((box[2] - left) / dx - slack) * dx,
        top - math.floor((top - box[3]) / dy + slack) * dy,
    )


def _pixel_in(native: extent.Native, srid: int, target: Crs) -> tuple[float, float]:
    """A square pixel of the other CRS that keeps the detail: the whole's width over its pixels."""
    moved = _moved(native.bounds, srid, target.srid, "crs")
    across = (native.bounds[2] - native.bounds[0]) / native.pixel[0]
    down = (native.bounds[3] - native.bounds[1]) / native.pixel[1]
    return (moved[2] - moved[0]) / across, (moved[3] - moved[1]) / down


def _scaled(request: Request, full: tuple[int, int]) -> tuple[int, int]:
    """The size of the answer, from at most one way of scaling. Raises InvalidParameter."""
    given = [name for name in ("scale-size", "scale-factor", "scale-axes", "width", "height") if name in request.query]
    if not given:
        return full
    kinds = {name if name.startswith("scale") else "size" for name in given}
    if len(kinds) > 1:
        raise InvalidParameter(given[1], Text("Une seule façon de changer d'échelle.", "Only one way of scaling."))
    if "scale-factor" in request.query:
        factor = parameters.positive(request, "scale-factor") or 1.0
        return max(1, round(full[0] / factor)), max(1, round(full[1] / factor))
    if "width" in request.query or "height" in request.query:
        width, height = parameters.side(request, "width"), parameters.side(request, "height")
        return width or max(1, round(full[0] * (height or 1) / full[1])), height or max(
            1, round(full[1] * (width or 1) / full[0])
        )
    name = given[0]
    wide, tall = subset_axes.sizes(name, request.query[name])
    if name == "scale-axes":
        return max(1, round(full[0] / (wide or 1.0))), max(1, round(full[1] / (tall or 1.0)))
    width, height = round(wide or full[0]), round(tall or full[1])
    if wide and not tall:
        height = max(1, round(full[1] * width / full[0]))
    elif tall and not wide:
        width = max(1, round(full[0] * height / full[1]))
    return max(1, width), max(1, height)


def _bands(request: Request, native: extent.Native) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """`properties=red,green` or `1,2`: the bands asked, all by default. Raises InvalidParameter."""
    names = native.bands
    text = request.query.get("properties")
    if text is None:
        return tuple(range(1, len(names) + 1)), names
    found = []
    for word in text.split(",")[:20]:
        word = word.strip()
        if word in names:
            found.append(names.index(word) + 1)
        elif word.isdigit() and 1 <= int(word) <= len(names):
            found.append(int(word))
        else:
            raise InvalidParameter(
                "properties",
                Text(f"Bande inconnue : « {word[:40]} ».", f"Unknown band: “{word[:40]}”."),
                remedy=did_you_mean(nearest(word, names))
                or Text(f"Bandes : {', '.join(names)}.", f"Bands: {', '.join(names)}."),
            )
    return tuple(found), tuple(names[number - 1] for number in found)


def too_large(frame: Frame, most: int) -> TooLarge:
    return TooLarge(
        Text(
            f"{frame.width} × {frame.height} pixels demandés, au plus {most:_}.".replace("_", " "),
            f"{frame.width} × {frame.height} pixels asked, at most {most:_}.".replace("_", ","),
        ),
        remedy=Text(
            "Réduisez l'emprise, ou l'échelle (scale-factor) ; le fichier entier est à /files/.",
            "Use a smaller box or scale (scale-factor); the whole file is at /files/.",
        ),
    )
