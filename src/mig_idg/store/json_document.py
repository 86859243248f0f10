"""JSON from outside, decoded within limits that everything behind can bear.

orjson reads 1 024 levels and writes 254, the standard library reads and writes as many as the stack allows: between
the two, what was read could not be told again. No document of ours, nor any standard's, needs half of DEEPEST.
"""

from __future__ import annotations

from typing import Any

import orjson

# Twice store.cql2.syntax.MAX_DEPTH (an operation is an object and a list), with the geometry inside.
DEEPEST = 128


class Unreadable(ValueError):
    """The text is not JSON, or its objects and lists lie too deep in each other (`deep`)."""

    def __init__(self, *, deep: bool = False) -> None:
        super().__init__(f"nested over {DEEPEST} levels" if deep else "not JSON")
        self.deep = deep


def decoded(raw: bytes | str) -> Any:
    """The document: no NaN, no lone surrogate, no bottomless nesting. Raises Unreadable."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(deep="depth limit" in str(error) or "ecursion" in str(error)) from None
    if not _shallow(document):
        raise Unreadable(deep=True)
    return document


def _shallow(document: Any) -> bool:
    """Whether it has no more than DEEPEST levels, counted one level at a time, not by calls in calls."""
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(DEEPEST):
        if not level:
            return True
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
    return not level
