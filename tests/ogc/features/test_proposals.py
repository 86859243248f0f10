"""A write to a coproduced layer is a proposal: kept beside it, decided by its group, applied with the next version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from mig_idg.database import connect
from mig_idg.deposits.consolidation import proposals as applying
from mig_idg.errors import Refused
from mig_idg.registry import proposals

DAY, NOW = date(2026, 6, 15), datetime(2026, 6, 15, 12, tzinfo=UTC)
LAYER = "/collections/adresses"
GEOJSON, PATCH = "application/geo+json", "application/merge-patch+json"
WHO, GROUP = "owner", "pilot"


@pytest.fixture(scope="module")
def service(serve_demonstration: Any) -> Iterator[Any]:
    with serve_demonstration() as running:
        yield running


def ask(
    service: Any, method: str, path: str, sent: Any = None, who: str | None = WHO, kind: str = GEOJSON, **more: str
) -> httpx.Response:
    headers = {"content-type": kind, **{name.replace("_", "-"): value for name, value in more.items()}}
    if who:
        headers["authorization"] = f"Bearer {service.tokens[who]}"
    return httpx.request(
        method, service.url + path, content=json.dumps(sent) if sent is not None else None, headers=headers
    )


@pytest.fixture
def address(service: Any) -> dict[str, Any]:
    """An address that no other test takes."""
    with connect(service.database_url) as owner:
        (taken,) = owner.execute("select count(distinct feature) from proposals.proposal").fetchone()
    page = ask(service, "GET", f"{LAYER}/items?limit=1&offset={taken + 5}&sortby=id").json()
    found: dict[str, Any] = page["features"][0]
    return found


def proposed(service: Any, address: dict[str, Any], **properties: Any) -> str:
    answer = ask(service, "PATCH", f"{LAYER}/items/{address['id']}", {"properties": properties}, kind=PATCH)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_a_change_is_kept_and_nothing_moves(service: Any, address: dict[str, Any]) -> None:
    path = f"{LAYER}/items/{address['id']}"
    answer = ask(service, "PATCH", path, {"properties": {"numero": 9123}}, kind=PATCH)
    assert answer.status_code == 202
    assert "coproduite" in answer.json()["detail"]
    assert ask(service, "GET", path).json()["properties"]["numero"] == address["properties"]["numero"]
    where = answer.headers["location"].removeprefix(service.url)
    assert where == f"{LAYER}/proposals/items/{answer.json()['id']}"  # QGIS reads the id after /items/
    told = ask(service, "GET", where).json()
    assert told["geometry"] is not None
    assert told["properties"]["values"] == {"numero": "9123"}
    assert told["properties"]["before"] == {"numero": address["properties"]["numero"]}
    assert told["properties"]["proposedBy"]["id"] == "92050"
    second = ask(service, "DELETE", path)
    assert second.status_code == 202
    assert second.json()["others"] == [answer.json()["id"]]


def test_a_whole_replacement_proposes_what_it_changes(service: Any, address: dict[str, Any]) -> None:
    sent = {name: address[name] for name in ("type", "geometry")}
    sent["properties"] = {name: value for name, value in address["properties"].items() if name != "id"}
    sent["properties"] |= {"numero": 61}
    answer = ask(service, "PUT", f"{LAYER}/items/{address['id']}", sent)
    assert answer.status_code == 202, answer.text
    told = ask(service, "GET", f"{LAYER}/proposals/items/{answer.json()['id']}").json()["properties"]
    assert told["values"] == {"numero": "61"}


def test_a_layer_open_to_proposals_says_so_to_editors(service: Any) -> None:
    assert "POST" in ask(service, "OPTIONS", f"{LAYER}/items").headers["allow"]
    assert "POST" not in ask(service, "OPTIONS", f"{LAYER}/items", who="served-commune").headers["allow"]


@pytest.mark.parametrize(
    ("method", "sent", "status"),
    [
        ("PATCH", {"properties": {"inconnu": 1}}, 422),
        ("PATCH", {"properties": {"numero": "sept"}}, 422),
        ("PATCH", {"properties": {"id": "autre"}}, 422),
        ("PATCH", {"geometry": {"type": "Point", "coordinates": [650000, 6860000]}}, 422),
        ("PATCH", [], 400),
        ("PUT", {"type": "Feature", "geometry": None}, 422),
    ],
)
def test_what_cannot_be_written_cannot_be_proposed(
    service: Any, address: dict[str, Any], method: str, sent: Any, status: int
) -> None:
    kind = PATCH if method == "PATCH" else GEOJSON
    answer = ask(service, method, f"{LAYER}/items/{address['id']}", sent, kind=kind)
    assert answer.status_code == status, answer.text
    assert ask(service, "DELETE", f"{LAYER}/items/nulle-part").status_code == 404


def test_a_state_that_was_named_and_moved_is_412(service: Any, address: dict[str, Any]) -> None:
    path = f"{LAYER}/items/{address['id']}"
    assert ask(service, "DELETE", path, if_match='"autre"').status_code == 412


@pytest.mark.parametrize("who", [None, "served-commune", "contractor"])
def test_who_may_not_contribute_neither_proposes_nor_reads(service: Any, address: dict[str, Any], who: Any) -> None:
    number = proposed(service, address, numero=77)
    refused = (401, 403, 404)
    feature = {"type": "Feature", "geometry": None, "properties": {}}
    assert ask(service, "POST", f"{LAYER}/items", feature, who=who).status_code in refused
    assert ask(service, "DELETE", f"{LAYER}/items/{address['id']}", who=who).status_code in refused
    for place in ("proposals", f"proposals/items/{number}"):
        answer = ask(service, "GET", f"{LAYER}/{place}", who=who)
        assert answer.status_code in refused
        assert "77" not in answer.text.replace(service.url, "")
    taken = ask(service, "POST", f"{LAYER}/proposals/items/{number}", {"decision": "take"}, who, "application/json")
    assert taken.status_code in refused


def test_the_group_decides_and_the_author_may_withdraw(service: Any, address: dict[str, Any]) -> None:
    number = proposed(service, address, numero=31)
    where = f"{LAYER}/proposals/items/{number}"
    refused = ask(service, "POST", where, {"decision": "take"}, kind="application/json")
    assert (refused.status_code, refused.json()["rule"]) == (403, "the_group_decides")
    bare = ask(service, "POST", where, {"decision": "decline"}, GROUP, "application/json")
    assert (bare.status_code, bare.json()["parameter"]) == (400, "reason")
    done = ask(service, "POST", where, {"decision": "decline", "reason": "numéro en double"}, GROUP, "application/json")
    assert done.json()["state"] == "declined"
    told = ask(service, "GET", where).json()
    assert told["properties"]["reason"] == "numéro en double"
    assert [one["state"] for one in told["course"]] == ["proposed", "declined"]
    mine = f"{LAYER}/proposals/items/{proposed(service, address, numero=32)}"
    assert ask(service, "POST", mine, {"decision": "withdraw"}, "other-partner", "application/json").status_code == 403
    assert ask(service, "POST", mine, {"decision": "withdraw"}, kind="application/json").json()["state"] == "withdrawn"
    again = ask(service, "POST", mine, {"decision": "take"}, GROUP, "application/json")
    assert again.status_code == 409
    listed = ask(service, "GET", f"{LAYER}/proposals?state=declined").json()["features"]
    assert number in {one["id"] for one in listed}


def test_the_page_shows_what_changes_and_its_form_amends(service: Any, address: dict[str, Any]) -> None:
    number = proposed(service, address, numero=41, suffixe="bis")
    where = f"{LAYER}/proposals/items/{number}"
    page = ask(service, "GET", where + "?f=html")
    assert page.status_code == 200
    assert "Ce qui changerait" in page.text
    assert 'value="take"' not in page.text  # the author does not decide
    form = ask(service, "GET", where + "?f=html", who=GROUP)
    assert 'value="take"' in form.text
    word = re.search(r'name="word" value="([^"]+)"', form.text)
    assert word
    sent = {"word": word.group(1), "decision": "take", "value-numero": "43", "value-suffixe": "bis", "reason": ""}
    cookie = form.headers["set-cookie"].split(";")[0]
    headers = {"authorization": f"Bearer {service.tokens[GROUP]}", "cookie": cookie, "origin": service.url}
    forged = httpx.post(service.url + where, data=sent | {"word": "autre"}, headers=headers)
    assert forged.status_code == 403
    taken = httpx.post(service.url + where, data=sent, headers=headers)
    assert taken.status_code == 303, taken.text
    told = ask(service, "GET", where).json()["properties"]
    assert (told["state"], told["amended"], told["values"]) == ("taken", True, {"numero": "43", "suffixe": "bis"})


def test_what_is_taken_goes_into_the_next_version_unless_the_data_moved(service: Any) -> None:
    page = ask(service, "GET", f"{LAYER}/items?limit=5&offset=200&sortby=id").json()["features"]
    changed, removed, moved, kept, _ = page
    point = {"type": "Point", "coordinates": [2.2, 48.9]}
    new = {
        "type": "Feature",
        "geometry": point,
        "properties": {**changed["properties"], "id": "nouvelle-adresse", "numero": 5},
    }
    made = ask(service, "POST", f"{LAYER}/items", new)
    assert made.status_code == 202, made.text
    patched = ask(service, "PATCH", f"{LAYER}/items/{changed['id']}", {"properties": {"numero": 888}, "geometry": point},
                  kind=PATCH)  # fmt: skip
    asked = [
        made.json()["id"],
        patched.json()["id"],
        ask(service, "DELETE", f"{LAYER}/items/{removed['id']}").json()["id"],
        proposed(service, moved, numero=999),
    ]
    left = proposed(service, kept, numero=1000)
    numbers = [proposals.number_of(one) for one in asked]
    with connect(service.database_url) as owner:
        for number in numbers:
            proposals.decide(owner, number, proposals.Step("taken"), "test", NOW, DAY)
        with pytest.raises(Refused):  # the rows of a validated version are frozen
            applying.publish_working(owner, "adresses", "test", DAY)
        owner.execute("update data.adresses set numero = 3 where id = %s", (moved["id"],))
        told = applying.publish(owner, "adresses", "test", validated=True)
        owner.commit()
        assert told.overtaken == 1
        again = applying.apply(owner, "adresses")  # a later consolidation puts them in again: the same rows
        owner.rollback()
        assert again == applying.Applied(told.applied, 0)

    def numero(one: dict[str, Any]) -> Any:
        return ask(service, "GET", f"{LAYER}/items/{one['id']}").json().get("properties", {}).get("numero")

    assert ask(service, "GET", f"{LAYER}/items/nouvelle-adresse").json()["properties"]["numero"] == 5
    read = ask(service, "GET", f"{LAYER}/items/{changed['id']}").json()
    assert read["properties"]["numero"] == 888
    assert read["geometry"]["coordinates"] == pytest.approx([2.2, 48.9], abs=1e-6)
    assert ask(service, "GET", f"{LAYER}/items/{removed['id']}").status_code == 404
    assert numero(moved) == 3
    assert numero(kept) == kept["properties"]["numero"]
    states = [ask(service, "GET", f"{LAYER}/proposals/items/{one}").json()["properties"]["state"] for one in asked]
    assert states == ["applied", "applied", "applied", "overtaken"]
    assert ask(service, "GET", f"{LAYER}/proposals/items/{left}").json()["properties"]["state"] == "proposed"


def test_the_group_is_told_once_a_day_and_the_author_of_the_decision(service: Any, address: dict[str, Any]) -> None:
    proposed(service, address, numero=51)
    number = proposed(service, address, numero=52)
    where = f"{LAYER}/proposals/items/{number}"
    ask(service, "POST", where, {"decision": "take"}, GROUP, "application/json")
    with connect(service.database_url) as owner:
        kinds = owner.execute("select kind, count(*) from notices.message group by kind").fetchall()
    assert dict(kinds)["proposal"] == dict(kinds)["proposal decided"] == 1


def test_a_number_that_is_not_there_is_said_like_one_that_is_not_ones_own(service: Any) -> None:
    for word in ("proposal-999999", "12", "proposal-x", "proposal-"):
        assert ask(service, "GET", f"{LAYER}/proposals/items/{word}").status_code == 404
    assert ask(service, "GET", "/collections/equipements/proposals").status_code in (403, 404)
