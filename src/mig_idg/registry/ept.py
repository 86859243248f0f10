"""EPT: their member communes, and the acts by which they make data available to them (004 §3.6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, Text
from mig_idg.registry import datasets, facts, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask
from mig_idg.registry.wording import of

ARTICLE = "Charte MIG, § 3.6"


@act
def add_commune(conn: Conn, ept: str, commune: str, record: Record, *, until: date | None = None) -> Done:
    """The commune is a member of the EPT from the day of the record, inside the département or not."""
    words = Text(
        f"{name_of(conn, commune)} est membre {of(name_of(conn, ept))} à compter du {day(record.on).fr}.",
        f"{name_of(conn, commune)} is a member of {name_of(conn, ept)} from {day(record.on).en}.",
    )
    number = open_act(conn, record, verb="ept add-commune", article=ARTICLE, words=words)
    said = {"ept": ept, "commune": commune, "valid": history.span(record.on, until)}
    history.insert(conn, number, "territorial_membership", said)
    return Done(number, "ept add-commune", ARTICLE, words, {"ept": ept, "commune": commune})


@act
def remove_commune(conn: Conn, ept: str, commune: str, record: Record) -> Done:
    """The commune leaves the EPT; the acts that served it end the same day."""
    words = Text(
        f"{name_of(conn, commune)} n'est plus membre {of(name_of(conn, ept))} depuis le {day(record.on).fr}.",
        f"{name_of(conn, commune)} is no longer a member of {name_of(conn, ept)} since {day(record.on).en}.",
    )
    key = {"ept": ept, "commune": commune}
    if not history.known(conn, "territorial_membership", key, record.on):
        raise Conflict(
            Text(
                f"{name_of(conn, commune)} n'est pas membre {of(name_of(conn, ept))} le {day(record.on).fr}.",
                f"{name_of(conn, commune)} is not a member of {name_of(conn, ept)} on {day(record.on).en}.",
            )
        )
    number = open_act(conn, record, verb="ept remove-commune", article=ARTICLE, words=words)
    ended = history.end(conn, number, "sub_distribution", key, history.span(record.on))
    history.end(conn, number, "territorial_membership", key, history.span(record.on))
    return Done(number, "ept remove-commune", ARTICLE, words, {**key, "ended": ended})


@act
def sub_distribute(
    conn: Conn,
    ept: str,
    commune: str,
    record: Record,
    *,
    scope: Collection[str] | None = None,
    own_territory: bool = False,
    until: date | None = None,
) -> Done:
    """The EPT, a partner, makes validated coproductions available to one of its communes, which has yet to accept.

    `scope` None is every validated coproduction; it engages the EPT's responsibility, hence an act and not a default.
    """
    _require_partner(conn, ept, record.on)
    for dataset in scope or ():
        datasets.kind_of(conn, dataset)
    words = Text(
        f"{name_of(conn, ept)} met les données coproduites à disposition {of(name_of(conn, commune))}, "
        "sous sa responsabilité, dès que la commune en aura accepté les conditions.",
        f"{name_of(conn, ept)} makes coproduced data available to {name_of(conn, commune)}, "
        "under its responsibility, as soon as the commune accepts the conditions.",
    )
    key = {"ept": ept, "commune": commune}
    wanted = None if scope is None else sorted(scope)
    if any(row["datasets"] == wanted for row in history.known(conn, "sub_distribution", key, record.on)):
        raise Conflict(
            Text(
                f"{name_of(conn, ept)} sert déjà {name_of(conn, commune)} ce jour-là.",
                f"{name_of(conn, ept)} already serves {name_of(conn, commune)} on that day.",
            )
        )
    number = open_act(conn, record, verb="ept sub-distribute", article=ARTICLE, words=words)
    said = {"datasets": wanted, "own_territory": own_territory, "state": "offered"}
    history.insert(conn, number, "sub_distribution", {**key, **said, "valid": history.span(record.on, until)})
    return Done(number, "ept sub-distribute", ARTICLE, words, key)


@act
def acknowledge(conn: Conn, ept: str, commune: str, record: Record) -> Done:
    """The commune accepts the charter's conditions: the EPT's act serves it from that day."""
    words = Text(
        f"{name_of(conn, commune)} accepte les conditions de la charte : l'acte {of(name_of(conn, ept))} la sert.",
        f"{name_of(conn, commune)} accepts the charter's conditions: {name_of(conn, ept)}'s act serves it.",
    )
    said = {"state": "acknowledged", "acknowledged_on": record.on}
    return _turn(conn, "ept acknowledge", ept, commune, ("offered",), said, words, record)


@act
def suspend(conn: Conn, ept: str, commune: str, record: Record, *, reasons: str) -> Done:
    """The EPT, who answers for its commune's use, stops serving it."""
    words = Text(
        f"{name_of(conn, ept)} suspend la mise à disposition à {name_of(conn, commune)} : {reasons}",
        f"{name_of(conn, ept)} suspends what it makes available to {name_of(conn, commune)}: {reasons}",
    )
    said = {"state": "suspended", "reasons": reasons}
    return _turn(conn, "ept suspend", ept, commune, ("offered", "acknowledged"), said, words, record)


