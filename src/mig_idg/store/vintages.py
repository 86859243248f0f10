"""The rows of every version of a layer: each row once, for as long as it stood.

    follow(connection, collection, table)    the table `vintages.X`, with the columns that the layer has today
    keep(connection, collection, table, n)   the rows of the layer as version n: what changed is written, nothing else
    put_back(connection, collection, table, n)  the layer's rows made those of version n again: what differs, only
    difference(connection, collection, a, b)    rows added, changed, removed from one version to another

A row has the first version it is in (`idg_from`) and the first it is in no more (`idg_to`): a version of 100 000 rows
of which 1 % changed costs 1 % (docs/how-to/versions.md). The owner's rights are needed, in the caller's
transaction; readers have profiles on these rows as on any other (`store.past`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from mig_idg.errors import Conflict, Text
from mig_idg.store.statement import quoted
from mig_idg.store.table import Geometry, Table

SCHEMA = "vintages"
ALWAYS = 2_147_483_647
"""`idg_to` of a row that is in the last version."""
FROM, TO, DIGEST, ORIGIN, WITHHELD = "idg_from", "idg_to", "idg_digest", "idg_origin", "idg_withheld"


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows differ between two versions."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def any(self) -> bool:
        """Whether something differs."""
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Content:
    """What the layer holds: how many rows, and a digest of all of them in the order of their identifiers."""

    rows: int
    digest: str


def relation(collection: str) -> sql.Identifier:
    """The table of the rows of versions."""
    return sql.Identifier(SCHEMA, collection)


def kept_columns(table: Table) -> tuple[str, ...]:
    """What of a row is kept: its properties and its own geometry; companions are made of it."""
    return (*table.names, *([table.geometry.name] if table.geometry else []))


def follow(connection: Connection[Any], collection: str, table: Table) -> None:
    """Make the table of the versions' rows, or give it the columns and types that the layer has now; guard its rows.

    A column that the layer has no more stays, and is told to nobody. Rows of before have no value in a new one. When
    features are identified by another column, or by values of a type that the former ones cannot be, nothing says which
    row of before is which of today: the versions of before are given up. Raises Conflict when one was validated.
    """
    known = _present(connection, collection)
    wanted = {column.name: column.sql for column in table.columns}
    if table.geometry is not None:
        wanted[table.geometry.name] = "geometry"
    if known is not None and not _same_key(connection, collection, table, known):
        _give_up(connection, collection)
        known = None
    if known is None:
        _make(connection, collection, table, wanted)
    else:
        _alter(connection, collection, table, known, wanted)
    connection.execute("select versions.enclose(%s::regclass, %s)", [_named(collection), table.territory])


def content(connection: Connection[Any], collection: str, table: Table) -> Content:
    """Read the layer: the digest of each row is left in `pg_temp.idg_rows_now` for what follows.

    Whoever writes to the layer meanwhile waits for the end of the transaction; readers do not.
    """
    connection.execute(sql.SQL("lock table {} in share row exclusive mode").format(_source(table)))
    connection.execute(
        "select versions.digest_rows(%s, %s::regclass, %s, %s)",
        [collection, f"{quoted(table.schema)}.{quoted(table.name)}", table.id.name, list(kept_columns(table))],
    )
    row = connection.execute(
        "select count(*), encode(sha256(coalesce(string_agg(uuid_send(digest), ''::bytea"
        " order by id::text collate \"C\"), ''::bytea)), 'hex') from pg_temp.idg_rows_now"
    ).fetchone()
    assert row is not None
    return Content(*row)


def keep(connection: Connection[Any], collection: str, table: Table, number: int) -> None:
    """After `content`: the layer's rows as version `number`, which follows the last one."""
    names = _names(collection, table)
    connection.execute(_CLOSE.format(**names), {"n": number, "always": ALWAYS})
    connection.execute(_OPEN.format(**names), {"n": number, "always": ALWAYS})


