"""The one mechanism of acts: form → preview of its effect → confirm → receipt. Nothing is written before the last.

What the charter refuses is refused at the preview, by the registry itself: the act is done for real in a transaction
that is rolled back. What is confirmed is what was shown, on the facts it was shown on, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from mig_idg.errors import NotFound, Problem, Refused, Text, answer_for
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.guard.sessions import Sessions
from mig_idg.jobs import Records
from mig_idg.jobs.records import Selection, Submission
from mig_idg.registry import desks, facts
from mig_idg.registry.acts import Conn, Done, Evidence, Record
from mig_idg.web.desks.act import Act, Field, Scene
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.acts import ACTS
from mig_idg.web.desks.effects import effects
from mig_idg.web.desks.forms import Form, Typed
from mig_idg.web.desks.frame import desk_frame, redirect
from mig_idg.web.desks.posted import Posted, posted
from mig_idg.web.desks.tickets import Ticket, Tickets, digest

ON = Field("on", Text("Date d'effet", "Day of effect"), "day")
EVIDENCE = Field(
    "evidence",
    Text("Pièce : sa référence", "Piece of evidence: its reference"),
    required=False,
    most=300,
    help=Text("« courrier recommandé : 1A 234 », « délibération : 2026-41 »…",
              "“registered letter: 1A 234”, “deliberation: 2026-41”…"),
)  # fmt: skip
NO_PIECE = Text(
    "Cet acte repose sur une pièce : donnez sa référence, ou versez-la.",
    "This act rests on a piece of evidence: give its reference, or send it.",
)
# The kind of the jobs that do acts with the owner's rights, and how long one may take.
KIND = "acts"
OWNER_SECONDS = 1800
MOVED = Text(
    "Les faits ont changé depuis cet aperçu : en voici un nouveau. Rien n'a été enregistré.",
    "Facts have changed since this preview: here is a new one. Nothing was saved.",
)
RETURNED = Text(
    "Votre session avait changé : voici ce que vous aviez saisi. Rien n'a été enregistré.",
    "Your session had changed: here is what you had typed. Nothing was saved.",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a preview shows: what the act would say, and who gains or loses."""

    words: Text
    article: str
    told: tuple[Text, ...]
    more: tuple[tuple[Text, str], ...]
    epoch: int


@dataclass(frozen=True, slots=True)
class Order:
    """An act to be done: what was typed, under the number of its form."""

    act: Act
    ticket: str
    fields: Typed
    piece: desks.Piece | None
    draft: str = ""


class Stale(Exception):
    """What is confirmed is not what was shown, or not on these facts."""


