"""Where descriptions are written: a few threads of their own, and a bounded queue before them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mig_idg.errors import Text, Unavailable

THREADS = 2
QUEUE = 512


class Threads:
    """Plain work off the event loop: a long list takes its time, and others wait for none of it."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="describe")
        self._waiting = 0

    async def run[T](self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work` in one of the threads. Raises Unavailable when too many callers already wait."""
        if self._waiting >= QUEUE:
            error = Unavailable(Text("Trop de descriptions en cours.", "Too many descriptions under way."))
            error.headers["retry-after"] = "1"
            raise error
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)
        finally:
            self._waiting -= 1
