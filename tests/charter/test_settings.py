"""The ambiguities of the texts: the default readings, and what each other reading changes."""

from dataclasses import fields, replace

import pytest
from worlds import facts, read, request

from mig_idg.charter import DEFAULTS, RULEBOOK, Settings, decide
from mig_idg.charter.articles import readings
from mig_idg.charter.citations import TEXTS
from mig_idg.charter.facts import Terms

WORLD = """
world:
  charter: {from: 2022-01-01, to: 2027-01-01}
  memberships:
    - {organisation: OWN}
    - {organisation: LATE}
    - {organisation: ept-t5}
    - {organisation: GONE, to: 2025-01-01}
  ept_communes: [{ept: ept-t5, commune: "95018"}, {ept: ept-t5, commune: "92036"}, {ept: ept-t5, commune: GONE}, {ept: ept-t5, commune: NEXT, from: 2026-07-01}]
  sub_distributions:
    - {ept: ept-t5, commune: "95018", acknowledged: true}
    - {ept: ept-t5, commune: GONE, acknowledged: true}
  delegations: [{delegator: OWN, contractor: HAND, acknowledged: true}]
  third_party_transfers: [{giver: LATE, recipient: ASSO, dataset: c, acknowledged: true}]
  datasets:
    silent: {kind: mutualised, state: published, owner: OWN, attributes: [a]}
    orphan:
      kind: mutualised
      state: published
      owner: GONE
      attributes: [a]
      terms: {mode: all_partners, actions: [view, contribute], extends_to_ept_communes: true}
    c: {kind: coproduced, state: validated, co_owners: [OWN], attributes: [a]}
"""


def rule(settings, organisation, dataset, action="view", day="2026-06-01"):
    return decide(request(organisation, [], action, day, dataset), read(WORLD), RULEBOOK.read_as(settings)).rule


@pytest.mark.parametrize(
    ("other", "organisation", "dataset", "action", "day", "by_default", "otherwise"),
    [
        (Settings(default_terms="all_partners"), "LATE", "silent", "view", "2026-06-01", "B11", "B3"),
        (Settings(default_terms="all_partners"), "LATE", "silent", "contribute", "2026-06-01", "B11", "B11"),
        (Settings(late_joiner="co_owner"), "LATE", "c", "publish_open", "2026-06-01", "B11", "B4"),
        (Settings(late_joiner="co_owner"), "LATE", "c", "view", "2026-06-01", "B4b", "B4"),
        (Settings(late_joiner="co_owner"), "ASSO", "c", "view", "2026-06-01", "B11", "B8"),
        (Settings(former_owner="closed"), "LATE", "orphan", "view", "2026-06-01", "B3", "B11"),
        (Settings(former_owner="closed"), "LATE", "orphan", "view", "2024-06-01", "B3", "B3"),
        (Settings(former_owner="closed"), "95018", "orphan", "view", "2026-06-01", "B6b", "B11"),
        (Settings(ept_shared="never"), "95018", "orphan", "view", "2026-06-01", "B6b", "B11"),
        (Settings(ept_shared="never"), "95018", "c", "view", "2026-06-01", "B6", "B6"),
        (Settings(ept_act="automatic"), "92036", "c", "view", "2026-06-01", "B11", "B6"),
        (Settings(ept_act="automatic"), "NEXT", "c", "view", "2026-06-30", "B11", "B11"),
        (Settings(ept_act="automatic"), "NEXT", "c", "view", "2026-07-01", "B11", "B6"),
        (Settings(ept_act="automatic"), None, "c", "view", "2026-06-01", "B11", "B11"),
        (Settings(ept_area="annex_1"), "95018", "c", "view", "2026-06-01", "B6", "B11"),
        (Settings(ept_area="annex_1", ept_act="automatic"), "92036", "c", "view", "2026-06-01", "B11", "B6"),
        (Settings(ept_area="annex_1"), "GONE", "c", "view", "2026-06-01", "B6", "B6"),
        (Settings(former_commune="refused"), "GONE", "c", "view", "2026-06-01", "B6", "B11"),
        (Settings(former_commune="refused"), "GONE", "c", "view", "2025-01-01", "B6", "B11"),
        (Settings(former_commune="refused"), "GONE", "c", "view", "2024-12-31", "B4b", "B4b"),
        (Settings(former_commune="refused"), "95018", "c", "view", "2026-06-01", "B6", "B6"),
        (Settings(contractors="never"), "HAND", "c", "view", "2026-06-01", "B7", "B11"),
        (Settings(charter_end="read_only_grace", grace_days=30), "OWN", "c", "view", "2027-01-01", "B11", "B4"),
        (Settings(charter_end="read_only_grace", grace_days=30), "OWN", "c", "view", "2027-01-30", "B11", "B4"),
        (Settings(charter_end="read_only_grace", grace_days=30), "OWN", "c", "view", "2027-01-31", "B11", "B11"),
        (Settings(charter_end="read_only_grace", grace_days=30), "OWN", "c", "contribute", "2027-01-01", "B11", "B11"),
        (
            Settings(charter_end="read_only_grace", grace_days=30),
            "OWN",
            "silent",
            "discover",
            "2027-01-01",
            "B10",
            "B1",
        ),
        (Settings(charter_end="read_only_grace", grace_days=30), "OWN", "c", "view", "2021-12-31", "B11", "B11"),
        (Settings(charter_end="read_only_grace"), "OWN", "c", "view", "2027-01-01", "B11", "B11"),
        (Settings(grace_days=30), "OWN", "c", "view", "2027-01-01", "B11", "B11"),
    ],
)
def test_each_other_reading_changes_what_it_says_and_nothing_else(
    other, organisation, dataset, action, day, by_default, otherwise
):
    assert rule(DEFAULTS, organisation, dataset, action, day) == by_default
    assert rule(other, organisation, dataset, action, day) == otherwise


