"""The committee's cases: every scenario file is answered as it expects, here and in the founding material."""

from pathlib import Path

import pytest

from mig_idg.charter.scenario import answer, differences, parse

HERE = Path(__file__).parent / "scenarios"
SHARED = Path(__file__).parents[2] / "../shared/charter/scenarios"


def disagreements(path):
    scenario = parse(path.read_text("utf-8"), str(path))
    assert scenario.questions
    assert not scenario.remarks
    for question in scenario.questions:
        told = answer(question, scenario.facts)
        assert question.expect, f"{path.name}: « {question.name} » expects nothing"
        for key in differences(question.expect, told):
            yield f"{path.name}:{question.line} {question.name}: {key} = {told.get(key)}, expected {question.expect[key]}"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yml")), ids=lambda path: path.stem)
def test_each_case_of_the_committee_is_answered_as_it_expects(path):
    assert list(disagreements(path)) == []


@pytest.mark.reference
def test_the_founding_scenarios_are_answered_as_they_expect():
    if not SHARED.is_dir():
        pytest.skip("../shared/charter/scenarios is not there")
    paths = sorted(SHARED.glob("*.yml"))
    assert paths
    assert [line for path in paths for line in disagreements(path)] == []


def test_our_cases_state_every_rule_of_the_book():
    stated = set()
    for path in HERE.glob("*.yml"):
        scenario = parse(path.read_text("utf-8"), str(path))
        stated |= {answer(question, scenario.facts)["rule"] for question in scenario.questions}
    assert stated == {
        "A0",
        "A1",
        "A2",
        "B1",
        "B2",
        "B3",
        "B4",
        "B4b",
        "B5",
        "B5b",
        "B6",
        "B6b",
        "B7",
        "B8",
        "B9",
        "B10",
        "B10b",
        "B11",
    }