def put_back(connection: Connection[Any], collection: str, table: Table, number: int) -> bool:
    """After `content`: the layer's rows made those of version `number`; what is the same is not touched.

    Copies and tiles follow by the triggers of the layer. Rows that are withheld today do not come back. False when the
    rows are not, after that, those of the version: a rule of the table changes what is written.
    """
    written = sql.SQL(", ").join(sql.Identifier(name) for name in _writable(connection, table))
    names = _names(collection, table) | {"written": written}
    connection.execute(_TAKE_OUT.format(**names), {"n": number})
    connection.execute(_PUT_IN.format(**names), {"n": number})
    row = connection.execute(_MISPLACED.format(**names), {"n": number}).fetchone()
    return row is not None and row[0] == row[1] == row[2]


def difference(connection: Connection[Any], collection: str, before: int, after: int) -> Changes:
    """Rows added, changed and removed from version `before` to version `after`, whichever came first."""
    if _present(connection, collection) is None:
        return Changes()
    id = _key(connection, collection)
    row = connection.execute(
        _DIFFERENCE.format(kept=relation(collection), id=sql.Identifier(id)), {"a": before, "b": after}
    ).fetchone()
    assert row is not None
    return Changes(*row)


def changed_features(connection: Connection[Any], collection: str, before: int, after: int) -> list[tuple[str, str]]:
    """The identifier of each row that differs, in order, with `added`, `changed` or `removed`."""
    if _present(connection, collection) is None:
        return []
    id = sql.Identifier(_key(connection, collection))
    return connection.execute(
        _CHANGED_FEATURES.format(kept=relation(collection), id=id), {"a": before, "b": after}
    ).fetchall()


def withhold(connection: Connection[Any], collection: str, origin: str) -> int:
    """The rows that a contributor gave are in no vintage any more, for anybody (004 §3.3); how many."""
    if _present(connection, collection) is None:
        return 0
    statement = sql.SQL("update {} set {} = true where {} = %s and not {}").format(
        relation(collection), sql.Identifier(WITHHELD), sql.Identifier(ORIGIN), sql.Identifier(WITHHELD)
    )
    return connection.execute(statement, [origin]).rowcount


def release(connection: Connection[Any], collection: str, origins: list[str]) -> int:
    """The rows of contributors that are no longer set aside are told again; how many."""
    if _present(connection, collection) is None:
        return 0
    statement = sql.SQL("update {} set {} = false where {} = any(%s) and {}").format(
        relation(collection), sql.Identifier(WITHHELD), sql.Identifier(ORIGIN), sql.Identifier(WITHHELD)
    )
    return connection.execute(statement, [origins]).rowcount


def forget(connection: Connection[Any], collection: str, numbers: list[int]) -> int:
    """Remove the rows that are in none of the versions `numbers`, which stay; how many."""
    statement = sql.SQL(
        "delete from {} h where not exists (select from unnest(%s::int[]) k where k >= h.idg_from and k < h.idg_to)"
    ).format(relation(collection))
    return connection.execute(statement, [numbers]).rowcount


def weight(connection: Connection[Any], collection: str) -> int:
    """Bytes on the disk, indexes included."""
    row = connection.execute("select pg_total_relation_size(to_regclass(%s))", [_named(collection)]).fetchone()
    return int(row[0] or 0) if row else 0


# ——— the table


def _named(collection: str) -> str:
    return f"{SCHEMA}.{quoted(collection)}"


def _present(connection: Connection[Any], collection: str) -> dict[str, str] | None:
    rows = connection.execute(
        "select attname::text, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        [_named(collection)],
    ).fetchall()
    return dict(rows) or None


def _key(connection: Connection[Any], collection: str) -> str:
    row = connection.execute(
        "select a.attname::text from pg_index i"
        " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
        " where i.indrelid = to_regclass(%s) and i.indisprimary",
        [_named(collection)],
    ).fetchone()
    assert row is not None
    return str(row[0])


def _same_key(connection: Connection[Any], collection: str, table: Table, known: dict[str, str]) -> bool:
    """Whether the rows of before are identified as those of today; the type of the key follows, when it can."""
    key = _key(connection, collection)
    if key != table.id.name:
        return False
    if known[key] == table.id.sql:
        return True
    _drop_views(connection, collection)
    return _retyped(connection, relation(collection), key, table.id.sql)


