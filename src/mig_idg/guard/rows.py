"""Rows, under a grant and the epoch: nothing else reads or writes layers for a request.

One transaction each: the role of the view profile and the rows granted are set for it alone, and it reads the epoch;
when that is not the snapshot's, the rows are thrown away.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from mig_idg.database.pipeline import CHUNK, Columns, ReadVersion, Row, StatementFailed, TransactionContext
from mig_idg.database.pool import Pool
from mig_idg.guard.freshness import Freshness
from mig_idg.guard.request import Layer, Request
from mig_idg.store.collection import Collection
from mig_idg.store.statement import Statement

MOST_REMEMBERED = 5_000
MEASUREMENTS = b"idg_sensor_reader"
PUBLIC_TIMEOUT, PARTNER_TIMEOUT, EXPORT_TIMEOUT = b"2500", b"5000", b"900000"


class Rows:
    """Statements under the grant of a request, on the pool of its kind."""

    def __init__(self, pools: Mapping[str, Pool], writers: Pool, freshness: Freshness) -> None:
        self._pools = pools
        self._writers = writers
        self._freshness = freshness
        self._profiles: set[tuple[int, str]] = set()
        self._contexts: dict[tuple[str, str, bytes, str], TransactionContext] = {}

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
            await self._freshness.unless_moved(request)
            raise
        self._freshness.check(request, read_version)
        return rows

    async def measure(self, request: Request, statement: Statement, action: str = "query") -> list[Row]:
        """Rows of measurements, under what the charter says of each of their datasets for this caller."""
        measured = request.snapshot.measured(request.principal, action)
        timeout = EXPORT_TIMEOUT if request.pool == "exports" else (
            PUBLIC_TIMEOUT if request.principal.public else PARTNER_TIMEOUT
        )  # fmt: skip
        context = TransactionContext(MEASUREMENTS, measured.setting, timeout)
        try:
            async with self._pools[request.pool].connection(request.caller) as connection:
                read_version, rows = await connection.run(context, statement.sql.encode(), statement.bound)
        except StatementFailed:
            await self._freshness.unless_moved(request)
            raise
        self._freshness.check(request, read_version)
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
                        self._freshness.check(request, columns)
                    else:
                        yield columns
            except StatementFailed as failed:
                failed.collection = context.collection.decode()
                if request.data_version is None:
                    await self._freshness.unless_moved(request)
                raise
            finally:
                await flow.aclose()  # type: ignore[attr-defined]

    async def write(self, request: Request, statement: Statement) -> list[Row]:
        """Rows of a write … returning, once rights were confirmed against the epoch of this moment."""
        assert request.grant is not None
        await self._ensure(
            request.grant.writer, request, request.collection, request.grant.writer_columns, "ensure_writer"
        )
        await self._freshness.confirm(request.snapshot, request.principal)
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
            function = "ensure_vintage" if grant.kept else "ensure_profile"
            await self._ensure(grant.role, request, collection, grant.columns, function)
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


def _name(collection: Collection | None) -> bytes:
    return collection.id.encode() if collection else b""


def _text_array(names: tuple[str, ...]) -> bytes:
    quoted = ('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names)
    return ("{" + ",".join(quoted) + "}").encode()
