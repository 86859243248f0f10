"""Which questions may share a connection: those that end at once whatever the table holds, and no other."""

from __future__ import annotations

import pytest

from mig_idg.store import compile
from mig_idg.store.crs import BY_SRID
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query, parse
from mig_idg.store.table import Column, Table

ID = Column("id", "text", "text", "text", "string", nullable=False)
TABLE = Table("data", "lieux", ID, None, (ID,))


def grant(rows: str = "*") -> Grant:
    return Grant(table=TABLE, role="idg_v_x", rows=rows, key="k", public=False)


@pytest.mark.parametrize(
    ("asked", "rows", "light"),
    [
        ({}, "*", True),
        ({"limit": "20"}, "*", True),
        ({"limit": "21"}, "*", False),
        ({}, "92050", False),  # rows of others would be skipped one by one
        ({"id": "a"}, "*", False),
        ({"filter": "id='a'"}, "*", False),
        ({"sortby": "-id"}, "*", False),
        ({"offset": "1000"}, "*", False),
    ],
)
def test_a_first_page_is_light_when_it_reads_its_rows_and_no_other(
    asked: dict[str, str], rows: str, light: bool
) -> None:
    assert compile.page(parse({"limit": "10"} | asked, TABLE), grant(rows)).light is light


def test_a_feature_is_light_unless_it_is_transformed_or_told_otherwise() -> None:
    assert compile.item(grant(), "a", Query()).light
    assert compile.item(grant("92050"), "a", Query()).light
    assert not compile.item(grant(), "a", Query(crs=BY_SRID[2154])).light
    assert not compile.item(grant(), "a", Query(), expression="'x'").light
