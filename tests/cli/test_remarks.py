"""`mig-idg remarks`: listed, shown, moved, reminded."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from mig_idg.cli import messages
from mig_idg.cli.remarks import command
from mig_idg.database import connect
from mig_idg.errors import Problem, Text
from mig_idg.registry import remarks, seed
from mig_idg.registry.remarks import About, Said


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield lambda *words, **more: CliRunner().invoke(command, words, **more)
    messages.settings.cache_clear()


@pytest.fixture
def number(database_url: str) -> int:
    about = About("adresses", organisation="92050", title=Text("Adresses", "Addresses"))
    said = Said("question", "Où est la rue du Port ?", "fr", name="Jeanne Canari", email="j@canari.example")
    with connect(database_url) as owner:
        return remarks.receive(owner, about, said, datetime(2026, 6, 15, 8, tzinfo=UTC), date(2026, 6, 15), days=30)


def test_remarks_are_listed_without_who_wrote_and_shown_whole(run: Any, number: int) -> None:
    rows = json.loads(run("list", "--on", "2026-07-20", "--late", "--json").output)
    assert rows[0]["id"] == number
    assert rows[0]["late"] is True
    assert "anari" not in run("list").output + json.dumps(rows)
    assert json.loads(run("list", "--collection", "autre", "--json").output) == []
    assert "Où est la rue du Port ?" in run("show", str(number)).output
    assert json.loads(run("show", str(number), "--json").output)["author_name"] == "Jeanne Canari"


def test_an_answer_is_written_and_the_order_of_states_holds(run: Any, number: int) -> None:
    assert isinstance(run("move", str(number), "answered").exception, Problem)
    told = run("move", str(number), "answered", "--answer", "Au nord.", "--publish", "--json")
    assert json.loads(told.output) == {"id": number, "state": "answered", "public": True}
    for words in ((str(number), "received"), (str(number), "repondue"), ("999999", "closed")):
        assert isinstance(run("move", *words).exception, Problem), words


def test_late_answers_are_reminded_once(run: Any, number: int) -> None:
    first = json.loads(run("remind", "--on", "2026-07-20", "--json").output)["told"]
    assert first >= 1
    assert json.loads(run("remind", "--on", "2026-07-20", "--json").output) == {"told": 0}


def test_a_request_is_passed_on_to_the_body_that_holds_the_data(run: Any, number: int, database_url: str) -> None:
    with connect(database_url) as owner:
        seed.potential_partners(owner)
    told = run("assign", str(number), "Clichy", "--json")
    assert json.loads(told.output) == {"id": number, "organisation": "92024"}, told.output
    assert isinstance(run("assign", str(number), "Clichy").exception, Problem)
    course = json.loads(run("show", str(number), "--json").output)["course"]
    assert course[-1]["words"] == "→ 92024"


def test_what_came_by_phone_is_recorded_with_the_same_delay(run: Any, database_url: str) -> None:
    told = run(
        "write", "Il manque une rue.", "--body", "92024", "--kind", "publication", "--on", "2026-06-15", "--json"
    )
    number = json.loads(told.output)["id"]
    assert json.loads(run("show", str(number), "--json").output)["due"] == "2026-07-15"
    assert isinstance(run("write", "x", "--body", "92024").exception, Problem)
    assert isinstance(run("write", "Une rue", "--collection", "nexistepas").exception, Problem)


def test_who_wrote_is_forgotten_a_year_after_the_end(run: Any, number: int) -> None:
    run("move", str(number), "closed")
    assert json.loads(run("show", str(number), "--json").output)["author_email"] == "j@canari.example"
    run("remind", "--on", "2029-01-01")
    assert json.loads(run("show", str(number), "--json").output)["author_email"] is None
