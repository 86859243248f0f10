"""A connection that several light requests use at once: what they ask leaves as it comes, answers come back in order.

Waking PostgreSQL, and being woken by it, costs more than a look-up by the key: four questions on their way together
take half of the CPU of four that wait for one another, on both sides (docs/explanations/performance.md). Those of one
turn of the loop under one grant make one transaction, which sets the grant once; any other grant has its own, with a
Sync between any two.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import pq

from mig_idg.database.pipeline import (
    FATAL,
    SYNC,
    TUPLES,
    ConnectionLost,
    Param,
    PipelinedConnection,
    ReadVersion,
    Row,
    StatementFailed,
    TransactionContext,
    failure,
    rows_of,
    version_of,
)  # fmt: skip

# How many questions may be on their way, and for how long a first one may be before no other joins it.
MOST_ON_THE_WAY = 32
JOINED_WITHIN_SECONDS = 0.002
NEVER_PREPARED = "26000"


@dataclass(slots=True)
class _Turn:
    """One question, and what came of it so far."""

    sql: bytes
    params: Sequence[Param]
    response: asyncio.Future[tuple[ReadVersion, list[Row]]]
    rows: list[Row] | None = None
    failed: StatementFailed | None = None


@dataclass(slots=True)
class _Transaction:
    """Questions on their way under one grant, in the order of their answers."""

    turns: list[_Turn]
    read_version: ReadVersion | None = None
    answered: int = 0


class _CutShort(Exception):
    """A question before this one failed, and took the transaction along."""


class SharedPipelinedConnection(PipelinedConnection):
    """One pipelined connection for light questions; each waits for those before it, so none may be long."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        super().__init__(connection)
        self._asking: dict[TransactionContext, list[_Turn]] = {}
        self._sent: deque[_Transaction] = deque()
        self._waiting = 0
        self._since = 0.0
        self._leaving = self._writing = False

    @property
    def on_the_way(self) -> int:
        """How many questions have no answer yet."""
        return self._waiting

    @property
    def welcoming(self) -> bool:
        """Whether the first question on its way left so recently that another may join it."""
        return 0 < self._waiting < MOST_ON_THE_WAY and time.monotonic() - self._since < JOINED_WITHIN_SECONDS

    async def ask(
        self, context: TransactionContext, sql: bytes, params: Sequence[Param]
    ) -> tuple[ReadVersion, list[Row]]:
        """The stamp of the transaction and all rows. Raises StatementFailed, ConnectionLost.

        A client that leaves loses its answer and disturbs nobody: a light question ends by itself.
        """
        try:
            return await self._asked(context, sql, params)
        except _CutShort:
            return await self._asked(context, sql, params, alone=True)
        except StatementFailed as failed:
            if failed.sqlstate != NEVER_PREPARED:
                raise
            # It came right behind the question that was to prepare it, and failed.
            return await self._asked(context, sql, params, alone=True)

    def _asked(
        self, context: TransactionContext, sql: bytes, params: Sequence[Param], *, alone: bool = False
    ) -> asyncio.Future[tuple[ReadVersion, list[Row]]]:
        if self.lost:
            raise ConnectionLost
        turn = _Turn(sql, params, self._loop.create_future())
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting += 1
        if alone:
            self._leave(context, [turn])
            self._push()
        else:
            self._asking.setdefault(context, []).append(turn)
            if not self._leaving:
                self._leaving = True
                self._loop.call_soon(self._leave_together)
        return turn.response

    def _leave_together(self) -> None:
        """What was asked during this turn of the loop leaves, one transaction for each grant."""
        self._leaving = False
        asking, self._asking = self._asking, {}
        for context, turns in asking.items():
            self._leave(context, turns)
        self._push()

    def _leave(self, context: TransactionContext, turns: list[_Turn]) -> None:
        if self.lost:
            _tell_lost(turns)
            return
        self._sent.append(_Transaction(turns))
        try:
            self._send_grant(context)
            for turn in turns:
                self._send_question(context, turn.sql, turn.params, False)
            self._pg.pipeline_sync()
        except psycopg.Error:
            self.close()

    def _push(self) -> None:
        """Give the kernel what it did not take yet."""
        if self.lost:
            return
        self._resume()
        try:
            if self._pg.flush():
                self._writing = True
                self._loop.add_writer(self._socket, self._push)
            elif self._writing:
                self._writing = False
                self._loop.remove_writer(self._socket)
        except psycopg.Error:
            self.close()

    def _on_readable(self) -> None:
        try:
            self._pg.consume_input()
            while self._sent and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is not None:
                    self._take(result)
        except psycopg.Error:
            self.close()

    def _take(self, result: pq.abc.PGresult) -> None:
        now, status = self._sent[0], result.status
        if status == TUPLES:
            if now.read_version is None:
                now.read_version = version_of(result)
            else:
                now.turns[now.answered].rows = rows_of(result)
                now.answered += 1
        elif status == SYNC:
            self._sent.popleft()
            self._waiting -= len(now.turns)
            for turn in now.turns:
                _tell(turn, now.read_version)
        elif status == FATAL and now.answered < len(now.turns):
            now.turns[now.answered].failed = failure(result)
            self._forget()

    def close(self) -> None:
        """Drop the connection; whoever waits gets ConnectionLost."""
        super().close()
        for turns in (*(now.turns for now in self._sent), *self._asking.values()):
            _tell_lost(turns)
        self._sent.clear()
        self._asking.clear()
        self._waiting = 0


def _tell_lost(turns: list[_Turn]) -> None:
    for turn in turns:
        if not turn.response.done():
            turn.response.set_exception(ConnectionLost())


def _tell(turn: _Turn, read_version: ReadVersion | None) -> None:
    if turn.response.done():
        return
    if turn.failed is not None:
        turn.response.set_exception(turn.failed)
    elif turn.rows is None or read_version is None:
        turn.response.set_exception(_CutShort())
    else:
        turn.response.set_result((read_version, turn.rows))
