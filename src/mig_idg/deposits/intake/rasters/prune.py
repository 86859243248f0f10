"""Files of vintages that nobody sees any more, taken off the disk or the bucket.

Three kinds go, once old enough: those of a vintage that was replaced, those of a preparation given up, and what an
interrupted import left beside a vintage in force. A replaced version of a coproduced dataset stays: each partner keeps
the coproduced versions it owns (004 §2.3.2, §3.4). Rows stay in every case, with who pruned and when.

Whoever reads is safe: a vintage replaced less than a quarter of an hour ago is never touched, since a request that
began before may still open its files; on disk, a file that is open is read to its end. An import under way holds its
collection, which is then left alone and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from psycopg import Connection

from mig_idg.errors import Conflict, Lang, Text
from mig_idg.store import rasters, replaced
from mig_idg.store.replaced import Vintage
from mig_idg.store.storage import Held, Place

GRACE = timedelta(minutes=15)
WHY = {
    "replaced": Text("remplacé", "replaced"),
    "abandoned": Text("jamais publié", "never published"),
    "in_force": Text("restes d'un import interrompu", "left by an interrupted import"),
    "coproduced": Text(
        "conservé : version coproduite (Charte MIG, § 2.3.2, § 3.4)",
        "kept: coproduced version (MIG charter, § 2.3.2, § 3.4)",
    ),
    "busy": Text("laissé : un import est en cours", "left alone: an import is under way"),
}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What became of one vintage: why (a word of `WHY`), how many files and bytes went, or would."""

    collection: str
    vintage: str
    why: str
    files: int
    size: int

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """Plain values."""
        return {
            "collection": self.collection, "vintage": self.vintage, "reason": self.why,
            "words": WHY[self.why].in_(lang), "files": self.files, "bytes": self.size,
        }  # fmt: skip


def prune(
    connection: Connection[Any],
    place: Place,
    *,
    now: datetime,
    older: timedelta,
    author: str,
    collections: Sequence[str] = (),
    dry_run: bool = False,
) -> list[Pruned]:
    """Remove the files that no version refers to, `older` than told; commits vintage by vintage.

    Raises Unavailable when the place does not answer; what was done before stays done, and the rest comes next time.
    """
    before = now - max(older, GRACE)
    done: list[Pruned] = []
    for vintage in replaced.due(connection, before, collections):
        if vintage.coproduced and vintage.state == "replaced":
            done.append(Pruned(vintage.collection, vintage.name, "coproduced", 0, 0))
            continue
        try:
            with rasters.alone(connection, vintage.collection):
                told = _pruned(connection, place, vintage, before, author, dry_run=dry_run)
        except Conflict:
            told = Pruned(vintage.collection, vintage.name, "busy", 0, 0)
        if told.files or vintage.state != "in_force":
            done.append(told)
    return done


def _pruned(
    connection: Connection[Any], place: Place, vintage: Vintage, before: datetime, author: str, *, dry_run: bool
) -> Pruned:
    """One vintage, its collection held. Files first: a removal that is cut short is found again, and goes on."""
    kept = replaced.named(connection, vintage.id) if vintage.state == "in_force" else frozenset()
    gone = list(_unnamed(place.names(vintage.folder), kept, before, every=vintage.state != "in_force"))
    if not dry_run:
        for held in gone:
            place.remove(held.name)
        if vintage.state != "in_force":
            replaced.mark(connection, vintage.id, author)
        connection.commit()
        log.info("vintage-pruned", collection=vintage.collection, vintage=vintage.name, number=vintage.id,
                 reason=vintage.state, files=len(gone), author=author)  # fmt: skip
    return Pruned(vintage.collection, vintage.name, vintage.state, len(gone), sum(held.size for held in gone))


def _unnamed(found: Iterable[Held], kept: frozenset[str], before: datetime, *, every: bool) -> Iterable[Held]:
    limit = before.timestamp() * 1e9
    return (held for held in found if every or (held.name not in kept and held.changed < limit))
