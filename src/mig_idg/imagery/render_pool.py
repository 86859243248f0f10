"""Where pixels are developed: a few threads, a short queue, and a clear answer when it is full.

Reading and encoding pixels takes milliseconds of CPU. It happens here and nowhere else, so that a storm of tiles fills
this queue and not the event loop: pages of features keep their pace. A request that finds the queue full is answered
503 with `Retry-After`; one whose client left before its turn is never developed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import rasterio

from mig_idg.database.pool import busy
from mig_idg.imagery import gdal

THREADS = 2
WAITING = 128


class RenderPool:
    """Bounded threads for pixels: `threads` at work, at most `waiting` in the queue, each under `environment`."""

    def __init__(
        self,
        threads: int = THREADS,
        waiting: int = WAITING,
        environment: Callable[[], rasterio.Env] = gdal.environment,
    ) -> None:
        self._room = threads + waiting
        self._inside = 0
        self._pool = ThreadPoolExecutor(
            threads, thread_name_prefix="idg-darkroom", initializer=lambda: _enter(environment)
        )

    async def develop[T](self, work: Callable[..., T], *args: object) -> T:
        """The result of `work(*args)` on one of the threads. Raises Unavailable (503) when the queue is full."""
        if self._inside >= self._room:
            raise busy()
        self._inside += 1
        future = self._pool.submit(work, *args)
        future.add_done_callback(self._leave)
        # Cancelling the waiter (the client left) cancels the work unless a thread has already begun it.
        return await asyncio.wrap_future(future)

    @property
    def inside(self) -> int:
        """How many pieces of work are running or waiting."""
        return self._inside

    def close(self) -> None:
        """At shutdown: what waits is dropped, what runs is finished."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _leave[T](self, _: Future[T]) -> None:
        self._inside -= 1


def _enter(environment: Callable[[], rasterio.Env]) -> None:
    """Each thread enters GDAL's restricted environment once, for its whole life."""
    environment().__enter__()
