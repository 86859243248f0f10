"""What `/metrics` says of harvesting: records, failures and age of each source; for who runs the service.

Read every few seconds aside, so that a scrape waits for no database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from mig_idg.app.metrics import Gauges
from mig_idg.database.pool import Pool
from mig_idg.registry.harvested import Harvested

log = structlog.get_logger(__name__)
EVERY_SECONDS = 15.0


class Harvest:
    """Where sources stand, as it was read last."""

    def __init__(self, pool: Pool) -> None:
        self._harvested = Harvested(pool)
        self._sources: list[dict[str, Any]] = []

    async def run(self) -> None:
        """Read it again, for ever; a database that is away leaves what was known."""
        while True:
            try:
                await self.refresh()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("harvest-gauges-not-read", reason=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def refresh(self) -> None:
        """Read it once."""
        self._sources = await self._harvested.sources()

    def gauges(self, now: datetime) -> Mapping[str, Gauges]:
        """The families, by source."""
        if not self._sources:
            return {}
        by_source = {one["source"]: one for one in self._sources}
        ages = {
            name: max((now - datetime.fromisoformat(one["last_success"])).total_seconds(), 0.0)
            for name, one in by_source.items()
            if one["last_success"]
        }
        return {
            "idg_harvest_records": ("Records kept", "source", _each(by_source, "live")),
            "idg_harvest_archived": ("Records archived", "source", _each(by_source, "archived")),
            "idg_harvest_failures": ("Runs failed since the last good one", "source", _each(by_source, "failures")),
            "idg_harvest_age_seconds": ("Since the last good run", "source", ages),
        }


def _each(sources: Mapping[str, Any], member: str) -> dict[str, float]:
    return {name: float(one[member]) for name, one in sources.items()}
