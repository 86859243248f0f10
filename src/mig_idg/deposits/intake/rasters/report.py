"""What an import found: a code, a file, a sentence; whether anything was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from mig_idg.errors import Lang, Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or worth knowing. `file` is empty for what concerns the tiling as a whole."""

    code: str
    file: str
    words: Text
    severity: Severity = "error"

    def as_json(self, lang: Lang) -> dict[str, str]:
        """Plain values."""
        return {"code": self.code, "file": self.file, "severity": self.severity, "message": self.words.in_(lang)}


@dataclass(slots=True)
class Report:
    """The import of some files into a collection."""

    collection: str
    vintage: str | None
    files: int = 0
    converted: int = 0
    kept: int = 0
    findings: list[Finding] = field(default_factory=list)
    published: bool = False

    @property
    def errors(self) -> Sequence[Finding]:
        """What stands in the way of publication."""
        return [one for one in self.findings if one.severity == "error"]

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """Plain values."""
        return {
            "collection": self.collection,
            "vintage": self.vintage,
            "files": self.files,
            "converted": self.converted,
            "kept": self.kept,
            "published": self.published,
            "findings": [one.as_json(lang) for one in self.findings],
        }
