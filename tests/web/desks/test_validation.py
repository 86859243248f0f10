"""The technical committee validates the next version from a page: a job puts its rows in place, with the decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mig_idg.app import acts
from mig_idg.app.jobs import acting
from mig_idg.database import connect
from mig_idg.guard.current import Current
from mig_idg.registry import datasets, proposals

DAY, NOW = date(2026, 6, 15), datetime(2026, 6, 15, 12, tzinfo=UTC)
STAGES = ("structured", "collecting", "consolidated", "submitted")
PRESENT = ("departement-92", "92026", "ept-t4")
PIECE = {"evidence": "compte-rendu : 12"}


@pytest.fixture
def address(own_service: Any) -> str:
    """An address whose change the group took."""
    with connect(own_service.database_url) as owner:
        (id,) = owner.execute("select id from data.adresses order by id limit 1").fetchone()
        said = proposals.Proposed("adresses", "update", "demo-owner", "92050", id, {"numero": "4321"})
        number = proposals.propose(owner, said, NOW, DAY)
        proposals.decide(owner, number, proposals.Step("taken"), "test", NOW, DAY)
        owner.commit()
    return str(id)


@pytest.fixture
def run(own_service: Any) -> Callable[[], dict[str, Any]]:
    """The job of the act, done as its worker does it."""

    async def read() -> Any:
        current = Current(own_service.database_url, lambda: NOW)
        try:
            return await current.refresh()
        finally:
            await current.close()

    def ran() -> dict[str, Any]:
        import asyncio

        with connect(own_service.database_url) as owner:
            (job,) = owner.execute("select to_jsonb(j) from jobs.job j where kind = 'acts' order by created desc limit 1"
                                   ).fetchone()  # fmt: skip
        told = acts.performed(own_service.database_url, job, asyncio.run(read()), acting)
        with connect(own_service.database_url) as owner:
            owner.execute(
                "update jobs.job set status = %s, problem = %s, started = now(), finished = now() where id = %s",
                ("failed" if "problem" in told else "successful", json.dumps(told.get("problem")), job["id"]),
            )
            owner.commit()
        return told

    return ran


def numero(own_service: Any, address: str) -> int:
    with connect(own_service.database_url) as owner:
        return int(owner.execute("select numero from data.adresses where id = %s", (address,)).fetchone()[0])


def submitted(pilot: Any) -> None:
    for stage in STAGES:
        pilot.do("committee-stage", dataset="adresses", stage=stage, **PIECE)


def test_a_next_version_is_validated_with_its_rows_from_a_page(
    person: Any, own_service: Any, read_form: Any, address: str, run: Any
) -> None:
    pilot = person("pilot")
    submitted(pilot)
    said = {"dataset": "adresses", "version": "2", "present": PRESENT, **PIECE}
    shown = pilot.send(pilot.form("committee-validate"), **said)
    assert shown.status_code == 200, shown.text
    assert "Propositions retenues" in shown.text
    confirm = read_form(shown)
    going = pilot.send(confirm, "confirm")
    assert going.status_code == 303
    again = pilot.send(confirm, "confirm")
    assert again.headers["location"] == going.headers["location"]  # sent twice, one job
    where = going.headers["location"]
    page = pilot.get(where)
    assert "En cours" in page.text
    assert "refresh" in page.headers
    assert person("committee").get(where).status_code == 404
    assert numero(own_service, address) != 4321
    assert run() == {"outputs": []}
    done = pilot.get(where)
    assert done.status_code == 303
    assert "/desk/receipts/" in done.headers["location"]
    assert "version 2" in pilot.get(done.headers["location"]).text
    assert numero(own_service, address) == 4321
    read = own_service.get(f"/collections/adresses/items/{address}", "owner").json()
    assert read["properties"]["numero"] == 4321
    with connect(own_service.database_url) as owner:
        assert datasets.state_of(owner, "adresses", DAY) == "validated"
        (version,) = owner.execute("select validated from versions.version where collection = 'adresses'"
                                   " order by number desc limit 1").fetchone()  # fmt: skip
    assert version == "2"
    assert run() == {"outputs": []}  # a job taken up again does nothing more
    assert numero(own_service, address) == 4321


def test_facts_that_moved_before_the_job_leave_everything_as_it_was(
    person: Any, own_service: Any, read_form: Any, address: str, run: Any
) -> None:
    pilot = person("pilot")
    submitted(pilot)
    shown = pilot.send(pilot.form("committee-validate"), dataset="adresses", version="2", present=PRESENT, **PIECE)
    where = pilot.send(read_form(shown), "confirm").headers["location"]
    pilot.do("committee-return", dataset="adresses", stage="collecting", reasons="numéros en double", present=PRESENT,
             **PIECE)  # fmt: skip
    assert "problem" in run()
    page = pilot.get(where)
    assert "Rien n'a été enregistré" in page.text.replace("&#39;", "'")
    assert numero(own_service, address) != 4321
    with connect(own_service.database_url) as owner:
        assert datasets.stage_of(owner, "adresses", DAY) == "collecting"
