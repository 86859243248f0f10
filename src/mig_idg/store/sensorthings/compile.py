"""From a question to one statement: the entities as JSON, nested as expanded, with their count and the page's end.

One row comes back: whether the place asked for is there, the count (when asked), the entities as a JSON array. Each
level of a relation to many asks one row more than its page, which tells that there is a next one.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import orjson

from mig_idg.errors import InvalidParameter, Text
from mig_idg.store.sensorthings.entities import ENTITIES, Entity, Navigation, Property
from mig_idg.store.sensorthings.filters import Names, compiled, instant
from mig_idg.store.sensorthings.question import Order, Question
from mig_idg.store.statement import Statement

KEYS = "@keys"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: the relation taken from the step before (None: a set of the root), and the id named."""

    entity: Entity
    by: Navigation | None = None
    id: int | None = None


Path = tuple[Step, ...]


def statement(path: Path, asked: Question) -> Statement:
    """The question, at the end of a path. Columns: there, count, entities."""
    names = Names()
    row = names.alias()
    where = _reached(path, row, names)
    there = _exists(path[:-1], names) if len(path) > 1 else "true"
    documents = _documents(asked, row, where, names, paged=True)
    count = _count(path, asked, names) if asked.count else "null::bigint"
    return Statement(f"select {there}, {count}, {documents}", tuple(names.params))


def rows(path: Path, asked: Question, columns: tuple[str, ...]) -> Statement:
    """The same as plain rows, a column of JSON for each path named (`Datastream/name`): for files."""
    names = Names()
    row = names.alias()
    where = _reached(path, row, names)
    if asked.filter is not None:
        where.append(compiled(asked.filter, asked.entity, row, names))
    told = ", ".join(_scalar(asked.entity, row, tuple(one.split("/")), names) for one in columns)
    sql = (
        f"select {told} from {asked.entity.table} {row} where {_all(where)}"
        f" order by {_order(asked, row, names)[0]} limit {asked.limit} offset {asked.skip}"
    )
    return Statement(sql, tuple(names.params))


def paged_by_key(asked: Question) -> bool:
    """Whether the next page begins at a key: no cost grows with the number of pages."""
    keys = _keys(asked)
    return all(len(key.path) == 1 and asked.entity.properties[key.path[0]].key for key in keys) and (
        len({key.descending for key in keys}) == 1
    )


def token(keys: list[str]) -> str:
    """The place where a page ended, for the address of the next."""
    return base64.urlsafe_b64encode(orjson.dumps(keys)).rstrip(b"=").decode()


