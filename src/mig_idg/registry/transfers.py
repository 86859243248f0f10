"""Third parties: who was handed which data, with which conditions of reuse, and that they were told (004 §3.5.2)."""

from __future__ import annotations

import hashlib
from datetime import date

from mig_idg import charter
from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, InvalidParameter, Text
from mig_idg.registry import datasets, facts, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask
from mig_idg.registry.wording import of

ARTICLE = "Charte MIG, § 3.5.2"


@act
def hand_over(
    conn: Conn,
    giver: str,
    recipient: str,
    dataset: str,
    notice: str,
    record: Record,
    *,
    version: str | None = None,
    until: date | None = None,
) -> Done:
    """Record that a dataset is handed to a third party with a notice of its conditions of reuse.

    Refused to a giver whom the charter does not let redistribute, and for a recipient that is no third party.
    """
    datasets.kind_of(conn, dataset)
    if not notice.strip():
        raise InvalidParameter(
            "notice",
            Text(
                "Le tiers est informé des conditions de réutilisation : le texte de l'information est attendu.",
                "The third party is told the conditions of reuse: the text of the notice is expected.",
            ),
        )
    world = facts.load(conn, record.on)
    _require_third_party(conn, world, recipient, record.on)
    request = charter.AccessRequest(giver, frozenset(), "redistribute", dataset, record.on)
    decision = charter.decide(request, world)
    if not decision.permitted:
        raise refused(decision.article, decision.reason, remedy=decision.remedy, rule=decision.rule)
    words = Text(
        f"{name_of(conn, giver)} met « {dataset} » à disposition {of(name_of(conn, recipient))}, "
        "informé des conditions de réutilisation ; il reste à en prendre acte.",
        f"{name_of(conn, giver)} hands “{dataset}” to {name_of(conn, recipient)}, "
        "told of the conditions of reuse; its acknowledgement is awaited.",
    )
    number = open_act(conn, record, verb="transfer record", article=ARTICLE, words=words)
    said = {
        "giver": giver,
        "recipient": recipient,
        "dataset": dataset,
        "version": version,
        "notice_sha256": hashlib.sha256(notice.encode()).hexdigest(),
        "acknowledged": False,
        "valid": history.span(record.on, until),
    }
    row = history.insert(conn, number, "third_party_transfer", said)
    (told,) = history.known(conn, "third_party_transfer", {"id": row})
    return Done(number, "transfer record", ARTICLE, words, {"transfer": told["number"], "dataset": dataset})


@act
def acknowledge(conn: Conn, transfer: int, record: Record) -> Done:
    """The third party acknowledges the notice: it may read from that day."""
    rows = history.known(conn, "third_party_transfer", {"number": transfer}, record.on)
    if not rows:
        raise Conflict(
            Text(
                f"Aucune mise à disposition n° {transfer} ne vaut le {day(record.on).fr}.",
                f"No transfer {transfer} holds on {day(record.on).en}.",
            ),
            remedy=Text("Voyez « transfer list ».", "See “transfer list”."),
        )
    row = rows[0]
    words = Text(
        f"{name_of(conn, row['recipient'])} prend acte des conditions de réutilisation de « {row['dataset']} ».",
        f"{name_of(conn, row['recipient'])} acknowledges the conditions of reuse of “{row['dataset']}”.",
    )
    number = open_act(conn, record, verb="transfer acknowledge", article=ARTICLE, words=words)
    kept = {name: row[name] for name in ("giver", "recipient", "dataset", "version", "notice_sha256")}
    said = {**kept, "acknowledged": True, "acknowledged_on": record.on}
    days = history.span(record.on, row["valid"].upper)
    history.put(conn, number, "third_party_transfer", {"number": transfer}, said, days)
    return Done(number, "transfer acknowledge", ARTICLE, words, {"transfer": transfer})


def listing(conn: Conn, on: date) -> list[Row]:
    """The transfers that stand on the day."""
    return ask(conn, "transfers", {"on": on})


def _require_third_party(conn: Conn, world: charter.Facts, recipient: str, on: date) -> None:
    """Partners, and communes of an EPT that is itself a partner, are not third parties."""
    name = name_of(conn, recipient)
    if world.in_force(on) and world.member(recipient, on):
        raise refused(
            ARTICLE,
            Text(
                f"{name} est partenaire, et non un tiers : les modalités et la validation suffisent.",
                f"{name} is a partner, not a third party: terms and validation are enough.",
            ),
        )
    epts = (link.ept for link in world.ept_communes if link.commune == recipient and link.span.covers(on))
    if any(world.member(ept, on) for ept in epts):
        raise refused(
            ARTICLE,
            Text(
                f"{name} est une commune membre d'un EPT partenaire, et non un tiers : l'EPT la sert.",
                f"{name} is a member commune of a partner EPT, not a third party: its EPT serves it.",
            ),
            remedy=Text("Voyez « ept sub-distribute ».", "See “ept sub-distribute”."),
        )
