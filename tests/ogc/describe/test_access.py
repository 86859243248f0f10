"""The page of rights tells what the routes do, and names nothing that is withheld."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.ogc.describe.conftest import PARTNER, Asking

from mig_idg.charter.scenario import parse
from mig_idg.guard.principal import Principal
from mig_idg.ogc.describe.audience import audience

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
    assert open_to_all[0] == {
        "text": "Tout le monde, sous licence ouverte.",
        "article": "convention Tarn-et-Garonne, art. 13",
        "opens": True,
    }
    shared = asking.json("/collections/erp/access", lang="en")["audience"]
    assert [one["opens"] for one in shared] == [False, True]
    assert shared[1]["text"] == "The partners of the charter."


def test_the_public_is_told_as_the_public(asking: Asking) -> None:
    assert asking.json("/collections/bancs/access")["caller"] == {"organisation": None, "name": "le public"}
    assert asking.json("/collections/bancs/access", PARTNER)["caller"]["name"] == "Courbevoie"


def whom(told: str, day: str = "2026-06-01") -> list[dict[str, object]]:
    text = (
        "world:\n  datasets:\n    d: {attributes: [a, b], state: published, kind: mutualised, owner: X, " + told + "}\n"
    )
    facts = parse(text + "questions: []\n", "world.yml").facts
    return [clause.in_("fr") for clause in audience(facts.datasets["d"], date.fromisoformat(day))]


@pytest.mark.parametrize(
    "closing",
    ["exceptions: [{ground: E3}]", "exceptions: [{ground: E1, attributes: [a, b]}]", "takedown: all"],
)
def test_what_closes_everything_leaves_the_owner_alone(closing: str) -> None:
    """The cameras of the demonstration: « les partenaires » under an exception that covers all of them."""
    told = whom("licence: LO-2.0, terms: {mode: all_partners, actions: [view]}, " + closing)
    assert [(one["text"], one["opens"]) for one in told[1:]] == [("Son propriétaire seul, tant que cela dure.", True)]


def test_what_was_bought_is_left_to_the_bodies_of_its_licence() -> None:
    told = whom("exceptions: [{ground: E5, beneficiaries: [Y]}], terms: {mode: all_partners, actions: [view]}")
    assert [one["text"] for one in told[1:]] == [
        "Son propriétaire seul, tant que cela dure.",
        "Les organismes que nomme la licence d'achat.",
    ]


def test_what_is_taken_down_for_the_public_is_no_longer_everyones() -> None:
    told = whom("takedown: public, licence: LO-2.0, terms: {mode: all_partners, actions: [view]}")
    assert [one["text"] for one in told] == ["Retirée de la diffusion.", "Les partenaires de la charte."]


def test_no_page_of_rights_cites_a_text_by_a_number_of_ours(asking: Asking) -> None:
    for collection in ("bancs", "erp", "reseaux"):
        for lang in ("fr", "en"):
            told = str(asking.json(f"/collections/{collection}/access", PARTNER, lang=lang))
            assert not re.search(r"\b00[0-4] ?(§|art|gloss)", told)
            assert ("Charte MIG, § " if lang == "fr" else "MIG charter, § ") in told


def test_what_is_permitted_says_where_it_is_done(asking: Asking) -> None:
    told = {one["action"]: one for one in asking.json("/collections/reseaux/access", OWNER)["actions"]}
    assert told["query"]["doneBy"][0]["href"].endswith("/collections/reseaux/items")
    assert told["redistribute"]["doneBy"] == [
        {"command": "mig-idg transfer record GIVER RECIPIENT reseaux --notice TEXT --evidence TEXT"}
    ]
    assert told["subscribe"]["doneBy"] == []
    assert told["subscribe"]["note"] == "Permis par la charte ; aucune porte ne le fait encore ici."
    refused = [one for one in asking.json("/collections/reseaux/access")["actions"] if one["outcome"] == "deny"]
    assert refused
    assert not any("doneBy" in one for one in refused)
