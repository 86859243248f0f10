"""The demonstration with rasters of its own: two vintages of photographs, heights, and limits of territory."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import laspy
import numpy as np
import pytest
import rasterio
from pyproj import CRS
from rasterio.transform import from_origin

from mig_idg.app.create import create_app
from mig_idg.database import connect
from mig_idg.deposits.intake import lidar
from mig_idg.deposits.intake.rasters import Choices, run
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.routes import RASTERS
from mig_idg.publication.load import load_folder
from mig_idg.publication.publish import publish
from mig_idg.settings import Settings

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
BASE = "http://idg.test"
SIDE = 500

DECLARATION = """
id: {id}
title: {{fr: "{id}, été", en: "{id}, summer"}}
description: {{fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}}
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {{fr: Tiré pour l'essai., en: Drawn for the test.}}
kind: mutualised
owner: departement-92
credit: Ville d'essai
source: {{raster: {{vintages: true, bands: {bands}, mask_territory: {mask}}}, crs: "EPSG:2154"}}
terms: {{mode: all_partners, actions: [view, query, download]{rows}}}
licence: restricted
services: [tiles, maps, coverages, stac, download]
"""
COLLECTIONS = {
    "photos": ("rgb", "false", ""),
    "mnt": ("elevation", "false", ""),
    "photos-masquees": ("rgb", "true", ", rows: own_territory"),
    "photos-closes": ("rgb", "false", ", rows: own_territory"),
    "photos-ir": ("rgbi", "false", ", hidden_attributes: [infrared]"),
    "photos-sans-rouge": ("rgb", "false", ", hidden_attributes: [red]"),
    "photos-visages": ("rgb", "false", ", hidden_attributes: [visages]"),
}
POINTS = """
id: {id}
title: {{fr: "{id}, hiver", en: "{id}, winter"}}
description: {{fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}}
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {{fr: Tiré pour l'essai., en: Drawn for the test.}}
kind: mutualised
owner: departement-92
credit: Ville d'essai
source: {{points: {{density: 1}}, crs: "EPSG:2154"}}
terms: {{mode: all_partners, actions: [view, query, download]{rows}}}
licence: restricted
services: [stac, download]
"""
CLOUDS = {"lidar": "", "lidar-clos": ", rows: own_territory"}


@dataclass
class Rasters:
    """The application, spoken to in this process; `corner` is the upper left corner of the first photograph."""

    runner: asyncio.Runner
    http: httpx.AsyncClient
    tokens: dict[str, str]
    corner: tuple[float, float]
    folder: Path
    home: Path
    engine: RasterEngine

    def get(self, path: str, who: str | None = "other-partner", **options: Any) -> httpx.Response:
        """GET as an account of the demonstration."""
        return self.ask("GET", path, who, **options)

    def ask(self, method: str, path: str, who: str | None = "other-partner", **options: Any) -> httpx.Response:
        """Any request; `path` may be an absolute link of an answer."""
        target = urlsplit(path)
        where = target.path + (f"?{target.query}" if target.query else "")
        headers = {**({"authorization": f"Bearer {self.tokens[who]}"} if who else {}), **options.pop("headers", {})}

        async def send() -> httpx.Response:
            return await self.http.request(method, where, headers=headers, **options)

        return self.runner.run(send())


def photograph(path: Path, corner: tuple[float, float], *tints: int) -> Path:
    """500 × 500 pixels of a metre: a slope of reds to the east, of greens to the south, then bands of one value."""
    across = np.linspace(20, 220, SIDE).astype(np.uint8)
    path.parent.mkdir(exist_ok=True)
    data = np.stack(
        [
            np.tile(across, (SIDE, 1)),
            np.tile(across[:, None], (1, SIDE)),
            *(np.full((SIDE, SIDE), tint, np.uint8) for tint in tints),
        ]
    )
    return _written(path, corner, data, photometric="RGB", alpha="unspecified")


def heights(path: Path, corner: tuple[float, float]) -> Path:
    """A plane that rises by a centimetre for each metre to the east, from 50 m; a hole in a corner."""
    data = np.tile(50 + 0.01 * np.arange(SIDE, dtype=np.float32), (SIDE, 1))[None]
    data[:, :20, :20] = -9999
    return _written(path, corner, data, nodata=-9999)


def points(path: Path, corner: tuple[float, float]) -> Path:
    """A square of a hundred metres, five points a square metre: ground and roofs."""
    head = laspy.LasHeader(point_format=6, version="1.4")
    head.scales, head.offsets = np.full(3, 0.01), np.array([*corner, 0.0])
    head.add_crs(CRS.from_epsg(2154))
    cloud, count, rng = laspy.LasData(head), 50_000, np.random.default_rng(5)
    cloud.x, cloud.y = corner[0] + rng.uniform(0, 100, count), corner[1] - rng.uniform(0, 100, count)
    cloud.z, cloud.classification = rng.uniform(30, 40, count), np.where(rng.random(count) < 0.7, 2, 6).astype(np.uint8)
    cloud.return_number, cloud.number_of_returns = np.ones(count, np.uint8), np.ones(count, np.uint8)
    cloud.write(path)
    return path


def _written(path: Path, corner: tuple[float, float], data: Any, **more: Any) -> Path:
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "count": len(data), "dtype": data.dtype,
               "crs": "EPSG:2154", "transform": from_origin(*corner, 1, 1), **more}  # fmt: skip
    with rasterio.open(path, "w", **profile) as made:
        made.write(data)
    return path


@pytest.fixture(scope="session")
def rasters(
    cluster: Any, demonstration: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rasters]:
    """Four collections around the boundary of Courbevoie (92026), served."""
    template, home = demonstration
    folder, own = tmp_path_factory.mktemp("declarations"), tmp_path_factory.mktemp("home")
    (own / "rasters").mkdir()
    shutil.copy(home / "rasters" / "orthophoto.tif", own / "rasters")
    for name in ("communes.yml", "orthophoto.yml"):
        shutil.copy(ROOT / "collections" / name, folder)
    for name, (bands, mask, rows) in COLLECTIONS.items():
        (folder / f"{name}.yml").write_text(DECLARATION.format(id=name, bands=bands, mask=mask, rows=rows))
    for name, rows in CLOUDS.items():
        (folder / f"{name}.yml").write_text(POINTS.format(id=name, rows=rows))
    name = "idg_rasters"
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template {template}")
    with connect(cluster.url(role="idg_owner", database=name)) as owner:
        corner = _corner(owner)
        _fill(owner, folder, own, corner)
        publish(owner, folder, author="test", on=NOW.date(), rasters=own / "rasters")
        owner.commit()
    tokens = {account: said["token"] for account, said in json.loads((home / "demo-accounts.json").read_text()).items()}
    settings = Settings(home=own, journal=False, base_url=BASE)
    with asyncio.Runner() as runner:
        application = create_app(
            settings, cluster.url(role="idg_app", database=name), clock=lambda: NOW,
            routes=RASTERS,
        )  # fmt: skip
        runner.run(application._start())
        http = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=BASE)
        try:
            yield Rasters(runner, http, tokens, corner, folder, own, application.guard.resources.get(RasterEngine))
        finally:
            runner.run(http.aclose())
            runner.run(application._stop())
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


def _corner(owner: Any) -> tuple[float, float]:
    """So that the western side of Courbevoie crosses the pictures."""
    x, y = owner.execute(
        "select st_xmin(geom), st_y(st_centroid(geom)) from data.communes where code = '92026'"
    ).fetchone()
    return round(x) - 150.0, round(y) + 250.0


def _fill(owner: Any, folder: Path, home: Path, corner: tuple[float, float]) -> None:
    declared = {one.declaration.id: one.declaration for one in load_folder(folder).declared}
    x, y = corner
    west = photograph(folder / "ouest.tif", corner, 40)
    east = photograph(folder / "est.tif", (x + SIDE, y), 120)
    older = photograph(folder / "ancienne.tif", corner, 200)
    ground = heights(folder / "mnt_ouest.tif", corner)
    for collection in ("photos", "photos-masquees", "photos-closes", "photos-sans-rouge", "photos-visages"):
        _bring(owner, [west, east], declared[collection], home, "2025")
    _bring(owner, [photograph(folder / "ir" / "ouest.tif", corner, 40, 77)], declared["photos-ir"], home, "2025")
    _bring(owner, [older], declared["photos"], home, "2020")
    _bring(owner, [ground], declared["mnt"], home, "2024")
    cloud = points(folder / "dalle.laz", corner)
    for collection in CLOUDS:
        _bring(owner, [cloud], declared[collection], home, "2024")


def _bring(owner: Any, files: list[Path], declaration: Any, home: Path, vintage: str) -> None:
    during = (date(int(vintage), 6, 1), date(int(vintage), 7, 1))
    how = lidar.run if declaration.source.points else run
    report = how(owner, files, declaration, home, Choices("test", vintage, during))
    assert report.published, report.findings
