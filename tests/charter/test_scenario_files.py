"""Reading scenario files: what is understood, and what is refused with its line and the way out."""

from datetime import date

import pytest

from mig_idg import charter
from mig_idg.charter.located_yaml import CHARACTERS, DEPTH, Mapping, Scalar, Sequence, read
from mig_idg.charter.scenario import answer, differences, parse
from mig_idg.errors import InvalidDeclaration

HEAD = """world:
  charter: {from: 2022-01-01, to: 2027-01-01}
  memberships:
    - {organisation: NANTERRE, from: 2022-01-01}
  datasets:
    d:
      kind: mutualised
      state: published
      owner: OWN
      attributes: [geom, name]
      metadata: public
      terms: {mode: all_partners, actions: [view]}
"""
QUESTION = """questions:
  - name: reads
    organisation: NANTERRE
    action: view
    dataset: d
    on: 2026-06-01
    expect: {outcome: permit}
"""


def refused(text):
    with pytest.raises(InvalidDeclaration) as problem:
        parse(text, "f.yml")
    return problem.value


def only(text):
    scenario = parse(text, "f.yml")
    (question,) = scenario.questions
    return question, scenario


def test_a_plain_file_is_understood():
    question, scenario = only(HEAD + QUESTION)
    assert (question.name, question.line, question.request.on) == ("reads", 14, date(2026, 6, 1))
    told = answer(question, scenario.facts)
    assert list(told) == ["name", "outcome", "rule", "article", "reason", "hidden", "obligations", "other", "ok"]
    assert (told["outcome"], told["rule"], told["ok"]) == ("permit", "B3", True)
    assert scenario.remarks == ()


def test_the_reason_is_in_the_language_asked_for():
    question, scenario = only(HEAD + QUESTION)
    assert answer(question, scenario.facts)["reason"].startswith("Les modalités")
    assert answer(question, scenario.facts, lang="en")["reason"].startswith("The terms")


def test_dates_may_be_quoted_or_not_and_on_is_never_true():
    for written in ("on: 2026-06-01", "on: '2026-06-01'", "'on': \"2026-06-01\"", "on:   2026-06-01   # a Monday"):
        question, _ = only(HEAD + QUESTION.replace("on: 2026-06-01", written))
        assert question.request.on == date(2026, 6, 1)


def test_codes_and_words_are_never_read_as_numbers_or_booleans():
    text = (HEAD + QUESTION).replace("NANTERRE", "92050")
    question, scenario = only(text)
    assert question.request.organisation == "92050"
    assert answer(question, scenario.facts)["rule"] == "B3"
    question, scenario = only((HEAD + QUESTION).replace("NANTERRE", "NO"))
    assert answer(question, scenario.facts)["rule"] == "B3"


def test_rows_are_told_when_a_permit_limits_them_and_never_of_a_refusal():
    limited = HEAD.replace("actions: [view]", "actions: [view], rows: own_territory").replace("NANTERRE", "'92050'")
    for text, rows in ((limited, ["92050"]), (limited.replace("[view]", "[query]"), None), (HEAD, None)):
        question, scenario = only(text + QUESTION.replace("NANTERRE", "'92050'"))
        assert answer(question, scenario.facts).get("rows") == rows


def test_lists_are_compared_whatever_their_order_and_words_letter_by_letter():
    assert differences({"hidden": ["b", "a"]}, {"hidden": ["a", "b"]}) == ()
    assert differences({"article": "Charte MIG, § 2.3"}, {"article": "Charte MIG, § 3.2"}) == ("article",)


def test_nothing_expected_is_neither_right_nor_wrong():
    question, scenario = only(HEAD + QUESTION.replace("    expect: {outcome: permit}\n", ""))
    assert question.expect is None
    assert answer(question, scenario.facts)["ok"] is None


def test_a_question_without_a_name_is_numbered_and_without_an_organisation_is_the_publics():
    text = HEAD + QUESTION.replace("name: reads\n    organisation: NANTERRE\n    ", "")
    question, _ = only(text)
    assert (question.name, question.request.organisation, question.request.roles) == ("question 1", None, frozenset())


