"""What a town clerk reads: the reason of a refusal, and whom to ask."""

import pytest
from worlds import read, request

from mig_idg.charter import RULEBOOK, conditions, decide, views
from mig_idg.charter.conditions import CONDITIONS
from mig_idg.charter.facts import GROUNDS
from mig_idg.charter.rulebook import parse
from mig_idg.charter.views import VIEWS
from mig_idg.charter.words import GROUNDS as TOLD

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


@pytest.mark.parametrize(
    ("who", "dataset", "day", "fr", "en"),
    [
        (
            "92071",
            "commun",
            "2026-06-01",
            "ancien partenaire : son retrait a pris effet le 10/03/2025",
            "former partner: its withdrawal took effect on 2025-03-10",
        ),
        (
            "92012",
            "commun",
            "2026-06-01",
            "L'adhésion de Boulogne-Billancourt ne commence que le 01/09/2026",
            "only starts on 2026-09-01",
        ),
        ("92073", "commun", "2026-06-01", "Suresnes n'est pas partenaire", "Suresnes is not a partner"),
        (
            "92050",
            "commun",
            "2027-01-01",
            "n'est plus en vigueur depuis le 01/01/2027",
            "no longer in force since 2027-01-01",
        ),
        (
            "92050",
            "commun",
            "2021-12-31",
            "n'entre en vigueur que le 01/01/2022",
            "only comes into force on 2022-01-01",
        ),
        (None, "commun", "2026-06-01", "Aucune règle de la charte n'ouvre cette action au public", "to the public"),
        ("departement-92", "pcrs", "2026-06-01", "pas parmi les destinataires", "not in the audience"),
        (
            "departement-92",
            "accord",
            "2026-06-01",
            "sur accord, et n'en a pas donné",
            "on agreement, and has given none",
        ),
        ("departement-92", "ferme", "2026-06-01", "n'a pas fixé de modalités", "has set no terms"),
        ("departement-92", "muet", "2026-06-01", "n'a pas fixé de modalités", "has set no terms"),
        ("departement-92", "brouillon", "2026-06-01", "ne l'a pas publié", "has not published it"),
        ("departement-92", "travail", "2026-06-01", "ne l'a pas validé", "has not validated it"),
        (
            "departement-92",
            "secret",
            "2026-06-01",
            "Motif : E1, informations nominatives ou couvertes par un secret ; E3, données confidentielles.",
            "Ground: E1, personal data, or data covered by a secret; E3, confidential data.",
        ),
        (
            "92033",
            "commun",
            "2026-06-01",
            "Paris Ouest La Défense, partenaire, met « commun » à disposition de sa commune membre Garches",
            "available to its member commune Garches",
        ),
        ("bureau", "commun", "2026-06-01", "prestataire de Nanterre", "contractor of Nanterre"),
        (None, "ouvert", "2026-06-01", "licence ouverte (ODbL-1.0)", "open licence (ODbL-1.0)"),
        (None, "anonyme", "2026-06-01", "« anonyme » a été retiré", "“anonyme” has been taken down"),
    ],
)
def test_the_reason_says_what_happened(who, dataset, day, fr, en):
    reason = ask(who, dataset, day=day).reason
    assert fr in reason.fr
    assert en in reason.en


@pytest.mark.parametrize(
    ("owner", "fr", "en"), [('"92050"', "Nanterre", "Nanterre"), ("~", "son propriétaire", "its owner")]
)
def test_a_permit_by_the_owners_terms_names_the_owner_when_there_is_one(owner, fr, en):
    told = f"{{kind: mutualised, state: published, owner: {owner}, terms: {{mode: all_partners, actions: [view]}}}}"
    known = read(f"world: {{memberships: [{{organisation: X}}], datasets: {{d: {told}}}}}")
    reason = decide(request("X", [], "view", "2026-06-01"), known).reason
    assert reason.fr.startswith(f"Les modalités fixées par {fr} pour « d »")
    assert reason.en.startswith(f"The terms set by {en} for “d”")


def test_an_action_the_terms_do_not_list_is_said():
    assert "ne citent pas l'action « download »" in ask("ept-t4", "pcrs", "download").reason.fr


