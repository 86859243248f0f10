"""HTTP/1.1 as uvicorn speaks it, with a limit on the size and the age of what comes before a body.

uvicorn bounds neither with httptools: a client that sends headers without end fills the memory, one that never ends
them keeps its connection for ever. nginx in front does the same (docker/nginx.conf); without it, this does.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mig_idg.app import single_write

# Room for the longest query string (request.LONGEST_QUERY), its headers and cookies.
HEAD_BYTES = 128 * 1024
HEAD_SECONDS = 10.0


class BoundedProtocol(HttpToolsProtocol):
    """One connection: the head of each request within HEAD_BYTES, and within HEAD_SECONDS of its first byte.

    The first one counts from the connection itself. Between requests uvicorn's keep-alive holds.
    """

    _in_head = False
    _head_size = 0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there: it has so long to say what it wants."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It left."""
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes: of a head, of a body, or both."""
        if self._late is not None:
            if self._head_size > HEAD_BYTES:
                self._give_up()
                return
            self._head_size += len(data)
        super().data_received(data)
        # Most heads come whole: only the others are waited for.
        if self._in_head and self._late is None:
            self._expect_head()
            self._head_size = len(data)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        """The whole head was read: the application starts, and may give its answer whole."""
        self._head_is_here()
        super().on_headers_complete()
        if self.cycle is not None:
            self.scope["extensions"] = {single_write.EXTENSION: single_write.offered(self.cycle)}  # type: ignore[typeddict-unknown-key,dict-item]

    def _expect_head(self) -> None:
        self._head_size = 0
        self._late = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_is_here(self) -> None:
        self._in_head = False
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._head_is_here()
        self.transport.abort()
