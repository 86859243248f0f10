"""Bounded pools of connections, and the watch that knows within a second whether the database is there.

Pages of features, tiles, exports and administration each have their own pool: one kind of request never starves
another. A full pool answers 503 with `Retry-After`; a silent database fails every waiter at once, and the first
connection is tried again twice a second (docs/explanations/reliability.md).
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import structlog
from psycopg.conninfo import conninfo_to_dict

from mig_idg.database.connect import CONNECT_SECONDS, unreachable
from mig_idg.database.pipeline import (
    ConnectionLost,
    Param,
    PipelinedConnection,
    ReadVersion,
    Row,
    StatementFailed,
    TransactionContext,
)
from mig_idg.database.shared_pipeline import SharedPipelinedConnection
from mig_idg.errors import Text, Unavailable

log = structlog.get_logger(__name__)

WAIT_SECONDS = 2.0
BEAT_SECONDS = 1.0
SILENCE_SECONDS = 1.5
RETRY_SECONDS = 0.5
FIRST_SECONDS = 5.0

# One process a query: waiting for parallel workers took a third of the tiles and pages a second (performance-tiles.md).
READ_ONLY = (
    "-c default_transaction_read_only=on -c idle_in_transaction_session_timeout=10000"
    " -c max_parallel_workers_per_gather=0"
)
# Pages of features: planning again for each box cost 0.2 ms of 0.9 (docs/explanations/performance.md).
PLANNED_ONCE = f"{READ_ONLY} -c plan_cache_mode=force_generic_plan"
READ_WRITE = "-c idle_in_transaction_session_timeout=10000"


def busy() -> Unavailable:
    """The answer of a full pool; the client comes back after a second."""
    error = Unavailable(
        Text("Le service est très demandé en ce moment.", "The service is very busy right now."),
        remedy=Text("Réessayez dans une seconde.", "Try again in a second."),
    )
    error.headers["retry-after"] = "1"
    return error


def down() -> Unavailable:
    """The answer while the database is away."""
    error = unreachable()
    error.remedy = Text("Réessayez dans quelques secondes.", "Try again in a few seconds.")
    error.headers["retry-after"] = "2"
    return error


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How large one pool is: connections open at most, requests that may wait, and what one caller may hold of both.

    `at_once` is how many connections one caller may hold at the same time: the others are left to the others, however
    slowly it reads what it asked for. `shared` connections are for light questions, several on each (`Pool.ask`).
    """

    size: int
    waiting: int
    caller: int = 1_000_000
    at_once: int = 1_000_000
    shared: int = 0


