"""Rasters and points kept in S3-compatible storage: sent, drawn, handed out by ranges; and what happens when it fails."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

sys.path.insert(0, os.path.dirname(__file__))
from storage import BUCKET, KEY, REGION, SECRET, Storage

from mig_idg.app.create import create_app
from mig_idg.database import connect
from mig_idg.deposits.intake.rasters import Choices, run
from mig_idg.errors import Unavailable
from mig_idg.imagery import gdal
from mig_idg.ogc.routes import RASTERS
from mig_idg.publication.load import load_folder
from mig_idg.settings import Settings
from mig_idg.store.bucket import Access, Bucket
from mig_idg.store.storage import Folder

pytestmark = pytest.mark.slow


@pytest.fixture
def storage() -> Iterator[Storage]:
    """A storage of its own."""
    made = Storage()
    yield made
    made.close()


def bucket_of(storage: Storage, secret: str = SECRET, bucket: str = BUCKET) -> Bucket:
    """The bucket, opened anew."""
    return Bucket(Access(bucket, storage.endpoint, REGION, "idg", KEY, secret))


def picture(path: Path, tint: int = 7, side: int = 1024) -> Path:
    """A plain GeoTIFF, in tiles, not compressed."""
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8", "crs": "EPSG:2154",
               "tiled": True, "transform": from_origin(640_000, 6_867_000, 1, 1)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as made:
        made.write(np.full((3, side, side), tint, np.uint8))
    return path


def first_pixel(bucket: Bucket, name: str) -> int:
    """Read by GDAL as the server does."""
    with gdal.environment(bucket), gdal.open_tiff(bucket.path(name)) as opened:
        return int(opened.read(1, window=((0, 1), (0, 1)))[0, 0])


def all_pieces(bucket: Bucket, name: str, start: int, stop: int) -> bytes:
    """The bytes handed to a client."""

    async def read() -> bytes:
        held = await asyncio.to_thread(bucket.held, name)
        assert held is not None
        return b"".join([piece async for piece in await bucket.pieces(held, start, stop)])

    return asyncio.run(read())


def test_a_file_that_is_sent_comes_back_to_the_byte_and_leaves_the_disk(storage: Storage, tmp_path: Path) -> None:
    made, bucket = picture(tmp_path / "a.tif"), bucket_of(storage)
    content = made.read_bytes()
    bucket.put(made, "o/2025/1/a.tif")
    assert not made.exists()
    assert storage.objects["idg/o/2025/1/a.tif"][0] == content
    held = bucket.held("o/2025/1/a.tif")
    assert held is not None
    assert held.size == len(content)
    assert [one.name for one in bucket.names("o/2025")] == ["o/2025/1/a.tif"]
    assert all_pieces(bucket, "o/2025/1/a.tif", 1000, 2_500_000) == content[1000:2_500_000]
    bucket.remove("o/2025/1/a.tif")
    assert bucket.held("o/2025/1/a.tif") is None
    bucket.remove("o/2025/1/a.tif")


def test_a_large_file_goes_in_parts_and_is_whole_at_the_end(storage: Storage, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("mig_idg.store.bucket.PART", 5 * 2**20)
    made = picture(tmp_path / "a.tif", side=2048)
    content = made.read_bytes()
    bucket_of(storage).put(made, "a.tif")
    assert storage.objects["idg/a.tif"][0] == content
    assert [method for method, _, _ in storage.asked].count("PUT") == 3
    assert not storage.parts


def test_pixels_are_read_by_ranges_and_not_the_whole_file(storage: Storage, tmp_path: Path) -> None:
    bucket = bucket_of(storage)
    made = picture(tmp_path / "a.tif", side=2048)
    size = made.stat().st_size
    bucket.put(made, "o/2025/1/a.tif")
    assert first_pixel(bucket, "o/2025/1/a.tif") == 7
    ranges = [
        asked.removeprefix("bytes=").split("-") for method, _, asked in storage.asked if method == "GET" and asked
    ]
    assert ranges
    assert sum(int(last) - int(first) + 1 for first, last in ranges) < size / 10


def test_a_file_that_is_replaced_is_read_anew(storage: Storage, tmp_path: Path) -> None:
    bucket = bucket_of(storage)
    for tint in (9, 11):
        bucket.put(picture(tmp_path / "a.tif", tint), "photo.tif")
        assert first_pixel(bucket, "photo.tif") == tint


def test_a_file_replaced_during_a_download_ends_it_instead_of_mixing_two(storage: Storage, tmp_path: Path) -> None:
    bucket = bucket_of(storage)
    bucket.put(picture(tmp_path / "a.tif", 9), "photo.tif")

    async def read() -> None:
        held = await asyncio.to_thread(bucket.held, "photo.tif")
        assert held is not None
        pieces = await bucket.pieces(held, 0, held.size)
        await anext(pieces)
        content, changed = storage.objects["idg/photo.tif"]
        storage.objects["idg/photo.tif"] = (content[:-1] + b"\0", changed)
        async for _ in pieces:
            pass

    with pytest.raises(Unavailable, match="remplacé"):
        asyncio.run(read())


def test_wrong_keys_are_told_without_a_word_of_them(storage: Storage, tmp_path: Path) -> None:
    wrong = bucket_of(storage, "another-secret-of-ours")
    with pytest.raises(Unavailable, match="refuse les clés") as refused:
        wrong.put(picture(tmp_path / "a.tif"), "a.tif")
    assert (tmp_path / "a.tif").exists()
    assert "another-secret" not in str(refused.value) + repr(wrong) + repr(wrong._access) + str(refused.value.extra)
    with pytest.raises(Unavailable, match="refuse les clés"):
        wrong.held("a.tif")
    with pytest.raises(rasterio.errors.RasterioIOError):
        first_pixel(wrong, "a.tif")
    assert storage.asked == []


def test_a_bucket_that_does_not_exist_is_told(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="n'existe pas"):
        bucket_of(storage, bucket="autre").put(picture(tmp_path / "a.tif"), "a.tif")


def test_a_storage_that_stumbles_is_asked_again_and_one_that_is_gone_is_told(storage: Storage, tmp_path: Path) -> None:
    bucket = bucket_of(storage)
    storage.broken = True
    with pytest.raises(Unavailable, match="ne répond pas"):
        bucket.held("a.tif")
    storage.broken = False
    bucket.put(picture(tmp_path / "a.tif"), "a.tif")
    assert first_pixel(bucket, "a.tif") == 7
    storage.close()
    with pytest.raises(Unavailable, match="ne répond pas"):
        bucket.held("b.tif")


def test_gdal_reaches_this_storage_and_no_other_address(storage: Storage, tmp_path: Path) -> None:
    bucket = bucket_of(storage)
    bucket.put(picture(tmp_path / "a.tif"), "a.tif")
    secret = picture(tmp_path / "secret.tif")
    vrt = f'<VRTDataset rasterXSize="9" rasterYSize="9"><SRS>EPSG:2154</SRS><SourceFilename>{secret}</SourceFilename></VRTDataset>'
    (tmp_path / "hostile.tif").write_text(vrt)
    bucket.put(tmp_path / "hostile.tif", "hostile.tif")
    elsewhere = f"/vsicurl/http://localhost:{storage.port}/{BUCKET}/idg/a.tif"
    before = len(storage.asked) + storage.refused
    with gdal.environment(bucket):
        for path in (Path(elsewhere), Path("/vsicurl/http://169.254.169.254/latest/a.tif"), bucket.path("hostile.tif")):
            with pytest.raises(rasterio.errors.RasterioIOError):
                gdal.open_tiff(path)
    assert all("hostile" in key for _, key, _ in storage.asked[before:])


def test_variables_made_for_other_programs_change_nothing(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_S3_ENDPOINT", "127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    monkeypatch.setenv("AWS_REGION", "elsewhere")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    bucket = bucket_of(storage)
    bucket.put(picture(tmp_path / "a.tif"), "a.tif")
    assert first_pixel(bucket, "a.tif") == 7
    assert os.environ["no_proxy"] == "intranet.example,127.0.0.1"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "s3://x/y"])
def test_a_name_never_leaves_the_prefix(storage: Storage, name: str) -> None:
    with pytest.raises(ValueError):
        bucket_of(storage).path(name)


# served


@pytest.fixture
def distant(rasters: Any, cluster: Any, storage: Storage, tmp_path: Path) -> Iterator[Any]:
    """The same collections, their files in the storage, nothing on the disk of the server."""
    bucket = bucket_of(storage)
    for held in Folder(rasters.home / "rasters").names(""):
        copy = tmp_path / "copy"
        copy.write_bytes((rasters.home / "rasters" / held.name).read_bytes())
        bucket.put(copy, held.name)
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    settings = Settings(
        home=tmp_path / "empty", journal=False, base_url="http://idg.test", s3_bucket=BUCKET, s3_region=REGION,
        s3_endpoint=storage.endpoint, s3_prefix="/idg/", s3_access_key=KEY, s3_secret_key_file=secret,
    )  # fmt: skip

    application = create_app(
        settings, cluster.url(role="idg_app", database="idg_rasters"), clock=lambda: datetime(2026, 6, 15, 10, tzinfo=UTC),
        routes=RASTERS,
    )  # fmt: skip
    rasters.runner.run(application._start())
    http = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://idg.test")
    yield replace(rasters, http=http)
    rasters.runner.run(http.aclose())
    rasters.runner.run(application._stop())


FILE = "/collections/photos/files/2025/ouest.tif"


def around(rasters: Any) -> str:
    """A box on the first photograph."""
    x, y = rasters.corner
    return f"bbox={x},{y - 400},{x + 400},{y}&bbox-crs=EPSG:2154&crs=EPSG:2154&width=200&height=200&f=png"


def test_a_map_from_the_storage_is_the_map_from_the_disk(rasters: Any, cluster: Any, request: Any) -> None:
    paths = [f"/collections/photos/map?{around(rasters)}", "/collections/orthophoto/map?width=128&f=png",
             f"/collections/mnt/position?coords=POINT({rasters.corner[0] + 200} {rasters.corner[1] - 200})&crs=EPSG:2154"]  # fmt: skip
    here = [rasters.get(path) for path in paths]
    distant = request.getfixturevalue("distant")
    there = [distant.get(path) for path in paths]
    assert [one.status_code for one in there] == [200, 200, 200]
    assert [one.content for one in there] == [one.content for one in here]


def test_a_file_of_the_storage_is_handed_out_by_authorised_ranges(distant: Any, storage: Storage) -> None:
    content = next(
        data for key, (data, _) in storage.objects.items() if "/photos/2025/" in key and key.endswith("/ouest.tif")
    )
    whole = distant.get(FILE)
    assert (whole.status_code, whole.content) == (200, content)
    part = distant.get(FILE, headers={"range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, content[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(content)}"
    assert distant.get(FILE, headers={"if-none-match": part.headers["etag"]}).status_code == 304
    before = len(storage.asked)
    assert distant.get(FILE, None).status_code in (401, 403, 404)
    assert len(storage.asked) == before, "who may not read makes the server ask nothing"
    points = distant.get("/collections/lidar/files/2024/dalle.laz")
    assert points.content == (distant.folder / "dalle.laz").read_bytes()
    assert storage.endpoint not in distant.get("/stac/collections/photos/items").text


def test_an_object_that_is_gone_is_a_clear_503(distant: Any, storage: Storage) -> None:
    for key in [key for key in storage.objects if key.endswith(("/ouest.tif", "/overview.tif"))]:
        del storage.objects[key]
    for path in (FILE, f"/collections/photos/map?{around(distant)}"):
        response = distant.get(path)
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert "/vsis3" not in response.text


@pytest.mark.parametrize("fault", ["broken", "down"])
def test_a_storage_that_fails_is_a_503_with_words_and_the_service_recovers(
    distant: Any, storage: Storage, fault: str, tmp_path: Path
) -> None:
    setattr(storage, fault, True)
    for path in (FILE, f"/collections/photos/map?{around(distant)}", "/collections/orthophoto/map?width=64&f=png"):
        response = distant.get(path)
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert not any(word in response.text for word in ("Traceback", SECRET, KEY, "127.0.0.1", "/vsis3"))
    setattr(storage, fault, False)
    for path in (FILE, f"/collections/photos/map?{around(distant)}"):
        assert distant.get(path).status_code == 200


def test_an_import_fills_the_bucket_and_leaves_nothing_on_the_disk(
    rasters: Any, cluster: Any, storage: Storage, tmp_path: Path
) -> None:
    declared = {one.declaration.id: one.declaration for one in load_folder(rasters.folder).declared}
    choices = Choices("test", "1999", (date(1999, 6, 1), date(1999, 7, 1)))
    files = [rasters.folder / "ouest.tif", rasters.folder / "est.tif"]
    home, bucket = tmp_path / "home", bucket_of(storage)
    with connect(cluster.url(role="idg_owner", database="idg_rasters")) as owner:
        storage.broken = True
        with pytest.raises(Unavailable):
            run(owner, files, declared["photos"], home, choices, place=bucket)
        storage.broken = False
        report = run(owner, files, declared["photos"], home, choices, place=bucket)
        assert report.published, report.findings
        names = {key.rpartition("/")[2] for key in storage.objects}
        assert names == {"ouest.tif", "est.tif", "overview.tif"}
        assert not [path for path in home.rglob("*") if path.is_file()]
        owner.execute("delete from raster.vintage where name = '1999'")
        owner.commit()


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, database_url: str, storage: Storage, tmp_path: Path) -> Iterator[Any]:
    """`say("import", …)`: the exit code of a command line, files going to the storage."""
    from mig_idg.cli import messages
    from mig_idg.cli.main import directory

    (tmp_path / "photo.yml").write_text(
        "id: photo\ntitle: {fr: Photo, en: Photo}\ndescription: {fr: Photo, en: Photo}\nkind: mutualised\n"
        'owner: "92050"\nsource: {raster: {cog: photo.tif, bands: rgb}, crs: "EPSG:2154"}\nservices: [maps]\n'
    )
    for name, value in {
        "DATABASE_URL": database_url, "COLLECTIONS_DIR": str(tmp_path), "HOME": str(tmp_path / "home"),
        "S3_BUCKET": BUCKET, "S3_REGION": REGION, "S3_ENDPOINT": storage.endpoint, "S3_PREFIX": "idg",
        "S3_ACCESS_KEY": KEY, "S3_SECRET_KEY": SECRET,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"IDG_{name}", value)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield lambda *line: messages.guarded(directory, [str(word) for word in line])
    messages.settings.cache_clear()


def test_an_operator_fills_the_bucket_and_is_told_when_it_fails(
    say: Any, storage: Storage, tmp_path: Path, capsys: Any
) -> None:
    source = picture(tmp_path / "source.tif", side=64)
    assert say("collections", "check") == 1
    assert "le raster « photo.tif » n'est pas dans" in capsys.readouterr().err
    storage.broken = True
    assert say("import", source, "--collection", "photo") == 3
    said = capsys.readouterr()
    assert "Le stockage S3 ne répond pas." in said.err
    assert not any(word in said.err + said.out for word in ("Traceback", SECRET, KEY))
    storage.broken = False
    assert say("import", source, "--collection", "photo") == 0
    assert set(storage.objects) == {"idg/photo.tif"}
    say("collections", "check")
    assert "le raster « photo.tif »" not in capsys.readouterr().err
    assert say("config", "show") == 0
    assert SECRET not in capsys.readouterr().out
