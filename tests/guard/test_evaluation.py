"""The decision service (AuthZEN): the same decisions, for those who may ask."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from mig_idg.charter import Facts
from mig_idg.database import connect
from mig_idg.errors import InvalidParameter
from mig_idg.guard.evaluation import MOST_DAYS, Evaluation
from mig_idg.guard.principal import PUBLIC
from mig_idg.registry import tokens


def ask(service: Any, who: str | None, end: str, document: dict[str, Any]) -> Any:
    return service.ask("POST", f"/access/v1/{end}", who, json=document)


def question(subject: str | None, action: str, dataset: str, **context: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"action": {"name": action}, "resource": {"type": "collection", "id": dataset}}
    if subject is not None:
        asked["subject"] = {"type": "organisation", "id": subject}
    return asked | ({"context": context} if context else {})


def test_a_partner_learns_what_it_may_do_and_by_which_article(service: Any) -> None:
    response = ask(service, "owner", "evaluation", question(None, "download", "adresses")).json()
    assert response["decision"] is True
    assert (response["context"]["rule"], response["context"]["hidden"]) == ("B4", [])
    assert {"id": "MENTION_MIG"} in response["context"]["obligations"]


def test_the_public_may_ask_about_the_public(service: Any) -> None:
    for subject in (None, "public"):
        assert ask(service, None, "evaluation", question(subject, "query", "adresses")).json()["decision"] is False
        assert ask(service, None, "evaluation", question(subject, "query", "equipements")).json()["decision"] is True


def test_nobody_asks_about_others_but_the_pilot_and_the_owner(service: Any) -> None:
    about_nanterre = question("92050", "query", "pcrs")
    assert ask(service, "other-partner", "evaluation", about_nanterre).status_code == 403
    assert ask(service, "pilot", "evaluation", about_nanterre).json()["decision"] is True
    assert ask(service, "emergency", "evaluation", question("92050", "query", "erp")).json()["decision"] is True


def test_another_day_is_another_answer(service: Any) -> None:
    last = ask(service, "owner", "evaluation", question(None, "query", "adresses", on="2026-12-31")).json()
    after = ask(service, "owner", "evaluation", question(None, "query", "adresses", on="2027-01-01")).json()
    assert (last["decision"], after["decision"]) == (True, False)


def test_many_questions_share_their_defaults(service: Any) -> None:
    envelope = {"action": {"name": "query"}, "evaluations": [{"resource": {"type": "collection", "id": one}} for one in
                ("adresses", "videosurveillance", "xyz")]}  # fmt: skip
    answers = ask(service, "other-partner", "evaluations", envelope).json()["evaluations"]
    assert [one["decision"] for one in answers] == [True, False, False]
    stopped = ask(
        service, "other-partner", "evaluations", envelope | {"options": {"evaluations_semantic": "deny_on_first_deny"}}
    )
    assert [one["decision"] for one in stopped.json()["evaluations"]] == [True, False]


def test_searches_say_what_who_and_how(service: Any) -> None:
    what = ask(service, "other-partner", "search/resource", {"action": {"name": "query"}}).json()["results"]
    assert "adresses" in {one["id"] for one in what}
    assert "videosurveillance" not in {one["id"] for one in what}
    who = ask(service, "pilot", "search/subject", question(None, "query", "adresses")).json()["results"]
    assert {"92050", "95018"} <= {one["id"] for one in who}
    how = ask(service, "other-partner", "search/action", question(None, "query", "adresses")).json()["results"]
    assert {"name": "download"} in how


@pytest.mark.parametrize(
    ("document", "parameter"),
    [
        ({}, "action.name"),
        ({"action": {"name": "query"}}, "resource.id"),
        ({"action": "query", "resource": {"id": "x"}}, "action.name"),
        (question(None, "query", "adresses", on="2026-13-01"), "context.on"),
        (
            question(None, "query", "adresses") | {"subject": {"id": "self2", "properties": {"roles": "x"}}},
            "subject.properties.roles",
        ),
    ],
)
def test_a_question_that_cannot_be_read_is_told_what_is_missing(
    service: Any, document: dict[str, Any], parameter: str
) -> None:
    response = ask(service, "owner", "evaluation", document)
    assert response.status_code == 400
    assert response.json()["parameter"] == parameter


def test_bodies_that_are_no_question_are_refused_in_words(service: Any) -> None:
    for body, status in ((b"{", 400), (b"[]", 400), (b"x" * 300_000, 413)):
        response = service.ask(
            "POST", "/access/v1/evaluation", "owner", content=body, headers={"content-type": "application/json"}
        )
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
    assert (
        service.ask("POST", "/access/v1/evaluation", content=b"a=1", headers={"content-type": "text/plain"}).status_code
        == 415
    )


def test_beyond_the_scope_of_a_token_its_bearer_is_the_public_as_at_the_doors(own_service: Any) -> None:
    """Never true where the door says 403."""
    narrow = {}
    with connect(own_service.database_url) as owner:
        login = owner.execute(
            "select login from registry.account where organisation is not null and login like '%owner%' limit 1"
        ).fetchone()
        assert login is not None
        for name, scope in (
            ("collections", {"collections": ["equipements"]}),
            ("actions", {"actions": ["view"]}),
            ("whole", {}),
        ):
            _, narrow[name] = tokens.issue(owner, login[0], author="tests", **scope)
        owner.commit()
    for name, token in narrow.items():
        bearer = {"authorization": f"Bearer {token}"}
        account = own_service.ask("GET", "/collections/adresses/items?limit=1", headers=bearer)
        asked = [question(None, "query", "adresses"), question("self", "query", "adresses")]
        organisation = question("92050", "query", "adresses")
        for one in (*asked, organisation):
            answer = own_service.ask("POST", "/access/v1/evaluation", headers=bearer, json=one)
            if name == "whole":
                assert (account.status_code, answer.json()["decision"]) == (200, True)
            else:
                assert account.status_code in (403, 404)
                assert answer.status_code == 403 or answer.json()["decision"] is False
        if name != "whole":
            beyond = own_service.ask("POST", "/access/v1/evaluation", headers=bearer, json=asked[0]).json()
            assert beyond["context"].get("scope") or beyond["context"]["rule"] == "A0"
            found = own_service.ask(
                "POST", "/access/v1/search/resource", headers=bearer, json={"action": {"name": "query"}}
            ).json()["results"]
            assert "adresses" not in {one["id"] for one in found}


def test_a_request_names_a_dozen_other_days_at_most_and_each_is_read_once() -> None:
    read: list[date] = []

    def facts_on(day: date) -> Any:
        read.append(day)
        return Facts(charter=None)

    served = Evaluation(facts_on)
    today = date(2026, 6, 15)
    snapshot = SimpleNamespace(
        epoch=1, day=today, facts=Facts(charter=None), collections={}, decide=lambda *_: SimpleNamespace(permitted=True)
    )
    charged: list[float] = []

    def asks(days: list[date], epoch: int = 1) -> list[Any]:
        snapshot.epoch = epoch
        each = [question(None, "query", "x", on=day.isoformat()) for day in days]

        async def body() -> bytes:
            return orjson.dumps({"evaluations": each})

        request: Any = SimpleNamespace(
            headers={}, body=body, principal=PUBLIC, snapshot=snapshot, lang="fr", charge=charged.append
        )
        return orjson.loads(asyncio.run(served.evaluations(request)).body)["evaluations"]

    snapshot.collections = {"x": None}
    days = [today + timedelta(days=number) for number in range(1, MOST_DAYS + 1)]
    assert len(asks([*days, *days, today])) == 2 * MOST_DAYS + 1
    assert sorted(read) == days
    assert len(charged) == MOST_DAYS
    asks(days)
    assert len(read) == MOST_DAYS
    asks(days[:1], epoch=2)
    assert len(read) == MOST_DAYS + 1
    with pytest.raises(InvalidParameter) as refused:
        asks([*days, today - timedelta(days=1)])
    assert refused.value.extra["parameter"] == "context.on"
    assert len(read) == MOST_DAYS + 1


@pytest.mark.parametrize("options", ["x", [], 1, {"evaluations_semantic": "other"}, {"evaluations_semantic": []}])
def test_options_that_mean_nothing_are_refused(service: Any, options: Any) -> None:
    answer = ask(service, None, "evaluations", {"evaluations": [], "options": options})
    assert answer.status_code == 400
    assert answer.json()["parameter"].startswith("options")
