"""What a check emits: a code, a place, a value. It knows neither how severe that is nor how it is said.

Places are those of a spreadsheet: the header is line 1, the first column is column 1. `line` None is the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mig_idg.errors import Text

Level = Literal["error", "warning", "info"]
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a file; `value` is what was read, shortened.

    `expected` says what to do about this one, when it depends on more than the code.
    """

    code: str
    line: int | None = None
    field: str | None = None
    column: int | None = None
    value: str | None = None
    expected: Text | None = None

    @property
    def short(self) -> str | None:
        """The value, short enough for a report."""
        return self.value if self.value is None or len(self.value) <= SHOWN else f"{self.value[:SHOWN]}…"


@dataclass(frozen=True, slots=True)
class Label:
    """What a code means, and what was expected instead, for the person who will mend the file."""

    means: Text
    expected: Text | None = None


@dataclass(slots=True)
class Tally:
    """Findings counted by code, with the first examples of each: a million of the same one fit in memory."""

    examples: int = 5
    counts: dict[str, int] = field(default_factory=dict)
    shown: dict[str, list[Finding]] = field(default_factory=dict)

    def add(self, findings: Iterable[Finding]) -> None:
        """Count each finding, keep the first ones."""
        for one in findings:
            self.more(one.code, 1, [one])

    def more(self, code: str, count: int, examples: Iterable[Finding]) -> None:
        """Count many findings of one code, of which only some were made."""
        self.counts[code] = self.counts.get(code, 0) + count
        kept = self.shown.setdefault(code, [])
        kept.extend(list(examples)[: self.examples - len(kept)])

    def of(self, levels: Mapping[str, Level], level: Level) -> dict[str, int]:
        """The codes of one level, with their counts; a code without a level is an error."""
        return {code: count for code, count in self.counts.items() if levels.get(code, "error") == level}
