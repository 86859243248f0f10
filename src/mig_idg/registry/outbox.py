"""Messages to be sent: written with what causes them, taken by who sends them, and what became of each.

A message is one line for one address. Its `key` says what is told to whom, so that what is done twice is told once.
Sending holds no transaction open: a message is claimed, sent, then its end is written; a sender that dies in between
leaves a claim that runs out, and the message goes again under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import class_row, dict_row

from mig_idg.errors import Conflict, InvalidParameter, Lang, Text, UnknownWord
from mig_idg.registry.addresses import ADDRESS

type Conn = Connection[Any]

STATES = {
    "queued": Text("à envoyer", "to be sent"),
    "sending": Text("en cours d'envoi", "being sent"),
    "sent": Text("envoyé", "sent"),
    "refused": Text("refusé par la messagerie", "refused by the mail server"),
    "failed": Text("abandonné après plusieurs essais", "given up after several attempts"),
    "expired": Text("périmé avant d'être envoyé", "out of date before it was sent"),
    "kept": Text("gardé ici : aucune adresse", "kept here: no address"),
}
UNSENT = ("refused", "failed", "expired")
REFERENTS = ("technical_referent", "deputy")
LEASE = timedelta(minutes=10)
PERSONAL = timedelta(days=90)
STALE = timedelta(days=7)
"""A message that nobody could send for so long is news no more: it is shown, and sent only when it is asked for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told, in both languages. `link` is a page of ours; `secret` names what only the mail itself will hold."""

    kind: str
    subject: Text
    words: Text
    link: str | None = None
    act: int | None = None
    secret: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told: a body or an account, and the address; without one the message is kept for the desk."""

    address: str | None
    organisation: str | None = None
    login: str | None = None
    lang: Lang | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was claimed to be sent."""

    id: int
    kind: str
    address: str
    lang: Lang | None
    subject_fr: str
    subject_en: str
    words_fr: str
    words_en: str
    link: str | None
    secret: str | None
    message_id: str
    attempts: int
    at: datetime


_POST = """
insert into notices.message (key, kind, act, organisation, login, address, lang, subject_fr, subject_en, words_fr,
  words_en, link, secret, expires_at, state, at, next_at)
values (%(key)s, %(kind)s, %(act)s, %(organisation)s, %(login)s, %(address)s, %(lang)s, %(subject_fr)s, %(subject_en)s,
  %(words_fr)s, %(words_en)s, %(link)s, %(secret)s, %(expires_at)s, %(state)s,
  coalesce(%(at)s, now()), coalesce(%(at)s, now()))
on conflict (key) do nothing
returning id
"""


def post(conn: Conn, key: str, letter: Letter, to: Iterable[Recipient], *, at: datetime | None = None) -> list[int]:
    """Put a letter in the outbox, once for each recipient; the numbers of the messages that are new."""
    made = []
    for one in to:
        whom = one.address or one.login or one.organisation or ""
        values = {
            "key": f"{key} {one.organisation or ''} {whom}",
            "kind": letter.kind,
            "act": letter.act,
            "organisation": one.organisation,
            "login": one.login,
            "address": one.address,
            "lang": one.lang,
            "subject_fr": letter.subject.fr,
            "subject_en": letter.subject.en,
            "words_fr": letter.words.fr,
            "words_en": letter.words.en,
            "link": letter.link,
            "secret": letter.secret,
            "expires_at": letter.expires_at,
            "state": "queued" if one.address else "kept",
            "at": at,
        }
        row = conn.execute(_POST.encode(), values).fetchone()
        if row is not None:
            made.append(int(row[0]))
    return made


_SPEAKERS = r"""
select distinct m.organisation, lower(btrim(m.email)) as address, c.lang
from registry.mandate m
left join notices.contact c on lower(c.email) = lower(btrim(m.email))
where m.organisation = any (%(bodies)s)
  and m.role = any (%(roles)s)
  and m.closed_by is null
  and m.valid @> %(on)s
  and btrim(m.email) ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'
