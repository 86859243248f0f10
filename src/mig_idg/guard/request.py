"""What passed the threshold: one request, by one caller, for one action, with its grant."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mig_idg.charter import Decision
from mig_idg.database.pipeline import Columns, Row
from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.principal import Principal
from mig_idg.guard.resources import Resources
from mig_idg.guard.snapshot import Snapshot
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant
from mig_idg.store.statement import NOTHING, Statement


class Threshold(Protocol):
    """What a request may ask of the threshold that let it in."""

    @property
    def resources(self) -> Resources:
        """What the application holds for its handlers."""

    async def fetch(self, request: Request, statement: Statement, layer: Layer | None) -> list[Row]:
        """All rows of a statement under a grant."""

    def stream(self, request: Request, statement: Statement, layer: Layer | None) -> AsyncGenerator[Row]:
        """The same, row by row."""

    def chunks(self, request: Request, statement: Statement, layer: Layer | None) -> AsyncGenerator[Columns]:
        """The same, many rows at a time."""

    async def write(self, request: Request, statement: Statement) -> list[Row]:
        """Rows of a write … returning, under the writer profile."""

    async def confirm(self, request: Request) -> None:
        """Raise StaleEpoch when rights moved since the request's snapshot."""

    def charge(self, request: Request, seconds: float) -> None:
        """Count what the request cost beyond the ordinary."""

    def admit(self, request: Request, collection: str, action: str) -> Layer:
        """Another collection, decided on like the first."""


Layer = tuple[Collection, Grant | None, Decision]


class StaleEpoch(Exception):
    """Rights, credentials or publications changed since the snapshot: the request starts over on fresh facts."""


@dataclass(slots=True)
class Request:
    """One request past the threshold.

    `path` is without the `/t/TOKEN` prefix; `base_url` is the public address with it, so that links in the answer can
    be followed by clients that drop headers (`tokened`: it has one). `route` is the pattern found, `params` its names;
    `query` the decoded query string (no name twice). `collection`, `grant` and `decision` are set for routes on a
    collection.
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
    body_limit: int = 0
    tokened: bool = False
    collection: Collection | None = None
    grant: Grant | None = None
    decision: Decision | None = None
    data_version: int | None = None
    pool: str = "items"
    notes: dict[str, Any] = field(default_factory=dict)
    threshold: Threshold | None = None
    read_body: Callable[[int], Awaitable[bytes]] | None = None
    stream_body: Callable[[int], AsyncIterator[bytes]] | None = None
    address: str = ""

    async def fetch(self, statement: Statement, layer: Layer | None = None) -> list[Row]:
        """All rows of a statement under the grant (or that of `layer`, from `admit`), in one round trip.

        Raises StaleEpoch, StatementFailed; let both pass.
        """
        assert self.threshold is not None
        return await self.threshold.fetch(self, statement, layer)

    def stream(self, statement: Statement, layer: Layer | None = None) -> AsyncGenerator[Row]:
        """The rows one by one, no faster than they are consumed; leaving early cancels the query."""
        assert self.threshold is not None
        return self.threshold.stream(self, statement, layer)

    def chunks(self, statement: Statement, layer: Layer | None = None) -> AsyncGenerator[Columns]:
        """The same many rows at a time, as columns of values: for texts that are only passed on."""
        assert self.threshold is not None
        return self.threshold.chunks(self, statement, layer)

    async def write(self, statement: Statement) -> list[Row]:
        """Rows of an insert, update or delete … returning on `grant.writer_view`, under the writer profile."""
        assert self.threshold is not None
        return await self.threshold.write(self, statement)

    def charge(self, seconds: float) -> None:
        """Count against the caller's rate what this request cost beyond an ordinary one, in seconds of a processor."""
        if self.threshold is not None:
            self.threshold.charge(self, seconds)

    def admit(self, collection: str, action: str) -> Layer:
        """Another collection of the same request, decided on and journalled like the first.

        Raises NotFound (missing or hidden) or Refused.
        """
        assert self.threshold is not None
        return self.threshold.admit(self, collection, action)

    def resource[T](self, kind: type[T]) -> T:
        """What the application holds of this type: a cache, an engine."""
        assert self.threshold is not None
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
        if self.threshold is not None:
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