def test_a_partner_refused_by_the_terms_is_not_told_that_it_is_no_partner():
    assert "n'est pas partenaire" not in ask("departement-92", "pcrs").reason.fr
    assert "is not a partner" not in ask(None, "pcrs").reason.en


@pytest.mark.parametrize(
    ("who", "dataset", "fr", "en"),
    [
        (None, "commun", "Identifiez-vous", "Sign in"),
        ("92073", "commun", "Adressez une demande d'adhésion au Département", "Apply for membership"),
        ("92072", "commun", "Adressez une demande d'adhésion", "Apply for membership"),
        ("92033", "pcrs", "Demandez à Paris Ouest La Défense", "Ask Paris Ouest La Défense"),
        (
            "departement-92",
            "pcrs",
            "Parlez à Nanterre, propriétaire, de ses modalités",
            "Ask Nanterre, the owner, about its terms",
        ),
        ("departement-92", "travail", "rejoignez le groupe de travail", "join the working group"),
        (
            "departement-92",
            "secret",
            "Parlez à Nanterre, propriétaire, de la levée",
            "Ask Nanterre, the owner, about lifting",
        ),
        (
            "departement-92",
            "secret_commun",
            "Parlez au comité technique de la levée",
            "Ask the technical committee about lifting",
        ),
        (
            "departement-92",
            "anonyme",
            "Parlez au comité technique du retrait",
            "Ask the technical committee about the take-down",
        ),
        ("departement-92", "inconnu", "Corrigez la demande", "Correct the request"),
        ("departement-92", "pcr", "Vouliez-vous dire « pcrs » ?", "Did you mean “pcrs”?"),
    ],
)
def test_the_remedy_says_whom_to_ask(who, dataset, fr, en):
    remedy = ask(who, dataset).remedy
    assert fr in remedy.fr
    assert en in remedy.en


def test_a_commune_that_left_its_ept_is_not_sent_back_to_it():
    text = WORLD.replace('commune: "92033"}, {ept: ept-t3', 'commune: "92033", to: 2026-06-01}, {ept: ept-t3')
    known = read(text)
    assert "Paris Ouest" in decide(request("92033", [], "view", "2026-05-31", "pcrs"), known).remedy.en
    assert "Apply for membership" in decide(request("92033", [], "view", "2026-06-01", "pcrs"), known).remedy.en


def test_of_an_unknown_action_no_rule_on_known_actions_is_told_to_apply():
    lines = {line.rule: line.why.en for line in ask("92050", "pcrs", "dowload").consulted}
    assert lines["A1"] == lines["B3"] == "does not concern the action “dowload”"


def test_an_unknown_action_proposes_the_nearest():
    decision = ask("92050", "pcrs", "dowload")
    assert decision.reason.fr == "Action inconnue : « dowload »."
    assert decision.remedy.en == "Did you mean “download”?"


def test_a_charter_that_never_was_is_said():
    from dataclasses import replace

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


def test_what_is_consulted_says_which_condition_is_missing():
    lines = {line.rule: line for line in ask("92073", "commun").consulted}
    assert lines["B4"].why.fr == "il faudrait que : l'organisme est partenaire ce jour-là, et la charte en vigueur"
    assert lines["B8"].why.en.count("; or ") == 1
    assert lines["B2"].why.fr == "ne concerne pas l'action « view »"
    assert lines["B11" if "B11" in lines else "B10"].why.en == "does not concern the action “view”"
    assert lines["A1"].effect == "forbid"
    assert lines["B6"].article == "004 §3.6"
    held = {line.rule: line for line in ask("92050", "commun").consulted if line.held}
    assert held["B4"].why.fr.startswith("les données sont coproduites ; le comité technique les a validées")


def test_a_rule_that_gives_way_says_to_which():
    text = "world: {memberships: [{organisation: X}], datasets: {d: {kind: coproduced, state: submitted, working_group: [X], attributes: [a]}}}"
    decision = decide(request("X", ["technical_committee"], "view", "2026-06-01"), read(text))
    line = next(line for line in decision.consulted if line.rule == "B5b")
    assert (line.held, line.why.fr, line.why.en) == (False, "s'efface devant B5", "gives way to B5")


def test_every_ground_has_its_words():
    assert set(TOLD) == set(GROUNDS)


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
