"""CQL2 JSON to the same tree as the text; every member is accounted for, an unknown one is refused."""

from __future__ import annotations

from typing import Any, NoReturn

from mig_idg.errors import InvalidParameter, Text, TooLarge
from mig_idg.store import json_document
from mig_idg.store.cql2 import geometries
from mig_idg.store.cql2.syntax import (
    MAX_DEPTH,
    MAX_LIST,
    MAX_NODES,
    Array,
    Call,
    Interval,
    Literal,
    Name,
    Node,
    Shape,
)
from mig_idg.store.cql2.temporal import OPEN, date_literal, timestamp_literal

_GEOJSON = {
    "Point": "POINT",
    "LineString": "LINESTRING",
    "Polygon": "POLYGON",
    "MultiPoint": "MULTIPOINT",
    "MultiLineString": "MULTILINESTRING",
    "MultiPolygon": "MULTIPOLYGON",
    "GeometryCollection": "GEOMETRYCOLLECTION",
}


def parse(text: str) -> Node:
    """The tree of a filter in CQL2 JSON. Raises InvalidParameter, TooLarge."""
    try:
        document = json_document.decoded(text)
    except json_document.Unreadable as error:
        if error.deep:
            raise _too_large(f"plus de {MAX_DEPTH} niveaux", f"more than {MAX_DEPTH} levels") from None
        raise InvalidParameter("filter", Text("Filtre : ce n'est pas du JSON.", "Filter: this is not JSON.")) from None
    return read(document)


def read(document: Any) -> Node:
    """The tree of a decoded filter."""
    return _Reader().node(document)


class _Reader:
    def __init__(self) -> None:
        self._depth = 0
        self._nodes = 0
        self._vertices = 0

    def node(self, value: Any) -> Node:
        """Any value of the language."""
        if isinstance(value, bool):
            return Literal("boolean", "true" if value else "false")
        if isinstance(value, int | float):
            return Literal("number", repr(value))
        if isinstance(value, str):
            return Literal("text", value)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_large(f"plus de {MAX_DEPTH} niveaux", f"more than {MAX_DEPTH} levels")
        if isinstance(value, list):
            node: Node = Array(self._items(value))
        elif isinstance(value, dict):
            node = self._object(value)
        else:
            self._fail("null n'est pas une valeur", "null is not a value")
        self._depth -= 1
        return node

    def _object(self, value: dict[str, Any]) -> Node:
        members = value.keys()
        if members == {"op", "args"}:
            return self._operation(value["op"], value["args"])
        self._count()
        if members == {"property"}:
            if not isinstance(value["property"], str):
                self._fail("« property » est un nom", "“property” is a name")
            return Name(value["property"])
        if members == {"date"}:
            return date_literal(self._text(value["date"]))
        if members == {"timestamp"}:
            return timestamp_literal(self._text(value["timestamp"]))
        if members == {"interval"}:
            return self._interval(value["interval"])
        if members == {"bbox"}:
            return geometries.box(self._numbers(value["bbox"]))
        if "type" in members:
            return self._shape(value)
        self._fail(f"objet inconnu ({', '.join(sorted(members))[:60]})", "unknown object")

    def _operation(self, op: Any, args: Any) -> Node:
        if not isinstance(op, str) or not isinstance(args, list):
            self._fail("« op » est un nom et « args » une liste", "“op” is a name and “args” a list")
        self._count()
        read = self._items(args)
        if op in ("+", "-") and len(read) == 1:
            return Call("*", (Literal("number", f"{op}1"), *read))
        return Call("isNull" if op == "isNull" else op.lower(), read)

    def _items(self, values: list[Any]) -> tuple[Node, ...]:
        if len(values) > MAX_LIST:
            raise _too_large(f"une liste dépasse {MAX_LIST} valeurs", f"a list is over {MAX_LIST} values")
        return tuple(self.node(value) for value in values)

    def _interval(self, ends: Any) -> Interval:
        if not isinstance(ends, list) or len(ends) != 2:
            self._fail("un intervalle a deux bornes", "an interval has two ends")
        return Interval(self._instant(ends[0]), self._instant(ends[1]))

    def _instant(self, value: Any) -> Node | None:
        if isinstance(value, str):
            return None if value in OPEN else (date_literal(value) if len(value) == 10 else timestamp_literal(value))
        if not isinstance(value, dict):
            self._fail("une borne est une date, un attribut ou « .. »", "an end is a date, a property or “..”")
        return self.node(value)

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            self._fail("une date est un texte", "a date is a text")
        return value

    def _numbers(self, value: Any) -> list[float]:
        if not isinstance(value, list) or not all(isinstance(n, int | float) and n is not True for n in value):
            self._fail("« bbox » est une liste de nombres", "“bbox” is a list of numbers")
        return [float(n) for n in value]

    def _shape(self, value: dict[str, Any]) -> Shape:
        kind = value.get("type")
        form = _GEOJSON.get(kind) if isinstance(kind, str) else None
        member = "geometries" if form == "GEOMETRYCOLLECTION" else "coordinates"
        if form is None or not isinstance(value.get(member), list) or value.keys() - {"type", member, "bbox"}:
            self._fail("géométrie GeoJSON illisible", "unreadable GeoJSON geometry")
        if member == "geometries":
            members = tuple(self.node(one) for one in value[member])
            if not members or not all(isinstance(one, Shape) for one in members):
                self._fail("géométrie GeoJSON illisible", "unreadable GeoJSON geometry")
            return Shape(form, members=members)  # type: ignore[arg-type]
        return Shape(form, self._nested(value[member], geometries.FORMS[form]))

    def _nested(self, parts: Any, levels: int) -> tuple[Any, ...]:
        if not isinstance(parts, list) or not parts:
            self._fail("coordonnées GeoJSON illisibles", "unreadable GeoJSON coordinates")
        if levels:
            return tuple(self._nested(part, levels - 1) for part in parts)
        self._vertices += 1
        if self._vertices > geometries.MAX_VERTICES:
            raise _too_large(
                f"plus de {geometries.MAX_VERTICES} sommets", f"more than {geometries.MAX_VERTICES} vertices"
            )
        if len(parts) not in (2, 3) or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in parts):
            self._fail("une position a deux ou trois nombres", "a position has two or three numbers")
        return tuple(float(n) for n in parts)

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _too_large(f"plus de {MAX_NODES} opérations", f"more than {MAX_NODES} operations")

    def _fail(self, fr: str, en: str) -> NoReturn:
        raise InvalidParameter("filter", Text(f"Filtre JSON : {fr}.", f"JSON filter: {en}."))


def _too_large(fr: str, en: str) -> TooLarge:
    return TooLarge(Text(f"Filtre : {fr}.", f"Filter: {en}."), extra={"parameter": "filter"})
