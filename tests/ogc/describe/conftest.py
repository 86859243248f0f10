"""A small catalogue without a database: what the descriptions are made from, and who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest

from mig_idg.charter import Dataset, Facts, Membership, Restriction, Terms
from mig_idg.errors import Text
from mig_idg.guard.principal import PUBLIC, Principal
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Router
from mig_idg.guard.snapshot import Snapshot
from mig_idg.ogc import describe
from mig_idg.ogc.features.routes import ROUTES as FEATURES
from mig_idg.ogc.tiles.routes import ROUTES as TILES
from mig_idg.store.collection import Collection
from mig_idg.store.table import Column, Geometry, Table

CONFIG = Path(__file__).parents[3] / "pygeoapi-config.yml"
DAY = date(2026, 6, 15)
BASE = "https://idg.example"
PARTNER = Principal(login="p", organisation="92026", key="partner")
READING = frozenset({"view", "query", "download"})


def column(name: str, kind: Any = "text", json: str = "string", **more: Any) -> Column:
    """A column as the catalogue of PostgreSQL would tell it."""
    return Column(name, kind, kind, kind, json, **more)


def collection(id: str, **more: Any) -> Collection:
    """A layer of points in Lambert-93, owned by Nanterre, with one nominative attribute."""
    columns = (
        column("id", "integer", "integer", format="int32", nullable=False),
        column("commune_insee"),
        column("nom"),
        column("telephone"),
    )
    told: dict[str, Any] = {
        "id": id,
        "title": Text(f"Couche {id}", f"Layer {id}"),
        "description": Text("Des points, levés à Nanterre.", "Points, surveyed in Nanterre."),
        "kind": "mutualised",
        "owner": "92050",
        "licence": None,
        "services": ("features", "tiles"),
        "keywords": ("éclairage",),
        "table": Table("data", id, columns[0], Geometry("geom", 2154, "POINT"), columns, territory="commune_insee"),
        "raster": None,
        "bbox": None,
        "time_column": None,
        "default_limit": None,
        "max_limit": None,
        "generation": 7,
        "declared": {
            "updated": "2026-05-01",
            "attributes": {
                "nom": {"fr": "Nom de la rue", "en": "Street name"},
                "telephone": {"fr": "Numéro de téléphone", "en": "Phone number"},
            },
        },
    }
    told["updated"] = told["declared"].get("updated")
    return Collection(**(told | more))


@dataclass
class Layer:
    """One layer of the catalogue: the collection and what the charter knows of it."""

    collection: Collection
    dataset: Dataset


def layer(id: str, *, licence: str | None = None, metadata: str = "public", terms: Terms | None = None,
          exceptions: tuple[Restriction, ...] = (), **more: Any) -> Layer:  # fmt: skip
    """A published mutualised layer."""
    dataset = Dataset(
        id, "mutualised", "published", owner="92050", licence=licence, metadata=metadata, terms=terms,
        exceptions=exceptions, attributes=("commune_insee", "nom", "telephone"),
    )  # fmt: skip
    return Layer(collection(id, licence=licence, **more), dataset)


ALL_PARTNERS = Terms("all_partners", READING)
NO_PHONES = (Restriction("E1", frozenset({"telephone"})),)


def usual() -> list[Layer]:
    """Open, for partners only, known to partners only, and partly under an exception."""
    return [
        layer("bancs", licence="LO-2.0", bbox=(2.1, 48.8, 2.3, 48.9)),
        layer("reseaux", terms=ALL_PARTNERS),
        layer("secrets", metadata="partners", terms=ALL_PARTNERS, bbox=(1.25, 47.5, 1.5, 47.75)),
        layer("erp", terms=ALL_PARTNERS, exceptions=NO_PHONES),
    ]


def snapshot(layers: list[Layer], epoch: int = 1) -> Snapshot:
    """The state of one moment."""
    return Snapshot(
        epoch=epoch,
        generation=7,
        day=DAY,
        collections={one.collection.id: one.collection for one in sorted(layers, key=lambda one: one.collection.id)},
        facts=Facts(
            memberships=(Membership("92050"), Membership("92026")),
            datasets={one.dataset.id: one.dataset for one in layers},
        ),
        credentials=None,  # type: ignore[arg-type]
        database="idg",
    )


class Asking:
    """Asks the routes that describe, as the threshold would once it let the caller in."""

    def __init__(self) -> None:
        others = (*FEATURES, *TILES)
        self.routes = Router((*describe.routes(SimpleNamespace(config_file=CONFIG), others), *others))
        self.snapshot = snapshot(usual())

    def response(self, path: str, who: Principal = PUBLIC, *, lang: Any = "fr", base: str = BASE,
               accept: str = "application/json", **query: str) -> Response:  # fmt: skip
        """The answer of a route."""
        found = self.routes.find(path)
        assert found is not None, path
        route, params = found
        request = Request(
            method="GET", path=path, params=params, query=query, headers={"accept": accept}, lang=lang, principal=who,
            snapshot=self.snapshot, base_url=base, tokened="/t/" in base, route=route.pattern, threshold=cast("Any", None), collection=self.snapshot.collections.get(params.get("collection", "")),
        )  # fmt: skip
        response = asyncio.run(route.handler(request))
        if response.page is not None:
            name, context = response.page
            response.page = (name, {**context, "visit": request})
        return response

    def json(self, path: str, who: Principal = PUBLIC, **more: Any) -> Any:
        """The document of a route."""
        body = self.response(path, who, **more).body
        assert isinstance(body, bytes)
        return orjson.loads(body)


@pytest.fixture
def asking() -> Asking:
    """A fresh service on the usual layers."""
    return Asking()


@pytest.fixture(scope="session")
def many() -> Callable[[int], Snapshot]:
    """A snapshot with that many layers, half of them open."""
    return lambda count: snapshot(
        [layer(f"couche-{n:04d}", licence="LO-2.0" if n % 2 else None, terms=ALL_PARTNERS) for n in range(count)]
    )
