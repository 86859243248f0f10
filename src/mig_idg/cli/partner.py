"""`mig-idg partner …`: adhesions step by step, withdrawals, and who is a partner on a day (004 §2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli import versions
from mig_idg.cli.acts import DAY, JSON, KNOWN_AT, ON, UNTIL, act, console, plain, reading, show_table
from mig_idg.cli.messages import lang, say, say_json, t, today
from mig_idg.errors import InvalidParameter, Text

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record

WHO = click.argument("who", metavar=t("ORGANISME", "BODY"))
PRESENT = click.option("--present", multiple=True, required=True, help=t("un organisme présent", "a body present"))
AGAINST = click.option("--against", multiple=True, help=t("un présent qui s'oppose", "one present who opposes"))
ABSTAINED = click.option("--abstained", multiple=True, help=t("un présent qui s'abstient", "one who abstains"))
REASONS = click.option("--reasons", help=t("motifs du rejet", "reasons of the refusal"))
NOTIFIED = click.option("--notified", type=DAY, help=t("date de notification au demandeur", "day it was notified"))


@click.group(
    name="partner",
    help=t("Adhésions et retraits (Charte MIG, § 2).", "Admissions and withdrawals (MIG charter, § 2)."),
)
def command() -> None:
    """Group of the verbs on partners."""


command.add_command(versions.accept)
command.add_command(versions.list_)


@command.command(help=t("Fait connaître un organisme au registre.", "Makes a body known to the registry."))
@click.argument("id")
@click.option("--name", required=True, help=t("son nom", "its name"))
@click.option("--kind", required=True, help="commune, ept, state_service, public_establishment, company, association…")
@click.option("--siren", help="SIREN")
@click.option("--insee", help=t("code INSEE", "INSEE code"))
@act
def register(conn: Conn, record: Record, id: str, name: str, kind: str, siren: str | None, insee: str | None) -> Done:
    """A contractor, an association, an authority outside Annex 1: known before it is spoken of."""
    from mig_idg.registry.organisations import Organisation
    from mig_idg.registry.organisations import register as known

    return known(conn, Organisation(id, name, kind, insee=insee, siren=siren), record)


@command.command(help=t("Ouvre une candidature (Charte MIG, § 2.2).", "Opens an application (MIG charter, § 2.2)."))
@WHO
@act
def apply(conn: Conn, record: Record, who: str) -> Done:
    """Admissible by right for a body of Annex 1; otherwise an opinion and a decision come first."""
    from mig_idg.registry import membership
    from mig_idg.registry.organisations import resolve

    return membership.apply(conn, resolve(conn, who), record)


@command.command(
    help=t("Verse une pièce au dossier : deliberation, form, email_return, postal_return.", "Files a piece.")
)
@WHO
@click.argument("kind", metavar=t("PIÈCE", "PIECE"))
@click.option("--reference", required=True, help=t("référence de la pièce", "reference of the piece"))
@click.option("--dated", type=DAY, required=True, help=t("date de la pièce", "date of the piece"))
@click.option("--received", type=DAY, required=True, help=t("reçue le", "received on"))
@act
def piece(conn: Conn, record: Record, who: str, kind: str, reference: str, dated: date, received: date) -> Done:
    """Three steps: the deliberation, the signed form, the return of both by e-mail and by post."""
    from mig_idg.registry import membership
    from mig_idg.registry.organisations import resolve

    return membership.add_piece(conn, resolve(conn, who), membership.Piece(kind, reference, dated, received), record)


@command.command(
    help=t("Avis du comité technique, hors Annexe 1 (Charte MIG, § 2.2.2).", "Opinion of the technical committee.")
)
@WHO
@PRESENT
@AGAINST
@act
def opinion(conn: Conn, record: Record, who: str, present: tuple[str, ...], against: tuple[str, ...]) -> Done:
    """It does not bind the steering committee, but comes before it."""
    from mig_idg.registry import membership
    from mig_idg.registry.committees import Sitting
    from mig_idg.registry.organisations import resolve

    sitting = Sitting("technical", [resolve(conn, body) for body in present], record.evidence.reference)
    opposed = [resolve(conn, body) for body in against]
    return membership.give_opinion(conn, resolve(conn, who), sitting, record, against=opposed)


@command.command(help=t("Décision du comité de pilotage (Charte MIG, § 2.2.2).", "Decision of the steering committee."))
@WHO
@PRESENT
@AGAINST
@ABSTAINED
@REASONS
@NOTIFIED
@act
def decide(conn: Conn, record: Record, who: str, **ballot: Any) -> Done:
    """Adopted when nobody present opposes it; otherwise a refusal, with its reasons and its notice."""
    return _rule(conn, record, who, **ballot)


@command.command(
    help=t("Rejet motivé et notifié (Charte MIG, § 2.2.2).", "Refusal, with reasons and notice (MIG charter, § 2.2.2).")
)
@WHO
@PRESENT
@AGAINST
@REASONS
@NOTIFIED
@act
def refuse(conn: Conn, record: Record, who: str, against: tuple[str, ...], **ballot: Any) -> Done:
    """The steering committee refuses: at least one partner present opposed."""
    if not against:
        raise InvalidParameter(
            "--against",
            Text("Un rejet suppose une opposition.", "A refusal supposes an opposition."),
            remedy=Text("Nommez qui s'oppose avec --against.", "Name who opposes with --against."),
        )
    return _rule(conn, record, who, against=against, **ballot)


def _rule(
    conn: Conn,
    record: Record,
    who: str,
    *,
    present: tuple[str, ...],
    against: tuple[str, ...] = (),
    abstained: tuple[str, ...] = (),
    reasons: str | None = None,
    notified: date | None = None,
) -> Done:
    from mig_idg.registry import membership
    from mig_idg.registry.committees import Sitting
    from mig_idg.registry.organisations import resolve

    sitting = Sitting("steering", [resolve(conn, body) for body in present], record.evidence.reference)
    ballot = membership.Ballot(
        against=[resolve(conn, body) for body in against],
        abstained=[resolve(conn, body) for body in abstained],
        reasons=reasons,
        notified=notified,
    )
    return membership.decide(conn, resolve(conn, who), sitting, ballot, record)


@command.command(help=t("Admet un partenaire : le dossier est complet.", "Admits a partner: the file is complete."))
@WHO
@act
def admit(conn: Conn, record: Record, who: str) -> Done:
    """A partner from the day of --on, not before the last piece came."""
    from mig_idg.registry import membership
    from mig_idg.registry.organisations import resolve

    return membership.admit(conn, resolve(conn, who), record)


@command.command(
    help=t("Nomme un référent, un suppléant, un représentant… (Charte MIG, § 2.1.3).", "Names a referent, a deputy…")
)
@WHO
@click.argument("role", metavar=t("RÔLE", "ROLE"))
@click.option("--person", help=t("son nom ; absent : le mandat prend fin", "the holder; absent: the mandate ends"))
@click.option("--email", help=t("courriel", "e-mail"))
@click.option("--phone", help=t("téléphone", "telephone"))
@UNTIL
@act
def mandate(
    conn: Conn,
    record: Record,
    who: str,
    role: str,
    person: str | None,
    email: str | None,
    phone: str | None,
    until: date | None,
) -> Done:
    """technical_referent, deputy, steering_representative, facilitator, resource_person…"""
    from mig_idg.registry import mandates
    from mig_idg.registry.organisations import resolve

    body = resolve(conn, who)
    if person is None:
        return mandates.end(conn, body, role, record)
    return mandates.name(conn, body, role, mandates.Person(person, email, phone), record, until=until)


@command.command(
    help=t(
        "Retrait : effectif le jour où le courrier a été reçu, même saisi plus tard (Charte MIG, § 2.3).",
        "Withdrawal: effective on the day the letter was received, even when typed in later (MIG charter, § 2.3).",
    )
)
@WHO
@click.option("--received", type=DAY, required=True, help=t("jour de réception du courrier", "day the letter came"))
@click.option("--evidence", required=True, help=t("référence du courrier recommandé", "reference of the letter"))
@click.option("--evidence-date", type=DAY, help=t("date du courrier", "date of the letter"))
@click.option("--author", default=None, help=t("qui agit", "who acts"))
@JSON
def withdraw(
    who: str, received: date, evidence: str, evidence_date: date | None, author: str | None, as_json: bool
) -> int:
    """The membership ends, what falls with it ends, and each side is told what it keeps."""
    from mig_idg.cli import messages
    from mig_idg.cli.acts import read_evidence, report
    from mig_idg.registry import withdrawal
    from mig_idg.registry.acts import Record
    from mig_idg.registry.organisations import resolve

    if received > today():
        raise InvalidParameter(
            "--received",
            Text("Un courrier ne se reçoit pas dans le futur.", "A letter is not received in the future."),
        )
    letter = read_evidence(
        evidence if ":" in evidence else f"courrier recommandé: {evidence}", evidence_date or received
    )
    with reading() as conn:
        record = Record(today(), author or messages.author(), letter)
        done = withdrawal.withdraw(conn, resolve(conn, who), received, record)
    report(done, as_json)
    if not as_json:
        _show_consequences(done)
    return 0


def _show_consequences(done: Done) -> None:
    sides = {
        "organisation": t("l'ancien partenaire", "the former partner"),
        "partnership": t("les partenaires", "the partners"),
        "both": t("chacun", "each side"),
    }
    say(t("\nCe que chacun conserve (Charte MIG, § 2.3.2)", "\nWhat each side keeps (MIG charter, § 2.3.2)"))
    rows = [{**row, "side": sides[row["side"]], "basis": row["basis"].in_(lang())} for row in done.details["kept"]]
    columns = {"side": t("qui", "who"), "dataset": t("donnée", "dataset"), "rule": t("règle", "rule"), "basis": ""}
    show_table(rows, columns, as_json=False)
    if done.details["accesses"]:
        say(t("\nAccès accordés depuis la réception du courrier", "\nAccesses granted since the letter was received"))
        heads = {"at": t("quand", "when"), "dataset": t("donnée", "dataset"), "action": "action", "rule": "règle"}
        show_table(done.details["accesses"], heads, as_json=False)


@command.command(
    name="list", help=t("Les partenaires à une date, et la charte.", "The partners on a day; the charter.")
)
@ON
@KNOWN_AT
@JSON
def list_(on: date, known_at: datetime | None, as_json: bool) -> int:
    """Who is a partner on the day, as known then; what is under way; when the charter ends."""
    from mig_idg.registry import mandates, membership_status
    from mig_idg.registry.instruments import charter_warnings

    with reading() as conn:
        rows = membership_status.standings(conn, on, known_at)
        charter = charter_warnings(conn, on, known_at)
        unspoken = mandates.without_referent(conn, on)
    partners = [row for row in rows if row["state"] == "adherent"]
    if as_json:
        others = [row for row in rows if row["state"] != "adherent"]
        told = {"on": on, "count": len(partners), "partners": partners, "others": others}
        say_json({**told, "without_referent": unspoken, "charter": charter})
        return 0
    heads = {
        "organisation": t("organisme", "body"),
        "name": t("nom", "name"),
        "state": t("situation", "standing"),
        "since": t("depuis", "since"),
        "until": t("jusqu'au", "until"),
    }
    show_table([_in_words(row) for row in rows], heads, as_json=False)
    say(t(f"{len(partners)} partenaire(s) le {on:%d/%m/%Y}.", f"{len(partners)} partner(s) on {on}."))
    if unspoken:
        say(
            t(
                f"{len(unspoken)} sans référent technique à cette date (Charte MIG, § 2.1.3).",
                f"{len(unspoken)} without a technical referent at that date (MIG charter, § 2.1.3).",
            )
        )
    _show_charter(charter)
    return 0


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A line of a table with its state as people say it."""
    from mig_idg.registry.membership_status import STATES

    return {**row, "state": STATES[row["state"]].in_(lang())}


