"""Every route of the live table, by kinds of callers: no byte of what is hidden, no 5xx, no two routes that disagree.

Values are planted where a caller must not see them; every route is asked for them in every format, and every byte that
comes back (headers included, compressed tiles included) is searched.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mig_idg.charter import READ, AccessRequest, Facts, decide
from mig_idg.charter.facts import ROLES
from mig_idg.database import connect
from mig_idg.guard.route import Route
from mig_idg.registry import facts as registry_facts
from mig_idg.registry import tokens

# collection: (column, planted text, the row it is planted in)
PLANTED = {
    "erp": ("contact_nom", "CANARI-CONTACT", "true"),
    "videosurveillance": ("modele", "CANARI-CAMERA", "true"),
    "eclairage-public": ("armoire", "CANARI-LUMIERE", "commune_insee = '92012'"),
    "voies-cyclables": ("amenagement", "CANARI-CYCLE", "true"),
}
CALLERS = ("public", "owner", "other-partner", "served-commune", "outside-ept-commune", "withdrawn", "contractor",
           "emergency", "group-member", "pilot")  # fmt: skip
ITEM_FORMATS = ("", "json", "html", "jsonfg", "csv", "gpkg", "fgb", "parquet", "gml", "geojsonseq", "nope")
FORMATS = ("", "json", "html", "mvt", "tilejson", "nope")
ALONE = ("/", "/openapi", "/openapi?f=html", "/collections?f=json", "/collections?f=html", "/conformance", "/tiles", "/map",
         "/tiles/WebMercatorQuad/12/{row12}/{col12}?collections={all}", "/robots.txt", "/metrics", "/functions")  # fmt: skip


@pytest.fixture(scope="module")
def planted(serve_demonstration: Callable[..., Any]) -> Iterator[Any]:
    with serve_demonstration() as running:
        places = {}
        with connect(running.database_url) as owner:
            for collection, (column, text, where) in PLANTED.items():
                table = "data." + collection.replace("-", "_")
                row = owner.execute(
                    f"update {table} set {column} = %s where id = (select min(id) from {table} where {where})"
                    " returning id, st_x(st_transform(st_pointonsurface(geom), 4326)),"
                    " st_y(st_transform(st_pointonsurface(geom), 4326))".encode(),
                    (text,),
                ).fetchone()
                assert row is not None
                places[collection] = row
        running.places = places
        yield running


@pytest.fixture(scope="module")
def truth(planted: Any) -> Callable[[str, str, str], Any]:
    """The charter's own decision for an account, an action and a collection: what each answer is held against."""
    with connect(planted.database_url) as owner:
        facts: Facts = registry_facts.load(owner, planted.now[0].date())
        known = tokens.load(owner).by_hash

    def decision(account: str, action: str, collection: str) -> Any:
        organisation, roles = None, frozenset[str]()
        if account != "public":
            credential = known[tokens.fingerprint(planted.tokens[account])]
            organisation, roles = credential.organisation, credential.roles.intersection(ROLES)
        return decide(AccessRequest(organisation, roles, action, collection, planted.now[0].date()), facts)

    return decision


def may_see(truth: Callable[[str, str, str], Any], account: str, collection: str) -> bool:
    """Whether any reading action shows this caller the planted value."""
    column, _, where = PLANTED[collection]
    for action in READ:
        decision = truth(account, action, collection)
        if decision.permitted and column not in decision.hidden:
            return where == "true" or decision.rows is None or "92012" in decision.rows
    return False


