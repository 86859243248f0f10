"""OpenID Connect against a real provider, and forged tokens against ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from mig_idg.database import connect
from mig_idg.guard.oidc import Oidc, Provider
from mig_idg.registry import tokens
from mig_idg.registry.tokens import Account, Credentials

ISSUER, CLIENT = "https://id.example", "mig"
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
KNOWN = Credentials({}, {(ISSUER, "jeanne"): Account("jeanne", "Jeanne", "92050", frozenset())})


def party() -> Oidc:
    oidc = Oidc(Provider(ISSUER, CLIENT, None, CLIENT), lambda: NOW)
    oidc._keys = KeySet([RSAKey.import_key(KEY.as_dict(private=False))])
    return oidc


def signed(key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any) -> str:
    said = {"iss": ISSUER, "aud": CLIENT, "sub": "jeanne", "exp": NOW.timestamp() + 300, "iat": NOW.timestamp()}
    head = {"alg": "RS256", "kid": "k1"} | (header or {})
    return jwt.encode(head, said | claims, key, algorithms=[head["alg"]])


def test_a_token_of_the_issuer_for_us_enters_as_its_account() -> None:
    principal = party().verify(signed(), KNOWN)
    assert principal is not None
    assert principal.organisation == "92050"


@pytest.mark.parametrize(
    "token",
    [
        signed(aud="someone-else"),
        signed(iss="https://evil.example"),
        signed(exp=NOW.timestamp() - 60),
        signed(exp=None),
        signed(exp=True),
        signed(nbf=NOW.timestamp() + 600),
        signed(sub="paul"),
        signed(sub=7),
        signed(RSAKey.generate_key(2048, {"kid": "k1"})),
        signed(OctKey.generate_key(256), {"alg": "HS256"}),
        signed(header={"jku": "https://evil.example/keys"}),
        signed()[:-4] + "AAAA",
        "eyJhbGciOiJub25lIn0." + signed().split(".")[1] + ".",
        "a.b.c",
        "..",
    ],
    ids=[
        "audience",
        "issuer",
        "expired",
        "no end",
        "end is true",
        "not yet",
        "stranger",
        "subject is a number",
        "other key",
        "hmac",
        "jku",
        "signature",
        "alg none",
        "three letters",
        "empty",
    ],
)
def test_a_token_that_is_not_wholly_sound_opens_nothing(token: str) -> None:
    assert party().verify(token, KNOWN) is None


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def federated(serve_demonstration: Callable[..., Any], provider: str) -> Iterator[Any]:
    with serve_demonstration(oidc_issuer=provider, oidc_client_id=CLIENT, oidc_client_secret="s") as running:
        running.now[0] = datetime.now(UTC)
        with connect(running.database_url) as owner:
            tokens.open_account(
                owner, "jeanne", name="Jeanne", organisation="92050", author="tests", oidc=(provider, "jeanne")
            )
        yield running


@contextmanager
def signed_in(service: Any, subject: str, onward: str = "/collections") -> Iterator[tuple[httpx.Client, str]]:
    """A browser that went to /connexion and signed in at the provider, and the address it is sent back to."""
    with httpx.Client(follow_redirects=False) as browser:
        gone = browser.get(f"{service.url}/connexion", params={"next": onward})
        assert gone.status_code == 303
        back = browser.post(gone.headers["location"], data={"sub": subject})
        assert back.status_code in (302, 303), back.text
        yield browser, back.headers["location"]


def test_a_person_signs_in_and_reads_as_their_body(federated: Any) -> None:
    with signed_in(federated, "jeanne") as (browser, back):
        home = browser.get(back)
        assert (home.status_code, home.headers["location"]) == (303, f"{federated.url}/collections")
        assert "HttpOnly" in home.headers["set-cookie"]
        page = browser.get(f"{federated.url}/collections/adresses/items?limit=1")
        assert page.status_code == 200
        assert page.headers["cache-control"].startswith("private")
        with connect(federated.database_url) as owner:
            tokens.close_account(owner, "jeanne")
        assert browser.get(f"{federated.url}/collections/adresses/items?limit=1").status_code == 401


@pytest.mark.parametrize(
    ("onward", "home"),
    [
        ("/collections?lang=en&limit=5", "/collections?lang=en&limit=5"),
        ("/x\r\nSet-Cookie: idg_session=theirs", "/x%0D%0ASet-Cookie:%20idg_session=theirs"),
        ("//elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
    ],
)
def test_one_comes_back_to_an_address_of_ours_and_to_nothing_else(federated: Any, onward: str, home: str) -> None:
    with signed_in(federated, "jeanne", onward) as (browser, back):
        response = browser.get(back)
        assert response.headers["location"] == f"{federated.url}{home}"
        assert len(response.headers.get_list("set-cookie")) == 1


def test_a_stranger_who_signs_in_is_told_whom_to_ask(federated: Any) -> None:
    with signed_in(federated, "inconnu") as (browser, back):
        assert browser.get(back).status_code == 403


def test_a_return_that_did_not_start_here_opens_nothing(federated: Any) -> None:
    with signed_in(federated, "jeanne") as (_, back):
        stolen = httpx.get(back)
    assert stolen.status_code == 400
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert httpx.get(f"{federated.url}/connexion/retour?code=x&state={state}é").status_code == 400


def test_coming_back_never_leads_to_another_site(federated: Any) -> None:
    for onward in ("//evil.example", "https://evil.example", "/\\evil.example"):
        with httpx.Client() as browser:
            gone = browser.get(f"{federated.url}/connexion", params={"next": onward})
            back = browser.post(gone.headers["location"], data={"sub": "jeanne"})
            home = browser.get(back.headers["location"])
            assert home.headers["location"] == f"{federated.url}/"


def test_a_cookie_reads_and_never_writes(federated: Any) -> None:
    with signed_in(federated, "jeanne") as (browser, back):
        browser.get(back)
        response = browser.post(
            f"{federated.url}/access/v1/search/action", json={"resource": {"type": "collection", "id": "adresses"}}
        )
        assert {"name": "query"} not in response.json()["results"]
