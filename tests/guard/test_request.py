"""What a request may look like before anybody reads it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mig_idg.errors import BadRequest, NotFound, Problem
from mig_idg.guard.http_request import choose_language, clean_path, read, read_query


@pytest.mark.parametrize(
    "path",
    [
        b"//collections",
        b"/a/../b",
        b"/a/./b",
        b"/a%2fb",
        b"/a\\b",
        b"/a;b",
        b"/a%00",
        b"/%ff",
        b"/a%0d%0ab",
        b"/..",
        b"nope",
        b"/%2e%2e/x",
        b"/" + b"a" * 5000,
    ],
)
def test_an_odd_spelling_leads_nowhere(path: bytes) -> None:
    with pytest.raises(NotFound):
        clean_path(path)


@pytest.mark.parametrize(
    ("raw", "path"), [(b"/", "/"), (b"/collections/", "/collections"), (b"/c/%C3%A9/x", "/c/é/x"), (b"/a%20b", "/a b")]
)
def test_a_plain_path_is_decoded_once(raw: bytes, path: str) -> None:
    assert clean_path(raw) == path


@pytest.mark.parametrize("raw", [b"a=1&a=2", b"a=%ff", b"a=%00", b"x=" + b"y" * 70_000])
def test_an_ambiguous_query_is_not_understood(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        read_query(raw)


def test_a_query_is_read_as_browsers_write_it() -> None:
    assert read_query(b"q=rue+de+l%27%C3%89glise&limit=10&&f=") == {"q": "rue de l'Église", "limit": "10", "f": ""}


@pytest.mark.parametrize(("version", "sound"), [("1.1", False), ("1.0", True)])
def test_http_1_1_says_which_host_it_asks(version: str, sound: bool) -> None:
    asked = {**scope(headers=[]), "http_version": version}
    if sound:
        assert read(asked).path == "/"
    else:
        with pytest.raises(BadRequest, match="Host"):
            read(asked)
    assert read({**asked, "headers": [(b"host", b"idg.test")]}).path == "/"


@pytest.mark.parametrize("name", [b"authorization", b"host", b"if-match"])
def test_a_header_that_must_be_single_is_refused_twice(name: bytes) -> None:
    with pytest.raises(BadRequest):
        read(scope(headers=[(name, b"a"), (name, b"b")]))


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_in_words(path: bytes, query: bytes) -> None:
    try:
        http_request = read(scope(raw_path=b"/" + path, query_string=query))
    except Problem:
        return
    assert http_request.path.startswith("/")


@pytest.mark.parametrize(
    ("query", "accept", "lang"),
    [
        ({}, "", "fr"),
        ({"lang": "en-GB"}, "fr", "en"),
        ({}, "en;q=0.5, fr;q=0.9", "fr"),
        ({}, "de, en", "en"),
        ({}, "en;q=x, fr", "fr"),
        ({"lang": "de"}, "en", "fr"),
    ],
)
def test_french_first_unless_english_is_asked(query: dict[str, str], accept: str, lang: str) -> None:
    assert choose_language(query, {"accept-language": accept}) == lang


def scope(**more: Any) -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [],
        "client": ("127.0.0.1", 1), **more,
    }  # fmt: skip
