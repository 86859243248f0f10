"""The desk of remarks: those that my body answers, those that I wrote; read, answer, decline, close, make public.

A remark is for the people of the body that answers it; the pilot, who keeps the partnership's, reads it without its
author; for anybody else it is not there. Who wrote it is on this page only, for who answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from mig_idg.errors import Conflict, InvalidParameter, Lang, Problem, Text, answer_for
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.registry import outbox, remarks
from mig_idg.registry.acts import Conn
from mig_idg.web import messages
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.frame import desk_frame, redirect
from mig_idg.web.desks.handlers import Acts
from mig_idg.web.desks.posted import posted

PARIS = ZoneInfo("Europe/Paris")
ANSWER = "remark"


class Remarks:
    """The pages of remarks, of one application."""

    def __init__(self, clerk: Clerk, acts: Acts, clock: Callable[[], datetime]) -> None:
        self._clerk = clerk
        self._acts = acts
        self._clock = clock

    async def listing(self, request: Request) -> Response:
        """`/desk/remarks`: what awaits an answer first, then what was answered, and what I wrote."""
        who = actor(request)
        await request.confirm()
        ours, mine, every = await self._clerk.read(partial(_read, who))
        context = {
            **desk_frame(request, who, "mine"),
            "parts": [
                (Text("À mon organisme", "To my body").in_(request.lang), [_row(one, who) for one in ours], True),
                (Text("Que j'ai écrites", "That I wrote").in_(request.lang), [_row(one, who) for one in mine], False),
                *(
                    [(Text("À d'autres organismes", "To other bodies").in_(request.lang),
                      [_row(one, who) for one in every], True)]
                    if who.pilot
                    else []
                ),
            ],
        }  # fmt: skip
        return page_answer("desks/remarks", context, private=True)

    async def one(self, request: Request) -> Response:
        """`/desk/remarks/{remark}`: opened, it is read; the form moves it on."""
        who = actor(request)
        await request.confirm()
        number = _number(request.params["remark"])
        now = self._clock()
        if request.method != "POST":
            held, course = await self._clerk.write(partial(_opened, who, number, now))
            return self._page(request, who, held, course)
        sent = await posted(request)
        self._acts.checked(request, f"{ANSWER}-{number}", who.login, sent.fields.get("ticket", ""))
        if sent.fields.get("step") == "assign":
            await self._clerk.write(partial(_assigned, who, number, sent.fields.get("organisation", ""), now))
            return redirect(request, "/desk/remarks")
        step = remarks.Move(
            sent.fields.get("state", ""),
            sent.fields.get("answer", ""),
            "public" in sent.fields,
            sent.fields.get("public_words", ""),
        )
        try:
            await self._clerk.write(partial(_moved, who, number, step, now))
        except (InvalidParameter, Conflict) as error:
            held, course = await self._clerk.write(partial(_opened, who, number, now))
            return self._page(request, who, held, course, step, error)
        return redirect(request, f"/desk/remarks/{number}")

    def _page(
        self,
        request: Request,
        who: Actor,
        held: dict[str, Any],
        course: list[dict[str, Any]],
        typed: remarks.Move | None = None,
        error: Problem | None = None,
    ) -> Response:
        lang = request.lang
        context = {
            **desk_frame(request, who, "mine"),
            "remark": _row(held, who) | {"geometry": held["geometry"], "relay": held["relay"]},
            "author": _author(held, who) if _answers(who, held) else None,
            "moves": [(state, remarks.STATES[state].in_(lang)) for state in remarks.MOVES[held["state"]]
                      if state != "read"] if _answers(who, held) else [],
            "bodies": list(_others(who).items()) if held["state"] in remarks.OPEN else [],
            "answer": (typed.answer if typed else held["answer"]) or "",
            "public": typed.public if typed else held["public"],
            "public_words": (typed.public_words if typed else held["public_words"]) or held["words"],
            "course": [_event(one, lang) for one in course],
            "error": error.text(lang) if error else "",
            "ticket": self._acts.ticket(request, f"{ANSWER}-{held['id']}", who.login),
        }  # fmt: skip
        status = 422 if error and answer_for(error).status == 400 else answer_for(error).status if error else 200
        return page_answer("desks/remark", context, private=True, status=status)


def _read(who: Actor, conn: Conn) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    ours = remarks.listing(conn, organisation=who.body) if who.body else []
    ours.sort(key=lambda one: (0, one["due"]) if one["state"] in remarks.OPEN else (1, date.max))
    every = [one for one in remarks.listing(conn) if one["organisation"] != who.body] if who.pilot else []
    return ours, remarks.listing(conn, login=who.login), every


def _opened(who: Actor, number: int, now: datetime, conn: Conn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    held = _held(who, number, conn)
    if _answers(who, held):
        remarks.read_by(conn, number, who.login, now)
        held = _held(who, number, conn)
    return held, remarks.events(conn, number)


def _moved(who: Actor, number: int, step: remarks.Move, now: datetime, conn: Conn) -> None:
    if not _answers(who, _held(who, number, conn)):
        raise remarks.missing()
    remarks.move(conn, number, step, who.login, now)
    outbox.wake(conn)


def _assigned(who: Actor, number: int, organisation: str, now: datetime, conn: Conn) -> None:
    _held(who, number, conn)
    if organisation not in _others(who):
        raise InvalidParameter("organisation", Text("Choisissez un organisme.", "Choose a body."))
    remarks.assign(conn, number, organisation, who.login, now, who.day)
    outbox.wake(conn)


def _others(who: Actor) -> dict[str, str]:
    """The partners of the day, to whom a remark may be passed on."""
    facts = who.facts
    return {id: name for id, name in sorted(facts.names.items(), key=lambda one: one[1]) if facts.member(id, who.day)}


def _held(who: Actor, number: int, conn: Conn) -> dict[str, Any]:
    held = remarks.one(conn, number)
    if held is None or not (_answers(who, held) or who.pilot):
        raise remarks.missing()
    return held


def _event(one: dict[str, Any], lang: Lang) -> dict[str, str]:
    return {
        "on": messages.day(one["at"].astimezone(PARIS).date(), lang),
        "by": one["by"],
        "state": remarks.STATES[one["after"]].in_(lang),
        "words": one["words"] if one["before"] == one["after"] else "",
    }


def _author(held: dict[str, Any], who: Actor) -> str:
    body = who.name(held["author_organisation"]) if held["author_organisation"] else None
    return ", ".join(one for one in (held["author_name"], held["author_email"], body) if one) or "—"


def _answers(who: Actor, held: dict[str, Any]) -> bool:
    return bool(who.body) and held["organisation"] == who.body


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 16):
        raise remarks.missing()
    return int(word)


def _row(one: dict[str, Any], who: Actor) -> dict[str, Any]:
    lang = who.lang
    late = one["state"] in remarks.OPEN and one["due"] < who.day
    return {
        "id": one["id"],
        "kind": remarks.KINDS[one["kind"]].in_(lang).capitalize(),
        "about": who.title(one["dataset"]).in_(lang) if one["dataset"] else one["record"] or "—",
        "dataset": one["dataset"],
        "feature": one["feature"],
        "state": remarks.STATES[one["state"]].in_(lang),
        "on": messages.day(one["at"].astimezone(PARIS).date(), lang),
        "due": messages.day(one["due"], lang),
        "late": late,
        "body": who.name(one["organisation"]),
        "words": one["words"],
        "answer": one["answer"],
    }
