"""What a town clerk reads: the reason of a refusal, and whom to ask."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from worlds import read, request

from mig_idg.charter import RULEBOOK, conditions, decide, views
from mig_idg.charter.citations import cited
from mig_idg.charter.conditions import CONDITIONS
from mig_idg.charter.facts import ACTIONS, GROUNDS
from mig_idg.charter.messages import DEEDS
from mig_idg.charter.messages import GROUNDS as TOLD
from mig_idg.charter.questions import what_would_change
from mig_idg.charter.rulebook import parse
from mig_idg.charter.views import VIEWS

WORLD = """
world:
  charter: {from: 2022-01-01, to: 2027-01-01}
  memberships:
    - {organisation: "92050"}
    - {organisation: departement-92}
    - {organisation: ept-t4}
    - {organisation: "92071", from: 2020-01-01, to: 2021-01-01}
    - {organisation: "92071", from: 2022-01-01, to: 2025-03-10}
    - {organisation: "92012", from: 2026-09-01}
    - {organisation: "92012", from: 2028-09-01}
  ept_communes: [{ept: ept-t4, commune: "92033"}, {ept: ept-t3, commune: "92072"}]
  sub_distributions: [{ept: ept-t4, commune: "92033", acknowledged: true}]
  delegations: [{delegator: "92050", contractor: bureau, acknowledged: true}]
  datasets:
    pcrs: {kind: mutualised, state: published, owner: "92050", attributes: [geom], terms: {mode: named, named: [ept-t4], actions: [view]}}
    accord: {kind: mutualised, state: published, owner: "92050", attributes: [geom], terms: {mode: on_agreement, actions: [view]}}
    ferme: {kind: mutualised, state: published, owner: "92050", attributes: [geom], terms: {mode: closed, actions: [view]}}
    muet: {kind: mutualised, state: published, owner: "92050", attributes: [geom]}
    brouillon: {kind: mutualised, state: draft, owner: "92050", attributes: [geom]}
    anonyme: {kind: mutualised, state: published, attributes: [geom], takedown: all}
    secret: {kind: mutualised, state: published, owner: "92050", attributes: [geom], exceptions: [{ground: E3}, {ground: E1, attributes: [geom]}, {ground: E2, to: 2020-01-01}]}
    commun: {kind: coproduced, state: validated, co_owners: ["92050"], attributes: [geom]}
    secret_commun: {kind: coproduced, state: validated, attributes: [geom], exceptions: [{ground: E6}]}
    travail: {kind: coproduced, state: proposed, attributes: [geom]}
    ouvert: {kind: mutualised, state: published, owner: "92050", attributes: [geom], licence: ODbL-1.0}
