"""What one caller may ask in a minute: counted, told by standard headers, refused with the time to come back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mig_idg.errors import TooMany
from mig_idg.guard import rates
from mig_idg.guard.rates import Rates, account_of


def remaining(told: dict[str, str]) -> int:
    found = re.fullmatch(r'"requests";r=(\d+);t=\d+', told["ratelimit"])
    assert found
    return int(found[1])


def test_each_request_counts_and_others_are_not_touched() -> None:
    counted = Rates(1000)
    assert [remaining(counted.spend("a")) for _ in range(200)] == list(range(999, 799, -1))
    assert remaining(counted.spend("b")) == 999
    assert counted.spend("b")["ratelimit-policy"] == '"requests";q=1000;w=60'


def test_over_the_limit_the_answer_says_when_to_come_back() -> None:
    counted = Rates(10)
    for _ in range(10):
        counted.spend("a")
    with pytest.raises(TooMany) as refused:
        counted.spend("a")
    assert 1 <= int(refused.value.headers["retry-after"]) <= 60
    assert remaining(refused.value.headers) == 0
    counted.spend("b")


def test_another_minute_is_another_account(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    counted = Rates(2)
    for _ in range(3):
        for _ in range(2):
            counted.spend("a")
        with pytest.raises(TooMany):
            counted.spend("a")
        now[0] += 61


def test_what_costs_more_counts_for_more() -> None:
    counted = Rates(1000)
    counted.spend("a")
    counted.charge("a", 500 * rates.UNIT_SECONDS)
    assert remaining(counted.spend("a")) == 498
    counted.charge("a", 10.0)
    with pytest.raises(TooMany):
        counted.spend("a")


def test_a_quota_of_nothing_counts_nothing() -> None:
    counted = Rates(0)
    assert [counted.spend("a") for _ in range(100)] == [{}] * 100


def test_many_callers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_CALLERS", 10)
    counted = Rates(1000)
    for number in range(100):
        counted.spend(str(number))
    assert len(counted._drawn) <= 10


@pytest.mark.parametrize(
    ("login", "address", "account"),
    [
        (None, "192.0.2.7", "192.0.2.7"),
        (None, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (None, "fe80::1%eth0", "fe80::/64"),
        (None, "", ""),
        (None, "a:b", "a:b"),
        ("nanterre", "192.0.2.7", "login nanterre"),
    ],
)
def test_an_account_is_a_login_or_an_address(login: str | None, address: str, account: str) -> None:
    assert account_of(login, address) == account


def test_a_caller_over_the_limit_is_told_and_nobody_else_is(serve_demonstration: Callable[..., Any]) -> None:
    with serve_demonstration(rate_limit=20) as service:
        first = service.get("/collections")
        assert first.headers["ratelimit-policy"] == '"requests";q=20;w=60'
        assert remaining(dict(first.headers)) == 19
        assert "RateLimit" in first.headers["access-control-expose-headers"]
        statuses = [service.get("/collections/nowhere").status_code for _ in range(19)]
        assert statuses == [404] * 19
        refused = service.get("/collections")
        assert refused.status_code == 429
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["limit"] == 20
        assert int(refused.headers["retry-after"]) <= 60
        assert remaining(dict(refused.headers)) == 0
        assert service.get("/collections", "owner").status_code == 200
        assert [service.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200] * 3