class Acts:
    """The pages of acts, of one application."""

    def __init__(self, clerk: Clerk, tickets: Tickets, sessions: Sessions, records: Records | None = None) -> None:
        self._clerk = clerk
        self._records = records
        self._tickets = tickets
        self._sessions = sessions

    async def act(self, request: Request) -> Response:
        """`/desk/acts/{act}`: the form, and what it sends."""
        act = ACTS.get(request.params["act"])
        if act is None:
            raise NotFound(
                Text("Aucun acte de ce nom.", "There is no act of that name."),
                remedy=Text("Ils sont à /desk.", "They are at /desk."),
            )
        if request.method == "POST":
            return await self._sent(request, act)
        who = actor(request)
        await request.confirm()
        act.require_allowed(who)
        draft = request.query.get("draft", "")
        names = {one.name for one in (*act.fields, ON, EVIDENCE)}
        given = {name: value for name, value in request.query.items() if name in names}
        form = await self._clerk.read(partial(self._opened, act, who, draft, given))
        notice = RETURNED if draft and "kept" in request.query else None
        return self._page(request, act, who, form, notice=notice)

    def ticket(self, request: Request, act: str, login: str) -> str:
        """A fresh ticket for a form of this session."""
        return self._tickets.form(act, login, self._sessions.bound(request.headers))

    def checked(self, request: Request, act: str, login: str, text: str) -> Ticket:
        """The ticket of a form of this very session. Raises Refused."""
        ticket = self._tickets.read(text)
        if (
            ticket is None
            or (ticket.act, ticket.login) != (act, login)
            or ticket.session != self._sessions.bound(request.headers)
        ):
            raise not_ours()
        return ticket

    # what a form sends

    async def _sent(self, request: Request, act: Act) -> Response:
        if request.principal.public:
            return await self._after_session(request, act)
        who = actor(request)
        await request.confirm()
        act.require_allowed(who)
        sent = await posted(request)
        ticket = self._tickets.read(sent.fields.get("ticket", ""))
        if ticket is None or ticket.act != act.id or ticket.login != who.login:
            raise not_ours()
        if ticket.session != self._sessions.bound(request.headers):
            return await self._kept(request, act, who.login, sent)
        step = sent.fields.get("step", "preview")
        if step == "draft":
            await self._clerk.write(lambda conn: desks.save_draft(conn, who.login, act.id, _typed(act, sent)))
            return redirect(request, "/desk", "#drafts")
        if step == "back":
            form = await self._clerk.read(lambda conn: Form(_fields(act), Scene(who, conn), sent.fields))
            return self._page(request, act, who, form, ticket=ticket, piece=await self._piece(who, sent))
        piece = await self._piece(who, sent)
        if step == "confirm":
            shown = self._tickets.read(sent.fields.get("preview", ""))
            try:
                if act.of_owner is not None and self._records is not None:
                    order = await self._clerk.read(partial(self._ordered, act, who, ticket, shown, sent, piece))
                    if order is not None:
                        return redirect(request, f"/desk/acts/under-way/{await self._submit(who, order)}")
                number = await self._clerk.write(partial(self._confirmed, act, who, ticket, shown, sent, piece))
                return redirect(request, f"/desk/receipts/{number}")
            except Stale:
                return await self._preview(request, act, who, ticket, sent, piece, notice=MOVED)
            except Problem as error:
                form = await self._clerk.read(lambda conn: Form(_fields(act), Scene(who, conn), sent.fields))
                form.refuse(error)
                return self._page(request, act, who, form, ticket=ticket, piece=piece, error=error)
        return await self._preview(request, act, who, ticket, sent, piece)

    async def _after_session(self, request: Request, act: Act) -> Response:
        """A form of ours whose session has ended: what was typed waits for its account to sign in again."""
        sent = await posted(request)
        ticket = self._tickets.read(sent.fields.get("ticket", ""))
        if ticket is None or ticket.act != act.id:
            raise not_ours()
        return await self._kept(request, act, ticket.login, sent)

    async def _kept(self, request: Request, act: Act, login: str, sent: Posted) -> Response:
        id = await self._clerk.write(lambda conn: desks.save_draft(conn, login, act.id, _typed(act, sent)))
        onward = f"/desk/acts/{act.id}?draft={id}&kept=1"
        if request.principal.public:
            from urllib.parse import quote

            return redirect(request, "/sign-in", f"?next={quote(onward, safe='')}")
        return redirect(request, onward)

    async def _preview(
        self,
        request: Request,
        act: Act,
        who: Actor,
        ticket: Ticket,
        sent: Posted,
        piece: desks.Piece | None,
        notice: Text | None = None,
    ) -> Response:
        form, seen, error = await self._clerk.write(partial(self._tried, act, who, ticket, sent, piece))
        if isinstance(seen, int):
            return redirect(request, f"/desk/receipts/{seen}")
        if seen is None:
            return self._page(request, act, who, form, ticket=ticket, piece=piece, error=error)
        lang = request.lang
        named = digest([*form.typed, ("piece_id", [piece.id if piece else ""])])
        context = {
            **desk_frame(request, who, act.desk),
            "act": act,
            "typed": form.typed,
            "fields": [one for one in form.shown if any(one.values)],
            "piece": piece,
            "words": seen.words.in_(lang),
            "article": seen.article,
            "told": [one.in_(lang) for one in seen.told],
            "more": [(label.in_(lang), value) for label, value in seen.more],
            "ticket": self._tickets.form(act.id, who.login, ticket.session, ticket.number),
            "preview": self._tickets.preview(ticket, named, seen.epoch),
            "draft": sent.fields.get("draft", ""),
            "notice": notice.in_(lang) if notice else "",
        }
        return page_answer("desks/preview", context, private=True)

    async def _piece(self, who: Actor, sent: Posted) -> desks.Piece | None:
        """The piece that came with the form, or that came with it before; only one's own."""
        if sent.file is not None:
            name, media_type, content = sent.file
            return await self._clerk.write(
                lambda conn: desks.keep_piece(conn, who.login, who.body or None, name, media_type, content)
            )
        id = sent.fields.get("piece_id", "")
        found = await self._clerk.read(lambda conn: desks.piece(conn, id)) if id else None
        return found if found is not None and found.login == who.login else None

    # in the clerk's thread

    def _opened(self, act: Act, who: Actor, draft: str, given: dict[str, str], conn: Conn) -> Form:
        scene = Scene(who, conn)
        kept = desks.draft(conn, draft, who.login, act.id) if draft else None
        if kept is None:
            return Form(_fields(act), scene, given={"on": who.day.isoformat(), **given})
        typed: Typed = Typed((name, value) for name, values in kept.items() for value in values)
        form = Form(_fields(act), scene, typed)
        form.valid()
        return form

    def _tried(
        self, act: Act, who: Actor, ticket: Ticket, sent: Posted, piece: desks.Piece | None, conn: Conn
    ) -> tuple[Form, Seen | int | None, Problem | None]:
        """The act done for real, looked at, and undone."""
        form = Form(_fields(act), Scene(who, conn), sent.fields)
        valid = form.valid()
        if act.evidence and piece is None and not form.said.get("evidence"):
            form.wrong("evidence", NO_PIECE)
            valid = False
        if not valid:
            return form, None, None
        epoch = desks.epoch(conn, lock=True)
        if (before := desks.receipt_of_form(conn, ticket.number)) is not None and before.act is not None:
            return form, before.act, None
        said = form.said
        record = _record(said, who, ticket.number, piece)
        later = act.of_owner is not None and act.of_owner(conn, said)
        more = act.more(conn, said, who) if act.more is not None else ()
        try:
            done = (act.rehearse or act.apply if later else act.apply)(conn, said, record, who)
        except Problem as error:
            conn.rollback()
            form.refuse(error)
            return form, None, error
        day = _seen_on(done, record, who)
        after = facts.load(conn, day)
        conn.rollback()
        before_it = who.facts if day == who.day and epoch == who.snapshot.epoch else facts.load(conn, day)
        told = tuple(effects(before_it, after, who, day))
        return form, Seen(done.words, done.article, told, (*more, *_more(done, who)), epoch), None

    def _ordered(
        self, act: Act, who: Actor, ticket: Ticket, shown: Ticket | None, sent: Posted, piece: desks.Piece | None,
        conn: Conn,
    ) -> Order | None:  # fmt: skip
        """What a job is asked to do, when what was shown touches rows; None when the clerk may do it. Raises Stale."""
        if desks.receipt_of_form(conn, ticket.number) is not None:
            return None
        order = Order(act, ticket.number, sent.fields, piece, sent.fields.get("draft", ""))
        form = self._same(order, who, shown, conn)
        assert act.of_owner is not None
        return order if act.of_owner(conn, form.said) else None

    async def _submit(self, who: Actor, order: Order) -> str:
        """The job of an order, once for each form; its id."""
        assert self._records is not None
        open_, _ = await self._records.listing(
            Selection(login=who.login, kind=KIND, statuses=("accepted", "running"), limit=100)
        )
        known = next((job.id for job in open_ if job.subject == order.ticket), None)
        if known is not None:
            return known
        principal = {
            "login": who.login, "organisation": who.principal.organisation, "roles": sorted(who.principal.roles),
            "collections": None, "actions": None, "motive": None, "lang": who.lang,
            "expires": who.principal.expires_at.isoformat() if who.principal.expires_at else None,
        }  # fmt: skip
        request = {
            "act": order.act.id, "draft": order.draft, "piece": order.piece.id if order.piece else None,
            "fields": [[name, value] for name, value in order.fields.items(multi=True)
                       if name not in ("ticket", "preview", "step")],
        }  # fmt: skip
        job = await self._records.submit(
            Submission(KIND, order.ticket, who.login, principal, request, seconds=OWNER_SECONDS)
        )
        return job.id

    async def under_way(self, request: Request) -> Response:
        """`/desk/acts/under-way/{job}`: an act that a job does; its receipt, once it is done."""
        who = actor(request)
        await request.confirm()
        job = await self._records.find(request.params["job"]) if self._records is not None else None
        if job is None or job.kind != KIND or job.login != who.login:
            raise NotFound(Text("Aucun acte en cours ici.", "There is no act under way here."))
        if job.status == "successful":
            receipt = await self._clerk.read(lambda conn: desks.receipt_of_form(conn, job.subject))
            if receipt is not None and receipt.act is not None:
                return redirect(request, f"/desk/receipts/{receipt.act}")
        act = ACTS[job.request["act"]]
        told = (job.problem or {}).get(request.lang) or {}
        context = {
            **desk_frame(request, who, act.desk),
            "act": act,
            "progress": job.progress,
            "message": job.message.in_(request.lang) if job.message and job.open else "",
            "open": job.open,
            "problem": told,
        }
        response = page_answer("desks/under_way", context, private=True)
        if job.open:
            response.headers["refresh"] = "2"
        return response

    def _confirmed(
        self,
        act: Act,
        who: Actor,
        ticket: Ticket,
        shown: Ticket | None,
        sent: Posted,
        piece: desks.Piece | None,
        conn: Conn,
    ) -> int:
        """The act, once, as it was shown. Raises Stale, Problem."""
        epoch = desks.epoch(conn, lock=True)
        if (before := desks.receipt_of_form(conn, ticket.number)) is not None and before.act is not None:
            return before.act
        order = Order(act, ticket.number, sent.fields, piece, sent.fields.get("draft", ""))
        self._same(order, who, shown, conn, epoch)
        return perform(conn, order, who)

    def _same(
        self, order: Order, who: Actor, shown: Ticket | None, conn: Conn, epoch: int | None = None
    ) -> Form:  # fmt: skip
        """The form, which is the one that was shown, on the facts it was shown on. Raises Stale."""
        epoch = desks.epoch(conn) if epoch is None else epoch
        form = Form(_fields(order.act), Scene(who, conn), order.fields)
        named = digest([*form.typed, ("piece_id", [order.piece.id if order.piece else ""])])
        same = shown is not None and (shown.number, shown.digest) == (order.ticket, named)
        if not same or shown is None or shown.epoch != epoch or who.snapshot.epoch != epoch or not form.valid():
            raise Stale
        return form

    # pages

    def _page(
        self,
        request: Request,
        act: Act,
        who: Actor,
        form: Form,
        *,
        ticket: Ticket | None = None,
        piece: desks.Piece | None = None,
        error: Problem | None = None,
        notice: Text | None = None,
    ) -> Response:
        sealed = self._tickets.form(
            act.id, who.login, self._sessions.bound(request.headers), ticket.number if ticket else ""
        )
        summary = form.summary if ticket is not None or notice is not None else []
        context = {
            **desk_frame(request, who, act.desk),
            "act": act,
            "form": form,
            "summary": summary,
            "ticket": sealed,
            "piece": piece,
            "draft": request.query.get("draft", ""),
            "notice": notice.in_(request.lang) if notice else "",
        }
        status = 200 if not summary or ticket is None else answer_for(error).status if error else 422
        return page_answer("desks/form", context, private=True, status=422 if status == 400 else status)


