"""ZIP files opened with distrust: few entries, regular files only, limits on what comes out, names of ours on disk.

An archive may hold one shapefile or MapInfo table (its parts side by side), the folder of one FileGDB, or one file of
another format. It may also be a file itself: a KMZ, a workbook (XLSX, ODS). The names inside are read to put parts
together, shown when there is a choice to make, and never used to write.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from mig_idg.deposits.intake import format_detection
from mig_idg.deposits.intake.format_detection import NEEDED, TOGETHER, Format
from mig_idg.errors import InvalidParameter, Text, TooLarge, Unprocessable, UnsupportedMedia

LARGEST = 2 << 30
RATIO = 100
ENTRIES = 50
CHUNK = 1 << 20
TABLES = 5_000  # files in the folder of a FileGDB
GEODATABASE_FILE = re.compile(r"(?:a[0-9a-f]{8}\.\w{1,16}|gdb|timestamps|[\w.-]{1,40}\.lock)", re.IGNORECASE)
SHAPE_PARTS = TOGETHER[format_detection.SHAPEFILE]
PARTS = frozenset(part for parts in TOGETHER.values() for part in parts)
LEADS = {parts[0]: form for form, parts in TOGETHER.items()}
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
            if workbook := _workbook(archive, opened):
                return workbook
            entries = _checked(archive, opened)
            stems = _grouped(archive, entries)
            chosen = _chosen(archive, stems, layer)
            budget = Budget(archive.name)
            if chosen.lower().endswith(".gdb"):
                return Unpacked(
                    chosen, _geodatabase(opened, stems[chosen], into, budget), format_detection.FILE_GEODATABASE
                )
            for rank, info in enumerate(stems[chosen]):
                suffix = PurePosixPath(info.filename).suffix.lower()
                name = f"depot{suffix}" if suffix in PARTS else f"depot-{rank}"
                _write(opened, info, into / name, budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise Unprocessable(
            Text(f"{archive.name} : archive ZIP endommagée.", f"{archive.name}: damaged ZIP archive."),
            extra={"file": archive.name},
        ) from None
    path = next((into / f"depot{lead}" for lead in LEADS if (into / f"depot{lead}").exists()), into / "depot-0")
    try:
        form = format_detection.recognise(path)
    except UnsupportedMedia as unread:  # the depositor does not know our names
        inside = f"{archive.name}/{PurePosixPath(chosen).name}"
        unread.detail = Text(
            unread.detail.fr.replace(path.name, inside, 1), unread.detail.en.replace(path.name, inside, 1)
        )
        unread.extra["file"] = archive.name
        raise
    return Unpacked(chosen, path, form)


def _workbook(archive: Path, opened: zipfile.ZipFile) -> Unpacked | None:
    """The archive itself, when it is a workbook; refused by its name when it is another office document."""
    names = set(opened.namelist())
    if any(name.startswith("xl/workbook.") for name in names):
        return Unpacked(archive.name, archive, format_detection.WORKBOOK)
    if "[Content_Types].xml" in names:
        raise _refused(
            archive, Text("c'est un document bureautique, pas un classeur", "it is an office document, not a workbook")
        )
    if "mimetype" in names and "content.xml" in names:
        kind = opened.read("mimetype")[:80] if opened.getinfo("mimetype").file_size < 200 else b""
        if kind.endswith((b".spreadsheet", b".spreadsheet-template")):
            return Unpacked(archive.name, archive, format_detection.WORKBOOK)
        raise _refused(
            archive, Text("c'est un document bureautique, pas un classeur", "it is an office document, not a workbook")
        )
    return None


def _geodatabase(opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo], into: Path, budget: Budget) -> Path:
    """The folder of a FileGDB: files are known by names of one fixed form, others are left in the archive."""
    folder = into / "depot.gdb"
    folder.mkdir()
    for info in entries:
        name = _pure(info).name
        if GEODATABASE_FILE.fullmatch(name) and not (folder / name).exists():
            _write(opened, info, folder / name, budget)
    return folder


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
    most = TABLES if any(_folder_of(info) for info in entries) else ENTRIES
    if len(entries) > most:
        raise TooLarge(
            Text(
                f"{archive.name} : {len(entries)} fichiers dans l'archive, {most} au plus.",
                f"{archive.name}: {len(entries)} files in the archive, {most} at most.",
            )
        )
    for info in entries:
        mode = info.external_attr >> 16
        if info.flag_bits & 0x1:
            raise _refused(archive, Text("l'archive est chiffrée", "the archive is encrypted"))
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise _refused(archive, Text("l'archive contient un lien", "the archive holds a link"))
    return entries


def _folder_of(info: zipfile.ZipInfo) -> str | None:
    """The folder of the FileGDB that an entry is in, None when it is in none."""
    for parent in _pure(info).parents:
        if parent.suffix.lower() == ".gdb":
            return str(parent)
    return "donnees.gdb" if _pure(info).suffix.lower() == ".gdbtable" else None


def _grouped(archive: Path, entries: list[zipfile.ZipInfo]) -> dict[str, list[zipfile.ZipInfo]]:
    """Entries by name without suffix: parts that go together come together. Notes beside the data are left out."""
    stems: dict[str, list[zipfile.ZipInfo]] = {}
    leads = {str(_pure(i).with_suffix("")): LEADS[s] for i in entries if (s := _pure(i).suffix.lower()) in LEADS}
    for info in entries:
        path = _pure(info)
        stem, suffix = str(path.with_suffix("")), path.suffix.lower()
        if path.name.startswith(".") or "__MACOSX" in path.parts:
            continue
        if folder := _folder_of(info):
            stems.setdefault(folder, []).append(info)
        elif stem in leads and suffix in TOGETHER[leads[stem]]:
            stems.setdefault(stem, []).append(info)
        elif stem not in leads and suffix not in (*BESIDE, *PARTS):
            stems[path.name] = [info]
    if not stems:
        alone = sorted({_pure(i).suffix.lower() for i in entries} & PARTS)
        why = Text("l'archive ne contient aucune donnée lisible", "the archive holds no data")
        if alone:
            why = Text(
                f"l'archive a {', '.join(alone)} mais pas le fichier principal (.shp, .mif ou .tab)",
                f"the archive has {', '.join(alone)} but not the main file (.shp, .mif or .tab)",
            )
        raise _refused(archive, why)
    kmls = [name for name in stems if name.lower().endswith(".kml")]
    if kmls and all(name.lower().endswith((".kml", ".png", ".jpg", ".jpeg", ".gif", ".dae")) for name in stems):
        # A KMZ: the document is the first .kml, the rest are the pictures it shows.
        first = "doc.kml" if "doc.kml" in kmls else kmls[0]
        if archive.suffix.lower() == ".kmz" or len(kmls) == 1:
            stems = {first: stems[first]}
    for stem, parts in stems.items():
        present = {_pure(p).suffix.lower() for p in parts}
        form = leads.get(stem)
        missing = set(NEEDED[form]) - present if form else set()
        if missing and form:
            raise Unprocessable(
                Text(
                    f"{archive.name} : il manque {', '.join(sorted(missing))} à côté de {stem}{TOGETHER[form][0]}.",
                    f"{archive.name}: {', '.join(sorted(missing))} missing beside {stem}{TOGETHER[form][0]}.",
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


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
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
