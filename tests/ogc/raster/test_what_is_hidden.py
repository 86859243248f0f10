"""Every route of pixels, as an attacker tries it: who may see nothing, a territory, or no band of that name."""

from __future__ import annotations

from typing import Any

import pytest
from rasterio.io import MemoryFile

pytestmark = [
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),
    pytest.mark.slow,
]

# Each shows pixels, or values of pixels. {c}: the collection; {x}, {y}: a place in the west of the first photograph.
PIXELS = (
    "/collections/{c}/map?bbox-crs=EPSG:2154&bbox={x},{y},{x2},{y2}&width=50&f=png",
    "/collections/{c}/styles/natural/map?bbox-crs=EPSG:2154&bbox={x},{y},{x2},{y2}&width=50",
    "/map?collections={c}&bbox-crs=EPSG:2154&bbox={x},{y},{x2},{y2}&width=50",
    "/map?collections=photos,{c}&bbox-crs=EPSG:2154&bbox={x},{y},{x2},{y2}&width=50",
    "/collections/{c}/tiles/LAMB93_10cm/19/{row}/{col}?f=png",
    "/collections/{c}/tiles/LAMB93_10cm/19/{row}/{col}?f=webp&style=natural",
    "/collections/{c}/map/tiles/LAMB93_10cm/19/{row}/{col}",
    "/wmts/1.0.0/{c}/natural/LAMB93_10cm/19/{row}/{col}.png",
    "/wmts?SERVICE=WMTS&REQUEST=GetTile&LAYER={c}&STYLE=&FORMAT=image/png&TILEMATRIXSET=LAMB93_10cm&TILEMATRIX=19"
    "&TILEROW={row}&TILECOL={col}",
    "/collections/{c}/coverage?subset=E({x}:{x2}),N({y}:{y2})&f=png",
)
VALUES = (
    "/collections/{c}/coverage?subset=E({x}:{x2}),N({y}:{y2})",
    "/collections/{c}/coverage?subset=E({x}:{x2}),N({y}:{y2})&f=cog",
    "/collections/{c}/coverage?subset=E({x}:{x2}),N({y}:{y2})&properties=1",
    "/collections/{c}/position?crs=EPSG:2154&coords=POINT({x} {y})",
    "/collections/{c}/trajectory?crs=EPSG:2154&coords=LINESTRING({x} {y},{x2} {y2})&f=geojson",
)
FILES = ("/collections/{c}/files/2025/ouest.tif", "/collections/{c}/files/ouest.tif")


