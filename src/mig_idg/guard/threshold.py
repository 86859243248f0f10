"""The one threshold: every request passes here, and nothing else opens the database for it.

Who is asking, what is asked, what the charter says, then the handler, then obligations, cache headers and journal.
Hidden and missing take the same way and give the same bytes. An answer that touched no row is confirmed against the
epoch before it leaves, so that neither a revocation nor a grant is ever told late.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from mig_idg.database.pool import Pool
from mig_idg.errors import (
    MethodNotAllowed,
    NotFound,
    Refused,
    TakenDown,
    Text,
    Unauthenticated,
    Unavailable,
)
from mig_idg.guard import credentials as doorkeeper
from mig_idg.guard.admission import Admission
from mig_idg.guard.current import Current
from mig_idg.guard.freshness import Freshness
from mig_idg.guard.http_request import HttpRequest, choose_language, unknown_place
from mig_idg.guard.journal import Journal
from mig_idg.guard.obligations import Obligations
from mig_idg.guard.principal import PUBLIC, Principal
from mig_idg.guard.rates import Rates, account_of
from mig_idg.guard.request import Request, StaleEpoch
from mig_idg.guard.resources import Resources
from mig_idg.guard.response import Response, primed
from mig_idg.guard.route import Route, Router
from mig_idg.guard.rows import Rows
from mig_idg.guard.snapshot import Snapshot

if TYPE_CHECKING:
    from mig_idg.guard.oidc import Oidc
    from mig_idg.guard.sessions import Sessions

STARTS = 4
ReadBody = Callable[[int], Awaitable[bytes]]
StreamBody = Callable[[int], AsyncIterator[bytes]]


class Guard:
    """The threshold of one worker: routes, current snapshot, pools of connections by kind, journal."""

    def __init__(
        self,
        routes: Router,
        current: Current,
        pools: Mapping[str, Pool],
        writers: Pool,
        journal: Journal,
        *,
        base_url: str,
        oidc: Oidc | None = None,
        sessions: Sessions | None = None,
        rates: Rates | None = None,
        resources: Resources | None = None,
    ) -> None:
        self.resources = resources or Resources()
        self.routes = routes
        self.current = current
        self.journal = journal
        self._base_url = base_url
        self._oidc = oidc
        self._sessions = sessions
        self._attempts = doorkeeper.Attempts()
        self._rates = rates or Rates(0)
        self._freshness = Freshness(pools["admin"])
        self._obligations = Obligations()
        self.rows = Rows(pools, writers, self._freshness)
        self.admission = Admission(journal)

    async def receive(
        self,
        http_request: HttpRequest,
        read_body: ReadBody,
        acting: Callable[[Snapshot], Principal] | None = None,
        stream_body: StreamBody | None = None,
    ) -> tuple[Response, Request | None]:
        """The answer to a request. Raises Problem (to be told as a problem), never leaves rows of a stale right.

        `acting` names who asks in place of a credential: a job reads for the account that submitted it.
        """
        token, path = doorkeeper.split_prefix(http_request.path)
        found = self.routes.find(path)
        query = dict(http_request.query)
        query_token = query.pop("token", None)
        # Links keep the credential of an address, in their path however it came: a client appends to addresses.
        prefix = doorkeeper.prefix(token if token is not None else query_token)
        shown = doorkeeper.presented(http_request.headers, query_token, token)
        told: dict[str, str] | None = None
        for start in range(STARTS):
            snapshot = await self.current.get() if start == 0 else await self.current.refresh()
            request: Request | None = None
            try:
                principal = acting(snapshot) if acting else self._enter(shown, snapshot, http_request, found)
                if told is None and acting is None and not (found is not None and found[0].operator):
                    told = self._rates.spend(account_of(principal.login, http_request.address))
                if found is None:
                    raise unknown_place()
                route, params = found
                request = Request(
                    method=http_request.method,
                    path=path,
                    params=params,
                    query=query,
                    headers=http_request.headers,
                    lang=choose_language(query, http_request.headers),
                    principal=principal,
                    snapshot=snapshot,
                    base_url=self._base_url + prefix,
                    tokened=bool(prefix),
                    route=route.pattern,
                    body_limit=route.body_limit,
                    pool=route.pool,
                    threshold=self,
                    read_body=read_body,
                    stream_body=stream_body,
                    address=http_request.address,
                )
                response = await self._cross(request, route)
                if not isinstance(response.body, bytes):
                    response.body = await primed(response.body)
                if request.data_version is None and route.pool != "none":
                    await self._freshness.confirm(snapshot, principal)
                if told:
                    response.headers |= told
                return self._obligations.owed(response, request), request
            except StaleEpoch:
                if request is not None:
                    request.forget()
                continue
            except Unauthenticated:
                if await self._freshness.moved(snapshot) or await self._learns_keys(shown):
                    continue
                self._attempts.failed(http_request.address, *(one.login for one in shown if one.login))
                raise
            except (Refused, NotFound, TakenDown):
                if (request is None or request.data_version is None) and await self._freshness.moved(snapshot):
                    continue
                raise
            finally:
                if request is not None:
                    self.admission.write_down(request)
        raise Unavailable(
            Text("Les droits changent sans arrêt en ce moment.", "Rights keep changing right now."),
            remedy=Text("Réessayez dans une seconde.", "Try again in a second."),
        )

    # who is asking, what is asked

    def _enter(
        self,
        shown: list[doorkeeper.Presented],
        snapshot: Snapshot,
        http_request: HttpRequest,
        found: tuple[Route, dict[str, str]] | None,
    ) -> Principal:
        if shown:
            verify = self._oidc.verify if self._oidc else None
            return doorkeeper.authenticate(shown, snapshot.credentials, verify_jwt=verify, now=self.current.clock())
        if self._sessions is None or "cookie" not in http_request.headers:
            return PUBLIC
        # A session reads; it writes nothing, but by the forms of our own pages.
        form = found is not None and found[0].forms and http_request.method == "POST"
        if http_request.method not in ("GET", "HEAD") and not form:
            return PUBLIC
        if form:
            self._sessions.require_ours(http_request.headers)
        return self._sessions.principal(http_request.headers, snapshot.credentials) or PUBLIC

    async def _learns_keys(self, shown: list[doorkeeper.Presented]) -> bool:
        """Whether the issuer's keys were just fetched again for a JWT that none of the known ones verifies."""
        if self._oidc is None or not any(one.secret.count(".") == 2 for one in shown):
            return False
        return await self._oidc.refresh(impatient=True)

    async def _cross(self, request: Request, route: Route) -> Response:
        if request.method not in route.methods:
            allowed = ", ".join(dict.fromkeys((*route.methods, "OPTIONS")))
            if request.method == "OPTIONS":
                return Response(status=204, headers={"allow": allowed})
            error = MethodNotAllowed(
                Text(f"{request.method} n'est pas permis ici.", f"{request.method} is not allowed here."),
            )
            error.headers["allow"] = allowed
            raise error
        if "collection" in request.params:
            action = route.asks(request.method, request.query, request.headers)
            if action == "download" and route.pool == "items":
                request.pool = "exports"
            request.collection, request.grant, request.decision = request.admit(request.params["collection"], action)
        return await route.handler(request)

    async def confirm(self, request: Request) -> None:
        """Raise StaleEpoch when rights moved since the request's snapshot."""
        await self._freshness.confirm(request.snapshot, request.principal)

    def charge(self, request: Request, seconds: float) -> None:
        """Count what a request cost beyond an ordinary one."""
        self._rates.charge(account_of(request.principal.login, request.address), seconds)
