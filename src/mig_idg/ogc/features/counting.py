"""numberMatched: exact up to a cap, exact without a cap for whole collections, and never over rows that are hidden.

A count is remembered by worker under (collection, version of its rows, grant, conditions): a write moves the version.
Beyond the cap a filtered count is not given; the answer says so by the `count-beyond` header.
"""

from __future__ import annotations

from collections import OrderedDict

from mig_idg.guard.visit import Visit
from mig_idg.ogc.features import asking
from mig_idg.store import compile
from mig_idg.store.query import Query

REMEMBERED = 4_096

_counts: OrderedDict[tuple[object, ...], int] = OrderedDict()


def _key(visit: Visit, query: Query) -> tuple[object, ...]:
    grant = visit.grant
    return (
        visit.snapshot.database,
        visit.snapshot.generation,
        visit.data_version,
        visit.collection.id if visit.collection else "",
        grant.key if grant else "",
        query.bbox,
        query.datetime,
        query.filter,
        query.equal,
        query.q,
    )


async def matched(visit: Visit, query: Query) -> int | None:
    """How many features match in all, or None when there are more than the cap of a filtered count."""
    collection, grant = visit.layer
    await visit.stamp()
    key = _key(visit, query)
    known = _counts.get(key)
    if known is None:
        cap = compile.COUNT_CAP if query.selective else None
        rows = await asking.fetch(visit, compile.count(query, grant, collection.time_column, cap))
        known = int(rows[0][0] or b"0")
        _counts[_key(visit, query)] = known
        if len(_counts) > REMEMBERED:
            _counts.popitem(last=False)
    return None if query.selective and known > compile.COUNT_CAP else known
