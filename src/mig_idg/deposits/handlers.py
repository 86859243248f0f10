"""The handlers of `/deposits`.

Each write is decided on by the threshold (`contribute` on the dataset) and journalled; a body sees its own deposits,
those of others are missing. What is acknowledged is on the disk and in the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

import orjson
from werkzeug.http import parse_options_header

from mig_idg.deposits import certification, documents, sign, tus
from mig_idg.deposits.lifecycle import STATES, move
from mig_idg.deposits.model import Deposit, Duplicate, job_of, missing
from mig_idg.deposits.multipart import Form
from mig_idg.deposits.receive import Quarantine, Received, empty, file_name
from mig_idg.deposits.records import Deposits
from mig_idg.errors import (
    BadRequest,
    InvalidParameter,
    Problem,
    Refused,
    SignInNeeded,
    Text,
)
from mig_idg.guard.credentials import BEARER_AND_BASIC
from mig_idg.guard.negotiation import EVERYWHERE, JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.jobs import Records

Handler = Callable[["Handlers", Request], Awaitable[Response]]
MOST_LISTED, LISTED = 1000, 100
SMALL_BODY = 64 * 1024
FORM_ROOM = 1024 * 1024


def tus_answered(handler: Handler) -> Handler:
    """What answers a tus client says so, refusals too."""

    @wraps(handler)
    async def answering(self: Handlers, request: Request) -> Response:
        spoken = "tus-resumable" in request.headers
        try:
            response = await handler(self, request)
        except Problem as error:
            if spoken:
                error.headers["tus-resumable"] = tus.VERSION
            raise
        if spoken:
            response.headers["tus-resumable"] = tus.VERSION
        return response

    return answering


class Handlers:
    """The deposits of one application."""

    def __init__(self, deposits: Deposits, jobs: Records, quarantine: Quarantine) -> None:
        self._deposits = deposits
        self._jobs = jobs
        self._quarantine = quarantine

    # ——— many

    @tus_answered
    async def deposits(self, request: Request) -> Response:
        """`/deposits`: list one's body's, give a file, or ask what the upload protocol can do."""
        if request.method == "OPTIONS":
            headers = {
                "allow": "GET, HEAD, POST, OPTIONS",
                "tus-resumable": tus.VERSION,
                "tus-version": tus.VERSION,
                "tus-extension": tus.EXTENSIONS,
                "tus-max-size": str(self._quarantine.limit),
            }
            return Response(status=204, headers=headers)
        if request.method == "POST":
            return await (self._begin(request) if tus.asked(request.headers) else self._receive(request))
        return await self._list(request)

    async def _list(self, request: Request) -> Response:
        only(request, "dataset", "state", "limit", "offset")
        state = request.query.get("state")
        if state is not None and state not in STATES:
            raise InvalidParameter(
                "state",
                Text(f"État inconnu : « {state[:40]} ».", f"Unknown state: “{state[:40]}”."),
                remedy=Text(f"États : {', '.join(STATES)}.", f"States: {', '.join(STATES)}."),
            )
        body = _body(request)
        limit, offset = _number(request, "limit", LISTED, 1, MOST_LISTED), _number(request, "offset", 0, 0, 10**9)
        found = await self._deposits.listing(body, request.query.get("dataset"), state, limit, offset)
        await request.confirm()
        shown = [
            documents.deposit_document(one, request.url, request.lang) for one in found if _permitted(request, one)
        ]
        document = {"deposits": shown, "links": [{"href": request.url("/deposits"), "rel": "self"}]}
        if _page(request):
            return page_answer("deposits", {"document": document}, private=True)
        return json_answer(document, private=True)

    async def _receive(self, request: Request) -> Response:
        """A whole file in one request: raw, or in a form."""
        only(request, "dataset", "filename", *certification.WORDS)
        pieces = request.body_pieces(self._quarantine.limit + FORM_ROOM)
        content_type = request.headers.get("content-type", "")
        words = {name: value for name, value in request.query.items() if name not in EVERYWHERE}
        if content_type.lower().startswith("multipart/form-data"):
            if "dataset" in words:
                await self._admitted(request, words["dataset"])
            form = Form(content_type, pieces)
            await form.open()
            words = {**form.fields, **words}
            name, content = words.get("filename") or form.filename, form.content()
        else:
            name, content = words.get("filename") or _disposition(request), pieces
        given = await self._given(request, words, name)
        received = await self._stored(content, request)
        given |= {"id": received.id, "size": received.size, "sha256": received.sha256, "state": "draft"}
        by = _by(request)
        deposit, made = await self._deposits.take(given, by, job_of(received.id, "check", by))
        if not made:
            self._quarantine.discard(received.id)
        return await self._shown(request, deposit, status=201 if made else 200, located=True)

    async def _stored(self, content: AsyncIterator[bytes], request: Request) -> Received:
        length = request.headers.get("content-length", "")
        if length.isdigit():
            self._quarantine.require_size(max(0, int(length) - FORM_ROOM))
        id = self._quarantine.open()
        try:
            await self._quarantine.append(id, content)
            return await asyncio.to_thread(self._quarantine.seal, id)
        except BaseException:
            self._quarantine.discard(id)
            raise

    async def _given(self, request: Request, words: Mapping[str, str], name: str) -> dict[str, Any]:
        """What a new deposit says of itself, once the charter lets its body contribute."""
        dataset = words.get("dataset", "")
        if not dataset:
            raise InvalidParameter(
                "dataset",
                Text("Le jeu de données visé est attendu.", "The dataset is expected."),
                remedy=Text("Ajoutez ?dataset=IDENTIFIANT.", "Add ?dataset=IDENTIFIER."),
            )
        await self._admitted(request, dataset)
        certified, answers = certification.read(words)
        body = _body(request)
        return {
            "dataset": dataset,
            "kind": request.snapshot.facts.datasets[dataset].kind,
            "organisation": body,
            "login": request.principal.login,
            "depositor": request.principal.name or request.principal.login,
            "file": file_name(name),
            "certification": certified,
            "checklist": answers or await self._deposits.remembered(dataset, body),
        }

    async def _admitted(self, request: Request, dataset: str) -> None:
        """The charter lets the caller's body contribute, on the facts of this moment. Raises NotFound, Refused."""
        collection, _, _ = request.admit(dataset, "contribute")
        if collection.table is None:
            raise BadRequest(
                Text(f"« {dataset} » n'est pas une couche d'entités.", f"“{dataset}” is not a layer of features."),
                remedy=Text("Images et points : mig-idg import.", "Pictures and points: mig-idg import."),
            )
        _body(request)
        await request.confirm()

    # ——— one

    @tus_answered
    async def deposit(self, request: Request) -> Response:
        """`/deposits/{deposit}`: read it, go on sending it, withdraw it."""
        if request.method == "PATCH":
            tus.asked(request.headers)
            return await self._go_on(request)
        if request.method == "DELETE":
            return await self.withdraw(request)
        deposit = await self._visible(request)
        if request.method == "HEAD" and tus.asked(request.headers):
            return await self._offset(request, deposit)
        only(request)
        await request.confirm()
        return await self._shown(request, deposit)

    async def withdraw(self, request: Request) -> Response:
        """The depositor takes it back, before it is published; what runs on it stops."""
        deposit = await self._writable(request)
        move("withdraw", deposit.state, deposit.kind)
        if deposit.job is not None:
            await self._jobs.dismiss(deposit.job)
        deposit = await self._deposits.step(deposit, "withdrawn", "withdraw", _by(request))
        self._quarantine.discard(deposit.id)
        if "tus-resumable" in request.headers:
            return Response(status=204)
        return await self._shown(request, deposit)

    async def check(self, request: Request) -> Response:
        """`POST …/check`: another check, when none is under way."""
        deposit = await self._writable(request)
        move("check", deposit.state, deposit.kind)
        if (running := await self._running(deposit)) is not None:
            return await self._shown(request, running, status=202)
        by = _by(request)
        deposit = await self._deposits.step(deposit, "draft", "check", by, None, job_of(deposit.id, "check", by))
        return await self._shown(request, deposit, status=202)

    async def certify(self, request: Request) -> Response:
        """`PUT …/certification`: what the depositor certifies, the answers to the checklist."""
        deposit = await self._writable(request)
        move("certify", deposit.state, deposit.kind)
        certified, answers = certification.read(await _words(request))
        if certified is None and answers is None:
            raise BadRequest(
                Text(f"Rien à certifier : {', '.join(certification.WORDS)}.",
                     f"Nothing to certify: {', '.join(certification.WORDS)}."),
            )  # fmt: skip
        said = {name: value for name, value in (("certification", certified), ("checklist", answers)) if value}
        deposit = await self._deposits.step(deposit, deposit.state, "certify", _by(request), said)
        return await self._shown(request, deposit)

    async def sign(self, request: Request) -> Response:
        """`POST …/sign`: the referent's sign-off; mutualised data are then published, a contribution waits for its
        group."""
        deposit = await self._writable(request)
        move("sign", deposit.state, deposit.kind)
        accept = (await _words(request)).get("accept-removal", "") in ("yes", "true", "1", "True")
        day, principal = request.snapshot.day, request.principal
        known = await self._deposits.referents(deposit.organisation, day)
        mandate = sign.signatory(known, name=principal.name, login=principal.login, day=day)
        facts = request.snapshot.facts.datasets[deposit.dataset]
        grounds = {one.ground for one in facts.exceptions if one.span.covers(day)}
        sign.require_complete(deposit, grounds, accept_removal=accept)
        by = _by(request)
        job = job_of(deposit.id, "publish", by) if deposit.kind == "mutualised" else None
        said = {"signature": sign.signature(mandate, day, accept_removal=accept)}
        deposit = await self._deposits.step(deposit, "signed_off", "sign", by, said, job)
        return await self._shown(request, deposit, status=202 if job else 200)

    async def publication(self, request: Request) -> Response:
        """`POST …/publication`: start again a publication that failed."""
        deposit = await self._writable(request)
        move("retry", deposit.state, deposit.kind)
        if (running := await self._running(deposit)) is not None:
            return await self._shown(request, running, status=202)
        by = _by(request)
        deposit = await self._deposits.step(deposit, "signed_off", "retry", by, None, job_of(deposit.id, "publish", by))
        return await self._shown(request, deposit, status=202)

    # ——— resumable

    async def _begin(self, request: Request) -> Response:
        only(request, "dataset", "filename", *certification.WORDS)
        words = {**tus.metadata(request.headers), **request.query}
        size = tus.length(request.headers)
        self._quarantine.require_size(size)
        if size == 0:
            raise empty()
        given = await self._given(request, words, words.get("filename", ""))
        id = self._quarantine.open()
        given |= {"id": id, "size": size, "sha256": None, "state": "receiving"}
        deposit, _ = await self._deposits.take(given, _by(request), None)
        headers = {"location": request.url(f"/deposits/{deposit.id}"), "upload-offset": "0"}
        return Response(status=201, headers=headers)

    async def _go_on(self, request: Request) -> Response:
        deposit = await self._writable(request)
        move("receive", deposit.state, deposit.kind)
        at = tus.offset(request.headers)
        at = await self._quarantine.append(deposit.id, request.body_pieces(deposit.size), offset=at, size=deposit.size)
        if at == deposit.size:
            await self._whole(request, deposit)
        return Response(status=204, headers={"upload-offset": str(at)})

    async def _offset(self, request: Request, deposit: Deposit) -> Response:
        at = self._quarantine.offset(deposit.id) if deposit.state == "receiving" else deposit.size
        if deposit.state == "receiving" and at == deposit.size:  # whole, but its server died before it said so
            await self._whole(request, deposit)
        headers = {"upload-offset": str(at), "upload-length": str(deposit.size), "cache-control": "no-store"}
        return Response(status=200, headers=headers)

    async def _whole(self, request: Request, deposit: Deposit) -> None:
        received = await asyncio.to_thread(self._quarantine.seal, deposit.id)
        by, said = _by(request), {"sha256": received.sha256, "size": received.size}
        try:
            await self._deposits.step(deposit, "draft", "receive", by, said, job_of(deposit.id, "check", by))
        except Duplicate as same:
            told = {"problem": {"fr": {"detail": same.detail.fr}, "en": {"detail": same.detail.en}}}
            await self._deposits.step(deposit, "withdrawn", "withdraw", by, told)
            self._quarantine.discard(deposit.id)

    # ——— reports

    async def report(self, request: Request) -> Response:
        """`/deposits/{deposit}/report`, for people or programs."""
        only(request)
        deposit = await self._visible(request)
        report = _reported(deposit, request)
        if _page(request):
            document = documents.deposit_document(deposit, request.url, request.lang)
            context = {"document": document, "report": report, "findings": documents.lines(report)}
            return page_answer("deposit_report", context, private=True)
        return json_answer({"deposit": deposit.id, "difference": deposit.difference, **report}, private=True)

    async def report_csv(self, request: Request) -> Response:
        """`/deposits/{deposit}/report.csv`: the faulty lines."""
        only(request)
        report = _reported(deposit := await self._visible(request), request)
        headers = {"content-disposition": f'attachment; filename="{deposit.id}.csv"'}
        return Response(body=documents.as_csv(report), media_type="text/csv; charset=utf-8", headers=headers,
                        private=True)  # fmt: skip

    async def report_geojson(self, request: Request) -> Response:
        """`/deposits/{deposit}/report.geojson`: the findings as features."""
        only(request)
        report = _reported(await self._visible(request), request)
        return json_answer(documents.as_geojson(report), media_type="application/geo+json", private=True)

    # ——— whose

    async def _visible(self, request: Request) -> Deposit:
        _body(request)
        deposit = await self._deposits.find(request.params["deposit"])
        if deposit is None or deposit.organisation != request.principal.organisation:
            raise missing()
        if not _permitted(request, deposit):
            raise missing()
        return deposit

    async def _writable(self, request: Request) -> Deposit:
        only(request)
        deposit = await self._visible(request)
        await self._admitted(request, deposit.dataset)
        return deposit

    async def _running(self, deposit: Deposit) -> Deposit | None:
        job = await self._jobs.find(deposit.job) if deposit.job else None
        return deposit if job is not None and job.open else None

    async def _shown(
        self, request: Request, deposit: Deposit, *, status: int = 200, located: bool = False
    ) -> Response:  # fmt: skip
        job = await self._jobs.find(deposit.job) if deposit.job else None
        events = await self._deposits.events(deposit.id)
        document = documents.deposit_document(deposit, request.url, request.lang, job, events)
        if _page(request):
            return page_answer("deposit", {"document": document}, private=True)
        headers = {"location": request.url(f"/deposits/{deposit.id}")} if located else {}
        return json_answer(document, status=status, headers=headers, private=True)


