"""Rows that GeoJSON cannot tell: found, and refused by their name, before anybody is served half of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection, sql

from mig_idg.errors import Text, Unprocessable
from mig_idg.store.table import CUT, TEXT, Table

_NO_NUMBER = r"[\[,]-?(NaN|Infinity|inf|nan)"

_ROW_BY_ROW = """
create function pg_temp.idg_culprit() returns text
language plpgsql
as $culprit$
declare
  one {source};
begin
  for one in select * from {source} loop
    begin
      perform {expressions} from (select one.*) as rows;
    exception
      when data_exception or internal_error then
        return (one).{id}::text;
    end;
  end loop;
  return null;
end
$culprit$
"""


def refuse_no_numbers(connection: Connection[Any], table: Table, copy: sql.Identifier) -> None:
    """Raise Unprocessable when a coordinate of the copy is no number: PostGIS keeps such points, JSON has no word."""
    row = connection.execute(
        sql.SQL("select {}::text from {} where left({}, {}) ~ {} limit 1").format(
            sql.Identifier(table.id.name), copy, sql.Identifier(TEXT), sql.Identifier(CUT), sql.Literal(_NO_NUMBER)
        )
    ).fetchone()
    if row is not None:
        raise refusal(table, str(row[0]))


def culprit(connection: Connection[Any], table: Table, expressions: Sequence[str]) -> str | None:
    """The id of the first row of which the expressions cannot be made: each is tried, seconds for a million of them."""
    connection.execute(
        sql.SQL(_ROW_BY_ROW).format(
            source=sql.Identifier(table.schema, table.name),
            id=sql.Identifier(table.id.name),
            expressions=sql.SQL(", ").join(sql.SQL(one) for one in expressions),
        )
    )
    row = connection.execute("select pg_temp.idg_culprit()").fetchone()
    connection.execute("drop function pg_temp.idg_culprit()")
    return str(row[0]) if row and row[0] is not None else None


def refusal(table: Table, id: str | None) -> Unprocessable:
    """The refusal of the table for that row."""
    name, one = f"{table.schema}.{table.name}", f" (« {table.id.name} » : {id})" if id is not None else ""
    error = Unprocessable(
        Text(
            f"Une ligne de {name} ne se dit pas en GeoJSON{one} : coordonnées infinies ou hors du système de référence,"
            " ou type de géométrie sans équivalent.",
            f"A row of {name} cannot be told in GeoJSON{one}: coordinates that are infinite or outside the reference"
            " system, or a type of geometry without an equivalent.",
        ),
        remedy=Text(
            f"Corrigez ou retirez cette ligne, ou déclarez le bon EPSG pour {name}.",
            f"Mend or remove that row, or declare the right EPSG for {name}.",
        ),
    )
    error.extra["table"] = name
    return error
