"""MapServer behind HTTP: two `mapserv` kept alive by FastCGI, and the little ASGI front that speaks to them.

`IDG_BENCH_MAPSERV` is the program. Each process answers one request at a time, on a socket of its own.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any

PROCESSES = 2
BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6

_idle: asyncio.Queue[str] = asyncio.Queue()
_running: list[asyncio.subprocess.Process] = []


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One request: to the first process that is free, and back."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    place = await _idle.get()
    try:
        status, media_type, body = await ask(place, scope["path"], scope["query_string"].decode())
    finally:
        _idle.put_nowait(place)
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def ask(place: str, path: str, query: str) -> tuple[int, bytes, bytes]:
    """A GET by FastCGI: status, media type, body."""
    reader, writer = await asyncio.open_unix_connection(place)
    names = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "/mapserv", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "GATEWAY_INTERFACE": "CGI/1.1",
    }  # fmt: skip
    params = b"".join(_pair(name.encode(), value.encode()) for name, value in names.items())
    writer.write(_record(BEGIN, struct.pack(">HB5x", 1, 0)))
    writer.write(_record(PARAMS, params) + _record(PARAMS, b"") + _record(STDIN, b""))
    pieces = []
    try:
        while True:
            _, kind, _, size, padding, _ = struct.unpack(">BBHHBB", await reader.readexactly(8))
            content = await reader.readexactly(size + padding)
            if kind == STDOUT:
                pieces.append(content[:size])
            elif kind == END:
                break
    except asyncio.IncompleteReadError:
        pass
    writer.close()
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    fields = {
        name.strip().lower(): value.strip() for name, _, value in (f.partition(b":") for f in head.split(b"\r\n"))
    }
    return int(fields.get(b"status", b"200").split()[0]), fields.get(b"content-type", b"text/plain"), body


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def _pair(name: bytes, value: bytes) -> bytes:
    return _length(len(name)) + _length(len(value)) + name + value


def _length(size: int) -> bytes:
    return bytes([size]) if size < 128 else struct.pack(">I", size | 0x80000000)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            for _ in range(PROCESSES):
                await _start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            for process in _running:
                process.kill()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _start() -> None:
    """A process that finds its listening socket where FastCGI says: on its standard input."""
    place = str(Path(tempfile.mkdtemp(prefix="idg-fcgi-")) / "socket")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen(64)
        program = os.environ["IDG_BENCH_MAPSERV"]
        process = await asyncio.create_subprocess_exec(program, stdin=listening, stdout=asyncio.subprocess.DEVNULL)
    _running.append(process)
    _idle.put_nowait(place)
