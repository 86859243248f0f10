"""A tile gives what the caller may see, where it is, and nothing else."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from pyproj import Transformer
from tests.ogc.tiles.conftest import PLAN, decoded

from mig_idg.database import connect
from mig_idg.ogc.tiles import vector_tile
from mig_idg.ogc.tiles.grids import GRIDS

LAMPS = "/collections/lampes/tiles"
WORLD = f"{LAMPS}/WebMercatorQuad/0/0/0"
# A tile of 3 276.8 m whose eastern edge, with its buffer, leaves out nineteen columns of lamps.
TOWN, LAMPS_IN_TOWN = "LAMB93_10cm/14/1566/195", 8100
NEAR = "WebMercatorQuad/10/352/518"


def lattice() -> dict[int, tuple[float, float]]:
    return {row * 100 + col + 1: (641500 + col * 10, 6865500 + row * 10) for row in range(100) for col in range(100)}


def positions(layer: dict[str, Any]) -> dict[int, tuple[int, int]]:
    return {feature["id"]: tuple(feature["geometry"]["coordinates"]) for feature in layer["features"]}


@pytest.mark.parametrize("grid", sorted(GRIDS))
def test_every_lamp_is_where_it_stands_in_every_grid(town, grid: str) -> None:
    """Each lamp is in exactly the tiles whose rectangle (and 64-unit buffer) it stands in, to one unit."""
    moved = Transformer.from_crs(2154, GRIDS[grid].srid, always_xy=True)
    entitlements = {key: moved.transform(*place) for key, place in lattice().items()}
    level = GRIDS[grid].level("16")
    xs, ys = [x for x, _ in entitlements.values()], [y for _, y in entitlements.values()]
    top, bottom, left, right = GRIDS[grid].covering(level, (min(xs), min(ys), max(xs), max(ys)))
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            xmin, ymin, xmax, ymax = GRIDS[grid].rectangle(level, row, column).bounds
            unit = (xmax - xmin) / 4096
            wanted = {
                key: ((x - xmin) / unit, (ymax - y) / unit)
                for key, (x, y) in entitlements.items()
                if xmin - 62 * unit < x < xmax + 62 * unit and ymin - 62 * unit < y < ymax + 62 * unit
            }
            found = positions(town.layers(f"{LAMPS}/{grid}/16/{row}/{column}")["lampes"])
            assert wanted.keys() <= found.keys()
            assert len(found) <= len(wanted) + 300
            for key, (x, y) in wanted.items():
                assert abs(found[key][0] - x) <= 1.01
                assert abs(found[key][1] - y) <= 1.01


def test_the_world_in_one_tile_has_every_lamp_once(town) -> None:
    features = town.layers(WORLD)["lampes"]["features"]
    assert sorted(f["id"] for f in features) == sorted(lattice())


@pytest.mark.parametrize("name", PLAN)
@pytest.mark.parametrize("grid", ["WebMercatorQuad", "LAMB93_10cm"])
def test_shapes_with_heights_that_leave_a_tile_and_come_back_are_drawn(town, name: str, grid: str) -> None:
    """Tiles from the town's down to sixty metres wide."""
    moved = Transformer.from_crs(2154, GRIDS[grid].srid, always_xy=True)
    west, south = moved.transform(641500, 6865500)
    east, north = moved.transform(642400, 6866150)
    drawn: set[int] = set()
    for level in GRIDS[grid].levels:
        if not 60 < level.cell * 256 < 4000:
            continue
        top, bottom, left, right = GRIDS[grid].covering(level, (west, south, east, north))
        # A line that begins in the tile is the one that PostGIS 3.3 cannot cut: they all begin in the west.
        for row, column in [*((row, left) for row in range(top, bottom + 1)), (bottom, right)]:
            layers = town.layers(f"/collections/{name}/tiles/{grid}/{level.id}/{row}/{column}")
            drawn |= {feature["id"] for feature in layers.get(name, {"features": ()})["features"]}
    assert drawn == set(range(1, 61))


