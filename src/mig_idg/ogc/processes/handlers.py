"""The handlers of `/processes` and `/jobs`.

Each collection that the inputs name is decided on, for the action `execute` and for what the process does with it, when
the job is submitted, again by the threshold when it runs, again when its results are read. A job belongs to its
account; that of the public is opened by its id, which nobody can guess, and is in no list.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mig_idg.errors import InvalidParameter, Text, Unauthenticated, Unavailable
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link, page_answer
from mig_idg.jobs import Job, Records
from mig_idg.jobs.model import STATUSES
from mig_idg.jobs.records import Selection, Submission
from mig_idg.ogc.processes import documents, refusals, requests, results
from mig_idg.ogc.processes.catalogue import Catalogue

KIND = "process"
BODY_LIMIT = 16 * 1024 * 1024
MOST_LISTED, LISTED = 1000, 100
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
_PERIOD = re.compile(r"^[^/]+(/[^/]+)?$")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a synchronous execution is waited for, and where callbacks may go."""

    sync_seconds: float = 30.0
    callback_hosts: tuple[str, ...] = ()


class Processes:
    """The processes of one application and the jobs of their callers."""

    def __init__(self, catalogue: Catalogue, records: Records, limits: Limits) -> None:
        self._catalogue = catalogue
        self._records = records
        self._limits = limits

    # What can be executed.

    async def processes(self, request: Request) -> Response:
        """`GET /processes`."""
        only(request, "limit", "offset")
        form = wanted(request, JSON_PAGES)
        limit, offset = _number(request, "limit", LISTED, 1, MOST_LISTED), _number(request, "offset", 0, 0, 10**9)
        every = await self._catalogue.all()
        page = [documents.summary_document(one, request.url, request.lang) for one in every[offset : offset + limit]]
        links = _page_links(request, "/processes", limit, offset, len(every))
        document = {"processes": page, "links": links}
        if form == "html":
            return page_answer("processes", {"document": document})
        return json_answer(document)

    async def process(self, request: Request) -> Response:
        """`GET /processes/{process}`."""
        only(request)
        form = wanted(request, JSON_PAGES)
        document = documents.process_document(await self._described(request), request.url, request.lang)
        if form == "html":
            return page_answer("process", {"document": document})
        return json_answer(document)

    # Executing.

    async def execution(self, request: Request) -> Response:
        """`POST /processes/{process}/execution`: a job, waited for unless the caller would rather come back."""
        only(request)
        assert request.read_body is not None
        # First of all: who listens for the client's departure, a moment later, would take the body for it.
        body = await request.read_body(BODY_LIMIT)
        described = await self._described(request)
        declared = self._catalogue.declared[described["id"]]
        if declared.audience == "accounts" and request.principal.public:
            raise _sign_in()
        asked = requests.read(body, request.headers.get("content-type", ""), described, self._limits.callback_hosts)
        layers = requests.layers(declared, asked.inputs)
        _authorise(request, layers)
        preferred = requests.preferences(request.headers.get("prefer", ""))
        controls = described["jobControlOptions"]
        later = "async-execute" in controls and ("respond-async" in preferred or "sync-execute" not in controls)
        job = await self._records.submit(
            Submission(
                kind=KIND,
                subject=described["id"],
                login=request.principal.login,
                principal=_principal(request),
                request={
                    "inputs": asked.inputs,
                    "outputs": asked.outputs,
                    "response": asked.response,
                    "subscriber": asked.subscriber,
                    "declared": declared.model_dump(),
                },
                layers=layers,
                seconds=declared.seconds,
                priority=0 if later else 10,
            )
        )
        if later:
            return self._accepted(request, job, applied="respond-async" in preferred)
        return await self._waited_for(request, job)

    def _accepted(self, request: Request, job: Job, *, applied: bool) -> Response:
        headers = {"location": request.url(f"/jobs/{job.id}")}
        if applied:
            headers["preference-applied"] = "respond-async"
        document = documents.job_document(job, request.url, request.lang)
        return json_answer(document, status=201, headers=headers, private=True)

    async def _waited_for(self, request: Request, job: Job) -> Response:
        ended = None
        try:
            ended = await self._ended(job.id, min(self._limits.sync_seconds, job.seconds))
        finally:
            if ended is None:  # too long, or the client left: nobody will read it
                await asyncio.shield(self._records.dismiss(job.id))
        if ended is None:
            error = Unavailable(
                Text("Le traitement dure trop longtemps pour une réponse immédiate.",
                     "The process takes too long for an answer at once."),
                remedy=Text("Demandez-le avec l'en-tête Prefer: respond-async.",
                            "Ask for it with the header Prefer: respond-async."),
            )  # fmt: skip
            error.headers["retry-after"] = "10"
            raise error
        response = await results.response(self._records, ended, request.url, request.lang)
        monitor = f'<{request.url(f"/jobs/{job.id}")}>; rel="monitor"'
        response.headers["link"] = f"{response.headers['link']}, {monitor}" if "link" in response.headers else monitor
        return response

    async def _ended(self, id: str, seconds: float) -> Job | None:
        until, pause = time.monotonic() + seconds, _FIRST_PAUSE
        while time.monotonic() < until:
            if await self._records.entitlements(id) not in ("accepted", "running"):
                return await self._records.find(id)
            await asyncio.sleep(pause)
            pause = min(pause * 1.3, _LONGEST_PAUSE)
        return None

    # Jobs.

    async def jobs(self, request: Request) -> Response:
        """`GET /jobs`: those of the caller's account."""
        only(request, "limit", "offset", "type", "processID", "status", "datetime", "minDuration", "maxDuration")
        form = wanted(request, JSON_PAGES)
        asked = _selection(request)
        if request.query.get("type", "process") != "process":
            raise InvalidParameter("type", Text("Seul type : process.", "The only type: process."))
        listable = request.principal.login is not None
        found, matched = await self._records.listing(asked) if listable else ([], 0)
        document = {
            "jobs": [documents.job_document(one, request.url, request.lang) for one in found],
            "links": _page_links(request, "/jobs", asked.limit, asked.offset, matched),
        }
        if form == "html":
            return page_answer("jobs", {"document": document}, private=True)
        return json_answer(document, private=True)

    async def job(self, request: Request) -> Response:
        """`GET` and `DELETE /jobs/{job}`."""
        only(request)
        form = wanted(request, JSON_PAGES)
        job = await self._owned(request)
        if request.method == "DELETE":
            job = await self._records.dismiss(job.id) or job
            return json_answer(documents.job_document(job, request.url, request.lang), private=True)
        document = documents.job_document(job, request.url, request.lang)
        if form == "html":
            problem = (job.problem or {}).get(request.lang)
            return page_answer("job", {"document": document, "problem": problem}, private=True)
        return json_answer(document, private=True)

    async def results(self, request: Request) -> Response:
        """`GET /jobs/{job}/results`, once more under the rights of this moment."""
        only(request)
        job = await self._readable(request)
        return await results.response(self._records, job, request.url, request.lang)

    async def output(self, request: Request) -> Response:
        """`GET /jobs/{job}/results/{output}`: what a result by reference leads to."""
        only(request)
        job = await self._readable(request)
        if job.status == "failed":
            return results.failure(job, request.lang)
        return await results.one_output(self._records, job, results.output_of(job, request.params["output"]))

    async def _described(self, request: Request) -> Mapping[str, Any]:
        id = request.params["process"]
        described = await self._catalogue.one(id)
        if described is None:
            raise refusals.no_such_process(id)
        return described

    async def _owned(self, request: Request) -> Job:
        job = await self._records.find(request.params["job"])
        if job is None or job.kind != KIND or (job.login is not None and job.login != request.principal.login):
            raise refusals.no_such_job()
        return job

    async def _readable(self, request: Request) -> Job:
        job = await self._owned(request)
        if job.open:
            raise refusals.result_not_ready()
        if job.status == "dismissed":
            raise refusals.no_results()
        _authorise(request, job.layers)
        return job


