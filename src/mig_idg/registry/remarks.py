"""Remarks, questions and requests for publication: received, moved from state to state, answered, made public or not.

Statements D-13 and T-16, CRPA L311-1. One table for all three. Who answers is the owner of the dataset (§ 2.1.3), the
facilitator of a coproduction, or the pilot when nobody else is known. Each move tells those whom it concerns by a
message in the same transaction; what an author wrote goes to the body that answers, and to nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from mig_idg.charter.messages import day
from mig_idg.charter.periods import months_after
from mig_idg.errors import Conflict, InvalidParameter, Lang, NotFound, Text, TooMany, UnknownWord
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Letter, Recipient

type Conn = Connection[Any]

KINDS = {
    "remark": Text("remarque", "remark"),
    "question": Text("question", "question"),
    "publication": Text("demande de publication", "request for publication"),
}
STATES = {
    "received": Text("reçue", "received"),
    "read": Text("lue", "read"),
    "answered": Text("répondue", "answered"),
    "acted": Text("suivie d'effet", "acted on"),
    "declined": Text("écartée", "declined"),
    "closed": Text("close", "closed"),
}
MOVES: Mapping[str, tuple[str, ...]] = {
    "received": ("read", "answered", "acted", "declined", "closed"),
    "read": ("answered", "acted", "declined", "closed"),
    "answered": ("answered", "acted", "closed"),
    "acted": ("acted", "closed"),
    "declined": ("declined", "closed"),
    "closed": (),
}
ANSWERED = ("answered", "acted", "declined")
OPEN = ("received", "read")
LONGEST = 4000
AN_HOUR, A_YEAR = timedelta(hours=1), timedelta(days=365)
OF_A_STRANGER, OF_AN_ACCOUNT, OF_A_DATASET = 5, 30, 100
"""How many an hour: of one address, of one account, about one dataset by all."""
REMARK = Text("Charte MIG, § 2.1.3", "MIG charter, § 2.1.3")
REQUEST = Text("CRPA, art. L311-1 et R311-13", "CRPA, art. L311-1 and R311-13")


UNTITLED = Text("", "")


@dataclass(frozen=True, slots=True)
class About:
    """What it is about: a dataset, a harvested record with its source's contact, or a body that holds data."""

    dataset: str | None = None
    record: str | None = None
    organisation: str | None = None
    relay: str | None = None
    title: Text = UNTITLED


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote. `caller` is a keyed hash that counts what one address sends."""

    kind: str
    words: str
    lang: Lang
    feature: str | None = None
    geometry: Mapping[str, Any] | None = None
    name: str | None = None
    email: str | None = None
    login: str | None = None
    organisation: str | None = None
    caller: bytes | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What the body that answers does: the next state, its answer, whether the exchange becomes public, as what."""

    state: str
    answer: str | None = None
    public: bool = False
    public_words: str | None = None


_WHO = """
select coalesce(
  (select organisation from registry.ownership
   where dataset = %(dataset)s and closed_by is null and valid @> %(on)s limit 1),
  (select m.organisation from registry.coproduction c
   join registry.group_member m on m.working_group = c.working_group and m.facilitator
     and m.closed_by is null and m.valid @> %(on)s
   where c.dataset = %(dataset)s and c.closed_by is null and c.valid @> %(on)s limit 1),
  (select organisation from registry.pilotage where closed_by is null and valid @> %(on)s limit 1))
"""


def answers_for(conn: Conn, about: About, on: date) -> str:
    """The body that answers: the one named, the owner, the facilitator, else the pilot. Raises Conflict."""
    if about.organisation is not None:
        return about.organisation
    row = conn.execute(_WHO.encode(), {"dataset": about.dataset, "on": on}).fetchone()
    if row is None or row[0] is None:
        raise Conflict(
            Text("Aucun organisme ne peut répondre ici pour l'instant.", "No body can answer here for now."),
            remedy=Text("Écrivez au contact du service.", "Write to the contact of the service."),
        )
    return str(row[0])


def due_on(kind: str, on: date, days: int) -> date:
    """Until when an answer is due: the delay declared, or one month for a request for publication (CRPA, R311-13)."""
    return months_after(on, 1) if kind == "publication" else on + timedelta(days=days)


