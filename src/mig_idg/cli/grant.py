"""`mig-idg grant …`: requests to an owner, and its answers, for data opened on agreement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, UNTIL, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record


ACTIONS = click.option(
    "--action",
    "actions",
    multiple=True,
    help=t("view, query… (défaut : toutes celles des modalités)", "view, query… (default: all those of the terms)"),
)


@click.group(name="grant", help=t("Demandes d'accès et accords du propriétaire.", "Requests and agreements."))
def command() -> None:
    """Group of the verbs on agreements."""


@command.command(help=t("Demande l'accord du propriétaire.", "Asks the owner for its agreement."))
@click.argument("collection")
@click.option("--who", required=True, help=t("qui demande", "who asks"))
@click.option("--purpose", required=True, help=t("pour quel usage", "what for"))
@ACTIONS
@act
def ask(conn: Conn, record: Record, collection: str, who: str, purpose: str, actions: tuple[str, ...]) -> Done:
    """A request opens nothing by itself."""
    from mig_idg.registry import agreements
    from mig_idg.registry.organisations import resolve

    return agreements.request(conn, collection, resolve(conn, who), purpose, record, actions=actions)


@command.command(name="answer", help=t("Le propriétaire accorde ou refuse.", "The owner grants or refuses."))
@click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)
@click.option("--yes/--no", "granted", required=True, help=t("accorde ou refuse", "grants or refuses"))
@click.option("--by", help=t("au nom de (défaut : le propriétaire)", "on behalf of (default: the owner)"))
@click.option("--reasons", help=t("motifs d'un refus", "reasons of a refusal"))
@ACTIONS
@UNTIL
@act
def response(
    conn: Conn,
    record: Record,
    number: int,
    granted: bool,
    by: str | None,
    reasons: str | None,
    actions: tuple[str, ...],
    until: date | None,
) -> Done:
    """A refusal has reasons; an agreement may have an end."""
    from mig_idg.registry import agreements
    from mig_idg.registry.organisations import resolve

    body = resolve(conn, by) if by else None
    return agreements.response(conn, number, granted, record, by=body, reasons=reasons, until=until, actions=actions)


@command.command(name="list", help=t("Les demandes et leurs réponses.", "Requests and their answers."))
@ON
@JSON
def list_(on: date, as_json: bool) -> int:
    """As they stand on the day."""
    from mig_idg.registry import agreements

    with reading() as conn:
        rows = agreements.listing(conn, on)
    heads = {
        "request": t("numéro", "number"),
        "dataset": "collection",
        "requester": t("demandeur", "requester"),
        "purpose": t("usage", "purpose"),
        "actions": t("actions", "actions"),
        "state": t("état", "state"),
        "answered_by": t("répondu par", "answered by"),
        "until": t("jusqu'au", "until"),
    }
    show_table(rows, heads, as_json)
    return 0