def perform(conn: Conn, order: Order, who: Actor) -> int:
    """Do an act and keep its receipt, in the caller's transaction; its number. Raises Stale, Problem."""
    act = order.act
    form = Form(_fields(act), Scene(who, conn), order.fields)
    if not form.valid():
        raise Stale
    said = form.said
    record = _record(said, who, order.ticket, order.piece)
    before_it = who.facts if record.on <= who.day else facts.load(conn, record.on)
    done = act.apply(conn, said, record, who)
    told = effects(before_it, facts.load(conn, max(record.on, who.day)), who, max(record.on, who.day))
    desks.keep_receipt(
        conn,
        order.ticket,
        done,
        kind=act.id,
        login=who.login,
        organisation=who.body or None,
        concerned=act.concerned(done, said, who),
        details=_plain({"fields": _told_fields(form), **done.details}),
        effects=[{"fr": one.fr, "en": one.en} for one in told],
        piece=order.piece.id if order.piece else None,
    )
    if order.draft:
        desks.forget_draft(conn, order.draft, who.login)
    return done.number


def not_ours() -> Refused:
    """A form that no page of ours gave to this session."""
    return Refused(
        Text(
            "Ce formulaire ne vient pas d'une page de cette session, ou elle était ouverte depuis trop longtemps.",
            "This form does not come from a page of this session, or the page was open for too long.",
        ),
        remedy=Text("Rouvrez la page, puis recommencez.", "Open the page again, then start again."),
    )


