"""Adhesion, step by step (004 §2.2): three for a body of Annex 1, four otherwise. `withdrawal` tells the other end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import committees, history, versions
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.membership_status import ON_THE_WAY, PIECES, membership_status, missing_pieces
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused
from mig_idg.registry.wording import of

RECEIVABLE = ("admissible", "approved", "pieces_pending")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an adhesion file: what it is, its reference, its date, the day the pilot received it."""

    kind: str
    reference: str
    dated: date
    received: date


@act
def apply(conn: Conn, organisation: str, record: Record) -> Done:
    """Open an application: admissible at once for a body of Annex 1, otherwise to the technical committee's opinion."""
    now = membership_status(conn, organisation, record.on)
    if now is not None and now["state"] in (*ON_THE_WAY, "adherent"):
        raise _already(conn, organisation, now["state"])
    listed = _is_listed(conn, organisation)
    name = name_of(conn, organisation)
    if listed:
        article = "Charte MIG, § 2.2.1"
        words = Text(
            f"La candidature {of(name)} est recevable d'office (Annexe 1) et ouvre les groupes de travail.",
            f"{name}'s application is admissible by right (Annex 1): it opens working groups at once.",
        )
    else:
        article = "Charte MIG, § 2.2.2"
        words = Text(
            f"La candidature {of(name)} attend l'avis du comité technique, puis la décision du comité de pilotage.",
            f"{name}'s application awaits the technical committee's opinion, then the steering committee's decision.",
        )
    number = open_act(conn, record, verb="partner apply", article=article, words=words)
    said = {"listed": listed, "state": "admissible" if listed else "opinion_pending"}
    _enter(conn, number, organisation, said, record.on)
    return Done(number, "partner apply", article, words, {"organisation": organisation, **said})


@act
def add_piece(conn: Conn, organisation: str, piece: Piece, record: Record) -> Done:
    """Put a dated piece on file; says what is still missing."""
    if piece.kind not in PIECES:
        raise UnknownWord(Text("Pièce", "piece"), piece.kind, PIECES, closed=True)
    if piece.received < piece.dated:
        raise InvalidParameter(
            "received",
            Text(
                f"La pièce ne peut être reçue ({day(piece.received).fr}) avant sa date ({day(piece.dated).fr}).",
                f"The piece cannot be received ({piece.received}) before its date ({piece.dated}).",
            ),
        )
    now = _on_the_way(conn, organisation, record.on)
    kind = PIECES[piece.kind]
    name = name_of(conn, organisation)
    words = Text(
        f"Pièce versée au dossier {of(name)} : {kind.fr}, {piece.reference}.",
        f"Piece filed for {name}: {kind.en}, {piece.reference}.",
    )
    article = _route(now)
    number = open_act(conn, record, verb="partner piece", article=article, words=words)
    key = {"organisation": organisation, "application": now["application"], "kind": piece.kind}
    history.close(conn, number, "piece", key)
    said = {"reference": piece.reference, "dated_on": piece.dated, "received_on": piece.received}
    history.insert(conn, number, "piece", {**key, **said})
    missing = missing_pieces(conn, organisation, now["application"])
    return Done(number, "partner piece", article, words, {"organisation": organisation, "missing": missing})


@act
def give_opinion(
    conn: Conn, organisation: str, sitting: Sitting, record: Record, *, against: Collection[str] = ()
) -> Done:
    """The technical committee's opinion on an application from outside Annex 1; it does not bind (004 §2.2.2)."""
    now = _on_the_way(conn, organisation, record.on)
    _outside_annex_1(conn, organisation, now)
    if now["state"] != "opinion_pending":
        raise _already(conn, organisation, now["state"])
    name = name_of(conn, organisation)
    favourable = not against
    words = Text(
        f"Avis {'favorable' if favourable else 'défavorable'} du comité technique sur la candidature {of(name)}.",
        f"{'Favourable' if favourable else 'Unfavourable'} opinion of the technical committee on {name}.",
    )
    number = open_act(conn, record, verb="partner opinion", article="Charte MIG, § 2.2.2, § 2.4.2", words=words)
    item = Item("admission", organisation, f"Avis sur la candidature {of(name)}", "opinion", against)
    (ruling,) = committees.rule(conn, number, sitting, [item], record)
    said = {"application": now["application"], "listed": False, "state": "decision_pending"}
    _enter(conn, number, organisation, said, record.on)
    details = {"organisation": organisation, "favourable": favourable, "decision": ruling.decision}
    return Done(number, "partner opinion", "Charte MIG, § 2.2.2, § 2.4.2", words, details)


