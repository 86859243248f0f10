"""Documents kept in memory under a bound of bytes, the least recently used going first.

What is kept is a pure function of its key: publication, facts, rights class, language. Nothing is kept by time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock

from cachetools import LRUCache

from mig_idg.store.cache_use import CacheUse

# Addresses are written on this base, which no caller can reach, and replaced last: what is computed for one class of
# rights and one language serves every address by which the service is reached.
BASE = "https://base.invalid"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is sent: its bytes, their validator, and the same compressed, as clients asked for it."""

    body: bytes
    mark: str
    packed: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.body)


class Kept[T: (bytes, Document)]:
    """At most `bound` bytes of documents."""

    def __init__(self, bound: int) -> None:
        self._use = CacheUse("documents")
        self._documents: LRUCache[Hashable, T] = LRUCache(bound, getsizeof=len)
        # Parts of lists are written by two threads: an entry may leave between being found and being marked as used.
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """The document kept under this key."""
        with self._lock:
            document = self._documents.get(key)
        self._use.note(document is not None)
        return document

    def keep(self, key: Hashable, document: T) -> T:
        """Keep a document, letting the oldest go; one that is over the bound by itself is not kept."""
        if len(document) <= self._documents.maxsize:
            with self._lock:
                self._documents[key] = document
        return document

    def __len__(self) -> int:
        return len(self._documents)


def document(body: bytes) -> Document:
    """These bytes and their validator."""
    return Document(body, fingerprint(body))


def fingerprint(body: bytes) -> str:
    """A validator of these very bytes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()
