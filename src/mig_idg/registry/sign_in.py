"""Links that sign in, sent by mail: asked for, used once within ten minutes by the browser that asked.

What is asked for an address that no account has is written down and counted in the same way, so that neither an answer
nor a limit tells who has an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

from mig_idg.errors import Text
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Letter, Recipient

type Conn = Connection[Any]

LASTS = timedelta(minutes=10)
OF_AN_ADDRESS, OF_A_CALLER = 3, 10
"""How many links are sent within ten minutes for one mail address, or asked for from one network address."""
KEPT = timedelta(days=1)
SUBJECT = Text("Votre lien de connexion", "Your link to sign in")
WORDS = Text(
    "Ouvrez cette adresse dans le navigateur où vous avez demandé à vous connecter. Elle sert une fois, pendant dix"
    " minutes.\n\nVous n'avez rien demandé ? Ne faites rien : personne d'autre ne peut s'en servir.",
    "Open this address in the browser in which you asked to sign in. It serves once, for ten minutes.\n\n"
    "You asked for nothing? Do nothing: nobody else can use it.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, as hashes: the browser's word, the mail address, the network address."""

    browser: bytes
    address: bytes
    caller: bytes


def too_many(conn: Conn, asked: Asked, now: datetime) -> bool:
    """Whether this address, or who asks, has asked too often."""
    row = conn.execute(
        "select count(*) filter (where address = %(address)s) >= %(most)s"
        " or count(*) filter (where caller = %(caller)s) >= %(many)s"
        " from notices.sign_in where asked_at > %(since)s and (address = %(address)s or caller = %(caller)s)",
        {"address": asked.address, "caller": asked.caller, "most": OF_AN_ADDRESS, "many": OF_A_CALLER,
         "since": now - LASTS},
    ).fetchone()  # fmt: skip
    return bool(row and row[0])


def ask(conn: Conn, email: str, asked: Asked, now: datetime) -> int | None:
    """Write down that a link is asked for; its number, to be given its hash by `prepare`. None: too often."""
    conn.execute("select from notices.gate for update")
    if too_many(conn, asked, now):
        return None
    row = conn.execute(
        "insert into notices.sign_in (login, browser, address, caller, asked_at, expires_at)"
        " values ((select a.login from notices.contact c join registry.account a using (login)"
        "   where lower(c.email) = lower(%s) and a.closed_at is null and a.kind = 'person'), %s, %s, %s, %s, %s)"
        " returning id",
        (email, asked.browser, asked.address, asked.caller, now, now + LASTS),
    ).fetchone()
    assert row is not None
    return int(row[0])


def prepare(conn: Conn, number: int, sha256: bytes, now: datetime) -> bool:
    """Keep the hash of the link, and put its mail in the outbox when an account has the address."""
    row = conn.execute(
        "update notices.sign_in set sha256 = %s where id = %s returning login", (sha256, number)
    ).fetchone()
    login = row[0] if row else None
    known = outbox.contact(conn, login) if login else None
    if known is None or not known["email"]:
        return False
    letter = Letter("sign-in", SUBJECT, WORDS, secret=f"sign-in {number}", expires_at=now + LASTS)
    to = Recipient(known["email"], login=login, lang=known["lang"])
    outbox.post(conn, f"sign-in-{number}", letter, [to], at=now)
    outbox.wake(conn)
    return True


def use(conn: Conn, number: int, sha256: bytes, browser: bytes, now: datetime) -> str | None:
    """The account that a link signs in, this once; None: used, late, unknown, or another browser's."""
    row = conn.execute(
        "update notices.sign_in set used_at = %(now)s where id = %(id)s and sha256 = %(sha256)s"
        " and browser = %(browser)s and used_at is null and expires_at > %(now)s and login is not null returning login",
        {"id": number, "sha256": sha256, "browser": browser, "now": now},
    ).fetchone()
    return str(row[0]) if row else None


def forget(conn: Conn, now: datetime) -> None:
    """Who asked, and from where, is forgotten after a day."""
    conn.execute("delete from notices.sign_in where asked_at < %s", (now - KEPT,))
