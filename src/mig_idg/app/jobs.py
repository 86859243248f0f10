"""What runs jobs: the worker beside the server, and the isolated process in which ours read for their caller.

`python -m mig_idg.app.jobs worker` takes jobs; `… reading` and `… deposits` are started by it. The
database's address comes by the environment, as for the workers that answer requests.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import structlog

from mig_idg.database.pool import READ_WRITE, Pool, PoolLimits
from mig_idg.errors import Lang, Text, Unauthenticated
from mig_idg.guard.current import legal_day
from mig_idg.guard.principal import PUBLIC, Principal
from mig_idg.guard.snapshot import Snapshot
from mig_idg.jobs import Job, Records
from mig_idg.jobs.isolated import Isolated, bare_environment
from mig_idg.registry.tokens import Account, Credential
from mig_idg.settings import URL_VARIABLE, Settings

log = structlog.get_logger(__name__)

RESTART_SECONDS = 1.0
EVERY_FIVE_MINUTES = "*/5 * * * *"
EVERY_NIGHT = "23 4 * * *"
OWNER_VARIABLE = "IDG_DATABASE_URL"
DEPOSIT_MEMORY_MB = 4096
HARVEST_MEMORY_MB = 4096


def work(settings: Settings, url: str) -> None:
    """Take jobs until SIGTERM."""
    from mig_idg.app.harvesting import probe_withdrawals, submit_due
    from mig_idg.app.notices import EVERY_MINUTE, EVERY_MORNING, MONDAYS, digest, remind, send_due
    from mig_idg.jobs.worker import Limits, Worker

    limits = Limits(settings.job_concurrency, settings.callback_hosts, settings.job_retention_hours)

    async def working() -> None:
        records = Records(Pool(url, PoolLimits(size=settings.job_concurrency + 2, waiting=256), options=READ_WRITE))
        try:
            worker = Worker(url, records, kinds(settings, url), limits)
            worker.schedule("harvest", EVERY_FIVE_MINUTES, lambda: submit_due(settings, records))
            worker.schedule("withdrawals", EVERY_NIGHT, lambda: probe_withdrawals(url))
            worker.schedule("notices", EVERY_MINUTE, lambda: send_due(settings, url))
            worker.schedule("remarks", EVERY_MORNING, lambda: remind(url))
            worker.schedule("deadlines", MONDAYS, lambda: digest(url))
            await worker.run()
        finally:
            records.pool.close()

    asyncio.run(working())


def kinds(settings: Settings, url: str) -> dict[str, Any]:
    """The kinds of jobs that this application knows."""
    from mig_idg.deposits import model as deposits
    from mig_idg.harvest import work as harvest
    from mig_idg.jobs.worker import Kind
    from mig_idg.ogc.processes import documents, results
    from mig_idg.ogc.processes.declared import Declaration
    from mig_idg.ogc.processes.handlers import KIND
    from mig_idg.web.desks import handlers as acts

    modules = ",".join(settings.plugin_modules)

    def declared(job: Job) -> Declaration:
        return Declaration.model_validate(job.request["declared"])

    def flavour(job: Job) -> str:
        one = declared(job)
        return f"{'reading' if one.ours else one.id} {one.memory_mb}"

    def fresh(job: Job) -> Isolated:
        one = declared(job)
        if one.ours:
            environment = {**os.environ, URL_VARIABLE: url}
            return Isolated("mig_idg.app.jobs", "reading", environment=environment, memory_mb=one.memory_mb)
        return Isolated("mig_idg.ogc.processes.alone", modules, environment=bare_environment(),
                        memory_mb=one.memory_mb)  # fmt: skip

    def address(job: Job) -> Any:
        base = job.principal.get("base_url") or settings.public_url
        return lambda path: f"{base}{path}"

    def document(job: Job) -> Mapping[str, Any]:
        return documents.job_document(job, address(job), _lang(job.principal))

    async def called_back(records: Records, job: Job) -> bytes:
        return await results.callback(records, job, address(job))

    def depositing(job: Job) -> Isolated:
        environment = {**os.environ, OWNER_VARIABLE: owner_url(settings)}
        return Isolated("mig_idg.app.jobs", "deposits", environment=environment, memory_mb=DEPOSIT_MEMORY_MB)

    def harvesting(job: Job) -> Isolated:
        environment = {**os.environ, OWNER_VARIABLE: owner_url(settings)}
        return Isolated("mig_idg.app.jobs", "harvest", environment=environment, memory_mb=HARVEST_MEMORY_MB)

    def acting_as_owner(job: Job) -> Isolated:
        environment = {**os.environ, OWNER_VARIABLE: owner_url(settings)}
        return Isolated("mig_idg.app.jobs", acts.KIND, environment=environment, memory_mb=DEPOSIT_MEMORY_MB)

    return {
        acts.KIND: Kind(lambda job: acts.KIND, acting_as_owner, lambda job: {"id": job.id, "status": job.status}),
        KIND: Kind(flavour, fresh, document, called_back),
        deposits.KIND: Kind(lambda job: deposits.KIND, depositing, lambda job: {"id": job.id, "status": job.status}),
        harvest.KIND: Kind(lambda job: harvest.KIND, harvesting, lambda job: {"id": job.id, "status": job.status}),
    }


def owner_url(settings: Settings) -> str:
    """The address with the owner's rights, which checking and publishing deposits need."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    from mig_idg.database.cluster import DATABASE, OWNER, PrivateCluster

    return PrivateCluster(settings.home.resolve()).url(role=OWNER, database=DATABASE)