def tile(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    """Row and column of a WebMercatorQuad tile."""
    n = 2**zoom
    y = math.asinh(math.tan(math.radians(latitude)))
    return int((1 - y / math.pi) / 2 * n), int((longitude + 180) / 360 * n)


def addresses(routes: tuple[Route, ...], collection: str, place: tuple[Any, float, float]) -> Iterator[str]:
    """Every address of every route on a collection, where the planted row is."""
    row, column = tile(place[1], place[2], 14)
    values = {"collection": collection, "item": place[0], "tms": "WebMercatorQuad", "z": 14, "row": row, "col": column,
              "style": "default", "name": "orthophoto.tif", "vintage": "2025", "file": "x", "position": "0"}  # fmt: skip
    box = f"bbox={place[1] - 0.0005},{place[2] - 0.0005},{place[1] + 0.0005},{place[2] + 0.0005}"
    for route in routes:
        if "{collection}" not in route.pattern:
            continue
        path = re.sub(r"{\*?(\w+)}", lambda name: str(values.get(name[1], "x")), route.pattern)
        formats = ITEM_FORMATS if path.endswith("/items") else FORMATS
        for f in formats:
            query = "&".join(part for part in (f"f={f}" if f else "", box if path.endswith("/items") else "") if part)
            yield f"{path}?{query}" if query else path


@pytest.mark.parametrize("account", CALLERS)
def test_no_door_gives_a_byte_of_what_is_hidden(
    planted: Any, truth: Callable[[str, str, str], Any], account: str
) -> None:
    hidden = {name: text.encode() for name, (_, text, _) in PLANTED.items() if not may_see(truth, account, name)}
    shown = set()
    headers = {"authorization": f"Bearer {planted.tokens[account]}"} if account != "public" else {}
    first = planted.places["erp"]
    row12, col12 = tile(first[1], first[2], 12)
    alone = [one.format(row12=row12, col12=col12, all=",".join(PLANTED)) for one in ALONE]
    with httpx.Client(base_url=planted.url, headers=headers, timeout=60) as client:
        paths = [*alone, *(a for name in PLANTED for a in addresses(planted.routes, name, planted.places[name]))]
        for path in paths:
            response = client.get(path)
            assert response.status_code < 500, (account, path, response.text)
            whole = response.content + str(response.headers).encode()
            for collection, canary in hidden.items():
                assert canary not in whole, (account, path, collection)
            shown |= {name for name, (_, text, _) in PLANTED.items() if text.encode() in whole}
    assert shown == set(PLANTED) - hidden.keys(), "what the charter opens is shown by some door"


@pytest.mark.parametrize("account", CALLERS)
def test_two_doors_never_disagree_on_what_the_charter_says(
    planted: Any, truth: Callable[[str, str, str], Any], account: str
) -> None:
    asked = {
        "query": ("/items?limit=1", "/queryables", "/schema", "/items?limit=1&f=html"),
        "download": ("/items?f=csv&limit=1", "/items?f=gpkg&limit=1"),
        "view": ("/tiles/WebMercatorQuad/14/0/0", "/tiles"),
        "discover": ("?f=json", "/access?f=json", "/access?f=html"),
    }
    headers = {"authorization": f"Bearer {planted.tokens[account]}"} if account != "public" else {}
    with httpx.Client(base_url=planted.url, headers=headers, timeout=60) as client:
        for collection in (
            "adresses",
            "erp",
            "videosurveillance",
            "eclairage-public",
            "voies-cyclables",
            "equipements",
        ):
            for action, tails in asked.items():
                expected = truth(account, action, collection).permitted
                for tail in tails:
                    status = client.get(f"/collections/{collection}{tail}").status_code
                    assert (status not in (401, 403, 404)) == expected or (
                        expected and tail.endswith("/0/0") and status == 404
                    ), (account, collection, action, tail, status)


def test_every_door_answers_head_and_options_without_more_than_get(planted: Any) -> None:
    with httpx.Client(base_url=planted.url, timeout=60) as client:
        for path in addresses(planted.routes, "erp", planted.places["erp"]):
            got, head, options = client.get(path), client.head(path), client.options(path)
            assert head.status_code == got.status_code, path
            assert head.content == b""
            assert options.status_code < 500
            assert b"CANARI" not in options.content + str(options.headers).encode() + str(head.headers).encode()


def test_a_route_cannot_be_mounted_without_an_action(planted: Any) -> None:
    assert len(planted.routes) > 20
    for route in planted.routes:
        assert route.every_action
        assert (
            route.pool != "none"
            or set(route.every_action) <= {"open", "execute"}
            or route.pattern.startswith(
                # which confirm rights themselves: a body that was read cannot be read again; or a pool of their own
                (
                    "/deposits",
                    "/desk",
                    "/why",
                    "/harvest",
                    "/inventory",
                    "/open-data",
                    "/remarks",
                    "/collections/{collection}/remarks",
                    "/collections/{collection}/opening",
                )
            )
        ), route.pattern


FILTERS = (
    "contact_nom=CANARI-CONTACT",
    "filter=contact_nom='CANARI-CONTACT'",
    "filter=contact_nom%20IS%20NULL",
    "filter=CASEI(contact_nom)=CASEI('x')",
    "filter=id='x'%20OR%20contact_nom%20LIKE%20'C%25'",
    "sortby=contact_nom",
    "sortby=-contact_nom",
    "properties=id,contact_nom",
    'filter-lang=cql2-json&filter={"op":"isNull","args":[{"property":"contact_nom"}]}',
)


@pytest.mark.parametrize("query", FILTERS)
def test_a_hidden_attribute_is_the_same_as_one_that_does_not_exist(planted: Any, query: str) -> None:
    for route in ("/items", "/tiles/WebMercatorQuad/14/5634/8297"):
        hidden = planted.get(f"/collections/erp{route}?{query}", "other-partner")
        missing = planted.get(f"/collections/erp{route}?{query.replace('contact_nom', 'contact_xyz')}", "other-partner")
        assert hidden.status_code == missing.status_code == 400, (route, hidden.text)
        told = [response.json() for response in (hidden, missing)]
        for document in told:
            document.pop("remedy", None)  # the nearest of the words this caller knows: another word, another neighbour
        assert str(told[0]).replace("contact_nom", "contact_xyz") == str(told[1])
        assert "contact_" not in hidden.json().get("remedy", "")
    whole = planted.get(f"/collections/erp/items?{query}&limit=1", "emergency")
    assert whole.status_code == 200


def test_the_full_text_search_finds_nothing_in_hidden_attributes(planted: Any) -> None:
    seen = planted.get("/collections/erp/items?q=CANARI-CONTACT", "other-partner").json()
    assert seen["numberMatched"] == 0
    assert planted.get("/collections/erp/items?q=CANARI-CONTACT", "emergency").json()["numberMatched"] == 1


def test_a_territory_limit_holds_on_items_counts_and_single_items(planted: Any) -> None:
    path = "/collections/eclairage-public/items"
    item = planted.places["eclairage-public"][0]
    page = planted.get(f"{path}?limit=5000", "other-partner").json()
    assert {f["properties"]["commune_insee"] for f in page["features"]} == {"92026"}
    assert page["numberMatched"] == len(page["features"])
    assert planted.get(f"{path}/{item}", "other-partner").status_code == 404
    assert planted.get(f"{path}?commune_insee=92012", "other-partner").json()["numberMatched"] == 0
    ept = planted.get(f"{path}?limit=10000", "ept").json()
    assert len({f["properties"]["commune_insee"] for f in ept["features"]}) > 1
