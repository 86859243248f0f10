"""French words as they are compared: without accents, case, plural or elision; and the nearest of those that are known.

A stemmer of one page (that of UniNE, reduced to plurals and mute endings) rather than a dictionary: records are short,
and a wrong match is only one more line in a list.
"""

from __future__ import annotations

import re
from collections.abc import Collection as Set
from difflib import get_close_matches
from functools import lru_cache

from mig_idg.standards.inspire import folded

_WORD = re.compile(r"[a-z0-9]+")
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'")
_EMPTY = frozenset(
    (
        *("a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "et", "il", "l", "la", "le"),
        *("les", "leur", "ou", "par", "pas", "pour", "qu", "que", "qui", "sa", "se", "ses", "son", "sur", "un", "une"),
        *("the", "of", "and", "for", "in", "on", "to"),
    )
)
_NEAR = 0.75


def stems(text: str) -> list[str]:
    """The words of a text, in their order, each as its stem; the empty ones are left out."""
    plain = _ELIDED.sub(" ", folded(text))
    return [_stem(word) for word in _WORD.findall(plain) if word not in _EMPTY]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    if len(word) < 4 or word.isdigit():
        return word
    if word.endswith("eaux"):
        word = word[:-1]
    elif word.endswith("aux") and len(word) > 4:
        word = word[:-2] + "l"
    elif word[-1] in "sx":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def nearest(stem: str, known: Set[str]) -> list[str]:
    """The known stems that this one may be a mistyped form of, or the beginning of; none when nothing is near."""
    if len(stem) < 3:
        return []
    begun = [word for word in known if word.startswith(stem)]
    return begun or get_close_matches(stem, [word for word in known if abs(len(word) - len(stem)) < 3], 5, _NEAR)
