"""CQL2 (OGC 21-065) asked of records: the tree that `store.cql2` reads from text or JSON, as a question to one record.

The logic is SQL's: what is compared with an absent value is unknown, and so is its contrary; what is true is found. A
name or an operator that is not known, or types that do not go together, are refused by name.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import shapely
from shapely.geometry.base import BaseGeometry

from mig_idg.catalogue.model import Record
from mig_idg.catalogue.patterns import Pattern, fits, pattern
from mig_idg.catalogue.queryables import QUERYABLES
from mig_idg.catalogue.search import Predicate
from mig_idg.errors import InvalidParameter, Text, did_you_mean, nearest
from mig_idg.standards.inspire import folded
from mig_idg.store.cql2 import json as cql2_json
from mig_idg.store.cql2 import text as cql2_text
from mig_idg.store.cql2.functions import ARITHMETIC, COMPARISONS, EVERY
from mig_idg.store.cql2.geometries import encode
from mig_idg.store.cql2.syntax import Array, Call, Interval, Literal, Name, Node, Shape
from mig_idg.store.crs import CRS84

Value = Callable[[Record], Any]
Typed = tuple[str, Value]
Truth = Callable[[Record], bool | None]
# Unbounded ends of a period, as text that sorts before and after every date.
_FIRST, _LAST = "0000-00-00T00:00:00", "9999-99-99T99:99:99"
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_SUMS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "div": operator.floordiv, "^": operator.pow,
}  # fmt: skip
_SPATIAL: dict[str, Callable[[BaseGeometry, BaseGeometry], Any]] = {
    "s_intersects": shapely.intersects, "s_disjoint": shapely.disjoint, "s_equals": shapely.equals,
    "s_touches": shapely.touches, "s_crosses": shapely.crosses, "s_within": shapely.within,
    "s_contains": shapely.contains, "s_overlaps": shapely.overlaps,
}  # fmt: skip
Period = tuple[str, str]
# OGC 21-065, 7.7, on the ends of two periods.
_TEMPORAL: dict[str, Callable[[Period, Period], bool]] = {
    "t_after": lambda a, b: a[0] > b[1],
    "t_before": lambda a, b: a[1] < b[0],
    "t_contains": lambda a, b: a[0] < b[0] and a[1] > b[1],
    "t_disjoint": lambda a, b: a[1] < b[0] or a[0] > b[1],
    "t_during": lambda a, b: a[0] > b[0] and a[1] < b[1],
    "t_equals": lambda a, b: a == b,
    "t_finishedby": lambda a, b: a[0] < b[0] and a[1] == b[1],
    "t_finishes": lambda a, b: a[0] > b[0] and a[1] == b[1],
    "t_intersects": lambda a, b: a[1] >= b[0] and a[0] <= b[1],
    "t_meets": lambda a, b: a[1] == b[0],
    "t_metby": lambda a, b: a[0] == b[1],
    "t_overlappedby": lambda a, b: b[0] < a[0] < b[1] < a[1],
    "t_overlaps": lambda a, b: a[0] < b[0] < a[1] < b[1],
    "t_startedby": lambda a, b: a[0] == b[0] and a[1] > b[1],
    "t_starts": lambda a, b: a[0] == b[0] and a[1] < b[1],
}
_ARRAYS: dict[str, Callable[[frozenset[str], frozenset[str]], bool]] = {
    "a_contains": operator.ge, "a_containedby": operator.le, "a_equals": operator.eq,
    "a_overlaps": lambda a, b: not a.isdisjoint(b),
}  # fmt: skip
_TEXTS: dict[str, Callable[[str], Any]] = {
    "casei": str.casefold, "accenti": lambda text: _without_accents(text),
    "lower": str.lower, "upper": str.upper, "trim": str.strip, "length": len,
}  # fmt: skip
_NUMBERS: dict[str, Callable[[float], float]] = {
    "abs": abs, "floor": lambda number: float(number // 1), "ceil": lambda number: float(-(-number // 1)),
    "round": lambda number: float(round(number)),
}  # fmt: skip


def predicate(text: str, language: str) -> Predicate:
    """The question of a filter in `cql2-text` or `cql2-json`. Raises InvalidParameter, TooLarge."""
    truth = _truth(cql2_json.parse(text) if language == "cql2-json" else cql2_text.parse(text))
    return lambda record: truth(record) is True


def _truth(node: Node) -> Truth:
    """A condition: true, false, or None when an absent value leaves it unknown."""
    if isinstance(node, Literal) and node.type == "boolean":
        return lambda record: node.value == "true"
    if not isinstance(node, Call):
        _wrong("une condition est attendue", "a condition is expected")
    op, args = node.op, node.args
    if op in ("and", "or", "not"):
        return _logic(op, [_truth(one) for one in args])
    if op == "isNull":
        _, of = _value(_operands(op, args, 1)[0])
        return lambda record: of(record) in (None, ())
    if op in COMPARISONS:
        return _compared(op, *_operands(op, args, 2))
    if op == "between":
        one, low, high = _operands(op, args, 3)
        return _logic("and", [_compared(">=", one, low), _compared("<=", one, high)])
    if op == "in":
        one, among = _operands(op, args, 2)
        if not isinstance(among, Array):
            _wrong("IN attend une liste", "IN expects a list")
        return _logic("or", [_compared("=", one, item) for item in among.items])
    if op == "like":
        return _like(*_operands(op, args, 2))
    if op in _SPATIAL:
        return _pair(_SPATIAL[op], *(_geometry(op, one) for one in _operands(op, args, 2)))
    if op in _TEMPORAL:
        return _pair(_TEMPORAL[op], *(_period(op, one) for one in _operands(op, args, 2)))
    if op in _ARRAYS:
        return _pair(_ARRAYS[op], *(_array(op, one) for one in _operands(op, args, 2)))
    _unknown(op)


def _logic(op: str, parts: list[Truth]) -> Truth:
    if op == "not":
        return lambda record: None if (told := parts[0](record)) is None else not told
    decides = op == "or"

    def joined(record: Record) -> bool | None:
        found = [part(record) for part in parts]
        if decides in found:
            return decides
        return None if None in found else not decides

    return joined


def _value(node: Node) -> Typed:
    """A scalar or a property: its type and how to have it."""
    if isinstance(node, Name):
        known = QUERYABLES.get(node.name.removeprefix("properties."))
        if known is None:
            raise InvalidParameter(
                "filter",
                Text(f"Propriété inconnue « {node.name[:40]} ».", f"Unknown property “{node.name[:40]}”."),
                remedy=did_you_mean(nearest(node.name, QUERYABLES))
                or Text("Voyez /collections/records/queryables.", "See /collections/records/queryables."),
            )
        return known.kind, known.of if known.kind != "date" else partial(_moment_of, known.of)
    if isinstance(node, Literal):
        constant: Any = node.value
        if node.type == "number":
            constant = float(node.value)
        elif node.type == "boolean":
            constant = node.value == "true"
        elif node.type in ("date", "timestamp"):
            return "date", lambda record, day=_moment(node.value): day
        return node.type, lambda record: constant
    if isinstance(node, Call):
        return _called(node)
    _wrong("une valeur est attendue", "a value is expected")


def _called(node: Call) -> Typed:
    if node.op in ARITHMETIC:
        (left, a), (right, b) = (_value(one) for one in _operands(node.op, node.args, 2))
        if left != "number" or right != "number":
            _wrong(f"« {node.op} » attend des nombres", f"“{node.op}” expects numbers")
        return "number", partial(_sum, _SUMS[node.op], a, b)
    apply: Callable[[Any], Any] | None = _TEXTS.get(node.op) or _NUMBERS.get(node.op)
    if apply is None:
        _unknown(node.op)
    wanted = "text" if node.op in _TEXTS else "number"
    kind, of = _value(_operands(node.op, node.args, 1)[0])
    if kind == "array" and wanted == "text" and node.op != "length":
        return "array", lambda record: tuple(apply(one) for one in of(record))
    if kind != wanted:
        _wrong(f"« {node.op} » n'attend pas cette valeur", f"“{node.op}” does not expect this value")
    return ("number" if node.op == "length" else wanted), (
        lambda record: None if (found := of(record)) is None else apply(found)
    )


def _sum(apply: Callable[[float, float], float], a: Value, b: Value, record: Record) -> float | None:
    left, right = a(record), b(record)
    if left is None or right is None:
        return None
    try:
        found = apply(float(left), float(right))
    except (ZeroDivisionError, OverflowError):
        return None
    return found if isinstance(found, float) else None


def _compared(op: str, one: Node, other: Node) -> Truth:
    (left, a), (right, b) = _value(one), _value(other)
    kinds = {"text" if kind == "array" else kind for kind in (left, right)}
    if kinds == {"date", "text"} and isinstance(other, Literal) and other.type == "text":
        _wrong("une date s'écrit DATE('2026-01-31')", "a date is written DATE('2026-01-31')")
    if len(kinds) != 1 or kinds & {"geometry", "interval"}:
        _wrong(f"« {op} » : ces deux valeurs ne se comparent pas", f"“{op}”: these two values do not compare")
    sign = _SIGNS[op]
    if "array" not in (left, right):
        return _pair(sign, a, b)

    def any_of(record: Record) -> bool | None:
        ones, others = (value if isinstance(value, tuple) else (value,) for value in (a(record), b(record)))
        if not ones or not others or None in ones or None in others:
            return None
        found = [sign(x, y) for x in ones for y in others]
        return all(found) if op == "<>" else any(found)

    return any_of


def _like(one: Node, other: Node) -> Truth:
    kind, of = _value(one)
    fold: Callable[[str], str] = lambda text: text  # noqa: E731
    while isinstance(other, Call) and other.op in ("casei", "accenti"):
        fold = partial(lambda inner, apply, text: apply(inner(text)), fold, _TEXTS[other.op])
        other = other.args[0]
    if kind not in ("text", "array") or not isinstance(other, Literal) or other.type != "text":
        _wrong("LIKE attend un texte et un modèle", "LIKE expects a text and a pattern")
    wanted: Pattern = pattern(other.value, "%", "_", "\\", fold)

    def told(record: Record) -> bool | None:
        found = of(record)
        if found is None or found == ():
            return None
        return any(fits(wanted, value) for value in (found if isinstance(found, tuple) else (found,)))

    return told


def _pair(test: Callable[[Any, Any], Any], a: Value, b: Value) -> Truth:
    def told(record: Record) -> bool | None:
        left, right = a(record), b(record)
        return None if left is None or right is None else bool(test(left, right))

    return told


def _geometry(op: str, node: Node) -> Value:
    if isinstance(node, Shape):
        constant = shapely.from_wkb(bytes.fromhex(encode(node, CRS84).ewkb))
        shapely.prepare(constant)
        return lambda record: constant
    if isinstance(node, Name) and _value(node)[0] == "geometry":
        return lambda record: None if record.bbox is None else shapely.box(*record.bbox)
    _wrong(f"« {op} » attend « geometry » et une géométrie", f"“{op}” expects “geometry” and a geometry")


def _period(op: str, node: Node) -> Value:
    if isinstance(node, Interval):
        start = _FIRST if node.start is None else _end_of(node.start)
        end = _LAST if node.end is None else _end_of(node.end, last=True)
        return lambda record: (start, end)
    if isinstance(node, Literal) and node.type in ("date", "timestamp"):
        instant = (_moment(node.value), _moment(node.value, last=True))
        return lambda record: instant
    if isinstance(node, Name):
        kind, of = _value(node)
        if kind == "interval":
            return lambda record: None if record.period is None else _ends(record.period)
        if kind == "date":
            return lambda record: None if (day := of(record)) is None else (day, f"{day[:10]}T23:59:59")
    _wrong(f"« {op} » attend des dates, « time » ou un intervalle", f"“{op}” expects dates, “time” or an interval")


def _end_of(node: Node, *, last: bool = False) -> str:
    if not isinstance(node, Literal):
        _wrong("une borne d'intervalle est une date", "an end of an interval is a date")
    return _moment(node.value, last=last)


def _ends(period: tuple[str | None, str | None]) -> Period:
    first, last = period
    return _FIRST if first is None else _moment(first), _LAST if last is None else _moment(last, last=True)


def _array(op: str, node: Node) -> Value:
    if isinstance(node, Array):
        if not all(isinstance(one, Literal) for one in node.items):
            _wrong(f"« {op} » attend une liste de textes", f"“{op}” expects a list of texts")
        constant = frozenset(one.value for one in node.items if isinstance(one, Literal))
        return lambda record: constant
    kind, of = _value(node)
    if kind == "array":
        return lambda record: frozenset(of(record))
    _wrong(f"« {op} » attend une propriété à plusieurs valeurs", f"“{op}” expects a property with several values")


def _moment(day: str, *, last: bool = False) -> str:
    """An instant as text that sorts: a day is its first second, or its last one."""
    return day[:19] if "T" in day else f"{day}T23:59:59" if last else f"{day}T00:00:00"


def _moment_of(of: Value, record: Record) -> str | None:
    day = of(record)
    return None if not day else _moment(str(day))


def _without_accents(text: str) -> str:
    return "".join(folded(c) if c.islower() else folded(c).upper() for c in text)


def _operands(op: str, args: tuple[Node, ...], count: int) -> tuple[Node, ...]:
    if len(args) != count:
        _wrong(f"« {op} » attend {count} opérande(s)", f"“{op}” expects {count} operand(s)")
    return args


def _unknown(op: str) -> NoReturn:
    raise InvalidParameter(
        "filter",
        Text(f"« {op[:40]} » n'est pas servi pour les fiches.", f"“{op[:40]}” is not served for records."),
        remedy=did_you_mean(nearest(op, EVERY)),
    )


def _wrong(fr: str, en: str) -> NoReturn:
    raise InvalidParameter("filter", Text(f"Filtre : {fr}.", f"Filter: {en}."))
