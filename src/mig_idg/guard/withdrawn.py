"""Data taken down answer 410 to whoever could know of them: since when, and why (000 art. 7; RFC 9110, 15.5.11).

Hidden data stay 404: a tombstone tells of nothing that the caller might not know of before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol

from mig_idg.errors import TakenDown, Text
from mig_idg.guard.principal import Principal
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.guard.snapshot import Snapshot
from mig_idg.registry.tombstones import Tombstone
from mig_idg.store.collection import Collection

ARTICLE = "convention Tarn-et-Garonne, art. 7"
NO_REASON = Text("À la demande de qui répond de ces données.", "At the request of those who answer for these data.")


class Standing(Protocol):
    """Where tombstones are read."""

    async def standing(self, on: date) -> Mapping[str, Tombstone]:
        """By dataset, those of the day."""


def graves(snapshot: Snapshot, principal: Principal) -> tuple[Collection, ...]:
    """The collections that this caller could know of and that are taken down for them."""
    return tuple(
        one
        for one in snapshot.collections.values()
        if snapshot.decide(principal, "discover", one.id).permitted and snapshot.taken_down(principal, one.id)
    )


def gone(collection: Collection, tombstone: Tombstone | None) -> TakenDown:
    """The answer: the title, the day and the reason, as the tombstone has them."""
    since = tombstone.since if tombstone else None
    reason = Text(tombstone.reason, tombstone.reason) if tombstone and tombstone.reason else NO_REASON
    fr, en = (f" depuis le {since}", f" since {since}") if since else ("", "")
    return TakenDown(
        Text(
            f"« {collection.title.fr} » est retiré de la diffusion{fr}. {reason.fr}",
            f"“{collection.title.en}” has been taken down{en}. {reason.en}",
        ),
        remedy=Text(
            "Effacez la copie que vous en avez, et ne la diffusez plus.",
            "Delete the copy that you have of it, and distribute it no more.",
        ),
        extra={"dataset": collection.id, "since": since, "reason": reason, "article": ARTICLE},
    )


def answering_gone(route: Route, tombstones: Standing) -> Route:
    """The same route, which answers 410 for data taken down from its caller."""
    handler = route.handler

    async def answered(request: Request) -> Response:
        collection = request.collection
        if collection is not None and request.snapshot.taken_down(request.principal, collection.id):
            raise gone(collection, (await tombstones.standing(request.snapshot.day)).get(collection.id))
        return await handler(request)

    return replace(route, handler=answered)
