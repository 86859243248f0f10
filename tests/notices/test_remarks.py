"""Remarks: anybody writes, the owner's referent is told, answers or closes; nothing of who wrote is ever public."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from mig_idg.database import connect
from mig_idg.registry import outbox, remarks
from mig_idg.registry.mandates import Person
from mig_idg.registry.mandates import name as name_mandate

from .test_outbox import record

OPEN, HIDDEN = "adresses", "videosurveillance"
WORDS = "La rue du Port manque au numéro 12."


@pytest.fixture
def owned(own_service: Any) -> Any:
    """The demonstration, where the referent of the owner of `adresses` has an address."""
    with connect(own_service.database_url) as owner:
        row = owner.execute(
            "select organisation from registry.ownership where dataset = %s and closed_by is null", (OPEN,)
        ).fetchone()
        own_service.body = row[0] if row else "departement-92"
        name_mandate(owner, own_service.body, "technical_referent", Person("R", "referent@ville.example"), record())
    return own_service


def told(service: Any, kind: str) -> list[dict[str, Any]]:
    with connect(service.database_url) as owner:
        found = [row for row in outbox.listing(owner, limit=10_000) if row["kind"] == kind]
        return [outbox.message(owner, row["id"]) or {} for row in found]


def send(service: Any, who: str | None = None, to: str = f"/collections/{OPEN}/remarks", **said: Any) -> httpx.Response:
    return service.ask("POST", to, who, json={"words": WORDS, **said})  # type: ignore[no-any-return]


def test_anybody_s_remark_reaches_the_referent_and_tells_its_author_where_it_stands(owned: Any) -> None:
    sent = send(owned, name="Jeanne Canari", email="jeanne@canari.example", feature="12",
                geometry={"type": "Point", "coordinates": [2.2, 48.9]})  # fmt: skip
    assert sent.status_code == 201, sent.text
    (mail,) = told(owned, "remark")
    assert (mail["address"], mail["organisation"]) == ("referent@ville.example", owned.body)
    assert WORDS in mail["words_fr"]
    assert "canari" not in str(mail).lower()
    (receipt,) = told(owned, "remark receipt")
    assert receipt["address"] == "jeanne@canari.example"
    assert WORDS not in str(receipt)
    follow = sent.json()["follow"]
    assert follow.removeprefix(owned.url) not in str(receipt)
    seen = httpx.get(follow).json()
    assert (seen["state"], seen["words"], seen["due"]) == ("received", WORDS, sent.json()["due"])
    assert sent.json()["due"] == (date(2026, 6, 15) + timedelta(days=30)).isoformat()
    assert "canari" not in str(seen).lower()
    number = sent.json()["id"]
    for forged in (f"{number}-0", f"{number + 1}-{follow.rpartition('-')[2]}", "x", f"{number}"):
        assert owned.get(f"/remarks/{forged}").status_code == 404


def test_an_answer_is_public_when_its_body_says_so_and_without_who_asked(owned: Any) -> None:
    number = send(owned, name="Jeanne Canari", email="jeanne@canari.example").json()["id"]
    public = f"/collections/{OPEN}/remarks"
    assert owned.get(public).json()["remarks"] == []
    with connect(owned.database_url) as owner:
        now = owned.now[0]
        remarks.move(
            owner, number, remarks.Move("answered", "Elle est ajoutée.", True, "Une rue manque."), "agent", now
        )
    (shown,) = owned.get(public).json()["remarks"]
    assert (shown["words"], shown["answer"]) == ("Une rue manque.", "Elle est ajoutée.")
    for form in ("json", "html", "atom"):
        page = owned.get(f"{public}?f={form}")
        assert page.status_code == 200
        assert "Elle est ajoutée." in page.text
        assert "canari" not in page.text.lower()
        assert WORDS not in page.text
    (answer,) = told(owned, "remark answer")
    assert answer["address"] == "jeanne@canari.example"
    assert "Elle est ajoutée." in answer["words_fr"]
    with connect(owned.database_url) as owner:
        remarks.move(owner, number, remarks.Move("closed"), "agent", now)
    assert owned.get(public).json()["remarks"] == []


def test_a_remark_on_a_hidden_dataset_answers_like_one_on_an_absent_dataset(owned: Any) -> None:
    assert owned.get(f"/collections/{HIDDEN}").status_code == 404
    for method in ("GET", "POST"):
        there = owned.ask(method, f"/collections/{HIDDEN}/remarks", json={"words": WORDS})
        absent = owned.ask(method, "/collections/nexistepas/remarks", json={"words": WORDS})
        assert there.status_code == absent.status_code == 404
        assert there.text.replace(HIDDEN, "X") == absent.text.replace("nexistepas", "X")
    assert told(owned, "remark") == []
    assert send(owned, "other-partner", f"/collections/{HIDDEN}/remarks").status_code == 201


def test_a_stranger_and_an_account_write_so_much_an_hour(owned: Any) -> None:
    for _ in range(remarks.OF_A_STRANGER):
        assert send(owned).status_code == 201
    refused = send(owned)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "3600"
    assert send(owned, "other-partner").status_code == 201
    owned.now[0] += timedelta(hours=1, minutes=1)
    assert send(owned).status_code == 201


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"words": " "}, "words"),
        ({"words": "x" * 4001}, "words"),
        ({"kind": "plainte"}, "kind"),
        ({"email": "pas une adresse"}, "email"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "email"),
        ({"name": "a\nb"}, "name"),
        ({"geometry": {"type": "Point", "coordinates": [2.2]}}, "geometry"),
        ({"geometry": {"type": "Point", "coordinates": [200, 48]}}, "geometry"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[2, 48]] * 1001]}}, "geometry"),
        ({"geometry": {"type": "Cercle"}}, "geometry"),
        ({"longitude": "2.2"}, "latitude"),
        ({"words": 12}, "words"),
    ],
)
def test_what_cannot_be_used_is_told_field_by_field(service: Any, said: dict[str, Any], field: str) -> None:
    refused = send(service, **said)
    assert refused.status_code == 400, refused.text
    assert refused.json()["parameter"] == field


def test_a_body_that_is_no_remark_is_told(service: Any) -> None:
    there = f"/collections/{OPEN}/remarks"
    assert service.ask("POST", there, content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert service.ask("POST", there, content=b"[]", headers={"content-type": "application/json"}).status_code == 400
    assert service.ask("POST", there, json={"words": WORDS, "auteur": "x"}).status_code == 400
    assert service.ask("POST", there, content=b"x", headers={"content-type": "text/plain"}).status_code == 415


def form_word(page: httpx.Response) -> str:
    found = re.search(r'name="word" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def test_the_form_needs_no_script_and_takes_nothing_from_another_site(owned: Any) -> None:
    there = f"{owned.url}/collections/{OPEN}/remarks"
    with httpx.Client(headers={"accept": "text/html"}) as browser:
        page = browser.get(there)
        assert page.status_code == 200
        said = {"word": form_word(page), "kind": "question", "words": WORDS, "longitude": "2,2", "latitude": "48,9"}
        wrong = browser.post(there, data={**said, "email": "pas une adresse"})
        assert wrong.status_code == 422
        assert 'role="alert"' in wrong.text
        assert WORDS in wrong.text
        done = browser.post(there, data=said | {"word": form_word(wrong)})
        assert done.status_code == 303, done.text
        assert "question" in browser.get(done.headers["location"]).text.lower()
        assert browser.post(there, data=said | {"word": "forged"}).status_code == 403
        assert browser.post(there, data=said, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert httpx.post(there, data=said).status_code == 403


def test_a_request_for_publication_goes_to_the_body_that_holds_the_data_with_a_month_to_answer(owned: Any) -> None:
    sent = send(owned, to="/remarks", kind="publication", organisation=owned.body)
    assert sent.status_code == 201, sent.text
    assert sent.json()["due"] == "2026-07-15"
    assert told(owned, "remark")[0]["organisation"] == owned.body
    unknown = send(owned, to="/remarks", kind="publication", organisation="personne")
    assert (unknown.status_code, unknown.json()["parameter"]) == (400, "organisation")
    assert send(owned, to="/remarks", kind="remark").status_code == 400
    anybody = send(owned, to="/remarks", kind="publication")
    assert anybody.status_code == 201
    with connect(owned.database_url) as owner:
        held = remarks.one(owner, anybody.json()["id"])
    assert held is not None
    assert held["organisation"] == "departement-92"
    assert owned.get("/remarks", headers={"accept": "text/html"}).status_code == 200


def test_a_remark_on_a_harvested_record_is_relayed_to_the_contact_of_its_source(owned: Any) -> None:
    with connect(owned.database_url) as owner:
        for source, audience in (("ailleurs", "public"), ("reserve", "partners")):
            owner.execute(
                "insert into harvest.source (source, declaration, audience) values (%s,"
                """ '{"title": {"fr": "A", "en": "A"}, "url": "https://a.example"}', %s)""", (source, audience),
            )  # fmt: skip
            owner.execute(
                "insert into harvest.record (id, source, identifier, document, state, first_seen, changed) values (%s,"
                """ %s, 'x', '{"title": "Cadastre d''ailleurs", "identifier": "x", "parties": [{"name": "P", "role":"""
                """ "pointOfContact", "email": "contact@ailleurs.example"}]}', 'live', now(), now())""",
                (f"{source}-1", source),
            )  # fmt: skip
    assert send(owned, to="/remarks", record="ailleurs-1", email="jeanne@canari.example").status_code == 201
    (relayed,) = told(owned, "remark relayed")
    assert relayed["address"] == "contact@ailleurs.example"
    assert WORDS in relayed["words_fr"]
    assert "canari" not in str(relayed)
    assert owned.get("/remarks?record=ailleurs-1", headers={"accept": "text/html"}).status_code == 200
    for record_id in ("reserve-1", "absent"):
        assert send(owned, to="/remarks", record=record_id).status_code == 404
        assert owned.get(f"/remarks?record={record_id}").status_code == 404
    assert send(owned, "other-partner", to="/remarks", record="reserve-1").status_code == 201


def test_late_answers_are_told_once_and_callers_forgotten(owned: Any) -> None:
    number = send(owned).json()["id"]
    with connect(owned.database_url) as owner:
        assert remarks.remind(owner, date(2026, 7, 15)) == 0
        assert remarks.remind(owner, date(2026, 7, 16)) == 1
        assert remarks.remind(owner, date(2026, 7, 17)) == 0
        assert owner.execute("select caller from remarks.remark where id = %s", (number,)).fetchone() == (None,)
    (mail,) = told(owned, "remark overdue")
    assert mail["link"] == f"/desk/remarks/{number}"
    owned.now[0] += timedelta(days=40)
    standing = owned.get(f"/collections/{OPEN}/remarks").json()["standing"]
    assert standing == {"received": 1, "waiting": 1, "late": 1}