def _body(request: Request) -> str:
    """The body the caller acts for. Raises SignInNeeded, Refused."""
    principal = request.principal
    if principal.public:
        error = SignInNeeded(
            Text("Les dépôts sont ceux des organismes partenaires.", "Deposits are those of partner bodies."),
            remedy=Text("Identifiez-vous au nom de votre organisme.", "Sign in for your body."),
        )
        error.headers["www-authenticate"] = BEARER_AND_BASIC
        raise error
    if principal.organisation is None:
        raise Refused(
            Text("Ce compte n'agit pour aucun organisme.", "This account acts for no body."),
        )
    return principal.organisation


def _permitted(request: Request, deposit: Deposit) -> bool:
    return request.snapshot.decide(request.principal, "contribute", deposit.dataset).permitted


def _by(request: Request) -> dict[str, Any]:
    principal = request.principal
    return {"login": principal.login, "name": principal.name, "organisation": principal.organisation}


def _page(request: Request) -> bool:
    """Whether a page is wanted: by who reads, for what was written is told in JSON."""
    return request.method in ("GET", "HEAD") and wanted(request, JSON_PAGES) == "html"


def _reported(deposit: Deposit, request: Request) -> dict[str, Any]:
    report = documents.report_of(deposit, request.lang)
    if report is None:
        error = missing()
        error.detail = Text("Ce dépôt n'a pas encore de rapport.", "This deposit has no report yet.")
        error.remedy = Text("Il en a un après son contrôle.", "It has one once it was checked.")
        raise error
    return report


def _disposition(request: Request) -> str:
    return parse_options_header(request.headers.get("content-disposition", ""))[1].get("filename", "")


async def _words(request: Request) -> dict[str, str]:
    """The members of a small JSON body, as words; an empty body has none. Raises BadRequest."""
    body = await request.body()
    try:
        told = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise BadRequest(Text("Un objet JSON est attendu.", "A JSON object is expected."))
    return {name: "yes" if value is True else str(value) for name, value in told.items() if value is not None}


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    said = request.query.get(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit() and len(said) < 12 and least <= int(said) <= most):
        raise InvalidParameter(
            name,
            Text(f"{name} : un entier de {least} à {most} est attendu.",
                 f"{name}: an integer from {least} to {most} is expected."),
        )  # fmt: skip
    return int(said)
