"""Accounts and tokens: who may enter, for which body, until when.

A token is `idg_` + 43 characters (256 random bits, base64url) + 6 of a CRC, so that scanners of leaked secrets know it
and a typing error is told apart from a forgery. Only its SHA-256 is kept; it is shown once.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import Connection

from mig_idg.errors import Conflict, InvalidParameter, NotFound, Refused, Text, UnknownWord
from mig_idg.registry import outbox

PREFIX = "idg_"
LENGTH = len(PREFIX) + 43 + 6
LONGEST = timedelta(days=366)
ROLES = ("pilot_staff", "technical_committee", "administrator")


@dataclass(frozen=True, slots=True)
class Credential:
    """What a token opens: an account, its body and roles, the token's own scope and end."""

    token: str
    login: str
    name: str
    organisation: str | None
    roles: frozenset[str]
    collections: frozenset[str] | None
    actions: frozenset[str] | None
    expires_at: datetime
    motive: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it enters through OpenID Connect."""

    login: str
    name: str
    organisation: str | None
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contact:
    """An account that may come in by a link sent to its address; `mark` changes with the address."""

    account: Account
    mark: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """All that can be entered with now, held in memory under the epoch; `entered` keeps who already came in by what."""

    by_hash: Mapping[bytes, Credential] = field(default_factory=dict)
    by_subject: Mapping[tuple[str, str], Account] = field(default_factory=dict)
    by_contact: Mapping[str, Contact] = field(default_factory=dict)
    entered: dict[bytes, Any] = field(default_factory=dict, compare=False, repr=False)


def fingerprint(token: str) -> bytes:
    """The SHA-256 of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def well_formed(token: str) -> bool:
    """Whether a text has the shape and the check of a token of ours."""
    if len(token) != LENGTH or not token.startswith(PREFIX) or not token.isascii():
        return False
    return _check(token[:-6]) == token[-6:]


def new_token() -> str:
    """A fresh secret."""
    start = PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    return start + _check(start)


def open_account(
    connection: Connection[Any],
    login: str,
    *,
    name: str,
    organisation: str | None,
    roles: Iterable[str] = (),
    kind: str = "person",
    author: str,
    note: str | None = None,
    oidc: tuple[str, str] | None = None,
) -> None:
    """Open an account, or change its name, body, roles and OpenID subject. Raises InvalidParameter, UnknownWord."""
    for role in (roles := sorted(set(roles))):
        if role not in ROLES:
            raise UnknownWord(Text("Rôle", "role"), role, ROLES)
    issuer, subject = oidc or (None, None)
    try:
        with connection.transaction():
            connection.execute(
                "insert into registry.account (login, name, kind, organisation, roles, oidc_issuer, oidc_subject, note,"
                " author) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " on conflict (login) do update set name = excluded.name, organisation = excluded.organisation,"
                " roles = excluded.roles, oidc_issuer = excluded.oidc_issuer, oidc_subject = excluded.oidc_subject,"
                " note = excluded.note, author = excluded.author, closed_at = null",
                (login, name, kind, organisation, roles, issuer, subject, note, author),
            )
    except psycopg.errors.CheckViolation:
        raise InvalidParameter(
            "login",
            Text(f"L'identifiant « {login} » n'est pas utilisable.", f"Login “{login}” cannot be used."),
            remedy=Text("Lettres minuscules, chiffres, . _ @ -.", "Lower-case letters, digits, . _ @ -."),
        ) from None
    except psycopg.errors.UniqueViolation:
        raise Conflict(
            Text("Ce sujet OpenID a déjà un compte.", "This OpenID subject already has an account.")
        ) from None


def close_account(connection: Connection[Any], login: str) -> None:
    """End an account: none of its tokens enters any more. Raises NotFound."""
    done = connection.execute(
        "update registry.account set closed_at = now() where login = %s and closed_at is null", (login,)
    )
    if done.rowcount == 0:
        raise NotFound(Text(f"Aucun compte ouvert « {login} ».", f"No open account “{login}”."))


def issue(
    connection: Connection[Any],
    login: str,
    *,
    author: str,
    label: str = "",
    lifetime: timedelta = timedelta(days=365),
    collections: Iterable[str] | None = None,
    actions: Iterable[str] | None = None,
) -> tuple[str, str]:
    """A new token of an account: (public handle, the secret, shown once). Raises NotFound, InvalidParameter."""
    if not timedelta(0) < lifetime <= LONGEST:
        raise InvalidParameter(
            "lifetime", Text("Un jeton dure de un jour à un an.", "A token lasts from one day to one year.")
        )
    token = new_token()
    handle = secrets.token_hex(5)
    try:
        with connection.transaction():
            connection.execute(
                "insert into registry.token (id, login, sha256, label, collections, actions, expires_at, author)"
                " values (%s, %s, %s, %s, %s, %s, now() + %s, %s)",
                (
                    handle,
                    login,
                    fingerprint(token),
                    label,
                    sorted(collections) if collections is not None else None,
                    sorted(actions) if actions is not None else None,
                    lifetime,
                    author,
                ),
            )
    except psycopg.errors.ForeignKeyViolation:
        known = [row[0] for row in connection.execute("select login from registry.account").fetchall()]
        raise UnknownWord(Text("Compte", "account"), login, known) from None
    return handle, token


