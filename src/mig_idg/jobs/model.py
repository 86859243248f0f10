"""A job as its table holds it, and the moves between its states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from mig_idg.errors import Text

Status = Literal["accepted", "running", "successful", "failed", "dismissed"]
STATUSES: tuple[Status, ...] = ("accepted", "running", "successful", "failed", "dismissed")
# Every other move is refused by the queries of `records`: what ended stays as it ended, but for a dismissal.
MOVES: Mapping[str, tuple[str, ...]] = {
    "accepted": ("running", "failed", "dismissed"),
    "running": ("running", "successful", "failed", "dismissed"),
    "successful": ("dismissed",),
    "failed": ("dismissed",),
    "dismissed": ("dismissed",),
}
OPEN: tuple[Status, ...] = ("accepted", "running")


@dataclass(frozen=True, slots=True)
class Output:
    """One result of a job. `encoding` says what its bytes are: `json`, `text` (UTF-8) or `binary`."""

    id: str
    media_type: str
    encoding: str
    size: int


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `login` None is the public's: its id alone opens it. `layers` are [collection, action] pairs."""

    id: str
    kind: str
    subject: str
    login: str | None
    principal: Mapping[str, Any]
    request: Mapping[str, Any]
    layers: tuple[tuple[str, str], ...]
    status: Status
    progress: int
    message: Text | None
    problem: Mapping[str, Any] | None
    outputs: tuple[Output, ...]
    attempts: int
    seconds: int
    created: datetime
    started: datetime | None
    finished: datetime | None
    updated: datetime

    @property
    def open(self) -> bool:
        """Whether something may still come of it."""
        return self.status in OPEN


def job_from_json(told: Mapping[str, Any]) -> Job:
    """A job from its row, as PostgreSQL writes it in JSON."""
    message = told.get("message")
    return Job(
        id=told["id"],
        kind=told["kind"],
        subject=told["subject"],
        login=told["login"],
        principal=told["principal"],
        request=told["request"],
        layers=tuple((pair[0], pair[1]) for pair in told["layers"]),
        status=told["status"],
        progress=told["progress"],
        message=Text(message["fr"], message["en"]) if message else None,
        problem=told["problem"],
        outputs=tuple(Output(o["id"], o["mediaType"], o["encoding"], o["size"]) for o in told["outputs"]),
        attempts=told["attempts"],
        seconds=told["seconds"],
        created=_instant(told["created"]),
        started=_instant(told["started"]) if told["started"] else None,
        finished=_instant(told["finished"]) if told["finished"] else None,
        updated=_instant(told["updated"]),
    )


def output_to_json(output: Output) -> dict[str, Any]:
    """An output as the table keeps it."""
    return {"id": output.id, "mediaType": output.media_type, "encoding": output.encoding, "size": output.size}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
