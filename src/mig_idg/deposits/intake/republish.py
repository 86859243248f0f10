"""What is published of a collection, after its rows changed: counts and extent anew, as a new generation.

Answers in caches are named after the generation: without a new one, clients would keep what they had.
"""

from __future__ import annotations

from typing import Any

from mig_idg.publication.check import check
from mig_idg.publication.load import Declared
from mig_idg.publication.model import Declaration
from mig_idg.publication.publish import prepared, told_updated
from mig_idg.registry import publications
from mig_idg.registry.organisations import everyone


def republish(connection: Any, collection: str, *, author: str, anew: bool = False) -> int | None:
    """A new generation with the same declarations, in the caller's transaction; None when it was not published.

    `anew`: the whole table was replaced while its copy did not follow (`store.prepare.postpone`).

    The declaration is the one in force, not that of the folder: importing publishes rows, never a change of rights. A
    table that no longer fits its declaration raises InvalidDeclaration.
    """
    current = publications.latest(connection)
    entry = current.collections.get(collection)
    if entry is None:
        return None
    declared = Declared(f"collections/{collection}.yml", Declaration.model_validate(entry["declaration"]), {})
    checked = check(connection, declared, everyone(connection))
    if isinstance(checked, list):
        raise checked[0]
    (today,) = connection.execute("select (now() at time zone 'Europe/Paris')::date").fetchone()
    entry = told_updated(prepared(connection, checked, anew=anew), today).entry
    return publications.record(connection, {**current.collections, collection: entry}, author=author)
