"""`mig-idg committee join|leave|facilitate|groups`: working groups, day by day (004 §2.4.2, §2.4.3)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli.acts import JSON, ON, UNTIL, act, reading, show_table
from mig_idg.cli.messages import t

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

COLLECTION = click.argument("collection")
WHO = click.argument("who", metavar=t("ORGANISME", "BODY"))


@click.command(help=t("Un organisme rejoint un groupe de travail, ou y est invité.", "A body joins a working group."))
@COLLECTION
@WHO
@click.option("--guest", is_flag=True, help=t("invité pour un temps (--until)", "invited for a while (--until)"))
@UNTIL
@act
def join(conn: Conn, record: Record, collection: str, who: str, guest: bool, until: date | None) -> Done:
    """A partner, or an applicant of Annex 1; anybody else as a guest, with an end."""
    from mig_idg.registry import groups
    from mig_idg.registry.organisations import resolve

    return groups.join(conn, collection, resolve(conn, who), record, guest=guest, until=until)


@click.command(help=t("Un organisme quitte un groupe de travail.", "A body leaves a working group."))
@COLLECTION
@WHO
@act
def leave(conn: Conn, record: Record, collection: str, who: str) -> Done:
    """From the day of --on."""
    from mig_idg.registry import groups
    from mig_idg.registry.organisations import resolve

    return groups.leave(conn, collection, resolve(conn, who), record)


@click.command(help=t("Le comité technique désigne l'animateur d'un groupe.", "Names the facilitator of a group."))
@COLLECTION
@WHO
@click.option("--present", multiple=True, required=True, help=t("un organisme présent", "a body present"))
@click.option("--against", multiple=True, help=t("un présent qui s'oppose", "one present who opposes"))
@act
def facilitate(
    conn: Conn, record: Record, collection: str, who: str, present: tuple[str, ...], against: tuple[str, ...]
) -> Done:
    """Among the partners that take part; whoever led before no longer does."""
    from mig_idg.registry import groups
    from mig_idg.registry.committees import Sitting
    from mig_idg.registry.organisations import resolve

    sitting = Sitting("technical", [resolve(conn, body) for body in present], record.evidence.reference)
    opposed = [resolve(conn, body) for body in against]
    return groups.facilitate(conn, collection, resolve(conn, who), sitting, record, against=opposed)


@click.command(name="groups", help=t("Les membres des groupes de travail, à une date.", "Who is in each group."))
@ON
@JSON
def list_(on: date, as_json: bool) -> int:
    """As they stand on the day."""
    from mig_idg.registry import groups

    with reading() as conn:
        rows = groups.listing(conn, on)
    heads = {
        "dataset": "collection",
        "organisation": t("organisme", "body"),
        "facilitator": t("animateur", "facilitator"),
        "guest": t("invité", "guest"),
        "since": t("depuis", "since"),
        "until": t("jusqu'au", "until"),
    }
    show_table(rows, heads, as_json)
    return 0
