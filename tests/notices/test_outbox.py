"""The outbox: written with the act or not at all, told to those concerned, once each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.errors import Text
from mig_idg.registry import agreements, exceptions, mandates, outbox, remarks, reminders, seed, tokens
from mig_idg.registry.acts import Evidence, Record
from mig_idg.registry.exceptions import Exception_
from mig_idg.registry.mandates import Person
from mig_idg.registry.outbox import Letter, Recipient

DAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


def record(day: date = DAY, **more: Any) -> Record:
    return Record(day, "greffier", Evidence("courrier", "1", day), **more)


@pytest.fixture
def registry(connection: Any) -> Any:
    connection.execute("select 1")
    seed.potential_partners(connection)
    return connection


def named(conn: Any, organisation: str, email: str | None, role: str = "technical_referent") -> Any:
    return mandates.name(conn, organisation, role, Person("A. Martin", email), record())


def test_those_who_speak_for_a_body_are_told_in_the_act_s_own_transaction(registry: Any) -> None:
    named(registry, "92050", "referent@ville.example")
    done = named(registry, "92050", "second@ville.example", "deputy")
    told = [row for row in outbox.listing(registry) if row["act"] == done.number]
    assert sorted(row["address"] for row in told) == ["referent@ville.example", "second@ville.example"]
    assert {(row["state"], row["organisation"], row["kind"]) for row in told} == {
        ("queued", "92050", "partner mandate")
    }


def test_what_is_undone_was_never_announced(registry: Any) -> None:
    before = len(outbox.listing(registry))
    with registry.transaction(force_rollback=True):
        named(registry, "92050", "referent@ville.example")
        assert len(outbox.listing(registry)) == before + 1
    assert len(outbox.listing(registry)) == before


def test_a_body_that_nobody_can_be_written_to_keeps_its_message_on_its_desk(registry: Any) -> None:
    done = named(registry, "92050", None)
    (kept,) = [row for row in outbox.listing(registry, organisation="92050") if row["act"] == done.number]
    assert (kept["state"], kept["address"]) == ("kept", None)
    assert outbox.mine(registry, "x", "92050")[0]["act"] == done.number
    assert outbox.mine(registry, "x", "92024") == []


def test_an_address_that_would_begin_another_header_is_written_to_nobody(registry: Any) -> None:
    done = named(registry, "92050", "a@b.example\r\nBcc: c@d.example")
    assert [row["state"] for row in outbox.listing(registry) if row["act"] == done.number] == ["kept"]


def test_a_replay_of_history_tells_nobody_again(registry: Any) -> None:
    before = len(outbox.listing(registry))
    (latest,) = registry.execute("select max(recorded_at) from registry.act").fetchone()
    mandates.name(
        registry, "92050", "technical_referent", Person("A", "a@b.example"),
        record(recorded_at=latest + timedelta(microseconds=1)),
    )  # fmt: skip
    assert len(outbox.listing(registry)) == before


def test_a_request_of_access_tells_the_owner_and_its_answer_the_requester(demonstrated: Any) -> None:
    named(demonstrated, "92050", "proprietaire@ville.example")
    owner, dataset = demonstrated.execute(
        "select organisation, dataset from registry.ownership where closed_by is null and upper_inf(valid) limit 1"
    ).fetchone()
    named(demonstrated, owner, "proprietaire@ville.example")
    (requester,) = demonstrated.execute(
        "select organisation from registry.membership where state = 'adherent' and closed_by is null"
        " and valid @> %s and organisation <> %s limit 1",
        (DAY, owner),
    ).fetchone()
    named(demonstrated, requester, "demandeur@ept.example")
    asked = agreements.request(demonstrated, dataset, requester, "étude", record(), actions=["download"])
    (told,) = [row for row in outbox.listing(demonstrated) if row["act"] == asked.number]
    assert (told["organisation"], told["address"]) == (owner, "proprietaire@ville.example")
    answered = agreements.response(demonstrated, asked.details["request"], False, record(), reasons="sensible")
    (told,) = [row for row in outbox.listing(demonstrated) if row["act"] == answered.number]
    assert (told["organisation"], told["address"]) == (requester, "demandeur@ept.example")


def test_an_exception_is_told_to_the_owner_and_the_pilot_and_to_nobody_it_closes_the_data_to(demonstrated: Any) -> None:
    owner, dataset = demonstrated.execute(
        "select organisation, dataset from registry.ownership where closed_by is null and upper_inf(valid) limit 1"
    ).fetchone()
    closing = Exception_("E3", "CRPA L311-5", "greffier", review=date(2026, 12, 1))
    declared = exceptions.declare(demonstrated, dataset, closing, record())
    lifted = exceptions.lift(demonstrated, declared.details["exception"], record(date(2026, 6, 16)))
    for done in (declared, lifted):
        told = {row["organisation"] for row in outbox.listing(demonstrated, limit=1000) if row["act"] == done.number}
        assert told == {owner, "departement-92"}


def test_every_verb_of_the_demonstration_that_names_a_body_tells_it(demonstrated: Any) -> None:
    told = {row["kind"] for row in outbox.listing(demonstrated, limit=10_000)}
    assert {"partner admit", "delegate acknowledge"} <= told


def test_each_partner_is_told_once_a_week_what_is_due_for_it_and_nothing_of_others(demonstrated: Any) -> None:
    about = remarks.About("adresses", organisation="92050", title=Text("Adresses", "Addresses"))
    said = remarks.Said("question", "Où est la rue du Port ?", "fr")
    number = remarks.receive(demonstrated, about, said, NOW - timedelta(days=40), DAY - timedelta(days=40), days=30)
    assert reminders.weekly(demonstrated, DAY) > 1
    assert reminders.weekly(demonstrated, DAY + timedelta(days=2)) == 0
    digests = [row for row in outbox.listing(demonstrated, limit=10_000) if row["kind"] == "deadlines"]
    whole = {row["organisation"]: outbox.message(demonstrated, row["id"])["words_fr"] for row in digests}
    assert f"(en retard) : Répondre : question n° {number} (adresses)." in whole["92050"]
    assert "rue du Port" not in str(whole)
    assert [body for body, words in whole.items() if f"question n° {number}" in words] == ["92050"]
    assert reminders.weekly(demonstrated, DAY + timedelta(days=7)) > 1


def test_the_owner_is_written_to_when_the_glass_is_broken(demonstrated: Any) -> None:
    owner, dataset = demonstrated.execute(
        "select organisation, dataset from registry.ownership where closed_by is null limit 1"
    ).fetchone()
    tokens.open_account(demonstrated, "adm", name="A", organisation=None, roles=["administrator"], author="t")
    _, secret = tokens.break_glass(demonstrated, "adm", dataset, owner, motive="panne du service", hours=1, author="t")
    found = [row for row in outbox.mine(demonstrated, "-", owner) if row["kind"] == "break-glass"]
    assert len(found) == 1
    assert "panne du service" in found[0]["words_fr"]
    assert secret not in str(found)


LETTER = Letter("remark", Text("Objet", "Subject"), Text("Mots", "Words"))


def test_the_same_thing_is_told_once_to_each(registry: Any) -> None:
    to = [Recipient("a@b.example"), Recipient("c@b.example")]
    assert len(outbox.post(registry, "k", LETTER, to)) == 2
    assert outbox.post(registry, "k", LETTER, to) == []


def test_two_senders_never_take_the_same_message(database_url: str) -> None:
    with connect(database_url) as conn:
        (number,) = outbox.post(conn, "shared", LETTER, [Recipient("a@b.example")])
    later = datetime.now(UTC) + timedelta(seconds=5)
    with connect(database_url) as one, connect(database_url) as other:
        first = outbox.claim(one, later, "idg.example")
        assert outbox.claim(other, later, "idg.example") is None
        one.commit()
        assert first is not None
        assert first.id == number
        assert outbox.claim(other, later, "idg.example") is None
        # The first sender died: after its lease the message goes again, under the same Message-ID.
        again = outbox.claim(other, later + outbox.LEASE, "idg.example")
        assert again is not None
        assert (again.id, again.message_id, again.attempts) == (number, first.message_id, 2)


def test_the_clerk_changes_what_became_of_a_message_and_never_what_it_says(database_url: str, app_url: str) -> None:
    import psycopg

    from mig_idg.database.clerk import as_clerk

    with as_clerk(app_url, write=True) as clerk:
        (number,) = outbox.post(clerk, "clerk", LETTER, [Recipient("a@b.example")])
    for change in ("address = 'x@y.example'", "words_fr = 'autre'", "secret = 'x'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), as_clerk(app_url, write=True) as clerk:
            clerk.execute(f"update notices.message set {change} where id = %s", (number,))
    with connect(app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select * from notices.message")


@pytest.fixture
def demonstrated(cluster: Any, demonstration: Any) -> Any:
    """The demonstration's registry, rolled back."""
    template, _ = demonstration
    name = f"idg_outbox_{id(demonstration) % 10_000}"
    admin = cluster.url(role="idg_owner", database="postgres")
    with connect(admin, autocommit=True) as conn:
        conn.execute(f"drop database if exists {name} with (force)")
        conn.execute(f"create database {name} template {template} strategy file_copy")
    try:
        with connect(cluster.url(role="idg_owner", database=name)) as conn:
            yield conn
            conn.rollback()
    finally:
        with connect(admin, autocommit=True) as conn:
            conn.execute(f"drop database {name} with (force)")
