"""`mig-idg case …`: what the partnership follows beside its data: disputes, projects, needs, roadmap, tasks…"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import DAY, JSON, ON, act, reading, show_table
from mig_idg.cli.messages import lang, t
from mig_idg.errors import InvalidParameter, Text

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

NUMBER = click.argument("case", metavar=t("NUMÉRO", "NUMBER"), type=int)
DUE = click.option("--due", type=DAY, help=t("échéance", "deadline"))


@click.group(
    name="case", help=t("Dossiers suivis : litiges, projets, besoins, tâches…", "Cases: disputes, projects, needs…")
)
def command() -> None:
    """Group of the verbs on cases."""


@command.command(name="open", help=t("Ouvre un dossier.", "Opens a case."))
@click.argument("kind", metavar=t("GENRE", "KIND"))
@click.argument("subject", metavar=t("OBJET", "SUBJECT"))
@click.option(
    "--by", metavar=t("ORGANISME", "BODY"), help=t("l'organisme qui en répond", "the body that answers for it")
)
@click.option("--party", "parties", multiple=True, help=t("un autre organisme concerné", "another body concerned"))
@click.option("--collection", "dataset", help=t("la collection concernée", "the collection concerned"))
@click.option("--convention", "instrument", help=t("la convention concernée", "the convention concerned"))
@click.option("--group", help=t("le groupe de travail", "the working group"))
@DUE
@click.option("--set", "fields", multiple=True, metavar=t("RUBRIQUE=VALEUR", "FIELD=VALUE"),
              help=t("ce que le genre demande (case kinds)", "what the kind asks (case kinds)"))  # fmt: skip
@act
def open_(
    conn: Conn, record: Record, kind: str, subject: str, by: str | None, parties: tuple[str, ...], dataset: str | None,
    instrument: str | None, group: str | None, due: date | None, fields: tuple[str, ...],
) -> Done:  # fmt: skip
    """What it lacks is said field by field."""
    from mig_idg.registry import follow_up
    from mig_idg.registry.organisations import resolve

    case = follow_up.Case(
        kind, subject, resolve(conn, by) if by else None, [resolve(conn, body) for body in parties], dataset,
        instrument, group, due, dict(_field(word) for word in fields),
    )  # fmt: skip
    return follow_up.open_case(conn, case, record)


@command.command(help=t("Fait avancer un dossier.", "Moves a case on."))
@NUMBER
@click.argument("state", metavar=t("ÉTAT", "STATE"))
@click.argument("words", metavar=t("PHRASE", "SENTENCE"))
@DUE
@act
def move(conn: Conn, record: Record, case: int, state: str, words: str, due: date | None) -> Done:
    """To a state that follows."""
    from mig_idg.registry import follow_up

    return follow_up.move(conn, case, state, words, record, due=due)


@command.command(name="list", help=t("Les dossiers à une date.", "Cases at a date."))
@click.option("--kind", help=t("un genre seulement", "one kind only"))
@click.option("--body", metavar=t("ORGANISME", "BODY"), help=t("d'un organisme", "of a body"))
@click.option("--group", help=t("d'un groupe de travail", "of a working group"))
@click.option("--all", "ended", is_flag=True, help=t("les dossiers clos aussi", "ended ones too"))
@ON
@JSON
def list_(kind: str | None, body: str | None, group: str | None, ended: bool, on: date, as_json: bool) -> int:
    """Those due first."""
    from mig_idg.registry import follow_up
    from mig_idg.registry.organisations import resolve

    with reading() as conn:
        who = resolve(conn, body) if body else None
        rows = follow_up.listing(conn, on, kind=kind, organisation=who, group=group, ended=ended)
    if not as_json:
        rows = [row | {"state": follow_up.label(row["state"]).in_(lang())} for row in rows]
    heads = {
        "case": t("numéro", "number"),
        "kind": t("genre", "kind"),
        "subject": t("objet", "subject"),
        "state": t("état", "state"),
        "organisation": t("organisme", "body"),
        "since": t("depuis", "since"),
        "due": t("échéance", "due"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Le cours d'un dossier, acte par acte.", "The course of a case, act by act."))
@NUMBER
@JSON
def show(case: int, as_json: bool) -> int:
    """Oldest first."""
    from mig_idg.registry import follow_up

    with reading() as conn:
        rows = follow_up.course(conn, case)
    if not as_json:
        rows = [row | {"state": follow_up.label(row["state"]).in_(lang())} for row in rows]
    heads = {
        "since": t("depuis", "since"),
        "state": t("état", "state"),
        "words": t("ce qui est dit", "what is said"),
        "evidence": t("pièce", "piece"),
        "author": t("auteur", "author"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Les genres de dossiers et ce qu'ils demandent.", "The kinds of cases and what they ask."))
@JSON
def kinds(as_json: bool) -> int:
    """States in order, fields, articles."""
    from mig_idg.charter.citations import cited
    from mig_idg.registry.case_kinds import KINDS

    rows = [
        {
            "kind": kind.word,
            "label": kind.label.in_(lang()),
            "article": cited(kind.article).in_(lang()),
            "states": " → ".join(kind.moves) if not as_json else {state: list(to) for state, to in kind.moves.items()},
            "fields": [f"{one.name}{'' if one.required else '?'}" for one in kind.fields],
        }
        for kind in KINDS.values()
    ]
    heads = {
        "kind": t("genre", "kind"),
        "label": t("c'est-à-dire", "that is"),
        "article": "article",
        "states": t("états", "states"),
        "fields": t("rubriques", "fields"),
    }
    show_table(rows, heads, as_json)
    return 0


def _field(word: str) -> tuple[str, str]:
    name, equal, value = word.partition("=")
    if not equal or not name.strip():
        raise InvalidParameter(
            "--set",
            Text(f"« {word} » n'est pas RUBRIQUE=VALEUR.", f"“{word}” is not FIELD=VALUE."),
        )
    return name.strip(), value.strip()
