"""What a file would change in what is published: rows added, changed, removed, by their key.

Compared in the database inside the rehearsed import: a temporary table holds the key and the hash of each row before.
"""

from __future__ import annotations

from typing import Any

from mig_idg.store import layers

MASS_REMOVAL = 0.2
"""Share of removed rows beyond which the referent must say that it is meant."""


def remember(connection: Any, name: str, key: str) -> bool:
    """Keep the rows as they are, for the transaction; False when the table is not there."""
    return layers.remember_rows(connection, name, key)


def compare(connection: Any, name: str, key: str, *, replaced: int) -> dict[str, Any]:
    """Added, changed, removed, unchanged since `remember`; `alarm` for a mass removal."""
    counts = layers.compare_rows(connection, name, key)
    share = counts["removed"] / replaced if replaced else 0.0
    return {**counts, "replaced": replaced, "removed_share": round(share, 4), "alarm": share > MASS_REMOVAL}
