"""« Mes messages » and the operator's page: each their own, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mig_idg.database import connect
from mig_idg.errors import Text
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Letter, Recipient


def put(service: Any, words: str, to: Recipient, **more: Any) -> int:
    letter = Letter("case move", Text(f"Objet {words}", f"Subject {words}"), Text(words, words), **more)
    with connect(service.database_url) as owner:
        (number,) = outbox.post(owner, words, letter, [to])
    return number


def body_of(service: Any, login: str) -> str:
    with connect(service.database_url) as owner:
        row = owner.execute("select organisation from registry.account where login = %s", (login,)).fetchone()
    assert row is not None
    return str(row[0])


def test_each_reads_what_was_told_to_its_body_and_to_nobody_else(own_service: Any, person: Callable[..., Any]) -> None:
    mine, theirs = body_of(own_service, "demo-owner"), body_of(own_service, "demo-other-partner")
    put(own_service, "CANARI-A-MOI", Recipient("a@b.example", mine))
    put(own_service, "CANARI-A-EUX", Recipient("c@b.example", theirs))
    put(own_service, "CANARI-SECRET", Recipient("a@b.example", mine), secret="1")
    page = person("owner").get("/desk/messages")
    assert page.status_code == 200
    assert "CANARI-A-MOI" in page.text
    assert "CANARI-A-EUX" not in page.text
    assert "CANARI-SECRET" not in page.text
    assert "CANARI-A-MOI" not in person("other-partner").get("/desk/messages").text
    assert own_service.get("/desk/messages").status_code == 401


def test_an_act_done_on_a_page_is_told_and_its_preview_tells_nobody(
    own_service: Any, person: Callable[..., Any], read_form: Callable[..., Any]
) -> None:
    asks = person("other-partner")
    with connect(own_service.database_url) as owner:
        before = len(outbox.listing(owner, limit=10_000))
    form = asks.form("grant-ask")
    shown = asks.send(form, dataset="videosurveillance", purpose="étude")
    assert shown.status_code == 200, shown.text
    with connect(own_service.database_url) as owner:
        assert len(outbox.listing(owner, limit=10_000)) == before
    assert asks.send(read_form(shown), "confirm").status_code == 303
    with connect(own_service.database_url) as owner:
        told = outbox.listing(owner, limit=10_000)
    assert [row["kind"] for row in told[: len(told) - before]] == ["grant ask"]


def test_a_person_chooses_the_language_of_its_mails(own_service: Any, person: Callable[..., Any]) -> None:
    one = person("owner")
    page = one.get("/desk/messages")
    ticket = page.text.split('name="ticket" value="')[1].split('"')[0]
    assert one.web.post("/desk/messages", data={"ticket": ticket, "lang": "en"}).status_code == 303
    with connect(own_service.database_url) as owner:
        found = outbox.contact(owner, "demo-owner")
    assert found is not None
    assert found["lang"] == "en"
    assert one.web.post("/desk/messages", data={"ticket": ticket, "lang": "de"}).status_code == 400
    stranger = person("other-partner")
    assert stranger.web.post("/desk/messages", data={"ticket": ticket, "lang": "fr"}).status_code == 403


def test_the_operator_sees_what_did_not_leave_and_not_what_it_says(
    own_service: Any, person: Callable[..., Any]
) -> None:
    number = put(own_service, "CANARI-MOTS", Recipient("perdu@b.example", "92050"))
    with connect(own_service.database_url) as owner:
        owner.execute(
            "update notices.message set state = 'refused', reply = '550 no such user' where id = %s", (number,)
        )
    page = person("pilot").get("/desk/notices")
    assert page.status_code == 200
    assert "perdu@b.example" in page.text
    assert "550 no such user" in page.text
    assert "CANARI-MOTS" not in page.text
    assert person("owner").get("/desk/notices").status_code == 403
    assert own_service.get("/desk/notices").status_code == 401
    pilot = person("pilot")
    ticket = pilot.get("/desk/notices").text.split('name="ticket" value="')[1].split('"')[0]
    assert pilot.web.post("/desk/notices", data={"ticket": ticket}).status_code == 303
    with connect(own_service.database_url) as owner:
        found = outbox.message(owner, number)
        jobs = owner.execute(
            "select count(*) from procrastinate.procrastinate_jobs where queueing_lock = 'notices'"
        ).fetchone()
    assert found is not None
    assert found["state"] == "queued"
    assert jobs == (1,)
    assert person("owner").web.post("/desk/notices", data={"ticket": ticket}).status_code == 403


def test_operators_are_told_how_the_outbox_stands_and_strangers_are_not(own_service: Any) -> None:
    told = own_service.get("/readyz").json()
    assert told["notices"]["mail_server"] is False
    assert "notices" not in own_service.get("/readyz", headers={"x-forwarded-for": "203.0.113.7"}).json()
    assert "idg_notices{" in own_service.get("/metrics").text
