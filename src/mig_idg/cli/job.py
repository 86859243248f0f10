"""`mig-idg job list|show|cancel|work`: what was asked of the service, where it stands; and what runs it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli.acts import JSON, show_table
from mig_idg.cli.messages import database_urls, lang, say, say_json, settings, t
from mig_idg.errors import Conflict, NotFound, Text

if TYPE_CHECKING:
    from mig_idg.jobs import Job, Records

STATUSES = ("accepted", "running", "successful", "failed", "dismissed")


@click.group(name="job", help=t("Travaux : suivre, abandonner, exécuter.", "Jobs: follow, cancel, run."))
def command() -> None:
    """Group of the verbs on jobs."""


@command.command(name="list", help=t("Les travaux de tous, du plus récent au plus ancien.", "Everybody's jobs."))
@click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES), help=t("dans cet état", "with it"))
@click.option("--process", "subjects", multiple=True, help=t("de ce traitement", "of this process"))
@click.option("--login", help=t("de ce compte", "of this account"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help=t("au plus", "at most"))
@JSON
def list_(
    statuses: tuple[str, ...], subjects: tuple[str, ...], login: str | None, limit: int, as_json: bool
) -> int:  # fmt: skip
    """Newest first."""
    from mig_idg.jobs.records import Selection

    asked = Selection(login=login, everybody=login is None, statuses=statuses, subjects=subjects, limit=limit)
    jobs, _ = _with_records(lambda records: records.listing(asked))
    heads = {
        "id": t("travail", "job"),
        "subject": t("objet", "subject"),
        "login": t("compte", "account"),
        "status": t("état", "status"),
        "progress": "%",
        "created": t("demandé", "asked"),
    }
    show_table([_row(job) for job in jobs], heads, as_json)
    return 0


@command.command(help=t("Un travail : son état, ses résultats, pourquoi il a échoué.", "One job."))
@click.argument("job")
@JSON
def show(job: str, as_json: bool) -> int:
    """Exit 1 when it failed, or is not there."""
    found = _with_records(lambda records: records.find(job))
    if found is None:
        raise _missing(job)
    if as_json:
        outputs = [{"id": one.id, "mediaType": one.media_type, "size": one.size} for one in found.outputs]
        problem = (found.problem or {}).get(lang())
        say_json({**_row(found), "request": found.request, "problem": problem, "outputs": outputs})
    else:
        for name, value in _row(found).items():
            if value is not None:
                say(f"{name:<10} {value}")
        for output in found.outputs:
            say(f"→ {output.id} ({output.media_type}, {output.size} o)")
    return 1 if found.status == "failed" else 0


@command.command(help=t("Abandonne un travail, et retire ses résultats.", "Cancels a job and removes its results."))
@click.argument("job")
@JSON
def cancel(job: str, as_json: bool) -> int:
    """Whoever runs it stops within a second."""

    async def cancelled(records: Records) -> Job:
        before = await records.find(job)
        if before is None:
            raise _missing(job)
        if not before.open:
            raise Conflict(
                Text(f"Le travail {job} est déjà terminé ({before.status}).", f"Job {job} has ended ({before.status}).")
            )
        return await records.dismiss(job) or before

    done = _with_records(cancelled)
    if as_json:
        say_json(_row(done))
    else:
        say(Text(f"Travail {job} abandonné.", f"Job {job} cancelled."))
    return 0


@command.command(
    help=t(
        "Exécute les travaux jusqu'à ce qu'on l'arrête : pour une autre machine que celle qui sert.",
        "Runs jobs until stopped: for another machine than the one that serves.",
    )
)
def work() -> int:
    """The same worker as beside `serve`."""
    from mig_idg.app.jobs import work as working

    with database_urls() as (_, app):
        say(Text("mig-idg exécute les travaux (Ctrl-C pour arrêter).", "mig-idg runs jobs (Ctrl-C to stop)."))
        working(settings(), app)
    return 0


def _with_records(ask: Callable[[Records], Awaitable[Any]]) -> Any:
    from mig_idg.database.pool import READ_WRITE, Pool, PoolLimits
    from mig_idg.jobs import Records

    async def asking(url: str) -> Any:
        records = Records(Pool(url, PoolLimits(size=1, waiting=4), options=READ_WRITE))
        try:
            return await ask(records)
        finally:
            records.pool.close()

    with database_urls() as (_, app):
        return asyncio.run(asking(app))


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "subject": job.subject,
        "login": job.login,
        "status": job.status,
        "progress": job.progress,
        "message": job.message.in_(lang()) if job.message else None,
        "created": job.created.isoformat(timespec="seconds"),
        "started": job.started.isoformat(timespec="seconds") if job.started else None,
        "finished": job.finished.isoformat(timespec="seconds") if job.finished else None,
        "attempts": job.attempts,
    }


def _missing(job: str) -> NotFound:
    return NotFound(
        Text(f"Aucun travail « {job} ».", f"There is no job “{job}”."),
        remedy=Text("« mig-idg job list » les montre.", "“mig-idg job list” shows them."),
    )
