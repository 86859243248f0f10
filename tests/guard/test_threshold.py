"""The threshold through a real socket: who enters, what is hidden, and that no right outlives its end."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from mig_idg.database import connect
from mig_idg.errors import InvalidParameter, Refused
from mig_idg.registry import exceptions, journal, tokens, withdrawal
from mig_idg.registry.acts import Evidence, Record

ITEMS = "/collections/adresses/items?limit=2"
DAY = date(2026, 6, 15)
LETTER = Record(DAY, "tests", Evidence("lettre recommandée", "LR 1", DAY))


def test_each_way_to_carry_a_token_reads_the_same_rows(service: Any) -> None:
    token = service.tokens["owner"]
    basic = base64.b64encode(f"demo-owner:{token}".encode()).decode()
    answers = [
        service.get(ITEMS, headers={"authorization": f"Bearer {token}"}),
        service.get(ITEMS, headers={"authorization": f"Basic {basic}"}),
        service.get(ITEMS, headers={"x-api-key": token}),
        service.get(f"{ITEMS}&token={token}"),
        service.get(f"/t/{token}{ITEMS}"),
    ]
    assert [response.status_code for response in answers] == [200] * 5
    assert len({str(response.json()["features"]) for response in answers}) == 1


def test_links_keep_the_prefix_the_caller_came_by_and_no_other_token(service: Any) -> None:
    token = service.tokens["owner"]
    followed = service.get(f"/t/{token}{ITEMS}").json()
    next_link = next(link["href"] for link in followed["links"] if link["rel"] == "next")
    assert next_link.startswith(f"{service.url}/t/{token}/")
    assert httpx.get(next_link).status_code == 200
    asked = service.get(f"{ITEMS}&token={token}").json()
    assert next(link["href"] for link in asked["links"] if link["rel"] == "next") == next_link
    other = service.get(ITEMS, "owner")
    assert token not in other.text
    assert token not in str(other.headers)


def test_a_bad_credential_is_401_even_on_open_data(service: Any) -> None:
    for headers in ({"authorization": "Bearer nope"}, {"x-api-key": tokens.new_token()}):
        refused = service.get("/collections/equipements/items?limit=1", headers=headers)
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        assert "www-authenticate" in refused.headers
    assert service.get("/collections/equipements/items?limit=1").status_code == 200


def test_a_refusal_says_the_rule_the_article_and_what_to_do(service: Any) -> None:
    refused = service.get(ITEMS)
    document = refused.json()
    assert refused.status_code == 401
    assert document["rule"] == "B11"
    assert {"article", "reason", "remedy", "access"} <= document.keys()
    english = service.get(ITEMS, headers={"accept-language": "en"}).json()
    assert english["reason"] != document["reason"]


@pytest.mark.parametrize(
    "tail", ["", "/items", "/items/1", "/queryables", "/schema", "/access", "/tiles", "/items?f=gpkg"]
)
def test_hidden_and_missing_are_one_answer_to_the_byte_but_the_name(own_service: Any, tail: str) -> None:
    with connect(own_service.database_url) as owner:
        row = owner.execute("select collections from registry.publication order by number desc limit 1").fetchone()
        from mig_idg.registry import declared, publications

        assert row is not None
        entry = row[0]["erp"]["declaration"] | {"columns": ["id"], "metadata": "hidden"}
        declared.record(owner, entry, "tests", DAY)
        publications.record(owner, row[0], author="tests")
    hidden = own_service.get(f"/collections/erp{tail}")
    missing = own_service.get(f"/collections/xyz{tail}")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.replace(b"erp", b"xyz") == missing.content
    kept = [h for h in hidden.headers if h != "date"]
    assert kept == [h for h in missing.headers if h != "date"]


def test_a_revoked_token_is_refused_by_the_next_request(own_service: Any) -> None:
    with connect(own_service.database_url) as owner:
        tokens.open_account(owner, "essai", name="Essai", organisation="92050", author="tests")
        handle, token = tokens.issue(owner, "essai", author="tests")
    own_service.tokens["essai"] = token
    assert own_service.get(ITEMS, "essai").status_code == 200
    with connect(own_service.database_url) as owner:
        tokens.revoke(owner, handle)
    assert own_service.get(ITEMS, "essai").status_code == 401


def test_a_token_for_one_collection_is_the_public_elsewhere(own_service: Any) -> None:
    with connect(own_service.database_url) as owner:
        _, token = tokens.issue(owner, "demo-owner", author="tests", collections=["adresses"], actions=["query"])
    own_service.tokens["scoped"] = token
    assert own_service.get(ITEMS, "scoped").status_code == 200
    assert own_service.get("/collections/adresses/items?f=csv", "scoped").status_code == 403
    assert own_service.get("/collections/pcrs/items", "scoped").status_code == 403
    assert own_service.get("/collections/equipements/items?limit=1", "scoped").status_code == 200


def test_an_exception_masks_its_attribute_from_the_next_request_on(own_service: Any) -> None:
    before = own_service.get(ITEMS, "owner").json()["features"][0]["properties"]
    assert "toponyme" in before
    with connect(own_service.database_url) as owner:
        exceptions.declare(
            owner,
            "adresses",
            exceptions.Exception_("E2", "essai", "tests", date(2027, 1, 1), attributes=("toponyme",)),
            LETTER,
        )
    after = own_service.get(ITEMS, "owner")
    assert '"toponyme"' not in after.text
    assert own_service.get(f"{ITEMS}&toponyme=x", "owner").status_code == 400
    assert own_service.get(f"{ITEMS}&sortby=toponyme", "owner").status_code == 400
    assert '"toponyme"' not in own_service.get("/collections/adresses/queryables", "owner").text


def test_a_withdrawal_holds_for_the_next_request_and_accesses_since_are_reported(own_service: Any) -> None:
    assert own_service.get(ITEMS, "other-partner").status_code == 200
    with connect(own_service.database_url) as owner:
        withdrawal.withdraw(owner, "92026", DAY, LETTER)
    refused = own_service.get(ITEMS, "other-partner")
    assert refused.status_code == 403
    assert "92026" not in refused.json()["detail"]


def test_the_day_after_the_charter_partners_are_refused_and_open_data_stay(own_service: Any) -> None:
    own_service.now[0] = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    assert own_service.get(ITEMS, "owner").status_code == 200
    own_service.now[0] = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert own_service.get(ITEMS, "owner").status_code == 403
    assert own_service.get("/collections/equipements/items?limit=1").status_code == 200


def test_every_decision_on_closed_data_is_in_the_journal(own_service: Any) -> None:
    own_service.get(ITEMS, "owner")
    own_service.get(ITEMS)
    own_service.get("/collections/equipements/items?limit=1")
    own_service.settle()
    with connect(own_service.database_url) as owner:
        rows = [(r["login"], r["dataset"], r["outcome"], r["rule"]) for r in journal.show(owner)]
        assert journal.verify(owner).whole
    assert sorted(rows, key=str) == [("demo-owner", "adresses", "permit", "B4"), (None, "adresses", "deny", "B11")]


def test_rights_that_change_under_load_never_mix_two_grants(own_service: Any) -> None:
    """Half of the requests come while an exception is declared and lifted: each answer is wholly one or the other."""
    seen = set()

    def read(_: int) -> frozenset[str]:
        with httpx.Client(headers={"authorization": f"Bearer {own_service.tokens['owner']}"}) as client:
            page = client.get(f"{own_service.url}/collections/adresses/items?limit=50")
            assert page.status_code == 200, page.text
            keys = {frozenset(feature["properties"]) for feature in page.json()["features"]}
            assert len(keys) == 1
            return keys.pop()

    def change(number: int) -> None:
        with connect(own_service.database_url) as owner:
            exceptions.declare(
                owner, "adresses",
                exceptions.Exception_("E2", f"essai {number}", "tests", date(2027, 1, 1), attributes=("numero",)),
                LETTER,
            )  # fmt: skip

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read, n) for n in range(60)]
        pool.submit(change, 1).result()
        readers += [pool.submit(read, n) for n in range(20)]
        seen = {reader.result() for reader in readers}
    assert all("numero" not in keys for keys in (readers[-1].result(),))
    assert len(seen) <= 2


def test_breaking_the_glass_is_short_motivated_journalled_and_told(own_service: Any) -> None:
    path = "/collections/videosurveillance/items?limit=1"
    assert own_service.get(path, "pilot").status_code == 403
    with connect(own_service.database_url) as owner:
        with pytest.raises(Refused):
            tokens.break_glass(
                owner, "demo-owner", "videosurveillance", "92050", motive="panne de nuit", hours=1, author="tests"
            )
        with pytest.raises(InvalidParameter):
            tokens.break_glass(owner, "demo-pilot", "videosurveillance", "92050", motive="x", hours=1, author="tests")
        _, token = tokens.break_glass(
            owner, "demo-pilot", "videosurveillance", "92050", motive="panne de nuit", hours=1, author="tests"
        )
    own_service.tokens["glass"] = token
    own_service.now[0] = datetime.now(UTC)
    assert own_service.get(path, "glass").status_code == 200
    assert own_service.get("/collections/pcrs/items?limit=1", "glass").status_code == 403
    own_service.settle()
    with connect(own_service.database_url) as owner:
        noted = [row for row in journal.show(owner) if row["dataset"] == "videosurveillance" and row["note"]]
        assert noted[0]["note"] == "panne de nuit"
        assert "panne de nuit" in tokens.notices(owner, "92050")[0]["fr"]
