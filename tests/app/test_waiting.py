"""A worker that starts before its database is whole (a restore under way) waits, and serves once it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from mig_idg.app.create import create_app
from mig_idg.database import connect
from mig_idg.database.cluster import PrivateCluster
from mig_idg.database.migrate import migrate
from mig_idg.settings import Settings


@pytest.fixture
def half_restored(cluster: PrivateCluster) -> Iterator[str]:
    """The name of a database that has nothing yet."""
    with connect(cluster.url(database="postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists idg_half_restored")
        admin.execute("create database idg_half_restored template template0")
    yield "idg_half_restored"
    with connect(cluster.url(database="postgres"), autocommit=True) as admin:
        admin.execute("drop database idg_half_restored with (force)")


def test_a_worker_waits_for_a_half_restored_base_and_then_is_ready(
    cluster: PrivateCluster, half_restored: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mig_idg.database.pool.FIRST_SECONDS", 0.1)

    async def story() -> tuple[list[str], int, int]:
        app = create_app(Settings(home=tmp_path), cluster.url(role="idg_app", database=half_restored), routes=())
        said: list[str] = []
        inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()

        async def send(message: dict[str, str]) -> None:
            said.append(message["type"])

        async def readiness() -> int:
            answers: list[int] = []

            async def take(message: dict[str, object]) -> None:
                if message["type"] == "http.response.start":
                    answers.append(int(str(message["status"])))

            scope = {"type": "http", "method": "GET", "raw_path": b"/readyz", "headers": []}
            await app(scope, inbox.get, take)
            return answers[0]

        living = asyncio.create_task(app({"type": "lifespan"}, inbox.get, send))
        await inbox.put({"type": "lifespan.startup"})
        while not said:
            await asyncio.sleep(0)
        before = await readiness()
        await asyncio.to_thread(_migrate, cluster.url(database=half_restored))
        await app.guard.current.refresh()
        async with asyncio.timeout(30):
            while await readiness() != 200:
                await asyncio.sleep(0)
        await inbox.put({"type": "lifespan.shutdown"})
        await living
        return said, before, 200

    said, before, after = asyncio.run(story())
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert (before, after) == (503, 200)


def _migrate(url: str) -> None:
    with connect(url) as connection:
        migrate(connection)
