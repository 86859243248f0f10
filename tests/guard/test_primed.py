"""A stream whose first piece was read before the status line, as every download is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from mig_idg.guard.response import primed


@pytest.mark.parametrize("read", [0, 1, 3])
def test_it_lets_go_of_its_lane_however_little_was_read(read: int) -> None:
    ended: list[str] = []

    async def rows() -> AsyncIterator[bytes]:
        try:
            for piece in (b"a", b"b", b"c"):
                yield piece
        finally:
            ended.append("lane")

    async def body() -> list[bytes]:
        stream = await primed(rows())
        told = [await anext(stream) for _ in range(read)]
        await stream.aclose()  # type: ignore[attr-defined]
        assert ended == ["lane"]
        return told

    assert asyncio.run(body()) == [b"a", b"b", b"c"][:read]
