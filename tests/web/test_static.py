"""Static files: a closed list, kept for ever under the address of their content."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import brotli
import pytest

from mig_idg.errors import NotFound
from mig_idg.guard.response import Response
from mig_idg.guard.route import Router
from mig_idg.web.assets import assets
from mig_idg.web.routes import routes


def get(path: str, **headers: str) -> Response:
    found = Router(routes()).find(path)
    assert found is not None
    route, params = found
    request: Any = SimpleNamespace(params=params, headers=headers)
    return asyncio.run(route.handler(request))  # type: ignore[arg-type]


def test_a_file_is_kept_for_ever_under_the_hash_of_its_content() -> None:
    response = get(assets().path("style.css"))
    assert response.media_type.startswith("text/css")
    assert "immutable" in response.headers["cache-control"]


def test_under_another_hash_the_file_is_asked_again_each_time() -> None:
    assert get("/static/0000/style.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/x",
        "/static/x/../pages.py",
        "/static/x/style.css.map",
        "/static/x/templates/base.html",
        "/static/x//etc/passwd",
    ],
)
def test_nothing_but_the_list_is_served(path: str) -> None:
    with pytest.raises(NotFound):
        get(path)


def test_the_map_comes_compressed_and_whole() -> None:
    plain = get(assets().path("vendor/maplibre-gl.mjs"))
    small = get(assets().path("vendor/maplibre-gl.mjs"), **{"accept-encoding": "gzip, br"})
    assert small.headers["content-encoding"] == "br"
    assert isinstance(small.body, bytes)
    assert brotli.decompress(small.body) == plain.body
    assert len(small.body) < 350_000


def test_the_map_comes_with_its_licence_and_its_worker() -> None:
    assert {"vendor/maplibre-gl-worker.mjs", "vendor/maplibre-gl.css", "vendor/maplibre-gl-LICENSE.txt"} <= set(
        assets().files
    )


def test_robots_are_asked_to_leave_rows_alone() -> None:
    body = get("/robots.txt").body
    assert isinstance(body, bytes)
    assert b"Disallow: /t/" in body
    assert b"Disallow: /*/items" in body


def test_the_icon_is_an_icon() -> None:
    response = get("/favicon.ico")
    assert response.media_type == "image/x-icon"
    assert isinstance(response.body, bytes)
    assert response.body[:4] == b"\x00\x00\x01\x00"


def test_no_sheet_goes_dark_alone() -> None:
    sheets = {name: one.body.decode() for name, one in assets().files.items() if name in ("style.css", "desks.css")}
    dark = {name for name, text in sheets.items() if "prefers-color-scheme: dark" in text}
    # A colour made for a dark ground cannot be read on the white one that style.css still lays.
    assert dark <= {"style.css"}
