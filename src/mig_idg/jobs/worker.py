"""Takes jobs from the queue and runs each in an isolated process.

The queue is procrastinate's: a worker says every few seconds that it lives, and what a dead one held is taken up again
by the next (`recover`), once; the second time the job is failed, and says so. A job is run at most `ATTEMPTS` times,
ends at its limit of time, and stops within a second of its dismissal.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import procrastinate
import structlog
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mig_idg.errors import Problem, Text, Unavailable, problem
from mig_idg.jobs import egress
from mig_idg.jobs.isolated import Died, Isolated, Late
from mig_idg.jobs.model import Job, Output
from mig_idg.jobs.records import LARGEST_BYTES, PIECE_BYTES, Records

log = structlog.get_logger(__name__)

ATTEMPTS = 3
HEARTBEAT_SECONDS, DEAD_AFTER_SECONDS, RECOVERY_SECONDS = 2.0, 8.0, 3.0
WATCH_SECONDS = 0.5
IDLE_SECONDS = 120.0
PURGE_SECONDS = 900.0

Fresh = Callable[[Job], Isolated]
Documented = Callable[[Job], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of job is run: the isolated process it needs (`flavour` names those that may serve again), and the
    document that its callbacks are sent."""

    flavour: Callable[[Job], str]
    fresh: Fresh
    document: Documented
    results: Callable[[Records, Job], Any] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How a worker works: how many jobs at a time, which hosts callbacks may go to, how long results are kept."""

    concurrency: int = 2
    callback_hosts: tuple[str, ...] = ()
    retention_hours: int = 72


class Worker:
    """One worker. `run` works until it is told to stop."""

    def __init__(self, url: str, records: Records, kinds: Mapping[str, Kind], limits: Limits) -> None:
        self._records = records
        self._kinds = kinds
        self._limits = limits
        self._idle: dict[str, list[Isolated]] = {}
        self._queue = procrastinate.App(connector=procrastinate.PsycopgConnector(
            conninfo=_on_queue(url), min_size=1, max_size=limits.concurrency + 2, timeout=10,
        ))  # fmt: skip
        self._queue.task(name="run", queue="jobs")(self._run)

    def schedule(self, name: str, cron: str, work: Callable[[], Any]) -> None:
        """Do some work at the times of a cron expression: once, however many workers there are."""

        async def at_its_time(timestamp: int) -> None:
            try:
                await work()
            except Exception as error:
                log.error("scheduled-work-failed", name=name, kind=type(error).__name__)

        task = self._queue.task(name=f"scheduled-{name}", queue="jobs", pass_context=False)(at_its_time)
        self._queue.periodic(cron=cron)(task)

    async def run(self) -> None:
        """Take jobs until SIGTERM; what is under way is given back to the queue."""
        async with self._queue.open_async():
            side = [asyncio.create_task(self._for_ever(self.recover, RECOVERY_SECONDS)),
                    asyncio.create_task(self._for_ever(self._purge, PURGE_SECONDS))]  # fmt: skip
            try:
                await self._queue.run_worker_async(
                    queues=["jobs"],
                    concurrency=self._limits.concurrency,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                    fetch_job_polling_interval=2.0,
                    shutdown_graceful_timeout=1.0,
                    install_signal_handlers=True,
                    listen_notify=True,
                )
            finally:
                for task in side:
                    task.cancel()
                for kept in self._idle.values():
                    for one in kept:
                        await one.end()

    async def recover(self) -> None:
        """Jobs whose worker died, or was stopped under way, go back to the queue; `begin` counts how often."""
        manager = self._queue.job_manager
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
            log.warning("job-worker-died", job=stalled.task_kwargs.get("job"))
            await manager.retry_job(stalled)
        for id in await self._records.forsaken():
            await self._records.requeue(id)

    async def _for_ever(self, work: Callable[[], Any], seconds: float) -> None:
        while True:
            try:
                await work()
            except Exception as error:
                log.error("jobs-housekeeping-failed", kind=type(error).__name__)
            await asyncio.sleep(seconds)

    async def _purge(self) -> None:
        await self._records.purge(self._limits.retention_hours)
        await self._queue.job_manager.delete_old_jobs(nb_hours=self._limits.retention_hours, queue="jobs")

    async def _run(self, job: str) -> None:
        """One attempt at one job."""
        begun = await self._records.begin(job)
        if begun is None:
            return
        if begun.attempts > ATTEMPTS:
            await self._fail(job, interrupted())
            return
        kind = self._kinds.get(begun.kind)
        if kind is None:
            await self._fail(job, Problem(Text(f"Travail d'une sorte inconnue : « {begun.kind} ».",
                                               f"A job of an unknown kind: “{begun.kind}”.")))  # fmt: skip
            return
        if begun.attempts > 1:
            await self._records.empty(job)
        await self._call_back(begun, "inProgressUri", kind)
        ended = await self._attempt(begun, kind)
        if ended is not None:
            await self._call_back(ended, "successUri" if ended.status == "successful" else "failedUri", kind)

    async def _attempt(self, job: Job, kind: Kind) -> Job | None:
        flavour = kind.flavour(job)
        process = self._borrowed(flavour) or kind.fresh(job)
        watch = asyncio.create_task(self._watch(job.id))
        work = asyncio.create_task(process.call(_request(job), job.seconds, lambda told: self._heard(job, told)))
        try:
            await asyncio.wait((watch, work), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():  # dismissed: the process ends with the call
                return None
            told = work.result()
        except Late:
            return await self._fail(job.id, late(job.seconds))
        except Died:
            log.error("job-process-died", job=job.id, subject=job.subject)
            return await self._fail(job.id, died())
        finally:
            for task in (watch, work):
                task.cancel()
            await asyncio.gather(watch, work, return_exceptions=True)
        if process.alive:
            self._idle.setdefault(flavour, []).append(process)
        return await self._ended(job, told)

    async def _ended(self, job: Job, told: Mapping[str, Any]) -> Job | None:
        if "problem" in told:
            if told.get("trace"):
                log.error("job-failed", job=job.id, subject=job.subject, trace=told["trace"])
            return await self._records.finish(
                job.id, "failed", problem=told["problem"], message=_text(told["problem"], "detail")
            )
        outputs = []
        try:
            for one in told["outputs"]:
                with contextlib.closing(_pieces(one)) as pieces:
                    size = await self._records.keep(job.id, one["id"], pieces)
                outputs.append(Output(one["id"], one["mediaType"], one["encoding"], size))
        finally:
            for one in told["outputs"]:
                if "file" in one:
                    Path(one["file"]).unlink(missing_ok=True)
        return await self._records.finish(
            job.id, "successful", tuple(outputs), message=Text("Travail terminé.", "Job done.")
        )

    async def _watch(self, id: str) -> None:
        """Ends when the job is no longer running here: somebody dismissed it."""
        while await self._records.entitlements(id) == "running":
            await asyncio.sleep(WATCH_SECONDS)

    async def _heard(self, job: Job, told: Mapping[str, Any]) -> None:
        message = told.get("message")
        await self._records.report(
            job.id, int(told.get("progress", 0)), Text(message["fr"], message["en"]) if message else None
        )

    def _borrowed(self, flavour: str) -> Isolated | None:
        kept = self._idle.get(flavour, [])
        while kept:
            one = kept.pop()
            if one.alive:
                return one
        return None

    async def _fail(self, id: str, error: Problem) -> Job | None:
        return await self._records.finish(id, "failed", problem=problems(error), message=error.detail)

    async def _call_back(self, job: Job, which: str, kind: Kind) -> None:
        address = (job.request.get("subscriber") or {}).get(which)
        if not address:
            return
        try:
            if which == "successUri" and kind.results is not None:
                body = await kind.results(self._records, job)
            else:
                body = orjson.dumps(kind.document(job))
            status = await egress.post(address, body, self._limits.callback_hosts)
            log.info("job-callback", job=job.id, status=status)
        except (OSError, TimeoutError, Problem) as error:
            log.warning("job-callback-failed", job=job.id, which=which, reason=type(error).__name__)


def problems(error: Problem) -> dict[str, Any]:
    """A problem in both languages: whoever reads the job later chooses."""
    return {"fr": problem(error, "fr"), "en": problem(error, "en")}


def interrupted() -> Unavailable:
    """A job whose worker died more than once."""
    return Unavailable(
        Text("Le travail a été interrompu plusieurs fois, et abandonné.", "The job was interrupted too often."),
        remedy=Text("Relancez-le avec moins de données.", "Run it again on less data."),
    )


def late(seconds: int) -> Unavailable:
    """A job that took longer than its limit."""
    return Unavailable(
        Text(
            f"Le travail a dépassé sa durée limite, {seconds} s.", f"The job took longer than its limit, {seconds} s."
        ),
        remedy=Text("Réduisez ce qui est demandé.", "Ask for less."),
    )


def died() -> Unavailable:
    """A job that took its process with it."""
    return Unavailable(
        Text("Le travail s'est arrêté : mémoire dépassée ou erreur d'une bibliothèque.",
             "The job stopped: memory over its limit, or a library that crashed."),
        remedy=Text("Réduisez ce qui est demandé.", "Ask for less."),
    )  # fmt: skip


def _request(job: Job) -> dict[str, Any]:
    return {"job": job.id, "kind": job.kind, "subject": job.subject, "principal": job.principal, "request": job.request}


def _text(told: Mapping[str, Any], member: str) -> Text:
    return Text(str(told["fr"].get(member, "")), str(told["en"].get(member, "")))


def _pieces(output: Mapping[str, Any]) -> Generator[bytes]:
    """The bytes of an output: inline, or from the file that the process left."""
    if "file" not in output:
        body = base64.b64decode(output["base64"])
        yield from (body[at : at + PIECE_BYTES] for at in range(0, max(len(body), 1), PIECE_BYTES))
        return
    left = LARGEST_BYTES
    with Path(output["file"]).open("rb") as file:
        while left > 0 and (piece := file.read(PIECE_BYTES)):
            left -= len(piece)
            yield piece


def _on_queue(url: str) -> str:
    """The same database, looking for tables where procrastinate's are."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    options = f"{parts.pop('options', None) or ''} -c search_path=procrastinate".strip()
    return make_conninfo(**parts, options=options, connect_timeout=5, application_name="mig-idg jobs")
