"""Five ways to carry a token, all equal; nothing that does not verify is ever the public."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mig_idg.errors import BadRequest, TooMany, Unauthenticated
from mig_idg.guard.credentials import Attempts, Presented, authenticate, presented, split_prefix
from mig_idg.guard.principal import PUBLIC
from mig_idg.registry.tokens import Credential, Credentials, fingerprint, new_token, well_formed

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
TOKEN = new_token()
KNOWN = Credentials(
    {
        fingerprint(TOKEN): Credential(
            "h1", "jeanne", "Jeanne", "92050", frozenset(), None, None, datetime(2026, 12, 31, tzinfo=UTC)
        )
    }
)


def basic(login: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()


@pytest.mark.parametrize(
    ("headers", "query", "path"),
    [
        ({"authorization": f"Bearer {TOKEN}"}, None, None),
        ({"authorization": f"bearer  {TOKEN}"}, None, None),
        ({"authorization": basic("jeanne", TOKEN)}, None, None),
        ({"x-api-key": TOKEN}, None, None),
        ({}, TOKEN, None),
        ({}, None, TOKEN),
        ({"authorization": f"Bearer {TOKEN}", "x-api-key": TOKEN}, TOKEN, TOKEN),
    ],
    ids=["bearer", "bearer in small letters", "basic", "api key", "query", "path", "all at once"],
)
def test_each_way_to_carry_a_token_gives_the_same_caller(
    headers: dict[str, str], query: str | None, path: str | None
) -> None:
    principal = authenticate(presented(headers, query, path), KNOWN, now=NOW)
    assert (principal.login, principal.organisation) == ("jeanne", "92050")


def test_no_credential_is_the_public() -> None:
    assert authenticate(presented({}, None, None), KNOWN, now=NOW) is PUBLIC


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer "},
        {"authorization": "Bearer"},
        {"authorization": "Bearer nope"},
        {"authorization": f"Token {TOKEN}"},
        {"authorization": f"Bearer {TOKEN[:-1]}x"},
        {"authorization": f"Bearer {TOKEN} {TOKEN}"},
        {"authorization": basic("paul", TOKEN)},
        {"authorization": "Basic %%%"},
        {"authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()},
        {"authorization": "Basic " + base64.b64encode(b"nocolon").decode()},
        {"authorization": basic("jeanne", "")},
        {"x-api-key": ""},
        {"x-api-key": "é" * 9000},
        {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJqZWFubmUifQ."},
        {"authorization": ""},
    ],
)
def test_a_credential_that_does_not_verify_is_refused_never_public(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(presented(headers, None, None), KNOWN, now=NOW)


def test_a_token_enters_until_its_end_and_not_at_it() -> None:
    shown = [Presented(TOKEN)]
    assert authenticate(shown, KNOWN, now=datetime(2026, 12, 30, 23, 59, tzinfo=UTC)).login == "jeanne"
    with pytest.raises(Unauthenticated):
        authenticate(shown, KNOWN, now=datetime(2026, 12, 31, tzinfo=UTC))


def test_two_credentials_that_disagree_are_not_understood() -> None:
    with pytest.raises(BadRequest):
        authenticate(presented({"authorization": f"Bearer {TOKEN}"}, new_token(), None), KNOWN, now=NOW)


@given(st.text(max_size=200))
def test_any_text_at_all_is_refused_in_words(secret: str) -> None:
    with pytest.raises(Unauthenticated):
        authenticate([Presented(secret)], KNOWN, now=NOW)
    assert not well_formed(secret)


def test_a_token_carries_its_own_check() -> None:
    assert well_formed(TOKEN)
    assert not well_formed(TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "B"))


def test_the_prefix_is_taken_off_and_the_path_stays() -> None:
    assert split_prefix("/t/abc/collections/x") == ("abc", "/collections/x")
    assert split_prefix("/t/abc") == ("abc", "/")
    assert split_prefix("/tiles") == (None, "/tiles")


def test_failures_are_limited_and_forgotten_after_a_minute() -> None:
    now = [0.0]
    attempts = Attempts(limit=3, clock=lambda: now[0])
    for _ in range(3):
        attempts.failed("10.0.0.1", "jeanne")
    with pytest.raises(TooMany) as limited:
        attempts.failed("10.0.0.1")
    assert limited.value.headers["retry-after"] == "60"
    attempts.failed("10.0.0.2")
    now[0] = 61.0
    attempts.failed("10.0.0.1")