def _give_up(connection: Connection[Any], collection: str) -> None:
    row = connection.execute(
        "select min(number) from versions.version where collection = %s and validated is not null", [collection]
    ).fetchone()
    if row is not None and row[0] is not None:
        raise Conflict(
            Text(
                f"La clé de « {collection} » change, et sa version {row[0]}, validée, ne se lirait plus.",
                f"The key of “{collection}” changes, and its version {row[0]}, validated, could not be read any more.",
            ),
            remedy=Text("Gardez la clé et son type.", "Keep the key and its type."),
        )
    connection.execute(
        "update versions.version set pruned_at = clock_timestamp(), pruned_by = 'key changed'"
        " where collection = %s and pruned_at is null",
        [collection],
    )
    connection.execute("delete from versions.layer where collection = %s", [collection])
    _drop_views(connection, collection)
    connection.execute(sql.SQL("drop table {}").format(relation(collection)))


def _make(connection: Connection[Any], collection: str, table: Table, wanted: dict[str, str]) -> None:
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in wanted.items()]
    kept = relation(collection)
    connection.execute(
        sql.SQL(
            "create table {} ({}, idg_from integer not null, idg_to integer not null, idg_digest uuid not null,"
            " idg_origin text, idg_withheld boolean not null default false, primary key ({}, idg_from))"
        ).format(kept, sql.SQL(", ").join(columns), sql.Identifier(table.id.name))
    )
    if table.geometry is not None:
        connection.execute(
            sql.SQL("create index on {} using gist ({})").format(kept, sql.Identifier(table.geometry.name))
        )
    connection.execute(
        sql.SQL("comment on table {} is {}").format(kept, sql.Literal(f"Rows of the versions of {collection}."))
    )


def _alter(
    connection: Connection[Any], collection: str, table: Table, known: dict[str, str], wanted: dict[str, str]
) -> None:
    kept = relation(collection)
    key = table.id.name
    changed = {name: kind for name, kind in wanted.items() if name != key and known.get(name, kind) != kind}
    if changed:
        _drop_views(connection, collection)
    for name, kind in wanted.items():
        column = sql.Identifier(name)
        if name not in known:
            connection.execute(sql.SQL("alter table {} add column {} {}").format(kept, column, sql.SQL(kind)))
        elif name in changed and not _retyped(connection, kept, name, kind):
            # Values that the new type cannot say are of a column that is no more: kept aside, told to nobody.
            connection.execute(
                sql.SQL("alter table {} rename column {} to {}").format(
                    kept, column, sql.Identifier(f"idg_old_{_next(connection)}")
                )
            )
            connection.execute(sql.SQL("alter table {} add column {} {}").format(kept, column, sql.SQL(kind)))
    if table.geometry is not None:
        _move(connection, kept, table.geometry)


def _retyped(connection: Connection[Any], kept: sql.Identifier, name: str, kind: str) -> bool:
    from psycopg import errors

    statement = sql.SQL("alter table {} alter column {} type {} using {}::text::{}").format(
        kept, sql.Identifier(name), sql.SQL(kind), sql.Identifier(name), sql.SQL(kind)
    )
    try:
        with connection.transaction():
            connection.execute(statement)
    except (errors.DataError, errors.FeatureNotSupported, errors.CannotCoerce):
        return False
    return True


def _move(connection: Connection[Any], kept: sql.Identifier, geometry: Geometry) -> None:
    """Rows kept in another CRS than the layer's of today are brought into it."""
    column = sql.Identifier(geometry.name)
    row = connection.execute(
        sql.SQL("select st_srid({0}) from {1} where {0} is not null limit 1").format(column, kept)
    ).fetchone()
    if row is None or row[0] == geometry.srid:
        return
    connection.execute(
        sql.SQL("update {} set {} = st_transform({}, {}) where st_srid({}) <> {}").format(
            kept, column, column, sql.Literal(geometry.srid), column, sql.Literal(geometry.srid)
        )
    )


def _next(connection: Connection[Any]) -> int:
    row = connection.execute("select nextval('served.copy_number')").fetchone()
    assert row is not None
    return int(row[0])