@pytest.mark.parametrize(
    ("expect", "ok"),
    [
        ("{outcome: deny}", False),
        ("{rule: B3}", True),
        ("{rule: B1}", False),
        ("{obligations: [OWNER_CREDIT, LOG, MENTION_MIG, DISCLAIMER]}", True),
        ("{obligations: [LOG]}", False),
        ("{hidden: []}", True),
        ("{hidden: [name]}", False),
        ("{other: []}", True),
        ("{other: [B9]}", False),
        ("{rows: []}", False),
        ("{article: 'Charte MIG, glossaire, § 3.2.1'}", True),
        ("{article: '004 glossaire, §3.2.1'}", True),
        ("{article: 'Charte MIG, § 9'}", False),
        ("{reason: no}", False),
        ("{}", True),
    ],
)
def test_any_subset_of_an_answer_can_be_expected(expect, ok):
    question, scenario = only(HEAD + QUESTION.replace("{outcome: permit}", expect))
    assert answer(question, scenario.facts)["ok"] is ok


def test_the_reason_can_be_expected_word_for_word():
    question, scenario = only(HEAD + QUESTION)
    reason = answer(question, scenario.facts)["reason"]
    question, scenario = only(HEAD + QUESTION.replace("{outcome: permit}", f'{{reason: "{reason}"}}'))
    assert answer(question, scenario.facts)["ok"] is True


@pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
def test_every_way_of_writing_nothing_is_understood_unless_it_is_quoted(null):
    question, _ = only(HEAD + QUESTION.replace("organisation: NANTERRE\n    a", f"organisation: {null}\n    a"))
    assert question.request.organisation is None
    if null:
        question, _ = only(HEAD + QUESTION.replace("organisation: NANTERRE\n    a", f"organisation: '{null}'\n    a"))
        assert question.request.organisation == null


def test_absent_bounds_an_absent_charter_and_null_are_unbounded():
    for span in ("", "  charter: {}\n", "  charter: null\n", "  charter: {from: ~, to: }\n"):
        text = HEAD.replace("  charter: {from: 2022-01-01, to: 2027-01-01}\n", span)
        question, scenario = only(text + QUESTION.replace("2026-06-01", "2999-01-01"))
        assert answer(question, scenario.facts)["rule"] == "B3"


def test_what_is_absent_is_closed():
    question, scenario = only(HEAD.replace("      terms: {mode: all_partners, actions: [view]}\n", "") + QUESTION)
    assert answer(question, scenario.facts)["rule"] == "B11"
    for terms in (
        "{actions: [view]}",
        "{mode: all_partners}",
        "{mode: named, actions: [view]}",
        "{mode: on_agreement, actions: [view]}",
    ):
        question, scenario = only(HEAD.replace("{mode: all_partners, actions: [view]}", terms) + QUESTION)
        assert answer(question, scenario.facts)["rule"] == "B11", terms
    _, scenario = only(HEAD.replace("mode: all_partners, ", "") + QUESTION)
    assert scenario.facts.datasets["d"].terms.mode == "closed"


def test_anchors_and_merges_serve_to_say_a_thing_once():
    text = (
        HEAD.replace("    d:\n", "    d: &d\n")
        + "    e: {<<: *d, owner: NANTERRE}\n"
        + QUESTION.replace("dataset: d", "dataset: e")
    )
    question, scenario = only(text)
    assert scenario.facts.datasets["e"].attributes == ("geom", "name")
    assert answer(question, scenario.facts)["rule"] == "B1"
    text = HEAD + "    e: {<<: [{owner: A, kind: mutualised}, {owner: B, state: draft}]}\n" + QUESTION
    assert parse(text, "f").facts.datasets["e"].owner == "A"


