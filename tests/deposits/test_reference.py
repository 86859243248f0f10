"""The samples of ../shared/reference, imported: addresses, boundaries, street plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mig_idg import demonstration
from mig_idg.database import connect
from mig_idg.deposits.intake.adjust import Adjustments
from mig_idg.deposits.intake.imports import Choices, run
from mig_idg.deposits.intake.report import RefusedFile
from mig_idg.publication.load import load_folder
from mig_idg.publication.model import Declaration

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "reference"
FICTITIOUS = sorted((REFERENCE / "adresses-bal" / "exemples-fictifs").glob("*_bal_*.csv"))
pytestmark = [pytest.mark.reference, pytest.mark.slow]


@pytest.fixture(scope="module")
def connection(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection[Any]]:
    """The boundaries and the street plan of the demonstration are there already."""
    with connect(database_url) as opened:
        demonstration.load(opened, tmp_path_factory.mktemp("home"), only=frozenset({"communes", "ept", "pcrs"}))
        opened.commit()
        yield opened


@pytest.fixture(scope="module")
def declared() -> dict[str, Declaration]:
    return {one.declaration.id: one.declaration for one in load_folder(ROOT / "collections").declared}


@pytest.mark.parametrize("path", FICTITIOUS or [None], ids=lambda p: p.stem if p else "absent")
def test_the_samples_of_addresses_are_taken_or_refused_as_their_verdict_says(
    connection: psycopg.Connection[Any], declared: dict[str, Declaration], path: Path
):
    verdict = json.loads((REFERENCE / "adresses-bal" / "verdicts" / f"{path.name}.json").read_text("utf-8"))
    try:
        done = run(connection, path, declared["adresses"])
    except RefusedFile:
        assert not verdict["valide"]
        return
    assert verdict["valide"]
    assert done.rows == verdict["nb_lignes"]
    code = done.territories[0] if done.territories else ""
    inside = connection.execute(
        "select count(*) from data.adresses a, data.communes c where c.code = a.commune_insee and c.code = %s "
        "and st_dwithin(a.geom, c.geom, 600)",
        [code],
    ).fetchone()
    assert inside == (done.rows,), "the addresses are not where their commune is"


@pytest.mark.parametrize(
    ("collection", "name", "rows", "hectares"), [("communes", "communes-92", 36, 17_560), ("ept", "ept", 4, 19_300)]
)
def test_the_official_boundaries_replace_ours(
    connection: psycopg.Connection[Any],
    declared: dict[str, Declaration],
    collection: str,
    name: str,
    rows: int,
    hectares: int,
):
    done = run(connection, REFERENCE / "territoire" / f"{name}.geojson", declared[collection])
    assert done.rows == rows
    area = connection.execute(f"select sum(st_area(geom)) / 10000 from data.{collection}").fetchone()[0]
    assert area == pytest.approx(hectares, rel=0.02)


def test_a_street_plan_brings_its_lines_and_names_what_it_leaves(
    connection: psycopg.Connection[Any], declared: dict[str, Declaration]
):
    adjusted = Adjustments(left_out=frozenset({"gml_id", "typeMur"}), given={"commune_insee": "92050"})
    path = REFERENCE / "pcrs" / "exemples-fictifs" / "pcrs_nanterre_l93.gml"
    done = run(connection, path, declared["pcrs"], Choices(replace="territory", adjustments=adjusted))
    assert done.territories == ("92050",)
    classes = connection.execute(
        "select distinct classe from data.pcrs where commune_insee = '92050' order by 1"
    ).fetchall()
    assert [row[0] for row in classes] == ["FacadePCRS", "LimiteVoiriePCRS", "MurPCRS"]
    assert "ArbrePCRS" in {e.field for one in done.findings if one.code == "layer.not_taken" for e in one.examples}
    others = connection.execute("select count(*) > 50000 from data.pcrs where commune_insee <> '92050'").fetchone()
    assert others == (True,)
    assert not path.with_suffix(".gfs").exists()
