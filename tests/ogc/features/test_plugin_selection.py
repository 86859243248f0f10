"""Pages of plug-ins that page in their own way: nothing is lost, nothing is told complete that is not."""

from __future__ import annotations

from typing import Any

import pytest

from mig_idg.ogc.plugins.honours import Honours
from mig_idg.ogc.plugins.selection import PAGE, Refused, Selection

OUTPUT = {"srid": 4326, "flipped": False, "digits": 7, "precision": None, "geometry": True, "properties": None}


class Source:
    """`many` features, `most` a page, with or without offset; never says how many match."""

    def __init__(self, many: int, most: int = 10**6, *, paged: bool = True) -> None:
        self.features = [{"type": "Feature", "id": i, "geometry": None, "properties": {"n": i}} for i in range(many)]
        self.most, self.paged = most, paged

    def takes(self, name: str) -> bool:
        return name in ("offset", "limit")

    def query(self, offset: int = 0, limit: int = 10, **_: Any) -> tuple[list[dict[str, Any]], int | None]:
        first = offset if self.paged else 0
        return self.features[first : first + min(limit, self.most)], None


def answer(source: Source, **asked: Any) -> Any:
    call = {"srid": 4326, "offset": 0, "limit": 10, "hits": False, "output": OUTPUT, **asked}
    return Selection(source, Honours(4326), call).answer()


def test_pages_shorter_than_asked_are_not_the_end() -> None:
    page = answer(Source(25, most=7), limit=20)
    assert (len(page["features"]), page["more"], page["matched"]) == (7, True, None)
    last = answer(Source(25, most=7), limit=20, offset=21)
    assert (len(last["features"]), last["more"], last["matched"]) == (4, False, 25)
    assert len(answer(Source(25, most=7), limit=None)["features"]) == 25


def test_a_source_without_pages_is_cut_by_us_while_it_is_whole() -> None:
    page = answer(Source(25, paged=False), limit=10, offset=20)
    assert [one["id"] for one in page["features"]] == [20, 21, 22, 23, 24]
    with pytest.raises(Refused) as refused:
        answer(Source(PAGE + 1, paged=False), limit=10, offset=20)
    assert refused.value.told["parameter"] == "offset"


def test_a_condition_on_too_many_features_is_refused_by_its_name() -> None:
    with pytest.raises(Refused) as refused:
        answer(Source(50_100), equal=[["n", "3"]])
    assert refused.value.told["parameter"] == "n"
    assert [one["id"] for one in answer(Source(300), equal=[["n", "3"]])["features"]] == [3]
