"""Reading one mapping of a hand-written YAML file: each field by its kind, each mistake with its line."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date

from mig_idg.charter.located_yaml import Mapping, Node, Scalar, Sequence, is_null
from mig_idg.errors import InvalidDeclaration, Text, did_you_mean, nearest

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ALMOST = re.compile(r"\s*(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
_FRENCH = re.compile(r"\s*(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})(?!\d)")
_TRUE = frozenset({"true", "yes", "on"})
_FALSE = frozenset({"false", "no", "off"})


class Fields:
    """One mapping of a file; `where` names it for the reader, `known` are the only keys it may have."""

    def __init__(self, node: Node, file: str, where: str, known: Iterable[str]) -> None:
        self.file = file
        self.where = where
        self.line = node.line
        if not isinstance(node, Mapping):
            raise self.wrong(node, Text(f"{where} : des clés sont attendues", f"{where}: a mapping is expected"))
        self.items = {key: value for key, value in node.items.items() if not is_null(value)}
        self.lines = node.lines
        known = tuple(known)
        for key in node.items:
            if key not in known:
                raise InvalidDeclaration(
                    file,
                    node.lines[key],
                    Text(f"{where} : clé inconnue « {key} ».", f"{where}: unknown key “{key}”."),
                    remedy=did_you_mean(nearest(key, known)) or _expected(known),
                )

    def wrong(self, node: Node, what: Text, remedy: Text | None = None) -> InvalidDeclaration:
        """The error for one value, on its line."""
        return InvalidDeclaration(self.file, node.line, Text(f"{what.fr}.", f"{what.en}."), remedy=remedy)

    def __contains__(self, key: str) -> bool:
        return key in self.items

    def required(self, key: str) -> str:
        """The text of a field that must be there."""
        found = self.text(key)
        if found is None:
            raise InvalidDeclaration(
                self.file,
                self.line,
                Text(f"{self.where} : « {key} » est attendu.", f"{self.where}: “{key}” is expected."),
            )
        return found

    def text(self, key: str) -> str | None:
        """One word, or None when absent."""
        node = self.items.get(key)
        return None if node is None else self.word(key, node)

    def word(self, key: str, node: Node) -> str:
        """The word a node of this field holds."""
        if not isinstance(node, Scalar) or not node.text.strip():
            raise self.wrong(
                node, Text(f"{self.where}, {key} : un mot est attendu", f"{self.where}, {key}: a word is expected")
            )
        return node.text

    def one_of(self, key: str, choices: Iterable[str]) -> str | None:
        """One word among a few, or None when absent."""
        node = self.items.get(key)
        return None if node is None else self._word(key, node, tuple(choices))

    def _word(self, key: str, node: Node, choices: tuple[str, ...] | None) -> str:
        found = self.word(key, node)
        if choices is not None and found not in choices:
            raise self.wrong(
                node,
                Text(
                    f"{self.where}, {key} : valeur inconnue « {found} »",
                    f"{self.where}, {key}: unknown value “{found}”",
                ),
                did_you_mean(nearest(found, choices)) or _expected(choices),
            )
        return found

    def words(self, key: str, choices: Iterable[str] | None = None) -> tuple[str, ...] | None:
        """A list of words, among a few when `choices` are given, or None when absent."""
        node = self.items.get(key)
        if node is None:
            return None
        if not isinstance(node, Sequence):
            raise self.wrong(
                node,
                Text(
                    f"{self.where}, {key} : une liste est attendue, par exemple [a, b]",
                    f"{self.where}, {key}: a list is expected, like [a, b]",
                ),
            )
        known = None if choices is None else tuple(choices)
        return tuple(self._word(key, item, known) for item in node.items)

    def word_set(self, key: str) -> frozenset[str]:
        """A list of words as a set; empty when absent."""
        return frozenset(self.words(key) or ())

    def flag(self, key: str) -> bool:
        """True or false; false when absent."""
        found = self.text(key)
        if found is None or found.casefold() in _FALSE:
            return False
        if found.casefold() in _TRUE:
            return True
        what = Text(
            f"{self.where}, {key} : true ou false est attendu, pas « {found} »",
            f"{self.where}, {key}: true or false is expected, not “{found}”",
        )
        raise self.wrong(self.items[key], what)

    def day(self, key: str) -> date | None:
        """A date written YYYY-MM-DD, or None when absent."""
        found = self.text(key)
        if found is None:
            return None
        shape = _DATE.fullmatch(found.strip())
        try:
            if shape is None:
                raise ValueError(found)
            return date(*(int(part) for part in shape.groups()))
        except ValueError:
            raise self.wrong(
                self.items[key],
                Text(
                    f"{self.where}, {key} : « {found} » n'est pas une date (AAAA-MM-JJ)",
                    f"{self.where}, {key}: “{found}” is not a date (YYYY-MM-DD)",
                ),
                _nearest_day(found),
            ) from None

    def rows(self, key: str) -> tuple[Node, ...]:
        """A list of nodes; empty when absent."""
        node = self.items.get(key)
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            raise self.wrong(
                node, Text(f"{self.where}, {key} : une liste est attendue", f"{self.where}, {key}: a list is expected")
            )
        return node.items


def _expected(choices: Iterable[str]) -> Text:
    told = ", ".join(sorted(choices))
    return Text(f"Attendu : {told}.", f"Expected: {told}.")


def _nearest_day(found: str) -> Text | None:
    """The day that was probably meant: written the French way, with a time, or past the end of its month."""
    shape = _ALMOST.match(found) or _FRENCH.match(found)
    if shape is None:
        return None
    year, month, day = (int(shape[part]) for part in ("year", "month", "day"))
    if year < 1 or not 1 <= month <= 12 or day < 1:
        return None
    last = calendar.monthrange(year, month)[1]
    return did_you_mean(f"{year:04}-{month:02}-{min(day, last):02}")
