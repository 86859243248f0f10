"""The other end of an isolated process: reads a call, answers it, ends with whoever started it."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from mig_idg.jobs import frames

Told = Callable[[Mapping[str, Any]], None]
Answering = Callable[[Mapping[str, Any], Told], Awaitable[Any]]
_PR_SET_PDEATHSIG = 1


def end_with_parent(how: int = signal.SIGTERM) -> None:
    """Ask the system to end this process when the one that started it dies."""
    with suppress(OSError, AttributeError):  # another system has no such call
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)


def give_up() -> None:
    """What such a process gives up before it runs anything: memory beyond its limit, core files."""
    end_with_parent(signal.SIGKILL)
    limit = int(os.environ.get("IDG_CHILD_MEMORY_MB", "0")) * 1024 * 1024
    if limit:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        os.nice(5)


async def answer_calls(answering: Answering) -> None:
    """Answer each call in turn, until whoever calls is gone. What is printed on the way goes to the error stream."""
    speaking = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    lock = threading.Lock()

    def tell(document: Mapping[str, Any]) -> None:
        with lock:
            frame = memoryview(frames.packed(document))
            while frame:
                frame = frame[speaking.write(frame) or 0 :]

    loop = asyncio.get_running_loop()
    calls: asyncio.Queue[Any] = asyncio.Queue()

    def listen() -> None:
        try:
            while True:
                call = frames.read_plain(sys.stdin.buffer)
                loop.call_soon_threadsafe(calls.put_nowait, call)
        except Exception:  # the pipe is closed, or speaks otherwise: nobody waits for us any more
            os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        call = await calls.get()
        tell({"answer": await answering(call, tell)})
