"""Delimited text, read twice without ever being held: once to see what it is made of, once to take its rows.

Lines are numbered as a spreadsheet numbers them: the header is line 1, a line break inside quotes does not count.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from mig_idg.errors import InvalidParameter, Text
from mig_idg.standards.findings import Finding, Tally

CHUNK = 1 << 20
BLOCK = 1 << 20
DELIMITERS = (";", ",", "\t", "|")
UTF8_MARK = b"\xef\xbb\xbf"

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Delimited:
    """A delimited text: where, how it is written, and its header (names as they are, spaces around them removed)."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Some rows, all text, with their spreadsheet numbers; `blank` tells which of them are empty lines."""

    rows: pa.RecordBatch
    numbers: NDArray[np.int64]
    blank: int = 0


def open_text(path: Path, encoding: str | None, tally: Tally) -> Delimited | None:
    """How the text is written; None, with findings, when it cannot be read as text.

    Without an `encoding` only UTF-8 is taken: guessing between two alphabets is how « é » becomes « Ã© ».
    """
    known = _codec(encoding) if encoding else "utf-8"
    wrong = list(_undecodable(path, known))
    if wrong:
        tally.add(wrong)
        return None
    with path.open("rb") as file:
        head = file.read(CHUNK).removeprefix(UTF8_MARK)
    text = head.decode(known, errors="ignore")
    if "\r" in text and "\n" not in text:
        tally.add([Finding("file.linebreak.non_standard")])
        return None
    first = text.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")
    delimiter = max(DELIMITERS, key=first.count)
    header = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter), []))
    return Delimited(path, known, delimiter, header, path.stat().st_size)


def read(text: Delimited, tally: Tally, told: Told | None = None) -> Iterator[Lines]:
    """Every row, in batches of a few megabytes; rows of another width than the header become findings.

    `told` hears how many bytes were read since it was last told.
    """
    skipped: list[int] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        skipped.append(row.number)
        cells = f"{row.actual_columns} ≠ {row.expected_columns}"
        tally.add([Finding("file.row.width", row.number, None, min(row.actual_columns, row.expected_columns), cells)])
        return "skip"

    names = [str(rank) for rank in range(len(text.header))]
    with text.path.open("rb") as file:
        try:
            reader = arrow_csv.open_csv(
                file,
                arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK, skip_rows=1, column_names=names, encoding=text.encoding
                ),
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
    following, heard = 2, 0
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
