"""The abstract test suite of CQL2 (OGC 21-065), every predicate over HTTP with its expected count.

The suite's layers are Natural Earth's. Its countries are in pyogrio's own test data; its places and rivers are made
here so that each count of the suite holds: what the predicates ask is in the comments beside the numbers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyogrio
import pytest
from jsonschema import Draft202012Validator

from mig_idg.app import create
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.publication.publish import publish
from mig_idg.settings import Settings
from mig_idg.store.cql2 import json as cql2_json
from mig_idg.store.cql2 import syntax, text

SUITE = Path(__file__).parents[4] / "shared" / "ogc" / "cql2" / "ats_predicates.json"
COUNTRIES = Path(pyogrio.__file__).parent / "tests" / "fixtures" / "naturalearth_lowres" / "naturalearth_lowres.shp"
PLACES = "ne_110m_populated_places_simple"

pytestmark = [pytest.mark.reference, pytest.mark.skipif(not COUNTRIES.exists(), reason="pyogrio ships no test data")]

TABLES = """
create table data.ne_110m_populated_places_simple (
  id int primary key, name text, nameascii text, pop_other bigint, pop_min bigint, pop_max bigint,
  "date" date, start timestamptz, "end" timestamptz, boolean boolean, geom geometry(Point, 4326)
);
create table data.ne_110m_rivers_lake_centerlines (id int primary key, name text, geom geometry(LineString, 4326));
create table data.ne_110m_admin_0_countries (id int primary key, "NAME" text, "POP_EST" double precision,
  geom geometry(Geometry, 4326));
