"""Where harvesting meets the import of files: the two slices ignore each other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mig_idg.guard.current import legal_day
from mig_idg.harvest import work
from mig_idg.harvest.declared import load
from mig_idg.jobs.records import Records, Selection, Submission
from mig_idg.registry.harvested import Harvested
from mig_idg.settings import Settings


def loading(connection: Any, path: Path, collection: str, author: str, rehearse: bool) -> int:
    """Import a fetched file into a layer, as a deposit would be; how many rows. Raises what an import raises."""
    from mig_idg.deposits.intake import imports
    from mig_idg.deposits.intake.imports import Choices
    from mig_idg.deposits.work import declared
    from mig_idg.store.prepare import settle

    with connection.transaction():
        declaration = declared(connection, collection)
    choices = Choices(on=legal_day(work.utc_now()), author=author, rehearse=rehearse, act="flow")
    report = imports.run(connection, path, declaration, choices)
    if not rehearse:
        settle(connection)
    return report.rows


async def submit_due(settings: Settings, records: Records) -> list[str]:
    """Put in the queue the sources whose time has come, each once; their ids. For the schedule of the worker."""
    loaded = load(settings.harvest_dir)
    if not loaded.sources:
        return []
    standing = await Harvested(records.pool).sources()
    found = work.due(loaded.sources.values(), standing, work.utc_now())
    under_way, _ = await records.listing(
        Selection(everybody=True, kind=work.KIND, statuses=("accepted", "running"), limit=1000)
    )
    open_ = {job.subject for job in under_way}
    asked = [one for one in found if one.id not in open_]
    for one in asked:
        principal: Mapping[str, Any] = {"login": work.LOGIN, "lang": "fr"}
        seconds = one.limits.seconds + work.MARGIN_SECONDS
        await records.submit(Submission(work.KIND, one.id, work.LOGIN, principal, {"source": one.id}, seconds=seconds))
    return [one.id for one in asked]


async def probe_withdrawals(url: str) -> int:
    """Ask those who harvest us whether what was taken down is gone there; how many still have it. In a thread."""
    from mig_idg.database.clerk import as_clerk
    from mig_idg.harvest.downstream import probe

    def asked() -> int:
        told = probe(lambda: as_clerk(url, write=True), work.utc_now())
        return sum(one["state"] != "gone" for one in told)

    return await asyncio.to_thread(asked)


def harvesting(settings: Settings, url: str) -> None:
    """The isolated process of harvesting: one source at a time."""
    from mig_idg.database import connect
    from mig_idg.jobs.child import Told, answer_calls, give_up

    give_up()

    def performed(call: Mapping[str, Any]) -> Any:
        with connect(url) as connection:
            return work.perform(connection, call, load(settings.harvest_dir), settings.public_url, loading)

    async def answering(call: Mapping[str, Any], tell: Told) -> Any:
        return await asyncio.to_thread(performed, call)

    asyncio.run(answer_calls(answering))