def _drop_views(connection: Connection[Any], collection: str) -> None:
    """Profiles on these rows, which are made again on their next use."""
    views = connection.execute(
        "select distinct v.relname::text from pg_depend d"
        " join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass"
        " join pg_class v on v.oid = r.ev_class"
        " where d.refobjid = to_regclass(%s) and v.relnamespace = 'served'::regnamespace",
        [_named(collection)],
    ).fetchall()
    for (view,) in views:
        connection.execute(sql.SQL("drop view {}").format(sql.Identifier("served", view)))


# ——— the rows


def _source(table: Table) -> sql.Identifier:
    return sql.Identifier(table.schema, table.name)


def _names(collection: str, table: Table) -> dict[str, sql.Composable]:
    columns = kept_columns(table)
    return {
        "kept": relation(collection),
        "source": _source(table),
        "id": sql.Identifier(table.id.name),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "told": sql.SQL(", ").join(sql.SQL("h.{}").format(sql.Identifier(name)) for name in columns),
        "values": sql.SQL(", ").join(sql.SQL("s.{}").format(sql.Identifier(name)) for name in columns),
    }


def _writable(connection: Connection[Any], table: Table) -> list[str]:
    rows = connection.execute(
        "select attname::text from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = ''",
        [f"{quoted(table.schema)}.{quoted(table.name)}"],
    ).fetchall()
    there = {name for (name,) in rows}
    return [name for name in kept_columns(table) if name in there]


_CLOSE = sql.SQL("""
update {kept} h
set idg_to = %(n)s
where h.idg_to = %(always)s
  and not exists (select from pg_temp.idg_rows_now r where r.id = h.{id} and r.digest = h.idg_digest)
""")

_OPEN = sql.SQL("""
insert into {kept} ({columns}, idg_from, idg_to, idg_digest, idg_origin)
select {values}, %(n)s, %(always)s, r.digest, r.origin
from {source} s
join pg_temp.idg_rows_now r on r.id = s.{id}
where not exists (select from {kept} h where h.{id} = s.{id} and h.idg_to = %(always)s)
""")

_TAKE_OUT = sql.SQL("""
delete from {source} s
using pg_temp.idg_rows_now r
where r.id = s.{id}
  and not exists (
    select from {kept} h
    where h.{id} = r.id and h.idg_digest = r.digest and h.idg_from <= %(n)s and h.idg_to > %(n)s
  )
""")

_PUT_IN = sql.SQL("""
insert into {source} ({written}) overriding system value
select {written}
from {kept} h
where h.idg_from <= %(n)s and h.idg_to > %(n)s and not h.idg_withheld
  and not exists (select from {source} s where s.{id} = h.{id})
""")

# How many rows the version has, how many of them the layer has as they were, how many the layer has.
_MISPLACED = sql.SQL("""
select (select count(*) from {kept} h where h.idg_from <= %(n)s and h.idg_to > %(n)s and not h.idg_withheld),
  (select count(*)
   from {kept} h
   join {source} s on s.{id} = h.{id} and row({values})::text = row({told})::text
   where h.idg_from <= %(n)s and h.idg_to > %(n)s and not h.idg_withheld),
  (select count(*) from {source})
""")

_BOTH = """
from (
  select h.{id} as id, h.idg_digest as digest from {kept} h
  where h.idg_from <= %(a)s and h.idg_to > %(a)s and not (h.idg_from <= %(b)s and h.idg_to > %(b)s)
) a
full join (
  select h.{id} as id, h.idg_digest as digest from {kept} h
  where h.idg_from <= %(b)s and h.idg_to > %(b)s and not (h.idg_from <= %(a)s and h.idg_to > %(a)s)
) b on b.id = a.id
"""

_DIFFERENCE = sql.SQL(
    """
select count(*) filter (where a.id is null),
  count(*) filter (where a.digest <> b.digest),
  count(*) filter (where b.id is null)
"""
    + _BOTH
)

_CHANGED_FEATURES = sql.SQL(
    """
select coalesce(a.id, b.id)::text,
  case when a.id is null then 'added' when b.id is null then 'removed' else 'changed' end
"""
    + _BOTH
    + """
where a.digest is distinct from b.digest
order by coalesce(a.id, b.id)
"""
)
