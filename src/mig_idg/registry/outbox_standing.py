"""How the outbox stands, as the server counts it for `/metrics` and `/readyz`."""

from __future__ import annotations

from typing import Any

import orjson

from mig_idg.database.pipeline import TransactionContext
from mig_idg.database.pool import Pool

_APPLICATION = TransactionContext(b"idg_app", b"", b"10000")


class Standing:
    """How the outbox stands, for the server's own role, which may count messages and read none."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self) -> dict[str, Any]:
        """`states` (how many in each) and `oldest` (since when one waits)."""
        async with self._pool.connection() as connection:
            _, rows = await connection.run(_APPLICATION, b"select notices.standing()", [])
        return dict(orjson.loads(rows[0][0] or b"{}"))
