"""The demonstration's pages, through the real application."""

from __future__ import annotations

import re
from typing import Any

import pytest

PAGE = {"accept": "text/html"}


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/", "/conformance", "/collections", "/openapi", "/aide/connexion", "/collections/adresses",
        "/collections/adresses/access", "/collections/adresses/items", "/collections/adresses/schema",
        "/collections/adresses/queryables", "/collections/adresses/sortables", "/collections/orthophoto",
        "/collections/adresses/tiles", "/collections/adresses/tiles/WebMercatorQuad", "/tiles",
        "/tiles/WebMercatorQuad", "/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad",
    ],
)  # fmt: skip
def test_each_page_is_whole(service: Any, path: str, lang: str) -> None:
    response = service.get(path, "owner", headers=PAGE, params={"lang": lang})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert f'<html lang="{lang}">' in response.text
    assert response.text.rstrip().endswith("</html>")
    policy = response.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_code_is_told_with_its_meaning(service: Any) -> None:
    schema = service.get("/collections/pcrs/schema", "owner").json()["properties"]
    coded = {name: one["oneOf"] for name, one in schema.items() if "oneOf" in one}
    page = service.get("/collections/pcrs/schema", "owner", headers=PAGE).text.replace("&#39;", "'")
    assert coded
    for choices in coded.values():
        assert all(f"{one['const']} : {one['title']}" in page for one in choices)


def test_a_page_of_tiles_gives_an_address_and_never_the_token(service: Any) -> None:
    token = service.tokens["owner"]
    page = service.get(f"/t/{token}/collections/adresses/tiles/WebMercatorQuad", headers=PAGE).text
    assert "/collections/adresses/tiles/WebMercatorQuad/{z}/{y}/{x}?f=mvt</code>" in page
    assert not [text for text in re.findall(r">([^<]+)<", page) if token in text]


def test_one_feature_has_its_page(service: Any) -> None:
    feature = service.get("/collections/equipements/items?limit=1").json()["features"][0]
    response = service.get(f"/collections/equipements/items/{feature['id']}", headers=PAGE)
    assert response.status_code == 200
    assert feature["properties"]["nom"] in response.text.replace("&#39;", "'")


def test_an_empty_search_says_so(service: Any) -> None:
    response = service.get("/collections/equipements/items", headers=PAGE, params={"bbox": "0,0,1,1"})
    assert "Aucune entité ne répond" in response.text


def test_a_refusal_is_a_page_that_helps(service: Any) -> None:
    response = service.get("/collections/adresses/items", headers=PAGE)
    assert response.status_code == 401
    assert "Que faire" in response.text
    assert "/collections/adresses/access" in response.text


def test_a_hidden_layer_and_a_missing_one_have_the_same_page(service: Any) -> None:
    hidden = service.get("/collections/videosurveillance", headers=PAGE)
    missing = service.get("/collections/videosurveillancf", headers=PAGE)
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text == missing.text.replace("videosurveillancf", "videosurveillance")


def test_every_link_of_every_page_leads_somewhere(service: Any) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        response = service.get(path, headers=PAGE)
        assert response.status_code == 200, path
        if not response.headers["content-type"].startswith("text/html"):
            continue
        for found in re.findall(r'href="([^"#]+)"', response.text):
            address = found.replace("&amp;", "&").removeprefix(service.url)
            inside = address.startswith("/") and not re.search(r"/items|/tiles|/map|/coverage|f=|lang=", address)
            if inside and address not in seen:
                waiting.append(address)
    assert len(seen) > 30


def test_static_files_may_be_kept_by_any_cache(service: Any) -> None:
    text = service.get("/", headers=PAGE).text
    style = re.search(r'href="(/static/[^"]+style.css)"', text)
    assert style
    response = service.get(style[1])
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert service.get(style[1], headers={"if-none-match": response.headers["etag"]}).status_code == 304


def test_the_page_of_a_raster_gives_its_addresses(service: Any) -> None:
    page = service.get("/collections/orthophoto", "owner", headers=PAGE).text
    assert "/wmts?SERVICE=WMTS&amp;REQUEST=GetCapabilities</code>" in page
    assert "/collections/orthophoto/files/{name}.tif</code>" in page
    assert 'href="/stac/collections/orthophoto/items"' in page or "/stac/collections/orthophoto/items" in page