def test_attributes_keep_their_types_and_absent_values_are_absent(town) -> None:
    (lamp,) = town.layers(f"{WORLD}?id=1")["lampes"]["features"]
    assert lamp["properties"] == {
        "id": 1,
        "commune": "92050",
        "note": "paire",
        "puissance": 1.5,
        "posee": "2024-05-01T10:00:00Z",
        "secret": "s0",
    }
    (odd,) = town.layers(f"{WORLD}?id=101")["lampes"]["features"]
    assert "note" not in odd["properties"]


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("commune=92026", 5000),
        ("filter=id%20%3C%3D%2010", 10),
        ("filter=note%20IS%20NULL%20AND%20id%20%3C%3D%20200", 100),
        ("filter=S_INTERSECTS(geom,BBOX(2.0,48.0,2.1,48.1))", 0),
        ("datetime=2024-05-01T10:00:00Z", 10000),
        ("datetime=../2020-01-01T00:00:00Z", 0),
        ("properties=commune", 10000),
    ],
)
def test_a_filter_means_on_a_tile_what_it_means_on_a_page(town, question: str, count: int) -> None:
    layers = town.layers(f"{WORLD}?{question}")
    assert len(layers["lampes"]["features"] if layers else []) == count


def test_properties_chosen_are_the_only_ones(town) -> None:
    features = town.layers(f"{WORLD}?properties=commune&id=7")["lampes"]["features"]
    assert features[0]["properties"] == {"commune": "92050"}
    assert features[0]["id"] == 7


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{LAMPS}/Nowhere/0/0/0", 404),
        (f"{LAMPS}/WebMercatorQuad/99/0/0", 404),
        (f"{LAMPS}/WebMercatorQuad/1/2/0", 404),
        (f"{LAMPS}/WebMercatorQuad/1/0/2", 404),
        (f"{LAMPS}/WebMercatorQuad/a/0/0", 400),
        (f"{LAMPS}/WebMercatorQuad/0/-1/0", 400),
        (f"{LAMPS}/WebMercatorQuad/0/0/0.5", 400),
        (f"{LAMPS}/WebMercatorQuad/0/0/00", 400),
        (f"{LAMPS}/WebMercatorQuad/0/99999999999999999999/0", 400),
        (f"{WORLD}?f=png", 400),
        (f"{WORLD}?limit=3", 400),
        (f"{WORLD}?bbox=0,0,1,1", 400),
        (f"{WORLD}?inconnu=3", 400),
        (f"{WORLD}?id=abc", 400),
        (f"{WORLD}?properties=inconnu", 400),
        (f"{WORLD}?filter=inconnu%3D1", 400),
        (f"{WORLD}?filter=((((", 400),
        ("/collections/inconnue/tiles/WebMercatorQuad/0/0/0", 404),
    ],
)
def test_a_tile_that_cannot_be_is_refused_with_a_reason(town, path: str, status: int) -> None:
    response = town.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


