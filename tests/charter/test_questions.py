"""The inverse questions agree with `decide`, and say what a person could do."""

from dataclasses import replace
from datetime import date

import pytest
from worlds import draw, read, request

from mig_idg.charter import Membership, decide
from mig_idg.charter.questions import all_changes_between, changes_between, visible, what_would_change, who_may

ON = date(2026, 6, 1)
WORLD = """
world:
  charter: {from: 2022-01-01, to: 2027-01-01}
  memberships: [{organisation: "92050"}, {organisation: ept-t4}, {organisation: departement-92}]
  ept_communes:
    - {ept: ept-t4, commune: "92033"}
    - {ept: ept-t4, commune: "92076"}
    - {ept: ept-t4, commune: "92050"}
    - {ept: ept-t3, commune: "92072"}
  sub_distributions:
    - {ept: ept-t4, commune: "92033", acknowledged: false}
    - {ept: ept-t3, commune: "92072", acknowledged: true}
  delegations:
    - {delegator: "92050", contractor: muet, acknowledged: false}
    - {delegator: "92050", contractor: fini, acknowledged: true, to: 2026-01-01}
  third_party_transfers: [{giver: "92050", recipient: distraite, dataset: pcrs, acknowledged: false}]
  datasets:
    pcrs: {kind: mutualised, state: published, owner: "92050", attributes: [geom], metadata: partners, terms: {mode: named, named: [ept-t4], actions: [view]}}
    secret: {kind: mutualised, state: published, owner: "92050", attributes: [geom], metadata: hidden, terms: {mode: all_partners, actions: [view]}, exceptions: [{ground: E1}]}
    retire: {kind: mutualised, state: published, owner: "92050", attributes: [geom], metadata: public, licence: LO-2.0, takedown: all}
    brouillon: {kind: mutualised, state: draft, owner: "92050", attributes: [geom], metadata: hidden, licence: LO-2.0}
    adresses: {kind: coproduced, state: validated, co_owners: ["92050", ept-t4], attributes: [geom], metadata: public}
    travail: {kind: coproduced, state: submitted, co_owners: [], working_group: ["92050"], attributes: [geom], metadata: hidden}
"""


def test_what_a_body_may_see_is_what_it_may_discover():
    facts = read(WORLD)
    assert set(visible(None, frozenset(), facts, ON)) == {"retire", "adresses"}
    assert set(visible("ept-t4", frozenset(), facts, ON)) == {"pcrs", "retire", "adresses"}
    assert set(visible("92050", frozenset(), facts, ON)) == set(facts.datasets)
    assert set(visible("departement-92", frozenset({"pilot_staff"}), facts, ON)) == set(facts.datasets)
    assert set(visible("ept-t4", frozenset(), facts, ON, "view")) == {"pcrs", "adresses"}
    assert visible("ept-t4", frozenset(), facts, ON, "view")["pcrs"].rule == "B3"


def test_who_may_names_the_public_first_and_only_bodies_the_facts_know():
    facts = read(WORLD)
    assert set(who_may("adresses", "discover", facts, ON)) == {None, *facts.bodies()}
    assert set(who_may("adresses", "view", facts, ON)) == {"92050", "ept-t4", "departement-92"}
    assert set(who_may("travail", "validate", facts, ON, frozenset({"technical_committee"}))) == {
        "92050",
        "ept-t4",
        "departement-92",
    }
    assert who_may("nothing", "view", facts, ON) == {}


def test_listing_and_asking_agree_on_random_worlds():
    for number, (_, facts, questions) in enumerate(draw(seed=31)):
        for organisation, roles, action, day in questions[:3]:
            asked = request(organisation, roles, action, day)
            permitted = decide(asked, facts).permitted
            assert ("d" in visible(organisation, asked.roles, facts, asked.on, action)) == permitted
            if organisation in (None, *facts.bodies()):
                assert (organisation in who_may("d", action, facts, asked.on, asked.roles)) == permitted
        if number > 150:
            break


def test_the_facts_name_every_body_whose_answer_may_differ_from_the_publics():
    facts = read(
        """
world:
  memberships: [{organisation: a}]
  ept_communes: [{ept: b, commune: c}]
  sub_distributions: [{ept: d, commune: e}]
  delegations: [{delegator: f, contractor: g}]
  third_party_transfers: [{giver: h, recipient: i, dataset: x}]
  datasets:
    x: {kind: mutualised, state: draft, owner: j, frozen_audience: [k], terms: {named: [l], agreed: [m, {organisation: q, actions: [view]}]}, exceptions: [{ground: E5, beneficiaries: [n]}]}
    y: {kind: coproduced, state: proposed, co_owners: [o], working_group: [p]}
"""
    )
    assert "".join(facts.bodies()) == "abcdefghijklmnopq"


