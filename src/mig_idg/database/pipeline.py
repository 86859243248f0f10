"""One pipelined connection: a whole request to the database in one network round trip.

A request is an implicit transaction of two prepared statements behind one Sync: the first sets, for this transaction
only, the role and rows of the grant and reads the epoch; the second is the question. libpq does the protocol
(psycopg.pq, its documented low-level module); we only wait. Measured against three asyncpg round trips (begin and set,
query, commit): a third of the client's CPU (34 against 111 µs), a third of the latency. docs/decisions/one-driver.md.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from psycopg import pq

Row = tuple[bytes | None, ...]
# Many rows, one list of values for each column.
Columns = list[list[bytes | None]]
Param = bytes | None

GRANT = (
    b"select set_config('role', $1, true), set_config('idg.rows', $2, true),"
    b" set_config('statement_timeout', $3, true), number,"
    b" (select v.number from registry.data_version v where v.collection = $4) from registry.epoch"
)
PREPARED_LIMIT = 400
# Rows taken together from a stream: enough for their cost to be that of their bytes.
CHUNK = 200
SYNC = pq.ExecStatus.PIPELINE_SYNC
TUPLES = pq.ExecStatus.TUPLES_OK
CHUNKED = pq.ExecStatus.TUPLES_CHUNK
FATAL = pq.ExecStatus.FATAL_ERROR


@dataclass(frozen=True, slots=True)
class TransactionContext:
    """What a transaction may do: database role, `idg.rows` (`*` or commune codes), statement timeout in ms.

    `collection` is the one whose data version is read along.
    """

    role: bytes
    rows: bytes
    timeout_ms: bytes = b"5000"
    collection: bytes = b""


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """What the transaction saw: the epoch of rights and publications, and the version of the collection's rows."""

    epoch: int
    data: int


class ConnectionLost(Exception):
    """The connection is gone or silent; the connection must be thrown away."""


class StatementFailed(Exception):
    """PostgreSQL refused the statement; `sqlstate` says why (`57014` is a timeout or a cancel).

    `column` and `constraint` are those it names, if any. `message` is for the server's own log, never for an answer;
    `collection` is the one the statement was for, once that is known.
    """

    def __init__(self, sqlstate: str, message: str, column: str = "", constraint: str = "") -> None:
        super().__init__(f"{sqlstate}: {message}")
        self.sqlstate, self.message, self.column, self.constraint = sqlstate, message, column, constraint
        self.collection = ""