order by m.organisation, address
"""


def speakers(conn: Conn, bodies: Sequence[str], on: date, roles: Sequence[str] = REFERENTS) -> list[Recipient]:
    """Those who hold a mandate for these bodies on the day; a body nobody can be written to keeps its message here."""
    asked = {"bodies": list(bodies), "roles": list(roles), "on": on}
    found = [Recipient(address, body, lang=lang) for body, address, lang in conn.execute(_SPEAKERS.encode(), asked)]
    reached = {one.organisation for one in found}
    return found + [Recipient(None, body) for body in sorted(set(bodies) - reached)]


_CLAIM = """
update notices.message
set state = 'sending', attempts = attempts + 1, next_at = %(now)s + %(lease)s,
  message_id = coalesce(message_id, '<' || gen_random_uuid() || '@' || %(host)s || '>')
where id = (
  select id from notices.message
  where state in ('queued', 'sending') and next_at <= %(now)s and (%(one)s::bigint is null or id = %(one)s)
  order by next_at, id
  limit 1
  for update skip locked)
returning id, kind, address, lang, subject_fr, subject_en, words_fr, words_en, link, secret, message_id, attempts, at
"""


def claim(conn: Conn, now: datetime, host: str, one: int | None = None) -> Message | None:
    """The next message that is due (or that one), held for a while; None when nothing is due."""
    with conn.cursor(row_factory=class_row(Message)) as cursor:
        told = {"now": now, "lease": LEASE, "host": host, "one": one}
        return cursor.execute(_CLAIM.encode(), told).fetchone()


def expire(conn: Conn, now: datetime) -> int:
    """Messages that are of no use any more are not sent; how many."""
    return conn.execute(
        "update notices.message set state = 'expired'"
        " where state in ('queued', 'sending') and next_at <= %(now)s"
        " and (expires_at <= %(now)s or attempts = 0 and at < %(now)s - %(stale)s::interval)",
        {"now": now, "stale": STALE},
    ).rowcount


def sent(conn: Conn, id: int, now: datetime, reply: str) -> None:
    """The mail server took it."""
    conn.execute(
        "update notices.message set state = 'sent', sent_at = %s, reply = %s where id = %s and state = 'sending'",
        (now, reply, id),
    )


def put_off(conn: Conn, id: int, until: datetime | None, reply: str) -> None:
    """It could not be sent: again at `until`, or never when that is None."""
    if until is None:
        conn.execute(
            "update notices.message set state = 'failed', reply = %s where id = %s and state = 'sending'", (reply, id)
        )
    else:
        conn.execute(
            "update notices.message set state = 'queued', next_at = %s, reply = %s where id = %s and state = 'sending'",
            (until, reply, id),
        )


def refused(conn: Conn, id: int, reply: str) -> None:
    """The mail server says no for good."""
    conn.execute(
        "update notices.message set state = 'refused', reply = %s where id = %s and state = 'sending'", (reply, id)
    )


def bounced(conn: Conn, message_id: str, reply: str) -> int | None:
    """A message came back: its number, or None when it is none of ours."""
    row = conn.execute(
        "update notices.message set state = 'refused', sent_at = null, reply = %s where message_id = %s returning id",
        (reply, message_id),
    ).fetchone()
    return int(row[0]) if row else None


def retry(conn: Conn, now: datetime, ids: Sequence[int] | None = None) -> list[int]:
    """Try again what was given up, refused or put off: these, or all of them; their numbers."""
    rows = conn.execute(
        "update notices.message set state = 'queued', attempts = greatest(attempts, 1), next_at = %(now)s"
        " where address is not null and (expires_at is null or expires_at > %(now)s)"
        " and (id = any (%(ids)s::bigint[]) and state in ('queued', 'refused', 'failed', 'expired')"
        "   or %(ids)s::bigint[] is null and state in ('refused', 'failed', 'expired'))"
        " returning id",
        {"now": now, "ids": None if ids is None else list(ids)},
    )
    return sorted(int(id) for (id,) in rows)


_SHOWN = (
    "id, at, kind, act, organisation, login, address, lang, subject_fr, subject_en, words_fr, words_en, link,"
    " state, attempts, next_at, sent_at, message_id, reply"
)
_TOLD = "id, at, kind, act, organisation, login, address, state, attempts, next_at, sent_at, reply"


def wake(conn: Conn) -> None:
    """Ask the job that sends to come now rather than within a minute."""
    conn.execute("select notices.wake()")


def listing(
    conn: Conn, *, states: Sequence[str] = (), organisation: str | None = None, limit: int = 200
) -> list[dict[str, Any]]:
    """What became of messages, latest first; not what they say."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"select {_TOLD} from notices.message"
            " where (cardinality(%(states)s::text[]) = 0 or state = any (%(states)s::text[]))"
            " and (%(body)s::text is null or organisation = %(body)s) order by id desc limit %(limit)s".encode(),
            {"states": list(states), "body": organisation, "limit": limit},
        ).fetchall()


