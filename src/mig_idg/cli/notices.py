"""`mig-idg notices …`: what was told to whom, and what became of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli import messages
from mig_idg.cli.acts import JSON, ON, reading, show_table
from mig_idg.cli.messages import registry_connection, say, say_json, t
from mig_idg.errors import Conflict, InvalidParameter, NotFound, Text, UnknownWord

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn


@click.group(name="notices", help=t("Messages envoyés : suivre, envoyer, réessayer.", "Messages: follow, send, retry."))
def command() -> None:
    """Group of the verbs on messages."""


@command.command(name="list", help=t("Les messages et leur état.", "Messages and their state."))
@click.option("--state", "states", multiple=True, help=t("dans cet état seulement", "in this state only"))
@click.option("--body", metavar=t("ORGANISME", "BODY"), help=t("à cet organisme", "to this body"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, help=t("combien au plus", "how many at most"))
@JSON
def list_(states: tuple[str, ...], body: str | None, limit: int, as_json: bool) -> int:
    """Latest first; not what they say."""
    from mig_idg.registry import outbox
    from mig_idg.registry.organisations import resolve

    for state in states:
        if state not in outbox.STATES:
            raise UnknownWord(Text("État", "state"), state, outbox.STATES, closed=True)
    with registry_connection() as conn:
        who = resolve(conn, body) if body else None
        rows = outbox.listing(conn, states=states, organisation=who, limit=limit)
    if not as_json:
        rows = [row | {"state": outbox.STATES[row["state"]].in_(messages.lang()), "at": f"{row['at']:%Y-%m-%d %H:%M}"}
                for row in rows]  # fmt: skip
    heads = {
        "id": t("numéro", "number"),
        "at": t("écrit le", "written"),
        "kind": t("objet", "about"),
        "organisation": t("organisme", "body"),
        "address": t("adresse", "address"),
        "state": t("état", "state"),
        "attempts": t("essais", "attempts"),
        "reply": t("réponse", "reply"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Un message en entier.", "A message whole."))
@click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)
@JSON
def show(number: int, as_json: bool) -> int:
    """What it says, to whom, and what became of it."""
    from mig_idg.registry import outbox

    with registry_connection() as conn:
        found = outbox.message(conn, number)
    if found is None:
        raise _missing(number)
    if as_json:
        say_json(found)
        return 0
    lang = messages.lang()
    state = outbox.STATES[found["state"]].in_(lang)
    say(f"n° {found['id']} · {found['kind']} · {found['organisation'] or found['login'] or '—'} "
        f"<{found['address'] or '—'}> · {state}")  # fmt: skip
    if found["reply"]:
        say(f"  {t('réponse du serveur', 'reply of the server')} : {found['reply']}")
    say("")
    say(found[f"subject_{lang}"])
    say("")
    say(found[f"words_{lang}"])
    return 0


@command.command(help=t("Envoie ce qui attend, maintenant.", "Sends what waits, now."))
@click.option("--number", metavar=t("NUMÉRO", "NUMBER"), type=int, help=t("ce message seulement", "this message only"))
@JSON
def send(number: int | None, as_json: bool) -> int:
    """One pass, as the job does each minute. Exit code 1 when something could not be sent."""
    from mig_idg.app.notices import sender

    found = sender(messages.settings())
    if found is None:
        raise Conflict(
            Text("Aucun serveur de messagerie n'est réglé : les messages sont gardés.",
                 "No mail server is set: messages are kept."),
            remedy=Text("Donnez IDG_SMTP_HOST et IDG_SMTP_FROM.", "Give IDG_SMTP_HOST and IDG_SMTP_FROM."),
        )  # fmt: skip
    with _transactions() as transaction:
        done = found.run(transaction, number)
    told = {name: getattr(done, name) for name in ("sent", "later", "refused", "failed", "expired")}
    if as_json:
        say_json(told)
    else:
        say(Text(
            f"{done.sent} envoyé(s), {done.later} remis à plus tard, {done.refused} refusé(s),"
            f" {done.failed} abandonné(s), {done.expired} périmé(s).",
            f"{done.sent} sent, {done.later} put off, {done.refused} refused, {done.failed} given up,"
            f" {done.expired} out of date.",
        ))  # fmt: skip
    return 1 if done.later or done.refused or done.failed else 0


@command.command(help=t("Remet en file ce qui n'est pas parti.", "Queues again what did not leave."))
@click.argument("numbers", metavar=t("[NUMÉRO]...", "[NUMBER]..."), type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help=t("tout ce qui n'est pas parti", "all that did not leave"))
@JSON
def retry(numbers: tuple[int, ...], everything: bool, as_json: bool) -> int:
    """Refused, given up or out of date; the job takes them within a minute."""
    from mig_idg.registry import outbox

    if bool(numbers) == everything:
        raise InvalidParameter("numbers", Text("Donnez des numéros, ou --all.", "Give numbers, or --all."))
    with registry_connection() as conn:
        queued = outbox.retry(conn, datetime.now(UTC), None if everything else numbers)
    if as_json:
        say_json({"queued": queued})
    else:
        say(Text(f"{len(queued)} message(s) remis en file.", f"{len(queued)} message(s) queued again."))
    return 1 if set(numbers) - set(queued) else 0


@command.command(help=t("Lit un avis de non-remise (RFC 3464).", "Reads a bounce (RFC 3464)."))
@click.argument("file", metavar=t("FICHIER", "FILE"), type=click.Path(exists=True, dir_okay=False, allow_dash=True,
                                                                     path_type=Path))  # fmt: skip
@JSON
def bounce(file: Path, as_json: bool) -> int:
    """From a file, or the standard input (-), as a mail server hands it to a program. Exit code 1: none of ours."""
    from mig_idg.notices.bounce import LARGEST, read
    from mig_idg.registry import outbox

    content = sys.stdin.buffer.read(LARGEST) if str(file) == "-" else file.read_bytes()[:LARGEST]
    told = read(content)
    number = None
    if told is not None:
        with registry_connection() as conn:
            number = outbox.bounced(conn, told.message_id, told.reply)
    if as_json:
        say_json({"message": number, "reply": told.reply if told and number else None})
    elif number is None:
        say(Text("Ce courriel n'annonce l'échec d'aucun message d'ici.", "This mail bounces no message of ours."))
    else:
        assert told is not None
        say(Text(f"Message n° {number} non remis : {told.reply}", f"Message no. {number} bounced: {told.reply}"))
    return 0 if number is not None else 1


@command.command(help=t("Dit à chaque organisme ce qui échoit.", "Tells each body what is due."))
@ON
@JSON
def digest(on: date, as_json: bool) -> int:
    """Once a week for each body; the job does it on Mondays."""
    from mig_idg.registry import reminders

    with reading() as conn:
        told = reminders.weekly(conn, on)
    if as_json:
        say_json({"told": told})
    else:
        say(Text(f"{told} organisme(s) prévenu(s).", f"{told} bodies told."))
    return 0


@command.command(help=t("Où écrire à un compte, et dans quelle langue.", "Where to write to an account, and how."))
@click.argument("login")
@click.option("--email", help=t("son adresse", "its address"))
@click.option("--lang", "language", type=click.Choice(["fr", "en"]), help=t("sa langue", "its language"))
@click.option("--author", default=messages.author, help=t("qui agit", "who acts"))
@JSON
def contact(login: str, email: str | None, language: str | None, author: str, as_json: bool) -> int:
    """Say it, or read it when neither is given."""
    from mig_idg.registry import outbox

    with registry_connection() as conn:
        if email is not None or language is not None:
            outbox.set_contact(conn, login, email=email, lang=language, author=author)
        found = outbox.contact(conn, login)
    if as_json:
        say_json(found)
    elif found is None:
        say(Text(f"Aucune adresse pour « {login} ».", f"No address for “{login}”."))
    else:
        say(f"{found['login']} <{found['email'] or '—'}> {found['lang'] or 'fr, en'}")
    return 0 if found is not None else 1


@contextmanager
def _transactions() -> Iterator[Any]:
    from mig_idg.database import connect

    @contextmanager
    def opened(url: str) -> Iterator[Conn]:
        with connect(url) as conn:
            yield conn

    with messages.database_urls() as (owner, _):
        yield lambda: opened(owner)


def _missing(number: int) -> NotFound:
    return NotFound(
        Text(f"Aucun message n° {number}.", f"There is no message {number}."),
        remedy=Text("Voyez « mig-idg notices list ».", "See “mig-idg notices list”."),
    )
