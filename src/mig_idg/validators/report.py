"""A verdict written for people and machines: pages in both languages, JSON, faulty lines, map, proposed file.

What stands in a report is that of `standards.md` §9: verdict in one line, then findings by code with a few examples on
spreadsheet lines. The corrected file is a proposal beside the original, which nothing touches.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.standards.known import STANDARDS, TABLES
from mig_idg.standards.verdict import RANKS, Remark, Verdict, summary
from mig_idg.validators.bal import rows_of
from mig_idg.validators.recognition import look, sheet_rows

EXAMPLES = 5
COPIED = 200_000_000
LEVELS: dict[str, Text] = {
    "error": Text("Erreur", "Error"),
    "warning": Text("Alerte", "Warning"),
    "info": Text("Information", "Information"),
}
HEAD = Text("Gravité|Ligne|Colonne|Valeur lue|Problème|Proposition", "Severity|Line|Column|Value read|Problem|Proposal")
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#161616}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top}th{background:#eee}code{background:#f3f3f3;word-break:break-word}"
    ".error{color:#b00020}.warning{color:#7a4b00}.ok{color:#0b5d1e}"
)


def write(verdict: Verdict, file: Path, folder: Path, on: date) -> tuple[Path, ...]:
    """Write the report of a file into a folder; gives what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    trace = {"sha256": _digest(file), "date": on.isoformat()}
    written = []

    def put(name: str, content: str) -> None:
        (folder / name).write_text(content, "utf-8")
        written.append(folder / name)

    for lang, name in (("fr", "rapport.fr.html"), ("en", "report.en.html")):
        put(name, page(verdict, trace, lang))  # type: ignore[arg-type]
    document = {**verdict.as_json("fr"), **trace, "verdict": summary(verdict).fr}
    put("report.json", json.dumps(document, ensure_ascii=False, indent=1))
    rows = _rows(file, verdict)
    put("faulty-lines.csv", _csv(_faulty(verdict, rows)))
    put("findings.geojson", json.dumps(_map(verdict, rows), ensure_ascii=False))
    proposed = _corrected(verdict, file, rows)
    if proposed is not None:
        put(f"proposed-{file.stem}.csv", proposed)
    return tuple(written)


# ——— pages


def page(verdict: Verdict, trace: dict[str, str], lang: Lang) -> str:
    """The report as one page that needs nothing else."""
    title = Text(f"Rapport de contrôle : {verdict.file}", f"Check report: {verdict.file}").in_(lang)
    name = STANDARDS[verdict.standard].title.in_(lang) if verdict.standard else "?"
    facts = [
        Text(f"Standard : {name} {verdict.version or ''}", f"Standard: {name} {verdict.version or ''}"),
        Text(f"Outil : {verdict.tool or 'mig-idg'}", f"Tool: {verdict.tool or 'mig-idg'}"),
        Text(
            f"Contrôlé le {trace['date']}, SHA-256 {trace['sha256']}",
            f"Checked on {trace['date']}, SHA-256 {trace['sha256']}",
        ),
    ]
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in HEAD.in_(lang).split("|"))
    parts = [
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>",
        f'<p class="{"ok" if verdict.valid else "error"}"><strong>{escape(summary(verdict).in_(lang))}</strong></p>',
        *(f"<p>{escape(one.in_(lang))}</p>" for one in facts),
    ]
    for code, remarks in _by_code(verdict.findings):
        count = verdict.counts.get(code, len(remarks))
        level = LEVELS[remarks[0].level].in_(lang)
        parts.append(f'<h2 class="{remarks[0].level}">{escape(level)} · <code>{escape(code)}</code> ({count})</h2>')
        parts.append(f"<p>{escape(remarks[0].message.in_(lang))}</p><table><thead><tr>{heads}</tr></thead><tbody>")
        parts.extend(_line(one, lang) for one in remarks[:EXAMPLES])
        parts.append("</tbody></table>")
    parts.append(f"<p>{escape(_closing(lang))}</p></main></body></html>")
    return "\n".join(parts)


def _closing(lang: Lang) -> str:
    return Text(
        "Les lignes sont celles du tableur (l'en-tête est la ligne 1). Une erreur bloque, une alerte ne bloque pas. "
        "Le fichier proposé est à relire : rien n'a été changé dans le vôtre.",
        "Lines are those of the spreadsheet (the header is line 1). An error blocks, a warning does not. "
        "The proposed file is to be read again: nothing was changed in yours.",
    ).in_(lang)


