"""Documents kept in memory under a bound of bytes, the least recently used going first.

What is kept is a pure function of its key: publication, facts, rights class, language. Nothing is kept by time.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

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
        self._bound = bound
        self._use = CacheUse("documents")
        self._size = 0
        self._documents: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """The document kept under this key."""
        document = self._documents.get(key)
        self._use.note(document is not None)
        if document is not None:
            self._documents.move_to_end(key)
        return document

    def keep(self, key: Hashable, document: T) -> T:
        """Keep a document, letting the oldest go; one that is over the bound by itself is not kept."""
        if len(document) > self._bound:
            return document
        replaced = self._documents.pop(key, None)
        self._size += len(document) - (0 if replaced is None else len(replaced))
        self._documents[key] = document
        while self._size > self._bound:
            _, gone = self._documents.popitem(last=False)
            self._size -= len(gone)
        return document

    def __len__(self) -> int:
        return len(self._documents)


def document(body: bytes) -> Document:
    """These bytes and their validator."""
    return Document(body, fingerprint(body))


def fingerprint(body: bytes) -> str:
    """A validator of these very bytes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()