def break_glass(
    connection: Connection[Any], login: str, dataset: str, owner: str, *, motive: str, hours: int, author: str
) -> tuple[str, str]:
    """A token by which an administrator reads one dataset as its owner, for a day at most; the owner is told.

    Charter § 2.1.2 and 3.1.2: administering gives no reading right; this is the exception, motivated and in the open.
    Raises InvalidParameter (a reason of ten letters, one to twenty-four hours), UnknownWord, Refused.
    """
    if len(motive.strip()) < 10 or not 1 <= hours <= 24:
        raise InvalidParameter(
            "motive",
            Text("Un motif d'une phrase et une durée de 1 à 24 heures sont attendus.",
                 "A reason of one sentence and a length of 1 to 24 hours are expected."),
        )  # fmt: skip
    row = connection.execute(
        "select 'administrator' = any (roles) from registry.account where login = %s and closed_at is null", (login,)
    ).fetchone()
    if row is None or not row[0]:
        raise Refused(
            Text("Seul un compte d'administration peut briser la glace.", "Only an administrator may break the glass."),
            extra={"article": "Charte MIG, § 3.1.2"},
        )
    with connection.transaction():
        handle, token = issue(
            connection, login, author=author, label="bris de glace", lifetime=timedelta(hours=hours),
            collections=[dataset], actions=["view", "query", "download"],
        )  # fmt: skip
        connection.execute(
            "update registry.token set motive = %s, acting_for = %s where id = %s", (motive.strip(), owner, handle)
        )
        connection.execute(
            "insert into registry.notice (organisation, subject, words_fr, words_en) values (%s, %s, %s, %s)",
            (
                owner,
                dataset,
                f"{login} peut lire « {dataset} » pendant {hours} h. Motif : {motive.strip()}",
                f"{login} may read “{dataset}” for {hours} h. Reason: {motive.strip()}",
            ),
        )
        _tell_owner(connection, handle, login, dataset, owner, hours, motive.strip())
    return handle, token


def _tell_owner(
    connection: Connection[Any], handle: str, login: str, dataset: str, owner: str, hours: int, motive: str
) -> None:
    """The same by mail, to those who speak for the owner."""
    letter = outbox.Letter(
        "break-glass",
        Text("Bris de glace sur une de vos données", "The glass was broken on one of your datasets"),
        Text(f"{login} peut lire « {dataset} » pendant {hours} h. Motif : {motive}\n[Charte MIG, § 3.1.2]",
             f"{login} may read “{dataset}” for {hours} h. Reason: {motive}\n[MIG charter, § 3.1.2]"),
        link="/desk/messages",
    )  # fmt: skip
    row = connection.execute("select (now() at time zone 'Europe/Paris')::date").fetchone()
    assert row is not None
    outbox.post(connection, f"glass-{handle}", letter, outbox.speakers(connection, [owner], row[0]))


def notices(connection: Connection[Any], organisation: str) -> list[dict[str, Any]]:
    """What a body must be told, latest first."""
    rows = connection.execute(
        "select at, subject, words_fr, words_en from registry.notice where organisation = %s order by at desc",
        (organisation,),
    ).fetchall()
    return [dict(zip(("at", "subject", "fr", "en"), row, strict=True)) for row in rows]


def revoke(connection: Connection[Any], handle: str) -> None:
    """End a token now, on every worker. Raises NotFound."""
    done = connection.execute(
        "update registry.token set revoked_at = now() where id = %s and revoked_at is null", (handle,)
    )
    if done.rowcount == 0:
        raise NotFound(Text(f"Aucun jeton actif « {handle} ».", f"No active token “{handle}”."))


_LIST = """
select t.id, t.login, a.organisation, t.label, t.collections, t.actions, t.created_at, t.expires_at, t.revoked_at,
  a.closed_at
from registry.token t
join registry.account a using (login)
order by t.created_at, t.id
"""


def listing(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Every token ever issued, without any secret."""
    names = (
        "id",
        "login",
        "organisation",
        "label",
        "collections",
        "actions",
        "created",
        "expires",
        "revoked",
        "closed",
    )
    return [dict(zip(names, row, strict=True)) for row in connection.execute(_LIST).fetchall()]


_LOAD = """
select t.sha256, t.id, t.login, a.name, coalesce(t.acting_for, a.organisation),
  case when t.acting_for is null then a.roles else '{}' end, t.collections, t.actions, t.expires_at, t.motive
from registry.token t
join registry.account a using (login)
where t.revoked_at is null
  and a.closed_at is null
  and t.expires_at > now()
"""

_ACCOUNTS = """
select oidc_issuer, oidc_subject, login, name, organisation, roles
from registry.account
where closed_at is null
  and oidc_subject is not null
"""


_CONTACTS = """
select a.login, a.name, a.organisation, a.roles, lower(c.email)
from notices.contact c
join registry.account a using (login)
where a.closed_at is null
  and a.kind = 'person'
  and c.email is not null
"""


def load(connection: Connection[Any]) -> Credentials:
    """All live credentials."""
    found = {}
    for sha256, token, login, name, organisation, roles, collections, actions, expires, motive in connection.execute(
        _LOAD
    ):
        found[bytes(sha256)] = Credential(
            token=token,
            login=login,
            name=name,
            organisation=organisation,
            roles=frozenset(roles),
            collections=frozenset(collections) if collections is not None else None,
            actions=frozenset(actions) if actions is not None else None,
            expires_at=expires,
            motive=motive,
        )
    subjects = {
        (issuer, subject): Account(login, name, organisation, frozenset(roles))
        for issuer, subject, login, name, organisation, roles in connection.execute(_ACCOUNTS)
    }
    contacts = {
        login: Contact(Account(login, name, organisation, frozenset(roles)), fingerprint(email).hex()[:16])
        for login, name, organisation, roles, email in connection.execute(_CONTACTS)
    }
    return Credentials(found, subjects, contacts)


def _check(text: str) -> str:
    crc = zlib.crc32(text.encode("ascii"))
    return base64.urlsafe_b64encode(crc.to_bytes(4, "big")).rstrip(b"=").decode()
