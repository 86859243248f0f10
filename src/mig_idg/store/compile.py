"""From a query and a grant to SQL: pages of features, single features, counts, and rows for exports.

The text depends only on the shape of the question (which conditions, which columns, which CRS): PostgreSQL prepares it
once. Everything a client wrote is bound. The view of the grant has the granted columns and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mig_idg.store import crs as reference
from mig_idg.store import full_text
from mig_idg.store.binary_values import weight
from mig_idg.store.cql2.sql import condition as filter_condition
from mig_idg.store.crs import Box
from mig_idg.store.cursor import Cursor, Sort
from mig_idg.store.datetimes import Period
from mig_idg.store.feature import geojson, utc
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query, temporal
from mig_idg.store.statement import Param, Statement, quoted
from mig_idg.store.table import TEXTS, Column, Table

COUNT_CAP = 10_000
# Pages over this are sent as they are read.
LONG = 500
# Pages up to this size along the key are answered together with others.
LIGHT = 20


class Binder:
    """Collects the values; each call gives the `$n` that stands for one, cast to the type named."""

    __slots__ = ("values",)

    def __init__(self) -> None:
        self.values: list[Param] = []

    def __call__(self, value: Param, cast: str) -> str:
        self.values.append(value)
        return f"${len(self.values)}::{cast}"


def page(query: Query, grant: Grant, time_column: str | None = None, expression: str | None = None) -> Statement:
    """One page, in one row. `expression` is the text of a feature when it is not GeoJSON.

    Rows: (features between commas, how many, JSON array of the next page's first keys or null, total). `total` counts
    all that match when counting costs nothing more (a small box is scanned whole anyway), else it is null.
    """
    table, bind = grant.table, Binder()
    limit = query.limit if query.limit is not None else COUNT_CAP
    strategy, _ = _strategy(query, table, limit)
    wanted = conditions(query, table, bind, time_column, walk=strategy == "walk")
    # A few rows along the key, none of them skipped: as light as a look-up.
    light = not wanted and not query.sortby and not query.offset and limit <= LIGHT and grant.all_rows
    wanted += _after(query.after, query.sortby, table, bind)
    order = _order(query.sortby, table)
    last, fetched = bind(limit, "int"), bind(limit + 1, "int")
    total = ", count(*) over () as idg_total" if strategy == "gather" else ", null::bigint as idg_total"
    skipped = f"\n    offset {bind(query.offset, 'int')}" if query.offset else ""
    feature = expression or _feature(query, table, bind)
    # Rows are numbered before their text is made: numbered after, each text is copied once more (46 ms, not 52).
    sql = (
        f"select\n"
        f"  string_agg(f, ',') filter (where n <= {last}),\n"
        f"  count(*) filter (where n <= {last}),\n"
        f"  max(k),\n"
        f"  max(total)\n"
        f"from (\n"
        f"  select idg_n as n, idg_total as total,\n"
        f"    case when idg_n > {last} then {_keys(query.sortby, table)} end as k,\n"
        f"    {feature} as f\n"
        f"  from (\n"
        f"    select *, row_number() over () as idg_n\n"
        f"    from (\n"
        f"      select *{total}\n"
        f"      from {grant.view}{_where(wanted)}\n"
        f"      order by {order}\n"
        f"      limit {fetched}{skipped}\n"
        f"    ) as page\n"
        f"  ) as counted\n"
        f") as numbered"
    )
    return Statement(sql, tuple(bind.values), light=light and expression is None and query.crs is reference.CRS84)


def long(query: Query, grant: Grant, time_column: str | None = None, expression: str | None = None) -> Statement:
    """A long page, feature by feature, and one more when there is a next page.

    Rows: (feature, then the keys of its place in the order, as texts, when its id does not say it all). Putting many
    together in PostgreSQL costs more than sending them one by one, when they are read many at a time (`stream`).
    """
    table, bind = grant.table, Binder()
    limit = query.limit if query.limit is not None else COUNT_CAP
    strategy, _ = _strategy(query, table, limit)
    wanted = conditions(query, table, bind, time_column, walk=strategy == "walk")
    wanted += _after(query.after, query.sortby, table, bind)
    feature = expression or _feature(query, table, bind)
    told = not query.sortby and table.id.kind in _TOLD
    keys = [] if told else [_key_text(column) for column in _key_columns(query.sortby, table)]
    skipped = f"\noffset {bind(query.offset, 'int')}" if query.offset else ""
    return Statement(
        f"select\n  {_named([feature, *keys])}\n"
        f"from {grant.view}{_where(wanted)}\n"
        f"order by {_order(query.sortby, table)}\n"
        f"limit {bind(limit + 1, 'int')}{skipped}",
        tuple(bind.values),
    )


# Ids that a feature tells as they are compared.
_TOLD = ("text", "uuid", "integer")


def small(
    query: Query, grant: Grant, time_column: str | None = None, expression: str | None = None
) -> Statement | None:
    """The whole answer to a small box, when all it holds should fit in the page; else None.

    Rows: (features between commas, how many, null, how many). Rows are not numbered, which costs a quarter of such a
    page: when there are more than `limit` after all, one more than that comes, and `page` is to be asked instead.
    """
    table, bind = grant.table, Binder()
    limit = query.limit if query.limit is not None else COUNT_CAP
    strategy, expected = _strategy(query, table, limit)
    if strategy != "gather" or expected * 1.5 > min(limit, 4 * LONG) or query.after or query.offset:
        return None
    wanted = conditions(query, table, bind, time_column)
    feature = expression or _feature(query, table, bind)
    sql = (
        f"select string_agg(f, ','), count(*), null, count(*)\n"
        f"from (\n"
        f"  select {feature} as f\n"
        f"  from (\n"
        f"    select *\n"
        f"    from {grant.view}{_where(wanted)}\n"
        f"    order by {_order(query.sortby, table)}\n"
        f"    limit {bind(limit + 1, 'int')}\n"
        f"  ) as page\n"
        f") as told"
    )
    return Statement(sql, tuple(bind.values))


def item(grant: Grant, id: str, query: Query, writer: Table | None = None, expression: str | None = None) -> Statement:
    """One feature by its id. Rows: (feature, state), or none.

    The state of the row is the MD5 of its default representation, as the columns of `writer` show it when the caller
    may edit (an exception may hide some from edition); null when the feature asked for is that very text.
    """
    table = grant.table
    feature = expression or geojson(table, query.crs, query.properties, query.geometry, query.precision, None)
    sql = _item(grant.view, table.id, feature, writer or table)
    return Statement(sql, (id,), light=expression is None and query.crs is reference.CRS84)


@lru_cache(maxsize=1024)
def _item(view: str, id: Column, feature: str, table: Table) -> str:
    default = geojson(table, reference.CRS84, None, True, None, None)
    state = "null" if feature == default else f"md5({default})"
    return f"select {feature}, {state}\nfrom {view}\nwhere {_equals(id, '', Binder())}"


def count(query: Query, grant: Grant, time_column: str | None = None, cap: int | None = COUNT_CAP) -> Statement:
    """How many rows match, up to `cap` + 1 (which means: more); None counts them all. Rows: (n)."""
    bind = Binder()
    where = _where(conditions(query, grant.table, bind, time_column))
    if cap is None:
        return Statement(f"select count(*)\nfrom {grant.view}{where}", tuple(bind.values))
    inner = f"select\n  from {grant.view}{where}\n  limit {bind(cap + 1, 'int')}"
    return Statement(f"select count(*)\nfrom (\n  {inner}\n) as counted", tuple(bind.values))


def rows(
    query: Query, grant: Grant, expressions: Sequence[str], bind: Binder, time_column: str | None = None
) -> Statement:
    """The matching rows, one by one and unlimited when `query.limit` is None, as the expressions given (exports).

    Expressions come from `store.feature` and may use `bind`. The order is that of the page.
    """
    table = grant.table
    wanted = conditions(query, table, bind, time_column) + _after(query.after, query.sortby, table, bind)
    limited = f"\nlimit {bind(query.limit, 'int')}" if query.limit is not None else ""
    skipped = f"\noffset {bind(query.offset, 'int')}" if query.offset else ""
    ordered = f"\norder by {_order(query.sortby, table)}" if query.sortby or limited or skipped else ""
    return Statement(
        f"select\n  {_named(expressions)}\nfrom {grant.view}{_where(wanted)}{ordered}{limited}{skipped}",
        tuple(bind.values),
    )


def features(query: Query, grant: Grant, time_column: str | None = None) -> Statement:
    """All matching features as GeoJSON, one per row, for streams of any length."""
    bind = Binder()
    return rows(query, grant, [_feature(query, grant.table, bind)], bind, time_column)


def texts(query: Query, grant: Grant, expression: str, time_column: str | None = None) -> Statement:
    """All matching rows as the text of `expression` (`store.lines`), one per row."""
    return rows(query, grant, [expression], Binder(), time_column)


def cells(query: Query, grant: Grant, expressions: Sequence[str], time_column: str | None = None) -> Statement:
    """All matching rows as values in binary (`store.cells`), each after the size of the whole: two bigint.

    The size is how many rows match (paging apart) and the bytes their geometries take. It is summed once, in the
    snapshot that the rows are read from: files that announce it are never wrong.
    """
    table, bind = grant.table, Binder()
    wanted = _where(conditions(query, table, bind, time_column) + _after(query.after, query.sortby, table, bind))
    size = f"(select int8send(count(*)) || int8send({weight(table)})\n    from {grant.view}{wanted})"
    found = rows(query, grant, [size, *expressions], bind, time_column)
    return Statement(found.sql, found.params, binary=True)


def _feature(query: Query, table: Table, bind: Binder) -> str:
    simplify = bind(query.simplify, "float8") if query.simplify else None
    return geojson(table, query.crs, query.properties, query.geometry, query.precision, simplify)


def _named(expressions: Sequence[str]) -> str:
    """The expressions under names of ours: alone `"id"::text` is called id, and `order by "id"` would mean it."""
    return ",\n  ".join(f"{expression} as idg_{number}" for number, expression in enumerate(expressions))


def _where(wanted: list[str]) -> str:
    return "\n    where " + "\n      and ".join(wanted) if wanted else ""


# Which way through the table


def _strategy(query: Query, table: Table, limit: int) -> tuple[str, float]:
    """How to go through the table, and how many rows the box should hold.

    `gather` what the box holds by the spatial index, then sort; `walk` along the id and test; or leave it `open`. A
    prepared plan does not see the box. With rows counted at publication we do: walking costs (limit / share) rows,
    gathering (rows * share).
    """
    conditioned = query.filter is not None or query.equal or query.q or query.datetime
    if query.bbox is None or table.geometry is None or table.stats is None:
        return "open", 0.0
    expected = _expected(query.bbox, table)
    if expected is None:
        return "open", 0.0
    work = expected * expected
    if expected <= 2 * COUNT_CAP and work <= table.stats.rows * max(limit, 1) * 4:
        return "gather", expected
    if query.sortby or conditioned:
        return "open", expected
    return ("walk" if work > table.stats.rows * limit else "open"), expected


def _expected(box: Box, table: Table) -> float | None:
    """Roughly how many rows the box holds, by its share of the extent."""
    if table.stats is None or table.stats.extent is None or table.geometry is None:
        return None
    xmin, ymin, xmax, ymax = table.stats.extent
    area = max((xmax - xmin) * (ymax - ymin), 1e-9)
    shared = 0.0
    for part in box.parts:
        bounds: tuple[float, float, float, float] | None = part
        if box.crs.srid != table.geometry.srid:
            region = reference.moved(part, box.crs.srid, table.geometry.srid)
            bounds = region.bounds if region else None
        if bounds:
            width = min(bounds[2], xmax) - max(bounds[0], xmin)
            height = min(bounds[3], ymax) - max(bounds[1], ymin)
            shared += max(width, 0.0) * max(height, 0.0)
    return table.stats.rows * shared / area


# Conditions


def conditions(query: Query, table: Table, bind: Binder, time_column: str | None, *, walk: bool = False) -> list[str]:
    """What the rows must satisfy, to be joined by `and`; `walk` hides the box from the spatial index."""
    wanted: list[str] = []
    if query.bbox is not None and table.geometry is not None:
        wanted.append(in_box(query.bbox, table, bind, walk=walk))
    if query.datetime is not None and (column := temporal(table, time_column)) is not None:
        wanted += _in_period(query.datetime, column, bind)
    wanted += [_equals_named(name, value, table, bind) for name, value in query.equal]
    if query.filter is not None:
        wanted.append(filter_condition(query.filter, table, bind))
    if query.q:
        wanted.append(full_text.condition(query.q, table, bind, common=query.common))
    return wanted


def in_box(box: Box, table: Table, bind: Binder, *, walk: bool = False) -> str:
    """The geometry meets the box. `walk` hides the test from the spatial index."""
    sides = [_in_rectangle(part, box.crs.srid, table, bind) for part in box.parts]
    geometry = quoted(table.geometry_columns[0])
    if box.zmin is not None and box.zmax is not None and table.geometry and table.geometry.has_z:
        low, high = bind(box.zmin, "float8"), bind(box.zmax, "float8")
        heights = f"st_zmin({geometry}) <= {high} and st_zmax({geometry}) >= {low}"
        sides = [f"{side} and {heights}" for side in sides]
    together = sides[0] if len(sides) == 1 else "(" + " or ".join(f"({side})" for side in sides) + ")"
    return f"coalesce({together}, false)" if walk else together


def _in_rectangle(bounds: tuple[float, float, float, float], srid: int, table: Table, bind: Binder) -> str:
    geometry = table.geometry
    assert geometry is not None
    held = table.geometry_in(srid)
    if held is not None:
        column, shape = quoted(held), bind(reference.rectangle(bounds, srid), "geometry")
        return f"{column} && {shape} and st_intersects({column}, {shape})"
    region = reference.moved(bounds, srid, geometry.srid)
    if region is None:
        return "false"
    column, shape = quoted(geometry.name), bind(region.polygon, "geometry")
    if region.exact:
        return f"{column} && {shape} and st_intersects({column}, {shape})"
    exact = bind(reference.rectangle(bounds, srid), "geometry")
    return f"{column} && {shape} and st_intersects(st_transform({column}, {int(srid)}), {exact})"


def _in_period(period: Period, column: Column, bind: Binder) -> list[str]:
    name = quoted(column.name)
    if column.kind == "date":
        start = period.start and f"{name} >= {bind(period.start[:10], 'date')}"
        last = "<" if period.end_open else "<="
        end = period.end and f"{name} {last} {bind(period.end[:10], 'date')}"
    else:
        suffix = "" if column.zoned else " at time zone 'UTC'"
        start = period.start and f"{name} >= {_at(period.start, bind)}{suffix}"
        end = period.end and f"{name} {'<' if period.end_open else '<='} {_at(period.end, bind)}{suffix}"
    return [condition for condition in (start, end) if condition]


def _at(instant: str, bind: Binder) -> str:
    return bind(instant, "timestamptz")


def cast_of(column: Column) -> str:
    """The type a value is bound with to be compared with this column, so that its index serves."""
    match column.kind:
        case "integer":
            return "bigint"
        case "timestamp":
            return "timestamptz"
        case "text":
            return {"character": "bpchar", "citext": "citext"}.get(column.base, "text")
        case _:
            return column.base


def comparable(column: Column) -> str:
    """The column as its values are compared: an enumeration by its words."""
    name = quoted(column.name)
    return f"{name}::text" if column.kind == "text" and column.base not in TEXTS else name


def bound(column: Column, value: str | None, bind: Binder) -> str:
    """A value of this column, bound."""
    place = bind(value, cast_of(column))
    return f"({place} at time zone 'UTC')" if column.kind == "timestamp" and not column.zoned else place


def _equals(column: Column, value: str, bind: Binder) -> str:
    return f"{comparable(column)} = {bound(column, value, bind)}"


def _equals_named(name: str, value: str, table: Table, bind: Binder) -> str:
    column = table.column(name)
    assert column is not None
    return _equals(column, value, bind)


# Order and keyset


def _order(sortby: tuple[Sort, ...], table: Table) -> str:
    keys = [f"{comparable(table.column(key.column) or table.id)}{' desc' if key.descending else ''}" for key in sortby]
    if all(key.column != table.id.name for key in sortby):
        keys.append(comparable(table.id))
    return ", ".join(keys)


def _keys(sortby: tuple[Sort, ...], table: Table) -> str:
    """The JSON array of a row's sort keys and id, as texts."""
    return f"json_build_array({', '.join(_key_text(column) for column in _key_columns(sortby, table))})::text"


def _key_columns(sortby: tuple[Sort, ...], table: Table) -> list[Column]:
    return [table.column(key.column) or table.id for key in sortby] + [table.id]


def _key_text(column: Column) -> str:
    name = quoted(column.name)
    if column.kind == "timestamp":
        return f"to_jsonb({name if column.zoned else utc(column) + ' at time zone ' + repr('UTC')}) #>> '{{}}'"
    return f"{name}::text"


def _after(cursor: Cursor | None, sortby: tuple[Sort, ...], table: Table, bind: Binder) -> list[str]:
    """The rows from the cursor on, the first included; in PostgreSQL nulls come last ascending, first descending."""
    if cursor is None:
        return []
    if not sortby:
        return [f"{comparable(table.id)} >= {bound(table.id, cursor.values[-1], bind)}"]
    keys = [(table.column(key.column) or table.id, key.descending) for key in sortby]
    if all(key.column != table.id.name for key in sortby):
        keys.append((table.id, False))
    values = dict(zip([key.column for key in sortby], cursor.values, strict=False)) | {table.id.name: cursor.values[-1]}
    return [_from_key(keys, values, bind)]


def _from_key(keys: list[tuple[Column, bool]], values: dict[str, str | None], bind: Binder) -> str:
    (column, descending), rest = keys[0], keys[1:]
    name, value = comparable(column), values[column.name]
    if value is None:
        same, beyond = f"{name} is null", f"{name} is not null" if descending else "false"
    else:
        place = bound(column, value, bind)
        same = f"{name} = {place}"
        beyond = f"{name} < {place}" if descending else f"({name} > {place} or {name} is null)"
        if not column.nullable:
            beyond = f"{name} {'<' if descending else '>'} {place}"
    if not rest:
        return f"({beyond} or {same})"
    return f"({beyond} or ({same} and {_from_key(rest, values, bind)}))"
