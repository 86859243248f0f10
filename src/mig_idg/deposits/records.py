"""Deposits in PostgreSQL, for the server: a step is a function of the database (sql/replaceable/75-deposits.sql)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from mig_idg.database.pipeline import Row, TransactionContext
from mig_idg.database.pool import Pool
from mig_idg.deposits.model import MOST_UNDER_WAY, Deposit, deposit_from_json, stepped
from mig_idg.errors import Text, TooMany

_APPLICATION = TransactionContext(b"idg_app", b"", b"10000")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TAKE = "select deposits.take($1::jsonb, $2::jsonb, $3::jsonb, $4::integer)"
STEP = "select deposits.step($1::uuid, $2, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb)"
FIND = "select to_jsonb(d) from deposits.deposit d where d.id = $1::uuid"
LISTING = """
select to_jsonb(d) from deposits.deposit d
where d.organisation = $1 and ($2::text is null or d.dataset = $2) and ($3::text is null or d.state = $3)
order by d.created desc, d.id limit $4::integer offset $5::integer
"""
EVENTS = "select to_jsonb(e) from deposits.event e where e.deposit = $1::uuid order by e.number"
REMEMBERED = """
select d.checklist from deposits.deposit d where d.dataset = $1 and d.organisation = $2 and d.checklist is not null
order by d.updated desc limit 1
"""
REFERENTS = "select deposits.referents($1, $2::date)"


class Deposits:
    """The deposits of one database, through a pool that may write."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(
        self, given: Mapping[str, Any], by: Mapping[str, Any], job: Mapping[str, Any] | None
    ) -> tuple[Deposit, bool]:
        """A new deposit and its job; or the one that has this content already (False). Raises TooMany."""
        rows = await self._ask(TAKE, orjson.dumps(given), orjson.dumps(by), _json(job), MOST_UNDER_WAY)
        if rows[0][0] is None:
            raise too_many()
        told = orjson.loads(rows[0][0])
        return deposit_from_json(told["deposit"]), told["made"]

    async def step(
        self,
        deposit: Deposit,
        after: str,
        name: str,
        by: Mapping[str, Any],
        said: Mapping[str, Any] | None = None,
        job: Mapping[str, Any] | None = None,
    ) -> Deposit:
        """One move. Raises Conflict when the deposit is no longer where it was read."""
        rows = await self._ask(
            STEP, deposit.id, deposit.state, after, name, orjson.dumps(said or {}), orjson.dumps(by), _json(job)
        )
        return stepped(orjson.loads(rows[0][0]) if rows[0][0] is not None else None)

    async def find(self, id: str) -> Deposit | None:
        """The deposit with this id, or None."""
        if not _UUID.fullmatch(id):
            return None
        rows = await self._ask(FIND, id)
        return deposit_from_json(orjson.loads(rows[0][0] or b"")) if rows else None

    async def listing(
        self, organisation: str, dataset: str | None = None, state: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[Deposit]:
        """A body's deposits, newest first."""
        rows = await self._ask(LISTING, organisation, dataset, state, limit, offset)
        return [deposit_from_json(orjson.loads(row[0] or b"")) for row in rows]

    async def events(self, id: str) -> list[dict[str, Any]]:
        """What happened to a deposit, in order."""
        return [orjson.loads(row[0] or b"") for row in await self._ask(EVENTS, id)]

    async def remembered(self, dataset: str, organisation: str) -> dict[str, str] | None:
        """The answers to the checklist that were given last for this source."""
        rows = await self._ask(REMEMBERED, dataset, organisation)
        return orjson.loads(rows[0][0]) if rows and rows[0][0] else None

    async def referents(self, organisation: str, day: date) -> list[dict[str, Any]]:
        """Who may sign for a body on the day."""
        found: list[dict[str, Any]] = orjson.loads((await self._ask(REFERENTS, organisation, str(day)))[0][0] or b"[]")
        return found

    async def _ask(self, question: str, *values: str | int | bytes | None) -> list[Row]:
        params = [value if value is None or isinstance(value, bytes) else str(value).encode() for value in values]
        async with self._pool.connection() as connection:
            _, rows = await connection.run(_APPLICATION, question.encode(), params)
        return rows


def too_many() -> TooMany:
    """A body that sends more than it has checked."""
    error = TooMany(
        Text("Trop de dépôts de votre organisme sont en cours.", "Too many deposits of your body are under way."),
        remedy=Text("Attendez leur contrôle, ou retirez-en.", "Wait for their checks, or withdraw some."),
    )
    error.headers["retry-after"] = "60"
    return error


def _json(value: Mapping[str, Any] | None) -> bytes | None:
    return None if value is None else orjson.dumps(value)
