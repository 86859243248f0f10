"""The records that a caller may know of: those of the collections that `discover` opens, told as the layer tells.

A hidden collection and one that does not exist are the same nothing here: records are made from `Snapshot.visible`, so
that no list, count, facet, page or feed can hold another. What is kept goes with the snapshot: no right outlives it.
"""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Protocol

from cachetools import LRUCache

from mig_idg.catalogue.harvested import Harvest, Others
from mig_idg.catalogue.model import HOME, Publisher, Record, Told, record_of
from mig_idg.catalogue.search import Index
from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.request import Request
from mig_idg.guard.snapshot import Snapshot
from mig_idg.guard.withdrawn import Standing, gone, graves
from mig_idg.registry.tombstones import Tombstone
from mig_idg.store.collection import Collection

# Catalogues of so many (caller, language) at once; each is some kilobytes a record.
KEPT = 32


class Descriptions(Protocol):
    """Where records come from: what the routes of the layers tell the same caller, on the address `base`."""

    base: str
    publisher: Publisher

    def told(self, request: Request, collection: Collection) -> Told:
        """What this caller is told of a collection."""


class Records:
    """The records of one service, by caller and language."""

    def __init__(
        self, descriptions: Descriptions, harvest: Harvest | None = None, tombstones: Standing | None = None
    ) -> None:
        self._tombstones = tombstones
        self.descriptions = descriptions
        self.publisher = descriptions.publisher
        self.others = Others(harvest, descriptions.publisher)
        self._of: Snapshot | None = None
        self._kept: LRUCache[tuple[str, Lang], tuple[int, Index]] = LRUCache(KEPT)

    def one(self, request: Request, collection: Collection) -> Record:
        """The record of a collection, for this caller in this language."""
        told = self.descriptions.told(request, collection)
        return record_of(collection, told, self.publisher, stamp_of(request.snapshot), request.lang)

    def named(self, request: Request, name: str) -> Record:
        """The record of that id or file identifier. Raises NotFound: missing, or hidden from this caller."""
        wanted = name.removeprefix(f"{home_of(request)}/collections/records/items/")
        for collection in request.snapshot.visible(request.principal):
            if collection.id == wanted:
                return self.one(request, collection)
        raise NotFound(Text("Cette fiche n'existe pas.", "There is no such record."))

    async def found(self, request: Request, name: str) -> Record:
        """The same, among the records of other catalogues too: by our id or their own identifier. Raises NotFound, or
        TakenDown for what was."""
        try:
            return self.named(request, name)
        except NotFound:
            wanted = name.removeprefix(f"{home_of(request)}/collections/records/items/")
            _, others = await self.others.visible(request)
            for one in others:
                if wanted in (one.id, one.file_identifier):
                    return one
            for collection, tombstone in await self.graves(request):
                if wanted == collection.id:
                    raise gone(collection, tombstone) from None
            raise

    async def graves(self, request: Request) -> list[tuple[Collection, Tombstone | None]]:
        """What was taken down of what this caller could know of, with its tombstone."""
        found = graves(request.snapshot, request.principal)
        if not found:
            return []
        standing = await self._tombstones.standing(request.snapshot.day) if self._tombstones else {}
        return [(one, standing.get(one.id)) for one in found]

    async def index(self, request: Request) -> Index:
        """All the records that this caller may know of, ready to be searched; made off the event loop."""
        snapshot = request.snapshot
        if self._of is not snapshot:
            self._of, self._kept = snapshot, LRUCache(KEPT)
        version, others = await self.others.visible(request)
        kept, key = self._kept, (request.principal.key, request.lang)
        standing = kept.get(key)
        if standing is None or standing[0] != version:
            found = await asyncio.to_thread(self._index, request, others)
            kept[key] = (version, found)
            return found
        return standing[1]

    def placed(self, request: Request, body: bytes) -> bytes:
        """A document with the caller's addresses in place of ours; identifiers never hold a token."""
        return body.replace(self.descriptions.base.encode(), request.base_url.encode()).replace(
            HOME.encode(), home_of(request).encode()
        )

    def _index(self, request: Request, others: tuple[Record, ...]) -> Index:
        ours = (self.one(request, collection) for collection in request.snapshot.visible(request.principal))
        return Index((*ours, *others))


def home_of(request: Request) -> str:
    """The public address of the service, without the caller's token."""
    return request.base_url.rpartition("/t/")[0] if request.tokened else request.base_url


def stamp_of(snapshot: Snapshot) -> date:
    """The day of the records: that of the publication in force."""
    return snapshot.published or snapshot.day