@pytest.mark.parametrize("accept", ["*/*", "application/vnd.mapbox-vector-tile", "application/x-protobuf", ""])
def test_a_tile_needs_no_f(town, accept: str) -> None:
    response = town.get(WORLD, accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.mapbox-vector-tile"


def test_an_empty_tile_is_the_same_whether_rows_are_hidden_or_absent(town) -> None:
    """The western half of the town belongs to another commune: its counters are not told from no counters at all."""
    hidden = town.get("/collections/compteurs/tiles/LAMB93_10cm/19/50133/6265", partner=True)
    absent = town.get("/collections/compteurs/tiles/LAMB93_10cm/19/40000/6000", partner=True)
    assert town.get(f"{LAMPS}/LAMB93_10cm/19/50133/6265").status_code == 200
    assert hidden.status_code == absent.status_code == 204
    assert hidden.headers["oatiles-hint"] == "empty"
    quiet = ("etag", "ratelimit")
    assert {k: v for k, v in hidden.headers.items() if k not in quiet} == {
        k: v for k, v in absent.headers.items() if k not in quiet
    }


def test_a_partner_sees_only_the_rows_of_its_territory_even_on_a_tile_that_is_thinned(
    town, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/collections/compteurs/tiles/WebMercatorQuad/0/0/0"
    everything = town.layers(path, partner=True)["compteurs"]["features"]
    assert {f["properties"]["commune"] for f in everything} == {"92026"}
    assert len(everything) == 5000
    monkeypatch.setattr(vector_tile, "MOST_FEATURES", 100)
    thinned = town.get(f"{path}?properties=commune", partner=True)
    assert thinned.headers["idg-tile"].endswith(";of=5000")
    assert town.get(path).status_code in (401, 404)


def test_a_hidden_attribute_is_in_no_tile_and_is_an_unknown_word(town) -> None:
    path = "/collections/quartiers/tiles/WebMercatorQuad/10/352/518"
    (west, east) = town.layers(path, partner=True)["quartiers"]["features"]
    assert set(west["properties"]) | set(east["properties"]) == {"uid", "commune"}
    for question in ("nom=ouest", "filter=nom%3D'ouest'", "properties=nom"):
        assert town.get(f"{path}?{question}", partner=True).status_code == 400


def test_a_crowded_tile_shows_one_feature_a_cell_and_says_how_many_it_stands_for(
    town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_tile, "MOST_FEATURES", 5000)
    response = town.get(f"{LAMPS}/{TOWN}?q=paire,s")
    assert response.headers["idg-tile"] == "lampes;complete"
    response = town.get(f"{LAMPS}/{TOWN}?properties=id")
    features = town.layers(f"{LAMPS}/{TOWN}?properties=id")["lampes"]["features"]
    assert response.headers["idg-tile"] == f"lampes;thinned;features={len(features)};of={LAMPS_IN_TOWN}"
    assert sum(f["properties"]["feature_count"] for f in features) == LAMPS_IN_TOWN
    # 128 × 128 cells over the tile and its buffer: 26 m, on lamps 10 m apart.
    assert 1100 < len(features) < 1300


def test_a_sample_is_said_to_be_one_and_is_the_same_each_time(town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_tile, "MOST_FEATURES", 100)
    monkeypatch.setattr(vector_tile, "SAMPLE", 1000)
    monkeypatch.setattr(vector_tile, "cache_of", lambda request: vector_tile.TileCache(budget=0))
    first, second = (town.get(f"{LAMPS}/{TOWN}?properties=commune") for _ in range(2))
    assert first.headers["idg-tile"].startswith("lampes;sampled;")
    assert first.content == second.content
    features = town.layers(f"{LAMPS}/{TOWN}?properties=commune")["lampes"]["features"]
    assert len(features) < 1000
    assert 0.5 < sum(f["properties"]["feature_count"] for f in features) / LAMPS_IN_TOWN < 2


def test_lines_and_surfaces_are_thinned_too(town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_tile, "MOST_FEATURES", 1)
    monkeypatch.setattr(vector_tile, "cache_of", lambda request: vector_tile.TileCache())
    wards = town.layers("/collections/quartiers/tiles/LAMB93_10cm/14/1566/195", partner=True)["quartiers"]["features"]
    assert len(wards) == 2
    assert {ward["properties"]["feature_count"] for ward in wards} == {1}
    (line,) = town.layers("/collections/bordures/tiles/WebMercatorQuad/5/11/16")["bordures"]["features"]
    assert line["properties"]["feature_count"] == 10


def test_a_feature_without_a_shape_is_in_no_tile(town) -> None:
    codes = {
        f["properties"]["code"] for f in town.layers(f"/collections/bordures/tiles/{NEAR}")["bordures"]["features"]
    }
    assert codes == {f"b{i}" for i in range(10)}


def test_a_tile_follows_its_rows_at_once(town) -> None:
    path = f"{WORLD}?id=10001"
    before = town.get(path)
    assert before.status_code == 204
    with connect(town.owner) as owner:
        owner.execute(
            "insert into data.lampes (id, commune, geom) values (10001, '92050', st_setsrid(st_makepoint(641600, 6865600), 2154))"
        )
    after = town.get(path)
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    with connect(town.owner) as owner:
        owner.execute("delete from data.lampes where id = 10001")
    assert town.get(path).status_code == 204


def test_a_tile_known_by_its_etag_is_not_sent_again(town) -> None:
    first = town.get(WORLD)
    again = town.get(WORLD, if_none_match=first.headers["etag"])
    assert again.status_code == 304
    assert again.content == b""
    assert town.get(WORLD, if_none_match='"autre"').status_code == 200


def test_the_same_tile_has_another_etag_for_another_right(town) -> None:
    path = "/collections/quartiers/tiles/WebMercatorQuad/10/352/518"
    assert town.get(path).status_code in (401, 404)
    assert town.get(path, partner=True).status_code == 200
    assert "private" in town.get(path, partner=True).headers["cache-control"]


def test_several_collections_come_in_one_tile_each_under_its_own_right(town) -> None:
    path = f"/tiles/{NEAR}"
    assert set(town.layers(f"{path}?collections=lampes,bordures")) == {"lampes", "bordures"}
    assert set(town.layers(path)) == {"lampes", "bordures", *PLAN}
    assert set(town.layers(path, partner=True)) == {"lampes", "bordures", *PLAN, "quartiers", "compteurs"}
    counters = town.layers(f"{path}?collections=compteurs,lampes", partner=True)
    assert len(counters["compteurs"]["features"]) == 5000
    assert len(counters["lampes"]["features"]) == 10000
    assert town.get(f"{path}?collections=lampes,compteurs").status_code in (401, 404)
    assert town.get(f"{path}?collections=lampes,inconnue").status_code == 404
    assert town.get(f"{path}?collections=").status_code == 400
    assert town.get(f"{path}?collections={','.join(f'c{i}' for i in range(13))}").status_code == 400
    assert town.get(f"{path}?collections=lampes,bordures&note=paire").status_code == 400


@pytest.mark.parametrize(
    ("accept", "encoding"), [("gzip, br", "gzip"), ("zstd", "zstd"), ("gzip;q=0", None), ("", None)]
)
def test_a_kept_tile_is_the_same_in_every_encoding_and_its_etag_is_not(town, accept: str, encoding: str | None) -> None:
    plain = town.get(WORLD, accept_encoding="identity")
    for _ in range(2):
        packed = town.get(WORLD, accept_encoding=accept)
        assert packed.headers.get("content-encoding") == encoding
        # Drawn apart, so perhaps in another order.
        assert _in_order(packed.content) == _in_order(plain.content)
        assert (packed.headers["etag"] == plain.headers["etag"]) is (encoding is None)
        assert "Accept-Encoding" in packed.headers["vary"]
        assert town.get(WORLD, accept_encoding=accept, if_none_match=packed.headers["etag"]).status_code == 304


def _in_order(tile: bytes) -> list[dict[str, Any]]:
    return sorted(decoded(tile)["lampes"]["features"], key=lambda feature: feature["id"])


def test_tiles_kept_stay_within_their_budget_and_the_oldest_leave_first() -> None:
    cache = vector_tile.TileCache(budget=10_000)
    for number in range(40):
        cache.put((number,), 1, vector_tile.Drawn(b"%02d" % number * (200 + number), number, 1))
        assert cache.size <= 10_000
    kept = [number for number in range(40) if cache.knows((number,))]
    assert kept == list(range(kept[0], 40))
    assert len(kept) >= 8
    for number in kept:
        assert cache.get((number,), 1) == vector_tile.Drawn(b"%02d" % number * (200 + number), number, 1)
    assert cache.get((0,), 1) is None
    assert cache.get((39,), 2) is None
    cache.put(("large",), 1, vector_tile.Drawn(b"x" * 9_000, 1, 1))
    assert not cache.knows(("large",))


def test_a_disk_without_room_keeps_no_tile_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = vector_tile.TileCache(budget=10_000)
    cache.put(("old",), 1, vector_tile.Drawn(b"x", 1, 1))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    cache.put(("new",), 1, vector_tile.Drawn(b"y", 1, 1))
    assert cache.get(("old",), 1) == vector_tile.Drawn(b"x", 1, 1)
    assert cache.get(("new",), 1) is None