def test_a_quoted_merge_sign_is_a_key_like_another():
    assert list(read("'<<': {a: b}\n", "f").items) == ["<<"]
    assert list(read("<<: {a: b}\n", "f").items) == ["a"]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("memberships:", "membership:", 3, "memberships"),
        ("owner: OWN", "ownr: OWN", 9, "owner"),
        ("organisation: NANTERRE, from", "organization: NANTERRE, from", 4, "organisation"),
        ("mode: all_partners", "mode: all_partner", 12, "all_partners"),
        ("kind: mutualised", "kind: mutualized", 7, "mutualised"),
        ("state: published", "state: publised", 8, "published"),
        ("state: published", "state: validated", 8, "archived"),
        ("metadata: public", "metadata: publc", 11, "public"),
        ("actions: [view]", "actions: [veiw]", 12, "view"),
        ("actions: [view]", "actions: view", 12, "list"),
        ("from: 2022-01-01}\n  datasets", "from: 2022-13-01}\n  datasets", 4, "date"),
        ("from: 2022-01-01}\n  datasets", "from: 2022-02-30}\n  datasets", 4, "2022-02-28"),
        ("on: 2026-06-01", "on: 2026-06-31", 18, "2026-06-30"),
        ("on: 2026-06-01", "on: tomorrow", 18, "date"),
        ("on: 2026-06-01", "on: 01/06/2026", 18, "date"),
        ("on: 2026-06-01", "on: 2026-06-01T00:00:00", 18, "2026-06-01"),
        ("on: 2026-06-01", "on: [2026-06-01]", 18, "word"),
        ("    on: 2026-06-01\n", "", 14, "on"),
        ("    action: view\n", "", 14, "action"),
        ("    dataset: d\n", "", 14, "dataset"),
        ("action: view", "action: ''", 16, "word"),
        ("organisation: NANTERRE\n", "organisation: {a: b}\n", 15, "word"),
        ("organisation: NANTERRE\n", "organisation: NANTERRE\n    roles: [pilot]\n", 16, "pilot_staff"),
        ("      kind: mutualised\n", "", 7, "kind"),
        ("      state: published\n", "", 7, "state"),
        ("expect: {outcome: permit}", "expect: {outcom: permit}", 19, "outcome"),
        ("expect: {outcome: permit}", "expect: {outcome: allow}", 19, "permit"),
        ("expect: {outcome: permit}", "expect: {rule: B33}", 19, "B3"),
        ("expect: {outcome: permit}", "expect: [permit]", 19, "mapping"),
        ("name: reads", "name: reads\n    name: again", 15, "twice"),
        ("world:", "wrld:", 1, "world"),
        ("questions:", "question:", 13, "questions"),
        ("questions:\n", "questions: none\nx:\n", 14, "unknown key"),
        ("  memberships:\n    - {organisation: NANTERRE, from: 2022-01-01}\n", "  memberships: NANTERRE\n", 3, "list"),
        ("    - {organisation: NANTERRE, from: 2022-01-01}\n", "    - NANTERRE\n", 4, "mapping"),
        ("    - {organisation: NANTERRE, from: 2022-01-01}\n", "    - {from: 2022-01-01}\n", 4, "organisation"),
        ("terms: {mode: all_partners, actions: [view]}", "terms: closed", 12, "mapping"),
        ("metadata: public", "metadata: public\n      exceptions: [{ground: E9}]", 12, "E0"),
        ("metadata: public", "metadata: public\n      exceptions: [{attributes: [name]}]", 12, "ground"),
        ("metadata: public", "metadata: public\n      takedown: everyone", 12, "all"),
        ("actions: [view]", "actions: [view], allows_contractors: maybe", 12, "true"),
        ("actions: [view]", "actions: [view], rows: mine", 12, "own_territory"),
    ],
)
def test_a_slip_is_refused_with_its_line_and_what_was_expected(old, new, line, words):
    text = (HEAD + QUESTION).replace(old, new, 1)
    assert text != HEAD + QUESTION
    problem = refused(text)
    assert problem.line == line, problem.text("en")
    assert problem.text("en").startswith(f"f.yml:{line}: ")
    assert words in problem.text("en")
    assert problem.text("fr") != problem.text("en")