def _line(one: Remark, lang: Lang) -> str:
    proposal = one.proposal.in_(lang) if isinstance(one.proposal, Text) else one.proposal
    value = f"<code>{escape(one.value[:200])}</code>" if one.value else ""
    cells = [
        escape(LEVELS[one.level].in_(lang)),
        str(one.line or "–"),
        escape(one.column or "–"),
        value,
        escape(one.message.in_(lang)),
        escape(proposal or ""),
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _by_code(findings: Sequence[Remark]) -> list[tuple[str, list[Remark]]]:
    groups: dict[str, list[Remark]] = defaultdict(list)
    for one in findings:
        groups[one.code].append(one)
    return sorted(groups.items(), key=lambda item: RANKS[item[1][0].level])


# ——— lines


class _Table:
    """The lines of a table that findings are about, with its header."""

    def __init__(self, file: Path, encoding: str, delimiter: str, wanted: set[int]) -> None:
        self.delimiter, self.encoding = delimiter, encoding
        self.lines: dict[int, list[str]] = {}
        self.header: list[str] = []
        for number, row in rows_of(file, encoding, delimiter):
            if not self.header and any(row):
                self.header = row
            elif number in wanted:
                self.lines[number] = row

    def cell(self, line: int, *names: str) -> str:
        row = self.lines.get(line, [])
        for name in names:
            if name in self.header and self.header.index(name) < len(row):
                return row[self.header.index(name)]
        return ""


def _rows(file: Path, verdict: Verdict) -> _Table | None:
    if verdict.standard not in TABLES:
        return None
    seen = look(file)
    if seen.kind != "text" or seen.delimiter is None:
        return None
    wanted = {one.line for one in verdict.findings if one.line}
    return _Table(file, seen.encoding or "utf-8", seen.delimiter, wanted)


def _faulty(verdict: Verdict, rows: _Table | None) -> Iterator[list[str]]:
    """Lines with errors, whole, each with what is wrong; findings alone for what is no table."""
    errors: dict[int, list[Remark]] = defaultdict(list)
    for one in verdict.findings:
        if one.level == "error":
            errors[one.line or 0].append(one)
    yield ["ligne", "constats", *(rows.header if rows else ["colonne", "valeur"])]
    for line, remarks in sorted(errors.items()):
        said = " | ".join(f"{one.code} : {one.message.fr}" for one in remarks)
        if rows is not None:
            yield [str(line or ""), said, *rows.lines.get(line, [])]
        else:
            yield [str(line or ""), said, remarks[0].column or "", remarks[0].value or ""]


def _csv(rows: Iterator[list[str]]) -> str:
    """CSV for a spreadsheet: a cell that it would run as a formula is made a text."""
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow(["'" + cell if cell[:1] in ("=", "@", "+", "\t") else cell for cell in row])
    return "\ufeff" + out.getvalue()


def _map(verdict: Verdict, rows: _Table | None) -> dict[str, Any]:
    """Findings as GeoJSON: where the line tells a place, null geometry otherwise."""
    features = []
    for one in verdict.findings:
        point = one.point or (_place(rows, one.line) if rows is not None and one.line else None)
        geometry = {"type": "Point", "coordinates": list(point)} if point else None
        features.append({"type": "Feature", "geometry": geometry, "properties": one.as_json("fr")})
    return {"type": "FeatureCollection", "features": features}


def _place(rows: _Table, line: int) -> tuple[float, float] | None:
    try:
        long = float(rows.cell(line, "long", "longitude", "EQUIP_LONG").replace(",", "."))
        lat = float(rows.cell(line, "lat", "latitude", "EQUIP_LAT").replace(",", "."))
    except ValueError:
        return None
    return (long, lat) if -180 <= long <= 180 and -90 <= lat <= 90 else None


# ——— the proposed file


def _corrected(verdict: Verdict, file: Path, rows: _Table | None) -> str | None:
    """The file with each value that has one sure replacement, in UTF-8; None when there is nothing to propose."""
    if verdict.standard not in TABLES or file.stat().st_size > COPIED:
        return None
    if rows is None:
        return _from_workbook(file, verdict)
    mended: dict[tuple[int, str], str] = {}
    for one in verdict.findings:
        if isinstance(one.proposal, str) and one.line and one.column in rows.header:
            mended.setdefault((one.line, one.column), one.proposal)
    recoded = rows.encoding != "utf-8" or (verdict.standard == "bal" and rows.delimiter != ";")
    if not mended and not recoded:
        return None
    return _written(_mended(file, rows, mended), ";" if verdict.standard == "bal" else rows.delimiter)


def _mended(file: Path, rows: _Table, mended: dict[tuple[int, str], str]) -> Iterator[list[str]]:
    for number, row in rows_of(file, rows.encoding, rows.delimiter):
        if not any(row):
            continue
        for rank, name in enumerate(rows.header):
            new = mended.get((number, name))
            if new is None or rank >= len(row):
                continue
            for target, value in _assignments(name, new):
                if target in rows.header:
                    row[rows.header.index(target)] = value
        yield row


def _assignments(name: str, new: str) -> Iterator[tuple[str, str]]:
    """`numero = 4 ; suffixe = ter` is two values; anything else is the value of its column."""
    if " = " not in new:
        yield name, new
        return
    for part in new.split(" ; "):
        target, _, value = part.partition(" = ")
        yield target.strip(), value.strip()


def _from_workbook(file: Path, verdict: Verdict) -> str | None:
    if not any(one.code == "file.workbook" for one in verdict.findings):
        return None
    rows = sheet_rows(file)
    if not rows:
        return None
    return _written(([_cell(cell) for cell in row] for row in rows), ";" if verdict.standard == "bal" else ",")


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _written(rows: Iterator[list[str]], delimiter: str) -> str:
    import io

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
