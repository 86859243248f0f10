"""The journal as it is read: verified link by link, sealed by day, shown, exported, aggregated past its retention."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, Text
from mig_idg.registry.follow_up import hold

SEPARATOR = "\x1f"
COLUMNS = [
    "number",
    "at",
    "until",
    "requests",
    "login",
    "organisation",
    "roles",
    "action",
    "dataset",
    "outcome",
    "rule",
    "article",
    "facts",
    "generation",
    "obligations",
    "note",
    "previous",
    "hash",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: links read, the head of the chain, and the first row that does not hold."""

    rows: int
    head: str
    broken_at: int | None = None
    reason: Text | None = None

    @property
    def whole(self) -> bool:
        """True when every link holds."""
        return self.broken_at is None


def canonical(row: dict[str, Any]) -> bytes:
    """The bytes of a row under its hash; written here apart from the database, so that each checks the other."""
    values = (
        str(row["number"]),
        _instant(row["at"]),
        _instant(row["until"]),
        str(row["requests"]),
        row["login"] or "",
        row["organisation"] or "",
        ",".join(row["roles"]),
        row["action"],
        row["dataset"],
        row["outcome"],
        row["rule"],
        row["article"],
        str(row["facts"]),
        str(row["generation"]),
        ",".join(row["obligations"]),
        row["note"] or "",
    )
    return SEPARATOR.join(values).encode()


def verify(connection: Connection[Any]) -> Verdict:
    """Read the whole chain, from the last cut on: numbers without gap, hashes that follow, seals that agree."""
    cut = connection.execute("select last_number, head from journal.cuts order by last_number desc limit 1").fetchone()
    number, head = (int(cut[0]), bytes(cut[1])) if cut else (0, b"")
    seals = {int(n): bytes(h) for n, h in connection.execute("select last_number, head from journal.seals")}
    rows = 0
    for row in _rows(connection, "true", {}):
        number += 1
        if row["number"] != number:
            return _broken(rows, head, number, Text("il manque une ligne", "a row is missing"))
        if bytes(row["previous"]) != head:
            return _broken(rows, head, number, Text("le chaînage est rompu", "the chain is broken"))
        head = hashlib.sha256(head + canonical(row)).digest()
        if bytes(row["hash"]) != head:
            return _broken(rows, head, number, Text("la ligne a été modifiée", "the row was changed"))
        if seals.get(number, head) != head:
            return _broken(rows, head, number, Text("le sceau du jour ne correspond pas", "the day's seal disagrees"))
        rows += 1
    missing = [sealed for sealed in seals if sealed > number]
    if missing:
        return _broken(rows, head, min(missing), Text("des lignes scellées ont disparu", "sealed rows are gone"))
    return Verdict(rows, head.hex())


def seal(connection: Connection[Any], on: date) -> str | None:
    """Seal a finished day (Europe/Paris): its head, to be kept by two partners. None when nothing happened that day."""
    known = connection.execute("select head from journal.seals where day = %s", (on,)).fetchone()
    if known:
        return bytes(known[0]).hex()
    row = connection.execute(
        "insert into journal.seals (day, last_number, head)"
        " select %(day)s, number, hash from journal.decisions"
        " where (at at time zone 'Europe/Paris')::date <= %(day)s order by number desc limit 1"
        " returning head",
        {"day": on},
    ).fetchone()
    return bytes(row[0]).hex() if row else None


def show(
    connection: Connection[Any],
    *,
    dataset: str | None = None,
    organisation: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = 100,
) -> Iterator[dict[str, Any]]:
    """Decisions, oldest first: the last `limit` of those that match (None: all)."""
    conditions = ["true"]
    values: dict[str, Any] = {"dataset": dataset, "organisation": organisation, "since": since, "until": until}
    if dataset:
        conditions.append("dataset = %(dataset)s")
    if organisation:
        conditions.append("organisation = %(organisation)s")
    if since:
        conditions.append("at >= (%(since)s::date::timestamp at time zone 'Europe/Paris')")
    if until:
        conditions.append("at < (%(until)s::date::timestamp at time zone 'Europe/Paris')")
    yield from _rows(connection, " and ".join(conditions), values, limit)


def aggregate(connection: Connection[Any], before: date) -> int:
    """Turn decisions older than a day into monthly counts without persons; returns how many rows went.

    The chain goes on from the hash of the last of them, kept as a cut. Refuses (Conflict) when the chain is not whole,
    or when the decisions are evidence in an open dispute (Charte MIG, § 2.8).
    """
    _spare_evidence(connection, before)
    verdict = verify(connection)
    if not verdict.whole:
        raise Conflict(
            Text(
                f"Le journal est rompu à la ligne {verdict.broken_at} : rien n'est agrégé.",
                f"The journal is broken at row {verdict.broken_at}: nothing is aggregated.",
            )
        )
    values = {"before": before}
    last = connection.execute(_LAST_BEFORE, values).fetchone()
    if last is None:
        return 0
    connection.execute(_COUNT, {"last": last[0]})
    connection.execute("insert into journal.cuts (last_number, head) values (%s, %s)", last)
    connection.execute("select set_config('journal.cutting', 'yes', true)")
    gone = connection.execute("delete from journal.decisions where number <= %s", (last[0],)).rowcount
    connection.execute("select set_config('journal.cutting', '', true)")
    return gone


def _spare_evidence(connection: Connection[Any], before: date) -> None:
    held = hold(connection)
    if held is not None and before > held[1]:
        case, since = held
        raise Conflict(
            Text(
                f"Le litige n° {case} est ouvert : le journal depuis le {day(since).fr} est une preuve.",
                f"Dispute no. {case} is open: the journal since {day(since).en} is evidence, it is kept.",
            ),
            extra={"article": "Charte MIG, § 2.8"},
            remedy=Text(f"Agrégez avant le {day(since).fr}.", f"Aggregate before {day(since).en}."),
        )


_LAST_BEFORE = """
select number, hash
from journal.decisions d
where until < (%(before)s::date::timestamp at time zone 'Europe/Paris')
  and not exists (
    select
    from journal.decisions earlier
    where earlier.number < d.number
      and earlier.until >= (%(before)s::date::timestamp at time zone 'Europe/Paris')
  )
order by number desc
limit 1
"""

_COUNT = """
insert into journal.reads_by_month as m (month, organisation, dataset, action, outcome, rule, requests)
select date_trunc('month', at at time zone 'Europe/Paris')::date, organisation, dataset, action, outcome, rule,
  sum(requests)
from journal.decisions
where number <= %(last)s
group by 1, 2, 3, 4, 5, 6
on conflict (month, organisation, dataset, action, outcome, rule)
  do update set requests = m.requests + excluded.requests
"""


def _rows(
    connection: Connection[Any], condition: str, values: dict[str, Any], limit: int | None = None
) -> Iterator[dict[str, Any]]:
    chosen = f"select {', '.join(COLUMNS)} from journal.decisions where {condition} order by number"
    if limit is not None:
        chosen = f"select * from ({chosen} desc limit {int(limit)}) t order by number"
    with connection.cursor(name="journal", row_factory=dict_row) as cursor:
        cursor.itersize = 5000
        cursor.execute(chosen.encode(), values)
        yield from cursor


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _broken(rows: int, head: bytes, number: int, reason: Text) -> Verdict:
    return Verdict(rows, head.hex(), number, reason)