@dataclass(frozen=True, slots=True)
class Ballot:
    """How the steering committee voted; a refusal (somebody opposed) carries its reasons and its notice."""

    against: Collection[str] = ()
    abstained: Collection[str] = ()
    reasons: str | None = None
    notified: date | None = None


@act
def decide(conn: Conn, organisation: str, sitting: Sitting, ballot: Ballot, record: Record) -> Done:
    """The steering committee rules on an application from outside Annex 1: adopted if nobody present opposes it."""
    now = _on_the_way(conn, organisation, record.on)
    _outside_annex_1(conn, organisation, now)
    if now["state"] == "opinion_pending":
        raise refused(
            "Charte MIG, § 2.2.2, § 2.4.2",
            Text("Le comité technique n'a pas encore émis son avis.", "The technical committee gave no opinion yet."),
            rule="opinion_comes_before_the_decision",
        )
    if now["state"] != "decision_pending":
        raise _already(conn, organisation, now["state"])
    name = name_of(conn, organisation)
    adopted = not ballot.against
    words = Text(
        f"Le comité de pilotage {'approuve' if adopted else 'rejette'} la candidature {of(name)}.",
        f"The steering committee {'approves' if adopted else 'refuses'} {name}'s application.",
    )
    number = open_act(conn, record, verb="partner decide", article="Charte MIG, § 2.2.2, § 2.4.1", words=words)
    item = Item("admission", organisation, f"Admission {of(name)}", against=ballot.against, abstained=ballot.abstained)
    (ruling,) = committees.rule(conn, number, sitting, [item], record)
    said = {
        "application": now["application"],
        "listed": False,
        "state": "approved" if adopted else "refused",
        "decision": ruling.decision,
        "reasons": None if adopted else ballot.reasons,
        "notified_on": None if adopted else ballot.notified,
    }
    _enter(conn, number, organisation, said, record.on)
    details = {"organisation": organisation, "adopted": ruling.adopted, "decision": ruling.decision}
    return Done(number, "partner decide", "Charte MIG, § 2.2.2, § 2.4.1", words, details)


@act
def admit(conn: Conn, organisation: str, record: Record, *, instrument: str | None = None) -> Done:
    """The body is a partner from the day of the record: all pieces are in, and it accepted the charter."""
    now = _on_the_way(conn, organisation, record.on)
    article = _route(now)
    if now["state"] not in RECEIVABLE:
        raise refused(
            article,
            Text(
                "Le comité de pilotage n'a pas encore statué sur cette candidature.",
                "The steering committee has not ruled on this application yet.",
            ),
        )
    if missing := missing_pieces(conn, organisation, now["application"]):
        raise refused(
            article,
            Text(
                f"Il manque au dossier : {', '.join(PIECES[m].fr for m in missing)}.",
                f"Missing from the file: {', '.join(PIECES[m].en for m in missing)}.",
            ),
            remedy=Text("Versez-les avec « partner piece ».", "File them with “partner piece”."),
            rule="adherent_has_all_pieces",
        )
    name = name_of(conn, organisation)
    words = Text(
        f"{name} est partenaire à compter du {day(record.on).fr}.", f"{name} is a partner from {day(record.on).en}."
    )
    number = open_act(conn, record, verb="partner admit", article=article, words=words)
    _accept(conn, number, organisation, now["application"], instrument or current_charter(conn, record.on))
    said = {"application": now["application"], "listed": now["listed"], "state": "adherent"}
    _thaw(conn, number, organisation, record.on)
    _enter(conn, number, organisation, said, record.on)
    return Done(number, "partner admit", article, words, {"organisation": organisation, "from": record.on})


