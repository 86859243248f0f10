"""A consolidation on pages: its report, its conflicts decided by the group, its base given to the layer by a job."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mig_idg.app import acts
from mig_idg.app.jobs import acting
from mig_idg.database import connect
from mig_idg.guard.current import Current
from mig_idg.registry import datasets

DAY, NOW = date(2026, 6, 15), datetime(2026, 6, 15, 12, tzinfo=UTC)
IDENTITY = "abcdef0123456789"
PIECE = {"evidence": "compte-rendu : 12"}


def made(own_service: Any) -> int:
    """A run on the addresses: two contributions that give one address twice."""
    with connect(own_service.database_url) as owner:
        given = []
        for number, body in enumerate(("92050", "92036")):
            row = (
                owner.execute(
                    "insert into consolidation.contribution (recipe, preparation, contributor, source, version, sha256,"
                    " columns, rows) values ('adresses', 'p', %s, 'x.csv', '1', %s, '{}', 1) on conflict do nothing"
                    " returning id",
                    (body, str(number) * 64),
                ).fetchone()
                or owner.execute("select id from consolidation.contribution where contributor = %s", (body,)).fetchone()
            )
            given.append({"contributor": body, "contribution": row[0], "source": "x.csv", "version": "1",
                          "sha256": str(number) * 64, "rows": 1, "kept": 1})  # fmt: skip
        owner.execute(
            "insert into consolidation.finding (contribution, other, identity, kind, key, other_key, proposal, geometry)"
            " values (%s, %s, %s, 'duplicate_across', 'k1', 'k2', 'keep_first', st_point(640000, 6860000, 2154))"
            " on conflict do nothing",
            (given[0]["contribution"], given[1]["contribution"], IDENTITY),
        )
        (run,) = owner.execute(
            "insert into consolidation.run (recipe, recipe_version, recipe_digest, dataset, contributions, rows, sha256,"
            " counts, blocking, author, started_at) values ('adresses', 1, 'd', 'adresses', %s, 1, %s, '{}',"
            " '{duplicate_across}', 'test', now()) returning id",
            (json.dumps(given), "a" * 64),
        ).fetchone()
        owner.commit()
    return int(run)


@pytest.fixture
def run_job(own_service: Any) -> Callable[[], dict[str, Any]]:
    """The last job of an act, done as its worker does it."""

    async def read() -> Any:
        current = Current(own_service.database_url, lambda: NOW)
        try:
            return await current.refresh()
        finally:
            await current.close()

    def ran() -> dict[str, Any]:
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


def adopt(pilot: Any, read_form: Any, run: int) -> Any:
    shown = pilot.send(pilot.form("consolidation-adopt", run=str(run)), run=str(run), **PIECE)
    assert shown.status_code == 200, shown.text
    return pilot.send(read_form(shown), "confirm")


def test_conflicts_are_decided_and_the_base_adopted_from_pages(
    person: Any, own_service: Any, read_form: Any, run_job: Any
) -> None:
    pilot, run = person("pilot"), made(own_service)
    assert f"/desk/consolidation/{run}" in pilot.get("/desk/committees").text
    page = pilot.get(f"/desk/consolidation/{run}")
    assert IDENTITY[:12] in page.text
    assert "garder le premier" in page.text
    assert f"consolidation-decide?run={run}&amp;conflict={IDENTITY[:12]}" in page.text
    both = pilot.send(pilot.form("consolidation-decide"), run=str(run), reason="x", conflict="abc", kind="overlap")
    assert both.status_code == 422
    done = pilot.do("consolidation-decide", run=str(run), conflict=IDENTITY[:12], reason="levé plus récent")
    assert "garder le premier" in done.text
    assert "Aucun." in pilot.get(f"/desk/consolidation/{run}").text
    refused = pilot.send(pilot.form("consolidation-adopt"), run=str(run), **PIECE)
    assert refused.status_code == 403  # the next version is not structured yet
    pilot.do("committee-stage", dataset="adresses", stage="structured", **PIECE)
    going = adopt(pilot, read_form, run)
    assert "problem" in run_job()  # a decision was taken since: it is consolidated again first
    assert "décisions ont été prises" in pilot.get(going.headers["location"]).text
    again = made(own_service)
    going = adopt(pilot, read_form, again)
    assert run_job() == {"outputs": []}
    receipt = pilot.get(pilot.get(going.headers["location"]).headers["location"])
    assert "attend la validation de la version suivante" in receipt.text
    with connect(own_service.database_url) as owner:
        assert datasets.stage_of(owner, "adresses", DAY) == "consolidated"
        assert owner.execute("select adopted_by from consolidation.run where id = %s", (again,)).fetchone()[0]


def test_a_contributor_reads_and_others_know_of_nothing(person: Any, own_service: Any) -> None:
    run = made(own_service)
    owner = person("owner")
    page = owner.get(f"/desk/consolidation/{run}")
    assert page.status_code == 200
    assert "consolidation-decide" not in page.text
    form = owner.form("consolidation-decide")
    assert str(run) not in form.offered.get("run", [])
    assert owner.send(form, run=str(run), conflict=IDENTITY, reason="x").status_code == 422
    told = owner.get(f"/desk/consolidation/{run}?f=json").json()
    assert (told["run"], told["undecided"]) == (run, 1)
    for who in ("served-commune", "contractor"):
        assert person(who).get(f"/desk/consolidation/{run}").status_code == 404
    assert own_service.get(f"/desk/consolidation/{run}").status_code in (401, 404)
