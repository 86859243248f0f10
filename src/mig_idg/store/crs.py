"""Coordinate reference systems: an exact list of names, their axis order, and boxes moved from one to another.

A client names a CRS by a string that must be in the list, letter for letter: nothing a client writes reaches PROJ,
which would read files and addresses. The axis order and units of the list are constants, checked against PROJ by a
test. Inside, x is always the easting or longitude; only what crosses the route is flipped.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from mig_idg.errors import InvalidParameter, Text, did_you_mean, nearest

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
WGS84 = 4326
DEGREE_DIGITS = 7
METRE_DIGITS = 3

_FIRST_SEGMENTS = 8
_SMALL_SEGMENTS = 16
_SMALL_DEGREES = 0.01
_MOST_SEGMENTS = 256
_DOMAIN_MARGIN = 10.0


@dataclass(frozen=True, slots=True)
class Crs:
    """One CRS a client may name.

    `srid` is the integer PostGIS transforms with; `flipped` says that the authority puts latitude or northing first;
    `degrees` gives the unit; `height` says that the third coordinate belongs to the CRS.
    """

    uri: str
    srid: int
    flipped: bool = False
    degrees: bool = False
    height: bool = False

    @property
    def digits(self) -> int:
        """Decimals worth writing: one centimetre in degrees, one millimetre in metres."""
        return DEGREE_DIGITS if self.degrees else METRE_DIGITS

    @property
    def content_crs(self) -> str:
        """The value of the `Content-Crs` header."""
        return f"<{self.uri}>"


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", WGS84, degrees=True)
CRS84H = Crs("http://www.opengis.net/def/crs/OGC/0/CRS84h", WGS84, degrees=True, height=True)

_GEOGRAPHIC = (4326, 4258, 4171)
_NORTH_FIRST = (3035,)
_EAST_FIRST = (2154, *range(3942, 3951), 3857, 25830, 25831, 25832, 32630, 32631, 32632, 2972, 2975, 4471, 5490)

BY_SRID: dict[int, Crs] = {
    **{code: Crs(f"{EPSG}{code}", code, flipped=True, degrees=True) for code in _GEOGRAPHIC},
    **{code: Crs(f"{EPSG}{code}", code, flipped=True) for code in _NORTH_FIRST},
    **{code: Crs(f"{EPSG}{code}", code) for code in _EAST_FIRST},
}
# RGF93 / Lambert-93 with NGF-IGN69 heights: the same coordinates as 2154, with the third one named.
LAMBERT93_IGN69 = Crs(f"{EPSG}5698", 2154, height=True)

_METROPOLE = (2154, *range(3942, 3951))
_EVERYWHERE, _WORLD = (4326, 3857), (-180.0, -90.0, 180.0, 90.0)
_OFFERED = (4326, 3857, *_METROPOLE, 4171, 4258, 3035)


def storage_crs(srid: int) -> Crs:
    """The CRS a table is stored in; degrees stored as longitude, latitude are CRS84."""
    return CRS84 if srid == WGS84 else BY_SRID.get(srid) or _from_proj(srid)


@lru_cache(maxsize=256)
def _from_proj(srid: int) -> Crs:
    """A CRS of a published table that is not in the list: the SRID comes from the catalogue, never from a client."""
    known = CRS.from_epsg(srid)
    first = known.axis_info[0]
    return Crs(
        f"{EPSG}{srid}", srid, flipped=first.direction in ("north", "south"), degrees=first.unit_name == "degree"
    )


Area = tuple[float, float, float, float]


@lru_cache(maxsize=1024)
def offered(srid: int | None, has_z: bool = False, area: Area | None = None) -> tuple[Crs, ...]:
    """The CRS in which a layer stored in `srid` may be asked, CRS84 first; only CRS84 when it has no geometry.

    `area` is where the layer is (west, south, east, north in degrees), as far as it may be told. A CRS made for
    elsewhere is not offered: it places the layer badly, and a box in it would be cut where the layer still goes on.
    """
    if srid is None:
        return (CRS84,)
    stored = storage_crs(srid)
    heights = (CRS84H, *((LAMBERT93_IGN69,) if srid == LAMBERT93_IGN69.srid else ())) if has_z else ()
    others = (BY_SRID[code] for code in _OFFERED if _suits(code, area or area_of_use(srid)))
    return tuple(dict.fromkeys((CRS84, stored, *heights, *others)))


def _suits(srid: int, area: Area) -> bool:
    """Whether a CRS was made for a part of the area, and its domain (where boxes are cut) holds the whole of it."""
    if srid in _EVERYWHERE or area == _WORLD:  # of what may be anywhere, nothing is known
        return True
    use, wide = area_of_use(srid), domain(srid, WGS84)
    meets = use[0] <= area[2] and area[0] <= use[2] and use[1] <= area[3] and area[1] <= use[3]
    return meets and wide[0] <= area[0] and wide[1] <= area[1] and area[2] <= wide[2] and area[3] <= wide[3]


@lru_cache(maxsize=256)
def area_of_use(srid: int) -> Area:
    """Where the authority says that a CRS is made for, in degrees; the world for one that crosses the antimeridian."""
    area = CRS.from_epsg(srid).area_of_use
    if area is None or area.west > area.east or srid in _EVERYWHERE:
        return _WORLD
    return (area.west, area.south, area.east, area.north)


def _spellings(crs: Crs) -> tuple[str, ...]:
    if crs.uri.startswith(EPSG):
        code = crs.uri.removeprefix(EPSG)
        return (crs.uri, f"https{crs.uri[4:]}", f"urn:ogc:def:crs:EPSG::{code}", f"[EPSG:{code}]", f"EPSG:{code}")
    name = crs.uri.rsplit("/", 1)[1]
    return (crs.uri, f"https{crs.uri[4:]}", f"urn:ogc:def:crs:OGC::{name}", f"[OGC:{name}]", f"OGC:{name}")


@lru_cache(maxsize=1024)
def _names(srid: int | None, has_z: bool, area: Area | None) -> dict[str, Crs]:
    return {spelling: crs for crs in offered(srid, has_z, area) for spelling in _spellings(crs)}


def named(value: str, parameter: str, srid: int | None, has_z: bool = False, area: Area | None = None) -> Crs:
    """The CRS a client named for a layer stored in `srid`; InvalidParameter when the layer does not offer it."""
    names = _names(srid, has_z, area)
    found = names.get(value)
    if found is None:
        raise InvalidParameter(
            parameter,
            Text(
                f"Système de coordonnées inconnu pour cette collection : « {value[:200]} ».",
                f"Coordinate reference system not offered by this collection: “{value[:200]}”.",
            ),
            remedy=did_you_mean(nearest(value, [c.uri for c in offered(srid, has_z, area)]))
            or Text("La liste est dans « crs » de la collection.", "The list is in “crs” of the collection."),
        )
    return found


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in one CRS, x first whatever the CRS says; zmin and zmax only when six numbers were given.

    `xmin > xmax` is a box over the antimeridian, possible in degrees only.
    """

    xmin: float
    ymin: float
    xmax: float
    ymax: float
    crs: Crs
    zmin: float | None = None
    zmax: float | None = None

    @property
    def parts(self) -> tuple[tuple[float, float, float, float], ...]:
        """One rectangle, or the two sides of the antimeridian."""
        if self.xmin <= self.xmax:
            return ((self.xmin, self.ymin, self.xmax, self.ymax),)
        return ((self.xmin, self.ymin, 180.0, self.ymax), (-180.0, self.ymin, self.xmax, self.ymax))


