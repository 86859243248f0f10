"""The type of a column of text: which one all its values have, why it has none, and how one is made of them on request.

A column is a number, a date or a boolean only if each value is one, written as databases write it. What looks like one
but is written otherwise (31/12/2024, 12,5, 1 234, oui) stays text, is told, and is converted only when the depositor
says so (`--retype hauteur=float`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mig_idg.errors import Text
from mig_idg.standards.findings import Finding

SPACE = r"[ \x{00A0}\x{202F}\x{2009}]"
SPACES = "[ \u00a0\u202f\u2009]"

# Types from the narrowest to the widest, with what every value must look like; dates and 64 bits are checked as well.
# A double has 15 to 17 significant digits: longer numbers are `numeric`, which keeps them all.
PATTERNS = {
    "integer": r"^(?:0|-?[1-9]\d{0,18})$",
    "float": r"^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$",
    "numeric": r"^-?(?:0|[1-9]\d*)(?:\.\d+)?$",
    "boolean": r"^(?:true|false|TRUE|FALSE|True|False)$",
    "date": r"^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$",
    "timestamptz": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)$",
}
TYPES = tuple(PATTERNS)
LONG = r"^-?0*\.?0*[1-9](?:\.?\d){17,}"  # more significant digits than a double keeps

YES = ("oui", "vrai", "true", "yes", "o", "y", "1", "t")
NO = ("non", "faux", "false", "no", "n", "0", "f")
FRENCH_NUMBER = rf"^-?(?:\d{{1,3}}(?:{SPACE}\d{{3}})+|\d+)(?:[.,]\d+)?(?:{SPACE}?(?:€|%|m|m2|m²|km|ha|cm|mm))?$"
FRENCH_DATE = r"^(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:\d{4}|\d{2})(?:[ T]\d{1,2}[:h]\d\d(?::\d\d)?)?$"
LOCAL_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$"

# What values may look like without being of a type: (pattern, what it is called, the type that --retype makes of it).
LOOKS: dict[str, tuple[str, Text, str | None]] = {
    "zeros": (r"^0\d+$", Text("codes à zéros en tête", "codes with leading zeros"), None),
    "local-time": (LOCAL_TIME, Text("dates et heures sans fuseau", "dates and times without a zone"), "timestamptz"),
    "french-date": (FRENCH_DATE, Text("dates JJ/MM/AAAA", "dates DD/MM/YYYY"), "date"),
    "other-date": (
        r"^\d{4}[/.]\d{1,2}[/.]\d{1,2}(?:[ T].*)?$|(?i)^\d{1,2}(?:er)?[ -](?:janv|f[ée]v|mars|avr|mai|juin|juil|ao[ûu]t"
        r"|sept|oct|nov|d[ée]c|jan|feb|mar|apr|may|jun|jul|aug|sep|dec)\w*\.?[ -]\d{2,4}$",
        Text("dates écrites autrement que AAAA-MM-JJ", "dates written otherwise than YYYY-MM-DD"),
        "date",
    ),
    "french-number": (
        FRENCH_NUMBER,
        Text("nombres à virgule, à espaces ou à unité", "numbers with a comma, spaces or a unit"),
        "float",
    ),
    "english-number": (
        r"^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^-?\d{1,3}(?:\.\d{3})+,\d+$",
        Text("nombres à séparateur de milliers", "numbers with a thousands separator"),
        None,
    ),
    "boolean": (
        r"(?i)^(?:oui|non|vrai|faux|yes|no|o|n)$",
        Text("réponses oui ou non", "answers yes or no"),
        "boolean",
    ),
    "number": (PATTERNS["numeric"], Text("nombres", "numbers"), None),
    "date": (PATTERNS["date"], Text("dates", "dates"), None),
}


@dataclass(slots=True)
class Guess:
    """What a column may still be, from the values seen; and what they look like, once it is nothing but text."""

    left: list[str] = field(default_factory=lambda: list(TYPES))
    filled: int = 0
    looks: dict[str, int] = field(default_factory=dict)
    misses: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    first: tuple[int, str] | None = None
    plain: bool = False
    long: bool = False
    zeros: bool = False

    def look(self, values: Any, lines: NDArray[np.int64]) -> None:
        """Take some values that are not empty into account; `lines` gives the number of each."""
        if not len(values):
            return
        before, self.filled = self.filled, self.filled + len(values)
        self.first = self.first or (int(lines[0]), values[0].as_py())
        was = list(self.left)
        self.left = [kind for kind in self.left if has_type(values, kind)]
        if self.left:
            self.long = self.long or ("float" in self.left and _any(values, LONG))
            return
        if self.plain:
            return
        if was:  # until now they all were numbers, or dates
            for kind, look in (("numeric", "number"), ("date", "date")):
                if kind in was:
                    self.looks[look] = before
        for name, (pattern, _, _) in LOOKS.items():
            mask = pc.match_substring_regex(values, pattern)
            count = pc.sum(mask).as_py() or 0
            self.looks[name] = self.looks.get(name, 0) + count
            missed = self.misses.setdefault(name, [])
            if count < len(values) and len(missed) < 5:
                rows = np.flatnonzero(~mask.to_numpy(zero_copy_only=False))[: 5 - len(missed)]
                missed.extend((int(lines[row]), values[int(row)].as_py()) for row in rows)
        self.plain = max(self.looks.values()) < self.filled / 2

    @property
    def type(self) -> str:
        """The narrowest type that remains; text when none does, or when no value said anything."""
        if not self.filled or not self.left:
            return "text"
        if self.left[0] == "float" and (self.long or "float" not in self.left):
            return "numeric"
        return self.left[0]

    def findings(self, name: str, rank: int, examples: int) -> Iterator[tuple[Finding, int]]:
        """What has to be told of a column that is text, or wider than 64 bits: findings, and for how many values."""
        option = Text(f"--retype {name!r}=".replace("'", '"' if " " in name else ""), "")
        if not self.filled:
            yield Finding("column.empty", None, name, rank + 1), 1
            return
        if self.type == "numeric":
            line, value = self.first or (0, "")
            yield Finding("column.numeric", None, name, rank + 1, value), 1
            return
        if self.left or self.plain or not self.looks:
            return
        look, count = max(self.looks.items(), key=lambda one: one[1])
        if count < self.filled / 2:
            return
        _, what, type = LOOKS[look]
        if count == self.filled and self.first:
            remedy = _remedy(what, f"{option.fr}{type}" if type else None)
            yield Finding("column.text", self.first[0], name, rank + 1, self.first[1], remedy), self.filled
            return
        missed = self.misses.get(look, [])[:examples]
        remedy = Text(
            f"les autres sont des {what.fr} ; corrigez ces valeurs, ou la colonne reste en texte",
            f"the others are {what.en}; mend these values, or the column stays text",
        )
        for line, value in missed:
            yield Finding("column.mixed", line, name, rank + 1, value, remedy), 1
        if more := self.filled - count - len(missed):
            yield Finding("column.mixed"), more


def _remedy(what: Text, option: str | None) -> Text:
    if option is None:
        return Text(f"{what.fr} : rien n'est à faire si c'en sont", f"{what.en}: nothing to do if they are")
    return Text(f"{what.fr} : {option} les convertit", f"{what.en}: {option} converts them")


def has_type(values: Any, kind: str) -> bool:
    """Is every value of this type, as it is written?"""
    if not pc.all(pc.match_substring_regex(values, PATTERNS[kind])).as_py():
        return False
    if kind not in ("date", "integer", "timestamptz"):
        return True
    try:
        if kind == "timestamptz":
            pc.cast(pc.utf8_slice_codeunits(values, 0, 10), pa.date32())
        else:
            pc.cast(values, pa.date32() if kind == "date" else pa.int64())
    except pa.ArrowInvalid:
        return False
    return True


def _any(values: Any, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


# ——— on request


def converted(values: Any, kind: str) -> tuple[Any, NDArray[np.bool_]]:
    """Values as texts of this type, and which of them could not be made so (they come out null).

    Numbers may have a comma, spaces between thousands, a unit; dates are AAAA-MM-JJ, AAAAMMJJ or JJ/MM/AAAA, the day
    first; truths are oui, non, vrai, faux… What is already of the type stays as it is.
    """
    texts = [None if text is None else text.strip() for text in pc.cast(values, pa.string()).to_pylist()]
    made = [None if not text else _CONVERTERS[kind](text) for text in texts]
    failed = np.array([bool(text) and new is None for text, new in zip(texts, made, strict=True)], bool)
    return pa.array(made, pa.string()), failed


def _number(text: str) -> str | None:
    bare = re.sub(SPACES, "", re.sub(rf"{SPACES}?(?:€|%|m2|m²|km|ha|cm|mm|m)$", "", text)).replace(",", ".")
    return bare if re.fullmatch(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", bare) else None


def _integer(text: str) -> str | None:
    number = _number(text)
    match = re.fullmatch(r"(-?\d+)(?:\.0+)?", number) if number else None
    return match[1] if match and -(2**63) <= int(match[1]) < 2**63 else None


def _boolean(text: str) -> str | None:
    word = text.lower()
    return "true" if word in YES else "false" if word in NO else None


_DATES = (
    (r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", (1, 2, 3)),
    (r"(\d{4})(\d\d)(\d\d)", (1, 2, 3)),
    (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", (3, 2, 1)),
)


def _day(text: str) -> str | None:
    from datetime import date

    for pattern, (year, month, day) in _DATES:
        if match := re.fullmatch(pattern, text):
            try:
                return date(int(match[year]), int(match[month]), int(match[day])).isoformat()
            except ValueError:
                return None
    return None


def _date(text: str) -> str | None:
    return _day(re.sub(r"[T ]00?[:h]00(?::00(?:\.0+)?)?(?:Z|\+00:?00)?$", "", text))


def _instant(text: str) -> str | None:
    match = re.fullmatch(r"(\S+?)(?:[T ](\d{1,2})[:h](\d\d)(?::(\d\d(?:\.\d+)?))?(Z|[+-]\d\d(?::?\d\d)?)?)?", text)
    day = _day(match[1]) if match else None
    if match is None or day is None:
        return None
    hour, minute, second = match[2] or "0", match[3] or "00", match[4] or "00"
    return f"{day}T{int(hour):02}:{minute}:{second}{match[5] or 'Z'}" if int(hour) < 24 and int(minute) < 60 else None


_CONVERTERS = {
    "text": lambda text: text,
    "integer": _integer,
    "float": _number,
    "numeric": _number,
    "boolean": _boolean,
    "date": _date,
    "timestamptz": _instant,
}
CONVERTIBLE: Sequence[str] = tuple(_CONVERTERS)