def message(conn: Conn, id: int) -> dict[str, Any] | None:
    """One message whole."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select {_SHOWN} from notices.message where id = %s".encode(), (id,)).fetchone()


def mine(conn: Conn, login: str, organisation: str | None, limit: int = 100) -> list[dict[str, Any]]:
    """What a person was told, or the body it acts for: a thing told to two referents is there once. Latest first.

    Nothing that holds a secret is on a desk.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select * from (select distinct on (coalesce(act::text, split_part(key, ' ', 1) || words_fr))"
            f" {_SHOWN} from notices.message where secret is null and (login = %(login)s or organisation = %(body)s)"
            " order by coalesce(act::text, split_part(key, ' ', 1) || words_fr), id) t"
            " order by id desc limit %(limit)s".encode(),
            {"login": login, "body": organisation, "limit": limit},
        ).fetchall()


def counts(conn: Conn) -> dict[str, int]:
    """How many messages there are in each state."""
    found = dict.fromkeys(STATES, 0)
    return found | {
        state: int(many)
        for state, many in conn.execute("select state, count(*) from notices.message group by state").fetchall()
    }


def oldest(conn: Conn) -> datetime | None:
    """Since when the message that waits longest has waited."""
    row = conn.execute("select min(at) from notices.message where state in ('queued', 'sending')").fetchone()
    return row[0] if row else None


def contact(conn: Conn, login: str) -> dict[str, Any] | None:
    """Where to write to an account, and in which language."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select login, email, lang, author, since from notices.contact where login = %s", (login,)
        ).fetchone()


def forget(conn: Conn, now: datetime) -> int:
    """Mails to people themselves (a link to sign in, what became of a remark) are personal: they go after 90 days.

    What was told to bodies stays, with the acts that it tells.
    """
    return conn.execute(
        "delete from notices.message where organisation is null and act is null and at < %s and state <> 'sending'",
        (now - PERSONAL,),
    ).rowcount


def set_contact(conn: Conn, login: str, *, email: str | None, lang: str | None, author: str) -> None:
    """Say where to write to an account, or in which language; what is not given stays. Raises InvalidParameter…"""
    if email is not None and not ADDRESS.fullmatch(email):
        raise InvalidParameter(
            "email",
            Text(f"« {email} » n'est pas une adresse de courriel.", f"“{email}” is no e-mail address."),
            remedy=Text("Exemple : referent@ville.fr.", "Example: referent@town.example."),
        )
    try:
        with conn.transaction():
            conn.execute(
                "insert into notices.contact (login, email, lang, author) values (%s, %s, %s, %s)"
                " on conflict (login) do update set email = coalesce(excluded.email, contact.email),"
                " lang = coalesce(excluded.lang, contact.lang), author = excluded.author, since = now()",
                (login, email, lang, author),
            )
    except psycopg.errors.ForeignKeyViolation:
        known = [row[0] for row in conn.execute("select login from registry.account order by login").fetchall()]
        raise UnknownWord(Text("Compte", "account"), login, known) from None
    except psycopg.errors.UniqueViolation:
        raise Conflict(
            Text("Un autre compte a cette adresse.", "Another account has this address."),
            remedy=Text("Une adresse ouvre un seul compte.", "An address opens one account."),
        ) from None
