"""`mig-idg partnership …`: the life of the partnership: what is due, the annual report, orientations."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, reading, show_table
from mig_idg.cli.messages import lang, say, say_json, t, today
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.registry.activity import Report


@click.group(
    name="partnership", help=t("Échéances, bilan annuel, orientations.", "Deadlines, annual report, orientations.")
)
def command() -> None:
    """Group of the verbs on the partnership's life."""


@command.command(help=t("Ce qui est dû : charte, conventions, revues, mises à jour…", "What is due: charter, reviews…"))
@click.option("--body", metavar=t("ORGANISME", "BODY"), help=t("d'un organisme", "of a body"))
@click.option("--within", type=click.IntRange(1, 120), default=12, show_default=True, help=t("mois", "months"))
@click.option("--ics", type=click.Path(path_type=Path), help=t("écrit un agenda iCalendar", "writes an iCalendar file"))
@ON
@JSON
def deadlines(body: str | None, within: int, ics: Path | None, on: date, as_json: bool) -> int:
    """Soonest first; late ones first of all."""
    from mig_idg.registry import deadlines as due
    from mig_idg.registry.organisations import resolve

    with reading() as conn:
        who = resolve(conn, body) if body else None
        found = due.deadlines(conn, on, within_months=within, organisation=who)
    if ics is not None:
        name = Text("Échéances du partenariat", "Deadlines of the partnership")
        ics.write_bytes(due.calendar(found, on, name=name, lang=lang()))
        say(Text(f"{len(found)} échéances écrites dans {ics}.", f"{len(found)} deadlines written to {ics}."))
        return 0
    rows = [one.as_json(on) for one in found]
    if not as_json:
        rows = [row | {"words": row[lang()]} for row in rows]
    heads = {
        "due": t("échéance", "due"),
        "late": t("en retard", "late"),
        "words": t("quoi", "what"),
        "organisation": t("organisme", "body"),
        "article": "article",
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Le bilan annuel d'activité, pré-rempli.", "The annual report of activity, filled in."))
@click.option(
    "--year", type=click.IntRange(2000, 2999), help=t("l'année (défaut : en cours)", "the year (default: this)")
)
@click.option("--html", type=click.Path(path_type=Path), help=t("écrit une page à imprimer", "writes a page to print"))
@JSON
def report(year: int | None, html: Path | None, as_json: bool) -> int:
    """Members, data, uses, groups, decisions, participation, balance, objectives (§ 1.5, § 1.6, § 2.4.1)."""
    from mig_idg.registry import activity

    day = today()
    with reading() as conn:
        made = activity.report(conn, year or day.year, day)
    if html is not None:
        from mig_idg.web.activity import page

        html.write_text(page(made, lang()), encoding="utf-8")
        say(Text(f"Bilan {made.year} écrit dans {html}.", f"Report of {made.year} written to {html}."))
    elif as_json:
        say_json(made.as_json())
    else:
        _tell(made)
    return 0


@command.command(help=t("Orientations : proposées, validées.", "Orientations: proposed, validated."))
@JSON
def orientations(as_json: bool) -> int:
    """The technical committee's proposal beside the steering committee's decision."""
    from mig_idg.registry import activity

    with reading() as conn:
        rows = activity.orientations(conn)
    heads = {
        "orientation": "orientation",
        "motion": t("motion", "motion"),
        "proposed_on": t("proposée le", "proposed on"),
        "decided_on": t("décidée le", "decided on"),
        "adopted": t("adoptée", "adopted"),
    }
    show_table(rows, heads, as_json)
    return 0


def _tell(made: Report) -> None:
    from mig_idg.registry.activity import MENTION

    state = (
        Text(f"validé le {made.validated['held_on']}", f"validated on {made.validated['held_on']}")
        if made.validated
        else Text("à valider par le comité de pilotage", "to be validated by the steering committee")
    )
    say(Text(f"Bilan d'activité {made.year} ({state.fr})", f"Report of activity {made.year} ({state.en})"))
    for section in made.sections:
        say(
            f"\n{section.title.in_(lang())} : {len(section.rows)}"
            if lang() == "fr"
            else f"\n{section.title.en}: {len(section.rows)}"
        )
        show_table(section.rows, {key: text.in_(lang()) for key, text in section.columns.items()}, as_json=False)
    for name, share in made.objectives.items():
        say(f"{name}: {'—' if share is None else f'{share:.0%}'}")
    say(f"\n{MENTION}")
