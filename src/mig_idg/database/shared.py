"""A lane that several light requests use at once: what they ask leaves as it comes, answers come back in order.

Waking PostgreSQL, and being woken by it, costs more than a look-up by the key: four questions on their way together
take half of the CPU of four that wait for one another, on both sides (docs/explanations/performance.md). Each keeps
its own transaction and its own grant: there is a Sync between any two.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

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
    """One question on its way, and what came of it so far."""

    answer: asyncio.Future[tuple[Stamp, list[Row]]]
    stamp: Stamp | None = None
    rows: list[Row] = field(default_factory=list)
    failed: StatementFailed | None = None


class SharedLane(Lane):
    """One pipelined connection for light questions; each waits for those before it, so none may be long."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        super().__init__(connection)
        self._turns: deque[_Turn] = deque()
        self._since = 0.0
        self._writing = False
        self._leaving = False

    @property
    def on_the_way(self) -> int:
        """How many questions have no answer yet."""
        return len(self._turns)

    @property
    def welcoming(self) -> bool:
        """Whether the first question on its way left so recently that another may join it."""
        return 0 < len(self._turns) < MOST_ON_THE_WAY and time.monotonic() - self._since < JOINED_WITHIN_SECONDS

    async def ask(self, grip: Grip, sql: bytes, params: Sequence[Param]) -> tuple[Stamp, list[Row]]:
        """The stamp of the transaction and all rows. Raises StatementFailed, LaneLost.

        A client that leaves loses its answer and disturbs nobody: a light question ends by itself.
        """
        try:
            return await self._asked(grip, sql, params)
        except StatementFailed as failed:
            if failed.sqlstate != NEVER_PREPARED:
                raise
            # It came right behind the question that was to prepare it, and failed.
            return await self._asked(grip, sql, params)

    def _asked(self, grip: Grip, sql: bytes, params: Sequence[Param]) -> asyncio.Future[tuple[Stamp, list[Row]]]:
        self._send(grip, sql, params, False)
        if not self._turns:
            self._since = time.monotonic()
        turn = _Turn(self._loop.create_future())
        self._turns.append(turn)
        self._resume()
        if not self._leaving:
            self._leaving = True
            self._loop.call_soon(self._push)
        return turn.answer

    def _push(self) -> None:
        """Give the kernel what was asked since it was last given something, or did not take at once."""
        self._leaving = False
        if self.lost:
            return
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
            while self._turns and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is not None:
                    self._take(result)
        except psycopg.Error:
            self.close()

    def _take(self, result: pq.abc.PGresult) -> None:
        turn, status = self._turns[0], result.status
        if status == TUPLES:
            if turn.stamp is None:
                turn.stamp = stamp_of(result)
            else:
                turn.rows = rows_of(result)
        elif status == SYNC:
            self._turns.popleft()
            self._tell(turn)
        elif status == FATAL and turn.failed is None:
            turn.failed = failure(result)
            self._forget()

    def _tell(self, turn: _Turn) -> None:
        if turn.answer.done():
            return
        if turn.failed is not None:
            turn.answer.set_exception(turn.failed)
        elif turn.stamp is None:
            turn.answer.set_exception(LaneLost())
        else:
            turn.answer.set_result((turn.stamp, turn.rows))

    def close(self) -> None:
        """Drop the connection; whoever waits gets LaneLost."""
        super().close()
        while self._turns:
            answer = self._turns.popleft().answer
            if not answer.done():
                answer.set_exception(LaneLost())
