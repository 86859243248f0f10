"""`mig-idg delegate …`: a partner lets its contractor act for it (004 §2.4.2, §3.5.2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import DAY, JSON, ON, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

NUMBER = click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)


@click.group(name="delegate", help=t("Délégations aux prestataires.", "Delegations to contractors."))
def command() -> None:
    """Group of the verbs on delegations."""


@command.command(help=t("Un partenaire délègue à son prestataire.", "A partner delegates to its contractor."))
@click.argument("delegator", metavar=t("PARTENAIRE", "PARTNER"))
@click.argument("contractor", metavar=t("PRESTATAIRE", "CONTRACTOR"))
@click.option("--contract", required=True, help=t("référence du marché", "reference of the contract"))
@click.option("--until", type=DAY, required=True, help=t("fin du marché, exclue", "end of the contract, excluded"))
@click.option("--collection", "scope", multiple=True, help=t("limitée à ces collections", "limited to these"))
@act
def add(
    conn: Conn,
    record: Record,
    delegator: str,
    contractor: str,
    contract: str,
    until: date,
    scope: tuple[str, ...],
) -> Done:
    """Never more than the partner's own rights, never past the contract."""
    from mig_idg.registry import delegations
    from mig_idg.registry.organisations import resolve

    giver, taker = resolve(conn, delegator), resolve(conn, contractor)
    return delegations.add(conn, giver, taker, contract, until, record, scope=scope or None)


@command.command(help=t("Le prestataire accepte les conditions.", "The contractor accepts the conditions."))
@NUMBER
@act
def acknowledge(conn: Conn, record: Record, number: int) -> Done:
    """It may act from that day."""
    from mig_idg.registry import delegations

    return delegations.acknowledge(conn, number, record)


@command.command(help=t("Met fin à une délégation.", "Ends a delegation."))
@NUMBER
@act
def end(conn: Conn, record: Record, number: int) -> Done:
    """The contractor deletes what it had."""
    from mig_idg.registry import delegations

    return delegations.end(conn, number, record)


@command.command(name="list", help=t("Les délégations en cours.", "Delegations under way."))
@ON
@JSON
def list_(on: date, as_json: bool) -> int:
    """As they stand on the day."""
    from mig_idg.registry import delegations

    with reading() as conn:
        rows = delegations.listing(conn, on)
    heads = {
        "delegation": t("numéro", "number"),
        "delegator": t("partenaire", "partner"),
        "contractor": t("prestataire", "contractor"),
        "contract": t("marché", "contract"),
        "acknowledged": t("acceptée", "accepted"),
        "since": t("depuis", "since"),
        "until": t("jusqu'au", "until"),
    }
    show_table(rows, heads, as_json)
    return 0
