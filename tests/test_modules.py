"""Modules import in any order; and two applications in one process do not know each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mig_idg.app.create import create_app
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.features.counting import CountCache
from mig_idg.ogc.tiles.cache import TileCache
from mig_idg.settings import Settings

SRC = Path(__file__).parents[1] / "src"
# The import contracts say that there is no circle; this says that no module needs another to have been imported first.
ALL = """
import sys
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
"""


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "from the last to the first"])
def test_modules_can_be_imported_in_any_order(backwards: bool) -> None:
    names = sorted(
        (
            ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
            for path in (SRC / "mig_idg").rglob("*.py")
            if path.name != "__main__.py"
        ),
        reverse=backwards,
    )
    done = subprocess.run([sys.executable, "-c", ALL, *names], capture_output=True, text=True, check=False)
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
