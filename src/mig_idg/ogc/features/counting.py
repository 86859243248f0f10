"""numberMatched: exact up to a cap, exact without a cap for whole collections, and never over rows that are hidden.

A count is remembered by worker under (collection, version of its rows, grant, conditions): a write moves the version.
Beyond the cap a filtered count is estimated, and said so: it is never `numberMatched` (`store.estimate`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cachetools import LRUCache

from mig_idg.guard.request import Request
from mig_idg.ogc.features import execution
from mig_idg.store import compile, estimate
from mig_idg.store.query import Query
from mig_idg.store.statement import Statement

REMEMBERED = 4_096
COMMON = 0.02


@dataclass(frozen=True, slots=True)
class Count:
    """How many features match: exactly, or about; neither when there are many and a guess would tell hidden rows."""

    exact: int | None = None
    about: int | None = None

    @property
    def members(self) -> dict[str, int]:
        """What a collection of features says of it."""
        if self.exact is not None:
            return {"numberMatched": self.exact}
        return {} if self.about is None else {"numberMatchedEstimated": self.about}


class CountCache:
    """Counts of this application, and the parts of a table that words of `q` are in; the least asked leave first."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self.counts: LRUCache[tuple[object, ...], Count] = LRUCache(most)
        self.parts: LRUCache[tuple[object, ...], float] = LRUCache(most)


def _key(request: Request, query: Query) -> tuple[object, ...]:
    grant = request.grant
    return (
        request.snapshot.database,
        request.snapshot.generation,
        request.data_version,
        request.collection.id if request.collection else "",
        grant.key if grant else "",
        query.bbox,
        query.datetime,
        query.filter,
        query.equal,
        query.q,
    )


async def matched(request: Request, query: Query) -> Count:
    """How many features match in all."""
    await request.read_version()
    key = _key(request, query)
    counts = request.resource(CountCache).counts
    known = counts.get(key)
    if known is None:
        known = await _counted(request, query)
        counts[_key(request, query)] = known
    return known


async def _counted(request: Request, query: Query) -> Count:
    collection, grant = request.layer
    cap = compile.COUNT_CAP if query.selective else None
    about = await _about(request, query, 0) if query.common else None
    if about is not None and about > 4 * compile.COUNT_CAP:
        return Count(about=about)
    # Counted by the index of words, whatever way the page goes.
    rows = await execution.fetch(
        request, compile.count(replace(query, common=False), grant, collection.time_column, cap)
    )
    found = int(rows[0][0] or b"0")
    if cap is None or found <= cap:
        return Count(exact=found)
    return Count(about=await _about(request, query, found))


async def _about(request: Request, query: Query, least: int) -> int | None:
    """A guess, `least` at least; None for a caller who does not see every row."""
    collection, grant = request.layer
    matching = estimate.plan(query, grant, collection.time_column)
    every = estimate.plan(estimate.NOTHING_ASKED, grant)
    if matching is None or every is None:
        return None
    whole = (await matched_in_all(request)).exact or least
    part, all_ = await _guess(request, matching), await _guess(request, every)
    return estimate.estimated(part, all_, rows=whole, least=least)


async def matched_in_all(request: Request) -> Count:
    """How many features the caller sees in the whole collection."""
    return await matched(request, estimate.NOTHING_ASKED)


async def _guess(request: Request, statement: Statement) -> float:
    rows = await execution.fetch(request, statement)
    return estimate.rows_of(rows[0][0])


async def aware(request: Request, query: Query) -> Query:
    """The query, told when the words of `q` are in so many rows that the first ones are found sooner by walking.

    PostgreSQL plans a page once, for words it does not know. What it guesses of these words is not told to anybody.
    """
    if not query.q:
        return query
    grant = request.grant
    assert grant is not None
    alone = Query(limit=None, q=query.q)
    key = ("common", *_key(request, alone))
    parts = request.resource(CountCache).parts
    part = parts.get(key)
    if part is None:
        matching = await _guess(request, estimate.statement(alone, grant))
        every = await _guess(request, estimate.statement(estimate.NOTHING_ASKED, grant))
        part = parts[key] = matching / every if every else 1.0
    return replace(query, common=part > COMMON)
