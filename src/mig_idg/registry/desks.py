"""What desks keep beside the acts: drafts, pieces of evidence, receipts; and what an owner is told of uses."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from mig_idg.errors import Text, TooLarge
from mig_idg.registry.acts import Conn, Done
from mig_idg.registry.statements import Row

MOST_DRAFTS = 20
MOST_LOOSE_PIECES = 5
DRAFT_BYTES = 60_000
type Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence as it was sent; `content` only where it was asked for."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    login: str
    organisation: str | None
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an act done on a page left: who did it for which body, what it said, who gained and who lost."""

    form: str
    act: int | None
    kind: str
    login: str
    organisation: str | None
    concerned: tuple[str, ...]
    words: Text
    article: str
    details: Mapping[str, Any]
    effects: Sequence[Mapping[str, str]]
    piece: str | None
    done_at: datetime


def epoch(conn: Conn, *, lock: bool = False) -> int:
    """The number of the facts; locked, no other act is recorded before the transaction ends."""
    row = conn.execute("select number from registry.epoch for update" if lock else "select number from registry.epoch")
    return int((row.fetchone() or (0,))[0])


# drafts


def save_draft(conn: Conn, login: str, act: str, fields: Fields) -> str:
    """Keep what was typed; the oldest drafts of the account make room. Raises TooLarge."""
    said = {name: list(values) for name, values in fields.items()}
    if sum(len(value) for values in said.values() for value in values) > DRAFT_BYTES // 4:
        raise TooLarge(Text("Ce brouillon est trop long.", "This draft is too long."))
    conn.execute(
        "delete from desks.draft where id in (select id from desks.draft where login = %s"
        " order by saved_at desc offset %s)",
        (login, MOST_DRAFTS - 1),
    )
    id = secrets.token_urlsafe(32)
    conn.execute(
        "insert into desks.draft (id, login, act, fields) values (%s, %s, %s, %s)", (id, login, act, Jsonb(said))
    )
    return id


def draft(conn: Conn, id: str, login: str, act: str) -> dict[str, list[str]] | None:
    """What was typed, for the account that typed it; None for anybody else."""
    row = conn.execute(
        "select fields from desks.draft where id = %s and login = %s and act = %s", (id, login, act)
    ).fetchone()
    return dict(row[0]) if row else None


