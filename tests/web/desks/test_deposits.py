"""A deposit from a page: given with its certification, followed, signed off; and only by whom it belongs to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.deposits import work
from mig_idg.deposits.receive import Quarantine
from mig_idg.deposits.scan import Scanner
from mig_idg.deposits.work import Workshop
from mig_idg.registry import mandates
from mig_idg.registry.acts import Evidence, Record
from mig_idg.validators.library import Library

DAY = date(2026, 6, 15)
DATASET, TABLE = "eclairage-public", "data.eclairage_public"
CERTIFIED = {
    "dataset": DATASET, "same_files": "yes", "legal_conformity": "yes", "produced_from": "2025-01-01",
    "produced_to": "2025-06-30", "valid_from": "2025-07-01",
}  # fmt: skip


@pytest.fixture
def content(own_service: Any) -> bytes:
    """The published rows but three, as their owner would send them; its account is its referent's."""
    with connect(own_service.database_url) as owner:
        (name,) = owner.execute("select name from registry.account where login = 'demo-pilot'").fetchone()
        record = Record(DAY, "tests", Evidence("lettre", "1", DAY))
        mandates.name(owner, "departement-92", "technical_referent", mandates.Person(name), record)
        rows = owner.execute(
            f"select to_jsonb(t) - 'geom', st_asgeojson(st_transform(geom, 4326), 8)::jsonb from {TABLE} t"
            " where id > 3 order by id"
        ).fetchall()
        owner.commit()
    features = [{"type": "Feature", "properties": row, "geometry": shape} for row, shape in rows]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture
def run(own_service: Any) -> Callable[[str, str], None]:
    """The job of a deposit, done as its worker does."""
    tools = Workshop(
        Quarantine(own_service.home / "deposits", 1 << 30), Scanner("off", ""), Library(own_service.home / "standards")
    )

    def ran(id: str, subject: str) -> None:
        with connect(own_service.database_url) as owner:
            told = work.perform(owner, {"subject": subject, "request": {"deposit": id}}, tools, DAY)
        assert told == {"outputs": []}

    return ran


def open_form(one: Any, read_form: Any, path: str = "/desk/deposits") -> Any:
    page = one.get(path)
    assert page.status_code == 200, page.text
    return read_form(page)


def test_a_file_is_given_followed_and_signed_off_on_pages(
    person: Any, own_service: Any, read_form: Any, content: bytes, run: Any
) -> None:
    pilot = person("pilot")
    form = open_form(pilot, read_form)
    assert form.fields["E1"] == ["no"]
    given = pilot.send(form, files={"file": ("réseau.geojson", content)}, **CERTIFIED)
    assert given.status_code == 303, given.text
    path = given.headers["location"].removeprefix(own_service.url)
    id = path.rpartition("/")[2]
    run(id, "check")
    page = pilot.get(path)
    assert "contrôlé, à signer" in page.text
    assert pilot.send(read_form(page), "sign").status_code == 303
    run(id, "publish")
    assert "publié" in pilot.get(path).text
    items = own_service.get(f"/collections/{DATASET}/items?limit=1&f=json", "pilot").json()
    assert items["numberMatched"] == len(json.loads(content)["features"])
    stranger = person("owner")
    assert stranger.get(path).status_code == 404


def test_what_is_not_certified_is_told_beside_its_field(person: Any, read_form: Any, content: bytes) -> None:
    pilot = person("pilot")
    said = {**CERTIFIED, "same_files": "", "valid_from": "2025-02-30"}
    page = pilot.send(open_form(pilot, read_form), files={"file": ("x.geojson", content)}, **said)
    assert page.status_code == 422
    assert 'id="e-valid_from"' in page.text
    backwards = {**CERTIFIED, "produced_from": "2025-07-01"}
    page = pilot.send(open_form(pilot, read_form), files={"file": ("x.geojson", content)}, **backwards)
    assert page.status_code == 422
    assert 'id="e-produced_to"' in page.text


def test_who_may_not_contribute_has_nothing_to_choose_and_cannot_sign(
    person: Any, own_service: Any, read_form: Any, content: bytes, run: Any
) -> None:
    nanterre, pilot = person("owner"), person("pilot")
    form = open_form(nanterre, read_form)
    assert DATASET not in form.offered["dataset"]
    forged = nanterre.send(form, files={"file": ("x.geojson", content)}, **CERTIFIED)
    assert forged.status_code == 422
    stolen = open_form(pilot, read_form)
    assert nanterre.send(stolen, files={"file": ("x.geojson", content)}, **CERTIFIED).status_code == 403
    given = pilot.send(open_form(pilot, read_form), files={"file": ("x.geojson", content)}, **CERTIFIED)
    path = given.headers["location"].removeprefix(own_service.url)
    run(path.rpartition("/")[2], "check")
    with connect(own_service.database_url) as owner:
        record = Record(DAY, "tests", Evidence("lettre", "2", DAY))
        mandates.name(owner, "departement-92", "technical_referent", mandates.Person("Quelqu'un d'autre"), record)
        owner.commit()
    refused = pilot.send(read_form(pilot.get(path)), "sign")
    assert refused.status_code == 403
    assert "référent technique" in refused.text
