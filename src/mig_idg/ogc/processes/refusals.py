"""The errors that OGC API Processes names, under RFC 9457: their `type` is OGC's address."""

from __future__ import annotations

from mig_idg.errors import NotFound, Text

_TYPES = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"


def no_such_process(id: str) -> NotFound:
    """`/req/core/process-exception/no-such-process`."""
    return NotFound(
        Text(f"Aucun traitement « {id[:80]} ».", f"There is no process “{id[:80]}”."),
        remedy=Text("La liste est à /processes.", "The list is at /processes."),
        extra={"type": f"{_TYPES}/no-such-process"},
    )


def no_such_job() -> NotFound:
    """`/req/core/job-exception-no-such-job`: missing, or another's; the same answer."""
    return NotFound(
        Text("Aucun travail n'a cet identifiant.", "There is no job with this id."),
        remedy=Text("Vos travaux sont à /jobs.", "Your jobs are at /jobs."),
        extra={"type": f"{_TYPES}/no-such-job"},
    )


def result_not_ready() -> NotFound:
    """`/req/core/job-results-exception/results-not-ready`."""
    error = NotFound(
        Text("Le travail n'est pas terminé.", "The job has not ended."),
        remedy=Text("Suivez-le à /jobs/{id}.", "Follow it at /jobs/{id}."),
        extra={"type": f"{_TYPES}/result-not-ready"},
    )
    error.headers["retry-after"] = "2"
    return error


def no_results() -> NotFound:
    """The results of a job that was dismissed: they were removed with it."""
    return NotFound(
        Text("Ce travail a été abandonné : il n'a pas de résultat.", "This job was dismissed: it has no results."),
        extra={"type": f"{_TYPES}/no-such-job"},
    )
