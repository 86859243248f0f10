"""A BAL file: the verdict, codes and labels of the official validator, then what it does not see."""

from __future__ import annotations

import csv
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mig_idg.errors import Text
from mig_idg.standards.bal import labels, profiles
from mig_idg.standards.bal.checks import Checker
from mig_idg.standards.bal.model import version_of
from mig_idg.standards.bal.proposals import proposal
from mig_idg.standards.findings import Level
from mig_idg.standards.verdict import Remark, Verdict, ordered
from mig_idg.validators import node
from mig_idg.validators.library import Library
from mig_idg.validators.recognition import Seen

LEVELS: dict[str, Level] = {"E": "error", "W": "warning", "I": "info"}
PARSE: dict[str, tuple[Text, Text]] = {
    "MissingQuotes": (
        Text("Un guillemet ouvert n'est jamais fermé", "A quote that is opened is never closed"),
        Text("fermez ou ôtez le guillemet", "close or remove the quote"),
    ),
    "InvalidQuotes": (
        Text("Guillemet au milieu d'une valeur", "A quote inside a value"),
        Text("doublez-le ou ôtez-le", "double it or remove it"),
    ),
    "UndetectableDelimiter": (
        Text("Le séparateur de colonnes ne se devine pas", "The separator of columns cannot be guessed"),
        Text("séparez les colonnes par des points-virgules", "separate columns by semicolons"),
    ),
    "TooFewFields": (
        Text("La ligne a moins de cellules que l'en-tête", "The line has fewer cells than the header"),
        Text("complétez la ligne", "complete the line"),
    ),
    "TooManyFields": (
        Text("La ligne a plus de cellules que l'en-tête", "The line has more cells than the header"),
        Text(
            "retirez les cellules en trop, ou mettez le texte entre guillemets",
            "remove the cells in excess, or quote the text",
        ),
    ),
}
FAILURES: tuple[tuple[str, str, Text], ...] = (
    (
        "Non-text file",
        "file.format",
        Text("Ce n'est pas un fichier texte : une BAL est un CSV", "Not a text file: a BAL is a CSV"),
    ),
    (
        "Encoding",
        "file.encoding.unsupported",
        Text("Encodage non pris en charge : une BAL est en UTF-8", "Unsupported encoding: a BAL is in UTF-8"),
    ),
    (
        "detect encoding",
        "file.encoding.unsupported",
        Text("L'encodage ne se devine pas : une BAL est en UTF-8", "The encoding cannot be guessed: a BAL is in UTF-8"),
    ),
    (
        "timeout",
        "file.too_long",
        Text("Le contrôle a pris plus de cinq minutes", "The check took more than five minutes"),
    ),
    ("memory", "file.too_big", Text("Le fichier demande trop de mémoire", "The file needs too much memory")),
)
CROWD = 10
SAMPLES = 5


def check(path: Path, name: str, seen: Seen, version: str | None, library: Library, today: date) -> Verdict:
    """The verdict of the official validator, or that of our own checks when Node is missing, said so."""
    tool = node.validator()
    if tool is None:
        return _native(path, name, seen, version, today)
    remarks: list[Remark] = []
    end: dict[str, Any] = {}
    for said in tool.run(path, version, library.communes()):
        if said.get("end"):
            end = said
        else:
            remarks.append(_remark(said, today))
    if "failure" in end:
        remarks.append(_failure(str(end["failure"])))
    found = end.get("profile") or version or version_of(seen.header)
    if end.get("parsed"):
        remarks.extend(_beyond(path, str(end.get("encoding")), str(end.get("delimiter")), found))
        if found != "1.5":
            remarks.append(_older(str(found)))
    findings, counts = ordered(remarks, end.get("counts"))
    return Verdict(
        name,
        "bal",
        found,
        bool(end.get("valid")),
        findings,
        f"@ban-team/validateur-bal {node.VERSION}",
        end.get("rows"),
        counts,
    )


