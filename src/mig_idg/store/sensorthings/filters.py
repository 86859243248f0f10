"""`$filter` into SQL: parsed by odata-query, compiled by a closed list of words, operators and functions of ours.

Nothing that a client wrote enters the text of a statement: words are looked up, values are bound.
A comparison across a relation to many holds when one of them satisfies it (18-088, § 9.3.3.5): it becomes an EXISTS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, NoReturn

from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.store.sensorthings.entities import ENTITIES, Entity

MOST_NODES = 200
LONGEST_PATH = 5
_ID = re.compile(r"'(?:[^']|'')*'|@iot\.id")
_FUNCTIONS_OF_STA: Mapping[str, int] = {
    "substringof": 2, "st_equals": 2, "st_disjoint": 2, "st_touches": 2, "st_within": 2, "st_overlaps": 2,
    "st_crosses": 2, "st_intersects": 2, "st_contains": 2, "st_relate": 3,
}  # fmt: skip
_COMPARED = {"Eq": "=", "NotEq": "is distinct from", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">="}


@dataclass(slots=True)
class Names:
    """The parameters bound and the aliases given, for one statement."""

    params: list[str | None] = field(default_factory=list)
    aliases: int = 0

    def bind(self, value: str | None, kind: str) -> str:
        """The place of a value."""
        self.params.append(value)
        return f"${len(self.params)}::{kind}"

    def alias(self) -> str:
        """A name that no other row of the statement has."""
        self.aliases += 1
        return f"e{self.aliases}"


@dataclass(frozen=True, slots=True)
class Value:
    """A part of an expression: its SQL and what it is. Periods and results have two columns."""

    sql: str
    kind: str
    other: str = ""


@lru_cache(maxsize=512)
def parsed(text: str) -> Any:
    """The tree of a filter. Raises InvalidParameter."""
    from odata_query import exceptions, grammar
    from odata_query.ast import Call

    def call(function: Any, arguments: list[Any]) -> Any:
        name = function.full_name().lower()
        known = {**grammar.ODATA_FUNCTIONS, **_FUNCTIONS_OF_STA}
        wanted = known.get(name)
        if wanted is None or name not in _FUNCTIONS:
            raise UnknownWord(Text("Fonction", "function"), function.full_name()[:60], _FUNCTIONS, closed=True)
        least, most = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        if not least <= len(arguments) <= most:
            _wrong(f"{name} attend {least} arguments", f"{name} expects {least} arguments")
        return Call(function, arguments)

    lexer, parser = grammar.ODataLexer(), grammar.ODataParser()
    setattr(parser, "_function_call", call)  # noqa: B010 -- the functions of SensorThings are not those of OData
    plain = _ID.sub(lambda found: "id" if found[0] == "@iot.id" else found[0], text.strip())
    try:
        tree = parser.parse(lexer.tokenize(plain))
    except exceptions.ODataException as error:
        token = getattr(error, "token", None)
        near = plain[getattr(token, "index", len(plain)) :][:40]
        _wrong(
            f"« $filter » ne se lit pas, près de « {near or 'la fin'} »",
            f"“$filter” cannot be read, near “{near or 'its end'}”",
        )
    if tree is None:
        _wrong("« $filter » est vide", "“$filter” is empty")
    _measure(tree)
    return tree


def _measure(tree: Any) -> None:
    waiting, nodes = [tree], 0
    while waiting:
        node = waiting.pop()
        nodes += 1
        if nodes > MOST_NODES:
            raise InvalidParameter(
                "$filter",
                Text("« $filter » est trop long.", "“$filter” is too long."),
                remedy=Text(f"{MOST_NODES} éléments au plus.", f"{MOST_NODES} elements at most."),
            )
        for name in getattr(node, "__dataclass_fields__", ()):
            child = getattr(node, name)
            waiting.extend(child if isinstance(child, list) else [child] if hasattr(child, "__dict__") else [])


def compiled(text: str, entity: Entity, alias: str, names: Names) -> str:
    """The condition of a filter on the rows `alias` of an entity."""
    return _Filter(entity, alias, names).boolean(parsed(text))


class _Filter:
    def __init__(self, entity: Entity, alias: str, names: Names) -> None:
        self._entity, self._alias, self._names = entity, alias, names
        self._joined: dict[tuple[str, ...], str] = {}
        self._joins: list[tuple[str, str]] = []

    # what is true or false

    def boolean(self, node: Any) -> str:
        kind = type(node).__name__
        if kind == "BoolOp":
            word = "and" if type(node.op).__name__ == "And" else "or"
            return f"({self.boolean(node.left)} {word} {self.boolean(node.right)})"
        if kind == "UnaryOp" and type(node.op).__name__ == "Not":
            return f"(not {self.boolean(node.operand)})"
        return self._alone(node)

    def _alone(self, node: Any) -> str:
        """One condition, with the rows that its paths lead to."""
        self._joined, self._joins = {}, []
        compared = type(node).__name__ == "Compare"
        sql = self._compare(node) if compared else self._as(self._value(node), "boolean")
        if not self._joins:
            return f"({sql})"
        tables = ", ".join(f"{table} {alias}" for table, alias in self._tables)
        joins = " and ".join(join for join, _ in self._joins)
        return f"exists (select from {tables} where {joins} and {sql})"

    @property
    def _tables(self) -> list[tuple[str, str]]:
        return [(ENTITIES[target].table, self._joined[path]) for path, target in self._targets()]

    def _targets(self) -> list[tuple[tuple[str, ...], str]]:
        return [(path, target) for path, (_, target) in zip(self._joined, self._joins, strict=True)]

    def _compare(self, node: Any) -> str:
        operator = type(node.comparator).__name__
        left = self._value(node.left)
        if operator == "In":
            return "(" + " or ".join(self._compared("Eq", left, self._value(one)) for one in node.right.val) + ")"
        return self._compared(operator, left, self._value(node.right))

    def _compared(self, operator: str, left: Value, right: Value) -> str:
        if "null" in (left.kind, right.kind):
            other = right if left.kind == "null" else left
            if operator not in ("Eq", "NotEq"):
                _wrong("null ne se compare que par eq et ne", "null compares with eq and ne only")
            sql = f"coalesce({other.sql}::text, {other.other}::text)" if other.kind == "result" else other.sql
            return f"{sql} is {'not ' if operator == 'NotEq' else ''}null"
        if "period" in (left.kind, right.kind):
            return self._periods(operator, left, right)
        kind = self._common(left, right)
        sign = _COMPARED[operator]
        return f"({self._as(left, kind)} {sign} {self._as(right, kind)})"

    def _periods(self, operator: str, left: Value, right: Value) -> str:
        """A period is after an instant when it begins after it, before when it ends before it (18-088, § 9.3.3.5.3)."""
        if left.kind != "period":
            turned = {"Lt": "Gt", "LtE": "GtE", "Gt": "Lt", "GtE": "LtE"}.get(operator, operator)
            return self._periods(turned, right, left)
        since, until = left.sql, left.other
        if right.kind == "period":
            other = f"coalesce({right.other}, {right.sql})" if operator in ("Gt", "GtE") else right.sql
        else:
            other = self._as(right, "time")
        ends = f"coalesce({until}, {since})"
        match operator:
            case "Gt" | "GtE":
                return f"({since} {_COMPARED[operator]} {other})"
            case "Lt" | "LtE":
                return f"({since} {_COMPARED[operator]} {other} and {ends} {_COMPARED[operator]} {other})"
            case "Eq":
                return f"({since} = {other} and {ends} = {other})"
            case _:
                return f"not ({since} = {other} and {ends} = {other})"

    def _common(self, left: Value, right: Value) -> str:
        fixed = [one.kind for one in (left, right) if one.kind not in ("json", "result")]
        if not fixed:
            return "json" if "json" in (left.kind, right.kind) else "number"
        if "time" in fixed and "date" in fixed:
            return "time"
        if len(set(fixed)) > 1:
            _wrong(f"{fixed[0]} ne se compare pas à {fixed[1]}", f"{fixed[0]} does not compare with {fixed[1]}")
        return fixed[0]

    # values

    def _value(self, node: Any) -> Value:
        kind = type(node).__name__
        if kind in ("Identifier", "Attribute"):
            return self._path(_words(node))
        if kind == "Call":
            return self._call(node.func.full_name().lower(), node.args)
        if kind == "BinOp":
            return self._arithmetic(type(node.op).__name__, self._value(node.left), self._value(node.right))
        if kind == "UnaryOp" and type(node.op).__name__ == "USub":
            return Value(f"(- {self._as(self._value(node.operand), 'number')})", "number")
        if kind in ("Compare", "BoolOp", "UnaryOp"):
            _wrong("une condition ne se compare pas à une valeur", "a condition does not compare with a value")
        return self._literal(kind, node)

    def _literal(self, kind: str, node: Any) -> Value:
        bind = self._names.bind
        try:
            match kind:
                case "Null":
                    return Value("null", "null")
                case "Integer" if abs(int(node.val)) < 2**62:
                    return Value(bind(str(int(node.val)), "bigint"), "number")
                case "Integer" | "Float":
                    return Value(bind(repr(float(node.val)), "double precision"), "number")
                case "Boolean":
                    return Value(str(node.py_val).lower(), "boolean")
                case "String" | "GUID":
                    return Value(bind(str(node.val), "text"), "text")
                case "Date":
                    return Value(bind(date.fromisoformat(node.val).isoformat(), "date"), "date")
                case "Time":
                    return Value(bind(time.fromisoformat(node.val).isoformat(), "time"), "clock")
                case "DateTime":
                    return Value(bind(instant(node.val), "timestamptz"), "time")
                case "Duration":
                    seconds = repr(node.py_val.total_seconds())
                    return Value(f"make_interval(secs => {bind(seconds, 'double precision')})", "duration")
                case "Geography":
                    return Value(f"public.st_geomfromtext({bind(_wkt(node.val), 'text')}, 4326)", "geometry")
        except (ValueError, OverflowError):
            pass
        return _wrong("une valeur du filtre ne se lit pas", "a value of the filter cannot be read")

    def _path(self, words: tuple[str, ...]) -> Value:
        walked: tuple[str, ...] = ()
        entity, alias = self._entity, self._alias
        for position, word in enumerate(words):
            step = entity.navigations.get(word)
            if step is None:
                return self._property(entity, alias, word, words[position + 1 :])
            walked = (*walked, word)
            if len(walked) > LONGEST_PATH:
                _wrong("ce chemin est trop long", "this path is too long")
            entity = ENTITIES[step.target]
            if walked not in self._joined:
                before, alias = alias, self._names.alias()
                self._joined[walked] = alias
                self._joins.append((step.join.format(a=before, b=alias), step.target))
            alias = self._joined[walked]
        return self._property(entity, alias, "id", ())

    def _property(self, entity: Entity, alias: str, word: str, rest: tuple[str, ...]) -> Value:
        found = entity.properties.get(word)
        if found is None or (rest and found.kind not in ("json", "result")):
            raise UnknownWord(
                Text(f"Mot de {entity.singular}", f"word of {entity.singular}"),
                "/".join((word, *rest))[:80],
                [*entity.properties, *entity.navigations],
                closed=True,
            )
        if rest:
            keys = self._names.bind(_array(rest), "text[]")
            return Value(f"(({found.sql.format(a=alias)})::jsonb #> {keys})", "json")
        read = [one.format(a=alias) for one in found.compared or (found.sql,)]
        return Value(read[0], found.kind, read[1] if len(read) > 1 else "")

    def _arithmetic(self, operator: str, left: Value, right: Value) -> Value:
        sign = {"Add": "+", "Sub": "-"}.get(operator)
        if left.kind in ("time", "period", "date") and sign:
            moment = self._as(left, "time")
            if right.kind == "duration":
                return Value(f"({moment} {sign} {right.sql})", "time")
            if operator == "Sub":
                return Value(f"({moment} - {self._as(right, 'time')})", "duration")
        if left.kind == right.kind == "duration" and sign:
            return Value(f"({left.sql} {sign} {right.sql})", "duration")
        one, two = (f"({self._as(value, 'number')})::double precision" for value in (left, right))
        match operator:
            case "Div":
                return Value(f"({one} / nullif({two}, 0))", "number")
            case "Mod":
                whole = f"mod(({one})::numeric, nullif({two}, 0)::numeric)"
                return Value(f"({whole})::double precision", "number")
            case _:
                return Value(f"({one} {sign or '*'} {two})", "number")

    def _call(self, name: str, arguments: list[Any]) -> Value:
        wanted, made, kind = _FUNCTIONS[name]
        read = [self._as(self._value(one), wanted[min(i, len(wanted) - 1)]) for i, one in enumerate(arguments)]
        return Value(made(*read), kind)

    def _as(self, value: Value, kind: str) -> str:
        """The SQL of a value where this kind is expected. Raises InvalidParameter when it is another."""
        if value.kind == kind:
            return value.sql
        if value.kind == "result":
            if kind == "number":
                return value.sql
            return self._as(Value(f"({value.other})::jsonb", "json"), kind)
        if value.kind == "json":
            read = _OF_JSON.get(kind)
            if read is not None:
                return read.format(x=value.sql)
        if value.kind == "period" and kind == "time":
            return value.sql
        if value.kind == "date" and kind == "time":
            return f"(({value.sql})::timestamp at time zone 'UTC')"
        if kind == "json" and value.kind in ("text", "number", "boolean"):
            return f"to_jsonb({value.sql})"
        return _wrong(f"{kind} est attendu, pas {value.kind}", f"{kind} is expected, not {value.kind}")


_OF_JSON = {
    "number": "(case when jsonb_typeof({x}) = 'number' then ({x} #>> '{{}}')::double precision end)",
    "text": "(case when jsonb_typeof({x}) = 'string' then {x} #>> '{{}}' end)",
    "boolean": "(case when jsonb_typeof({x}) = 'boolean' then ({x} #>> '{{}}')::boolean end)",
}


def _words(node: Any) -> tuple[str, ...]:
    """The words of a path, however the parser nested them."""
    if type(node).__name__ == "Attribute":
        tail = node.attr if isinstance(node.attr, str) else "/".join(_words(node.attr))
        return (*_words(node.owner), *tail.split("/"))
    if type(node).__name__ != "Identifier":
        _wrong("ce chemin ne se lit pas", "this path cannot be read")
    return (node.full_name(),)


def instant(text: str) -> str:
    """An ISO 8601 instant, in UTC when it names no zone. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _wkt(text: str) -> str:
    import shapely

    try:
        return str(shapely.to_wkt(shapely.from_wkt(text.removeprefix("SRID=4326;")), rounding_precision=-1))
    except shapely.errors.GEOSException:
        return _wrong(f"« {text[:60]} » n'est pas une géométrie WKT", f"“{text[:60]}” is not a WKT geometry")


