"""The head of a request: how large it may be, and how long it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from mig_idg.app import protocol
from mig_idg.app.protocol import HEAD_BYTES, BoundedProtocol

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def told(talk: Talk) -> bytes:
    """What a client that talks so gets, on a real connection."""

    async def body() -> bytes:
        config = uvicorn.Config(echo, http=BoundedProtocol, lifespan="off", log_level="critical")
        config.load()
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: BoundedProtocol(config, ServerState(), {}), "127.0.0.1", 0)  # type: ignore[arg-type]
        port = listening.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await asyncio.wait_for(talk(reader, writer), 10)
        finally:
            writer.close()
            listening.close()

    return asyncio.run(body())


async def to_the_end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def test_requests_follow_each_other_on_one_connection() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        heard = b""
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            heard += await reader.readuntil(b"ok")
        return heard

    assert told(talk).count(b"200 OK") == 3


def test_a_body_is_not_counted_in_the_head() -> None:
    size = 4 * HEAD_BYTES

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
        return await reader.readuntil(b"ok")

    assert b"200 OK" in told(talk)


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

    assert told(talk) == b""
    assert sent < 64 * 1024 * 1024


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(said)
        return await to_the_end(reader)

    assert told(talk) == b""
