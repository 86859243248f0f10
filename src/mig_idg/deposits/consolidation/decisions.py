"""What is decided of conflicts: by whom, when, why; remembered at every next run, whatever its number."""

from __future__ import annotations

from datetime import date
from typing import Any

from mig_idg.deposits.consolidation import runs
from mig_idg.deposits.consolidation.findings import CONFLICTS, RESOLUTIONS
from mig_idg.errors import InvalidParameter, Text, UnknownWord


def decide(connection: Any, run: int, identity: str, resolution: str, reason: str, author: str) -> str:
    """Decide of one conflict (`identity`, or its beginning); gives the whole identity. A later word replaces it."""
    _because(reason)
    found = [
        row
        for row in runs.conflicts(connection, run, kinds=CONFLICTS, limit=1_000_000)
        if row["identity"].startswith(identity)
    ]
    if len(found) != 1 or not identity:
        raise UnknownWord(Text("Conflit", "conflict"), identity, [row["identity"] for row in found[:10]])
    row = found[0]
    allowed = RESOLUTIONS[row["kind"]]
    if resolution not in allowed:
        raise UnknownWord(Text("Résolution", "resolution"), resolution, allowed, closed=True)
    _write(connection, run, [row["identity"]], [resolution], reason, author)
    return str(row["identity"])


def accept_proposals(connection: Any, run: int, kind: str, reason: str, author: str) -> int:
    """Decide as proposed of every conflict of a kind that has no decision yet; how many."""
    _because(reason)
    if kind not in CONFLICTS:
        raise UnknownWord(Text("Genre de conflit", "kind of conflict"), kind, CONFLICTS, closed=True)
    rows = runs.conflicts(connection, run, kinds=[kind], undecided=True, limit=1_000_000)
    _write(connection, run, [row["identity"] for row in rows], [row["proposal"] for row in rows], reason, author)
    return len(rows)


def exclude(
    connection: Any, recipe: str, contributor: str, reason: str, article: str, author: str, on: date, until: date | None
) -> int:
    """From a day, the contribution of a body does not enter (an exception, a licence, a request of its owner)."""
    _because(reason)
    (number,) = connection.execute(
        "insert into consolidation.exclusion (recipe, contributor, reason, article, author, from_on, until_on)"
        " values (%s, %s, %s, %s, %s, %s, %s) returning id",
        (recipe, contributor, reason, article, author, on, until),
    ).fetchone()
    return int(number)


def _because(reason: str) -> None:
    if not reason.strip():
        raise InvalidParameter("reason", Text("Une décision se motive.", "A decision has a reason."))


def _write(connection: Any, run: int, identities: list[str], resolutions: list[str], reason: str, author: str) -> None:
    recipe = runs.find(connection, run)["recipe"]
    connection.execute(
        "insert into consolidation.decision (recipe, identity, resolution, reason, author)"
        " select %s, d.identity, d.resolution, %s, %s from unnest(%s::text[], %s::text[]) as d (identity, resolution)",
        (recipe, reason, author, identities, resolutions),
    )