def _remark(said: dict[str, Any], today: date) -> Remark:
    code = said["code"]
    value = said.get("value")
    value = value if isinstance(value, str) else None
    column = said.get("column")
    if column is None and code.startswith("field."):
        column = code.split(".")[1]
    if code.startswith("file.parse."):
        means, expected = PARSE.get(code.split(".")[2], (Text("Le CSV ne se lit pas", "The CSV cannot be read"), None))
        return Remark(code, "error", means, said["line"], proposal=expected)
    ours = labels.label(code).means
    label = Text(ours.fr if said["label"] == code else said["label"], ours.en)
    fix = said.get("fix")
    return Remark(
        code,
        LEVELS[said["level"]],
        label,
        said["line"],
        column,
        value,
        proposal(code, value, fix if isinstance(fix, str) else None, today),
    )


def _failure(words: str) -> Remark:
    for part, code, text in FAILURES:
        if part in words:
            return Remark(
                code,
                "error",
                text,
                proposal=Text("réenregistrez en CSV, UTF-8, point-virgule", "save again as CSV, UTF-8, semicolons"),
            )
    return Remark(
        "file.unreadable",
        "error",
        Text(
            "Le validateur officiel n'a pas pu lire ce fichier jusqu'au bout",
            "The official validator could not read this file to its end",
        ),
        proposal=Text("vérifiez l'en-tête et l'encodage", "check the header and the encoding"),
    )


def _older(version: str) -> Remark:
    return Remark(
        "bal.version",
        "info",
        Text(
            f"La version {version} est encore acceptée par la BAN, la version 1.5 est celle en vigueur",
            f"Version {version} is still accepted by the BAN, version 1.5 is the one in force",
        ),
        ours=True,
    )


