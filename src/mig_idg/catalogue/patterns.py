"""Patterns with wildcards, found piece after piece without ever going back: no pattern is slow on any text."""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST = 500
Pattern = tuple[re.Pattern[str], ...]


def pattern(text: str, many: str, one: str, escape: str, fold: Callable[[str], str]) -> Pattern:
    """The pieces of a pattern between its wildcards, each of a fixed length, its letters folded as the texts are."""
    pieces, escaped = [""], False
    for letter in text[:LONGEST]:
        if escaped or letter not in (many, one, escape):
            pieces[-1] += re.escape(fold(letter))
            escaped = False
        elif letter == escape:
            escaped = True
        elif letter == many:
            pieces.append("")
        else:
            pieces[-1] += "."
    return tuple(re.compile(piece, re.DOTALL) for piece in pieces)


def fits(pattern: Pattern, text: str) -> bool:
    """Whether a text is what the pattern says: the first piece at its beginning, the last at its end."""
    first, *rest = pattern
    if not rest:
        return first.fullmatch(text) is not None
    found = first.match(text)
    for piece in rest[:-1]:
        found = piece.search(text, found.end()) if found else None
    if found is None:
        return False
    last = re.compile(f"(?:{rest[-1].pattern})\\Z", re.DOTALL)
    return last.search(text, found.end()) is not None
