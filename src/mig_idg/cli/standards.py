"""`mig-idg standards …`: check a file against its standard; the schemas of other bodies, fetched or imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli import standard_acts
from mig_idg.cli.messages import lang, say, say_json, settings, t, today
from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.standards.known import STANDARDS

if TYPE_CHECKING:
    from mig_idg.standards.verdict import Verdict
    from mig_idg.validators.library import Brought, Library

SHOWN = 5
MARKS = {"error": ("Erreur", "Error"), "warning": ("Alerte", "Warning"), "info": ("Info", "Info")}


@click.group(
    name="standards",
    help=t(
        "Contrôle des fichiers d'après leur standard (BAL, SCDL, DECP, PCRS, ISO 19139…) ; registre des standards.",
        "Files checked against their standard (BAL, SCDL, DECP, PCRS, ISO 19139…); the register of standards.",
    ),
)
def command() -> None:
    """All verbs."""


for _act in (standard_acts.register, standard_acts.follow, standard_acts.versions, standard_acts.duties):
    command.add_command(_act)


def _library() -> Library:
    from mig_idg.validators.library import Library

    return Library(settings().standards_folder)


@command.command(
    name="check",
    help=t(
        "Contrôle FILE : le verdict du validateur officiel, puis ce qu'il ne voit pas. 0 valide, 1 non, 2 pas reconnu.",
        "Checks FILE: the verdict of the official validator, then what it does not see. 0 valid, 1 not, 2 "
        "not recognised.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--standard", help=t("nom du standard, s'il n'est pas reconnu", "name of the standard, if not recognised")
)
@click.option("--version", help=t("version du standard", "version of the standard"))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
@click.option(
    "--report",
    type=click.Path(path_type=Path, file_okay=False),
    help=t(
        "dossier où écrire le rapport : HTML, JSON, lignes fautives, carte, fichier corrigé proposé",
        "folder for the report: HTML, JSON, faulty lines, map, proposed corrected file",
    ),
)
def check(file: Path, standard: str | None, version: str | None, as_json: bool, report: Path | None) -> int:
    """Check one file."""
    from mig_idg.validators import run

    if standard is not None and standard not in STANDARDS:
        raise UnknownWord(Text("Standard", "standard"), standard, STANDARDS, closed=True)
    if version is not None and standard is not None and version not in STANDARDS[standard].versions:
        known = ", ".join(STANDARDS[standard].versions)
        raise InvalidParameter(
            "version",
            Text(f"{standard} {version} n'est pas connu : {known}.", f"{standard} {version} is not known: {known}."),
        )
    verdict = run.check(file, _library(), today(), standard, version)
    if report is not None:
        from mig_idg.validators import report as reports

        reports.write(verdict, file, report, today())
    if as_json:
        say_json(verdict.as_json(lang()))
    else:
        _tell(verdict)
        if report is not None:
            say(Text(f"Rapport : {report / 'rapport.fr.html'}", f"Report: {report / 'report.en.html'}"))
    return 2 if verdict.standard is None else 0 if verdict.valid else 1


def _tell(verdict: Verdict) -> None:
    """The verdict in one line, then findings by code with their first places."""
    from mig_idg.standards.verdict import summary

    say(summary(verdict))
    by_code: dict[str, list[int]] = {}
    for rank, one in enumerate(verdict.findings):
        by_code.setdefault(one.code, []).append(rank)
    for code, ranks in sorted(
        by_code.items(), key=lambda item: {"error": 0, "warning": 1, "info": 2}[verdict.findings[item[1][0]].level]
    ):
        first = verdict.findings[ranks[0]]
        mark = t(*MARKS[first.level])
        say(f"{mark} · {code} ({verdict.counts.get(code, len(ranks))}) : {first.message.in_(lang())}")
        for rank in ranks[:SHOWN]:
            one = verdict.findings[rank]
            proposal = one.proposal.in_(lang()) if isinstance(one.proposal, Text) else one.proposal
            place = t(f"ligne {one.line}", f"line {one.line}") if one.line else t("fichier", "file")
            shown = f" « {one.value[:60]} »" if one.value else ""
            said = f" : {one.message.in_(lang())}" if one.message != first.message else ""
            say(
                "    "
                f"{place}{f', {one.column}' if one.column else ''}{shown}{said}{f' → {proposal}' if proposal else ''}"
            )


@command.command(
    name="list",
    help=t(
        "Les standards connus, et si leurs schémas sont là.", "Known standards, and whether their schemas are there."
    ),
)
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def listing(as_json: bool) -> int:
    """List the standards."""
    from mig_idg.validators import node

    library = _library()
    official = node.validator() is not None
    rows = []
    for name, one in STANDARDS.items():
        there, wanted = library.present(name)
        ready = official if name == "bal" else there == wanted
        rows.append(
            {"standard": name, "title": one.title, "versions": one.versions, "ready": ready, "schemas": [there, wanted]}
        )
    if as_json:
        say_json(rows)
        return 0
    for row in rows:
        state = t("prêt", "ready") if row["ready"] else t("schémas absents", "schemas missing")
        say(f"{row['standard']:20} {', '.join(row['versions']):24} {state:16} {row['title'].in_(lang())}")  # type: ignore[attr-defined, arg-type]
    say(Text(f"Dossier : {library.folder}", f"Folder: {library.folder}"))
    return 0


@command.command(
    name="import",
    help=t("Prend les schémas dans un dossier, empreintes vérifiées.", "Takes schemas from a folder, hashes checked."),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def import_(folder: Path, as_json: bool) -> int:
    """Import schemas."""
    library = _library()
    return _told(library.bring(folder), library, as_json)


@command.command(
    name="fetch",
    help=t("Télécharge les schémas à leur adresse officielle.", "Downloads schemas from their official address."),
)
@click.argument("standards", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def fetch(standards: tuple[str, ...], as_json: bool) -> int:
    """Download schemas."""
    for one in standards:
        if one not in STANDARDS:
            raise UnknownWord(Text("Standard", "standard"), one, STANDARDS, closed=True)
    library = _library()
    return _told(library.fetch(standards), library, as_json)


def _told(done: Brought, library: Library, as_json: bool) -> int:
    if as_json:
        say_json({"folder": str(library.folder), "taken": done.taken, "refused": done.refused, "missing": done.missing})
    else:
        say(
            Text(
                f"{done.taken} schémas pris dans {library.folder}.",
                f"{done.taken} schemas taken into {library.folder}.",
            )
        )
        for path in done.refused:
            say(
                Text(
                    f"  refusé (absent ou empreinte différente) : {path}",
                    f"  refused (absent, or another hash): {path}",
                )
            )
        if done.missing:
            say(
                Text(
                    f"{len(done.missing)} schémas manquent encore, dont {done.missing[0]} ; sans adresse, ils "
                    "viennent d'un dossier.",
                    f"{len(done.missing)} schemas are still missing, such as {done.missing[0]}; without an address, "
                    "they come from a folder.",
                )
            )
    return 1 if done.refused or done.missing else 0
