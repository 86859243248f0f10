"""Which standard a file follows: by its content (columns, root element, root key), by its name when that fails."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from mig_idg.standards import known

HEAD = 1_000_000
TITLES = 6
Kind = Literal["empty", "text", "xml", "json", "zip", "workbook", "binary"]
ROOTS = (
    (b"http://cnig.gouv.fr/pcrs", b"PlanCorpsRueSimplifie", "pcrs"),
    (b"http://standards.iso.org/iso/19115/-3/mdb", b"MD_Metadata", "iso19115-3"),
    (b"http://www.isotc211.org/2005/gmd", b"MD_Metadata", "iso19139"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a first look tells: the kind of file, its standard, its encoding and header when it is a text."""

    kind: Kind
    standard: str | None
    encoding: str | None = None
    delimiter: str | None = None
    header: tuple[str, ...] = ()
    header_line: int = 1


def look(path: Path, name: str | None = None) -> Seen:
    """A first look at a file; reads its beginning only."""
    shown = name or path.name
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        return Seen("empty", known.by_name(shown))
    if head.startswith(b"PK\x03\x04"):
        return _archive(path, shown)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Seen("workbook", known.by_name(shown) or _sheet(path))
    if head.startswith(b"SQLite format 3"):
        return Seen("binary", "ocs-ge" if b"code_cs" in head or b"CODE_CS" in head else known.by_name(shown))
    encoding = encoding_of(head)
    if encoding is None:
        return Seen("binary", known.by_name(shown))
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    start = text.lstrip()[:1]
    if start == "<":
        return Seen("xml", _of_xml(text.encode("utf-8", "replace")) or known.by_name(shown), encoding)
    if start in "{[" and not _is_table(text):
        return Seen("json", _of_json(text) or known.by_name(shown), encoding)
    delimiter, header = first_line(text)
    found = known.by_columns(header)
    if found:
        return Seen("text", found, encoding, delimiter, header)
    for line in range(2, TITLES):  # a title, merged cells: the header is further down
        separator, cells = first_line(text, line)
        if len(cells) > 2 and (found := known.by_columns(cells)):
            return Seen("text", found, encoding, separator, cells, line)
    return Seen("text", known.by_name(shown), encoding, delimiter, header)


def encoding_of(head: bytes) -> str | None:
    """UTF-8 when it decodes, UTF-16 and UTF-32 by their mark, else Windows-1252; None for what is no text."""
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    if head[:4].count(0) == 2 and len(head) > 3:
        return "utf-16-le" if head[1] == 0 else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    if head.count(0) > len(head) // 100:
        return None
    return "cp1252"


def first_line(text: str, rank: int = 1) -> tuple[str | None, tuple[str, ...]]:
    """The separator and the cells of the first line that is not blank, or of a further one."""
    lines = (one for one in re.split(r"\r\n|\n|\r", text[:HEAD]) if one.strip())
    line = next(islice(lines, rank - 1, None), "")[:200_000]
    counts = {mark: line.count(mark) for mark in ";,\t|"}
    mark = max(counts, key=lambda one: counts[one])
    if not counts[mark]:
        return None, (line.strip().strip('"'),)
    try:
        cells = next(csv.reader(io.StringIO(line), delimiter=mark))
    except (csv.Error, StopIteration):
        cells = line.split(mark)
    return mark, tuple(cells)


def _is_table(text: str) -> bool:
    _, header = first_line(text)
    return len(header) > 3 and known.by_columns(header) is not None


def _of_xml(head: bytes) -> str | None:
    root = re.search(
        rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)[^>]*", re.sub(rb"(?s)<!--.*?-->|<!DOCTYPE.*?(?:\]\s*>|>)", b"", head)
    )
    if root is None:
        return None
    element = root[1]
    for namespace, name, standard in ROOTS:
        if element == name and namespace in head:
            return standard
    if element == b"marches":
        return "decp"
    if element == b"PlanCorpsRueSimplifie":
        return "pcrs"
    if element == b"MD_Metadata":
        return "iso19139"
    for namespace, name, standard in ROOTS:
        if namespace in head and (b":" + name) in head:
            return standard
    return "pcrs" if b"http://cnig.gouv.fr/pcrs" in head else None


def _of_json(text: str) -> str | None:
    if (
        re.search(r'"marches"\s*:', text)
        or re.search(r'"contrat-concession"\s*:', text)
        or re.search(r'"marche"\s*:', text)
    ):
        return "decp"
    if re.search(r'"code_cs"\s*:', text) and re.search(r'"code_us"\s*:', text):
        return "ocs-ge"
    return None


def _archive(path: Path, shown: str) -> Seen:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:1000]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Seen("zip", known.by_name(shown))
    if "[Content_Types].xml" in names or "mimetype" in names:
        return Seen("workbook", _sheet(path) or known.by_name(shown))
    inside = next((found for found in map(known.by_name, names) if found), None)
    return Seen("zip", known.by_name(shown) or inside)


def _sheet(path: Path) -> str | None:
    rows = sheet_rows(path, 10)
    for row in rows or ():
        found = known.by_columns(tuple(str(cell) for cell in row))
        if found:
            return found
    return None


def sheet_rows(path: Path, limit: int | None = None) -> list[list[object]] | None:
    """The rows of the first sheet of a workbook, None when it cannot be read."""
    from python_calamine import CalamineError, CalamineWorkbook, ZipError

    try:
        book = CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=limit)
        return [list(row) for row in rows]
    except (CalamineError, ZipError, OSError, ValueError, IndexError):
        return None