def _sign_in() -> Unauthenticated:
    error = Unauthenticated(
        Text("Ce traitement demande un compte.", "This process needs an account."),
        remedy=Text("Identifiez-vous.", "Sign in."),
    )
    error.headers["www-authenticate"] = 'Bearer realm="mig-idg", Basic realm="mig-idg", charset="UTF-8"'
    return error


def _authorise(request: Request, layers: tuple[tuple[str, str], ...]) -> None:
    """Each collection, for what the process does with it, then for `execute`. Raises NotFound, Refused."""
    for collection, action in layers:
        request.admit(collection, action)
        request.admit(collection, "execute")


def _principal(request: Request) -> dict[str, Any]:
    """The caller as the job keeps it; who runs it gives no more than this, and no more than the account still has."""
    principal = request.principal
    return {
        "login": principal.login,
        "organisation": principal.organisation,
        "roles": sorted(principal.roles),
        "collections": None if principal.collections is None else sorted(principal.collections),
        "actions": None if principal.actions is None else sorted(principal.actions),
        "expires": principal.expires_at.isoformat() if principal.expires_at else None,
        "motive": principal.motive,
        "lang": request.lang,
        "base_url": request.base_url if not request.tokened else None,
    }


def _selection(request: Request) -> Selection:
    statuses = _words(request, "status")
    for one in statuses:
        if one not in STATUSES:
            raise InvalidParameter(
                "status",
                Text(f"État inconnu : « {one[:40]} ».", f"Unknown status: “{one[:40]}”."),
                remedy=Text(f"États : {', '.join(STATUSES)}.", f"Statuses: {', '.join(STATUSES)}."),
            )
    since, until = _period(request)
    return Selection(
        login=request.principal.login,
        kind=KIND,
        subjects=_words(request, "processID"),
        statuses=statuses,
        since=since,
        until=until,
        shortest=_seconds(request, "minDuration"),
        longest=_seconds(request, "maxDuration"),
        limit=_number(request, "limit", LISTED, 1, MOST_LISTED),
        offset=_number(request, "offset", 0, 0, 10**9),
    )


