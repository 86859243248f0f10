"""What one worker holds to make pictures: where the files are, the darkroom, the pictures it kept, the outlines."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import InitVar, dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from mig_idg.ogc.raster import gdal
from mig_idg.ogc.raster.darkroom import Darkroom
from mig_idg.ogc.raster.outline import Outline
from mig_idg.store.places import Folder, Place

KEPT_BYTES = 96 * 1024 * 1024
KEPT_OUTLINES = 64


class Kept:
    """Finished pictures by the name of everything they depend on; the least asked leave first."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._bytes = 0
        self._pictures: OrderedDict[tuple[object, ...], tuple[bytes, str]] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> tuple[bytes, str] | None:
        """The picture and its media type, or None."""
        found = self._pictures.get(key)
        if found is not None:
            self._pictures.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...], picture: tuple[bytes, str]) -> None:
        """Keep a picture; one over a sixteenth of the room is not kept."""
        size = len(picture[0])
        if size * 16 > self._most or key in self._pictures:
            return
        self._pictures[key] = picture
        self._bytes += size
        while self._bytes > self._most:
            _, (gone, _) = self._pictures.popitem(last=False)
            self._bytes -= len(gone)


@dataclass(slots=True)
class Studio:
    """`home` is IDG_HOME/rasters. `empty` says what a tile outside the data is: a transparent picture, or 204.

    `place` is where files are: in `home`, or in a bucket. `press` is for long work (exports), so that tiles never wait
    behind it.
    """

    home: Path
    empty: Literal["transparent", "204"] = "transparent"
    place: Place = field(init=False)
    darkroom: Darkroom = field(init=False)
    press: Darkroom = field(init=False)
    kept: Kept = field(default_factory=Kept)
    outlines: OrderedDict[str, Outline | None] = field(default_factory=OrderedDict)
    elsewhere: InitVar[Place | None] = None

    def __post_init__(self, elsewhere: Place | None) -> None:
        self.place = elsewhere or Folder(self.home)
        environment = partial(gdal.environment, self.place)
        self.darkroom = Darkroom(environment=environment)
        self.press = Darkroom(threads=1, waiting=8, environment=environment)

    def path(self, relative: str) -> Path:
        """A file named by a declaration or by the database, as GDAL opens it: always in the place."""
        return self.place.path(relative)

    def remember_outline(self, key: str, outline: Outline | None) -> None:
        """Keep an outline for the next requests of callers under the same limit."""
        self.outlines[key] = outline
        while len(self.outlines) > KEPT_OUTLINES:
            self.outlines.popitem(last=False)


_studios: list[Studio] = []


def open_studio(
    home: Path, *, empty: Literal["transparent", "204"] = "transparent", place: Place | None = None
) -> Studio:
    """The studio of this worker, for files under `home` (IDG_HOME/rasters) or in another `place`.

    The doors use the last one opened.
    """
    wanted = place or Folder(home)
    if not _studios or _studios[-1].place != wanted or _studios[-1].empty != empty:
        if _studios:
            old = _studios.pop()
            old.darkroom.close()
            old.press.close()
        _studios.append(Studio(home, empty, elsewhere=place))
    return _studios[-1]


def studio() -> Studio:
    """The studio opened by the doors."""
    return _studios[-1]