def read_token(text: str, asked: Question) -> tuple[str, ...]:
    """The keys of a place. Raises InvalidParameter for what we did not write."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        keys = _keys(asked)
        if not paged_by_key(asked) or not isinstance(values, list) or len(values) != len(keys):
            raise ValueError
        return tuple(
            _key_value(asked.entity.properties[key.path[0]], value) for key, value in zip(keys, values, strict=True)
        )
    except (ValueError, TypeError, binascii.Error):
        raise InvalidParameter(
            "$skiptoken",
            Text("Cette suite de page n'est pas de nous.", "This continuation is not of ours."),
            remedy=Text("Suivez « @iot.nextLink » tel quel.", "Follow “@iot.nextLink” as it is."),
        ) from None


def _key_value(one: Property, value: object) -> str:
    if not isinstance(value, str) or len(value) > 1000 or "\x00" in value:
        raise ValueError
    if one.kind == "number":
        return str(int(value))
    return instant(value) if one.kind in ("time", "period") else value


# rows


def _reached(path: Path, row: str, names: Names) -> list[str]:
    """The conditions on the rows at the end of a path."""
    last = path[-1]
    where = [] if last.id is None else [f"{row}.id = {names.bind(str(last.id), 'bigint')}"]
    if last.by is None:
        return where
    before = path[-2]
    column = _foreign_key(last.by)
    if column is not None and before.id is not None:
        # Rows of a datastream, a thing…: the key itself, for the index to give them in order.
        where.append(f"{row}.{column} = {names.bind(str(before.id), 'bigint')}")
        return where
    up = names.alias()
    inner = _reached(path[:-1], up, names)
    where.append(
        f"exists (select from {before.entity.table} {up} where {_all([*inner, last.by.join.format(a=up, b=row)])})"
    )
    return where


def _foreign_key(by: Navigation) -> str | None:
    """The column of the target that names its source, for relations that are one."""
    column = by.join.removeprefix("{b}.").removesuffix(" = {a}.id")
    return column if by.many and column.isidentifier() else None


def _exists(path: Path, names: Names) -> str:
    row = names.alias()
    return (
        f"exists (select from {path[-1].entity.table} {row} where {_all(_reached(path, row, names))})"
        if (path[-1].id is not None or path[-1].by is not None)
        else "true"
    )


def _all(conditions: list[str]) -> str:
    return " and ".join(conditions) or "true"


def _documents(asked: Question, row: str, where: list[str], names: Names, *, paged: bool = False) -> str:
    conditions = list(where)
    if asked.filter is not None:
        conditions.append(compiled(asked.filter, asked.entity, row, names))
    keys = _keys(asked)
    if asked.after is not None:
        conditions.append(_beyond(asked, row, keys, names))
    order, _ = _order(asked, row, names)
    document = _document(asked, row, names, paged and paged_by_key(asked))
    return (
        # The page is taken first: what is skipped is not written as JSON (1.2 s for 2 900 rows, else).
        f"(select coalesce(json_agg(d.j), '[]') from (select {document} as j from (select {row}.*"
        f" from {asked.entity.table} {row} where {_all(conditions)} order by {order}"
        f" limit {asked.limit + 1} offset {asked.skip}) {row}) d)"
    )


def _document(asked: Question, row: str, names: Names, with_keys: bool) -> str:
    chosen = asked.select
    pairs = []
    for one in asked.entity.properties.values():
        if chosen is None or one.name in chosen:
            pairs.append((one.name, one.sql.format(a=row)))
    if chosen is not None and "id" not in chosen:
        pairs.insert(0, ("id", f"{row}.id"))  # links are made of it; it is taken out again
    for step, inner in asked.expand:
        pairs.append((step.name, _expanded(step, inner, row, names)))
    if asked.entity.name in ("Datastreams", "Observations"):
        dataset = (
            f"{row}.dataset"
            if asked.entity.name == "Datastreams"
            else (f"(select d.dataset from sensors.datastream d where d.id = {row}.datastream)")
        )
        pairs.append(("@dataset", dataset))
        if asked.entity.name == "Observations":
            pairs.append(("@datastream", f"{row}.datastream"))
    if with_keys:
        told = ", ".join(_key_sql(asked.entity.properties[key.path[0]], row) for key in _keys(asked))
        pairs.append((KEYS, f"json_build_array({told})"))
    return "json_build_object(" + ", ".join(f"'{name}', {sql}" for name, sql in pairs) + ")"


def _expanded(step: Navigation, inner: Question, row: str, names: Names) -> str:
    other = names.alias()
    join = step.join.format(a=row, b=other)
    if not step.many:
        where = [join] + ([compiled(inner.filter, inner.entity, other, names)] if inner.filter is not None else [])
        document = _document(inner, other, names, False)
        return f"(select {document} from {inner.entity.table} {other} where {_all(where)} limit 1)"
    documents = _documents(inner, other, [join], names)
    if not inner.count:
        return f"json_build_object('rows', {documents})"
    counted = names.alias()
    counting = _counted(inner, counted, [step.join.format(a=row, b=counted)], names)
    return f"json_build_object('rows', {documents}, 'count', {counting})"


# order and pages


def _keys(asked: Question) -> tuple[Order, ...]:
    keys = asked.orderby or tuple(Order((word,)) for word in asked.entity.order)
    if any(key.path == ("id",) for key in keys):
        return keys
    return (*keys, Order(("id",), keys[-1].descending))


def _key_sql(one: Property, row: str) -> str:
    return f"({(one.compared or (one.sql,))[0].format(a=row)})::text"


def _order(asked: Question, row: str, names: Names) -> tuple[str, tuple[Order, ...]]:
    keys = _keys(asked)
    parts = [
        f"{_scalar(asked.entity, row, key.path, names, ordered=True)}{' desc' if key.descending else ''}"
        f"{'' if _never_null(asked.entity, key) else ' nulls last'}"
        for key in keys
    ]
    return ", ".join(parts), keys


def _never_null(entity: Entity, key: Order) -> bool:
    return len(key.path) == 1 and entity.properties[key.path[0]].key


def _beyond(asked: Question, row: str, keys: tuple[Order, ...], names: Names) -> str:
    assert asked.after is not None
    kinds = {"number": "bigint", "time": "timestamptz", "period": "timestamptz", "text": "text"}
    left, right = [], []
    for key, value in zip(keys, asked.after, strict=True):
        one = asked.entity.properties[key.path[0]]
        left.append((one.compared or (one.sql,))[0].format(a=row))
        right.append(names.bind(value, kinds[one.kind]))
    return f"({', '.join(left)}) {'<' if keys[0].descending else '>'} ({', '.join(right)})"


def _scalar(entity: Entity, row: str, path: tuple[str, ...], names: Names, *, ordered: bool = False) -> str:
    """One value of a row, across relations to one, or inside a JSON property."""
    word = path[0]
    step = entity.navigations.get(word)
    if step is not None:
        other = names.alias()
        inner = _scalar(ENTITIES[step.target], other, path[1:] or ("id",), names, ordered=ordered)
        join = step.join.format(a=row, b=other)
        return f"(select {inner} from {ENTITIES[step.target].table} {other} where {join})"
    one = entity.properties[word]
    if len(path) > 1:
        keys = names.bind("{" + ",".join(f'"{part}"' for part in path[1:] if '"' not in part) + "}", "text[]")
        return f"(({one.sql.format(a=row)})::jsonb #> {keys})"
    return (one.compared[0] if ordered and one.compared and one.kind != "geometry" else one.sql).format(a=row)


# counts


def _count(path: Path, asked: Question, names: Names) -> str:
    row = names.alias()
    where = _reached(path, row, names)
    if path[-1].entity.name != "Observations" or asked.filter is not None or path[-1].id is not None:
        return _counted(asked, row, where, names)
    return _kept(_datastreams_of(path, names), _counted(asked, row, where, names))


def _datastreams_of(path: Path, names: Names) -> str | None:
    """The condition on `s.datastream` for the observations of a path; None when the counts kept do not tell."""
    if len(path) == 1:
        return "true"
    before = path[-2]
    if before.entity.name != "Datastreams":
        return None
    if before.id is not None:
        return f"s.datastream = {names.bind(str(before.id), 'bigint')}"
    row = names.alias()
    return (
        f"s.datastream in (select {row}.id from sensors.datastream {row} where {_all(_reached(path[:-1], row, names))})"
    )


def _counted(asked: Question, row: str, where: list[str], names: Names) -> str:
    """The count of rows; of a datastream's observations, the one that is kept."""
    if asked.filter is not None:
        where = [*where, compiled(asked.filter, asked.entity, row, names)]
    real = f"(select count(*) from {asked.entity.table} {row} where {_all(where)})"
    if asked.entity.name == "Observations" and asked.filter is None and len(where) == 1:
        head, _, of = where[0].partition(" = ")
        if head == f"{row}.datastream":
            return _kept(f"s.datastream = {of}", real)
    return real