def box(numbers: list[float], crs: Crs, parameter: str = "bbox") -> Box:
    """The box of 4 or 6 numbers in the axis order of `crs`. Raises InvalidParameter."""
    if len(numbers) == 6:
        a, b, zmin, c, d, zmax = numbers
    elif len(numbers) == 4:
        (a, b, c, d), zmin, zmax = numbers, None, None
    else:
        raise _bad_box(
            parameter,
            Text(
                f"Une emprise a 4 ou 6 nombres, pas {len(numbers)}.",
                f"A bounding box has 4 or 6 numbers, not {len(numbers)}.",
            ),
        )
    if not all(map(math.isfinite, numbers)):
        raise _bad_box(parameter, Text("Un nombre de l'emprise n'est pas fini.", "A number of the box is not finite."))
    if crs.flipped:
        a, b, c, d = b, a, d, c
    if b > d:
        raise _bad_box(
            parameter,
            Text("L'ordonnée minimale dépasse la maximale.", "The lower ordinate is greater than the upper one."),
        )
    if a > c and not crs.degrees:
        raise _bad_box(
            parameter,
            Text("L'abscisse minimale dépasse la maximale.", "The lower abscissa is greater than the upper one."),
        )
    if zmin is not None and zmax is not None and zmin > zmax:
        raise _bad_box(parameter, Text("La hauteur minimale dépasse la maximale.", "The lower height is greater."))
    if crs.degrees:
        a, c = (max(-180.0, min(180.0, a)), max(-180.0, min(180.0, c)))
        b, d = (max(-90.0, min(90.0, b)), max(-90.0, min(90.0, d)))
    return Box(a, b, c, d, crs, zmin, zmax)


