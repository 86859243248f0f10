"""Datasets: found by their id, moved from state to state, validated by the technical committee (004 §3.2.2, §3.4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from mig_idg.errors import Text, UnknownWord
from mig_idg.registry import committees, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.refusals import refused

DATASET = Text("Collection", "collection")
STAGES = ("proposed", "structured", "consolidated", "submitted", "rejected")


@dataclass(frozen=True, slots=True)
class Version:
    """The content a validation certifies: immutable, known by its checksum when it is a file."""

    name: str
    sha256: str | None = None
    crs: str | None = None


def kind_of(conn: Conn, dataset: str) -> str:
    """`mutualised` or `coproduced`; UnknownWord, with the nearest, for a dataset nobody declared."""
    row = conn.execute("select kind from registry.dataset where id = %s", (dataset,)).fetchone()
    if row is None:
        known = [name for (name,) in conn.execute("select id from registry.dataset")]
        raise UnknownWord(DATASET, dataset, known)
    return str(row[0])


def require_mutualised(conn: Conn, dataset: str, article: str, words: Text) -> None:
    """Refused, in the words given, for a coproduction."""
    if kind_of(conn, dataset) != "mutualised":
        raise refused(article, words)


def require_coproduced(conn: Conn, dataset: str) -> None:
    """Refused for shared data: only coproductions go through stages and a validation."""
    if kind_of(conn, dataset) != "coproduced":
        raise refused(
            "Charte MIG, glossaire, § 3.2.2",
            Text(
                f"« {dataset} » est une donnée mutualisée : elle reste à son propriétaire et ne se valide pas.",
                f"“{dataset}” is mutualised: it stays its owner's and is not validated.",
            ),
        )


def require_attributes(conn: Conn, dataset: str, names: Collection[str], on: date) -> None:
    """UnknownWord, with the nearest, for an attribute that the dataset does not have on the day."""
    rows = history.known(conn, "dataset_attributes", {"dataset": dataset}, on)
    if not rows:
        return
    known = rows[0]["attributes"]
    for name in names:
        if name not in known:
            raise UnknownWord(Text("Attribut", "attribute"), name, known)


def owner_of(conn: Conn, dataset: str, on: date) -> str | None:
    """Who owns shared data on the day."""
    rows = history.known(conn, "ownership", {"dataset": dataset}, on)
    return rows[0]["organisation"] if rows else None


def state_of(conn: Conn, dataset: str, on: date) -> str | None:
    """The state of a dataset on the day, or None before it was declared."""
    rows = history.known(conn, "dataset_state", {"dataset": dataset}, on)
    return rows[0]["state"] if rows else None


@act
def move(conn: Conn, dataset: str, stage: str, record: Record) -> Done:
    """Move a coproduction to another stage before its validation (004 glossary: structure, then consolidation)."""
    require_coproduced(conn, dataset)
    if stage not in STAGES:
        raise UnknownWord(Text("Étape", "stage"), stage, STAGES, closed=True)
    if state_of(conn, dataset, record.on) == "validated":
        raise refused(
            "Charte MIG, § 3.4",
            Text(
                f"« {dataset} » est validé : la version en vigueur reste à ses copropriétaires.",
                f"“{dataset}” is validated: the version in force stays its co-owners'.",
            ),
            remedy=Text("Faites valider une nouvelle version.", "Have a new version validated."),
        )
    words = Text(f"« {dataset} » passe à l'étape « {stage} ».", f"“{dataset}” moves to stage “{stage}”.")
    number = open_act(conn, record, verb="dataset move", article="Charte MIG, § 3.2.2", words=words)
    set_state(conn, number, dataset, "coproduced", stage, record.on)
    return Done(number, "dataset move", "Charte MIG, § 3.2.2", words, {"dataset": dataset, "state": stage})


@act
def validate(
    conn: Conn,
    dataset: str,
    version: Version,
    sitting: Sitting,
    record: Record,
    *,
    against: Collection[str] = (),
) -> Done:
    """The technical committee validates a version: each partner of that day becomes its owner, for ever (004 §3.4).

    Refused when somebody present opposes it: the dataset stays where it was, and nothing is written.
    """
    require_coproduced(conn, dataset)
    words = Text(
        f"Le comité technique valide « {dataset} » (version {version.name}) ; il entre à l'inventaire.",
        f"The technical committee validates “{dataset}” (version {version.name}); it enters the inventory.",
    )
    number = open_act(conn, record, verb="committee validate", article="Charte MIG, § 2.4.2, § 3.4", words=words)
    item = Item("dataset", dataset, f"Validation de « {dataset} », version {version.name}", against=against)
    (ruling,) = committees.rule(conn, number, sitting, [item], record)
    if not ruling.adopted:
        raise refused(
            "Charte MIG, § 2.4.2",
            Text(
                f"La validation de « {dataset} » n'est pas adoptée : un partenaire présent s'y oppose.",
                f"The validation of “{dataset}” is not adopted: a partner present opposes it.",
            ),
            remedy=Text("Consignez le vote avec « committee record ».", "Record the vote with “committee record”."),
        )
    owners = freeze(conn, number, dataset, version, ruling.decision, record.on)
    details = {"dataset": dataset, "version": version.name, "co_owners": owners, "decision": ruling.decision}
    return Done(number, "committee validate", "Charte MIG, § 2.4.2, § 3.4", words, details)


def freeze(conn: Conn, number: int, dataset: str, version: Version, decision: int, on: date) -> list[str]:
    """Write a version, its inventory entry and its co-owners: the partners of the day, contributors or not."""
    said = {"act": number, "dataset": dataset, "version": version.name, "decision": decision, "on": on}
    conn.execute(
        "insert into registry.dataset_version (act, dataset, version, sha256, crs)"
        " values (%(act)s, %(dataset)s, %(version)s, %(sha256)s, %(crs)s)",
        {**said, "sha256": version.sha256, "crs": version.crs},
    )
    conn.execute(
        "insert into registry.inventory_entry (act, dataset, version, decision)"
        " values (%(act)s, %(dataset)s, %(version)s, %(decision)s)",
        said,
    )
    rows = conn.execute(
        "insert into registry.co_owner (act, dataset, version, organisation, decision, since)"
        " select distinct %(act)s::bigint, %(dataset)s, %(version)s, m.organisation, %(decision)s::bigint, %(on)s::date"
        " from registry.membership m"
        " where m.state = 'adherent' and m.closed_by is null and m.valid @> %(on)s::date"
        " returning organisation",
        said,
    )
    owners = sorted(organisation for (organisation,) in rows)
    set_state(conn, number, dataset, "coproduced", "validated", on, decision)
    return owners


def set_state(
    conn: Conn, number: int, dataset: str, kind: str, state: str, on: date | None, decision: int | None = None
) -> None:
    """From the day on, the dataset is in this state; None is since always."""
    said: dict[str, Any] = {"kind": kind, "state": state, "decision": decision}
    history.put(conn, number, "dataset_state", {"dataset": dataset}, said, history.span(on))
