"""The routes of the server asked from a command of the machine, without a server: the same bytes, printed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from mig_idg.app.create import every_route, utc_now
from mig_idg.database.pool import Pool, PoolLimits
from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.current import Current
from mig_idg.guard.principal import PUBLIC
from mig_idg.guard.request import Admitting, Request, RowAccess
from mig_idg.guard.resources import Resources
from mig_idg.guard.response import Response
from mig_idg.guard.route import Router
from mig_idg.guard.snapshot import Snapshot
from mig_idg.jobs import Records
from mig_idg.settings import Settings


class AskedHere:
    """What is published, as the public is told of it; or, `whole`, as who runs the machine may read all of it."""

    def __init__(self, settings: Settings, url: str, lang: Lang, *, whole: bool = False) -> None:
        self._settings, self._lang = settings, lang
        self._routes = Router(every_route(settings, Records(Pool(url, PoolLimits(size=1, waiting=1)))))
        found = asyncio.run(_read(url))
        # The decisions that a snapshot keeps are those of its rights: others start from none.
        self.snapshot = replace(found, unguarded=True, _decisions={}, _grants={}, _visible={}) if whole else found

    def get(self, path: str, query: Mapping[str, str]) -> Response:
        """The answer of a route that reads no rows. Raises Problem."""
        found = self._routes.find(path)
        if found is None:
            raise NotFound(Text("Cette adresse n'existe pas.", "There is no such address."))
        route, params = found
        collection = self.snapshot.collections.get(params.get("collection", ""))
        discovered = self.snapshot.visible(PUBLIC)
        if "collection" in params and collection not in discovered:
            raise NotFound(Text("Cette collection n'existe pas.", "There is no such collection."))
        request = Request(
            method="GET", path=path, params=params, query=dict(query), headers={}, lang=self._lang, principal=PUBLIC,
            snapshot=self.snapshot, base_url=self._settings.public_url, route=route.pattern, collection=collection,
            threshold=_WithoutRows(),
        )  # fmt: skip

        async def answered() -> Response:
            return await route.handler(request)

        return asyncio.run(answered())


class _WithoutRows:
    """The threshold of a route that reads no rows and decides on no other collection."""

    def __init__(self) -> None:
        self.resources = Resources()

    @property
    def rows(self) -> RowAccess:
        """There are none."""
        raise NotFound(Text("Cette adresse demande le serveur.", "This address needs the server."))

    @property
    def admission(self) -> Admitting:
        """Nobody else is asked about."""
        raise NotFound(Text("Cette adresse demande le serveur.", "This address needs the server."))

    async def confirm(self, request: Request) -> None:
        """The snapshot was read for this command."""

    def charge(self, request: Request, seconds: float) -> None:
        """Nobody shares this process."""


async def _read(url: str) -> Snapshot:
    current = Current(url, utc_now)
    try:
        return await current.refresh()
    finally:
        await current.close()
