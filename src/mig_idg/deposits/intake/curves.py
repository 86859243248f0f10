"""Curves made of straight lines: WKB of arcs and of their assemblies, which GEOS does not read, as plain geometries.

PCRS files write `gml:Curve`, most often with straight segments only, sometimes with arcs. An arc is followed within a
degree of its circle, and the report says how many geometries had one.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

POINT, LINE, POLYGON, CIRCULAR, COMPOUND, CURVE_POLYGON, MULTI_CURVE, MULTI_SURFACE = 1, 2, 3, 8, 9, 10, 11, 12
STEP = np.radians(1.0)


@dataclass(slots=True)
class _Reader:
    """A place in WKB; `arcs` counts those that were followed, `size` is how many ordinates are kept (no M)."""

    data: bytes
    at: int = 0
    arcs: int = 0
    size: int = 2

    def head(self) -> tuple[str, int, int]:
        """Byte order, type without dimensions, number of ordinates."""
        order = "<" if self.data[self.at] == 1 else ">"
        (code,) = struct.unpack_from(f"{order}I", self.data, self.at + 1)
        self.at += 5
        has_z = bool(code & 0x80000000) or (code & 0xFFFF) // 1000 in (1, 3)
        has_m = bool(code & 0x40000000) or (code & 0xFFFF) // 1000 in (2, 3)
        self.size = 2 + has_z
        return order, (code & 0xFFFF) % 1000, 2 + has_z + has_m

    def count(self, order: str) -> int:
        (count,) = struct.unpack_from(f"{order}I", self.data, self.at)
        self.at += 4
        return int(count)

    def points(self, order: str, size: int) -> NDArray[np.float64]:
        count = self.count(order)
        found = np.frombuffer(self.data, f"{order}f8", count * size, self.at).reshape(count, size)
        self.at += count * size * 8
        return found[:, : self.size]


def is_curved(wkb: bytes | None) -> bool:
    """Is it of a type that GEOS does not read?"""
    return wkb is not None and _Reader(wkb).head()[1] in (CIRCULAR, COMPOUND, CURVE_POLYGON, MULTI_CURVE, MULTI_SURFACE)


def is_measured(wkb: bytes | None) -> bool:
    """Does it carry measures (M)?"""
    if wkb is None:
        return False
    code = int.from_bytes(wkb[1:5], "little" if wkb[0] == 1 else "big")
    return bool(code & 0x40000000) or (code & 0xFFFF) // 1000 in (2, 3)


def straightened(wkb: bytes) -> tuple[shapely.Geometry, bool]:
    """The geometry with straight lines, and whether there was an arc. Raises ValueError when it cannot be read."""
    reader = _Reader(wkb)
    try:
        shape = _geometry(reader)
    except (struct.error, IndexError, shapely.errors.GEOSException) as error:
        raise ValueError("WKB") from error
    return shape, reader.arcs > 0


def _geometry(reader: _Reader) -> shapely.Geometry:
    start = reader.at
    order, kind, _ = reader.head()
    reader.at = start
    if kind in (LINE, CIRCULAR, COMPOUND):
        return shapely.linestrings(_line(reader))
    if kind in (POLYGON, CURVE_POLYGON):
        return _polygon(reader)
    if kind in (MULTI_CURVE, MULTI_SURFACE):
        reader.head()
        parts = [_geometry(reader) for _ in range(reader.count(order))]
        gather = shapely.multilinestrings if kind == MULTI_CURVE else shapely.multipolygons
        return gather(parts)
    raise ValueError("WKB")


def _polygon(reader: _Reader) -> shapely.Polygon:
    order, kind, size = reader.head()
    rings = [reader.points(order, size) if kind == POLYGON else _line(reader) for _ in range(reader.count(order))]
    return shapely.polygons(rings[0], [shapely.linearrings(ring) for ring in rings[1:]] or None)


def _line(reader: _Reader) -> NDArray[np.float64]:
    """The points of a line, of a chain of arcs, or of several of them end to end."""
    order, kind, size = reader.head()
    if kind == LINE:
        return reader.points(order, size)
    if kind == CIRCULAR:
        reader.arcs += 1
        return _followed(reader.points(order, size))
    parts = [_line(reader) for _ in range(reader.count(order))]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _followed(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Arcs of three points each, the last of one being the first of the next."""
    pieces = [points[:1]]
    for first in range(0, len(points) - 2, 2):
        pieces.append(_arc(*points[first : first + 3])[1:])
    return np.concatenate(pieces)


def _arc(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the circle through three points, from the first to the third; heights change evenly."""
    (ax, ay), (bx, by), (cx, cy) = a[:2], b[:2], c[:2]
    twice = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if abs(twice) < 1e-12:
        return np.stack([a, b, c])
    na, nb, nc = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    x = (na * (by - cy) + nb * (cy - ay) + nc * (ay - by)) / twice
    y = (na * (cx - bx) + nb * (ax - cx) + nc * (bx - ax)) / twice
    angles = np.unwrap(np.arctan2([ay - y, by - y, cy - y], [ax - x, bx - x, cx - x]))
    begin, middle, end = angles
    if not min(begin, end) <= middle <= max(begin, end):
        end += 2 * np.pi if end < begin else -2 * np.pi
    count = max(2, int(abs(end - begin) / STEP) + 1)
    turn = np.linspace(begin, end, count)
    radius = np.hypot(ax - x, ay - y)
    flat = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1)
    flat[0], flat[-1] = a[:2], c[:2]
    return flat if len(a) == 2 else np.column_stack([flat, np.linspace(a[2], c[2], count)])
