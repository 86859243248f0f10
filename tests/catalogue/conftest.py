"""A small catalogue without a database: an open layer, one for partners, a hidden one, a table, and who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import yaml

from mig_idg.app.described_layers import DescribedLayers
from mig_idg.catalogue.model import Record
from mig_idg.catalogue.routes import routes
from mig_idg.catalogue.source import Records
from mig_idg.charter import Dataset, Facts, Membership, Restriction, Terms
from mig_idg.errors import Text
from mig_idg.guard.principal import PUBLIC, Principal
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Router
from mig_idg.guard.snapshot import Snapshot
from mig_idg.ogc import describe
from mig_idg.ogc.describe.describer import Describer
from mig_idg.ogc.features.routes import ROUTES as FEATURES
from mig_idg.ogc.service_metadata import load_service
from mig_idg.store.collection import Collection
from mig_idg.store.table import Column, Geometry, Table

CONFIG = Path(__file__).parents[2] / "pygeoapi-config.yml"
DAY = date(2026, 6, 15)
BASE = "https://idg.example"
PARTNER = Principal(login="p", organisation="92026", key="partner")
READING = frozenset({"view", "query", "download"})
DECLARED: dict[str, Any] = {
    "theme": "services d'utilité publique et services publics",
    "update_frequency": "monthly",
    "created": "2020-01-10",
    "scale": [5000, 500],
    "lineage": {"fr": "Levé sur le terrain par la commune.", "en": "Surveyed on site by the commune."},
    "contacts": [{"role": "pointOfContact", "name": "Service SIG", "email": "sig@idg.example"}],
    "source": {"table": "data.bancs", "id": "id", "geometry": "geom", "crs": "EPSG:2154"},
    "crs": ["EPSG:3949"],
    "standard": {"name": "mobilier", "version": "1.0"},
    "external_ids": ["https://autre.example/jeu/12"],
    "attributes": {"nom": {"fr": "Nom de la rue", "en": "Street name"}},
}


def column(name: str, kind: Any = "text", json: str = "string", **more: Any) -> Column:
    """A column as the catalogue of PostgreSQL would tell it."""
    return Column(name, kind, kind, kind, json, **more)


def collection(id: str, title: str, *, geometry: bool = True, **more: Any) -> Collection:
    """A layer owned by Nanterre."""
    columns = (column("id", "integer", "integer", nullable=False), column("nom"), column("telephone"))
    told: dict[str, Any] = {
        "id": id,
        "title": Text(title, f"{title} (en)"),
        "description": Text(f"{title} : un relevé de la commune.", f"{title}: a survey of the commune."),
        "kind": "mutualised",
        "owner": "92050",
        "licence": None,
        "services": ("features", "tiles", "download"),
        "keywords": ("mobilier urbain", "espace vert"),
        "table": Table("data", id, columns[0], Geometry("geom", 2154, "POINT") if geometry else None, columns),
        "raster": None,
        "bbox": (2.1, 48.8, 2.3, 48.9) if geometry else None,
        "time_column": None,
        "default_limit": None,
        "max_limit": None,
        "generation": 7,
        "declared": DECLARED,
        "updated": "2026-05-01",
    }
    return Collection(**(told | more))


def dataset(id: str, **more: Any) -> Dataset:
    """What the charter knows of it."""
    told: dict[str, Any] = {"owner": "92050", "attributes": ("id", "nom", "telephone")}
    return Dataset(id, "mutualised", "published", **(told | more))


PARTNERS = Terms("all_partners", READING)
LAYERS = (
    (collection("bancs", "Bancs publics de Nanterre", licence="LO-2.0"), dataset("bancs", licence="LO-2.0")),
    (collection("reseaux", "Réseaux d'éclairage"), dataset("reseaux", terms=PARTNERS)),
    (
        collection("erp", "Établissements recevant du public"),
        dataset("erp", terms=PARTNERS, exceptions=(Restriction("E1", frozenset({"telephone"})),)),
    ),
    (collection("secrets", "Lieux très secrets"), dataset("secrets", metadata="hidden", terms=PARTNERS)),
    (collection("entre-nous", "Chevaux de la brigade"), dataset("entre-nous", metadata="partners", terms=PARTNERS)),
    (
        collection("prenoms", "Prénoms des nouveau-nés", geometry=False, licence="ODbL-1.0",
                   declared={**DECLARED, "theme": "état civil", "topics": ["society"], "source": {"table": "data.p"}}),
        dataset("prenoms", licence="ODbL-1.0"),
    ),
)  # fmt: skip


def snapshot(layers: Any = LAYERS) -> Snapshot:
    """The state of one moment."""
    return Snapshot(
        epoch=1,
        generation=7,
        day=DAY,
        collections={one.id: one for one, _ in sorted(layers, key=lambda pair: pair[0].id)},
        facts=Facts(
            memberships=(Membership("92050"), Membership("92026")), datasets={known.id: known for _, known in layers}
        ),
        credentials=None,  # type: ignore[arg-type]
        database="idg",
        published=date(2026, 6, 1),
    )


class Asking:
    """Asks the routes of the catalogue as the threshold would once it let the caller in."""

    def __init__(self) -> None:
        describer = Describer(load_service(CONFIG))
        descriptions = DescribedLayers(describer)
        ours = routes(descriptions)
        describe.routes(type("Settings", (), {"config_file": CONFIG})(), (*FEATURES, *ours), describer)  # type: ignore[arg-type]
        self.routes = Router(ours)
        self.records = Records(descriptions)
        self.snapshot = snapshot()

    def request(self, path: str, who: Principal = PUBLIC, *, lang: Any = "fr", base: str = BASE, body: bytes = b"",
                accept: str = "", method: str = "GET", **query: str) -> Request:  # fmt: skip
        """A request past the threshold."""
        found = self.routes.find(path)
        assert found is not None, path
        route, params = found

        async def read(limit: int) -> bytes:
            return body

        return Request(
            method=method, path=path, params=params, query=query, headers={"accept": accept}, lang=lang, principal=who,
            snapshot=self.snapshot, base_url=base, tokened="/t/" in base, route=route.pattern, read_body=read, threshold=cast("Any", None),
            collection=self.snapshot.collections.get(params.get("collection", "")),
        )  # fmt: skip

    def response(self, path: str, who: Principal = PUBLIC, **more: Any) -> Response:
        """The answer of a route."""
        request = self.request(path, who, **more)
        found = self.routes.find(path)
        assert found is not None
        return asyncio.run(found[0].handler(request))

    def bytes(self, path: str, who: Principal = PUBLIC, **more: Any) -> bytes:
        """Its bytes."""
        body = self.response(path, who, **more).body
        assert isinstance(body, bytes)
        return body

    def json(self, path: str, who: Principal = PUBLIC, **more: Any) -> Any:
        """The document of a route."""
        return orjson.loads(self.bytes(path, who, **more))

    def record(self, id: str, who: Principal = PUBLIC, **more: Any) -> Record:
        """The record itself."""
        request = self.request(f"/collections/{id}/record", who, **more)
        return self.records.one(request, self.snapshot.collections[id])


@pytest.fixture
def asking() -> Asking:
    """A fresh catalogue."""
    return Asking()


@pytest.fixture
def record(asking: Asking) -> Record:
    """The record of the open layer."""
    return replace(asking.record("bancs"), period=("2024-01-01", "2026-05-01"), resolution=0.5)


@pytest.fixture
def official(shared: Path) -> Callable[[str], Any]:
    """`official("record.yaml")`: a schema of OGC API Records, with what it refers to in its place."""
    folder = shared / "ogc" / "records"
    store = {one.name: yaml.safe_load(one.read_text("utf-8")) for one in folder.glob("*.yaml")}

    def whole(value: Any, within: tuple[str, ...] = ()) -> Any:
        if isinstance(value, list):
            return [whole(inner, within) for inner in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            name = value["$ref"].rsplit("/", 1)[-1]
            return whole(store[name], (*within, name)) if name in store and name not in within else {}
        words = {"oneOf": "anyOf"}  # null is every nullable alternative at once
        told = {words.get(key, key): whole(inner, within) for key, inner in value.items() if key != "nullable"}
        return {"anyOf": [{"type": "null"}, told]} if value.get("nullable") is True else told

    return lambda name: whole(store[name], (name,))
