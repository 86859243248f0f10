"""Whatever JSON or filter arrives at whichever route: an answer in our words, never a server error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

ID, LIST = {"property": "id"}, [{"property": "id"}, {"property": "nom"}]
FILTERS: list[Any] = [
    {"op": "isNull", "args": [[{"property": "id"}]]},
    {"op": "isNull", "args": [LIST]},
    {"op": "isNull", "args": [[]]},
    {"op": "isNull", "args": [[[[1]]]]},
    {"op": "isNull", "args": [{"interval": ["..", ".."]}]},
    {"op": "isNull", "args": [None]},
    {"op": "isNull", "args": [{"op": "isNull", "args": [ID]}]},
    {"op": "isNull", "args": [{"type": "Point", "coordinates": [2.2, 48.8]}]},
    {"op": "not", "args": [LIST]},
    {"op": "and", "args": [LIST, LIST]},
    {"op": "=", "args": [LIST, LIST]},
    {"op": "=", "args": [ID, None]},
    {"op": "=", "args": [[], []]},
    {"op": "in", "args": [ID, []]},
    {"op": "in", "args": [ID, [[1]]]},
    {"op": "in", "args": [LIST, LIST]},
    {"op": "between", "args": [ID, LIST, LIST]},
    {"op": "like", "args": [LIST, "x"]},
    {"op": "+", "args": [[1]]},
    {"op": "casei", "args": [LIST]},
    {"op": "s_intersects", "args": [LIST, LIST]},
    {"op": "s_intersects", "args": [{"type": "Point", "coordinates": [2, 48]}, {"type": "Point", "coordinates": [2, 48]}]},
    {"op": "s_intersects", "args": [{"bbox": [2, 48, 3, 49]}, {"bbox": [2, 48, 3, 49]}]},
    {"op": "t_after", "args": [LIST, {"interval": ["..", ".."]}]},
    {"op": "t_during", "args": [{"interval": ["..", ".."]}, {"interval": [ID, ID]}]},
    {"op": "a_contains", "args": [LIST, LIST]},
    {"op": "a_equals", "args": [ID, [1]]},
    {"op": "a_overlaps", "args": [[1], [1]]},
    {"op": None, "args": []},
    {"op": "isNull"},
    {"op": [], "args": {}},
    {"property": LIST},
    {"date": None},
    {"interval": [None, None]},
    {"bbox": [None, 1e308, -1e308, True]},
    {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
    {"type": "Polygon", "coordinates": [[[]]]},
    LIST,
    [],
    None,
    True,
    1e300,
    "x",
]  # fmt: skip
TEXTS = (
    "(id,nom) IS NULL", "((id)) IS NULL", "(id) IS NULL", "('a','b') IS NULL", "INTERVAL('..','..') IS NULL",
    "NOT (id,nom) IS NULL", "(id,nom) = (id,nom)", "id IN ()", "id IN ((1))", "A_EQUALS((id),(nom))", "() IS NULL",
    "CASEI((id)) = 'a'", "T_AFTER((id),(id))", "S_INTERSECTS((geom),(geom))", "POINT(2 48) IS NULL", "NULL IS NULL",
    "S_EQUALS(POINT(2 48),POINT(2 48))", "id IS NULL IS NULL", "(id IS NULL) IS NULL", "1 IS NULL", "BBOX(1,2,3,4) IS NULL",
)  # fmt: skip
DEPTHS = (127, 200, 500, 1000, 1025)


def nested(depth: int) -> list[str]:
    """One body of each way to lie deep."""
    return [
        "[" * depth + "]" * depth,
        '{"a":' * depth + "1" + "}" * depth,
        '{"op":"not","args":[' * depth + "true" + "]}" * depth,
        '{"filter":' + '{"op":"not","args":[' * depth + "true" + "]}" * depth + "}",
        '{"intersects":{"type":"GeometryCollection","geometries":['
        + '{"type":"GeometryCollection","geometries":[' * depth
        + "]}" * depth
        + "]}}",
        '{"type":"Feature","geometry":{"type":"Point","coordinates":'
        + "[" * depth
        + "]" * depth
        + '},"properties":{}}',
        '{"type":"Feature","geometry":null,"properties":{"nom":' + "[" * depth + "]" * depth + "}}",
        '{"evaluations":[{"action":{"name":' + "[" * depth + "]" * depth + "}}]}",
    ]


BODIES = [
    "", "null", "1", '"x"', "[]", "[[]]", "{}", "{", "\x00", "NaN", "1e999", '{"a":1e999}', '"\\ud800"', "9" * 5000,
    '{"limit":' + "9" * 5000 + "}", '{"limit":null,"filter":[],"fields":[],"sortby":[{}],"ids":[[]],"collections":{}}',
    '{"evaluations":[],"options":"x"}', '{"evaluations":[1],"options":[]}', '{"evaluations":{},"options":null}',
    '{"evaluations":[{}],"context":[],"action":[],"resource":1,"subject":true}',
    '{"evaluations":[],"options":{"evaluations_semantic":[]}}',
    '{"action":{"name":"query"},"resource":{"id":"equipements"},"context":{"on":"0001-01-01"}}',
    '{"action":{"name":"query"},"resource":{"id":"equipements"},"context":{"on":"9999-12-31"}}',
    '{"action":{"name":"query"},"resource":{"id":"equipements"},"context":{"on":[]}}',
    '{"action":{"name":"\\u0000"},"resource":{"id":"\\u0000"},"subject":{"id":"\\u0000","properties":[]}}',
    '{"type":"Feature","geometry":{"type":"Point","coordinates":[1e999,NaN]},"properties":{"id":1e999}}',
    '{"type":"Feature","geometry":{"type":"Point","coordinates":null},"properties":[]}',
    '{"fields":{"include":[[1]],"exclude":{}}}', '{"intersects":{"type":[],"coordinates":{}}}',
    *(json.dumps({"filter": one}) for one in FILTERS), *(json.dumps(one) for one in FILTERS),
    *(body for depth in DEPTHS for body in nested(depth)),
]  # fmt: skip
KINDS = ("application/json", "application/geo+json", "application/merge-patch+json", "application/cql2+json")


@pytest.fixture(scope="module")
def client(service: Any) -> Iterator[httpx.Client]:
    """One connection, as the owner."""
    with httpx.Client(base_url=service.url, timeout=30) as made:
        made.headers["authorization"] = f"Bearer {service.tokens['owner']}"
        yield made


def ask(client: httpx.Client, method: str, path: str, **more: Any) -> int:
    response = client.request(method, path, **more)
    assert response.status_code < 500, (method, path[:200], str(more)[:200], response.text)
    return int(response.status_code)


def test_every_door_that_reads_a_body_bears_any_json(service: Any, client: httpx.Client) -> None:
    # /sta/v1.1 is another address of /sensorthings/v1.1: the same handlers
    routes = [route for route in service.routes if route.body_limit and not route.pattern.startswith("/sta/")]
    assert len(routes) > 5
    for route in routes:
        path = (
            route.pattern.replace("{collection}", "equipements")
            .replace("{item}", "1")
            .replace("{process}", "nowhere")
            .replace("{deposit}", "00000000-0000-4000-8000-000000000000")
            .replace("{act}", "terms-set")
            .replace("{token}", "1")
            .replace("{remark}", "1")
            .replace("{proposal}", "proposal-1")
            .replace("{entities}", "Things")
            .replace("{*rest}", "Datastreams")
        )
        assert "{" not in path, "a new name in a pattern: say what fills it"
        for method in {"POST", "PUT", "PATCH"} & set(route.methods):
            kinds = KINDS if "collections" in path else KINDS[:1]
            for kind in kinds:
                for body in BODIES if kind == kinds[0] else BODIES[:40:3] + nested(300):
                    ask(client, method, path, content=body.encode(), headers={"content-type": kind})


@pytest.mark.parametrize(
    "route",
    ["/collections/equipements/items", "/collections/equipements/tiles/WebMercatorQuad/14/5634/8292", "/stac/search",
     "/collections/equipements/items?resulttype=hits", "/collections/adresses/items?f=csv"],
)  # fmt: skip
def test_every_door_that_takes_a_filter_bears_any_filter(client: httpx.Client, route: str) -> None:
    mark = "&" if "?" in route else "?"
    for text in TEXTS:
        ask(client, "GET", f"{route}{mark}filter={quote(text)}")
    for one in FILTERS:
        ask(client, "GET", f"{route}{mark}filter-lang=cql2-json&filter={quote(json.dumps(one))}")
    for depth in DEPTHS:
        for text in ("(" * depth + "1=1" + ")" * depth, "NOT " * depth + "TRUE", "-" * depth + "1=1"):
            ask(client, "GET", f"{route}{mark}filter={quote(text)}")
        for body in nested(depth)[:3]:
            ask(client, "GET", f"{route}{mark}filter-lang=cql2-json&filter={quote(body)}")


def test_a_list_or_a_period_is_never_null_and_says_so(service: Any) -> None:
    response = service.get(f"/collections/equipements/items?filter={quote('(id,nom) IS NULL')}")
    assert response.status_code == 400
    assert "IS NULL" in response.json()["detail"]


def test_a_form_of_a_thousand_fields_is_too_large(client: httpx.Client) -> None:
    form = "&".join(f"a{number}=1" for number in range(1000))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert ask(client, "POST", "/collections/equipements/items", content=form.encode(), headers=kind) == 413
