"""Where the header of a delimited text is, how its cells are separated, what its columns are called.

The header is line 1. When line 1 looks like a title (one cell where the others have twelve), or is the upper half of a
header of two lines, another place is proposed, with the option that takes it; it is never taken in silence.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from mig_idg.errors import InvalidParameter, Text
from mig_idg.standards.findings import Finding, Tally

DELIMITERS = (";", ",", "\t", "|")
RARE = ("^", "~", "¤", "§", "\x1f", "\x1e", "#", ":")
LOOKED_AT = 60  # rows
NUMBER = re.compile(r"^-?\d+(?:[.,]\d+)?$|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$")
PLACES = ({"x", "y"}, {"lon", "lat"}, {"long", "lat"}, {"longitude", "latitude"}, {"lng", "lat"})
QUOTED = re.compile(r'"(?:[^"]|"")*"')
SAID = re.compile(r"^sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeaderLines:
    """The lines of the header, as a spreadsheet numbers them: `4`, or `3-4` when it is on two lines."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Header:
    """What was found: delimiter, names, number of the header's last line, bytes until its end."""

    delimiter: str
    names: tuple[str, ...]
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the beginning of the text; `end` is the byte after it."""

    cells: tuple[str, ...]
    end: int

    @property
    def filled(self) -> int:
        """How many cells say something."""
        return sum(bool(cell) for cell in self.cells)

    @property
    def is_words(self) -> bool:
        """Is no cell a number or a date? (a header has names)"""
        return not any(NUMBER.match(cell) for cell in self.cells)

    @property
    def has_place(self) -> bool:
        """Are there the names of coordinates? (no row of data has them)"""
        words = {cell.lower() for cell in self.cells}
        return self.is_words and any(pair <= words for pair in PLACES)


def header_lines(written: str) -> HeaderLines:
    """`4` or `3-4`, as it is typed. Raises InvalidParameter."""
    match = re.fullmatch(r"([1-9]\d{0,3})(?:-([1-9]\d{0,3}))?", written.strip())
    first = int(match[1]) if match else 0
    last = int(match[2] or match[1]) if match else 0
    if not match or not first <= last <= first + 3:
        raise InvalidParameter(
            "header",
            Text(f"--header attend une ligne, pas « {written} ».", f"--header expects a line, not “{written}”."),
            remedy=Text("Par exemple 4, ou 3-4 pour un en-tête sur deux lignes.", "For instance 4, or 3-4 for two."),
        )
    return HeaderLines(first, last)


def find(text: str, delimiter: str | None, said: HeaderLines | None, tally: Tally) -> Header | None:
    """The header of a text, from its beginning; None, with findings, when another line than the first seems to be it.

    Excel's first line `sep=;` is believed and is no header.
    """
    first = 1
    if match := SAID.match(text):
        delimiter, first = delimiter or match[1], 2
    delimiter = delimiter or _delimiter(text, tally)
    if delimiter is None:
        return None
    rows = list(_rows(text, delimiter))
    lines = said or HeaderLines(first, first)
    if lines.last > len(rows):
        raise InvalidParameter(
            "header", Text(f"Le début du fichier a {len(rows)} lignes.", f"The file begins with {len(rows)} lines.")
        )
    if said is None and (proposed := _proposed(rows, first)):
        tally.add([_proposal(rows, first, proposed)])
        return None
    if not rows:
        return Header(delimiter, (), 1, 0)
    names = _named([row.cells for row in rows[lines.first - 1 : lines.last]])
    return Header(delimiter, _fitted(names, rows[lines.last :]), lines.last, rows[lines.last - 1].end)


def _proposal(rows: Sequence[_Row], first: int, proposed: HeaderLines) -> Finding:
    names = _named([row.cells for row in rows[proposed.first - 1 : proposed.last]])
    shown = ", ".join(name for name in names if name)
    return Finding(
        "file.header", first, None, None, " ".join(filter(None, rows[first - 1].cells))[:60] or None,
        Text(
            f"l'en-tête semble être ligne {proposed} ({shown[:120]}) : --header {proposed}, sinon --header {first}",
            f"the header seems to be line {proposed} ({shown[:120]}): --header {proposed}, else --header {first}",
        ),
    )  # fmt: skip


def _delimiter(text: str, tally: Tally) -> str | None:
    """The mark that parts the lines most evenly, outside quotes; None, told, for one that nobody uses."""
    bare = [QUOTED.sub("", line) for line in text[: 1 << 16].split("\n")[:LOOKED_AT]]
    lines = [line for line in bare if line.strip()]
    scores = {mark: _evenness(lines, mark) for mark in (*DELIMITERS, *RARE)}
    usual = max(DELIMITERS, key=lambda mark: scores[mark])
    if scores[usual][1]:
        return usual
    rare = max(RARE, key=lambda mark: scores[mark])
    if lines and scores[rare][0] == len(lines) > 1:
        option = f"--delimiter '{rare}'"
        tally.add([Finding("file.delimiter.rare", 1, value=rare, expected=Text(option, option))])
        return None
    return usual


def _evenness(lines: Sequence[str], mark: str) -> tuple[int, int, int]:
    """How many lines have the most common count of a mark, that count, and the count of the first line."""
    counts = [line.count(mark) for line in lines]
    there = [count for count in counts if count]
    if not there:
        return 0, 0, 0
    usual = max(set(there), key=lambda count: (there.count(count), count))
    return there.count(usual), usual, counts[0]


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """The first rows, as a spreadsheet sees them: a line break inside quotes is no new row."""
    physical = re.findall(r"[^\n]*\n|[^\n]+", text)
    sizes = [len(line.encode()) for line in physical]
    reader = csv.reader(physical, delimiter=delimiter)
    end, before = 0, 0
    for _ in range(LOOKED_AT):
        try:
            cells = next(reader)
        except (StopIteration, csv.Error):
            return
        end += sum(sizes[before : reader.line_num])
        before = reader.line_num
        yield _Row(tuple(_one_line(cell) for cell in cells), end)


def _one_line(cell: str) -> str:
    """A name on one line, without the spaces around it nor the byte order mark."""
    return re.sub(r"\s+", " ", cell.replace("\ufeff", "")).strip()


def _proposed(rows: Sequence[_Row], first: int) -> HeaderLines | None:
    """Another place for the header, when line `first` does not look like one."""
    usual = median([row.filled for row in rows[first - 1 :] if row.filled] or [0])
    if usual < 2 or len(rows) < first + 1:
        return None
    top = rows[first - 1]
    if not top.has_place and (lower := next((n for n in range(first, len(rows)) if rows[n].has_place), None)):
        above = zip(rows[lower - 1].cells, rows[lower].cells, strict=False)
        halves = rows[lower - 1].filled > 1 and any(upper and not name for upper, name in above)
        return HeaderLines(lower if halves else lower + 1, lower + 1)
    if top.filled >= max(2, 0.5 * usual):
        below = rows[first] if len(rows) > first else None
        # Two lines: names are missing on the first, the second is of words and has them, the third is of data.
        holes = any(not cell for cell in top.cells[: _last(top)])
        if holes and below and len(rows) > first + 1 and _continues(top, below, rows[first + 1]):
            return HeaderLines(first, first + 1)
        return None
    for rank in range(first, min(len(rows), 30)):
        if rows[rank].filled >= max(2, 0.5 * usual) and rows[rank].is_words:
            more = rows[rank + 1 : rank + 3]
            holes = any(not cell for cell in rows[rank].cells[: _last(rows[rank])])
            if holes and len(more) == 2 and _continues(rows[rank], *more):
                return HeaderLines(rank + 1, rank + 2)
            return HeaderLines(rank + 1, rank + 1)
    return None


def _last(row: _Row) -> int:
    """The rank after the last cell that says something."""
    return max((rank + 1 for rank, cell in enumerate(row.cells) if cell), default=0)


def _continues(top: _Row, below: _Row, data: _Row) -> bool:
    """Is `below` the second line of a header: words, in places where the first has none, above data?"""
    pairs = zip(top.cells, below.cells, strict=False)
    return below.is_words and not data.is_words and any(not upper and lower for upper, lower in pairs)


def _named(lines: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """One name a column. On two lines, the lower one when it is enough; else the upper one, merged, before it."""
    *upper, lower = lines
    if not upper:
        return lower
    width = max(map(len, lines))
    padded = [tuple(line) + ("",) * (width - len(line)) for line in lines]
    spread = [_spread(line) for line in padded[:-1]]
    names = []
    for rank, name in enumerate(padded[-1]):
        own = next((line[rank] for line in reversed(padded[:-1]) if line[rank]), "")
        above = next((line[rank] for line in reversed(spread) if line[rank]), "")
        alone = padded[-1].count(name) == 1
        names.append((name if alone or not above else f"{above} {name}") if name else own)
    return tuple(names)


def _spread(line: Sequence[str]) -> list[str]:
    """A merged cell is written once, then blank: its name is that of the blank ones after it."""
    found: list[str] = []
    for cell in line:
        found.append(cell or (found[-1] if found else ""))
    return found


def _fitted(names: tuple[str, ...], rows: Sequence[_Row]) -> tuple[str, ...]:
    """As many names as the rows have cells, when the difference is empty: `;;` at the end of lines means nothing."""
    widths = {len(row.cells) for row in rows if row.cells}
    if len(widths) != 1 or (width := widths.pop()) == len(names):
        return names
    if width > len(names):
        empty = not any(cell for row in rows for cell in row.cells[len(names) :])
        return (*names, *[""] * (width - len(names))) if empty else names
    return names[:width] if not any(names[width:]) else names
