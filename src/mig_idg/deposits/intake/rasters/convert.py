"""To COG, by rio-cogeo, in bounded memory; and a low-resolution picture of a whole vintage.

The tags of the source stay behind: a COG says its title, its credit and nothing of the workstation it came from.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.io import DatasetWriter
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window
from rio_cogeo.cogeo import cog_translate, cog_validate

from mig_idg.deposits.intake.rasters.examine import NO_HEIGHT, UNREADABLE, Facts
from mig_idg.deposits.intake.rasters.format_detection import IMPORTING, Sniffed, open_alone
from mig_idg.errors import Text, Unprocessable

Environment = Callable[[Mapping[str, Any]], rasterio.Env]
NODATA = -99999.0
QUALITY = 90
OVERVIEW_SIDE = 8192
FILE_PIXELS = 128


@dataclass(frozen=True, slots=True)
class Made:
    """A COG just written: where, its digest and size."""

    path: Path
    sha256: str
    size: int


def to_cog(facts: Facts, target: Path, kind: str, srid: int, title: str, credit: str) -> Made:
    """Write `target` from the file, whole or not at all. Raises Unprocessable when pixels cannot be read to the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.part")
    sniffed = Sniffed(facts.path, facts.driver)
    try:
        with rasterio.Env(session=None, **IMPORTING), warnings.catch_warnings(), open_alone(sniffed) as source:
            warnings.simplefilter("ignore")
            with _straight(source, facts, kind, srid) as straight:
                cog_translate(
                    straight, unfinished, _profile(facts, kind), in_memory=False, quiet=True,
                    overview_resampling="nearest" if kind == "classes" else "average",
                    add_mask=facts.alpha or (facts.masked and kind == "rgb"),
                    config=dict(IMPORTING), forward_band_tags=False, forward_ns_tags=False,
                    additional_cog_metadata={
                        "TIFFTAG_IMAGEDESCRIPTION": title, "TIFFTAG_COPYRIGHT": credit, "TIFFTAG_SOFTWARE": "mig-idg",
                    },
                )  # fmt: skip
            valid, problems, _ = cog_validate(unfinished, quiet=True, config=dict(IMPORTING))
        if not valid:
            raise _broken(facts.path, "; ".join(problems)[:200])
        made = Made(target, _sha256(unfinished), unfinished.stat().st_size)
        unfinished.replace(target)
        return made
    except UNREADABLE as error:
        raise _broken(facts.path, "") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _straight(source: Any, facts: Facts, kind: str, srid: int) -> WarpedVRT:
    """The same pixels on the same grid, with the CRS, the place and the missing value they ought to have."""
    options: dict[str, Any] = {}
    if kind == "elevation":
        nodata = facts.nodata
        if nodata is None and not facts.masked:
            nodata = next((value for value in NO_HEIGHT if _holds(source, value)), None)
        if nodata is not None:
            options |= {"src_nodata": nodata, "nodata": NODATA if facts.dtype.startswith("float") else nodata}
    elif facts.nodata is not None and not facts.alpha:
        options |= {"src_nodata": facts.nodata, "nodata": facts.nodata}
    return WarpedVRT(
        source, src_crs=f"EPSG:{srid}", crs=f"EPSG:{srid}", src_transform=facts.affine, transform=facts.affine,
        width=facts.width, height=facts.height, resampling=Resampling.nearest, **options,
    )  # fmt: skip


