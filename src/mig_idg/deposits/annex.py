"""An annex as the parties keep it, a spreadsheet: read whole or refused with its lines and columns.

Columns are those of annex 1 A and B of the Aix-Marseille-Provence convention, found whatever their accents and case,
plus an identifier, a type and coordinates (EPSG:2154, metres) that a register needs.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mig_idg.deposits.intake import delimited, report
from mig_idg.deposits.intake.imports import table_of
from mig_idg.errors import Problem, Text, Unprocessable
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.registry.equipment import TYPES, Asset, Line, list_in_annex, register
from mig_idg.registry.organisations import resolve
from mig_idg.standards.findings import Tally

COLUMNS = {
    "id": ("identifiant", "id"),
    "type": ("type",),
    "description": ("description", "description succincte"),
    "address": ("adresse",),
    "owner": ("propriete", "proprietaire"),
    "energy": ("energie",),
    "maintenance": ("resp maintenance", "responsable maintenance"),
    "host": ("partie accueillante", "accueillant"),
    "depositor": ("partie deposante", "deposant"),
    "support": ("support", "mobilier"),
    "x": ("x",),
    "y": ("y",),
}
FINDINGS = 10
REQUIRED = ("description", "owner", "host", "depositor")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in one cell; `line` is the spreadsheet's own, `column` its heading."""

    line: int
    column: str
    words: Text


def read(path: Path, encoding: str | None = None) -> tuple[int, list[str], list[tuple[int, list[str]]]]:
    """The header's line, the headings, and the rows with their spreadsheet numbers, of a CSV file or a workbook.

    Raises RefusedFile with what cannot be read of it, UnsupportedMedia for another kind of file.
    """
    tally = Tally(FINDINGS)
    with tempfile.TemporaryDirectory(prefix="mig-idg-") as scratch:
        text = table_of(path, Path(scratch), tally, encoding)
        rows = [
            (int(number), [cell or "" for cell in row.values()])
            for lines in delimited.read(text, tally)
            for number, row in zip(lines.numbers, lines.rows.to_pylist(), strict=True)
        ]
    if report.has_errors(tally):
        raise report.refusal(path.name, tally)
    return text.first - 1, list(text.header), [(line, row) for line, row in rows if any(cell.strip() for cell in row)]


def load(
    conn: Conn, path: Path, convention: str, annex: str, record: Record, *, encoding: str | None = None
) -> list[Done]:
    """Register every line of the file and put it in the annex, all or none; Unprocessable with its findings."""
    if annex not in ("equipment", "support"):
        raise Unprocessable(Text("Un fichier d'annexe est « equipment » ou « support ».", "“equipment” or “support”."))
    first, header, rows = read(path, encoding)
    headings = _headings(path, first, header)
    parsed, findings = [], []
    for line, cells in rows:
        values = {name: cells[at].strip() for name, at in headings.items() if at < len(cells)}
        found, wrong = _row(conn, line, values, annex)
        findings += wrong
        if found is not None:
            parsed.append(found)
    if findings:
        raise Unprocessable(
            Text(
                f"{path.name} : {len(findings)} lignes à corriger, rien n'est enregistré. " + _told(findings, "fr"),
                f"{path.name}: {len(findings)} lines to mend, nothing is recorded. " + _told(findings, "en"),
            ),
            extra={
                "findings": [{"line": f.line, "column": f.column, "fr": f.words.fr, "en": f.words.en} for f in findings]
            },
        )
    done = []
    with conn.transaction():
        for asset, listed in parsed:
            register(conn, asset, record)
            done.append(list_in_annex(conn, convention, listed, record))
    return done


def slug(words: str) -> str:
    """An identifier from words: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _headings(path: Path, line: int, header: Sequence[str]) -> dict[str, int]:
    cells = [slug(cell).replace("-", " ") for cell in header]
    found = {name: cells.index(word) for name, words in COLUMNS.items() for word in words if word in cells}
    missing = [COLUMNS[name][0] for name in REQUIRED if name not in found]
    if missing:
        raise Unprocessable(
            Text(
                f"{path.name}, ligne {line} : il manque les colonnes {', '.join(missing)}.",
                f"{path.name}, line {line}: columns are missing: {', '.join(missing)}.",
            ),
            remedy=Text(
                "En-têtes de l'annexe 1 : Description, Adresse, Propriété, Energie, Resp. Maintenance, "
                "Partie accueillante, Partie déposante.",
                "Headings of annex 1: Description, Adresse, Propriété, Energie, Resp. Maintenance, "
                "Partie accueillante, Partie déposante.",
            ),
        )
    return found


def _row(conn: Conn, line: int, values: dict[str, str], annex: str) -> tuple[tuple[Asset, Line] | None, list[Finding]]:
    wrong = [
        Finding(line, COLUMNS[name][0], Text("obligatoire", "required")) for name in REQUIRED if not values.get(name)
    ]
    bodies = {}
    for name in ("owner", "host", "depositor", "maintenance"):
        if values.get(name):
            try:
                bodies[name] = resolve(conn, values[name])
            except Problem as error:
                wrong.append(Finding(line, COLUMNS[name][0], error.detail))
    types = TYPES[annex]
    kind = values.get("type") or (values.get("description", "") if not types else "")
    if types and kind not in types:
        wrong.append(Finding(line, "type", Text(f"attendu : {', '.join(types)}", f"expected: {', '.join(types)}")))
    wkt, bad = _point(line, values)
    wrong += bad
    if wrong:
        return None, wrong
    id = slug(values.get("id") or values["description"])
    asset = Asset(
        id, annex, kind, bodies["owner"], values["description"], values.get("address"), bodies.get("maintenance"),
        values.get("energy"), wkt=wkt,
    )  # fmt: skip
    support = slug(values["support"]) if values.get("support") else None
    return (asset, Line(annex, bodies["host"], bodies["depositor"], asset=id, support=support)), []


def _point(line: int, values: dict[str, str]) -> tuple[str | None, list[Finding]]:
    if not values.get("x") and not values.get("y"):
        return None, []
    try:
        x, y = (float(values.get(axis, "").replace(",", ".")) for axis in ("x", "y"))
    except ValueError:
        return None, [Finding(line, "x", Text("coordonnées en Lambert-93 attendues", "EPSG:2154 coordinates expected"))]
    if not (0 < x < 1_300_000 and 6_000_000 < y < 7_200_000):
        return None, [Finding(line, "x", Text("hors de France en Lambert-93", "outside France in EPSG:2154"))]
    return f"POINT ({x} {y})", []


def _told(findings: Sequence[Finding], lang: str) -> str:
    def each() -> Iterator[str]:
        for one in findings[:10]:
            words = one.words.fr if lang == "fr" else one.words.en
            yield (
                f"ligne {one.line}, {one.column} : {words}"
                if lang == "fr"
                else f"line {one.line}, {one.column}: {words}"
            )

    return " · ".join(each())
