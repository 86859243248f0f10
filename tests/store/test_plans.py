"""No question may lose its index under a right: plans of each kind of page, for all rows and for one territory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.registry import publications
from mig_idg.store import compile
from mig_idg.store.extents import stats
from mig_idg.store.grant import Grant, granted_columns, profile_name
from mig_idg.store.query import Query, parse
from mig_idg.store.table import describe

ROWS = 20_000


@pytest.fixture(scope="module")
def plan(database_url: str, app_url: str) -> Iterator[Any]:
    """The plan, as text, of a statement asked by the server under a grant."""
    with connect(database_url) as owner:
        owner.execute(f"""
            create table data.plan (id text primary key, n int, commune text not null, geom geometry(Point, 2154) not null);
            insert into data.plan
            select 'p-' || lpad(i::text, 6, '0'), i % 100, (array['92050', '92026'])[1 + i % 2],
              st_setsrid(st_makepoint(640000 + random() * 10000, 6860000 + random() * 10000), 2154)
            from generate_series(1, {ROWS}) i;
            create index on data.plan using gist (geom);
            analyze data.plan;
        """)
        table = describe(owner, "data.plan", "id", "geom", "commune")
        table = replace(table, stats=stats(owner, table))
        columns = granted_columns(table, ()) or ()
        publications.allow(owner, "plan", "data.plan", list(columns), "id", "commune")
        owner.execute("select served.ensure_profile('plan', %s)", [list(columns)])
        owner.commit()
    role = profile_name("plan", columns)
    with connect(app_url, autocommit=True, prepare_threshold=None) as server:

        def explained(asked: dict[str, str], rows: str, make: Any) -> str:
            grant = Grant(table, role, rows, "k", False)
            query = parse(asked, table)
            statement = make(query, grant)
            server.execute("set plan_cache_mode = force_generic_plan")
            server.execute("select set_config('idg.rows', %s, false)", [rows])
            server.execute(f'set role "{role}"')
            try:
                server.execute(f"prepare asked as {statement.sql}".encode())
                values = ", ".join(
                    "null" if p is None else "'" + str(p).replace("'", "''") + "'" for p in statement.params
                )
                lines = server.execute(f"explain execute asked{f'({values})' if values else ''}".encode()).fetchall()
            finally:
                server.execute("reset role")
                server.execute("deallocate all")
            return "\n".join(line[0] for line in lines)

        yield explained


def page(query: Query, grant: Grant) -> Any:
    """The statement of a page."""
    return compile.page(query, grant)


@pytest.mark.parametrize("rows", ["*", "92050"])
def test_a_small_box_uses_the_spatial_index(plan: Any, rows: str) -> None:
    text = plan({"bbox": "2.2,48.86,2.203,48.862", "limit": "1000"}, rows, page)
    assert "plan_geom_idx" in text
    assert "Seq Scan" not in text


@pytest.mark.parametrize("rows", ["*", "92050"])
def test_a_small_box_with_a_filter_uses_the_spatial_index(plan: Any, rows: str) -> None:
    asked = {"bbox": "2.2,48.86,2.203,48.862", "filter": "n > 3", "sortby": "-n"}
    assert "plan_geom_idx" in plan(asked, rows, page)


@pytest.mark.parametrize("rows", ["*", "92050"])
def test_a_wide_box_with_a_short_page_walks_along_the_id(plan: Any, rows: str) -> None:
    text = plan({"bbox": "-180,-90,180,90", "limit": "10"}, rows, page)
    assert "plan_pkey" in text
    assert "Sort" not in text


@pytest.mark.parametrize("rows", ["*", "92050"])
def test_pages_and_items_go_by_the_id(plan: Any, rows: str) -> None:
    assert "plan_pkey" in plan({"limit": "10"}, rows, page)
    text = plan({}, rows, lambda query, grant: compile.item(grant, "p-000001", query))
    assert "plan_pkey" in text


@pytest.mark.parametrize("rows", ["*", "92050"])
def test_a_polygon_in_a_filter_uses_the_spatial_index(plan: Any, rows: str) -> None:
    asked = {"filter": "S_INTERSECTS(geom,POLYGON((2.2 48.86,2.203 48.86,2.203 48.862,2.2 48.86)))"}
    assert "plan_geom_idx" in plan(asked, rows, page)


@pytest.mark.parametrize("rows", ["*", "92050"])
def test_a_polygon_in_the_crs_of_the_layer_uses_the_spatial_index(plan: Any, rows: str) -> None:
    shape = "POLYGON((641000 6866000,641200 6866000,641200 6866200,641000 6866000))"
    asked = {"filter": f"S_WITHIN(geom,{shape})", "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/2154"}
    assert "plan_geom_idx" in plan(asked, rows, page)
