"""The check of a deposit: scan, format by content, rehearsed import under the declaration, metadata: one report.

The import is done and undone in one transaction, so that what is checked is what would be published; the difference
with what is published is counted on the way. Nothing served changes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from mig_idg.deposits import difference
from mig_idg.deposits.intake import imports
from mig_idg.deposits.intake.imports import Choices
from mig_idg.deposits.intake.report import RefusedFile
from mig_idg.deposits.receive import file_name
from mig_idg.errors import BadRequest, Lang, Problem, Refused, Text, Unprocessable
from mig_idg.publication.model import Declaration
from mig_idg.standards.known import STANDARDS
from mig_idg.store import layers
from mig_idg.validators import run
from mig_idg.validators.library import Library

Tell = Callable[[int, Text], None]
EXAMPLES = 1000
LANGUAGES: tuple[Lang, ...] = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found."""

    accepted: bool
    report: dict[str, Any]
    difference: dict[str, Any] | None = None


def examine(
    connection: Any, path: Path, shown: str, declaration: Declaration, day: date, tell: Tell | None = None
) -> Outcome:
    """Rehearse the import of a file. Faults are the outcome; raises Conflict (table in use), Unavailable."""
    compared: dict[str, Any] = {}
    table, key = declaration.source.table or "", declaration.source.id or ""
    # A contribution is one body's part of the whole: it is compared with the rows of its territories.
    part: imports.Replace | None = "territory" if declaration.kind == "coproduced" and declaration.territory else None
    choices = Choices(on=day, examples=EXAMPLES, rehearse=True, author="deposit", replace=part)

    def inspect(replaced: int) -> None:
        compared.update(difference.compare(connection, table, key, replaced=replaced))

    try:
        with named(path, shown) as link, undone(connection):
            if table and key:
                difference.remember(connection, table, key)
            done = imports.run(connection, link, declaration, choices, progress(tell), inspect)
    except RefusedFile as refused:
        findings = {lang: [one.as_json(lang) for one in refused.told] for lang in LANGUAGES}
        return Outcome(False, {lang: refusal(refused, shown, lang, findings[lang]) for lang in LANGUAGES})
    except (BadRequest, Refused, Unprocessable) as refused:
        return Outcome(False, {lang: refusal(refused, shown, lang, []) for lang in LANGUAGES})
    return Outcome(True, {lang: {"accepted": True, **done.as_json(lang)} for lang in LANGUAGES}, compared)


def against_standard(
    outcome: Outcome, path: Path, shown: str, declaration: Declaration, library: Library, day: date
) -> Outcome:
    """The same outcome with the verdict on the target format that the declaration names (D-05): a file that its
    official validator refuses is refused. A standard whose schema is missing is told, and stops nothing.
    """
    standard = declaration.standard
    if standard is None or standard.name not in STANDARDS:
        return outcome
    version = standard.version if standard.version in STANDARDS[standard.name].versions else None
    try:
        with named(path, shown) as link:
            verdict = run.check(link, library, day, standard.name, version)
    except Problem as error:
        told = {lang: {"standard": standard.name, "valid": None, "detail": error.text(lang)} for lang in LANGUAGES}
        return replace(outcome, report={lang: {**outcome.report[lang], "verdict": told[lang]} for lang in LANGUAGES})
    accepted = outcome.accepted and verdict.valid is not False
    refused = Text(f"{shown} n'est pas conforme à {standard.name} {verdict.version}.",
                   f"{shown} does not conform to {standard.name} {verdict.version}.")  # fmt: skip
    report: dict[str, Any] = {}
    for lang in LANGUAGES:
        told_ = verdict.as_json(lang)
        for line, remark in zip(told_["findings"], verdict.findings, strict=True):
            line["point"] = remark.point
        own = outcome.report[lang]
        report[lang] = {**own, "accepted": accepted, "verdict": told_, "detail": own.get("detail"),
                        "remedy": own.get("remedy")}  # fmt: skip
        if outcome.accepted and not accepted:
            report[lang] |= {"detail": refused.in_(lang), "remedy": None}
    return replace(outcome, accepted=accepted, report=report)


def infected(shown: str, signature: str) -> Outcome:
    """What is said of a file that the scan names."""
    said = Unprocessable(
        Text(f"L'antivirus a reconnu {signature} : le fichier a été détruit.",
             f"The malware scanner found {signature}: the file was destroyed."),
        remedy=Text("Nettoyez le poste d'où il vient, puis déposez un fichier sain.",
                    "Clean the machine it comes from, then deposit a sound file."),
    )  # fmt: skip
    return Outcome(False, {lang: refusal(said, shown, lang, []) for lang in LANGUAGES})


def refusal(error: Problem, shown: str, lang: Lang, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of a file that is not taken."""
    return {
        "accepted": False,
        "file": shown,
        "detail": error.detail.in_(lang),
        "remedy": error.remedy.in_(lang) if error.remedy else None,
        "findings": findings,
    }


def lacking(declaration: Declaration) -> list[str]:
    """What the metadata record lacks before data are opened to partners (004 glossary, §3.2.3)."""
    names = ("description", "keywords", "update_frequency", "scale")
    missing = [name for name in names if not getattr(declaration, name, None)]
    if declaration.kind == "mutualised" and declaration.terms is None and declaration.licence is None:
        missing.append("terms")
    return missing


def storable(value: Any) -> Any:
    """The same value without what PostgreSQL's JSON cannot hold, and hostile files have: NUL, lone surrogates."""
    if isinstance(value, str):
        return value.replace("\0", "\u2400").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(name): storable(held) for name, held in value.items()}
    return [storable(held) for held in value] if isinstance(value, list | tuple) else value


@contextmanager
def named(path: Path, shown: str) -> Iterator[Path]:
    """The file under the name it came with, made harmless: messages go by names. Never a path of theirs."""
    with tempfile.TemporaryDirectory(prefix="mig-idg-deposit-") as folder:
        link = Path(folder) / file_name(shown)
        link.symlink_to(path.resolve())
        yield link


@contextmanager
def undone(connection: Any) -> Iterator[None]:
    """A transaction that leaves nothing."""
    with layers.transaction(connection, keep=False):
        yield


def progress(tell: Tell | None) -> imports.Progress | None:
    """The import's own progress, as a percentage of the check or of the publication."""
    if tell is None:
        return None
    last = [-1]

    def heard(step: str, done: int, size: int) -> None:
        share = min(done / size, 1.0) if size else 0.5
        percent = 15 + round((share if step == "check" else 1 + share) * 40)
        if percent > last[0]:
            last[0] = percent
            words = Text("lecture", "reading") if step == "check" else Text("chargement", "loading")
            tell(percent, words)

    return heard
