"""The service as a whole, through a real socket on the demonstration."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from mig_idg.app.create import create_app
from mig_idg.settings import Settings


def test_the_process_is_alive_and_ready(service: Any) -> None:
    assert service.get("/healthz").json() == {"status": "ok"}
    ready = service.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["broken"] == []


def test_a_worker_is_ready_before_it_takes_requests(service: Any) -> None:
    seen: list[int] = []

    async def heard(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen.append(message["status"])

    async def body() -> None:
        app = create_app(Settings(home=service.home), service.app_url, routes=())
        await app._start()
        try:
            await app({"type": "http", "method": "GET", "raw_path": b"/readyz", "headers": []}, None, heard)  # type: ignore[arg-type]
        finally:
            await app._stop()

    asyncio.run(body())
    assert seen == [200]


def test_an_owner_reads_its_addresses(service: Any) -> None:
    page = service.get("/collections/adresses/items?limit=3", "owner")
    assert page.status_code == 200
    assert page.headers["content-type"] == "application/geo+json"
    assert len(page.json()["features"]) == 3


def test_the_credit_of_a_layer_is_whole_in_its_header(service: Any) -> None:
    response = service.get("/collections/equipements/items?limit=1", "owner")
    assert response.headers["attribution"] == (
        "Mutualisation de l'Information Géographique - Département des Hauts-de-Seine"
    )


def test_every_answer_tells_browsers_what_it_may_do(service: Any) -> None:
    """Data and errors run nothing and are framed by nobody; pages are alone with their own scripts."""
    nothing = "default-src 'none'; frame-ancestors 'none'"
    html = {"accept": "text/html"}
    for path in ("/", "/collections", "/collections/equipements/items", "/nowhere", "/collections/equipements?x=1",
                 "/healthz", "/collections/equipements/items?f=csv", "/collections/adresses/items"):  # fmt: skip
        assert service.get(path).headers["content-security-policy"] == nothing
    for path in ("/", "/collections/equipements", "/nowhere", "/collections/adresses/items"):
        page = service.get(path, headers=html)
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert page.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in page.headers["permissions-policy"]
