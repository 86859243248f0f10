"""Several light questions on one connection: each keeps its grant, its failure and its place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mig_idg.database.connect import connect
from mig_idg.database.pipeline import ConnectionLost, StatementFailed, TransactionContext
from mig_idg.database.pool import Pool, PoolLimits, open_lane
from mig_idg.database.shared_pipeline import MOST_ON_THE_WAY, SharedPipelinedConnection
from mig_idg.errors import Unavailable

PLAIN = TransactionContext(b"idg_app", b"")


@pytest.fixture(scope="module")
def profile(database_url: str) -> bytes:
    with connect(database_url) as opened:
        opened.execute("create table data.bancs (id text primary key, commune text)")
        opened.execute("insert into data.bancs select i::text, '9205' || i % 2 from generate_series(1, 20) i")
        opened.execute("select served.publish('bancs', 'data.bancs', '{id,commune}', 'id', 'commune')")
        row = opened.execute("select served.ensure_profile('bancs', '{id,commune}')").fetchone()
    assert row is not None
    return str(row[0]).encode()


def on_a_shared_lane(url: str, check: Callable[[SharedPipelinedConnection], Awaitable[None]]) -> None:
    async def body() -> None:
        connection = await open_lane(url, kind=SharedPipelinedConnection)
        try:
            await check(connection)
        finally:
            connection.close()

    asyncio.run(body())


def test_each_question_on_its_way_has_its_own_grant(app_url: str, profile: bytes) -> None:
    async def check(connection: SharedPipelinedConnection) -> None:
        sql = b"select count(*), min(commune) from served." + profile
        wanted = (b"*", b"92050", b"", b"92051")
        answers = await asyncio.gather(*(connection.ask(TransactionContext(profile, rows), sql, ()) for rows in wanted))
        assert [rows[0] for _, rows in answers] == [
            (b"20", b"92050"), (b"10", b"92050"), (b"0", None), (b"10", b"92051"),
        ]  # fmt: skip
        _, after = await connection.ask(PLAIN, b"select current_user::text, current_setting('idg.rows', true)", ())
        assert after == [(b"idg_app", b"")]

    on_a_shared_lane(app_url, check)


def test_questions_of_one_turn_under_one_grant_make_one_transaction(app_url: str, profile: bytes) -> None:
    async def check(connection: SharedPipelinedConnection) -> None:
        sql = b"select current_user::text, current_setting('idg.rows', true), now()::text from served." + profile
        asked = [TransactionContext(profile, rows) for rows in (b"*", b"92050", b"*", b"92050")]
        answers = [
            rows[0] for _, rows in await asyncio.gather(*(connection.ask(context, sql, ()) for context in asked))
        ]
        assert [(who, rows) for who, rows, _ in answers] == [(context.role, context.rows) for context in asked]
        moments = [when for _, _, when in answers]
        assert moments[0] == moments[2] != moments[1] == moments[3]

    on_a_shared_lane(app_url, check)


def test_a_question_that_fails_disturbs_none_of_those_around_it(app_url: str, profile: bytes) -> None:
    async def check(connection: SharedPipelinedConnection) -> None:
        asked = [
            connection.ask(PLAIN, b"select 10 / $1::int", (divisor,)) for divisor in (b"0", b"5", b"none", b"2")
        ]  # the first was to prepare what the others execute, and they left before its answer
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [one.sqlstate if isinstance(one, StatementFailed) else one[1][0] for one in told] == [  # type: ignore[index]
            "22012", (b"2",), "22P02", (b"5",),
        ]  # fmt: skip
        refused = TransactionContext(b"idg_owner", b"*")
        told = await asyncio.gather(
            connection.ask(refused, b"select 1", ()), connection.ask(refused, b"select 1", ()), connection.ask(PLAIN, b"select 3", ()),
            return_exceptions=True,
        )  # fmt: skip
        assert [one.sqlstate if isinstance(one, StatementFailed) else one[1][0] for one in told] == [  # type: ignore[index]
            "42501", "42501", (b"3",),
        ]  # fmt: skip

    on_a_shared_lane(app_url, check)


def test_who_leaves_before_the_answer_takes_nothing_from_the_others(app_url: str) -> None:
    async def check(connection: SharedPipelinedConnection) -> None:
        leaving = asyncio.ensure_future(connection.ask(PLAIN, b"select 1", ()))
        staying = asyncio.ensure_future(connection.ask(PLAIN, b"select 2", ()))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying)[1] == [(b"2",)]
        assert (await connection.ask(PLAIN, b"select 3", ()))[1] == [(b"3",)]
        assert connection.on_the_way == 0

    on_a_shared_lane(app_url, check)


def test_questions_larger_than_the_kernel_takes_at_once_all_arrive(app_url: str) -> None:
    async def check(connection: SharedPipelinedConnection) -> None:
        long = b"x" * 700_000
        told = await asyncio.gather(*(connection.ask(PLAIN, b"select length($1::text)", (long,)) for _ in range(6)))
        assert [rows for _, rows in told] == [[(b"700000",)]] * 6

    on_a_shared_lane(app_url, check)


def test_a_server_that_goes_away_is_told_to_all_who_wait(database_url: str, app_url: str) -> None:
    async def check(connection: SharedPipelinedConnection) -> None:
        asked = [
            asyncio.ensure_future(connection.ask(PLAIN, b"select count(*) from generate_series(1, 1000000000)", ()))
        ]
        asked.append(asyncio.ensure_future(connection.ask(PLAIN, b"select 1", ())))
        with connect(database_url, autocommit=True) as owner:
            found = None
            while found is None:
                await asyncio.sleep(0)
                found = owner.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where state = 'active'"
                    " and query like '%from generate_series(1, 1000000000)%' and pid <> pg_backend_pid()"
                ).fetchone()
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(told[1], ConnectionLost)
        assert connection.lost

    on_a_shared_lane(app_url, check)


def test_a_pool_puts_light_questions_together_and_opens_no_more_than_its_share(database_url: str, app_url: str) -> None:
    async def body() -> None:
        pool = Pool(app_url, PoolLimits(size=1, waiting=1, shared=2))
        told = await asyncio.gather(*(pool.ask("", PLAIN, b"select pg_backend_pid()", ()) for _ in range(20)))
        assert len({rows[0] for _, rows in told}) <= 2
        again = await asyncio.gather(*(pool.ask("", PLAIN, b"select pg_backend_pid()", ()) for _ in range(20)))
        assert len({rows[0] for _, rows in again}) <= 2
        pool.close()
        with pytest.raises(Unavailable):
            await pool.ask("", PLAIN, b"select 1", ())

    asyncio.run(body())


@pytest.mark.parametrize("light", [True, False])
def test_a_lane_that_opens_while_its_pool_closes_is_dropped(app_url: str, light: bool) -> None:
    async def body() -> None:
        pool = Pool(app_url, PoolLimits(size=1, waiting=1, shared=1))
        entering = pool.ask("", PLAIN, b"select 1", ()) if light else pool.connection().__aenter__()
        opening = asyncio.ensure_future(entering)
        await asyncio.sleep(0)
        pool.close()
        with pytest.raises(Unavailable):
            await opening

    asyncio.run(body())


def test_nobody_queues_behind_a_question_that_turns_out_slow(app_url: str) -> None:
    async def body() -> None:
        pool = Pool(app_url, PoolLimits(size=1, waiting=1, shared=1))
        await pool.ask("", PLAIN, b"select 1", ())
        (shared,) = pool._shared
        slow = asyncio.ensure_future(pool.ask("", PLAIN, b"select count(*) from generate_series(1, 1000000000)", ()))
        while not shared.on_the_way or shared.welcoming:
            await asyncio.sleep(0)
        for _ in range(5):
            assert (await pool.ask("", PLAIN, b"select 2", ()))[1] == [(b"2",)]
        assert not slow.done()
        pool.close()
        with pytest.raises(Unavailable):
            await slow

    asyncio.run(body())


def test_light_questions_are_bounded_too(app_url: str) -> None:
    async def body() -> None:
        pool = Pool(app_url, PoolLimits(size=1, waiting=1, caller=MOST_ON_THE_WAY + 8, shared=1))
        await pool.ask("", PLAIN, b"select 1", ())
        slow = b"select count(*) from generate_series(1, 300000)"
        crowd = [asyncio.ensure_future(pool.ask("crowd", PLAIN, slow, ())) for _ in range(MOST_ON_THE_WAY + 8)]
        told = await asyncio.gather(*crowd, return_exceptions=True)
        # 32 together, one on a connection of its own, one that waits for that connection.
        assert sum(isinstance(one, Unavailable) for one in told) == 6
        assert (await pool.ask("other", PLAIN, b"select 1", ()))[1] == [(b"1",)]
        few = Pool(app_url, PoolLimits(size=1, waiting=1, caller=1, shared=1))
        told = await asyncio.gather(
            *(few.ask("greedy", PLAIN, b"select 1", ()) for _ in range(2)), return_exceptions=True
        )
        assert [isinstance(one, Unavailable) for one in told] == [False, True]
        pool.close()
        few.close()

    asyncio.run(body())
