"""The journal: chained, append-only, verified by another hand than the one that writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from mig_idg.database import connect
from mig_idg.registry import journal

Connection = psycopg.Connection[Any]


def entry(at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "at": at.isoformat(), "until": at.isoformat(), "requests": 1, "login": "jeanne", "organisation": "92050",
        "roles": ["technical_committee"], "action": "query", "dataset": "adresses", "outcome": "permit", "rule": "B4",
        "article": "3.4", "facts": 7, "generation": 1, "obligations": ["LOG", "MENTION_MIG"], "note": None, **more,
    }  # fmt: skip


NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def append(connection: Connection, *entries: dict[str, Any]) -> None:
    connection.execute("select journal.append(%s)", (Jsonb(list(entries)),))


def test_a_chain_written_by_the_database_is_whole_to_python(connection: Connection) -> None:
    append(connection, entry(NOON), entry(NOON, login=None, organisation=None, roles=[], outcome="deny", rule="B11"))
    append(connection, entry(NOON, note="é « guillemets » 'x'"))
    verdict = journal.verify(connection)
    assert (verdict.whole, verdict.rows) == (True, 3)


@pytest.mark.parametrize(
    "change",
    ["update journal.decisions set login = 'x'", "delete from journal.decisions", "truncate journal.decisions"],
)
def test_nobody_changes_the_journal_by_sql(connection: Connection, change: str) -> None:
    append(connection, entry(NOON))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"), connection.transaction():
        connection.execute(change.encode())


@pytest.mark.parametrize(
    "forgery",
    [
        "update journal.decisions set outcome = 'deny' where number = 2",
        "delete from journal.decisions where number = 2",
    ],
)
def test_a_forged_row_is_found_where_it_is(connection: Connection, forgery: str) -> None:
    append(connection, entry(NOON), entry(NOON), entry(NOON))
    connection.execute("alter table journal.decisions disable trigger all")
    connection.execute(forgery.encode())
    assert journal.verify(connection).broken_at == 2


def test_rows_cut_from_the_end_are_missed_by_the_seal(connection: Connection) -> None:
    append(connection, entry(NOON), entry(NOON))
    assert journal.seal(connection, date(2026, 3, 10))
    connection.execute("alter table journal.decisions disable trigger all")
    connection.execute("delete from journal.decisions where number = 2")
    assert not journal.verify(connection).whole


def test_a_finished_day_is_sealed_once_and_today_is_not(connection: Connection) -> None:
    append(connection, entry(NOON), entry(datetime.now(UTC)))
    for _ in range(2):
        connection.execute("select journal.seal_finished()")
    assert connection.execute("select last_number from journal.seals").fetchall() == [(1,)]
    assert journal.verify(connection).whole


def test_past_the_retention_persons_go_and_the_chain_stays_whole(connection: Connection) -> None:
    append(connection, entry(NOON), entry(NOON), entry(datetime(2027, 1, 5, tzinfo=UTC)))
    assert journal.aggregate(connection, date(2027, 1, 1)) == 2
    counts = connection.execute("select month, organisation, requests from journal.reads_by_month").fetchall()
    assert counts == [(date(2026, 3, 1), "92050", 2)]
    append(connection, entry(datetime(2027, 1, 6, tzinfo=UTC)))
    verdict = journal.verify(connection)
    assert (verdict.whole, verdict.rows) == (True, 2)


def test_the_application_appends_and_can_do_nothing_else(database_url: str, app_url: str) -> None:
    with connect(app_url, autocommit=True) as app:
        append(app, entry(NOON))
        for statement in (
            "select * from journal.decisions",
            "insert into journal.seals values (now(), 1, '')",
            "delete from journal.decisions",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement.encode())
