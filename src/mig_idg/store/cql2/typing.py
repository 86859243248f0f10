"""A filter against the columns granted: every name known, every operator with operands it can compare.

A hidden column and one that never was give the same error, made from the same list. What passes here compiles.
"""

from __future__ import annotations

import uuid
from typing import NoReturn

from mig_idg.errors import InvalidParameter, Text, UnknownWord, did_you_mean, nearest
from mig_idg.store import datetimes
from mig_idg.store.cql2 import geometries
from mig_idg.store.cql2.functions import ARITHMETIC, ARRAY, COMPARISONS, EVERY, SCALAR, SPATIAL, TEMPORAL
from mig_idg.store.cql2.syntax import Array, Call, Interval, Literal, Name, Node, Property, Shape, Type
from mig_idg.store.crs import Crs
from mig_idg.store.table import Column, Table
from mig_idg.store.values import NUMBER, TIME

GEOMETRY_ALIAS = "geometry"
_TYPES: dict[str, Type] = {
    "text": "text",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "time": "time",
    "uuid": "uuid",
    "array": "array",
}
_SCALARS = ("text", "number", "boolean", "date", "timestamp", "time", "uuid")
_NAMES = {
    "text": Text("un texte", "a text"),
    "number": Text("un nombre", "a number"),
    "boolean": Text("vrai ou faux", "true or false"),
    "date": Text("une date", "a date"),
    "timestamp": Text("un instant", "an instant"),
    "time": Text("une heure", "a time of day"),
    "uuid": Text("un identifiant UUID", "a UUID"),
    "geometry": Text("une géométrie", "a geometry"),
    "array": Text("une liste", "a list"),
    "interval": Text("une période", "a period"),
    "any": Text("une valeur qui ne se compare pas", "a value that cannot be compared"),
}


def check(node: Node, table: Table, crs: Crs) -> Node:
    """The same filter with columns in place of names and geometries encoded; `crs` is that of its coordinates.

    Raises UnknownWord for a name that the caller cannot use, InvalidParameter for operands that do not agree.
    """
    checked = _Checker(table, crs).node(node)
    if type_of(checked) != "boolean":
        _fail("Le filtre n'est pas une condition", "The filter is not a condition")
    return checked


def type_of(node: Node) -> Type:
    """The type of a checked node."""
    match node:
        case Property() | Literal() | Call():
            return node.type
        case Shape():
            return "geometry"
        case Interval():
            return "interval"
        case _:
            return "array"


