"""Geometries of filters: from positions to EWKB, checked before PostGIS sees them."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

import shapely

from mig_idg.errors import InvalidParameter, Text
from mig_idg.store.cql2.syntax import MAX_VERTICES, Shape
from mig_idg.store.crs import Crs
from mig_idg.store.crs import box as checked_box

__all__ = ["FORMS", "MAX_VERTICES", "box", "encode", "polygonal"]

# How deep the positions of each type are.
FORMS = {
    "POINT": 0,
    "LINESTRING": 1,
    "POLYGON": 2,
    "MULTIPOINT": 1,
    "MULTILINESTRING": 2,
    "MULTIPOLYGON": 3,
    "GEOMETRYCOLLECTION": -1,
}
_CODES = {
    "POINT": 1,
    "LINESTRING": 2,
    "POLYGON": 3,
    "MULTIPOINT": 4,
    "MULTILINESTRING": 5,
    "MULTIPOLYGON": 6,
    "GEOMETRYCOLLECTION": 7,
}
_SRID_FLAG = 0x20000000


def box(numbers: list[float]) -> Shape:
    """BBOX(…) as written; it becomes one or two rectangles once its CRS is known."""
    return Shape("BBOX", tuple(numbers), is_box=True)


def encode(shape: Shape, crs: Crs) -> Shape:
    """The shape with its EWKB, x first, and its bounds. Raises InvalidParameter for what is not a valid geometry."""
    if shape.is_box:
        shape = _rectangles(shape, crs)
    positions = list(_positions(shape))
    if not positions or not all(math.isfinite(number) for position in positions for number in position):
        raise _invalid("une coordonnée n'est pas un nombre fini", "a coordinate is not a finite number")
    if crs.flipped:
        positions = [(y, x, *rest) for x, y, *rest in positions]
    _check_rings(shape)
    plain = _wkb(shape, crs.flipped, None)
    made = shapely.from_wkb(plain)
    if not shapely.is_valid(made):
        raise _invalid("la géométrie est croisée ou mal formée", "the geometry crosses itself or is ill formed")
    xs, ys = [p[0] for p in positions], [p[1] for p in positions]
    return Shape(
        shape.form,
        shape.coordinates,
        shape.members,
        ewkb=_wkb(shape, crs.flipped, crs.srid).hex(),
        srid=crs.srid,
        bounds=(min(xs), min(ys), max(xs), max(ys)),
        is_box=False,
    )


def polygonal(shape: Shape) -> bool:
    """True when the shape is an area."""
    return shape.form in ("POLYGON", "MULTIPOLYGON", "BBOX")


def _rectangles(shape: Shape, crs: Crs) -> Shape:
    made = checked_box([float(number) for number in shape.coordinates], crs, "filter")  # type: ignore[arg-type]
    rings = []
    for xmin, ymin, xmax, ymax in made.parts:
        if xmin == xmax or ymin == ymax:
            raise _invalid("l'emprise est vide", "the box is empty")
        corners = ((xmin, ymin), (xmin, ymax), (xmax, ymax), (xmax, ymin), (xmin, ymin))
        rings.append((tuple((y, x) for x, y in corners) if crs.flipped else corners,))
    if len(rings) == 1:
        return Shape("POLYGON", rings[0])
    return Shape("MULTIPOLYGON", tuple(rings))


def _positions(shape: Shape) -> Iterator[tuple[float, ...]]:
    if shape.form == "GEOMETRYCOLLECTION":
        for member in shape.members:
            yield from _positions(member)
    elif shape.form == "POINT":
        yield shape.coordinates  # type: ignore[misc]
    else:
        yield from _flat(shape.coordinates, FORMS[shape.form])


def _flat(parts: tuple[object, ...], levels: int) -> Iterator[tuple[float, ...]]:
    for part in parts:
        if levels == 1:
            yield part  # type: ignore[misc]
        else:
            yield from _flat(part, levels - 1)  # type: ignore[arg-type]


def _check_rings(shape: Shape) -> None:
    if shape.form == "GEOMETRYCOLLECTION":
        for member in shape.members:
            _check_rings(member)
    lines = {"LINESTRING": (shape.coordinates,), "MULTILINESTRING": shape.coordinates}.get(shape.form, ())
    if any(len(line) < 2 for line in lines):  # type: ignore[arg-type]
        raise _invalid("une ligne a au moins deux positions", "a line has at least two positions")
    polygons = {"POLYGON": (shape.coordinates,), "MULTIPOLYGON": shape.coordinates}.get(shape.form, ())
    for polygon in polygons:
        for ring in polygon:  # type: ignore[attr-defined]
            if len(ring) < 4 or ring[0][:2] != ring[-1][:2]:
                raise _invalid(
                    "un anneau se ferme sur son premier point et a au moins quatre positions",
                    "a ring closes on its first point and has at least four positions",
                )


def _wkb(shape: Shape, flipped: bool, srid: int | None) -> bytes:
    code = _CODES[shape.form]
    head = struct.pack("<BI", 1, code) if srid is None else struct.pack("<BII", 1, code | _SRID_FLAG, srid)
    return head + _body(shape.form, shape.coordinates, shape.members, flipped)


def _body(form: str, parts: tuple[object, ...], members: tuple[Shape, ...], flipped: bool) -> bytes:
    if form == "POINT":
        return _packed((parts,), flipped)
    if form == "GEOMETRYCOLLECTION":
        return struct.pack("<I", len(members)) + b"".join(_wkb(member, flipped, None) for member in members)
    count = struct.pack("<I", len(parts))
    if form == "LINESTRING":
        return count + _packed(parts, flipped)
    if form == "POLYGON":
        return count + b"".join(struct.pack("<I", len(ring)) + _packed(ring, flipped) for ring in parts)  # type: ignore[arg-type]
    single = form.removeprefix("MULTI")
    head = struct.pack("<BI", 1, _CODES[single])
    return count + b"".join(head + _body(single, part, (), flipped) for part in parts)  # type: ignore[arg-type]


def _packed(positions: tuple[object, ...], flipped: bool) -> bytes:
    """Positions as doubles; heights play no part in the comparisons of CQL2."""
    flat: list[float] = []
    for position in positions:
        x, y = position[0], position[1]  # type: ignore[index]
        flat += (y, x) if flipped else (x, y)
    return struct.pack(f"<{len(flat)}d", *flat)


def _invalid(fr: str, en: str) -> InvalidParameter:
    return InvalidParameter("filter", Text(f"Filtre : {fr}.", f"Filter: {en}."))
