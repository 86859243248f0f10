"""What collections declare becomes facts: what changed, and only that; what is declared no more is archived."""

from datetime import date

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.database import connect
from mig_idg.errors import Conflict, UnknownWord
from mig_idg.registry import agreements, datasets, declared, exceptions, facts, seed, terms, withdrawal
from mig_idg.registry.committees import Sitting
from mig_idg.registry.exceptions import Exception_
from mig_idg.registry.terms import Terms

FIRST = date(2026, 1, 1)
AGAIN = date(2026, 3, 1)
PCRS = {
    "id": "pcrs",
    "kind": "mutualised",
    "owner": "Nanterre",
    "columns": ["geom", "nature", "phone"],
    "metadata": "partners",
    "terms": {"mode": "named", "named": ["Clichy"], "actions": ["view", "query"], "hidden_attributes": ["nature"]},
    "exceptions": [
        {
            "ground": "E1",
            "attributes": ["phone"],
            "legal": "CRPA L311-6",
            "author": "greffier",
            "review": "2027-06-30",
        }
    ],
}
ADDRESSES = {"id": "adresses", "kind": "coproduced", "working_group": ["Nanterre", "ept-t4"], "columns": ["geom"]}


def declare(conn, told, day=FIRST, **more):
    return declared.record(conn, told, "greffier", day, **more)


def dataset(conn, id, day=FIRST):
    return facts.load(conn, day).datasets.get(id)


def test_a_declaration_is_what_the_charter_reads(partners):
    declare(partners, PCRS)
    told = dataset(partners, "pcrs")
    assert (told.kind, told.state, told.owner, told.metadata) == ("mutualised", "published", "92050", "partners")
    assert told.attributes == ("geom", "nature", "phone")
    assert told.terms.named == {"92024"}
    assert told.terms.hidden_attributes == {"nature"}
    assert [(e.ground, e.attributes) for e in told.exceptions] == [("E1", {"phone"})]


def test_data_are_not_there_before_they_are_published(partners):
    declare(partners, PCRS)
    assert dataset(partners, "pcrs", date(2025, 12, 31)) is None


def test_a_publication_may_say_since_when(partners):
    declare(partners, PCRS, since=date(2024, 1, 1))
    assert dataset(partners, "pcrs", date(2024, 1, 1)).state == "published"


def test_a_coproduction_starts_proposed_with_its_working_group(partners):
    declare(partners, ADDRESSES)
    told = dataset(partners, "adresses")
    assert (told.state, told.working_group) == ("proposed", {"92050", "ept-t4"})


def test_declared_again_the_same_nothing_is_said_again(partners):
    declare(partners, PCRS)
    assert declare(partners, PCRS, AGAIN).changed == ()


def test_an_act_made_meanwhile_is_not_undone_by_the_next_publication(partners, on):
    declare(partners, PCRS)
    terms.set_terms(partners, "pcrs", Terms("closed"), on(date(2026, 2, 1)))
    added = Exception_("E3", "délibération", "greffier", date(2026, 12, 1), ("nature",))
    exceptions.declare(partners, "pcrs", added, on(date(2026, 2, 1)))
    changed = declare(partners, {**PCRS, "licence": "LO-2.0"}, AGAIN).changed
    told = dataset(partners, "pcrs", AGAIN)
    assert changed == ("licence",)
    assert told.terms.mode == "closed"
    assert {e.ground for e in told.exceptions} == {"E1", "E3"}


@pytest.mark.parametrize(
    ("facet", "value", "seen"),
    [
        ("owner", "Clichy", lambda d: d.owner == "92024"),
        ("columns", ["geom"], lambda d: d.attributes == ("geom",)),
        ("metadata", "hidden", lambda d: d.metadata == "hidden"),
        ("licence", "LO-2.0", lambda d: d.licence == "LO-2.0"),
        ("terms", None, lambda d: d.terms is None),
        ("exceptions", [], lambda d: d.exceptions == ()),
        ("takedown", "all", lambda d: d.takedown == "all"),
    ],
)
def test_what_a_file_changes_changes_from_its_day_and_not_before(partners, facet, value, seen):
    declare(partners, PCRS)
    declare(partners, {**PCRS, facet: value}, AGAIN)
    assert seen(dataset(partners, "pcrs", AGAIN))
    assert not seen(dataset(partners, "pcrs", date(2026, 2, 28)))


def test_a_takedown_taken_out_of_the_file_ends(partners):
    declare(partners, {**PCRS, "takedown": "public"})
    declare(partners, PCRS, AGAIN)
    assert dataset(partners, "pcrs", date(2026, 2, 28)).takedown == "public"
    assert dataset(partners, "pcrs", AGAIN).takedown is None


def test_a_body_leaves_the_working_group_with_the_file(partners):
    declare(partners, ADDRESSES)
    declare(partners, {**ADDRESSES, "working_group": ["92024", "ept-t4"]}, AGAIN)
    assert dataset(partners, "adresses", AGAIN).working_group == {"92024", "ept-t4"}
    assert dataset(partners, "adresses", date(2026, 2, 28)).working_group == {"92050", "ept-t4"}


