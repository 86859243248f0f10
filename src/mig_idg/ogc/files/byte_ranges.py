"""The `Range` header (RFC 9110, 14): which bytes are asked, and the body that holds several ranges of them.

GDAL asks for several at once when told to (`GDAL_HTTP_MULTIRANGE=SINGLE_GET`). Ranges that overlap, or that leave less
between them than the head of a part, are sent as one, and there are never more than `MOST_RANGES`: no request makes the
server send more than the file and that many heads.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from mig_idg.errors import OutOfRange, Text

MOST_RANGES = 64
NEAR = 128
_RANGES = re.compile(r"bytes=(.+)", re.IGNORECASE)
_ONE = re.compile(r"(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file: the first, and the one after the last."""

    start: int
    stop: int

    def of(self, size: int) -> str:
        """`Content-Range`, in a file of that size."""
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def asked(header: str, size: int) -> tuple[Span, ...]:
    """The spans to send, in the order of the file; none when the header is to be ignored and the whole file sent.

    Ignored: another unit, or a range that cannot be read (RFC 9110, 14.2). Raises OutOfRange when all ranges lie beyond
    the end, or when there are too many.
    """
    match = _RANGES.fullmatch(header.strip())
    if match is None:
        return ()
    words = [word.strip() for word in match.group(1).split(",", MOST_RANGES * 2) if word.strip()]
    if len(words) > MOST_RANGES:
        raise _refused(Text(f"Au plus {MOST_RANGES} intervalles.", f"At most {MOST_RANGES} ranges."), size)
    read = [_ONE.fullmatch(word) for word in words]
    if not words or not all(one and _sound(*one.groups()) for one in read):
        return ()
    spans = [span for one in read if one and (span := _span(one[1], one[2], size))]
    if not spans:
        raise _refused(Text(f"Le fichier n'a que {size} octets.", f"The file has only {size} bytes."), size)
    return _together(spans)


def _sound(first: str, last: str) -> bool:
    return bool(first or last) and not (first and last and int(last) < int(first))


def _span(first: str, last: str, size: int) -> Span | None:
    """The bytes of one range, or None when it holds none of the file."""
    if not first:
        return Span(max(0, size - int(last)), size) if int(last) > 0 and size > 0 else None
    stop = min(int(last) + 1, size) if last else size
    return Span(int(first), stop) if int(first) < size else None


def _together(spans: Sequence[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.stop)):
        if merged and span.start <= merged[-1].stop + (NEAR if len(spans) > 1 else 0):
            merged[-1] = Span(merged[-1].start, max(merged[-1].stop, span.stop))
        else:
            merged.append(span)
    return tuple(merged)


def _refused(words: Text, size: int) -> OutOfRange:
    error = OutOfRange(words, remedy=Text("bytes=0-16383", "bytes=0-16383"))
    error.headers["content-range"] = f"bytes */{size}"
    return error


@dataclass(frozen=True, slots=True)
class Parts:
    """A `multipart/byteranges` body (RFC 9110, 14.6): several spans of a file of that size and type."""

    spans: tuple[Span, ...]
    size: int
    media_type: str
    boundary: str

    @property
    def content_type(self) -> str:
        """The type of the whole body."""
        return f"multipart/byteranges; boundary={self.boundary}"

    @property
    def length(self) -> int:
        """How many bytes the body has."""
        return sum(len(self._head(one)) + one.stop - one.start for one in self.spans) + len(self._end)

    async def body(self, pieces: Callable[[int, int], Awaitable[AsyncIterator[bytes]]]) -> AsyncIterator[bytes]:
        """The parts, a piece at a time; `pieces(start, stop)` gives the bytes of the file."""
        for span in self.spans:
            yield self._head(span)
            async for piece in await pieces(span.start, span.stop):
                yield piece
        yield self._end

    def _head(self, span: Span) -> bytes:
        return (
            f"\r\n--{self.boundary}\r\ncontent-type: {self.media_type}\r\ncontent-range: {span.of(self.size)}\r\n\r\n"
        ).encode()

    @property
    def _end(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()
