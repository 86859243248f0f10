"""The documents of OGC API Processes: a process, a job (`statusInfo`), lists of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.guard.response import link
from mig_idg.jobs.model import Job
from mig_idg.ogc.processes import descriptions

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
JSON = "application/json"
Url = Callable[[str], str]


def process_document(described: Mapping[str, Any], url: Url, lang: Lang) -> dict[str, Any]:
    """One process, with its links."""
    document: dict[str, Any] = descriptions.in_language(described, lang)
    return {**document, "links": [*document["links"], *_process_links(described["id"], url, lang)]}


def summary_document(described: Mapping[str, Any], url: Url, lang: Lang) -> dict[str, Any]:
    """One process in the list."""
    document: dict[str, Any] = descriptions.in_language(descriptions.summary(described), lang)
    return {**document, "links": _process_links(described["id"], url, lang)}


def _process_links(id: str, url: Url, lang: Lang) -> list[dict[str, str]]:
    def words(fr: str, en: str) -> str:
        return Text(fr, en).in_(lang)

    here = f"/processes/{id}"
    return [
        link(url(f"{here}?f=json"), "self", JSON, words("Ce traitement en JSON", "This process as JSON")),
        link(url(f"{here}?f=html"), "alternate", "text/html", words("Ce traitement en HTML", "This process as HTML")),
        link(url(f"{here}/execution"), f"{REL}execute", JSON, words("L'exécuter (POST)", "Execute it (POST)")),
        link(url("/processes"), "up", JSON, words("Les traitements", "The processes")),
        link(url(f"/jobs?processID={id}"), f"{REL}job-list", JSON, words("Ses travaux", "Its jobs")),
    ]


def job_document(job: Job, url: Url, lang: Lang) -> dict[str, Any]:
    """`statusInfo` of one job."""
    document: dict[str, Any] = {
        "processID": job.subject,
        "type": "process",
        "jobID": job.id,
        "status": job.status,
        "progress": job.progress,
        "created": instant(job.created),
        "updated": instant(job.updated),
    }
    if job.message:
        document["message"] = job.message.in_(lang)
    if job.started:
        document["started"] = instant(job.started)
    if job.finished:
        document["finished"] = instant(job.finished)
    document["links"] = _job_links(job, url, lang)
    return document


def _job_links(job: Job, url: Url, lang: Lang) -> list[dict[str, str]]:
    def words(fr: str, en: str) -> str:
        return Text(fr, en).in_(lang)

    here = f"/jobs/{job.id}"
    links = [
        link(url(f"{here}?f=json"), "self", JSON, words("Ce travail en JSON", "This job as JSON")),
        link(url(f"{here}?f=html"), "alternate", "text/html", words("Ce travail en HTML", "This job as HTML")),
        link(url(f"/processes/{job.subject}"), "describedby", JSON, words("Le traitement", "The process")),
        link(url("/jobs"), f"{REL}job-list", JSON, words("Vos travaux", "Your jobs")),
    ]
    if job.status == "successful":
        links.append(link(url(f"{here}/results"), f"{REL}results", JSON, words("Les résultats", "The results")))
        links += [
            link(url(f"{here}/results/{output.id}"), "item", output.media_type, output.id) for output in job.outputs
        ]
    if job.status == "failed":
        links.append(link(url(f"{here}/results"), f"{REL}exceptions", "application/problem+json",
                          words("Pourquoi il a échoué", "Why it failed")))  # fmt: skip
    return links


def instant(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
