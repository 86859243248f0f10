"""From when to when the rows of a collection are, as each caller may know it."""

from __future__ import annotations

from typing import Any

import pytest

from mig_idg.store import extents
from mig_idg.store.query import temporal
from mig_idg.store.table import TimeExtent, describe

HELD = TimeExtent("pose", {"92050": ("2020-01-02T00:00:00Z", "2021-01-01T00:00:00Z"), "92012": ("2019-05-06T00:00:00Z", "2019-05-06T00:00:00Z")})  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "period"),
    [
        (None, ("2019-05-06T00:00:00Z", "2021-01-01T00:00:00Z")),
        ({"92050"}, ("2020-01-02T00:00:00Z", "2021-01-01T00:00:00Z")),
        ({"92012", "92026"}, ("2019-05-06T00:00:00Z", "2019-05-06T00:00:00Z")),
        ({"92026"}, None),
        (set(), None),
    ],
)
def test_a_caller_is_told_the_period_of_the_rows_they_read(rows: Any, period: Any) -> None:
    assert HELD.seen(rows, ()) == period


def test_a_hidden_column_tells_no_period() -> None:
    assert HELD.seen(None, {"pose"}) is None


@pytest.mark.parametrize(
    ("kind", "values", "period"),
    [
        ("date", "('2020-01-02'), ('2024-02-29'), (null), ('infinity')", ("2020-01-02T00:00:00Z", "2024-02-29T23:59:59Z")),
        ("timestamptz", "('2020-01-02 01:00+02'), ('-infinity')", ("2020-01-01T23:00:00Z", "2020-01-01T23:00:00Z")),
        ("timestamp(0)", "('2020-01-02 01:00')", ("2020-01-02T01:00:00Z", "2020-01-02T01:00:00Z")),
        ("date", "(null), ('0044-03-15 BC')", None),
    ],
)  # fmt: skip
def test_the_period_is_that_of_the_rows(connection: Any, kind: str, values: str, period: Any) -> None:
    connection.execute(
        f"create table data.moments (id int generated always as identity primary key, vu {kind})".encode()
    )
    connection.execute(f"insert into data.moments (vu) values {values}".encode())
    table = describe(connection, "data.moments", "id", None, None)
    column = temporal(table, None)
    assert column is not None
    found = extents.in_time(connection, table, column)
    assert (found.seen(None, ()) if found else None) == period