def _bad_box(parameter: str, detail: Text) -> InvalidParameter:
    return InvalidParameter(
        parameter,
        detail,
        remedy=Text(
            "Dans l'ordre des axes du système : minimum, minimum, maximum, maximum.",
            "In the axis order of the reference system: minimum, minimum, maximum, maximum.",
        ),
    )


@dataclass(frozen=True, slots=True)
class Region:
    """A box moved into another CRS: `polygon` (hexadecimal EWKB), its bounds, and whether the polygon is exact.

    Exact means within a tenth of a millimetre. When it is not, the polygon bounds the index search from outside and
    the geometry itself must be compared in the CRS of the box.
    """

    polygon: str
    bounds: tuple[float, float, float, float]
    exact: bool


def rectangle(bounds: tuple[float, float, float, float], srid: int) -> str:
    """A rectangle as hexadecimal EWKB, bound once as a geometry parameter."""
    xmin, ymin, xmax, ymax = bounds
    return struct.pack(
        "<BIIII10d", 1, 0x20000003, srid, 1, 5, xmin, ymin, xmin, ymax, xmax, ymax, xmax, ymin, xmin, ymin
    ).hex()


@lru_cache(maxsize=512)
def moved(bounds: tuple[float, float, float, float], source: int, target: int) -> Region | None:
    """The rectangle `bounds` of `source` as a region of `target`; None when it is wholly outside its domain.

    We move the box, not the column, so that the spatial index serves. Edges are cut finely enough first: moved by two
    opposite corners, a box of 10 km loses a strip of 950 m in Brittany.
    """
    clipped = _clipped(bounds, source, target)
    if clipped is None:
        return None
    if clipped == bounds and _is_small(bounds, source, target):
        return _region(_ring(bounds, source, target, _SMALL_SEGMENTS), target, 0.0)
    tolerance = 1e-9 if storage_crs(target).degrees else 1e-4
    ring = _ring(clipped, source, target, _FIRST_SEGMENTS)
    error = _sagitta(ring)
    segments = _FIRST_SEGMENTS // 2 * math.sqrt(max(error, 1e-300) / tolerance)
    if segments > _FIRST_SEGMENTS:
        finest = min(_MOST_SEGMENTS, 2 ** math.ceil(math.log2(segments)))
        ring = _ring(clipped, source, target, finest)
        error = _sagitta(ring)
    return _region(ring, target, 0.0 if error / 4 <= tolerance else error)


def _is_small(bounds: tuple[float, float, float, float], source: int, target: int) -> bool:
    """True for a box of a kilometre or so, whose sides bend by less than a tenth of a millimetre between its points.

    A parallel bends by (side² / 8 R): 2 cm over a kilometre, 256 times less over a sixteenth of it.
    """
    if not storage_crs(source).degrees or storage_crs(target).degrees:
        return False
    return bounds[2] - bounds[0] < _SMALL_DEGREES and bounds[3] - bounds[1] < _SMALL_DEGREES and abs(bounds[3]) < 60


