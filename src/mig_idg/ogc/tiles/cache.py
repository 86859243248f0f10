"""Finished tiles, kept by worker within a budget of bytes; a tile is drawn once for a version of the rows.

Their bytes lie in a file without a name, which the system keeps in memory while it has some to spare, and nobody but
this process can open; what is known of them stays here. The file is written round and round: the oldest leave first.

Nothing here decides who may see what: the key holds the grant, and the caller has asked the database, in this very
request, for the epoch of rights and the version of the rows before it looks here (`Request.stamp`). A tile of another
version is as good as absent.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from weakref import finalize

from mig_idg.store.cache_use import CacheUse

BUDGET = 64 * 2**20
# What a kept tile costs beside its bytes, counted with them: many empty tiles must not fill the memory.
_OVERHEAD = 600

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One layer of a tile. `features` in it stand for `of`; `how` is complete, thinned or sampled.

    `encoding` is that of `body` for HTTP (zstd, gzip), or empty.
    """

    body: bytes
    features: int
    of: int
    how: str = "complete"
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where the bytes of a tile lie, of which version it is, and what else is known of it."""

    version: object
    place: int
    size: int
    drawn: Drawn


class TileCache:
    """Tiles by key. When no file can be had, none is kept."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._use = CacheUse("vector_tiles")
        self._file: int | None = None
        # In the order of their places, beginning with the next to be written over.
        self._held: dict[Key, _Kept] = {}
        self._next = 0
        self._running: dict[Key, asyncio.Future[None]] = {}
        self._later: set[asyncio.Task[None]] = set()
        if budget:
            with suppress(OSError), tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())
                finalize(self, os.close, self._file)

    @property
    def size(self) -> int:
        """Bytes that the tiles kept take, the room around them counted."""
        return sum(kept.size for kept in self._held.values())

    def knows(self, key: Key) -> bool:
        """True when a tile is kept under this key, of whatever version."""
        return key in self._held

    def get(self, key: Key, version: object) -> Drawn | None:
        """The tile of this version, or None."""
        kept = self._held.get(key)
        self._use.note(kept is not None and kept.version == version)
        if kept is None or kept.version != version or self._file is None:
            return None
        length = kept.size - _OVERHEAD
        try:
            body = os.pread(self._file, length, kept.place)
        except OSError:
            body = b""
        return replace(kept.drawn, body=body) if len(body) == length else None

    def put(self, key: Key, version: object, drawn: Drawn) -> None:
        """Keep a tile, unless it would take an eighth of the room by itself, or the disk has none left."""
        self._held.pop(key, None)
        size = len(drawn.body) + _OVERHEAD
        if size > self._budget // 8 or self._file is None:
            return
        place = self._room(size)
        try:
            written = os.pwrite(self._file, drawn.body, place)
        except OSError:
            return
        if written == len(drawn.body):
            self._held[key] = _Kept(version, place, size, replace(drawn, body=b""))

    def _room(self, size: int) -> int:
        """A place for so many bytes: what lay there is forgotten."""
        if self._next + size > self._budget:
            self._forget(self._next, self._budget)
            self._next = 0
        place, self._next = self._next, self._next + size
        self._forget(place, self._next)
        return place

    def _forget(self, start: int, end: int) -> None:
        while self._held:
            key, oldest = next(iter(self._held.items()))
            if not (oldest.place < end and start < oldest.place + oldest.size):
                return
            del self._held[key]

    def later(self, work: Coroutine[None, None, None]) -> None:
        """Work that no answer waits for."""
        task = asyncio.ensure_future(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    @asynccontextmanager
    async def turn(self, key: Key) -> AsyncIterator[bool]:
        """Wait while another request draws this tile; True when it is ours to draw at once, False after a wait."""
        waited = False
        while (running := self._running.get(key)) is not None:
            waited = True
            await asyncio.shield(running)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._running[key] = done
        try:
            yield not waited
        finally:
            del self._running[key]
            done.set_result(None)
