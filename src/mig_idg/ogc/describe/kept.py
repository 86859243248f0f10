"""Documents kept in memory under a bound of bytes, the least recently used going first.

What is kept is a pure function of its key: publication, facts, rights class, language. Nothing is kept by time.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable


class Kept:
    """At most `bound` bytes of documents."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._size = 0
        self._documents: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, key: Hashable) -> bytes | None:
        """The document kept under this key."""
        document = self._documents.get(key)
        if document is not None:
            self._documents.move_to_end(key)
        return document

    def keep(self, key: Hashable, document: bytes) -> bytes:
        """Keep a document, letting the oldest go; one that is over the bound by itself is not kept."""
        if len(document) > self._bound:
            return document
        self._size += len(document) - len(self._documents.pop(key, b""))
        self._documents[key] = document
        while self._size > self._bound:
            _, gone = self._documents.popitem(last=False)
            self._size -= len(gone)
        return document

    def __len__(self) -> int:
        return len(self._documents)


def fingerprint(body: bytes) -> str:
    """A validator of these very bytes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()
