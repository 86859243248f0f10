"""The database away, silent or slow: answers in seconds, and again as soon as it is back."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from mig_idg.database import connect

sys.path.insert(0, str(Path(__file__).parent))
from faulty import FaultySocket

pytestmark = pytest.mark.slow

ITEMS = "/collections/adresses/items?limit=2"


@pytest.fixture
def behind_a_fault(serve_demonstration: Callable[..., Any]) -> Iterator[tuple[Any, FaultySocket]]:
    sockets: list[FaultySocket] = []

    @contextmanager
    def route(url: str) -> Iterator[str]:
        real = Path(parse_qs(urlsplit(url).query)["host"][0])
        with (
            tempfile.TemporaryDirectory(prefix="idg") as folder,
            FaultySocket(Path(folder), real / ".s.PGSQL.5432") as fault,
        ):
            sockets.append(fault)
            yield url.replace(quote(str(real), safe=""), quote(folder, safe=""))

    with serve_demonstration(route=route) as running:
        yield running, sockets[0]


def until_200(service: Any, within: float) -> float:
    """Seconds until the first 200; fails past `within`."""
    start = time.monotonic()
    while time.monotonic() - start < within:
        if service.get(ITEMS, "owner").status_code == 200:
            return time.monotonic() - start
    pytest.fail(f"no 200 within {within} s")


@pytest.mark.parametrize("mode", ["silent", "refuse"])
def test_a_database_that_is_gone_is_503_within_three_seconds_and_200_when_back(
    behind_a_fault: tuple[Any, FaultySocket], mode: str
) -> None:
    service, fault = behind_a_fault
    assert service.get(ITEMS, "owner").status_code == 200
    fault.become(mode)  # type: ignore[arg-type]
    start = time.monotonic()
    gone = service.get(ITEMS, "owner")
    assert gone.status_code == 503
    assert time.monotonic() - start < 3.5
    assert int(gone.headers["retry-after"]) >= 1
    start = time.monotonic()
    assert service.get(ITEMS, "owner").status_code == 503
    assert time.monotonic() - start < 3.5
    assert service.get("/healthz").status_code == 200
    assert service.get("/readyz").status_code in (200, 503)
    fault.become("pass")
    until_200(service, within=4)


def test_the_public_still_finds_the_service_while_the_database_is_away(
    behind_a_fault: tuple[Any, FaultySocket],
) -> None:
    service, fault = behind_a_fault
    assert service.get("/collections?f=json").status_code == 200
    fault.become("refuse")
    service.get(ITEMS, "owner")
    assert service.get("/conformance?f=json").status_code == 200
    assert service.get("/collections?f=json").status_code == 200
    assert service.get("/collections?f=json", "owner").status_code == 503


def backends(database_url: str) -> int:
    with connect(database_url) as owner:
        row = owner.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and state = 'active'"
            " and application_name = 'mig-idg serve'"
        ).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.slow
def test_a_query_ends_when_its_client_leaves(own_service: Any) -> None:
    with connect(own_service.database_url) as owner:
        owner.execute("insert into data.adresses select (a).* from (select a from data.adresses a limit 0) t")
    path = "/collections/adresses/items?f=csv"
    headers = {"authorization": f"Bearer {own_service.tokens['owner']}"}
    with httpx.stream("GET", own_service.url + path, headers=headers) as response:
        assert response.status_code == 200
        next(response.iter_raw(1024))
    start = time.monotonic()
    while backends(own_service.database_url) and time.monotonic() - start < 2.5:
        pass
    assert backends(own_service.database_url) == 0
