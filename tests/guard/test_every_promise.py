"""What the API definition and the links promise, held against every answer: values, media types, HEAD, addresses.

The definition is that of each caller, so that a route is asked only what it says it takes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pystac_client import Client as Stac

CALLERS = ("public", "other-partner")
# Headers that say when, how long, through what or how many more, not what.
PASSING = ("date", "transfer-encoding", "connection", "server", "ratelimit")
# What is given whole is asked of a few metres.
SMALL = "2.2065,48.8924,2.2075,48.893"


@pytest.fixture(scope="module")
def promised(serve_demonstration: Callable[..., Any]) -> Iterator[Any]:
    with serve_demonstration() as running:
        yield running


def client(served: Any, who: str) -> httpx.Client:
    headers = {} if who == "public" else {"authorization": f"Bearer {served.tokens[who]}"}
    return httpx.Client(base_url=served.url, headers=headers, timeout=60)


def _tile(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    n = 2**zoom
    y = math.asinh(math.tan(math.radians(latitude)))
    return int((1 - y / math.pi) / 2 * n), int((longitude + 180) / 360 * n)


def operations(asking: httpx.Client) -> Iterator[tuple[str, list[dict[str, Any]], dict[str, Any]]]:
    """Address with its required values, parameters and operation of each GET of the definition."""
    document = asking.get("/openapi?f=json").json()
    shared = document["components"]["parameters"]
    row, column = _tile(2.2065, 48.8924, 14)
    values = {"tms": "WebMercatorQuad", "tileMatrixSetId": "WebMercatorQuad", "z": 14, "row": row, "col": column,
              "styleId": "default", "style": "default", "code": "not-found", "vintage": "2025", "process": "why", "set": "deliberations", "entities": "Things", "record": "equipements", "id": "equipements", "deposit": "0d9f2f0e-0000-4000-8000-000000000000", "job": "0d9f2f0e-0000-4000-8000-000000000000", "output": "report", "coords": "POINT(2.2065 48.8924)"}  # fmt: skip
    for path, verbs in document["paths"].items():
        # one's own are needed there; of versions: ogc/features/test_versions.py
        own = any(name in path for name in ("{job}", "{follow}", "{version}", "{series}", "{proposal}", "{location}"))
        if "get" not in verbs or own or path.startswith(("/deposits", "/harvest/")):
            continue
        parameters = [
            shared[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in verbs["get"]["parameters"]
        ]
        if "{item}" in path and "/stac/" not in path:
            page = asking.get(f"{path.partition('/{item}')[0]}?limit=1&f=json").json()
            values["item"] = page["features"][0]["id"] if page["features"] else "none"
        elif "{name}" in path or "{file}" in path or "{item}" in path or "/wmts" in path or path == "/csw":
            continue
        there = re.sub(r"{(\w+)}", lambda name: str(values[name[1]]), path)
        if path.endswith("/trajectory"):
            values["coords"] = "LINESTRING(2.2065 48.8924,2.207 48.8925)"
        required = [one for one in parameters if one["in"] == "query" and one["required"]]
        query = "&".join(f"{one['name']}={values[one['name']]}" for one in required)
        if path.endswith("/items"):
            query = f"{query}&bbox={SMALL}" if query else f"bbox={SMALL}"
        yield f"{there}?{query}", parameters, verbs["get"]


def forbidden(schema: dict[str, Any]) -> list[str]:
    """Values that a schema of the definition excludes."""
    found = ["AAA", ""] if "enum" in schema else []
    if schema["type"] in ("integer", "number"):
        found += ["AAA", *([f"{schema['minimum'] - 1}"] if schema.get("minimum") is not None else [])]
    if schema["type"] == "boolean":
        found += ["AAA", "1"]
    return found


@pytest.mark.parametrize("who", CALLERS)
def test_a_value_that_the_definition_excludes_is_400(promised: Any, who: str) -> None:
    taken, asked = [], 0
    with client(promised, who) as asking:
        for address, parameters, _ in operations(asking):
            for one in parameters:
                if one["in"] != "query":
                    continue
                for value in forbidden(one["schema"]):
                    asked += 1
                    there = f"{address}&{one['name']}={value}"
                    status = asking.get(there).status_code
                    if status != 400:
                        taken.append((status, there))
    assert not taken, "\n".join(map(str, taken))
    assert asked > 100


@pytest.mark.parametrize("who", CALLERS)
def test_each_media_type_of_the_definition_is_given_to_who_accepts_it(promised: Any, who: str) -> None:
    wrong = []
    with client(promised, who) as asking:
        for address, _, operation in operations(asking):
            for media in operation["responses"]["200"].get("content", {}):
                response = asking.get(address, headers={"accept": media})
                given = response.headers.get("content-type", "").partition(";")[0]
                if response.status_code in (204, 413):  # nothing there, or more than a picture holds
                    continue
                if response.status_code != 200 or given != media.partition(";")[0]:
                    wrong.append((response.status_code, given, media, address))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("who", CALLERS)
def test_head_says_what_get_says(promised: Any, who: str) -> None:
    """RFC 9110, 9.3.2: but the length of what is streamed, which HEAD may leave out."""
    wrong = []
    with client(promised, who) as asking:
        for address, _, _ in operations(asking):
            get, head = asking.get(address), asking.head(address)
            told, same = ({k: v for k, v in one.headers.items() if k not in PASSING} for one in (head, get))
            if head.status_code != get.status_code or told != same:
                wrong.append((address, head.status_code, get.status_code, set(told.items()) ^ set(same.items())))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("who", CALLERS)
def test_each_link_can_be_followed(promised: Any, who: str) -> None:
    """From the landing page, as deep as links lead, each kind of address once."""
    dead, seen = [], set()
    with client(promised, who) as asking:
        left = ["/?f=json", "/stac"]
        while left:
            address = left.pop()
            response = asking.get(address, headers={"accept": "*/*"})
            if response.status_code >= 400:
                dead.append((response.status_code, address))
            elif response.headers.get("content-type", "").endswith(("/json", "+json")):
                for link in _links(response.json()):
                    there = urlsplit(link["href"])
                    shape = (there.path, re.sub(r"=[^&]*", "", there.query), link.get("type"))
                    ours = link["href"].startswith(promised.url)
                    if (
                        ours
                        and not link.get("templated")
                        and link.get("method", "GET") == "GET"
                        and not link["rel"].endswith("/execute")  # followed by POST (OGC 18-062r2, 7.11)
                        and _kind(shape) not in seen
                    ):
                        seen.add(_kind(shape))
                        left.append(link["href"].removeprefix(promised.url))
    assert not dead, "\n".join(map(str, dead))
    assert len(seen) > 60


def _kind(shape: tuple[str, str, str | None]) -> tuple[str, str, str | None]:
    """One item stands for the others of its collection."""
    return (re.sub(r"/items/[^/]+", "/items/x", shape[0]), *shape[1:])


def _links(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        for name, value in document.items():
            if name == "links" and isinstance(value, list):
                yield from (one for one in value if isinstance(one, dict) and "href" in one)
            elif isinstance(value, dict | list):
                yield from _links(value)
    elif isinstance(document, list):
        for one in document:
            yield from _links(one)


def test_the_catalogue_can_be_walked_whole_by_anybody(promised: Any) -> None:
    """pystac asks each collection for its items, and one refusal ends its walk."""
    for path in ("", f"/t/{promised.tokens['other-partner']}"):
        found = [root.id for root, _, _ in Stac.open(f"{promised.url}{path}/stac").walk()]
        assert found[0] == "mig-idg"


def test_a_collection_with_a_time_column_tells_its_period(promised: Any) -> None:
    for who, collection in (("public", "equipements"), ("other-partner", "adresses")):
        with client(promised, who) as asking:
            told = asking.get(f"/collections/{collection}?f=json").json()["extent"]["temporal"]["interval"]
            listed = asking.get("/collections?f=json").json()["collections"]
            assert next(one for one in listed if one["id"] == collection)["extent"]["temporal"]["interval"] == told
            items = f"/collections/{collection}/items?limit=1&datetime="
            assert asking.get(f"{items}{'/'.join(told[0])}").json()["numberReturned"] == 1
            assert asking.get(f"{items}../{told[0][0]}").json()["numberReturned"] == 1
            later = f"{int(told[0][1][:4]) + 1}{told[0][1][4:]}"
            assert asking.get(f"{items}{later}/..").json()["numberReturned"] == 0


def test_a_collection_of_pixels_tells_its_grid_and_where_its_schema_is(promised: Any) -> None:
    """OGC API Coverages: cells and their size, along the axes of the CRS of storage."""
    with client(promised, "other-partner") as asking:
        document = asking.get("/collections/orthophoto?f=json").json()
        spatial = document["extent"]["spatial"]
        xmin, ymin, xmax, ymax = spatial["storageCrsBbox"][0]
        across, down = spatial["grid"]
        assert across["cellsCount"] * across["resolution"] == pytest.approx(xmax - xmin)
        assert down["cellsCount"] * down["resolution"] == pytest.approx(ymax - ymin)
        rel = "http://www.opengis.net/def/rel/ogc/1.0/schema"
        (there,) = (one["href"] for one in document["links"] if one["rel"] == rel)
        told = asking.get(there.removeprefix(promised.url))
        assert told.headers["content-type"] == "application/schema+json"
        assert set(told.json()["properties"]) == {"red", "green", "blue"}
