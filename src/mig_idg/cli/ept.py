"""`mig-idg ept …`: EPT, their member communes, and what they make available to them (004 §3.6)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, UNTIL, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

EPT = click.argument("ept", metavar="EPT")
COMMUNE = click.argument("commune", metavar="COMMUNE")


@click.group(
    name="ept",
    help=t("EPT et communes membres (Charte MIG, § 3.6).", "EPTs and their communes (MIG charter, § 3.6)."),
)
def command() -> None:
    """Group of the verbs on EPT."""


@command.command(name="add-commune", help=t("La commune devient membre de l'EPT.", "The commune joins the EPT."))
@EPT
@COMMUNE
@UNTIL
@act
def add_commune(conn: Conn, record: Record, ept: str, commune: str, until: date | None) -> Done:
    """A dated fact of the territory, inside the département or not."""
    from mig_idg.registry import ept as acts
    from mig_idg.registry.organisations import resolve

    return acts.add_commune(conn, resolve(conn, ept), resolve(conn, commune), record, until=until)


@command.command(name="remove-commune", help=t("La commune quitte l'EPT.", "The commune leaves the EPT."))
@EPT
@COMMUNE
@act
def remove_commune(conn: Conn, record: Record, ept: str, commune: str) -> Done:
    """What the EPT made available to it ends the same day."""
    from mig_idg.registry import ept as acts
    from mig_idg.registry.organisations import resolve

    return acts.remove_commune(conn, resolve(conn, ept), resolve(conn, commune), record)


@command.command(
    name="sub-distribute",
    help=t("L'EPT met les données coproduites à disposition d'une commune.", "The EPT serves a commune."),
)
@EPT
@COMMUNE
@click.option("--collection", "scope", multiple=True, help=t("limité à ces collections", "limited to these"))
@click.option("--own-territory", is_flag=True, help=t("ses seules lignes", "its own rows only"))
@UNTIL
@act
def sub_distribute(
    conn: Conn,
    record: Record,
    ept: str,
    commune: str,
    scope: tuple[str, ...],
    own_territory: bool,
    until: date | None,
) -> Done:
    """An act, since it engages the EPT's responsibility; it serves once the commune accepts."""
    from mig_idg.registry import ept as acts
    from mig_idg.registry.organisations import resolve

    return acts.sub_distribute(
        conn,
        resolve(conn, ept),
        resolve(conn, commune),
        record,
        scope=scope or None,
        own_territory=own_territory,
        until=until,
    )


@command.command(help=t("La commune accepte les conditions.", "The commune accepts the conditions."))
@EPT
@COMMUNE
@act
def acknowledge(conn: Conn, record: Record, ept: str, commune: str) -> Done:
    """The EPT's act serves the commune from that day."""
    from mig_idg.registry import ept as acts
    from mig_idg.registry.organisations import resolve

    return acts.acknowledge(conn, resolve(conn, ept), resolve(conn, commune), record)


@command.command(help=t("L'EPT suspend une commune.", "The EPT suspends a commune."))
@EPT
@COMMUNE
@click.option("--reasons", required=True, help=t("motifs", "reasons"))
@act
def suspend(conn: Conn, record: Record, ept: str, commune: str, reasons: str) -> Done:
    """It answers for its communes' use."""
    from mig_idg.registry import ept as acts
    from mig_idg.registry.organisations import resolve

    return acts.suspend(conn, resolve(conn, ept), resolve(conn, commune), record, reasons=reasons)


@command.command(help=t("L'EPT sert de nouveau une commune suspendue.", "The EPT serves a commune again."))
@EPT
@COMMUNE
@act
def resume(conn: Conn, record: Record, ept: str, commune: str) -> Done:
    """The commune's acceptance stands."""
    from mig_idg.registry import ept as acts
    from mig_idg.registry.organisations import resolve

    return acts.resume(conn, resolve(conn, ept), resolve(conn, commune), record)


@command.command(help=t("Fin de la mise à disposition.", "The EPT's act ends."))
@EPT
@COMMUNE
@act
def end(conn: Conn, record: Record, ept: str, commune: str) -> Done:
    """What the commune had, it had."""
    from mig_idg.registry import ept as acts
    from mig_idg.registry.organisations import resolve

    return acts.end(conn, resolve(conn, ept), resolve(conn, commune), record)


@command.command(name="list", help=t("Les communes de chaque EPT, à une date.", "Each EPT's communes, on a day."))
@ON
@JSON
def list_(on: date, as_json: bool) -> int:
    """And where each stands with its EPT's act."""
    from mig_idg.registry import ept as acts

    with reading() as conn:
        rows = acts.listing(conn, on)
    heads = {
        "ept": "EPT",
        "commune": "commune",
        "state": t("mise à disposition", "served"),
        "datasets": "collections",
        "until": t("jusqu'au", "until"),
    }
    show_table(rows, heads, as_json)
    return 0
