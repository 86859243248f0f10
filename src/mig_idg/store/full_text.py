"""Free search (`q`): which columns hold words, the index over them, and the condition.

Identifiers and codes are not words: they are asked by their name, and indexed as words they would weigh thirty times
more than all the rest. A term is looked for in each column apart (OGC API Records, `q`: adjacent words of one field),
and the index holds each apart: who does not see one of them searches in the others by the same index, and can learn
nothing of it. A copy made before that has one vector of all its columns, an index for whoever sees them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg import Connection, sql

from mig_idg.store.statement import quoted
from mig_idg.store.table import Column, Table

SAMPLE = 2_000
# Without an index each row is read and its words are stemmed: so many take a second.
MOST_UNINDEXED = 50_000
# PostgreSQL's, INDEX_MAX_KEYS.
_KEYS = 32
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


def searched_unindexed(connection: Connection[Any], table: Table) -> tuple[str, ...]:
    """The same for a table that is read itself, without our index: none once it has too many rows to walk."""
    row = connection.execute(
        "select coalesce(sum(greatest(c.reltuples, 0)), 0)"
        " from (select to_regclass(%s) as relid union select relid from pg_partition_tree(to_regclass(%s))) as part"
        " join pg_class c on c.oid = part.relid",
        [f"{quoted(table.schema)}.{quoted(table.name)}"] * 2,
    ).fetchone()
    return searched(connection, table) if row is None or row[0] <= MOST_UNINDEXED else ()


def indexes(table: Table) -> tuple[str, ...]:
    """What follows `using` in the definitions of the indexes of a table that has words: one, up to 32 columns."""
    vectors = [_vector([column]) for column in _columns(table)]
    return tuple(f"gin ({', '.join(vectors[at : at + _KEYS])})" for at in range(0, len(vectors), _KEYS))


def condition(terms: tuple[str, ...], table: Table, bind: Bind, *, common: bool = False) -> str:
    """Any of the terms, each as a phrase of French words without accents, in the searched columns of the grant.

    `common` words are found sooner by walking: the test is then hidden from the index.
    """
    columns = _columns(table)
    if not columns:
        return "false"
    phrases = [f"served.phrase({bind(term, 'text')})" for term in terms]
    vectors = [_vector([column]) for column in columns] if table.searched_apart else [_vector(columns)]
    found = " or ".join(f"{vector} @@ {phrase}" for phrase in phrases for vector in vectors)
    return f"coalesce({found}, false)" if common else f"({found})"


def _columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.name in table.searched]


def _vector(columns: list[Column]) -> str:
    texts = (quoted(one.name) if one.base == "text" else f"{quoted(one.name)}::text" for one in columns)
    return f"served.words_in(array[{', '.join(texts)}])"