@pytest.mark.parametrize(
    ("who", "action", "dataset", "what_if"),
    [
        ("92033", "view", "adresses", {"membership", "acknowledgement", "sub_distribution"}),
        ("92076", "view", "adresses", {"membership", "sub_distribution"}),
        ("92072", "view", "adresses", {"membership", "ept_membership", "transfer"}),
        ("muet", "view", "adresses", {"membership", "acknowledgement", "transfer"}),
        ("fini", "view", "adresses", {"membership", "delegation", "transfer"}),
        ("distraite", "view", "pcrs", {"acknowledgement", "transfer", "licence"}),
        ("departement-92", "view", "pcrs", {"terms", "licence"}),
        ("departement-92", "view", "secret", {"exception"}),
        (None, "view", "retire", {"takedown"}),
        (None, "view", "brouillon", {"publication"}),
        ("departement-92", "view", "travail", {"validation", "working_group"}),
        ("departement-92", "contribute", "travail", {"working_group"}),
        ("departement-92", "grant", "pcrs", set()),
        (None, "view", "adresses", set()),
        ("92050", "view", "pcrs", set()),
        ("92050", "view", "unknown", set()),
    ],
)
def test_what_would_open_is_told_one_fact_at_a_time(who, action, dataset, what_if):
    facts = read(WORLD)
    found = what_would_change(request(who, [], action, "2026-06-01", dataset), facts)
    assert {opening.kind for opening in found} == what_if
    for opening in found:
        assert opening.decision.permitted
        assert opening.text.fr != opening.text.en
        assert "None" not in opening.text.fr + opening.text.en


@pytest.mark.parametrize(
    ("who", "day", "third"),
    [
        ("departement-92", "2026-06-01", False),  # a partner
        ("departement-92", "2027-06-01", True),  # the charter has ended: nobody is a partner any more
        ("92033", "2026-06-01", False),  # a member commune of a partner EPT
        ("92072", "2026-06-01", True),  # its EPT is no partner
        ("ailleurs", "2026-06-01", True),
    ],
)
def test_a_transfer_is_proposed_to_third_parties_only(who, day, third):
    found = what_would_change(request(who, [], "view", day, "pcrs"), read(WORLD))
    assert ("transfer" in {opening.kind for opening in found}) == third


def test_nobody_is_proposed_to_hand_over_data_without_a_recorded_owner():
    told = "{kind: mutualised, state: published, attributes: [geom]}"
    facts = read(f"world: {{memberships: [{{organisation: X}}], datasets: {{d: {told}}}}}")
    found = what_would_change(request("Y", [], "view", "2026-06-01", "d"), facts)
    assert {opening.kind for opening in found} == {"licence"}


TERMS_WORLD = """
world:
  memberships: [{organisation: OWN}, {organisation: X}, {organisation: EPT}]
  ept_communes: [{ept: EPT, commune: C}]
  sub_distributions: [{ept: EPT, commune: C, acknowledged: true}]
  delegations: [{delegator: X, contractor: BUREAU, acknowledged: true}]
  datasets:
    d: {kind: mutualised, state: published, owner: OWN, attributes: [a, b], terms: {mode: on_agreement, actions: [view], hidden_attributes: [b]}}
    muet: {kind: mutualised, state: published, owner: OWN, attributes: [a, b]}
"""


@pytest.mark.parametrize("dataset", ["d", "muet"])
@pytest.mark.parametrize("action", ["view", "query"])
@pytest.mark.parametrize(("who", "rule"), [("X", "B3"), ("C", "B6b"), ("BUREAU", "B7")])
def test_wider_terms_open_to_the_body_its_commune_and_its_contractor_what_they_hide_stays_hidden(
    who, rule, action, dataset
):
    found = {o.kind: o for o in what_would_change(request(who, [], action, "2026-06-01", dataset), read(TERMS_WORLD))}
    assert found["terms"].decision.rule == rule
    assert found["terms"].decision.hidden == ({"b"} if dataset == "d" else frozenset())


