"""Finished tiles, kept by worker within a budget of bytes; a tile is drawn once for a version of the rows.

Nothing here decides who may see what: the key holds the grant, and the caller has asked the database, in this very
request, for the epoch of rights and the version of the rows before it looks here (`Visit.stamp`). A tile of another
version is as good as absent.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

BUDGET = 32 * 2**20
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


class Drawer:
    """Tiles by key, the least recently used leaving first."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held: OrderedDict[Key, tuple[object, Drawn]] = OrderedDict()
        self._running: dict[Key, asyncio.Future[None]] = {}
        self._later: set[asyncio.Task[None]] = set()
        self.size = 0

    def knows(self, key: Key) -> bool:
        """True when a tile is kept under this key, of whatever version."""
        return key in self._held

    def get(self, key: Key, version: object) -> Drawn | None:
        """The tile of this version, or None."""
        found = self._held.get(key)
        if found is None or found[0] != version:
            return None
        self._held.move_to_end(key)
        return found[1]

    def put(self, key: Key, version: object, drawn: Drawn) -> None:
        """Keep a tile, unless it would take an eighth of the room by itself."""
        self._drop(key)
        weight = len(drawn.body) + _OVERHEAD
        if weight > self._budget // 8:
            return
        self._held[key] = (version, drawn)
        self.size += weight
        while self.size > self._budget:
            self._drop(next(iter(self._held)))

    def later(self, work: Coroutine[None, None, None]) -> None:
        """Work that no answer waits for."""
        task = asyncio.ensure_future(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _drop(self, key: Key) -> None:
        found = self._held.pop(key, None)
        if found is not None:
            self.size -= len(found[1].body) + _OVERHEAD

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
