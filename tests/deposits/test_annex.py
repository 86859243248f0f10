"""An annex kept in a spreadsheet: every line recorded, or none, with what to mend in each cell (annexe 1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.deposits import annex
from mig_idg.errors import Conflict, Problem, Unprocessable
from mig_idg.registry import conventions, equipment
from mig_idg.registry.acts import Evidence, Record
from mig_idg.registry.equipment import Asset

from .conftest import workbook

DAY = date(2026, 3, 2)
RECORD = Record(DAY, "greffier", Evidence("annexe", "1", DAY))
ANNEX = """Description;Adresse;Propriété;Energie;Resp. Maintenance;Partie accueillante;Partie déposante;Support;X;Y
Sonomètre 1;1 rue des Écoles;departement-92;réseau;departement-92;Nanterre;departement-92;mat-12;646000;6866000
Compteur vélos;2 quai;departement-92;batterie;;92050;departement-92;;;
"""


@pytest.fixture
def convention(database_url: str) -> Iterator[Any]:
    """A convention in force between Nanterre and the département; rolled back."""
    with connect(database_url) as conn:
        conn.execute("select 1")  # a transaction is open: acts are part of it
        adhesion.adopt(conn, date(2026, 11, 22))
        signed = {"92050": date(2026, 1, 5), "departement-92": date(2026, 1, 5)}
        conventions.sign(conn, "sm", "Équipements", "aix-marseille", signed, RECORD, notified_on=date(2026, 1, 12))
        equipment.register(conn, Asset("mat-12", "support", "street_furniture", "92050"), RECORD)
        yield conn
        conn.rollback()


def written(place: Path, text: str, name: str = "annexe.csv", encoding: str = "utf-8") -> Path:
    path = place / name
    path.write_text(text, encoding=encoding)
    return path


def listed(conn: Any) -> dict[str, Any]:
    return {row["asset"]: row for row in equipment.lines(conn, DAY) if row["annex"] == "equipment"}


def test_every_line_is_recorded(convention: Any, tmp_path: Path) -> None:
    assert len(annex.load(convention, written(tmp_path, ANNEX), "sm", "equipment", RECORD)) == 2
    rows = listed(convention)
    assert rows["sonometre-1"]["support"] == "mat-12"
    assert rows["compteur-velos"]["maintenance"] == "departement-92"


def test_a_workbook_says_the_same(convention: Any, tmp_path: Path) -> None:
    lines = [[int(c) if c.isdigit() and len(c) > 5 else c for c in line.split(";")] for line in ANNEX.splitlines()]
    workbook(tmp_path / "annexe.xlsx", lines)
    annex.load(convention, tmp_path / "annexe.xlsx", "sm", "equipment", RECORD)
    assert set(listed(convention)) == {"sonometre-1", "compteur-velos"}


def test_another_encoding_is_said_and_never_guessed(convention: Any, tmp_path: Path) -> None:
    path = written(tmp_path, ANNEX, encoding="cp1252")
    with pytest.raises(Unprocessable):
        annex.load(convention, path, "sm", "equipment", RECORD)
    annex.load(convention, path, "sm", "equipment", RECORD, encoding="cp1252")
    assert listed(convention)["sonometre-1"]["energy"] == "réseau"


def test_what_is_wrong_is_told_by_line_and_column_and_nothing_is_recorded(convention: Any, tmp_path: Path) -> None:
    bad = ANNEX.replace("batterie;;92050", "batterie;;Nanterrre").replace("646000;6866000", "2,2;48,8")
    with pytest.raises(Unprocessable, match="ligne 3, partie accueillante") as refusal:
        annex.load(convention, written(tmp_path, bad), "sm", "equipment", RECORD)
    told = [(one["line"], one["column"]) for one in refusal.value.extra["findings"]]
    assert told == [(2, "x"), (3, "partie accueillante")]
    assert listed(convention) == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"Nom;Adresse\nx;y\n"),
        ("a.csv", "Description;Propriété;Partie accueillante;Partie déposante\nx;y\n".encode()),
        ("a.xlsx", b"pas un classeur"),
        ("a.xlsx", b"PK\x03\x04pas un classeur"),
        ("a.pdf", b"%PDF-1.4"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}'),
    ],
)
def test_a_file_that_is_not_an_annex_is_said_so(convention: Any, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Problem):
        annex.load(convention, path, "sm", "equipment", RECORD)
    assert listed(convention) == {}


def test_a_second_load_is_refused_whole(convention: Any, tmp_path: Path) -> None:
    path = written(tmp_path, ANNEX)
    annex.load(convention, path, "sm", "equipment", RECORD)
    with pytest.raises(Conflict, match="déjà"):
        annex.load(convention, path, "sm", "equipment", RECORD)
