"""`mig-idg convention …`: bilateral texts, from their signature to their end (conventions of the partnership)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli.acts import DAY, JSON, ON, act, read_day, reading, show_table
from mig_idg.cli.messages import lang, say, say_json, t
from mig_idg.errors import InvalidParameter, Text

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

ID = click.argument("convention", metavar="CONVENTION")
NUMBER = click.argument("notice", metavar=t("NUMÉRO", "NUMBER"), type=int)
BY = click.option("--by", required=True, metavar=t("ORGANISME", "BODY"), help=t("quelle partie", "which party"))
LETTER = click.option("--letter", required=True, help=t("la lettre recommandée", "the registered letter"))
RECEIVED = click.option("--received", type=DAY, required=True, help=t("reçue le", "received on"))


def _signatures(option: str, help: Text) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        option, "signatures", multiple=True, required=True, metavar=t("QUI=DATE", "WHO=DATE"), help=t(help.fr, help.en)
    )


@click.group(
    name="convention", help=t("Conventions : signature, durée, avenants, fin.", "Conventions: signature, term, end.")
)
def command() -> None:
    """Group of the verbs on conventions."""


@command.command(help=t("Une convention est signée par ses parties.", "A convention is signed by its parties."))
@ID
@click.option("--title", required=True, help=t("son intitulé", "its title"))
@click.option("--model", required=True, help="tarn-et-garonne, openig, aix-marseille")
@_signatures("--party", Text("une partie et le jour de sa signature", "a party and the day it signed"))
@click.option("--notified", type=DAY, help=t("notifiée le", "notified on"))
@click.option("--court", help=t("tribunal compétent", "competent court"))
@act
def sign(
    conn: Conn, record: Record, convention: str, title: str, model: str, signatures: Sequence[str],
    notified: date | None, court: str | None,
) -> Done:  # fmt: skip
    """It runs from the day its text counts from."""
    from mig_idg.registry import conventions

    parties = _read(conn, signatures, "--party")
    return conventions.sign(conn, convention, title, model, parties, record, notified_on=notified, court=court)


@command.command(help=t("Une convention est notifiée : elle entre en vigueur.", "A convention is notified: in force."))
@ID
@act
def notify(conn: Conn, record: Record, convention: str) -> Done:
    """On the day of --on."""
    from mig_idg.registry import conventions

    return conventions.notify(conn, convention, record)


@command.command(help=t("La délibération d'une partie.", "The deliberation of a party."))
@ID
@BY
@click.option("--number", required=True, help=t("son numéro", "its number"))
@click.option("--session", type=DAY, required=True, help=t("jour de la séance", "day of the session"))
@click.option("--present", type=int, required=True, help=t("présents", "present"))
@click.option("--represented", type=int, default=0, help=t("représentés", "represented"))
@click.option("--for", "votes_for", type=int, required=True, help=t("voix pour", "votes for"))
@click.option("--against", "votes_against", type=int, default=0, help=t("voix contre", "votes against"))
@click.option("--abstentions", type=int, default=0, help=t("abstentions", "abstentions"))
@click.option("--received", type=DAY, help=t("reçue en préfecture le", "received by the prefecture on"))
@click.option("--posted", type=DAY, help=t("affichée le", "posted on"))
@act
def deliberate(
    conn: Conn, record: Record, convention: str, by: str, number: str, session: date, present: int, represented: int,
    votes_for: int, votes_against: int, abstentions: int, received: date | None, posted: date | None,
) -> Done:  # fmt: skip
    """Executory once received by the prefecture and posted."""
    from mig_idg.registry import conventions
    from mig_idg.registry.organisations import resolve

    said = conventions.Deliberation(
        number, session, present, votes_for, represented, votes_against, abstentions, received, posted
    )
    return conventions.deliberate(conn, convention, resolve(conn, by), said, record)


@command.command(
    help=t("Ce que dit le texte : gratuité, assurances, tribunal…", "What the text says: free, insurance…")
)
@ID
@click.argument("name", metavar="CLAUSE")
@click.argument("words", metavar=t("TEXTE", "WORDS"))
@act
def clause(conn: Conn, record: Record, convention: str, name: str, words: str) -> Done:
    """One of: non_exclusive, free_of_charge, insurance, reciprocal, minor_energy, court, responsibility."""
    from mig_idg.registry import conventions

    return conventions.state_clause(conn, convention, name, words, record)


@command.command(help=t("Une partie accepte la charte de la donnée…", "A party accepts the data charter…"))
@ID
@BY
@click.option("--document", required=True, help="data_charter, interface_clause")
@act
def accept(conn: Conn, record: Record, convention: str, by: str, document: str) -> Done:
    """Before any exchange outside open data."""
    from mig_idg.registry import equipment
    from mig_idg.registry.organisations import resolve

    return equipment.accept(conn, convention, resolve(conn, by), document, record)


@command.command(help=t("Un avenant, autorisé par chaque partie.", "An amendment, authorised by each party."))
@ID
@click.argument("amendment", metavar=t("AVENANT", "AMENDMENT"))
@click.option("--title", required=True, help=t("son objet", "what it changes"))
@_signatures("--authorised", Text("une partie et le jour où elle l'a autorisé", "a party and the day it authorised it"))
@act
def amend(conn: Conn, record: Record, convention: str, amendment: str, title: str, signatures: Sequence[str]) -> Done:
    """Refused while one party has not authorised it."""
    from mig_idg.registry import conventions

    return conventions.amend(conn, convention, amendment, title, _read(conn, signatures, "--authorised"), record)


@command.command(help=t("Dénonce une convention à la fin de sa période.", "Gives notice for the end of the period."))
@ID
@BY
@LETTER
@RECEIVED
@act
def notice(conn: Conn, record: Record, convention: str, by: str, letter: str, received: date) -> Done:
    """A notice that comes too late holds for the end of the next period."""
    from mig_idg.registry import notices_given
    from mig_idg.registry.organisations import resolve

    return notices_given.end_of_period(conn, convention, resolve(conn, by), letter, received, record)


@command.command(help=t("Les parties s'accordent pour y mettre fin.", "The parties agree to end it."))
@ID
@click.option("--by", "agreed", multiple=True, required=True, help=t("une partie d'accord", "a party that agrees"))
@LETTER
@RECEIVED
@act
def agree(conn: Conn, record: Record, convention: str, agreed: tuple[str, ...], letter: str, received: date) -> Done:
    """Refused while one party has not agreed."""
    from mig_idg.registry import notices_given
    from mig_idg.registry.organisations import resolve

    bodies = [resolve(conn, body) for body in agreed]
    return notices_given.agree(conn, convention, bodies, letter, received, record)


@command.command(name="formal-notice", help=t("Met une partie en demeure.", "Gives a party formal notice."))
@ID
@BY
@LETTER
@RECEIVED
@click.option("--breaches", required=True, help=t("les manquements", "the breaches"))
@click.option("--deadline", type=DAY, help=t("le délai écrit dans la lettre", "the deadline written in the letter"))
@act
def formal_notice(
    conn: Conn,
    record: Record,
    convention: str,
    by: str,
    letter: str,
    received: date,
    breaches: str,
    deadline: date | None,
) -> Done:
    """The convention may end once the deadline has passed."""
    from mig_idg.registry import notices_given
    from mig_idg.registry.organisations import resolve

    return notices_given.formal_notice(
        conn, convention, resolve(conn, by), letter, received, breaches, deadline, record
    )


@command.command(help=t("Répond à une mise en demeure.", "Answers a formal notice."))
@NUMBER
@click.option("--observations", required=True, help=t("ce qui est répondu", "what is answered"))
@click.option("--performed", is_flag=True, help=t("l'obligation est exécutée", "the duty is performed"))
@act
def answer(conn: Conn, record: Record, notice: int, observations: str, performed: bool) -> Done:
    """Observations alone do not stop the deadline."""
    from mig_idg.registry import notices_given

    return notices_given.answer(conn, notice, observations, record, performed=performed)


@command.command(help=t("Résilie, une fois le délai passé.", "Ends it, once the deadline has passed."))
@NUMBER
@act
def terminate(conn: Conn, record: Record, notice: int) -> Done:
    """Refused before the deadline of the formal notice."""
    from mig_idg.registry import notices_given

    return notices_given.terminate(conn, notice, record)


@command.command(name="exit", help=t("Planning de fin : retiré ou maintenu.", "Schedule of the end: removed or kept."))
@ID
@click.argument("item", metavar=t("ÉLÉMENT", "ITEM"))
@click.option("--outcome", required=True, help="removed, kept")
@click.option("--reason", required=True, help=t("pourquoi", "why"))
@click.option("--due", type=DAY, required=True, help=t("au plus tard le", "by"))
@click.option("--done", type=DAY, help=t("fait le", "done on"))
@act
def exit_(
    conn: Conn, record: Record, convention: str, item: str, outcome: str, reason: str, due: date, done: date | None
) -> Done:
    """One line of the schedule."""
    from mig_idg.registry import conventions

    return conventions.plan_exit(conn, convention, item, outcome, reason, due, record, done_on=done)


@command.command(name="list", help=t("Les conventions à une date.", "Conventions at a date."))
@ON
@JSON
def list_(on: date, as_json: bool) -> int:
    """Period, last day of notice."""
    from mig_idg.registry import conventions

    with reading() as conn:
        rows = conventions.listing(conn, on)
    heads = {
        "convention": "convention",
        "title": t("intitulé", "title"),
        "state": t("état", "state"),
        "parties": t("parties", "parties"),
        "start": t("depuis", "since"),
        "period_end": t("fin de période", "end of period"),
        "notice_by": t("dénoncer avant", "notice by"),
        "end": t("fin", "end"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Une convention entière.", "One convention whole."))
@ID
@ON
@JSON
def show(convention: str, on: date, as_json: bool) -> int:
    """Signatures, clauses, deliberations, amendments, notices, exit."""
    from mig_idg.registry import conventions

    with reading() as conn:
        found = conventions.show(conn, convention, on)
    if as_json:
        say_json(found)
        return 0
    say(f"{found['title']} ({found['convention']}) — {found['text']}")
    for label, value in _lines(found):
        say(f"  {label.in_(lang())} : {value}" if lang() == "fr" else f"  {label.in_(lang())}: {value}")
    return 0


def _lines(found: dict[str, Any]) -> list[tuple[Text, str]]:
    none = t("aucune", "none")
    lines = [(Text("état", "state"), found["state"])]
    lines += [(Text("signée par", "signed by"), f"{who}, {day}") for who, day in found["signatures"].items()]
    if found["period"]:
        lines.append((Text("période en cours", "current period"), f"n° {found['period']}, → {found['period_end']}"))
    lines.append((Text("à dénoncer avant", "notice by"), str(found["notice_by"] or none)))
    for one in found["deliberations"]:
        executory = one["executory_on"] or t("pas encore exécutoire", "not executory yet")
        lines.append((Text("délibération", "deliberation"), f"{one['organisation']} {one['number']} ({executory})"))
    lines += [(Text("clause", "clause"), f"{one['clause']} — {one['words']}") for one in found["clauses"]]
    lines += [(Text("avenant", "amendment"), f"{one['title']} ({one['in_force_on']})") for one in found["amendments"]]
    for one in found["notices"]:
        lines.append((Text("notification", "notice"), f"n° {one['notice']} {one['cause']} — {one['state']}"))
    for one in found["exit"]:
        lines.append((Text("fin", "exit"), f"{one['item']} : {one['outcome']} → {one['due']} ({one['reason']})"))
    return lines


def _read(conn: Conn, words: Sequence[str], option: str) -> dict[str, date]:
    from mig_idg.registry.organisations import resolve

    read: dict[str, date] = {}
    for word in words:
        who, equal, when = word.partition("=")
        if not equal:
            raise InvalidParameter(
                option,
                Text(f"« {word} » ne dit pas quel jour.", f"“{word}” does not say which day."),
                remedy=Text(f"{option} {word}=2026-01-15", f"{option} {word}=2026-01-15"),
            )
        read[resolve(conn, who.strip())] = read_day(when, option)
    return read
