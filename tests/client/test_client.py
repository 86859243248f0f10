"""`mig_idg.client` against the real server: what an analyst writes in a notebook."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point

from mig_idg.client import Problem, Service, connect
from mig_idg.database import connect as open_database
from mig_idg.deposits import work
from mig_idg.deposits.receive import Quarantine
from mig_idg.deposits.scan import Scanner
from mig_idg.deposits.work import Workshop
from mig_idg.validators.library import Library

BOX = (642000, 6865000, 644500, 6867500)  # Nanterre and Puteaux, EPSG:2154
CERTIFIED = {
    "same_files": "yes", "legal_conformity": "yes", "production": "2025-01-01/2025-06-30", "validity": "2025-07-01/..",
    "checklist": "none",
}  # fmt: skip


@pytest.fixture(scope="module")
def owner(service: Any) -> Iterator[Service]:
    with connect(service.url, service.tokens["owner"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def written(serve_demonstration: Any) -> Iterator[Any]:
    """A service of their own for the tests that write."""
    with serve_demonstration() as running:
        yield running


@pytest.fixture(scope="module")
def pilot(written: Any) -> Iterator[Service]:
    with connect(written.url, written.tokens["pilot"]) as opened:
        yield opened


def counted(service: Any, question: str) -> int:
    with open_database(service.database_url) as connection:
        (found,) = connection.execute(question.encode()).fetchone()
    return int(found)


def test_a_box_is_read_whole_by_pages_and_typed(service: Any, owner: Service) -> None:
    found = owner.items("adresses", bbox=BOX, crs=2154)
    inside = f"select count(*) from data.adresses where st_intersects(geom, st_makeenvelope({','.join(map(str, BOX))}, 2154))"
    assert len(found) == counted(service, inside) > 2000
    assert found.index.is_unique
    assert found.crs.to_epsg() == 2154
    assert found.total_bounds[0] >= BOX[0]
    assert found.total_bounds[3] <= BOX[3]
    kinds = {name: str(found[name].dtype) for name in ("numero", "toponyme", "certification_commune", "date_der_maj")}
    assert kinds == {
        "numero": "Int64", "toponyme": "string", "certification_commune": "boolean", "date_der_maj": "datetime64[s]",
    }  # fmt: skip


def test_what_a_reuse_must_show_is_in_attrs_and_can_be_stored(owner: Service, tmp_path: Path) -> None:
    found = owner.items("adresses", filter="commune_insee = '92050' AND numero = 1", limit=20)
    assert set(found["commune_insee"]) == {"92050"}
    assert len(found) == 20
    assert found.attrs["mention"] == "Mutualisation de l'Information Géographique"
    assert found.attrs["licence"].endswith("/collections/adresses/access?f=html")
    assert "MENTION_MIG" in found.attrs["obligations"]
    assert json.loads(json.dumps(found.attrs))["collection"] == "adresses"
    assert found[found["numero"] == 1].attrs["mention"] == found.attrs["mention"]
    found.to_parquet(tmp_path / "adresses.parquet")
    copy.deepcopy(found)


def test_an_empty_answer_keeps_its_columns(owner: Service) -> None:
    found = owner.items("adresses", filter="commune_insee = '00000'", crs=2154)
    assert len(found) == 0
    assert "toponyme" in found.columns
    assert found.crs.to_epsg() == 2154


@pytest.mark.parametrize("crs", [4326, 2154, 3035, 4258])
def test_axes_are_those_of_geopandas_in_every_crs(owner: Service, crs: int) -> None:
    """EPSG:3035 and 4258 have the northing first: given so by the server, and read so by it in a box."""
    in_degrees = owner.items("equipements", limit=50)
    same = owner.items("equipements", limit=50, crs=crs)
    away = same.to_crs(2154).distance(in_degrees.to_crs(2154))
    assert away.max() < 0.2
    margin = 1e-6 if same.crs.is_geographic else 0.1
    xmin, ymin, xmax, ymax = same.total_bounds
    around = (xmin - margin, ymin - margin, xmax + margin, ymax + margin)
    assert set(in_degrees.index) <= set(owner.items("equipements", bbox=around, crs=crs).index)


def test_layers_say_who_may_read_them(service: Any, owner: Service) -> None:
    layers = owner.layers()
    assert layers.loc["adresses", "access"] == "permit"
    assert layers.loc["adresses", "article"] == "Charte MIG, § 3.4"
    assert layers.loc["orthophoto", "licence"] == "restricted"
    with connect(service.url) as public:
        assert "pcrs" in owner.layers().index
        assert public.layers().loc["adresses", "access"] != "permit"


def test_records_are_searched_by_words(owner: Service) -> None:
    found = owner.records("voirie")
    assert "pcrs" in found.index
    assert found.loc["pcrs", "title"] == "Plan de corps de rue simplifié"
    assert not found.loc["pcrs"].geometry.is_empty


def test_why_tells_the_decision_and_its_article(owner: Service) -> None:
    assert owner.why("adresses")["outcome"] == "permit"
    closed = owner.why("adresses", who="public")
    assert closed["outcome"] != "permit"
    assert closed["article"].startswith("Charte MIG")


def test_a_refusal_is_raised_in_the_servers_own_sentences(service: Any) -> None:
    with connect(service.url) as public, pytest.raises(Problem) as raised:
        public.items("adresses")
    told = service.get("/collections/adresses/items").json()
    problem = raised.value
    assert (problem.status, problem.title, problem.detail, problem.remedy, problem.article) == (
        401, told["title"], told["detail"], told["remedy"], told["article"],
    )  # fmt: skip
    assert told["article"] in str(problem)
    with connect(service.url, lang="en") as public, pytest.raises(Problem, match="No rule of the charter"):
        public.items("adresses")


def test_what_does_not_exist_is_told_as_missing(service: Any) -> None:
    with connect(service.url) as public, pytest.raises(Problem) as raised:
        public.items("no-such-layer")
    assert (raised.value.status, raised.value.code) == (404, "not-found")


def test_a_wrong_token_and_a_wrong_address_are_told_at_once(service: Any) -> None:
    with pytest.raises(Problem) as refused:
        connect(service.url, "idg_wrong")
    assert refused.value.status == 401
    with pytest.raises(Problem, match="ne répond pas"):
        connect("http://127.0.0.1:9")
    with pytest.raises(ValueError, match="http"):
        connect("sig.example")


def test_the_token_is_never_shown(service: Any, owner: Service) -> None:
    assert service.tokens["owner"] not in repr(owner)
    assert service.url in repr(owner)


def test_only_what_changed_is_written_on_the_state_that_was_read(written: Any, pilot: Service) -> None:
    found = pilot.items("equipements", limit=4, crs=2154)
    one, other, third = found.index[:3]
    mine, theirs = found.copy(), found.copy()
    theirs.loc[other, "nom"] = "Écrit par une collègue"
    assert pilot.write(theirs).updated == (other,)
    mine.loc[one, "nom"] = "Gymnase de l'Île"
    mine.loc[other, "nom"] = "Écrit trop tard"
    mine.loc[third, "geometry"] = Point(642500.25, 6865500.5)
    mine["calcul"] = 3.0
    report = pilot.write(mine)
    assert not report
    assert report.updated == (one, third)
    assert len(report.unchanged) == 1
    assert report.refusals().loc[other, "status"] == 412
    assert "a changé depuis" in report.refusals().loc[other, "detail"]
    again = pilot.items("equipements", limit=4, crs=2154)
    assert list(again.loc[[one, other], "nom"]) == ["Gymnase de l'Île", "Écrit par une collègue"]
    assert again.loc[third].geometry.equals_exact(Point(642500.25, 6865500.5), 0.01)


def test_rows_are_created_refused_one_by_one_and_deleted_by_name(written: Any, pilot: Service) -> None:
    before = counted(written, "select count(*) from data.equipements")
    found = pilot.items("equipements", limit=1, crs=2154)
    both = found.loc[[found.index[0], found.index[0]]].copy()
    both.index = ["nouveau", "surface"]
    both["geometry"] = [found.geometry.iloc[0], found.geometry.iloc[0].buffer(5)]
    report = pilot.write(both)
    assert list(report.created) == ["nouveau"], report
    assert [one.row for one in report.refused] == ["surface"]
    assert report.refused[0].problem.detail
    assert counted(written, "select count(*) from data.equipements") == before + 1
    id = report.created["nouveau"]
    assert pilot.write(found, delete=[id]).deleted == (id,)
    assert counted(written, "select count(*) from data.equipements") == before


def test_who_may_not_write_has_every_row_refused(written: Any, pilot: Service) -> None:
    with connect(written.url, written.tokens["other-partner"]) as partner:
        found = partner.items("equipements", limit=2, crs=2154)
        found["nom"] = "Pris"
        report = partner.write(found)
    assert len(report.refused) == 2
    assert {one.problem.status for one in report.refused} == {403}
    assert report.refused[0].problem.article


def test_a_deposit_is_followed_to_the_end_of_its_check(written: Any, pilot: Service, tmp_path: Path) -> None:
    found = pilot.items("eclairage-public", limit=200)
    file = tmp_path / "réseau.gpkg"
    found.reset_index(drop=True).to_file(file)
    tools = Workshop(
        Quarantine(written.home / "deposits", 1 << 30), Scanner("off", ""), Library(written.home / "standards")
    )
    states = []

    def worker(deposit: dict[str, Any]) -> None:
        """The check, done as the worker beside the server does it."""
        states.append(deposit["state"])
        if deposit["state"] == "draft":
            with open_database(written.database_url) as connection:
                work.perform(
                    connection, {"subject": "check", "request": {"deposit": deposit["id"]}}, tools, date(2026, 6, 15)
                )

    deposit = pilot.deposit(file, "eclairage-public", follow=worker, **CERTIFIED)
    assert states == ["draft", "checked"]
    assert deposit["report"]["findings"]["error"] == 0
    with pytest.raises(Problem) as refused:
        pilot.deposit(file, "no-such-dataset")
    assert refused.value.status == 404
