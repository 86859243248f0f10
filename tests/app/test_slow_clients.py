"""A client that does not take what it asked for: its answer ends, and so does its hold on the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from types import SimpleNamespace
from typing import Any

import pytest

from mig_idg.app import asgi
from mig_idg.app.asgi import Application
from mig_idg.app.metrics import Exposition
from mig_idg.app.operations import Operations
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Router


class Streaming:
    """A threshold whose only answer is endless, and that knows whether its stream was closed."""

    routes = Router(())

    def __init__(self, pool: str) -> None:
        self.closed = False
        self._visit: Any = SimpleNamespace(pool=pool, route="/")

    async def receive(self, *_: object, **__: object) -> tuple[Response, Request | None]:
        return Response(body=self._pieces()), self._visit

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
        finally:
            self.closed = True


class Reading:
    """A threshold that reads the body before it answers."""

    routes = Router(())

    async def receive(self, http_request: object, read_body: Callable[[int], Awaitable[bytes]], **_: object) -> None:
        await read_body(1000)


def application(threshold: Any) -> Application:
    """The application behind that threshold, without a database."""

    async def nothing() -> None:
        return None

    operations = Operations.__new__(Operations)
    operations.exposition = Exposition(dict)
    return Application(threshold, render=lambda *_: "", operations=operations, start=nothing, stop=nothing)


def asked(method: str) -> dict[str, Any]:
    """An ASGI scope."""
    return {"type": "http", "method": method, "path": "/", "raw_path": b"/", "query_string": b"", "headers": []}


def test_a_client_that_leaves_while_it_sends_is_no_incident() -> None:
    told: list[object] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message)

    asyncio.run(application(Reading())(asked("POST"), receive, send))
    assert told == []


@pytest.mark.parametrize(("pool", "patience"), [("items", "PAGE_TAKEN_SECONDS"), ("exports", "FILE_TAKEN_SECONDS")])
def test_a_stream_that_nobody_takes_is_ended(monkeypatch: pytest.MonkeyPatch, pool: str, patience: str) -> None:
    monkeypatch.setattr(asgi, patience, 0.01)
    threshold, taken = Streaming(pool), 0

    async def receive() -> MutableMapping[str, Any]:
        return await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal taken
        taken += len(message.get("body", b""))
        if taken > 200_000:
            await asyncio.Event().wait()

    asyncio.run(asyncio.wait_for(application(threshold)(asked("GET"), receive, send), 5))
    assert taken > 200_000
    assert threshold.closed
