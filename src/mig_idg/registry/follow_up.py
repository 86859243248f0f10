"""Cases: what the partnership opens, moves from state to state and closes, each time by a dated act.

A case is never edited: what it was on a day, and what was known of it then, is the history of its rows. A dispute keeps
its evidence (Charte MIG, § 2.8): while it is open, the journal of that time is not aggregated (`hold`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from psycopg.types.json import Jsonb

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.case_kinds import KINDS, STATES, Field, Kind
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Case:
    """What a case says at its opening; `organisation` answers for it, `parties` are the others concerned."""

    kind: str
    subject: str
    organisation: str | None = None
    parties: Collection[str] = ()
    dataset: str | None = None
    instrument: str | None = None
    group: str | None = None
    due: date | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@act
def open_case(conn: Conn, case: Case, record: Record) -> Done:
    """Open a case; refused, field by field, when it lacks what its kind asks."""
    kind = kind_of(case.kind)
    _complete(kind, case)
    _known(conn, case)
    words = Text(f"{kind.label.fr.capitalize()} : {case.subject}.", f"{kind.label.en.capitalize()}: {case.subject}.")
    number = open_act(conn, record, verb="case open", article=kind.article, words=words)
    values = {
        "kind": kind.word,
        "state": kind.first,
        "subject": case.subject,
        "opened_on": record.on,
        "organisation": case.organisation,
        "parties": sorted(case.parties),
        "dataset": case.dataset,
        "instrument": case.instrument,
        "working_group": case.group,
        "due": case.due,
        "details": Jsonb(dict(case.details)),
        "valid": history.span(record.on),
    }
    row = history.insert(conn, number, "follow_up", values)
    opened = conn.execute("select number from registry.follow_up where id = %s", (row,)).fetchone()
    assert opened is not None
    return Done(
        number, "case open", kind.article, words, {"case": int(opened[0]), "kind": kind.word, "state": kind.first}
    )


@act
def move(conn: Conn, case: int, state: str, said: str, record: Record, *, due: date | None = None) -> Done:
    """Move a case to a next state, with a sentence; a state that does not follow is refused with those that do."""
    row = latest(conn, case)
    kind = KINDS[row["kind"]]
    follows = kind.moves[row["state"]]
    if state not in kind.moves:
        raise UnknownWord(Text("État", "state"), state, follows or list(kind.moves), closed=True)
    if state not in follows:
        raise Conflict(
            Text(
                f"De « {label(row['state']).fr} », le dossier n° {case} va à : {_choices(follows).fr}.",
                f"From “{label(row['state']).en}”, case no. {case} goes to: {_choices(follows).en}.",
            ),
            extra={"article": kind.article},
        )
    if record.on < row["valid"].lower:
        raise InvalidParameter(
            "on",
            Text(
                f"Le dossier est dans son état depuis le {day(row['valid'].lower).fr}.",
                f"The case has been in its state since {day(row['valid'].lower).en}.",
            ),
        )
    _check_move(conn, kind, row, state)
    words = Text(
        f"{kind.label.fr.capitalize()} n° {case} : {label(state).fr}. {said}",
        f"{kind.label.en.capitalize()} no. {case}: {label(state).en}. {said}",
    )
    number = open_act(conn, record, verb="case move", article=kind.article, words=words)
    kept = {name: row[name] for name in ("kind", "subject", "opened_on", "organisation", "parties", "dataset",
                                         "instrument", "working_group")}  # fmt: skip
    values = {**kept, "details": Jsonb(row["details"]), "state": state, "words": said, "due": due or row["due"]}
    history.put(conn, number, "follow_up", {"number": case}, values, history.span(record.on))
    return Done(number, "case move", kind.article, words, {"case": case, "kind": kind.word, "state": state})


def kind_of(word: str) -> Kind:
    """The kind of a word; UnknownWord."""
    if word not in KINDS:
        raise UnknownWord(Text("Genre de dossier", "kind of case"), word, KINDS, closed=True)
    return KINDS[word]


def label(state: str) -> Text:
    """A state, in words."""
    return STATES[state]


def listing(
    conn: Conn,
    on: date,
    *,
    kind: str | None = None,
    organisation: str | None = None,
    group: str | None = None,
    ended: bool = False,
) -> list[Row]:
    """The cases as they stand on a day; those that are over only when asked."""
    if kind is not None:
        kind_of(kind)
    rows = ask(conn, "cases", {"on": on, "kind": kind, "organisation": organisation, "group": group})
    return [row for row in rows if ended or not KINDS[row["kind"]].ended(row["state"])]


def course(conn: Conn, case: int) -> list[Row]:
    """Every state of a case, oldest first, with the act that said it."""
    latest(conn, case)
    return ask(conn, "case_course", {"case": case})


def latest(conn: Conn, case: int) -> Row:
    """The last known state of a case; UnknownWord."""
    rows = history.known(conn, "follow_up", {"number": case})
    if not rows:
        known = [str(n) for (n,) in conn.execute("select distinct number from registry.follow_up order by 1")]
        raise UnknownWord(Text("Dossier", "case"), str(case), known)
    return max(rows, key=lambda row: row["valid"].lower)


def hold(conn: Conn) -> tuple[int, date] | None:
    """The open dispute whose facts are the oldest, and their first day: since then the journal is evidence (§ 2.8)."""
    rows = ask(conn, "cases", {"on": date.max, "kind": "dispute", "organisation": None, "group": None})
    held = [row for row in rows if not KINDS["dispute"].ended(row["state"])]
    found = min(held, key=lambda row: str(row["details"]["since"]), default=None)
    return (found["case"], date.fromisoformat(found["details"]["since"])) if found else None


def _choices(states: Collection[str]) -> Text:
    if not states:
        return Text("rien, il est clos", "nothing, it is closed")
    return Text(
        ", ".join(f"{state} ({label(state).fr})" for state in states),
        ", ".join(f"{state} ({label(state).en})" for state in states),
    )


def _complete(kind: Kind, case: Case) -> None:
    asked = (
        (kind.wants_body, case.organisation, "by", Text("quel organisme en répond", "which body answers for it")),
        (kind.wants_parties, case.parties, "party", Text("l'autre partie", "the other party")),
        (kind.wants_group, case.group, "group", Text("le groupe de travail", "the working group")),
        (kind.wants_due, case.due, "due", Text("l'échéance", "the deadline")),
    )
    for wanted, value, name, what in asked:
        if wanted and not value:
            raise _lacks(kind, name, what)
    fields = {one.name: one for one in kind.fields}
    for one in kind.fields:
        if one.required and not case.details.get(one.name, "").strip():
            raise _lacks(kind, one.name, one.label)
    for name, value in case.details.items():
        if name not in fields:
            raise UnknownWord(Text(f"Rubrique d'un dossier « {kind.word} »", f"field of “{kind.word}”"), name, fields)
        _check_field(fields[name], value)


def _check_field(one: Field, value: str) -> None:
    if one.choices and value not in one.choices:
        raise UnknownWord(one.label, value, one.choices, closed=True)
    if one.is_date:
        try:
            if not _DAY.fullmatch(value):
                raise ValueError(value)
            date.fromisoformat(value)
        except ValueError:
            raise InvalidParameter(
                one.name,
                Text(f"« {value} » n'est pas une date.", f"“{value}” is not a date."),
                remedy=Text("Écrivez AAAA-MM-JJ.", "Write YYYY-MM-DD."),
            ) from None


def _lacks(kind: Kind, name: str, what: Text) -> InvalidParameter:
    return InvalidParameter(
        name,
        Text(f"Un dossier « {kind.label.fr} » dit {what.fr}.", f"A case “{kind.label.en}” says: {what.en}."),
        remedy=Text(f"{kind.article}.", f"{kind.article}."),
    )


def _known(conn: Conn, case: Case) -> None:
    if case.dataset and not conn.execute("select 1 from registry.dataset where id = %s", (case.dataset,)).fetchone():
        known = [id for (id,) in conn.execute("select id from registry.dataset order by id")]
        raise UnknownWord(Text("Collection", "collection"), case.dataset, known)
    for table, value, what in (
        ("instrument", case.instrument, Text("Instrument", "instrument")),
        ("working_group", case.group, Text("Groupe de travail", "working group")),
    ):
        known = [id for (id,) in conn.execute(f"select id from registry.{table} order by id")]
        if value and value not in known:
            raise UnknownWord(what, value, known)


def _check_move(conn: Conn, kind: Kind, row: Row, state: str) -> None:
    """What the texts ask before a move, beside the order of states."""
    if kind.word == "dispute" and state == "referred" and row["state"] != "amicable":
        raise refused(kind.article, Text("Une conciliation est d'abord tentée.", "An amicable way is tried first."))
    if kind.word == "transfer-difficulty" and state == "settled" and not _settled(conn, row["number"]):
        raise refused(
            kind.article,
            Text(
                f"Le comité technique n'a pas encore statué sur la difficulté n° {row['number']}.",
                f"The technical committee has not ruled on difficulty no. {row['number']} yet.",
            ),
            remedy=Text(
                f"« committee record --committee technical --item transfer_difficulty {row['number']} … »",
                f"“committee record --committee technical --item transfer_difficulty {row['number']} …”",
            ),
            rule="a_difficulty_is_settled_by_the_technical_committee",
        )


def _settled(conn: Conn, case: int) -> bool:
    return bool(
        conn.execute(
            "select 1 from registry.decision_result where committee_kind = 'technical'"
            " and subject = 'transfer_difficulty' and subject_id = %s and adopted",
            (str(case),),
        ).fetchone()
    )
