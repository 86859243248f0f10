"""What the landing page and the list of collections tell, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from tests.ogc.describe.conftest import ALL_PARTNERS, BASE, PARTNER, Asking, layer, snapshot, usual

from mig_idg.errors import InvalidParameter, NotAcceptable, UnknownParameter
from mig_idg.guard.snapshot import Snapshot


def rels(document: Any) -> set[str]:
    return {link["rel"] for link in document["links"]}


def test_the_landing_page_leads_to_every_door_that_is_there_and_to_no_other(asking: Asking) -> None:
    document = asking.json("/")
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data", "access", "help"} <= rels(
        document
    )
    assert not any("processes" in rel for rel in rels(document))
    for link in document["links"]:
        if link["href"].startswith(BASE):
            path = link["href"].removeprefix(BASE).split("?")[0]
            assert asking.routes.find(path) or path == "/.well-known/authzen-configuration", link


def test_a_layer_known_to_partners_only_does_not_exist_for_the_public(asking: Asking) -> None:
    listed = asking.response("/collections").body
    assert isinstance(listed, bytes)
    assert b"secrets" not in listed
    assert b"1.25" not in listed
    assert "secrets" in [one["id"] for one in asking.json("/collections", PARTNER)["collections"]]


def test_what_is_kept_for_a_partner_is_never_served_to_the_public(asking: Asking) -> None:
    for _ in range(2):
        assert len(asking.json("/collections", PARTNER)["collections"]) == 4
        assert len(asking.json("/collections")["collections"]) == 3


def test_a_change_of_rights_shows_at_the_next_request(asking: Asking) -> None:
    assert asking.json("/collections/reseaux", PARTNER)["access"]["outcome"] == "permit"
    asking.snapshot = snapshot([layer("reseaux"), *usual()[:1]], epoch=2)
    assert asking.json("/collections/reseaux", PARTNER)["access"]["outcome"] == "deny"
    assert len(asking.json("/collections", PARTNER)["collections"]) == 2


def test_a_refused_layer_says_why_and_offers_no_door_that_would_close(asking: Asking) -> None:
    refused = asking.json("/collections/reseaux")
    assert refused["access"]["outcome"] == "deny"
    assert refused["access"]["article"].startswith("Charte MIG")
    assert rels(refused).isdisjoint({"items", "http://www.opengis.net/def/rel/ogc/1.0/queryables"})
    assert "itemType" not in refused
    assert "describedby" in rels(refused)


def test_a_permitted_layer_offers_its_items_in_each_format(asking: Asking) -> None:
    open_layer = asking.json("/collections/bancs")
    types = {link["type"] for link in open_layer["links"] if link["rel"] == "items"}
    assert {"application/geo+json", "text/html", "text/csv", "application/geopackage+sqlite3"} <= types
    assert "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector" in rels(open_layer)


def test_the_address_of_items_takes_an_id_at_its_end(asking: Asking) -> None:
    """GDAL before 3.7 appends it as a text (`-fid`): a query there would swallow it."""
    links = asking.json("/collections/bancs")["links"]
    geojson = [link["href"] for link in links if link["rel"] == "items" and link["type"] == "application/geo+json"]
    assert geojson == ["https://idg.example/collections/bancs/items"]


def test_a_layer_in_lambert_93_says_so_and_offers_the_other_systems(asking: Asking) -> None:
    document = asking.json("/collections/bancs")
    assert document["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/2154"
    assert document["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert {"http://www.opengis.net/def/crs/EPSG/0/4326", "http://www.opengis.net/def/crs/EPSG/0/2154"} <= set(
        document["crs"]
    )


def test_the_extent_is_the_one_declared_or_that_of_the_territory(asking: Asking) -> None:
    assert asking.json("/collections/bancs")["extent"]["spatial"]["bbox"] == [[2.1, 48.8, 2.3, 48.9]]
    assert asking.json("/collections/reseaux")["extent"]["spatial"]["bbox"] == [[2.14, 48.72, 2.34, 48.98]]


def test_every_layer_names_the_partnership_and_its_owner(asking: Asking) -> None:
    for one in asking.json("/collections", PARTNER)["collections"]:
        assert one["attribution"] == "Mutualisation de l'Information Géographique — Nanterre"


def test_titles_come_in_the_language_asked(asking: Asking) -> None:
    assert asking.json("/collections/bancs", lang="fr")["title"] == "Couche bancs"
    english = asking.json("/collections/bancs", lang="en")
    assert english["title"] == "Layer bancs"
    assert not any("é" in link["title"] for link in english["links"])
    french = asking.json("/", lang="fr")
    assert "L'information" in french["title"] or "l'information" in french["title"]


def test_links_keep_the_way_the_caller_came(asking: Asking) -> None:
    direct = asking.response("/collections", PARTNER).body
    tokened = asking.response("/collections", PARTNER, base=f"{BASE}/t/idg_x")
    other = asking.response("/collections", PARTNER, base=f"{BASE}/t/idg_y")
    by_token = tokened.body
    assert other.body != by_token
    assert other.etag != tokened.etag
    assert isinstance(direct, bytes)
    assert isinstance(by_token, bytes)
    assert b"/t/idg_x" not in direct
    own = [link["href"] for one in orjson.loads(by_token)["collections"] for link in one["links"]]
    assert all(href.startswith(f"{BASE}/t/idg_x/") for href in own if href.startswith(BASE))
    assert b"base.invalid" not in direct + by_token


def test_the_validator_is_that_of_the_bytes(asking: Asking) -> None:
    first, again, other = (asking.response("/collections", who) for who in (PARTNER, PARTNER, asking_public()))
    assert first.etag == again.etag
    assert first.etag != other.etag


def asking_public() -> Any:
    from mig_idg.guard.principal import PUBLIC

    return PUBLIC


def test_words_are_found_whatever_their_accents(asking: Asking) -> None:
    assert asking.json("/collections", q="ECLAIRAGE")["numberMatched"] == 3
    assert asking.json("/collections", q="couche bancs")["numberMatched"] == 1
    assert asking.json("/collections", q="inconnu")["collections"] == []


def test_a_search_never_finds_what_may_not_be_known(asking: Asking) -> None:
    assert asking.json("/collections", q="secrets")["numberMatched"] == 0
    assert asking.json("/collections", bbox="1.2,47.4,1.6,47.8")["numberMatched"] == 0
    assert asking.json("/collections", PARTNER, bbox="1.2,47.4,1.6,47.8")["numberMatched"] == 1


def test_pages_of_collections_follow_one_another(asking: Asking) -> None:
    first = asking.json("/collections", PARTNER, limit="3")
    assert [one["id"] for one in first["collections"]] == ["bancs", "erp", "reseaux"]
    assert first["numberMatched"] == 4
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    assert "offset=3" in following
    last = asking.json("/collections", PARTNER, limit="3", offset="3")
    assert [one["id"] for one in last["collections"]] == ["secrets"]
    assert "next" not in rels(last)
    assert "prev" in rels(last)


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "x"}, {"offset": "-1"}, {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"f": "xml"}]
)
def test_a_bad_value_is_named(asking: Asking, query: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        asking.json("/collections", **query)
    assert caught.value.extra["parameter"] in query


def test_an_unknown_parameter_names_the_nearest(asking: Asking) -> None:
    with pytest.raises(UnknownParameter) as caught:
        asking.json("/collections", limits="3")
    assert "limit" in caught.value.text()


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("", False),
        ("*/*", False),
        ("application/geo+json", False),
        ("text/html;q=0.2, application/json;q=0.9", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/*", True),
        ("application/json;q=0.1, text/html;q=0.2", True),
    ],
)
def test_the_accept_header_is_read_with_its_weights(asking: Asking, accept: str, page: bool) -> None:
    assert (asking.response("/", accept=accept).page is not None) == page


def test_an_accept_header_that_nothing_suits_is_told(asking: Asking) -> None:
    with pytest.raises(NotAcceptable):
        asking.response("/", accept="image/png")


def test_schema_org_speaks_latitude_first_of_what_the_caller_may_know(asking: Asking) -> None:
    catalogue = asking.json("/collections", f="jsonld")
    assert sorted(one["@id"].rsplit("/", 1)[1] for one in catalogue["dataset"]) == ["bancs", "erp", "reseaux"]
    bench = next(one for one in catalogue["dataset"] if one["@id"].endswith("bancs"))
    assert bench["spatial"][0]["geo"]["box"] == "48.8 2.1 48.9 2.3"
    assert bench["license"].startswith("https://www.etalab.gouv.fr/")
    assert None not in bench.values()


def test_a_thousand_collections_are_listed_whole(asking: Asking, many: Callable[[int], Snapshot]) -> None:
    asking.snapshot = many(1000)
    first = asking.json("/collections", PARTNER)
    assert len(first["collections"]) == 1000
    assert asking.json("/collections", PARTNER) == first


def test_a_layer_without_geometry_has_no_extent_nor_crs(asking: Asking) -> None:
    from dataclasses import replace

    plain = layer("registre", licence="LO-2.0", terms=ALL_PARTNERS)
    assert plain.collection.table is not None
    plain.collection = replace(plain.collection, table=replace(plain.collection.table, geometry=None))
    asking.snapshot = snapshot([plain])
    document = asking.json("/collections/registre")
    assert not {"extent", "crs", "storageCrs"} & set(document)
