"""The rule book proved for all worlds, and formulas that say what the Python says."""

import json
from dataclasses import replace

import pytest
import worlds
import yaml
from click.testing import CliRunner
from worlds_scale import SCALE

from mig_idg.charter import DEFAULTS, RULEBOOK, decide
from mig_idg.charter.conditions import CONDITIONS
from mig_idg.charter.facts import ROLES, Agreement
from mig_idg.charter.proofs import kinds
from mig_idg.charter.proofs import world as formulas
from mig_idg.charter.proofs.properties import EVERY_ACTION, PROPERTIES, Question
from mig_idg.charter.proofs.run import prove
from mig_idg.charter.proofs.source import NotFollowed, follow, memoised, truth
from mig_idg.charter.rulebook import TEXT, parse
from mig_idg.charter.scenario import answer
from mig_idg.charter.scenario import parse as read_scenario
from mig_idg.cli.charter import command

BY_ID = {one.id: one for one in PROPERTIES}
OTHER_READINGS = {
    "default_terms": "all_partners",
    "late_joiner": "co_owner",
    "former_owner": "closed",
    "ept_shared": "never",
    "ept_act": "automatic",
    "ept_area": "annex_1",
    "former_commune": "refused",
    "contractors": "never",
}


@pytest.mark.slow
def test_every_property_holds_in_every_world():
    told = {verdict.property.id: verdict for verdict in prove()}
    assert {id: verdict.sentence().en for id, verdict in told.items() if not verdict.proved} == {}
    assert len(told) == len(PROPERTIES)


# a change of the rule book, and the property that must deny it
WRONG = {
    "a whole exception lets view through": ("forbid-is-final", lambda r: r["A1"]["actions"].remove("view")),
    "an exception masks nothing": ("exception-never-widens", lambda r: r["A1"].pop("masks")),
    "a take-down spares everybody": (
        "forbid-is-final",
        lambda r: r["A2"]["any"].remove("data_are_withdrawn_from_everyone"),
    ),
    "a co-owner outlives the charter": ("after-the-charter", lambda r: r["B4"]["when"].remove("body_is_adherent")),
    "the pilot reads": ("pilot-reads-nothing", lambda r: r["B2"]["actions"].append("view")),
    "an owner and a contractor at once": ("one-answer", lambda r: r["B7"]["when"].remove("body_is_not_adherent")),
    "an EPT passes on drafts": ("closed-by-default", lambda r: r["B6"]["when"].remove("data_are_validated")),
    "an owner's transfer is lost": ("title-opens", lambda r: r["B8"]["any"].remove("the_owner_transferred_the_data")),
    "anybody validates": (
        "committee-validates",
        lambda r: r["B5b"]["when"].remove("body_sits_in_the_technical_committee"),
    ),
    "terms let execute what they don't let read": (
        "readers-execute",
        lambda r: r["B3"]["when"].remove("terms_let_it_read_what_it_executes"),
    ),
    "an exception doesn't stop a process": ("forbid-is-final", lambda r: r["A1"]["actions"].remove("execute")),
    "a take-down doesn't stop a process": ("forbid-is-final", lambda r: r["A2"]["actions"].remove("execute")),
}
SHOWN_FOR = {
    "committee-validates": "validate",
    "after-the-charter": "contribute",
    "readers-execute": "execute",
}


def changed(change):
    told = yaml.safe_load(TEXT)
    change({rule["id"]: rule for rule in told["rules"]})
    return parse(yaml.safe_dump(told, allow_unicode=True))


@pytest.mark.parametrize("wrong", WRONG)
def test_a_rule_changed_wrongly_is_denied_by_a_scenario_that_decide_answers_alike(wrong):
    wanted, change = WRONG[wrong]
    book = changed(change)
    action = "execute" if "a process" in wrong else SHOWN_FOR.get(wanted, "view")
    (verdict,) = prove(book, [BY_ID[wanted]], [action])
    assert not verdict.proved
    assert verdict.why is None, verdict.why
    told = [read_scenario(text, name) for name, text in verdict.scenarios()]
    assert told
    for scenario in told:
        (question,) = scenario.questions
        assert answer(question, scenario.facts, book)["ok"]
    assert any(not answer(s.questions[0], s.facts)["ok"] for s in told), "the right rule book answers otherwise"


def test_the_example_is_small():
    _, change = WRONG["the pilot reads"]
    (verdict,) = prove(changed(change), [BY_ID["pilot-reads-nothing"]], ["view"])
    for shown in verdict.example:
        assert len(shown.facts.memberships) == 1
        assert not shown.facts.delegations
        assert not shown.facts.datasets["d"].exceptions


