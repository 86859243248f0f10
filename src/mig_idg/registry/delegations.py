"""Delegations: a partner lets its contractor act for it, within its own rights (004 §2.4.2, §3.5.2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, Text
from mig_idg.registry import datasets, facts, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of, require_day
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

ARTICLE = "Charte MIG, § 2.4.2, § 3.5.2"


@act
def add(
    conn: Conn,
    delegator: str,
    contractor: str,
    contract: str,
    until: date,
    record: Record,
    *,
    scope: Collection[str] | None = None,
) -> Done:
    """A partner delegates to its contractor from the day of the record to the end of the contract (excluded)."""
    require_day(record.on, until)
    world = facts.load(conn, record.on)
    if not (world.in_force(record.on) and world.member(delegator, record.on)):
        raise refused(
            ARTICLE,
            Text(
                f"{name_of(conn, delegator)} n'est pas partenaire le {day(record.on).fr} : "
                "on ne délègue pas un droit que l'on n'a pas.",
                f"{name_of(conn, delegator)} is not a partner on {day(record.on).en}: "
                "a right one does not have is not delegated.",
            ),
        )
    if world.member(contractor, record.on):
        raise refused(
            ARTICLE,
            Text(
                f"{name_of(conn, contractor)} est partenaire et agit en son propre nom.",
                f"{name_of(conn, contractor)} is a partner and acts in its own name.",
            ),
        )
    for dataset in scope or ():
        datasets.kind_of(conn, dataset)
    words = Text(
        f"{name_of(conn, delegator)} délègue à {name_of(conn, contractor)} (marché {contract}) "
        f"jusqu'au {day(until).fr} exclu, sous sa responsabilité.",
        f"{name_of(conn, delegator)} delegates to {name_of(conn, contractor)} (contract {contract}) "
        f"until {day(until).en} excluded, under its responsibility.",
    )
    number = open_act(conn, record, verb="delegate add", article=ARTICLE, words=words)
    said = {"delegator": delegator, "contractor": contractor, "contract": contract, "acknowledged": False}
    wanted = None if scope is None else sorted(scope)
    days = history.span(record.on, until)
    row = history.insert(conn, number, "delegation", {**said, "datasets": wanted, "valid": days})
    (told,) = history.known(conn, "delegation", {"id": row})
    return Done(number, "delegate add", ARTICLE, words, {"delegation": told["number"], "until": until})


@act
def acknowledge(conn: Conn, delegation: int, record: Record) -> Done:
    """The contractor accepts the charter's conditions: it may act from that day."""
    row = _live(conn, delegation, record.on)
    words = Text(
        f"{name_of(conn, row['contractor'])} accepte les conditions de la délégation n° {delegation}.",
        f"{name_of(conn, row['contractor'])} accepts the conditions of delegation {delegation}.",
    )
    number = open_act(conn, record, verb="delegate acknowledge", article=ARTICLE, words=words)
    kept = {name: row[name] for name in ("delegator", "contractor", "contract", "datasets")}
    said = {**kept, "acknowledged": True, "acknowledged_on": record.on}
    days = history.span(record.on, row["valid"].upper)
    history.put(conn, number, "delegation", {"number": delegation}, said, days)
    return Done(number, "delegate acknowledge", ARTICLE, words, {"delegation": delegation})


@act
def end(conn: Conn, delegation: int, record: Record) -> Done:
    """The delegation ends early; the contractor deletes what it had."""
    row = _live(conn, delegation, record.on)
    words = Text(
        f"La délégation n° {delegation} à {name_of(conn, row['contractor'])} prend fin le {day(record.on).fr} ; "
        "le prestataire efface ce qu'il a reçu.",
        f"Delegation {delegation} to {name_of(conn, row['contractor'])} ends on {day(record.on).en}; "
        "the contractor deletes what it received.",
    )
    number = open_act(conn, record, verb="delegate end", article=ARTICLE, words=words)
    history.end(conn, number, "delegation", {"number": delegation}, history.span(record.on))
    return Done(number, "delegate end", ARTICLE, words, {"delegation": delegation})


def listing(conn: Conn, on: date) -> list[Row]:
    """The delegations live on the day."""
    return ask(conn, "delegations", {"on": on})


def _live(conn: Conn, delegation: int, on: date) -> Row:
    rows = history.known(conn, "delegation", {"number": delegation}, on)
    if not rows:
        raise Conflict(
            Text(
                f"Aucune délégation n° {delegation} ne vaut le {day(on).fr}.",
                f"No delegation {delegation} holds on {day(on).en}.",
            ),
            remedy=Text("Voyez « delegate list ».", "See “delegate list”."),
        )
    return rows[0]
