"""How often each cache of this process had what it was asked for, counted by the cache's name for `/metrics`."""

from __future__ import annotations

# Name of the cache → [had it, had it not]. Names are written in the code: never a collection, a caller or a value.
counts: dict[str, list[int]] = {}


class CacheUse:
    """The two counters of one cache; caches of one name share them."""

    __slots__ = ("_counts",)

    def __init__(self, name: str) -> None:
        self._counts = counts.setdefault(name, [0, 0])

    def note(self, hit: bool) -> None:
        """One question to the cache."""
        self._counts[0 if hit else 1] += 1
