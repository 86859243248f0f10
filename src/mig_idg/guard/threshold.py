"""The one threshold: every request passes here, and nothing else opens the database for it.

Who is asking, what is asked, what the charter says, then the handler, then obligations, cache headers and journal.
Hidden and missing take the same way and give the same bytes. An answer that touched no row is confirmed against the
epoch before it leaves, so that neither a revocation nor a grant is ever told late.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

import structlog

from mig_idg.charter import Decision
from mig_idg.database.pipeline import CHUNK, Columns, ReadVersion, Row, StatementFailed, TransactionContext
from mig_idg.database.pool import Pool
from mig_idg.errors import (
    MethodNotAllowed,
    NotFound,
    Problem,
    Refused,
    SignInNeeded,
    Text,
    Unauthenticated,
    Unavailable,
)
from mig_idg.guard import credentials as doorkeeper
from mig_idg.guard import obligations
from mig_idg.guard.credentials import BEARER, BEARER_AND_BASIC
from mig_idg.guard.current import Current
from mig_idg.guard.http_request import HttpRequest, choose_language, unknown_place
from mig_idg.guard.journal import Journal
from mig_idg.guard.principal import PUBLIC, Principal
from mig_idg.guard.rates import Rates, account_of
from mig_idg.guard.request import Layer, Request, StaleEpoch
from mig_idg.guard.resources import Resources
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route, Router
from mig_idg.guard.snapshot import Snapshot
from mig_idg.store.collection import Collection
from mig_idg.store.statement import Statement

if TYPE_CHECKING:
    from mig_idg.guard.oidc import Oidc
    from mig_idg.guard.sessions import Sessions

log = structlog.get_logger(__name__)

STARTS = 4
MOST_REMEMBERED = 5_000
NOWHERE = "\x00"
PUBLIC_TIMEOUT, PARTNER_TIMEOUT, EXPORT_TIMEOUT = b"2500", b"5000", b"900000"
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
        self._pools = pools
        self._writers = writers
        self._base_url = base_url
        self._oidc = oidc
        self._sessions = sessions
        self._attempts = doorkeeper.Attempts()
        self._rates = rates or Rates(0)
        self._profiles: set[tuple[int, str]] = set()
        self._owing: dict[tuple[str, int, tuple[str, ...], str], list[tuple[str, str]]] = {}
        self._contexts: dict[tuple[str, str, bytes, str], TransactionContext] = {}

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
                principal = acting(snapshot) if acting else self._enter(shown, snapshot, http_request)
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
                    response.body = await _primed(response.body)
                if request.data_version is None and route.pool != "none":
                    await self._confirm(snapshot, principal)
                if told:
                    response.headers |= told
                return self._owed(response, request), request
            except StaleEpoch:
                if request is not None:
                    request.notes.clear()
                continue
            except Unauthenticated:
                if await self._moved(snapshot) or await self._learns_keys(shown):
                    continue
                self._attempts.failed(http_request.address, *(one.login for one in shown if one.login))
                raise
            except (Refused, NotFound):
                if (request is None or request.data_version is None) and await self._moved(snapshot):
                    continue
                raise
            finally:
                if request is not None:
                    self._write_down(request)
        raise Unavailable(
            Text("Les droits changent sans arrêt en ce moment.", "Rights keep changing right now."),
            remedy=Text("Réessayez dans une seconde.", "Try again in a second."),
        )

    # who is asking, what is asked

    def _enter(self, shown: list[doorkeeper.Presented], snapshot: Snapshot, http_request: HttpRequest) -> Principal:
        if shown:
            verify = self._oidc.verify if self._oidc else None
            return doorkeeper.authenticate(shown, snapshot.credentials, verify_jwt=verify, now=self.current.clock())
        if self._sessions is not None and http_request.method in ("GET", "HEAD") and "cookie" in http_request.headers:
            return self._sessions.principal(http_request.headers, snapshot.credentials) or PUBLIC
        return PUBLIC

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
            request.collection, request.grant, request.decision = self.admit(
                request, request.params["collection"], action
            )
        return await route.handler(request)

    def admit(self, request: Request, collection: str, action: str) -> Layer:
        """Decide on a collection for this request: (collection, grant, decision), or NotFound, or Refused."""
        snapshot, principal = request.snapshot, request.principal
        known = snapshot.collections.get(collection)
        if action in ("open", "listing"):
            action = "discover"
        # Hidden or missing, the same look-ups: neither time nor memory tells them apart.
        name = collection if known is not None else NOWHERE
        decision = snapshot.decide(principal, action, name)
        if known is None or not decision.permitted:
            discoverable = snapshot.decide(principal, "discover", name).permitted
            if known is None or not discoverable:
                self._probed(request, action, collection, decision, there=known is not None)
                raise missing(collection)
            self._remember(request, action, collection, decision)
            raise refused(known, decision, request)
        owed = obligations.unknown(decision.obligations)
        if owed:
            log.error("obligation-unknown", obligations=owed, rule=decision.rule)
            raise Unavailable(Text("Une obligation ne peut pas être tenue.", "An obligation cannot be carried out."))
        self._remember(request, action, collection, decision)
        _, grant = snapshot.grant(principal, known, action)
        return known, grant, decision

    def _probed(self, request: Request, action: str, collection: str, decision: Decision, *, there: bool) -> None:
        """Who asks for what is hidden from them is written down. For what does not exist the same is done but for the
        line: the journal is no place for the words of strangers, and neither answer comes sooner."""
        noted = (action, collection if there else NOWHERE, decision)
        request.notes.setdefault("decisions" if there else "nowhere", []).append(noted)

    def _remember(self, request: Request, action: str, collection: str, decision: Decision) -> None:
        if action != "discover":
            request.notes.setdefault("decisions", []).append((action, collection, decision))

    def _write_down(self, request: Request) -> None:
        for action, collection, decision in request.notes.pop("decisions", ()):
            self.journal.note(
                request.principal, request.snapshot, action, collection, decision, request.principal.motive or ""
            )
        for action, collection, decision in request.notes.pop("nowhere", ()):
            self.journal.note(request.principal, request.snapshot, action, collection, decision, written=False)

    async def confirm(self, request: Request) -> None:
        """Raise StaleEpoch when rights moved since the request's snapshot."""
        await self._confirm(request.snapshot, request.principal)

    def charge(self, request: Request, seconds: float) -> None:
        """Count what a request cost beyond an ordinary one."""
        self._rates.charge(account_of(request.principal.login, request.address), seconds)

    # rows, under the grant and the epoch

    async def fetch(self, request: Request, statement: Statement, layer: Layer | None = None) -> list[Row]:
        """All rows of a statement; raises StaleEpoch when rights moved since the request's snapshot."""
        context = await self._context(request, layer)
        pool = self._pools[request.pool]
        sql, params = statement.sql.encode(), statement.bound
        try:
            if statement.light and pool.sharing:
                read_version, rows = await pool.ask(request.caller, context, sql, params)
            else:
                async with pool.connection(request.caller) as connection:
                    read_version, rows = await connection.run(context, sql, params, binary=statement.binary)
        except StatementFailed as failed:
            failed.collection = context.collection.decode()
            await self._unless_moved(request)
            raise
        self._check(request, read_version)
        return rows

    async def stream(self, request: Request, statement: Statement, layer: Layer | None = None) -> AsyncGenerator[Row]:
        """Rows one by one; the first is only given once the epoch was checked."""
        async with aclosing(self.chunks(request, statement, layer, many=1)) as rows:
            async for columns in rows:
                yield tuple(values[0] for values in columns)

    async def chunks(
        self, request: Request, statement: Statement, layer: Layer | None = None, *, many: int = CHUNK
    ) -> AsyncGenerator[Columns]:
        """Rows `many` at a time, as columns; the first are only given once the epoch was checked."""
        context = await self._context(request, layer)
        async with self._pools[request.pool].connection(request.caller) as connection:
            flow = connection.stream(
                context, statement.sql.encode(), statement.bound, binary=statement.binary, many=many
            )
            try:
                async for columns in flow:
                    if isinstance(columns, ReadVersion):
                        self._check(request, columns)
                    else:
                        yield columns
            except StatementFailed as failed:
                failed.collection = context.collection.decode()
                if request.data_version is None:
                    await self._unless_moved(request)
                raise
            finally:
                await flow.aclose()  # type: ignore[attr-defined]

    async def write(self, request: Request, statement: Statement) -> list[Row]:
        """Rows of a write … returning, once rights were confirmed against the epoch of this moment."""
        assert request.grant is not None
        await self._ensure(
            request.grant.writer, request, request.collection, request.grant.writer_columns, "ensure_writer"
        )
        await self._confirm(request.snapshot, request.principal)
        context = TransactionContext(
            request.grant.writer.encode(), request.grant.rows.encode(), PARTNER_TIMEOUT, _name(request.collection)
        )
        try:
            async with self._writers.connection(request.caller) as connection:
                read_version, rows = await connection.run(context, statement.sql.encode(), statement.bound)
        except StatementFailed as failed:
            failed.collection = context.collection.decode()
            raise
        request.data_version = read_version.data
        return rows

    async def _context(self, request: Request, layer: Layer | None) -> TransactionContext:
        collection, grant = (layer[0], layer[1]) if layer else (request.collection, request.grant)
        timeout = EXPORT_TIMEOUT if request.pool == "exports" else (
            PUBLIC_TIMEOUT if request.principal.public else PARTNER_TIMEOUT
        )  # fmt: skip
        if grant is None:
            return TransactionContext(b"idg_app", b"", timeout, _name(collection))
        if (request.snapshot.generation, grant.role) not in self._profiles:
            await self._ensure(grant.role, request, collection, grant.columns, "ensure_profile")
        key = (grant.role, grant.rows, timeout, collection.id if collection else "")
        context = self._contexts.get(key)
        if context is None:
            if len(self._contexts) > MOST_REMEMBERED:
                self._contexts.clear()
            context = self._contexts[key] = TransactionContext(
                grant.role.encode(), grant.rows.encode(), timeout, _name(collection)
            )
        return context

    async def _ensure(
        self, role: str, request: Request, collection: Collection | None, columns: tuple[str, ...], function: str
    ) -> None:
        if (request.snapshot.generation, role) in self._profiles:
            return
        assert collection is not None
        async with self._writers.connection() as connection:
            await connection.run(
                TransactionContext(b"idg_app", b"", PARTNER_TIMEOUT),
                f"select served.{function}($1, $2::text[])".encode(),
                (collection.id.encode(), _text_array(columns)),
            )
        self._profiles.add((request.snapshot.generation, role))

    def _check(self, request: Request, read_version: ReadVersion) -> None:
        if read_version.epoch != request.snapshot.epoch:
            raise StaleEpoch
        request.data_version = read_version.data

    async def _epoch(self) -> int:
        read_version, _ = await self._pools["admin"].ask("", TransactionContext(b"idg_app", b""), b"select 1", ())
        return read_version.epoch

    async def _unless_moved(self, request: Request) -> None:
        """Raise StaleEpoch when a statement failed because its profile or its copy left with the last publication."""
        if await self._moved(request.snapshot):
            raise StaleEpoch

    async def _moved(self, snapshot: Snapshot) -> bool:
        try:
            return await self._epoch() != snapshot.epoch
        except Unavailable:
            return False

    async def _confirm(self, snapshot: Snapshot, principal: Principal) -> None:
        """Raise StaleEpoch when rights moved; while the database is away only the public's answers stand."""
        try:
            if await self._epoch() != snapshot.epoch:
                raise StaleEpoch
        except Unavailable:
            if not principal.public:
                raise

    # what every answer owes

    def _owed(self, response: Response, request: Request) -> Response:
        collection, decision = request.collection, request.decision
        if collection is not None and decision is not None and response.status < 300:
            for name, value in self._owed_headers(request, collection, decision):
                response.headers[name] = f"{response.headers[name]}, {value}" if name in response.headers else value
        if "cache-control" not in response.headers:
            shared = request.principal.public and not response.private and request.method in ("GET", "HEAD")
            response.headers["cache-control"] = "public, no-cache" if shared else "private, no-store"
        return response

    def _owed_headers(self, request: Request, collection: Collection, decision: Decision) -> list[tuple[str, str]]:
        key = (collection.id, request.snapshot.generation, decision.obligations, request.base_url)
        known = self._owing.get(key)
        if known is None:
            if len(self._owing) > MOST_REMEMBERED:
                self._owing.clear()
            known = self._owing[key] = obligations.headers(
                collection, request.snapshot.mention, decision.obligations, request.base_url
            )
        return known


