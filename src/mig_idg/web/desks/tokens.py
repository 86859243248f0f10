"""Tokens that a person makes for applications, and revokes: one's own only, the secret shown once."""

from __future__ import annotations

from datetime import timedelta

from mig_idg.errors import NotFound, Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.registry import desks, tokens
from mig_idg.registry.acts import Conn, Done
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Field, Scene
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.forms import Form, Typed
from mig_idg.web.desks.frame import desk_frame, redirect
from mig_idg.web.desks.handlers import Acts
from mig_idg.web.desks.posted import posted

CREATE, REVOKE = "token-create", "token-revoke"
DAYS = (
    ("30", Text("un mois", "a month")),
    ("90", Text("trois mois", "three months")),
    ("365", Text("un an", "a year")),
)
FIELDS = (
    Field("label", Text("À quoi il sert", "What it is for"), most=100,
          help=Text("QGIS du service, site de la ville…", "The department's QGIS, the town's site…")),
    Field("days", Text("Durée", "Lifetime"), "radio", choices=choices.of(*DAYS), default="90"),
    Field("collections", Text("Limité à ces données", "Limited to these datasets"), "several", required=False,
          help=Text("Rien de coché : tout ce que vous lisez. Moins il ouvre, moins sa perte est grave.",
                    "Nothing ticked: all that you read. The less it opens, the less its loss matters."),
          choices=choices.datasets(lambda scene, id: True)),
    Field("actions", Text("Limité à ces actions", "Limited to these actions"), "several", required=False,
          choices=choices.of(*choices.READS)),
)  # fmt: skip


class Tokens:
    """The pages of tokens, of one application."""

    def __init__(self, clerk: Clerk, acts: Acts) -> None:
        self._clerk = clerk
        self._acts = acts

    async def create(self, request: Request) -> Response:
        """`/desk/tokens`: the form, then the secret, once."""
        who = actor(request)
        await request.confirm()
        if request.method != "POST":
            form = await self._clerk.read(lambda conn: Form(FIELDS, Scene(who, conn)))
            return self._page(request, who, form, self._acts.ticket(request, CREATE, who.login))
        sent = await posted(request)
        ticket = self._acts.checked(request, CREATE, who.login, sent.fields.get("ticket", ""))
        form, handle, secret = await self._clerk.write(lambda conn: _created(who, conn, sent.fields, ticket.number))
        if handle is None:
            return self._page(request, who, form, sent.fields["ticket"], wrong=True)
        context = {**desk_frame(request, who, "mine"), "handle": handle, "secret": secret}
        return page_answer("desks/token_made", context, private=True)

    async def revoke(self, request: Request) -> Response:
        """`/desk/tokens/{token}`: asked, then done; somebody else's is not there."""
        who, id = actor(request), request.params["token"]
        await request.confirm()
        if request.method != "POST":
            rows = await self._clerk.read(lambda conn: desks.tokens_of(conn, who.login))
            found = next((row for row in rows if row["id"] == id), None)
            if found is None:
                raise _missing()
            ticket = self._acts.ticket(request, REVOKE, who.login)
            context = {**desk_frame(request, who, "mine"), "token": found, "ticket": ticket}
            return page_answer("desks/token_revoke", context, private=True)
        sent = await posted(request)
        self._acts.checked(request, REVOKE, who.login, sent.fields.get("ticket", ""))
        await self._clerk.write(lambda conn: _revoked(who, conn, id))
        return redirect(request, "/desk", "#tokens")

    def _page(self, request: Request, who: Actor, form: Form, ticket: str, *, wrong: bool = False) -> Response:
        context = {
            **desk_frame(request, who, "mine"),
            "form": form,
            "ticket": ticket,
            "summary": form.summary if wrong else [],
        }
        return page_answer("desks/token", context, private=True, status=422 if wrong else 200)


def _created(who: Actor, conn: Conn, typed: Typed, number: str) -> tuple[Form, str | None, str | None]:
    """The token of this form; the second time the form is sent, its name without its secret."""
    form = Form(FIELDS, Scene(who, conn), typed)
    if not form.valid():
        return form, None, None
    desks.epoch(conn, lock=True)
    before = desks.receipt_of_form(conn, number)
    if before is not None:
        return form, str(before.details.get("token")), None
    said = form.said
    handle, secret = tokens.issue(
        conn,
        who.login,
        author=who.login,
        label=said["label"],
        lifetime=timedelta(days=int(said["days"])),
        collections=said["collections"] or None,
        actions=said["actions"] or None,
    )
    words = Text(f"Jeton {handle} créé.", f"Token {handle} created.")
    desks.keep_receipt(
        conn, number, Done(0, CREATE, "—", words), kind=CREATE, login=who.login, organisation=who.body or None,
        concerned=(), details={"token": handle}, effects=(), piece=None,
    )  # fmt: skip
    return form, handle, secret


def _revoked(who: Actor, conn: Conn, id: str) -> None:
    if not any(row["id"] == id for row in desks.tokens_of(conn, who.login)):
        raise _missing()
    tokens.revoke(conn, id)


def _missing() -> NotFound:
    return NotFound(
        Text("Aucun jeton de ce nom parmi les vôtres.", "There is no token of that name among yours."),
        remedy=Text("Ils sont à /desk.", "They are at /desk."),
    )
