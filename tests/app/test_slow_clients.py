"""A client that does not take what it asked for: its answer ends, and so does its hold on the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from types import SimpleNamespace
from typing import Any

import pytest

from mig_idg.app import asgi
from mig_idg.app.asgi import Application
from mig_idg.app.operations import Operations
from mig_idg.guard.answer import Answer
from mig_idg.guard.visit import Visit


class Streaming:
    """A threshold whose only answer is endless, and that knows whether its stream was closed."""

    def __init__(self, lanes: str) -> None:
        self.closed = False
        self._visit: Any = SimpleNamespace(lanes=lanes, door=SimpleNamespace(pattern="/"))

    async def receive(self, *_: object) -> tuple[Answer, Visit | None]:
        return Answer(body=self._pieces()), self._visit

    async def _pieces(self) -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
        finally:
            self.closed = True


@pytest.mark.parametrize(("lanes", "patience"), [("items", "PAGE_TAKEN_SECONDS"), ("exports", "FILE_TAKEN_SECONDS")])
def test_a_stream_that_nobody_takes_is_ended(monkeypatch: pytest.MonkeyPatch, lanes: str, patience: str) -> None:
    monkeypatch.setattr(asgi, patience, 0.01)
    threshold, taken = Streaming(lanes), 0

    async def nothing() -> None:
        return None

    async def receive() -> MutableMapping[str, Any]:
        return await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal taken
        taken += len(message.get("body", b""))
        if taken > 200_000:
            await asyncio.Event().wait()

    async def body() -> None:
        application = Application(
            threshold,  # type: ignore[arg-type]
            render=lambda *_: "",
            operations=Operations.__new__(Operations),
            start=nothing,
            stop=nothing,
        )
        scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": []}
        await asyncio.wait_for(application(scope, receive, send), 5)

    asyncio.run(body())
    assert taken > 200_000
    assert threshold.closed
