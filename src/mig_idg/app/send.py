"""From an `Answer` to ASGI messages: validators, compression off the event loop, security headers."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol

import brotli
import zstandard

from mig_idg.app.single_write import Whole
from mig_idg.guard.response import Response

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SMALLEST = 1400
INLINE = 16 * 1024
COMPRESSIBLE = ("json", "text/", "xml", "javascript", "svg", "mapbox-vector-tile", "csv", "flatgeobuf")
VARY = "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie, X-API-Key"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    " font-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A document that a browser is led to open shows nothing, runs nothing and is framed by nobody.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_SAYS = {
    "content-security-policy": PAGE_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": (
        "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(),"
        " geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(),"
        " xr-spatial-tracking=(), fullscreen=(self), clipboard-write=(self)"
    ),
}
# What every answer says; these two first, since a handler may say them itself.
ALWAYS = (
    ("vary", VARY),
    ("content-security-policy", DATA_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("access-control-allow-origin", "*"),
    (
        "access-control-expose-headers",
        "Link, ETag, Content-Crs, Location, Retry-After, Attribution, OGC-NumberMatched, Content-Range, Accept-Ranges,"
        " Content-Bbox, Content-Disposition, RateLimit, RateLimit-Policy, idg-tile, idg-datetime",
    ),
)


class _Encoder(Protocol):
    def feed(self, piece: bytes) -> bytes:
        """Some more bytes in, what is ready out."""

    def end(self) -> bytes:
        """The last bytes."""


async def send_answer(
    response: Response, method: str, headers: Mapping[str, str], send: Send, whole: Whole | None = None
) -> None:
    """Send one answer; a HEAD sends headers only, and a validator that matches sends 304.

    What is not a stream leaves in one write when the server offers it (`app.whole`).
    """
    out = response.headers
    if response.status not in (204, 304):
        out.setdefault("content-type", response.media_type)
    if response.media_type.startswith("text/html"):
        for name, value in PAGE_SAYS.items():
            out.setdefault(name, value)
    elif response.media_type.startswith("text/javascript"):
        # The map's worker is a script of ours, and lives under the policy of its own answer.
        out.setdefault("content-security-policy", PAGE_POLICY)
    if response.etag is not None:
        out["etag"] = f'W/"{response.etag}"' if response.weak else f'"{response.etag}"'
        if (
            method in ("GET", "HEAD")
            and response.status == 200
            and _matches(headers.get("if-none-match"), response.etag)
        ):
            await _close(response)
            if f'W/"{response.etag}"' in headers["if-none-match"]:  # what it was when it was compressed
                out["etag"] = f'W/"{response.etag}"'
            out.pop("content-type", None)
            await _send_whole(304, out, b"", send, whole)
            return
    encoding = _encoding(response, headers, out)
    if encoding:
        out["content-encoding"] = encoding
        if response.etag is not None:
            out["etag"] = f'W/"{response.etag}"'
    if isinstance(response.body, bytes):
        body = await _packed(response.body, encoding, response.packed) if encoding else response.body
        if response.status != 204:
            out["content-length"] = str(len(body))
        await _send_whole(response.status, out, b"" if method == "HEAD" else body, send, whole)
        return
    if method == "HEAD":
        await _close(response)
        await _send_whole(response.status, out, b"", send, None)
        return
    await _start(send, response.status, out)
    await _send_stream(response.body, encoding, send)


async def _send_whole(status: int, out: Mapping[str, str], body: bytes, send: Send, whole: Whole | None) -> None:
    if whole is None or not whole(status, _lines(out), body):
        await _start(send, status, out)
        await send({"type": "http.response.body", "body": body})


async def _send_stream(body: AsyncIterator[bytes], encoding: str | None, send: Send) -> None:
    encoder = _ENCODERS[encoding]() if encoding else None
    try:
        async for piece in body:
            if encoder is not None:
                piece = encoder.feed(piece) if len(piece) < INLINE else await asyncio.to_thread(encoder.feed, piece)
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": encoder.end() if encoder else b""})
    finally:
        close = getattr(body, "aclose", None)
        if close is not None:
            await close()


async def _close(response: Response) -> None:
    close = getattr(response.body, "aclose", None)
    if close is not None:
        await close()


def _lines(headers: Mapping[str, str]) -> bytes:
    """The header lines of an answer. Raises ValueError when a value would end its own line."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") != len(headers) or lines.count("\r") != len(headers) or "\0" in lines:
        raise ValueError("a header with a line break")
    return lines.encode("latin-1", "replace") + _ALWAYS_LINES["vary" in headers, "content-security-policy" in headers]