"""


def ask(who, dataset, action="view", day="2026-06-01"):
    return decide(request(who, [], action, day, dataset), read(WORLD))


SENTENCES = yaml.load((Path(__file__).parent / "sentences.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
TOLD_WORLD = replace(
    read(yaml.safe_dump({"world": SENTENCES["world"]})),
    names=SENTENCES["names"],
    private=frozenset(SENTENCES["private"]),
)


def put(asked, roles=()):
    """The question of a line of `sentences.yml`, on its world; `who: null` is the public."""
    who = None if asked["who"] == "null" else asked["who"]
    return request(who, asked.get("roles", roles), asked["action"], asked.get("on", "2026-06-01"), asked["dataset"])


def said(line):
    asked = line["asked"]
    return "-".join(str(asked[key]) for key in ("who", "action", "dataset", "on") if key in asked)


@pytest.mark.parametrize("line", SENTENCES["decisions"], ids=said)
def test_a_decision_is_told_word_for_word(line):
    decision = decide(put(line["asked"]), TOLD_WORLD)
    assert decision.rule == line["asked"]["rule"]
    assert (decision.reason.fr, decision.reason.en) == (line["fr"], line["en"])
    remedy = (decision.remedy.fr, decision.remedy.en) if decision.remedy else (None, None)
    assert remedy == (line.get("remedy_fr"), line.get("remedy_en"))


@pytest.mark.parametrize("line", SENTENCES["openings"], ids=said)
def test_what_would_open_is_told_word_for_word(line):
    told = []
    for opening in what_would_change(put(line["asked"]), TOLD_WORLD):
        told += [{"kind": opening.kind, "by": opening.by or "null"}, opening.text.fr, opening.text.en]
    assert told == line["openings"]


@pytest.mark.parametrize("line", SENTENCES["consulted"], ids=said)
def test_every_rule_consulted_is_told_word_for_word(line):
    decision = decide(put(line["asked"], ["technical_committee"]), TOLD_WORLD)
    told = {c.rule: [str(c.held).lower(), c.why.fr, c.why.en] for c in decision.consulted}
    assert told == line["rules"]


def test_no_sentence_elides_or_contracts_wrongly():
    texts = [text for line in SENTENCES["decisions"] for text in (line["fr"], line.get("remedy_fr", ""))]
    texts += [o for line in SENTENCES["openings"] for o in line["openings"][1::3]]
    for text in texts:
        assert not re.search(r"\b(de|à) (le|les|Le|Les) |\bde [AEIOUÉÎaeiouéî]\w*-", text), text
        assert not re.search(r"\b(ept-t\d|\d{5}|004|000|departement-92)\b", text), text


@pytest.mark.parametrize(
    ("owner", "fr", "en"), [('"92050"', "Nanterre", "Nanterre"), ("~", "son propriétaire", "its owner")]
)
def test_a_permit_by_the_owners_terms_names_the_owner_when_there_is_one(owner, fr, en):
    told = f"{{kind: mutualised, state: published, owner: {owner}, terms: {{mode: all_partners, actions: [view]}}}}"
    known = read(f"world: {{memberships: [{{organisation: X}}], datasets: {{d: {told}}}}}")
    reason = decide(request("X", [], "view", "2026-06-01"), known).reason
    assert reason.fr == f"Les modalités fixées par {fr} autorisent X, partenaire, à voir « d » sur une carte."
    assert reason.en == f"The terms set by {en} let X, a partner, see “d” on a map."


def test_a_partner_refused_by_the_terms_is_not_told_that_it_is_no_partner():
    assert "n'est pas partenaire" not in ask("departement-92", "pcrs").reason.fr
    assert "is not a partner" not in ask(None, "pcrs").reason.en


def test_a_commune_that_left_its_ept_is_not_sent_back_to_it():
    text = WORLD.replace('commune: "92033"}, {ept: ept-t3', 'commune: "92033", to: 2026-06-01}, {ept: ept-t3')
    known = read(text)
    text = text.replace(
        'commune: "92033", acknowledged: true}', 'commune: "92033", acknowledged: true, to: 2026-05-01}'
    )
    known = read(text)
    assert "Ask the EPT Paris Ouest" in decide(request("92033", [], "view", "2026-05-31", "commun"), known).remedy.en
    assert decide(request("92033", [], "view", "2026-06-01", "commun"), known).remedy.en.startswith(
        "Apply for membership"
    )


def test_an_ept_is_not_asked_for_shared_data_that_it_may_not_pass_on():
    """§ 3.6 is of coproduced data: for others the owner must first extend its terms."""
    assert "Ask Nanterre, the owner, to extend" in ask("92033", "pcrs").remedy.en


def test_of_an_unknown_action_no_rule_on_known_actions_is_told_to_apply():
    lines = {line.rule: line.why.en for line in ask("92050", "pcrs", "dowload").consulted}
    assert lines["A1"] == lines["B3"] == "does not concern this action"


def test_an_unknown_action_proposes_the_nearest():
    decision = ask("92050", "pcrs", "dowload")
    assert decision.reason.fr == "Action inconnue : « dowload »."
    assert decision.remedy.en == "Did you mean “download”?"


def test_a_charter_that_never_was_is_said():
    known = replace(read(WORLD), charter=None)
    assert (
        "Aucune charte n'est en vigueur"
        in decide(request("92050", [], "view", "2026-06-01", "commun"), known).reason.fr
    )


def test_a_charter_without_end_that_has_not_begun_is_said_to_begin():
    text = WORLD.replace("charter: {from: 2022-01-01, to: 2027-01-01}", "charter: {from: 2030-01-01}")
    reason = decide(request("92050", [], "view", "2026-06-01", "commun"), read(text)).reason
    assert "n'entre en vigueur que le 01/01/2030" in reason.fr
    assert "only comes into force on 2030-01-01" in reason.en


def test_a_membership_that_has_an_end_and_has_not_begun_is_said_to_begin():
    text = WORLD.replace('"92012", from: 2026-09-01}', '"92012", from: 2026-09-01, to: 2027-09-01}')
    reason = decide(request("92012", [], "view", "2026-06-01", "commun"), read(text)).reason
    assert "only starts on 2026-09-01" in reason.en


def test_a_permit_needs_no_remedy():
    assert ask("92050", "pcrs").remedy is None


def test_a_rule_that_gives_way_says_to_which():
    text = "world: {memberships: [{organisation: X}], datasets: {d: {kind: coproduced, state: submitted, working_group: [X], attributes: [a]}}}"
    decision = decide(request("X", ["technical_committee"], "view", "2026-06-01"), read(text))
    line = next(line for line in decision.consulted if line.rule == "B5b")
    assert (line.held, line.why.fr, line.why.en) == (False, "s'efface devant B5", "gives way to B5")


def test_every_ground_and_every_action_has_its_words():
    assert set(TOLD) == set(GROUNDS)
    assert set(DEEDS) == ACTIONS


def test_an_article_is_cited_under_the_name_people_give_its_text():
    told = cited("000 art. 13 ; 004 §3.4")
    assert (told.fr, told.en) == (
        "convention Tarn-et-Garonne, art. 13 ; Charte MIG, § 3.4",
        "Tarn-et-Garonne convention, art. 13; MIG charter, § 3.4",
    )
    told = cited("004 glossaire, §3.2.1")
    assert (told.fr, told.en) == ("Charte MIG, glossaire, § 3.2.1", "MIG charter, glossary, § 3.2.1")


def test_every_condition_and_view_keeps_its_own_name_in_its_module():
    assert all(getattr(conditions, name) is function for name, function in CONDITIONS.items())
    assert all(getattr(views, name) is function for name, function in VIEWS.items())


def test_every_condition_is_used_and_has_one_sentence():
    used = {c.__name__ for rule in RULEBOOK.rules for c in (*rule.when, *rule.any)}
    assert used == set(CONDITIONS)
    for condition in CONDITIONS.values():
        assert condition.__doc__.strip().endswith(".")
        assert "\n" not in condition.__doc__.strip()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("when: [body_is_the_owner,", "when: [body_is_the_ownr,"),
        ("view: everything", "view: everythng"),
        ("actions: [discover]", "actions: [discovr]"),
        ("actions: known", "actions: knwn"),
        ("  licence_is_open: {", "  licence_is_opn: {"),
    ],
)
def test_a_rule_book_with_a_word_nobody_defines_is_refused(old, new):
    from mig_idg.charter.rulebook import TEXT

    assert old in TEXT
    with pytest.raises(ValueError):
        parse(TEXT.replace(old, new, 1))


def test_a_rule_with_a_key_no_rule_has_is_refused():
    from mig_idg.charter.rulebook import TEXT

    with pytest.raises(TypeError):
        parse(TEXT.replace("    masks: exceptions", "    masks: exceptions\n    hides: all", 1))


def test_a_rule_is_found_by_its_id():
    assert RULEBOOK.rule("B4b").id == "B4b"
    assert RULEBOOK.rule("B11") is RULEBOOK.silence
    with pytest.raises(KeyError):
        RULEBOOK.rule("B12")


def test_a_dataset_that_nobody_knows_is_named_in_the_refusal():
    decision = ask("92050", "pcsr")
    assert (decision.rule, decision.reason.fr) == ("A0", "Jeu de données inconnu : « pcsr ».")
    assert decision.reason.en == "Unknown dataset: “pcsr”."
