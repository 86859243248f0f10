"""`decide` against the table of rules said a second time, and the promises of its docstring."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from itertools import chain, combinations, product

import oracle
import pytest
import worlds
from worlds import facts, read, request
from worlds_scale import SCALE

from mig_idg import charter
from mig_idg.charter import RULEBOOK, decide
from mig_idg.charter.views import View, joined

CASES = int(120_000 * SCALE)
KEYS = ("outcome", "rule", "hidden", "obligations", "other")


def told(decision):
    return {
        "outcome": decision.outcome,
        "rule": decision.rule,
        "hidden": sorted(decision.hidden),
        "obligations": list(decision.obligations),
        "other": list(decision.other),
    }


def test_the_rule_book_and_its_naive_restatement_never_disagree():
    met, cases = Counter(), 0
    for world, known, questions in worlds.draw(seed=20220101):
        for organisation, roles, action, day in questions:
            decision = decide(request(organisation, roles, action, day), known)
            assert told(decision) == oracle.ask(world, organisation, roles, action, "d", day), (
                world,
                organisation,
                roles,
                action,
                day,
            )
            met.update([decision.rule, *(f"also {rule}" for rule in decision.other)])
            cases += 1
        if cases > CASES:
            break
    rare = {rule.id: met[rule.id] for rule in (*RULEBOOK.rules, RULEBOOK.silence) if met[rule.id] < 50 * SCALE}
    assert not rare, f"the drawn worlds hardly meet {rare}"
    assert min(met[f"also {rule}"] for rule in ("B3", "B6", "B6b", "B7", "B8", "B9", "B10")) >= int(10 * SCALE)


def subsets(words):
    return chain.from_iterable(combinations(words, n) for n in range(len(words) + 1))


def test_every_coproduction_of_one_body_is_decided_as_the_table_says():
    """Exhaustive: state × membership × co-owner × group × roles × metadata × takedown × action, for one body."""
    actions = [*oracle.READ, *oracle.OTHERS, "fly"]
    count = 0
    for state, partner, owns, works, metadata, takedown in product(
        ["proposed", "structured", "consolidated", "submitted", "validated", "rejected"],
        [True, False],
        [["X"], []],
        [["X"], []],
        ["public", "partners", "hidden"],
        [None, "public", "all"],
    ):
        dataset = {
            "kind": "coproduced",
            "state": state,
            "co_owners": owns,
            "working_group": works,
            "metadata": metadata,
            "attributes": ["a"],
        }
        dataset |= {"takedown": takedown} if takedown else {}
        world = {"memberships": [{"organisation": "X"}] if partner else [], "datasets": {"d": dataset}}
        known = facts(world)
        for roles, action in product(subsets(["pilot_staff", "technical_committee"]), actions):
            count += 1
            decision = decide(request("X", roles, action, "2026-06-01"), known)
            assert told(decision) == oracle.ask(world, "X", roles, action, "d", "2026-06-01"), (world, roles, action)
    assert count == 6 * 2 * 2 * 2 * 3 * 3 * 4 * 15


def test_every_shared_dataset_of_one_owner_is_decided_as_the_table_says():
    """Exhaustive: state × mode × audience × frozen × licence × exception × who × action."""
    actions = ["view", "discover", "contribute", "redistribute", "publish_open", "validate"]
    exceptions = [
        [],
        [{"ground": "E1"}],
        [{"ground": "E5", "beneficiaries": ["X"], "attributes": ["a"]}],
        [{"ground": "E1", "attributes": ["b"]}, {"ground": "E2", "attributes": ["a"]}],
    ]
    for state, mode, audience, frozen, licence, exception, partner in product(
        ["draft", "published", "archived"],
        ["all_partners", "named", "on_agreement", "closed"],
        [["X"], []],
        [None, ["X"], []],
        [None, "LO-2.0", "ODbL-1.0", "restricted"],
        exceptions,
        [True, False],
    ):
        terms = {
            "mode": mode,
            "named": audience,
            "agreed": audience,
            "actions": ["view", "redistribute"],
            "hidden_attributes": ["b"],
        }
        dataset = {
            "kind": "mutualised",
            "state": state,
            "owner": "O",
            "attributes": ["a", "b"],
            "terms": terms,
            "exceptions": exception,
        }
        dataset |= {"licence": licence} if licence else {}
        dataset |= {} if frozen is None else {"frozen_audience": frozen}
        members = [{"organisation": "O"}, *([{"organisation": "X"}] if partner else [])]
        world = {"memberships": members, "datasets": {"d": dataset}}
        known = facts(world)
        for who, action in product([None, "O", "X"], actions):
            decision = decide(request(who, [], action, "2026-06-01"), known)
            assert told(decision) == oracle.ask(world, who, [], action, "d", "2026-06-01"), (world, who, action)


ONE = """
world:
  memberships: [{organisation: X}]
  datasets:
    d: {kind: mutualised, state: published, owner: X, attributes: [a], metadata: public, licence: LO-2.0}