def test_an_agreement_is_proposed_where_the_terms_wait_for_one():
    found = {o.kind: o.by for o in what_would_change(request("X", [], "view", "2026-06-01", "d"), read(TERMS_WORLD))}
    assert found == {"agreement": "OWN", "terms": "OWN", "licence": "OWN"}
    found = {o.kind for o in what_would_change(request("X", [], "view", "2026-06-01", "muet"), read(TERMS_WORLD))}
    assert "agreement" not in found
    assert "agreement" not in {
        o.kind for o in what_would_change(request(None, [], "view", "2026-06-01", "d"), read(TERMS_WORLD))
    }


def test_who_must_act_is_named():
    found = {o.kind: o for o in what_would_change(request("92033", [], "view", "2026-06-01", "adresses"), read(WORLD))}
    assert {kind: opening.by for kind, opening in found.items()} == {
        "membership": "92033",
        "acknowledgement": "92033",
        "sub_distribution": "ept-t4",
    }
    assert "Garches" in found["membership"].text.fr
    assert "Paris Ouest La Défense" in found["acknowledgement"].text.en
    (opening,) = what_would_change(request("departement-92", [], "view", "2026-06-01", "secret"), read(WORLD))
    assert opening.by == "92050"


def test_after_the_charter_another_charter_would_open():
    found = what_would_change(request("92050", [], "view", "2027-01-01", "adresses"), read(WORLD))
    assert {(o.kind, o.by) for o in found} == {("charter", None)}


def test_every_opening_proposed_on_random_worlds_opens():
    proposed = set()
    for number, (_, facts, questions) in enumerate(draw(seed=32)):
        for question in questions:
            for opening in what_would_change(request(*question), facts):
                assert opening.decision.permitted
                proposed.add(opening.kind)
        if number > 150:
            break
    assert len(proposed) >= 12


def test_a_change_of_facts_is_told_as_a_gain_or_a_loss_with_both_decisions():
    before = read(WORLD)
    after = replace(before, memberships=(*before.memberships, Membership("92033")))
    gained = changes_between(request("92033", [], "view", "2026-06-01", "adresses"), before, after)
    assert (gained.direction, gained.before.rule, gained.after.rule) == ("gains", "B11", "B4b")
    lost = changes_between(request("92033", [], "view", "2026-06-01", "adresses"), after, before)
    assert lost.direction == "loses"
    assert changes_between(request("92076", [], "view", "2026-06-01", "adresses"), before, after) is None


def test_two_days_are_compared_on_the_same_facts():
    facts = read(WORLD)
    lapsed = changes_between(request("92050", [], "view", "2026-12-31", "adresses"), facts, facts, date(2027, 1, 1))
    assert (lapsed.direction, lapsed.before.rule, lapsed.after.rule) == ("loses", "B4", "B11")


def test_a_permit_that_shows_or_asks_something_else_is_a_change():
    before = read(WORLD)
    after = replace(
        before, datasets={**before.datasets, "adresses": replace(before.datasets["adresses"], co_owners=frozenset())}
    )
    changed = changes_between(request("92050", [], "view", "2026-06-01", "adresses"), before, after)
    assert (changed.direction, changed.after.rule) == ("changes", "B4b")


def test_all_changes_between_two_worlds_are_listed_for_everybody():
    before = read(WORLD)
    after = replace(
        before,
        datasets={k: v for k, v in before.datasets.items() if k != "retire"},
        memberships=(*before.memberships, Membership("92033")),
    )
    told = all_changes_between(before, after, ON)
    gains = {(d.organisation, d.action, d.dataset) for d in told if d.direction == "gains"}
    assert gains == {
        ("92033", "discover", "pcrs"),
        ("92033", "view", "adresses"),
        ("92033", "query", "adresses"),
        ("92033", "download", "adresses"),
    }
    assert (None, "discover", "retire") in {
        (d.organisation, d.action, d.dataset) for d in told if d.direction == "loses"
    }
    only = all_changes_between(before, after, ON, bodies=["92033"], actions=["view"])
    assert {(d.dataset, d.direction) for d in only} == {("adresses", "gains"), ("retire", "changes")}
    lapse = all_changes_between(before, before, date(2026, 12, 31), date(2027, 1, 1), actions=["view"])
    assert {(d.organisation, d.dataset) for d in lapse if d.direction == "loses"} >= {
        ("92050", "adresses"),
        ("ept-t4", "pcrs"),
    }
    assert {(d.organisation, d.dataset, d.after.rule) for d in lapse if d.direction != "loses"} == {
        ("92050", "retire", "B9")
    }