"""
DECLARATION = """
id: {id}
title: {{fr: {id}, en: {id}}}
description: {{fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}}
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {{fr: Tiré pour l'essai., en: Drawn for the test.}}
kind: mutualised
owner: "92050"
source: {{table: data.{id}, id: id, geometry: geom, crs: "EPSG:4326"}}
licence: LO-2.0
terms: {{mode: all_partners, actions: [view, query, download]}}
services: [features]
"""


def places() -> list[tuple[Any, ...]]:
    """243 places: 106 names before København, 136 after; 13 that are not ASCII; the suite's populations and dates."""
    before = ["Kiev", "Berlin", "Bern", "Bursa", "Athens", "Chisimayu", "Chișinău"]
    before += [f"A{n:03}" for n in range(106 - len(before))]
    after = ["Luxembourg", *(f"Zé{n:03}" for n in range(11)), *(f"Z{n:03}" for n in range(124))]
    names = ["København", *after, *before]
    plain = {"København": "Kobenhavn", "Chișinău": "Chisinau"} | {f"Zé{n:03}": f"Ze{n:03}" for n in range(11)}
    # 120 below 1 038 288 of which 10 above a million, 122 above of which 64 up to three millions.
    populations = [1_038_288, 1_611_692, *range(1_100_000, 1_100_063), 3_013_258, *range(4_000_000, 4_000_057)]
    populations += [*range(1_000_000, 1_000_010), *range(1_000, 1_110)]
    times = {
        0: ("2021-04-16", "2021-04-16T10:15:59Z", "2022-04-16T10:16:06Z", True),
        1: ("2022-04-16", "2022-04-16T10:13:19Z", "2022-04-16T10:15:59Z", True),
        2: ("2023-04-16", "2022-04-16T10:15:10Z", "2023-04-16T10:15:10Z", False),
    }
    rows = []
    for n, (name, population) in enumerate(zip(names, populations, strict=True)):
        low, high = (population, population) if n < 27 else (population - 1, population + 1)
        if n >= 94:
            low, high = population + 1, population + 2
        # 7 places in 0..10, 40..50, Luxembourg among them; 74 in the western hemisphere.
        place = (6.1300028, 49.6116604) if n == 1 else (5, 45) if n < 7 else (-50, 10) if n < 7 + 74 else (100, 10)
        rows.append((n, name, plain.get(name, name), population, low, high, *times.get(n, (None,) * 4), *place))
    return rows


def rivers() -> list[tuple[int, str]]:
    """13 rivers: 4 west of Greenwich, two of them across 60° west; one that leaves the box 0..10, 40..50."""
    lines = ["-70 0, -50 0", "-61 10, -59 10", "-30 0, -20 0", "-15 5, -10 5", "5 45, 20 45"]
    lines += [f"{20 + n * 10} 0, {25 + n * 10} 5" for n in range(8)]
    return [(n, f"linestring({line})") for n, line in enumerate(lines)]


@pytest.fixture(scope="module")
def count(database_url: str, app_url: str, tmp_path_factory: pytest.TempPathFactory, client_of: Any) -> Iterator[Any]:
    """How many features of a layer a filter matches, asked over HTTP."""
    folder = tmp_path_factory.mktemp("collections")
    with connect(database_url) as connection:
        connection.execute(TABLES.encode())
        with connection.cursor() as cursor:
            cursor.executemany(
                f"insert into data.{PLACES} values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
                " st_setsrid(st_makepoint(%s, %s), 4326))",
                places(),
            )
            cursor.executemany(
                "insert into data.ne_110m_rivers_lake_centerlines values (%s, 'r', st_geomfromtext(%s, 4326))", rivers()
            )
            meta, _, shapes, fields = pyogrio.raw.read(COUNTRIES)
            names = fields[list(meta["fields"]).index("name")]
            # 38 countries above 37 589 262 inhabitants, one exactly there.
            for n, (name, shape) in enumerate(zip(names, shapes, strict=True)):
                people = 37_589_262 + (n if n < 39 else -n)
                cursor.execute(
                    "insert into data.ne_110m_admin_0_countries values (%s, %s, %s, st_setsrid(%s::geometry, 4326))",
                    [n, name, people, bytes(shape)],
                )
        for name in (PLACES, "ne_110m_rivers_lake_centerlines", "ne_110m_admin_0_countries"):
            (folder / f"{name}.yml").write_text(DECLARATION.format(id=name))
        adhesion.adopt(connection, date(2026, 6, 15))
        publish(connection, folder, author="test", on=date(2026, 1, 2))
        connection.commit()
    with asyncio.Runner() as runner, client_of(runner, create, Settings, app_url) as client:
        yield Asked(client)


class Asked:
    """What a filter matches, asked over HTTP: how many features, or which."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __call__(self, collection: str, filter: str, lang: str = "cql2-text") -> int:
        found: int = self._items(collection, filter, lang, "resulttype=hits")["numberMatched"]
        return found

    def which(self, collection: str, filter: str) -> frozenset[int]:
        """The ids."""
        response = self._items(collection, filter, "cql2-text", "limit=1000&skipGeometry=true")
        return frozenset(feature["id"] for feature in response["features"])

    def _items(self, collection: str, filter: str, lang: str, how: str) -> Any:
        response = self._client.get(f"/collections/{collection}/items?{how}&filter-lang={lang}&filter={quote(filter)}")
        assert response.status == 200, (filter, response.content)
        return response.json


def suite() -> dict[str, Any]:
    """The suite as published, or nothing when it is not beside this checkout."""
    if not SUITE.exists():
        return {"predicates": [], "combinations": {}}
    read: dict[str, Any] = json.loads(SUITE.read_text())
    return read


@pytest.mark.parametrize(
    "family", ["basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
               "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
               "spatial-functions", "temporal-functions", "property-property", "arithmetic"],
)  # fmt: skip
def test_every_predicate_of_the_suite_gives_its_count(count: Any, family: str) -> None:
    predicates = [p for p in suite()["predicates"] if p["class"] == family]
    assert predicates
    wrong = {
        p["filter"]: (found, p["expected"])
        for p in predicates
        if (found := count(p["collection"], p["filter"])) != p["expected"]
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "family", ["basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
               "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
               "spatial-functions", "temporal-functions", "property-property", "arithmetic"],
)  # fmt: skip
def test_every_predicate_means_the_same_in_json(count: Any, family: str) -> None:
    """Written as CQL2 JSON it follows the official schema, reads back as the same tree and gives the same count."""
    official = Draft202012Validator(json.loads((SUITE.parent / "cql2.json").read_text()))
    for predicate in suite()["predicates"]:
        if predicate["class"] == family:
            tree = text.parse(predicate["filter"])
            document = json.loads(json.dumps(as_json(tree)))
            assert list(official.iter_errors(document)) == [], predicate["filter"]
            assert cql2_json.read(document) == tree
            assert count(predicate["collection"], json.dumps(document), "cql2-json") == predicate["expected"]


def test_all_combinations_follow_three_valued_logic(count: Any) -> None:
    """The 77 combinations: true, false and unknown of each predicate say which rows the whole keeps."""
    combinations = suite()["combinations"]["basic-cql2"]
    assert len(combinations) == 77
    parts = {part for four in combinations for part in four[:4]}
    holds = {part: count.which(PLACES, part) for part in parts}
    fails = {part: count.which(PLACES, f"NOT ({part})") for part in parts}
    assert all(not holds[part] & fails[part] for part in parts)

    def truth(part: str, row: int) -> bool | None:
        return True if row in holds[part] else False if row in fails[part] else None

    for first, second, third, fourth, _ in combinations:
        whole = f"((NOT {first} AND {second}) OR ({third} AND NOT {fourth}) OR NOT ({first} AND {fourth}))"
        expected = set()
        for row in range(243):
            a, b, c, d = (truth(part, row) for part in (first, second, third, fourth))
            if either(both(negated(a), b), both(c, negated(d)), negated(both(a, d))):
                expected.add(row)
        assert count.which(PLACES, whole) == expected, whole
        assert count(PLACES, json.dumps(as_json(text.parse(whole))), "cql2-json") == len(expected)


def negated(one: bool | None) -> bool | None:
    """NOT, where None is unknown."""
    return None if one is None else not one


def both(*several: bool | None) -> bool | None:
    """AND."""
    return False if False in several else None if None in several else True


def either(*several: bool | None) -> bool | None:
    """OR."""
    return True if True in several else None if None in several else False


GEOJSON = {"POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon", "MULTIPOINT": "MultiPoint",
           "MULTILINESTRING": "MultiLineString", "MULTIPOLYGON": "MultiPolygon",
           "GEOMETRYCOLLECTION": "GeometryCollection"}  # fmt: skip


def as_json(node: Any) -> Any:
    """A tree as CQL2 JSON."""
    match node:
        case syntax.Name(name):
            return {"property": name}
        case syntax.Literal("date" | "timestamp" as kind, value):
            return {kind: value}
        case syntax.Literal("text", value):
            return value
        case syntax.Literal(_, value):
            return json.loads(value)
        case syntax.Array(items):
            return [as_json(item) for item in items]
        case syntax.Interval(start, end):
            ends = (".." if one is None else as_json(one) for one in (start, end))
            return {"interval": [next(iter(one.values())) if _is_instant(one) else one for one in ends]}
        case syntax.Shape(is_box=True):
            return {"bbox": list(node.coordinates)}
        case syntax.Shape("GEOMETRYCOLLECTION", members=members):
            return {"type": "GeometryCollection", "geometries": [as_json(member) for member in members]}
        case syntax.Shape():
            return {"type": GEOJSON[node.form], "coordinates": node.coordinates}
        case _:
            names = {name.lower(): name for name in ("isNull", "s_intersects", *_CAMEL)}
            return {"op": names.get(node.op.lower(), node.op), "args": [as_json(arg) for arg in node.args]}


_CAMEL = ("a_containedBy", "t_finishedBy", "t_metBy", "t_overlappedBy", "t_startedBy")


def _is_instant(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.keys() & {"date", "timestamp"})
