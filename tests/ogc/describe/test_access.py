"""The page of rights tells what the routes do, and names nothing that is withheld."""

from __future__ import annotations

from tests.ogc.describe.conftest import PARTNER, Asking

from mig_idg.guard.principal import Principal

OWNER = Principal(login="o", organisation="92050", key="owner")


def test_each_action_has_its_article_and_a_sentence(asking: Asking) -> None:
    told = {one["action"]: one for one in asking.json("/collections/reseaux/access", PARTNER)["actions"]}
    assert told["query"]["outcome"] == "permit"
    assert told["query"]["rule"] == "B3"
    assert "Nanterre" in told["query"]["reason"]
    assert {one["code"] for one in told["query"]["obligations"]} >= {"MENTION_MIG", "OWNER_CREDIT"}
    assert told["contribute"]["outcome"] == "deny"
    assert told["contribute"]["remedy"]


def test_the_owner_may_do_more_than_a_partner(asking: Asking) -> None:
    assert permitted(asking, PARTNER) < permitted(asking, OWNER)
    assert "publish_open" in permitted(asking, OWNER)


def permitted(asking: Asking, who: Principal) -> set[str]:
    document = asking.json("/collections/reseaux/access", who)
    return {one["action"] for one in document["actions"] if one["outcome"] == "permit"}


def test_withheld_attributes_are_told_of_but_not_named(asking: Asking) -> None:
    response = asking.response("/collections/erp/access", PARTNER)
    assert isinstance(response.body, bytes)
    assert b"telephone" not in response.body
    query = next(one for one in asking.json("/collections/erp/access", PARTNER)["actions"] if one["action"] == "query")
    assert any("réservés" in limit for limit in query["limits"])


def test_who_else_may_use_it_is_told_with_its_article(asking: Asking) -> None:
    open_to_all = asking.json("/collections/bancs/access")["audience"]
    assert open_to_all[0] == {"text": "Tout le monde, sous licence ouverte.", "article": "000 art. 13", "opens": True}
    shared = asking.json("/collections/erp/access", lang="en")["audience"]
    assert [one["opens"] for one in shared] == [False, True]
    assert shared[1]["text"] == "The partners of the charter."


def test_the_public_is_told_as_the_public(asking: Asking) -> None:
    assert asking.json("/collections/bancs/access")["caller"] == {"organisation": None, "name": "le public"}
    assert asking.json("/collections/bancs/access", PARTNER)["caller"]["name"] == "Courbevoie"
