"""EPT serve their member communes by an act, under their responsibility (004 §3.6)."""

from datetime import date

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.errors import Conflict, Refused
from mig_idg.registry import datasets, declared, ept, facts
from mig_idg.registry.committees import Sitting

DAY = date(2026, 3, 1)
ACCEPTED = date(2026, 3, 8)


@pytest.fixture
def validated(partners, on, submitted):
    """`adresses` is validated; EPT T4 is a partner, T3 and T5 are not."""
    declared.record(partners, {"id": "adresses", "kind": "coproduced"}, "greffier", date(2025, 1, 1))
    sitting = Sitting("technical", ["92050", "ept-t4"], "1")
    submitted(partners, "adresses", date(2025, 6, 1))
    datasets.validate(partners, "adresses", datasets.Version("1"), sitting, on(date(2025, 6, 1)))
    return partners


def rule(conn, who, day, dataset="adresses"):
    return decide(AccessRequest(who, frozenset(), "query", dataset, day), facts.load(conn, day)).rule


def test_an_act_serves_the_commune_once_it_accepts(validated, on):
    ept.sub_distribute(validated, "ept-t4", "92033", on(DAY))
    assert rule(validated, "92033", ACCEPTED) == "B11"
    ept.acknowledge(validated, "ept-t4", "92033", on(ACCEPTED))
    assert rule(validated, "92033", date(2026, 3, 7)) == "B11"
    assert rule(validated, "92033", ACCEPTED) == "B6"


def test_an_ept_that_is_no_partner_serves_nobody(validated, on):
    with pytest.raises(Refused) as refusal:
        ept.sub_distribute(validated, "ept-t3", "92048", on(DAY))
    assert "§ 3.5.2" in refusal.value.extra["article"]


def test_an_ept_does_not_serve_the_commune_of_another(validated, on):
    with pytest.raises(Refused) as refusal:
        ept.sub_distribute(validated, "ept-t4", "92048", on(DAY))
    assert refusal.value.extra["rule"] == "an_ept_serves_its_own_communes"


def test_argenteuil_is_served_by_boucle_nord_de_seine(validated, on, adhere):
    adhere(validated, "ept-t5", date(2025, 1, 1))
    ept.sub_distribute(validated, "ept-t5", "95018", on(DAY))
    ept.acknowledge(validated, "ept-t5", "95018", on(ACCEPTED))
    assert rule(validated, "95018", ACCEPTED) == "B6"


@pytest.fixture
def served(validated, on):
    ept.sub_distribute(validated, "ept-t4", "92033", on(DAY))
    ept.acknowledge(validated, "ept-t4", "92033", on(ACCEPTED))
    return validated


def test_a_suspension_stops_from_its_day_and_a_resumption_serves_again(served, on):
    ept.suspend(served, "ept-t4", "92033", on(date(2026, 4, 1)), reasons="usage commercial")
    ept.resume(served, "ept-t4", "92033", on(date(2026, 5, 1)))
    days = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1))
    assert [rule(served, "92033", day) for day in days] == ["B6", "B11", "B11", "B6"]


def test_an_ended_act_serves_no_more_and_cannot_end_twice(served, on):
    ept.end(served, "ept-t4", "92033", on(date(2026, 4, 1)))
    assert rule(served, "92033", date(2026, 4, 1)) == "B11"
    with pytest.raises(Conflict):
        ept.end(served, "ept-t4", "92033", on(date(2026, 5, 1)))


def test_a_commune_that_leaves_its_ept_is_served_no_more(served, on):
    done = ept.remove_commune(served, "ept-t4", "92033", on(date(2026, 4, 1)))
    assert done.details["ended"] == 1
    assert rule(served, "92033", date(2026, 3, 31)) == "B6"
    assert rule(served, "92033", date(2026, 4, 1)) == "B11"


def test_a_commune_is_not_offered_twice(served, on):
    with pytest.raises(Conflict):
        ept.sub_distribute(served, "ept-t4", "92033", on(date(2026, 4, 1)))


def test_an_act_may_be_limited_to_some_data(validated, on, submitted):
    declared.record(validated, {"id": "voirie", "kind": "coproduced"}, "greffier", date(2025, 1, 1))
    sitting = Sitting("technical", ["92050", "92024"], "1")
    submitted(validated, "voirie", date(2025, 6, 2))
    datasets.validate(validated, "voirie", datasets.Version("1"), sitting, on(date(2025, 6, 2)))
    ept.sub_distribute(validated, "ept-t4", "92033", on(DAY), scope=["adresses"])
    ept.acknowledge(validated, "ept-t4", "92033", on(ACCEPTED))
    assert rule(validated, "92033", ACCEPTED) == "B6"
    assert rule(validated, "92033", ACCEPTED, "voirie") == "B11"


def test_a_commune_moves_to_another_ept(validated, on):
    ept.remove_commune(validated, "ept-t4", "92033", on(DAY))
    ept.add_commune(validated, "ept-t2", "92033", on(DAY))
    world = facts.load(validated, DAY)
    assert world.belongs("92033", "ept-t2", DAY)
    assert world.belongs("92033", "ept-t4", date(2026, 2, 28))
