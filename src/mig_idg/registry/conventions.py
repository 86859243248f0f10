"""Conventions between bodies: signed, deliberated, amended, renewed by silence, ended by notice or by agreement.

The charter has its own module (`instruments`); here are the bilateral texts, each on the clock of its model
(`charter.periods`): Tarn-et-Garonne art. 2, 3, 8, 10 to 12; OPenIG art. 6, 7; Aix-Marseille-Provence art. 3 to 5,
11 to 13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.charter.periods import MODELS, Clock, Period, period_on, starts_on
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

CONVENTION = Text("Convention", "convention")
CLAUSES = {
    "non_exclusive": Text("absence d'exclusivité", "non-exclusive"),
    "free_of_charge": Text("à titre gratuit", "free of charge"),
    "insurance": Text("assurances", "insurance"),
    "reciprocal": Text("volontaire et réciproque", "voluntary and reciprocal"),
    "minor_energy": Text("énergie à la charge de l'accueillant", "minor energy paid by the host"),
    "court": Text("tribunal compétent", "competent court"),
    "responsibility": Text("responsabilité de chaque partie", "each party's responsibility"),
}


@dataclass(frozen=True, slots=True)
class Deliberation:
    """What a body's assembly decided: number, session, who sat, votes; receipt and posting make it executory."""

    number: str
    session_on: date
    present: int
    votes_for: int
    represented: int = 0
    votes_against: int = 0
    abstentions: int = 0
    received_on: date | None = None
    posted_on: date | None = None

    @property
    def executory_on(self) -> date | None:
        """The day from which it may be carried out: received by the prefecture and posted; None until both are."""
        if self.received_on is None or self.posted_on is None:
            return None
        return max(self.received_on, self.posted_on)


@dataclass(frozen=True, slots=True)
class Convention:
    """A convention as it stands: its clock, its parties with their signatures, its start, its end if one is known."""

    id: str
    title: str
    model: str
    signatures: dict[str, date]
    start: date | None
    end: date | None
    court: str | None

    @property
    def clock(self) -> Clock:
        """How its text counts."""
        return MODELS[self.model]

    def period(self, on: date) -> Period | None:
        """The period that runs on the day; None when it is not in force."""
        if self.start is None or (self.end is not None and on >= self.end):
            return None
        return period_on(self.clock, self.start, on)


@act
def sign(
    conn: Conn,
    id: str,
    title: str,
    model: str,
    signatures: Mapping[str, date],
    record: Record,
    *,
    notified_on: date | None = None,
    court: str | None = None,
) -> Done:
    """A convention is signed by its parties; it runs from the day its text counts from (the last signature, or…)."""
    clock = _clock(model)
    _two_parties(clock, signatures)
    _new(conn, id)
    last = max(signatures.values())
    if notified_on is not None and notified_on < last:
        raise InvalidParameter(
            "notified-on", Text("Elle est notifiée une fois signée par tous.", "It is notified once all have signed.")
        )
    start = starts_on(clock, last, notified_on)
    when = (
        Text(f"en vigueur le {day(start).fr}", f"in force on {day(start).en}")
        if start
        else Text("elle attend sa notification", "it waits for its notification")
    )
    words = Text(f"Convention « {title} » signée : {when.fr}.", f"Convention “{title}” signed: {when.en}.")
    article = clock.article(clock.duration)
    number = open_act(conn, record, verb="convention sign", article=article, words=words)
    said = {"signed_on": last, "notified_on": notified_on, "court": court, "model": model, "part_of": None}
    _write(conn, number, id, title, signatures, said, clock, start)
    return Done(number, "convention sign", article, words, {"convention": id, "in_force_on": start})


@act
def notify(conn: Conn, id: str, record: Record) -> Done:
    """A convention that runs from its notification is notified on the day of the record."""
    found = convention(conn, id)
    if found.start is not None or found.clock.start != "notification":
        raise Conflict(Text(f"« {id} » n'attend pas de notification.", f"“{id}” waits for no notification."))
    if record.on < max(found.signatures.values()):
        raise InvalidParameter("on", Text("Elle n'était pas encore signée.", "It was not signed yet."))
    words = Text(
        f"« {found.title} » est notifiée : en vigueur le {day(record.on).fr}.",
        f"“{found.title}” is notified: in force on {day(record.on).en}.",
    )
    article = found.clock.article(found.clock.duration)
    number = open_act(conn, record, verb="convention notify", article=article, words=words)
    term = _term(conn, id)
    history.close(conn, number, "instrument_term", {"instrument": id})
    said = {**_said(term), "notified_on": record.on}
    history.insert(
        conn,
        number,
        "instrument_term",
        {"instrument": id, "kind": "convention", **said, "valid": history.span(record.on)},
    )
    return Done(number, "convention notify", article, words, {"convention": id, "in_force_on": record.on})