"""


def test_a_condition_that_raises_refuses_and_names_the_rule():
    def unreadable(case):
        raise OSError("the registry is on fire")

    unreadable.__name__ = "licence_is_open"
    rules = tuple(replace(r, when=(unreadable,)) if r.id == "B9" else r for r in RULEBOOK.rules)
    decision = decide(request("X", [], "view", "2026-06-01"), read(ONE), replace(RULEBOOK, rules=rules))
    assert (decision.outcome, decision.rule, decision.failed) == ("deny", "A0", "B9")
    assert "B9" in decision.reason.fr
    assert "could not be evaluated" in decision.reason.en
    assert "fire" not in decision.reason.en
    verdicts = {line.rule: line.held for line in decision.consulted}
    assert verdicts["B9"] is None
    assert verdicts["B1"] is True
    (line,) = (line for line in decision.consulted if line.rule == "B9")
    assert (line.why.fr, line.why.en) == ("la règle B9 n'a pas pu être évaluée", "rule B9 could not be evaluated")


def test_a_forbid_that_raises_refuses_too():
    def unreadable(case):
        raise ValueError

    unreadable.__name__ = "an_exception_covers_everything"
    rules = tuple(replace(r, when=(unreadable,)) if r.id == "A1" else r for r in RULEBOOK.rules)
    decision = decide(request("X", [], "view", "2026-06-01"), read(ONE), replace(RULEBOOK, rules=rules))
    assert (decision.rule, decision.failed) == ("A0", "A1")


@pytest.mark.parametrize(
    ("action", "dataset", "on", "word"),
    [
        ("veiw", "d", date(2026, 6, 1), "view"),
        ("view", "dd", date(2026, 6, 1), "d"),
        ("view", "d", None, None),
        ("view", "d", "2026-06-01", None),
        ("view", "d", datetime(2026, 6, 1), None),  # noqa: DTZ001 (not a day)
    ],
)
def test_what_cannot_be_read_is_refused_and_the_nearest_word_proposed(action, dataset, on, word):
    decision = decide(charter.AccessRequest("X", frozenset(), action, dataset, on), read(ONE))
    assert (decision.outcome, decision.rule, decision.rows) == ("deny", "A0", frozenset())
    assert decision.reason.fr
    if word:
        assert f"« {word} »" in decision.remedy.fr
    assert next(line.rule for line in decision.consulted if line.held) == "A0"


def test_of_an_unknown_dataset_only_the_first_rule_is_told_to_hold():
    decision = decide(request("X", [], "view", "2026-06-01", "dd"), read(ONE))
    assert [line.rule for line in decision.consulted if line.held] == ["A0"]
    assert decision.consulted[1].why.en == "the dataset is unknown"


def test_a_decision_carries_the_number_of_its_facts():
    known = replace(read(ONE), number=42)
    assert decide(request("X", [], "view", "2026-06-01"), known).facts == 42
    assert decide(request("X", [], "validate", "2026-06-01"), known).facts == 42


def test_every_rule_is_consulted_in_the_order_of_the_book_and_those_that_hold_are_those_stated():
    decision = decide(request("X", [], "view", "2026-06-01"), read(ONE))
    assert [line.rule for line in decision.consulted] == [rule.id for rule in RULEBOOK.rules]
    assert [line.rule for line in decision.consulted if line.held] == [decision.rule, *decision.other]
    assert all(line.why.fr and line.why.en for line in decision.consulted)


def test_what_is_consulted_agrees_with_what_is_decided_on_random_worlds():
    seen = 0
    for _, known, questions in worlds.draw(seed=7):
        for organisation, roles, action, day in questions:
            decision = decide(request(organisation, roles, action, day), known)
            held = [line.rule for line in decision.consulted if line.held]
            if decision.permitted:
                assert held == [decision.rule, *decision.other]
            elif decision.rule == "B11":
                assert held == []
            else:
                assert held[0] == decision.rule
            assert decision.reason.fr
            assert decision.reason.en
            assert "{" not in decision.reason.fr + decision.reason.en
            assert (decision.remedy is None) == decision.permitted
            seen += 1
        if seen > 3000:
            break


def test_the_public_owns_nothing_even_where_no_owner_is_recorded():
    nobodys = read(
        "world: {datasets: {d: {kind: mutualised, state: published, attributes: [a], exceptions: [{ground: E1}]}}}"
    )
    assert decide(request(None, [], "view", "2026-06-01"), nobodys).rule == "A1"
    assert decide(request(None, [], "configure", "2026-06-01"), nobodys).rule == "B11"


def test_an_exception_on_attributes_of_a_dataset_that_declares_none_closes_it():
    text = "world: {datasets: {d: {kind: mutualised, state: published, licence: LO-2.0, exceptions: [{ground: E1, attributes: [a]}]}}}"
    assert decide(request(None, [], "view", "2026-06-01"), read(text)).rule == "A1"
    assert (
        decide(
            request(None, [], "view", "2026-06-01"),
            read(text.replace(", exceptions: [{ground: E1, attributes: [a]}]", "")),
        ).rule
        == "B9"
    )


def test_a_later_delegation_that_shows_more_widens_the_view_and_the_first_stays_responsible():
    text = """