def _holds(source: Any, value: float) -> bool:
    """Whether an undeclared missing value is used, on a sample of the picture."""
    step = max(1, source.width // 512, source.height // 512)
    sample = source.read(1, out_shape=(source.height // step, source.width // step))
    return bool((sample == np.asarray(value, sample.dtype)).any())


def _profile(facts: Facts, kind: str) -> dict[str, Any]:
    common = {"driver": "GTiff", "tiled": True, "blockxsize": 512, "blockysize": 512, "bigtiff": "IF_SAFER"}
    if kind == "rgb" and facts.dtype == "uint8":
        return {**common, "interleave": "pixel", "compress": "JPEG", "photometric": "YCbCr", "jpeg_quality": QUALITY}
    predictor = 3 if facts.dtype.startswith("float") else 2
    return {**common, "interleave": "pixel", "compress": "DEFLATE", "predictor": predictor, "zlevel": 6}


def overview_step(side: float, file: float) -> int:
    """How many pixels of the files one pixel of their overview is, for a mosaic and a file of so many pixels wide.

    8192 pixels at most on a side, or up to four times that, for a tile just finer than the overview to meet three files
    across (`FILE_PIXELS`): of ten thousand small files, no tile ever opens dozens.
    """
    step = 2
    while side > OVERVIEW_SIDE * step:
        if side <= 4 * OVERVIEW_SIDE * step and file < 2 * FILE_PIXELS * step:
            break
        step *= 2
    return step


def overview(
    files: Sequence[Path], target: Path, kind: str, srid: int, environment: Environment
) -> tuple[Path, float] | None:
    """A picture of all the files together: path, size of a pixel; None for one file.
    `environment` is that of the place the files are kept in: it holds the credentials of those on another machine.
    """
    if len(files) < 2:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.plain")
    with environment(IMPORTING), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        xmin, ymin, xmax, ymax, profile = _frame(files)
        side = max(xmax - xmin, ymax - ymin)
        pixel = profile["pixel"] * overview_step(side / profile["pixel"], profile["side"] / profile["pixel"])
        width, height = max(1, round((xmax - xmin) / pixel)), max(1, round((ymax - ymin) / pixel))
        plain = {
            "driver": "GTiff", "width": width, "height": height, "count": profile["count"], "dtype": profile["dtype"],
            "crs": f"EPSG:{srid}", "transform": rasterio.Affine(pixel, 0, xmin, 0, -pixel, ymax), "tiled": True,
            "compress": "DEFLATE", "nodata": profile["nodata"], "interleave": "pixel", "bigtiff": "IF_SAFER",
        }  # fmt: skip
        try:
            with rasterio.open(unfinished, "w", **plain) as drawn:
                for path in files:
                    _paste(drawn, path, pixel, (xmin, ymax))
            described = {
                **plain,
                "photometric": "YCbCr" if kind == "rgb" and profile["dtype"] == "uint8" else "MINISBLACK",
            }
            with rasterio.open(unfinished, driver="GTiff") as drawn:
                cog_translate(
                    drawn, target, _profile_of(kind, str(profile["dtype"]), described), in_memory=False, quiet=True,
                    overview_resampling="nearest" if kind == "classes" else "average", config=dict(IMPORTING),
                )  # fmt: skip
        finally:
            unfinished.unlink(missing_ok=True)
    return target, pixel


def _frame(files: Sequence[Path]) -> tuple[float, float, float, float, dict[str, Any]]:
    boxes = []
    profile: dict[str, Any] = {}
    for path in files:
        with rasterio.open(path, driver="GTiff") as opened:
            box = opened.bounds
            boxes.append(box)
            if not profile:
                nodata = opened.nodata
                profile = {
                    "pixel": opened.res[0], "count": opened.count, "dtype": opened.dtypes[0], "nodata": nodata,
                    "side": math.inf,
                }  # fmt: skip
            profile["side"] = min(profile["side"], max(box.right - box.left, box.top - box.bottom))
    xmin, ymin = min(box.left for box in boxes), min(box.bottom for box in boxes)
    xmax, ymax = max(box.right for box in boxes), max(box.top for box in boxes)
    return xmin, ymin, xmax, ymax, profile


def _paste(drawn: DatasetWriter, path: Path, pixel: float, corner: tuple[float, float]) -> None:
    """One file at its place, from its own overviews; its mask goes along."""
    with rasterio.open(path, driver="GTiff") as opened:
        box = opened.bounds
        left, top = round((box.left - corner[0]) / pixel), round((corner[1] - box.top) / pixel)
        right = min(drawn.width, max(left + 1, round((box.right - corner[0]) / pixel)))
        bottom = min(drawn.height, max(top + 1, round((corner[1] - box.bottom) / pixel)))
        left, top = min(left, right - 1), min(top, bottom - 1)
        window = Window(left, top, right - left, bottom - top)
        shape = (bottom - top, right - left)
        data = opened.read(out_shape=(opened.count, *shape), resampling=Resampling.nearest)
        drawn.write(data, window=window)
        if drawn.nodata is None:
            drawn.write_mask(opened.dataset_mask(out_shape=shape), window=window)


def _profile_of(kind: str, dtype: str, described: dict[str, Any]) -> dict[str, Any]:
    common = {"driver": "GTiff", "tiled": True, "blockxsize": 512, "blockysize": 512, "interleave": "pixel"}
    if kind == "rgb" and dtype == "uint8":
        return {**common, "compress": "JPEG", "photometric": described["photometric"], "jpeg_quality": QUALITY}
    return {**common, "compress": "DEFLATE", "predictor": 3 if dtype.startswith("float") else 2}


def _broken(path: Path, why: str) -> Unprocessable:
    return Unprocessable(
        Text(
            f"{path.name} est abîmé : ses pixels ne se lisent pas jusqu'au bout.",
            f"{path.name} is damaged: its pixels cannot be read to the end.",
        ),
        extra={"file": path.name, "finding": "damaged", **({"why": why} if why else {})},
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
