"""The public header of a LAS or LAZ file (ASPRS LAS 1.0 to 1.4), read before any library: sizes that agree, no bomb.

A header is a promise: how many records, how long, where. Libraries allocate and loop by it; what it promises is
compared here with the size of the file, so that a lie costs nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from mig_idg.errors import Text, Unprocessable

SIGNATURE = b"LASF"
LONGEST = 375
# Fewest bytes of a point record, by point format.
RECORD = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
MOST_POINTS = 4_000_000_000
MOST_RECORDS = 10_000
# Points this many times larger than their file, for more than a gigabyte of them, are a bomb.
MOST_RATIO, BOMB_FROM = 250, 2**30
_COMPRESSED = 0x80


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `copc` is true for a Cloud Optimized Point Cloud (copc.io, 1.0)."""

    version: str
    point_format: int
    record_length: int
    count: int
    compressed: bool
    copc: bool
    created: date | None

    @property
    def suffix(self) -> str:
        """What such a file is named."""
        return ".copc.laz" if self.copc else ".laz" if self.compressed else ".las"


def read(path: Path) -> Header:
    """The header of a file that can hold what it promises. Raises Unprocessable, naming the file."""
    if path.is_symlink() or not path.is_file():
        raise unfit(path, "not-a-file", Text("n'est pas un fichier", "is not a file"))
    size = path.stat().st_size
    with path.open("rb") as opened:
        head = opened.read(LONGEST + 100)
    if not head:
        raise unfit(path, "empty", Text("est vide", "is empty"))
    if not head.startswith(SIGNATURE):
        raise unfit(path, "format", Text("n'est ni un LAS ni un LAZ", "is neither LAS nor LAZ"))
    try:
        return _read(path, head, size)
    except struct.error:
        raise unfit(path, "truncated", _TRUNCATED) from None


_TRUNCATED = Text("est tronqué", "is truncated")


def _read(path: Path, head: bytes, size: int) -> Header:
    major, minor = struct.unpack_from("<BB", head, 24)
    day, year, header_size, start, variables = struct.unpack_from("<HHHII", head, 90)
    format_, length, count = struct.unpack_from("<BHI", head, 104)
    compressed, point_format = bool(format_ & _COMPRESSED), format_ & 0x3F
    if major != 1 or minor > 4 or point_format >= len(RECORD):
        raise unfit(
            path,
            "version",
            Text(
                f"est en LAS {major}.{minor}, format de points {point_format} : inconnu",
                f"is LAS {major}.{minor}, point format {point_format}: unknown",
            ),
        )
    extended = 0
    if minor == 4:
        extended_start, extended, count = struct.unpack_from("<QIQ", head, 235)
        if extended and extended_start + extended * 60 > size:
            raise unfit(path, "truncated", _TRUNCATED)
    _believable(path, size, header_size, start, variables + extended)
    _fits(path, size - start, count, length, point_format, compressed=compressed)
    return Header(
        version=f"{major}.{minor}",
        point_format=point_format,
        record_length=length,
        count=count,
        compressed=compressed,
        copc=minor == 4 and compressed and head[377:381] == b"copc",
        created=_day(year, day),
    )


def _believable(path: Path, size: int, header_size: int, start: int, records: int) -> None:
    if start > size:
        raise unfit(path, "truncated", _TRUNCATED)
    if records > MOST_RECORDS or header_size < 227 or start < header_size:
        raise unfit(path, "header", Text("a un en-tête incohérent", "has an inconsistent header"))


def _fits(path: Path, room: int, count: int, length: int, point_format: int, *, compressed: bool) -> None:
    """Raise Unprocessable when the points promised cannot be in the bytes that follow the header."""
    if count == 0:
        raise unfit(path, "empty", Text("n'a aucun point", "has no point"))
    if length < RECORD[point_format] or length > 2048 or count > MOST_POINTS:
        raise unfit(
            path,
            "header",
            Text(f"annonce {count} points de {length} octets : refusé", f"claims {count} points of {length} bytes"),
        )
    unpacked = count * length
    if not compressed and unpacked > room:
        raise unfit(path, "truncated", _TRUNCATED)
    if compressed and unpacked > BOMB_FROM and unpacked > MOST_RATIO * max(room, 1):
        raise unfit(
            path,
            "bomb",
            Text(
                f"se déplie en plus de {MOST_RATIO} fois sa taille : refusé",
                f"unfolds to over {MOST_RATIO} times its size: refused",
            ),
        )


def _day(year: int, day: int) -> date | None:
    """The day of creation; None when the header does not tell one that exists."""
    if not (1990 <= year <= 2200 and 1 <= day <= 366):
        return None
    told = date(year, 1, 1) + timedelta(days=day - 1)
    return told if told.year == year else None


def unfit(path: Path, code: str, words: Text) -> Unprocessable:
    """A file refused, named, with the code of the finding."""
    return Unprocessable(
        Text(f"{path.name} {words.fr}.", f"{path.name} {words.en}."), extra={"file": path.name, "finding": code}
    )