def missing(collection: str) -> NotFound:
    """A collection that is not there, or that this caller may not know of: one answer."""
    return NotFound(
        Text(f"Aucune collection « {collection} ».", f"There is no collection “{collection}”."),
        remedy=Text("La liste est à /collections.", "The list is at /collections."),
        extra={"collection": collection},
    )


def refused(collection: Collection, decision: Decision, request: Request) -> Problem:
    """The refusal of a collection whose existence the caller may know: rule, article, reason, remedy.

    401 for who showed no credential: programs ask for one only then. A page is spared the browser's own dialogue: it
    leads to the form (`Bearer` alone).
    """
    kind = SignInNeeded if request.principal.public else Refused
    error = kind(
        decision.reason,
        remedy=decision.remedy,
        extra={
            "rule": decision.rule,
            "article": decision.article,
            "reason": decision.reason,
            "collection": collection.id,
            "access": request.url(f"/collections/{collection.id}/access"),
        },
    )
    if kind is SignInNeeded:
        page = "text/html" in request.headers.get("accept", "")
        error.headers["www-authenticate"] = BEARER if page else BEARER_AND_BASIC
    return error


def statement_problem(error: StatementFailed) -> Problem:
    """What a refusal by PostgreSQL is outside: the words of the database never leave."""
    state = error.sqlstate
    if state == "57014":
        late = Unavailable(
            Text("La demande prend trop de temps.", "The request takes too long."),
            remedy=Text("Réduisez l'emprise, le filtre ou la page.", "Use a smaller box, filter or page."),
        )
        late.headers["retry-after"] = "1"
        return late
    if state.startswith("22"):
        from mig_idg.errors import BadRequest

        return BadRequest(
            Text("Une valeur de la demande ne peut pas être calculée.", "A value of the request cannot be computed.")
        )
    log.error("statement-failed", sqlstate=state, message=error.message, collection=error.collection or None)
    if state.startswith(("53", "57", "58", "08")):
        return Unavailable(Text("La base de données ne peut pas répondre.", "The database cannot answer."))
    return Problem(
        Text("Une erreur interne s'est produite.", "An internal error happened."),
        remedy=Text("Signalez-la avec son numéro.", "Report it with its number."),
    )


async def _primed(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same stream with its first piece already there: rights were checked before the status line leaves."""
    return _Primed(body, await anext(body, b""))


class _Primed:
    """A stream begun, that closes what it comes from even when nobody reads it: a HEAD holds no connection.

    A generator would not: closed before its first step, it runs none of its `finally`.
    """

    def __init__(self, body: AsyncIterator[bytes], first: bytes) -> None:
        self._body = body
        self._first: bytes | None = first

    def __aiter__(self) -> _Primed:
        return self

    async def __anext__(self) -> bytes:
        """The first piece, then the others."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return await anext(self._body)

    async def aclose(self) -> None:
        """Let go of the connection, whether anything was read or not."""
        close = getattr(self._body, "aclose", None)
        if close is not None:
            await close()


def _name(collection: Collection | None) -> bytes:
    return collection.id.encode() if collection else b""


def _text_array(names: tuple[str, ...]) -> bytes:
    quoted = ('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    return ("{" + ",".join(quoted) + "}").encode()
