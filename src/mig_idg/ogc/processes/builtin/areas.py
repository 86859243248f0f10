"""Where: a box, a polygon of GeoJSON, communes by their INSEE codes, an EPT by its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from mig_idg import territory
from mig_idg.errors import InvalidParameter, Refused, Text, TooLarge
from mig_idg.ogc.processes.reading import Processor

BOUNDARIES = "communes"
LONGEST_FILTER = 40_000
SCHEMA = {
    "oneOf": [
        {"type": "string", "minLength": 1, "maxLength": 60},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 100},
        {
            "type": "object",
            "required": ["bbox"],
            "properties": {"bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}},
        },
        {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {"type": {"enum": ["Polygon", "MultiPolygon"]}},
        },
    ]
}


@dataclass(frozen=True, slots=True)
class Area:
    """A place in WGS 84 (longitude, latitude), and its name for people."""

    shape: BaseGeometry
    name: str

    @property
    def bbox(self) -> str:
        """As the parameter `bbox` wants it."""
        return ",".join(repr(float(n)) for n in self.shape.bounds)

    def filter(self, geometry: str) -> str | None:
        """The condition that a feature touches the area; None when the box alone says it. Raises TooLarge."""
        if self.shape.equals(shapely.box(*self.shape.bounds)):
            return None
        text = shapely.to_wkt(self.shape, rounding_precision=7)
        if len(text) > LONGEST_FILTER:
            raise TooLarge(
                Text("Ce territoire a trop de sommets.", "This area has too many vertices."),
                remedy=Text("Donnez un polygone plus simple, ou une emprise.", "Give a simpler polygon, or a box."),
            )
        return f"S_INTERSECTS({geometry}, {text})"


def area_of(process: Processor, told: Any, name: str = "territory") -> Area:
    """The area that an input names. Boundaries are read from the layer of communes, under the caller's rights."""
    if isinstance(told, Mapping):
        shape = shapely.box(*told["bbox"]) if "bbox" in told else _shape(told, name)
        if shape.is_empty or not shape.is_valid:
            raise InvalidParameter(
                f"inputs.{name}", Text("Ce polygone n'est pas valide.", "This polygon is not valid.")
            )
        return Area(shape, "bbox" if "bbox" in told else "polygon")
    codes = [told] if isinstance(told, str) else list(told)
    communes = sorted({code for one in codes for code in _communes(one)})
    return Area(_boundaries(process, communes), ", ".join(codes))


def _shape(told: Mapping[str, Any], name: str) -> BaseGeometry:
    try:
        return shapely.geometry.shape(dict(told))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, shapely.errors.ShapelyError):
        raise InvalidParameter(
            f"inputs.{name}", Text("Ce polygone ne se lit pas.", "This polygon cannot be read.")
        ) from None


def _communes(word: str) -> tuple[str, ...]:
    place = territory.place(word)
    if place.kind == "commune":
        return (place.id,)
    members = tuple(commune.code for commune in territory.COMMUNES.values() if commune.ept == place.id)
    if not members:
        raise InvalidParameter(
            "inputs.territory",
            Text(f"« {place.name} » n'est ni une commune ni un EPT.", f"“{place.name}” is no commune, nor an EPT."),
        )
    return members


def _boundaries(process: Processor, communes: list[str]) -> BaseGeometry:
    listed = ", ".join(f"'{code}'" for code in communes)
    found = process.get(f"/collections/{BOUNDARIES}/items", filter=f"code in ({listed})", limit=len(communes))
    features = found.json()["features"]
    if len(features) < len(communes):
        raise Refused(
            Text("Le contour d'une de ces communes n'est pas connu, ou ne vous est pas ouvert.",
                 "The boundary of one of these communes is not known, or not open to you."),
            remedy=Text("Donnez un polygone ou une emprise.", "Give a polygon or a box."),
        )  # fmt: skip
    return shapely.union_all([shapely.geometry.shape(one["geometry"]) for one in features])
