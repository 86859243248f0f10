"""An answer in one write is, byte for byte, what uvicorn would have written in two."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.app.wire import Talk, to_the_end, told

from mig_idg.app.send import send_answer
from mig_idg.app.single_write import EXTENSION
from mig_idg.guard.response import Response

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
HEADERS = {"link": "<http://x/>", "attribution": "Propriétaire : Département"}


def sent(response: Response, requests: bytes, *, whole: bool) -> bytes:
    """All the bytes that come back, to the end of the connection."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        given = Response(response.status, response.body, response.media_type, dict(response.headers), response.etag)
        offered = scope["extensions"][EXTENSION] if whole else None
        await send_answer(given, scope["method"], headers, send, offered)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(requests)
        return await to_the_end(reader)

    return told(application, talk)


@pytest.mark.parametrize(
    "response",
    [
        Response(body=b'{"a":1}', headers=HEADERS),
        Response(body=b'{"a":1}', headers={**HEADERS, "vary": "Accept"}, etag="e"),
        Response(body=b""),
        Response(status=204),
        Response(status=404, body=b"{}", media_type="application/problem+json"),
        Response(body=b"x" * 300_000, media_type="image/png"),
        Response(body=b"x" * 3_000, media_type="text/plain", etag="e"),
    ],
    ids=["small", "vary", "empty", "nothing", "problem", "large", "compressed"],
)
@pytest.mark.parametrize(
    "requests",
    [
        LAST,
        GET * 2 + LAST,
        LAST.replace(b"GET", b"HEAD"),
        b"GET / HTTP/1.0\r\n\r\n",
        GET.replace(b"\r\n\r\n", b"\r\nIf-None-Match: e\r\n\r\n") + LAST,
        LAST.replace(b"Host", b"Accept-Encoding: gzip\r\nHost"),
    ],
    ids=["last", "pipelined", "head", "http-1.0", "known", "gzip"],
)
def test_the_bytes_are_those_of_two_writes(response: Response, requests: bytes) -> None:
    found = sent(response, requests, whole=True)
    assert found.startswith(b"HTTP/1.1 ")
    assert found == sent(response, requests, whole=False)


@pytest.mark.parametrize("value", ["a\r\nset-cookie: b", "a\nb", "a\rb", "a\0b"])
def test_a_value_cannot_end_its_line(value: str) -> None:
    found = sent(Response(body=b"{}", headers={"link": value}), LAST, whole=True)
    assert found.startswith(b"HTTP/1.1 500 ")
    assert b"set-cookie" not in found


def test_a_client_that_takes_nothing_is_waited_for_and_gets_everything() -> None:
    large, many = b"x" * 200_000, 40

    async def application(scope: Any, receive: Any, send: Any) -> None:
        response = Response(body=large, media_type="image/png")
        await send_answer(response, scope["method"], {}, send, scope["extensions"][EXTENSION])

    async def reads_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(GET * (many - 1) + LAST)
        await writer.drain()
        return await to_the_end(reader)

    talk: Talk = reads_late
    assert told(application, talk).count(b"x") >= many * len(large)
