"""Validation, prolongation, votes: results are computed from who was there and who opposed (004 §2.4)."""

from datetime import date

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.errors import InvalidParameter, Refused, UnknownWord
from mig_idg.registry import committees, datasets, declared, facts, groups, instruments
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.datasets import Version

DAY = date(2026, 3, 1)
TECHNICAL = Sitting("technical", ("92050", "92024"), "compte-rendu 1")
STEERING = Sitting("steering", ("92050", "92024", "departement-92"), "compte-rendu 2")


@pytest.fixture
def draft(partners):
    told = {"id": "adresses", "kind": "coproduced", "working_group": ["92050", "ept-t4"], "columns": ["geom"]}
    declared.record(partners, told, "greffier", date(2025, 1, 1))
    return partners


def rule(conn, who, day, roles=frozenset()):
    return decide(AccessRequest(who, frozenset(roles), "query", "adresses", day), facts.load(conn, day)).rule


def test_before_validation_the_group_works_and_the_others_wait(draft):
    assert rule(draft, "92050", DAY) == "B5"
    assert rule(draft, "92024", DAY) == "B11"


def test_validation_makes_each_partner_of_the_day_an_owner(draft, on, adhere, submitted):
    submitted(draft, "adresses", DAY)
    done = datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY))
    assert done.details["co_owners"] == ["92024", "92050", "departement-92", "ept-t4"]
    assert (done.details["present"], done.details["absent"]) == (["92024", "92050"], ["departement-92", "ept-t4"])
    adhere(draft, "92012", date(2026, 4, 1))
    assert rule(draft, "92024", DAY) == "B4"
    assert rule(draft, "92024", date(2026, 2, 28)) == "B11"
    assert rule(draft, "92012", date(2026, 4, 1)) == "B4b"


def test_a_new_version_makes_the_late_joiner_an_owner(draft, on, adhere, submitted):
    submitted(draft, "adresses", DAY)
    datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY))
    adhere(draft, "92012", date(2026, 4, 1))
    with pytest.raises(Refused, match="soumis"):
        datasets.validate(draft, "adresses", Version("2"), TECHNICAL, on(date(2026, 5, 1)))
    submitted(draft, "adresses", date(2026, 4, 20))
    assert rule(draft, "92050", date(2026, 4, 25)) == "B4"
    datasets.validate(draft, "adresses", Version("2"), TECHNICAL, on(date(2026, 5, 1)))
    assert datasets.stage_of(draft, "adresses", date(2026, 5, 1)) == "validated"
    assert rule(draft, "92012", date(2026, 4, 30)) == "B4b"
    assert rule(draft, "92012", date(2026, 5, 1)) == "B4"


@pytest.mark.parametrize("reached", range(4))
def test_only_what_is_submitted_is_validated(draft, on, submitted, reached):
    submitted(draft, "adresses", DAY, stages=("structured", "collecting", "consolidated")[:reached])
    with pytest.raises(Refused, match="soumis") as refused:
        datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY))
    assert refused.value.extra["rule"] == "only_what_is_submitted_is_validated"
    assert "submitted" in refused.value.remedy.fr
    assert datasets.state_of(draft, "adresses", DAY) != "validated"


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"title": {"fr": "Voies"}}, "description, keywords, scale, lineage, topics"),
        (
            {
                "title": {"fr": "Voies"},
                "keywords": ["a"],
                "description": {"fr": "Les voies du territoire."},
                "lineage": {"fr": "Levé."},
                "topics": ["location"],
            },
            ": scale",
        ),
    ],
)
def test_without_a_complete_record_nothing_is_validated(draft, on, submitted, record, told):
    submitted(draft, "adresses", DAY, record=record)
    with pytest.raises(Refused, match="incomplète") as refused:
        datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY))
    assert told in refused.value.text("fr")
    assert "scale (charte § 3.2.3 ; TG 1.5)" in refused.value.remedy.fr  # each field with its clause, and what to write


def test_without_a_publication_there_is_no_record(draft, on):
    for stage in ("structured", "consolidated", "submitted"):
        datasets.move(draft, "adresses", stage, on(DAY))
    with pytest.raises(Refused, match="fiche de métadonnées"):
        datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY))


def test_one_body_alone_is_no_committee(draft, on, submitted):
    submitted(draft, "adresses", DAY)
    with pytest.raises(Refused, match="un seul présent"):
        datasets.validate(draft, "adresses", Version("1"), Sitting("technical", ("92050",), "cr"), on(DAY))


def test_stages_follow_one_another_and_submission_may_be_returned(draft, on, submitted):
    with pytest.raises(Refused, match="ne la suit pas") as refused:
        datasets.move(draft, "adresses", "submitted", on(DAY))
    assert "structured" in refused.value.remedy.fr
    submitted(draft, "adresses", DAY)
    datasets.move(draft, "adresses", "structured", on(date(2026, 3, 5)))
    assert datasets.stage_of(draft, "adresses", date(2026, 3, 5)) == "structured"


def test_rows_served_as_a_version_are_frozen(draft, on, submitted):
    datasets.require_unfrozen(draft, "adresses")
    submitted(draft, "adresses", DAY)
    datasets.require_unfrozen(draft, "adresses")
    datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY))
    with pytest.raises(Refused, match="version 1") as refused:
        datasets.require_unfrozen(draft, "adresses")
    assert "nouvelle version" in refused.value.remedy.fr


