"""The tree of a filter: what was written, then, once checked, with columns in place of names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as OneOf

from mig_idg.store.table import Column

MAX_NODES = 200
MAX_DEPTH = 50
MAX_LIST = 1_000
MAX_VERTICES = 10_000

Type = OneOf[
    "text", "number", "boolean", "date", "timestamp", "time", "uuid", "geometry", "array", "interval", "null", "any"
]


@dataclass(frozen=True, slots=True)
class Name:
    """A property as written, before the check; `place` is where, from 1 (0: not in a text)."""

    name: str
    place: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Property:
    """A column of the grant; `geometry` is set for the layer's geometry, which is not among the properties."""

    name: str
    type: Type
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A scalar: text, number (as written), boolean (`true`/`false`), date or timestamp (ISO, UTC)."""

    type: Type
    value: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry in the axis order written; after the check, `ewkb` (hexadecimal, x first) and its bounds.

    `form` is the OGC type in capitals, `coordinates` nested tuples as in GeoJSON, `members` those of a collection.
    """

    form: str
    coordinates: tuple[object, ...] = ()
    members: tuple[Shape, ...] = ()
    ewkb: str = ""
    srid: int = 0
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    is_box: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` to `end`; None is unbounded."""

    start: Node | None
    end: Node | None


@dataclass(frozen=True, slots=True)
class Array:
    """Several values: the list of IN, or an array of the array functions."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function, by its CQL2 JSON name (`and`, `=`, `isNull`, `s_intersects`, `casei`…)."""

    op: str
    args: tuple[Node, ...]
    type: Type = "boolean"
    place: int = field(default=0, compare=False)


Node = Name | Property | Literal | Shape | Interval | Array | Call