def rows_of(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV with their number in a spreadsheet, the header first; never raises for what they hold."""
    with path.open(
        encoding="utf-8-sig" if encoding.lower() == "utf-8" else encoding, errors="replace", newline=""
    ) as stream:
        reader = csv.reader(
            (line.replace("\x00", "") for line in stream), delimiter=delimiter if len(delimiter) == 1 else ";"
        )
        number = 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error:
                continue


def _beyond(path: Path, encoding: str, delimiter: str, version: str) -> Iterator[Remark]:
    """What the official validator does not say (standards.md §2)."""
    rows = (row for row in rows_of(path, encoding, delimiter) if any(row[1]))
    _, header = next(rows, (1, []))
    at = {name: rank for rank, name in enumerate(header)}
    twins: dict[int, int] = {}
    crowds: dict[tuple[str, str], list[int]] = defaultdict(list)
    communes: Counter[str] = Counter()
    ids: list[str] = []
    place = at.get("long"), at.get("lat")

    def cell(row: list[str], name: str) -> str:
        rank = at.get(name)
        return row[rank].strip() if rank is not None and rank < len(row) else ""

    for line, row in rows:
        digest = hash(tuple(row))
        first = twins.setdefault(digest, line)
        if first != line:
            yield Remark(
                "bal.row_repeated",
                "warning",
                Text(f"Ligne identique à la ligne {first}", f"Line identical to line {first}"),
                line,
                proposal=Text("retirez l'une des deux", "remove one of the two"),
                ours=True,
            )
        number = cell(row, "numero")
        for name in ("x", "y"):
            if name in at and not cell(row, name) and cell(row, "long"):
                yield Remark(
                    "bal.projected_empty",
                    "warning",
                    Text(f"{name} est vide", f"{name} is empty"),
                    line,
                    name,
                    proposal=Text("calculez x et y depuis long et lat", "compute x and y from long and lat"),
                    ours=True,
                )
        if number == "99999" and cell(row, "id_ban_adresse"):
            yield Remark(
                "bal.place_with_address_id",
                "warning",
                Text(
                    "Un lieu sans adresse (99999) n'a pas d'id_ban_adresse",
                    "A place without address (99999) has no id_ban_adresse",
                ),
                line,
                "id_ban_adresse",
                cell(row, "id_ban_adresse"),
                Text("laissez la cellule vide", "leave the cell empty"),
                ours=True,
            )
        for name, rank in at.items():
            if (
                rank < len(row)
                and row[rank][:1] in "=@"
                and len(row[rank]) > 1
                and name not in ("x", "y", "long", "lat")
            ):
                yield Remark(
                    "cell.formula",
                    "warning",
                    Text("Formule de tableur, pas une valeur", "A spreadsheet formula, not a value"),
                    line,
                    name,
                    row[rank],
                    Text("collez la valeur", "paste the value"),
                    ours=True,
                )
        if None not in place and number != "99999":
            spot = (cell(row, "long"), cell(row, "lat"))
            if all(spot):
                crowds[spot].append(line)
        communes[cell(row, "commune_insee")] += 1
        if len(ids) < SAMPLES:
            ids.append(cell(row, "id_ban_commune"))
    for (long, lat), lines in crowds.items():
        if len(lines) >= CROWD:
            yield Remark(
                "bal.same_point",
                "warning",
                Text(f"{len(lines)} adresses au même point", f"{len(lines)} addresses at the same point"),
                lines[0],
                "long, lat",
                f"{long} {lat}",
                Text("placez chaque adresse", "place each address"),
                ours=True,
            )
    if _dragged(ids):
        yield Remark(
            "bal.identifier_dragged",
            "error",
            Text(
                "id_ban_commune change d'un cran à chaque ligne : le tableur l'a incrémenté en le recopiant",
                "id_ban_commune moves by one on each line: the spreadsheet incremented it while copying",
            ),
            2,
            "id_ban_commune",
            ids[1],
            ids[0],
            ours=True,
        )


def _dragged(ids: list[str]) -> bool:
    """Identifiers that differ by small steps: a copy handle that counts."""
    try:
        numbers = [uuid.UUID(one).int for one in ids]
    except ValueError:
        return False
    texts = [one.split("-") for one in ids]
    if len(numbers) < 3 or len(set(numbers)) < len(numbers):
        return False
    changed = [sum(a != b for a, b in zip(left, right, strict=True)) for left, right in pairwise(texts)]
    return all(count == 1 for count in changed)


@dataclass(frozen=True, slots=True)
class _Batch:
    rows: list[list[str]]
    lines: list[int]


def _native(path: Path, name: str, seen: Seen, version: str | None, today: date) -> Verdict:
    """Our own checks, when the official validator cannot be run."""
    rows = rows_of(path, seen.encoding or "utf-8", seen.delimiter or ";")
    _, header = next(rows, (1, []))
    remarks = [
        Remark(
            "tool.missing",
            "warning",
            Text(
                "Le validateur officiel (Node) n'est pas installé : contrôles propres à mig-idg seulement",
                "The official validator (Node) is not installed: the checks of mig-idg only",
            ),
            proposal=Text("./idg l'installe", "./idg installs it"),
            ours=True,
        )
    ]
    if seen.encoding != "utf-8":
        remarks.append(_own("file.encoding.non_standard", None, None, None, "error"))
    if seen.delimiter != ";":
        remarks.append(_own("file.delimiter.non_standard", None, None, seen.delimiter, "error"))
    checker = Checker(tuple(header), today, examples=1000)
    count = 0
    batch = _Batch([], [])
    for line, row in rows:
        if not any(row):
            continue
        count += 1
        if len(row) != len(header):
            remarks.append(_own("file.row.width", line, None, str(len(row)), "error"))
            continue
        batch.rows.append(row)
        batch.lines.append(line)
        if len(batch.rows) == 20_000:
            _feed(checker, header, batch)
            batch = _Batch([], [])
    _feed(checker, header, batch)
    tally = checker.close()
    found = version or str(checker.version)
    levels = profiles.LEVELS[found]  # type: ignore[index]
    for code, shown in tally.shown.items():
        if code in levels:
            remarks.extend(_own(one.code, one.line, one.field, one.value, levels[code]) for one in shown)
    findings, counts = ordered(remarks, {code: n for code, n in tally.counts.items() if code in levels})
    valid = not any(one.level == "error" for one in findings)
    return Verdict(name, "bal", found, valid, findings, "mig-idg", count, counts)


def _feed(checker: Checker, header: list[str], batch: _Batch) -> None:
    if batch.rows:
        columns = [pa.array(column, pa.string()) for column in zip(*batch.rows, strict=True)]
        checker.check(pa.RecordBatch.from_arrays(columns, names=list(header)), np.array(batch.lines))


def _own(code: str, line: int | None, column: str | None, value: str | None, level: Level) -> Remark:
    label = labels.label(code)
    return Remark(code, level, label.means, line, column, value, proposal(code, value, None) or label.expected)
