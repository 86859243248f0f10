"""Checks before opening, answered on a page."""

from __future__ import annotations

from typing import Any

OWNED = "equipements"
PATH = f"/collections/{OWNED}/opening"


def test_at_a_desk_an_owner_answers_and_the_answer_shows_at_the_door(own_service: Any, person: Any) -> None:
    department = person("pilot")
    assert "Contrôles avant l" in department.get("/desk/owner").text
    done = department.do("open-answer", dataset=OWNED, question="secrets", verdict="clear", reason="Rien de secret.")
    assert "Rien de secret." in done.text
    (secrets,) = [one for one in own_service.get(PATH, "pilot").json()["checks"] if one["check"] == "secrets"]
    assert (secrets["verdict"], secrets["reason"]) == ("clear", "Rien de secret.")
