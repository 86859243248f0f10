"""Tiles, maps and files of the demonstration's orthophotograph, over HTTP, against GDAL's own pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile
from rasterio.warp import Resampling, reproject, transform

from mig_idg.imagery.frame import Frame
from mig_idg.ogc.tiles.grids import GRIDS

TILES = "/collections/orthophoto/tiles"
pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

# A tile well inside the picture, in each grid.
INSIDE = {
    "WebMercatorQuad": (18, 90148, 132674),
    "WorldCRS84Quad": (17, 29936, 132674),
    "LAMB93_10cm": (21, 200561, 25058),
}


@pytest.fixture(scope="module")
def service(serve_demonstration: Any) -> Iterator[Any]:
    """The demonstration, served."""
    with serve_demonstration() as served:
        yield served


def pixels(content: bytes) -> Any:
    """A picture as (band, row, column) of whole numbers."""
    with MemoryFile(content) as memory, memory.open() as opened:
        return opened.read().astype(int)


def warped(path: Path, frame: Frame, how: Resampling = Resampling.nearest) -> Any:
    """What GDAL makes of the same frame, from full resolution."""
    with rasterio.open(path) as opened:
        made = np.zeros((3, frame.height, frame.width), np.uint8)
        reproject(
            rasterio.band(opened, (1, 2, 3)), made, dst_transform=frame.transform, dst_crs=f"EPSG:{frame.srid}",
            resampling=how,
        )  # fmt: skip
    return made.astype(int)


def frame_of(grid: str) -> tuple[str, Frame]:
    """The address under `/tiles`, and the frame, of the tile of `INSIDE`."""
    z, row, col = INSIDE[grid]
    found = GRIDS[grid]
    level = found.level(str(z))
    assert level is not None
    box = found.rectangle(level, row, col)
    return f"{TILES}/{grid}/{z}/{row}/{col}", Frame(box.bounds, box.srid, 256, 256)


@pytest.mark.parametrize("grid", INSIDE)
def test_a_tile_shows_the_pixels_gdalwarp_would_show(service: Any, grid: str) -> None:
    path, frame = frame_of(grid)
    response = service.get(f"{path}?f=png", "other-partner")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    mine = pixels(response.content)
    assert mine.shape == (3, 256, 256)
    theirs = warped(service.home / "rasters" / "orthophoto.tif", frame)
    if frame.resolution[0] < 1e-3 or frame.resolution[0] < 0.45:
        assert np.abs(mine - theirs).mean() < 0.5
    else:
        # Under full resolution GDAL reads an overview too; here it was given the full one.
        assert np.abs(mine - theirs).mean() < 12


@pytest.mark.parametrize(
    ("asked", "accept", "given"),
    [
        ("?f=png", "*/*", "image/png"),
        ("?f=jpeg", "*/*", "image/jpeg"),
        ("?f=webp", "*/*", "image/webp"),
        ("", "image/webp", "image/webp"),
        ("", "image/png", "image/png"),
        ("", "image/avif,image/webp,image/*,*/*;q=0.8", "image/jpeg"),
        ("", "*/*", "image/jpeg"),
    ],
)
def test_f_comes_before_accept_and_a_tile_without_holes_is_jpeg_when_nobody_minds(
    service: Any, asked: str, accept: str, given: str
) -> None:
    path, _ = frame_of("WebMercatorQuad")
    response = service.get(path + asked, "other-partner", headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, given)
    assert pixels(response.content)[:3].std() > 5


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("WebMercatorQuad/99/0/0", 404),
        ("WebMercatorQuad/2/4/0", 404),
        ("WebMercatorQuad/2/-1/0", 400),
        ("WebMercatorQuad/2/x/0", 400),
        ("NoSuchGrid/0/0/0", 404),
        ("WebMercatorQuad/0/0/0?f=gif", 400),
        ("WebMercatorQuad/0/0/0?unknown=1", 400),
        ("WebMercatorQuad/0/0/0?style=hillshade", 400),
        ("WebMercatorQuad/0/0/0?datetime=garbage", 400),
    ],
)
def test_an_address_that_is_not_one_is_told_so(service: Any, address: str, status: int) -> None:
    response = service.get(f"{TILES}/{address}", "other-partner")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_outside_the_picture_a_tile_is_transparent_and_small(service: Any) -> None:
    response = service.get(f"{TILES}/WebMercatorQuad/10/0/0?f=png", "other-partner")
    assert response.status_code == 200
    assert pixels(response.content)[-1].max() == 0
    assert len(response.content) < 1000


def test_outside_the_picture_a_tile_is_nothing_at_all_where_the_setting_says_so(serve_demonstration: Any) -> None:
    with serve_demonstration(empty_tiles="204") as served:
        for query in ("f=png", "f=webp", ""):
            response = served.get(f"{TILES}/WebMercatorQuad/10/0/0?{query}", "other-partner")
            assert (response.status_code, response.content) == (204, b""), query
        assert served.get(f"{frame_of('WebMercatorQuad')[0]}?f=png", "other-partner").status_code == 200
        assert served.get(f"{TILES}/WebMercatorQuad/10/0/0").status_code == 401


def test_the_edge_of_the_picture_is_transparent_where_there_is_nothing(service: Any) -> None:
    response = service.get(f"{TILES}/WebMercatorQuad/14/5634/8292?f=png", "other-partner")
    alpha = pixels(response.content)[3]
    assert set(np.unique(alpha)) == {0, 255}


def test_a_validator_spares_the_tile_and_head_tells_the_same(service: Any) -> None:
    path, _ = frame_of("WebMercatorQuad")
    first = service.get(f"{path}?f=png", "other-partner")
    again = service.get(f"{path}?f=png", "other-partner", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = service.ask("HEAD", f"{path}?f=png", "other-partner")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(first.content))
    assert head.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-store"


def test_the_public_gets_no_pixel_and_learns_why(service: Any) -> None:
    path, _ = frame_of("WebMercatorQuad")
    for where in (path, "/collections/orthophoto/map", "/map?collections=orthophoto",
                  "/collections/orthophoto/files/orthophoto.tif"):  # fmt: skip
        response = service.get(where)
        assert response.status_code == 401, where
        assert response.json()["rule"]


def test_tilesets_tell_addresses_that_answer(service: Any) -> None:
    listing = service.get(f"{TILES}?f=json", "other-partner").json()
    assert {one["dataType"] for one in listing["tilesets"]} == {"map"}
    one = service.get(f"{TILES}/WebMercatorQuad?f=json", "other-partner").json()
    assert one["tileMatrixSetId"] == "WebMercatorQuad"
    z, row, col = INSIDE["WebMercatorQuad"]
    for link in (link for link in one["links"] if link["rel"] == "item"):
        address = link["href"].format(tileMatrix=z, tileRow=row, tileCol=col)
        response = httpx.get(address, headers={"authorization": f"Bearer {service.tokens['other-partner']}"})
        assert (response.status_code, response.headers["content-type"]) == (200, link["type"])
    tilejson = service.get(f"{TILES}/WebMercatorQuad?f=tilejson", "other-partner").json()
    assert tilejson["tilejson"] == "3.0.0"
    assert "{z}/{y}/{x}" in tilejson["tiles"][0]


@pytest.mark.parametrize("under", ["tiles", "map/tiles"])
def test_a_person_who_opens_tiles_gets_a_page_that_shows_the_picture(service: Any, under: str) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    listing = service.get(f"/collections/orthophoto/{under}", "other-partner", headers=browser)
    assert listing.headers["content-type"].startswith("text/html")
    assert f"/collections/orthophoto/{under}/LAMB93_10cm" in listing.text
    page = service.get(f"/collections/orthophoto/{under}/WebMercatorQuad", "other-partner", headers=browser)
    assert "{z}/{y}/{x}?f=png" in page.text
    assert "/collections/orthophoto/map?width=512" in page.text
    refused = service.get(f"/collections/orthophoto/{under}/WebMercatorQuad", headers=browser)
    assert refused.status_code == 401


def test_the_collection_leads_to_its_files_and_to_wmts(service: Any) -> None:
    def related(who: str | None) -> list[str]:
        links = service.get("/collections/orthophoto?f=json", who).json()["links"]
        return [one["href"] for one in links if one["rel"] == "related"]

    found = related("other-partner")
    assert any("/wmts" in one for one in found)
    assert any(one.endswith("/stac/collections/orthophoto") for one in found)
    for address in found:
        assert service.get(address.removeprefix(service.url), "other-partner").status_code == 200
    assert related(None) == []


# maps


def test_a_map_shows_the_pixels_gdalwarp_would_show_in_any_crs(service: Any) -> None:
    for query, frame in (
        ("crs=EPSG:2154&bbox-crs=EPSG:2154&bbox=641200,6865200,641400,6865300",
         Frame((641200, 6865200, 641400, 6865300), 2154, 800, 400)),
        ("crs=EPSG:3857&bbox-crs=EPSG:3857&bbox=244900,6255300,245100,6255400",
         Frame((244900, 6255300, 245100, 6255400), 3857, 800, 400)),
    ):  # fmt: skip
        response = service.get(f"/collections/orthophoto/map?{query}&width=800&height=400&f=png", "other-partner")
        assert response.status_code == 200, response.text
        mine, theirs = pixels(response.content), warped(service.home / "rasters" / "orthophoto.tif", frame)
        assert mine.shape == (3, 400, 800)
        # The mention covers the last lines.
        assert np.abs(mine - theirs)[:, :350].mean() < 0.5


def test_a_box_in_the_axis_order_of_its_crs_shows_the_same_place(service: Any) -> None:
    east = service.get(
        "/collections/orthophoto/map?bbox=2.200,48.888,2.202,48.890&crs=EPSG:4326&width=200&f=png", "other-partner"
    )
    north = service.get(
        "/collections/orthophoto/map?bbox=48.888,2.200,48.890,2.202&bbox-crs=EPSG:4326&crs=EPSG:4326&width=200&f=png",
        "other-partner",
    )
    assert east.status_code == 200
    assert east.content == north.content
    assert east.headers["content-bbox"] == "48.8880000,2.2000000,48.8900000,2.2020000"


def test_the_mention_is_drawn_on_the_map_and_not_on_the_tiles(service: Any) -> None:
    box = "crs=EPSG:2154&bbox-crs=EPSG:2154&bbox=641200,6865200,641400,6865300&width=800&height=400&f=png"
    mine = pixels(service.get(f"/collections/orthophoto/map?{box}", "other-partner").content)
    theirs = warped(
        service.home / "rasters" / "orthophoto.tif", Frame((641200, 6865200, 641400, 6865300), 2154, 800, 400)
    )
    corner = np.abs(mine - theirs)[:, -16:, -200:]
    assert corner.mean() > 30


@pytest.mark.parametrize(
    "query",
    ["width=-5", "width=0", "width=9000&height=9000", "height=abc", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=2.2,48.8,2.2,48.9",
     "bbox=nan,1,2,3", "crs=foo", "crs=EPSG:999999", "bbox-crs=x", "bgcolor=no", "transparent=perhaps", "f=tiff",
     "zzz=1", "scale-denominator=-1", "style=nope"],
)  # fmt: skip
def test_a_map_that_cannot_be_drawn_is_refused_with_its_reason(service: Any, query: str) -> None:
    response = service.get(f"/collections/orthophoto/map?{query}", "other-partner")
    assert response.status_code == 400, response.text[:200]
    assert response.json()["parameter"] in query or "parameter" in response.json()


def test_one_side_gives_the_other_by_the_shape_of_the_box(service: Any) -> None:
    response = service.get(
        "/collections/orthophoto/map?bbox-crs=EPSG:2154&bbox=641200,6865200,641400,6865300&width=100", "other-partner"
    )
    assert pixels(response.content).shape[1:] == (50, 100)


def test_what_is_not_there_is_transparent_or_the_colour_asked(service: Any) -> None:
    box = "bbox-crs=EPSG:2154&bbox=640950,6865200,641050,6865300&width=90&height=90&f=png"
    clear = pixels(service.get(f"/collections/orthophoto/map?{box}", "other-partner").content)
    assert clear[3, :, :44].max() == 0
    red = pixels(service.get(f"/collections/orthophoto/map?{box}&bgcolor=0xFF0000", "other-partner").content)
    assert red.shape[0] == 3
    assert red[:, 40, 10].tolist() == [255, 0, 0]


# files


def test_a_file_is_read_by_ranges_and_whole(service: Any) -> None:
    path, truth = "/collections/orthophoto/files/orthophoto.tif", service.home / "rasters" / "orthophoto.tif"
    size = truth.stat().st_size
    part = service.get(path, "other-partner", headers={"range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    assert part.content == truth.read_bytes()[100:200]
    tail = service.get(path, "other-partner", headers={"range": "bytes=-10"})
    assert tail.content == truth.read_bytes()[-10:]
    head = service.ask("HEAD", path, "other-partner")
    assert (head.headers["content-length"], head.headers["accept-ranges"]) == (str(size), "bytes")
    assert service.get(path, "other-partner").content == truth.read_bytes()


def test_a_range_beyond_the_end_is_416_and_tells_the_size(service: Any) -> None:
    path = "/collections/orthophoto/files/orthophoto.tif"
    size = (service.home / "rasters" / "orthophoto.tif").stat().st_size
    response = service.get(path, "other-partner", headers={"range": f"bytes={size}-"})
    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{size}"


def test_a_range_of_another_state_of_the_file_gives_the_whole_one(service: Any) -> None:
    path = "/collections/orthophoto/files/orthophoto.tif"
    etag = service.ask("HEAD", path, "other-partner").headers["etag"]
    same = service.get(path, "other-partner", headers={"range": "bytes=0-9", "if-range": etag})
    other = service.get(path, "other-partner", headers={"range": "bytes=0-9", "if-range": '"other"'})
    assert (same.status_code, len(same.content)) == (206, 10)
    assert (other.status_code, len(other.content)) == (200, int(other.headers["content-length"]))


@pytest.mark.parametrize("name", ["nope.tif", "..%2forthophoto.tif", "orthophoto", "orthophoto.tif.aux.xml"])
def test_a_file_that_is_not_the_collection_s_is_not_found(service: Any, name: str) -> None:
    assert service.get(f"/collections/orthophoto/files/{name}", "other-partner").status_code == 404


MAP = "/collections/orthophoto/map?width=256&height=256&crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F2154"


def test_the_same_ground_by_box_by_axes_and_by_its_centre(service: Any) -> None:
    whole = service.get("/collections/orthophoto", "other-partner").json()
    west, south, east, north = whole["extent"]["spatial"]["bbox"][0]
    x, y = (west + east) / 2, (south + north) / 2
    metres = 256 * 2000 * 0.28 / 1000
    lambert = transform("EPSG:4326", "EPSG:2154", [x], [y])
    e, n = lambert[0][0], lambert[1][0]
    box = (e - metres / 2, n - metres / 2, e + metres / 2, n + metres / 2)
    native = "http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F2154"
    drawn = [
        pixels(service.get(f"{MAP}&{asked}", "other-partner").content)
        for asked in (
            f"bbox={','.join(map(str, box))}&bbox-crs={native}",
            f"subset=E({box[0]}:{box[2]}),N({box[1]}:{box[3]})",
            f"center={e},{n}&center-crs={native}&scale-denominator=2000",
        )
    ]
    assert drawn[0].max() > 0
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] == drawn[2]).mean() > 0.95  # half a millimetre apart, at most
    degrees = service.get(
        f"/collections/orthophoto/map?subset=Lat({south}:{y}),Lon({west}:{x})&width=64", "other-partner"
    )
    assert degrees.status_code == 200
    assert degrees.headers["content-crs"].endswith("CRS84>")
    for wrong in (
        "subset=Q(1:2)",
        "center=1",
        f"center={x},{y}&bbox=1,2,3,4",
        "void-color=oups",
        "void-transparent=oups",
    ):
        assert service.get(f"{MAP}&{wrong}", "other-partner").status_code == 400, wrong
    assert service.get(f"{MAP}&void-color=red&void-transparent=false", "other-partner").status_code == 200


def test_maps_are_found_from_the_landing_page_and_their_systems_from_the_collection(service: Any) -> None:
    rel = "http://www.opengis.net/def/rel/ogc/1.0/map"
    (found,) = (one for one in service.get("/", "other-partner").json()["links"] if one["rel"] == rel)
    assert service.get(httpx.URL(found["href"]).raw_path.decode(), "other-partner").status_code == 200
    document = service.get("/collections/orthophoto", "other-partner").json()
    assert document["storageCrs"] in document["crs"]
