"""Which files of an import are sound: each examined in the process pool, then all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from mig_idg.deposits.intake.rasters.process_pool import ProcessPool
from mig_idg.deposits.intake.rasters.report import Finding, Report
from mig_idg.errors import Text

Progress = Callable[[Text, int, int], None]


class Examined(Protocol):
    """A file that could be read, with what was found in it."""

    @property
    def name(self) -> str:
        """Its name in the collection."""

    @property
    def path(self) -> Path:
        """Where it came from."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it, or worth knowing."""


def sound_files[T: Examined](
    process_pool: ProcessPool,
    files: Sequence[Path],
    look: Callable[[Path], T | Finding],
    together: Callable[[Sequence[T]], Iterable[Finding]],
    report: Report,
    progress: Progress | None,
) -> list[T]:
    """The files without an error, by name; all that was found goes into the report.

    `look` runs in the process pool, one file at a time; `together` compares those that were read.
    """
    read: list[T] = []
    for number, (path, told) in enumerate(process_pool.each(look, files), start=1):
        if progress:
            progress(Text(f"contrôle de {path.name}", f"checking {path.name}"), number, len(files))
        if isinstance(told, BaseException):
            report.findings.append(died(path))
        elif isinstance(told, Finding):
            report.findings.append(told)
        else:
            report.findings.extend(told.findings)
            if not any(one.severity == "error" for one in told.findings):
                read.append(told)
    read.sort(key=lambda one: one.name)
    agreed = list(together(read))
    report.findings.extend(agreed)
    faulty = {one.file for one in agreed if one.severity == "error"}
    return [one for one in read if one.path.name not in faulty]


def died(path: Path) -> Finding:
    """The finding of a file that ended the process that read it."""
    return Finding(
        "decoder-died", path.name,
        Text("Le décodeur s'est arrêté sur ce fichier : refusé.", "The decoder died on this file: refused."),
    )  # fmt: skip