@pytest.mark.parametrize("value", ["! x", "!!str 012", "!!timestamp 2026-06-01", "!!seq [x]", "!!map {x: y}"])
def test_tags_that_only_say_what_is_written_are_accepted(value):
    assert read(f"a: {value}\n", "f") == read(f"a: {value.split(' ', 1)[1]}\n", "f")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("a: [1\n", 2, "malformed"),
        ("a: b: c\n", 1, "malformed"),
        ("a: \x07", 1, "character"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("a: !env HOME\n", 1, "tag"),
        ("a: *nobody\n", 1, "anchor"),
        ("a: &a [*a]\n", 1, "anchor"),
        ("? [a, b]\n: c\n", 1, "key"),
        ("a: 1\nb: 2\na: 3\n", 3, "line 1"),
        ("a:\n  <<: word\n", 2, "mapping"),
        ("[" * (DEPTH + 2) + "]" * (DEPTH + 2), 1, f"{DEPTH} levels"),
        ("? " * (DEPTH + 2) + "a", 1, f"{DEPTH} levels"),
        ("a: [\n" + "b," * 10 + "\n{c: {c: " * 100, 18, "levels"),
        ("- x\n", 1, "mapping"),
        ("just words\n", 1, "mapping"),
        ("x" * (CHARACTERS + 1), 1, "characters"),
    ],
)
def test_what_is_not_a_scenario_is_refused_in_one_sentence(text, line, words):
    problem = refused(text)
    assert (problem.line, words in problem.text("en")) == (line, True), problem.text("en")


def test_a_file_of_eight_million_characters_and_thirty_two_levels_is_read_and_no_more():
    assert read("x" * 8_000_000, "f").line == 1
    assert read("[" * 33 + "]" * 33, "f").line == 1
    for text in ("x" * 8_000_001, "[" * 34 + "]" * 34):
        with pytest.raises(InvalidDeclaration):
            read(text, "f")


def test_a_bomb_of_aliases_is_refused_before_it_explodes():
    bomb = "a0: &a0 [" + ",".join("x" * 10) + "]\n"
    bomb += "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9))
    problem = refused(bomb)
    assert problem.line == 6
    assert "aliases" in problem.text("en")


def test_aliases_are_counted_by_what_they_stand_for():
    many = "a: &a [" + ",".join(["x"] * 199_999) + "]\none: &one x\n"
    assert isinstance(read(many + "b: [*a, *a]\n", "f"), Mapping)
    with pytest.raises(InvalidDeclaration):
        read(many + "b: [*a, *a, *one]\n", "f")


def test_nodes_remember_their_lines_and_what_was_typed():
    node = read("a:\n  - 012\n  - 'on'\nb: ~\n", "f")
    assert node.items["a"] == Sequence((Scalar("012", True, 2), Scalar("on", False, 3)), 2, 3)
    assert node.lines == {"a": 1, "b": 4}
    assert (node.size, node.line, node.items["b"].size) == (7, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("from: 2022-01-01}\n  datasets", "from: 2022-01-01, to: 2021-01-01}\n  datasets", 4, "no day"),
        ("from: 2022-01-01}\n  datasets", "from: 2022-01-01, to: 2022-01-01}\n  datasets", 4, "no day"),
        ("metadata: public", "metadata: public\n      licence: LO-2", 12, "LO-2.0"),
        ("actions: [view]", "actions: [view], hidden_attributes: [nmae]", 7, "nmae"),
        ("metadata: public", "metadata: public\n      exceptions: [{ground: E1, attributes: [nmae]}]", 7, "nmae"),
        ("dataset: d\n", "dataset: dd\n", 17, "“d”"),
        ("dataset: d\n", "dataset: zzzzzz\n", 17, "zzzzzz"),
    ],
)
def test_what_is_probably_a_slip_is_answered_and_remarked(old, new, line, words):
    scenario = parse((HEAD + QUESTION).replace(old, new, 1), "f.yml")
    (remark,) = scenario.remarks
    assert (remark.file, remark.line) == ("f.yml", line)
    assert words in remark.text.en
    assert remark.text.fr != remark.text.en
    assert len(scenario.questions) == 1


def test_other_licences_are_not_remarked():
    for licence in ("LO-2.0", "ODbL-1.0", "restricted"):
        text = (HEAD + QUESTION).replace("metadata: public", f"metadata: public\n      licence: {licence}")
        assert parse(text, "f").remarks == ()


