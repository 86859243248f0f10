"""Free search (`q`): which columns hold words, the index over them, and the condition.

Identifiers and codes are not words: they are asked by their name, and indexed as words they would weigh thirty times
more than all the rest. The index is over an expression and not over a column of its own, so that who does not see one
of the columns searches in the others without it, and can learn nothing from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg import Connection, sql

from mig_idg.store.statement import quoted
from mig_idg.store.table import Column, Table

SAMPLE = 2_000
# A word is said without figures, or with others.
_WORD = r"'^[^0-9]+$|\s'"
_BASES = ("text", "character varying")

Bind = Callable[[str, str], str]


def searched(connection: Connection[Any], table: Table) -> tuple[str, ...]:
    """The text columns that hold words, by their first values; a column without any is one of them."""
    texts = [column for column in table.columns if column.kind == "text" and column.base in _BASES]
    if not texts:
        return ()
    told = sql.SQL(", ").join(
        sql.SQL("coalesce(bool_or({0} ~ {1}), true)").format(sql.Identifier(one.name), sql.SQL(_WORD)) for one in texts
    )
    row = connection.execute(
        sql.SQL("select {}\nfrom (select * from {} limit {}) as first").format(
            told, sql.Identifier(table.schema, table.name), sql.Literal(SAMPLE)
        )
    ).fetchone()
    assert row is not None
    return tuple(column.name for column, wordy in zip(texts, row, strict=True) if wordy)


def indexes(table: Table) -> tuple[str, ...]:
    """What follows `using` in the definition of the index of a table that has words."""
    columns = _columns(table)
    return (f"gin ({_vector(columns)})",) if columns else ()


def condition(terms: tuple[str, ...], table: Table, bind: Bind, *, common: bool = False) -> str:
    """Any of the terms, each as a phrase of French words without accents, in the searched columns of the grant.

    `common` words are found sooner by walking: the test is then hidden from the index.
    """
    columns = _columns(table)
    if not columns:
        return "false"
    found = " or ".join(f"{_vector(columns)} @@ served.phrase({bind(term, 'text')})" for term in terms)
    return f"coalesce({found}, false)" if common else f"({found})"


def _columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.name in table.searched]


def _vector(columns: list[Column]) -> str:
    texts = (quoted(one.name) if one.base == "text" else f"{quoted(one.name)}::text" for one in columns)
    return f"served.words_in(array[{', '.join(texts)}])"
