"""Changes that partners propose to a coproduced layer: received, taken, amended or declined by its working group.

Charte MIG, § 3.2.2 (the group makes the layer) and § 3.4 (what was validated is frozen): a proposal never touches the
rows in force. Who decides is the facilitator of the working group, or the pilot when there is none. What is taken goes
into the next version (`publication.proposals`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection, errors
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from mig_idg.errors import Conflict, InvalidParameter, NotFound, Text, TooMany, UnknownWord
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Letter
from mig_idg.registry.remarks import About, answers_for

type Conn = Connection[Any]
type Shape = tuple[str | None, int]
"""A geometry as hexadecimal EWKB (None: none), x first, and the EPSG code of its CRS."""

ACTIONS = {
    "create": Text("ajout", "addition"),
    "update": Text("modification", "change"),
    "delete": Text("suppression", "removal"),
}
STATES = {
    "proposed": Text("proposée", "proposed"),
    "taken": Text("retenue, pour la prochaine version", "taken, for the next version"),
    "declined": Text("écartée", "declined"),
    "withdrawn": Text("retirée par son auteur", "withdrawn by its author"),
    "applied": Text("appliquée", "applied"),
    "overtaken": Text("dépassée : la donnée a changé entre-temps", "overtaken: the data changed meanwhile"),
}
MOVES: Mapping[str, tuple[str, ...]] = {
    "proposed": ("taken", "declined", "withdrawn"),
    "taken": ("declined",),
    "declined": ("taken",),
    "overtaken": ("taken", "declined"),
    "withdrawn": (),
    "applied": (),
}
DECISIONS = {
    "take": Text("la retenir, telle quelle ou amendée", "take it, as it is or amended"),
    "decline": Text("l'écarter", "decline it"),
    "withdraw": Text("la retirer", "withdraw it"),
}
WAITING = ("proposed", "overtaken")
ARTICLE = Text("Charte MIG, § 3.2.2 et § 3.4", "MIG charter, § 3.2.2 and § 3.4")
AN_HOUR = timedelta(hours=1)
OF_AN_ACCOUNT, WAITING_OF_A_BODY = 2_000, 10_000
"""How many an hour of one account; how many of one body may wait for a decision on one layer."""
LONGEST = 2000
PREFIX = "proposal-"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed: `values` are text forms by column, None for null; `shape` the geometry when it changes."""

    dataset: str
    action: str
    login: str
    organisation: str
    feature: str | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)
    shape: Shape | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What the group does: the next state and why; an amendment replaces what is proposed."""

    state: str
    reason: str | None = None
    values: Mapping[str, str | None] | None = None
    shape: Shape | None = None


def propose(conn: Conn, proposed: Proposed, now: datetime, on: date) -> int:
    """Keep a proposal and tell who decides, once a day for each body; its number. Raises TooMany, NotFound."""
    _within_limits(conn, proposed, now)
    hex_, srid = proposed.shape or (None, 0)
    try:
        row = conn.execute(
            "insert into proposals.proposal (at, dataset, action, feature, values, shaped, shape, words, login,"
            " organisation) values (%s, %s, %s, %s, %s, %s, st_setsrid(%s::geometry, %s), %s, %s, %s) returning id",
            (now, proposed.dataset, proposed.action, proposed.feature, Jsonb(dict(proposed.values)),
             proposed.shape is not None, hex_, srid, _short(proposed.words), proposed.login, proposed.organisation),
        ).fetchone()  # fmt: skip
    except errors.NoDataFound:
        raise NotFound(Text("Aucune entité de cet identifiant.", "There is no feature of that id.")) from None
    assert row is not None
    number = int(row[0])
    note(conn, number, now, None, "proposed", proposed.login, proposed.words)
    _tell_group(conn, proposed, on, now)
    return number


def decide(conn: Conn, number: int, step: Step, by: str, now: datetime, on: date) -> dict[str, Any]:
    """The next state of a proposal; its body is told. Raises NotFound, Conflict, InvalidParameter."""
    conn.execute("select from proposals.proposal where id = %s for update", (number,))
    held = one(conn, number)
    if held is None:
        raise missing()
    _follows(held["state"], step.state)
    if step.state == "declined" and not (step.reason or "").strip():
        raise InvalidParameter("reason", Text("Dites pourquoi elle est écartée.", "Say why it is declined."))
    change = None
    if step.values is not None or step.shape is not None:
        change = _amend(conn, held, step)
    conn.execute(
        "update proposals.proposal set state = %s, reason = %s, decided_at = %s, decided_by = %s where id = %s",
        (step.state, _short(step.reason), now, by, number),
    )
    note(conn, number, now, held["state"], step.state, by, step.reason, change)
    if step.state != "withdrawn":
        _tell_author(conn, held, step.state, on, now)
    moved = one(conn, number)
    assert moved is not None
    return moved


def _amend(conn: Conn, held: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """Replace what is proposed by what the group says; what it said before. Raises Conflict for a removal."""
    if held["action"] == "delete":
        raise Conflict(
            Text("Une suppression ne s'amende pas.", "A removal is not amended."),
            remedy=Text("Retenez-la ou écartez-la.", "Take it or decline it."),
        )
    values = {**held["values"], **(step.values or {})}
    conn.execute("update proposals.proposal set values = %s, amended = true where id = %s", (Jsonb(values), held["id"]))
    if step.shape is not None:
        conn.execute(
            "update proposals.proposal set shaped = true, shape = st_setsrid(%s::geometry, %s) where id = %s",
            (*step.shape, held["id"]),
        )
    return {"values": held["values"], "geometry": held["geometry"] if step.shape is not None else None}


def decider(conn: Conn, dataset: str, on: date) -> str:
    """The body that decides: the facilitator of the working group, else the pilot. Raises Conflict."""
    return answers_for(conn, About(dataset), on)


# what is read

_COLUMNS = (
    "id, at, dataset, action, feature, values, shaped, before, words, login, organisation, amended, state, decided_at,"
    " decided_by, reason, applied_at,"
    " st_asgeojson(st_transform(shape, 4326), 8)::jsonb as geometry,"
    " st_asgeojson(st_transform(place, 4326), 8)::jsonb as place"
)


def one(conn: Conn, number: int) -> dict[str, Any] | None:
    """A proposal whole; geometries as GeoJSON, degrees, longitude first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select {_COLUMNS} from proposals.proposal where id = %s".encode(), (number,)).fetchone()


