"""What an import reads from: looked at first (`survey`), then taken row by row (`batches`). Three kinds:

texts.Text         delimited text with coordinates
bal.Addresses      delimited text that follows Base Adresse Locale
features.Features  any vector file
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mig_idg.deposits.intake.geometry import Kind, Target
from mig_idg.standards.findings import Level, Tally

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Field:
    """A column as it will be in the table; `called` is its name in the file, `column` its rank there (from 1).

    `implied`: it gives the geometry, so that a table without it loses nothing. `type` "binary": no table holds it.
    """

    name: str
    type: str
    called: str = ""
    comment: str = ""
    column: int | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file is made of. `geometry` None: none. `territories`: those its rows are in, when it is known."""

    fields: tuple[Field, ...]
    geometry: Kind | None
    rows: int
    territories: frozenset[str] | None = None
    standard: str | None = None
    levels: Mapping[str, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the collection expects of a source: name of its key, of its geometry, of its territory column, its SRID.

    `settled`: the columns of the file that the depositor renames, leaves or converts: nothing is asked about them.
    """

    key: str
    geometry: str | None
    territory: str | None
    srid: int
    settled: frozenset[str] = frozenset()


class Source(Protocol):
    """A file that can be read as often as needed. Findings go to `tally`; an error there refuses the file."""

    shown: str
    format: str
    tally: Tally

    def survey(self, wanted: Wanted, told: Told | None = None) -> Survey:
        """Look at the whole file without taking anything."""
        ...

    def batches(
        self, wanted: Wanted, survey: Survey, target: Target | None, told: Told | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows: columns named as `survey.fields`, and the geometry as hexadecimal EWKB under `wanted.geometry`."""
        ...

    def number_of(self, rank: int) -> int:
        """The number, in the file, of the nth row that `batches` gave (from 1)."""
        ...


class Numbers:
    """Remembers the numbers of the rows that were given, to name one of them when the database refuses it."""

    def __init__(self) -> None:
        self._given: list[NDArray[np.int64]] = []

    def clear(self) -> None:
        """Start again."""
        self._given.clear()

    def add(self, numbers: NDArray[np.int64]) -> None:
        """These rows were given."""
        self._given.append(numbers)

    def of(self, rank: int) -> int:
        """The number of the nth row given (from 1)."""
        left = rank - 1
        for numbers in self._given:
            if left < len(numbers):
                return int(numbers[left])
            left -= len(numbers)
        return rank
