"""Searching finds what people mean, and never what they may not know of: in no list, count, facet, page or feed."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from rdflib import Graph
from rdflib.namespace import DCAT, RDF

from mig_idg.catalogue.stems import stems
from mig_idg.errors import InvalidParameter, NotFound, UnknownParameter
from mig_idg.guard.principal import Principal

PARTNER = Principal(login="p", organisation="92026", key="partner")
ITEMS = "/collections/records/items"
OPEN = ["bancs", "erp", "prenoms", "reseaux"]


def ids(asking: Any, who: Any = None, **query: str) -> list[str]:
    """The ids of the records found, in their order."""
    told = asking.json(ITEMS, **({"who": who} if who else {}), f="json", limit="100", **query)
    assert told["numberMatched"] == len(told["features"])
    return [one["id"] for one in told["features"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("banc", ["bancs"]),
        ("BANCS PUBLICS", ["bancs"]),
        ("publics bancs", ["bancs"]),  # no record has this phrase: its words, in any order
        ("eclairage", ["reseaux"]),
        ("l'éclairage", ["reseaux"]),
        ("eclairrage", ["reseaux"]),
        ("établisement", ["erp"]),
        ("prénom", ["prenoms"]),
        ("éclairage,prénoms", ["prenoms", "reseaux"]),
        ("introuvable", []),
    ],
)
def test_words_are_found_as_people_write_them(asking: Any, words: str, found: list[str]) -> None:
    assert sorted(ids(asking, q=words)) == found


def test_the_best_comes_first(asking: Any) -> None:
    assert ids(asking, q="public")[:2] == ["bancs", "erp"]


def test_plurals_in_aux_are_those_in_al_or_eau() -> None:
    assert stems("Réseaux régionaux d'eau") == [*stems("réseau régional"), "eau"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"bbox": "2.2,48.85,2.25,48.86"}, ["bancs"]),
        ({"bbox": "10,10,11,11"}, []),
        ({"type": "nonGeographicDataset"}, ["prenoms"]),
        ({"ids": "bancs,secrets,entre-nous"}, ["bancs"]),
        ({"externalIds": "https://idg.example/collections/erp"}, ["erp"]),
        ({"sortby": "-id"}, OPEN[::-1]),
    ],
)
def test_parameters_keep_what_they_say(asking: Any, query: dict[str, str], found: list[str]) -> None:
    if "bbox" in query:
        query["ids"] = "bancs,prenoms"
    assert ids(asking, **query) == found


def test_pages_follow_one_another(asking: Any) -> None:
    first = asking.json(ITEMS, f="json", limit="3", sortby="id")
    assert [one["id"] for one in first["features"]] == OPEN[:3]
    assert (first["numberMatched"], first["numberReturned"]) == (4, 3)
    following = next(one["href"] for one in first["links"] if one["rel"] == "next")
    assert following.startswith("https://idg.example/collections/records/items?")
    assert "offset=3" in following
    assert [one["id"] for one in asking.json(ITEMS, f="json", limit="3", offset="3", sortby="id")["features"]] == OPEN[
        3:
    ]


def test_who_may_not_know_of_a_layer_finds_nothing_of_it(asking: Any) -> None:
    """Hidden and missing are one: no record, no count, no facet, no word of it anywhere (B10)."""
    for who, seen in ((None, OPEN), (PARTNER, sorted([*OPEN, "entre-nous"]))):
        more = {"who": who} if who else {}
        assert ids(asking, who, sortby="id") == seen
        for words in ("secrets", "tres secrets", "lieu secret"):
            assert ids(asking, who, q=words) == []
        told = asking.json(ITEMS, f="json", facets="true", **more)
        assert sum(told["facets"]["type"].values()) == len(seen)
        for path, query in (("/dcat", {"f": "ttl"}), ("/feed.atom", {}), ("/api/3/action/package_list", {}),
                            ("/collections/records", {"f": "json"}), (ITEMS, {"f": "json", "limit": "100"})):  # fmt: skip
            body = asking.bytes(path, **more, **query)
            assert b"secrets" not in body
            assert "Lieux très".encode() not in body


@pytest.mark.parametrize("id", ["secrets", "entre-nous", "absent"])
def test_hidden_and_missing_records_are_the_same_nothing(asking: Any, id: str) -> None:
    told = set()
    for path, query in ((f"{ITEMS}/{id}", {"f": "json"}), ("/api/3/action/package_show", {"id": id})):
        with pytest.raises(NotFound) as caught:
            asking.response(path, **query)
        told.add(caught.value.text())
    assert told == {"Cette fiche n'existe pas."}


def test_a_closed_layer_that_may_be_known_is_there_with_its_sentence(asking: Any) -> None:
    told = asking.json(f"{ITEMS}/reseaux", f="json")
    assert "Les partenaires de la charte" in told["properties"]["rights"]
    assert "Charte MIG" in told["properties"]["rights"]
    assert told["properties"]["access"]["actions"]["query"] == "deny"
    assert "fields" not in told["properties"]
    assert not [one for one in told["links"] if one["rel"] in ("items", "enclosure")]
    seen = asking.json(f"{ITEMS}/reseaux", who=PARTNER, f="json")
    assert [one for one in seen["links"] if one["rel"] == "items"]
    assert [one["name"] for one in seen["properties"]["fields"]] == ["id", "nom", "telephone"]


def test_withheld_columns_are_in_no_record(asking: Any) -> None:
    for form in ("json", "iso19139", "dcat", "jsonld", "dc"):
        assert b"telephone" not in asking.bytes("/collections/erp/record", who=PARTNER, f=form)


def test_dcat_is_paged_and_whole(asking: Any) -> None:
    graph = Graph().parse(data=asking.bytes("/dcat", f="ttl"), format="turtle")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 4
    with pytest.raises(InvalidParameter):
        asking.response("/dcat", page="2")


def test_the_feed_and_ckan_say_the_same_records(asking: Any) -> None:
    feed = etree.fromstring(asking.bytes("/feed.atom"))
    atom = "{http://www.w3.org/2005/Atom}"
    assert len(feed.findall(f"{atom}entry")) == 4
    assert asking.json("/api/3/action/package_list")["result"] == OPEN
    told = asking.json("/api/3/action/package_show", id="bancs")["result"]
    assert told["license_id"] == "etalab-2.0"
    assert told["isopen"] is True
    assert told["num_resources"] == len(told["resources"]) > 0


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"sortby": "secret"}, {"bbox": "1,2"}, {"datetime": "hier"}, {"q": ","}]
)
def test_a_parameter_that_cannot_be_read_is_named(asking: Any, query: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        asking.response(ITEMS, f="json", **query)
    assert caught.value.extra["parameter"] in query


def test_an_unknown_parameter_is_refused(asking: Any) -> None:
    with pytest.raises(UnknownParameter):
        asking.response(ITEMS, f="json", externalids="x")
