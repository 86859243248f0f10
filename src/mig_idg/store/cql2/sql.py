"""A checked filter to SQL: operators from closed tables, columns from the grant, every value bound.

No error of PostgreSQL may tell a value: a division by zero is null, and what overflows is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Callable

from mig_idg.store import crs as reference
from mig_idg.store.cql2.functions import ARITHMETIC, ARRAY, COMPARISONS, SCALAR, SPATIAL, TEMPORAL
from mig_idg.store.cql2.syntax import Array, Call, Interval, Literal, Node, Property, Shape
from mig_idg.store.cql2.typing import element_of, type_of
from mig_idg.store.statement import quoted
from mig_idg.store.table import TEXTS, Column, Table

Bind = Callable[[str | float | None, str], str]

_BIGGEST = 2**63 - 1
_ELEMENTS = {"text": "text[]", "number": "numeric[]", "boolean": "boolean[]", "uuid": "uuid[]", "date": "date[]",
             "timestamp": "timestamptz[]"}  # fmt: skip


def condition(node: Node, table: Table, bind: Bind) -> str:
    """The SQL condition of a checked filter, in parentheses where needed; `bind` collects its values."""
    return _Writer(table, bind).write(node)


class _Writer:
    def __init__(self, table: Table, bind: Bind) -> None:
        self._table = table
        self._bind = bind

    def write(self, node: Node, beside: Column | None = None) -> str:
        """Any node; `beside` is the column a literal is compared with, whose type it takes."""
        match node:
            case Call():
                return self._call(node)
            case Property():
                return self._property(node)
            case Literal():
                return self._literal(node, beside)
            case Shape():
                return self._bind(node.ewkb, "geometry")
            case _:
                raise TypeError(node)

    def _call(self, node: Call) -> str:
        op, args = node.op, node.args
        if op in ("and", "or"):
            return "(" + f" {op} ".join(self.write(arg) for arg in args) + ")"
        if op == "not":
            return f"(not {self.write(args[0])})"
        if op in COMPARISONS:
            left, right = self._compared(args)
            return f"({left} {op} {right})"
        if op in ARITHMETIC:
            return self._arithmetic(op, self.write(args[0]), self.write(args[1]))
        if op == "isNull":
            return f"({self._nullable(args[0])} is null)"
        if op == "like":
            return f"({self.write(args[0])} like {self.write(args[1])})"
        if op == "between":
            value, low, high = self._compared(args)
            return f"({value} between {low} and {high})"
        if op == "in":
            return self._among(args[0], args[1])
        if op in SPATIAL:
            return self._spatial(op, args[0], args[1])
        if op in TEMPORAL:
            return self._temporal(op, args[0], args[1])
        if op in ARRAY:
            return self._array(op, args)
        return self._function(op, args)

    # scalars

    def _property(self, node: Property) -> str:
        name = quoted(node.name)
        if node.column is not None and node.column.kind == "timestamp" and not node.column.zoned:
            return f"({name} at time zone 'UTC')"
        if node.column is not None and node.column.kind == "text" and node.column.base not in TEXTS:
            return f"{name}::text"
        return name

    def _nullable(self, node: Node) -> str:
        return quoted(node.name) if isinstance(node, Property) else self.write(node)

    def _literal(self, node: Literal, beside: Column | None) -> str:
        match node.type:
            case "number":
                return self._bind(node.value, _number_cast(node.value, beside))
            case "boolean":
                return node.value
            case "timestamp":
                return self._bind(node.value, "timestamptz")
            case "date" | "uuid" | "time":
                return self._bind(node.value, node.type)
            case _:
                return self._bind(node.value, _text_cast(beside))

    def _compared(self, args: tuple[Node, ...]) -> list[str]:
        """The operands of a comparison: literals take the type of the column beside them, so that its index serves."""
        column = next((arg.column for arg in args if isinstance(arg, Property)), None)
        unzoned = column is not None and column.kind == "timestamp" and not column.zoned
        if unzoned and all(arg.type == "timestamp" for arg in args if isinstance(arg, Literal)):
            return [self._wall_clock(arg) for arg in args]
        kinds = {type_of(arg) for arg in args}
        if kinds == {"date", "timestamp"}:
            return [self._instant(arg, end=False) for arg in args]
        return [self.write(arg, column) for arg in args]

    def _wall_clock(self, node: Node) -> str:
        if isinstance(node, Literal):
            return f"({self._bind(node.value, 'timestamptz')} at time zone 'UTC')"
        if isinstance(node, Property) and node.column is not None and not node.column.zoned:
            return quoted(node.name)
        return f"({self._instant(node, end=False)} at time zone 'UTC')"

    def _among(self, value: Node, listed: Node) -> str:
        assert isinstance(listed, Array)
        column = value.column if isinstance(value, Property) else None
        literals = [item for item in listed.items if isinstance(item, Literal)]
        plain = column is not None and column.kind in ("text", "integer", "uuid", "date")
        plain = plain and column is not None and column.base not in ("character", "citext")
        whole = column is None or column.kind != "integer" or all(_is_whole(item.value) for item in literals)
        if plain and whole and len(literals) == len(listed.items) and {i.type for i in literals} == {type_of(value)}:
            cast = {"integer": "bigint", "text": _text_cast(column)}.get(column.kind, column.kind) if column else "text"
            return f"({self.write(value)} = any({self._bind(_array_text(literals), cast + '[]')}))"
        written = self._compared((value, *listed.items))
        return f"({written[0]} in ({', '.join(written[1:])}))"

    def _arithmetic(self, op: str, left: str, right: str) -> str:
        match op:
            case "/":
                return f"({left}::float8 / nullif({right}::float8, 0))"
            case "%":
                return f"mod({left}::numeric, nullif({right}::numeric, 0))"
            case "div":
                return f"div({left}::numeric, nullif({right}::numeric, 0))"
            case "^":
                return f"power({left}::float8, {right}::float8)"
            case _:
                return f"({left} {op} {right})"

    def _function(self, op: str, args: tuple[Node, ...]) -> str:
        written = SCALAR[op].sql.format(*(self.write(arg) for arg in args))
        return f"(select {written})" if all(map(_constant, args)) else written

    # geometries

    def _spatial(self, op: str, left: Node, right: Node) -> str:
        function = SPATIAL[op]
        negation = "not " if op == "s_disjoint" else ""
        shapes = [arg for arg in (left, right) if isinstance(arg, Shape)]
        if len(shapes) != 1:
            a, b = (quoted(arg.name) if isinstance(arg, Property) else self.write(arg) for arg in (left, right))
            return f"({negation}{function}({a}, {b}))"
        geometry = self._table.geometry
        assert geometry is not None
        held = self._table.geometry_in(shapes[0].srid)
        if held is not None:
            # Under row policies only the leakproof && may use the index: it must be written out.
            column, near = quoted(held), self.write(shapes[0])
            a, b = (column if isinstance(arg, Property) else self.write(arg) for arg in (left, right))
            return f"({negation}({column} && {near} and {function}({a}, {b})))"
        shape, column = shapes[0], quoted(geometry.name)
        around = self._around(shape, geometry.srid)
        if around is None:
            return f"({column} is {'not null' if negation else 'null and false'})"
        moved = f"st_transform({column}, {int(shape.srid)})"
        a, b = (moved if isinstance(arg, Property) else self.write(arg) for arg in (left, right))
        return f"({negation}({column} && {around} and {function}({a}, {b})))"

    def _around(self, shape: Shape, srid: int) -> str | None:
        """The box, in the layer's CRS, outside which nothing meets the shape: for the spatial index."""
        region = reference.moved(shape.bounds, shape.srid, srid)
        if region is None:
            return None
        margin = 1e-8 if reference.storage_crs(srid).degrees else 1e-3
        xmin, ymin, xmax, ymax = region.bounds
        bounds = (xmin - margin, ymin - margin, xmax + margin, ymax + margin)
        return self._bind(reference.rectangle(bounds, srid), "geometry")

    # time

    def _temporal(self, op: str, left: Node, right: Node) -> str:
        dates = all(_is_dates(arg) for arg in (left, right))
        return f"({TEMPORAL[op].format_map(_Ends(self, left, right, dates))})"

    def start(self, node: Node, dates: bool) -> str:
        """When an operand begins."""
        if not isinstance(node, Interval):
            return self._end(node, dates, end=False)
        if node.start is None:
            return "'-infinity'::date" if dates else "'-infinity'::timestamptz"
        return self._end(node.start, dates, end=False)

    def finish(self, node: Node, dates: bool) -> str:
        """When an operand ends."""
        if not isinstance(node, Interval):
            return self._end(node, dates, end=True)
        if node.end is None:
            return "'infinity'::date" if dates else "'infinity'::timestamptz"
        return self._end(node.end, dates, end=True)

    def _end(self, node: Node, dates: bool, *, end: bool) -> str:
        return self.write(node) if dates else self._instant(node, end=end)

    def _instant(self, node: Node, *, end: bool) -> str:
        """An instant; a day among instants lasts from midnight to its last microsecond, in UTC."""
        if type_of(node) != "date":
            return self.write(node)
        if isinstance(node, Literal):
            time = "23:59:59.999999" if end else "00:00:00"
            return self._bind(f"{node.value}T{time}Z", "timestamptz")
        day = f"{self.write(node)}::timestamp"
        return (
            f"(({day} + interval '1 day - 1 microsecond') at time zone 'UTC')" if end else f"({day} at time zone 'UTC')"
        )

    # arrays

    def _array(self, op: str, args: tuple[Node, ...]) -> str:
        column = next(arg.column for arg in args if isinstance(arg, Property) and arg.column is not None)
        kind = element_of(column)
        assert kind is not None
        written = []
        for arg in args:
            if isinstance(arg, Property):
                written.append(quoted(arg.name))
            else:
                assert isinstance(arg, Array)
                literals = [item for item in arg.items if isinstance(item, Literal)]
                written.append(self._bind(_array_text(literals), column.base))
        return f"({ARRAY[op].format(*written)})"