def test_every_field_of_the_format_reaches_the_facts():
    text = """
world:
  ept_communes: [{ept: E, commune: C, from: 2020-01-01, to: 2030-01-01}]
  sub_distributions: [{ept: E, commune: C, acknowledged: yes, datasets: [d], rows: own_territory, to: 2030-01-01}]
  delegations: [{delegator: A, contractor: B, acknowledged: true, datasets: [d], from: 2020-01-01}]
  third_party_transfers: [{giver: A, recipient: B, dataset: d, acknowledged: False}]
  datasets:
    d:
      kind: coproduced
      state: submitted
      co_owners: [A]
      working_group: [B]
      takedown: public
      licence: LO-2.0
      metadata: partners
      frozen_audience: []
      exceptions:
        - {ground: E4, attributes: [a], objection_proved: on, law_allows: no, beneficiaries: [A], from: 2020-01-01}
      terms:
        mode: named
        named: [A]
        agreed: [B]
        actions: [view]
        hidden_attributes: [a]
        extends_to_ept_communes: true
        allows_contractors: true
        rows: own_territory
        from: 2020-01-01
        to: 2030-01-01
      attributes: [a]
questions: []
"""
    facts = parse(text, "f").facts
    day, end = date(2020, 1, 1), date(2030, 1, 1)
    (link,), (act,), (mandate,), (transfer,) = (
        facts.ept_communes,
        facts.sub_distributions,
        facts.delegations,
        facts.third_party_transfers,
    )
    assert (link.ept, link.commune, link.span.start, link.span.end) == ("E", "C", day, end)
    assert (act.ept, act.commune, act.acknowledged, act.datasets, act.rows, act.span.end) == (
        "E",
        "C",
        True,
        {"d"},
        "own_territory",
        end,
    )
    assert (mandate.delegator, mandate.contractor, mandate.acknowledged, mandate.datasets, mandate.span.start) == (
        "A",
        "B",
        True,
        {"d"},
        day,
    )
    assert (transfer.giver, transfer.recipient, transfer.dataset, transfer.acknowledged) == ("A", "B", "d", False)
    d = facts.datasets["d"]
    assert (d.kind, d.state, d.co_owners, d.working_group, d.attributes) == (
        "coproduced",
        "submitted",
        {"A"},
        {"B"},
        ("a",),
    )
    assert (d.takedown, d.licence, d.metadata, d.frozen_audience, d.owner) == (
        "public",
        "LO-2.0",
        "partners",
        frozenset(),
        None,
    )
    (exception,) = d.exceptions
    assert (exception.ground, exception.attributes, exception.beneficiaries) == ("E4", {"a"}, {"A"})
    assert (exception.objection_proved, exception.law_allows, exception.span.start) == (True, False, day)
    assert (d.terms.mode, d.terms.named, d.terms.agreed, d.terms.actions) == ("named", {"A"}, {"B"}, {"view"})
    assert (d.terms.hidden_attributes, d.terms.rows, d.terms.span.start, d.terms.span.end) == (
        {"a"},
        "own_territory",
        day,
        end,
    )
    assert (d.terms.extends_to_ept_communes, d.terms.allows_contractors) == (True, True)


def test_a_world_of_five_thousand_questions_is_read_and_answered():
    text = (
        HEAD
        + "questions:\n"
        + "  - {organisation: NANTERRE, action: view, dataset: d, on: 2026-06-01, expect: {rule: B3}}\n" * 5000
    )
    scenario = parse(text, "f")
    assert all(answer(question, scenario.facts)["ok"] for question in scenario.questions)
    assert scenario.questions[-1].line == 5013


WORDS = {
    ("mutualised", "state"): ["draft", "published", "archived"],
    ("coproduced", "state"): ["proposed", "structured", "consolidated", "submitted", "validated", "rejected"],
    ("mutualised", "metadata"): ["public", "partners", "hidden"],
    ("mutualised", "takedown"): ["public", "all"],
}


@pytest.mark.parametrize(("kind", "key", "word"), [(k, key, w) for (k, key), words in WORDS.items() for w in words])
def test_every_word_of_the_format_is_understood(kind, key, word):
    told = {"kind": kind, "state": "published" if kind == "mutualised" else "validated", key: word}
    inside = ", ".join(f"{k}: {v}" for k, v in told.items())
    facts = parse(f"world: {{datasets: {{d: {{{inside}}}}}}}\nquestions: []\n", "f").facts
    assert getattr(facts.datasets["d"], key) == word


