"""A route cannot be written without naming its action; the literal segment wins."""

from __future__ import annotations

import pytest

from mig_idg.guard.answer import Answer
from mig_idg.guard.door import Door, Doors
from mig_idg.guard.visit import Visit


async def nothing(visit: Visit) -> Answer:
    return Answer()


def test_a_door_is_found_with_the_values_of_its_names() -> None:
    doors = Doors(
        [
            Door("/", "listing", nothing),
            Door("/collections/{collection}/items", "query", nothing),
            Door("/collections/{collection}/items/{item}", "query", nothing),
            Door("/static/{*file}", "open", nothing, lanes="none"),
        ]
    )
    found = doors.find("/collections/adresses/items/12")
    assert found is not None
    assert found[1] == {"collection": "adresses", "item": "12"}
    assert doors.find("/static/css/a.css") is not None
    for path in ("/collections", "/collections/x/items/1/2", "/collections//items", "/static", "/nope", ""):
        assert doors.find(path) is None, path


def test_a_literal_segment_wins_over_a_name() -> None:
    doors = Doors([Door("/a/{b}", "query", nothing), Door("/a/fixed", "open", nothing)])
    found = doors.find("/a/fixed")
    assert found is not None
    assert found[0].pattern == "/a/fixed"


def test_two_doors_at_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="two doors"):
        Doors([Door("/a/{b}", "query", nothing), Door("/a/{c}", "query", nothing)])


def test_a_door_names_an_action_of_the_charter() -> None:
    with pytest.raises(ValueError, match="unknown action"):
        Door("/a", "peek", nothing)
    with pytest.raises(ValueError, match="must list"):
        Door("/a", lambda method, query, headers: "query", nothing)


def test_a_computed_action_stays_within_its_list() -> None:
    door = Door("/a", lambda method, query, headers: query["x"], nothing, actions=("query",))
    assert door.asks("GET", {"x": "query"}, {}) == "query"
    with pytest.raises(ValueError, match="not listed"):
        door.asks("GET", {"x": "download"}, {})
