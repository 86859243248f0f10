"""Jobs in PostgreSQL, for those who ask for them and for those who run them. Each question is a file of `queries/`."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from mig_idg.database.pipeline import Row, TransactionContext
from mig_idg.database.pool import Pool
from mig_idg.errors import Text, TooMany
from mig_idg.jobs.model import Job, Output, Status, job_from_json, output_to_json

PIECE_BYTES = 512 * 1024
MOST_OPEN, MOST_OPEN_OF_CALLER = 500, 20
LARGEST_BYTES = 1024 * 1024 * 1024
_APPLICATION = TransactionContext(b"idg_app", b"", b"10000")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody asks for. `seconds` is how long one attempt may take; the higher `priority` goes first."""

    kind: str
    subject: str
    login: str | None
    principal: Mapping[str, Any]
    request: Mapping[str, Any]
    layers: tuple[tuple[str, str], ...] = ()
    seconds: int = 600
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which jobs are listed. `everybody` is for those who run the service; otherwise one login's."""

    login: str | None = None
    everybody: bool = False
    kind: str | None = None
    subjects: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    shortest: float | None = None
    longest: float | None = None
    limit: int = 100
    offset: int = 0


class Records:
    """The jobs of one database, through a pool that may write."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def submit(self, asked: Submission) -> Job:
        """A new job and its place in the queue, in one transaction. Raises TooMany when too many are open."""
        document = {
            "kind": asked.kind,
            "subject": asked.subject,
            "login": asked.login,
            "principal": asked.principal,
            "request": asked.request,
            "layers": asked.layers,
            "seconds": asked.seconds,
            "priority": asked.priority,
        }
        rows = await self._ask("submit", orjson.dumps(document), MOST_OPEN_OF_CALLER, MOST_OPEN)
        if rows[0][0] is None:
            raise too_many()
        return job_from_json(orjson.loads(rows[0][0]))

    async def find(self, id: str) -> Job | None:
        """The job with this id, or None: an id that has not the shape of one is not looked for."""
        if not _UUID.fullmatch(id):
            return None
        return _job(await self._ask("find", id))

    async def listing(self, asked: Selection) -> tuple[list[Job], int]:
        """One page of jobs, newest first, and how many there are."""
        document = {
            "login": asked.login,
            "everybody": asked.everybody,
            "kind": asked.kind,
            "subjects": asked.subjects,
            "statuses": asked.statuses,
            "since": asked.since,
            "until": asked.until,
            "shortest": asked.shortest,
            "longest": asked.longest,
            "limit": asked.limit,
            "offset": asked.offset,
        }
        told = [orjson.loads(row[0] or b"") for row in await self._ask("listing", orjson.dumps(document))]
        return [job_from_json(one) for one in told], told[0]["matched"] if told else 0

    async def dismiss(self, id: str) -> Job | None:
        """Nothing more comes of the job, and what came of it is removed; whoever runs it stops within a second."""
        return _job(await self._ask("dismiss", id)) if _UUID.fullmatch(id) else None

    async def begin(self, id: str) -> Job | None:
        """One more attempt; None when the job ended or was dismissed meanwhile."""
        return _job(await self._ask("begin", id))

    async def report(self, id: str, progress: int, message: Text | None) -> bool:
        """How far it is. False: the job was dismissed, stop."""
        told = orjson.dumps({"fr": message.fr, "en": message.en}) if message else None
        return bool(await self._ask("report", id, progress, told))

    async def entitlements(self, id: str) -> Status | None:
        """Where a job stands now."""
        rows = await self._ask("standing", id)
        return (rows[0][0] or b"").decode() if rows else None  # type: ignore[return-value]

    async def keep(self, id: str, output: str, pieces: Iterable[bytes]) -> int:
        """Write one output of a running job; how many bytes it had."""
        size = 0
        for number, piece in enumerate(pieces):
            await self._ask("keep", id, output, number, base64.b64encode(piece))
            size += len(piece)
        return size

    async def empty(self, id: str) -> None:
        """Remove what an attempt that died had written."""
        await self._ask("empty", id)

    async def finish(
        self,
        id: str,
        status: Status,
        outputs: tuple[Output, ...] = (),
        problem: Mapping[str, Any] | None = None,
        message: Text | None = None,
    ) -> Job | None:
        """The end of a job; None when it was dismissed meanwhile."""
        told = orjson.dumps({"fr": message.fr, "en": message.en}) if message else None
        failed = orjson.dumps(problem) if problem is not None else None
        listed = orjson.dumps([output_to_json(output) for output in outputs])
        return _job(await self._ask("finish", id, status, listed, failed, told))

    async def pieces(self, id: str, output: str) -> AsyncIterator[bytes]:
        """The bytes of one output, piece by piece."""
        number = 0
        while rows := await self._ask("piece", id, output, number):
            yield base64.b64decode(rows[0][0] or b"")
            number += 1

    async def whole(self, id: str, output: str) -> bytes:
        """All the bytes of one output: for small ones."""
        return b"".join([piece async for piece in self.pieces(id, output)])

    async def purge(self, hours: int) -> int:
        """Forget what ended more than so many hours ago; how many jobs."""
        rows = await self._ask("purge", hours)
        return int(rows[0][0] or b"0")

    async def forsaken(self) -> list[str]:
        """Open jobs that the queue no longer carries."""
        return [(row[0] or b"").decode() for row in await self._ask("open_of_dead")]

    async def requeue(self, id: str) -> None:
        """Put an open job back in the queue."""
        await self._ask("requeue", id)

    async def _ask(self, question: str, *values: str | int | bytes | None) -> list[Row]:
        params = [value if value is None or isinstance(value, bytes) else str(value).encode() for value in values]
        async with self.pool.connection() as connection:
            _, rows = await connection.run(_APPLICATION, _text(question), params)
        return rows


def too_many() -> TooMany:
    """The answer to one more job of a caller, or of all, who have enough open."""
    error = TooMany(
        Text("Trop de travaux sont déjà en cours.", "Too many jobs are already under way."),
        remedy=Text("Attendez que l'un d'eux se termine.", "Wait until one of them ends."),
    )
    error.headers["retry-after"] = "10"
    return error


def _job(rows: list[Row]) -> Job | None:
    return job_from_json(orjson.loads(rows[0][0])) if rows and rows[0][0] is not None else None


@cache
def _text(question: str) -> bytes:
    return (files("mig_idg.jobs") / "queries" / f"{question}.sql").read_bytes()