def events(conn: Conn, number: int) -> list[dict[str, Any]]:
    """The course of a proposal, oldest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select number, at, before, after, by, words from proposals.event where proposal = %s order by number",
            (number,),
        ).fetchall()


def listing(
    conn: Conn,
    *,
    dataset: str | None = None,
    datasets: Sequence[str] | None = None,
    states: Sequence[str] = (),
    organisation: str | None = None,
    feature: str | None = None,
    limit: int = 500,
    before: int | None = None,
) -> list[dict[str, Any]]:
    """Proposals, the latest first; `before` is the number after which the page begins."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"select {_COLUMNS} from proposals.proposal"
            " where (%(dataset)s::text is null or dataset = %(dataset)s)"
            " and (%(datasets)s::text[] is null or dataset = any (%(datasets)s::text[]))"
            " and (cardinality(%(states)s::text[]) = 0 or state = any (%(states)s::text[]))"
            " and (%(body)s::text is null or organisation = %(body)s)"
            " and (%(feature)s::text is null or feature = %(feature)s)"
            " and (%(before)s::bigint is null or id < %(before)s::bigint)"
            " order by id desc limit %(limit)s".encode(),
            {"dataset": dataset, "datasets": list(datasets) if datasets is not None else None,
             "states": list(states), "body": organisation, "feature": feature, "before": before, "limit": limit},
        ).fetchall()  # fmt: skip


def waiting(conn: Conn, datasets: Sequence[str]) -> dict[str, int]:
    """How many wait for a decision, by layer."""
    rows = conn.execute(
        "select dataset, count(*) from proposals.proposal where dataset = any (%s) and state = any (%s)"
        " group by dataset",
        (list(datasets), list(WAITING)),
    )
    return {str(dataset): int(count) for dataset, count in rows}