def test_a_group_that_the_committee_constitutes_is_there(partners, on):
    """« Il constitue les groupes de travail » (§ 2.4.2): partners join it, and one is named to lead it."""
    item = Item("working_group", "urbanisme", "Groupe Urbanisme")
    committees.record_meeting(partners, TECHNICAL, [item], on(DAY))
    groups.join(partners, "urbanisme", "92050", on(DAY))
    groups.facilitate(partners, "urbanisme", "92050", TECHNICAL, on(date(2026, 3, 2)))
    (row,) = groups.listing(partners, date(2026, 3, 2))
    assert (row["dataset"], row["organisation"], row["facilitator"]) == ("urbanisme", "92050", True)


def test_a_group_that_is_opposed_is_not_constituted(partners, on):
    item = Item("working_group", "urbanisme", "Groupe Urbanisme", against=["92024"])
    committees.record_meeting(partners, TECHNICAL, [item], on(DAY))
    with pytest.raises(UnknownWord):
        groups.join(partners, "urbanisme", "92050", on(DAY))


def test_one_present_against_validates_nothing(draft, on, submitted):
    submitted(draft, "adresses", DAY)
    with pytest.raises(Refused, match=r"§ 2\.4\.2"):
        datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY), against=["92024"])
    assert datasets.state_of(draft, "adresses", DAY) == "submitted"


def test_shared_data_are_not_validated(partners, on):
    declared.record(partners, {"id": "d", "kind": "mutualised", "owner": "92050"}, "greffier", DAY)
    with pytest.raises(Refused):
        datasets.validate(partners, "d", Version("1"), TECHNICAL, on(DAY))


def test_once_submitted_the_technical_committee_reads(draft, on):
    for stage in ("structured", "consolidated", "submitted"):
        datasets.move(draft, "adresses", stage, on(DAY))
    assert rule(draft, "92024", DAY, {"technical_committee"}) == "B5b"
    assert rule(draft, "92024", date(2026, 2, 28), {"technical_committee"}) == "B11"


def test_a_validated_version_is_not_taken_back(draft, on, submitted):
    submitted(draft, "adresses", DAY)
    datasets.validate(draft, "adresses", Version("1"), TECHNICAL, on(DAY))
    with pytest.raises(Refused, match=r"§ 3\.4"):
        datasets.move(draft, "adresses", "proposed", on(date(2026, 4, 1)))


def test_votes_and_attendance_give_the_result(partners, on):
    items = [
        Item("activity_report", "2025", "Bilan 2025", abstained=["92024"]),
        Item("orientations", "2026", "Orientations 2026", against=["92024"]),
    ]
    done, rulings = committees.record_meeting(partners, STEERING, items, on(DAY))
    assert [ruling.adopted for ruling in rulings] == [True, False]
    assert done.details["present"] == ["92024", "92050", "departement-92"]
    (meeting,) = committees.meetings(partners)
    assert [item["adopted"] for item in meeting["decisions"]] == [True, False]


def test_a_second_record_of_the_same_day_is_the_same_meeting(partners, on):
    committees.record_meeting(partners, STEERING, [Item("activity_report", "2025", "Bilan")], on(DAY))
    committees.record_meeting(partners, STEERING, [Item("orientations", "2026", "Orientations")], on(DAY))
    (meeting,) = committees.meetings(partners)
    assert [item["item"] for item in meeting["decisions"]] == [1, 2]


def test_a_committee_does_not_rule_outside_its_competence(partners, on):
    with pytest.raises(Refused, match="compétence"):
        committees.record_meeting(partners, STEERING, [Item("dataset", "adresses", "Validation")], on(DAY))


def test_a_meeting_without_anybody_is_not_understood(partners, on):
    with pytest.raises(InvalidParameter):
        committees.record_meeting(partners, Sitting("steering", (), "1"), [], on(DAY))


def test_the_charter_ends_on_its_day_unless_the_steering_committee_prolongs_it(draft, on):
    last, after = date(2026, 12, 31), date(2027, 1, 1)
    assert rule(draft, "92050", last) == "B5"
    assert rule(draft, "92050", after) == "B11"
    instruments.prolong(draft, date(2032, 1, 1), STEERING, on(date(2026, 9, 1)))
    assert facts.load(draft, after).charter.end == date(2032, 1, 1)
    assert rule(draft, "92050", after) == "B5"
    assert rule(draft, "92050", date(2032, 1, 1)) == "B11"


def test_an_opposed_prolongation_prolongs_nothing(partners, on):
    with pytest.raises(Refused, match="unanimité"):
        instruments.prolong(partners, date(2032, 1, 1), STEERING, on(DAY), against=["92024"])
    assert facts.load(partners, DAY).charter.end == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2025, 12, 30), []),
        (date(2025, 12, 31), [12]),
        (date(2026, 6, 30), [12, 6]),
        (date(2026, 9, 30), [12, 6, 3]),
        (date(2026, 12, 31), [12, 6, 3, 1]),
        (date(2027, 1, 1), []),
    ],
)
def test_the_end_of_the_charter_is_announced(registry, day, months):
    told = instruments.charter_warnings(registry, day)
    assert [warning["months"] for warning in told["warnings"]] == months
    assert told["in_force"] == (day < date(2027, 1, 1))
