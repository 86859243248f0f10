"""ZIP files opened with distrust: few entries, regular files only, limits on what comes out, names of ours on disk.

An archive may hold one shapefile (its parts side by side) or one file of another format. The names inside are read to
put the parts of a shapefile together, shown when there is a choice to make, and never used to write.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mig_idg.deposits.intake import format_detection
from mig_idg.deposits.intake.format_detection import Format
from mig_idg.errors import InvalidParameter, Text, TooLarge, Unprocessable, UnsupportedMedia

LARGEST = 2 << 30
RATIO = 100
ENTRIES = 50
CHUNK = 1 << 20
SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
BESIDE = (
    ".xml",
    ".txt",
    ".pdf",
    ".md",
    ".html",
    ".htm",
    ".qix",
    ".sbn",
    ".sbx",
    ".qpj",
    ".qmd",
    ".qml",
    ".sld",
    ".lyr",
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One data file out of an archive, at `path`; `name` is how the archive called it."""

    name: str
    path: Path
    format: Format


def unpack(archive: Path, into: Path, layer: str | None = None) -> Unpacked:
    """The one data file of an archive, or the one called `layer`, written in `into`.

    Raises UnsupportedMedia (nothing to read, encrypted, links), TooLarge (limits), Unprocessable (damaged) and
    InvalidParameter when several files are there and none was named.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            stems = _grouped(archive, _checked(archive, opened))
            chosen = _chosen(archive, stems, layer)
            budget = Budget(archive.name)
            for rank, info in enumerate(stems[chosen]):
                suffix = PurePosixPath(info.filename).suffix.lower()
                name = f"depot{suffix}" if suffix in SHAPE_PARTS else f"depot-{rank}"
                _write(opened, info, into / name, budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Unprocessable(
            Text(f"{archive.name} : archive ZIP endommagée.", f"{archive.name}: damaged ZIP archive."),
            extra={"file": archive.name},
        ) from None
    path = into / "depot.shp" if (into / "depot.shp").exists() else into / "depot-0"
    return Unpacked(chosen, path, format_detection.recognise(path))


@dataclass(slots=True)
class Budget:
    """What may still come out of an archive."""

    archive: str
    left: int = LARGEST

    def spend(self, size: int) -> None:
        """Count bytes that came out; TooLarge when the archive gives more than it may."""
        self.left -= size
        if self.left < 0:
            raise _too_large(self.archive)


def _checked(archive: Path, opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The regular entries, after the checks that need no decompression."""
    entries = [info for info in opened.infolist() if not info.is_dir()]
    if len(entries) > ENTRIES:
        raise TooLarge(
            Text(
                f"{archive.name} : {len(entries)} fichiers dans l'archive, {ENTRIES} au plus.",
                f"{archive.name}: {len(entries)} files in the archive, {ENTRIES} at most.",
            )
        )
    for info in entries:
        mode = info.external_attr >> 16
        if info.flag_bits & 0x1:
            raise _refused(archive, Text("l'archive est chiffrée", "the archive is encrypted"))
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise _refused(archive, Text("l'archive contient un lien", "the archive holds a link"))
    if any(info.filename == "[Content_Types].xml" for info in entries):
        raise _refused(archive, Text("c'est un classeur ou un document bureautique", "it is an office document"))
    return entries


def _grouped(archive: Path, entries: list[zipfile.ZipInfo]) -> dict[str, list[zipfile.ZipInfo]]:
    """Entries by name without suffix: the parts of a shapefile come together. Notes beside the data are left out."""
    stems: dict[str, list[zipfile.ZipInfo]] = {}
    shapes = {str(_pure(i).with_suffix("")) for i in entries if _pure(i).suffix.lower() == ".shp"}
    for info in entries:
        path = _pure(info)
        stem, suffix = str(path.with_suffix("")), path.suffix.lower()
        if path.name.startswith(".") or "__MACOSX" in path.parts:
            continue
        if stem in shapes and suffix in SHAPE_PARTS:
            stems.setdefault(stem, []).append(info)
        elif stem not in shapes and suffix not in (*BESIDE, *SHAPE_PARTS):
            stems[path.name] = [info]
    if not stems:
        raise _refused(archive, Text("l'archive ne contient aucune donnée lisible", "the archive holds no data"))
    for stem, parts in stems.items():
        present = {_pure(p).suffix.lower() for p in parts}
        missing = {".shx", ".dbf"} - present if ".shp" in present else set()
        if missing:
            raise Unprocessable(
                Text(
                    f"{archive.name} : il manque {', '.join(sorted(missing))} à côté de {stem}.shp.",
                    f"{archive.name}: {', '.join(sorted(missing))} missing beside {stem}.shp.",
                ),
                extra={"file": archive.name},
            )
    return stems


def _chosen(archive: Path, stems: dict[str, list[zipfile.ZipInfo]], layer: str | None) -> str:
    names = {PurePosixPath(stem).name: stem for stem in stems}
    if layer in names:
        return names[layer]
    if len(stems) == 1:
        return next(iter(stems))
    listed = ", ".join(sorted(names))
    raise InvalidParameter(
        "layer",
        Text(
            f"{archive.name} contient plusieurs fichiers : {listed}.", f"{archive.name} holds several files: {listed}."
        ),
        remedy=Text("Choisissez avec --layer.", "Choose with --layer."),
    )


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, budget: Budget) -> None:
    """Decompress one entry, counting what really comes out: sizes written in the archive are not believed."""
    out = 0
    with opened.open(info) as source, path.open("xb") as target:
        for chunk in _chunks(source):
            out += len(chunk)
            budget.spend(len(chunk))
            if out > RATIO * max(info.compress_size, 1) + CHUNK:
                raise _too_large(budget.archive)
            target.write(chunk)


def _chunks(source: zipfile.ZipExtFile) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


def _pure(info: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(info.filename.replace("\\", "/"))


def _too_large(archive: str) -> TooLarge:
    return TooLarge(
        Text(
            f"{archive} : l'archive grossit au-delà de ce qui est admis (2 Gio, 100 fois sa taille).",
            f"{archive}: the archive grows beyond what is allowed (2 GiB, 100 times its size).",
        )
    )


def _refused(archive: Path, why: Text) -> UnsupportedMedia:
    return UnsupportedMedia(
        Text(f"{archive.name} : {why.fr}.", f"{archive.name}: {why.en}."), extra={"file": archive.name}
    )
