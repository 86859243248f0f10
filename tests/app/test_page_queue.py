"""Pages are rendered one at a time, callers in turn, and a crowd is told to come back."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mig_idg.app import page_queue
from mig_idg.app.page_queue import PageQueue
from mig_idg.errors import Unavailable


def test_callers_have_their_turn_and_never_two_at_once() -> None:
    done: list[str] = []
    inside = threading.Lock()
    may = threading.Event()

    def page(caller: str) -> str:
        may.wait(10)
        assert inside.acquire(blocking=False)
        done.append(caller)
        inside.release()
        return caller

    async def body() -> None:
        queue = PageQueue()
        asked = [
            asyncio.ensure_future(queue.run(who, lambda who=who: page(who))) for who in ("a",) * 5 + ("b", "c", "b")
        ]  # type: ignore[misc]
        await asyncio.sleep(0)
        may.set()
        assert [text for text, _ in await asyncio.gather(*asked)] == ["a", "a", "a", "a", "a", "b", "c", "b"]
        queue.close()

    asyncio.run(body())
    assert done == ["a", "a", "b", "c", "a", "b", "a", "a"]


def test_who_left_has_no_turn_and_a_page_that_fails_gives_its_own_away() -> None:
    def broken() -> str:
        raise KeyError

    async def body() -> list[object]:
        queue = PageQueue()
        held = threading.Event()
        asked = [
            asyncio.ensure_future(queue.run("a", call)) for call in (lambda: str(held.wait(10)), broken, lambda: "x")
        ]
        left = asyncio.ensure_future(queue.run("b", lambda: "never"))
        await asyncio.sleep(0)
        left.cancel()
        held.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        queue.close()
        return answers

    first, second, third = asyncio.run(body())
    assert first[0] == "True"  # type: ignore[index]
    assert isinstance(second, KeyError)
    assert third[0] == "x"  # type: ignore[index]


def test_a_crowd_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_queue, "MOST_OF_CALLER", 1)

    async def body() -> None:
        queue = PageQueue()
        held = threading.Event()
        asked = [asyncio.ensure_future(queue.run("a", lambda: str(held.wait(10)))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as crowded:
            await queue.run("a", str)
        assert crowded.value.headers["retry-after"] == "1"
        other = asyncio.ensure_future(queue.run("b", lambda: "b"))
        held.set()
        await asyncio.gather(*asked, other)
        queue.close()

    asyncio.run(body())
