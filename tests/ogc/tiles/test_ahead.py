"""Tiles drawn ahead are those that would be drawn now, and nobody gets one who may not see all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from tests.ogc.tiles.conftest import Town, decoded

from mig_idg.database import connect
from mig_idg.ogc.tiles import vector_tile
from mig_idg.ogc.tiles.seeding import draw_ahead
from mig_idg.registry.publications import forget_copies

WORLD = "WebMercatorQuad/0/0/0"
LAMPS = f"/collections/lampes/tiles/{WORLD}"
TOWN = "/collections/lampes/tiles/WebMercatorQuad/10/352/518"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers keep no tile here: each is read or drawn."""
    monkeypatch.setattr(vector_tile, "cache_of", lambda request: vector_tile.TileCache(budget=0))


@contextmanager
def nobody_draws() -> Iterator[list[str]]:
    """Where drawing is written down, and done all the same."""
    seen: list[str] = []
    real = vector_tile.drawn

    async def told(fetch: Any, collection: Any, *rest: Any) -> Any:
        seen.append(collection.id)
        return await real(fetch, collection, *rest)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vector_tile, "drawn", told)
        yield seen


def in_order(tile: bytes, layer: str = "lampes") -> list[dict[str, Any]]:
    return sorted(decoded(tile)[layer]["features"], key=lambda feature: feature["id"])


def ahead(town: Town) -> dict[str, int]:
    with connect(town.owner) as owner:
        return draw_ahead(owner)


def tiles_of(owner: psycopg.Connection[Any], collection: str) -> str:
    row = owner.execute(
        "select c.tiles::text from served.copy c join served.published p on p.prepared = c.relation"
        " where p.collection = %s",
        [collection],
    ).fetchone()
    assert row is not None
    return str(row[0])


def test_a_tile_drawn_ahead_is_the_one_that_would_be_drawn(town: Town) -> None:
    with connect(town.owner) as owner:
        owner.execute(f"delete from {tiles_of(owner, 'lampes')}")
    with nobody_draws() as drawing:
        now = town.get(TOWN)
        assert drawing == ["lampes"]
    made = ahead(town)
    assert made["lampes"] > 12
    assert "bordures" not in made  # eleven lines: quick to draw
    with nobody_draws() as drawing:
        for accept in ("identity", "gzip", "zstd"):
            read = town.get(TOWN, accept_encoding=accept)
            assert in_order(read.content) == in_order(now.content)
            assert read.headers["idg-tile"] == now.headers["idg-tile"]
            assert read.headers.get("content-encoding", "identity") == accept
        assert town.get(LAMPS).headers["idg-tile"] == "lampes;complete"
        both = town.get(f"/tiles/{WORLD}?collections=lampes,bordures")
        assert len(in_order(both.content)) == 10_000
        assert drawing == ["bordures"]
        drawing.clear()
        town.get(f"{TOWN}?properties=id")
        town.get(f"{TOWN}?commune=92050")
        assert drawing == ["lampes"] * 2


def test_it_is_drawn_once_and_taken_up_where_it_was_left(town: Town) -> None:
    with connect(town.owner) as owner:
        owner.execute(f"delete from {tiles_of(owner, 'lampes')}")
    everything = ahead(town)["lampes"]
    assert ahead(town) == {}
    with connect(town.owner) as owner:
        owner.execute(f"delete from {tiles_of(owner, 'lampes')}")

    def stop(collection: str, drawn: int) -> None:
        if drawn == 5:
            raise KeyboardInterrupt

    with connect(town.owner) as owner, pytest.raises(KeyboardInterrupt):
        draw_ahead(owner, stop)
    with nobody_draws() as drawing:
        assert len(in_order(town.get(LAMPS).content)) == 10_000
        assert drawing == []
    assert ahead(town)["lampes"] == everything - 5


def test_a_tile_of_rows_that_changed_is_drawn_again(town: Town) -> None:
    ahead(town)
    with connect(town.owner) as owner:
        owner.execute("update data.lampes set note = 'neuve' where id = 1")
        owner.commit()
    try:
        with nobody_draws() as drawing:
            lamp = next(one for one in in_order(town.get(TOWN).content) if one["id"] == 1)
            assert lamp["properties"]["note"] == "neuve"
            assert drawing == ["lampes"]
        assert ahead(town)["lampes"] > 12
        with nobody_draws() as drawing:
            lamp = next(one for one in in_order(town.get(TOWN).content) if one["id"] == 1)
            assert lamp["properties"]["note"] == "neuve"
            assert drawing == []
    finally:
        with connect(town.owner) as owner:
            owner.execute("update data.lampes set note = 'paire' where id = 1")


def test_a_write_takes_the_tiles_of_its_old_and_new_place_and_no_others(town: Town) -> None:
    """Lamps far apart: those between keep their tiles, and the next ones drawn are only those that went."""
    ahead(town)
    before = places(town)
    with connect(town.owner) as owner:
        owner.execute("update data.lampes set geom = st_translate(geom, 980, 980) where id = 1")
    after = places(town)
    gone = before - after
    try:
        assert gone
        assert after
        assert after < before
        for place in sorted(before):
            zoom, row, column = place
            path = f"/collections/lampes/tiles/WebMercatorQuad/{zoom}/{row}/{column}"
            with nobody_draws() as drawing:
                shown = next((one for one in in_order(town.get(path).content) if one["id"] == 1), None)
            assert bool(drawing) == (place in gone), place
            if shown is not None:
                assert place in gone, place
        assert ahead(town)["lampes"] == len(gone)
        assert places(town) == before
    finally:
        with connect(town.owner) as owner:
            owner.execute("update data.lampes set geom = st_translate(geom, -980, -980) where id = 1")


