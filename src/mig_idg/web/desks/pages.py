"""The five desks: each asks the registry what stands today for the body acted for, and offers the acts that are its."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mig_idg.errors import Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.registry.acts import Conn
from mig_idg.registry.refusals import refused
from mig_idg.web.desks import committees, ept, mine, owner, partnership, pilot
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.frame import desk_frame, open_to
from mig_idg.web.desks.handlers import Acts
from mig_idg.web.desks.sections import Section

Ticket = Callable[[str], str]
Made = Callable[[Actor, Conn, Ticket], Sequence[Section]]
WORDS: dict[str, tuple[Text, Text]] = {
    "mine": (
        Text("Mon bureau", "My desk"),
        Text("Ce qui attend une réponse, ce que vous avez fait, et les jetons de vos applications.",
             "What awaits an answer, what you did, and the tokens of your applications."),
    ),
    "owner": (
        Text("Mes données", "My data"),
        Text("Qui accède à ce qui est à vous, qui le demande, et ce qu'il en est fait.",
             "Who has access to what is yours, who asks for it, and what is done with it."),
    ),
    "ept": (
        Text("Mes communes", "My communes"),
        Text("Ce que l'EPT met à disposition de ses communes membres, et ce qu'elles en font.",
             "What the EPT makes available to its member communes, and what they do with it."),
    ),
    "committees": (
        Text("Comités", "Committees"),
        Text("Ce qui est soumis, ce qui est à examiner, et ce qui a été décidé : présents, votes, résultat calculé.",
             "What is submitted, what is to be looked at, and what was decided: attendance, votes, computed result."),
    ),
    "partnership": (
        Text("Vie du partenariat", "Life of the partnership"),
        Text("Ce qui est dû, les dossiers, les conventions, les équipements et les interventions.",
             "What is due, cases, conventions, equipment and work on supports."),
    ),
    "pilot": (
        Text("Registre", "Registry"),
        Text("Les organismes et leurs dossiers, les mandats, les groupes, la charte et son terme.",
             "Bodies and their files, mandates, groups, the charter and its term."),
    ),
}  # fmt: skip
MADE: dict[str, Made] = {
    "mine": mine.sections,
    "owner": owner.sections,
    "ept": ept.sections,
    "committees": committees.sections,
    "partnership": partnership.sections,
    "pilot": pilot.sections,
}
WHOSE = {
    "owner": Text("Ce bureau est celui d'un organisme.", "This desk is a body's."),
    "ept": Text("Ce bureau est celui d'un EPT.", "This desk is an EPT's."),
    "committees": Text("Ce bureau est celui des partenaires.", "This desk is the partners'."),
    "partnership": Text("Ce bureau est celui des partenaires.", "This desk is the partners'."),
    "pilot": Text("Ce bureau est celui du pilote.", "This desk is the pilot's."),
}


class Desks:
    """The pages of desks, of one application."""

    def __init__(self, clerk: Clerk, acts: Acts) -> None:
        self._clerk = clerk
        self._acts = acts

    async def mine(self, request: Request) -> Response:
        """`/desk`."""
        return await self._desk("mine", request)

    async def desk(self, request: Request) -> Response:
        """`/desk/{desk}`: another's is refused, whoever asks."""
        return await self._desk(request.path.rpartition("/")[2], request)

    async def _desk(self, name: str, request: Request) -> Response:
        who = actor(request)
        await request.confirm()
        if not open_to(who, name):
            raise refused("Charte MIG, § 2.1", WHOSE[name])
        ticket = partial(self._ticket, request, who.login)
        sections: Any = await self._clerk.read(lambda conn: MADE[name](who, conn, ticket))
        heading, lead = WORDS[name]
        context = {
            **desk_frame(request, who, name),
            "heading": heading.in_(request.lang),
            "lead": lead.in_(request.lang),
            "sections": sections,
        }
        return page_answer("desks/desk", context, private=True)

    def _ticket(self, request: Request, login: str, act: str) -> str:
        return self._acts.ticket(request, act, login)