def _region(ring: NDArray[np.float64], target: int, swell: float) -> Region:
    low, high = ring.min(axis=0).tolist(), ring.max(axis=0).tolist()
    limits = (low[0] - swell, low[1] - swell, high[0] + swell, high[1] + swell)
    return Region(rectangle(limits, target) if swell else _polygon(ring, target), limits, not swell)


def _ring(bounds: tuple[float, float, float, float], source: int, target: int, segments: int) -> NDArray[np.float64]:
    xmin, ymin, xmax, ymax = bounds
    across, up = _unit_ring(segments)
    xs, ys = xmin + (xmax - xmin) * across, ymin + (ymax - ymin) * up
    ring = np.empty((len(xs), 2))
    ring[:, 0], ring[:, 1] = _transformer(source, target).transform(xs, ys)
    return ring


@lru_cache(maxsize=16)
def _unit_ring(segments: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The unit square, clockwise from its origin and back, each side in that many segments."""
    steps, zeros, ones = np.arange(segments) / segments, np.zeros(segments), np.ones(segments)
    across = np.concatenate((zeros, steps, ones, 1 - steps, [0.0]))
    up = np.concatenate((steps, ones, 1 - steps, zeros, [0.0]))
    return across, up


def _sagitta(ring: NDArray[np.float64]) -> float:
    """How far the ring strays from the one with half its points: the farthest odd vertex from its neighbours' chord."""
    a, middle, b = ring[:-1:2], ring[1::2], ring[2::2]
    chord = b - a
    length = np.hypot(chord[:, 0], chord[:, 1])
    cross = np.abs(chord[:, 0] * (middle[:, 1] - a[:, 1]) - chord[:, 1] * (middle[:, 0] - a[:, 0]))
    return float((cross / np.where(length > 0, length, 1.0)).max())


def _polygon(ring: NDArray[np.float64], srid: int) -> str:
    head = struct.pack("<BIIII", 1, 0x20000003, srid, 1, len(ring))
    return (head + np.ascontiguousarray(ring, dtype="<f8").tobytes()).hex()


def _clipped(
    bounds: tuple[float, float, float, float], source: int, target: int
) -> tuple[float, float, float, float] | None:
    """The part of the box where both CRS make sense; far outside, projections answer with infinities."""
    own, other = domain(source, source), domain(target, source)
    xmin, ymin = max(bounds[0], own[0], other[0]), max(bounds[1], own[1], other[1])
    xmax, ymax = min(bounds[2], own[2], other[2]), min(bounds[3], own[3], other[3])
    return (xmin, ymin, xmax, ymax) if xmin <= xmax and ymin <= ymax else None


@lru_cache(maxsize=1024)
def domain(of: int, within: int) -> tuple[float, float, float, float]:
    """Where the CRS `of` makes sense, as a rectangle of `within`: its area of use and ten degrees around.

    Ten, since each of the nine conic zones is offered for a layer of the whole of metropolitan France: Lille is eight
    degrees from the zone of Corsica, and the projection is still sound there.
    """
    west, south, east, north = area_of_use(of)
    m = _DOMAIN_MARGIN
    limit = 85.06 if 3857 in (of, within) else 90.0
    wide = (max(-180.0, west - m), max(-limit, south - m), min(180.0, east + m), min(limit, north + m))
    if storage_crs(within).degrees:
        return wide
    if of != within:
        home = domain(within, WGS84)
        wide = (max(wide[0], home[0]), max(wide[1], home[1]), min(wide[2], home[2]), min(wide[3], home[3]))
        if wide[0] > wide[2] or wide[1] > wide[3]:
            return (math.inf, math.inf, -math.inf, -math.inf)
    return tuple(_transformer(WGS84, within).transform_bounds(*wide, densify_pts=41))  # type: ignore[return-value]


def in_degrees(x: float, y: float, srid: int) -> tuple[float, float]:
    """Longitude and latitude (WGS 84) of a place in a CRS of the list, x being its easting."""
    longitude, latitude = _transformer(srid, WGS84).transform(x, y)
    return float(longitude), float(latitude)


@lru_cache(maxsize=256)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