@pytest.mark.parametrize("write", ["update data.lampes set note = note", "truncate data.lampes"])
def test_a_write_of_many_rows_takes_all_tiles(town: Town, write: str) -> None:
    ahead(town)
    with connect(town.owner) as owner:
        owner.execute(write.encode())
        assert owner.execute(f"select count(*) from {tiles_of(owner, 'lampes')}").fetchone() == (0,)
        owner.rollback()
    assert places(town)


def test_a_write_that_was_not_seen_takes_all_tiles_at_the_next(town: Town) -> None:
    """Whoever wrote while triggers slept: what tiles show is not known, so none is given, and none stays."""
    ahead(town)
    with connect(town.owner) as owner:
        owner.execute("update registry.data_version set number = number + 1 where collection = 'lampes'")
    with nobody_draws() as drawing:
        town.get(TOWN)
        assert drawing == ["lampes"]
    with connect(town.owner) as owner:
        owner.execute("update data.lampes set note = note where id = 1")
        assert owner.execute(f"select count(*) from {tiles_of(owner, 'lampes')}").fetchone() == (0,)


def test_a_tile_drawn_while_rows_are_written_is_not_kept(town: Town) -> None:
    with connect(town.owner) as owner:
        owner.execute(f"delete from {tiles_of(owner, 'lampes')}")

    def write(collection: str, drawn: int) -> None:
        if collection == "lampes" and drawn == 3:
            with connect(town.owner) as other:
                other.execute("update data.lampes set note = note where id = 5050")

    with connect(town.owner) as owner:
        draw_ahead(owner, write)
    assert all(zoom < 6 for zoom, _, _ in places(town))
    with nobody_draws() as drawing:
        town.get(TOWN)
        assert drawing == ["lampes"]
    assert ahead(town)["lampes"] > 12


def places(town: Town) -> set[tuple[int, int, int]]:
    """Where the layer of lamps has tiles drawn ahead: zoom, row, column."""
    with connect(town.owner) as owner:
        rows = owner.execute(
            f"select zoom, tile_row, tile_column from {tiles_of(owner, 'lampes')}"
            " where collection = 'lampes' and zoom >= 0".encode()
        )
        return set(rows.fetchall())


def test_who_sees_a_part_of_the_rows_gets_a_tile_of_that_part(town: Town) -> None:
    ahead(town)
    with nobody_draws() as drawing:
        found = decoded(town.get(f"/collections/compteurs/tiles/{WORLD}", partner=True).content)["compteurs"]
        assert {feature["properties"]["commune"] for feature in found["features"]} == {"92026"}
        assert drawing == ["compteurs"]
    assert town.get(f"/collections/compteurs/tiles/{WORLD}").status_code in (401, 404)


@pytest.mark.parametrize(("rows", "seen"), [("*", True), ("92026", False), ("", False)])
def test_the_database_shows_tiles_to_who_sees_all_rows(town: Town, rows: str, seen: bool) -> None:
    ahead(town)
    with connect(town.owner) as owner:
        table = tiles_of(owner, "compteurs")
        role = owner.execute(
            "select grantee from information_schema.role_table_grants where table_schema = 'prepared'"
            " and table_name = %s and privilege_type = 'SELECT' and grantee like 'idg_v_%%'",
            [table.split(".")[1].strip('"')],
        ).fetchone()
        assert role is not None
        owner.execute("select set_config('role', %s, true), set_config('idg.rows', %s, true)", [role[0], rows])
        assert (owner.execute(f"select count(*) from {table}").fetchone() != (0,)) is seen
        owner.rollback()


def test_the_database_refuses_tiles_to_a_profile_that_lacks_a_column(town: Town) -> None:
    ahead(town)
    with connect(town.owner) as owner:
        table = tiles_of(owner, "quartiers")
        role = owner.execute("select served.ensure_profile('quartiers', array['uid', 'commune', 'geom'])").fetchone()
        assert role is not None
        owner.execute("select set_config('role', %s, true), set_config('idg.rows', '*', true)", [role[0]])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(f"select count(*) from {table}")
        owner.rollback()


def test_who_makes_room_by_dropping_tiles_has_them_drawn_and_rows_still_change(town: Town) -> None:
    with connect(town.owner) as owner:
        owner.execute(f"drop table {tiles_of(owner, 'lampes')}")
    try:
        with nobody_draws() as drawing:
            assert len(in_order(town.get(LAMPS).content)) == 10_000
            assert drawing == ["lampes"]
        with connect(town.owner) as owner:
            owner.execute("update data.lampes set note = note where id = 1")
        assert "lampes" not in ahead(town)
    finally:
        town.publish()
    assert ahead(town)["lampes"] > 12
    with nobody_draws() as drawing:
        assert len(in_order(town.get(LAMPS).content)) == 10_000
        assert drawing == []


def test_tiles_go_with_the_copy_they_were_drawn_from(town: Town) -> None:
    with connect(town.owner) as owner:
        owner.execute("update served.published set prepared = null where collection = 'bordures'")
        row = owner.execute("select tiles::text from served.copy where source = 'data.bordures'::regclass").fetchone()
        assert row is not None
        assert forget_copies(owner) == 1
        assert owner.execute("select to_regclass(%s)", [row[0]]).fetchone() == (None,)
        owner.rollback()
