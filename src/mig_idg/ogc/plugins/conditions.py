"""What a client asks of a coverage or of values at places, read strictly before a plug-in is told of it."""

from __future__ import annotations

import math
import re
from typing import Any

from mig_idg.errors import InvalidParameter, Text
from mig_idg.guard.request import Request
from mig_idg.ogc.raster.parameters import crs_named, numbers
from mig_idg.store import crs as reference
from mig_idg.store import datetimes
from mig_idg.store.collection import Collection
from mig_idg.store.crs import Crs

_SUBSET = re.compile(r"\s*([A-Za-z_][\w-]{0,63})\s*\(([^()]*)\)\s*(?:,|$)")
_MOST = 2_000


def only_stored_crs(request: Request, srid: int) -> Crs:
    """The CRS of the answer: that of the source. Raises InvalidParameter for another."""
    stored = reference.storage_crs(srid)
    asked = crs_named(request, "crs", srid, stored)
    if asked.srid != srid:
        raise InvalidParameter(
            "crs",
            Text(
                "Un greffon rend ses valeurs dans le système de sa source.",
                "A plug-in gives its values in the CRS of its source.",
            ),
            remedy=Text(f"crs={stored.uri}", f"crs={stored.uri}"),
        )
    return stored


def bbox_of(request: Request, collection: Collection) -> list[float] | None:
    """The box asked, in the CRS of the source, x first. Raises InvalidParameter."""
    text = request.query.get("bbox")
    source = crs_named(request, "bbox-crs", collection.srid, reference.CRS84)
    if text is None:
        return None
    box = reference.box(numbers("bbox", text), source)
    bounds = (box.xmin, box.ymin, box.xmax, box.ymax)
    if box.xmin > box.xmax or box.zmin is not None:
        raise InvalidParameter("bbox", Text("Quatre nombres sont attendus, d'ouest en est.",
                                            "Four numbers are expected, from west to east."))  # fmt: skip
    if source.srid == collection.srid:
        return list(bounds)
    region = reference.moved(bounds, source.srid, collection.srid)
    if region is None:
        raise InvalidParameter("bbox", Text("L'emprise est hors du domaine de la collection.",
                                            "The box is outside the domain of the collection."))  # fmt: skip
    return list(region.bounds)


def period_of(text: str | None) -> dict[str, Any] | None:
    """A period, as the isolated process reads it. Raises InvalidParameter."""
    if text is None:
        return None
    period = datetimes.period(text)
    return {"text": text, "start": period.start, "end": period.end, "end_open": period.end_open}


def subsets_of(text: str | None) -> tuple[dict[str, list[Any]], str | None]:
    """`Lat(48:49),level(10:20),time("2025-01-01")`: bounds by axis, and the moment. Raises InvalidParameter."""
    found: dict[str, list[Any]] = {}
    moment, at = None, 0
    while text is not None and at < len(text):
        match = _SUBSET.match(text, at)
        if match is None or len(text) > _MOST or match.group(1) in found:
            raise _bad_subset(text)
        at = match.end()
        name, inside = match.groups()
        if name.lower() in ("time", "t", "datetime", "phenomenontime"):
            moment = _moment(inside)
            continue
        found[name] = _bounds(inside, text)
    return found, moment


def _moment(inside: str) -> str:
    """`"2025"` as such; `"2025-01":"2025-06"`, whose hours have colons of their own, as an interval."""
    between = re.fullmatch(r'\s*"([^"]*)"\s*:\s*"([^"]*)"\s*', inside)
    return "/".join(between.groups()) if between else inside.strip().strip('"')


def _bounds(inside: str, text: str) -> list[float]:
    parts = [part.strip().strip('"') for part in inside.split(":")]
    try:
        values = [float(part) for part in parts]
    except ValueError:
        raise _bad_subset(text) from None
    if len(values) > 2 or not all(map(math.isfinite, values)) or values[0] > values[-1]:
        raise _bad_subset(text)
    return [values[0], values[-1]]


def _bad_subset(text: str) -> InvalidParameter:
    return InvalidParameter(
        "subset",
        Text(f"Découpe illisible : « {text[:60]} ».", f"Unreadable subset: “{text[:60]}”."),
        remedy=Text("subset=Lat(48:49),Lon(2:3)", "subset=Lat(48:49),Lon(2:3)"),
    )


def level_of(text: str | None) -> list[float] | None:
    """`z=10` or `z=10/20`, as its two bounds. Raises InvalidParameter."""
    if text is None:
        return None
    try:
        values = [float(part) for part in text.split("/")]
    except ValueError:
        values = []
    if not 1 <= len(values) <= 2 or not all(map(math.isfinite, values)) or values[0] > values[-1]:
        raise InvalidParameter(
            "z", Text("Un niveau, ou deux autour d'une barre.", "One level, or two around a slash."),
            remedy=Text("z=10 ou z=10/20", "z=10 or z=10/20"),
        )  # fmt: skip
    return [values[0], values[-1]]


def names_of(parameter: str, text: str | None, known: list[str]) -> list[str] | None:
    """Names between commas, each one of those known. Raises InvalidParameter."""
    if text is None:
        return None
    found = [one.strip() for one in text.split(",") if one.strip()]
    for name in found:
        if name not in known:
            raise InvalidParameter(
                parameter,
                Text(f"Grandeur inconnue : « {name[:40]} ».", f"Unknown parameter: “{name[:40]}”."),
                remedy=Text(f"Grandeurs : {', '.join(known[:50])}.", f"Parameters: {', '.join(known[:50])}."),
            )
    return found or None
