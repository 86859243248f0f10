"""A head and the first bytes of its body leave together: one system call and one packet instead of two.

uvicorn writes them one after the other, and uvloop sends at once what it is given; of a small answer, the second call
is a sixth of the server's work.
"""

from __future__ import annotations

import asyncio
from typing import Any


class Together:
    """A transport that keeps the head of an answer until something follows it, or `flush` says that nothing will."""

    __slots__ = ("_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        """All the rest is the transport's."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, or keep the head of a final answer (an interim one, 1xx, is waited for)."""
        if self._head:
            head, self._head = self._head, b""
            # Never an empty piece: asyncio would try to send it for ever, and the connection could not close.
            self._transport.writelines((head, data) if data else (head,))
        elif data[:9] == b"HTTP/1.1 " and data[9:10] != b"1":
            self._head = data
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Nothing follows: a HEAD, for one."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """What was kept leaves before the end."""
        self.flush()
        self._transport.close()
