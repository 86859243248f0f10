"""Routes for whoever runs the service: alive, able to answer, counted."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from typing import Any

from mig_idg.app import metrics
from mig_idg.guard.current import Current
from mig_idg.guard.http_request import unknown_place
from mig_idg.guard.principal import PUBLIC
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.guard.route import Route

# What proxies add: who speaks through one is somewhere else, whatever the address of the connection.
FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via")


class Operations:
    """`/healthz`, `/readyz` and `/metrics`. They never touch the database, so they always answer."""

    def __init__(
        self,
        current: Current,
        database_up: Callable[[], bool],
        supervised: Callable[[], dict[str, Any] | None] = lambda: None,
        exposition: metrics.Exposition | None = None,
        watched: Callable[[], dict[str, Any] | None] = lambda: None,
        notices: Callable[[], dict[str, Any] | None] = lambda: None,
    ) -> None:
        self._current = current
        self._database_up = database_up
        self._supervised = supervised
        self._watched = watched
        self._notices = notices
        self.exposition = exposition or metrics.Exposition(dict)

    def routes(self) -> tuple[Route, ...]:
        """The one that needs to know its caller; health and readiness answer before the threshold."""
        return (Route("/metrics", "open", self._metrics, pool="none", operator=True),)

    def health(self, *, here: bool = False) -> Response:
        """The process is alive."""
        return json_answer({"status": "ok"}, headers={"cache-control": "no-store"})

    def readiness(self, *, here: bool = False) -> Response:
        """200 when requests can be answered; 503 with the reason when not.

        Anybody may ask: of the collections that cannot be read, it names those that the public may know of and counts
        the others; the reason, which names columns, is in the log (`collection-refused`). Who asks from this machine is
        told how notices stand too: unsent mail makes no service unready, and concerns its operator only.
        """
        snapshot = self._current.snapshot
        up = self._database_up()
        refused, broken = self._current.refused_generation, [one.collection for one in self._current.broken]
        document: dict[str, Any] = {
            "status": "ready" if up and snapshot is not None else "unavailable",
            "database": "up" if up else "down",
            "generation": snapshot.generation if snapshot else None,
            "epoch": snapshot.epoch if snapshot else None,
            "refused_generation": refused,
            "broken_collections": len(broken),
            "broken": [one for one in broken if snapshot and snapshot.decide(PUBLIC, "discover", one).permitted],
        }
        supervised = self._supervised()
        if supervised is not None:
            document["postgresql"] = {name: supervised.get(name) for name in ("state", "since", "restarts", "attempts")}
        watched = self._watched()
        if watched is not None:
            document["watch"] = watched
        if here and (notices := self._notices()) is not None:
            document["notices"] = notices
        status = 200 if up and snapshot is not None else 503
        return json_answer(document, status=status, headers={"cache-control": "no-store"})

    async def _metrics(self, request: Request) -> Response:
        if not (from_here(request.address, request.headers) or "administrator" in request.principal.roles):
            raise unknown_place()
        return Response(
            body=self.exposition.text(), media_type="text/plain; version=0.0.4; charset=utf-8", private=True
        )


def from_here(address: str, headers: Collection[str]) -> bool:
    """Whether a request comes from this machine itself, not through a proxy that runs on it."""
    if any(name in headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == ""
