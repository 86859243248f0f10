"""Signing in by token in a browser: a session that reads, ends with its token, and that no other site can open."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from mig_idg.database import connect
from mig_idg.registry import tokens

ITEMS = "/collections/adresses/items?limit=1"


def word(page: httpx.Response) -> str:
    found = re.search(r'name="word" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def sign_in(browser: httpx.Client, service: Any, login: str, token: str, **more: str) -> httpx.Response:
    form = browser.get(f"{service.url}/sign-in")
    fields = {"login": login, "token": token, "word": word(form), "next": "/collections/adresses"} | more
    return browser.post(f"{service.url}/sign-in", data=fields)


def account(service: Any) -> tuple[str, str]:
    return "demo-owner", service.tokens["owner"]


def test_a_person_signs_in_with_login_and_token_reads_and_signs_out(service: Any) -> None:
    login, token = account(service)
    with httpx.Client() as browser:
        assert browser.get(service.url + ITEMS).status_code == 401
        done = sign_in(browser, service, login, token)
        assert (done.status_code, done.headers["location"]) == (303, f"{service.url}/collections/adresses")
        cookie = done.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert token not in cookie
        assert browser.get(service.url + ITEMS).status_code == 200
        page = browser.get(f"{service.url}/collections", headers={"accept": "text/html"})
        assert 'href="/sign-out"' in page.text
        assert browser.get(f"{service.url}/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 303
        assert browser.get(service.url + ITEMS).status_code == 200
        assert browser.get(f"{service.url}/sign-out").status_code == 303
        assert browser.get(service.url + ITEMS).status_code == 401


def test_a_session_ends_at_once_with_its_token(own_service: Any) -> None:
    login, token = account(own_service)
    with httpx.Client() as browser:
        sign_in(browser, own_service, login, token)
        assert browser.get(own_service.url + ITEMS).status_code == 200
        with connect(own_service.database_url) as owner:
            owner.execute("update registry.token set revoked_at = now() where sha256 = %s", [tokens.fingerprint(token)])
        assert browser.get(own_service.url + ITEMS).status_code == 401


def test_a_wrong_token_is_told_on_the_form_and_opens_nothing(service: Any) -> None:
    login, token = account(service)
    with httpx.Client() as browser:
        for said in ((login, f"{token}x"), ("personne", token), ("", ""), (login, "")):
            refused = sign_in(browser, service, *said)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
            assert 'role="alert"' in refused.text
            assert token not in refused.text
            assert not any(cookie.startswith("idg_session") for cookie in refused.headers.get_list("set-cookie"))


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_a_form_sent_from_another_site_opens_nothing(service: Any, headers: dict[str, str]) -> None:
    login, token = account(service)
    with httpx.Client(headers=headers) as browser:
        assert sign_in(browser, service, login, token).status_code == 403
    with httpx.Client() as browser:
        assert sign_in(browser, service, login, token, word="theirs").status_code == 403
    stolen = word(httpx.get(f"{service.url}/sign-in"))
    fields = {"login": login, "token": token, "word": stolen}
    assert httpx.post(f"{service.url}/sign-in", data=fields).status_code == 403
    assert httpx.post(f"{service.url}/sign-in", json=fields).status_code == 415


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(service: Any, onward: str) -> None:
    with httpx.Client() as browser:
        done = sign_in(browser, service, *account(service), next=onward)
    assert done.headers["location"] == f"{service.url}/"


def test_a_closed_layer_asks_programs_for_a_login_and_leads_people_to_the_form(service: Any) -> None:
    program = httpx.get(service.url + ITEMS)
    assert program.status_code == 401
    assert "Basic" in program.headers["www-authenticate"]
    assert {"rule", "article", "reason"} <= program.json().keys()
    person = httpx.get(service.url + ITEMS, headers={"accept": "text/html"})
    assert person.status_code == 401
    assert "Basic" not in person.headers["www-authenticate"]
    assert 'href="/sign-in?next=' in person.text
    assert "· refused" not in person.text


def test_a_session_writes_nothing(service: Any) -> None:
    with httpx.Client() as browser:
        sign_in(browser, service, *account(service))
        response = browser.post(
            f"{service.url}/access/v1/search/action", json={"resource": {"type": "collection", "id": "adresses"}}
        )
        assert {"name": "query"} not in response.json()["results"]