class Pool:
    """Connections to one database for one kind of request."""

    def __init__(self, url: str, limits: PoolLimits, *, options: str = READ_ONLY) -> None:
        self._url = url
        self._limits = limits
        self._options = options
        self._idle: list[PipelinedConnection] = []
        self._busy: set[PipelinedConnection] = set()
        self._opening = 0
        self._held: dict[str, int] = {}
        self._working: dict[str, int] = {}
        self._waiters: deque[tuple[str, asyncio.Future[None]]] = deque()
        self._shared: list[SharedPipelinedConnection] = []
        self._one_more = asyncio.Lock()
        self.down = False

    def connection(self, caller: str = "") -> _Hold:
        """A connection for one request of a caller: `async with pool.connection(caller) as connection`.

        Raises Unavailable when the pool stays full, the caller holds its part of it, or the database is away.
        """
        return _Hold(self, caller)

    async def ask(
        self, caller: str, context: TransactionContext, sql: bytes, params: Sequence[Param]
    ) -> tuple[ReadVersion, list[Row]]:
        """The answer to a light question (a look-up by the key, an epoch), on a connection that others may be using.

        Behind a question that turns out slow (a table that an administrator locked) nobody queues: the next ones have
        connections of their own. Raises Unavailable when the pool is full, the caller holds its part of it, or the
        database is away.
        """
        connection = self._joined() or await self._open_shared()
        if connection is None:
            async with self.connection(caller) as own:
                return await own.run(context, sql, params)
        held = self._held.get(caller, 0)
        if held >= self._limits.caller:
            raise busy()
        self._held[caller] = held + 1
        try:
            return await connection.ask(context, sql, params)
        except ConnectionLost as error:
            raise down() from error
        finally:
            _less(self._held, caller)

    @property
    def use(self) -> dict[str, int]:
        """For `/metrics`: connections at most, open and idle, held by a request, shared; requests that wait."""
        return {
            "most": self._limits.size + self._limits.shared,
            "idle": len(self._idle),
            "busy": len(self._busy),
            "shared": len(self._shared),
            "waiting": len(self._waiters),
        }

    @property
    def sharing(self) -> bool:
        """Whether light questions may share a connection here."""
        return self._limits.shared > 0

    def _joined(self) -> SharedPipelinedConnection | None:
        """The connection of a light question: one where others just left, else a free one; None when there is none."""
        if self.down:
            raise down()
        self._shared = [connection for connection in self._shared if not connection.lost]
        for connection in self._shared:
            if connection.welcoming:
                return connection
        return next((connection for connection in self._shared if not connection.on_the_way), None)

    async def _open_shared(self) -> SharedPipelinedConnection | None:
        """One more, when there may be; None when there are enough, and all are taken."""
        if len(self._shared) >= self._limits.shared:
            return None
        async with self._one_more:
            if (connection := self._joined()) or len(self._shared) >= self._limits.shared:
                return connection
            connection = self._still_wanted(await open_lane(self._url, self._options, SharedPipelinedConnection))
            self._shared.append(connection)
            return connection

    def _still_wanted[T: PipelinedConnection](self, connection: T) -> T:
        """A connection just opened; dropped when the pool was closed, or its database lost, meanwhile."""
        if self.down:
            connection.close()
            raise down()
        return connection

    async def _enter(self, caller: str) -> PipelinedConnection:
        held = self._held.get(caller, 0)
        if held >= self._limits.caller:
            raise busy()
        self._held[caller] = held + 1
        try:
            return await self._take(caller)
        except BaseException:
            _less(self._held, caller)
            raise

    def _give_back(self, connection: PipelinedConnection, caller: str) -> None:
        _less(self._held, caller)
        _less(self._working, caller)
        self._busy.discard(connection)
        if not connection.lost:
            self._idle.append(connection)
        self._wake_one()

    def fail(self) -> None:
        """The database is silent: drop every connection, so that whoever waits on one is answered now."""
        self.down = True
        for connection in (*self._idle, *self._busy, *self._shared):
            connection.close()
        self._idle.clear()
        self._shared.clear()
        while self._waiters:
            self._wake_one()

    def close(self) -> None:
        """Close all connections at shutdown."""
        self.fail()

    async def _take(self, caller: str) -> PipelinedConnection:
        if self.down:
            raise down()
        if self._may_work(caller):
            while self._idle:
                connection = self._idle.pop()
                if not connection.lost:
                    return self._at_work(connection, caller)
            if len(self._busy) + self._opening < self._limits.size:
                return await self._open(caller)
        if len(self._waiters) >= self._limits.waiting:
            raise busy()
        waiter = (caller, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await waiter[1]
        except TimeoutError:
            raise busy() from None
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
        return await self._take(caller)

    def _may_work(self, caller: str) -> bool:
        return self._working.get(caller, 0) < self._limits.at_once

    def _at_work(self, connection: PipelinedConnection, caller: str) -> PipelinedConnection:
        self._working[caller] = self._working.get(caller, 0) + 1
        self._busy.add(connection)
        return connection

    async def _open(self, caller: str) -> PipelinedConnection:
        self._opening += 1
        try:
            connection = self._still_wanted(await open_lane(self._url, self._options, PipelinedConnection))
        finally:
            self._opening -= 1
        return self._at_work(connection, caller)

    def _wake_one(self) -> None:
        """The first in the queue who may work; everybody, when the database is away and all are to be told."""
        for waiter in self._waiters:
            caller, turn = waiter
            if self.down or self._may_work(caller):
                self._waiters.remove(waiter)
                if not turn.done():
                    turn.set_result(None)
                return


def _less(counts: dict[str, int], caller: str) -> None:
    counts[caller] -= 1
    if not counts[caller]:
        del counts[caller]


class _Hold:
    """A connection while it is held; written out, since a generator would cost a tenth of a small answer."""

    __slots__ = ("_caller", "_lane", "_pool")

    def __init__(self, pool: Pool, caller: str) -> None:
        self._pool, self._caller = pool, caller
        self._lane: PipelinedConnection | None = None

    async def __aenter__(self) -> PipelinedConnection:
        self._lane = await self._pool._enter(self._caller)
        return self._lane

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        assert self._lane is not None
        self._pool._give_back(self._lane, self._caller)
        if isinstance(error, ConnectionLost):
            raise down() from error


async def open_lane[T: PipelinedConnection](
    url: str,
    options: str = READ_ONLY,
    kind: type[T] = PipelinedConnection,  # type: ignore[assignment]  # the default of T (PEP 696 is of 3.13)
) -> T:
    """A new pipelined connection; raises Unavailable (503) within three seconds.

    Options that the URL carries (`-c role=idg_app`) are kept; whoever it is at the end must be the role without rights.
    """

    opening = _Opening(url, options)
    try:
        return kind(await asyncio.wait_for(asyncio.to_thread(opening.connect), CONNECT_SECONDS - 0.5))
    except (psycopg.Error, TimeoutError) as error:
        opening.give_up()
        raise down() from error
    except BaseException:
        opening.give_up()
        raise


class _Opening:
    """A connection being opened in a thread: nobody may wait for it any more when it comes, and it is closed then."""

    def __init__(self, url: str, options: str) -> None:
        self._url, self._options = url, options
        self._turn = threading.Lock()
        self._given_up = False
        self._made: psycopg.Connection[tuple[object, ...]] | None = None

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """Blocking."""
        kept = conninfo_to_dict(self._url).get("options") or ""
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            options=f"{kept} {self._options}".strip(),
            application_name="mig-idg serve",
        )
        require_application(connection)
        with self._turn:
            if self._given_up:
                connection.close()
            self._made = connection
        return connection

    def give_up(self) -> None:
        """Whoever asked was cancelled, or waited long enough."""
        with self._turn:
            self._given_up = True
            if self._made is not None:
                self._made.close()


