"""The two statements of a place that a BAL line makes: long/lat (WGS84) and x/y (legal projection)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyproj import Transformer

NUMBER = r"^-?\d+(?:\.\d+)?$"
LAMBERT_93, WGS84 = 2154, 4326
TOLERANCE = 10.0  # metres between x/y and long/lat

# Where French addresses are: west, south, east, north, in degrees.
FRANCE = (
    (-5.6, 41.2, 9.8, 51.3),  # métropole
    (-63.2, 14.3, -60.7, 18.2),  # Guadeloupe, Martinique, Saint-Martin, Saint-Barthélemy
    (-54.7, 2.0, -51.5, 6.0),  # Guyane
    (55.1, -21.5, 55.9, -20.8),  # La Réunion
    (44.9, -13.1, 45.4, -12.5),  # Mayotte
    (-56.6, 46.6, -56.0, 47.2),  # Saint-Pierre-et-Miquelon
    (163.0, -23.0, 168.5, -19.0),  # Nouvelle-Calédonie
    (-154.8, -28.0, -134.0, -7.5),  # Polynésie française
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where lines say they are, as columns; a number that cannot be read is not a number (NaN)."""

    long: NDArray[np.float64]
    lat: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    empty: NDArray[np.bool_]  # neither long nor lat
    xy_empty: NDArray[np.bool_]  # neither x nor y
    outside: NDArray[np.bool_]  # long/lat out of France, or half missing
    apart: NDArray[np.bool_]  # x/y further than the tolerance from long/lat


@cache
def transformer(source: int, target: int) -> Transformer:
    """From one EPSG code to another, easting or longitude first; kept, since making one is slow."""
    return Transformer.from_crs(source, target, always_xy=True)


def read(cells: dict[str, Any]) -> Places:
    """Read the four columns (texts without spaces around them); `x` and `y` may be missing."""
    long, lat = _numbers(cells["long"]), _numbers(cells["lat"])
    nowhere = np.full(len(long), np.nan)
    x, y = (_numbers(cells[name]) if name in cells else nowhere for name in ("x", "y"))
    empty = _empty(cells["long"]) & _empty(cells["lat"])
    xy_empty = _empty(cells["x"]) & _empty(cells["y"]) if "x" in cells and "y" in cells else np.ones(len(long), bool)
    inside = np.zeros(len(long), bool)
    for west, south, east, north in FRANCE:
        inside |= (long >= west) & (long <= east) & (lat >= south) & (lat <= north)
    unread = _unread(cells["long"], long) | _unread(cells["lat"], lat)
    return Places(long, lat, x, y, empty, xy_empty, ~inside & ~empty & ~unread, _apart(long, lat, x, y, inside))


def _numbers(column: Any) -> NDArray[np.float64]:
    sound = pc.match_substring_regex(column, NUMBER)
    read_ = pc.cast(pc.if_else(sound, column, pa.scalar(None, pa.string())), pa.float64())
    return np.asarray(pc.fill_null(read_, float("nan")).to_numpy(zero_copy_only=False))


def _empty(column: Any) -> NDArray[np.bool_]:
    return np.asarray(pc.equal(column, "").to_numpy(zero_copy_only=False))


def _unread(column: Any, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """True where something is written that is not a number: another finding says so."""
    return np.isnan(numbers) & ~_empty(column)


def _apart(
    long: NDArray[np.float64],
    lat: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    inside: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Lines of metropolitan France whose two places differ; overseas has other legal projections."""
    west, south, east, north = FRANCE[0]
    here = inside & (long >= west) & (long <= east) & (lat >= south) & (lat <= north) & np.isfinite(x) & np.isfinite(y)
    apart = np.zeros(len(long), bool)
    if here.any():
        east_, north_ = transformer(WGS84, LAMBERT_93).transform(long[here], lat[here])
        apart[here] = np.hypot(east_ - x[here], north_ - y[here]) > TOLERANCE
    return apart
