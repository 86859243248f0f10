"""The committee's cases, lived by the registry: the same answers as the pure function gives on the file."""

from datetime import date
from pathlib import Path

import pytest

from mig_idg.charter.scenario import answer, differences, parse
from mig_idg.registry import facts, worlds

HERE = Path(__file__).parents[1] / "charter" / "scenarios"
SHARED = Path(__file__).parents[2] / "../shared/charter/scenarios"


def disagreements(path, conn, record):
    """Every question whose answer differs once the world has been through the database."""
    scenario = parse(path.read_text("utf-8"), str(path))
    worlds.remember(conn, scenario.facts, record)
    loaded = {day: facts.load(conn, day) for day in {question.request.on for question in scenario.questions}}
    for question in scenario.questions:
        described = answer(question, scenario.facts)
        lived = answer(question, loaded[question.request.on])
        same = {key: lived[key] for key in ("outcome", "rule", "hidden", "obligations", "other")}
        if differences(same, described) or lived.get("rows") != described.get("rows"):
            yield f"{path.name}:{question.line} {question.name}: {same}, described {described}"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yml")), ids=lambda path: path.stem)
def test_a_case_of_the_committee_is_answered_the_same_from_the_database(path, bare, on):
    assert list(disagreements(path, bare, on(date(2026, 1, 1)))) == []


@pytest.mark.reference
@pytest.mark.parametrize("name", ["w00p00", "w01p00"])
def test_a_founding_case_is_answered_the_same_from_the_database(name, bare, on):
    assert list(disagreements(SHARED / f"{name}.yml", bare, on(date(2026, 1, 1)))) == []