def _array(words: tuple[str, ...]) -> str:
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in escaped) + "}"


def _wrong(fr: str, en: str) -> NoReturn:
    raise InvalidParameter("$filter", Text(f"{fr[0].upper()}{fr[1:]}.", f"{en[0].upper()}{en[1:]}."))


def _part(word: str) -> tuple[tuple[str, ...], Callable[..., str], str]:
    return (("time",), lambda t: f"extract({word} from ({t}) at time zone 'UTC')::double precision", "number")


def _spatial(name: str) -> tuple[tuple[str, ...], Callable[..., str], str]:
    return (("geometry",), lambda a, b: f"public.{name}({a}, {b})", "boolean")


def _shortened(text: str, start: str, length: str | None = None) -> str:
    many = "" if length is None else f", greatest(({length})::integer, 0)"
    return f"substr({text}, greatest(({start})::integer, 0) + 1{many})"


# name: what its arguments are, its SQL, what it gives.
_FUNCTIONS: Mapping[str, tuple[tuple[str, ...], Callable[..., str], str]] = {
    "substringof": (("text",), lambda a, b: f"(position({a} in {b}) > 0)", "boolean"),
    "contains": (("text",), lambda a, b: f"(position({b} in {a}) > 0)", "boolean"),
    "startswith": (("text",), lambda a, b: f"starts_with({a}, {b})", "boolean"),
    "endswith": (("text",), lambda a, b: f"(right({a}, length({b})) = {b})", "boolean"),
    "length": (("text",), lambda a: f"length({a})", "number"),
    "indexof": (("text",), lambda a, b: f"(position({b} in {a}) - 1)", "number"),
    "substring": (("text", "number"), _shortened, "text"),
    "tolower": (("text",), lambda a: f"lower({a})", "text"),
    "toupper": (("text",), lambda a: f"upper({a})", "text"),
    "trim": (("text",), lambda a: f"btrim({a})", "text"),
    "concat": (("text",), lambda a, b: f"({a} || {b})", "text"),
    "year": _part("year"),
    "month": _part("month"),
    "day": _part("day"),
    "hour": _part("hour"),
    "minute": _part("minute"),
    "second": (
        ("time",), lambda t: f"floor(extract(second from ({t}) at time zone 'UTC'))::double precision", "number",
    ),
    "fractionalseconds": (
        ("time",), lambda t: f"(extract(microsecond from ({t})) / 1000000 % 1)::double precision", "number",
    ),
    "date": (("time",), lambda t: f"(({t}) at time zone 'UTC')::date", "date"),
    "time": (("time",), lambda t: f"(({t}) at time zone 'UTC')::time", "clock"),
    "totaloffsetminutes": (("time",), lambda t: f"(case when ({t}) is not null then 0 end)", "number"),
    "now": ((), lambda: "now()", "time"),
    "mindatetime": ((), lambda: "timestamptz '0001-01-01 00:00:00Z'", "time"),
    "maxdatetime": ((), lambda: "timestamptz '9999-12-31 23:59:59Z'", "time"),
    "round": (("number",), lambda x: f"round(({x})::double precision)", "number"),
    "floor": (("number",), lambda x: f"floor(({x})::double precision)", "number"),
    "ceiling": (("number",), lambda x: f"ceiling(({x})::double precision)", "number"),
    "geo.distance": (("geometry",), lambda a, b: f"public.st_distance({a}, {b})", "number"),
    "geo.length": (("geometry",), lambda a: f"public.st_length({a})", "number"),
    "geo.intersects": _spatial("st_intersects"),
    **{
        name: _spatial(name)
        for name in ("st_equals", "st_disjoint", "st_touches", "st_within", "st_overlaps", "st_crosses",
                     "st_intersects", "st_contains")
    },
    "st_relate": (("geometry", "geometry", "text"), lambda a, b, c: f"public.st_relate({a}, {b}, {c})", "boolean"),
}  # fmt: skip
