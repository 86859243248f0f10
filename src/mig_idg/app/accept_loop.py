"""Workers take new connections one at a time, so that a burst of them is shared between all.

They listen to the same socket. uvloop takes all that wait at once: of eight connections opened together, one worker
often had the eight, and the others nothing to do. Here each takes one for each turn of its loop, and after the first of
a burst leaves the next for a millisecond to a worker that may have none, and takes as long to wake up.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
import uvloop

log = structlog.get_logger(__name__)

# Without a free file descriptor, accepting fails at once, and again: better wait for one.
PAUSE_SECONDS = 0.5
# The first connections of a burst are left to others before they are taken; in a flood all have enough.
BURST_SECONDS, LEFT_SECONDS, FIRST = 0.02, 0.001, 8
TOGETHER = 4
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

Factory = Callable[[], asyncio.BaseProtocol]


class SharingLoop(uvloop.Loop):
    """uvloop, whose servers on a socket already bound take one connection for each turn."""

    async def create_server(self, protocol_factory: Any, *args: Any, **options: Any) -> Any:
        """A server; on `sock`, without TLS (nginx has it, docker/nginx.conf), an even one."""
        bound = options.get("sock")
        if bound is None or options.get("ssl") is not None:
            return await super().create_server(protocol_factory, *args, **options)
        return SharedListener(self, protocol_factory, bound, options.get("backlog", 100))


class SharedListener(asyncio.AbstractServer):
    """A socket listened to, and the connections being set up on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, factory: Factory, bound: socket.socket, backlog: int) -> None:
        self._loop, self._factory, self._socket = loop, factory, bound
        self._opening: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._taken_at: deque[float] = deque(maxlen=FIRST)
        self._left = False
        bound.setblocking(False)
        bound.listen(backlog)
        loop.add_reader(bound, self._accept)

    @property
    def sockets(self) -> tuple[socket.socket, ...]:
        """What is listened to."""
        return () if self._closed else (self._socket,)

    def is_serving(self) -> bool:
        """Whether connections are taken."""
        return not self._closed

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop it runs on."""
        return self._loop

    async def start_serving(self) -> None:
        """It serves from the start."""

    async def serve_forever(self) -> None:
        """Nobody waits for it here: the supervisor ends the worker."""
        raise NotImplementedError

    def close(self) -> None:
        """Take no more connections; those taken go on."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._socket)

    async def wait_closed(self) -> None:
        """Return when those being set up are."""
        if self._opening:
            await asyncio.wait(self._opening)

    def _accept(self) -> None:
        """Take the next connection; in a flood several at once, or the last would wait for as many turns."""
        if self._leaves_it():
            return
        for _ in range(TOGETHER if self._flooded() else 1):
            if not self._take():
                return

    def _take(self) -> bool:
        try:
            taken, _ = self._socket.accept()
        except OSError as error:
            if error.errno in _EXHAUSTED:
                log.warning("no-connection-taken", reason=errno.errorcode[error.errno])
                self._loop.remove_reader(self._socket)
                self._loop.call_later(PAUSE_SECONDS, self._go_on)
            # Else another worker was quicker, or the client left again, or nobody is left.
            return False
        self._taken_at.append(time.monotonic())
        taken.setblocking(False)
        with suppress(OSError):
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opening = self._loop.create_task(self._open(taken))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        return True

    def _flooded(self) -> bool:
        """Whether so many came that all workers have enough."""
        return len(self._taken_at) == FIRST and self._taken_at[0] > time.monotonic() - BURST_SECONDS

    def _leaves_it(self) -> bool:
        """Whether what waits is left to the other workers for now; never twice in a row."""
        since = time.monotonic() - BURST_SECONDS
        recent = sum(at > since for at in self._taken_at)
        self._left = not self._left and 0 < recent < FIRST
        if self._left:
            self._loop.remove_reader(self._socket)
            self._loop.call_later(LEFT_SECONDS, self._go_on)
        return self._left

    async def _open(self, taken: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._factory, taken)
        except OSError:
            taken.close()

    def _go_on(self) -> None:
        if not self._closed:
            self._loop.add_reader(self._socket, self._accept)
