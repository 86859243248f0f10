"""`mig-idg open check|answer|list|body|validate|board`: open data by the rules (000 art. 5, 002, CRPA)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli import open_board_
from mig_idg.cli.acts import JSON, act, reading, show_table
from mig_idg.cli.messages import lang, say, say_json, t
from mig_idg.errors import Text, UnknownWord

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

CHECKS = ("personal_data", "secrets", "intellectual_property", "internal_security")
STATES = {
    "done": Text("lignes lues", "rows read"),
    "stale": Text("les lignes ont changé depuis la lecture", "the rows changed since they were read"),
    "none": Text("lignes jamais lues", "rows never read"),
    "no_table": Text("pas de table à lire", "no table to read"),
}


@click.group(
    name="open",
    help=t(
        "Données ouvertes : contrôles avant l'ouverture à tous, obligation légale, tableau de bord par organisme.",
        "Open data: checks before opening to all, the legal duty, the board of each body.",
    ),
)
def command() -> None:
    """The group."""


@command.command(
    help=t(
        "Lit les lignes d'une collection : ce qui désigne une personne, ligne et colonne ; ce qui reste à répondre. "
        "Code 1 s'il en reste.",
        "Reads the rows of a collection: what tells a person, line and column; what is left to answer. Exit 1 when "
        "something is.",
    )
)
@click.argument("collection")
@JSON
def check(collection: str, as_json: bool) -> int:
    """Scan, then say where it stands."""
    from mig_idg.publication.open_gate import read
    from mig_idg.registry import datasets, openings, publications

    with reading() as conn:
        entries = publications.latest(conn).collections
        if collection not in entries:
            raise UnknownWord(datasets.DATASET, collection, entries)
        read(conn, collection, entries[collection], anew=True)
        told = openings.standing(conn, collection)
    if as_json:
        say_json(told)
    else:
        _tell(told)
    return 0 if told["ready"] else 1


def _tell(told: dict[str, Any]) -> None:
    from mig_idg.registry.openings import QUESTIONS
    from mig_idg.standards.personal_data import DETECTORS

    scan = told["scan"]
    rows = f" ({scan['rows']})" if scan["rows"] is not None else ""
    say(f"{told['dataset']} : {STATES[scan['state']].in_(lang())}{rows}.")
    for one in told["questions"]:
        known = QUESTIONS[one["question"]]
        say(f"  {one['question']} · {known.title.in_(lang())} : {_answered(one)} [{known.article}]")
        if one["verdict"] is None:
            say(f"      {known.asks.in_(lang())}")
    for one in told["findings"]:
        lines = ", ".join(f"{place['line']} ({place['id']})" for place in one["places"])
        title = DETECTORS[one["detector"]].title.in_(lang())
        state = _answered(one) if one["needs_answer"] else t("signalé", "told")
        say(Text(f"  {one['detector']} · {title}, colonne {one['column']} : {one['count']} ; {state}",
                 f"  {one['detector']} · {title}, column {one['column']}: {one['count']}; {state}"))  # fmt: skip
        say(Text(f"      lignes {lines} ; {one['masked']}", f"      lines {lines}; {one['masked']}"))
    say(Text("Peut s'ouvrir à tous.", "May open to everybody.") if told["ready"]
        else Text(f"Reste à répondre : « mig-idg open answer {told['dataset']} --check … --reason … ».",
                  f"Left to answer: “mig-idg open answer {told['dataset']} --check … --reason …”."))  # fmt: skip


def _answered(one: dict[str, Any]) -> str:
    from mig_idg.registry.openings import VERDICTS

    if one["verdict"] is None:
        return t("sans réponse", "unanswered")
    return f"{VERDICTS[one['verdict']].in_(lang())}, {one['answered_on']}, {one['author']} : {one['reason']}"


@command.command(
    help=t(
        "Répond à un contrôle, ou à ce qu'un détecteur a trouvé dans une colonne, pour la source d'aujourd'hui.",
        "Answers a check, or what a detector found in a column, for the source of today.",
    )
)
@click.argument("collection")
@click.option("--by", required=True, help=t("l'organisme qui répond", "the body that answers"))
@click.option("--check", "question", required=True, type=click.Choice(CHECKS), help=t("le contrôle", "the check"))
@click.option("--reason", required=True, help=t("pourquoi", "why"))
@click.option("--barred", is_flag=True, help=t("s'oppose à l'ouverture", "bars the opening"))
@click.option("--detector", help=t("ce qu'un détecteur a trouvé", "what a detector found"))
@click.option("--column", help=t("dans cette colonne", "in that column"))
@act
def answer(
    conn: Conn,
    record: Record,
    collection: str,
    by: str,
    question: str,
    reason: str,
    barred: bool,
    detector: str | None,
    column: str | None,
) -> Done:
    """The evidence is the note of who looked: the data protection officer, the legal service…"""
    from mig_idg.registry import openings
    from mig_idg.registry.organisations import resolve

    said = openings.Answer(question, reason, "barred" if barred else "clear", detector, column)
    return openings.answer(conn, collection, resolve(conn, by), said, record)


@command.command(
    name="list",
    help=t("Toutes les collections : ouvertes ou non, contrôlées ou non.", "All collections: open or not, checked."),
)
@JSON
def listing(as_json: bool) -> int:
    """One line for each published collection."""
    from mig_idg.registry import openings, publications

    with reading() as conn:
        told = [openings.standing(conn, name) for name in publications.latest(conn).collections]
    rows = [
        {
            "dataset": one["dataset"],
            "licence": one["licence"],
            "scan": one["scan"]["state"],
            "unanswered": sum(q["verdict"] is None for q in one["questions"]),
            "findings": sum(f["needs_answer"] and f["verdict"] is None for f in one["findings"]),
            "ready": one["ready"],
        }
        for one in told
    ]
    heads = {
        "dataset": "collection",
        "licence": t("licence", "licence"),
        "scan": t("lecture", "reading"),
        "unanswered": t("contrôles sans réponse", "unanswered checks"),
        "findings": t("trouvailles sans réponse", "unanswered findings"),
        "ready": t("peut s'ouvrir", "may open"),
    }
    show_table(rows, heads, as_json)
    return 0


for _verb in (open_board_.body, open_board_.validate, open_board_.board):
    command.add_command(_verb)
