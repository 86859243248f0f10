"""A table of SQLite written page by page, each page once and in order, its root at a place fixed beforehand.

SQLite keeps a table as a tree of pages: rows in the leaves, page numbers and row numbers above them
(https://www.sqlite.org/fileformat2.html). The catalogue, at the very beginning of the file, says where the root is, and
the root can only be written last. So the root is given a place before anything is known but the number of rows and
about how much they weigh; the leaves are then filled just so much that they end there. A guess too high leaves room in
the leaves, a guess too low gives the root a last child after it.

    … leaves and the overflow of long rows, one page above them from time to time … root (… last leaves, their parent)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

LEAF, INTERIOR = 13, 5
_CELL = 11  # the most an interior page spends on a child: its number, the row number before it, its place


def varint(number: int) -> bytes:
    """SQLite's variable-length integer: seven bits a byte, the highest first."""
    if number < 128:
        return bytes((number,))
    pieces = [number & 127]
    while number := number >> 7:
        pieces.append(number & 127 | 128)
    return bytes(reversed(pieces))


def pages_for(rows: int, weight: int, page: int) -> int:
    """How many pages `rows` records weighing `weight` bytes take, tree included, when they are about alike."""
    each = weight / max(rows, 1) + 12
    # Few rows to a page: how they will fall is anybody's guess, and too many pages cost little.
    leaves = int(1.6 * weight / page) + 2 if each > page / 8 else -(-rows // int((page - 8) // each))
    return 1 if leaves <= 1 else max(leaves + leaves // _capacity(page) + 2, 4)


def _capacity(page: int) -> int:
    return (page - 12) // _CELL - 2


class NoRoom(Exception):
    """The rows outgrew twice what was foreseen: the tree cannot be closed."""


@dataclass(slots=True)
class Table:
    """The pages of one table from page `next` on; `root` is where its root will be, `rows` how many rows come.

    `add` takes the records in order, `end` closes the tree, `taken` gives the whole pages made so far. Without `root`
    the pages are filled, and `root` says at the end where it was put.
    """

    page: int
    next: int
    root: int | None
    rows: int
    _row: int = 0
    _cells: list[bytes] = field(default_factory=list)
    _used: int = 0
    _overflowed: int = 0
    _leaves: list[tuple[int, int]] = field(default_factory=list)
    _parents: list[tuple[int, int]] = field(default_factory=list)
    _place: int = 0
    _late: int | None = None
    _most: int = 1
    _out: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._place = self.root or 2**31
        self._most = self._limits()

    def add(self, payload: bytes) -> None:
        """The record of the next row; row numbers go from 1."""
        size = len(payload)
        if size > self.page - 35:
            payload = self._overflow(payload)
        cell = varint(size) + varint(self._row + 1) + payload
        room = self.page - 8 - 2 * (len(self._cells) + 1)
        if self._cells and (self._used + len(cell) > room or len(self._cells) >= self._most):
            self._close_leaf()
        self._row += 1
        self._cells.append(cell)
        self._used += len(cell)

    def taken(self) -> bytes:
        """The pages made since last asked."""
        made = b"".join(self._out)
        self._out.clear()
        return made

    def end(self) -> bytes:
        """The last pages, the root among them."""
        if self._leaves or self._late is not None:
            self._close_leaf(last=True)
            if self._late is None:
                self._gather()
        if self.root is None:
            self.root = self._place = self.next
        self._fill(self._late or self._place)
        children = self._parents if self._late is None and self._parents else self._leaves
        self._emit(self._interior(children) if children else self._leaf())
        return self.taken()

    def _gather(self) -> None:
        """The last leaves under inner pages, unless the root holds them; places that are left become inner pages."""
        spare = min(self._place - self.next, len(self._leaves) // 2) if self.root else 0
        if self._parents or spare > 1:
            self._group(max(1, spare))

    def _close_leaf(self, *, last: bool = False) -> None:
        if not last and self._late is None and self._room() <= 1:
            self._root_now()
        if self._late is not None and not last and self.next >= self._late - 1:
            raise NoRoom
        self._leaves.append((self.next, self._row))
        self._emit(self._leaf())
        if self._late is None and len(self._leaves) >= _capacity(self.page) + 2:
            # Two leaves are kept back: an inner page has two children at least.
            kept, self._leaves = self._leaves[:-2], self._leaves[-2:]
            self._parents.append((self.next, kept[-1][1]))
            self._emit(self._interior(kept))
        self._most = self._limits()

    def _limits(self) -> int:
        """How many rows the next leaf takes, so that the last one ends before the root."""
        left = self.rows - self._row
        overflow = self._overflowed / max(self._row, 1) * left
        if self.root is None:
            return self.page
        room = (self._late - self.next if self._late is not None else self._room()) - overflow
        return max(1, int(-(-left // max(room, 1))))

    def _room(self) -> int:
        """The leaves that still go before the root, once its other children have their page."""
        left = self._place - self.next
        waiting, capacity = len(self._leaves), _capacity(self.page)
        if not self._parents and waiting + left <= capacity:
            return left
        return left - (waiting + left) // capacity - 1

    def _root_now(self) -> None:
        """The root, though rows remain: its last child comes after it, over twice the leaves that should be needed."""
        if len(self._leaves) >= 2:
            self._group(max(1, min(self._place - self.next, len(self._leaves) // 2)))
        left = self.rows - self._row
        needed = int(2 * self.next / max(self._row, 1) * left) + 4
        self._late = self._place + 1 + min(needed, left + 1, _capacity(self.page))
        self._fill(self._place)
        self._emit(self._interior([*self._parents, (self._late, 0)]))

    def _group(self, number: int) -> None:
        """The waiting leaves under `number` pages of their own."""
        size, more = divmod(len(self._leaves), number)
        start = 0
        for n in range(number):
            some = self._leaves[start : start + size + (n < more)]
            start += len(some)
            self._parents.append((self.next, some[-1][1]))
            self._emit(self._interior(some))
        self._leaves = []

    def _fill(self, target: int) -> None:
        """Empty pages up to a place: only when there are fewer rows than pages foreseen."""
        if self.next > target:
            raise NoRoom
        while self.next < target:
            self._emit(bytes(self.page))

    def _emit(self, page: bytes) -> None:
        self._out.append(page)
        self.next += 1

    def _leaf(self) -> bytes:
        cells, self._cells, self._used = self._cells, [], 0
        place, places = self.page, []
        for cell in cells:
            place -= len(cell)
            places.append(place)
        head = struct.pack(">BHHHB", LEAF, 0, len(cells), place & 0xFFFF, 0) + struct.pack(f">{len(cells)}H", *places)
        cells.reverse()
        return head + bytes(place - len(head)) + b"".join(cells)

    def _interior(self, children: list[tuple[int, int]]) -> bytes:
        """A page over two children at least: (page, last row number) each, the last one to the right of all."""
        cells = [struct.pack(">I", number) + varint(row) for number, row in children[:-1]]
        place, places = self.page, []
        for cell in cells:
            place -= len(cell)
            places.append(place)
        head = struct.pack(">BHHHBI", INTERIOR, 0, len(cells), place & 0xFFFF, 0, children[-1][0])
        head += struct.pack(f">{len(cells)}H", *places)
        cells.reverse()
        return head + bytes(place - len(head)) + b"".join(cells)

    def _overflow(self, payload: bytes) -> bytes:
        """The beginning of a long record, and where the rest of it was put."""
        usable, size = self.page, len(payload)
        least = (usable - 12) * 32 // 255 - 23
        local = least + (size - least) % (usable - 4)
        if local > usable - 35:
            local = least
        rest = [payload[at : at + usable - 4] for at in range(local, size, usable - 4)]
        first = self.next
        for number, piece in enumerate(rest, start=1):
            following = self.next + 1 if number < len(rest) else 0
            self._emit((struct.pack(">I", following) + piece).ljust(usable, b"\0"))
        self._overflowed += len(rest)
        return payload[:local] + struct.pack(">I", first)
