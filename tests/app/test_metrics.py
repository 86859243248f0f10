"""What whoever runs the service reads of it: measures without names, and an access log without credentials."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from mig_idg.app import metrics


def test_measures_tell_latency_pools_caches_queues_and_age_and_name_nobody(service: Any) -> None:
    service.get("/collections/adresses/items?limit=3")
    service.get("/collections/adresses/items/none", "owner")
    service.get("/collections/adresses/items?limit=3", "owner")
    text = service.get("/metrics").text
    for family in (
        "idg_request_seconds_bucket", "idg_pool_busy", "idg_pool_size", "idg_queue", "idg_cache_requests_total",
        "idg_publication_age_seconds", "idg_generation",
    ):  # fmt: skip
        assert re.search(rf"^{family}[ {{]", text, re.MULTILINE), family
    assert re.search(r'^idg_request_seconds_count{class="items"} [1-9]', text, re.MULTILINE)
    assert re.search(r'^idg_queue{queue="journal"}', text, re.MULTILINE)
    assert not re.search(r"adresses|92050|idg_[A-Za-z0-9_-]{40}|demo", text)


def test_there_are_few_series_whatever_the_number_of_routes(service: Any) -> None:
    classes = {metrics.route_class(route.pattern) for route in service.routes}
    assert {"items", "item", "description"} <= classes
    assert len(classes) <= 12


def test_two_applications_in_one_process_count_apart() -> None:
    one, other = metrics.Exposition(dict), metrics.Exposition(dict)
    one.observe("/collections", "GET", 200, 0.01)
    assert 'route="/collections"' in one.text().decode()
    assert 'route="/collections"' not in other.text().decode()


def test_a_scrape_tells_what_every_worker_counted(tmp_path: Path) -> None:
    one = metrics.Exposition(lambda: {"idg_queue": ("Waiting", "queue", {"items": 2.0})}, folder=str(tmp_path))
    one.write()
    (written,) = tmp_path.glob("*.json")
    other = json.loads(written.read_text())
    other["requests"] = [["/other", "GET", "200", 41]]
    other["gauges"] = {"idg_queue": ["Waiting", "queue", {"items": 3}]}
    (tmp_path / "1.json").write_text(json.dumps(other))
    text = one.text().decode()
    assert 'idg_requests_total{method="GET",route="/other",status="200"} 41.0' in text
    assert 'idg_queue{queue="items"} 5.0' in text


def test_the_access_log_tells_each_request_and_never_a_credential_nor_a_value(
    serve_demonstration: Callable[..., Any],
) -> None:
    # The line is written after the answer: the server has stopped when the lines are looked at.
    with structlog.testing.capture_logs() as lines, serve_demonstration(access_log=True) as running:
        token = running.tokens["owner"]
        items = "/collections/adresses/items"
        basic = base64.b64encode(f"owner:{token}".encode()).decode()
        running.get(items, headers={"authorization": f"Bearer {token}"})
        running.get(items, headers={"authorization": f"Basic {basic}"})
        running.get(items, headers={"x-api-key": token})
        running.get(f"{items}?token={token}&limit=1&filter=nom%3D%27secret%27")
        running.get(f"/t/{token}{items}")
        running.get(f"/t/{token}")
        running.get(f"/%74/{token}{items}")
        running.get(f"/nowhere/{token}?{token}=1")
    said = [line for line in lines if line["event"] == "access"]
    assert len(said) == 8
    assert {line["path"] for line in said[:5]} == {items}
    assert said[3]["parameters"] == ["filter", "limit", "token"]
    assert said[0]["status"] == 200
    assert said[0]["organisation"]
    for secret in (token, basic, "secret"):
        assert secret not in str(said)


def test_there_is_no_access_log_unless_it_is_asked_for(service: Any) -> None:
    with structlog.testing.capture_logs() as lines:
        service.get("/collections")
    assert not [line for line in lines if line["event"] == "access"]
