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


def test_the_pilot_registers_a_standard_and_an_owner_says_what_conforms(own_service: Any, person: Any) -> None:
    department = person("pilot")
    said = {"standard": "scdl", "version": "2", "title": "SCDL équipements", "scope": "territorial"}
    department.do("standard-register", published="2026-01-05", evidence="décision : 3", **said)
    assert "conforme à la version 2" in department.do("standard-follow", dataset=OWNED, standard="scdl|2").text
    (conform,) = own_service.get("/open-data/standards").json()["conform"]
    assert (conform["dataset"], conform["version"]) == (OWNED, "2")
    assert person("other-partner").get("/desk/acts/standard-register").status_code == 403


def test_a_body_says_its_size_and_its_duty_follows_on_the_board(own_service: Any, person: Any) -> None:
    done = person("owner").do(
        "open-body", organisation="92050", inhabitants="96807", agents="2400", evidence="INSEE : 1"
    )
    assert "doit publier" in done.text
    bodies = own_service.get("/open-data").json()["bodies"]
    assert next(one for one in bodies if one["organisation"] == "92050")["duty"] == "obliged"