def _kept(condition: str | None, real: str) -> str:
    """The counts kept by datastream, exact unless this caller is told late (convention, art. 8)."""
    if condition is None:
        return real
    kept = f"(select coalesce(sum(s.observations), 0)::bigint from sensors.datastream_state s where {condition})"
    return f"(case when (select sensors.floors()) is null then {kept} else {real} end)"


# curves

MOST_POINTS = 240


def curve(datastream: int, days: int) -> Statement:
    """The numbers of a datastream over its last days, as means of equal periods, at most MOST_POINTS of them.

    Columns: the middle of the period, mean, least, greatest, how many. The index of the datastream gives the rows.
    """
    seconds = max(days * 86_400 // MOST_POINTS, 1)
    sql = """
with told as (
  select least(s.last_time, sensors.horizon(d.dataset)) as until
  from sensors.datastream d join sensors.datastream_state s on s.datastream = d.id where d.id = $1::bigint)
select sensors.instant(date_bin(make_interval(secs => $2::double precision), o.phenomenon_time, t.until)
    + make_interval(secs => $2::double precision / 2)),
  avg(o.result_number), min(o.result_number), max(o.result_number), count(*)
from told t join sensors.observation o on o.datastream = $1::bigint and o.result_number is not null
  and o.phenomenon_time > t.until - make_interval(days => $3::integer) and o.phenomenon_time <= t.until
group by 1 order by 1"""
    return Statement(sql, (str(datastream), str(seconds), str(days)))
