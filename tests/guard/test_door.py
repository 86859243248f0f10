"""A route cannot be written without naming its action; the literal segment wins."""

from __future__ import annotations

import pytest

from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route, Router


async def nothing(request: Request) -> Response:
    return Response()


def test_a_door_is_found_with_the_values_of_its_names() -> None:
    routes = Router(
        [
            Route("/", "listing", nothing),
            Route("/collections/{collection}/items", "query", nothing),
            Route("/collections/{collection}/items/{item}", "query", nothing),
            Route("/static/{*file}", "open", nothing, pool="none"),
        ]
    )
    found = routes.find("/collections/adresses/items/12")
    assert found is not None
    assert found[1] == {"collection": "adresses", "item": "12"}
    assert routes.find("/static/css/a.css") is not None
    for path in ("/collections", "/collections/x/items/1/2", "/collections//items", "/static", "/nope", ""):
        assert routes.find(path) is None, path


def test_a_literal_segment_wins_over_a_name() -> None:
    routes = Router([Route("/a/{b}", "query", nothing), Route("/a/fixed", "open", nothing)])
    found = routes.find("/a/fixed")
    assert found is not None
    assert found[0].pattern == "/a/fixed"


def test_two_doors_at_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="two routes"):
        Router([Route("/a/{b}", "query", nothing), Route("/a/{c}", "query", nothing)])


def test_a_door_names_an_action_of_the_charter() -> None:
    with pytest.raises(ValueError, match="unknown action"):
        Route("/a", "peek", nothing)
    with pytest.raises(ValueError, match="must list"):
        Route("/a", lambda method, query, headers: "query", nothing)


def test_a_computed_action_stays_within_its_list() -> None:
    route = Route("/a", lambda method, query, headers: query["x"], nothing, actions=("query",))
    assert route.asks("GET", {"x": "query"}, {}) == "query"
    with pytest.raises(ValueError, match="not listed"):
        route.asks("GET", {"x": "download"}, {})
