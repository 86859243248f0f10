"""The registry asked from a page: in a thread, a few at a time, one transaction as `idg_clerk` each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mig_idg.database.clerk import as_clerk
from mig_idg.registry.acts import Conn
from mig_idg.registry.refusals import answering

AT_ONCE = 4


class Clerk:
    """Runs what pages ask of the registry at `url` (the server's own)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._places = asyncio.Semaphore(AT_ONCE)

    async def read[T](self, ask: Callable[[Conn], T]) -> T:
        """What `ask` answers on a connection that cannot write."""
        return await self._run(ask, write=False)

    async def write[T](self, do: Callable[[Conn], T]) -> T:
        """What `do` answers; committed when it returns, nothing when it raises."""
        return await self._run(do, write=True)

    async def _run[T](self, call: Callable[[Conn], T], *, write: bool) -> T:
        async with self._places:
            return await asyncio.to_thread(self._called, call, write)

    def _called[T](self, call: Callable[[Conn], T], write: bool) -> T:
        with answering(), as_clerk(self._url, write=write) as connection:
            return call(connection)
