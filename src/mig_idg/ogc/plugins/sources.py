"""The plug-ins of one application, each in a process of its own: limits of time, of memory, of requests at a time.

A plug-in that hangs, leaks or dies takes its own process with it, and the next request has a fresh one. Nothing of it
is ever imported by a worker that answers requests.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from mig_idg.errors import BadRequest, InvalidParameter, Problem, Text, TooLarge, TooMany, Unavailable
from mig_idg.jobs.isolated import Died, Isolated, Late, bare_environment
from mig_idg.store.collection import Collection

log = structlog.get_logger(__name__)

# Requests of one caller that may be with plug-ins at a time, and of all callers that may wait for one plug-in.
AT_ONCE, WAITING = 4, 32
# Processes that are kept; the one that has been idle for longest makes room.
PROCESSES = 8
STARTING_SECONDS = 30.0
FIELDS_SECONDS = 60.0


@dataclass
class _Source:
    """The process of one plug-in as declared, and what it said of its fields."""

    process: Isolated
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    used: float = 0.0
    fields: Mapping[str, Any] | None = None
    read: float = 0.0
    offered: Mapping[str, Any] | None = None


class PluginSources:
    """What reads the collections of plug-ins; `modules` is the allow-list."""

    def __init__(self, modules: tuple[str, ...] = ()) -> None:
        self._modules = modules
        self._sources: dict[bytes, _Source] = {}
        self._callers: Counter[str] = Counter()

    async def fields(self, collection: Collection, caller: str) -> Mapping[str, Any]:
        """The fields of the source, as its plug-in tells them. Raises what `ask` raises."""
        source = await self._source(collection)
        if source.fields is None or time.monotonic() - source.read > FIELDS_SECONDS:
            answer = await self.ask(collection, caller, {"fields": True})
            source.fields, source.read = answer["fields"], time.monotonic()
        return source.fields

    async def offered(self, collection: Collection, caller: str) -> Mapping[str, Any]:
        """The axes, the queries and the file format that the plug-in offers. Raises what `ask` raises."""
        source = await self._source(collection)
        if source.offered is None:
            source.offered = await self.ask(collection, caller, {"offered": True})
        return source.offered

    async def ask(self, collection: Collection, caller: str, asked: Mapping[str, Any], times: int = 1) -> Any:
        """What the plug-in answers, in `times` its limit of seconds.

        Raises TooMany, Unavailable (it failed, or was late), and what is wrong with the request.
        """
        assert collection.plugin is not None
        source = await self._source(collection)
        call = {**asked, "plugin": collection.plugin, "srid": collection.srid}
        seconds = float(collection.plugin["seconds"]) * times
        async with self._turn(source, collection, caller, seconds):
            try:
                if not source.process.alive:
                    await source.process.call({"start": True}, STARTING_SECONDS)
                answer = await source.process.call(call, seconds)
            except Late:
                log.error("plugin-late", collection=collection.id, seconds=seconds)
                raise _late(collection, seconds) from None
            except Died as error:
                log.error("plugin-died", collection=collection.id, reason=repr(error.__cause__))
                raise _failed(collection) from error
        return _read(answer, collection)

    async def _source(self, collection: Collection) -> _Source:
        key = collection.id.encode() + orjson.dumps(collection.plugin, option=orjson.OPT_SORT_KEYS)
        source = self._sources.get(key)
        if source is None:
            assert collection.plugin is not None
            source = self._sources[key] = _Source(
                Isolated(
                    "mig_idg.ogc.plugins.alone",
                    ",".join(self._modules),
                    environment=bare_environment(),
                    memory_mb=int(collection.plugin["memory_mb"]),
                )
            )
        source.used = time.monotonic()
        await self._make_room(source)
        return source

    async def _make_room(self, wanted: _Source) -> None:
        """End the process that has been idle for longest, when too many are there."""
        while len(self._sources) > PROCESSES:
            idle = [(one.used, key) for key, one in self._sources.items() if not one.waiting and one is not wanted]
            if not idle:
                return
            await self._sources.pop(min(idle)[1]).process.end()

    @asynccontextmanager
    async def _turn(self, source: _Source, collection: Collection, caller: str, seconds: float) -> AsyncIterator[None]:
        if self._callers[caller] >= AT_ONCE or source.waiting >= WAITING:
            raise _too_many()
        self._callers[caller] += 1
        source.waiting += 1
        try:
            try:
                async with asyncio.timeout(seconds + STARTING_SECONDS):
                    await source.turn.acquire()
            except TimeoutError:
                raise _late(collection, seconds) from None
            try:
                yield
            finally:
                source.turn.release()
        finally:
            source.waiting -= 1
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]

    async def shut_down(self) -> None:
        """End every process."""
        sources, self._sources = self._sources, {}
        for one in sources.values():
            await one.process.end()


def _read(answer: Mapping[str, Any], collection: Collection) -> Any:
    """The answer, or the problem that it tells. What went wrong in a plug-in is for the log, never for the caller."""
    if "refused" in answer:
        raise _refused(answer["refused"], collection)
    if "failed" in answer:
        log.error("plugin-failed", collection=collection.id, reason=answer["failed"], trace=answer.get("trace"))
        raise _failed(collection)
    return answer


def _refused(told: Mapping[str, Any], collection: Collection) -> Problem:
    words = Text(told["fr"], told["en"])
    if told.get("too_large"):
        return TooLarge(words, extra={"collection": collection.id})
    if told.get("parameter"):
        error: Problem = InvalidParameter(told["parameter"], words)
        error.extra["collection"] = collection.id
        return error
    return BadRequest(words, extra={"collection": collection.id})


def _failed(collection: Collection) -> Unavailable:
    return _unavailable(
        collection,
        Text("Le greffon qui lit cette collection a échoué.", "The plug-in that reads this collection failed."),
    )


def _late(collection: Collection, seconds: float) -> Unavailable:
    return _unavailable(
        collection,
        Text(
            f"Le greffon qui lit cette collection n'a pas répondu dans le délai de {seconds:g} s.",
            f"The plug-in that reads this collection did not answer within its timeout of {seconds:g} s.",
        ),
    )


def _unavailable(collection: Collection, words: Text) -> Unavailable:
    error = Unavailable(
        words,
        remedy=Text(
            "Réessayez plus tard ; sinon signalez-le à l'administrateur du service.",
            "Try again later; otherwise tell whoever runs the service.",
        ),
        extra={"collection": collection.id},
    )
    error.headers["retry-after"] = "10"
    return error


def _too_many() -> TooMany:
    error = TooMany(
        Text("Trop de demandes à la fois à ce greffon.", "Too many requests at a time to this plug-in."),
        remedy=Text("Attendez la réponse aux précédentes.", "Wait for the answers to those before."),
    )
    error.headers["retry-after"] = "1"
    return error
