"""`mig-idg committee amend`, `partner accept`, `partner versions`: changes of the charter, by partner (004 §2.6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, KNOWN_AT, ON, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

VERSION = click.argument("version", metavar="VERSION")


@click.command(
    help=t(
        "Enregistre une modification de la charte, approuvée par le comité de pilotage (Charte MIG, § 2.6).",
        "Records a change of the charter that the steering committee approved (MIG charter, § 2.6).",
    )
)
@VERSION
@click.option("--title", required=True, help=t("ce qu'elle modifie", "what it changes"))
@act
def amend(conn: Conn, record: Record, version: str, title: str) -> Done:
    """After `committee record`: the technical committee's opinion, then the steering committee's decision."""
    from mig_idg.registry import versions

    return versions.amend(conn, version, title, record)


@click.command(
    help=t(
        "Un partenaire approuve une modification de la charte selon ses propres règles (Charte MIG, § 2.6).",
        "A partner approves a change of the charter under its own rules (MIG charter, § 2.6).",
    )
)
@click.argument("who", metavar=t("ORGANISME", "BODY"))
@VERSION
@act
def accept(conn: Conn, record: Record, who: str, version: str) -> Done:
    """The change binds it from the day of --on; meanwhile what it accepted before does."""
    from mig_idg.registry import versions
    from mig_idg.registry.organisations import resolve

    return versions.accept(conn, resolve(conn, who), version, record)


@click.command(
    name="versions",
    help=t(
        "La charte et ses modifications : qui est engagé, qui est attendu.", "The charter's versions: whom each binds."
    ),
)
@ON
@KNOWN_AT
@JSON
def list_(on: date, known_at: datetime | None, as_json: bool) -> int:
    """As they stand on the day."""
    from mig_idg.registry import versions
    from mig_idg.registry.organisations import everyone

    with reading() as conn:
        rows = versions.listing(conn, on, known_at)
        names = {body.id: body.name for body in everyone(conn).values()}
    if not as_json:
        named = ("binds", "awaited")
        rows = [{**row, **{key: [names.get(id, id) for id in row[key]] for key in named}} for row in rows]
    heads = {
        "version": "version",
        "title": t("titre", "title"),
        "since": t("depuis", "since"),
        "binds": t("engage", "binds"),
        "awaited": t("approbations attendues", "approvals awaited"),
    }
    show_table(rows, heads, as_json)
    return 0