def _fields(act: Act) -> tuple[Field, ...]:
    return (*act.fields, *((ON,) if act.dated else ()), EVIDENCE)


def _typed(act: Act, sent: Posted) -> dict[str, Sequence[str]]:
    return {one.name: sent.fields.getlist(one.name) for one in _fields(act) if sent.fields.getlist(one.name)}


def _record(said: dict[str, Any], who: Actor, ticket: str, piece: desks.Piece | None) -> Record:
    """The day, the author, and the piece: the one sent, else the one referred to, else the form itself."""
    on: date = said.get("on") or who.day
    word = said.get("evidence")
    kind, colon, reference = (part.strip() for part in (word or "").partition(":"))
    if piece is not None:
        told = f"{word or piece.name} (SHA-256 {piece.sha256[:16]}…)"
        return Record(on, who.login, Evidence("pièce versée", told, on))
    if word:
        return Record(on, who.login, Evidence(kind if colon else "pièce", reference if colon else word, on))
    return Record(on, who.login, Evidence("formulaire", f"page, n° {ticket}", on))


def _seen_on(done: Done, record: Record, who: Actor) -> date:
    """The day on which the effect is looked at: today, or the day on which it begins."""
    opens = done.details.get("opens")
    return opens if isinstance(opens, date) else max(record.on, who.day)


