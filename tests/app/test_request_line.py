"""Addresses with raw UTF-8, and what cannot be read at all."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.app.wire import to_the_end, told

from mig_idg.app.request_line import encoded


async def path(scope: Any, receive: Any, send: Any) -> None:
    """Answers what it was asked: the raw path, the query, and the length of the body."""
    body = await receive()
    said = b"|".join((scope["raw_path"], scope["query_string"], str(len(body.get("body", b""))).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]})
    await send({"type": "http.response.body", "body": said})


def asked(*requests: bytes) -> bytes:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        heard = b""
        for request in requests:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            heard += await reader.readexactly(int(length.split(b":")[1])) + b"\n"
        return heard

    return told(path, talk)


def test_a_raw_utf_8_address_is_read_as_its_encoded_one() -> None:
    raw = "GET /collections/Île/items?nom=Église HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    assert asked(raw, raw) == 2 * b"/collections/%C3%8Ele/items|nom=%C3%89glise|0\n"


def test_a_body_keeps_its_bytes() -> None:
    """Encoded, it would be longer than what its head says, and its end be read as another request."""
    body = "GET /é HTTP/1.1\r\n".encode()
    head = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(head)
        await writer.drain()
        await asyncio.sleep(0)
        writer.write(body)
        return await reader.readuntil(b"|%d" % len(body))

    assert b"/a||18" in told(path, talk)


@pytest.mark.parametrize("line", [b"GET /\xe9 HTTP/1.1", b"GET /a b HTTP/1.1", b"\x16\x03\x01\xff"])
def test_what_is_not_http_is_told_as_a_problem(line: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(line + b"\r\nHost: x\r\n\r\n")
        return await to_the_end(reader)

    head, _, body = told(path, talk).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["status"] == 400


def test_only_the_first_line_is_encoded() -> None:
    assert encoded("GET /é HTTP/1.1\r\nX: é\r\n".encode()) == b"GET /%C3%A9 HTTP/1.1\r\nX: \xc3\xa9\r\n"
