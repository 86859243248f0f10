"""Request lines as people and old clients write them, and an answer of ours to those that cannot be read.

httptools refuses bytes beyond ASCII in an address, which uvicorn tells in English and in plain text; browsers encode
what is typed, scripts and some desktop clients do not (`/collections/lieux/items/Île`).
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote_from_bytes

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mig_idg.errors import BadRequest, Text, problem

# All of ASCII stands as it is: only what is beyond it is encoded.
_ASCII = "".join(map(chr, range(1, 127)))


class ReadableRequestLine(HttpToolsProtocol):
    """A connection whose request lines may hold raw UTF-8: it is encoded before it is parsed (RFC 3987, 3.1)."""

    # True where the next byte begins a request, never inside a body: a body keeps its length to the byte.
    _between_requests = True

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        super().data_received(encoded(data) if self._between_requests else data)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._between_requests = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        super().on_message_complete()
        self._between_requests = True

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP: a problem document, as for any other mistake, in French since nothing of it was read."""
        error = BadRequest(
            Text("La demande n'est pas du HTTP/1.1 lisible.", "The request is not readable HTTP/1.1."),
            remedy=Text("Une adresse s'écrit en UTF-8, encodée par %.", "An address is written in UTF-8, %-encoded."),
        )
        body = orjson.dumps(problem(error, "fr"))
        lines = (
            f"HTTP/1.1 400 {HTTPStatus.BAD_REQUEST.phrase}",
            "content-type: application/problem+json",
            "content-language: fr",
            f"content-length: {len(body)}",
            "cache-control: private, no-store",
            "x-content-type-options: nosniff",
            "connection: close",
        )
        self.transport.write("\r\n".join((*lines, "", "")).encode() + body)
        self.transport.close()


def encoded(data: bytes) -> bytes:
    """The same bytes with the UTF-8 of their first line percent-encoded; as they are when it is not UTF-8."""
    if data.isascii():
        return data
    line, end, rest = data.partition(b"\r\n")
    if not end or line.isascii():
        return data
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return quote_from_bytes(line, safe=_ASCII).encode() + end + rest