@act
def deliberate(conn: Conn, id: str, organisation: str, said: Deliberation, record: Record) -> Done:
    """The assembly of a party deliberated on the convention: the evidence that it may sign."""
    found = convention(conn, id)
    _party(found, organisation)
    since = said.executory_on
    fr = (
        f"exécutoire depuis le {day(since).fr}"
        if since
        else "pas encore exécutoire : il manque la réception ou l'affichage"
    )
    en = f"executory since {day(since).en}" if since else "not executory yet: receipt or posting is missing"
    words = Text(
        f"Délibération {said.number} de {organisation} : {fr}.", f"Deliberation {said.number} of {organisation}: {en}."
    )
    number = open_act(conn, record, verb="convention deliberate", article=found.clock.text, words=words)
    key = {"instrument": id, "organisation": organisation}
    history.close(conn, number, "deliberation", key)
    history.insert(conn, number, "deliberation", {**key, **asdict(said)})
    return Done(number, "convention deliberate", found.clock.text, words, {**key, "executory_on": since})


@act
def state_clause(conn: Conn, id: str, clause: str, said: str, record: Record) -> Done:
    """What the text says beside its object: not exclusive, free of charge, insurance, the court…"""
    found = convention(conn, id)
    if clause not in CLAUSES:
        raise UnknownWord(Text("Clause", "clause"), clause, CLAUSES, closed=True)
    name = CLAUSES[clause]
    words = Text(f"« {found.title} » — {name.fr} : {said}", f"“{found.title}” — {name.en}: {said}")
    number = open_act(conn, record, verb="convention clause", article=found.clock.text, words=words)
    key = {"instrument": id, "clause": clause}
    history.close(conn, number, "instrument_clause", key)
    history.insert(conn, number, "instrument_clause", {**key, "words": said})
    return Done(number, "convention clause", found.clock.text, words, {"convention": id, "clause": clause})


@act
def amend(conn: Conn, id: str, amendment: str, title: str, authorised: Mapping[str, date], record: Record) -> Done:
    """An amendment, authorised by the decision body of each party (Tarn-et-Garonne, art. 11): by all, or not at all."""
    found = convention(conn, id)
    clock = found.clock
    article = clock.article(clock.amendments)
    for organisation in authorised:
        _party(found, organisation)
    if missing := sorted(set(found.signatures) - set(authorised)):
        raise refused(
            article,
            Text(
                f"Un avenant est autorisé par l'organe délibérant de chaque partie ; il manque : {', '.join(missing)}.",
                f"An amendment is authorised by the decision body of each party; missing: {', '.join(missing)}.",
            ),
            rule="an_amendment_is_authorised_by_each_party",
        )
    _new(conn, amendment)
    start = max(record.on, *authorised.values())
    words = Text(
        f"Avenant « {title} » à « {found.title} », en vigueur le {day(start).fr}.",
        f"Amendment “{title}” to “{found.title}”, in force on {day(start).en}.",
    )
    number = open_act(conn, record, verb="convention amend", article=article, words=words)
    said = {
        "signed_on": max(authorised.values()), "notified_on": None, "court": None, "model": found.model, "part_of": id,
    }  # fmt: skip
    _write(conn, number, amendment, title, authorised, said, clock, start)
    return Done(
        number, "convention amend", article, words, {"convention": id, "amendment": amendment, "in_force_on": start}
    )


@act
def plan_exit(
    conn: Conn, id: str, item: str, outcome: str, reason: str, due: date, record: Record, *, done_on: date | None = None
) -> Done:
    """One line of the written schedule of the end: removed or kept, by when, and why (Aix-Marseille, art. 11)."""
    found = convention(conn, id)
    if outcome not in ("removed", "kept"):
        raise UnknownWord(Text("Issue", "outcome"), outcome, ("removed", "kept"), closed=True)
    what = Text("retiré", "removed") if outcome == "removed" else Text("maintenu", "kept")
    words = Text(
        f"{item} : {what.fr} au plus tard le {day(due).fr} ({reason}).",
        f"{item}: {what.en} by {day(due).en} ({reason}).",
    )
    article = MODELS["aix-marseille"].article("art. 11")
    number = open_act(conn, record, verb="convention exit", article=article, words=words)
    key = {"instrument": found.id, "item": item}
    said = {"outcome": outcome, "reason": reason, "due": due, "done_on": done_on}
    history.put(conn, number, "exit_item", key, said, history.span(record.on))
    return Done(number, "convention exit", article, words, {"convention": id, "item": item, "outcome": outcome})


