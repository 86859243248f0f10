"""What one worker holds to make pictures: where the files are, the render pool, the pictures it kept, the outlines."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from cachetools import LRUCache

from mig_idg.imagery import gdal
from mig_idg.imagery.render_pool import RenderPool
from mig_idg.imagery.territory_mask import TerritoryMask
from mig_idg.store.cache_use import CacheUse
from mig_idg.store.storage import Folder, Place

KEPT_BYTES = 96 * 1024 * 1024
KEPT_OUTLINES = 64


class Kept:
    """Finished pictures by the name of everything they depend on; the least asked leave first."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._use = CacheUse("pictures")
        self._pictures: LRUCache[tuple[object, ...], tuple[bytes, str]] = LRUCache(most, getsizeof=_size)

    def get(self, key: tuple[object, ...]) -> tuple[bytes, str] | None:
        """The picture and its media type, or None."""
        found = self._pictures.get(key)
        self._use.note(found is not None)
        return found

    def put(self, key: tuple[object, ...], picture: tuple[bytes, str]) -> None:
        """Keep a picture; one over a sixteenth of the room is not kept."""
        if _size(picture) * 16 <= self._most:
            self._pictures[key] = picture


def _size(picture: tuple[bytes, str]) -> int:
    return len(picture[0])


@dataclass(slots=True)
class RasterEngine:
    """`home` is IDG_HOME/rasters. `empty` says what a tile outside the data is: a transparent picture, or 204.

    `place` is where files are: in `home`, or in a bucket. `press` is for long work (exports), so that tiles never wait
    behind it.
    """

    home: Path
    empty: Literal["transparent", "204"] = "transparent"
    place: Place = field(init=False)
    render_pool: RenderPool = field(init=False)
    press: RenderPool = field(init=False)
    kept: Kept = field(default_factory=Kept)
    territory_masks: LRUCache[str, TerritoryMask | None] = field(default_factory=lambda: LRUCache(KEPT_OUTLINES))
    elsewhere: InitVar[Place | None] = None

    def __post_init__(self, elsewhere: Place | None) -> None:
        self.place = elsewhere or Folder(self.home)
        environment = partial(gdal.environment, self.place)
        self.render_pool = RenderPool(environment=environment)
        self.press = RenderPool(threads=1, waiting=8, environment=environment)

    def path(self, relative: str) -> Path:
        """A file named by a declaration or by the database, as GDAL opens it: always in the place."""
        return self.place.path(relative)

    def remember_outline(self, key: str, territory_mask: TerritoryMask | None) -> None:
        """Keep an outline for the next requests of callers under the same limit."""
        self.territory_masks[key] = territory_mask

    def close(self) -> None:
        """Let the render pools go."""
        self.render_pool.close()
        self.press.close()
