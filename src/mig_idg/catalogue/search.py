"""Searching records: words, box, time, kinds, identifiers; over the records that a caller may know of, and no others.

In memory: a catalogue of thousands of records is a few megabytes, and what is not in it cannot be told by a count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from mig_idg.catalogue.model import Record
from mig_idg.catalogue.stems import nearest, stems

Bounds = tuple[float, float, float, float]
Predicate = Callable[[Record], bool]
# Where a word is found says how much it counts.
_WEIGHTS = (8, 5, 4, 1)


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked. `terms` are alternatives, each a phrase (OGC 20-004, `q`); the others must all hold."""

    terms: tuple[str, ...] = ()
    bbox: tuple[Bounds, ...] = ()
    period: tuple[str | None, str | None] | None = None
    kinds: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    predicate: Predicate | None = field(default=None, compare=False)


SORTABLE: dict[str, Callable[[Record], str]] = {
    "id": lambda record: record.id,
    "title": lambda record: " ".join(stems(record.title)),
    "type": lambda record: record.kind,
    "updated": lambda record: record.stamp,
    "resourceUpdated": lambda record: record.revised or "",
    "resourceCreated": lambda record: record.created or "",
}


class Index:
    """The records of one caller, ready to be searched."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = tuple(records)
        self.by_id = {record.id: record for record in self.records}

    @cached_property
    def _texts(self) -> list[tuple[str, ...]]:
        """For each record its fields, as stems between spaces: title, keywords, theme and bodies, the rest."""
        return [tuple(f" {' '.join(stems(text))} " for text in _fields(record)) for record in self.records]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(word for texts in self._texts for text in texts for word in text.split())

    def find(self, search: Search) -> list[Record]:
        """All that match, in the order asked: the best first for words, else by title."""
        kept = [position for position, record in enumerate(self.records) if _holds(record, search)]
        if search.terms:
            scores = self._scores(search.terms, kept)
            kept = sorted(scores, key=lambda position: (-scores[position], self.records[position].id))
        found = [self.records[position] for position in kept]
        order = search.sort or ((("title", False),) if not search.terms else ())
        for name, descending in reversed(order):
            found.sort(key=SORTABLE[name], reverse=descending)
        return found

    def _scores(self, terms: tuple[str, ...], among: list[int]) -> dict[int, int]:
        """Each term as a phrase; when no record has any, its words in any order, mistyped ones as their nearest."""
        phrases = [phrase for phrase in (stems(term) for term in terms) if phrase]
        exact = self._counted(among, lambda text: any(f" {' '.join(phrase)} " in text for phrase in phrases))
        if exact or not phrases:
            return exact
        near = [[self._alternatives(word) for word in phrase] for phrase in phrases]

        def whole(texts: tuple[str, ...]) -> bool:
            joined = "".join(texts)
            return any(all(any(f" {one} " in joined for one in words) for words in phrase) for phrase in near)

        loosely = [position for position in among if whole(self._texts[position])]
        every = {one for phrase in near for words in phrase for one in words}
        return self._counted(loosely, lambda text: any(f" {one} " in text for one in every))

    def _alternatives(self, word: str) -> list[str]:
        return [word] if word in self._known else nearest(word, self._known)

    def _counted(self, among: list[int], has: Callable[[str], bool]) -> dict[int, int]:
        scores: dict[int, int] = {}
        for position in among:
            texts = self._texts[position]
            score = sum(weight for weight, text in zip(_WEIGHTS, texts, strict=True) if has(text))
            if score:
                scores[position] = score
        return scores


def facets(records: Iterable[Record]) -> dict[str, dict[str, int]]:
    """How many of these records (those the caller sees) have each theme, licence, producer, kind and format."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("theme", "license", "organization", "type", "format")
    }
    for record in records:
        if record.theme:
            counts["theme"][record.inspire.label.in_(record.lang) if record.inspire else record.theme] += 1
        counts["license"][record.licence.spdx if record.licence else "other"] += 1
        counts["organization"].update({party.name for party in record.parties if party.role == "owner"})
        counts["type"][record.kind] += 1
        counts["format"].update({name for name, _ in record.formats})
    return {name: dict(counter.most_common(50)) for name, counter in counts.items()}


def _fields(record: Record) -> tuple[str, str, str, str]:
    labels = (record.inspire.label.fr, record.inspire.label.en) if record.inspire else ()
    return (
        f"{record.title} . {record.id}",
        " . ".join(record.keywords),
        " . ".join((record.theme or "", *labels, *(party.name for party in record.parties))),
        " . ".join((record.abstract, record.lineage or "", *(one.label for one in record.attributes))),
    )


def _holds(record: Record, search: Search) -> bool:
    if search.ids and record.id not in search.ids and record.file_identifier not in search.ids:
        return False
    if search.external_ids and not {record.identifier, *record.external_ids}.intersection(search.external_ids):
        return False
    if search.kinds and record.kind not in search.kinds:
        return False
    if search.bbox and not meets(record.bbox, search.bbox):
        return False
    if search.period is not None and not overlaps(record.period, search.period):
        return False
    return search.predicate is None or search.predicate(record)


def meets(own: Bounds | None, asked: Iterable[Bounds]) -> bool:
    """Whether an extent meets one of the boxes; a record without one meets none."""
    if own is None:
        return False
    return any(a[0] <= own[2] and own[0] <= a[2] and a[1] <= own[3] and own[1] <= a[3] for a in asked)


def overlaps(own: tuple[str | None, str | None] | None, asked: tuple[str | None, str | None]) -> bool:
    """Whether two periods share a moment; None is unbounded, a record without a period shares none."""
    if own is None:
        return False
    (first, last), (start, end) = own, asked
    return (last is None or start is None or start[:10] <= last[:10]) and (
        first is None or end is None or first[:10] <= end[:10]
    )
