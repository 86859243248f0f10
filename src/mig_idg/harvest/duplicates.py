"""How near a dataset is to those that are known, here and elsewhere (convention 001, art. 2-1, 3-2: no redundancy).

A score between 0 and 1, with each reason it is made of. It is an advice shown before publication, never a refusal; what
was decided of a pair is remembered, and the pair is no longer shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mig_idg.errors import Text
from mig_idg.harvest.description import Bounds

LIKELY = 0.6
_WEIGHTS = {"title": 0.55, "extent": 0.2, "fields": 0.25}
_EMPTY = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "par",
        "pour",
        "sur",
        "un",
        "une",
        "the",
        "of",
        "and",
        "for",
        "in",
    ]
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A dataset as it is compared; `place` is ours, or the source it was harvested from."""

    id: str
    place: str
    title: str
    identifiers: frozenset[str]
    bbox: Bounds | None = None
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two datasets that look alike: how much, and why."""

    one: Subject
    other: Subject
    score: float
    reasons: tuple[Text, ...]


def ours(collections: Mapping[str, Mapping[str, Any]]) -> list[Subject]:
    """What is published here, from the entries of a publication."""
    found = []
    for name, entry in collections.items():
        declared, table = entry["declaration"], entry.get("table") or {}
        box = entry.get("bbox")
        found.append(Subject(
            name, "", declared["title"]["fr"], frozenset(declared.get("external_ids") or ()),
            tuple(box) if box else None, _names(one.get("name", "") for one in table.get("columns", ())),
        ))  # fmt: skip
    return found


def declared(told: Mapping[str, Any]) -> Subject:
    """A dataset that is declared and not yet published."""
    box = told.get("extent")
    return Subject(
        told["id"], "", told["title"]["fr"], frozenset(told.get("external_ids") or ()), tuple(box) if box else None,
        _names(told.get("attributes") or ()),
    )  # fmt: skip


def elsewhere(records: Iterable[Mapping[str, Any]]) -> list[Subject]:
    """What was harvested."""
    found = []
    for row in records:
        told = row["document"]
        box = told.get("bbox")
        found.append(Subject(
            row["id"], row["source"], told["title"], frozenset((told["identifier"], *told.get("external_ids", ()))),
            tuple(box) if box else None, _names(told.get("fields", ())),
        ))  # fmt: skip
    return found


def likely(
    subjects: Iterable[Subject],
    known: Iterable[Subject],
    decided: Mapping[tuple[str, str], Any],
    least: float = LIKELY,
) -> list[Likeness]:
    """The likely duplicates of some datasets among those that are known, the likeliest first; decided pairs are left
    out."""
    by_word: dict[str, list[Subject]] = {}
    by_identifier: dict[str, list[Subject]] = {}
    for one in known:
        for word in _words(one.title):
            by_word.setdefault(word, []).append(one)
        for name in one.identifiers:
            by_identifier.setdefault(name, []).append(one)
    found: dict[tuple[str, str], Likeness] = {}
    for subject in subjects:
        near = [one for word in _words(subject.title) for one in by_word.get(word, ())]
        near += [one for name in subject.identifiers for one in by_identifier.get(name, ())]
        for other in near:
            first, second = sorted((subject.id, other.id))
            if first == second or (first, second) in decided or (first, second) in found:
                continue
            alike = compared(subject, other)
            if alike.score >= least:
                found[first, second] = alike
    return sorted(found.values(), key=lambda one: (-one.score, one.one.id, one.other.id))


def compared(one: Subject, other: Subject) -> Likeness:
    """The score of two datasets: an identifier in common is enough; else titles, extents and columns, those known."""
    shared = one.identifiers & other.identifiers
    reasons: list[Text] = []
    if shared:
        name = min(shared)
        reasons.append(Text(f"même identifiant « {name} »", f"the same identifier “{name}”"))
    parts = {"title": _ratio(_words(one.title), _words(other.title))}
    if one.bbox and other.bbox:
        parts["extent"] = _overlap(one.bbox, other.bbox)
    if one.fields and other.fields:
        parts["fields"] = _ratio(one.fields, other.fields)
    weight = sum(_WEIGHTS[name] for name in parts)
    score = 1.0 if shared else sum(_WEIGHTS[name] * value for name, value in parts.items()) / weight
    words = {"title": ("titres", "titles"), "extent": ("emprises", "extents"), "fields": ("colonnes", "columns")}
    for name, value in parts.items():
        fr, en = words[name]
        reasons.append(Text(f"{fr} : {value:.0%}", f"{en}: {value:.0%}"))
    return Likeness(one, other, round(score, 2), tuple(reasons))


def _words(title: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    found = (one.rstrip("sx") if len(one) > 3 else one for one in re.findall(r"[a-z0-9]+", plain))
    return frozenset(one for one in found if one not in _EMPTY)


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(one.casefold() for one in names if one)


def _ratio(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _overlap(one: Bounds, other: Bounds) -> float:
    """The area that two boxes share, over that which they cover."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    whole = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - width * height
    return width * height / whole if whole > 0 else 0.0
