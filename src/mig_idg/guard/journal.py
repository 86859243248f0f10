"""The journal, on the server's side: decisions are noted in memory and written twice a second, in order.

Identical decisions of the same half second are one row with a count. What was noted is lost only by a `kill -9`
within that half second; a database that is away keeps the notes waiting, up to a bound, past which answers on data that
are not open are refused: no unaudited use.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import structlog

from mig_idg.charter import Decision
from mig_idg.database.pipeline import StatementFailed, TransactionContext
from mig_idg.database.pool import Pool, down
from mig_idg.errors import Unavailable
from mig_idg.guard.principal import Principal
from mig_idg.guard.snapshot import Snapshot

log = structlog.get_logger(__name__)

PERIOD_SECONDS = 0.5
PARIS = ZoneInfo("Europe/Paris")
MOST_WAITING = 50_000
_APPEND = b"select journal.append($1::jsonb)"

_Key = tuple[Any, ...]


class Journal:
    """Notes decisions; `run` writes them; `flush` writes what is left."""

    def __init__(self, pool: Pool, *, enabled: bool = True, clock: Callable[[], datetime] | None = None) -> None:
        self._pool = pool
        self._enabled = enabled
        self._clock = clock or (lambda: datetime.now(UTC))
        self._waiting: dict[_Key, list[Any]] = {}
        self._forgotten: dict[_Key, list[Any]] = {}
        self._writing = asyncio.Lock()
        self._sealed_on: date | None = None

    def note(
        self, principal: Principal, snapshot: Snapshot, action: str, dataset: str, decision: Decision, remark: str = "",
        *, written: bool = True,
    ) -> None:  # fmt: skip
        """Remember one decision. Open data read under their licence are not noted.

        `written=False` takes the same time and the same care, and leaves no line: what does not exist is answered like
        what is hidden.
        Raises Unavailable (503) when too many notes wait: an answer that cannot be recorded is not given.
        """
        if not self._enabled or (decision.rule == "B9" and decision.permitted and principal.public):
            return
        key = (
            principal.login, principal.organisation, principal.roles, action, dataset, decision.outcome, decision.rule,
            snapshot.epoch, snapshot.generation, remark,
        )  # fmt: skip
        noted = self._waiting if written else self._forgotten
        known = noted.get(key)
        now = self._clock()
        if known is not None:
            known[1] = now
            known[2] += 1
            return
        if len(self._waiting) >= MOST_WAITING:
            raise down()
        noted[key] = [now, now, 1, decision]

    @property
    def waiting(self) -> int:
        """Lines that are noted and not written yet."""
        return len(self._waiting)

    async def run(self) -> None:
        """Write twice a second, for ever; cancel the task to stop, then `flush`."""
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            await self.flush()
            await self.seal()

    async def seal(self) -> None:
        """Seal the day that is over, once for each day this worker sees; the database knows which one it is."""
        today = self._clock().astimezone(PARIS).date()
        if today == self._sealed_on:
            return
        try:
            async with self._pool.connection() as connection:
                await connection.run(
                    TransactionContext(b"idg_app", b"", b"10000"), b"select journal.seal_finished()", ()
                )
            self._sealed_on = today
        except (Unavailable, StatementFailed) as error:
            log.error("seal-waits", **_said(error))

    async def flush(self) -> None:
        """Write what waits, in the order it was noted; on failure it goes on waiting."""
        self._forgotten.clear()
        async with self._writing:
            if not self._waiting:
                return
            batch, self._waiting = self._waiting, {}
            rows = orjson.dumps([_entry(key, value) for key, value in batch.items()])
            try:
                async with self._pool.connection() as connection:
                    await connection.run(TransactionContext(b"idg_app", b"", b"10000"), _APPEND, (rows,))
            except (Unavailable, StatementFailed) as error:
                log.error("journal-waits", entries=len(batch), **_said(error))
                self._waiting = _together(batch, self._waiting)


def _said(error: Unavailable | StatementFailed) -> dict[str, str]:
    """Why it waits, for the log: PostgreSQL's own words when it spoke."""
    if isinstance(error, StatementFailed):
        return {"reason": type(error).__name__, "sqlstate": error.sqlstate, "message": error.message}
    return {"reason": type(error).__name__}


def _together(older: dict[_Key, list[Any]], newer: dict[_Key, list[Any]]) -> dict[_Key, list[Any]]:
    """What could not be written and what was noted meanwhile: the same decision twice is one entry that counts both."""
    for key, (first, last, requests, decision) in newer.items():
        known = older.get(key)
        older[key] = [known[0], last, known[2] + requests, decision] if known else [first, last, requests, decision]
    return older


def _entry(key: _Key, value: list[Any]) -> dict[str, Any]:
    login, organisation, roles, action, dataset, outcome, rule, epoch, generation, remark = key
    first, last, requests, decision = value
    return {
        "at": first,
        "until": last,
        "requests": requests,
        "login": login,
        "organisation": organisation,
        "roles": sorted(roles),
        "action": action,
        "dataset": dataset,
        "outcome": outcome,
        "rule": rule,
        "article": decision.article,
        "facts": epoch,
        "generation": generation,
        "obligations": list(decision.obligations),
        "note": remark or None,
    }
