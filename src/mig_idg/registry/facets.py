"""The facets of a declared dataset, each written as history by its own function.

A writer gets what is declared, and what was declared before it; it gives the case numbers it opened, if any, so that
the next declaration finds them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from mig_idg.charter.facts import OPEN_LICENCES
from mig_idg.errors import Text
from mig_idg.registry import exceptions, history, terms
from mig_idg.registry.acts import Conn
from mig_idg.registry.exceptions import Exception_


@dataclass(frozen=True, slots=True)
class Saying:
    """One declaration being written: under which act, from which day, and whether it is the first of its dataset."""

    number: int
    dataset: str
    kind: str
    on: date
    first: bool

    @property
    def start(self) -> date | None:
        """What a first declaration says was so before it; what a later one changes, it changes from its day."""
        return None if self.first else self.on


def _write_owner(conn: Conn, saying: Saying, owner: Any, before: Any, notes: list[Text]) -> None:
    """Another owner: the terms, the agreements and the frozen audience of the former one end with it."""
    if before is not None:
        for table in ("terms", "agreement", "frozen_audience"):
            history.end(conn, saying.number, table, {"dataset": saying.dataset}, history.span(saying.on))
    if owner is not None:
        key = {"dataset": saying.dataset}
        history.put(conn, saying.number, "ownership", key, {"organisation": owner}, history.span(saying.start))


def _write_group(conn: Conn, saying: Saying, members: Any, before: Any, notes: list[Text]) -> None:
    if saying.kind != "coproduced":
        return
    group = f"collection:{saying.dataset}"
    days = history.span(saying.start)
    conn.execute("insert into registry.working_group (id) values (%s) on conflict do nothing", (group,))
    history.put(conn, saying.number, "coproduction", {"dataset": saying.dataset}, {"working_group": group}, days)
    there = {row["organisation"] for row in history.known(conn, "group_member", {"working_group": group}, saying.on)}
    for organisation in sorted(there - set(members)):
        history.end(conn, saying.number, "group_member", {"working_group": group, "organisation": organisation}, days)
    for organisation in sorted(set(members) - there):
        key = {"working_group": group, "organisation": organisation}
        history.put(conn, saying.number, "group_member", key, {}, days)


def _write_attributes(conn: Conn, saying: Saying, names: Any, before: Any, notes: list[Text]) -> None:
    key = {"dataset": saying.dataset}
    history.put(conn, saying.number, "dataset_attributes", key, {"attributes": names}, history.span(saying.start))


def _write_metadata(conn: Conn, saying: Saying, visibility: Any, before: Any, notes: list[Text]) -> None:
    key = {"dataset": saying.dataset}
    history.put(conn, saying.number, "dataset_metadata", key, {"visibility": visibility}, history.span(saying.start))


def _write_licence(conn: Conn, saying: Saying, licence: Any, before: Any, notes: list[Text]) -> None:
    if saying.kind == "coproduced" and licence in OPEN_LICENCES:
        notes.append(
            Text(
                f"« {saying.dataset} » : « licence: {licence} » n'ouvre rien. Une donnée coproduite s'ouvre par l'acte "
                "d'un copropriétaire, les autres informés : « terms open » (Charte MIG, § 3.4, lecture n° 21).",
                f"“{saying.dataset}”: “licence: {licence}” opens nothing. Coproduced data are opened by the act of a "
                "co-owner, the others being told: “terms open” (MIG charter, § 3.4, reading no. 21).",
            )
        )
        return
    if history.known(conn, "opening_notice", {"dataset": saying.dataset}):
        return  # opened by a co-owner's act: a declaration closes nothing of it
    days = history.span(saying.start)
    history.end(conn, saying.number, "dataset_licence", {"dataset": saying.dataset}, days)
    if licence is not None:
        said = {"dataset": saying.dataset, "licence": licence, "valid": days}
        history.insert(conn, saying.number, "dataset_licence", said)


def _write_terms(conn: Conn, saying: Saying, said: Any, before: Any, notes: list[Text]) -> None:
    if said is None:
        history.end(conn, saying.number, "terms", {"dataset": saying.dataset}, history.span(saying.start))
        return
    start, end = _day(said.get("from")), _day(said.get("to"))
    known = terms.Terms(
        mode=said["mode"],
        actions=tuple(said.get("actions", ())),
        named=tuple(said.get("named", ())),
        agreed=tuple(said.get("agreed", ())),
        hidden_attributes=tuple(said.get("hidden_attributes", ())),
        extends_to_ept_communes=said.get("extends_to_ept_communes", False),
        allows_contractors=said.get("allows_contractors", False),
        own_territory=said.get("rows") == "own_territory",
    )
    if not saying.first:
        # The past keeps the terms it had: a later declaration never says that they were otherwise.
        start = max(start or saying.on, saying.on)
        history.end(conn, saying.number, "terms", {"dataset": saying.dataset}, history.span(saying.on))
    if start is None or end is None or start < end:
        terms.write(conn, saying.number, saying.dataset, said["by"], known, start, end)


def _write_exceptions(conn: Conn, saying: Saying, said: Any, before: Any, notes: list[Text]) -> list[int | None]:
    """Lift what is declared no more, write what is new; gives the case number of each, None for one without effect."""
    left = list(zip(before["said"], before["cases"], strict=True)) if before else []
    cases: list[int | None] = []
    for one in said:
        same = next((pair for pair in left if pair[0] == one), None)
        if same is not None:
            left.remove(same)
            cases.append(same[1])
        else:
            cases.append(_write_exception(conn, saying, one, notes))
    for _, case in left:
        if case is not None:
            history.end(conn, saying.number, "dataset_exception", {"number": case}, history.span(saying.on))
    return cases


def _write_exception(conn: Conn, saying: Saying, said: dict[str, Any], notes: list[Text]) -> int | None:
    if said["ground"] == "E4" and not (said.get("objection_proved") and said.get("law_allows")):
        notes.append(
            Text(
                f"« {saying.dataset} » : l'exception E4 est sans effet tant que l'opposition et le texte qui la permet "
                "ne sont pas établis tous deux (Charte MIG, § 3.3, 4e tiret).",
                f"“{saying.dataset}”: exception E4 has no effect until both the objection and the law that allows it "
                "are established (MIG charter, § 3.3, 4th dash).",
            )
        )
        return None
    exception = Exception_(
        ground=said["ground"],
        legal_text=said["legal"],
        author=said["author"],
        review=date.fromisoformat(said["review"]),
        attributes=tuple(said.get("attributes", ())),
        objection_proved=bool(said.get("objection_proved")),
        law_allows=bool(said.get("law_allows")),
        beneficiaries=tuple(said["beneficiaries"]) if "beneficiaries" in said else None,
        until=_day(said.get("to")),
    )
    return exceptions.write(conn, saying.number, saying.dataset, exception, _day(said.get("from")) or saying.start)


def _write_takedown(conn: Conn, saying: Saying, scope: Any, before: Any, notes: list[Text]) -> int | None:
    if before and before["cases"] is not None:
        history.end(conn, saying.number, "takedown", {"number": before["cases"]}, history.span(saying.on))
    if scope is None:
        return None
    said = {"dataset": saying.dataset, "scope": scope, "requester": "déclaration", "channel": "déclaration"}
    tombstone = Jsonb({"dataset": saying.dataset, "scope": scope, "since": saying.on.isoformat()})
    days = history.span(saying.start)
    row = {**said, "state": "executed", "tombstone": tombstone, "valid": days}
    written = history.insert(conn, saying.number, "takedown", row)
    (told,) = history.known(conn, "takedown", {"id": written})
    return int(told["number"])


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


type Writer = Callable[[Conn, Saying, Any, Any, list[Text]], Any]

WRITERS: dict[str, Writer] = {
    "owner": _write_owner,
    "working_group": _write_group,
    "attributes": _write_attributes,
    "metadata": _write_metadata,
    "licence": _write_licence,
    "terms": _write_terms,
    "exceptions": _write_exceptions,
    "takedown": _write_takedown,
}
