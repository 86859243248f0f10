"""A small town served as tiles: the application itself on a real database, asked through ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from mig_idg.app import create
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.ogc.tiles.routes import ROUTES
from mig_idg.publication.publish import publish
from mig_idg.registry import tokens
from mig_idg.settings import Settings

DAY = date(2026, 6, 15)
BASE = "http://idg.test"

# Nanterre, near (642 000, 6 866 000) in Lambert-93: a lattice of lamps, a street, two wards, and nothing else around.
TABLES = """
create table data.lampes (
  id bigint primary key, commune text, note text, puissance numeric, posee timestamptz, secret text,
  geom geometry(Point, 2154) not null
);
insert into data.lampes
select row * 100 + col + 1, case when col < 50 then '92050' else '92026' end,
  case when row % 2 = 0 then 'paire' end, 1.5, '2024-05-01 12:00:00+02', 's' || col,
  st_setsrid(st_makepoint(641500 + col * 10, 6865500 + row * 10), 2154)
from generate_series(0, 99) row, generate_series(0, 99) col;

create table data.bordures (code text primary key, commune text, geom geometry(LineStringZ, 2154));
insert into data.bordures
select 'b' || i, '92050',
  st_setsrid(st_makeline(st_makepoint(641500, 6865500 + i * 50, 30), st_makepoint(642400, 6865500 + i * 50, 31)), 2154)
from generate_series(0, 9) i;
insert into data.bordures values ('sans forme', '92050', null);

create table data.quartiers (uid uuid primary key default gen_random_uuid(), nom text, commune text, geom geometry(Polygon, 2154));
insert into data.quartiers (nom, commune, geom) values
  ('ouest', '92050', st_makeenvelope(641000, 6865000, 642000, 6867000, 2154)),
  ('est', '92026', st_makeenvelope(642000, 6865000, 643000, 6867000, 2154));
-- As a street plan is surveyed: shapes with heights, whose edges leave a tile and come back into it.
create table data.plan_lignes (id bigint primary key, commune text, geom geometry(LineStringZ, 2154));
insert into data.plan_lignes
select i, '92050', (
  select st_setsrid(st_makeline(st_makepoint(641500 + 9 * s, 6865500 + 10 * i + 40 * (s % 2), 30 + s) order by s), 2154)
  from generate_series(0, 100) s
)
from generate_series(1, 60) i;
create table data.plan_multilignes (id bigint primary key, commune text, geom geometry(MultiLineStringZ, 2154));
insert into data.plan_multilignes select id, commune, st_multi(geom) from data.plan_lignes;
create table data.plan_surfaces (id bigint primary key, commune text, geom geometry(MultiPolygonZ, 2154));
insert into data.plan_surfaces select id, commune, st_multi(st_force3dz(st_buffer(geom, 2), 30)) from data.plan_lignes;
create table data.plan_mesures (id bigint primary key, commune text, geom geometry(LineStringZM, 2154));
insert into data.plan_mesures select id, commune, st_force4d(geom) from data.plan_lignes;

create table data.compteurs (id bigint primary key, commune text, geom geometry(Point, 2154));
insert into data.compteurs select id, commune, geom from data.lampes;
analyze;
"""

DECLARATION = """
id: {id}
title: {{fr: "{id} (fr)", en: "{id} (en)"}}
description: {{fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}}
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {{fr: Tiré pour l'essai., en: Drawn for the test.}}
kind: mutualised
owner: "92050"
territory: commune
source: {{table: data.{id}, id: {key}, geometry: geom, crs: EPSG:2154}}
extent: [2.19, 48.87, 2.25, 48.91]
{rights}
services: [features, tiles]
"""
RIGHTS = {
    "lampes": "licence: LO-2.0",
    "bordures": "licence: LO-2.0",
    "quartiers": "terms: {mode: all_partners, actions: [view], hidden_attributes: [nom]}",
    "compteurs": "terms: {mode: all_partners, actions: [view], rows: own_territory}",
}
PLAN = ("plan_lignes", "plan_multilignes", "plan_surfaces", "plan_mesures")
RIGHTS |= dict.fromkeys(PLAN, "licence: LO-2.0")
KEYS = dict.fromkeys(PLAN, "id") | {"lampes": "id", "bordures": "code", "quartiers": "uid", "compteurs": "id"}


class Town:
    """The application, asked synchronously."""

    def __init__(self, app: Any, loop: asyncio.AbstractEventLoop, owner: str, token: str, folder: Path) -> None:
        self._loop, self._folder = loop, folder
        self.owner, self.token = owner, token
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)

    def publish(self) -> None:
        """The same declarations once more."""
        with connect(self.owner) as owner:
            publish(owner, self._folder, author="essai", on=DAY)

    def get(self, path: str, *, partner: bool = False, **headers: str) -> httpx.Response:
        """One GET; `partner` shows the token of another partner of the charter."""
        if partner:
            headers["authorization"] = f"Bearer {self.token}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._loop.run_until_complete(self._client.get(path, headers=named))

    def layers(self, path: str, *, partner: bool = False) -> dict[str, Any]:
        """The decoded layers of a tile; none when it is empty."""
        response = self.get(path, partner=partner)
        assert response.status_code in (200, 204), response.text
        return decoded(response.content)


def decoded(tile: bytes) -> dict[str, Any]:
    """The layers of a tile."""
    return mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}) if tile else {}


@pytest.fixture(scope="module")
def town(database_url: str, app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town, published on a fresh database."""
    folder: Path = tmp_path_factory.mktemp("collections")
    for name, rights in RIGHTS.items():
        (folder / f"{name}.yml").write_text(DECLARATION.format(id=name, key=KEYS[name], rights=rights))
    with connect(database_url) as owner:
        owner.execute(TABLES)
        adhesion.adopt(owner, DAY)
        publish(owner, folder, author="essai", on=DAY)
        tokens.open_account(owner, "voisine", name="Voisine", organisation="92026", author="essai")
        _, token = tokens.issue(owner, "voisine", author="essai")
    loop = asyncio.new_event_loop()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(create, "renderer", lambda settings: lambda name, context, lang: "")  # no page is asked here
        app = create.create_app(
            Settings(base_url=BASE), app_url, clock=lambda: datetime(2026, 6, 16, 10, tzinfo=UTC), routes=ROUTES
        )
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    replies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def begin() -> asyncio.Task[None]:
        task = asyncio.ensure_future(app({"type": "lifespan"}, events.get, replies.put))
        await events.put({"type": "lifespan.startup"})
        assert (await replies.get())["type"] == "lifespan.startup.complete"
        return task

    async def end(task: asyncio.Task[None]) -> None:
        await events.put({"type": "lifespan.shutdown"})
        await task

    task = loop.run_until_complete(begin())
    yield Town(app, loop, database_url, token, folder)
    loop.run_until_complete(end(task))
    app.guard.current._drop()
    loop.close()