world:
  memberships: [{organisation: O}, {organisation: P}]
  delegations:
    - {delegator: P, contractor: C, acknowledged: true}
    - {delegator: O, contractor: C, acknowledged: true}
  datasets:
    d:
      kind: mutualised
      state: published
      owner: O
      attributes: [a, b]
      terms: {mode: all_partners, actions: [view], hidden_attributes: [b], allows_contractors: true}
"""
    decision = decide(request("C", [], "view", "2026-06-01"), read(text))
    assert (decision.rule, decision.hidden) == ("B7", frozenset())
    assert "RESPONSIBLE:P" in decision.obligations


def test_an_act_for_another_commune_or_of_another_ept_serves_nobody_else():
    text = """
world:
  memberships: [{organisation: E}, {organisation: F}]
  ept_communes: [{ept: E, commune: A}, {ept: F, commune: B}]
  sub_distributions: [{ept: E, commune: A, acknowledged: true}, {ept: E, commune: B, acknowledged: true}]
  datasets: {d: {kind: coproduced, state: validated, attributes: [a]}}
"""
    known = read(text)
    assert decide(request("A", [], "view", "2026-06-01"), known).rule == "B6"
    assert decide(request("B", [], "view", "2026-06-01"), known).rule == "B11"


ROWS = """
world:
  memberships: [{organisation: "92050"}, {organisation: ept-t4}, {organisation: ept-t5}, {organisation: O}]
  ept_communes: [{ept: ept-t4, commune: "92050"}, {ept: ept-t4, commune: "92033"}]
  sub_distributions:
    - {ept: ept-t4, commune: "92050", acknowledged: true}
  datasets:
    d:
      kind: mutualised
      state: published
      owner: O
      attributes: [a, b]
      terms: {mode: all_partners, actions: [view], rows: own_territory, hidden_attributes: [b], extends_to_ept_communes: true}
