"""`mig-idg open body|validate|board`: the legal duty, and the six sets of each body (Haute-Garonne offer)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, act, reading, show_table
from mig_idg.cli.messages import lang, say, settings, t
from mig_idg.errors import Text, UnknownWord

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record


@click.command(
    help=t(
        "Les habitants et les agents d'un organisme, dont se déduit l'obligation de publier (plus de 3 500 et de 50).",
        "The inhabitants and agents of a body, from which its duty to publish follows (more than 3,500 and 50).",
    )
)
@click.argument("organisation", metavar=t("ORGANISME", "BODY"))
@click.option("--inhabitants", type=click.IntRange(min=0), help=t("habitants", "inhabitants"))
@click.option("--agents", type=click.IntRange(min=0), help=t("agents", "agents"))
@click.option("--siret", help=t("le SIRET que portent ses fichiers SCDL", "the SIRET that its SCDL files bear"))
@act
def body(
    conn: Conn, record: Record, organisation: str, inhabitants: int | None, agents: int | None, siret: str | None
) -> Done:
    """The evidence is the legal population, the social report."""
    from mig_idg.registry import open_board
    from mig_idg.registry.organisations import resolve

    return open_board.describe(
        conn, resolve(conn, organisation), open_board.Figures(inhabitants, agents, siret), record
    )


@click.command(
    help=t(
        "Contrôle les jeux du Socle Commun publiés (tous, ou ceux nommés) par le validateur de leur standard. "
        "Code 1 si l'un n'est pas valide.",
        "Checks the published sets of the Socle Commun (all, or those named) by the validator of their standard. "
        "Exit 1 when one is not valid.",
    )
)
@click.argument("collections", metavar="[COLLECTION]…", nargs=-1)
@ON
@JSON
def validate(collections: tuple[str, ...], on: date, as_json: bool) -> int:
    """What is not one of the six sets is left."""
    from mig_idg.publication.open_sets import validate as run
    from mig_idg.registry import datasets, open_board, publications, standard_versions
    from mig_idg.validators.library import Library

    library, rows = Library(settings().standards_folder), []
    with reading() as conn:
        entries = publications.latest(conn).collections
        followed = standard_versions.followed(conn, on)
        for name in collections or entries:
            if name not in entries:
                raise UnknownWord(datasets.DATASET, name, entries)
            word = open_board.set_of(entries[name], followed.get(name, {}))
            verdict = run(conn, name, entries[name], open_board.SETS[word][0], library, on) if word else None
            if word is not None and verdict is not None:
                rows.append({"dataset": name, "set": word, "standard": verdict.standard, "version": verdict.version,
                             "valid": bool(verdict.valid), "errors": verdict.at("error"),
                             "warnings": verdict.at("warning")})  # fmt: skip
    heads = {"dataset": "collection", "set": t("jeu", "set"), "standard": "standard", "version": "version",
             "valid": t("valide", "valid"), "errors": t("erreurs", "errors"),
             "warnings": t("alertes", "warnings")}  # fmt: skip
    show_table(rows, heads, as_json)
    return 0 if all(row["valid"] for row in rows) else 1


@click.command(
    help=t(
        "Le tableau par organisme : obligation légale, six jeux du Socle Commun, ouverts, valides, à jour.",
        "The board of each body: legal duty, six sets of the Socle Commun, open, valid, up to date.",
    )
)
@click.option("--csv", "table", type=click.Path(path_type=Path), help=t("écrit un fichier CSV", "writes a CSV file"))
@ON
@JSON
def board(table: Path | None, on: date, as_json: bool) -> int:
    """One line for each partner; the file has one for each set."""
    from mig_idg.registry import open_board

    with reading() as conn:
        found = open_board.board(conn, on)
    if table is not None:
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(open_board.lines(found))
        say(Text(f"{len(found)} organismes écrits dans {table}.", f"{len(found)} bodies written to {table}."))
        return 0
    rows = [
        {
            "organisation": one.organisation,
            "name": one.name,
            "inhabitants": one.inhabitants,
            "agents": one.agents,
            "duty": one.duty if as_json else open_board.DUTIES[one.duty].in_(lang()),
            "done": one.done(),
            **{word: [made.as_json() for made in ones] if as_json else ", ".join(made.dataset for made in ones)
               for word, ones in one.sets.items()},
            "beyond": list(one.beyond),
        }
        for one in found
    ]  # fmt: skip
    heads = {"name": t("organisme", "body"), "inhabitants": t("habitants", "inhabitants"), "agents": "agents",
             "duty": t("obligation", "duty"), "done": t("jeux en règle", "sets in order"),
             **{word: title.in_(lang()) for word, (_, title) in open_board.SETS.items()},
             "beyond": t("au-delà", "beyond")}  # fmt: skip
    show_table(rows, heads, as_json)
    return 0
