"""A real connection to an ASGI application, behind our protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from mig_idg.app.protocol import BoundedProtocol

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


def told(application: Any, talk: Talk) -> bytes:
    """What a client that talks so gets."""

    async def body() -> bytes:
        config = uvicorn.Config(application, http=BoundedProtocol, lifespan="off", log_level="critical")
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
    """All that comes until the server closes, or throws us out."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""