"""


def test_rows_are_limited_to_the_callers_territory_and_an_ept_without_members_has_none():
    known = read(ROWS)
    assert decide(request("92050", [], "view", "2026-06-01"), known).rows == {"92050"}
    assert decide(request("ept-t4", [], "view", "2026-06-01"), known).rows == {"92050", "92033"}
    assert decide(request("ept-t5", [], "view", "2026-06-01"), known).rows == frozenset()
    assert decide(request("O", [], "view", "2026-06-01"), known).rows is None


def test_an_epts_rows_are_those_of_its_members_on_the_day():
    known = read(ROWS.replace('commune: "92033"}', 'commune: "92033", to: 2026-06-01}'))
    assert decide(request("ept-t4", [], "view", "2026-05-31"), known).rows == {"92050", "92033"}
    assert decide(request("ept-t4", [], "view", "2026-06-01"), known).rows == {"92050"}


@pytest.mark.parametrize(("who", "rows"), [("new-ept", {"new-commune"}), ("new-commune", {"new-commune"})])
def test_an_ept_and_a_commune_that_only_the_facts_know_are_limited_to_their_territory(who, rows):
    known = read(
        ROWS.replace(
            "organisation: O}", "organisation: O}, {organisation: new-ept}, {organisation: new-commune}"
        ).replace("ept_communes: [", "ept_communes: [{ept: new-ept, commune: new-commune}, ")
    )
    assert decide(request(who, [], "view", "2026-06-01"), known).rows == rows


@pytest.mark.parametrize(
    ("terms", "act", "rows"),
    [("", "", None), ("own", "", {"92033"}), ("", "own", {"92033"}), ("own", "own", {"92033"})],
)
def test_the_terms_or_the_act_are_enough_to_limit_the_rows_of_an_epts_commune(terms, act, rows):
    own = "rows: own_territory, "
    text = ROWS.replace(own, own if terms else "")
    text = text.replace('commune: "92050", acknowledged', f'commune: "92033", {own if act else ""}acknowledged')
    decision = decide(request("92033", [], "view", "2026-06-01"), read(text))
    assert (decision.rule, decision.rows) == ("B6b", rows)


def test_a_partner_whose_territory_is_not_made_of_communes_has_no_row_limit():
    known = read(ROWS.replace("organisation: O}", "organisation: O}, {organisation: drieat}"))
    assert decide(request("drieat", [], "view", "2026-06-01"), known).rows is None


def test_a_commune_known_to_the_territory_is_limited_even_when_no_ept_is_recorded():
    known = read(ROWS.replace("organisation: O}", 'organisation: O}, {organisation: "92012"}'))
    assert decide(request("92012", [], "view", "2026-06-01"), known).rows == {"92012"}


def test_joined_bases_never_show_a_row_and_a_column_that_no_single_basis_shows():
    columns, rows = frozenset("ab"), frozenset("12")
    every = [
        View(frozenset(hidden), None if seen is None else frozenset(seen))
        for hidden in subsets("ab")
        for seen in (None, *subsets("12"))
    ]

    def pairs(view):
        return {(r, c) for r in (rows if view.rows is None else view.rows) for c in columns - view.hidden}

    for one, two, three in product(every, repeat=3):
        together = joined([one, two, three])
        assert pairs(together) <= pairs(one) | pairs(two) | pairs(three)
        assert len(together.hidden) == min(len(v.hidden) for v in (one, two, three))
        same = [v for v in (one, two, three) if v.hidden == together.hidden]
        assert pairs(together) == set().union(*map(pairs, same))
        assert (together.rows is None) == any(v.rows is None for v in same)


@pytest.mark.parametrize(("limit", "rules"), [("", ("B6", "B7")), ("[c]", ("B6", "B7")), ("[d]", ("B11", "B11"))])
def test_an_act_or_a_delegation_about_some_datasets_serves_those_only(limit, rules):
    text = """
world:
  memberships: [{organisation: E}]
  ept_communes: [{ept: E, commune: A}]
  sub_distributions: [{ept: E, commune: A, acknowledged: true, datasets: LIMIT}]
  delegations: [{delegator: E, contractor: C, acknowledged: true, datasets: LIMIT}]
  datasets: {c: {kind: coproduced, state: validated, co_owners: [E], attributes: [a]}}
"""
    known = read(text.replace("LIMIT", limit))
    assert tuple(decide(request(who, [], "view", "2026-06-01", "c"), known).rule for who in "AC") == rules
