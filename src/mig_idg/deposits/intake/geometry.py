"""Geometries on their way in: read from WKB, moved to the layer's CRS, made to fit the type of the column.

Measures (M) are left and told, since no format that is served has a word for them. Nothing is repaired: a geometry that
cannot be read, that is of another type or that falls where the CRS does not hold is a finding with its row's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyproj
import shapely
from numpy.typing import NDArray

from mig_idg.deposits.intake import curves, ewkb
from mig_idg.errors import InvalidParameter, Text
from mig_idg.standards.findings import Finding, Tally

pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]

TYPES = {
    0: "Point", 1: "LineString", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString",
    6: "MultiPolygon", 7: "GeometryCollection",
}  # fmt: skip
MULTIPLE = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_GATHER: dict[str, Callable[..., NDArray[np.object_]]] = {
    "MultiPoint": shapely.multipoints,
    "MultiLineString": shapely.multilinestrings,
    "MultiPolygon": shapely.multipolygons,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of geometry (`MultiPolygon`, or `Geometry` for any) and whether it has heights."""

    type: str
    has_z: bool = False

    def __str__(self) -> str:
        return f"{self.type}{' Z' if self.has_z else ''}"


def crs(name: str, parameter: str = "crs") -> pyproj.CRS:
    """A CRS from `EPSG:2154` or WKT; anything else (addresses, files, pipelines) is not a name of CRS here."""
    text = name.strip()
    known = text.upper().startswith(("EPSG:", "OGC:", "IGNF:", "ESRI:")) or "[" in text
    try:
        return pyproj.CRS.from_user_input(text if known else "")
    except pyproj.exceptions.CRSError:
        raise InvalidParameter(
            parameter,
            Text(f"Système de coordonnées inconnu : « {name[:60]} ».", f"Unknown CRS: “{name[:60]}”."),
            remedy=Text(
                "Par exemple EPSG:2154, EPSG:4326, EPSG:3949.", "For instance EPSG:2154, EPSG:4326, EPSG:3949."
            ),
        ) from None


@dataclass(frozen=True, slots=True)
class Target:
    """Where geometries go: the EPSG code of the column and its kind."""

    srid: int
    kind: Kind


@cache
def domain(srid: int) -> tuple[float, float, float, float] | None:
    """The rectangle where a CRS holds, in its own units, with a margin of a tenth; None when it does not say."""
    known = pyproj.CRS.from_epsg(srid)
    area = known.area_of_use
    if area is None:
        return None
    move = pyproj.Transformer.from_crs(4326, known, always_xy=True)
    west, south, east, north = move.transform_bounds(area.west, area.south, area.east, area.north)
    if not np.isfinite([west, south, east, north]).all():
        return None
    aside, above = (east - west) / 10, (north - south) / 10
    return west - aside, south - above, east + aside, north + above