class _Checker:
    def __init__(self, table: Table, crs: Crs) -> None:
        self._table = table
        self._crs = crs

    def node(self, node: Node) -> Node:
        match node:
            case Name():
                return self._property(node.name, node.place)
            case Literal():
                return self._literal(node)
            case Shape():
                return geometries.encode(node, self._crs)
            case Interval():
                return self._interval(node)
            case Array():
                return Array(tuple(self.node(item) for item in node.items))
            case Call():
                args = tuple(self.node(arg) for arg in node.args)
                try:
                    return self._call(node.op, args)
                except InvalidParameter as error:
                    if node.place:
                        error.extra.setdefault("position", node.place)
                    raise
            case Property():
                return node

    def _property(self, name: str, place: int = 0) -> Property:
        column = self._table.column(name)
        if column is not None:
            return Property(name, _TYPES.get(column.kind, "any"), column)
        geometry = self._table.geometry
        if geometry is not None and name in (geometry.name, GEOMETRY_ALIAS):
            return Property(geometry.name, "geometry")
        known = (*self._table.names, *((geometry.name,) if geometry else ()))
        error = UnknownWord(Text("Attribut", "property"), name[:80], known)
        error.extra["parameter"] = "filter"
        if place:
            error.extra["position"] = place
        raise error

    def _literal(self, node: Literal) -> Literal:
        if "\x00" in node.value:
            _fail("Un texte contient un caractère nul", "A text holds a null character")
        if node.type == "number" and (len(node.value) > 330 or not NUMBER.fullmatch(node.value)):
            _fail("Un nombre est démesuré", "A number is out of measure")
        return node

    def _interval(self, node: Interval) -> Interval:
        ends = tuple(None if end is None else self.node(end) for end in (node.start, node.end))
        for end in ends:
            if end is not None and type_of(end) not in ("date", "timestamp"):
                _mismatch("INTERVAL", end, "date")
        start, end = ends
        if isinstance(start, Literal) and isinstance(end, Literal) and start.value[:10] > end.value[:10]:
            _fail("Une période finit avant de commencer", "A period ends before it begins")
        return Interval(start, end)

    def _call(self, op: str, args: tuple[Node, ...]) -> Call:
        if op in ("and", "or"):
            return self._all(op, args, "boolean", least=2)
        if op == "not":
            return self._all(op, args, "boolean", least=1, most=1)
        if op in COMPARISONS:
            return self._comparison(op, args)
        if op in ARITHMETIC:
            return self._all(op, args, "number", least=2, most=2, gives="number")
        if op == "isNull":
            return self._nullity(args)
        if op == "like":
            return self._like(args)
        if op == "between":
            _require(op, len(args) == 3)
            return Call(op, self._agreed(op, args))
        if op == "in":
            return self._among(args)
        if op in SPATIAL:
            return self._all(op, args, "geometry", least=2, most=2)
        if op in TEMPORAL:
            return self._temporal(op, args)
        if op in ARRAY:
            return self._array(op, args)
        if op in SCALAR:
            return self._function(op, args)
        raise InvalidParameter(
            "filter",
            Text(f"Filtre : fonction inconnue « {op[:40]} ».", f"Filter: unknown function “{op[:40]}”."),
            remedy=did_you_mean(nearest(op, EVERY)),
        )

    def _all(
        self, op: str, args: tuple[Node, ...], wanted: Type, *, least: int, most: int = 10_000, gives: Type = "boolean"
    ) -> Call:
        _require(op, least <= len(args) <= most)
        for arg in args:
            if type_of(arg) != wanted:
                _mismatch(op, arg, wanted)
        return Call(op, args, gives)

    def _comparison(self, op: str, args: tuple[Node, ...]) -> Call:
        _require(op, len(args) == 2)
        return Call(op, self._agreed(op, args))

    def _nullity(self, args: tuple[Node, ...]) -> Call:
        """`IS NULL` takes one value: a property, a scalar, a geometry; a list or a period written out is never null."""
        _require("isNull", len(args) == 1)
        if isinstance(args[0], Array | Interval):
            _fail("IS NULL porte sur un attribut ou une valeur", "IS NULL takes a property or a value")
        return Call("isNull", args)

    def _like(self, args: tuple[Node, ...]) -> Call:
        call = self._all("like", args, "text", least=2, most=2)
        pattern = args[1]
        if isinstance(pattern, Literal) and (len(pattern.value) - len(pattern.value.rstrip("\\"))) % 2:
            _fail("Un motif LIKE finit par une barre oblique inverse", "A LIKE pattern ends with a backslash")
        return call

    def _among(self, args: tuple[Node, ...]) -> Call:
        _require("in", len(args) == 2 and isinstance(args[1], Array) and bool(args[1].items))
        listed = args[1]
        assert isinstance(listed, Array)
        value, *items = self._agreed("in", (args[0], *listed.items))
        return Call("in", (value, Array(tuple(items))))

    def _agreed(self, op: str, args: tuple[Node, ...]) -> tuple[Node, ...]:
        """The operands, all scalars of one type; a text that spells the date it is compared with becomes one."""
        for arg in args:
            if type_of(arg) not in _SCALARS:
                _mismatch(op, arg, "text")
        wanted: Type = next((type_of(a) for a in args if not (isinstance(a, Literal) and a.type == "text")), "text")
        agreed = tuple(_read_as(wanted, arg) for arg in args)
        family = {"timestamp", "date"} if wanted in ("timestamp", "date") else {wanted}
        for arg in agreed:
            if type_of(arg) not in family:
                _mismatch(op, arg, wanted)
        return agreed

    def _temporal(self, op: str, args: tuple[Node, ...]) -> Call:
        _require(op, len(args) == 2)
        read = tuple(_read_as("timestamp", arg) if type_of(arg) == "text" else arg for arg in args)
        for arg in read:
            if type_of(arg) not in ("date", "timestamp", "interval"):
                _mismatch(op, arg, "timestamp")
        return Call(op, read)

    def _array(self, op: str, args: tuple[Node, ...]) -> Call:
        _require(op, len(args) == 2)
        element = next((element_of(arg.column) for arg in args if isinstance(arg, Property) and arg.column), None)
        if element is None:
            _fail(f"{op.upper()} porte sur un attribut de type liste", f"{op.upper()} takes a property that is a list")
        # A list of one between parentheses reads like the value alone.
        args = tuple(Array((arg,)) if isinstance(arg, Literal) else arg for arg in args)
        bases = {arg.column.base for arg in args if isinstance(arg, Property) and arg.column}
        if len(bases) > 1:
            _fail(f"{op.upper()} compare deux listes de types différents", f"{op.upper()} compares two kinds of lists")
        for arg in args:
            if isinstance(arg, Array):
                for item in arg.items:
                    if not isinstance(item, Literal) or item.type != element:
                        _mismatch(op, item, element)
            elif type_of(arg) != "array":
                _mismatch(op, arg, "array")
        return Call(op, args)

    def _function(self, op: str, args: tuple[Node, ...]) -> Call:
        function = SCALAR[op]
        _require(op, len(args) == len(function.takes))
        for arg, wanted in zip(args, function.takes, strict=True):
            if type_of(arg) != wanted:
                _mismatch(op, arg, wanted)
        return Call(op, args, function.gives)


def element_of(column: Column) -> Type | None:
    """The type of an array column's elements, when filters can compare them."""
    if column.kind != "array" or column.element is None:
        return None
    return _TYPES.get(column.element)


def _read_as(wanted: Type, node: Node) -> Node:
    """A text literal as the date, instant, hour or UUID it spells; anything else as it is."""
    if not isinstance(node, Literal) or node.type != "text":
        return node
    if wanted in ("date", "timestamp"):
        if datetimes.day(node.value):
            return Literal("date", node.value)
        exact = datetimes.instant(node.value)
        return Literal("timestamp", datetimes.iso(exact)) if exact else node
    if wanted == "time" and TIME.fullmatch(node.value):
        return Literal("time", node.value)
    if wanted == "uuid":
        try:
            return Literal("uuid", str(uuid.UUID(node.value)))
        except ValueError:
            return node
    return node


def _require(op: str, enough: bool) -> None:
    if not enough:
        _fail(f"{op.upper()} n'a pas les opérandes qu'il faut", f"{op.upper()} does not have the operands it needs")


def _mismatch(op: str, node: Node, wanted: Type) -> NoReturn:
    found, expected = _NAMES[type_of(node)], _NAMES[wanted]
    what = f"« {node.name} »" if isinstance(node, Property) else "un opérande"
    what_en = f"“{node.name}”" if isinstance(node, Property) else "an operand"
    _fail(
        f"{op.upper()} : {what} est {found.fr}, pas {expected.fr}",
        f"{op.upper()}: {what_en} is {found.en}, not {expected.en}",
    )


def _fail(fr: str, en: str) -> NoReturn:
    raise InvalidParameter("filter", Text(f"Filtre : {fr}.", f"Filter: {en}."))
