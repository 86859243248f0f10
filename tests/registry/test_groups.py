"""Working groups: partners take part, others are invited for a while, the committee names who leads (004 §2.4)."""

from datetime import date

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.errors import Conflict, InvalidParameter, Refused
from mig_idg.registry import declared, facts, groups, membership
from mig_idg.registry.committees import Sitting

BORN, DAY, NEXT = date(2025, 1, 1), date(2026, 3, 1), date(2026, 3, 2)
SITTING = Sitting("technical", ("92050", "92024", "departement-92"), "compte-rendu 7")


@pytest.fixture
def group(partners):
    told = {"id": "voirie", "kind": "coproduced", "working_group": ["92050"], "columns": ["geom"]}
    declared.record(partners, told, "greffier", BORN)
    declared.record(partners, {"id": "pcrs", "kind": "mutualised", "owner": "92050"}, "greffier", BORN)
    return partners


def rule(conn, who, day):
    return decide(AccessRequest(who, frozenset(), "contribute", "voirie", day), facts.load(conn, day)).rule


def leaders(conn, day):
    return [row["organisation"] for row in groups.listing(conn, day) if row["facilitator"]]


def test_a_partner_that_joins_works_from_that_day_until_it_leaves(group, on):
    groups.join(group, "voirie", "92024", on(DAY))
    groups.leave(group, "voirie", "92024", on(date(2026, 6, 1)))
    days = (date(2026, 2, 28), DAY, date(2026, 5, 31), date(2026, 6, 1))
    assert [rule(group, "92024", day) for day in days] == ["B11", "B5", "B5", "B11"]
    assert rule(group, "92050", date(2026, 6, 1)) == "B5"


def test_an_applicant_of_annex_1_takes_part_at_once_and_still_reads_nothing(group, on):
    with pytest.raises(Refused, match=r"§ 2\.4\.3"):
        groups.join(group, "voirie", "92012", on(DAY))
    membership.apply(group, "92012", on(DAY))
    groups.join(group, "voirie", "92012", on(DAY))
    assert rule(group, "92012", DAY) == "B11"


def test_anybody_may_be_invited_but_not_for_ever(group, on):
    with pytest.raises(Refused, match="invité"):
        groups.join(group, "voirie", "92012", on(DAY), guest=True)
    groups.join(group, "voirie", "92012", on(DAY), guest=True, until=date(2026, 9, 1))
    row = next(row for row in groups.listing(group, DAY) if row["organisation"] == "92012")
    assert (row["guest"], row["until"]) == (True, date(2026, 9, 1))
    assert "92012" not in {row["organisation"] for row in groups.listing(group, date(2026, 9, 1))}


def test_one_does_not_join_twice_nor_leave_where_one_is_not(group, on):
    with pytest.raises(Conflict):
        groups.join(group, "voirie", "92050", on(DAY))
    with pytest.raises(Conflict):
        groups.leave(group, "voirie", "92024", on(DAY))
    with pytest.raises(InvalidParameter):
        groups.join(group, "voirie", "92024", on(DAY), until=DAY)


def test_shared_data_have_no_group_and_a_coproduction_always_has_one(group, on):
    with pytest.raises(Refused):
        groups.join(group, "pcrs", "92024", on(DAY))
    declared.record(group, {"id": "seule", "kind": "coproduced", "columns": ["geom"]}, "greffier", BORN)
    groups.join(group, "seule", "92024", on(DAY))
    assert ("seule", "92024") in {(row["dataset"], row["organisation"]) for row in groups.listing(group, DAY)}


def test_the_technical_committee_names_one_facilitator_at_a_time(group, on):
    groups.join(group, "voirie", "92024", on(DAY))
    groups.facilitate(group, "voirie", "92050", SITTING, on(DAY))
    groups.facilitate(group, "voirie", "92024", SITTING, on(NEXT))
    assert [leaders(group, day) for day in (DAY, NEXT)] == [["92050"], ["92024"]]


def test_a_facilitator_is_a_partner_of_the_group_whom_nobody_present_opposes(group, on):
    with pytest.raises(Conflict):
        groups.facilitate(group, "voirie", "92024", SITTING, on(DAY))
    groups.join(group, "voirie", "92024", on(DAY))
    with pytest.raises(Refused, match=r"§ 2\.4\.2"):
        groups.facilitate(group, "voirie", "92024", SITTING, on(DAY), against=["92050"])
    membership.apply(group, "92012", on(DAY))
    groups.join(group, "voirie", "92012", on(DAY))
    with pytest.raises(Refused, match="parmi les partenaires"):
        groups.facilitate(group, "voirie", "92012", SITTING, on(DAY))
    groups.join(group, "voirie", "ept-t4", on(DAY), guest=True, until=NEXT)
    with pytest.raises(Refused, match="parmi les partenaires"):
        groups.facilitate(group, "voirie", "ept-t4", SITTING, on(DAY))
    assert leaders(group, DAY) == []