def convention(conn: Conn, id: str) -> Convention:
    """The convention as it is known now; UnknownWord for another instrument."""
    known = {row["instrument"]: row for row in ask(conn, "conventions")}
    if id not in known:
        raise UnknownWord(CONVENTION, id, sorted(known))
    return as_convention(known[id])


def as_convention(row: Row) -> Convention:
    """A row of `conventions.sql`."""
    signatures = {one["organisation"]: date.fromisoformat(one["signed_on"]) for one in row["parties"]}
    return Convention(row["instrument"], row["title"], row["model"], signatures, row["start"], row["end"], row["court"])


def listing(conn: Conn, on: date) -> list[dict[str, Any]]:
    """Every convention with its state on the day, its period, and the last day for a notice."""
    return [describe(conn, as_convention(row), on) for row in ask(conn, "conventions")]


def describe(conn: Conn, found: Convention, on: date) -> dict[str, Any]:
    """What one convention is on the day."""
    period = found.period(on)
    ended = found.end is not None and on >= found.end
    return {
        "convention": found.id,
        "title": found.title,
        "text": found.clock.text,
        "state": "ended" if ended else "in_force" if period else "signed",
        "parties": sorted(found.signatures),
        "start": found.start,
        "end": found.end,
        "period": period.number if period else None,
        "period_end": period.last_day if period else None,
        "tacitly_renewed": bool(period and period.tacit),
        "notice_by": period.notice_by if period and found.end is None else None,
    }


def show(conn: Conn, id: str, on: date) -> dict[str, Any]:
    """One convention whole: its clauses, deliberations, amendments, notices and exit schedule."""
    found = convention(conn, id)
    key = {"instrument": id}
    return describe(conn, found, on) | {
        "court": found.court,
        "signatures": found.signatures,
        "clauses": [_only(row, "clause", "words") for row in history.known(conn, "instrument_clause", key)],
        "deliberations": [_deliberation(row) for row in history.known(conn, "deliberation", key)],
        "amendments": ask(conn, "amendments", key),
        "notices": ask(conn, "notices", {**key, "on": on}),
        "exit": [
            _only(row, "item", "outcome", "reason", "due", "done_on")
            for row in history.known(conn, "exit_item", key, on)
        ],
    }


def _deliberation(row: Row) -> dict[str, Any]:
    said = Deliberation(**{name: row[name] for name in Deliberation.__dataclass_fields__})
    return {"organisation": row["organisation"], **asdict(said), "executory_on": said.executory_on}


def _only(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _clock(model: str) -> Clock:
    if model not in MODELS:
        raise UnknownWord(Text("Modèle de convention", "model of convention"), model, MODELS, closed=True)
    return MODELS[model]


def _two_parties(clock: Clock, signatures: Mapping[str, date]) -> None:
    if len(signatures) < 2:
        raise InvalidParameter(
            "party",
            Text("Une convention lie au moins deux parties.", "A convention binds two parties at least."),
            remedy=Text("--party QUI=DATE pour chaque signataire.", "--party WHO=DATE for each one who signed."),
        )


def _new(conn: Conn, id: str) -> None:
    if conn.execute("select 1 from registry.instrument where id = %s", (id,)).fetchone():
        raise Conflict(Text(f"« {id} » est déjà au registre.", f"“{id}” is already in the registry."))


def _party(found: Convention, organisation: str) -> None:
    if organisation not in found.signatures:
        raise UnknownWord(
            Text(f"Partie à « {found.id} »", f"party to “{found.id}”"), organisation, sorted(found.signatures)
        )


def _write(
    conn: Conn, number: int, id: str, title: str, signatures: Mapping[str, date], said: Mapping[str, Any],
    clock: Clock, start: date | None,
) -> None:  # fmt: skip
    conn.execute(
        "insert into registry.instrument (id, kind, version, title) values (%s, 'convention', '1', %s)", (id, title)
    )
    for organisation, signed_on in sorted(signatures.items()):
        key = {"instrument": id, "organisation": organisation, "signed_on": signed_on}
        history.insert(conn, number, "instrument_party", key)
    term = {
        "instrument": id,
        "kind": "convention",
        "renewal": f"tacit {clock.renewal_years}",
        "notice_months": clock.notice_months,
    }
    # Until its notification, a convention is known and nowhere in force: a span that ends before any day of ours.
    valid = history.span(start) if start else history.span(None, date(1900, 1, 1))
    history.insert(conn, number, "instrument_term", {**term, **said, "valid": valid})


def _term(conn: Conn, id: str) -> Row:
    return history.known(conn, "instrument_term", {"instrument": id})[-1]


def _said(term: Row) -> dict[str, Any]:
    names = ("signed_on", "notified_on", "renewal", "notice_months", "court", "model", "part_of")
    return {name: term[name] for name in names}
