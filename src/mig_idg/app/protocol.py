"""HTTP/1.1 as uvicorn speaks it, with a limit on the size and the age of every byte of a request and of its answer.

uvicorn bounds none of them with httptools: a client that sends headers without end fills the memory, trailers are kept
like headers (and were read as such), what follows an answer already given is read for ever, and so is a body that comes
a byte at a time. nginx in front does much of this (docker/nginx.conf); without it, this does.

    head        HEAD_BYTES, within HEAD_SECONDS
    body        at MIN_RATE after BODY_SECONDS; what is not body (sizes of chunks, trailers) in proportion
    after       once the answer was given, the rest of the body: LINGER_BYTES within LINGER_SECONDS
    answer      taken by the client at MIN_RATE, counted each WRITE_SECONDS
"""

from __future__ import annotations

import asyncio

from mig_idg.app import single_write
from mig_idg.app.request_line import ReadableRequestLine

# Room for the longest query string (request.LONGEST_QUERY), its headers and cookies.
HEAD_BYTES = 128 * 1024
HEAD_SECONDS = 10.0
# As Apache's mod_reqtimeout counts (body=20,MinRate=500): time to begin, then a second for each so many bytes.
BODY_SECONDS, MIN_RATE = 15.0, 1000
# A body in chunks of one byte takes five more for each.
OVERHEAD = 6
LINGER_BYTES, LINGER_SECONDS = 1024 * 1024, 5.0
WRITE_SECONDS = 30.0


class BoundedProtocol(ReadableRequestLine):
    """One connection, whose client can make it neither grow nor last without using it.

    The head of the first request counts from the connection itself. Between requests uvicorn's keep-alive holds.
    """

    _in_head = False
    _in_message = False
    # Bytes of the message since its head (the piece that began it apart), and those of its body.
    _received = 0
    _body = 0
    _head_size = 0
    _late: asyncio.TimerHandle | None = None
    _body_late: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there: it has so long to say what it wants."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It left."""
        self._head_is_here()
        self._body_is_here()
        self._written()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes: of a head, of a body, or both."""
        if self._late is not None:
            if self._head_size > HEAD_BYTES:
                self._give_up()
                return
            self._head_size += len(data)
        before = self.cycle
        super().data_received(data)
        if self._in_message and not self._in_head:
            self._follow_body(len(data) if self.cycle is before else 0)
        # Most heads come whole: only the others are waited for.
        elif self._in_head and self._late is None:
            self._expect_head()
            self._head_size = len(data)
        elif not self._in_message and self._late is None and self._answered and self.timeout_keep_alive_task is None:
            # Blank lines between requests end the wait for the next one, and begin none.
            self._expect_head()

    def _follow_body(self, more: int) -> None:
        """A request goes on after its head: so many bytes more."""
        self._received += more
        if self._answered:
            overdone = self._received > LINGER_BYTES
        else:
            overdone = self._received - self._body > HEAD_BYTES + OVERHEAD * self._body
        if overdone:
            self._give_up()
        elif self._body_late is None:
            self._body_late = self.loop.call_later(BODY_SECONDS, self._look_at_body, 0.0)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_head = self._in_message = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; after the head it is a trailer, and says nothing (RFC 9110, 6.5.1)."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The whole head was read: the application starts, and may give its answer whole."""
        self._head_is_here()
        self._received = self._body = 0
        super().on_headers_complete()
        if self.cycle is not None:
            self.scope["extensions"] = {single_write.EXTENSION: single_write.offered(self.cycle)}  # type: ignore[dict-item]

    def on_body(self, body: bytes) -> None:
        """Some of a body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self._in_message = False
        self._body_is_here()
        super().on_message_complete()
        if self._answered and self.timeout_keep_alive_task is None and not self.transport.is_closing():
            # Its bytes ended the wait for the next request: it begins again.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_response_complete(self) -> None:
        """The answer was given: what is left of its request is not waited for long."""
        super().on_response_complete()
        if self.transport.is_closing():
            self.pause_writing()
        elif self._in_message and not self._in_head and self._answered:
            self._body_is_here()
            self._received = 0
            self._body_late = self.loop.call_later(LINGER_SECONDS, self._give_up)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked: what the client has not taken by now, it never will."""
        super().timeout_keep_alive_handler()
        self.pause_writing()

    def pause_writing(self) -> None:
        """The client makes no room, or the connection closes: what is left must be taken, at MIN_RATE."""
        super().pause_writing()
        waiting = self.transport.get_write_buffer_size()
        if self._writing is None and waiting:
            self._writing = self.loop.call_later(WRITE_SECONDS, self._look_at_writing, waiting)

    def resume_writing(self) -> None:
        """It made room."""
        self._written()
        super().resume_writing()

    @property
    def _answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_head(self) -> None:
        self._head_size = 0
        self._late = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_is_here(self) -> None:
        self._in_head = False
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _body_is_here(self) -> None:
        if self._body_late is not None:
            self._body_late.cancel()
            self._body_late = None

    def _written(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None

    def _look_at_body(self, seconds: float) -> None:
        """Whether what came of the body makes up for the time it took; while we do not read, time does not count."""
        self._body_late = None
        if self.flow.read_paused:
            self._body_late = self.loop.call_later(BODY_SECONDS, self._look_at_body, seconds)
            return
        seconds += BODY_SECONDS
        earned = BODY_SECONDS + self._body / MIN_RATE
        if seconds >= earned:
            self._give_up()
        else:
            self._body_late = self.loop.call_later(BODY_SECONDS, self._look_at_body, seconds)

    def _look_at_writing(self, before: int) -> None:
        """Whether the client took enough since; the size may also have grown by what came after."""
        self._writing = None
        waiting = self.transport.get_write_buffer_size()
        if not waiting:
            return
        if before - waiting < WRITE_SECONDS * MIN_RATE:
            self._give_up()
        else:
            self._writing = self.loop.call_later(WRITE_SECONDS, self._look_at_writing, waiting)

    def _give_up(self) -> None:
        self._head_is_here()
        self._body_is_here()
        self.transport.abort()
