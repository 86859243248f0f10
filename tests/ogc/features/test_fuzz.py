"""Whatever is asked: an answer in our words, in a time that follows the length, and never a 5xx."""

from __future__ import annotations

import random
import time
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from mig_idg.errors import Problem
from mig_idg.store.cql2 import json as cql2_json
from mig_idg.store.cql2 import text as cql2_text
from mig_idg.store.crs import CRS84
from mig_idg.store.query import parse, read_filter
from mig_idg.store.table import Column, Geometry, Table

COLUMNS = (
    Column("id", "text", "text", "text", "string", nullable=False),
    Column("n", "integer", "integer", "integer", "integer"),
    Column("d", "date", "date", "date", "string", "date"),
    Column("b", "boolean", "boolean", "boolean", "boolean"),
    Column("a", "text[]", "text[]", "array", "array", element="text"),
)
TABLE = Table("data", "t", COLUMNS[0], Geometry("geom", 2154, "POINT"), COLUMNS)
WORDS = ["n", "d", "id", "b", "a", "geom", "=", "<>", "<", "(", ")", ",", "and", "or", "not", "like", "in", "is", "null",
         "between", "'x'", "''", "'", '"', '"n"', "1", "1e9", "-", "+", "/", "^", "%", "div", "date('2020-01-01')",
         "timestamp(", "interval('..',d)", "bbox(1,2,3,4)", "point(1 2)", "polygon((", "s_intersects(", "t_after(",
         "a_contains(", "casei(", "true", "é", "\\", ";", "--", "0" * 400, "\x00", "geometrycollection("]  # fmt: skip


def sql_of(filter: str, lang: str) -> None:
    """Read, check and compile; anything but a Problem is a fault."""
    from mig_idg.store.compile import Binder
    from mig_idg.store.cql2.sql import condition

    try:
        node = read_filter(filter, lang, TABLE, CRS84)
    except Problem:
        return
    binder = Binder()
    written = condition(node, TABLE, binder)
    assert written.count("$") >= len(binder.values)


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=200))
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_filter_or_a_refusal(filter: str) -> None:
    sql_of(filter, "cql2-text")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just({"property": "n"}),
    lambda inner: st.lists(inner, max_size=4)
    | st.fixed_dictionaries(
        {"op": st.sampled_from(["and", "=", "in", "like", "s_within", "t_meets", "+", "casei", "x"]),
         "args": st.lists(inner, max_size=3)}
    )
    | st.dictionaries(st.sampled_from(["property", "date", "interval", "bbox", "type", "coordinates", "z"]), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
@settings(max_examples=500, deadline=None)
def test_any_json_is_a_filter_or_a_refusal(document: Any) -> None:
    import json

    sql_of(json.dumps(document), "cql2-json")


@given(st.dictionaries(st.sampled_from(["limit", "bbox", "crs", "datetime", "sortby", "properties", "after", "q", "n",
                                        "d", "filter", "zoom-level", "precision", "offset", "bbox-crs", "zzz"]),
                       st.text(max_size=30), max_size=5))  # fmt: skip
@settings(max_examples=500, deadline=None)
def test_any_parameters_are_a_query_or_a_refusal(asked: dict[str, str]) -> None:
    try:
        parse(asked, TABLE)
    except Problem:
        pass


def test_reading_takes_a_time_that_follows_the_length() -> None:
    """The parser of the PyPI cql2 takes 9 s for 22 parentheses."""
    for hostile in ("(" * 100_000, "not " * 40_000, "n=1 or " * 25_000, "'" * 100_001, "-" * 100_000, "f(" * 50_000,
                    "casei(" * 30_000, "polygon(" * 20_000, "1+" * 80_000):  # fmt: skip
        started = time.perf_counter()
        try:
            cql2_text.parse(hostile)
        except Problem:
            pass
        assert time.perf_counter() - started < 20  # not minutes, however slow the machine
    deep = "[" * 900 + "]" * 900
    try:
        cql2_json.parse(deep)
    except Problem:
        pass


def test_no_question_gets_a_server_error(served: Any) -> None:
    dice = random.Random(11)
    parameters = ["limit", "bbox", "filter", "sortby", "datetime", "q", "numero", "cle", "after", "crs", "offset",
                  "properties", "maj", "prix", "surface", "genre", "zoom-level", "simplify", "vu"]  # fmt: skip
    values = ["", "1", "-1", "1e308", "NaN", "null", "1,2,3,4", "2,48,3,49", "-180,-90,180,90", "1,2,3,4,5,6", "a,b",
              "9" * 40, "'", "%", "numero=1/0", "numero > 2^9999", "numero/numero = 1", "prix=1e200*1e200",
              "S_TOUCHES(geom,GEOMETRYCOLLECTION(POINT(2 48),LINESTRING(2 48,3 49)))", "S_EQUALS(geom,POINT(2 48))",
              "nom_voie LIKE '%\\\\%'", "genre='inconnu'", "genre='voie'", "genre in ('voie','x')", "cle='x'",
              "numero in (1,2,99999999999999999999)", "prix in (1,2.5)", "surface = 0.1", "casei(nom_voie)=casei('É')",
              "A_CONTAINS(parcelles,('P1'))", "maj > '2020-01-01'", "vu = TIMESTAMP('2020-01-02T00:00:00Z')",
              "T_DURING(maj,INTERVAL('2020-01-01','2021-01-01'))", "leve BETWEEN '2020-01-01' AND '2020-02-01'",
              "extra is null", "extra = 1", "length(nom_voie) % 2 = 1", "2020-01-01/..", "-numero,leve",
              "http://www.opengis.net/def/crs/EPSG/0/3857", "12", "voie", "area(geom) >= 0"]  # fmt: skip
    for _ in range(400):
        pairs = {dice.choice(parameters): dice.choice(values) for _ in range(dice.randint(1, 4))}
        if dice.random() < 0.5:
            pairs["filter"] = dice.choice(values)
        query = "&".join(f"{name}={quote(value)}" for name, value in pairs.items())
        response = served.get(f"/collections/lieux/items?{query}")
        assert response.status in (200, 400, 413), (pairs, response.status, response.content)
