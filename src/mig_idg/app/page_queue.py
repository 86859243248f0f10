"""Pages for people, rendered one at a time in a thread of their own, callers in turn.

A page of five hundred features is tens of milliseconds of Python. In the threads of everybody's pool, six at once held
the interpreter against the event loop, and `/healthz` waited for seconds; in one, the loop has it back within
`sys.setswitchinterval` (app.serve), whatever one caller asks.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mig_idg.errors import Text, Unavailable

MOST_WAITING, MOST_OF_CALLER = 256, 128


class PageQueue:
    """Who waits for a page, by caller."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "page")
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._number = 0
        self._busy = False

    async def run(self, caller: str, call: Callable[[], str]) -> tuple[str, float]:
        """What `call` gives, and the seconds of processor it took. Raises Unavailable (503) when too many wait."""
        await self._turn(caller)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, _timed, call)
        finally:
            self._next()

    def close(self) -> None:
        """Take no more."""
        self._thread.shutdown(wait=False)

    async def _turn(self, caller: str) -> None:
        if not self._busy:
            self._busy = True
            return
        mine = self._waiting.setdefault(caller, deque())
        if self._number >= MOST_WAITING or len(mine) >= MOST_OF_CALLER:
            raise _crowded()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        mine.append(turn)
        self._number += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._next()
            raise

    def _next(self) -> None:
        """The turn goes to another caller's first page, if another waits; who was served goes to the end."""
        while self._waiting:
            caller, turns = next(iter(self._waiting.items()))
            turn = turns.popleft()
            self._number -= 1
            if turns:
                self._waiting.move_to_end(caller)
            else:
                del self._waiting[caller]
            if not turn.done():
                turn.set_result(None)
                return
        self._busy = False


def _timed(call: Callable[[], str]) -> tuple[str, float]:
    started = time.thread_time()
    return call(), time.thread_time() - started


def _crowded() -> Unavailable:
    crowded = Unavailable(
        Text("Trop de pages attendent déjà.", "Too many pages are waiting already."),
        remedy=Text("Réessayez dans une seconde, ou demandez du JSON.", "Try again in a second, or ask for JSON."),
    )
    crowded.headers["retry-after"] = "1"
    return crowded
