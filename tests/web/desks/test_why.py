"""Why: a decision as a paragraph, a path of rules and facts, what would change it, on any day as known on any day."""

from __future__ import annotations

from typing import Any

import pytest

HTML = {"accept": "text/html"}


def why(service: Any, account: str | None = None, **query: str) -> Any:
    return service.get("/why", account, params={"f": "json", **query})


def test_a_refusal_leads_to_its_path_of_rules(service: Any) -> None:
    refused = service.get("/collections/adresses/items", "unserved-commune", headers=HTML)
    assert refused.status_code == 403
    assert 'href="/why?collection=adresses&amp;action=query"' in refused.text
    page = service.get("/why?collection=adresses&action=query", "unserved-commune", headers=HTML)
    assert page.status_code == 200
    assert "Ce qui changerait la réponse" in page.text
    for rule in ("A0", "A1", "B4", "B6"):
        assert f'<th scope="row">{rule}</th>' in page.text
    assert "004" not in page.text.split("<main")[1].split("</main>")[0]


def test_what_would_change_the_answer_opens_by_the_rule_it_names(service: Any) -> None:
    told = why(service, "unserved-commune", collection="adresses", action="view").json()
    assert told["outcome"] == "deny"
    assert any(one["rule"] == "B6" and one["by"] == "ept-t4" for one in told["would_change"])
    assert [one["rule"] for one in told["path"] if one["held"]] == []


def test_on_another_day_and_as_known_then(service: Any) -> None:
    now = why(service, "withdrawn", collection="adresses").json()
    before = why(service, "withdrawn", collection="adresses", on="2026-03-01").json()
    assert (now["outcome"], before["outcome"]) == ("deny", "permit")
    unknown = why(service, "withdrawn", collection="adresses", on="2026-03-01", known="2022-01-01").json()
    assert unknown["outcome"] == "deny"
    english = service.get(
        "/why?collection=adresses&on=2026-03-01", "withdrawn", headers={**HTML, "accept-language": "en"}
    )
    assert "1 March 2026" in english.text


def test_others_are_asked_about_by_who_answers_for_the_data_only(service: Any) -> None:
    asked = {"collection": "videosurveillance", "who": "92026"}
    assert why(service, "owner", **asked).status_code == 200
    assert why(service, "pilot", **asked).status_code == 200
    assert why(service, "ept", **asked).status_code == 403
    assert why(service, None, collection="adresses", who="92026").status_code == 403
    assert why(service, None, collection="adresses", who="public").status_code == 200


def test_what_is_hidden_answers_like_what_is_missing(own_service: Any) -> None:
    from mig_idg.database import connect

    with connect(own_service.database_url) as owner:
        row = owner.execute(
            "insert into registry.act (verb, article, effective, author, evidence_kind, evidence_reference,"
            " evidence_date, summary) values ('t', '—', '2026-06-01', 't', 't', 't', '2026-06-01', 't') returning id"
        ).fetchone()
        assert row is not None
        owner.execute(
            "update registry.dataset_metadata set closed_by = %s where dataset = 'erp' and closed_by is null", row
        )
        owner.execute(
            "insert into registry.dataset_metadata (act, dataset, visibility) values (%s, 'erp', 'hidden')", row
        )
    hidden, missing = why(own_service, None, collection="erp"), why(own_service, None, collection="nowhere")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace("erp", "nowhere") == missing.text


@pytest.mark.parametrize("wrong", [{"action": "rule"}, {"on": "2026-02-31"}, {"known": "hier"}, {"colour": "red"}])
def test_a_question_that_cannot_be_read_says_where(service: Any, wrong: dict[str, str]) -> None:
    answer = why(service, None, **{"collection": "adresses", **wrong})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == next(iter(wrong))