def receive(conn: Conn, about: About, said: Said, now: datetime, on: date, *, days: int) -> int:
    """Keep what was said, and tell the body that answers; its number. Raises TooMany, Conflict."""
    conn.execute("select from remarks.gate for update")
    _within_limits(conn, about, said, now)
    body = answers_for(conn, about, on)
    due = due_on(said.kind, on, days)
    row = conn.execute(
        "insert into remarks.remark (at, kind, dataset, record, feature, geometry, organisation, relay, words, lang,"
        " author_name, author_email, author_login, author_organisation, caller, due)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
        (
            now, said.kind, about.dataset, about.record, said.feature,
            Jsonb(said.geometry) if said.geometry is not None else None, body, about.relay, said.words, said.lang,
            said.name, said.email, said.login, said.organisation, said.caller, due,
        ),
    ).fetchone()  # fmt: skip
    assert row is not None
    number = int(row[0])
    _note(conn, number, now, None, "received", "author")
    _tell_body(conn, number, about, said, body, due, on, now)
    if said.email:
        _tell_author(conn, number, said, about, "received", due, None)
    return number


def move(conn: Conn, number: int, step: Move, by: str, now: datetime) -> dict[str, Any]:
    """The next state of a remark, with its answer; its author is told. Raises NotFound, Conflict, InvalidParameter."""
    conn.execute("select from remarks.gate for update")
    held = one(conn, number)
    if held is None:
        raise missing()
    _follows(held["state"], step.state)
    answer = (step.answer or "").strip() or held["answer"]
    if step.state in ANSWERED and not answer:
        raise InvalidParameter("answer", Text("Dites ce que vous répondez.", "Say what you answer."))
    if answer is not None and len(answer) > LONGEST:
        raise InvalidParameter("answer", Text(f"{LONGEST} caractères au plus.", f"{LONGEST} characters at most."))
    public = step.public and bool(answer)
    shown = (step.public_words or held["public_words"] or held["words"]).strip()[:LONGEST] if public else None
    conn.execute(
        "update remarks.remark set state = %s, answer = %s, public = %s, public_words = %s,"
        " answered_at = case when %s and answered_at is null then %s else answered_at end where id = %s",
        (step.state, answer, public, shown, step.state in ANSWERED, now, number),
    )
    _note(conn, number, now, held["state"], step.state, by, step.answer)
    if step.state in (*ANSWERED, "closed") and held["author_email"]:
        about = About(held["dataset"], held["record"], title=_titled(held))
        said = Said(held["kind"], held["words"], held["lang"], email=held["author_email"])
        _tell_author(conn, number, said, about, step.state, held["due"], answer)
    moved = one(conn, number)
    assert moved is not None
    return moved


def assign(conn: Conn, number: int, organisation: str, by: str, now: datetime, on: date) -> dict[str, Any]:
    """Pass a remark on to the body that holds the data (CRPA, L114-2), which is told; its delay runs on.

    Raises NotFound, Conflict.
    """
    conn.execute("select from remarks.gate for update")
    held = one(conn, number)
    if held is None:
        raise missing()
    if held["state"] not in OPEN or held["organisation"] == organisation:
        raise Conflict(
            Text("Elle a déjà sa réponse, ou est déjà à cet organisme.", "It is answered, or is that body's already."),
            remedy=Text("Voyez « remarks show ».", "See “remarks show”."),
        )
    conn.execute("update remarks.remark set organisation = %s where id = %s", (organisation, number))
    _note(conn, number, now, held["state"], held["state"], by, f"→ {organisation}")
    about = About(held["dataset"], held["record"], organisation, title=_titled(held))
    said = Said(held["kind"], held["words"], held["lang"], held["feature"])
    _tell_body(conn, number, about, said, organisation, held["due"], on)
    moved = one(conn, number)
    assert moved is not None
    return moved


def read_by(conn: Conn, number: int, by: str, now: datetime) -> None:
    """Somebody of the body that answers opened it for the first time."""
    held = one(conn, number)
    if held is not None and held["state"] == "received":
        conn.execute("update remarks.remark set state = 'read' where id = %s", (number,))
        _note(conn, number, now, "received", "read", by)


