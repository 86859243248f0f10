"""Working groups: who takes part, who is invited for a while, who leads (004 §2.4.2, §2.4.3).

A collection's declaration says who starts; these acts say what changes afterwards, day by day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, Text
from mig_idg.registry import committees, datasets, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.membership_status import membership_status
from mig_idg.registry.organisations import name_of, require_day
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

ARTICLE = "Charte MIG, § 2.4.3"
TAKING_PART = ("admissible", "pieces_pending", "adherent")
"""Partners, and applicants of Annex 1, who take part at once (004 §2.2.1)."""


@act
def join(
    conn: Conn, dataset: str, organisation: str, record: Record, *, guest: bool = False, until: date | None = None
) -> Done:
    """A body takes part in the group of a coproduction; any other one may be invited, until a day."""
    group = _group(conn, dataset, record.on)
    require_day(record.on, until)
    name = name_of(conn, organisation)
    if not guest and not _takes_part(conn, organisation, record.on):
        raise refused(
            ARTICLE,
            Text(
                f"{name} n'est ni partenaire ni candidat de l'Annexe 1 le {day(record.on).fr}.",
                f"{name} is neither a partner nor an applicant of Annex 1 on {day(record.on).en}.",
            ),
            remedy=Text(
                "Invitez-le pour un temps : --guest --until JOUR.", "Invite it for a while: --guest --until DAY."
            ),
        )
    if _member(conn, group, organisation, record.on):
        raise Conflict(
            Text(
                f"{name} participe déjà au groupe de « {dataset} ».", f"{name} is already in the group of “{dataset}”."
            )
        )
    how = Text("est invité dans le", "is invited to the") if guest else Text("rejoint le", "joins the")
    words = Text(
        f"{name} {how.fr} groupe de travail de « {dataset} ».", f"{name} {how.en} working group of “{dataset}”."
    )
    number = open_act(conn, record, verb="committee join", article=ARTICLE, words=words)
    key = {"working_group": group, "organisation": organisation}
    history.put(conn, number, "group_member", key, {"guest": guest}, history.span(record.on, until))
    details = {"dataset": dataset, "organisation": organisation, "guest": guest, "until": until}
    return Done(number, "committee join", ARTICLE, words, details)


@act
def leave(conn: Conn, dataset: str, organisation: str, record: Record) -> Done:
    """A body takes part no more, from the day of the record."""
    group = _group(conn, dataset, record.on)
    _require_member(conn, group, dataset, organisation, record.on)
    name = name_of(conn, organisation)
    words = Text(
        f"{name} quitte le groupe de travail de « {dataset} ».", f"{name} leaves the working group of “{dataset}”."
    )
    number = open_act(conn, record, verb="committee leave", article=ARTICLE, words=words)
    key = {"working_group": group, "organisation": organisation}
    history.end(conn, number, "group_member", key, history.span(record.on))
    return Done(number, "committee leave", ARTICLE, words, {"dataset": dataset, "organisation": organisation})


@act
def facilitate(
    conn: Conn,
    dataset: str,
    organisation: str,
    sitting: Sitting,
    record: Record,
    *,
    against: Collection[str] = (),
) -> Done:
    """The technical committee names, among the partners of the group, who leads it; one facilitator at a time."""
    group = _group(conn, dataset, record.on)
    now = _require_member(conn, group, dataset, organisation, record.on)
    name = name_of(conn, organisation)
    if now["guest"] or not _is_partner(conn, organisation, record.on):
        raise refused(
            "Charte MIG, § 2.4.2",
            Text(
                f"L'animateur est désigné parmi les partenaires ; {name} n'en est pas un.",
                f"The facilitator is named among the partners; {name} is not one.",
            ),
        )
    words = Text(
        f"{name} anime le groupe de travail de « {dataset} ».", f"{name} leads the working group of “{dataset}”."
    )
    number = open_act(conn, record, verb="committee facilitate", article="Charte MIG, § 2.4.2", words=words)
    item = Item("facilitator", dataset, f"Animation du groupe de « {dataset} » par {name}", against=against)
    (ruling,) = committees.rule(conn, number, sitting, [item], record)
    if not ruling.adopted:
        raise refused(
            "Charte MIG, § 2.4.2",
            Text(
                "La désignation n'est pas adoptée : un partenaire présent s'y oppose.",
                "It is not adopted: a partner present opposes it.",
            ),
        )
    for row in history.known(conn, "group_member", {"working_group": group}, record.on):
        leads = row["organisation"] == organisation
        if leads != row["facilitator"]:
            key = {"working_group": group, "organisation": row["organisation"]}
            said = {"guest": row["guest"], "facilitator": leads}
            history.put(conn, number, "group_member", key, said, history.span(record.on, row["valid"].upper))
    details = {"dataset": dataset, "organisation": organisation, "decision": ruling.decision}
    return Done(number, "committee facilitate", "Charte MIG, § 2.4.2", words, details)


def listing(conn: Conn, on: date) -> list[Row]:
    """Who takes part in each working group on the day."""
    return ask(conn, "group_members", {"on": on})


def _group(conn: Conn, dataset: str, on: date) -> str:
    """The group of a coproduction, or one that the technical committee constituted, by its own name."""
    if history.known(conn, "working_group_term", {"working_group": dataset}, on):
        return dataset
    datasets.require_coproduced(conn, dataset)
    (row,) = history.known(conn, "coproduction", {"dataset": dataset}, on)  # its declaration gave it one
    return str(row["working_group"])


def _member(conn: Conn, group: str, organisation: str, on: date) -> dict[str, Any] | None:
    rows = history.known(conn, "group_member", {"working_group": group, "organisation": organisation}, on)
    return rows[0] if rows else None


def _require_member(conn: Conn, group: str, dataset: str, organisation: str, on: date) -> dict[str, Any]:
    now = _member(conn, group, organisation, on)
    if now is None:
        name = name_of(conn, organisation)
        raise Conflict(
            Text(
                f"{name} ne participe pas au groupe de « {dataset} » le {day(on).fr}.",
                f"{name} is not in the group of “{dataset}” on {day(on).en}.",
            ),
            remedy=Text("Voyez « committee groups ».", "See “committee groups”."),
        )
    return now


def _takes_part(conn: Conn, organisation: str, on: date) -> bool:
    now = membership_status(conn, organisation, on)
    return now is not None and now["state"] in TAKING_PART


def _is_partner(conn: Conn, organisation: str, on: date) -> bool:
    now = membership_status(conn, organisation, on)
    return now is not None and now["state"] == "adherent"