def current_charter(conn: Conn, on: date) -> str:
    """The charter in force on the day; refused when there is none (004 §2.7)."""
    rows = history.known(conn, "instrument_term", {"kind": "charter"}, on)
    if not rows:
        raise refused(
            "Charte MIG, § 2.7",
            Text(f"Aucune charte n'est en vigueur le {day(on).fr}.", f"No charter is in force on {day(on).en}."),
            remedy=Text("Enregistrez la décision qui la prolonge.", "Record the decision that prolongs it."),
        )
    return str(rows[0]["instrument"])


def _enter(conn: Conn, number: int, organisation: str, said: dict[str, Any], on: date) -> None:
    history.put(conn, number, "membership", {"organisation": organisation}, said, history.span(on))


def _accept(conn: Conn, number: int, organisation: str, application: int, instrument: str) -> None:
    key = {"organisation": organisation, "instrument": instrument}
    if history.known(conn, "instrument_acceptance", key):
        return
    filed = {"organisation": organisation, "application": application, "kind": "form"}
    (form,) = history.known(conn, "piece", filed)
    said = {"accepted_on": form["dated_on"], "piece": form["reference"]}
    history.insert(conn, number, "instrument_acceptance", {**key, **said})
    for change in versions.accepted_on_joining(conn, form["dated_on"]):
        signed = {"organisation": organisation, "instrument": change}
        if not history.known(conn, "instrument_acceptance", signed):
            history.insert(conn, number, "instrument_acceptance", {**signed, **said})


def _thaw(conn: Conn, number: int, organisation: str, on: date) -> None:
    """A former owner that comes back chooses its audience again."""
    for owned in history.known(conn, "ownership", {"organisation": organisation}, on):
        history.end(conn, number, "frozen_audience", {"dataset": owned["dataset"]}, history.span(on))


def _is_listed(conn: Conn, organisation: str) -> bool:
    return any(row["listed"] for row in history.known(conn, "organisation", {"organisation": organisation}))


def _route(now: dict[str, Any]) -> str:
    return "Charte MIG, § 2.2.1" if now["listed"] else "Charte MIG, § 2.2.2"


def _outside_annex_1(conn: Conn, organisation: str, now: dict[str, Any]) -> None:
    if now["listed"]:
        raise refused(
            "Charte MIG, § 2.2.1",
            Text(
                f"{name_of(conn, organisation)} figure à l'Annexe 1 : sa candidature est recevable d'office, "
                "sans avis ni décision, et ne peut être rejetée.",
                f"{name_of(conn, organisation)} is in Annex 1: its application is admissible by right, "
                "without opinion or decision, and cannot be refused.",
            ),
            rule="listed_bodies_are_admissible",
        )


def _on_the_way(conn: Conn, organisation: str, on: date) -> dict[str, Any]:
    now = membership_status(conn, organisation, on)
    name = name_of(conn, organisation)
    if now is None or now["state"] in ("former", "refused"):
        raise Conflict(
            Text(
                f"{name} n'a pas de candidature en cours le {day(on).fr}.",
                f"{name} has no application under way on {day(on).en}.",
            ),
            remedy=Text("Ouvrez-la avec « partner apply ».", "Open it with “partner apply”."),
        )
    if now["state"] == "adherent":
        raise _already(conn, organisation, "adherent")
    return now


def _already(conn: Conn, organisation: str, state: str) -> Conflict:
    name = name_of(conn, organisation)
    if state == "adherent":
        return Conflict(Text(f"{name} est déjà partenaire.", f"{name} is already a partner."))
    return Conflict(
        Text(f"La candidature {of(name)} en est à « {state} ».", f"{name}'s application stands at “{state}”."),
        extra={"state": state},
    )
