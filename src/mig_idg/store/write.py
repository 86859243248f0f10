"""Inserts, updates and deletes of single features, through the writer's view and no other.

Each is one statement: the state that a client saw (`seen`) is compared and replaced under the same lock, so that of two
writers who started from the same state one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from mig_idg.store.compile import Binder, bound, cast_of, comparable
from mig_idg.store.crs import CRS84, Crs
from mig_idg.store.feature import geojson
from mig_idg.store.grant import Grant
from mig_idg.store.statement import Statement, quoted
from mig_idg.store.table import TEXTS, Table

Values = Mapping[str, str | None]


def state(table: Table) -> str:
    """The expression that names the state of a row: a digest of what the grant shows of it."""
    return f"md5({geojson(table.written, CRS84, None, True, None, None)})"


def insert(grant: Grant, values: Values, geometry: tuple[str | None, Crs] | None) -> Statement:
    """A new row from `values` (text forms by column) and a geometry (EWKB, CRS). Rows: (id, state)."""
    table, bind = grant.table, Binder()
    pairs = _assigned(table, values, geometry, bind)
    columns = ", ".join(name for name, _ in pairs)
    written = ", ".join(value for _, value in pairs)
    body = f"({columns})\nvalues ({written})" if pairs else "default values"
    return Statement(
        f"insert into {grant.writer_view} {body}\nreturning {quoted(table.id.name)}::text, {state(table)}",
        tuple(bind.values),
    )


def update(
    grant: Grant, id: str, values: Values, geometry: tuple[str | None, Crs] | None, seen: str | None
) -> Statement:
    """The row of `id` with these columns changed, if its state is still `seen` (None: whatever it is).

    Rows: (id, state), or none when the row is not there or its state moved.
    """
    table, bind = grant.table, Binder()
    pairs = _assigned(table, values, geometry, bind) or [(quoted(table.id.name), quoted(table.id.name))]
    changes = ",\n  ".join(f"{name} = {value}" for name, value in pairs)
    return Statement(
        f"update {grant.writer_view}\nset {changes}\nwhere {_place(grant, id, seen, bind)}\n"
        f"returning {quoted(table.id.name)}::text, {state(table)}",
        tuple(bind.values),
    )


def delete(grant: Grant, id: str, seen: str | None) -> Statement:
    """The row of `id` removed, if its state is still `seen` (None: whatever it is). Rows: (id), or none."""
    bind = Binder()
    return Statement(
        f"delete from {grant.writer_view}\nwhere {_place(grant, id, seen, bind)}\n"
        f"returning {quoted(grant.table.id.name)}::text",
        tuple(bind.values),
    )


def current(grant: Grant, id: str) -> Statement:
    """The row as its writer reads it. Rows: (GeoJSON feature in CRS84, state), or none."""
    table, bind = grant.table, Binder()
    feature = geojson(table, CRS84, None, True, None, None)
    return Statement(
        f"select {feature}, {state(table)}\nfrom {grant.view}\nwhere {_place(grant, id, None, bind)}",
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
