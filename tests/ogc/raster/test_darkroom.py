"""The render pool: bounded, clear when it is full, deaf to clients that left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from mig_idg.errors import Unavailable
from mig_idg.imagery import dataset_cache, gdal
from mig_idg.imagery.frame import Frame
from mig_idg.imagery.render_pool import RenderPool
from mig_idg.imagery.warp import read


@pytest.fixture
def room() -> Iterator[RenderPool]:
    """One thread, two places in the queue."""
    made = RenderPool(threads=1, waiting=2)
    yield made
    made.close()


def test_a_full_darkroom_sends_clients_away_for_a_second_and_serves_the_others(room: RenderPool) -> None:
    gate = threading.Event()

    async def storm() -> tuple[list[Any], Unavailable]:
        inside = [asyncio.ensure_future(room.develop(gate.wait, 5)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await room.develop(int)
        gate.set()
        return list(await asyncio.gather(*inside)), refused.value

    done, refused = asyncio.run(storm())
    assert done == [True, True, True]
    assert refused.headers["retry-after"] == "1"
    assert room.inside == 0


def test_the_event_loop_goes_on_while_pixels_are_made(room: RenderPool) -> None:
    gate = threading.Event()

    async def both() -> int:
        busy = asyncio.ensure_future(room.develop(gate.wait, 5))
        beats = 0
        for _ in range(50):
            await asyncio.sleep(0)
            beats += 1
        gate.set()
        await busy
        return beats

    assert asyncio.run(both()) == 50


def test_work_of_a_client_that_left_before_its_turn_is_never_done(room: RenderPool) -> None:
    gate, done = threading.Event(), []

    async def leave() -> None:
        first = asyncio.ensure_future(room.develop(gate.wait, 5))
        second = asyncio.ensure_future(room.develop(done.append, "developed"))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        gate.set()
        await first
        await room.develop(int)

    asyncio.run(leave())
    assert done == []
    assert room.inside == 0


def test_a_vrt_with_the_name_of_a_tiff_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.tif"
    with rasterio.open(
        secret, "w", driver="GTiff", width=4, height=4, count=1, dtype="uint8", crs="EPSG:2154",
        transform=rasterio.Affine(1, 0, 640_000, 0, -1, 6_867_000),
    ) as made:  # fmt: skip
        made.write(np.ones((1, 4, 4), "uint8"))
    (tmp_path / "open.tif").write_text(
        f'<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f"<SourceFilename>{secret}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with gdal.environment(), pytest.raises(rasterio.errors.RasterioIOError):
        gdal.open_tiff(tmp_path / "open.tif")


def test_overviews_and_metadata_beside_the_file_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=1024, height=1024, count=1, dtype="uint8", crs="EPSG:2154",
        transform=rasterio.Affine(1, 0, 640_000, 0, -1, 6_867_000),
    ) as made:  # fmt: skip
        made.write(np.full((1, 1024, 1024), 7, "uint8"))
    with rasterio.open(
        tmp_path / "a.tif.ovr", "w", driver="GTiff", width=512, height=512, count=1, dtype="uint8",
        transform=rasterio.Affine(2, 0, 640_000, 0, -2, 6_867_000),
    ) as made:  # fmt: skip
        made.write(np.full((1, 512, 512), 9, "uint8"))
    with rasterio.open(path) as opened:
        assert opened.overviews(1) == [2], "GDAL alone would read it"
    (tmp_path / "a.tif.aux.xml").write_text("<PAMDataset><Metadata><MDI key='leak'>yes</MDI></Metadata></PAMDataset>")
    with gdal.environment():
        cog = dataset_cache.take(path)
        assert cog.factors == (1.0,)
        assert "leak" not in cog.dataset.tags()
        dataset_cache.clear()


def test_a_world_file_beside_places_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with rasterio.open(path, "w", driver="GTiff", width=10, height=10, count=1, dtype="uint8") as made:
        made.write(np.full((1, 10, 10), 7, "uint8"))
    (tmp_path / "a.tfw").write_text("1\n0\n0\n-1\n640000.5\n6866999.5\n")
    with rasterio.open(path) as opened:
        assert opened.bounds.left == 640_000, "GDAL alone would read it"
    with gdal.environment():
        assert dataset_cache.take(path).bounds == (0, 10, 10, 0)
        dataset_cache.clear()


def test_a_file_replaced_on_disk_is_read_anew(tmp_path: Path) -> None:
    path, frame = tmp_path / "a.tif", Frame((640_000, 6_866_990, 640_010, 6_867_000), 2154, 10, 10)
    seen = []
    for value in (10, 20):
        other = tmp_path / "b.tif"
        with rasterio.open(
            other, "w", driver="GTiff", width=10 + value, height=10, count=1, dtype="uint8", crs="EPSG:2154",
            transform=rasterio.Affine(1, 0, 640_000, 0, -1, 6_867_000),
        ) as made:  # fmt: skip
            made.write(np.full((1, 10, 10 + value), value, "uint8"))
        other.replace(path)
        with gdal.environment():
            seen.append(int(read([dataset_cache.take(path)], frame, (1,)).data[0, 5, 5]))
    dataset_cache.clear()
    assert seen == [10, 20]


def test_the_poles_and_the_other_side_of_the_world_are_empty_not_errors(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=10, height=10, count=3, dtype="uint8", crs="EPSG:2154",
        transform=rasterio.Affine(1, 0, 640_000, 0, -1, 6_867_000),
    ) as made:  # fmt: skip
        made.write(np.full((3, 10, 10), 9, "uint8"))
    world = 20_037_508.342789244
    with gdal.environment():
        for bounds, srid in (
            ((-world, -world, world, world), 3857),
            ((-180, -90, 180, 90), 4326),
            ((170, -90, 190, -80), 4326),
            ((-180, 85, -170, 90), 4326),
        ):
            assert read([dataset_cache.take(path)], Frame(bounds, srid, 64, 64), (1, 2, 3)).empty
        dataset_cache.clear()


def test_a_block_read_once_is_not_decoded_again(tmp_path: Path) -> None:
    """rasterio reads `GDAL_CACHEMAX` in bytes: a room of 96 would keep none."""
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=512, height=512, count=1, dtype="uint8", crs="EPSG:2154", tiled=True,
        blockxsize=256, blockysize=256, compress="deflate", transform=rasterio.Affine(1, 0, 640_000, 0, -1, 6_867_000),
    ) as made:  # fmt: skip
        made.write(np.random.default_rng(7).integers(0, 255, (1, 512, 512), "uint8"))
    with gdal.environment(), gdal.open_tiff(path) as opened:
        first = opened.read(1)
        path.write_bytes(b"\0" * path.stat().st_size)
        assert (opened.read(1) == first).all()
