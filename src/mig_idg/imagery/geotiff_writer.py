"""Values written as GeoTIFF or COG, strip by strip: memory does not grow with the answer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.io import MemoryFile
from rasterio.shutil import copy as translate
from rasterio.windows import Window

from mig_idg.imagery import dataset_cache, warp
from mig_idg.imagery.frame import Frame, blank
from mig_idg.imagery.mosaic import Mosaic

STRIP = 512
INTERNAL_MASK = {"GDAL_TIFF_INTERNAL_MASK": True}


@dataclass(frozen=True, slots=True)
class Words:
    """What the file says of itself."""

    title: str
    credit: str


def write(
    mosaic: Mosaic, frame: Frame, bands: Sequence[int], names: Sequence[str], words: Words, cog: bool, small: bool
) -> bytes | Path:
    """The frame as a GeoTIFF: its bytes when `small`, else the path of a temporary file. In the render pool."""
    if small and not cog:
        with MemoryFile() as memory:
            _fill(memory.name, mosaic, frame, bands, names, words)
            return bytes(memory.getbuffer())
    handle, name = tempfile.mkstemp(prefix="idg-coverage-", suffix=".tif")
    os.close(handle)
    made = Path(name)
    try:
        _fill(name, mosaic, frame, bands, names, words)
        if cog:
            plain = made.with_suffix(".plain.tif")
            made.rename(plain)
            try:
                translate(
                    plain, made, driver="COG", COMPRESS="DEFLATE", BLOCKSIZE="512", NUM_THREADS="1",
                    PREDICTOR="YES", OVERVIEW_RESAMPLING="NEAREST", BIGTIFF="IF_SAFER",
                )  # fmt: skip
            finally:
                plain.unlink(missing_ok=True)
        if small:
            content = made.read_bytes()
            made.unlink()
            return content
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made


def _fill(target: str, mosaic: Mosaic, frame: Frame, bands: Sequence[int], names: Sequence[str], words: Words) -> None:
    cogs = [dataset_cache.take(source) for source in mosaic.files]
    dtype = cogs[0].dtype if cogs else np.dtype("uint8")
    nodata = cogs[0].nodata if cogs else None
    floating = np.issubdtype(dtype, np.floating)
    if nodata is None and floating:
        nodata = -99999.0
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": frame.width, "height": frame.height, "count": len(bands), "dtype": dtype,
        "crs": f"EPSG:{frame.srid}", "transform": frame.transform, "compress": "deflate", "zlevel": 4,
        "predictor": 3 if floating else 2, "tiled": True, "blockxsize": 256, "blockysize": 256,
        "interleave": "pixel", "bigtiff": "IF_SAFER", "nodata": nodata,
        "photometric": "RGB" if len(bands) == 3 and dtype == np.uint8 else "MINISBLACK",
    }  # fmt: skip
    masks = False
    with rasterio.Env(**INTERNAL_MASK), rasterio.open(target, "w", **profile) as made:
        made.update_tags(
            TIFFTAG_IMAGEDESCRIPTION=_ascii(words.title), TIFFTAG_COPYRIGHT=_ascii(words.credit),
            TIFFTAG_SOFTWARE="mig-idg",
        )  # fmt: skip
        for number, name in enumerate(names, start=1):
            made.set_band_description(number, name)
        for row in range(0, frame.height, STRIP):
            height = min(STRIP, frame.height - row)
            part = frame.piece(0, row, frame.width, height)
            pixels = warp.read(cogs, part, bands, srid=mosaic.srid) if cogs else blank(part, len(bands), dtype)
            if mosaic.territory_mask is not None:
                pixels = mosaic.territory_mask.mask(pixels, part)
            window = Window(0, row, frame.width, height)
            if nodata is not None:
                made.write(np.where(pixels.valid, pixels.data, dtype.type(nodata)), window=window)
                continue
            made.write(np.where(pixels.valid, pixels.data, dtype.type(0)), window=window)
            if not pixels.full or masks:
                if not masks and row:
                    made.write_mask(np.full((row, frame.width), 255, np.uint8), window=Window(0, 0, frame.width, row))
                made.write_mask(pixels.valid.astype(np.uint8) * np.uint8(255), window=window)
                masks = True


def _ascii(text: str) -> str:
    """TIFF's ASCII tags: GDAL writes UTF-8 there, which every reader of ours reads."""
    return text
