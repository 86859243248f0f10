"""Equipment, annexes and interventions (Aix-Marseille-Provence convention, art. 1, 7 to 10, annexes 1 to 3)."""

from datetime import date

import pytest

from mig_idg.errors import Conflict, InvalidParameter, Refused, UnknownWord
from mig_idg.registry import conventions, equipment, interventions
from mig_idg.registry.equipment import Asset, Contact, Line
from mig_idg.registry.interventions import MOVES, Intervention

DAY = date(2026, 3, 2)
SIGNED = {"92050": date(2026, 1, 5), "departement-92": date(2026, 1, 5)}
MAST = Asset(
    "mat-12",
    "support",
    "street_furniture",
    "92050",
    "Mât d'éclairage",
    "1 rue des Écoles",
    wkt="POINT (646000 6866000)",
)
WORK = Intervention(
    "mat-12", date(2026, 4, 1), date(2026, 4, 2), "pose d'un sonomètre, nacelle", operators=["Topo SARL"]
)


@pytest.fixture
def convention(partners, on):
    """A convention in force; Nanterre's mast is in the annex, where the département deposits."""
    conventions.sign(
        partners, "sm", "Équipements", "aix-marseille", SIGNED, on(date(2026, 1, 5)), notified_on=date(2026, 1, 12)
    )
    equipment.register(partners, MAST, on(DAY))
    line = Line(
        "support", "92050", "departement-92", asset="mat-12", host_contact=Contact("A. Martin", "a@nanterre.example")
    )
    equipment.list_in_annex(partners, "sm", line, on(DAY))
    return partners


def asked(conn, on, work=WORK):
    return interventions.request(conn, "sm", "departement-92", work, on(DAY)).details["intervention"]


def test_each_line_names_its_host_and_its_depositor(convention, on):
    (row,) = equipment.lines(convention, DAY, convention="sm")
    assert (row["asset"], row["host"], row["depositor"], row["host_contact"]["email"]) == (
        "mat-12", "92050", "departement-92", "a@nanterre.example",
    )  # fmt: skip
    assert equipment.lines(convention, date(2026, 3, 1)) == []
    noise = Asset("sono-1", "equipment", "sonomètre", "departement-92", peripherals=["micro"])
    equipment.register(convention, noise, on(DAY))
    # A body may deposit on one line and host on another.
    equipment.list_in_annex(
        convention, "sm", Line("equipment", "92050", "departement-92", "sono-1", support="mat-12"), on(DAY)
    )
    assert len(equipment.lines(convention, DAY, organisation="92050")) == 2


def test_positions_are_given_in_longitude_and_latitude(convention):
    (feature,) = equipment.as_geojson(equipment.assets(convention, DAY))["features"]
    longitude, latitude = feature["geometry"]["coordinates"]
    assert (round(longitude, 1), round(latitude, 1)) == (2.3, 48.9)


def test_an_object_is_described_day_by_day(convention, on):
    equipment.register(convention, Asset("mat-12", "support", "building", "92050"), on(date(2026, 5, 1)))
    assert [row["type"] for row in equipment.assets(convention, DAY)] == ["street_furniture"]
    assert [row["type"] for row in equipment.assets(convention, date(2026, 5, 1))] == ["building"]


@pytest.mark.parametrize(
    ("asset", "error"),
    [
        (Asset("m", "mobilier", "x", "92050"), UnknownWord),
        (Asset("m", "support", "mât", "92050"), UnknownWord),
        (Asset("m", "equipment", "x", "92050", wkt="POINT (a b)"), InvalidParameter),
    ],
)
def test_an_object_that_is_not_of_the_register_is_refused(convention, on, asset, error):
    with pytest.raises(error):
        equipment.register(convention, asset, on(DAY))


def test_only_parties_to_the_convention_host_or_deposit(convention, on):
    with pytest.raises(UnknownWord):
        equipment.list_in_annex(convention, "sm", Line("support", "92024", "departement-92", asset="mat-12"), on(DAY))


def test_what_leaves_the_annex_is_no_longer_under_the_convention(convention, on):
    (row,) = equipment.lines(convention, DAY)
    equipment.strike(convention, row["line"], on(date(2026, 5, 1)))
    assert equipment.lines(convention, date(2026, 5, 1)) == []
    assert equipment.lines(convention, date(2026, 4, 30)) != []


def test_restricted_data_wait_for_the_data_charter_and_the_interface_clause(convention, on):
    """Art. 2 D, 10, annexe 3: accepted by each party, and recorded."""
    line = Line(
        "dataset", "92050", "departement-92", dataset="bruit", access="restricted", routes=["api"], provision="api"
    )
    with pytest.raises(Refused, match="charte de la donnée"):
        equipment.list_in_annex(convention, "sm", line, on(DAY))
    for body in SIGNED:
        for document in equipment.DOCUMENTS:
            equipment.accept(convention, "sm", body, document, on(DAY))
    assert equipment.lacking(convention, "sm", DAY) == {}
    equipment.list_in_annex(convention, "sm", line, on(DAY))


