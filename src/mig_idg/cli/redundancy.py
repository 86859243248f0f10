"""What a dataset that is about to be published or opened looks like, here and elsewhere (convention 001, art. 3-2).

An advice, told before it opens and never a refusal: what is decided of a pair (`harvest decide`) is no longer shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn

Entries = Mapping[str, Mapping[str, Any]]


def likenesses(conn: Conn, entries: Entries, before: Entries) -> list[Text]:
    """For each entry that is new, or opens more than before, what it likely repeats: score, why, what to do."""
    from mig_idg.harvest.duplicates import elsewhere, likely, ours
    from mig_idg.registry import harvested

    fresh = {
        name: one for name, one in entries.items() if name not in before or (_open(one) and not _open(before[name]))
    }
    if not fresh:
        return []
    known = [*ours({**before, **entries}), *elsewhere(harvested.records(conn))]
    return [
        Text(
            f"« {one.one.id} » ressemble à « {one.other.id} » ({one.other.title}, {one.other.place or 'ici'}), score"
            f" {one.score:.2f} : {' ; '.join(why.fr for why in one.reasons)}. Avant d'ouvrir : « harvest decide"
            f" {one.one.id} {one.other.id} --verdict same|complements|keep_both --reason … »"
            " (convention Occitanie, art. 3-2).",
            f"“{one.one.id}” looks like “{one.other.id}” ({one.other.title}, {one.other.place or 'here'}), score"
            f" {one.score:.2f}: {'; '.join(why.en for why in one.reasons)}. Before opening: “harvest decide"
            f" {one.one.id} {one.other.id} --verdict same|complements|keep_both --reason …”"
            " (Occitanie convention, art. 3-2).",
        )
        for one in likely(ours(fresh), known, harvested.pairs(conn))
    ]


def _open(entry: Mapping[str, Any]) -> bool:
    declared = entry["declaration"]
    terms = declared.get("terms") or {}
    return declared.get("licence") in ("LO-2.0", "ODbL-1.0") or terms.get("mode", "closed") != "closed"
