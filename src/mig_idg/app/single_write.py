"""A whole answer in one write: its head and its body leave in one system call and one packet.

uvicorn writes them one after the other and reads each header twice, a good part of the server's work for a small answer
(docs/explanations/performance.md). This is offered to the application as an extension of the ASGI scope; streams go the
ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

EXTENSION = "mig_idg.whole"

# Status, header lines (each with its end), body. False: not now, the client makes no room; send it as a stream.
Whole = Callable[[int, bytes, bytes], bool]

# Beyond this a body is not copied behind its head.
_COPIED = 64 * 1024


def offered(cycle: RequestResponseCycle) -> Whole:
    """The extension for one request and its answer."""
    return partial(_write, cycle)


def _write(cycle: RequestResponseCycle, status: int, lines: bytes, body: bytes) -> bool:
    if cycle.flow.write_paused or cycle.response_started:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    if cycle.disconnected:
        return True
    always = b"".join([b"%b: %b\r\n" % header for header in cycle.default_headers])
    end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
    head = b"".join((STATUS_LINE[status], always, lines, end))
    if len(body) > _COPIED:
        cycle.transport.writelines((head, body))
    else:
        cycle.transport.write(head + body)
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True
