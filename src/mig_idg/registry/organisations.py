"""Organisations: who is known, under which id and name, and how a word typed by somebody finds one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mig_idg import territory
from mig_idg.errors import InvalidParameter, Text, UnknownWord, nearest
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act

KINDS = (
    "commune",
    "ept",
    "departement",
    "state_service",
    "public_establishment",
    "emergency_service",
    "other_authority",
    "company",
    "association",
)
BODY = Text("Organisme", "body")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body as the registry describes it; `listed` says that Annex 1 names it."""

    id: str
    name: str
    kind: str
    listed: bool = False
    insee: str | None = None
    siren: str | None = None

    @property
    def public_authority(self) -> bool:
        """Only public authorities may adhere (004 §2.1.1)."""
        return self.kind not in ("company", "association")


@act
def register(conn: Conn, organisation: Organisation, record: Record) -> Done:
    """Make a body known, or describe it anew from the day of the record."""
    if organisation.kind not in KINDS:
        raise UnknownWord(Text("Genre d'organisme", "kind of body"), organisation.kind, KINDS, closed=True)
    words = Text(
        f"{organisation.name} ({organisation.id}) est connu du registre.",
        f"{organisation.name} ({organisation.id}) is known to the registry.",
    )
    number = open_act(conn, record, verb="partner register", article="Charte MIG, § 2.1", words=words)
    describe(conn, number, organisation)
    return Done(number, "partner register", "Charte MIG, § 2.1", words, {"organisation": organisation.id})


def describe(conn: Conn, number: int, organisation: Organisation) -> bool:
    """Write the description under an act, for all days; False when it is already what is known."""
    conn.execute("insert into registry.body (id) values (%s) on conflict do nothing", (organisation.id,))
    said = {
        "name": organisation.name,
        "kind": organisation.kind,
        "listed": organisation.listed,
        "insee": organisation.insee,
        "siren": organisation.siren,
    }
    key = {"organisation": organisation.id}
    if any(all(row[column] == value for column, value in said.items()) for row in known(conn, organisation.id)):
        return False
    history.put(conn, number, "organisation", key, said, history.span())
    return True


def known(conn: Conn, id: str) -> list[dict[str, object]]:
    """What is known today of one body; empty when it is not known."""
    return history.known(conn, "organisation", {"organisation": id})


def everyone(conn: Conn) -> dict[str, Organisation]:
    """Every body known today, by id."""
    rows = conn.execute(
        "select distinct on (organisation) organisation, name, kind, listed, insee, siren from registry.organisation"
        " where closed_by is null order by organisation, valid desc"
    )
    return {row[0]: Organisation(*row) for row in rows}


def resolve(conn: Conn, word: str) -> str:
    """The id of the body that a word names (id, INSEE code, SIREN, name, usual name), accents and case aside.

    Raises UnknownWord, with the nearest known body, when there is none: nothing is written about a ghost.
    """
    bodies = everyone(conn)
    if word in bodies:
        return word
    by_name = {spelling: body.id for body in bodies.values() for spelling in _spellings(body)}
    namesakes = sorted(b.id for b in bodies.values() if territory.spelled(b.name) == territory.spelled(word))
    if len(namesakes) > 1:
        raise InvalidParameter(
            "organisme",
            Text(f"Plusieurs organismes se nomment « {word} ».", f"Several bodies are named “{word}”."),
            remedy=Text(f"Donnez l'identifiant : {', '.join(namesakes)}.", f"Give its id: {', '.join(namesakes)}."),
        )
    found = by_name.get(territory.spelled(word)) or by_name.get(word)
    if found is None and (place := territory.find(word)) is not None and place.id in bodies:
        found = place.id
    if found is None:
        raise _unknown(word, bodies.values(), by_name)
    return found


def name_of(conn: Conn, id: str) -> str:
    """The name people use for a body, or its id."""
    rows = known(conn, id)
    return str(rows[-1]["name"]) if rows else territory.name_of(id)


def require_day(start: date, end: date | None) -> None:
    """InvalidParameter when a span that somebody typed ends before it begins."""
    if end is not None and end <= start:
        raise InvalidParameter(
            "until",
            Text(
                f"La fin ({end}) doit suivre le début ({start}).", f"The end ({end}) must follow the start ({start})."
            ),
        )


def _spellings(body: Organisation) -> Iterable[str]:
    yield territory.spelled(body.id)
    yield territory.spelled(body.name)
    yield from filter(None, (body.insee, body.siren))


def _unknown(word: str, bodies: Iterable[Organisation], by_name: dict[str, str]) -> UnknownWord:
    by_id = {body.id: body for body in bodies}
    near = nearest(territory.spelled(word), by_name) or nearest(word, by_id)
    problem = UnknownWord(BODY, word, ())
    if near is not None:
        body = by_id[by_name.get(near, near)]
        told = body.id if body.name == body.id else f"{body.name} ({body.id})"
        problem.remedy = Text(f"Vouliez-vous dire « {told} » ?", f"Did you mean “{told}”?")
    return problem
