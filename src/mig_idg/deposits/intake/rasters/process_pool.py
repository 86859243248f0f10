"""Two processes that open files nobody has vouched for: without network, bounded in memory, replaced when one dies.

A file that kills its process (a decoder that crashes, memory over the limit) is a finding, and the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from rasterio.errors import NotGeoreferencedWarning

from mig_idg.errors import Text, Unavailable

WORKERS = 2
MEMORY = 3 * 2**30
LARGEST_FILE = 256 * 2**30


class ProcessPool:
    """Work on files, `WORKERS` at a time."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def each[A, R](self, work: Callable[[A], R], asked: Sequence[A]) -> Iterator[tuple[A, R | BaseException]]:
        """(what was asked, its result or what was raised), as each ends; a few are under way at any time.

        A process that died takes with it what it did and what the other one did: both are tried again alone, so that
        only the guilty one is told.
        """
        suspects: list[A] = []
        waiting = list(reversed(asked))
        running: dict[Future[R], A] = {}
        while waiting or running:
            while waiting and len(running) < self._workers:
                one = waiting.pop()
                running[self._submit(work, one)] = one
            done, _ = wait(running, return_when="FIRST_COMPLETED")
            for future in done:
                one = running.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    suspects.append(one)
                    self._pool = None
                    continue
                yield one, error if error is not None else future.result()
        for one in suspects:
            future = self._submit(work, one)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                self._pool = None
                error = Unavailable(Text("Le décodeur s'est arrêté.", "The decoder died."))
            yield one, error if error is not None else future.result()

    def _submit[A, R](self, work: Callable[[A], R], one: A) -> Future[R]:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_alone)
        try:
            return self._pool.submit(work, one)
        except BrokenProcessPool:
            self._pool = None
            return self._submit(work, one)


def _alone() -> None:
    """What a process gives up before it opens anything: memory beyond a limit, the network where the system allows.

    Its error stream too: a decoder that dies prints its own stack there, and the report already names the file.
    """
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    # A picture without a place is a finding, told by the report.
    warnings.simplefilter("ignore", NotGeoreferencedWarning)
    with suppress(OSError, AttributeError):
        os.unshare(os.CLONE_NEWNET)
