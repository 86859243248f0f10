"""The floor for small answers: ASGI that replies with as many bytes as its path says, and does nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=64)
def _body(size: int) -> bytes:
    return b"x" * size


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/SIZE`."""
    if scope["type"] != "http":
        return
    body = _body(min(int(scope["path"].strip("/") or 0), 10_000_000))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