def test_grace_needs_a_charter_that_had_an_end():
    settings = Settings(charter_end="read_only_grace", grace_days=30)
    known = read(WORLD)
    for charter in (None, replace(known.charter, start=known.charter.end, end=None)):
        decided = decide(
            request("OWN", [], "view", "2026-06-01", "c"), replace(known, charter=charter), RULEBOOK.read_as(settings)
        )
        assert decided.rule == "B11"


def test_a_forced_default_reads_only_and_terms_once_set_are_the_owners():
    known = read(WORLD)
    silent = replace(known.datasets["silent"], terms=Terms())
    closed = replace(known, datasets={"silent": silent})
    book = RULEBOOK.read_as(Settings(default_terms="all_partners"))
    assert decide(request("LATE", [], "view", "2026-06-01", "silent"), closed, book).rule == "B11"


def test_every_switch_names_its_text_and_defaults_to_the_first_choice():
    told = {reading.setting: reading for reading in readings() if reading.setting}
    switches = {field.name for field in fields(Settings)} - {"grace_days"}
    assert set(told) == switches
    for name, reading in told.items():
        assert getattr(DEFAULTS, name) == reading.choices[0]
        assert reading.text.startswith(tuple(text.fr for text in TEXTS.values()))
    assert DEFAULTS.grace_days == 0


def test_every_ambiguity_has_a_reading_and_somebody_who_holds_it():
    told = readings()
    assert [reading.number for reading in told] == list(range(1, 39))
    for reading in told:
        assert reading.words.fr
        assert reading.words.en
        assert bool(reading.setting) != bool(reading.held_by)
        assert bool(reading.setting) == bool(reading.choices)


def test_reading_otherwise_leaves_the_book_itself_unchanged():
    other = RULEBOOK.read_as(Settings(contractors="never"))
    assert other.rules is RULEBOOK.rules
    assert RULEBOOK.settings == DEFAULTS
    assert facts({}).datasets == {}


def test_a_commune_that_came_back_is_no_former_partner():
    text = WORLD.replace(
        "    - {organisation: GONE, to: 2025-01-01}\n",
        "    - {organisation: GONE, to: 2025-01-01}\n    - {organisation: GONE, from: 2026-01-01}\n",
    )
    decision = decide(
        request("GONE", [], "view", "2026-06-01", "c"), read(text), RULEBOOK.read_as(Settings(former_commune="refused"))
    )
    assert (decision.rule, decision.other) == ("B4b", ("B6",))


@pytest.mark.parametrize("span", ["from: 2026-09-01", "from: 2026-09-01, to: 2026-12-01"])
def test_a_commune_that_will_join_is_no_former_partner(span):
    text = WORLD.replace("{organisation: GONE, to: 2025-01-01}", f"{{organisation: GONE, {span}}}")
    assert text != WORLD
    decision = decide(
        request("GONE", [], "view", "2026-06-01", "c"), read(text), RULEBOOK.read_as(Settings(former_commune="refused"))
    )
    assert (decision.rule, decision.failed) == ("B6", None)
