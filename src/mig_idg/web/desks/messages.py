"""« Mes messages »: what was told to a person or to its body; and, for who runs the service, what became of mail.

The operator's page tells states, addresses and answers of the mail server, never what a message says: administering
gives no reading right (Charte MIG, § 3.1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mig_idg.errors import InvalidParameter, Refused, Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.registry import outbox
from mig_idg.registry.acts import Conn
from mig_idg.web import messages
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.frame import desk_frame, redirect
from mig_idg.web.desks.handlers import Acts
from mig_idg.web.desks.posted import posted

PARIS = ZoneInfo("Europe/Paris")
READING, RETRY = "messages", "notices"
BOTH = Text("français puis anglais", "French, then English")
LANGS = (("", BOTH), ("fr", Text("français", "French")), ("en", Text("anglais", "English")))


class Messages:
    """The pages of messages, of one application."""

    def __init__(self, clerk: Clerk, acts: Acts, *, mail_server: bool) -> None:
        self._clerk = clerk
        self._acts = acts
        self._mail_server = mail_server

    async def mine(self, request: Request) -> Response:
        """`/desk/messages`: what was told, and the language in which mails come."""
        who = actor(request)
        await request.confirm()
        if request.method == "POST":
            sent = await posted(request)
            self._acts.checked(request, READING, who.login, sent.fields.get("ticket", ""))
            lang = sent.fields.get("lang", "")
            if lang not in ("fr", "en"):
                raise InvalidParameter("lang", Text("Choisissez une langue.", "Choose a language."))
            await self._clerk.write(
                lambda conn: outbox.set_contact(conn, who.login, email=None, lang=lang, author=who.login)
            )
            return redirect(request, "/desk/messages", "#language")
        rows, contact = await self._clerk.read(lambda conn: _read(conn, who))
        context = {
            **desk_frame(request, who, "mine"),
            "rows": [_shown(row, who) for row in rows],
            "contact": contact,
            "mail_server": self._mail_server,
            "langs": [(value, words.in_(request.lang)) for value, words in LANGS if value],
            "ticket": self._acts.ticket(request, READING, who.login),
        }
        return page_answer("desks/messages", context, private=True)

    async def operator(self, request: Request) -> Response:
        """`/desk/notices`: what became of mail, for administrators and for the pilot; a button to try again."""
        who = actor(request)
        await request.confirm()
        if not (who.pilot or "administrator" in who.principal.roles):
            raise Refused(
                Text("Cette page est celle de qui exploite le service.", "This page is for who runs the service."),
                remedy=Text("Vos messages sont à /desk/messages.", "Your messages are at /desk/messages."),
            )
        if request.method == "POST":
            sent = await posted(request)
            self._acts.checked(request, RETRY, who.login, sent.fields.get("ticket", ""))
            await self._clerk.write(_retried)
            return redirect(request, "/desk/notices")
        counts, rows = await self._clerk.read(
            lambda conn: (outbox.counts(conn), outbox.listing(conn, states=("queued", "sending", *outbox.UNSENT)))
        )
        context = {
            **desk_frame(request, who, "pilot" if who.pilot else "mine"),
            "counts": [(outbox.STATES[state].in_(request.lang), many) for state, many in counts.items()],
            "unsent": sum(counts[state] for state in outbox.UNSENT),
            "rows": [_told(row, request.lang) for row in rows],
            "mail_server": self._mail_server,
            "ticket": self._acts.ticket(request, RETRY, who.login),
        }
        return page_answer("desks/notices", context, private=True)


def _read(conn: Conn, who: Actor) -> tuple[Sequence[dict[str, Any]], dict[str, Any] | None]:
    return outbox.mine(conn, who.login, who.body or None), outbox.contact(conn, who.login)


def _retried(conn: Conn) -> list[int]:
    queued = outbox.retry(conn, datetime.now(UTC))
    if queued:
        outbox.wake(conn)
    return queued


def _shown(row: dict[str, Any], who: Actor) -> dict[str, Any]:
    lang = who.lang
    return {
        "id": row["id"],
        "on": messages.day(row["at"].astimezone(PARIS).date(), lang),
        "subject": row[f"subject_{lang}"],
        "words": row[f"words_{lang}"].split("\n"),
        "to": who.name(row["organisation"]) if row["organisation"] else row["login"],
        "state": outbox.STATES[row["state"]].in_(lang),
        "link": row["link"] if row["link"] != "/desk/messages" else None,
        "receipt": row["act"],
    }


def _told(row: dict[str, Any], lang: Any) -> dict[str, Any]:
    return {
        **row,
        "state": outbox.STATES[row["state"]].in_(lang),
        "on": f"{row['at'].astimezone(PARIS):%d/%m/%Y %H:%M}",
        "next": f"{row['next_at'].astimezone(PARIS):%d/%m/%Y %H:%M}" if row["state"] == "queued" else "—",
    }
