"""A person at a desk: signed in as a browser is, forms read from the page and sent back as they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

HTML = {"accept": "text/html", "sec-fetch-site": "same-origin"}


class Read(HTMLParser):
    """The fields of the first form of class `act` (or `now`): hidden ones, ticked ones, chosen ones."""

    def __init__(self, kind: str = "act") -> None:
        super().__init__()
        self.kind, self.inside, self.action = kind, False, ""
        self.fields: dict[str, list[str]] = {}
        self.select = ""
        self.offered: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("class") == self.kind and not self.action:
            self.inside, self.action = True, said["action"]
        if not self.inside:
            return
        name = said.get("name", "")
        if tag == "input" and said.get("type") in ("radio", "checkbox"):
            self.offered.setdefault(name, []).append(said["value"])
            if "checked" in said:
                self.fields.setdefault(name, []).append(said["value"])
        elif tag == "input" and said.get("type") != "file" and (said.get("value") or said.get("type") == "hidden"):
            self.fields.setdefault(name, []).append(said.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.offered.setdefault(self.select, []).append(said["value"])
            if "selected" in said:
                self.fields.setdefault(self.select, []).append(said["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = ""


class Person:
    """Somebody signed in by a session, as a browser does it."""

    def __init__(self, service: Any, account: str, lang: str = "fr") -> None:
        self.service, self.account = service, account
        self.web = httpx.Client(base_url=service.url, headers={**HTML, "accept-language": lang}, timeout=30)
        self.sign_in()

    def sign_in(self) -> None:
        form = self.web.get("/sign-in").text
        word = form.split('name="word" value="')[1].split('"')[0]
        said = {
            "login": f"demo-{self.account}",
            "token": self.service.tokens[self.account],
            "word": word,
            "next": "/desk",
        }
        assert self.web.post("/sign-in", data=said).status_code == 303

    def get(self, path: str) -> httpx.Response:
        return self.web.get(path)

    def form(self, act: str, **query: str) -> Read:
        page = self.get(f"/desk/acts/{act}?{httpx.QueryParams(query)}")
        assert page.status_code == 200, page.text
        return read(page)

    def send(self, form: Read, step: str = "preview", files: Any = None, **fields: Any) -> httpx.Response:
        said = {**form.fields, "step": [step]}
        for name, value in fields.items():
            said[name] = list(value) if isinstance(value, list | tuple) else [value]
        return self.web.post(form.action, data=said, files=files)

    def do(self, act: str, files: Any = None, **fields: Any) -> httpx.Response:
        """The whole way: form, preview, confirm; the receipt's page."""
        shown = self.send(self.form(act), files=files, **fields)
        assert shown.status_code == 200, shown.text
        done = self.send(read(shown), "confirm")
        assert done.status_code == 303, done.text
        return self.get(done.headers["location"])


def read(page: httpx.Response, kind: str = "act") -> Read:
    """The form of a page."""
    found = Read(kind)
    found.feed(page.text)
    assert found.action, page.text
    return found


@pytest.fixture
def person(own_service: Any) -> Iterator[Callable[..., Person]]:
    """`person("owner")`: somebody at a desk of a service of its own."""
    with ExitStack() as stack:

        def made(account: str, lang: str = "fr") -> Person:
            one = Person(own_service, account, lang)
            stack.callback(one.web.close)
            return one

        yield made


@pytest.fixture
def read_form() -> Callable[..., Read]:
    """The form of a page."""
    return read
