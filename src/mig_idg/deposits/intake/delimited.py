"""Delimited text, read twice without ever being held: once to see what it is made of, once to take its rows.

Lines are numbered as a spreadsheet numbers them: the header is most often line 1, a line break inside quotes does not
count. What is not in UTF-8 is first written so in a scratch folder.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from mig_idg.deposits.intake import format_detection, headers
from mig_idg.deposits.intake.headers import DELIMITERS, HeaderLines
from mig_idg.errors import InvalidParameter, Text
from mig_idg.standards.findings import Finding, Tally

CHUNK = 1 << 20
BLOCK = 1 << 20
csv.field_size_limit(1 << 28)  # the WKT of a commune is longer than the 128 KiB that Python admits
UTF8_MARK = b"\xef\xbb\xbf"

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Delimited:
    """A delimited text in UTF-8: where, how it is separated, and its header (names without the spaces around them).

    `encoding` is how it was written; `start` the byte where its rows begin, `first` the number of the first of them.
    """

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    size: int
    start: int = 0
    first: int = 2


@dataclass(frozen=True, slots=True)
class Lines:
    """Some rows, all text, with their spreadsheet numbers; `blank` tells which of them are empty lines."""

    rows: pa.RecordBatch
    numbers: NDArray[np.int64]
    blank: int = 0


def open_text(
    path: Path,
    encoding: str | None,
    tally: Tally,
    scratch: Path,
    *,
    delimiter: str | None = None,
    header: HeaderLines | None = None,
) -> Delimited | None:
    """How the text is written; None, with findings, when it cannot be read as text.

    Without an `encoding` only UTF-8 is taken, or what a byte order mark tells: guessing between two alphabets is how
    « é » becomes « Ã© ». `scratch` is a folder for the text in UTF-8, when it is not.
    """
    with path.open("rb") as file:
        known = _encoding(file.read(4), encoding, tally)
    if known == "utf-8" and (unmarked := format_detection.unmarked_encoding(_head(path))):
        tally.add([Finding("file.encoding.utf16", 1, value=unmarked, expected=_encoding_option(unmarked))])
        return None
    if wrong := list(_undecodable(path, known)):
        tally.add(wrong)
        return None
    read_from = path if known == "utf-8" else _in_utf8(path, known, scratch)
    head = _head(read_from)
    text = head.decode("utf-8", errors="ignore")
    if "\r" in text and "\n" not in text:
        tally.add([Finding("file.linebreak.non_standard")])
        return None
    found = headers.find(text.removeprefix("\ufeff"), delimiter, header, tally)
    if found is None:
        return None
    start = len(UTF8_MARK) * head.startswith(UTF8_MARK) + found.end
    opened = Delimited(read_from, known, found.delimiter, found.names, read_from.stat().st_size, start, found.line + 1)
    check_quotes(opened, tally)
    return opened


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(CHUNK)


def _encoding(head: bytes, said: str | None, tally: Tally) -> str:
    """The encoding that was said, that a mark tells (and it is told), or UTF-8."""
    if said:
        return _codec(said)
    marked = format_detection.marked_encoding(head)
    if marked is None:
        return "utf-8"
    tally.add([Finding("file.encoding.marked", value=marked.upper())])
    return marked


def _encoding_option(name: str) -> Text:
    return Text(f"--encoding {name}", f"--encoding {name}")


def _in_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    """The same text in UTF-8, in `scratch`: what follows reads one encoding only."""
    target = scratch / "texte.csv"
    with path.open(encoding=encoding, newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
        shutil.copyfileobj(source, out, CHUNK)
    return target


def check_quotes(text: Delimited, tally: Tally) -> None:
    """Quotes that are neither around a value nor doubled inside one: readers disagree on what such a value is.

    A first look at the bytes says whether there may be any; only then is the text read once more.
    """
    if not _doubtful(text):
        return
    with text.path.open("rb") as file:
        file.seek(text.start)
        physical = _Physical(io.TextIOWrapper(file, "utf-8", newline=""))
        number = text.first
        while True:
            reader = csv.reader(physical, delimiter=text.delimiter, strict=True)
            try:
                for _ in reader:
                    number += 1
                    physical.taken.clear()
                return
            except csv.Error:
                if not physical.taken:
                    return
                raw = "".join(physical.taken)
                column, value, closed = _stray(raw, text.delimiter)
                tally.add([Finding("file.quotes.stray" if closed else "file.quotes", number, None, column, value)])
                number += 1
                physical.taken.clear()


class _Physical:
    """The lines of a text, remembering those of the row that is being read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.taken: list[str] = []

    def __iter__(self) -> _Physical:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        return line


def _doubtful(text: Delimited) -> bool:
    """Is a quote somewhere else than at the edge of a value, or is one missing?"""
    edge = re.escape(text.delimiter.encode())
    inside = re.compile(rb"[^\r\n" + edge + rb']"[^\r\n' + edge + rb"]")
    quotes, before = 0, b""
    with text.path.open("rb") as file:
        file.seek(text.start)
        while chunk := file.read(CHUNK):
            if inside.search(before + chunk):
                return True
            quotes += chunk.count(b'"')
            before = chunk[-2:]
    return quotes % 2 == 1


