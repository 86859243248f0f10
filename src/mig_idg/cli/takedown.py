"""`mig-idg takedown …`: data withdrawn from the public, or from all (000 art. 7, 9.1)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, act, reading, show_table
from mig_idg.cli.messages import author, t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

NUMBER = click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)


@click.group(
    name="takedown",
    help=t(
        "Retraits de la diffusion (convention Tarn-et-Garonne, art. 7).",
        "Takedowns (Tarn-et-Garonne convention, art. 7).",
    ),
)
def command() -> None:
    """Group of the verbs on takedowns."""


@command.command(help=t("Enregistre une demande de retrait.", "Records a request to take down."))
@click.argument("collection")
@click.option("--scope", required=True, help=t("public ou all", "public or all"))
@click.option("--requester", required=True, help=t("qui demande", "who asks"))
@click.option("--channel", required=True, help=t("par quel moyen : courriel, courrier…", "by which means"))
@click.option("--reason", help=t("ce que dira la trace publique", "what the tombstone will say to everybody"))
@click.option("--at-once", is_flag=True, help=t("retire aussitôt, en un seul acte", "takes down at once, in one go"))
@act
def request(
    conn: Conn, record: Record, collection: str, scope: str, requester: str, channel: str, reason: str | None,
    at_once: bool,
) -> Done:  # fmt: skip
    """Received that day; `execute` withdraws, or `--at-once`."""
    from mig_idg.registry import takedowns

    if at_once:
        return takedowns.withdraw(conn, collection, scope, requester, channel, record, reason=reason)[1]
    return takedowns.request(conn, collection, scope, requester, channel, record, reason=reason)


@command.command(help=t("Exécute un retrait : la collection n'est plus servie.", "Executes a takedown."))
@NUMBER
@act
def execute(conn: Conn, record: Record, number: int) -> Done:
    """A tombstone says so."""
    from mig_idg.registry import takedowns

    return takedowns.execute(conn, number, record)


@command.command(help=t("Lève un retrait.", "Lifts a takedown."))
@NUMBER
@act
def lift(conn: Conn, record: Record, number: int) -> Done:
    """Served again from that day."""
    from mig_idg.registry import takedowns

    return takedowns.lift(conn, number, record)


@command.command(
    help=t("Ce que sont devenues les copies des moissonneurs connus.", "What became of the known harvesters' copies.")
)
@JSON
def copies(as_json: bool) -> int:
    """Told, still there, gone."""
    from mig_idg.registry import downstream

    with reading() as conn:
        rows = downstream.copies(conn)
    heads = {"takedown": t("retrait", "takedown"), "dataset": "collection",
             "downstream": t("moissonneur", "harvester"), "state": t("état", "state"),
             "checked": t("vérifié", "checked"), "reply": t("réponse", "reply")}  # fmt: skip
    show_table(rows, heads, as_json)
    return 0


@command.command(
    help=t(
        "Demande à chaque moissonneur connu si ce qui est retiré a disparu chez lui. Code 1 tant qu'il en reste.",
        "Asks each known harvester whether what was taken down is gone there. Exit 1 while some is left.",
    )
)
@JSON
def probe(as_json: bool) -> int:
    """One round; the worker makes one each day."""
    from datetime import UTC, datetime

    from mig_idg.cli.messages import registry_connection
    from mig_idg.harvest.downstream import probe as run

    rows = run(registry_connection, datetime.now(UTC))
    heads = {"takedown": t("retrait", "takedown"), "dataset": "collection", "downstream": t("moissonneur", "harvester"),
             "state": t("état", "state"), "reply": t("réponse", "reply")}  # fmt: skip
    show_table(rows, heads, as_json)
    return 1 if any(row["state"] != "gone" for row in rows) else 0


@command.group(
    name="harvester",
    help=t("Qui moissonne ce catalogue : prévenu des retraits.", "Who harvests this catalogue: told of takedowns."),
)
def harvester() -> None:
    """Group of the verbs on known harvesters."""


@harvester.command(help=t("Entre un moissonneur, ou change ce qu'on en sait.", "Enters a harvester, or changes it."))
@click.argument("name", metavar=t("NOM", "NAME"))
@click.option("--title", required=True, help=t("son nom complet", "its whole name"))
@click.option("--email", help=t("à qui écrire", "whom to write to"))
@click.option("--page", help=t("l'adresse d'une fiche chez lui, avec {id}", "a record's address there, with {id}"))
@click.option("--author", default=author, help=t("qui le dit", "who says so"))
def add(name: str, title: str, email: str | None, page: str | None, author: str) -> int:
    """Its withdrawals to come are told to it."""
    from mig_idg.cli.messages import registry_connection, say
    from mig_idg.errors import Text
    from mig_idg.registry import downstream

    with registry_connection() as conn:
        downstream.declare(conn, name, title, email, page, author)
    say(Text(f"« {name} » sera prévenu des retraits.", f"“{name}” will be told of takedowns."))
    return 0


@harvester.command(help=t("Il ne moissonne plus.", "It harvests no more."))
@click.argument("name", metavar=t("NOM", "NAME"))
def end(name: str) -> int:
    """What it was told stays known."""
    from datetime import UTC, datetime

    from mig_idg.cli.messages import registry_connection
    from mig_idg.registry import downstream

    with registry_connection() as conn:
        downstream.end(conn, name, datetime.now(UTC))
    return 0


@harvester.command(name="list", help=t("Les moissonneurs connus.", "The known harvesters."))
@JSON
def list_harvesters(as_json: bool) -> int:
    """With how many copies are awaited."""
    from mig_idg.registry import downstream

    with reading() as conn:
        rows = downstream.listing(conn)
    heads = {"name": t("nom", "name"), "title": t("titre", "title"), "email": t("courriel", "e-mail"),
             "page": "page", "awaited": t("copies attendues", "copies awaited")}  # fmt: skip
    show_table(rows, heads, as_json)
    return 0


@command.command(name="list", help=t("Les retraits en cours.", "Takedowns under way."))
@ON
@JSON
def list_(on: date, as_json: bool) -> int:
    """As they stand on the day."""
    from mig_idg.registry import takedowns

    with reading() as conn:
        rows = takedowns.listing(conn, on)
    heads = {
        "takedown": t("numéro", "number"),
        "dataset": "collection",
        "scope": t("portée", "scope"),
        "state": t("état", "state"),
        "requester": t("demandeur", "requester"),
        "since": t("depuis", "since"),
    }
    show_table(rows, heads, as_json)
    return 0