def depositing(settings: Settings, url: str) -> None:
    """The isolated process of deposits: one step of one deposit at a time."""
    from mig_idg.database import connect
    from mig_idg.deposits import work as steps
    from mig_idg.deposits.routes import workshop
    from mig_idg.jobs.child import Told, answer_calls, give_up

    give_up()
    tools = workshop(settings)

    def performed(call: Mapping[str, Any], tell: Told) -> Any:
        def told(percent: int, words: Text) -> None:
            tell({"progress": percent, "message": {"fr": words.fr, "en": words.en}})

        with connect(url) as connection:
            return steps.perform(connection, call, tools, legal_day(datetime.now(UTC)), told)

    async def answering(call: Mapping[str, Any], tell: Told) -> Any:
        return await asyncio.to_thread(performed, call, tell)

    asyncio.run(answer_calls(answering))


def reading(settings: Settings, url: str) -> None:
    """The isolated process of the processes of ours: each reads as the caller of its job, past the one threshold."""
    from mig_idg.app.create import create_app
    from mig_idg.jobs.child import Told, answer_calls, give_up
    from mig_idg.ogc.processes import plugins

    give_up()

    async def serving() -> None:
        application = create_app(settings, url)
        await application.open()
        loop = asyncio.get_running_loop()

        async def answering(call: Mapping[str, Any], tell: Told) -> Any:
            context = Caller(application.guard, loop, call["principal"], tell, settings.standards_folder)
            told = await asyncio.to_thread(plugins.execute, call, settings.plugin_modules, context)
            await application.guard.journal.flush()
            return told

        await answer_calls(answering)

    asyncio.run(serving())


class Caller:
    """Asks the threshold on behalf of the caller of a job; called from the thread of the process."""

    def __init__(
        self, guard: Any, loop: asyncio.AbstractEventLoop, principal: Mapping[str, Any], tell: Any, standards: Path
    ) -> None:
        self.lang: Lang = _lang(principal)
        self.standards = standards
        self._guard = guard
        self._loop = loop
        self._principal = principal
        self._tell = tell

    @property
    def today(self) -> date:
        """The legal day (Paris)."""
        return legal_day(self._guard.current.clock())

    def report(self, progress: int, message: Text) -> None:
        """How far the work is."""
        self._tell({"progress": progress, "message": {"fr": message.fr, "en": message.en}})

    def ask(self, method: str, path: str, query: str, body: bytes | None, into: Path | None) -> Any:
        """The answer to a request of the caller's. Raises what the threshold raises."""
        work = self._ask(method, path, query, body, into)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _ask(self, method: str, path: str, query: str, body: bytes | None, into: Path | None) -> Any:
        from mig_idg.guard.http_request import HttpRequest, read_query
        from mig_idg.ogc.processes.reading import Reading

        headers = {"accept": "*/*", "accept-language": self.lang, "content-type": "application/json"}

        async def read_body(_limit: int) -> bytes:
            return body or b""

        http_request = HttpRequest(method, path, read_query(query.encode()), headers, "job")
        response, _ = await self._guard.receive(
            http_request, read_body, lambda snapshot: acting(self._principal, snapshot)
        )
        if into is None:
            content = b"".join([piece async for piece in _pieces(response.body)])
        else:
            content = b""
            with into.open("wb") as file:
                async for piece in _pieces(response.body):
                    file.write(piece)
        return Reading(response.status, response.media_type, response.headers, content)