class _Ends(dict[str, str]):
    """The ends that a temporal operator looks at, written when it names them: PostgreSQL wants no value unused."""

    def __init__(self, writer: _Writer, left: Node, right: Node, dates: bool) -> None:
        super().__init__()
        self._writer, self._operands, self._dates = writer, {"a": left, "b": right}, dates

    def __missing__(self, key: str) -> str:
        node = self._operands[key[0]]
        write = self._writer.start if key[1] == "s" else self._writer.finish
        self[key] = write(node, self._dates)
        return self[key]


def _constant(node: Node) -> bool:
    return isinstance(node, Literal) or (isinstance(node, Call) and all(map(_constant, node.args)))


def _is_dates(node: Node) -> bool:
    if isinstance(node, Interval):
        return all(end is None or type_of(end) == "date" for end in (node.start, node.end))
    return type_of(node) == "date"


def _is_whole(value: str) -> bool:
    return value.lstrip("+-").isdecimal() and abs(int(value)) <= _BIGGEST if len(value) < 25 else False


def _number_cast(value: str, beside: Column | None) -> str:
    if beside is not None and beside.base == "real":
        return "real"
    return "bigint" if _is_whole(value) else "numeric"


def _text_cast(beside: Column | None) -> str:
    if beside is None or beside.kind != "text":
        return "text"
    return {"character": "bpchar", "citext": "citext"}.get(beside.base, "text")


def _array_text(literals: list[Literal]) -> str:
    """The array constant PostgreSQL reads, each element between double quotes."""
    quoted_items = ('"' + item.value.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in literals)
    return "{" + ",".join(quoted_items) + "}"