def _more(done: Done, who: Actor) -> tuple[tuple[Text, str], ...]:
    """What some acts say beside: missing pieces, what each side keeps, the result of a vote."""
    told: list[tuple[Text, str]] = []
    for row in done.details.get("kept", ()):
        basis = row["basis"].in_(who.lang) if isinstance(row["basis"], Text) else str(row["basis"])
        side = {"organisation": Text("L'ancien partenaire conserve", "The former partner keeps"),
                "partnership": Text("Les partenaires conservent", "The partners keep")}  # fmt: skip
        told.append((side.get(row["side"], Text("Chacun conserve", "Each side keeps")), f"{row['dataset']} : {basis}"))
    for decision in done.details.get("decisions", ()):
        adopted = Text("adopté", "adopted") if decision["adopted"] else Text("non adopté", "not adopted")
        told.append((Text("Résultat calculé", "Computed result"), f"{decision['about']} : {adopted.in_(who.lang)}"))
    if done.details.get("missing"):
        told.append((Text("Il manquera encore", "Still missing"), ", ".join(done.details["missing"])))
    if done.details.get("notified"):
        names = (
            ", ".join(who.name(one) for one in done.details["notified"])
            if not isinstance(done.details["notified"], date)
            else done.details["notified"].isoformat()
        )
        told.append((Text("Informés", "Told"), names))
    return tuple(told)


def _told_fields(form: Form) -> list[dict[str, str]]:
    """The fields as the person read them, for the receipt."""
    told = []
    for one in form.shown:
        if any(one.values):
            words = dict(one.choices)
            told.append({"label": one.label, "value": ", ".join(words.get(v, v) for v in one.values)})
    return told


def _plain(value: Any) -> Any:
    """The same as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, Text):
        return {"fr": value.fr, "en": value.en}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
