"""`mig-idg takedown …`: data withdrawn from the public, or from all (000 art. 7, 9.1)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, act, reading, show_table
from mig_idg.cli.messages import t

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
