"""One feature against its standard: the same faults as its line would have in a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.validators.test_check_command import REFERENCE

from mig_idg.errors import Unavailable
from mig_idg.validators import feature
from mig_idg.validators.feature import Line
from mig_idg.validators.library import Library

DAY = date(2026, 6, 15)
FACILITY = {
    "COLL_NOM": "Nanterre", "COLL_SIRET": "21920050200011", "EQUIP_UID": "219200502-001", "EQUIP_THEME": "Équipement de sport",
    "EQUIP_NOM": "Piscine", "EQUIP_LAT": "48.89", "EQUIP_LONG": "2.2",
}  # fmt: skip


def codes(
    standard: str, cells: dict[str, str], place: tuple[float, float] | None = None
) -> set[tuple[str, str | None]]:
    """(code, column) of each fault."""
    found = feature.faults(standard, Line(cells, place), Library(REFERENCE), DAY)
    return {(one.code, one.column) for one in found}


def test_an_address_out_of_france_or_of_no_commune_is_found() -> None:
    cells = {"commune_insee": "92999", "toponyme": "Rue", "numero": "007", "position": "entrée"}
    assert codes("bal", cells, (120.0, 3.0)) >= {
        ("commune_insee.commune_invalide", "commune_insee"), ("numero.contient_prefixe", "numero"),
        ("row.longlat_invalides", "long"),
    }  # fmt: skip


def test_what_only_a_whole_file_lacks_is_not_asked_of_a_feature() -> None:
    assert codes("bal", {"numero": "7"}) == set()


def test_a_table_schema_is_held_field_by_field_and_between_fields() -> None:
    found = codes("scdl-equipements", FACILITY | {"COLL_SIRET": "21920050200012", "EQUIP_LAT": "nord"})
    assert ("french-siret-value", "COLL_SIRET") in found
    assert ("type-error", "EQUIP_LAT") in found
    assert not {column for _, column in found} & {"EQUIP_NOM", "COLL_NOM"}


def test_a_standard_whose_schema_is_absent_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        feature.faults("scdl-equipements", Line(FACILITY), Library(tmp_path), DAY)


@pytest.mark.parametrize(("name", "held"), [("bal", True), ("acceslibre", True), ("pcrs", False), ("inconnu", False)])
def test_standards_of_whole_documents_are_left_to_deposits(name: str, held: bool) -> None:
    assert feature.checked(name) is held