def acting(told: Mapping[str, Any], snapshot: Snapshot, now: datetime | None = None) -> Principal:
    """The principal of a job on the facts of this moment: what it was, less what its account has lost since.

    Raises Unauthenticated when the account is closed or the credential of the job is past its end.
    """
    login = told["login"]
    if login is None:
        return PUBLIC
    end = datetime.fromisoformat(told["expires"]) if told["expires"] else None
    credentials = snapshot.credentials
    accounts: list[Credential | Account] = [*credentials.by_hash.values(), *credentials.by_subject.values()]
    known = next((one for one in accounts if one.login == login), None)
    if known is None or (end is not None and end <= (now or datetime.now(UTC))):
        raise Unauthenticated(
            Text("Le compte qui a demandé ce travail n'entre plus.", "The account that asked for this job is closed.")
        )
    collections, actions = told["collections"], told["actions"]
    return Principal(
        login=login,
        name=known.name,
        organisation=known.organisation if known.organisation == told["organisation"] else None,
        roles=known.roles & frozenset(told["roles"]),
        collections=None if collections is None else frozenset(collections),
        actions=None if actions is None else frozenset(actions),
        expires_at=end,
        motive=told["motive"],
        key=f"job {json.dumps([login, told['organisation'], sorted(told['roles']), collections, actions])}",
    )


async def _pieces(body: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    async for piece in body:
        yield piece


def _lang(principal: Mapping[str, Any]) -> Lang:
    return "en" if principal.get("lang") == "en" else "fr"


class Beside:
    """The workers that run jobs beside the server: started with it, started again when one dies, stopped with it."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._environment = {**os.environ, URL_VARIABLE: url}
        self._count = settings.job_workers
        self._stopped = threading.Event()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._threads = [threading.Thread(target=self._keep, args=(n,), daemon=True) for n in range(self._count)]

    def start(self) -> None:
        """Start them."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop them: what is under way goes back to the queue."""
        self._stopped.set()
        for process in list(self._running.values()):
            with suppress(ProcessLookupError):
                process.terminate()
        for thread in self._threads:
            thread.join(timeout=10)

    def _keep(self, number: int) -> None:
        command = [sys.executable, "-m", "mig_idg.app.jobs", "worker"]
        while not self._stopped.is_set():
            process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL)
            self._running[number] = process
            if self._stopped.is_set():
                process.terminate()
            status = process.wait()
            if not self._stopped.wait(RESTART_SECONDS):
                log.error("job-worker-ended", status=status)


def main(arguments: list[str]) -> None:
    """`worker`, `reading`, `deposits`, `acts`, or `harvest`."""
    from mig_idg.app.logging import configure

    configure()
    settings, url = Settings(), os.environ[URL_VARIABLE]
    if arguments == ["reading"]:
        reading(settings, url)
    elif arguments == ["deposits"]:
        depositing(settings, os.environ[OWNER_VARIABLE])
    elif arguments == ["acts"]:
        from mig_idg.app.acts import performing

        performing(os.environ[OWNER_VARIABLE], acting)
    elif arguments == ["harvest"]:
        from mig_idg.app.harvesting import harvesting

        harvesting(settings, os.environ[OWNER_VARIABLE])
    else:
        from mig_idg.jobs.child import end_with_parent

        end_with_parent()
        work(settings, url)


if __name__ == "__main__":
    main(sys.argv[1:])
