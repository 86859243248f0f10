"""What passed the threshold: one request, by one caller, for one action, with its grant."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from mig_idg.charter import Decision
from mig_idg.database.pipeline import Columns, Row
from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.principal import Principal
from mig_idg.guard.resources import Resources
from mig_idg.guard.snapshot import Snapshot
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant
from mig_idg.store.statement import NOTHING, Statement


class RowAccess(Protocol):
    """What a request may ask of the rows that it was let in to."""

    async def fetch(self, request: Request, statement: Statement, layer: Layer | None = None) -> list[Row]:
        """All rows of a statement under a grant."""

    def stream(self, request: Request, statement: Statement, layer: Layer | None = None) -> AsyncGenerator[Row]:
        """The same, row by row."""

    def chunks(self, request: Request, statement: Statement, layer: Layer | None = None) -> AsyncGenerator[Columns]:
        """The same, many rows at a time."""

    async def measure(self, request: Request, statement: Statement, action: str = "query") -> list[Row]:
        """Rows of measurements, under the rights of their datasets."""

    async def write(self, request: Request, statement: Statement) -> list[Row]:
        """Rows of a write … returning, under the writer profile."""


class Admitting(Protocol):
    """What decides on a collection, for a request."""

    def admit(self, request: Request, collection: str, action: str) -> Layer:
        """Its grant and its decision. Raises NotFound (missing or hidden) or Refused."""


class Threshold(Protocol):
    """What a request may ask of the threshold that let it in."""

    @property
    def resources(self) -> Resources:
        """What the application holds for its handlers."""

    @property
    def rows(self) -> RowAccess:
        """Rows, under the grant and the epoch."""

    @property
    def admission(self) -> Admitting:
        """Decisions on collections."""

    async def confirm(self, request: Request) -> None:
        """Raise StaleEpoch when rights moved since the request's snapshot."""

    def charge(self, request: Request, seconds: float) -> None:
        """Count what a request cost beyond an ordinary one."""


Layer = tuple[Collection, Grant | None, Decision]
Decided = tuple[str, str, Decision]


class StaleEpoch(Exception):
    """Rights, credentials or publications changed since the snapshot: the request starts over on fresh facts."""


@dataclass(slots=True)
class Request:
    """One request past the threshold.

    `path` is without the `/t/TOKEN` prefix; `base_url` is the public address with it, so that links in the answer can
    be followed by clients that drop headers (`tokened`: it has one). `route` is the pattern found, `params` its names;
    `query` the decoded query string (no name twice). `collection`, `grant` and `decision` are set for routes on a
    collection. `decided` and `probed` are the decisions taken on the way, for the journal.
    """

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    lang: Lang
    principal: Principal
    snapshot: Snapshot
    base_url: str
    route: str
    threshold: Threshold
    body_limit: int = 0
    tokened: bool = False
    collection: Collection | None = None
    grant: Grant | None = None
    decision: Decision | None = None
    data_version: int | None = None
    pool: str = "items"
    decided: list[Decided] = field(default_factory=list)
    probed: list[Decided] = field(default_factory=list)
    read_body: Callable[[int], Awaitable[bytes]] | None = None
    stream_body: Callable[[int], AsyncIterator[bytes]] | None = None
    address: str = ""

    def forget(self) -> None:
        """Nothing was decided: the request starts over, or what was is written down."""
        self.decided.clear()
        self.probed.clear()

    async def fetch(self, statement: Statement, layer: Layer | None = None) -> list[Row]:
        """All rows of a statement under the grant (or that of `layer`, from `admit`), in one round trip.

        Raises StaleEpoch, StatementFailed; let both pass.
        """
        return await self.threshold.rows.fetch(self, statement, layer)

    def stream(self, statement: Statement, layer: Layer | None = None) -> AsyncGenerator[Row]:
        """The rows one by one, no faster than they are consumed; leaving early cancels the query."""
        return self.threshold.rows.stream(self, statement, layer)

    def chunks(self, statement: Statement, layer: Layer | None = None) -> AsyncGenerator[Columns]:
        """The same many rows at a time, as columns of values: for texts that are only passed on."""
        return self.threshold.rows.chunks(self, statement, layer)

    async def measure(self, statement: Statement, action: str = "query") -> list[Row]:
        """Rows of measurements (`store.sensorthings`), under the rights of each of their datasets."""
        return await self.threshold.rows.measure(self, statement, action)

    async def write(self, statement: Statement) -> list[Row]:
        """Rows of an insert, update or delete … returning on `grant.writer_view`, under the writer profile."""
        return await self.threshold.rows.write(self, statement)

    def charge(self, seconds: float) -> None:
        """Count against the caller's rate what this request cost beyond an ordinary one, in seconds of a processor."""
        self.threshold.charge(self, seconds)

    def admit(self, collection: str, action: str) -> Layer:
        """Another collection of the same request, decided on and journalled like the first.

        Raises NotFound (missing or hidden) or Refused.
        """
        return self.threshold.admission.admit(self, collection, action)

    def resource[T](self, kind: type[T]) -> T:
        """What the application holds of this type: a cache, an engine."""
        return self.threshold.resources.get(kind)

    async def body(self) -> bytes:
        """The request body, up to the route's limit. Raises TooLarge."""
        assert self.read_body is not None
        return await self.read_body(self.body_limit)

    def body_pieces(self, limit: int) -> AsyncIterator[bytes]:
        """The request body piece by piece, up to `limit` bytes, once: nothing of it is kept. Raises TooLarge.

        Confirm the rights first (`confirm`): a request whose body was read cannot start over.
        """
        assert self.stream_body is not None
        return self.stream_body(limit)

    async def confirm(self) -> None:
        """Raise StaleEpoch when rights moved since the snapshot: before what cannot be done twice."""
        await self.threshold.confirm(self)

    @property
    def layer(self) -> tuple[Collection, Grant]:
        """The collection and its grant, for routes on a collection of features."""
        if self.collection is None or self.grant is None:
            raise NotFound(
                Text("Cette collection n'a pas d'entités.", "This collection has no features."),
            )
        return self.collection, self.grant

    @property
    def caller(self) -> str:
        """Who shares the server with others here: the account, or the address of a caller without one."""
        return self.principal.login or self.address

    def url(self, path: str) -> str:
        """The public address of a path of ours, keeping the caller's token prefix if it came by one."""
        return f"{self.base_url}{path}"

    async def read_version(self) -> int:
        """The version of the collection's rows now: one light round trip, for validators before any heavy work."""
        if self.data_version is None:
            await self.fetch(NOTHING)
        return self.data_version or 0

    def etag(self, *parts: object) -> str:
        """A validator that changes with publication, rows, rights class, language and the parts given.

        To be called once the data version is known: after `fetch`, the first row of `stream`, or `await stamp()`.
        """
        key = self.grant.key if self.grant else self.principal.key
        text = "\x1f".join(
            map(str, (self.snapshot.generation, self.data_version, key, self.lang, self.base_url, *parts))
        )
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