class PipelinedConnection:
    """One connection in pipeline mode, used by one request at a time."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._loop = asyncio.get_running_loop()
        self._prepared: OrderedDict[tuple[bytes, bytes], bytes] = OrderedDict()
        self._counter = 0
        self._readable: asyncio.Future[None] | None = None
        self._reading = False
        self.lost = False
        # A copy of ours: libpq closes its own the moment the server leaves, and the number may be another's by then.
        self._socket = os.dup(self._pg.socket)
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._resume()

    async def run(
        self, context: TransactionContext, sql: bytes, params: Sequence[Param], *, binary: bool = False
    ) -> tuple[ReadVersion, list[Row]]:
        """The stamp of the transaction and all rows. Raises StatementFailed, ConnectionLost."""
        read_version: ReadVersion | None = None
        rows: list[Row] = []
        failed, ended = None, False
        self._send(context, sql, params, binary)
        try:
            await self._flush()
            while not ended:
                result = await self._next()
                if result is None:
                    continue
                status = result.status
                if status == TUPLES:
                    if read_version is None:
                        read_version = version_of(result)
                    else:
                        rows = rows_of(result)
                elif status == SYNC:
                    ended = True
                elif status == FATAL and failed is None:
                    failed = failure(result)
        finally:
            if not ended and not self.lost:
                await asyncio.shield(self._abandon())
        if failed:
            self._forget()
            raise failed
        assert read_version is not None
        return read_version, rows

    async def stream(
        self,
        context: TransactionContext,
        sql: bytes,
        params: Sequence[Param],
        *,
        binary: bool = False,
        many: int = CHUNK,
    ) -> AsyncIterator[ReadVersion | Columns]:
        """First the stamp, then the rows as the server sends them, `many` at a time, no faster than the consumer reads.

        When the consumer stops early the query is cancelled, and the connection is clean again before control returns.
        """
        read_version: ReadVersion | None = None
        failed, ended = None, False
        self._send(context, sql, params, binary)
        try:
            await self._flush()
            while not ended:
                result = await self._next()
                if result is None:
                    if read_version:
                        self._in_chunks(many)
                    continue
                status = result.status
                if status in (CHUNKED, TUPLES):
                    if read_version is None:
                        read_version = version_of(result)
                        yield read_version
                    elif result.ntuples:
                        yield _columns(result)
                elif status == SYNC:
                    ended = True
                elif status == FATAL and failed is None:
                    failed = failure(result)
        finally:
            if not ended and not self.lost:
                await asyncio.shield(self._abandon())
        if failed:
            self._forget()
            raise failed

    def _in_chunks(self, many: int) -> None:
        """Ask libpq for rows as they come; it says no for the PREPARE and the Sync, which have none."""
        with suppress(psycopg.Error):
            self._pg.set_chunked_rows_mode(many)

    async def news(self, timeout: float) -> list[bytes]:
        """Payloads of the notifications that came, waiting for the first one at most `timeout` seconds."""
        try:
            if not (heard := self._notes()):
                self._readable = self._loop.create_future()
                self._resume()
                await asyncio.wait((self._readable,), timeout=timeout)
                if self._readable.done():
                    self._readable.result()
                    self._pg.consume_input()
                    heard = self._notes()
            return heard
        except psycopg.Error as error:
            self.close()
            raise ConnectionLost from error
        finally:
            self._readable = None

    def _notes(self) -> list[bytes]:
        heard = []
        while (note := self._pg.notifies()) is not None:
            heard.append(note.extra)
        return heard

    def close(self) -> None:
        """Drop the connection; whoever waits on it gets ConnectionLost."""
        if self.lost:
            return
        self.lost = True
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._reading = False
        os.close(self._socket)
        if self._readable and not self._readable.done():
            self._readable.set_exception(ConnectionLost())
        self._connection.close()

    async def _abandon(self) -> None:
        """Cancel what runs and read to the end of the pipeline; lose the connection when that takes over a second."""
        try:
            async with asyncio.timeout(2):
                await asyncio.to_thread(self._pg.get_cancel().cancel)
                while True:
                    result = await self._next()
                    if result is not None and result.status == SYNC:
                        return
        except (TimeoutError, ConnectionLost, psycopg.Error):
            self.close()

    def _send(self, context: TransactionContext, sql: bytes, params: Sequence[Param], binary: bool) -> None:
        try:
            self._send_grant(context)
            self._send_question(context, sql, params, binary)
            self._pg.pipeline_sync()
        except psycopg.Error as error:
            self.close()
            raise ConnectionLost from error

    def _send_grant(self, context: TransactionContext) -> None:
        grant = self._name(b"", GRANT)
        self._pg.send_query_prepared(grant, (context.role, context.rows, context.timeout_ms, context.collection))

    def _send_question(self, context: TransactionContext, sql: bytes, params: Sequence[Param], binary: bool) -> None:
        # Prepared under the role it will run as: a plan under row security is bound to its role.
        name = self._name(context.role, sql)
        self._pg.send_query_prepared(name, params, result_format=1 if binary else 0)

    def _name(self, role: bytes, sql: bytes) -> bytes:
        key = (role, sql)
        name = self._prepared.get(key)
        if name is not None:
            self._prepared.move_to_end(key)
            return name
        self._counter += 1
        name = b"s%d" % self._counter
        self._pg.send_prepare(name, sql)
        self._prepared[key] = name
        if len(self._prepared) > PREPARED_LIMIT:
            # The grant statement is the oldest but never idle: it was moved to the end by this very request.
            _, oldest = self._prepared.popitem(last=False)
            self._pg.send_query_params(b"deallocate " + oldest, None)
        return name

    def _forget(self) -> None:
        """After an error nothing is known of what was prepared in that transaction: start from none."""
        self._prepared.clear()
        self._counter += 1_000_000

    async def _flush(self) -> None:
        try:
            while self._pg.flush():
                writable: asyncio.Future[None] = self._loop.create_future()
                self._loop.add_writer(self._socket, _wake, writable)
                try:
                    await writable
                finally:
                    if not self.lost:
                        self._loop.remove_writer(self._socket)
        except psycopg.Error as error:
            self.close()
            raise ConnectionLost from error

    async def _next(self) -> pq.abc.PGresult | None:
        """The next result of the pipeline, None between two statements."""
        try:
            while self._pg.is_busy():
                self._readable = self._loop.create_future()
                self._resume()
                await self._readable
                self._pg.consume_input()
            return self._pg.get_result()
        except psycopg.Error as error:
            self.close()
            raise ConnectionLost from error

    def _resume(self) -> None:
        if not self._reading:
            self._loop.add_reader(self._socket, self._on_readable)
            self._reading = True

    def _on_readable(self) -> None:
        if self._readable and not self._readable.done():
            self._readable.set_result(None)
        elif self._reading:
            # Nobody waits: bytes we are not ready for (backpressure), or the server closing. Stop listening till asked.
            self._loop.remove_reader(self._socket)
            self._reading = False


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def version_of(result: pq.abc.PGresult) -> ReadVersion:
    """What the statement of the grant read along."""
    return ReadVersion(int(result.get_value(0, 3) or b"0"), int(result.get_value(0, 4) or b"0"))


def rows_of(result: pq.abc.PGresult) -> list[Row]:
    """The rows of a whole result."""
    width = result.nfields
    return [tuple(result.get_value(r, c) for c in range(width)) for r in range(result.ntuples)]


def _columns(result: pq.abc.PGresult) -> Columns:
    value, rows = result.get_value, range(result.ntuples)
    return [[value(row, column) for row in rows] for column in range(result.nfields)]


def failure(result: pq.abc.PGresult) -> StatementFailed:
    """What PostgreSQL refused."""
    told = (
        (result.error_field(one) or b"").decode("utf-8", "replace")
        for one in (
            pq.DiagnosticField.SQLSTATE,
            pq.DiagnosticField.MESSAGE_PRIMARY,
            pq.DiagnosticField.COLUMN_NAME,
            pq.DiagnosticField.CONSTRAINT_NAME,
        )
    )
    return StatementFailed(*told)
