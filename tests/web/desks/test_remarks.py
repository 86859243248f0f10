"""The desk of remarks: the body that answers reads and answers; for any other desk the remark is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mig_idg.database import connect
from mig_idg.registry import remarks

DATASET = "videosurveillance"  # owned by the body of the account `owner`


def written(service: Any) -> int:
    sent = service.ask(
        "POST", f"/collections/{DATASET}/remarks", "other-partner",
        json={"words": "Une caméra a été déposée.", "name": "Jeanne Canari", "email": "jeanne@canari.example"},
    )  # fmt: skip
    assert sent.status_code == 201, sent.text
    return int(sent.json()["id"])


def ticket(page: Any) -> str:
    return str(page.text.split('name="ticket" value="')[1].split('"')[0])


def test_the_owner_reads_answers_and_publishes_and_nobody_else_sees_it(
    own_service: Any, person: Callable[..., Any]
) -> None:
    number = written(own_service)
    there = f"/desk/remarks/{number}"
    nanterre, stranger, pilot = person("owner"), person("other-partner"), person("pilot")
    assert f"/desk/remarks/{number}" in nanterre.get("/desk").text
    assert f"/desk/remarks/{number}" in nanterre.get("/desk/remarks").text
    assert stranger.get(there).status_code == 404
    assert stranger.get(there).text.count("canari") == 0
    assert own_service.get(there).status_code == 401
    seen = pilot.get(there)
    assert seen.status_code == 200
    assert "Canari" not in seen.text
    assert 'name="answer"' not in seen.text
    page = nanterre.get(there)
    assert "jeanne@canari.example" in page.text
    with connect(own_service.database_url) as owner:
        held = remarks.one(owner, number)
    assert held is not None
    assert held["state"] == "read"
    said = {"ticket": ticket(page), "state": "answered", "answer": "Elle est ôtée.", "public": "yes",
            "public_words": "Une caméra ôtée."}  # fmt: skip
    assert stranger.web.post(there, data=said).status_code == 403
    assert nanterre.web.post(there, data=said | {"answer": ""}).status_code == 422
    assert nanterre.web.post(there, data=said).status_code == 303
    (shown,) = own_service.get(f"/collections/{DATASET}/remarks", "other-partner").json()["remarks"]
    assert (shown["words"], shown["answer"]) == ("Une caméra ôtée.", "Elle est ôtée.")
    back = nanterre.web.post(there, data=said | {"state": "received", "ticket": ticket(nanterre.get(there))})
    assert back.status_code == 409


def test_a_remark_is_passed_on_to_a_partner_by_who_holds_it_and_by_nobody_else(
    own_service: Any, person: Callable[..., Any]
) -> None:
    number = written(own_service)
    there = f"/desk/remarks/{number}"
    nanterre, courbevoie = person("owner"), person("other-partner")
    body = own_service_body(own_service, "demo-other-partner")
    said = {"ticket": ticket(nanterre.get(there)), "step": "assign", "organisation": body}
    assert courbevoie.web.post(there, data=said).status_code == 403
    assert nanterre.web.post(there, data=said | {"organisation": "personne"}).status_code == 400
    assert nanterre.web.post(there, data=said).status_code == 303
    assert nanterre.get(there).status_code == 404
    assert "canari" in courbevoie.get(there).text


def own_service_body(service: Any, login: str) -> str:
    with connect(service.database_url) as owner:
        row = owner.execute("select organisation from registry.account where login = %s", (login,)).fetchone()
    assert row is not None
    return str(row[0])


def test_who_writes_with_an_account_finds_it_on_its_desk(own_service: Any, person: Callable[..., Any]) -> None:
    sent = own_service.ask("POST", f"/collections/{DATASET}/remarks", "other-partner", json={"words": "À revoir."})
    assert sent.status_code == 201
    assert f"n° {sent.json()['id']}" in person("other-partner").get("/desk/remarks").text
    session = person("other-partner")
    assert session.web.post(f"/collections/{DATASET}/remarks", json={"words": "À revoir."}).status_code == 403