def drafts(conn: Conn, login: str) -> list[Row]:
    """The drafts of an account, latest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id, act, saved_at from desks.draft where login = %s order by saved_at desc", (login,)
        ).fetchall()


def forget_draft(conn: Conn, id: str, login: str) -> None:
    """A draft that was sent, or thrown away."""
    conn.execute("delete from desks.draft where id = %s and login = %s", (id, login))


# pieces


def keep_piece(conn: Conn, login: str, organisation: str | None, name: str, media_type: str, content: bytes) -> Piece:
    """Keep a piece that was checked (its type is that of its content).

    Of the pieces that no act rests on yet an account has the latest few: the oldest make room, as drafts do.
    """
    id, digest = secrets.token_urlsafe(32), hashlib.sha256(content).digest()
    conn.execute(
        "delete from desks.piece where id in (select p.id from desks.piece p where p.login = %s"
        " and not exists (select from desks.receipt r where r.piece = p.id)"
        " order by p.received_at desc, p.id offset %s)",
        (login, MOST_LOOSE_PIECES - 1),
    )
    conn.execute(
        "insert into desks.piece (id, login, organisation, name, media_type, size, sha256, content)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (id, login, organisation, name, media_type, len(content), digest, content),
    )
    return Piece(id, name, media_type, len(content), digest.hex(), login, organisation)


def piece(conn: Conn, id: str, *, whole: bool = False) -> Piece | None:
    """One piece; its bytes when `whole`."""
    content = "content" if whole else "''::bytea"
    row = conn.execute(
        f"select id, name, media_type, size, encode(sha256, 'hex'), login, organisation, {content}"
        " from desks.piece where id = %s".encode(),
        (id,),
    ).fetchone()
    if row is None:
        return None
    id, name, media_type, size, sha256, login, organisation, content_ = row
    return Piece(id, name, media_type, size, sha256, login, organisation, bytes(content_))


# receipts

_RECEIPT = (
    "form, act, kind, login, organisation, concerned, words_fr, words_en, article, details, effects, piece, done_at"
)


def keep_receipt(
    conn: Conn,
    form: str,
    done: Done,
    *,
    kind: str,
    login: str,
    organisation: str | None,
    concerned: Sequence[str],
    details: Mapping[str, Any],
    effects: Sequence[Mapping[str, str]],
    piece: str | None,
) -> None:
    """Keep what an act left, in the same transaction as the act: a form leaves one receipt, ever."""
    conn.execute(
        "insert into desks.receipt (form, act, kind, login, organisation, concerned, words_fr, words_en, article,"
        " details, effects, piece) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            form,
            done.number or None,
            kind,
            login,
            organisation,
            sorted(set(concerned)),
            done.words.fr,
            done.words.en,
            done.article,
            Jsonb(dict(details)),
            Jsonb(list(effects)),
            piece,
        ),
    )


def receipt_of_form(conn: Conn, form: str) -> Receipt | None:
    """What the form left when it was first sent."""
    return _receipt(conn, "form", form)


def receipt(conn: Conn, act: int) -> Receipt | None:
    """What the act left."""
    return _receipt(conn, "act", act)


def receipt_with_piece(conn: Conn, piece: str) -> Receipt | None:
    """What the act that rests on this piece left."""
    return _receipt(conn, "piece", piece)


def receipts(conn: Conn, login: str, organisation: str | None, limit: int = 30) -> list[Receipt]:
    """What an account did, and what was done that concerns its body; latest first."""
    rows = conn.execute(
        f"select {_RECEIPT} from desks.receipt where act is not null and (login = %s or %s = any (concerned))"
        " order by done_at desc limit %s".encode(),
        (login, organisation, limit),
    )
    return [_from(row) for row in rows]


def _receipt(conn: Conn, column: str, value: str | int) -> Receipt | None:
    row = conn.execute(f"select {_RECEIPT} from desks.receipt where {column} = %s".encode(), (value,)).fetchone()
    return _from(row) if row else None


def _from(row: Sequence[Any]) -> Receipt:
    form, act, kind, login, body, concerned, fr, en, article, details, effects, piece, at = row
    return Receipt(form, act, kind, login, body, tuple(concerned), Text(fr, en), article, details, effects, piece, at)


# uses, tokens, subjects

_USES = """
select month, organisation, dataset, sum(requests)::bigint as requests
from (
  select date_trunc('month', at at time zone 'Europe/Paris')::date as month, organisation, dataset, requests
  from journal.decisions
  where outcome = 'permit' and dataset = any (%(datasets)s)
    and (%(bodies)s::text[] is null or organisation = any (%(bodies)s)) and at >= %(since)s
  union all
  select month, organisation, dataset, requests
  from journal.reads_by_month
  where outcome = 'permit' and dataset = any (%(datasets)s)
    and (%(bodies)s::text[] is null or organisation = any (%(bodies)s)) and month >= %(since)s
) t
group by month, organisation, dataset
order by month desc, dataset, requests desc
limit 500
"""


def uses(conn: Conn, datasets: Sequence[str], since: date, bodies: Sequence[str] | None = None) -> list[Row]:
    """Reads of these datasets by body and month, as the journal tells; no person is named."""
    with conn.cursor(row_factory=dict_row) as cursor:
        told = {"datasets": list(datasets), "bodies": None if bodies is None else list(bodies), "since": since}
        return cursor.execute(_USES.encode(), told).fetchall()


def tokens_of(conn: Conn, login: str) -> list[Row]:
    """The tokens of an account that still enter, without any secret."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id, label, collections, actions, created_at, expires_at from registry.token"
            " where login = %s and revoked_at is null and expires_at > now() order by created_at desc",
            (login,),
        ).fetchall()


def competences(conn: Conn) -> list[Row]:
    """What each committee rules on, and whether by an opinion or a decision."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select committee, subject, nature from registry.competence order by committee, subject, nature"
        ).fetchall()


def adherents(conn: Conn, on: date) -> list[str]:
    """The partners of the day."""
    rows = conn.execute(
        "select distinct organisation from registry.membership"
        " where state = 'adherent' and closed_by is null and valid @> %s order by organisation",
        (on,),
    )
    return [organisation for (organisation,) in rows]


def mandates_of(conn: Conn) -> list[Row]:
    """Every mandate as known today, past ones too: who held what for whom, from when to when."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select organisation, role, person, email, lower(valid) as since, upper(valid) as until"
            " from registry.mandate where closed_by is null order by organisation, role, valid"
        ).fetchall()


# calendars


def new_feed(conn: Conn, login: str, secret: str) -> None:
    """The account's calendar is at this secret address from now on; the former address is no more."""
    end_feed(conn, login)
    digest = hashlib.sha256(secret.encode()).digest()
    conn.execute("insert into desks.feed (sha256, login) values (%s, %s)", (digest, login))


def end_feed(conn: Conn, login: str) -> None:
    """The account's calendar has no address any more."""
    conn.execute("update desks.feed set revoked_at = now() where login = %s and revoked_at is null", (login,))


def feed_since(conn: Conn, login: str) -> datetime | None:
    """Since when the account's calendar has an address."""
    row = conn.execute("select made_at from desks.feed where login = %s and revoked_at is null", (login,)).fetchone()
    return row[0] if row else None


def fed(conn: Conn, secret: str) -> tuple[str | None, list[str]] | None:
    """The body and roles of the open account whose calendar is at this address; None when it is nobody's."""
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
    row = conn.execute(
        "select a.organisation, a.roles from desks.feed f join registry.account a using (login)"
        " where f.sha256 = %s and f.revoked_at is null and a.closed_at is null",
        (digest,),
    ).fetchone()
    return (row[0], list(row[1])) if row else None