def _words(request: Request, name: str) -> tuple[str, ...]:
    return tuple(one for one in request.query.get(name, "").split(",") if one)


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    told = request.query.get(name)
    if told is None:
        return default
    if not told.isascii() or not told.isdigit() or len(told) > 10 or int(told) < least:
        raise InvalidParameter(
            name, Text(f"« {name} » : un entier, {least} au moins.", f"“{name}”: an integer, {least} at least.")
        )
    return min(int(told), most)


def _seconds(request: Request, name: str) -> float | None:
    return float(_number(request, name, 0, 0, 10**9)) if name in request.query else None


def _period(request: Request) -> tuple[str | None, str | None]:
    told = request.query.get("datetime")
    if told is None:
        return None, None
    first, slash, last = told.partition("/")
    try:
        bounds = [None if one in ("", "..") else _instant(one) for one in ((first, last) if slash else (first, first))]
    except ValueError:
        bounds = []
    if not bounds or not _PERIOD.match(told) or bounds == [None, None]:
        raise InvalidParameter(
            "datetime",
            Text("Un instant ou une période RFC 3339 est attendu.", "An RFC 3339 instant or interval is expected."),
            remedy=Text("Exemple : 2026-01-01T00:00:00Z/..", "Example: 2026-01-01T00:00:00Z/.."),
        )
    return bounds[0], bounds[1]


def _instant(told: str) -> str:
    at = datetime.fromisoformat(told)
    if at.tzinfo is None and len(told) > 10:
        raise ValueError(told)
    return at.isoformat() + ("" if at.tzinfo else "+00:00")


def _page_links(request: Request, path: str, limit: int, offset: int, matched: int) -> list[dict[str, str]]:
    from urllib.parse import urlencode

    kept = {name: value for name, value in request.query.items() if name not in ("f", "lang", "offset", "limit")}

    def page(at: int, form: str = "json") -> str:
        shown = {**kept, "limit": limit, **({"offset": at} if at else {}), "f": form}
        return request.url(f"{path}?{urlencode(shown)}")

    def words(fr: str, en: str) -> str:
        return Text(fr, en).in_(request.lang)

    links = [
        link(page(offset), "self", "application/json", words("Ce document en JSON", "This document as JSON")),
        link(page(offset, "html"), "alternate", "text/html", words("Ce document en HTML", "This document as HTML")),
    ]
    if offset + limit < matched:
        links.append(link(page(offset + limit), "next", "application/json", words("Page suivante", "Next page")))
    if offset:
        links.append(
            link(page(max(0, offset - limit)), "prev", "application/json", words("Page précédente", "Previous page"))
        )
    return links