def _show_charter(charter: dict[str, Any]) -> None:
    if not charter["in_force"]:
        say(
            t(
                "La charte n'est pas en vigueur ce jour-là (Charte MIG, § 2.7).",
                "The charter is not in force then (MIG charter, § 2.7).",
            )
        )
    for warning in charter["warnings"][-1:]:
        left = warning["months"]
        say(
            t(
                f"Attention : la charte prend fin après le {warning['last_day']:%d/%m/%Y}, dans {left} mois au plus ; "
                "le comité de pilotage doit statuer (Charte MIG, § 2.7).",
                f"Beware: the charter ends after {warning['last_day']}, within {left} month(s); "
                "the steering committee must rule (MIG charter, § 2.7).",
            )
        )


@command.command(help=t("Le dossier d'un organisme, à une date.", "The file of one body, on a day."))
@WHO
@ON
@KNOWN_AT
@JSON
def show(who: str, on: date, known_at: datetime | None, as_json: bool) -> int:
    """Standing, pieces, mandates, acceptances, and the whole course of its adhesion."""
    from mig_idg.registry import mandates, membership_status
    from mig_idg.registry.organisations import name_of, resolve

    with reading() as conn:
        body = resolve(conn, who)
        told = {**membership_status.file_of(conn, body, on, known_at), "mandates": mandates.held(conn, body, on)}
        name = name_of(conn, body)
    if as_json:
        say_json({"organisation": body, "name": name, "on": on, **told})
        return 0
    now = membership_status.STATES[told["state"]].in_(lang()) if told["state"] else None
    console().print(f"{plain(name)} ({plain(body)}) : {plain(now)}", highlight=False)
    heads = {"state": t("situation", "standing"), "since": t("depuis", "since"), "until": t("jusqu'au", "until")}
    show_table([_in_words(row) for row in told["course"]], heads, as_json=False)
    for held in told["mandates"]:
        say(f"  {mandates.ROLES[held['role']].in_(lang())} : {held['person']} {held['email'] or ''}".rstrip())
    if told["missing"]:
        pieces = ", ".join(membership_status.PIECES[kind].in_(lang()) for kind in told["missing"])
        say(t("Pièces manquantes : ", "Missing pieces: ") + pieces)
    return 0