def agrees(facts, organisation, roles, action, book, grace=0):
    """What `decide` and the formulas say of one question, in the same words."""
    decision = decide(worlds.request(organisation, roles, action, str(kinds.DAY)), facts, book)
    asker = formulas.Asker(organisation, {role: role in roles for role in ROLES})
    told = formulas.ask(formulas.known_world(facts, grace), asker, action, book)
    bases = tuple(rule for rule in told.permits if told.basis(rule) is True)
    stated = [rule for rule in (*told.forbids, *told.permits, "B11") if told.stated(rule) is True]
    expected = (decision.rule, *decision.other) if decision.permitted else ()
    return (told.permitted, bases, stated) == (decision.permitted, expected, [decision.rule])


def some_agreement(facts, number):
    """Terms on agreement for some actions, which the drawn worlds have not."""
    dataset = facts.datasets["d"]
    if dataset.terms is None or number % 3:
        return facts
    given = (Agreement("NANTERRE", frozenset({"view"})), Agreement("BUREAU", frozenset({"query", "download"})))
    return replace(facts, datasets={"d": replace(dataset, terms=replace(dataset.terms, agreements=given))})


@pytest.mark.slow
def test_formulas_and_decide_agree_on_thousands_of_small_worlds():
    asked = 0
    for number, (_, facts, questions) in enumerate(worlds.draw(seed=1414)):
        facts = some_agreement(facts, number)
        for organisation, roles, action, _ in questions:
            assert agrees(facts, organisation, roles, action, RULEBOOK), (facts, organisation, roles, action)
            asked += 1
        if asked >= 2400 * SCALE:
            break


@pytest.mark.parametrize("setting", OTHER_READINGS)
def test_formulas_and_decide_agree_in_the_other_readings(setting):
    book = RULEBOOK.read_as(replace(DEFAULTS, **{setting: OTHER_READINGS[setting]}))
    for number, (_, facts, questions) in enumerate(worlds.draw(seed=15)):
        for organisation, roles, action, _ in questions:
            assert agrees(facts, organisation, roles, action, book), (facts, organisation, roles, action)
        if number >= 6:
            break


def test_every_condition_has_its_formula():
    """One that no formula follows stops the proofs; it is never left out."""
    question = Question(kinds.Unknown(), "view", RULEBOOK)
    for name, condition in CONDITIONS.items():
        assert not isinstance(truth(memoised(condition, [question.asked.answer.case])), str), name


def a_condition_not_followed(case):
    return sum(1 for _ in case.dataset.exceptions) > 2


def test_a_condition_without_formula_stops_the_proofs(monkeypatch):
    question = Question(kinds.Unknown(), "view", RULEBOOK)
    with pytest.raises(NotFollowed):
        follow(a_condition_not_followed, question.asked.answer.case)
    a_condition_not_followed.__module__ = "mig_idg.charter.conditions"
    rules = tuple(replace(r, when=(a_condition_not_followed,)) if r.id == "B1" else r for r in RULEBOOK.rules)
    (verdict,) = prove(replace(RULEBOOK, rules=rules), [BY_ID["forbid-is-final"]], ["view"])
    assert not verdict.proved
    assert "no formula" in verdict.why


def test_a_fact_without_formula_stops_the_proofs(monkeypatch):
    assert kinds.without_formula() == []
    monkeypatch.setattr(kinds, "NOT_TABLES", kinds.NOT_TABLES - {"names"})
    (verdict,) = prove(RULEBOOK, [BY_ID["forbid-is-final"]], ["view"])
    assert not verdict.proved
    assert "Facts.names" in verdict.why


def test_every_action_is_proved():
    assert {*EVERY_ACTION} > RULEBOOK.rule("B1").actions


def test_the_command_says_what_is_proved():
    done = CliRunner().invoke(command, ["prove", "committee-validates", "--json"], standalone_mode=False)
    (told,) = json.loads(done.output)
    assert told["proved"] is True
    assert told["scenarios"] == {}
    assert done.return_value == 0


def test_a_counterexample_is_written_where_asked(tmp_path, monkeypatch):
    from mig_idg.charter.proofs import run

    book = changed(WRONG["anybody validates"][1])
    monkeypatch.setattr(run.prove, "__defaults__", (book, *run.prove.__defaults__[1:]))
    done = CliRunner().invoke(
        command, ["prove", "committee-validates", "--out", str(tmp_path / "denied")], standalone_mode=False
    )
    assert done.return_value == 1
    written = (tmp_path / "denied/committee-validates.yml").read_text("utf-8")
    scenario = read_scenario(written, "committee-validates.yml")
    assert answer(scenario.questions[0], scenario.facts, book)["ok"]


def test_without_z3_one_sentence_says_what_to_install(monkeypatch):
    import importlib.util

    from mig_idg.errors import Unavailable

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = CliRunner().invoke(command, ["prove"], standalone_mode=False)
    assert isinstance(done.exception, Unavailable)
    assert "pip install z3-solver" in done.exception.remedy.fr
