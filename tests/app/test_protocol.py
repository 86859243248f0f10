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


async def deaf(scope: Any, receive: Any, send: Any) -> None:
    """Answers without looking at the body, what headers it was told."""
    said = b",".join(sorted(name for name, _ in scope["headers"]))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]})
    await send({"type": "http.response.body", "body": said})


async def patient(scope: Any, receive: Any, send: Any) -> None:
    """Reads all of the body, however long it takes, then answers what headers it was told."""
    while (await receive()).get("more_body"):
        pass
    await deaf(scope, receive, send)


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_trailer_is_no_header() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(CHUNKED + b"1\r\nx\r\n0\r\nAuthorization: Bearer x\r\nX-Other: y\r\n\r\n")
        return await reader.readuntil(b"transfer-encoding")

    response = told(patient, talk)
    assert b"200 OK" in response
    assert b"host,transfer-encoding" in response
    assert b"authorization" not in response


@pytest.mark.parametrize("app", [deaf, patient], ids=["answered", "read"])
@pytest.mark.parametrize(
    "piece",
    [b"X-More: " + b"a" * 8192 + b"\r\n", b"a" * 8192, b"X: y\r\n" * 1000],
    ids=["trailers", "one trailer", "many trailers"],
)
def test_trailers_without_end_are_cut_off(app: Any, piece: bytes) -> None:
    assert endless(app, CHUNKED + b"1\r\nx\r\n0\r\nX-First: ", piece) < 16 * 1024 * 1024


def test_extensions_of_chunks_without_end_are_cut_off() -> None:
    assert endless(patient, CHUNKED, b"1;" + b"e" * 4000 + b"\r\nx\r\n") < 16 * 1024 * 1024
    assert endless(patient, CHUNKED + b"1;", b"e" * 8192) < 16 * 1024 * 1024


@pytest.mark.parametrize("head", [CHUNKED, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n"])
def test_a_body_without_end_is_not_read_once_its_answer_was_given(head: bytes) -> None:
    assert endless(deaf, head, b"2000\r\n" + b"x" * 8192 + b"\r\n") < 16 * 1024 * 1024


def endless(app: Any, head: bytes, piece: bytes) -> int:
    """How many bytes a client that never ends could send."""
    sent = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        nonlocal sent
        writer.write(head)
        try:
            while sent < 64 * 1024 * 1024:
                writer.write(piece)
                sent += len(piece)
                await writer.drain()
        except ConnectionError:
            return b""
        return await to_the_end(reader)

    told(app, talk)
    return sent


def test_a_body_in_chunks_of_one_byte_is_read() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for _ in range(100):
            writer.write(b"1\r\nx\r\n" * 1000)
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        return await reader.readuntil(b"transfer-encoding")

    async def begun(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(CHUNKED)
        return await talk(reader, writer)

    assert b"200 OK" in told(patient, begun)


@pytest.mark.parametrize("app", [deaf, patient], ids=["answered", "read"])
@pytest.mark.parametrize("head", [CHUNKED, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"])
@pytest.mark.parametrize("drop", [b"", b"1\r\nx\r\n"])
def test_a_body_that_drips_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, app: Any, head: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.05)
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(head)
        heard = asyncio.ensure_future(to_the_end(reader))
        while not heard.done():
            writer.write(drop)
            await asyncio.wait([heard], timeout=0.01)
        return heard.result()

    response = told(app, talk)  # within the ten seconds of `told`
    assert app is deaf or b"200 OK" not in response


def test_blank_lines_do_not_keep_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"ok")
        heard = asyncio.ensure_future(to_the_end(reader))
        while not heard.done():
            writer.write(b"\r\n")
            await asyncio.wait([heard], timeout=0.01)
        return b"<" + heard.result() + b">"

    assert told(echo, talk) == b"<>"


def test_a_client_that_takes_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer, given whole, would stay in memory for as long as it likes."""
    monkeypatch.setattr(protocol, "WRITE_SECONDS", 0.05)
    size = 32 * 1024 * 1024
    gone, give_up = asyncio.Event(), protocol.BoundedProtocol._give_up

    def given_up(self: protocol.BoundedProtocol) -> None:
        give_up(self)
        gone.set()

    monkeypatch.setattr(protocol.BoundedProtocol, "_give_up", given_up)

    async def generous(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
        await send({"type": "http.response.body", "body": b"x" * size})

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await gone.wait()
        return await to_the_end(reader)

    assert len(told(generous, talk)) < size


def test_the_rest_of_a_body_may_come_after_its_answer_and_another_request_behind() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        heard = b""
        for _ in range(3):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n")
            heard += await reader.readuntil(b"content-length,host")
            writer.write(b"x" * 9000)
        return heard

    assert told(deaf, talk).count(b"200 OK") == 3
