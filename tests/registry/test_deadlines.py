"""What is due, computed from stored dates; and the annual report filled in from the registry and the journal."""

from datetime import date

import pytest

from mig_idg.errors import Text
from mig_idg.registry import activity, committees, conventions, deadlines, follow_up
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.follow_up import Case

TODAY = date(2026, 6, 15)
STEERING = Sitting("steering", ("92050", "92024"), "compte-rendu 9")


def due(conn, on=TODAY, **more):
    return {one.kind: one for one in deadlines.deadlines(conn, on, **more)}


def test_the_charter_s_end_and_its_notices(partners):
    """Charte MIG, § 2.7: twelve, six, three, one months before the last day; those gone are not told again."""
    found = [one for one in deadlines.deadlines(partners, TODAY) if one.kind.startswith("charter")]
    assert [one.due for one in found] == [date(2026, 6, 30), date(2026, 9, 30), date(2026, 11, 30), date(2026, 12, 31)]


def test_the_steering_committee_is_prompted_a_year_after_it_ruled(partners, on):
    assert due(partners)["continuation"].due == date(2023, 1, 1)
    item = Item("charter_end", "mig-2022", "Poursuite", nature="opinion")
    committees.record_meeting(partners, STEERING, [item], on(date(2026, 2, 3)))
    assert due(partners)["continuation"].due == date(2027, 2, 3)


def test_a_convention_tells_its_last_day_of_notice_and_its_renewal(partners, on):
    signed = {"92050": date(2025, 9, 1), "92024": date(2025, 9, 1)}
    conventions.sign(partners, "od-1", "Ouverture", "tarn-et-garonne", signed, on(date(2025, 9, 1)))
    found = due(partners)
    assert found["convention-notice"].due == date(2026, 8, 1)
    assert found["convention-renewal"].due == date(2026, 8, 31)


def test_a_regional_convention_asks_a_council_and_a_roadmap_each_year(partners, on):
    signed = {"92050": date(2025, 9, 1), "92024": date(2025, 9, 1)}
    conventions.sign(partners, "reg", "Région", "openig", signed, on(date(2025, 9, 1)))
    found = due(partners)
    assert found["regional-council"].due == date(2026, 12, 31)
    assert (found["roadmap-review"].due, found["roadmap-review"].late(TODAY)) == (date(2026, 1, 31), True)
    item = Case("roadmap", "PCRS", "92050", details={"year": "2026", "theme": "PCRS"})
    follow_up.open_case(partners, item, on(date(2026, 1, 20)))
    assert "roadmap-review" not in due(partners)


def test_a_partner_without_a_referent_is_told_to_it(partners):
    """Charte MIG, § 2.1.3."""
    found = deadlines.deadlines(partners, TODAY, organisation="92050")
    assert [(one.kind, one.organisation) for one in found] == [("referent-missing", "92050")]


def test_the_calendar_has_one_event_each(partners):
    icalendar = pytest.importorskip("icalendar")
    found = deadlines.deadlines(partners, TODAY)
    book = icalendar.Calendar.from_ical(
        deadlines.calendar(found, TODAY, name=Text("Échéances", "Deadlines"), lang="fr")
    )
    events = book.walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [one.due for one in found]
    assert len({event["uid"] for event in events}) == len(found)


def test_the_report_counts_members_decisions_and_participation(partners, on, adhere):
    """Charte MIG, § 2.4.1, § 1.6."""
    adhere(partners, "92012", date(2026, 2, 1))
    item = Item("orientations", "2027", "LiDAR", nature="decision")
    committees.record_meeting(partners, STEERING, [item], on(date(2026, 3, 3)))
    made = activity.report(partners, 2026, TODAY)
    told = made.as_json()
    assert {row["organisation"] for row in told["members"]} == {"departement-92", "92050", "92024", "ept-t4", "92012"}
    assert [row["motion"] for row in told["decisions"]] == ["LiDAR"]
    shares = {row["organisation"]: (row["meetings"], row["held"]) for row in told["participation"]}
    assert shares["92050"] == (1, 1)
    assert shares["ept-t4"] == (0, 1)
    assert told["validated"] is None
    committees.record_meeting(partners, STEERING, [Item("activity_report", "2026", "Bilan 2026")], on(date(2026, 6, 1)))
    assert activity.report(partners, 2026, TODAY).validated["held_on"] == date(2026, 6, 1)


def test_orientations_are_shown_beside_their_decision(partners, on):
    """Charte MIG, § 2.4.1: proposed by the technical committee, validated by the steering committee."""
    technical = Sitting("technical", ("92050", "92024"), "compte-rendu 3")
    committees.record_meeting(
        partners, technical, [Item("orientations", "2027", "LiDAR", "opinion")], on(date(2026, 2, 3))
    )
    committees.record_meeting(partners, STEERING, [Item("orientations", "2027", "LiDAR")], on(date(2026, 3, 3)))
    (row,) = activity.orientations(partners)
    assert (row["proposed_on"], row["decided_on"], row["adopted"]) == (date(2026, 2, 3), date(2026, 3, 3), True)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_report_is_a_page_with_the_mention(partners, lang):
    """Charte MIG, § 3.5.2: the mention is on each document."""
    from mig_idg.web.activity import page

    text = page(activity.report(partners, 2026, TODAY), lang)
    assert "Mutualisation de l" in text
    assert "Nanterre" in text
    assert ("Rien cette année" if lang == "fr" else "Nothing this year") in text
