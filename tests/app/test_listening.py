"""Workers that share a socket leave connections to one another."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from mig_idg.app.accept_loop import BURST_SECONDS, FIRST, SharedListener, SharingLoop


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one


class Echo(asyncio.Protocol):
    """Says what it heard."""

    def connection_made(self, transport: Any) -> None:
        """A client."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Its words."""
        self.transport.write(data)


class Given:
    """A task that nobody waits for."""

    def add_done_callback(self, call: Any) -> None:
        """Never called."""


class Still:
    """A loop that runs nothing: it notes what it is asked."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.later: list[Any] = []

    def add_reader(self, one: Any, call: Any) -> None:
        """Noted."""
        self.noted.append("listen")

    def remove_reader(self, one: Any) -> None:
        """Noted."""
        self.noted.append("rest")

    def call_later(self, seconds: float, call: Any) -> None:
        """Kept for the test to call."""
        self.later.append(call)

    def create_task(self, work: Any) -> Any:
        """Noted, and given up."""
        work.cr_frame.f_locals["taken"].close()
        work.close()
        self.noted.append("open")
        return Given()


def test_every_connection_is_served_and_none_after_the_end(bound: socket.socket) -> None:
    async def body() -> None:
        server = await asyncio.get_running_loop().create_server(Echo, sock=bound, backlog=50)
        assert server.is_serving()
        where = server.sockets[0].getsockname()
        pairs = await asyncio.gather(*(asyncio.open_connection(*where) for _ in range(20)))
        for number, (reader, writer) in enumerate(pairs):
            writer.write(b"%d\n" % number)
            assert await reader.readline() == b"%d\n" % number
        server.close()
        await server.wait_closed()
        assert not server.is_serving()
        reader, writer = pairs[0]
        writer.write(b"still\n")
        assert await reader.readline() == b"still\n"
        bound.close()
        with pytest.raises(OSError):
            await asyncio.open_connection(*where)
        for _, one in pairs:
            one.close()

    with asyncio.Runner(loop_factory=SharingLoop) as runner:
        runner.run(body())


def test_one_connection_is_taken_at_a_time_and_the_next_left_to_others_first(
    bound: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("mig_idg.app.accept_loop.time.monotonic", lambda: now[0])
    loop = Still()
    listening = SharedListener(loop, Echo, bound, 50)  # type: ignore[arg-type]
    clients = [socket.create_connection(bound.getsockname()) for _ in range(12)]
    listening._accept()
    assert loop.noted == ["listen", "open"]
    listening._accept()
    assert loop.noted == ["listen", "open", "rest"]
    loop.later.pop()()
    listening._accept()
    assert loop.noted == ["listen", "open", "rest", "listen", "open"]
    now[0] += BURST_SECONDS + 0.001  # that burst is over
    for number in range(3, 3 + FIRST):
        listening._accept()
        if loop.later:
            loop.later.pop()()
            listening._accept()
        assert loop.noted.count("open") == number
    rests = loop.noted.count("rest")
    listening._accept()  # a flood: there is enough for all
    listening._accept()
    assert loop.noted.count("rest") == rests
    assert loop.noted.count("open") == 12
    listening._accept()  # another worker was quicker
    assert loop.noted.count("open") == 12
    for client in clients:
        client.close()


def test_without_a_descriptor_left_it_waits_for_one(bound: socket.socket) -> None:
    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(bound, name)

        def accept(self) -> Any:
            raise OSError(errno.EMFILE, "too many")

    loop = Still()
    listening = SharedListener(loop, Echo, Full(), 50)  # type: ignore[arg-type]
    listening._accept()
    assert loop.noted == ["listen", "rest"]
    loop.later[0]()
    assert loop.noted[-1] == "listen"
    listening.close()
    listening._go_on()
    assert loop.noted[-1] == "rest"


def test_a_server_of_its_own_is_uvloops() -> None:
    async def body() -> None:
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
        assert not isinstance(server, SharedListener)
        server.close()

    with asyncio.Runner(loop_factory=SharingLoop) as runner:
        runner.run(body())
