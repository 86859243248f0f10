"""The pipelined connection on a real PostgreSQL: one round trip, one transaction, one grant."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from mig_idg.database.connect import as_application, connect
from mig_idg.database.pipeline import (
    ConnectionLost,
    PipelinedConnection,
    ReadVersion,
    StatementFailed,
    TransactionContext,
)
from mig_idg.database.pool import Pool, PoolLimits, Watch, open_lane
from mig_idg.errors import Unavailable


@pytest.fixture(scope="module", autouse=True)
def layer(database_url: str) -> None:
    with connect(database_url) as opened:
        opened.execute("create table data.lampes (id text primary key, commune text, note text)")
        opened.execute(
            "insert into data.lampes select i::text, '9205' || i % 2, 'n' || i from generate_series(1, 2000) i"
        )
        opened.execute("select served.publish('lampes', 'data.lampes', '{id,commune,note}', 'id', 'commune')")


@pytest.fixture(scope="module")
def profile(database_url: str) -> bytes:
    with connect(database_url) as opened:
        row = opened.execute("select served.ensure_profile('lampes', '{id,commune}')").fetchone()
    assert row is not None
    return str(row[0]).encode()


def lane_test(check):  # type: ignore[no-untyped-def]
    """Run an async check on a connection of its own."""

    def run(app_url: str, profile: bytes) -> None:
        async def body() -> None:
            connection = await open_lane(app_url)
            try:
                await check(connection, profile)
            finally:
                connection.close()

        asyncio.run(body())

    run.__name__ = check.__name__
    return run


@lane_test
async def test_a_grant_gives_its_rows_and_the_stamp_in_one_go(connection: PipelinedConnection, profile: bytes) -> None:
    read_version, rows = await connection.run(
        TransactionContext(profile, b"*"), b"select count(*) from served." + profile, ()
    )
    assert read_version.epoch >= 1
    assert read_version.data == 0
    assert rows == [(b"2000",)]


@lane_test
async def test_a_territory_grant_shows_only_its_rows(connection: PipelinedConnection, profile: bytes) -> None:
    _, rows = await connection.run(
        TransactionContext(profile, b"92050"), b"select distinct commune from served." + profile, ()
    )
    assert rows == [(b"92050",)]


@lane_test
async def test_an_empty_grant_shows_no_row(connection: PipelinedConnection, profile: bytes) -> None:
    _, rows = await connection.run(TransactionContext(profile, b""), b"select count(*) from served." + profile, ())
    assert rows == [(b"0",)]


@lane_test
async def test_a_column_outside_the_profile_does_not_exist(connection: PipelinedConnection, profile: bytes) -> None:
    with pytest.raises(StatementFailed) as hidden:
        await connection.run(TransactionContext(profile, b"*"), b"select note from served." + profile, ())
    assert hidden.value.sqlstate == "42703"
    with pytest.raises(StatementFailed) as table:
        await connection.run(TransactionContext(profile, b"*"), b"select note from data.lampes", ())
    assert table.value.sqlstate == "42501"


@lane_test
async def test_the_login_role_alone_reads_nothing(connection: PipelinedConnection, profile: bytes) -> None:
    for sql in (b"select 1 from data.lampes", b"select 1 from served." + profile, b"select 1 from served.published"):
        with pytest.raises(StatementFailed) as refused:
            await connection.run(TransactionContext(b"idg_app", b"*"), sql, ())
        assert refused.value.sqlstate == "42501"


@lane_test
async def test_a_profile_cannot_become_someone_else_nor_wait(connection: PipelinedConnection, profile: bytes) -> None:
    for sql in (
        b"select set_config('idg.rows', '*', true)",
        b"select pg_sleep(0)",
        b"select served.ensure_profile('lampes', '{id,note}')",
        b"select query_to_xml('select 1', true, true, '')",
    ):
        with pytest.raises(StatementFailed) as refused:
            await connection.run(TransactionContext(profile, b"92050"), sql, ())
        assert refused.value.sqlstate == "42501", sql


@lane_test
async def test_the_grant_ends_with_its_transaction(connection: PipelinedConnection, profile: bytes) -> None:
    await connection.run(TransactionContext(profile, b"*"), b"select 1", ())
    _, rows = await connection.run(
        TransactionContext(b"idg_app", b""), b"select current_user::text, current_setting('idg.rows', true)", ()
    )
    assert rows == [(b"idg_app", b"")]


@lane_test
async def test_a_lane_serves_again_after_an_error(connection: PipelinedConnection, profile: bytes) -> None:
    with pytest.raises(StatementFailed):
        await connection.run(TransactionContext(profile, b"*"), b"select 1/0", ())
    _, rows = await connection.run(TransactionContext(profile, b"*"), b"select 2", ())
    assert rows == [(b"2",)]


@lane_test
async def test_a_lane_reads_only(connection: PipelinedConnection, profile: bytes) -> None:
    with pytest.raises(StatementFailed) as refused:
        await connection.run(TransactionContext(b"idg_app", b""), b"create temporary table t ()", ())
    assert refused.value.sqlstate in ("25006", "42501")


async def _first(rows: AsyncIterator[object], count: int) -> list[object]:
    taken = []
    async for row in rows:
        taken.append(row)
        if len(taken) == count:
            break
    return taken


@lane_test
async def test_a_stream_gives_the_stamp_then_every_row_some_at_a_time(
    connection: PipelinedConnection, profile: bytes
) -> None:
    sql = b"select id, commune from served." + profile
    read_version, *chunks = [
        one async for one in connection.stream(TransactionContext(profile, b"*"), sql, (), many=300)
    ]
    assert isinstance(read_version, ReadVersion)
    assert [len(ids) for ids, _ in chunks] == [300] * 6 + [200]  # type: ignore[misc]
    assert len({id for ids, _ in chunks for id in ids}) == 2000  # type: ignore[misc]


@lane_test
async def test_leaving_a_stream_cancels_its_query_and_keeps_the_lane(
    connection: PipelinedConnection, profile: bytes
) -> None:
    sql = b"select a.id from served." + profile + b" a, served." + profile + b" b, served." + profile + b" c"
    stream = connection.stream(TransactionContext(profile, b"*", b"60000"), sql, ())
    assert len(await _first(stream, 3)) == 3
    await stream.aclose()
    assert not connection.lost
    _, rows = await connection.run(TransactionContext(profile, b"*"), b"select 3", ())
    assert rows == [(b"3",)]


@lane_test
async def test_many_different_statements_do_not_pile_up(connection: PipelinedConnection, profile: bytes) -> None:
    for n in range(450):
        _, rows = await connection.run(TransactionContext(profile, b"*"), b"select %d" % n, ())
        assert rows == [(b"%d" % n,)]
    _, rows = await connection.run(
        TransactionContext(b"idg_app", b""), b"select count(*) from pg_prepared_statements", ()
    )
    assert int(rows[0][0] or 0) <= 401


def test_a_server_that_restarts_loses_its_lanes_and_nothing_else(
    database_url: str, app_url: str, profile: bytes
) -> None:
    heard: list[object] = []

    async def body() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
        working, idle = await open_lane(app_url), await open_lane(app_url)
        context = TransactionContext(profile, b"*")
        work = asyncio.ensure_future(working.run(context, b"select count(*) from generate_series(1, 1000000000)", ()))
        with connect(database_url) as owner:
            while owner.execute("select 1 from pg_stat_activity where query like '%1000000000%' and state = 'active'"
                                " and pid <> pg_backend_pid()").fetchone() is None:  # fmt: skip
                owner.commit()  # or the next look would see what this one saw
                await asyncio.sleep(0)
            owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                          " and application_name = 'mig-idg serve'")  # fmt: skip
        for asked in (work, idle.run(context, b"select 1", ())):
            with pytest.raises(ConnectionLost):
                await asked
        assert working.lost
        assert idle.lost
        again = await open_lane(app_url)
        for _ in range(100):
            assert (await again.run(context, b"select 1", ()))[1] == [(b"1",)]
        again.close()

    asyncio.run(body())
    assert heard == []


def test_a_publication_cannot_be_granted_beyond_its_columns(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    for wanted in ("{id,secret}", "{commune}", "{}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("select served.ensure_profile('lampes', %s)", (wanted,))
    with pytest.raises(psycopg.errors.NoDataFound), connection.transaction():
        connection.execute("select served.ensure_profile('ailleurs', '{id}')")


def test_a_full_pool_says_when_to_come_back(app_url: str) -> None:
    async def body() -> None:
        pool = Pool(app_url, PoolLimits(size=1, waiting=0))
        async with pool.connection():
            with pytest.raises(Unavailable) as full:
                async with pool.connection():
                    pass
        assert full.value.headers["retry-after"] == "1"
        async with pool.connection() as connection:
            assert (await connection.run(TransactionContext(b"idg_app", b""), b"select 1", ()))[1] == [(b"1",)]
        pool.close()

    asyncio.run(body())


def test_a_database_that_is_away_is_503_at_once() -> None:
    async def body() -> None:
        pool = Pool("host=/nonexistent dbname=x", PoolLimits(size=1, waiting=1))
        with pytest.raises(Unavailable):
            async with pool.connection():
                pass

    asyncio.run(body())


def test_writing_rows_moves_the_data_version_and_not_the_epoch(database_url: str, app_url: str, profile: bytes) -> None:
    async def read_version() -> ReadVersion:
        connection = await open_lane(app_url)
        try:
            return (await connection.run(TransactionContext(profile, b"*", b"5000", b"lampes"), b"select 1", ()))[0]
        finally:
            connection.close()

    before = asyncio.run(read_version())
    with connect(database_url) as owner:
        owner.execute("update data.lampes set note = 'vu' where id = '1'")
    after = asyncio.run(read_version())
    assert after.data > before.data
    assert after.epoch == before.epoch


def test_one_caller_never_takes_the_whole_pool(app_url: str) -> None:
    async def body() -> None:
        pool = Pool(app_url, PoolLimits(size=2, waiting=4, caller=1))
        async with pool.connection("greedy"):
            with pytest.raises(Unavailable):
                async with pool.connection("greedy"):
                    pass
            async with pool.connection("modest") as connection:
                assert (await connection.run(TransactionContext(b"idg_app", b""), b"select 1", ()))[1] == [(b"1",)]
        async with pool.connection("greedy"):
            pass
        pool.close()

    asyncio.run(body())


def test_a_caller_who_keeps_its_lanes_leaves_the_others_to_the_others(app_url: str) -> None:
    async def body() -> None:
        pool = Pool(app_url, PoolLimits(size=2, waiting=4, at_once=1))
        async with pool.connection("slow"):
            second = asyncio.ensure_future(pool.connection("slow").__aenter__())
            await asyncio.sleep(0)
            async with pool.connection("other") as connection:
                assert (await connection.run(TransactionContext(b"idg_app", b""), b"select 1", ()))[1] == [(b"1",)]
            assert not second.done()
        assert (await (await second).run(TransactionContext(b"idg_app", b""), b"select 1", ()))[1] == [(b"1",)]
        pool.close()

    asyncio.run(body())


def test_the_server_refuses_to_run_with_the_owners_rights(database_url: str) -> None:
    async def body() -> None:
        with pytest.raises(Unavailable, match="trop de droits"):
            await open_lane(database_url)

    asyncio.run(body())


def test_an_owners_url_is_entered_as_the_application(database_url: str) -> None:
    async def body() -> None:
        connection = await open_lane(as_application(database_url))
        try:
            _, rows = await connection.run(
                TransactionContext(b"idg_app", b""),
                b"select current_user::text, current_setting('transaction_read_only')",
                (),
            )
            assert rows == [(b"idg_app", b"on")]
        finally:
            connection.close()

    asyncio.run(body())


def test_a_connection_that_nobody_waits_for_any_more_is_closed(app_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that is cancelled, or a server that ends, while a connection opens in its thread."""
    made: list[Any] = []
    asked, go = threading.Event(), threading.Event()
    connect = psycopg.connect

    def slowly(*args: Any, **options: Any) -> Any:
        asked.set()
        go.wait(10)
        made.append(connect(*args, **options))
        return made[-1]

    monkeypatch.setattr("mig_idg.database.pool.psycopg.connect", slowly)

    async def cancelled() -> None:
        opening = asyncio.create_task(open_lane(app_url))
        await asyncio.to_thread(asked.wait, 10)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        go.set()
        await asyncio.get_running_loop().shutdown_default_executor()

    asyncio.run(cancelled())
    assert [one.closed for one in made] == [True]


def test_a_watch_that_is_stopped_while_it_asks_leaves_nothing_behind(app_url: str, database_url: str) -> None:
    """Its connection is closed, and the statement that nobody waits for any more is not an error of the loop."""
    heard: list[object] = []

    async def body() -> bool:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
        connection = await open_lane(app_url, kind=PipelinedConnection)
        watch = Watch(app_url, on_epoch=lambda _: None, on_down=lambda: None, on_up=lambda: None)
        asking = asyncio.ensure_future(watch._ask(connection, b"select count(*) from generate_series(1, 2000000000)"))
        with connect(database_url) as owner:
            seen = "select from pg_stat_activity where query like '%2000000000%' and state = 'active' and pid <> pg_backend_pid()"
            while not asking.done() and owner.execute(seen).fetchone() is None:
                owner.commit()
                await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        del asking
        gc.collect()
        await asyncio.sleep(0)
        return connection.lost

    assert asyncio.run(body())
    assert not heard
