"""How many features match: exactly when it is said so, about when it is said so, and never over hidden rows."""

from __future__ import annotations

from typing import Any

import pytest

from mig_idg.ogc.features import counting
from mig_idg.store import compile, estimate
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query
from mig_idg.store.table import Column, Table


@pytest.fixture
def small_cap(monkeypatch: pytest.MonkeyPatch, served: Any) -> None:
    """Counts stop at a hundred, and none is remembered."""
    monkeypatch.setattr(compile, "COUNT_CAP", 100)
    served.resource(counting.CountCache).counts.clear()


def test_a_count_within_the_cap_is_exact(served: Any, small_cap: None) -> None:
    page = served.items("limit=1&filter=numero=7")
    assert page["numberMatched"] == 24
    assert "numberMatchedEstimated" not in page


def test_beyond_the_cap_the_count_is_a_guess_and_says_so(served: Any, small_cap: None) -> None:
    for query in ("filter=numero<10", "filter=certifie", "bbox=2.0,48.0,2.5,49.0", "resulttype=hits&filter=numero<10"):
        page = served.items(f"limit=1&{query}")
        exact = {"filter=certifie": 600, "bbox=2.0,48.0,2.5,49.0": 1200}.get(query, 240)
        assert "numberMatched" not in page
        assert exact / 2 <= page["numberMatchedEstimated"] <= min(1200, exact * 2), query


def test_a_whole_collection_is_always_counted_exactly(served: Any, small_cap: None) -> None:
    assert served.items("limit=1")["numberMatched"] == 1200


def test_a_guess_is_made_for_who_sees_every_row_and_nobody_else() -> None:
    id = Column("id", "text", "text", "text", "string", nullable=False)
    table = Table("data", "lieux", id, None, (id,))
    for rows, told in (("*", True), ("92050", False), ("", False)):
        grant = Grant(table=table, role="idg_v_x", rows=rows, key="k", public=False)
        assert (estimate.plan(Query(), grant) is not None) is told


@pytest.mark.parametrize(
    ("matching", "every", "rows", "least", "about"),
    [
        (500, 1_000, 1_000_000, 10_001, 500_000),
        (123_456, 1_000_000, 1_000_000, 10_001, 120_000),
        (1, 1_000_000, 1_000_000, 10_001, 10_001),
        (2_000, 1_000, 1_000_000, 10_001, 1_000_000),
        (5, 0, 50_000, 10_001, 50_000),
    ],
)
def test_a_guess_is_a_share_of_the_real_count_worth_two_digits(
    matching: float, every: float, rows: int, least: int, about: int
) -> None:
    assert estimate.estimated(matching, every, rows, least) == about
