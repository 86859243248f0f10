"""Where the files of rasters are kept: a folder of this machine, or a bucket (`mig_idg.store.bucket`).

A file is named by a path relative to the place, `collection/vintage/number/name.tif`: the one written in PostGIS. Its
bytes never change under that name once a vintage is published.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mig_idg.errors import Text, Unavailable

if TYPE_CHECKING:
    import rasterio

PIECE = 512 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """One file of a place: its name, size, and what changes when its bytes do (nanoseconds of its last change)."""

    name: str
    size: int
    changed: int


class Place(Protocol):
    """What an import and the server ask of a place. Names are relative, `/` between their parts."""

    @property
    def distant(self) -> bool:
        """True when looking at a file is a round trip."""

    @property
    def root(self) -> Path:
        """What names are relative to."""

    def path(self, name: str) -> Path:
        """What GDAL opens, under `environment()`."""

    def environment(self, options: Mapping[str, Any]) -> rasterio.Env:
        """GDAL's environment with these options, and what it takes to read in the place and nowhere else."""

    def held(self, name: str) -> Held | None:
        """The file, or None when it is not there. Raises Unavailable."""

    def put(self, made: Path, name: str) -> None:
        """Give a finished file of this machine its name; `made` is gone afterwards. Raises Unavailable."""

    def remove(self, name: str) -> None:
        """Take a file away; one that is not there is no trouble. Raises Unavailable."""

    def names(self, under: str) -> Iterator[Held]:
        """Every file under a folder. Raises Unavailable."""

    async def pieces(self, held: Held, start: int, stop: int) -> AsyncIterator[bytes]:
        """Bytes [start, stop), a piece at a time; an error when the file is no more what `held` says.

        What can be known before the first byte is raised at once (Unavailable, OSError).
        """


def environment_of(path: Path, options: Mapping[str, Any]) -> rasterio.Env:
    """GDAL's environment to open one path of a place: that of the place the path knows, or the options as they are."""
    place: Place = getattr(path, "bucket", None) or Folder(path)
    return place.environment(options)


def inside(name: str) -> str:
    """The name, when it is one of ours. Raises ValueError."""
    if name.startswith(("/", "\\")) or ".." in name.split("/") or ":" in name:
        raise ValueError(f"not a path of ours: {name!r}")
    return name


@dataclass(frozen=True, slots=True)
class Folder:
    """Files on a disk of this machine, under `home` (IDG_HOME/rasters)."""

    home: Path

    @property
    def distant(self) -> bool:
        """Never."""
        return False

    @property
    def root(self) -> Path:
        """The folder."""
        return self.home

    def path(self, name: str) -> Path:
        """The path on disk."""
        return self.home / inside(name)

    def environment(self, options: Mapping[str, Any]) -> rasterio.Env:
        """The options as they are."""
        import rasterio

        return rasterio.Env(session=None, **options)

    def held(self, name: str) -> Held | None:
        """The file, or None."""
        try:
            state = self.path(name).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _disk(error) from error
        return Held(name, state.st_size, state.st_mtime_ns)

    def put(self, made: Path, name: str) -> None:
        """One rename when `made` is on the same disk, as files made beside their name are."""
        target = self.path(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.replace(target)
        except OSError as error:
            raise _disk(error) from error

    def remove(self, name: str) -> None:
        """The file, and the folders it leaves empty. Whoever has it open reads on."""
        target = self.path(name)
        try:
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == self.home or any(folder.iterdir()):
                    break
                folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            raise _disk(error) from error

    def names(self, under: str) -> Iterator[Held]:
        """Every regular file; links are not followed."""
        for folder, _, files in os.walk(self.path(under)):
            for file in files:
                path = Path(folder) / file
                state = path.lstat()
                yield Held(path.relative_to(self.home).as_posix(), state.st_size, state.st_mtime_ns)

    async def pieces(self, held: Held, start: int, stop: int) -> AsyncIterator[bytes]:
        """Read off the event loop. A file that was replaced meanwhile ends the answer."""
        return self._pieces(held, start, stop)

    async def _pieces(self, held: Held, start: int, stop: int) -> AsyncIterator[bytes]:
        opened = await asyncio.to_thread(os.open, self.path(held.name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            if os.fstat(opened).st_mtime_ns != held.changed:
                raise OSError("the file was replaced")
            at = start
            while at < stop:
                piece = await asyncio.to_thread(os.pread, opened, min(PIECE, stop - at), at)
                if not piece:
                    raise OSError("the file became shorter while it was read")
                at += len(piece)
                yield piece
        finally:
            os.close(opened)


def _disk(error: OSError) -> Unavailable:
    return Unavailable(
        Text(
            f"Le disque des images ne répond pas ({error.strerror or 'erreur'}).",
            f"The disk of the pictures does not answer ({error.strerror or 'error'}).",
        ),
        remedy=Text("Vérifiez l'espace et les droits du dossier.", "Check the room and the rights of the folder."),
    )
