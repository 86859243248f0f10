"""Maps in `./idg bench raster`: ours and MapServer's, of the same file, at the same size.

Time is that of the processor, which does not depend on what else the machine does.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAPFILE = """
MAP
  NAME x
  SIZE 1024 1024
  EXTENT {bounds}
  PROJECTION "init=epsg:2154" END
  OUTPUTFORMAT NAME png DRIVER "AGG/PNG" IMAGEMODE RGB MIMETYPE "image/png" FORMATOPTION "COMPRESSION=2" END
  IMAGETYPE png
  LAYER NAME o TYPE RASTER STATUS DEFAULT DATA "{cog}" PROJECTION "init=epsg:2154" END END
END
"""
DRAWN = 20


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: what, who, its value and unit, and its ratio to ours (over one: we are ahead)."""

    what: str
    who: str
    value: float
    unit: str
    ratio: float | None = None


def maps(cog: Path) -> Iterator[Measure]:
    """Milliseconds of processor for a map of 1024 pixels in Lambert-93, drawn and encoded, ours and MapServer's."""
    import rasterio

    from mig_idg.imagery import encode, gdal, render
    from mig_idg.imagery.bands import BAND_NAMES
    from mig_idg.imagery.dataset_cache import Source
    from mig_idg.imagery.frame import Frame
    from mig_idg.imagery.mosaic import Mosaic

    with rasterio.open(cog) as opened:
        left, bottom, right, top = opened.bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    for metres in (200, 600):
        box = (x - metres / 2, y - metres / 2, x + metres / 2, y + metres / 2)
        scene, style = Mosaic((Source(cog),), 2154, "rgb", (), BAND_NAMES["rgb"]), render.Style("rgb", "natural")
        frame = Frame(box, 2154, 1024, 1024)
        with gdal.environment():
            encode.encode(render.picture(scene, frame, style), encode.PNG)
            start = time.process_time()
            for _ in range(DRAWN):
                encode.encode(render.picture(scene, frame, style), encode.PNG)
            mine = (time.process_time() - start) * 1000 / DRAWN
        yield Measure(f"map 1024 px, {metres} m, PNG", "mig-idg", mine, "ms")
        theirs = _mapserver(cog, box)
        if theirs is not None:
            yield Measure(f"map 1024 px, {metres} m, PNG", "MapServer", theirs, "ms", theirs / mine)


def _mapserver(cog: Path, box: tuple[float, float, float, float]) -> float | None:
    """The same for MapServer, drawing again and again in one process; None when it is absent."""
    program = shutil.which("map2img") or shutil.which("shp2img")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        mapfile = Path(folder) / "x.map"
        mapfile.write_text(MAPFILE.format(bounds=" ".join(map(str, box)), cog=cog))
        spent = []
        for times in (1, 1 + DRAWN):
            start = _spent()
            subprocess.run(
                [program, "-m", str(mapfile), "-o", str(Path(folder) / "x.png"), "-c", str(times)],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            spent.append(_spent() - start)
    return (spent[1] - spent[0]) * 1000 / DRAWN


def _spent() -> float:
    """Seconds of processor of the programs that were run and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