def test_open_data_need_no_acceptance(convention, on):
    line = Line("dataset", "92050", "departement-92", dataset="velos", access="open", licence="LO-2.0")
    equipment.list_in_annex(convention, "sm", line, on(DAY))


def test_the_host_exploits_the_network_only_where_the_depositor_agreed(convention, on):
    """Art. 8: default no."""
    equipment.register(convention, Asset("lora", "network", "lorawan", "92050"), on(DAY))
    equipment.list_in_annex(convention, "sm", Line("network", "92050", "departement-92", "lora"), on(DAY))
    rows = {row["asset"]: row["network_data_agreed"] for row in equipment.lines(convention, DAY)}
    assert rows["lora"] is False


def test_an_intervention_is_only_on_a_support_of_the_annex(convention, on):
    with pytest.raises(Refused, match="supports validés en annexe"):
        asked(convention, on, Intervention("mat-13", date(2026, 4, 1), date(2026, 4, 2), "pose"))
    with pytest.raises(Refused, match="supports validés"):
        interventions.request(convention, "sm", "92050", WORK, on(DAY))


def test_none_is_done_without_the_host_s_agreement(convention, on):
    number = asked(convention, on)
    with pytest.raises(Refused, match="préalable nécessaire"):
        interventions.finish(convention, number, on(date(2026, 4, 2)))
    interventions.agree(convention, number, on(date(2026, 3, 9)), conditions="de nuit")
    with pytest.raises(InvalidParameter, match="01/04/2026"):
        interventions.finish(convention, number, on(date(2026, 3, 31)))
    interventions.finish(convention, number, on(date(2026, 4, 2)))
    (row,) = interventions.listing(convention, date(2026, 4, 2))
    assert (row["state"], row["conditions"], row["operators"]) == ("done", "de nuit", ["Topo SARL"])


def test_the_request_tells_whom_to_write_to(convention, on):
    done = interventions.request(convention, "sm", "departement-92", WORK, on(DAY))
    assert done.details["notify"]["email"] == "a@nanterre.example"


def test_the_host_stops_adds_conditions_and_demands_removal(convention, on):
    number = asked(convention, on)
    interventions.agree(convention, number, on(date(2026, 3, 9)))
    interventions.agree(convention, number, on(date(2026, 3, 10)), conditions="hors marché")
    interventions.stop(convention, number, "trottoir fermé", on(date(2026, 4, 1)))
    interventions.demand_removal(convention, number, date(2026, 4, 15), "gêne", on(date(2026, 4, 3)))
    row = interventions.latest(convention, number)
    assert (row["state"], row["conditions"], row["removal_by"]) == ("stopped", "hors marché", date(2026, 4, 15))


def test_every_pair_of_states_outside_the_table_is_refused(convention, on):
    acts = {
        "agreed": lambda n: interventions.agree(convention, n, on(date(2026, 4, 2))),
        "refused": lambda n: interventions.refuse(convention, n, "non", on(date(2026, 4, 2))),
        "done": lambda n: interventions.finish(convention, n, on(date(2026, 4, 2))),
        "stopped": lambda n: interventions.stop(convention, n, "non", on(date(2026, 4, 2))),
    }
    ways = {
        "asked": [],
        "agreed": ["agreed"],
        "refused": ["refused"],
        "done": ["agreed", "done"],
        "stopped": ["agreed", "stopped"],
    }
    for before, way in ways.items():
        for after, act in acts.items():
            number = asked(convention, on)
            for step in way:
                acts[step](number)
            allowed = after in MOVES[before] or before == after == "agreed"
            if allowed:
                act(number)
            else:
                with pytest.raises((Conflict, Refused)):
                    act(number)
            assert interventions.latest(convention, number)["state"] == (after if allowed else before)


def test_a_refusal_has_reasons(convention, on):
    with pytest.raises(InvalidParameter):
        interventions.refuse(convention, asked(convention, on), " ", on(DAY))


def test_interventions_are_a_calendar(convention, on):
    icalendar = pytest.importorskip("icalendar")
    number = asked(convention, on)
    rows = interventions.listing(convention, DAY, organisation="92050")
    (event,) = icalendar.Calendar.from_ical(interventions.calendar(rows, DAY, "fr")).walk("VEVENT")
    assert (event["uid"], event["status"]) == (f"intervention-{number}@mig-idg", "TENTATIVE")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 4, 1), date(2026, 4, 3))
