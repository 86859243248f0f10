"""`mig-idg transfer …`: data handed to third parties, with the conditions of reuse (004 §3.5.2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, UNTIL, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record


@click.group(
    name="transfer", help=t("Mises à disposition de tiers (Charte MIG, § 3.5.2).", "Transfers to third parties.")
)
def command() -> None:
    """Group of the verbs on transfers."""


@command.command(help=t("Remet une collection à un tiers informé.", "Hands a collection to an informed third party."))
@click.argument("giver", metavar=t("QUI-REMET", "GIVER"))
@click.argument("recipient", metavar=t("TIERS", "THIRD-PARTY"))
@click.argument("collection")
@click.option("--notice", required=True, help=t("le texte remis au tiers", "the notice given to the third party"))
@click.option("--version", help=t("version remise", "version handed over"))
@UNTIL
@act
def record(
    conn: Conn,
    record: Record,
    giver: str,
    recipient: str,
    collection: str,
    notice: str,
    version: str | None,
    until: date | None,
) -> Done:
    """It may read once it has acknowledged the conditions of reuse."""
    from mig_idg.registry import transfers
    from mig_idg.registry.organisations import resolve

    parties = resolve(conn, giver), resolve(conn, recipient)
    return transfers.hand_over(conn, *parties, collection, notice, record, version=version, until=until)


@command.command(help=t("Le tiers prend acte des conditions.", "The third party acknowledges the conditions."))
@click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)
@act
def acknowledge(conn: Conn, record: Record, number: int) -> Done:
    """It may read from that day."""
    from mig_idg.registry import transfers

    return transfers.acknowledge(conn, number, record)


@command.command(name="list", help=t("Les mises à disposition en cours.", "Transfers under way."))
@ON
@JSON
def list_(on: date, as_json: bool) -> int:
    """As they stand on the day."""
    from mig_idg.registry import transfers

    with reading() as conn:
        rows = transfers.listing(conn, on)
    heads = {
        "transfer": t("numéro", "number"),
        "giver": t("par", "by"),
        "recipient": t("tiers", "third party"),
        "dataset": "collection",
        "acknowledged": t("acceptée", "accepted"),
        "since": t("depuis", "since"),
        "until": t("jusqu'au", "until"),
    }
    show_table(rows, heads, as_json)
    return 0
