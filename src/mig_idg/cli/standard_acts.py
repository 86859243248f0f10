"""`mig-idg standards register|follow|versions|duties`: the register of standards, and what conforms (000 art. 5)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import DAY, JSON, ON, act, reading, show_table
from mig_idg.cli.messages import lang, say, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

SCOPES = ("national", "territorial", "de_facto")


@click.command(
    help=t(
        "Inscrit une version d'un standard : national (échéance d'un décret), territorial (un an), de fait.",
        "Registers a version of a standard: national (a decree's deadline), territorial (a year), de facto (advised).",
    )
)
@click.argument("standard")
@click.argument("version")
@click.option("--scope", type=click.Choice(SCOPES), required=True, help=t("sa portée", "its scope"))
@click.option("--title", required=True, help=t("son nom", "its name"))
@click.option("--published", type=DAY, required=True, help=t("jour de sa publication", "day of its publication"))
@click.option("--decree", help=t("le décret qui fixe l'échéance", "the decree that fixes the deadline"))
@click.option("--deadline", type=DAY, help=t("l'échéance que fixe le décret", "the deadline that the decree fixes"))
@click.option("--url", help=t("où le lire", "where to read it"))
@act
def register(
    conn: Conn,
    record: Record,
    standard: str,
    version: str,
    scope: str,
    title: str,
    published: date,
    decree: str | None,
    deadline: date | None,
    url: str | None,
) -> Done:
    """The evidence is the decree, or the decision that made it territorial."""
    from mig_idg.registry import standard_versions

    said = standard_versions.Version(standard, version, scope, title, published, decree, deadline, url)
    return standard_versions.register(conn, said, record)


@click.command(
    help=t(
        "Dit qu'une collection suit un standard, et à quelle version elle est conforme ; sans --version, à aucune.",
        "Says that a collection follows a standard, and which version it conforms to; without --version, to none.",
    )
)
@click.argument("collection")
@click.argument("standard")
@click.option("--version", help=t("version à laquelle elle est conforme", "version that it conforms to"))
@click.option("--by", required=True, help=t("qui le dit : propriétaire, copropriétaire, pilote", "who says so"))
@act
def follow(conn: Conn, record: Record, collection: str, standard: str, version: str | None, by: str) -> Done:
    """The evidence is the report of `standards check`."""
    from mig_idg.registry import standard_versions
    from mig_idg.registry.organisations import resolve

    return standard_versions.follow(conn, collection, standard, version, resolve(conn, by), record)


@click.command(help=t("Le registre des standards.", "The register of standards."))
@JSON
def versions(as_json: bool) -> int:
    """Every version, the latest of each standard first."""
    from mig_idg.registry import standard_versions

    with reading() as conn:
        found = standard_versions.versions(conn)
    rows = [one.as_json() for one in found]
    if not as_json:
        rows = [row | {"scope": standard_versions.SCOPES[row["scope"]].in_(lang())} for row in rows]
    heads = {
        "standard": "standard",
        "version": "version",
        "title": t("nom", "name"),
        "scope": t("portée", "scope"),
        "published_on": t("publié le", "published on"),
        "due": t("conformité avant le", "to conform by"),
        "decree": t("décret", "decree"),
    }
    show_table(rows, heads, as_json)
    return 0


@click.command(
    help=t(
        "Ce qui doit être mis en conformité, et quand. Code 1 si c'est en retard.",
        "What has to conform, and when. Exit 1 when something is late.",
    )
)
@click.option("--body", metavar=t("ORGANISME", "BODY"), help=t("d'un organisme", "of a body"))
@click.option("--ics", type=click.Path(path_type=Path), help=t("écrit un agenda iCalendar", "writes an iCalendar file"))
@ON
@JSON
def duties(body: str | None, ics: Path | None, on: date, as_json: bool) -> int:
    """Soonest first; de facto standards, only advised, last."""
    from mig_idg.registry import deadlines, standard_versions
    from mig_idg.registry.organisations import resolve

    with reading() as conn:
        who = resolve(conn, body) if body else None
        found = standard_versions.duties(conn, on, body=who)
        due = deadlines.deadlines(conn, on, within_months=120, organisation=who) if ics is not None else []
    if ics is not None:
        ours = [one for one in due if one.kind == "standard"]
        name = Text("Standards à suivre", "Standards to follow")
        ics.write_bytes(deadlines.calendar(ours, on, name=name, lang=lang()))
        say(Text(f"{len(ours)} échéances écrites dans {ics}.", f"{len(ours)} deadlines written to {ics}."))
        return 0
    heads = {
        "dataset": "collection",
        "standard": "standard",
        "version": "version",
        "conforms_to": t("conforme à", "conforms to"),
        "due": t("avant le", "by"),
        "days_left": t("jours", "days"),
        "state": t("état", "state"),
    }
    show_table([one.as_json(on) for one in found], heads, as_json)
    return 1 if any(one.state(on) == "late" for one in found) else 0