def test_every_mode_ground_role_and_action_of_the_format_is_understood():
    for mode in ("all_partners", "named", "on_agreement", "closed"):
        text = HEAD.replace("all_partners", mode) + QUESTION
        assert parse(text, "f").facts.datasets["d"].terms.mode == mode
    for ground in ("E0", "E1", "E2", "E3", "E4", "E5", "E6"):
        text = HEAD + f"      exceptions: [{{ground: {ground}}}]\n" + QUESTION
        assert parse(text, "f").facts.datasets["d"].exceptions[0].ground == ground
    text = HEAD + QUESTION.replace("    action", "    roles: [pilot_staff, technical_committee]\n    action")
    assert only(text)[0].request.roles == {"pilot_staff", "technical_committee"}
    actions = "view, query, download, subscribe, discover, contribute, configure, publish_open, redistribute, grant, validate, audit, takedown"
    assert (
        len(
            parse(HEAD.replace("actions: [view]", f"actions: [{actions}]") + QUESTION, "f")
            .facts.datasets["d"]
            .terms.actions
        )
        == 13
    )


def test_facts_that_say_nothing_are_closed():
    assert not charter.SubDistribution("e", "c").acknowledged
    assert not charter.Delegation("a", "b").acknowledged
    assert not charter.Transfer("a", "b", "d").acknowledged
    terms = charter.Terms()
    assert (terms.mode, terms.actions, terms.extends_to_ept_communes, terms.allows_contractors) == (
        "closed",
        frozenset(),
        False,
        False,
    )
    restriction = charter.Restriction("E4")
    assert (restriction.objection_proved, restriction.law_allows) == (False, False)
    assert charter.Dataset("d", "mutualised", "draft").metadata == "public"
    assert charter.Facts().number == 0


@pytest.mark.parametrize(
    ("word", "meant"),
    [(word, True) for word in ("true", "True", "yes", "YES", "on")]
    + [(word, False) for word in ("false", "False", "no", "NO", "off", "~")],
)
def test_every_way_of_saying_yes_or_no_is_understood(word, meant):
    text = HEAD.replace("actions: [view]", f"actions: [view], allows_contractors: {word}") + QUESTION
    assert parse(text, "f").facts.datasets["d"].terms.allows_contractors is meant


@pytest.mark.parametrize(
    ("written", "proposed"),
    [
        ("2026-6-5", "2026-06-05"),
        ("2026-06-05 at noon", "2026-06-05"),
        ("2026-1-1", "2026-01-01"),
        ("2026-12-32", "2026-12-31"),
        ("2026-06-05T00:00:00Z", "2026-06-05"),
        ("01/06/2026", "2026-06-01"),
        ("31.6.2026", "2026-06-30"),
        ("2026-06-055", None),
        ("01/06/20261", None),
        ("01/13/2026", None),
        ("0001-02-30", "0001-02-28"),
        ("2026-13-01", None),
        ("2026-00-10", None),
        ("2026-06-00", None),
        ("0000-06-01", None),
        ("2026-06", None),
        ("June", None),
    ],
)
def test_a_day_that_is_none_is_answered_with_the_nearest_day_when_there_is_one(written, proposed):
    problem = refused(HEAD + QUESTION.replace("on: 2026-06-01", f"on: {written}"))
    assert f"“{written}” is not a date (YYYY-MM-DD)" in problem.text("en")
    assert (problem.remedy.en if problem.remedy else None) == (f"Did you mean “{proposed}”?" if proposed else None)


def test_what_looks_like_nothing_known_is_answered_with_all_that_is_expected():
    assert refused(HEAD.replace("owner: OWN", "zzzzzzzzz: OWN") + QUESTION).remedy.en.startswith(
        "Expected: attributes, co_owners, exceptions, "
    )
    assert refused(HEAD.replace("metadata: public", "metadata: zzzzz") + QUESTION).remedy.en == (
        "Expected: hidden, partners, public."
    )
    assert refused(HEAD.replace("owner: OWN", "ownr: OWN") + QUESTION).remedy.en == "Did you mean “owner”?"
    assert refused(HEAD.replace("metadata: public", "metadata: publc") + QUESTION).remedy.en == "Did you mean “public”?"


def test_a_word_made_of_blanks_is_no_word_and_blanks_around_a_date_do_not_matter():
    assert "word" in refused(HEAD + QUESTION.replace("action: view", "action: '  '")).text("en")
    assert only(HEAD + QUESTION.replace("on: 2026-06-01", "on: ' 2026-06-01 '"))[0].request.on == date(2026, 6, 1)


