"""The page before: where it begins is looked for when somebody goes there, and costs the pages onward nothing.

`before` names the first feature of a page, as `after` does. Walking the order the other way from there, one comes after
`limit` features to the first one of the page before; from then on it is a page like any other.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from mig_idg.guard.request import Request
from mig_idg.ogc.features import execution
from mig_idg.store import compile
from mig_idg.store.cursor import Cursor, Sort
from mig_idg.store.query import Query

NOTHING = "''"  # each feature is only counted


async def opened(request: Request, query: Query) -> Query:
    """The query of the page before, as one that begins at a place; the first page when fewer features precede."""
    if query.before is None:
        return query
    place = await _preceding(request, query)
    if place is None or await _preceding(request, replace(query, before=place, limit=1)) is None:
        return replace(query, before=None)
    return replace(query, before=None, after=place)


async def _preceding(request: Request, query: Query) -> Cursor | None:
    """The feature that `query.limit` features part from the place it is before; None when there are not so many."""
    collection, grant = request.layer
    statement = compile.page(_the_other_way(query, grant.table.id.name), grant, collection.time_column, NOTHING)
    rows = await execution.fetch(request, statement)
    keys = rows[0][2] if rows else None
    if keys is None:
        return None
    values = orjson.loads(keys)
    # The identifier ends both the order and the keys: once is enough.
    named = any(key.column == grant.table.id.name for key in query.sortby)
    assert query.before is not None
    return Cursor(tuple(values if named else values[:-1]), query.before.version)


def _the_other_way(query: Query, id: str) -> Query:
    """What precedes the page, from its own first feature back: nulls too change sides."""
    assert query.before is not None
    order = query.sortby
    values = query.before.values
    if all(key.column != id for key in order):
        order, values = (*order, Sort(id)), (*values, values[-1])
    turned = tuple(Sort(key.column, not key.descending) for key in order)
    return replace(query, sortby=turned, after=Cursor(values), before=None, geometry=False, simplify=None)
