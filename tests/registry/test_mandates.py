"""Who speaks for a body, one at a time where the charter wants one (004 §2.1.3)."""

from datetime import date

import pytest

from mig_idg.errors import Conflict, InvalidParameter, UnknownWord
from mig_idg.registry import mandates
from mig_idg.registry.mandates import Person
from mig_idg.registry.organisations import Organisation, register, resolve

DAY = date(2026, 3, 1)
LATER = date(2026, 6, 1)


def holders(conn, day, role="technical_referent"):
    return [row["person"] for row in mandates.held(conn, "92050", day) if row["role"] == role]


def test_a_new_referent_replaces_the_former_who_stays_in_history(partners, on):
    mandates.name(partners, "92050", "technical_referent", Person("Camille Martin"), on(DAY))
    mandates.name(partners, "92050", "technical_referent", Person("Dominique Petit"), on(LATER))
    assert holders(partners, date(2026, 5, 31)) == ["Camille Martin"]
    assert holders(partners, LATER) == ["Dominique Petit"]


def test_resource_persons_are_several(partners, on):
    for person in ("Camille Martin", "Dominique Petit"):
        mandates.name(partners, "92050", "resource_person", Person(person), on(DAY))
    assert holders(partners, DAY, "resource_person") == ["Camille Martin", "Dominique Petit"]


def test_a_partner_without_a_referent_is_known(partners, on):
    mandates.name(partners, "92050", "technical_referent", Person("Camille Martin"), on(DAY), until=LATER)
    assert "92050" not in mandates.without_referent(partners, DAY)
    assert "92050" in mandates.without_referent(partners, LATER)
    assert "92048" not in mandates.without_referent(partners, LATER)


def test_a_mandate_ends_and_does_not_end_twice(partners, on):
    mandates.name(partners, "92050", "technical_referent", Person("Camille Martin"), on(DAY))
    mandates.end(partners, "92050", "technical_referent", on(LATER))
    assert holders(partners, LATER) == []
    with pytest.raises(Conflict):
        mandates.end(partners, "92050", "technical_referent", on(LATER))


def test_a_role_that_is_not_known_is_answered_with_the_nearest(partners, on):
    with pytest.raises(UnknownWord) as problem:
        mandates.name(partners, "92050", "technical_referant", Person("Camille Martin"), on(DAY))
    assert "technical_referent" in problem.value.text()


def test_two_bodies_of_one_name_are_not_guessed_between(registry, on):
    for id in ("geo-1", "geo-2"):
        register(registry, Organisation(id, "Géo Conseil", "company"), on(DAY))
    with pytest.raises(InvalidParameter) as problem:
        resolve(registry, "geo conseil")
    assert "geo-1, geo-2" in problem.value.text()
    assert resolve(registry, "geo-1") == "geo-1"