def remind(conn: Conn, on: date) -> int:
    """Tell the bodies whose answers are late, once for each remark; how many are new.

    And forget who called after two days, and who wrote a year after the end.
    """
    conn.execute(
        "update remarks.remark set caller = null where caller is not null and at < %s::date - interval '2 days'", (on,)
    )
    conn.execute(
        "update remarks.remark r set author_name = null, author_email = null where r.state = 'closed'"
        " and (r.author_name is not null or r.author_email is not null) and not exists ("
        "   select from remarks.event e where e.remark = r.id and e.at > %s::date - %s::interval)",
        (on, A_YEAR),
    )
    told = 0
    for held in listing(conn, overdue=on):
        about = _titled(held)
        letter = Letter(
            "remark overdue",
            Text(f"Réponse en retard : {KINDS[held['kind']].fr} n° {held['id']}",
                 f"Late answer: {KINDS[held['kind']].en} no. {held['id']}"),
            Text(f"Une réponse était attendue avant le {day(held['due']).fr} ({about.fr}).",
                 f"An answer was due before {day(held['due']).en} ({about.en})."),
            link=f"/desk/remarks/{held['id']}",
        )  # fmt: skip
        told += bool(outbox.post(conn, f"remark-{held['id']}-overdue", letter,
                                 outbox.speakers(conn, [held["organisation"]], on)))  # fmt: skip
    return told


# what is read

_COLUMNS = (
    "id, at, kind, dataset, record, feature, geometry, organisation, relay, words, lang, author_name, author_email,"
    " author_login, author_organisation, due, state, answer, answered_at, public, public_words"
)


def one(conn: Conn, number: int) -> dict[str, Any] | None:
    """A remark whole, for the body that answers."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select {_COLUMNS} from remarks.remark where id = %s".encode(), (number,)).fetchone()


def events(conn: Conn, number: int) -> list[dict[str, Any]]:
    """The course of a remark, oldest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select number, at, before, after, by, words from remarks.event where remark = %s order by number",
            (number,),
        ).fetchall()


def listing(
    conn: Conn,
    *,
    organisation: str | None = None,
    login: str | None = None,
    dataset: str | None = None,
    states: Sequence[str] = (),
    overdue: date | None = None,
    limit: int = 500,
) -> list[dict[str, Any]]:
    """Remarks by the body that answers, the account that wrote, the dataset, the state, or those late on a day."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"select {_COLUMNS} from remarks.remark"
            " where (%(body)s::text is null or organisation = %(body)s)"
            " and (%(login)s::text is null or author_login = %(login)s)"
            " and (%(dataset)s::text is null or dataset = %(dataset)s)"
            " and (cardinality(%(states)s::text[]) = 0 or state = any (%(states)s::text[]))"
            " and (%(on)s::date is null or (state in ('received', 'read') and due < %(on)s::date))"
            " order by id desc limit %(limit)s".encode(),
            {"body": organisation, "login": login, "dataset": dataset, "states": list(states), "on": overdue,
             "limit": limit},
        ).fetchall()  # fmt: skip


def public_of(conn: Conn, dataset: str, limit: int = 100) -> list[dict[str, Any]]:
    """What was made public about a dataset, latest answer first; nothing of who wrote."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id, (at at time zone 'Europe/Paris')::date as asked_on, kind, feature, geometry, lang,"
            " public_words as words, answer, (answered_at at time zone 'Europe/Paris')::date as answered_on, state"
            " from remarks.remark where dataset = %s and public order by answered_at desc, id desc limit %s",
            (dataset, limit),
        ).fetchall()


def standing(conn: Conn, dataset: str, on: date) -> dict[str, int]:
    """How many remarks a dataset received, how many wait for an answer, how many are late."""
    row = conn.execute(
        "select count(*), count(*) filter (where state in ('received', 'read')),"
        " count(*) filter (where state in ('received', 'read') and due < %s) from remarks.remark where dataset = %s",
        (on, dataset),
    ).fetchone()
    assert row is not None
    return {"received": int(row[0]), "waiting": int(row[1]), "late": int(row[2])}


def missing() -> NotFound:
    """A remark that is not there, or that is not one's own: one answer."""
    return NotFound(
        Text("Aucune remarque ici.", "There is no remark here."),
        remedy=Text("Celles de votre organisme sont à /desk/remarks.", "Those of your body are at /desk/remarks."),
    )


# what is told, and what is checked


