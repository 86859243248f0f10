"""Past versions at the door: today's rights on rows of another day, pages to their end, differences as layers."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest

from mig_idg.database import connect
from mig_idg.deposits.intake.republish import republish
from mig_idg.publication import versions
from mig_idg.publication.model import Declaration
from mig_idg.registry import exceptions, publications, takedowns
from mig_idg.registry.acts import Evidence, Record

DAY = date(2026, 6, 15)
ERP, LIGHTS = "/collections/erp", "/collections/eclairage-public"


def declared(owner: Any, id: str, **more: Any) -> Declaration:
    said = publications.latest(owner).collections[id]["declaration"]
    return Declaration.model_validate(said | more)


def cut(owner: Any, id: str, *statements: str, **more: Any) -> None:
    """The statements, then the version that they make, published."""
    for statement in statements:
        owner.execute(statement)
    assert versions.cut(owner, declared(owner, id), "greffier", **more) is not None
    republish(owner, id, author="greffier")
    owner.commit()


def put(owner: Any, id: str, number: int) -> None:
    versions.put_in_force(owner, declared(owner, id), number, "greffier")
    republish(owner, id, author="greffier")
    owner.commit()


HIDDEN, SHOWN, GONE, FRESH = "ERP-000001", "ERP-000002", "ERP-000003", "ERP-090001"


@pytest.fixture
def kept(own_service: Any) -> Iterator[Any]:
    """ERP in two versions: a telephone, which partners do not see, and a name changed; one gone, one added."""
    with connect(own_service.database_url) as owner:
        cut(owner, "erp", valid_from=date(2025, 1, 1), label="2025")
        cut(
            owner,
            "erp",
            f"update data.erp set contact_telephone = '00' where id = '{HIDDEN}'",
            f"update data.erp set nom = 'Nouveau nom' where id = '{SHOWN}'",
            f"delete from data.erp where id = '{GONE}'",
            f"create temporary table fresh as select * from data.erp where id = '{SHOWN}'",
            f"update fresh set id = '{FRESH}'",
            "insert into data.erp select * from fresh",
            valid_from=date(2026, 1, 1),
            label="2026",
        )
        own_service.owner = owner
        yield own_service


def changes(service: Any, who: str, query: str = "") -> dict[Any, dict[str, Any]]:
    answer = service.get(f"{ERP}/versions/2/changes?from=1&f=json{query}", who)
    assert answer.status_code == 200, answer.text
    return {one["id"]: one["properties"] for one in answer.json()["features"]}


def test_the_versions_are_told_as_far_as_they_tell_nothing_hidden(kept: Any) -> None:
    brigade = kept.get(f"{ERP}/versions", "emergency").json()["versions"]
    assert [(one["version"], one["label"], one["inForce"]) for one in brigade] == [
        (2, "2026", True),
        (1, "2025", False),
    ]
    assert [brigade[0][name] for name in ("added", "changed", "removed")] == [1, 2, 1]
    partner = kept.get(f"{ERP}/versions", "other-partner").json()["versions"]
    assert [one["version"] for one in partner] == [2, 1]
    assert not {"changed", "digest", "rows", "author"} & partner[0].keys()
    for page in (
        "versions",
        "versions/1",
        "versions/1/items",
        "versions/2/changes?from=1",
        "versions/1/items/ERP-000002",
    ):
        join = "&" if "?" in page else "?"
        assert kept.get(f"{ERP}/{page}{join}f=html", "other-partner").status_code == 200, page
    page = kept.get(f"{ERP}/versions/2/changes?from=1&f=html&lang=fr", "other-partner").text
    assert "changements de la version 1 à la 2" in page
    assert page.index("Ce qui change") < page.index(">Nom<"), "what changed comes first"
    assert "<td>modifiée</td><td>nom</td><td>nom : " in page
    assert f"{ERP}/remarks?" in kept.get(f"{ERP}/versions/1/items/ERP-000002?f=html", "other-partner").text
    links = {one["rel"]: one["href"] for one in kept.get(f"{ERP}?f=json", "other-partner").json()["links"]}
    assert links["version-history"].endswith("/collections/erp/versions?f=json")
    assert "Versions et changements" in kept.get(f"{ERP}?f=html", "other-partner").text
    assert "Versions et changements" not in kept.get("/collections/equipements?f=html", "other-partner").text


def test_a_stranger_learns_of_versions_what_they_learn_of_features(kept: Any) -> None:
    for page in ("versions", "versions/1", "versions/1/items", "versions/2/changes", "versions/1/items/ERP-000002"):
        told, of_features = kept.get(f"{ERP}/{page}"), kept.get(f"{ERP}/items")
        assert (told.status_code, told.json()["code"]) == (of_features.status_code, of_features.json()["code"])
        hidden, absent = (kept.get(f"/collections/{name}/{page}") for name in ("videosurveillance", "nulle-part"))
        assert hidden.status_code == kept.get("/collections/videosurveillance/items").status_code
        assert absent.status_code == 404


def test_a_past_version_is_read_like_the_layer(kept: Any) -> None:
    (one,) = kept.get(f"{ERP}/versions/1/items?f=json&id={SHOWN}", "other-partner").json()["features"]
    assert one["properties"]["nom"] != "Nouveau nom"
    assert "contact_nom" not in one["properties"]
    assert (
        kept.get(f"{ERP}/versions/2/items/{SHOWN}?f=json", "other-partner").json()["properties"]["nom"] == "Nouveau nom"
    )
    assert kept.get(f"{ERP}/versions/2/items/{GONE}", "other-partner").status_code == 404
    assert kept.get(f"{ERP}/versions/1/items/{GONE}", "other-partner").status_code == 200
    now = kept.get(f"{ERP}/items?f=json&limit=10&sortby=-id&bbox=2.2,48.8,2.3,48.9", "other-partner").json()
    then = kept.get(f"{ERP}/versions/2/items?f=json&limit=10&sortby=-id&bbox=2.2,48.8,2.3,48.9", "other-partner").json()
    assert then["features"] == now["features"]
    lambert = "crs=http://www.opengis.net/def/crs/EPSG/0/2154"
    x, _ = kept.get(f"{ERP}/versions/1/items/{SHOWN}?f=json&{lambert}", "other-partner").json()["geometry"][
        "coordinates"
    ]
    assert x > 600_000
    named = "filter=nom%20%3D%20%27Nouveau%20nom%27"
    counts = [
        kept.get(f"{ERP}/versions/{n}/items?f=json&{named}", "other-partner").json()["numberMatched"] for n in (1, 2)
    ]
    assert counts == [0, 2]
    assert kept.get(f"{ERP}/versions/1/items?contact_nom=x", "other-partner").status_code == 400


def test_a_past_version_is_written_to_files(kept: Any, tmp_path: Path) -> None:
    text = kept.get(f"{ERP}/versions/1/items?f=csv", "other-partner").text
    ids = {row["id"] for row in csv.DictReader(io.StringIO(text))}
    assert {GONE, SHOWN} < ids
    assert FRESH not in ids
    assert "contact" not in text.splitlines()[0]
    path = tmp_path / "erp.gpkg"
    path.write_bytes(kept.get(f"{ERP}/versions/1/items?f=gpkg", "other-partner").content)
    with sqlite3.connect(path) as file:
        assert file.execute('select count(*) from "erp"').fetchone() == (len(ids),)
    file.close()


def test_what_is_hidden_never_betrays_a_change(kept: Any) -> None:
    seen = changes(kept, "other-partner")
    assert {id: one["idg_change"] for id, one in seen.items()} == {SHOWN: "changed", GONE: "removed", FRESH: "added"}
    assert (seen[SHOWN]["idg_changed"], list(seen[SHOWN]["idg_before"])) == ("nom", ["nom"])
    brigade = changes(kept, "emergency")
    assert (brigade[HIDDEN]["idg_changed"], brigade[HIDDEN].keys() > {"contact_telephone"}) == (
        "contact_telephone",
        True,
    )
    assert "contact" not in json.dumps(list(seen.values()))


def test_a_difference_is_filtered_paged_and_turned_round(kept: Any) -> None:
    assert list(changes(kept, "other-partner", "&idg_change=removed")) == [GONE]
    found, address = [], f"{kept.url}{ERP}/versions/2/changes?from=1&limit=1&f=json"
    while address:
        page = kept.get(address.removeprefix(kept.url), "other-partner").json()
        found += [one["id"] for one in page["features"]]
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert found == [SHOWN, GONE, FRESH]
    back = kept.get(f"{ERP}/versions/1/changes?from=2&f=json", "other-partner").json()["features"]
    assert {one["id"]: one["properties"]["idg_change"] for one in back} == {
        SHOWN: "changed", GONE: "added", FRESH: "removed",
    }  # fmt: skip
    assert kept.get(f"{ERP}/versions/2/changes?f=json", "other-partner").json()["numberReturned"] == 3


def test_a_difference_is_written_to_files(kept: Any, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(kept.get(f"{ERP}/versions/2/changes?f=csv", "other-partner").text)))
    assert sorted(row["idg_change"] for row in rows) == ["added", "changed", "removed"]
    path = tmp_path / "changes.gpkg"
    path.write_bytes(kept.get(f"{ERP}/versions/2/changes?f=gpkg", "other-partner").content)
    with sqlite3.connect(path) as file:
        told = file.execute('select idg_change, geom is not null from "erp" order by 1').fetchall()
    file.close()
    assert told == [("added", 1), ("changed", 1), ("removed", 1)]


def test_rows_of_another_territory_are_in_no_version(own_service: Any) -> None:
    """Each body sees the rows of its own territory, of yesterday as of today."""
    with connect(own_service.database_url) as owner:
        cut(owner, "eclairage-public")
        cut(owner, "eclairage-public", "update data.eclairage_public set puissance_w = coalesce(puissance_w, 0) + 1")
    for page in ("versions/1/items", "versions/2/changes"):
        answer = own_service.get(f"{LIGHTS}/{page}?f=json&limit=1000", "owner").json()
        assert {one["properties"]["commune_insee"] for one in answer["features"]} == {"92050"}, page
    told = own_service.get(f"{LIGHTS}/versions", "owner").json()["versions"]
    assert not any({"rows", "changed", "digest"} & one.keys() for one in told)


def test_an_exception_of_today_holds_for_every_version(kept: Any) -> None:
    record = Record(DAY, "greffier", Evidence("courrier", "1", DAY))
    said = exceptions.Exception_("E1", "CRPA L311-6", "DPO", date(2027, 1, 1), attributes=("nom",))
    exceptions.declare(kept.owner, "erp", said, record)
    kept.owner.commit()
    (one,) = kept.get(f"{ERP}/versions/1/items?f=json&id={SHOWN}", "other-partner").json()["features"]
    assert "nom" not in one["properties"]
    assert set(changes(kept, "other-partner")) == {GONE, FRESH}
    assert kept.get(f"{ERP}/versions/1/items?nom=x", "other-partner").status_code == 400


def test_what_is_taken_down_is_so_in_every_version(kept: Any) -> None:
    record = Record(DAY, "greffier", Evidence("courrier", "1", DAY))
    done = takedowns.request(kept.owner, "erp", "all", "un riverain", "courriel", record)
    takedowns.execute(kept.owner, done.details["takedown"], record)
    kept.owner.commit()
    for page in (
        "versions",
        "versions/1",
        "versions/1/items?f=json",
        "versions/2/changes",
        "versions/1/items/ERP-000002",
    ):
        assert kept.get(f"{ERP}/{page}", "other-partner").status_code in (403, 404), page


def paged(service: Any, address: str, who: str, after_first: Callable[[], None]) -> list[Any]:
    """The ids of every page; something happens once the first was read."""
    found: list[Any] = []
    while address:
        answer = service.get(address.removeprefix(service.url), who)
        assert answer.status_code == 200, answer.text
        if not found:
            after_first()
        found += [one["id"] for one in answer.json()["features"]]
        address = next((one["href"] for one in answer.json()["links"] if one["rel"] == "next"), "")
    return found


def test_who_pages_through_a_version_pages_to_its_end(kept: Any) -> None:
    """A restore and a new version come while a reader is on the first page: what they read is one version."""
    (expected,) = kept.owner.execute("select array_agg(id order by id) from data.erp").fetchone()

    def meanwhile() -> None:
        put(kept.owner, "erp", 1)
        cut(kept.owner, "erp", "delete from data.erp where id > 'ERP-000100'")

    assert paged(kept, f"{kept.url}{ERP}/items?f=json&limit=1000", "other-partner", meanwhile) == expected
    assert kept.get(f"{ERP}/items?f=json&resulttype=hits", "other-partner").json()["numberMatched"] < len(expected)


def test_tiles_and_answers_kept_by_clients_follow_a_restore(kept: Any) -> None:
    """A reader who has the layer by tile, by feature and by table has one version of it, before and after."""
    feature, listed = f"{ERP}/items/{SHOWN}?f=json", f"{ERP}/items?f=csv&id={SHOWN}"
    tile = f"{ERP}/tiles/WebMercatorQuad/{address_of_tile(kept.get(feature, 'other-partner').json())}?f=mvt"
    doors, who = (feature, listed, tile), "other-partner"
    before = [kept.get(door, who) for door in doors]
    assert [b"Nouveau nom" in answer.content for answer in before] == [True, True, True]
    put(kept.owner, "erp", 1)
    for door, answer in zip(doors, before, strict=True):
        again = kept.get(door, who, headers={"if-none-match": answer.headers.get("etag", '"none"')})
        assert (again.status_code, b"Nouveau nom" in again.content) == (200, False), door
    assert kept.get(tile).status_code == 401
    put(kept.owner, "erp", 2)
    assert kept.get(listed, who).content == before[1].content
    assert drawn(kept.get(tile, who).content) == drawn(before[2].content)


def drawn(tile: bytes) -> dict[str, Any]:
    """The features of a tile by their identifier: their order is that of the rows in the table."""
    (layer,) = mapbox_vector_tile.decode(tile).values()
    return {one["properties"]["id"]: (one["properties"], one["geometry"]) for one in layer["features"]}


def address_of_tile(feature: dict[str, Any], z: int = 16) -> str:
    """The tile that a point is in, as its address ends: zoom, row, column."""
    lon, lat = feature["geometry"]["coordinates"][:2]
    column = int((lon + 180) / 360 * 2**z)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return f"{z}/{row}/{column}"


def test_a_version_that_is_no_longer_kept_says_so(kept: Any) -> None:
    first = kept.get(f"{ERP}/items?f=json&limit=50", "other-partner").json()
    (onward,) = (one["href"] for one in first["links"] if one["rel"] == "next")
    cut(kept.owner, "erp", "delete from data.erp where id = 'ERP-000005'")
    versions.prune(kept.owner, declared(kept.owner, "erp"), "greffier", keep=1)
    kept.owner.commit()
    for address in (
        onward.removeprefix(kept.url),
        f"{ERP}/versions/1/items",
        f"{ERP}/versions/1",
        f"{ERP}/versions/3/changes?from=1",
    ):
        answer = kept.get(address, "other-partner")
        assert (answer.status_code, answer.json()["code"]) == (410, "gone"), address
    assert [one["version"] for one in kept.get(f"{ERP}/versions", "other-partner").json()["versions"]] == [3]


def test_what_is_no_version_is_told_so(kept: Any) -> None:
    for word in ("0", "99", "x", "1.0", "-1", "%C2%B2", "99999999999999"):
        assert kept.get(f"{ERP}/versions/{word}/items", "other-partner").status_code == 404, word
        assert kept.get(f"{ERP}/versions/{word}", "other-partner").status_code == 404, word
    assert kept.get(f"{ERP}/versions/2/changes?from=99", "other-partner").status_code == 404
    for word in ("x", "-1", "2", "%C2%B2"):
        assert kept.get(f"{ERP}/versions/2/changes?from={word}", "other-partner").status_code == 400, word
    assert kept.get("/collections/orthophoto/versions", "owner").status_code == 404
    assert own(kept.get("/collections/equipements/versions", "owner")) == []


def own(answer: Any) -> list[Any]:
    return [one["version"] for one in answer.json()["versions"]]


def test_the_time_of_a_layer_may_be_its_versions(kept: Any) -> None:
    said = publications.latest(kept.owner).collections
    source = {name: value for name, value in said["erp"]["declaration"]["source"].items() if name != "time"}
    declaration = said["erp"]["declaration"] | {"source": source, "versions": {"time": True}}
    publications.record(kept.owner, {**said, "erp": said["erp"] | {"declaration": declaration}}, author="greffier")
    kept.owner.commit()

    def name(moment: str) -> list[str]:
        answer = kept.get(f"{ERP}/items?f=json&id={SHOWN}&datetime={moment}", "other-partner").json()
        return [one["properties"]["nom"] for one in answer["features"]]

    assert name("2026-03-01T00:00:00Z") == name("2026-01-01/..") == ["Nouveau nom"]
    assert name("2025-12-31") == name("2025-02-01/2025-06-30") != ["Nouveau nom"]
    assert name("2024-12-31") == []
    extent = kept.get(f"{ERP}?f=json", "other-partner").json()["extent"]["temporal"]
    assert extent["interval"] == [["2025-01-01T00:00:00Z", None]]


def test_reading_a_past_version_is_journaled(kept: Any) -> None:
    kept.get(f"{ERP}/versions/1/items?f=csv", "other-partner")
    kept.settle()
    found = kept.owner.execute(
        "select action, outcome from journal.decisions where dataset = 'erp' order by number desc limit 1"
    ).fetchone()
    assert found == ("download", "permit")


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="GDAL's programs are not there")
def test_gdal_reads_a_past_version(kept: Any, tmp_path: Path) -> None:
    target = tmp_path / "2025.geojson"
    address = f"{kept.url}/t/{kept.tokens['other-partner']}{ERP}/versions/1/items?f=json&limit=1000"
    subprocess.run(["ogr2ogr", "-f", "GeoJSON", target, address], check=True, timeout=120, capture_output=True)
    ids = {one["id"] for one in json.loads(target.read_text())["features"]}
    (expected,) = kept.owner.execute("select count(*) from vintages.erp where idg_from <= 1 and idg_to > 1").fetchone()
    assert (GONE in ids, FRESH in ids, len(ids)) == (True, False, min(expected, 1000))