def require_application(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Refuse to serve as anybody but a role that owns nothing and bypasses nothing.

    Raises Unavailable: a server that could read everything would be safe only as long as it makes no mistake.
    """
    row = connection.execute(
        "select rolsuper or rolbypassrls or rolcreaterole or pg_has_role(oid, 'pg_read_all_data', 'member')"
        " from pg_roles where rolname = current_user"
    ).fetchone()
    if row is None or row[0]:
        connection.close()
        raise Unavailable(
            Text(
                "Le serveur est connecté à la base avec trop de droits.",
                "The server is connected to the database with too many rights.",
            ),
            remedy=Text("Il lui faut le rôle idg_app.", "It needs the role idg_app."),
        )


class Watch:
    """Listens for the epoch and feels the database's pulse; calls back when either changes.

    `on_epoch(number)` at each beat and notification; `on_down()` and `on_up()` at each change of state.
    """

    def __init__(
        self, url: str, *, on_epoch: Callable[[int], None], on_down: Callable[[], None], on_up: Callable[[], None]
    ) -> None:
        self._url = url
        self._on_epoch = on_epoch
        self._on_down = on_down
        self._on_up = on_up
        self._heard = asyncio.Event()
        self.up = False

    async def first_beat(self) -> None:
        """Return once the database was felt: who takes requests before would say that it is not ready."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SECONDS):
                await self._heard.wait()

    async def run(self) -> None:
        """For ever; cancel the task to stop."""
        while True:
            try:
                await self._listen()
            except (ConnectionLost, Unavailable, StatementFailed):
                if self.up:
                    log.error("database-down")
                self.up = False
                self._on_down()
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await open_lane(self._url, kind=PipelinedConnection)
        try:
            await self._ask(connection, b"listen idg_epoch")
            if not self.up:
                log.info("database-up")
            self.up = True
            self._heard.set()
            self._on_up()
            while True:
                for payload in await connection.news(BEAT_SECONDS):
                    self._on_epoch(int(payload))
                self._on_epoch(await self._ask(connection, b"select 1"))
        finally:
            connection.close()

    async def _ask(self, connection: PipelinedConnection, sql: bytes) -> int:
        """The epoch, read along with a statement; a server that stays silent loses its connection, without ceremony."""
        asking = asyncio.ensure_future(connection.run(WATCHING, sql, ()))
        try:
            await asyncio.wait((asking,), timeout=SILENCE_SECONDS)
        finally:  # also when this is cancelled: nobody would wait for the statement any more
            if not asking.done():
                connection.close()
                await asyncio.gather(asking, return_exceptions=True)
        read_version, _ = await asking
        return read_version.epoch


WATCHING = TransactionContext(b"idg_app", b"", b"1000")
