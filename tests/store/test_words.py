"""Free search: in the columns that hold words, by an index, and in no column that the caller does not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.registry import publications
from mig_idg.store import compile
from mig_idg.store.grant import Grant, every_column, granted_columns, narrowed, profile_name
from mig_idg.store.prepare import prepare
from mig_idg.store.query import Query
from mig_idg.store.table import Table, describe

SQL = """
create table data.rues (id text primary key, code text not null, nom text, secret varchar(40), vide text, n int);
insert into data.rues
select 'r-' || i, '92' || lpad((i % 36)::text, 3, '0'),
  (array['Rue de l''Église', 'Avenue Jean-Jaurès', 'Impasse des Œillets', 'Allée n° 7'])[1 + i % 4] || ' ' || i % 500,
  'caché ' || i % 10, null, i
from generate_series(1, 20000) i;
"""


@pytest.fixture(scope="module")
def prepared(database_url: str) -> Iterator[tuple[Any, Table]]:
    """Twenty thousand streets, published with their copy: all columns for some, no `secret` for others."""
    with connect(database_url) as owner:
        owner.execute(SQL.encode())
        table = prepare(owner, describe(owner, "data.rues", "id", None, "code"))
        columns = list(every_column(table))
        publications.allow(owner, "rues", "data.rues", columns, "id", "code", f"prepared.{table.copy}")
        for hidden in ((), ("secret",)):
            owner.execute("select served.ensure_profile('rues', %s)", [list(granted_columns(table, hidden) or ())])
        owner.commit()
        yield owner, table
        owner.rollback()


def asked(prepared: tuple[Any, Table], term: str, hidden: tuple[str, ...] = (), rows: str = "*") -> tuple[int, str]:
    """How many rows a caller finds, and the plan."""
    owner, table = prepared
    columns = granted_columns(table, hidden) or ()
    role = profile_name("rues", columns, copy=table.copy)
    seen = narrowed(table, set(table.names) - set(hidden))
    statement = compile.count(Query(q=(term,)), Grant(seen, role, rows, "k", False), cap=None)
    owner.execute("set plan_cache_mode = force_generic_plan")
    owner.execute("select set_config('idg.rows', %s, false)", [rows])
    owner.execute(f'set role "{role}"')
    try:
        owner.execute(f"prepare asked as {statement.sql}".encode())
        values = ", ".join("'" + str(value).replace("'", "''") + "'" for value in statement.params)
        (count,) = owner.execute(f"execute asked({values})".encode()).fetchone()
        plan = "\n".join(line for (line,) in owner.execute(f"explain execute asked({values})".encode()))
    finally:
        owner.execute("reset role")
        owner.execute("deallocate asked")
    return count, plan


def test_columns_of_words_are_searched_and_identifiers_are_not(prepared: Any) -> None:
    assert prepared[1].searched == ("nom", "secret", "vide")


@pytest.mark.parametrize(
    ("term", "found"),
    [("eglise", 5_000), ("ÉGLISES", 5_000), ("rue de l'eglise", 5_000), ("jaures jean", 0), ("jean jaures", 5_000),
     ("œillet", 5_000), ("cache 3", 2_000), ("92003", 0), ("'; drop table", 0), ("&|!:*()", 0)],
)  # fmt: skip
def test_words_are_french_without_accents_and_in_order(prepared: Any, term: str, found: int) -> None:
    assert asked(prepared, term)[0] == found


@pytest.mark.parametrize("rows", ["*", "92003"])
def test_whoever_sees_all_columns_searches_by_the_index_even_in_one_territory(prepared: Any, rows: str) -> None:
    count, plan = asked(prepared, "allée n° 7 123", rows=rows)
    assert "words_in" in plan.split("Index Scan on")[1]
    assert count == (40 if rows == "*" else 5)


def test_a_hidden_column_is_not_searched_and_the_others_are_by_the_index(prepared: Any) -> None:
    """Each view profile is served: masking one text attribute once made every search walk the table, and end in 503."""
    count, _ = asked(prepared, "caché", hidden=("secret",))
    assert count == 0
    count, plan = asked(prepared, "allée n° 7 123", hidden=("secret",))
    assert count == 40
    assert "words_in" in plan.split("Index Scan on")[1]
    assert asked(prepared, "jaurès", hidden=("secret",))[0] == 5_000


def test_a_term_is_a_phrase_of_one_column(prepared: Any) -> None:
    assert asked(prepared, "140 cache")[0] == 0


def test_a_copy_made_before_keeps_its_index(prepared: Any) -> None:
    """Its vector is over all columns: published anew, it is made anew."""
    table = replace(prepared[1], searched_apart=False)
    statement = compile.count(Query(q=("jaurès",)), Grant(table, "r", "*", "k", False), cap=None)
    assert statement.sql.count("words_in") == 1


def test_a_large_table_without_a_copy_claims_no_search(database_url: str) -> None:
    with connect(database_url) as owner:
        owner.execute(
            "create table data.coupee (id int primary key, nom text) partition by hash (id);"
            " create table data.coupee_0 partition of data.coupee for values with (modulus 2, remainder 0);"
            " create table data.coupee_1 partition of data.coupee for values with (modulus 2, remainder 1);"
            " insert into data.coupee select i, 'Rue des Lilas' from generate_series(1, 3000) i"
        )
        table = describe(owner, "data.coupee", "id", None, None)
        assert prepare(owner, table).searched == ("nom",)
        owner.execute("insert into data.coupee select i, 'Rue des Lilas' from generate_series(3001, 60000) i")
        prepare(owner, table)
        assert prepare(owner, table).searched == ()
        owner.rollback()
