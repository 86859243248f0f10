"""How a convention ends: notice before the end of a period, agreement, or formal notice that nothing followed.

Each text has its own way (`charter.periods`): a formal notice names the breaches and leaves a reasonable, written
deadline (Tarn-et-Garonne, art. 12.1) or fifteen days, unless performed, begun or prevented (OPenIG, art. 7); a notice
that comes too late takes effect one period later, and that day is computed, never typed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.charter.periods import ends_after_notice, months_after
from mig_idg.errors import Conflict, Text, UnknownWord
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.conventions import Convention, convention
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask


@act
def end_of_period(conn: Conn, id: str, by: str, reference: str, received_on: date, record: Record) -> Done:
    """One party gives notice: the convention ends with its period, or with the next when the letter came too late."""
    found = _in_force(conn, id, received_on)
    _is_party(found, by)
    assert found.start is not None
    end = ends_after_notice(found.clock, found.start, received_on)
    assert end is not None
    last = end - timedelta(days=1)
    words = Text(
        f"« {found.title} » est dénoncée par {by} : elle prend fin le {day(last).fr}.",
        f"Notice of {by} on “{found.title}”: it ends on {day(last).en}.",
    )
    article = found.clock.article(found.clock.ending)
    number = open_act(conn, record, verb="convention notice", article=article, words=words)
    notice = _write(conn, number, found.id, "period_end", "effective", by, reference, received_on, effect_on=end)
    _end(conn, number, found.id, end)
    return Done(number, "convention notice", article, words, {"notice": notice, "convention": id, "ends_on": end})


@act
def agree(conn: Conn, id: str, agreed: Collection[str], reference: str, received_on: date, record: Record) -> Done:
    """All parties agree in writing to end it: after the notice that the text asks, if any."""
    found = _in_force(conn, id, received_on)
    article = found.clock.article(found.clock.ending)
    for organisation in agreed:
        _is_party(found, organisation)
    if missing := sorted(set(found.signatures) - set(agreed)):
        raise refused(
            article,
            Text(
                f"La résiliation amiable demande l'accord écrit de chaque partie ; il manque : {', '.join(missing)}.",
                f"An end by agreement asks the written agreement of each party; missing: {', '.join(missing)}.",
            ),
            rule="an_end_by_agreement_is_agreed_by_all",
        )
    end = max(months_after(received_on, found.clock.agreement_months), received_on + timedelta(days=1))
    words = Text(
        f"« {found.title} » est résiliée d'un commun accord, à compter du {day(end).fr}.",
        f"“{found.title}” is ended by agreement, from {day(end).en}.",
    )
    number = open_act(conn, record, verb="convention notice", article=article, words=words)
    by = sorted(agreed)[0]
    notice = _write(conn, number, found.id, "agreement", "effective", by, reference, received_on, effect_on=end)
    _end(conn, number, found.id, end)
    return Done(number, "convention notice", article, words, {"notice": notice, "convention": id, "ends_on": end})


@act
def formal_notice(
    conn: Conn,
    id: str,
    by: str,
    reference: str,
    received_on: date,
    breaches: str,
    deadline: date | None,
    record: Record,
) -> Done:
    """A formal notice by registered letter: the breaches, and until when they may be mended."""
    found = _in_force(conn, id, received_on)
    _is_party(found, by)
    clock = found.clock
    article = clock.article(clock.fault)
    if not clock.fault:
        raise refused(
            clock.text,
            Text(
                "Ce texte ne prévoit pas de résiliation pour faute : la voie est le règlement amiable.",
                "This text has no end for fault: the way is an amicable settlement.",
            ),
            remedy=Text("« mig-idg case open dispute … »", "“mig-idg case open dispute …”"),
        )
    until = _deadline(clock.formal_notice_days, received_on, deadline, article)
    words = Text(
        f"Mise en demeure de {by} sur « {found.title} », à satisfaire avant le {day(until).fr} : {breaches}",
        f"Formal notice of {by} on “{found.title}”, to be met before {day(until).en}: {breaches}",
    )
    number = open_act(conn, record, verb="convention notice", article=article, words=words)
    more = {"breaches": breaches, "deadline": until}
    notice = _write(conn, number, found.id, "fault", "given", by, reference, received_on, **more)
    return Done(number, "convention notice", article, words, {"notice": notice, "convention": id, "deadline": until})


@act
def answer(conn: Conn, notice: int, observations: str, record: Record, *, performed: bool = False) -> Done:
    """The other side answers: observations, or the duty performed (begun, or prevented by force majeure: OPenIG)."""
    row = _open(conn, notice)
    found = convention(conn, row["instrument"])
    if performed and record.on > row["deadline"]:
        raise Conflict(
            Text(
                f"Le délai de la mise en demeure est passé depuis le {day(row['deadline']).fr}.",
                f"The deadline of the formal notice was {day(row['deadline']).en}.",
            )
        )
    state = "performed" if performed else "answered"
    what = Text("satisfaite", "met") if performed else Text("observations reçues", "observations received")
    words = Text(
        f"Mise en demeure n° {notice} : {what.fr}. {observations}",
        f"Formal notice no. {notice}: {what.en}. {observations}",
    )
    article = found.clock.article(found.clock.fault)
    number = open_act(conn, record, verb="convention answer", article=article, words=words)
    _move(conn, number, row, record.on, state=state, observations=observations)
    return Done(number, "convention answer", article, words, {"notice": notice, "state": state})


@act
def terminate(conn: Conn, notice: int, record: Record) -> Done:
    """The convention ends for fault, once the deadline of the formal notice has passed and nothing was performed."""
    row = _open(conn, notice)
    found = convention(conn, row["instrument"])
    article = found.clock.article(found.clock.fault)
    if record.on <= row["deadline"]:
        raise refused(
            article,
            Text(
                f"La mise en demeure court jusqu'au {day(row['deadline']).fr} : pas de résiliation avant.",
                f"The formal notice runs until {day(row['deadline']).en}: the convention cannot be ended before.",
            ),
            rule="no_end_before_the_deadline_of_the_notice",
        )
    words = Text(
        f"« {found.title} » est résiliée le {day(record.on).fr}, mise en demeure n° {notice} restée sans effet.",
        f"“{found.title}” is ended on {day(record.on).en}, formal notice no. {notice} having had no effect.",
    )
    number = open_act(conn, record, verb="convention terminate", article=article, words=words)
    _move(conn, number, row, record.on, state="effective", effect_on=record.on)
    _end(conn, number, found.id, record.on)
    return Done(number, "convention terminate", article, words, {"notice": notice, "ends_on": record.on})


def _deadline(days: int | None, received_on: date, deadline: date | None, article: str) -> date:
    if days is not None:
        return received_on + timedelta(days=days)
    if deadline is None or deadline <= received_on:
        raise refused(
            article,
            Text(
                "La mise en demeure laisse un délai raisonnable, écrit dans la lettre.",
                "A formal notice leaves a reasonable deadline, written in the letter.",
            ),
            remedy=Text("--deadline DATE, après la réception.", "--deadline DATE, after its receipt."),
        )
    return deadline


def _in_force(conn: Conn, id: str, on: date) -> Convention:
    found = convention(conn, id)
    if found.period(on) is None:
        raise Conflict(
            Text(f"« {id} » n'est pas en vigueur le {day(on).fr}.", f"“{id}” is not in force on {day(on).en}.")
        )
    return found


def _is_party(found: Convention, organisation: str) -> None:
    if organisation not in found.signatures:
        raise UnknownWord(Text("Partie à la convention", "party to it"), organisation, sorted(found.signatures))


def _open(conn: Conn, notice: int) -> Row:
    rows = history.known(conn, "instrument_notice", {"notice": notice})
    if not rows:
        known = [str(row["notice"]) for row in ask(conn, "notices", {"instrument": None, "on": date.max})]
        raise UnknownWord(Text("Mise en demeure", "formal notice"), str(notice), known)
    row = max(rows, key=lambda one: one["valid"].lower)
    if row["cause"] != "fault" or row["state"] not in ("given", "answered"):
        raise Conflict(
            Text(f"La notification n° {notice} n'attend plus rien.", f"Notice no. {notice} waits for nothing more.")
        )
    return row


def _write(
    conn: Conn, number: int, id: str, cause: str, state: str, by: str, reference: str, received_on: date, **more: Any
) -> int:
    said = {"instrument": id, "cause": cause, "state": state, "organisation": by, "reference": reference}
    values = {**said, "received_on": received_on, **more, "valid": history.span(received_on)}
    row = history.insert(conn, number, "instrument_notice", values)
    found = conn.execute("select notice from registry.instrument_notice where id = %s", (row,)).fetchone()
    assert found is not None
    return int(found[0])


def _move(conn: Conn, number: int, row: Row, on: date, **changes: Any) -> None:
    kept = {name: row[name] for name in ("instrument", "cause", "organisation", "reference", "received_on", "breaches",
                                         "deadline", "observations", "effect_on")}  # fmt: skip
    start = max(on, row["valid"].lower)
    history.put(conn, number, "instrument_notice", {"notice": row["notice"]}, {**kept, **changes}, history.span(start))


def _end(conn: Conn, number: int, id: str, on: date) -> None:
    history.end(conn, number, "instrument_term", {"instrument": id}, history.span(on))
