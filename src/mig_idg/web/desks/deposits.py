"""Deposits from a page: give a file with its certification and the checklist of § 3.3, follow it, sign it off.

The page asks the same handlers as programs do (`deposits/handlers.py`): rights, journal and moves are theirs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace

import orjson

from mig_idg.deposits.certification import GROUNDS
from mig_idg.deposits.handlers import Handlers
from mig_idg.deposits.lifecycle import moves_from
from mig_idg.deposits.multipart import Form as Upload
from mig_idg.errors import BadRequest, InvalidParameter, Problem, Text, UnsupportedMedia, answer_for
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Field, Scene
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.fields import DATASET
from mig_idg.web.desks.forms import Form, Typed
from mig_idg.web.desks.frame import desk_frame, redirect
from mig_idg.web.desks.handlers import Acts
from mig_idg.web.desks.posted import posted

GIVE, MOVE = "deposit-give", "deposit-move"
FORM_ROOM = 1024 * 1024


def _contributed(scene: Scene, id: str) -> bool:
    known = scene.actor.snapshot.collections.get(id)
    return known is not None and known.table is not None and scene.actor.may("contribute", id)


CERTIFIED = (
    Field("same_files", Text("Ces fichiers sont ceux que nous utilisons nous-mêmes (Charte MIG, § 3.5.1)",
                             "These files are those we use ourselves (MIG charter, § 3.5.1)"), "yes"),
    Field("legal_conformity", Text("Leur conformité juridique a été contrôlée (convention, art. 9.2)",
                                   "Their legal conformity was checked (convention, art. 9.2)"), "yes"),
    Field("produced_from", Text("Produites du", "Produced from"), "day"),
    Field("produced_to", Text("Produites jusqu'au", "Produced to"), "day", required=False,
          help=Text("Vide : la production continue.", "Empty: production goes on.")),
    Field("valid_from", Text("Valables du", "Valid from"), "day"),
    Field("valid_to", Text("Valables jusqu'au", "Valid to"), "day", required=False,
          help=Text("Vide : sans fin connue.", "Empty: no known end.")),
    *(
        Field(ground, Text(f"{ground} — {words.fr} ?", f"{ground} — {words.en}?"), "radio", default="no",
              choices=choices.of(("no", Text("Non", "No")),
                                 ("yes", Text("Oui : une exception du § 3.3 doit être déclarée",
                                              "Yes: an exception of § 3.3 must be declared"))))
        for ground, words in GROUNDS.items()
    ),
)  # fmt: skip
FIELDS = (Field("dataset", DATASET, "one", choices=choices.datasets(_contributed)), *CERTIFIED)
SIGNED = (
    Field("accept_removal", Text("J'accepte la suppression massive annoncée par le contrôle",
                                 "I accept the mass removal that the check announced"), "yes", required=False),
)  # fmt: skip


class DepositDesk:
    """The pages of deposits, of one application."""

    def __init__(self, handlers: Handlers, clerk: Clerk, acts: Acts) -> None:
        self._handlers = handlers
        self._clerk = clerk
        self._acts = acts

    async def give(self, request: Request) -> Response:
        """`/desk/deposits`: the form, and the file that it sends."""
        who = actor(request)
        await request.confirm()
        if request.method != "POST":
            given = {"dataset": request.query.get("dataset", "")}
            form = await self._clerk.read(lambda conn: Form(FIELDS, Scene(who, conn), given=given))
            return self._page(request, who, form)
        content_type = request.headers.get("content-type", "")
        if not content_type.lower().startswith("multipart/form-data"):
            raise UnsupportedMedia(
                Text("Un formulaire avec un fichier est attendu.", "A form with a file is expected.")
            )
        upload = Upload(content_type, request.body_pieces(request.body_limit))
        await upload.open()
        self._acts.checked(request, GIVE, who.login, upload.fields.get("ticket", ""))
        typed: Typed = Typed(upload.fields)
        form = await self._clerk.read(lambda conn: Form(FIELDS, Scene(who, conn), typed))
        if not form.valid() or not upload.filename:
            if not upload.filename:
                form.refuse(BadRequest(Text("Choisissez le fichier.", "Choose the file.")))
            await _drained(upload)
            return self._page(request, who, form, status=422)
        words = {**_words(form.said), "dataset": str(form.said["dataset"]), "filename": upload.filename}
        try:
            response = await self._handlers.deposits(
                _as_program(request, "POST", query=words, content=upload.content())
            )
        except Problem as error:
            await _drained(upload)
            form.refuse(_beside(error))
            return self._page(request, who, form, status=answer_for(error).status)
        return redirect(request, "/desk/deposits/" + str(orjson.loads(bytes(response.body))["id"]))  # type: ignore[arg-type]

    async def one(self, request: Request) -> Response:
        """`/desk/deposits/{deposit}`: where it stands, and what one may do about it."""
        who = actor(request)
        await request.confirm()
        if request.method != "POST":
            return await self._shown(request, who)
        sent = await posted(request)
        self._acts.checked(request, MOVE, who.login, sent.fields.get("ticket", ""))
        step = sent.fields.get("step", "")
        try:
            match step:
                case "check":
                    await self._handlers.check(_as_program(request, "POST"))
                case "retry":
                    await self._handlers.publication(_as_program(request, "POST"))
                case "withdraw":
                    await self._handlers.withdraw(_as_program(request, "DELETE"))
                case "sign":
                    said = {"accept-removal": "yes"} if sent.fields.get("accept_removal") else {}
                    await self._handlers.sign(_as_program(request, "POST", body=said))
                case "certify":
                    form = await self._clerk.read(lambda conn: Form(CERTIFIED, Scene(who, conn), sent.fields))
                    if not form.valid():
                        return await self._shown(request, who, form=form, status=422)
                    await self._handlers.certify(_as_program(request, "PUT", body=_words(form.said)))
                case _:
                    raise BadRequest(Text("Que faire de ce dépôt ?", "What is to be done with this deposit?"))
        except Problem as error:
            if answer_for(error).status == 404:
                raise
            return await self._shown(request, who, error=error, status=answer_for(error).status)
        return redirect(request, f"/desk/deposits/{request.params['deposit']}")

    async def _shown(
        self,
        request: Request,
        who: Actor,
        *,
        form: Form | None = None,
        error: Problem | None = None,
        status: int = 200,
    ) -> Response:
        headers = {**request.headers, "accept": "application/json"}
        response = await self._handlers.deposit(replace(request, method="GET", query={}, headers=headers))
        document = orjson.loads(bytes(response.body))  # type: ignore[arg-type]
        moves = {move.name for move in moves_from(document["state"], document["kind"])}
        certified = await self._clerk.read(lambda conn: form or Form(CERTIFIED, Scene(who, conn)))
        signed = await self._clerk.read(lambda conn: Form(SIGNED, Scene(who, conn)))
        context = {
            **desk_frame(request, who, "mine"),
            "document": document,
            "moves": moves,
            "form": certified,
            "signing": signed,
            "summary": form.summary if form else [],
            "error": error.text(request.lang) if error else "",
            "ticket": self._acts.ticket(request, MOVE, who.login),
        }
        return page_answer("desks/deposit", context, private=True, status=422 if status == 400 else status)

    def _page(self, request: Request, who: Actor, form: Form, *, status: int = 200) -> Response:
        context = {
            **desk_frame(request, who, "mine"),
            "form": form,
            "summary": form.summary if status != 200 else [],
            "ticket": self._acts.ticket(request, GIVE, who.login),
        }
        return page_answer("desks/deposit_give", context, private=True, status=422 if status == 400 else status)


async def _drained(upload: Upload) -> None:
    """Let a browser finish sending: one that is cut short shows its own error, and not what is wrong."""
    with suppress(Problem):
        async for _ in upload.content():
            pass


def _as_program(
    request: Request,
    method: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, str] | None = None,
    content: AsyncIterator[bytes] | None = None,
) -> Request:
    """The same request as a program would have written it: the page's form stays here."""
    kept = ("host", "accept-language", "cookie", "authorization", "x-api-key")
    headers = {name: value for name, value in request.headers.items() if name in kept}

    async def read(limit: int) -> bytes:
        return orjson.dumps(dict(body or {}))

    def stream(limit: int) -> AsyncIterator[bytes]:
        assert content is not None
        return content

    return replace(request, method=method, query=dict(query or {}), headers=headers, read_body=read, stream_body=stream)


def _words(said: Mapping[str, object]) -> dict[str, str]:
    """What the form says, in the words of the certification (deposits/certification.py)."""
    answers = ",".join(f"{ground}:{said[ground]}" for ground in GROUNDS)
    return {
        "same-files": "yes" if said["same_files"] else "",
        "legal-conformity": "yes" if said["legal_conformity"] else "",
        "production": f"{said['produced_from']}/{said['produced_to'] or '..'}",
        "validity": f"{said['valid_from']}/{said['valid_to'] or '..'}",
        "checklist": answers,
    }


BESIDE = {"production": "produced_to", "validity": "valid_to", "same-files": "same_files",
          "legal-conformity": "legal_conformity"}  # fmt: skip


def _beside(error: Problem) -> Problem:
    """The same refusal, about the field of the form."""
    parameter = str(error.extra.get("parameter", ""))
    if isinstance(error, InvalidParameter) and parameter in BESIDE:
        return InvalidParameter(BESIDE[parameter], error.detail)
    return error
