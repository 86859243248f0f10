"""One server for the tests of measurements, which write: the demonstration, with a depositor and two datasets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

STATION = json.loads(
    """{"name": "Station", "description": "Sur candélabre", "properties": {"commune_insee": "92050"},
    "Locations": [{"name": "Position", "description": "Position", "encodingType": "application/geo+json",
                   "location": {"type": "Point", "coordinates": [2.2097, 48.9082]}}],
    "Datastreams": [{"name": "Température", "description": "À 3 m",
      "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
      "unitOfMeasurement": {"name": "degré Celsius", "symbol": "°C", "definition": "http://qudt.org/vocab/unit/DEG_C"},
      "ObservedProperty": {"name": "Température", "description": "De l'air", "definition": "http://qudt.org/t"},
      "Sensor": {"name": "Sonde", "description": "PT100", "encodingType": "application/pdf", "metadata": "https://x"}}]}"""
)


def station(dataset: str, name: str = "Station", commune: str = "92050") -> dict[str, Any]:
    """A Thing with one Datastream of a dataset, on a commune."""
    body: dict[str, Any] = json.loads(json.dumps(STATION))
    body |= {"name": name, "properties": {"commune_insee": commune}}
    body["Datastreams"][0] |= {"name": f"Température {name}", "properties": {"dataset": dataset}}
    return body


class Sta:
    """SensorThings of a served demonstration, as one account or another."""

    def __init__(self, service: Any) -> None:
        self.service = service

    def get(self, path: str, who: str | None = None, status: int = 200, **query: Any) -> Any:
        """The document at an address under the root; `_top` is `$top`."""
        named = {name.replace("_", "$", 1): value for name, value in query.items()}
        response = self.service.get(f"/sensorthings/v1.1{path}", who, params=named)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def send(self, method: str, path: str, body: Any = None, who: str | None = "pilot", status: int = 201) -> Any:
        """What a write answers."""
        response = self.service.ask(method, f"/sensorthings/v1.1{path}", who, json=body)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def count(self, path: str, who: str | None = None, **query: Any) -> int:
        """How many entities an account is told of."""
        return int(self.get(path, who, _count="true", _top="0", **query)["@iot.count"])


@pytest.fixture(scope="package")
def sta(serve_demonstration: Callable[..., Any]) -> Iterator[Sta]:
    """An open station and two of a territory each, with a day of hourly temperatures."""
    with serve_demonstration() as running:
        made = Sta(running)
        for dataset, name, commune in (
            ("equipements", "ouverte", "92050"),
            ("eclairage-public", "nanterre", "92050"),
            ("eclairage-public", "courbevoie", "92026"),
        ):
            body = station(dataset, name, commune)
            body["Datastreams"][0]["Observations"] = [
                {"phenomenonTime": f"2026-01-15T{hour:02}:00:00Z", "result": hour / 2} for hour in range(24)
            ]
            made.send("POST", "/Things", body)
        yield made


@pytest.fixture(scope="session")
def capteurs(shared: Path) -> Path:
    """The reference bodies."""
    return shared / "reference" / "capteurs"