def test_the_wrong_word_of_a_list_is_told_on_its_own_line():
    text = HEAD.replace("actions: [view]}", "actions: [\n        view,\n        veiw,\n        query]}") + QUESTION
    assert refused(text).line == 14


def test_a_world_without_datasets_knows_none():
    question, scenario = only("world: {}\n" + QUESTION)
    assert answer(question, scenario.facts)["rule"] == "A0"
    assert [remark.text.fr for remark in scenario.remarks] == ["jeu de données inconnu : « d »."]


PLACES = """world:
  charter: {from: 2022-01-01}
  memberships: [{organisation: A}]
  ept_communes: [{ept: E, commune: C}]
  sub_distributions: [{ept: E, commune: C}]
  delegations: [{delegator: A, contractor: B}]
  third_party_transfers: [{giver: A, recipient: B, dataset: d}]
  datasets:
    d:
      kind: mutualised
      state: published
      terms: {mode: on_agreement, agreed: [A, {organisation: B, actions: [view]}]}
      exceptions: [{ground: E1}]
questions:
  - {action: view, dataset: d, on: 2026-06-01, expect: {outcome: deny}}
"""


@pytest.mark.parametrize(
    ("after", "where"),
    [
        ("", "scénario"),
        ("world:\n  ", "world"),
        ("charter: {", "charter"),
        ("memberships: [{", "memberships"),
        ("ept_communes: [{", "ept_communes"),
        ("sub_distributions: [{", "sub_distributions"),
        ("delegations: [{", "delegations"),
        ("third_party_transfers: [{", "third_party_transfers"),
        ("    d:\n      ", "datasets, d"),
        ("terms: {", "terms"),
        ("agreed: [A, {", "terms, agreed"),
        ("exceptions: [{", "exceptions"),
        ("questions:\n  - {", "question 1"),
        ("expect: {", "expect"),
    ],
)
def test_a_key_that_no_place_has_is_told_with_its_place(after, where):
    parse(PLACES, "f.yml")
    written = f"{after}zzz: 1" + (
        "\n" if after == "" else ", " if after.endswith("{") else "\n" + after.rpartition("\n")[2]
    )
    problem = refused(PLACES.replace(after, written, 1))
    assert problem.detail.fr.endswith(f"{where} : clé inconnue « zzz ».")
    assert problem.detail.en.endswith(f"{where}: unknown key “zzz”.")
    assert problem.remedy.fr.startswith("Attendu : ")


def test_an_agreement_for_some_actions_opens_those_only():
    text = PLACES.replace(
        "memberships: [{organisation: A}]", "memberships: [{organisation: A}, {organisation: B}, {organisation: C}]"
    )
    text = text.replace("terms: {", "terms: {actions: [view, query], ").replace(
        "dataset: d, on", "organisation: B, dataset: d, on"
    )
    text = text.replace("      exceptions: [{ground: E1}]\n", "")
    for who, action, rule in (("B", "view", "B3"), ("B", "query", "B11"), ("A", "query", "B3"), ("C", "view", "B11")):
        question, scenario = only(
            text.replace("organisation: B, dataset", f"organisation: {who}, dataset").replace(
                "action: view, org", f"action: {action}, org"
            )
        )
        assert answer(question, scenario.facts)["rule"] == rule


def test_an_agreement_that_names_no_action_opens_none():
    text = PLACES.replace("{organisation: B, actions: [view]}", "{organisation: B}")
    (agreement,) = parse(text, "f.yml").facts.datasets["d"].terms.agreements
    assert (agreement.organisation, agreement.actions) == ("B", frozenset())


def test_an_agreement_names_its_body_and_known_actions():
    problem = refused(PLACES.replace("{organisation: B, actions: [view]}", "{actions: [view]}"))
    assert problem.detail.fr.endswith("terms, agreed : « organisation » est attendu.")
    problem = refused(PLACES.replace("actions: [view]}]", "actions: [vew]}]"))
    assert problem.remedy.fr == "Vouliez-vous dire « view » ?"
    problem = refused(PLACES.replace("agreed: [A,", "agreed: [[A],"))
    assert problem.detail.fr.endswith("terms, agreed : un mot est attendu.")
