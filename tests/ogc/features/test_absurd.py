"""What no client should send: whatever it is, the answer is a sentence about the request, never a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

ITEMS = "/collections/lieux/items"
LINES = "/collections/troncons/items"
FAULTLESS = (200, 304, 400, 401, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428)

NUMBERS = ["-1", "0", "1e308", "1e309", "-1e400", "NaN", "nan", "Infinity", "-inf", "0x10", "1_000", "²", "٣", "", " ",
           "1.5", "9" * 40, "9" * 400, "%00", "null", "true", "[1]", "1;drop", "+1", "-0"]  # fmt: skip
BOXES = [
    "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", ",,,", "1,2,3,", "a,b,c,d", "nan,nan,nan,nan", "1e308,1e308,1e308,1e308",
    "-1e308,-1e308,1e308,1e308", "2,49,3,48", "179,48,-179,49", "-180,-90,180,90", "-181,-91,181,91", "0,0,0,0",
    "-1e-320,0,1e-320,0", "2,48,0,3,49,100", "2,48,100,3,49,0", "2,48,1e308,3,49,-1e308", "Infinity,0,1,1",
    "2%2C48,3,49", "2 ,48, 3,49", "2;48;3;49", "٢,48,3,49", "--1,0,1,1", "1e,0,1,1", ".,.,.,.",
]  # fmt: skip
TIMES = [
    "..", "../..", "/", "//", "../", "/..", "2024", "2024-02-30", "2024-02-29/2024-02-28", "0000-01-01", "9999-12-31",
    "10000-01-01", "-0044-03-15", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z", "2024-01-01T00:00:00+99:99",
    "2024-01-01T00:00:00.1234567890123Z", "infinity", "now", "today", "epoch", "2024-01-01/P1D", "a/b/c", "\x00",
]  # fmt: skip
NAMES = ["__proto__", "constructor", "__class__", "toString", "a'b", 'a"b', "a;b", "a--b", "geom", "*", "id ", " id", "ID",
         "idé", "\x00", "\ud800", "%", "{}", "${7*7}", "{{7*7}}", "a" * 3_000, "lieux.id", "ctid", "xmin", "tableoid",
         "idg_text", "idg_n"]  # fmt: skip


def ask(served: Any, path: str, **options: Any) -> Any:
    """An answer that is not a fault of ours; a refusal is a problem document."""
    response = served.get(path, **options)
    assert response.status in FAULTLESS, (path[:200], response.status, response.content[:300])
    if response.status >= 400:
        assert response.headers["content-type"].startswith("application/problem+json")
        assert b"Traceback" not in response.content
        assert json.loads(response.content)["status"] == response.status
    return response


def part(text: str) -> str:
    """A value as it goes in an address, whatever it is."""
    return text if "%" in text else quote(text.encode("utf-8", "surrogatepass"), safe="")


@pytest.mark.parametrize(
    "name", ["limit", "offset", "precision", "zoom-level", "simplify", "numero", "surface", "prix"]
)
def test_absurd_numbers(served: Any, name: str) -> None:
    for number in NUMBERS:
        for more in ("", "&f=csv", "&f=gpkg", "&resulttype=hits"):
            ask(served, f"{ITEMS}?{name}={part(number)}{more}")


@pytest.mark.parametrize("path", [ITEMS, LINES])
def test_absurd_boxes(served: Any, path: str) -> None:
    for box in BOXES:
        for crs in ("", "&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/2154",
                    "&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326"):  # fmt: skip
            for more in ("", "&f=fgb", "&resulttype=hits", "&f=html"):
                ask(served, f"{path}?limit=2&bbox={part(box)}{crs}{more}")


def test_absurd_times(served: Any) -> None:
    for time in TIMES:
        ask(served, f"{ITEMS}?limit=1&datetime={part(time)}")
        ask(served, f"{ITEMS}?limit=1&leve={part(time)}&maj={part(time)}")


@pytest.mark.parametrize("parameter", ["properties", "exclude-properties", "sortby", "{}"])
def test_absurd_names(served: Any, parameter: str) -> None:
    for name in NAMES:
        value = part(name)
        query = f"{value}=1" if parameter == "{}" else f"{parameter}={value}"
        for more in ("", "&f=parquet", "&f=jsonfg"):
            response = ask(served, f"{ITEMS}?limit=1&{query}{more}")
            if name.strip() != "id":
                assert response.status in (400, 404, 414), (name, parameter)


@pytest.mark.parametrize(
    "query",
    [
        "limit=1&limit=2", "bbox=1,2,3,4&bbox=1,2,3,4", "f=json&f=html", "filter=numero=1&filter=numero=2", "numero=1&numero=1",
        "%00=1", "limit=1%00", "limit=%FF", "%FF=1", "q=%C3%28", "q=%00", "filter=nom_voie=%27%FF%27", "limit=1&&", "=", "=1",
        "&", "?", "limit", "limit=1#x", "a=b=c", "limit=1&f=", "f=%20json", "f=JSON", "crs=", "crs=2154",
        "crs=file:///etc/passwd", "crs=http://localhost/", "crs=%2Bproj=longlat", "crs=" + "x" * 5_000, "bbox-crs=EPSG:2154",
        "filter-crs=x", "filter-lang=cql2-json", "filter-lang=xml&filter=a", "filter=", "filter=%F0%9F%A6%84",
        "after=", "after=AAAA", "after=e30", "after=%00", "after=" + "A" * 5_000, "before=AAAA",
        "after=eyJzIjoiIiwidiI6WyIneCJdfQ", "q=", "q=,,,", "q=" + "a," * 50, "q=" + "x" * 5_000, "q=a%20%26%20!b", "q=%27%3A*",
        "q=%3C-%3E", "resulttype=HITS", "skipGeometry=1", "lang=zz", "lang=fr,en", "token=", "profile=x", "zoom-level=3&simplify=1",
        "properties=", "properties=,", "sortby=", "sortby=-", "sortby=%2B", "sortby=--id", "sortby=" + ",".join(["id"] * 99),
        "numero=1" + "&limit=1" * 300, "&".join(f"p{n}=1" for n in range(500)),
    ],
)  # fmt: skip
def test_absurd_queries(served: Any, query: str) -> None:
    ask(served, f"{ITEMS}?{query}")
    ask(served, f"/collections/lieux/items/a-00001?{query}")
    ask(served, f"/collections/lieux/schema?{query}")
    ask(served, f"/collections/lieux/tiles/WebMercatorQuad/14/5637/8294?{query}")


@pytest.mark.parametrize(
    "id", ["%00", "%FF", "%2F", "%2e%2e", "..%2f..%2fetc", "'", '"', "a-00001'--", "a" * 5_000, "%ED%A0%80", " ", "%20", "é",
           "1e308", "-1", "9" * 30, "NaN", "null", "a-00001%00", "a-00001;x=1"],
)  # fmt: skip
def test_absurd_ids(served: Any, id: str) -> None:
    for collection in ("lieux", "troncons"):
        response = ask(served, f"/collections/{collection}/items/{id}")
        assert response.status in (400, 404, 414), response.status


@pytest.mark.parametrize(
    "accept", ["*/*;q=nan", "text/html;q=1e308", ",,,", "a" * 3_000, "application/json;q=-1", "\xff", ";"]
)
def test_absurd_headers(served: Any, accept: str) -> None:
    headers = {"accept": accept.encode("latin-1"), "accept-language": accept.encode("latin-1"),
               "accept-encoding": accept.encode("latin-1"), "if-none-match": accept.encode("latin-1")}  # fmt: skip
    for name, value in headers.items():
        ask(served, f"{ITEMS}?limit=1", headers={name: value})


BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"\x00", b"[" * 10_000, b'{"a":' * 5_000, b"1e999", b'{"type":"Feature"}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[1e308,1e308]},"properties":{"nom":"x"}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[null,1]},"properties":{"nom":"x"}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":"x"},"properties":{"nom":"x"}}',
    b'{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]},"properties":{"nom":"x"}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[2,48],"crs":{"type":"link"}},"properties":{"__proto__":1}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[2,48]},"properties":{"nom":"\\u0000"}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[2,48]},"properties":{"nom":"\\ud800"}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[2,48]},"properties":{"nom":"x","places":1e400}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[2,48]},"properties":{"nom":"x","places":9e99}}',
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[2,48]},"properties":{"nom":["x"],"pose":{"a":1}}}',
    b'{"type":"Feature","id":{"a":1},"geometry":{"type":"Point","coordinates":[2,48]},"properties":{"nom":"x"}}',
    b'{"type":"Feature","id":1e308,"geometry":{"type":"Point","coordinates":[2,48]},"properties":{"nom":"x"}}',
    b'{"type":"Feature","type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]},"properties":null}',
]  # fmt: skip


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_absurd_bodies(served: Any, method: str, body: bytes) -> None:
    path = "/collections/bancs/items" + ("" if method == "POST" else "/1")
    kinds = ("application/geo+json", "application/merge-patch+json", "application/cql2+json", "text/plain", "",
             "application/x-www-form-urlencoded", "application/geo+json; charset=utf-7")  # fmt: skip
    for kind in kinds:
        for crs in (None, "http://www.opengis.net/def/crs/EPSG/0/2154", "<x>", ""):
            headers = {"content-type": kind, "if-match": "*"} | ({"content-crs": crs} if crs is not None else {})
            response = served.request(method, path, content=body, headers=headers, who="owner")
            if response.status in (201, 204):
                assert b"2,48" in body or method == "PATCH"
                continue
            assert response.status in FAULTLESS, (method, kind, body[:100], response.status, response.content[:300])