def missing() -> NotFound:
    """A proposal that is not there, or not for this caller: one answer."""
    return NotFound(
        Text("Aucune proposition ici.", "There is no proposal here."),
        remedy=Text("Celles d'une couche : /collections/…/proposals.", "Those of a layer: /collections/…/proposals."),
    )


def number_of(word: str) -> int:
    """`proposal-12`, as the address has it. Raises NotFound."""
    digits = word.removeprefix(PREFIX)
    if word == digits or not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise missing()
    return int(digits)


# what is told, and what is checked


def _tell_group(conn: Conn, proposed: Proposed, on: date, now: datetime) -> None:
    """One message a day for the proposals of a body on a layer: an editing session makes hundreds."""
    letter = Letter(
        "proposal",
        Text(f"Propositions sur « {proposed.dataset} »", f"Proposals on “{proposed.dataset}”"),
        Text(
            f"Des changements sont proposés par {proposed.organisation} ; retenez-les, amendez-les ou écartez-les."
            f" [{ARTICLE.fr}]",
            f"Changes are proposed by {proposed.organisation}; take, amend or decline them. [{ARTICLE.en}]",
        ),
        link=f"/collections/{proposed.dataset}/proposals?f=html&state=proposed",
    )
    body = decider(conn, proposed.dataset, on)
    outbox.post(conn, f"proposals-{proposed.dataset}-{proposed.organisation}-{on}", letter,
                outbox.speakers(conn, [body], on), at=now)  # fmt: skip
    outbox.wake(conn)


def _tell_author(conn: Conn, held: Mapping[str, Any], state: str, on: date, now: datetime) -> None:
    letter = Letter(
        "proposal decided",
        Text(f"Vos propositions sur « {held['dataset']} »", f"Your proposals on “{held['dataset']}”"),
        Text(
            f"Le groupe de travail a décidé : proposition n° {held['id']}, {STATES[state].fr}. [{ARTICLE.fr}]",
            f"The working group decided: proposal no. {held['id']}, {STATES[state].en}. [{ARTICLE.en}]",
        ),
        link=f"/collections/{held['dataset']}/proposals",
    )
    outbox.post(conn, f"proposals-{held['dataset']}-{held['organisation']}-{on}-decided", letter,
                outbox.speakers(conn, [held["organisation"]], on), at=now)  # fmt: skip
    outbox.wake(conn)


def _within_limits(conn: Conn, proposed: Proposed, now: datetime) -> None:
    row = conn.execute(
        "select (select count(*) from proposals.proposal where login = %s and at > %s),"
        " (select count(*) from proposals.proposal where dataset = %s and organisation = %s and state = 'proposed')",
        (proposed.login, now - AN_HOUR, proposed.dataset, proposed.organisation),
    ).fetchone()
    assert row is not None
    if row[0] < OF_AN_ACCOUNT and row[1] < WAITING_OF_A_BODY:
        return
    error = TooMany(
        Text("Trop de propositions attendent déjà une décision.", "Too many proposals wait for a decision already."),
        remedy=Text("Reprenez plus tard, ou déposez un fichier.", "Come back later, or deposit a file."),
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


def _short(words: str | None) -> str | None:
    if words is not None and len(words) > LONGEST:
        raise InvalidParameter("reason", Text(f"{LONGEST} caractères au plus.", f"{LONGEST} characters at most."))
    return (words or "").strip() or None


def note(
    conn: Conn, number: int, now: datetime, before: str | None, after: str, by: str, words: str | None = None,
    change: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    conn.execute(
        "insert into proposals.event (proposal, number, at, before, after, by, words, change)"
        " select %(id)s, coalesce(max(number), 0) + 1, %(at)s, %(before)s, %(after)s, %(by)s, %(words)s, %(change)s"
        " from proposals.event where proposal = %(id)s",
        {"id": number, "at": now, "before": before, "after": after, "by": by, "words": words,
         "change": Jsonb(change) if change is not None else None},
    )  # fmt: skip
