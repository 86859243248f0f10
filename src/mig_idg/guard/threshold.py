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
from mig_idg.database.lane import CHUNK, Columns, Grip, Row, Stamp, StatementFailed
from mig_idg.database.pool import Pool
from mig_idg.errors import MethodNotAllowed, NotFound, OutsideFailure, Refused, Text, Trouble, Unauthenticated
from mig_idg.guard import credentials as doorkeeper
from mig_idg.guard import obligations
from mig_idg.guard.answer import Answer
from mig_idg.guard.current import Current
from mig_idg.guard.door import Door, Doors
from mig_idg.guard.journal import Journal
from mig_idg.guard.principal import PUBLIC, Principal
from mig_idg.guard.request import Incoming, choose_language, unknown_place
from mig_idg.guard.snapshot import Snapshot
from mig_idg.guard.visit import Layer, StaleEpoch, Visit
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


class Guard:
    """The threshold of one worker: doors, current snapshot, pools of lanes by kind, journal."""

    def __init__(
        self,
        doors: Doors,
        current: Current,
        pools: Mapping[str, Pool],
        writers: Pool,
        journal: Journal,
        *,
        base_url: str,
        oidc: Oidc | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        self.doors = doors
        self.current = current
        self.journal = journal
        self._pools = pools
        self._writers = writers
        self._base_url = base_url
        self._oidc = oidc
        self._sessions = sessions
        self._attempts = doorkeeper.Attempts()
        self._profiles: set[tuple[int, str]] = set()
        self._owing: dict[tuple[str, int, tuple[str, ...], str], list[tuple[str, str]]] = {}
        self._grips: dict[tuple[str, str, bytes, str], Grip] = {}

    async def receive(self, incoming: Incoming, read_body: ReadBody) -> tuple[Answer, Visit | None]:
        """The answer to a request. Raises Trouble (to be told as a problem), never leaves rows of a stale right."""
        token, path = doorkeeper.split_prefix(incoming.path)
        prefix = f"{doorkeeper.PATH_PREFIX}{token}" if token is not None else ""
        found = self.doors.find(path)
        query = dict(incoming.query)
        query_token = query.pop("token", None)
        shown = doorkeeper.presented(incoming.headers, query_token, token)
        for start in range(STARTS):
            snapshot = await self.current.get() if start == 0 else await self.current.refresh()
            visit: Visit | None = None
            try:
                principal = self._enter(shown, snapshot, incoming)
                if found is None:
                    raise unknown_place()
                door, params = found
                visit = Visit(
                    method=incoming.method,
                    path=path,
                    params=params,
                    query=query,
                    headers=incoming.headers,
                    lang=choose_language(query, incoming.headers),
                    principal=principal,
                    snapshot=snapshot,
                    base_url=self._base_url + prefix,
                    tokened=bool(prefix),
                    door=door,
                    lanes=door.lanes,
                    threshold=self,
                    read_body=read_body,
                    address=incoming.address,
                )
                answer = await self._cross(visit, door)
                if not isinstance(answer.body, bytes):
                    answer.body = await _primed(answer.body)
                if visit.data_version is None and door.lanes != "none":
                    await self._confirm(snapshot, principal)
                return self._owed(answer, visit), visit
            except StaleEpoch:
                if visit is not None:
                    visit.notes.clear()
                continue
            except Unauthenticated:
                if await self._moved(snapshot) or await self._learns_keys(shown):
                    continue
                self._attempts.failed(incoming.address, *(one.login for one in shown if one.login))
                raise
            except (Refused, NotFound):
                if (visit is None or visit.data_version is None) and await self._moved(snapshot):
                    continue
                raise
            finally:
                if visit is not None:
                    self._write_down(visit)
        raise OutsideFailure(
            Text("Les droits changent sans arrêt en ce moment.", "Rights keep changing right now."),
            remedy=Text("Réessayez dans une seconde.", "Try again in a second."),
        )

    # who is asking, what is asked

    def _enter(self, shown: list[doorkeeper.Presented], snapshot: Snapshot, incoming: Incoming) -> Principal:
        if shown:
            verify = self._oidc.verify if self._oidc else None
            return doorkeeper.authenticate(shown, snapshot.credentials, verify_jwt=verify, now=self.current.clock())
        if self._sessions is not None and incoming.method in ("GET", "HEAD") and "cookie" in incoming.headers:
            return self._sessions.principal(incoming.headers, snapshot.credentials) or PUBLIC
        return PUBLIC

    async def _learns_keys(self, shown: list[doorkeeper.Presented]) -> bool:
        """Whether the issuer's keys were just fetched again for a JWT that none of the known ones verifies."""
        if self._oidc is None or not any(one.secret.count(".") == 2 for one in shown):
            return False
        return await self._oidc.refresh(impatient=True)

    async def _cross(self, visit: Visit, door: Door) -> Answer:
        if visit.method not in door.methods:
            allowed = ", ".join(dict.fromkeys((*door.methods, "OPTIONS")))
            if visit.method == "OPTIONS":
                return Answer(status=204, headers={"allow": allowed})
            error = MethodNotAllowed(
                Text(f"{visit.method} n'est pas permis ici.", f"{visit.method} is not allowed here."),
            )
            error.headers["allow"] = allowed
            raise error
        if "collection" in visit.params:
            action = door.asks(visit.method, visit.query, visit.headers)
            if action == "download" and door.lanes == "items":
                visit.lanes = "exports"
            visit.collection, visit.grant, visit.decision = self.admit(visit, visit.params["collection"], action)
        return await door.handler(visit)

    def admit(self, visit: Visit, collection: str, action: str) -> Layer:
        """Decide on a collection for this visit: (collection, grant, decision), or NotFound, or Refused."""
        snapshot, principal = visit.snapshot, visit.principal
        known = snapshot.collections.get(collection)
        if action in ("open", "listing"):
            action = "discover"
        # Hidden or missing, the same look-ups: neither time nor memory tells them apart.
        name = collection if known is not None else NOWHERE
        decision = snapshot.decide(principal, action, name)
        if known is None or not decision.permitted:
            discoverable = snapshot.decide(principal, "discover", name).permitted
            if known is None or not discoverable:
                raise missing(collection)
            self._remember(visit, action, collection, decision)
            raise refused(known, decision, visit)
        owed = obligations.unknown(decision.obligations)
        if owed:
            log.error("obligation-unknown", obligations=owed, rule=decision.rule)
            raise OutsideFailure(Text("Une obligation ne peut pas être tenue.", "An obligation cannot be carried out."))
        self._remember(visit, action, collection, decision)
        _, grant = snapshot.grant(principal, known, action)
        return known, grant, decision

    def _remember(self, visit: Visit, action: str, collection: str, decision: Decision) -> None:
        if action != "discover":
            visit.notes.setdefault("decisions", []).append((action, collection, decision))

    def _write_down(self, visit: Visit) -> None:
        for action, collection, decision in visit.notes.pop("decisions", ()):
            self.journal.note(
                visit.principal, visit.snapshot, action, collection, decision, visit.principal.motive or ""
            )

    # rows, under the grant and the epoch

    async def fetch(self, visit: Visit, statement: Statement, layer: Layer | None = None) -> list[Row]:
        """All rows of a statement; raises StaleEpoch when rights moved since the visit's snapshot."""
        grip = await self._grip(visit, layer)
        pool = self._pools[visit.lanes]
        sql, params = statement.sql.encode(), statement.bound
        try:
            if statement.light and pool.sharing:
                stamp, rows = await pool.ask(visit.caller, grip, sql, params)
            else:
                async with pool.lane(visit.caller) as lane:
                    stamp, rows = await lane.run(grip, sql, params, binary=statement.binary)
        except StatementFailed:
            await self._unless_moved(visit)
            raise
        self._check(visit, stamp)
        return rows

    async def stream(self, visit: Visit, statement: Statement, layer: Layer | None = None) -> AsyncIterator[Row]:
        """Rows one by one; the first is only given once the epoch was checked."""
        async with aclosing(self.chunks(visit, statement, layer, many=1)) as rows:
            async for columns in rows:
                yield tuple(values[0] for values in columns)

    async def chunks(
        self, visit: Visit, statement: Statement, layer: Layer | None = None, *, many: int = CHUNK
    ) -> AsyncGenerator[Columns]:
        """Rows `many` at a time, as columns; the first are only given once the epoch was checked."""
        grip = await self._grip(visit, layer)
        async with self._pools[visit.lanes].lane(visit.caller) as lane:
            flow = lane.stream(grip, statement.sql.encode(), statement.bound, binary=statement.binary, many=many)
            try:
                async for columns in flow:
                    if isinstance(columns, Stamp):
                        self._check(visit, columns)
                    else:
                        yield columns
            except StatementFailed:
                if visit.data_version is None:
                    await self._unless_moved(visit)
                raise
            finally:
                await flow.aclose()  # type: ignore[attr-defined]

    async def write(self, visit: Visit, statement: Statement) -> list[Row]:
        """Rows of a write … returning, once rights were confirmed against the epoch of this moment."""
        assert visit.grant is not None
        await self._ensure(visit.grant.writer, visit, visit.collection, visit.grant.writer_columns, "ensure_writer")
        await self._confirm(visit.snapshot, visit.principal)
        grip = Grip(visit.grant.writer.encode(), visit.grant.rows.encode(), PARTNER_TIMEOUT, _name(visit.collection))
        async with self._writers.lane(visit.caller) as lane:
            stamp, rows = await lane.run(grip, statement.sql.encode(), statement.bound)
        visit.data_version = stamp.data
        return rows

    async def _grip(self, visit: Visit, layer: Layer | None) -> Grip:
        collection, grant = (layer[0], layer[1]) if layer else (visit.collection, visit.grant)
        timeout = EXPORT_TIMEOUT if visit.lanes == "exports" else (
            PUBLIC_TIMEOUT if visit.principal.public else PARTNER_TIMEOUT
        )  # fmt: skip
        if grant is None:
            return Grip(b"idg_app", b"", timeout, _name(collection))
        if (visit.snapshot.generation, grant.role) not in self._profiles:
            await self._ensure(grant.role, visit, collection, grant.columns, "ensure_profile")
        key = (grant.role, grant.rows, timeout, collection.id if collection else "")
        grip = self._grips.get(key)
        if grip is None:
            if len(self._grips) > MOST_REMEMBERED:
                self._grips.clear()
            grip = self._grips[key] = Grip(grant.role.encode(), grant.rows.encode(), timeout, _name(collection))
        return grip

    async def _ensure(
        self, role: str, visit: Visit, collection: Collection | None, columns: tuple[str, ...], function: str
    ) -> None:
        if (visit.snapshot.generation, role) in self._profiles:
            return
        assert collection is not None
        async with self._writers.lane() as lane:
            await lane.run(
                Grip(b"idg_app", b"", PARTNER_TIMEOUT),
                f"select served.{function}($1, $2::text[])".encode(),
                (collection.id.encode(), _text_array(columns)),
            )
        self._profiles.add((visit.snapshot.generation, role))

    def _check(self, visit: Visit, stamp: Stamp) -> None:
        if stamp.epoch != visit.snapshot.epoch:
            raise StaleEpoch
        visit.data_version = stamp.data

    async def _epoch(self) -> int:
        stamp, _ = await self._pools["admin"].ask("", Grip(b"idg_app", b""), b"select 1", ())
        return stamp.epoch

    async def _unless_moved(self, visit: Visit) -> None:
        """Raise StaleEpoch when a statement failed because its profile or its copy left with the last publication."""
        if await self._moved(visit.snapshot):
            raise StaleEpoch

    async def _moved(self, snapshot: Snapshot) -> bool:
        try:
            return await self._epoch() != snapshot.epoch
        except OutsideFailure:
            return False

    async def _confirm(self, snapshot: Snapshot, principal: Principal) -> None:
        """Raise StaleEpoch when rights moved; while the database is away only the public's answers stand."""
        try:
            if await self._epoch() != snapshot.epoch:
                raise StaleEpoch
        except OutsideFailure:
            if not principal.public:
                raise

    # what every answer owes

    def _owed(self, answer: Answer, visit: Visit) -> Answer:
        collection, decision = visit.collection, visit.decision
        if collection is not None and decision is not None and answer.status < 300:
            for name, value in self._owed_headers(visit, collection, decision):
                answer.headers[name] = f"{answer.headers[name]}, {value}" if name in answer.headers else value
        if "cache-control" not in answer.headers:
            shared = visit.principal.public and not answer.private and visit.method in ("GET", "HEAD")
            answer.headers["cache-control"] = "public, no-cache" if shared else "private, no-store"
        return answer

    def _owed_headers(self, visit: Visit, collection: Collection, decision: Decision) -> list[tuple[str, str]]:
        key = (collection.id, visit.snapshot.generation, decision.obligations, visit.base_url)
        known = self._owing.get(key)
        if known is None:
            if len(self._owing) > MOST_REMEMBERED:
                self._owing.clear()
            known = self._owing[key] = obligations.headers(
                collection, visit.snapshot.mention, decision.obligations, visit.base_url
            )
        return known


def missing(collection: str) -> NotFound:
    """A collection that is not there, or that this caller may not know of: one answer."""
    return NotFound(
        Text(f"Aucune collection « {collection} ».", f"There is no collection “{collection}”."),
        remedy=Text("La liste est à /collections.", "The list is at /collections."),
        extra={"collection": collection},
    )


def refused(collection: Collection, decision: Decision, visit: Visit) -> Trouble:
    """The refusal of a collection whose existence the caller may know: rule, article, reason, remedy."""
    return Refused(
        decision.reason,
        remedy=decision.remedy,
        extra={
            "rule": decision.rule,
            "article": decision.article,
            "reason": decision.reason,
            "collection": collection.id,
            "access": visit.url(f"/collections/{collection.id}/access"),
        },
    )


def statement_trouble(error: StatementFailed) -> Trouble:
    """What a refusal by PostgreSQL is outside: the words of the database never leave."""
    state = error.sqlstate
    if state == "57014":
        late = OutsideFailure(
            Text("La demande prend trop de temps.", "The request takes too long."),
            remedy=Text("Réduisez l'emprise, le filtre ou la page.", "Use a smaller box, filter or page."),
        )
        late.headers["retry-after"] = "1"
        return late
    if state.startswith("22"):
        from mig_idg.errors import Misunderstood

        return Misunderstood(
            Text("Une valeur de la demande ne peut pas être calculée.", "A value of the request cannot be computed.")
        )
    log.error("statement-failed", sqlstate=state)
    if state.startswith(("53", "57", "58", "08")):
        return OutsideFailure(Text("La base de données ne peut pas répondre.", "The database cannot answer."))
    return Trouble(
        Text("Une erreur interne s'est produite.", "An internal error happened."),
        remedy=Text("Signalez-la avec son numéro.", "Report it with its number."),
    )


async def _primed(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same stream with its first piece already there: rights were checked before the status line leaves."""
    return _Primed(body, await anext(body, b""))


class _Primed:
    """A stream begun, that closes what it comes from even when nobody reads it: a HEAD holds no lane.

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
        """Let go of the lane, whether anything was read or not."""
        close = getattr(self._body, "aclose", None)
        if close is not None:
            await close()


def _name(collection: Collection | None) -> bytes:
    return collection.id.encode() if collection else b""


def _text_array(names: tuple[str, ...]) -> bytes:
    quoted = ('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    return ("{" + ",".join(quoted) + "}").encode()
