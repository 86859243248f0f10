"""The snapshot in force, and how a worker comes to the next one.

A new epoch is heard by NOTIFY, at the watch's beat, or in the answer of any statement. The new state is built aside,
each collection is tried for real, then it is swapped whole; when one cannot be read, the publication in force stays and
`/readyz` says why. Facts and credentials always move: rights are never kept for the sake of a broken table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from mig_idg.charter import Facts
from mig_idg.database import connect
from mig_idg.errors import Problem, Text, Unavailable
from mig_idg.guard.snapshot import Snapshot
from mig_idg.registry import facts as registry_facts
from mig_idg.registry import publications, tokens
from mig_idg.store.collection import Collection, collection_from_json
from mig_idg.store.smoke_check import try_collection

log = structlog.get_logger(__name__)

PARIS = ZoneInfo("Europe/Paris")
Clock = Callable[[], datetime]


def legal_day(now: datetime) -> date:
    """The day in Europe/Paris: legal days start at 00:00 there (invariant 35)."""
    return now.astimezone(PARIS).date()


def end_of(day: date) -> float:
    """The instant (seconds since 1970) at which a legal day ends."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), PARIS).timestamp()


@dataclass(slots=True)
class Broken:
    """A collection that could not be read when its publication was tried, and why."""

    collection: str
    reason: str


class Current:
    """Holds the snapshot in force; `refresh` is single-flight and never leaves a half-built one."""

    def __init__(self, url: str, clock: Clock, *, unguarded: bool = False) -> None:
        if unguarded:
            log.warning("rights-are-off", use="measurement only")
        self._unguarded = unguarded
        self._url = url
        self.clock = clock
        self._connection: Any = None
        self._building: asyncio.Task[Snapshot] | None = None
        self._day_ends = 0.0
        self._snapshot: Snapshot | None = None
        self._tried = -1
        self.refused_generation: int | None = None
        self.published_at: datetime | None = None
        self.broken: list[Broken] = []

    @property
    def snapshot(self) -> Snapshot | None:
        """The snapshot in force, or None before the first one (or past the end of its legal day)."""
        if self._snapshot is not None and self.clock().timestamp() >= self._day_ends:
            return None
        return self._snapshot

    async def get(self) -> Snapshot:
        """The snapshot in force, built now if there is none for today. Raises Unavailable."""
        return self.snapshot or await self.refresh()

    async def refresh(self) -> Snapshot:
        """The state of this moment. Callers that arrive while one is being built wait for the one after it."""
        while self._building is not None:
            running = self._building
            with suppress(Exception):
                await asyncio.shield(running)
            if self._building is running:
                self._building = None
        self._building = asyncio.create_task(asyncio.to_thread(self._build))
        task = self._building
        try:
            snapshot = await asyncio.shield(task)
        finally:
            if self._building is task and task.done():
                self._building = None
        return snapshot

    def hear(self, epoch: int) -> None:
        """The watch heard an epoch: build ahead, so that the next request finds it ready."""
        known = self._snapshot
        if (known is None or known.epoch != epoch) and self._building is None:
            task = asyncio.ensure_future(self.refresh())
            task.add_done_callback(_swallow)

    async def close(self) -> None:
        """Let go of the connection, once nothing is being built."""
        if self._building is not None:
            with suppress(Exception):
                await asyncio.shield(self._building)
        self._drop()

    def facts_on(self, day: date) -> Facts:
        """The facts of another legal day, read now on a connection of their own; blocking."""
        with connect(self._url, autocommit=True) as connection:
            return registry_facts.load(connection, day)

    def _build(self) -> Snapshot:
        connection = self._open()
        try:
            day = legal_day(self.clock())
            connection.execute("begin isolation level repeatable read read only")
            try:
                snapshot = self._read(connection, day)
            finally:
                connection.execute("rollback")
        except Problem:
            raise
        except Exception as error:
            self._drop()
            log.error("snapshot-failed", reason=type(error).__name__)
            raise Unavailable(
                Text("Les droits sont illisibles en ce moment.", "Rights cannot be read right now.")
            ) from error
        self._snapshot, self._day_ends = snapshot, end_of(snapshot.day)
        return snapshot

    def _read(self, connection: Any, day: date) -> Snapshot:
        before = self._snapshot
        epoch = publications.epoch(connection)
        if before is not None and before.epoch == epoch and before.day == day:
            return before
        collections, generation = self._collections(connection, before)
        facts = registry_facts.load(connection, day)
        return Snapshot(
            epoch=epoch,
            generation=generation,
            day=day,
            collections={id: _as_licensed(one, facts) for id, one in collections.items()},
            facts=facts,
            credentials=tokens.load(connection),
            database=connection.info.dbname,
            unguarded=self._unguarded,
            published=legal_day(self.published_at) if self.published_at else None,
        )

    def _collections(self, connection: Any, before: Snapshot | None) -> tuple[dict[str, Collection], int]:
        publication = publications.latest(connection)
        if before is not None and publication.number in (before.generation, self._tried):
            return dict(before.collections), before.generation
        built = {
            key: collection_from_json(entry, publication.number)
            for key, entry in sorted(publication.collections.items())
        }
        broken = []
        for key, collection in built.items():
            reason = try_collection(connection, collection)
            if reason:
                broken.append(Broken(key, reason))
                log.error("collection-refused", collection=key, generation=publication.number, reason=reason)
        self.broken = broken
        self._tried = publication.number
        self.refused_generation = publication.number if broken else None
        if broken and before is not None:
            return dict(before.collections), before.generation
        for one in broken:
            del built[one.collection]
        self.published_at = publication.published_at
        log.info("publication-in-force", generation=publication.number, collections=len(built))
        return built, publication.number

    def _open(self) -> Any:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._url, autocommit=True)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _as_licensed(collection: Collection, facts: Facts) -> Collection:
    """A coproduction under the licence that a co-owner's act gave it, whatever its file says (004 §3.4)."""
    dataset = facts.datasets.get(collection.id)
    if collection.kind != "coproduced" or dataset is None or dataset.licence == collection.licence:
        return collection
    return replace(collection, licence=dataset.licence)


def _swallow(task: asyncio.Task[Snapshot]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.warning("refresh-failed", reason=type(task.exception()).__name__)
