"""Mosaics, vintages, territory limits, heights, coverages, STAC and WMTS, on pictures whose pixels are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pystac
import pytest
import rasterio
import shapely
from lxml import etree
from pystac.validation import validate_dict
from rasterio.io import MemoryFile

pytestmark = [
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),
    pytest.mark.slow,
]


def pixels(response: Any) -> Any:
    """The picture of an answer, as whole numbers."""
    assert response.status_code == 200, response.text[:500]
    with MemoryFile(response.content) as memory, memory.open() as opened:
        return opened.read().astype(float)


def box(rasters: Any, left: float, top: float, width: float, height: float) -> str:
    """A `bbox` in Lambert-93, by metres from the upper left corner of the first photograph."""
    x, y = rasters.corner
    return f"bbox-crs=EPSG:2154&crs=EPSG:2154&bbox={x + left},{y - top - height},{x + left + width},{y - top}"


# mosaics and vintages


def test_two_files_make_one_picture_without_a_seam(rasters: Any) -> None:
    seen = pixels(rasters.get(f"/collections/photos/map?{box(rasters, 450, 100, 100, 100)}&width=100&height=100&f=png"))
    assert seen.shape[0] == 3
    assert abs(seen[2, 40, :50].mean() - 40) < 6
    assert abs(seen[2, 40, 50:].mean() - 120) < 6


def test_the_last_vintage_shows_unless_another_day_is_asked(rasters: Any) -> None:
    here = f"/collections/photos/map?{box(rasters, 100, 100, 50, 50)}&width=50&height=50&f=png"
    for asked, blue in (("", 40), ("&datetime=2025-06-15", 40), ("&datetime=2020-06-15", 200),
                        ("&datetime=../2022-01-01", 200), ("&datetime=2019-01-01/..", 40)):  # fmt: skip
        assert abs(pixels(rasters.get(here + asked))[2, 10].mean() - blue) < 6, asked
    assert rasters.get(here + "&datetime=2010-01-01").status_code == 404
    assert rasters.get(here + "&datetime=hier").status_code == 400


def test_vintages_have_their_own_validators(rasters: Any) -> None:
    here = f"/collections/photos/map?{box(rasters, 100, 100, 50, 50)}&width=50&height=50&f=png"
    new, old = rasters.get(here), rasters.get(f"{here}&datetime=2020-06-15")
    assert new.headers["etag"] != old.headers["etag"]
    assert rasters.get(here, headers={"if-none-match": new.headers["etag"]}).status_code == 304


# territory


def test_pixels_outside_the_caller_s_territory_are_masked_to_the_metre(rasters: Any) -> None:
    query = f"{box(rasters, 0, 0, 1000, 500)}&width=1000&height=500&f=png"
    seen = pixels(rasters.get(f"/collections/photos-masquees/map?{query}", "other-partner"))
    assert seen.shape[0] == 4
    whole = pixels(rasters.get(f"/collections/photos/map?{query}", "other-partner"))
    territory_mask = shapely.from_wkb(bytes.fromhex(OUTLINES["92026"](rasters)))
    x, y = rasters.corner
    ys, xs = np.mgrid[0:480, 0:1000]
    inside = shapely.contains_xy(territory_mask, x + xs + 0.5, y - ys - 0.5)
    assert 0.05 < inside.mean() < 0.95
    assert ((seen[3, :480] > 0) == inside).mean() > 0.999
    assert (seen[:3, :480][:, ~inside & (seen[3, :480] == 0)] == 0).all()
    assert np.abs(seen[:3, :480] - whole[:3, :480])[:, inside].mean() < 1


def _outline(code: str) -> Any:
    def read(rasters: Any) -> str:
        rasters.get(f"/collections/photos-masquees/map?{box(rasters, 0, 0, 100, 50)}&width=10", "other-partner")
        held = next(one for key, one in rasters.engine.territory_masks.items() if key.endswith(code))
        return shapely.to_wkb(held.shape).hex()

    return read


OUTLINES = {"92026": _outline("92026")}


def test_the_owner_sees_the_whole(rasters: Any) -> None:
    query = f"{box(rasters, 0, 0, 1000, 500)}&width=200&height=100&f=png"
    other = rasters.get(f"/collections/photos-masquees/map?{query}", "pilot")
    assert other.status_code == 200
    assert pixels(other).shape[0] == 3


def test_masked_pixels_leak_by_no_other_door(rasters: Any) -> None:
    x, y = rasters.corner
    cut = f"subset=E({x}:{x + 500}),N({y - 500}:{y})"
    with (
        MemoryFile(rasters.get(f"/collections/photos-masquees/coverage?{cut}").content) as memory,
        memory.open() as made,
    ):
        hidden = made.dataset_mask() == 0
        assert 0.05 < hidden.mean() < 0.95
        assert (made.read()[:, hidden] == 0).all()
    outside = rasters.get(
        f"/collections/photos-masquees/position?crs=EPSG:2154&coords=POINT({x + 5} {y - 250})&f=geojson"
    )
    assert outside.json()["features"][0]["properties"]["red"] is None
    refused = rasters.get("/collections/photos-masquees/files/2025/ouest.tif")
    assert refused.status_code == 403
    assert "coverage" in refused.json()["remedy"]


def test_a_limit_that_cannot_be_masked_refuses_and_says_so(rasters: Any) -> None:
    for path in (
        f"/collections/photos-closes/map?{box(rasters, 0, 0, 100, 100)}",
        "/collections/photos-closes/tiles/WebMercatorQuad/15/11265/16598",
        "/collections/photos-closes/coverage",
        "/collections/photos-closes/files/2025/ouest.tif",
    ):
        response = rasters.get(path)
        assert response.status_code == 403, path
        assert response.json()["article"]
    assert rasters.get(f"/collections/photos-closes/map?{box(rasters, 0, 0, 9, 9)}", "pilot").status_code == 200


def test_two_territories_never_share_a_cached_picture(rasters: Any) -> None:
    query = f"/collections/photos-masquees/map?{box(rasters, 0, 0, 1000, 500)}&width=100&height=50&f=png"
    first, second = rasters.get(query, "other-partner"), rasters.get(query, "owner")
    assert first.headers["etag"] != second.headers["etag"]
    assert first.content != second.content


# heights


def test_heights_at_a_point_and_along_a_line_are_those_of_the_file(rasters: Any) -> None:
    x, y = rasters.corner
    point = rasters.get(f"/collections/mnt/position?crs=EPSG:2154&coords=POINT({x + 100.5} {y - 100.5})").json()
    assert point["ranges"]["elevation"]["values"] == [51.0]
    hole = rasters.get(f"/collections/mnt/position?crs=EPSG:2154&coords=POINT({x + 5} {y - 5})").json()
    assert hole["ranges"]["elevation"]["values"] == [None]
    line = f"LINESTRING({x + 100} {y - 100},{x + 200} {y - 100})"
    profile = rasters.get(f"/collections/mnt/trajectory?crs=EPSG:2154&coords={line}").json()
    assert profile["domain"]["domainType"] == "Trajectory"
    rise = profile["ranges"]["elevation"]["values"]
    assert (rise[0], rise[-1]) == (51.0, 52.0)
    assert rise == sorted(rise)
    assert profile["distances"][-1] == 100


@pytest.mark.parametrize(
    "coords", ["", "POINT(a b)", "POLYGON((0 0,1 0,1 1,0 0))", "POINT(nan 1)", "garbage", "POINT EMPTY"]
)
def test_a_place_that_cannot_be_read_is_told(rasters: Any, coords: str) -> None:
    response = rasters.get(f"/collections/mnt/position?coords={coords}")
    assert (response.status_code, response.json()["parameter"]) == (400, "coords")


def test_a_constant_slope_has_one_light_and_one_slope(rasters: Any) -> None:
    here = f"/collections/mnt/map?{box(rasters, 100, 100, 200, 200)}&width=200&height=200&f=png"
    shade = pixels(rasters.get(f"{here}&style=hillshade"))
    assert shade[0, :150].std() < 1.5
    assert abs(shade[0, 50, 50] / 255 - np.sin(np.radians(45 + 0.4))) < 0.02
    assert rasters.get(f"{here}&style=infrared").status_code == 400
    for style in ("relief", "ramp", "slope", "grey"):
        assert rasters.get(f"{here}&style={style}").status_code == 200


# coverages


def test_a_coverage_in_its_own_grid_is_the_file_to_the_bit(rasters: Any) -> None:
    x, y = rasters.corner
    response = rasters.get(f"/collections/mnt/coverage?subset=E({x + 10.3}:{x + 59.7}),N({y - 40}:{y - 15})")
    assert response.headers["content-type"] == "image/tiff; application=geotiff"
    with (
        MemoryFile(response.content) as memory,
        memory.open() as made,
        rasterio.open(rasters.folder / "mnt_ouest.tif") as source,
    ):
        assert tuple(made.bounds) == (x + 10, y - 40, x + 60, y - 15)
        theirs = source.read(1)[15:40, 10:60]
        assert made.nodata == -99999
        assert (made.read(1) == np.where(theirs == -9999, -99999, theirs)).all()
        assert "Ville d'essai" in made.tags()["TIFFTAG_COPYRIGHT"]


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("scale-factor=5", (100, 100)),
        ("scale-size=E(50),N(25)", (50, 25)),
        ("scale-axes=E(10),N(2)", (50, 250)),
        ("width=20", (20, 20)),
        ("f=cog", (500, 500)),
    ],
)
def test_a_coverage_is_scaled_as_asked(rasters: Any, query: str, size: tuple[int, int]) -> None:
    response = rasters.get(f"/collections/mnt/coverage?{query}")
    assert response.status_code == 200, response.text[:300]
    with MemoryFile(response.content) as memory, memory.open() as made:
        assert (made.width, made.height) == size


def test_bands_are_chosen_by_name_or_number(rasters: Any) -> None:
    content = rasters.get("/collections/photos/coverage?properties=blue,red&scale-factor=10").content
    with MemoryFile(content) as memory, memory.open() as made:
        assert made.descriptions == ("blue", "red")
        assert abs(made.read(1)[:, :40].mean() - 40) < 6
    assert rasters.get("/collections/photos/coverage?properties=4").status_code == 400
    fields = rasters.get("/collections/photos/coverage/schema").json()["properties"]
    assert list(fields) == ["red", "green", "blue"]


@pytest.mark.parametrize(
    "query",
    ["bbox=0,0,1,1", "subset=E(1:2", "subset=Z(1:2)", "scale-factor=0", "scale-size=E(0)", "properties=x", "f=zip",
     "scale-factor=2&scale-size=E(5)", "bbox=1,2&subset=E(1:2)", "crs=EPSG:1", "subset=E(9:1)", "unknown=1"],
)  # fmt: skip
def test_a_coverage_that_cannot_be_cut_is_told(rasters: Any, query: str) -> None:
    response = rasters.get(f"/collections/photos/coverage?{query}")
    assert response.status_code == 400, response.text[:200]


def test_a_coverage_of_another_planet_is_too_large(rasters: Any) -> None:
    assert rasters.get("/collections/photos/coverage?scale-size=E(100000),N(100000)").status_code == 413


# STAC


def test_every_stac_document_is_valid(rasters: Any) -> None:
    validate_dict(rasters.get("/stac").json())
    for one in rasters.get("/stac/collections").json()["collections"]:
        validate_dict(one)
    found = rasters.get("/stac/search?limit=100").json()["features"]
    assert {one["collection"] for one in found} >= {"photos", "mnt"}
    for one in found:
        # The schemas of extensions are on the network; the core's come with pystac.
        validate_dict({**one, "stac_extensions": []})
        assert rasters.get(one["links"][0]["href"]).json()["id"] == pystac.Item.from_dict(one).id


def test_search_finds_by_place_moment_name_and_filter(rasters: Any) -> None:
    def ids(query: str) -> list[str]:
        response = rasters.get(f"/stac/search?{query}")
        assert response.status_code == 200, response.text
        return [one["id"] for one in response.json()["features"]]

    assert ids("collections=photos&sortby=id") == ["photos.2020.ancienne", "photos.2025.est", "photos.2025.ouest"]
    assert ids("collections=photos&datetime=2020-01-01T00:00:00Z/2020-12-31T00:00:00Z") == ["photos.2020.ancienne"]
    assert ids("ids=mnt.2024.mnt_ouest") == ["mnt.2024.mnt_ouest"]
    assert ids("collections=photos&filter=vintage='2025'&sortby=-id") == ["photos.2025.ouest", "photos.2025.est"]
    assert ids("bbox=0,0,1,1") == []
    point = rasters.get("/stac/search?ids=photos.2025.est").json()["features"][0]["bbox"]
    middle = f'{{"type":"Point","coordinates":[{(point[0] + point[2]) / 2},{(point[1] + point[3]) / 2}]}}'
    assert ids(f"collections=photos&intersects={middle}") == ["photos.2025.est"]


def test_search_by_post_pages_to_the_end(rasters: Any) -> None:
    body: dict[str, Any] = {
        "collections": ["photos"],
        "limit": 1,
        "sortby": [{"field": "properties.datetime", "direction": "asc"}],
    }
    seen = []
    while body:
        page = rasters.ask("POST", "/stac/search", json=body).json()
        seen += [one["id"] for one in page["features"]]
        onward = next((link for link in page["links"] if link["rel"] == "next"), None)
        body = {**body, **onward["body"]} if onward else {}
    assert seen[0] == "photos.2020.ancienne"
    assert sorted(seen) == ["photos.2020.ancienne", "photos.2025.est", "photos.2025.ouest"]


def test_fields_are_those_asked(rasters: Any) -> None:
    one = rasters.get("/stac/search?collections=photos&limit=1&fields=properties.gsd,-geometry").json()["features"][0]
    assert set(one) == {"type", "stac_version", "id", "collection", "properties"}
    assert set(one["properties"]) == {"gsd"}


def test_a_caller_finds_no_file_they_may_not_query(rasters: Any) -> None:
    assert rasters.get("/stac/search", None).json()["features"] == []
    assert rasters.get("/stac/collections/photos/items", None).status_code == 401
    limited = rasters.get("/stac/search?collections=photos").json()["features"][0]
    assert set(limited["assets"]) == {"image", "overview"}


def test_an_asset_is_the_file_behind_its_own_door(rasters: Any) -> None:
    one = rasters.get("/stac/search?ids=photos.2025.est").json()["features"][0]
    asset = one["assets"]["image"]
    part = rasters.get(asset["href"], headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content[:2]) == (206, b"II")
    assert part.headers["content-range"].endswith(f"/{asset['file:size']}")
    assert rasters.get(asset["href"], None).status_code == 401
    assert rasters.get(one["assets"]["overview"]["href"]).status_code == 200


@pytest.mark.parametrize("body", [b"[]", b"{oops", b'{"bbox":"x"}', b'{"ids":[1]}', b'{"zz":1}', b'{"limit":true}',
                                  b'{"intersects":{"type":"Nope"}}', b'{"bbox":[0,0,1,1],"intersects":{"type":"Point","coordinates":[0,0]}}'])  # fmt: skip
def test_a_search_that_cannot_be_read_is_told(rasters: Any, body: bytes) -> None:
    response = rasters.ask("POST", "/stac/search", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400, response.text[:300]


# WMTS


def test_wmts_tells_what_the_caller_may_see_and_serves_it(rasters: Any) -> None:
    space = {"w": "http://www.opengis.net/wmts/1.0", "o": "http://www.opengis.net/ows/1.1"}
    told = etree.fromstring(rasters.get("/wmts?SERVICE=WMTS&REQUEST=GetCapabilities").content)
    layers = [one.text for one in told.findall(".//w:Layer/o:Identifier", space)]
    assert set(layers) >= {"photos", "mnt"}
    assert etree.fromstring(rasters.get("/wmts", None).content).findall(".//w:Layer", space) == []
    query = "SERVICE=WMTS&REQUEST=GetTile&LAYER=photos&STYLE=&FORMAT=image/png&TILEMATRIXSET=LAMB93_10cm"
    x, y = rasters.corner
    row, col = int((12_000_000 - y + 100) // 102.4), int((x + 100) // 102.4)
    by_words = rasters.get(f"/wmts?{query}&TILEMATRIX=19&TILEROW={row}&TILECOL={col}")
    by_path = rasters.get(f"/wmts/1.0.0/photos/natural/LAMB93_10cm/19/{row}/{col}.png")
    assert by_words.content == by_path.content
    assert pixels(by_path).shape == (3, 256, 256)
    wrong = rasters.get(f"/wmts?{query}&TILEMATRIX=19&TILEROW=x&TILECOL=1")
    assert wrong.status_code == 400
    assert b"ExceptionReport" in wrong.content