def _stray(raw: str, delimiter: str) -> tuple[int, str, bool]:
    """Column and text of the first value of a row that is badly quoted; False when its quote never closes."""
    at, column = 0, 1
    while at < len(raw):
        end = raw.find(delimiter, at)
        if raw[at] == '"':
            close = at + 1
            while (close := raw.find('"', close)) >= 0 and raw[close + 1 : close + 2] == '"':
                close += 2
            if close < 0:
                return column, raw[at : at + 60].strip(), False
            if raw[close + 1 : close + 2] not in ("", delimiter, "\r", "\n"):
                return column, raw[at : end if end > at else None].strip(), True
            end = close + 1 if raw[close + 1 : close + 2] == delimiter else -1
        if end < 0:
            break
        at, column = end + 1, column + 1
    return column, raw[:60].strip(), False


def read(text: Delimited, tally: Tally, told: Told | None = None) -> Iterator[Lines]:
    """Every row, in batches of a few megabytes; rows of another width than the header become findings.

    `told` hears how many bytes were read since it was last told.
    """
    skipped: list[int] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        skipped.append(row.number + text.first - 1)
        if row.text is not None and not row.text.strip(f'{text.delimiter} "\t\r\n'):
            tally.more("file.row.blank", 1, [])
            return "skip"
        cells = f"{row.actual_columns} ≠ {row.expected_columns}"
        number = row.number + text.first - 1
        tally.add([Finding("file.row.width", number, None, min(row.actual_columns, row.expected_columns), cells)])
        return "skip"

    names = [str(rank) for rank in range(len(text.header))]
    with text.path.open("rb") as file:
        file.seek(text.start)
        try:
            reader = arrow_csv.open_csv(
                file,
                arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names),
                arrow_csv.ParseOptions(
                    delimiter=text.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=refuse,
                ),
                arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
            )
        except pa.ArrowInvalid:
            return  # a header and nothing after it
        yield from _numbered(reader, text, skipped, tally, told, file.tell)


def _numbered(
    reader: arrow_csv.CSVStreamingReader,
    text: Delimited,
    skipped: list[int],
    tally: Tally,
    told: Told | None,
    tell: Callable[[], int],
) -> Iterator[Lines]:
    following, heard = text.first, 0
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except pa.ArrowInvalid:
            tally.add([Finding("file.quotes", following)])
            return
        numbers = np.setdiff1d(np.arange(following, following + batch.num_rows + len(skipped)), skipped)
        numbers = numbers[: batch.num_rows]
        following = int(numbers[-1]) + 1 if batch.num_rows else following
        _unclosed(batch, numbers, tally)
        rows = pa.RecordBatch.from_arrays(batch.columns, names=list(text.header))
        filled = np.flatnonzero(_filled(rows))
        if told:
            told(tell() - heard)
            heard = tell()
        yield Lines(rows.take(pa.array(filled)), numbers[filled], batch.num_rows - len(filled))


def _filled(rows: pa.RecordBatch) -> NDArray[np.bool_]:
    """False for the empty lines."""
    filled = np.zeros(rows.num_rows, bool)
    for column in rows.columns:
        filled |= pc.not_equal(column, "").to_numpy(zero_copy_only=False)
        if filled.all():
            break
    return filled


def _unclosed(batch: pa.RecordBatch, numbers: NDArray[np.int64], tally: Tally) -> None:
    """A quote that is never closed swallows the rest of the file in one cell of many lines: say where it opened."""
    if not batch.num_rows:
        return
    if "file.quotes" in tally.counts:
        return
    last = batch.slice(batch.num_rows - 1)
    for rank, column in enumerate(last.columns):
        value = column[0].as_py()
        if value.count("\n") > 20:
            tally.add([Finding("file.quotes", int(numbers[-1]), None, rank + 1, value[:60])])


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise InvalidParameter(
            "encoding",
            Text(f"Encodage inconnu : « {encoding} ».", f"Unknown encoding: “{encoding}”."),
            remedy=Text("Par exemple utf-8, latin-1, windows-1252.", "For instance utf-8, latin-1, windows-1252."),
        ) from None


def _undecodable(path: Path, encoding: str) -> Iterator[Finding]:
    """The first place that does not decode, with its line and column (of the text, counted in cells)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, cells = 1, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, errors="replace")
                line, cells = _moved(line, cells, before)
                culprit = error.object[error.start : error.start + 1]
                guess = error.object[max(0, error.start - 12) : error.start + 12].decode("cp1252", errors="replace")
                shown = f"octet 0x{culprit.hex().upper()} : « {guess} » en windows-1252"
                yield Finding("file.encoding.non_standard", line, None, cells + 1, shown)
                return
            line, cells = _moved(line, cells, text)
            if not chunk:
                return


def _moved(line: int, cells: int, text: str) -> tuple[int, int]:
    """Line and number of delimiters before the end of this text, on its last line."""
    breaks = text.count("\n")
    tail = text.rsplit("\n", 1)[-1]
    count = max(tail.count(mark) for mark in DELIMITERS)
    return line + breaks, count if breaks else cells + count
