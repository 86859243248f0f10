"""The board of open data, one query over the sets of all bodies, the SCDL catalogue: at their doors."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.publication.publish import publish
from mig_idg.registry import open_board
from mig_idg.registry.acts import Evidence, Record

ON = date(2026, 1, 5)
NAMES = (
    "commune_nom text, coll_insee text, enfant_sexe text, enfant_prenom text, nombre_occurrences integer, annee text"
)
DECLARED = """id: prenoms-{code}
title: {{fr: "Prénoms, {code}", en: "First names, {code}"}}
description: {{fr: "Les prénoms donnés, tirés pour l'essai.", en: "First names, drawn for the test."}}
kind: mutualised
owner: "{code}"
source: {{table: data.prenoms_{code}, id: id}}
keywords: [prénoms]
theme: prénoms
update_frequency: annually
topics: [society]
lineage: {{fr: "Tirés pour l'essai.", en: "Drawn for the test."}}
services: [features, download]
terms: {{mode: {mode}, actions: [view, query, download]}}
{licence}
"""


@pytest.fixture
def prenoms(own_service: Any, tmp_path: Path) -> Any:
    """First names of Nanterre and of Courbevoie, open; those of Clichy, shared with partners only."""
    folder = tmp_path / "declared"
    folder.mkdir()
    for one in (Path(__file__).parents[2] / "collections").glob("*.yml"):
        (folder / one.name).write_text(one.read_text("utf-8"), "utf-8")
    with connect(own_service.database_url) as owner:
        for code, place in (("92050", "Nanterre"), ("92026", "Courbevoie"), ("92024", "Clichy")):
            owner.execute(f"create table data.prenoms_{code} (id integer primary key, {NAMES})")  # type: ignore[call-overload]
            owner.execute(
                f"insert into data.prenoms_{code} values (1, %s, %s, 'F', 'Inès', 4, '2025'),"  # type: ignore[call-overload]
                " (2, %s, %s, 'M', 'Adam', 3, '2025')",
                (place, code, place, code),
            )
            text = DECLARED.format(code=code, mode="all_partners", licence="" if code == "92024" else "licence: LO-2.0")
            (folder / f"prenoms-{code}.yml").write_text(text, "utf-8")
        record = Record(ON, "greffe", Evidence("INSEE", "2023", ON))
        open_board.describe(owner, "92050", open_board.Figures(96807, 2400, "21920050800006"), record)
        publish(owner, folder, author="tests", on=ON)
        owner.commit()
    return own_service


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_board_one_query_over_all_bodies_and_the_catalogue(prenoms: Any) -> None:
    told = prenoms.get("/open-data").json()
    nanterre = next(one for one in told["bodies"] if one["organisation"] == "92050")
    assert (nanterre["duty"], [one["dataset"] for one in nanterre["sets"]["prenoms"]]) == ("obliged", ["prenoms-92050"])
    assert nanterre["sets"]["prenoms"][0]["open"] is True
    assert nanterre["sets"]["prenoms"][0]["valid"] is None

    lines = cells(prenoms.get("/open-data?f=csv").text)
    (line,) = [one for one in lines if (one["organisme"], one["jeu"]) == ("92050", "prenoms")]
    assert (line["obligation"], line["ouverte"], line["valide"]) == ("obliged", "oui", "")
    for lang, words in (("fr", "organisme par organisme"), ("en", "body by body")):
        page = prenoms.get("/open-data", headers={"accept": "text/html", "accept-language": lang})
        assert (page.status_code, words in page.text) == (200, True)

    every = prenoms.get("/open-data/sets/prenoms?ENFANT_PRENOM=In%C3%A8s").json()
    assert [(one["organisme"], one["ENFANT_PRENOM"]) for one in every["rows"]] == [("92026", "Inès"), ("92050", "Inès")]
    assert every["numberMatched"] == 2
    assert {one["licence"] for one in every["attribution"]} == {"LO-2.0"}
    second = prenoms.get("/open-data/sets/prenoms?limit=2&offset=1").json()
    assert [one["donnee"] for one in second["rows"]] == ["prenoms-92026", "prenoms-92050"]
    assert second["numberMatched"] == 4
    assert len(cells(prenoms.get("/open-data/sets/prenoms?f=csv").text)) == 4
    for query, status in (("sets/nothing", 404), ("sets/prenoms?SEX=F", 400), ("sets/prenoms?limit=0", 400)):
        assert prenoms.get(f"/open-data/{query}").status_code == status

    catalogue = {one["ID"]: one for one in cells(prenoms.get("/open-data/catalogue?f=csv").text)}
    assert catalogue["prenoms-92050"]["COLL_SIRET"] == "21920050800006"
    assert catalogue["prenoms-92050"]["LICENCE"] == "Licence Ouverte-LO"
    assert "prenoms-92024" not in catalogue
    assert prenoms.get("/open-data/catalogue?f=json").json()["numberReturned"] == len(catalogue)


def test_what_is_not_open_stays_out_of_the_common_query_whoever_asks(prenoms: Any) -> None:
    for caller in (None, "owner", "other-partner"):
        rows = prenoms.get("/open-data/sets/prenoms?limit=100", *([caller] if caller else [])).json()["rows"]
        assert {one["organisme"] for one in rows} == {"92026", "92050"}
