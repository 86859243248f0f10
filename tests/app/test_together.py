"""The head of an answer waits for its body, and for nothing else."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from mig_idg.app.together import Together

HEAD, INTERIM = b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"


class Wire:
    """What left, call by call."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write(self, data: bytes) -> None:
        """One call."""
        self.sent.append(data)

    def writelines(self, data: tuple[bytes, ...]) -> None:
        """One call for several pieces."""
        self.sent.append(b"".join(data))

    def close(self) -> None:
        """The end."""
        self.sent.append(b"<end>")

    def is_closing(self) -> bool:
        """Asked by uvicorn."""
        return False


@pytest.mark.parametrize(
    ("calls", "sent"),
    [
        ([HEAD, b"body"], [HEAD + b"body"]),
        ([HEAD, b""], [HEAD]),
        ([HEAD, b"a", b"b"], [HEAD + b"a", b"b"]),
        ([HEAD, "flush"], [HEAD]),
        ([HEAD, "close"], [HEAD, b"<end>"]),
        ([INTERIM, HEAD, b"body"], [INTERIM, HEAD + b"body"]),
        (["flush", "flush"], []),
        ([HEAD, b"1", HEAD, b"2"], [HEAD + b"1", HEAD + b"2"]),
    ],
)
def test_a_head_leaves_with_what_follows_it(calls: list[Any], sent: list[bytes]) -> None:
    wire = Wire()
    together = Together(wire)  # type: ignore[arg-type]
    for call in calls:
        together.write(call) if isinstance(call, bytes) else getattr(together, call)()
    assert wire.sent == sent
    assert together.is_closing() is False


def test_an_answer_without_a_body_leaves_nothing_behind_that_keeps_the_connection_open() -> None:
    class Ended(asyncio.Protocol):
        def __init__(self) -> None:
            self.gone = asyncio.get_running_loop().create_future()

        def connection_lost(self, exc: Exception | None) -> None:
            self.gone.set_result(exc)

    async def told() -> bytes:
        ours, theirs = socket.socketpair()
        with theirs:
            transport, protocol = await asyncio.get_running_loop().connect_accepted_socket(Ended, ours)
            together = Together(transport)
            together.write(HEAD)
            together.write(b"")
            together.close()
            assert await asyncio.wait_for(protocol.gone, 5) is None
            return theirs.recv(1000)

    assert asyncio.run(told()) == HEAD
