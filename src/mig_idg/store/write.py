"""Inserts, updates and deletes of single features, through the writer's view and no other.

Each is one statement: the state that a client saw (`seen`) is compared and replaced under the same lock, so that of two
writers who started from the same state one is refused; and what was written is noted with its author (`edits.note`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mig_idg.store.compile import Binder, bound, cast_of, comparable
from mig_idg.store.crs import CRS84, Crs
from mig_idg.store.feature import geojson
from mig_idg.store.grant import Grant
from mig_idg.store.statement import Statement, quoted
from mig_idg.store.table import TEXTS, Table

Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes to a collection: the account, and the body it acts for."""

    collection: str
    login: str
    organisation: str


def state(table: Table) -> str:
    """The expression that names the state of a row: a digest of what the grant shows of it."""
    return f"md5({geojson(table.written, CRS84, None, True, None, None)})"


def insert(grant: Grant, values: Values, geometry: tuple[str | None, Crs] | None, by: Author) -> Statement:
    """A new row from `values` (text forms by column) and a geometry (EWKB, CRS). Rows: (id, state)."""
    table, bind = grant.table, Binder()
    pairs = _assigned(table, values, geometry, bind)
    columns = ", ".join(name for name, _ in pairs)
    written = ", ".join(value for _, value in pairs)
    body = f"({columns})\nvalues ({written})" if pairs else "default values"
    statement = f"insert into {grant.writer_view} {body}\nreturning {_written(table)}"
    return _noted(statement, "create", by, values, geometry, bind)


def update(
    grant: Grant, id: str, values: Values, geometry: tuple[str | None, Crs] | None, seen: str | None, by: Author
) -> Statement:
    """The row of `id` with these columns changed, if its state is still `seen` (None: whatever it is).

    Rows: (id, state), or none when the row is not there or its state moved.
    """
    table, bind = grant.table, Binder()
    pairs = _assigned(table, values, geometry, bind) or [(quoted(table.id.name), quoted(table.id.name))]
    changes = ",\n  ".join(f"{name} = {value}" for name, value in pairs)
    place = _place(grant, id, seen, bind)
    statement = f"update {grant.writer_view}\nset {changes}\nwhere {place}\nreturning {_written(table)}"
    return _noted(statement, "update", by, values, geometry, bind)


def delete(grant: Grant, id: str, seen: str | None, by: Author) -> Statement:
    """The row of `id` removed, if its state is still `seen` (None: whatever it is). Rows: (id, state), or none."""
    bind = Binder()
    place = _place(grant, id, seen, bind)
    statement = f"delete from {grant.writer_view}\nwhere {place}\nreturning {_written(grant.table)}"
    return _noted(statement, "delete", by, {}, None, bind)


def current(grant: Grant, id: str) -> Statement:
    """The row as its writer reads it. Rows: (GeoJSON feature in CRS84, state), or none."""
    table, bind = grant.table, Binder()
    feature = geojson(table, CRS84, None, True, None, None)
    return Statement(
        f"select {feature}, {state(table)}\nfrom {grant.view}\nwhere {_place(grant, id, None, bind)}",
        tuple(bind.values),
    )


def _written(table: Table) -> str:
    return f"{quoted(table.id.name)}::text as idg_id, {state(table)} as idg_state"


def _noted(
    statement: str,
    action: str,
    by: Author,
    values: Values,
    geometry: tuple[str | None, Crs] | None,
    bind: Binder,
) -> Statement:
    """The write, and one note of each row it wrote: neither is without the other."""
    said = [bind(by.collection, "text"), "idg_id", bind(action, "text"), bind(by.login, "text")]
    names = "{" + ",".join('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in values) + "}"
    said += [bind(by.organisation, "text"), bind(names, "text[]"), "true" if geometry is not None else "false"]
    return Statement(
        f"with idg_written as (\n{statement}\n)\nselect idg_id, idg_state, edits.note({', '.join(said)})\n"
        "from idg_written",
        tuple(bind.values),
    )


def _place(grant: Grant, id: str, seen: str | None, bind: Binder) -> str:
    table = grant.table
    place = f"{comparable(table.id)} = {bound(table.id, id, bind)}"
    return place if seen is None else f"{place}\n  and {state(table)} = {bind(seen, 'text')}"


def _assigned(
    table: Table, values: Values, geometry: tuple[str | None, Crs] | None, bind: Binder
) -> list[tuple[str, str]]:
    pairs = []
    for name, value in values.items():
        column = table.column(name)
        assert column is not None
        worded = column.kind == "text" and column.base not in TEXTS
        cast = column.sql if worded or column.kind in ("array", "json", "other") else cast_of(column)
        place = bind(value, cast)
        unzoned = column.kind == "timestamp" and not column.zoned
        pairs.append((quoted(name), f"({place} at time zone 'UTC')" if unzoned else place))
    if geometry is not None and table.geometry is not None:
        ewkb, crs = geometry
        shape = bind(ewkb, "geometry")
        there = shape if crs.srid == table.geometry.srid else f"st_transform({shape}, {int(table.geometry.srid)})"
        multi = f"st_multi({there})" if table.geometry.type.startswith("MULTI") else there
        pairs.append((quoted(table.geometry.name), multi))
    return pairs
