"""The head of a request: how large it may be, and how long it may take."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.app.wire import to_the_end, told

from mig_idg.app import protocol
from mig_idg.app.protocol import HEAD_BYTES


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def test_requests_follow_each_other_on_one_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        heard = b""
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            heard += await reader.readuntil(b"ok")
        return heard

    assert told(echo, talk).count(b"200 OK") == 3


def test_a_body_is_not_counted_in_the_head() -> None:
    size = 4 * HEAD_BYTES

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
        return await reader.readuntil(b"ok")

    assert b"200 OK" in told(echo, talk)


def test_headers_without_end_are_cut_off() -> None:
    sent = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        nonlocal sent
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        try:
            while sent < 64 * 1024 * 1024:
                writer.write(b"X-More: " + b"a" * 8192 + b"\r\n")
                sent += 8192
                await writer.drain()
        except ConnectionError:
            return b""
        return await to_the_end(reader)

    assert told(echo, talk) == b""
    assert sent < 64 * 1024 * 1024


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(said)
        return await to_the_end(reader)

    assert told(echo, talk) == b""


def test_the_head_of_a_second_request_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"ok")
        writer.write(b"GET / HT")
        return b"<" + await to_the_end(reader) + b">"

    assert told(echo, talk) == b"<>"
