"""Acts of pages that touch rows too, done by a job with the owner's rights: the same act, once, in one transaction."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mig_idg.errors import Conflict, Problem, Text, problem
from mig_idg.guard.principal import Principal
from mig_idg.guard.snapshot import Snapshot
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.acts import ACTS
from mig_idg.web.desks.forms import Typed
from mig_idg.web.desks.handlers import MOVED, Order, Stale, perform

type Acting = Callable[[Mapping[str, Any], Snapshot], Principal]
"""The principal of a job on the facts of this moment."""


def performing(url: str, acting: Acting) -> None:
    """The isolated process of such acts: one at a time."""
    from mig_idg.guard.current import Current
    from mig_idg.jobs.child import Told, answer_calls, give_up

    give_up()

    async def answering(call: Mapping[str, Any], _tell: Told) -> Any:
        current = Current(url, lambda: datetime.now(UTC))
        try:
            snapshot = await current.refresh()
            return await asyncio.to_thread(performed, url, call, snapshot, acting)
        finally:
            await current.close()

    asyncio.run(answer_calls(answering))


def performed(url: str, call: Mapping[str, Any], snapshot: Snapshot, acting: Acting) -> dict[str, Any]:
    """What the job of an act answers: no output, or a problem in both languages; then nothing was written."""
    from mig_idg.database import connect

    try:
        with connect(url) as connection:
            do(connection, call, snapshot, acting)
    except Problem as error:
        return {"problem": {"fr": problem(error, "fr"), "en": problem(error, "en")}}
    except Exception as error:
        internal = Problem(
            Text("Une erreur interne a interrompu l'acte : rien n'a été enregistré.",
                 "An internal error stopped the act: nothing was saved."),
            remedy=Text("Recommencez ; si l'erreur revient, signalez-la.", "Start again; if it comes back, report it."),
        )  # fmt: skip
        told = {"fr": problem(internal, "fr"), "en": problem(internal, "en")}
        return {"problem": told, "trace": "".join(traceback.format_exception(error))[-4000:]}
    return {"outputs": []}


def do(connection: Any, call: Mapping[str, Any], snapshot: Snapshot, acting: Acting) -> int:
    """The act of a call for its account, on the facts of this moment; its number. Done twice, it is done once.

    Raises Unauthenticated, Refused, Conflict (facts moved meanwhile), and what the act raises.
    """
    from mig_idg.registry import desks
    from mig_idg.registry.refusals import answering
    from mig_idg.store.prepare import settle

    asked = call["request"]
    principal = acting(call["principal"], snapshot)
    who = Actor(principal, snapshot, "en" if call["principal"].get("lang") == "en" else "fr")
    act = ACTS[asked["act"]]
    with answering(), connection.transaction():
        epoch = desks.epoch(connection, lock=True)
        before = desks.receipt_of_form(connection, call["subject"])
        if before is not None and before.act is not None:
            return before.act
        if epoch != snapshot.epoch:
            raise Conflict(MOVED)
        act.require_allowed(who)
        piece = desks.piece(connection, asked["piece"]) if asked["piece"] else None
        typed: Typed = Typed([(name, value) for name, value in asked["fields"]])
        order = Order(act, call["subject"], typed, piece, asked.get("draft") or "")
        try:
            number = perform(connection, order, who)
        except Stale:
            raise Conflict(MOVED) from None
    settle(connection)
    return number
