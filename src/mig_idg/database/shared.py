"""A lane that several light requests use at once: what they ask leaves as it comes, answers come back in order.

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

from mig_idg.database.lane import (
    FATAL,
    SYNC,
    TUPLES,
    Grip,
    Lane,
    LaneLost,
    Param,
    Row,
    Stamp,
    StatementFailed,
    failure,
    rows_of,
    stamp_of,
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
    answer: asyncio.Future[tuple[Stamp, list[Row]]]
    rows: list[Row] | None = None
    failed: StatementFailed | None = None


@dataclass(slots=True)
class _Transaction:
    """Questions on their way under one grant, in the order of their answers."""

    turns: list[_Turn]
    stamp: Stamp | None = None
    answered: int = 0


class _CutShort(Exception):
    """A question before this one failed, and took the transaction along."""


class SharedLane(Lane):
    """One pipelined connection for light questions; each waits for those before it, so none may be long."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        super().__init__(connection)
        self._asking: dict[Grip, list[_Turn]] = {}
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

    async def ask(self, grip: Grip, sql: bytes, params: Sequence[Param]) -> tuple[Stamp, list[Row]]:
        """The stamp of the transaction and all rows. Raises StatementFailed, LaneLost.

        A client that leaves loses its answer and disturbs nobody: a light question ends by itself.
        """
        try:
            return await self._asked(grip, sql, params)
        except _CutShort:
            return await self._asked(grip, sql, params, alone=True)
        except StatementFailed as failed:
            if failed.sqlstate != NEVER_PREPARED:
                raise
            # It came right behind the question that was to prepare it, and failed.
            return await self._asked(grip, sql, params, alone=True)

    def _asked(
        self, grip: Grip, sql: bytes, params: Sequence[Param], *, alone: bool = False
    ) -> asyncio.Future[tuple[Stamp, list[Row]]]:
        if self.lost:
            raise LaneLost
        turn = _Turn(sql, params, self._loop.create_future())
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting += 1
        if alone:
            self._leave(grip, [turn])
            self._push()
        else:
            self._asking.setdefault(grip, []).append(turn)
            if not self._leaving:
                self._leaving = True
                self._loop.call_soon(self._leave_together)
        return turn.answer

    def _leave_together(self) -> None:
        """What was asked during this turn of the loop leaves, one transaction for each grant."""
        self._leaving = False
        asking, self._asking = self._asking, {}
        for grip, turns in asking.items():
            self._leave(grip, turns)
        self._push()

    def _leave(self, grip: Grip, turns: list[_Turn]) -> None:
        if self.lost:
            _tell_lost(turns)
            return
        self._sent.append(_Transaction(turns))
        try:
            self._send_grant(grip)
            for turn in turns:
                self._send_question(grip, turn.sql, turn.params, False)
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
            if now.stamp is None:
                now.stamp = stamp_of(result)
            else:
                now.turns[now.answered].rows = rows_of(result)
                now.answered += 1
        elif status == SYNC:
            self._sent.popleft()
            self._waiting -= len(now.turns)
            for turn in now.turns:
                _tell(turn, now.stamp)
        elif status == FATAL and now.answered < len(now.turns):
            now.turns[now.answered].failed = failure(result)
            self._forget()

    def close(self) -> None:
        """Drop the connection; whoever waits gets LaneLost."""
        super().close()
        for turns in (*(now.turns for now in self._sent), *self._asking.values()):
            _tell_lost(turns)
        self._sent.clear()
        self._asking.clear()
        self._waiting = 0


def _tell_lost(turns: list[_Turn]) -> None:
    for turn in turns:
        if not turn.answer.done():
            turn.answer.set_exception(LaneLost())


def _tell(turn: _Turn, stamp: Stamp | None) -> None:
    if turn.answer.done():
        return
    if turn.failed is not None:
        turn.answer.set_exception(turn.failed)
    elif turn.rows is None or stamp is None:
        turn.answer.set_exception(_CutShort())
    else:
        turn.answer.set_result((stamp, turn.rows))