class Mover:
    """Takes WKB of one CRS, gives hexadecimal EWKB of the target, and tells the rows that cannot follow."""

    def __init__(self, source: pyproj.CRS, target: Target, field: str, tally: Tally, *, flat: bool = False) -> None:
        self.target, self.field, self.tally, self.flat = target, field, tally, flat
        goal = pyproj.CRS.from_epsg(target.srid)
        same = source.equals(goal, ignore_axis_order=True) or source.to_epsg() == target.srid
        self._none: NDArray[np.bool_] = np.empty(0, bool)
        self._move = None if same else pyproj.Transformer.from_crs(source, goal, always_xy=True)

    def move(self, wkb: NDArray[np.object_], numbers: NDArray[np.int64]) -> pa.Array:
        """A batch; `numbers` are those of its rows, for the findings."""
        shapes, stroked = read(wkb)
        there = np.array([value is not None for value in wkb])
        self._tell("geometry.stroked", stroked, numbers, None)
        self._tell_unreadable(wkb, there & shapely.is_missing(shapes), numbers)
        self._none = ~there
        measured = shapely.has_m(shapes)
        told = measured | np.array([curves.is_measured(value) for value in wkb], bool)
        self._tell("geometry.measured", told, numbers, shapes)
        if measured.any():
            shapes[measured] = without_measures(shapes[measured])
        if self.flat and (high := shapely.has_z(shapes)).any():
            self._tell("geometry.flattened", high, numbers, shapes)
            shapes[high] = shapely.force_2d(shapes[high])
        if self._move is not None:
            high = shapely.has_z(shapes)
            for rows, include in ((high, True), (~high, False)):
                if rows.any():
                    shapes[rows] = shapely.transform(shapes[rows], self._plane, include_z=include)
        return self.place(shapes, numbers)

    def place(self, shapes: NDArray[np.object_], numbers: NDArray[np.int64]) -> pa.Array:
        """The same for geometries that are already in the target CRS."""
        shapes = self._fitted(shapes, numbers)
        self._inside(shapes, numbers)
        none = self._none if len(self._none) == len(shapes) else shapely.is_missing(shapes)
        self._tell("geometry.missing", none | shapely.is_empty(shapes), numbers, shapes)
        if self.target.kind.type not in ("Point", "MultiPoint"):
            invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
            self._tell("geometry.invalid", invalid, numbers, shapes)
        return ewkb.geometries(shapes, self.target.srid)

    def points(self, x: NDArray[np.float64], y: NDArray[np.float64], numbers: NDArray[np.int64]) -> pa.Array:
        """Points given as two columns, in the source CRS; NaN is no geometry."""
        if self._move is not None:
            x, y = self._move.transform(x, y)
        bounds = domain(self.target.srid)
        if bounds:
            out = (x < bounds[0]) | (x > bounds[2]) | (y < bounds[1]) | (y > bounds[3])
            self._tell("geometry.out_of_domain", out, numbers, None)
        self._tell("geometry.missing", ~np.isfinite(x) | ~np.isfinite(y), numbers, None)
        return ewkb.points(x, y, self.target.srid)

    def _plane(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Eastings and northings moved, heights kept as they are."""
        assert self._move is not None
        moved = coordinates.copy()
        moved[:, 0], moved[:, 1] = self._move.transform(coordinates[:, 0], coordinates[:, 1])
        return moved

    def _fitted(self, shapes: NDArray[np.object_], numbers: NDArray[np.int64]) -> NDArray[np.object_]:
        """Single geometries become multiple ones of one part when the column wants them; other types are findings."""
        wanted = self.target.kind
        shapes = shapes.copy()
        ids = shapely.get_type_id(shapes)
        names = np.array([TYPES.get(int(i), "") for i in ids], object)
        if wanted.type in _GATHER:
            single = np.array([MULTIPLE.get(name) == wanted.type for name in names])
            if single.any():
                shapes[single] = _GATHER[wanted.type](shapes[single], indices=np.arange(int(single.sum())))
                names[single] = wanted.type
        there = ids >= 0
        if wanted.type != "Geometry":
            remedy = Text(f"la collection est faite de {wanted.type}", f"the collection is made of {wanted.type}")
            self._tell("geometry.type", there & (names != wanted.type), numbers, shapes, remedy)
        self._tell("geometry.height", there & (shapely.has_z(shapes) != wanted.has_z), numbers, shapes, self._level())
        if wanted.has_z:
            lost = there & shapely.has_z(shapes) & ~_heights_known(shapes)
            self._tell("geometry.height_unknown", lost, numbers, shapes, self._level())
        return shapes

    def _level(self) -> Text:
        """What to do about heights that some features have and others have not."""
        if self.target.kind.has_z:
            return Text(
                "une altitude à chaque sommet, ou --flat pour une collection neuve sans altitudes",
                "a height at each vertex, or --flat for a new collection without heights",
            )
        return Text("--flat laisse les altitudes de côté", "--flat leaves heights aside")

    def _tell_unreadable(self, wkb: NDArray[np.object_], bad: NDArray[np.bool_], numbers: NDArray[np.int64]) -> None:
        """Each unreadable geometry under the reason why it is."""
        for row in np.flatnonzero(bad):
            code, value = unreadable(wkb[row])
            self.tally.more(code, 1, [Finding(code, int(numbers[row]), self.field, None, value)])

    def _inside(self, shapes: NDArray[np.object_], numbers: NDArray[np.int64]) -> None:
        """Rows whose coordinates are not numbers, or lie where the CRS does not hold."""
        bounds = shapely.bounds(shapes)
        there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        lost = there & ~np.isfinite(bounds).all(axis=1)
        known = domain(self.target.srid)
        if known:
            lost |= there & (
                (bounds[:, 0] < known[0])
                | (bounds[:, 1] < known[1])
                | (bounds[:, 2] > known[2])
                | (bounds[:, 3] > known[3])
            )
        self._tell("geometry.out_of_domain", lost, numbers, shapes)

    def _tell(
        self,
        code: str,
        mask: NDArray[np.bool_],
        numbers: NDArray[np.int64],
        shapes: NDArray[np.object_] | None,
        expected: Text | None = None,
    ) -> None:
        if not mask.any():
            return
        rows = np.flatnonzero(mask)
        first = rows[: self.tally.examples]
        values = [None if shapes is None or shapes[row] is None else str(shapes[row])[:60] for row in first]
        made = [
            Finding(code, int(numbers[row]), self.field, None, value, expected)
            for row, value in zip(first, values, strict=True)
        ]
        self.tally.more(code, len(rows), made)


def read(wkb: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Geometries from WKB (None where it cannot be read), and which of them had arcs that became straight lines."""
    stroked = np.zeros(len(wkb), bool)
    try:
        return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore")), stroked
    except NotImplementedError:
        curved = np.array([curves.is_curved(value) for value in wkb])
    shapes = np.full(len(wkb), None, object)
    shapes[~curved] = shapely.from_wkb(wkb[~curved], on_invalid="ignore")
    for row in np.flatnonzero(curved):
        try:
            shapes[row], stroked[row] = curves.straightened(wkb[row])
        except ValueError:
            continue
    return shapes, stroked


SURFACES = {15: "PolyhedralSurface (MultiPatch)", 16: "TIN (MultiPatch)", 17: "Triangle (MultiPatch)"}


def unreadable(wkb: bytes) -> tuple[str, str | None]:
    """Why a geometry cannot be read: the code of a finding, and what it is when that is known."""
    number = int.from_bytes(wkb[1:5], "little" if wkb[:1] == b"\1" else "big")
    surface = SURFACES.get((number & 0xFFFF) % 1000)
    if surface:
        return "geometry.surface", surface
    try:
        shapely.from_wkb(wkb)
    except shapely.errors.GEOSException as error:
        reason = str(error)
        if "closed linestring" in reason:
            return "geometry.ring_open", None
        if "Invalid number of points" in reason or "point array must contain" in reason:
            return "geometry.too_few_points", None
    except (ValueError, NotImplementedError):
        pass
    return "geometry.unreadable", None


def without_measures(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The same geometries without M; heights stay."""
    high = shapely.has_z(shapes)
    plain = shapes.copy()
    plain[~high] = shapely.force_2d(shapes[~high])
    plain[high] = shapely.from_wkb(shapely.to_wkb(shapes[high], output_dimension=3))
    return plain


def _heights_known(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Is each height of each geometry a number?"""
    coordinates, rows = shapely.get_coordinates(shapes, include_z=True, return_index=True)
    known = np.ones(len(shapes), bool)
    known[rows[~np.isfinite(coordinates[:, 2])]] = False
    return known


def is_nowhere(name: pyproj.CRS) -> bool:
    """Is it a CRS that does not say where on Earth: undefined, local, of a drawing?"""
    words = name.name.lower()
    return name.is_engineering or words.startswith(("undefined", "unknown", "unnamed", "nonearth"))


def kind_of(gdal: str | None) -> Kind | None:
    """The kind of a layer as GDAL names it; `Geometry` when only its rows will tell."""
    if gdal is None:
        return None
    plain = re.sub(r"\s?(ZM|M)$", lambda found: " Z" if found[1] == "ZM" else "", gdal.replace("2.5D ", ""))
    has_z = gdal.startswith("2.5D") or plain.endswith(" Z") or plain.endswith(" ZM")
    name = plain.split(" ")[0]
    return Kind(name if name in TYPES.values() else "Geometry", has_z)


def common(kinds: set[Kind]) -> Kind:
    """One kind for all those met: the same, its multiple, or any."""
    has_z = any(kind.has_z for kind in kinds)
    names = {kind.type for kind in kinds}
    if len(names) == 1:
        return Kind(names.pop(), has_z)
    multiple = {MULTIPLE.get(name, name) for name in names}
    return Kind(multiple.pop() if len(multiple) == 1 else "Geometry", has_z)
