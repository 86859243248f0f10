"""One small partnership served by the real application, on a real database: a layer of addresses, one of lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mig_idg.app import create
from mig_idg.database import connect
from mig_idg.declaration.publish import publish
from mig_idg.ogc import features
from mig_idg.registry import seed
from mig_idg.settings import Settings
from mig_idg.store import prepare

NOW = datetime(2025, 5, 4, 12, tzinfo=UTC)
ROWS = 1_200
BASE = "http://idg.test"

SQL = """
create type data.genre as enum ('voie', 'lieu-dit');
create table data.adresses (
  id text primary key,
  nom_voie text,
  numero integer,
  surface double precision,
  prix numeric(8,2),
  certifie boolean,
  leve date,
  maj timestamptz,
  vu timestamp,
  genre data.genre,
  cle uuid,
  parcelles text[],
  extra jsonb,
  commune text not null,
  geom geometry(Point, 2154) not null
);
insert into data.adresses
select
  'a-' || lpad(i::text, 5, '0'),
  case when i % 3 = 0 then 'Rue de l''Église' when i % 3 = 1 then 'Impasse "Haute" \\ <5m' end,
  i % 50, i / 7.0, i / 4.0, i % 2 = 0,
  date '2020-01-01' + i, timestamptz '2020-01-01 00:00:00+00' + i * interval '1 hour',
  timestamp '2020-01-01 00:00:00' + i * interval '1 day',
  (array['voie', 'lieu-dit'])[1 + i % 2]::data.genre,
  md5(i::text)::uuid, array['P' || i % 10, 'Q'], jsonb_build_object('n', i), '92050',
  st_setsrid(st_makepoint(641000 + (i % 40) * 10.123456, 6866000 + (i / 40) * 10.654321), 2154)
from generate_series(1, 1200) i;
create index on data.adresses using gist (geom);

create table data.troncons (
  id bigint primary key,
  nature text,
  geom geometry(LineStringZ, 2154)
);
insert into data.troncons
select i, 'n' || i % 5,
  st_setsrid(st_makeline(st_makepoint(641000 + i, 6866000, 35.5), st_makepoint(641010 + i, 6866030, 36.25)), 2154)
from generate_series(1, 60) i;
insert into data.troncons values (61, 'sans', null);
"""

DECLARATION = """
id: {id}
title: {{fr: {id}, en: {id}}}
description: {{fr: Essai, en: Test}}
kind: mutualised
owner: "92050"
source: {{table: data.{id}, id: id, geometry: geom, crs: "EPSG:2154"{time}}}
licence: {licence}
terms: {{mode: all_partners, actions: [view, query, download]}}
services: [features, tiles]
{more}
"""


@dataclass
class Response:
    """What a client received."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.content)


class Client:
    """Speaks to the application in this process, one request at a time, on its own loop."""

    def __init__(self, application: Any, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=BASE)

    def request(self, method: str, path: str, **options: Any) -> Response:
        """Any request; `path` may be an absolute link of an answer."""
        target = urlsplit(path)
        where = target.path + (f"?{target.query}" if target.query else "")

        async def ask() -> httpx.Response:
            return await self._http.request(method, where, **options)

        answer = self._runner.run(ask())
        return Response(answer.status_code, answer.headers, answer.content)

    def get(self, path: str, **options: Any) -> Response:
        """GET."""
        return self.request("GET", path, **options)

    def items(self, query: str = "", collection: str = "adresses") -> Any:
        """The document of an items page that must be there."""
        answer = self.get(f"/collections/{collection}/items" + (f"?{query}" if query else ""))
        assert answer.status == 200, answer.content[:2000]
        return answer.json


@pytest.fixture(scope="module")
def served(database_url: str, app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The application, with `adresses` and `troncons` open to all."""
    create.renderer = lambda settings: lambda name, context, lang: f"<title>{name}</title>"
    folder = tmp_path_factory.mktemp("collections")
    files = {"adresses": ", time: leve", "troncons": ""}
    for name, time in files.items():
        (folder / f"{name}.yml").write_text(DECLARATION.format(id=name, time=time, licence="LO-2.0", more=""))
    with connect(database_url) as connection:
        connection.execute(SQL.encode())
        seed.potential_partners(connection)
        publish(connection, folder, author="test", on=date(2025, 1, 1), prepare=prepare.prepare)
        connection.commit()
    with asyncio.Runner() as runner:
        application = create.create_app(
            Settings(journal=False, base_url=BASE), app_url, clock=lambda: NOW, doors=features.doors()
        )
        runner.run(application._start())
        try:
            yield Client(application, runner)
        finally:
            runner.run(application._stop())
            application.guard.current._drop()
