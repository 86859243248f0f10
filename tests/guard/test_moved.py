"""A statement that fails because a publication took its profile away starts over; one that is wrong is told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mig_idg.database.pipeline import ReadVersion, StatementFailed
from mig_idg.guard.request import Request, StaleEpoch
from mig_idg.guard.route import Router
from mig_idg.guard.threshold import Guard
from mig_idg.store.statement import Statement


class _Gone:
    """A pool where every statement fails as it does under a role that is no more; `epoch` is what the database tells."""

    sharing = True

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch

    @asynccontextmanager
    async def connection(self, caller: str = ""):  # type: ignore[no-untyped-def]
        async def run(*_: object, **__: object) -> None:
            raise StatementFailed("22023", 'role "idg_p_1" does not exist')

        async def stream(*_: object, **__: object):  # type: ignore[no-untyped-def]
            raise StatementFailed("22023", 'role "idg_p_1" does not exist')
            yield

        yield SimpleNamespace(run=run, stream=stream)

    async def ask(self, caller: str, context: object, sql: bytes, params: object) -> tuple[ReadVersion, list[Any]]:
        if sql == b"select 1":
            return ReadVersion(self._epoch, 0), []
        raise StatementFailed("22023", 'role "idg_p_1" does not exist')


def asked(epoch: int, ask: str, statement: Statement) -> None:
    pool = _Gone(epoch)
    guard = Guard(Router(()), cast("Any", None), cast("Any", {"items": pool, "admin": pool}), cast("Any", pool),
                  cast("Any", None), base_url="")  # fmt: skip
    request = cast(
        "Request",
        SimpleNamespace(
            pool="items", caller="", collection=None, grant=None, principal=SimpleNamespace(public=True),
            snapshot=SimpleNamespace(epoch=7), data_version=None,
        ),
    )  # fmt: skip

    async def body() -> None:
        if ask == "fetch":
            await guard.rows.fetch(request, statement)
        else:
            async for _ in guard.rows.chunks(request, statement):
                pass

    asyncio.run(body())


@pytest.mark.parametrize("ask", ["fetch", "chunks"])
@pytest.mark.parametrize("statement", [Statement("select 2", light=True), Statement("select 2")], ids=["light", "own"])
def test_a_profile_that_left_with_a_publication_is_no_mistake_of_the_client(ask: str, statement: Statement) -> None:
    with pytest.raises(StaleEpoch):
        asked(8, ask, statement)
    with pytest.raises(StatementFailed):
        asked(7, ask, statement)
