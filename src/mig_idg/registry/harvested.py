"""What harvesting left: sources, runs, findings, records; read by the catalogue, the page of harvesting and `/metrics`.

Written by the owner's role only (`harvest`); the server reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from mig_idg.database.pipeline import Row, TransactionContext
from mig_idg.database.pool import Pool
from mig_idg.errors import Conflict, Text
from mig_idg.registry.acts import Conn
from mig_idg.registry.statements import ask

_APPLICATION = TransactionContext(b"idg_app", b"", b"10000")
_LOCK = 290
MISSED_RUNS = 2
KEPT_RUNS = 50


@dataclass(frozen=True, slots=True)
class Known:
    """A record that is kept."""

    id: str
    document: Mapping[str, Any]
    state: str
    missed: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run changes, by identifiers. `missing` were not told; `archived` are those missed once too often."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {name: len(getattr(self, name)) for name in self.__slots__}

    @property
    def moves(self) -> bool:
        """Whether anything changes for readers."""
        return bool(self.added or self.changed or self.returned or self.archived)


@dataclass(frozen=True, slots=True)
class KeptPage:
    """What a page held when it was last read."""

    etag: str | None
    last_modified: str | None
    identifiers: tuple[str, ...]
    follow: Sequence[Sequence[Any]]


# ——— written


def alone(conn: Conn, source: str) -> None:
    """Be the only one who harvests a source, until the connection ends. Raises Conflict."""
    if not _one(conn, "select pg_try_advisory_lock(%s, hashtext(%s))", _LOCK, source)[0]:
        raise Conflict(
            Text(f"« {source} » est déjà en cours de moissonnage.", f"“{source}” is being harvested already."),
            remedy=Text("Attendez la fin de cette passe.", "Wait for the end of that run."),
        )


def released(conn: Conn, source: str) -> None:
    """Let others harvest it."""
    conn.execute("select pg_advisory_unlock(%s, hashtext(%s))", (_LOCK, source))


def register(conn: Conn, source: str, declaration: Mapping[str, Any]) -> dict[str, Any]:
    """The source as it is known, under this declaration; a new declaration forgets what pages held."""
    before = conn.execute("select declaration from harvest.source where source = %s for update", (source,)).fetchone()
    conn.execute(
        "insert into harvest.source (source, declaration, audience) values (%s, %s, %s) on conflict (source) do update"
        " set declaration = excluded.declaration, audience = excluded.audience",
        (source, Jsonb(dict(declaration)), declaration["audience"]),
    )
    if before is None or before[0] != declaration:
        conn.execute("delete from harvest.page where source = %s", (source,))
        conn.execute("update harvest.source set last_full = null where source = %s", (source,))
        bump(conn)
    return ask(conn, "harvest_sources", {"source": source})[0]


def bump(conn: Conn) -> None:
    """Tell readers that records or sources changed."""
    conn.execute("update harvest.version set number = number + 1")


def interrupted(conn: Conn, source: str, since: datetime) -> dict[str, Any] | None:
    """The last run of a source, if it stopped under way after an instant and can be gone on with."""
    row = conn.execute(
        "select number, full_, since, cursor, status from harvest.run where source = %s order by number desc limit 1",
        (source,),
    ).fetchone()
    if row is None or row[3] is None or row[4] not in ("running", "failed"):
        return None
    asked = "select heard >= %s from harvest.run where source = %s and number = %s"
    heard = _one(conn, asked, since, source, row[0])[0]
    return {"number": row[0], "full": row[1], "since": row[2], "cursor": row[3]} if heard else None


def begin(conn: Conn, source: str, now: datetime, *, full: bool, since: datetime | None, after: int | None) -> int:
    """A new run; what the run `after` had read already is its own. Runs that died are told so."""
    number = int(_one(conn, "select coalesce(max(number), 0) + 1 from harvest.run where source = %s", source)[0])
    conn.execute(
        "insert into harvest.run (source, number, status, full_, since, started, heard)"
        " values (%s, %s, 'running', %s, %s, %s, %s)",
        (source, number, full, since, now, now),
    )
    if after is not None:
        for table in ("staged", "finding"):
            conn.execute(f"update harvest.{table} set run = %s where source = %s and run = %s", (number, source, after))
    died = Jsonb({"fr": "Passe interrompue.", "en": "The run was interrupted."})
    conn.execute(
        "update harvest.run set status = 'failed', finished = heard, cursor = null, problem = coalesce(problem, %s)"
        " where source = %s and number < %s and status = 'running'",
        (died, source, number),
    )
    conn.execute("update harvest.run set cursor = null where source = %s and number < %s", (source, number))
    conn.execute("delete from harvest.staged where source = %s and run < %s", (source, number))
    conn.execute("delete from harvest.run where source = %s and number <= %s", (source, number - KEPT_RUNS))
    return number


def stage(
    conn: Conn, source: str, run: int, told: Iterable[tuple[str, Mapping[str, Any] | None]], now: datetime, cursor: Any
) -> None:
    """Set aside what a page told, with where to go on from. A null document: seen, not changed."""
    with conn.cursor() as many:
        many.executemany(
            "insert into harvest.staged values (%s, %s, %s, %s) on conflict (source, run, identifier)"
            " do update set document = excluded.document",
            [(source, run, name, None if one is None else Jsonb(dict(one))) for name, one in told],
        )
    conn.execute(
        "update harvest.run set heard = %s, cursor = %s where source = %s and number = %s",
        (now, Jsonb(cursor), source, run),
    )


def staged(conn: Conn, source: str, run: int) -> list[tuple[str, dict[str, Any] | None]]:
    """All that a run has set aside."""
    return conn.execute(
        "select identifier, document from harvest.staged where source = %s and run = %s order by identifier",
        (source, run),
    ).fetchall()


def note(conn: Conn, source: str, run: int, findings: Iterable[Mapping[str, Any]]) -> None:
    """Add findings to a run."""
    start = int(_one(conn, "select count(*) from harvest.finding where source = %s and run = %s", source, run)[0])
    with conn.cursor() as many:
        many.executemany(
            "insert into harvest.finding values (%s, %s, %s, %s, %s, %s, %s)",
            [
                (source, run, start + number, one["level"], one["code"], one["record"], Jsonb(one["words"]))
                for number, one in enumerate(findings, 1)
            ],
        )


def page(conn: Conn, source: str, address: str) -> KeptPage | None:
    """What is known of a page."""
    row = conn.execute(
        "select etag, last_modified, identifiers, follow from harvest.page where source = %s and address = %s",
        (source, address),
    ).fetchone()
    return None if row is None else KeptPage(row[0], row[1], tuple(row[2]), row[3])


def keep_page(conn: Conn, source: str, address: str, kept: KeptPage) -> None:
    """Remember a page."""
    conn.execute(
        "insert into harvest.page values (%s, %s, %s, %s, %s, %s) on conflict (source, address) do update set"
        " etag = excluded.etag, last_modified = excluded.last_modified, identifiers = excluded.identifiers,"
        " follow = excluded.follow",
        (source, address, kept.etag, kept.last_modified, list(kept.identifiers), Jsonb(list(kept.follow))),
    )


def known(conn: Conn, source: str) -> dict[str, Known]:
    """The records of a source by identifier, archived ones too."""
    rows = conn.execute(
        "select identifier, id, document, state, missed from harvest.record where source = %s", (source,)
    ).fetchall()
    return {name: Known(*rest) for name, *rest in rows}


def keep(
    conn: Conn,
    source: str,
    difference: Difference,
    documents: Mapping[str, Mapping[str, Any] | None],
    ids: Mapping[str, str],
    now: datetime,
) -> None:
    """Make a difference true."""
    with conn.cursor() as many:
        many.executemany(
            "insert into harvest.record (id, source, identifier, document, state, first_seen, changed)"
            " values (%s, %s, %s, %s, 'live', %s, %s) on conflict (source, identifier) do update set"
            " document = excluded.document, state = 'live', missed = 0, changed = excluded.changed, archived = null",
            [
                (ids[name], source, name, Jsonb(dict(documents[name] or {})), now, now)
                for name in (*difference.added, *difference.changed)
            ],
        )
    conn.execute(
        "update harvest.record set missed = 0, state = 'live', archived = null, changed = case when state = 'archived'"
        " then %s else changed end where source = %s and identifier = any(%s) and (missed > 0 or state = 'archived')",
        (now, source, [*difference.unchanged, *difference.returned]),
    )
    with conn.cursor() as many:
        many.executemany(
            "update harvest.record set document = %s, changed = %s where source = %s and identifier = %s",
            [(Jsonb(dict(told)), now, source, name) for name in difference.returned if (told := documents.get(name))],
        )
    conn.execute(
        "update harvest.record set missed = missed + 1 where source = %s and identifier = any(%s)",
        (source, list(difference.missing)),
    )
    conn.execute(
        "update harvest.record set state = 'archived', archived = %s, changed = %s where source = %s"
        " and identifier = any(%s)",
        (now, now, source, list(difference.archived)),
    )
    if difference.moves:
        bump(conn)


def end(
    conn: Conn, source: str, run: int, status: str, now: datetime, counts: Mapping[str, int],
    problem: Text | None = None, *, resumable: bool = False,
) -> None:  # fmt: skip
    """How a run ended. What was set aside goes, unless the run may be gone on with."""
    told = Jsonb({"fr": problem.fr, "en": problem.en}) if problem else None
    conn.execute(
        "update harvest.run set status = %s, finished = %s, counts = %s, problem = %s,"
        " cursor = case when %s then cursor end where source = %s and number = %s",
        (status, now, Jsonb(dict(counts)), told, resumable, source, run),
    )
    if not resumable:
        conn.execute("delete from harvest.staged where source = %s and run = %s", (source, run))
    if status == "failed":
        conn.execute("update harvest.source set failures = failures + 1 where source = %s", (source,))
    else:
        conn.execute(
            "update harvest.source s set failures = 0, last_success = r.started,"
            " last_full = case when r.full_ then r.started else s.last_full end"
            " from harvest.run r where r.source = s.source and r.number = %s and s.source = %s",
            (run, source),
        )


def decide(conn: Conn, one: str, other: str, verdict: str, reason: str, author: str, on: Any) -> None:
    """Remember what was decided of two datasets that look alike."""
    first, second = sorted((one, other))
    conn.execute(
        "insert into harvest.pair values (%s, %s, %s, %s, %s, %s) on conflict (one, other) do update set verdict ="
        " excluded.verdict, reason = excluded.reason, author = excluded.author, decided = excluded.decided",
        (first, second, verdict, reason, author, on),
    )


# ——— read


def sources(conn: Conn, source: str | None = None) -> list[dict[str, Any]]:
    """The sources that were ever harvested, with where they stand."""
    return ask(conn, "harvest_sources", {"source": source})


def runs(conn: Conn, source: str, number: int | None = None) -> list[dict[str, Any]]:
    """The runs of a source, newest first."""
    return ask(conn, "harvest_runs", {"source": source, "number": number})


def findings(conn: Conn, source: str, run: int) -> list[dict[str, Any]]:
    """What was wrong in a run."""
    return ask(conn, "harvest_findings", {"source": source, "run": run})


def records(conn: Conn, source: str | None = None, state: str | None = "live") -> list[dict[str, Any]]:
    """The records that are kept."""
    return ask(conn, "harvest_records", {"source": source, "state": state})


def pairs(conn: Conn) -> dict[tuple[str, str], dict[str, Any]]:
    """What was decided of datasets that look alike, by pairs in order."""
    rows = conn.execute("select to_jsonb(p) from harvest.pair p").fetchall()
    return {(one["one"], one["other"]): one for (one,) in rows}


def _one(conn: Conn, statement: str, *values: Any) -> Any:
    row = conn.execute(statement, values).fetchone()
    assert row is not None
    return row


class Harvested:
    """The same for the server, through its pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def version(self) -> int:
        """Moves whenever records or sources change."""
        return int((await self._ask("select number from harvest.version"))[0][0] or b"0")

    async def records(self) -> list[dict[str, Any]]:
        """All live records, with their source."""
        return await self._documents(
            "select to_jsonb(r) || jsonb_build_object('audience', s.audience, 'declaration', s.declaration)"
            " from harvest.record r join harvest.source s using (source) where r.state = 'live' order by r.id"
        )

    async def sources(self) -> list[dict[str, Any]]:
        """The sources, with their last run and how many records they hold."""
        return await self._documents(
            "select to_jsonb(s) || jsonb_build_object('run', (select to_jsonb(r) from harvest.run r where r.source ="
            " s.source order by r.number desc limit 1), 'live', (select count(*) from harvest.record c where c.source ="
            " s.source and c.state = 'live'), 'archived', (select count(*) from harvest.record c where c.source ="
            " s.source and c.state = 'archived')) from harvest.source s order by s.source"
        )

    async def runs(self, source: str, number: int | None = None) -> list[dict[str, Any]]:
        """The runs of a source, newest first, without where they go on from."""
        return await self._documents(
            "select to_jsonb(r) - 'cursor' from harvest.run r where r.source = $1"
            " and ($2::integer is null or r.number = $2::integer) order by r.number desc",
            source, None if number is None else str(number),
        )  # fmt: skip

    async def findings(self, source: str, run: int) -> list[dict[str, Any]]:
        """What was wrong in a run."""
        return await self._documents(
            "select to_jsonb(f) from harvest.finding f where f.source = $1 and f.run = $2::integer order by f.number",
            source, str(run),
        )  # fmt: skip

    async def _documents(self, statement: str, *values: str | None) -> list[dict[str, Any]]:
        return [orjson.loads(row[0] or b"{}") for row in await self._ask(statement, *values)]

    async def _ask(self, statement: str, *values: str | None) -> list[Row]:
        params = [None if one is None else one.encode() for one in values]
        async with self._pool.connection() as connection:
            _, rows = await connection.run(_APPLICATION, statement.encode(), params)
        return rows