def _unsaid(vary: bool, policy: bool) -> tuple[tuple[str, str], ...]:
    """What every answer says and this one does not yet."""
    return (*(() if vary else ALWAYS[:1]), *(() if policy else ALWAYS[1:2]), *ALWAYS[2:])


_ALWAYS_LINES = {
    (vary, policy): "".join(f"{name}: {value}\r\n" for name, value in _unsaid(vary, policy)).encode()
    for vary in (False, True)
    for policy in (False, True)
}


async def _start(send: Send, status: int, headers: Mapping[str, str]) -> None:
    told = (*headers.items(), *_unsaid("vary" in headers, "content-security-policy" in headers))
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in told]
    await send({"type": "http.response.start", "status": status, "headers": raw})


def _matches(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    return any(
        candidate.strip().removeprefix("W/").strip('"') == etag or candidate.strip() == "*"
        for candidate in header.split(",")
    )


def _encoding(response: Response, headers: Mapping[str, str], out: Mapping[str, str]) -> str | None:
    accepted = headers.get("accept-encoding")
    if not accepted or "content-encoding" in out or "content-range" in out or response.status in (204, 206, 304):
        return None
    if isinstance(response.body, bytes) and len(response.body) < SMALLEST:
        return None
    if not any(kind in response.media_type for kind in COMPRESSIBLE):
        return None
    offered = {}
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";")
        try:
            offered[name.strip().lower()] = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
    return next((name for name in ("zstd", "br", "gzip") if offered.get(name, 0) > 0), None)


async def _packed(body: bytes, encoding: str, kept: dict[str, bytes] | None) -> bytes:
    """The body in that encoding, off the event loop when it is long; kept beside a body that is kept."""
    if kept is not None and encoding in kept:
        return kept[encoding]
    packed = _compressed(body, encoding) if len(body) < INLINE else await asyncio.to_thread(_compressed, body, encoding)
    if kept is not None:
        # zstd's lies in room for the worst case: a copy takes what it needs.
        kept[encoding] = bytes(memoryview(packed))
    return packed


def _compressed(body: bytes, encoding: str) -> bytes:
    if encoding == "zstd":
        return bytes(zstandard.ZstdCompressor(level=3).compress(body))
    if encoding == "br":
        return bytes(brotli.compress(body, quality=4))
    return gzip.compress(body, compresslevel=5, mtime=0)


class _Gzip:
    def __init__(self) -> None:
        self._encoder = zlib.compressobj(5, zlib.DEFLATED, 31)

    def feed(self, piece: bytes) -> bytes:
        return self._encoder.compress(piece)

    def end(self) -> bytes:
        return self._encoder.flush()


class _Brotli:
    def __init__(self) -> None:
        self._encoder = brotli.Compressor(quality=4)

    def feed(self, piece: bytes) -> bytes:
        return bytes(self._encoder.process(piece))

    def end(self) -> bytes:
        return bytes(self._encoder.finish())


class _Zstd:
    def __init__(self) -> None:
        self._encoder = zstandard.ZstdCompressor(level=3).compressobj()

    def feed(self, piece: bytes) -> bytes:
        return self._encoder.compress(piece)

    def end(self) -> bytes:
        return self._encoder.flush()


_ENCODERS: dict[str | None, Callable[[], _Encoder]] = {"gzip": _Gzip, "br": _Brotli, "zstd": _Zstd}
