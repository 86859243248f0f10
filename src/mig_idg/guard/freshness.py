"""Whether rights are still those of the snapshot: asked of the database, in the reading transaction or beside it."""

from __future__ import annotations

from mig_idg.database.pipeline import ReadVersion, TransactionContext
from mig_idg.database.pool import Pool
from mig_idg.errors import Unavailable
from mig_idg.guard.principal import Principal
from mig_idg.guard.request import Request, StaleEpoch
from mig_idg.guard.snapshot import Snapshot


class Freshness:
    """The epoch of rights, as the database has it now."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def check(self, request: Request, read_version: ReadVersion) -> None:
        """What was read is of the snapshot's rights. Raises StaleEpoch when it is not: its rows are thrown away."""
        if read_version.epoch != request.snapshot.epoch:
            raise StaleEpoch
        request.data_version = read_version.data

    async def _epoch(self) -> int:
        read_version, _ = await self._pool.ask("", TransactionContext(b"idg_app", b""), b"select 1", ())
        return read_version.epoch

    async def unless_moved(self, request: Request) -> None:
        """Raise StaleEpoch when a statement failed because its profile or its copy left with the last publication."""
        if await self.moved(request.snapshot):
            raise StaleEpoch

    async def moved(self, snapshot: Snapshot) -> bool:
        """Whether rights moved since; no, while the database cannot say."""
        try:
            return await self._epoch() != snapshot.epoch
        except Unavailable:
            return False

    async def confirm(self, snapshot: Snapshot, principal: Principal) -> None:
        """Raise StaleEpoch when rights moved; while the database is away only the public's answers stand."""
        try:
            if await self._epoch() != snapshot.epoch:
                raise StaleEpoch
        except Unavailable:
            if not principal.public:
                raise
