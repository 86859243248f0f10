"""What a handler gives back: status, headers, bytes or a stream of bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

Body = bytes | AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Deferred:
    """A part of what a page shows, made where the page is rendered: others do not wait for it."""

    make: Callable[[], Any]


@dataclass(slots=True)
class Response:
    """One HTTP answer before obligations, cache headers and compression, which the threshold adds.

    `headers` has lower-case names. `public` answers may be kept by shared caches; the threshold decides it from the
    grant, a handler may only narrow it. `etag` is the bare validator; the threshold compares, quotes and answers 304.
    `weak` says that the same question on the same data may have other bytes (the moment when it was answered).
    `packed` keeps the body compressed, by encoding, for answers to come: only where the body itself is kept.
    `page`, when set, is (name of a page, what it shows): the application renders it into the body, since pages stand
    above the trades.
    """

    status: int = 200
    body: Body = b""
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    weak: bool = False
    private: bool = False
    page: tuple[str, Mapping[str, Any]] | None = None
    packed: dict[str, bytes] | None = None


def json_answer(document: Any, *, status: int = 200, media_type: str = "application/json", **rest: Any) -> Response:
    """An answer that is one JSON document."""
    return Response(status=status, body=orjson.dumps(document), media_type=media_type, **rest)


def html_answer(page: str, **rest: Any) -> Response:
    """An answer that is one HTML page."""
    return Response(body=page.encode(), media_type="text/html; charset=utf-8", **rest)


def page_answer(name: str, context: Mapping[str, Any], **rest: Any) -> Response:
    """An answer that is the page of that name, rendered by the application from `context`."""
    return Response(media_type="text/html; charset=utf-8", page=(name, context), **rest)


def link(href: str, rel: str, media_type: str | None = None, title: str | None = None, **more: str) -> dict[str, str]:
    """One OGC link object; absent members are left out."""
    made = {"href": href, "rel": rel}
    if media_type:
        made["type"] = media_type
    if title:
        made["title"] = title
    return made | more


def link_header(links: list[Mapping[str, str]]) -> str:
    """The same links as one `Link` header (RFC 8288); titles are left out, being rarely ASCII."""
    parts = []
    for one in links:
        kind = f'; type="{one["type"]}"' if "type" in one else ""
        parts.append(f'<{one["href"]}>; rel="{one["rel"]}"{kind}')
    return ", ".join(parts)


async def primed(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same stream with its first piece already there: rights were checked before the status line leaves."""
    return _Primed(body, await anext(body, b""))


class _Primed:
    """A stream begun, that closes what it comes from even when nobody reads it: a HEAD holds no connection.

    A generator would not: closed before its first step, it runs none of its `finally`.
    """

    def __init__(self, body: AsyncIterator[bytes], first: bytes) -> None:
        self._body = body
        self._first: bytes | None = first

    def __aiter__(self) -> _Primed:
        return self

    async def __anext__(self) -> bytes:
        """The first piece, then the others."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return await anext(self._body)

    async def aclose(self) -> None:
        """Let go of the connection, whether anything was read or not."""
        close = getattr(self._body, "aclose", None)
        if close is not None:
            await close()
