"""The inventory of coproduced data: each version that the technical committee validated (Charte MIG, § 3.1.1)."""

from __future__ import annotations

from typing import Any

import orjson

from mig_idg.database.pipeline import TransactionContext
from mig_idg.database.pool import Pool

_APPLICATION = TransactionContext(b"idg_app", b"", b"10000")
_ENTRIES = """
select to_jsonb(t)
from (
  select e.dataset, e.version, a.effective as validated_on, e.decision, v.sha256,
    (select count(*) from registry.co_owner c where c.dataset = e.dataset and c.version = e.version) as co_owners,
    e.id = max(e.id) over (partition by e.dataset) as in_force
  from registry.inventory_entry e
  join registry.dataset_version v on v.dataset = e.dataset and v.version = e.version
  join registry.act a on a.id = e.act
  order by e.dataset, e.id desc) t
"""


class Inventory:
    """The validated versions, as the server reads them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def entries(self) -> list[dict[str, Any]]:
        """Every validated version, by dataset, the latest first."""
        async with self._pool.connection() as connection:
            _, rows = await connection.run(_APPLICATION, _ENTRIES.encode(), [])
        return [orjson.loads(row[0] or b"{}") for row in rows]
