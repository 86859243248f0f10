"""What the check of one file ends with: is it valid for its standard, and everything there is to say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.standards.findings import Level

EACH = 1000
RANKS: dict[Level, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say about one place, in words: what `standards check` prints.

    `column` is the name of a column, an element or a path; `ours` says that the official validator says nothing of it.
    """

    code: str
    level: Level
    message: Text
    line: int | None = None
    column: str | None = None
    value: str | None = None
    proposal: Text | str | None = None
    ours: bool = False
    point: tuple[float, float] | None = None
    """Longitude and latitude of the faulty line, when it has some: for the map."""

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """The members of the contract (design.md §3)."""
        proposal = self.proposal.in_(lang) if isinstance(self.proposal, Text) else self.proposal
        return {
            "code": self.code,
            "level": self.level,
            "line": self.line,
            "column": self.column,
            "value": None if self.value is None else self.value[:200],
            "message": self.message.in_(lang),
            "proposal": proposal,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one file. `valid` None: the standard was not recognised."""

    file: str
    standard: str | None
    version: str | None
    valid: bool | None
    findings: tuple[Remark, ...]
    tool: str | None = None
    """What decided, with its version."""
    lines: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    """How many times each code, of which `findings` may hold the first ones only."""

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """The object of the contract."""
        return {
            "standard": self.standard,
            "version": self.version,
            "valid": bool(self.valid),
            "findings": [one.as_json(lang) for one in self.findings],
            "file": self.file,
            "tool": self.tool,
            "lines": self.lines,
            "counts": self.counts,
        }

    def at(self, level: Level) -> int:
        """How many findings of that level."""
        levels = {one.code: one.level for one in self.findings}
        return sum(count for code, count in self.counts.items() if levels.get(code) == level)


def ordered(
    remarks: Iterable[Remark], counted: dict[str, int] | None = None
) -> tuple[tuple[Remark, ...], dict[str, int]]:
    """Remarks in the order of the file, the file itself first; at most `EACH` of a code, all of them counted."""
    counts: Counter[str] = Counter()
    kept: list[Remark] = []
    for one in remarks:
        counts[one.code] += 1
        if counts[one.code] <= EACH:
            kept.append(one)
    kept.sort(key=lambda one: (one.line is not None, one.line or 0, RANKS[one.level]))
    for code, count in (counted or {}).items():
        counts[code] = max(counts[code], count)
    return tuple(kept), dict(counts)


def summary(verdict: Verdict) -> Text:
    """The verdict in one line: publishable or not, and how much there is to mend."""
    if verdict.standard is None:
        return Text(f"{verdict.file} : standard non reconnu", f"{verdict.file}: standard not recognised")
    name = f"{verdict.standard} {verdict.version or ''}".strip()
    errors, warnings = verdict.at("error"), verdict.at("warning")
    lines = len({one.line for one in verdict.findings if one.level == "error" and one.line})
    alerts = Text(f"{warnings} alerte{'s' * (warnings > 1)}", f"{warnings} warning{'s' * (warnings != 1)}")
    if verdict.valid:
        return Text(f"{verdict.file} : valide ({name}), {alerts.fr}", f"{verdict.file}: valid ({name}), {alerts.en}")
    of = f" sur {verdict.lines}" if verdict.lines else ""
    of_en = f" of {verdict.lines}" if verdict.lines else ""
    return Text(
        f"{verdict.file} : à corriger ({name}), {errors} erreur{'s' * (errors > 1)} sur {lines} "
        f"ligne{'s' * (lines > 1)}{of}, {alerts.fr}",
        f"{verdict.file}: to be mended ({name}), {errors} error{'s' * (errors != 1)} on {lines} "
        f"line{'s' * (lines != 1)}{of_en}, {alerts.en}",
    )