def test_a_validation_is_not_undone_by_the_next_publication(partners, on, submitted):
    declare(partners, ADDRESSES)
    sitting = Sitting("technical", ["92050", "92024"], "1")
    submitted(partners, "adresses", date(2026, 2, 1))
    datasets.validate(partners, "adresses", datasets.Version("1"), sitting, on(date(2026, 2, 1)))
    declare(partners, {**ADDRESSES, "licence": "LO-2.0"}, AGAIN)
    assert dataset(partners, "adresses", AGAIN).state == "validated"


def test_what_is_declared_no_more_is_archived_and_comes_back_as_it_was(partners, on, submitted):
    declare(partners, PCRS)
    declare(partners, ADDRESSES)
    sitting = Sitting("technical", ["92050", "92024"], "1")
    submitted(partners, "adresses", FIRST)
    datasets.validate(partners, "adresses", datasets.Version("1"), sitting, on(FIRST))
    assert declared.archive_missing(partners, [], "greffier", AGAIN) == ("adresses", "pcrs")
    assert declared.archive_missing(partners, [], "greffier", AGAIN) == ()
    request = AccessRequest("92050", frozenset(), "query", "adresses", AGAIN)
    assert not decide(request, facts.load(partners, AGAIN)).permitted
    assert dataset(partners, "pcrs", AGAIN).state == "archived"
    for told in (PCRS, ADDRESSES):
        declare(partners, told, date(2026, 4, 1))
    assert dataset(partners, "pcrs", date(2026, 4, 1)).state == "published"
    assert dataset(partners, "adresses", date(2026, 4, 1)).state == "validated"


@pytest.mark.parametrize("field", ["owner", "named", "working_group", "beneficiaries"])
def test_an_unknown_body_is_answered_with_the_nearest_and_nothing_is_written(partners, field):
    told = {
        "owner": {**PCRS, "owner": "Nanter"},
        "named": {**PCRS, "terms": {"mode": "named", "named": ["Nanter"], "actions": ["view"]}},
        "working_group": {**ADDRESSES, "working_group": ["Nanter"]},
        "beneficiaries": {
            **PCRS,
            "exceptions": [{**PCRS["exceptions"][0], "ground": "E5", "beneficiaries": ["Nanter"]}],
        },
    }[field]
    with pytest.raises(UnknownWord) as problem:
        declare(partners, told)
    assert "Nanterre" in problem.value.text()
    assert dataset(partners, told["id"]) is None


def test_a_dataset_does_not_change_kind(partners):
    declare(partners, PCRS)
    with pytest.raises(Conflict, match="nature"):
        declare(partners, {"id": "pcrs", "kind": "coproduced"}, AGAIN)


def test_ground_e4_with_one_fact_is_said_to_have_no_effect(partners):
    half = {"ground": "E4", "legal": "CPI", "author": "x", "review": "2027-01-01", "objection_proved": True}
    told = declare(partners, {**PCRS, "exceptions": [half]})
    assert "4e tiret" in told.notes[0].fr
    assert dataset(partners, "pcrs").exceptions == ()


def test_what_a_former_partner_publishes_serves_no_partner(partners, on):
    withdrawal.withdraw(partners, "92050", FIRST, on(FIRST))
    declare(partners, {**PCRS, "terms": {"mode": "all_partners", "actions": ["query"]}}, AGAIN)
    request = AccessRequest("92024", frozenset(), "query", "pcrs", AGAIN)
    assert not decide(request, facts.load(partners, AGAIN)).permitted


def test_another_owner_starts_with_its_own_terms_agreements_and_audience(partners, on):
    told = {key: value for key, value in PCRS.items() if key not in ("terms", "exceptions")}
    declare(partners, told)
    terms.set_terms(partners, "pcrs", Terms("on_agreement", ("query",)), on(FIRST))
    asked = agreements.request(partners, "pcrs", "ept-t4", "étude", on(FIRST)).details["request"]
    agreements.response(partners, asked, True, on(FIRST))
    withdrawal.withdraw(partners, "92050", date(2026, 2, 1), on(date(2026, 2, 1)))
    declare(partners, {**told, "owner": "92024"}, AGAIN)
    before, after = (dataset(partners, "pcrs", day) for day in (date(2026, 2, 28), AGAIN))
    assert (before.terms.agreed, before.frozen_audience) == ({"ept-t4"}, {"ept-t4"})
    assert (after.owner, after.terms, after.frozen_audience) == ("92024", None, None)


def test_the_server_reads_facts_under_its_own_role(app_url, database_url):
    with connect(database_url) as conn:
        seed.potential_partners(conn)
        declare(conn, {"id": "d", "kind": "mutualised", "owner": "92050"})
    with connect(app_url) as conn:
        assert facts.load(conn, FIRST).datasets["d"].owner == "92050"
