"""Each module can be the first one imported; and two applications in one process do not know each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mig_idg.app.create import create_app
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.features.counting import CountCache
from mig_idg.ogc.tiles.cache import TileCache
from mig_idg.settings import Settings

SRC = Path(__file__).parents[1] / "src"
# One interpreter loads the libraries once; each module is then imported in a child of its own, where none of ours is.
ALONE = """
import os, sys
import numpy, psycopg, pyarrow, rasterio, pyogrio, shapely, pyproj, pydantic, click, rich, structlog, jinja2, httpx
failed = []
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            __import__(name)
        except BaseException as error:
            print(f"{name}: {error!r}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        failed.append(name)
sys.exit(bool(failed))
"""


def test_each_module_can_be_imported_first() -> None:
    names = sorted(
        ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        for path in (SRC / "mig_idg").rglob("*.py")
    )
    done = subprocess.run([sys.executable, "-c", ALONE, *names], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_two_applications_in_one_process_share_nothing(tmp_path: Path) -> None:
    one, other = (
        create_app(Settings(home=tmp_path / name, kept_tiles=0), "postgresql://nowhere", routes=())
        for name in ("one", "other")
    )
    for kind in (RasterEngine, CountCache, TileCache):
        assert one.guard.resources.get(kind) is one.guard.resources.get(kind)
        assert one.guard.resources.get(kind) is not other.guard.resources.get(kind)
    assert one.guard.resources.get(RasterEngine).home == (tmp_path / "one" / "rasters").resolve()
    for application in (one, other):
        application.guard.resources.close()
