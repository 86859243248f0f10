"""Axes as clients write them: `subset=E(641000:642000),N(6865000:6866000),time("2025")`, `scale-size=E(500),N(400)`."""

from __future__ import annotations

import math
import re

from mig_idg.errors import InvalidParameter, Text
from mig_idg.ogc.raster import parameters

EAST, NORTH = ("e", "x", "lon", "long", "longitude", "easting"), ("n", "y", "lat", "latitude", "northing")
_AXIS = re.compile(r"\s*([A-Za-z]+)\s*\(([^()]*)\)\s*")


def subset(text: str, whole: tuple[float, float, float, float]) -> tuple[tuple[float, float, float, float], str | None]:
    """`E(641000:642000),N(6865000:6866000),time("2025")`: the axes named, the others whole."""
    found, moment, at = list(whole), None, 0
    while at < len(text):
        match = _AXIS.match(text, at)
        if match is None or len(text) > 500:
            raise _bad_subset(text)
        name, inside = match.group(1).lower(), match.group(2)
        at = match.end()
        if at < len(text):
            if text[at] != ",":
                raise _bad_subset(text)
            at += 1
        if name in ("time", "t", "datetime", "phenomenontime"):
            moment = inside.replace('"', "").replace(":", "/", 1) if inside.count(":") == 1 else inside.replace('"', "")
            continue
        if name not in (*EAST, *NORTH):
            raise InvalidParameter(
                "subset",
                Text(f"Axe inconnu : « {match.group(1)[:20]} ».", f"Unknown axis: “{match.group(1)[:20]}”."),
                remedy=Text("Axes : E, N (ou X, Y ; Lon, Lat), time.", "Axes: E, N (or X, Y; Lon, Lat), time."),
            )
        low, high = _interval(inside, text)
        first = 0 if name in EAST else 1
        found[first], found[first + 2] = (
            found[first] if low is None else low, found[first + 2] if high is None else high
        )  # fmt: skip
    return (found[0], found[1], found[2], found[3]), moment


def _interval(inside: str, text: str) -> tuple[float | None, float | None]:
    parts = [part.strip() for part in inside.split(":")]
    try:
        values = [None if part in ("*", "") else float(part) for part in parts]
    except ValueError:
        raise _bad_subset(text) from None
    if len(values) != 2 or any(v is not None and not math.isfinite(v) for v in values):
        raise _bad_subset(text)
    low, high = values
    if low is not None and high is not None and low >= high:
        raise _bad_subset(text)
    return low, high


def _bad_subset(text: str) -> InvalidParameter:
    return InvalidParameter(
        "subset",
        Text(f"Découpe illisible : « {text[:60]} ».", f"Unreadable subset: “{text[:60]}”."),
        remedy=Text("subset=E(641000:642000),N(6865000:6866000)", "subset=E(641000:642000),N(6865000:6866000)"),
    )


def sizes(name: str, text: str) -> tuple[float | None, float | None]:
    """`E(100),N(50)` or `100,50`: a number for each axis."""
    wide = tall = None
    if "(" not in text:
        values = parameters.numbers(name, text)
        if len(values) == 2 and min(values) > 0:
            return values[0], values[1]
    for match in _AXIS.finditer(text):
        axis = match.group(1).lower()
        value = parameters.numbers(name, match.group(2))
        if axis not in (*EAST, *NORTH) or len(value) != 1 or value[0] <= 0:
            wide = tall = None
            break
        wide, tall = (value[0], tall) if axis in EAST else (wide, value[0])
    if wide is None and tall is None:
        raise InvalidParameter(
            name,
            Text(f"« {name} » : une taille par axe est attendue.", f"“{name}”: a size for each axis is expected."),
            remedy=Text(f"{name}=E(500),N(400)", f"{name}=E(500),N(400)"),
        )
    return wide, tall
