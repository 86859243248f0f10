"""What is left of data that were taken down: when, for whom, and why (000 art. 7; statements T-11, T-13).

Who asked, and by which letter, stays in the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from mig_idg.database.pipeline import TransactionContext
from mig_idg.database.pool import Pool

_APPLICATION = TransactionContext(b"idg_app", b"", b"10000")
_STANDING = """
select to_jsonb(t)
from (
  select distinct on (dataset) dataset, scope,
    coalesce(tombstone ->> 'since', lower(valid)::text) as since, nullif(tombstone ->> 'reason', '') as reason
  from registry.takedown
  where state = 'executed' and closed_by is null and valid @> $1::date
  order by dataset, scope, number) t
"""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A dataset taken down: `scope` is `public` or `all`; `since` is absent when it always was."""

    dataset: str
    scope: str
    since: str | None
    reason: str | None


class Tombstones:
    """Those that stand, as the server reads them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def standing(self, on: date) -> Mapping[str, Tombstone]:
        """By dataset, those of the day."""
        async with self._pool.connection() as connection:
            _, rows = await connection.run(_APPLICATION, _STANDING.encode(), [on.isoformat().encode()])
        found = [Tombstone(**orjson.loads(row[0] or b"{}")) for row in rows]
        return {one.dataset: one for one in found}
