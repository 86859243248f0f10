"""The journal while the database cannot write: nothing is forgotten, and an answer that cannot be noted is not given."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from mig_idg.database import connect
from mig_idg.errors import Unavailable
from mig_idg.guard import journal
from mig_idg.guard.journal import Journal
from mig_idg.guard.principal import PUBLIC

SNAPSHOT: Any = SimpleNamespace(epoch=3, generation=2)
DECISION: Any = SimpleNamespace(
    outcome="permit", rule="B4", article="Charte MIG, § 3.1", obligations=(), permitted=True
)


class Disk:
    """A pool whose only connection refuses to write while it is full; what happens during a write is told to `meanwhile`."""

    def __init__(self) -> None:
        self.full, self.written, self.meanwhile = True, [], lambda: None  # type: ignore[var-annotated]

    def connection(self) -> Disk:
        return self

    async def __aenter__(self) -> Disk:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def run(self, context: object, sql: bytes, params: tuple[bytes, ...]) -> None:
        self.meanwhile()
        if self.full:
            raise journal.StatementFailed("53100", "")
        self.written += orjson.loads(params[0])


def noted(disk: Disk, times: int = 1, dataset: str = "erp") -> Journal:
    kept = Journal(disk, clock=lambda: datetime(2026, 6, 15, 10, tzinfo=UTC))  # type: ignore[arg-type]
    for _ in range(times):
        kept.note(PUBLIC, SNAPSHOT, "query", dataset, DECISION)
    return kept


def test_what_could_not_be_written_is_written_later_and_counted_with_what_came_meanwhile() -> None:
    disk = Disk()
    kept = noted(disk, times=3)
    disk.meanwhile = lambda: kept.note(PUBLIC, SNAPSHOT, "query", "erp", DECISION)
    asyncio.run(kept.flush())
    disk.full, disk.meanwhile = False, lambda: None
    asyncio.run(kept.flush())
    assert [(one["dataset"], one["requests"]) for one in disk.written] == [("erp", 4)]


def test_an_answer_that_cannot_be_noted_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_WAITING", 2)
    kept = noted(Disk())
    kept.note(PUBLIC, SNAPSHOT, "query", "pcrs", DECISION)
    with pytest.raises(Unavailable) as full:
        kept.note(PUBLIC, SNAPSHOT, "query", "adresses", DECISION)
    assert full.value.headers["retry-after"]


def test_who_probes_for_what_is_hidden_is_written_down_and_who_misspells_is_not(own_service: Any) -> None:
    hidden, nowhere = "/collections/videosurveillance/items", "/collections/videosurveillanse/items"
    paths = (hidden, nowhere, hidden, "/collections/videosurveillance")
    assert [own_service.get(path).status_code for path in paths] == [404] * 4
    own_service.settle()
    with connect(own_service.database_url) as owner:
        rows = owner.execute(
            "select login is null, dataset, outcome, sum(requests)::int from journal.decisions"
            " where dataset like 'videosurveillan%' group by 1, 2, 3 order by 1"
        ).fetchall()
    assert rows == [(True, "videosurveillance", "deny", 3)]


def test_what_is_not_written_takes_no_room() -> None:
    disk = Disk()
    disk.full = False
    kept = noted(disk, times=0)
    kept.note(PUBLIC, SNAPSHOT, "query", "nowhere", DECISION, written=False)
    asyncio.run(kept.flush())
    assert disk.written == []
    assert kept._forgotten == {}