def placed(rasters: Any, template: str, collection: str) -> str:
    """An address of a route, at a place 50 m inside the first photograph, outside the commune of Courbevoie."""
    x, y = rasters.corner[0] + 50, rasters.corner[1] - 100
    row, col = int((12_000_000 - y) // 102.4), int(x // 102.4)
    return template.format(c=collection, x=x, y=y, x2=x + 50, y2=y + 50, row=row, col=col)


def assert_refused(rasters: Any, path: str, who: str | None, **headers: str) -> None:
    """Refused with the article, whatever the form, and no byte of a picture."""
    for method in ("GET", "HEAD"):
        response = rasters.ask(method, path, who, headers=headers)
        assert response.status_code == (401 if who is None else 403), (
            method,
            path,
            response.status_code,
            response.text[:200],
        )
        assert "image" not in response.headers["content-type"]
        assert "content-range" not in response.headers
        assert response.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("template", [*PIXELS, *VALUES, *FILES])
def test_a_caller_without_right_sees_no_pixel_whatever_they_know_of_it(rasters: Any, template: str) -> None:
    path = placed(rasters, template, "photos")
    seen = rasters.get(path, "pilot")
    assert seen.status_code == 200, seen.text[:300]
    assert_refused(rasters, path, None, **{"if-none-match": seen.headers.get("etag", '"x"'), "range": "bytes=0-9"})
    assert_refused(rasters, path, None, **{"if-none-match": "*", "accept": "text/html"})


@pytest.mark.parametrize("template", [*PIXELS, *VALUES, *FILES])
def test_a_limit_that_cannot_be_masked_closes_every_door(rasters: Any, template: str) -> None:
    path = placed(rasters, template, "photos-closes")
    seen = rasters.get(path, "pilot")
    assert seen.status_code == 200, seen.text[:300]
    assert_refused(rasters, path, "other-partner", **{"if-none-match": seen.headers.get("etag", '"x"')})


@pytest.mark.parametrize("template", [*PIXELS, *VALUES[3:]])
def test_pixels_outside_a_territory_are_gone_even_when_the_whole_was_just_made(rasters: Any, template: str) -> None:
    path = placed(rasters, template, "photos-masquees")
    whole = rasters.get(path, "pilot")
    limited = rasters.get(path, "other-partner", headers={"if-none-match": whole.headers.get("etag", '"x"')})
    assert (whole.status_code, limited.status_code) == (200, 200), limited.text[:300]
    if "photos," in template:
        return  # the layer below shows through: the same pixels, which the caller may see
    assert limited.content != whole.content
    if "image" in limited.headers["content-type"]:
        with MemoryFile(limited.content) as memory, memory.open() as made:
            assert made.read(list(range(1, min(3, made.count) + 1)))[..., :30, :30].max() in (0, 255)
    elif "trajectory" in template:
        assert {one["properties"]["red"] for one in limited.json()["features"]} == {None}
    else:
        assert limited.json()["ranges"]["red"]["values"] == [None]


@pytest.mark.parametrize("template", [*PIXELS, *FILES])
def test_no_picture_shows_a_hidden_band(rasters: Any, template: str) -> None:
    assert_refused(rasters, placed(rasters, template, "photos-sans-rouge"), "other-partner")
    infrared = template.replace("natural", "infrared").replace("STYLE=", "STYLE=infrared")
    infrared += "" if infrared != template or "/files/" in template else "&style=infrared"
    infrared = infrared if "?" in infrared else infrared.replace("&style", "?style")
    if "f=png" not in template or "coverage" not in template:
        assert_refused(rasters, placed(rasters, infrared, "photos-ir"), "other-partner")


@pytest.mark.parametrize("template", [*PIXELS, *VALUES, *FILES])
def test_a_hidden_word_that_names_no_band_closes_every_door(rasters: Any, template: str) -> None:
    assert_refused(rasters, placed(rasters, template, "photos-visages"), "other-partner")


@pytest.mark.parametrize("properties", ["infrared", "4", "red,infrared", "1,2,3,4"])
def test_a_hidden_band_is_refused_by_name_and_by_number(rasters: Any, properties: str) -> None:
    path = placed(rasters, VALUES[0], "photos-ir") + f"&properties={properties}"
    assert rasters.get(path, "pilot").status_code == 200
    assert_refused(rasters, path, "other-partner")


def test_the_values_left_are_those_of_the_bands_left(rasters: Any) -> None:
    """Not those of the first bands of the file under other names."""
    path = placed(rasters, VALUES[0], "photos-sans-rouge")
    with MemoryFile(rasters.get(path).content) as memory, memory.open() as made:
        assert made.descriptions == ("green", "blue")
        assert abs(made.read(2).mean() - 40) < 4
    with MemoryFile(rasters.get(path, "pilot").content) as memory, memory.open() as made:
        assert made.descriptions == ("red", "green", "blue")
        truth = made.read(2).mean()
    point = rasters.get(placed(rasters, VALUES[3], "photos-sans-rouge")).json()["ranges"]
    assert set(point) == {"green", "blue"}
    assert abs(point["blue"]["values"][0] - 40) < 4
    assert abs(point["green"]["values"][0] - truth) < 20


def test_no_description_names_a_hidden_band_or_proposes_what_would_be_refused(rasters: Any) -> None:
    for page in ("coverage/schema", "coverage/rangetype", "tiles/LAMB93_10cm", "map/tiles/LAMB93_10cm",
                 "tiles/WebMercatorQuad?f=tilejson"):  # fmt: skip
        assert "infrared" in rasters.get(f"/collections/photos-ir/{page}", "pilot").text or "tilejson" in page
        assert "infrared" not in rasters.get(f"/collections/photos-ir/{page}").text, page
    assert "infrared" not in rasters.get("/wmts").text
    assert "infrared" in rasters.get("/wmts", "pilot").text
    for closed in ("photos-closes", "photos-sans-rouge", "photos-visages"):
        assert f">{closed}<" not in rasters.get("/wmts").text
        items = rasters.get(f"/stac/collections/{closed}/items").json()["features"]
        assert [one["assets"] for one in items] == [{}] * len(items), closed
        assert set(rasters.get(f"/stac/collections/{closed}/items", "pilot").json()["features"][0]["assets"]) == {
            "image",
            "overview",
        }
    (item,) = rasters.get("/stac/collections/photos-ir/items").json()["features"]
    assert set(item["assets"]) == {"overview"}
    assert rasters.get(item["assets"]["overview"]["href"]).status_code == 200


def test_the_map_of_everything_draws_what_may_be_drawn(rasters: Any) -> None:
    box = placed(rasters, "bbox-crs=EPSG:2154&bbox={x},{y},{x2},{y2}&width=50&f=png", "")
    assert rasters.get(f"/map?{box}").status_code == 200


@pytest.mark.parametrize("pair", [
    ("/collections/photos/files/2025/ouest.tif", "/collections/photos/files/2025/nope.tif"),
    ("/collections/photos/files/2025/ouest.tif", "/collections/photos/files/1900/ouest.tif"),
    ("/collections/photos/tiles/WebMercatorQuad/15/11265/16598", "/collections/photos/tiles/WebMercatorQuad/15/0/0"),
    ("/stac/collections/photos/items/photos.2025.ouest", "/stac/collections/photos/items/photos.2025.nope"),
    ("/collections/photos/map?datetime=2025-06-15", "/collections/photos/map?datetime=1900-01-01"),
    ("/collections/photos/position?coords=POINT(2.2 48.9)", "/collections/photos/position?coords=POINT(0 0)"),
])  # fmt: skip
def test_a_refusal_does_not_tell_what_there_is(rasters: Any, pair: tuple[str, str]) -> None:
    there, nowhere = (rasters.get(path, None) for path in pair)
    assert there.status_code == nowhere.status_code == 401
    told = [{k: v for k, v in one.json().items() if k != "instance"} for one in (there, nowhere)]
    assert told[0] == told[1]