@act
def resume(conn: Conn, ept: str, commune: str, record: Record) -> Done:
    """The EPT serves a suspended commune again; its acceptance stands."""
    _require_partner(conn, ept, record.on)
    words = Text(
        f"{name_of(conn, ept)} rétablit la mise à disposition à {name_of(conn, commune)}.",
        f"{name_of(conn, ept)} makes data available to {name_of(conn, commune)} again.",
    )
    return _turn(conn, "ept resume", ept, commune, ("suspended",), {"reasons": None}, words, record)


@act
def end(conn: Conn, ept: str, commune: str, record: Record) -> Done:
    """The EPT's act ends; what the commune had, it had."""
    words = Text(
        f"{name_of(conn, ept)} met fin à la mise à disposition à {name_of(conn, commune)}.",
        f"{name_of(conn, ept)} ends what it makes available to {name_of(conn, commune)}.",
    )
    _live(conn, ept, commune, ("offered", "acknowledged", "suspended"), record.on)
    number = open_act(conn, record, verb="ept end", article=ARTICLE, words=words)
    key = {"ept": ept, "commune": commune}
    history.end(conn, number, "sub_distribution", key, history.span(record.on))
    return Done(number, "ept end", ARTICLE, words, key)


def listing(conn: Conn, on: date) -> list[Row]:
    """Every EPT's communes on the day, and where each stands with its EPT's act."""
    return ask(conn, "ept_communes", {"on": on})


def _turn(
    conn: Conn,
    verb: str,
    ept: str,
    commune: str,
    states: tuple[str, ...],
    said: dict[str, Any],
    words: Text,
    record: Record,
) -> Done:
    rows = _live(conn, ept, commune, states, record.on)
    number = open_act(conn, record, verb=verb, article=ARTICLE, words=words)
    for row in rows:
        kept = {c: row[c] for c in ("ept", "commune", "datasets", "own_territory", "acknowledged_on", "reasons")}
        state = {"state": "acknowledged" if row["acknowledged_on"] else "offered"}
        days = history.span(record.on, row["valid"].upper)
        history.put(conn, number, "sub_distribution", {"number": row["number"]}, {**kept, **state, **said}, days)
    return Done(number, verb, ARTICLE, words, {"ept": ept, "commune": commune})


def _live(conn: Conn, ept: str, commune: str, states: tuple[str, ...], on: date) -> list[Row]:
    key = {"ept": ept, "commune": commune}
    rows = [row for row in history.known(conn, "sub_distribution", key, on) if row["state"] in states]
    if not rows:
        raise Conflict(
            Text(
                f"Aucun acte {of(name_of(conn, ept))} pour {name_of(conn, commune)} ne s'y prête le {day(on).fr}.",
                f"No act of {name_of(conn, ept)} for {name_of(conn, commune)} allows it on {day(on).en}.",
            ),
            remedy=Text("Voyez « ept list ».", "See “ept list”."),
        )
    return rows


def _require_partner(conn: Conn, ept: str, on: date) -> None:
    world = facts.load(conn, on)
    if not (world.in_force(on) and world.member(ept, on)):
        raise refused(
            "Charte MIG, § 3.5.2, § 3.6",
            Text(
                f"{name_of(conn, ept)} n'est pas partenaire le {day(on).fr} : "
                "seul un EPT lui-même partenaire sert ses communes.",
                f"{name_of(conn, ept)} is not a partner on {day(on).en}: "
                "only an EPT that is itself a partner serves its communes.",
            ),
        )
