"""A deposit as its table holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mig_idg.errors import Conflict, NotFound, Text

KIND = "deposit"
"""The kind of the jobs on deposits; their subject is `check` or `publish`."""
CHECK_SECONDS, PUBLISH_SECONDS = 1800, 1800
MOST_UNDER_WAY = 100


@dataclass(frozen=True, slots=True)
class Deposit:
    """One deposit. `size` is what it is to have, once `receiving` is over; `report` and `problem` are {fr, en}."""

    id: str
    dataset: str
    kind: str
    organisation: str
    login: str | None
    depositor: str
    file: str
    size: int
    sha256: str | None
    state: str
    certification: Mapping[str, Any] | None
    checklist: Mapping[str, str] | None
    scan: Mapping[str, Any] | None
    report: Mapping[str, Any] | None
    difference: Mapping[str, Any] | None
    lacks: tuple[str, ...]
    signature: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    job: str | None
    created: datetime
    updated: datetime
    published: datetime | None


def deposit_from_json(told: Mapping[str, Any]) -> Deposit:
    """A deposit from its row, as PostgreSQL writes it in JSON."""
    known = {name: told[name] for name in Deposit.__slots__ if name not in ("lacks", "created", "updated", "published")}
    return Deposit(
        **known,
        lacks=tuple(told["lacks"] or ()),
        created=datetime.fromisoformat(told["created"]),
        updated=datetime.fromisoformat(told["updated"]),
        published=datetime.fromisoformat(told["published"]) if told["published"] else None,
    )


def stepped(answer: Mapping[str, Any] | None) -> Deposit:
    """The deposit after a step. Raises Conflict when another came first, or when the content is another deposit's."""
    if answer is None:
        raise Conflict(
            Text("Ce dépôt a changé d'état entre-temps.", "This deposit has moved meanwhile."),
            remedy=Text("Relisez-le, puis recommencez s'il le faut.", "Read it again, then retry if need be."),
        )
    if "duplicate" in answer:
        raise Duplicate(str(answer["duplicate"]))
    return deposit_from_json(answer["deposit"])


class Duplicate(Conflict):
    """The same content is already a deposit of this dataset, under way."""

    def __init__(self, id: str) -> None:
        super().__init__(
            Text(f"Le même fichier est déjà déposé : {id}.", f"The same file is already deposited: {id}."),
            extra={"deposit": id},
        )
        self.id = id


def missing() -> NotFound:
    """No such deposit, or not one of the caller's body: one answer."""
    return NotFound(
        Text("Ce dépôt n'existe pas.", "There is no such deposit."),
        remedy=Text("Ceux de votre organisme sont à /deposits.", "Those of your body are at /deposits."),
    )


def job_of(deposit: str, subject: str, by: Mapping[str, Any]) -> dict[str, Any]:
    """The job that goes on with a deposit, as `jobs.submit` takes it."""
    return {
        "kind": KIND,
        "subject": subject,
        "login": by.get("login"),
        "principal": dict(by),
        "request": {"deposit": deposit},
        "layers": [],
        "seconds": CHECK_SECONDS if subject == "check" else PUBLISH_SECONDS,
        "priority": 0,
    }
