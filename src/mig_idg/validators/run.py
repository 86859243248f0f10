"""One file in, one verdict out: whatever the file holds, a finding and never an internal error."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from mig_idg.errors import Problem, Text
from mig_idg.standards.known import STANDARDS, TABLES
from mig_idg.standards.verdict import Remark, Verdict
from mig_idg.validators import bal, decp, documents, ocsge, tables
from mig_idg.validators.library import Library
from mig_idg.validators.recognition import Seen, look

CSV = Text("enregistrez la feuille en CSV UTF-8", "save the sheet as CSV UTF-8")


def check(
    path: Path, library: Library, today: date, standard: str | None = None, version: str | None = None
) -> Verdict:
    """The verdict of a file; `standard` when it is told rather than recognised.

    Raises Unavailable for a schema that is not there; anything else is in the verdict.
    """
    seen = look(path)
    chosen = standard or seen.standard
    if chosen is None:
        return _unknown(path, seen)
    refused = _refused(path, seen, chosen, version)
    if refused is not None:
        return refused
    try:
        return _checked(path, seen, chosen, version, library, today)
    except Problem:
        raise
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
        MemoryError,
        OSError,
    ) as error:
        # what a file may still do to a reader that is not ours: told as a finding, with the kind of fault
        remark = Remark(
            "file.unreadable",
            "error",
            Text(
                f"Le contrôle n'a pas pu aller au bout ({type(error).__name__})",
                f"The check could not end ({type(error).__name__})",
            ),
        )
        return Verdict(
            path.name, chosen, version or STANDARDS[chosen].versions[0], False, (remark,), None, None, {remark.code: 1}
        )


def _checked(path: Path, seen: Seen, chosen: str, version: str | None, library: Library, today: date) -> Verdict:
    if chosen == "bal":
        return bal.check(path, path.name, seen, version, library, today)
    if chosen in TABLES:
        return tables.check(path, path.name, seen, chosen, library)
    if chosen == "decp":
        if seen.kind == "xml" or version == "2.0.2":
            return documents.check(path, path.name, "decp", "2.0.2", library)
        return decp.check(path, path.name, library)
    if chosen == "ocs-ge":
        return ocsge.check(path, path.name)
    return documents.check(path, path.name, chosen, version, library)


def _unknown(path: Path, seen: Seen) -> Verdict:
    if seen.kind == "empty":
        return _single(
            path,
            None,
            "file.empty",
            Text("Le fichier est vide", "The file is empty"),
            Text("envoyez un fichier qui a des données", "send a file that has data"),
        )
    names = ", ".join(STANDARDS)
    return _single(
        path,
        None,
        "standard.unknown",
        Text("Aucun standard connu n'est reconnu dans ce fichier", "No known standard is recognised in this file"),
        Text(f"dites lequel : --standard ({names})", f"tell which one: --standard ({names})"),
        ",".join(seen.header)[:200] or None,
    )


def _refused(path: Path, seen: Seen, chosen: str, version: str | None) -> Verdict | None:
    """What is told of the file as a whole, before any reader of its standard."""
    table, told = chosen in TABLES, version or STANDARDS[chosen].versions[0]
    if seen.kind == "empty":
        return _single(
            path,
            chosen,
            "file.empty",
            Text("Le fichier est vide", "The file is empty"),
            Text("envoyez un fichier qui a des données", "send a file that has data"),
            version=told,
        )
    if seen.kind == "workbook" and table:
        return _single(
            path,
            chosen,
            "file.workbook",
            Text("C'est un classeur de tableur : le standard demande un CSV", "A workbook: the standard wants a CSV"),
            CSV,
            version=told,
        )
    if seen.header_line > 1:
        means = Text(
            f"L'en-tête est à la ligne {seen.header_line} : un titre ou des cellules fusionnées le précèdent",
            f"The header is at line {seen.header_line}: a title or merged cells come before it",
        )
        proposal = Text("retirez les lignes qui précèdent l'en-tête", "remove the lines before the header")
        return _single(path, chosen, "file.header", means, proposal, version=told)
    if seen.kind in ("zip", "workbook") or (seen.kind == "binary" and chosen != "ocs-ge"):
        if seen.kind == "zip":
            means = Text(
                "C'est une archive : le standard demande le fichier seul",
                "An archive: the standard wants the file alone",
            )
            return _single(path, chosen, "file.archive", means, Text("décompressez-la", "unzip it"), version=told)
        return _single(
            path,
            chosen,
            "file.format",
            Text("Ce n'est pas un fichier texte", "Not a text file"),
            CSV if table else None,
            version=told,
        )
    expected = {"decp": ("json", "xml"), "pcrs": ("xml",), "iso19139": ("xml",), "iso19115-3": ("xml",)}.get(chosen, ())
    if (expected and seen.kind not in expected) or (table and seen.kind == "xml"):
        wanted = "/".join(expected).upper() or "CSV"
        return _single(
            path,
            chosen,
            "file.format",
            Text(f"Le standard demande un fichier {wanted}", f"The standard wants a {wanted} file"),
            Text(f"exportez en {wanted}", f"export as {wanted}"),
            version=told,
        )
    return None


def _single(
    path: Path,
    standard: str | None,
    code: str,
    means: Text,
    proposal: Text | None = None,
    value: str | None = None,
    version: str | None = None,
) -> Verdict:
    remark = Remark(code, "error", means, None, None, value, proposal)
    return Verdict(path.name, standard, version, False if standard else None, (remark,), None, None, {code: 1})
