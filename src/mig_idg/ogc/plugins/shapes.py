"""Features as plug-ins give them: made sound GeoJSON, compared with boxes, and written in the CRS asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import shapely
from pyproj import Transformer
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

Feature = dict[str, Any]
Bounds = tuple[float, float, float, float]


def feature(given: Mapping[str, Any], id_field: str | None) -> Feature:
    """A sound feature: with an id, properties, and a geometry that is one or null."""
    properties = dict(given.get("properties") or {})
    id = given.get("id")
    if id is None and id_field:
        id = properties.get(id_field)
    geometry = given.get("geometry")
    return {"type": "Feature", "id": id, "geometry": geometry if _sound(geometry) else None, "properties": properties}


def _sound(geometry: Any) -> bool:
    if not isinstance(geometry, Mapping) or not geometry.get("type"):
        return False
    if geometry["type"] == "GeometryCollection":
        return all(map(_sound, geometry.get("geometries") or ()))
    return _finite(geometry.get("coordinates"))


def _finite(coordinates: Any) -> bool:
    if isinstance(coordinates, list | tuple):
        return bool(coordinates) and all(map(_finite, coordinates))
    return isinstance(coordinates, int | float) and math.isfinite(coordinates)


@lru_cache(maxsize=16)
def transformer(source: int, target: int) -> Transformer:
    """From one CRS to another, x first on both sides."""
    return Transformer.from_crs(source, target, always_xy=True)


def moved(geometry: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """The geometry in another CRS."""
    if source == target:
        return geometry
    move = transformer(source, target).transform
    return shapely.transform(geometry, lambda x, y: move(x, y), interleaved=False) if not geometry.has_z else (
        shapely.transform(geometry, lambda x, y, z: (*move(x, y), z), include_z=True, interleaved=False)
    )  # fmt: skip


def meets(one: Feature, srid: int, box: Mapping[str, Any]) -> bool:
    """Whether the geometry of a feature meets a box, in the CRS of the box; one without geometry meets none."""
    if one["geometry"] is None:
        return False
    geometry = moved(shape(one["geometry"]), srid, box["srid"])
    xmin, ymin, xmax, ymax = box["bounds"]
    parts = [(xmin, xmax)] if xmin <= xmax else [(xmin, 180.0), (-180.0, xmax)]
    if not any(geometry.intersects(shapely.box(a, ymin, b, ymax)) for a, b in parts):
        return False
    if box.get("heights") is None or not geometry.has_z:
        return True
    low, high = box["heights"]
    heights = shapely.get_coordinates(geometry, include_z=True)[:, 2]
    return bool(heights.min() <= high and heights.max() >= low)


def bounds_in(box: Mapping[str, Any], srid: int) -> Bounds | None:
    """The bounds in the CRS of storage that hold a box; None for one over the antimeridian, or out of the CRS."""
    bounds: Bounds = tuple(box["bounds"])
    if bounds[0] > bounds[2]:
        return None
    if box["srid"] == srid:
        return bounds
    moved_bounds = transformer(box["srid"], srid).transform_bounds(*bounds, densify_pts=41)
    return moved_bounds if all(map(math.isfinite, moved_bounds)) and moved_bounds[0] <= moved_bounds[2] else None


def bounds_of(one: Feature) -> Bounds | None:
    """The bounds of the geometry, in the CRS of storage."""
    return shape(one["geometry"]).bounds if one["geometry"] is not None else None


def written(one: Feature, srid: int, output: Mapping[str, Any]) -> Feature:
    """The feature as it is answered: properties chosen, geometry in the CRS asked for, axes in its order."""
    properties, chosen = one["properties"], output.get("properties")
    if chosen is not None:
        properties = {name: properties.get(name) for name in chosen}
    return {**one, "properties": properties, "geometry": _geometry(one["geometry"], srid, output)}


def _geometry(geometry: Any, srid: int, output: Mapping[str, Any]) -> Any:
    if geometry is None or not output["geometry"]:
        return None
    moving = srid != output["srid"]
    if not moving and not output["flipped"] and output.get("precision") is None:
        return geometry
    made = moved(shape(geometry), srid, output["srid"])
    if output["flipped"]:
        made = shapely.transform(made, lambda x, y: (y, x), interleaved=False) if not made.has_z else (
            shapely.transform(made, lambda x, y, z: (y, x, z), include_z=True, interleaved=False)
        )  # fmt: skip
    digits = output.get("precision")
    told: Any = mapping(made)
    return _rounded(told, output["digits"] if digits is None else digits)


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(one, digits) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one, digits) for one in value]
    return round(value, digits) if isinstance(value, float) else value