def _tell_body(
    conn: Conn, number: int, about: About, said: Said, body: str, due: date, on: date, now: datetime | None = None
) -> None:
    what, where = KINDS[said.kind], REQUEST if said.kind == "publication" else REMARK
    place = f" ({said.feature})" if said.feature else ""
    letter = Letter(
        "remark",
        Text(f"{what.fr.capitalize()} n° {number} : {about.title.fr}",
             f"{what.en.capitalize()} no. {number}: {about.title.en}"),
        Text(f"« {said.words} »\n\n{about.title.fr}{place}. Réponse attendue avant le {day(due).fr}. [{where.fr}]",
             f"“{said.words}”\n\n{about.title.en}{place}. An answer is due before {day(due).en}. [{where.en}]"),
        link=f"/desk/remarks/{number}",
    )  # fmt: skip
    outbox.post(conn, f"remark-{number}", letter, outbox.speakers(conn, [body], on), at=now)
    if about.relay:
        # The source answers for its data: its contact is told the words, and nothing of who wrote them.
        relayed = Letter(
            "remark relayed",
            letter.subject,
            Text(f"« {said.words} »\n\nRemarque relayée depuis notre catalogue : {about.title.fr}.",
                 f"“{said.words}”\n\nA remark relayed from our catalogue: {about.title.en}."),
            link=f"/collections/records/items/{about.record}" if about.record else None,
        )  # fmt: skip
        outbox.post(conn, f"remark-{number}-relay", relayed, [Recipient(about.relay)])


def _tell_author(conn: Conn, number: int, said: Said, about: About, state: str, due: date, answer: str | None) -> None:
    """The author reads where it stands at an address that only the mail holds; none of its own words are in it, so
    that nobody makes us write them to somebody else."""
    what, now = KINDS[said.kind], STATES[state]
    if answer is None:
        words = Text(f"Nous l'avons reçue. Une réponse est attendue avant le {day(due).fr}.",
                     f"We received it. An answer is due before {day(due).en}.")  # fmt: skip
    else:
        words = Text(f"Elle est {now.fr}.\n\n{answer}", f"It is {now.en}.\n\n{answer}")
    letter = Letter(
        "remark answer" if answer else "remark receipt",
        Text(f"Votre {what.fr} n° {number} : {about.title.fr}", f"Your {what.en} no. {number}: {about.title.en}"),
        words,
        secret=f"remark {number}",
    )
    count = conn.execute("select count(*) from remarks.event where remark = %s", (number,)).fetchone()
    outbox.post(conn, f"remark-{number}-author-{count[0] if count else 0}", letter,
                [Recipient(said.email, lang=said.lang)])  # fmt: skip


def _titled(held: Mapping[str, Any]) -> Text:
    name = held["dataset"] or held["record"] or ""
    return Text(f"« {name} »", f"“{name}”") if name else Text("données d'un organisme", "data of a body")


def _within_limits(conn: Conn, about: About, said: Said, now: datetime) -> None:
    since = now - AN_HOUR
    counted: list[tuple[str, str | bytes, int]] = []
    if said.login is not None:
        counted.append(("author_login", said.login, OF_AN_ACCOUNT))
    elif said.caller is not None:
        counted.append(("caller", said.caller, OF_A_STRANGER))
    if said.email is not None:  # an address that others give is not written to without end
        counted.append(("author_email", said.email, OF_A_STRANGER))
    if about.dataset is not None:
        counted.append(("dataset", about.dataset, OF_A_DATASET))
    for column, value, most in counted:
        row = conn.execute(
            f"select count(*) from remarks.remark where {column} = %s and at > %s".encode(), (value, since)
        ).fetchone()
        if row is not None and row[0] >= most:
            error = TooMany(
                Text("Trop de remarques en une heure.", "Too many remarks within an hour."),
                remedy=Text("Reprenez dans une heure.", "Come back in an hour."),
            )
            error.headers["retry-after"] = "3600"
            raise error


def _follows(before: str, after: str) -> None:
    if after not in STATES:
        raise UnknownWord(Text("État", "state"), after, STATES, closed=True)
    if after not in MOVES[before]:
        fr, en = (", ".join(STATES[one].in_(lang) for one in MOVES[before]) or "—" for lang in ("fr", "en"))
        raise Conflict(
            Text(f"Elle est {STATES[before].fr} ; elle peut devenir : {fr}.",
                 f"It is {STATES[before].en}; it may become: {en}.")
        )  # fmt: skip


def _note(
    conn: Conn, number: int, now: datetime, before: str | None, after: str, by: str, words: str | None = None
) -> None:
    conn.execute(
        "insert into remarks.event (remark, number, at, before, after, by, words)"
        " select %(remark)s, coalesce(max(number), 0) + 1, %(at)s, %(before)s, %(after)s, %(by)s, %(words)s"
        " from remarks.event where remark = %(remark)s",
        {"remark": number, "at": now, "before": before, "after": after, "by": by, "words": words},
    )
