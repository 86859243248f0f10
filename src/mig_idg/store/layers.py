"""The tables of the layers' own rows: made, filled in one go, described.

    make(connection, table)                  the table of a layer, with its key and comments
    clear(connection, table)                 without its rows, or those of some territories
    fill(connection, table, batches)         the rows of the batches added, by COPY
    retype(connection, table, column, type)  another type for a column that is there
    index(connection, table)                 spatial and territorial indexes, once the rows are there
    present(connection, name)                what is there already, or None

Rows travel as Arrow: one column per column of the table, the geometry as hexadecimal EWKB text. Arrow writes the CSV
that COPY reads, so that no row ever becomes a Python object. An empty text and no value stay two things: Arrow quotes
the first and leaves the second bare, which is how PostgreSQL reads them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv as arrow_csv
from psycopg import sql

from mig_idg.errors import BadRequest, Text, Unavailable

SQL_TYPES = {
    "text": "text",
    "integer": "bigint",
    "float": "double precision",
    "numeric": "numeric",
    "boolean": "boolean",
    "date": "date",
    "timestamptz": "timestamptz",
}
GEOMETRY_TYPES = (
    "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection", "Geometry",
)  # fmt: skip
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
PIECE = 20_000
Progress = Callable[[int], None]


class RowRefused(Exception):
    """The database refuses a row of a COPY. `row` is its rank in what was sent, None when only its value is known.

    `kind`: `duplicate` (of the key), `null`, `geometry` (type, SRID, heights), `value` (not of the column's type).
    """

    def __init__(self, kind: str, row: int | None, column: str | None, value: str | None) -> None:
        super().__init__(kind)
        self.kind, self.row, self.column, self.value = kind, row, column, value


@dataclass(frozen=True, slots=True)
class LayerColumn:
    """A column of attributes; `type` is one of `SQL_TYPES`, `comment` what the depositor calls it."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class LayerTable:
    """The table of a layer: `name` is `schema.table`, `key` one of its columns, `srid` an EPSG number."""

    name: str
    columns: tuple[LayerColumn, ...]
    key: str
    geometry: str | None = "geom"
    geometry_type: str = "Geometry"
    srid: int = 2154
    has_z: bool = False
    territory: str | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        for word in (*self.parts, *names, *([self.geometry] if self.geometry else [])):
            if not NAME.fullmatch(word):
                raise BadRequest(Text(f"Nom SQL impossible : « {word} ».", f"Not a usable SQL name: “{word}”."))
        if self.key not in names or (self.territory and self.territory not in names):
            raise BadRequest(
                Text(
                    f"La table {self.name} n'a pas sa clé « {self.key} » ou sa colonne de territoire.",
                    f"Table {self.name} lacks its key “{self.key}” or its territory column.",
                )
            )

    @property
    def parts(self) -> tuple[str, str]:
        """Schema and table."""
        return _parts(self.name)

    @property
    def identifier(self) -> sql.Identifier:
        """The name of the table, quoted."""
        return sql.Identifier(*self.parts)

    @property
    def geometry_sql(self) -> str:
        """`geometry(PointZ,2154)`: from constants and an integer, nothing of the depositor's."""
        kind = self.geometry_type if self.geometry_type in GEOMETRY_TYPES else "Geometry"
        return f"geometry({kind}{'Z' if self.has_z else ''},{int(self.srid)})"


def make(connection: psycopg.Connection[Any], table: LayerTable) -> None:
    """Create the table, empty, with its key, its typed geometry and its comments. It must not be there yet."""
    columns = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(column.name),
            sql.SQL(SQL_TYPES[column.type]),
            sql.SQL(" not null" if column.name == table.key else ""),
        )
        for column in table.columns
    ]
    if table.geometry:
        columns.append(sql.SQL("{} {}").format(sql.Identifier(table.geometry), sql.SQL(table.geometry_sql)))
    connection.execute(sql.SQL("create table {} ({})").format(table.identifier, sql.SQL(", ").join(columns)))
    _comment(connection, table)


def retype(connection: psycopg.Connection[Any], name: str, column: str, type: str) -> bool:
    """Give a column another type, its values kept; False when one of them has no value of that type.

    Takes the lock that `alter table` takes, until the caller's transaction ends.
    """
    statement = sql.SQL("alter table {} alter column {} type {} using {}::text::{}").format(
        sql.Identifier(*_parts(name)),
        sql.Identifier(column),
        sql.SQL(SQL_TYPES[type]),
        sql.Identifier(column),
        sql.SQL(SQL_TYPES[type]),
    )
    try:
        with connection.transaction():
            connection.execute(statement)
    except (psycopg.errors.DataError, psycopg.errors.FeatureNotSupported):
        return False
    return True


@contextmanager
def transaction(connection: psycopg.Connection[Any], *, keep: bool = True) -> Iterator[None]:
    """A transaction; without `keep` everything done in it is undone at its end, as if the file had not come."""
    with connection.transaction():
        yield
        if not keep:
            raise psycopg.Rollback


def index(connection: psycopg.Connection[Any], table: LayerTable) -> None:
    """Key, spatial index and territorial index: made after the rows, which is several times faster than during."""
    try:
        connection.execute(
            sql.SQL("alter table {} add primary key ({})").format(table.identifier, sql.Identifier(table.key))
        )
    except psycopg.errors.UniqueViolation as error:
        raise _refused(error) from None
    if table.geometry:
        connection.execute(
            sql.SQL("create index on {} using gist ({})").format(table.identifier, sql.Identifier(table.geometry))
        )
    if table.territory and table.territory != table.key:
        connection.execute(sql.SQL("create index on {} ({})").format(table.identifier, sql.Identifier(table.territory)))


def alone(connection: psycopg.Connection[Any], name: str) -> bool:
    """Be the only one to fill this table until the transaction ends; False when somebody already is."""
    row = connection.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 92))", (name,)).fetchone()
    return bool(row and row[0])


def clear(connection: psycopg.Connection[Any], table: LayerTable, territories: Iterable[str] | None = None) -> int:
    """Remove every row, or those of some territories, inside the caller's transaction; how many.

    `delete` and not `truncate`: truncate takes a lock that stops readers until the commit, and shows an empty table to
    those whose snapshot is older. With `delete` the readers keep the old rows, whole, until the new ones are
    committed, whole; what it leaves behind is for vacuum.
    """
    statement = sql.SQL("delete from {}").format(table.identifier)
    if territories is None or table.territory is None:
        return connection.execute(statement).rowcount
    limited = sql.SQL("{} where {} = any(%s)").format(statement, sql.Identifier(table.territory))
    return connection.execute(limited, (list(territories),)).rowcount


def fill(
    connection: psycopg.Connection[Any],
    table: LayerTable,
    batches: Iterable[pa.RecordBatch | pa.Table],
    progress: Progress | None = None,
) -> int:
    """Add the rows of the batches by COPY, inside the caller's transaction; the number of rows written.

    Raises RowRefused when the database refuses one, and nothing is written.
    """
    names = [*(column.name for column in table.columns), *([table.geometry] if table.geometry else [])]
    statement = sql.SQL("copy {} ({}) from stdin with (format csv)").format(
        table.identifier, sql.SQL(", ").join(map(sql.Identifier, names))
    )
    written = 0
    with connection.cursor() as cursor:
        try:
            with cursor.copy(statement) as copy:
                for piece in _pieces(batches):
                    copy.write(csv_of(piece.select(names)))
                    written += piece.num_rows
                    if progress:
                        progress(piece.num_rows)
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError, psycopg.errors.InternalError_) as error:
            raise _refused(error) from None
        if cursor.rowcount != written:
            raise Unavailable(
                Text(
                    f"{written} lignes lues, {cursor.rowcount} écrites : l'import est abandonné.",
                    f"{written} rows read, {cursor.rowcount} written: the import is given up.",
                )
            )
    return written


def analyze(connection: psycopg.Connection[Any], table: LayerTable) -> None:
    """Fresh statistics for the planner; call it after the commit, on what readers now see."""
    connection.execute(sql.SQL("analyze {}").format(table.identifier))


def present(connection: psycopg.Connection[Any], name: str) -> dict[str, str] | None:
    """The columns of a table in order (name: SQL type as `format_type` writes it), or None when it is not there."""
    schema, _, table = name.rpartition(".")
    rows = connection.execute(
        """
        select a.attname, format_type(a.atttypid, a.atttypmod)
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid
        where n.nspname = %s
          and c.relname = %s
          and c.relkind in ('r', 'p')
          and a.attnum > 0
          and not a.attisdropped
        order by a.attnum
        """,
        (schema or "public", table),
    ).fetchall()
    return dict(rows) or None


def empty(connection: psycopg.Connection[Any], name: str) -> bool:
    """Whether a table has no row."""
    row = connection.execute(
        sql.SQL("select not exists (select from {})").format(sql.Identifier(*_parts(name)))
    ).fetchone()
    return bool(row and row[0])


def consolidated(connection: psycopg.Connection[Any], collection: str) -> bool:
    """Whether the features of a layer each have an origin: a consolidation made it."""
    row = connection.execute(
        "select exists (select from consolidation.origin where dataset = %s)", (collection,)
    ).fetchone()
    return bool(row and row[0])


def numbered(batch: pa.RecordBatch, key: str, given: int) -> pa.RecordBatch:
    """The batch with a key that continues the numbering: `given` rows came before."""
    numbers = pa.array(range(given + 1, given + batch.num_rows + 1), pa.int64())
    return batch.append_column(key, numbers)


def csv_of(batch: pa.RecordBatch | pa.Table) -> memoryview:
    """The rows as the CSV that COPY reads."""
    text = io.BytesIO()
    arrow_csv.write_csv(batch, text, arrow_csv.WriteOptions(include_header=False, quoting_style="needed"))
    return text.getbuffer()


def _parts(name: str) -> tuple[str, str]:
    """Schema and table of `schema.table`."""
    schema, _, table = name.rpartition(".")
    return schema or "public", table


def _refused(error: psycopg.Error) -> RowRefused:
    """What PostgreSQL says of a row, without its words: place from the context of COPY, value from the detail."""
    context, detail = error.diag.context or "", error.diag.message_detail or ""
    place = re.search(r"^COPY [^,]+, \D+(\d+)(?:, \D+? (\w+))?(?:: \"(.*)\")?", context)
    row = int(place[1]) if place else None
    column = error.diag.column_name or (place[2] if place else None)
    if isinstance(error, psycopg.errors.UniqueViolation):
        key = re.search(r"\((.+)\)=\((.*)\)", detail)
        return RowRefused("duplicate", row, key[1].strip('"') if key else None, key[2] if key else None)
    if isinstance(error, psycopg.errors.NotNullViolation):
        return RowRefused("null", row, column, None)
    if "eometry" in (error.diag.message_primary or ""):
        return RowRefused("geometry", row, column, None)
    return RowRefused("value", row, column, place[3] if place else None)


def _pieces(batches: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.RecordBatch]:
    """The same rows in pieces small enough for memory to stay flat and for progress to move."""
    for batch in batches:
        table = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
        yield from table.to_batches(max_chunksize=PIECE)


def _comment(connection: psycopg.Connection[Any], table: LayerTable) -> None:
    """Write what the table and its columns are, for those who read the database directly."""
    if table.comment:
        connection.execute(sql.SQL("comment on table {} is {}").format(table.identifier, sql.Literal(table.comment)))
    for column in table.columns:
        if column.comment:
            connection.execute(
                sql.SQL("comment on column {} is {}").format(
                    sql.Identifier(*table.parts, column.name), sql.Literal(column.comment)
                )
            )


def remember_rows(connection: psycopg.Connection[Any], name: str, key: str) -> bool:
    """Key and hash of each row of a table, in a temporary table of this transaction; False when it is not there."""
    connection.execute("create temporary table rows_before (key text, hash text) on commit drop")
    if present(connection, name) is None:
        return False
    connection.execute(_hashed(name, key, sql.SQL("insert into pg_temp.rows_before {}")))
    return True


def compare_rows(connection: psycopg.Connection[Any], name: str, key: str) -> dict[str, int]:
    """How many rows were added, changed, removed or left as they were since `remember_rows`, by their key."""
    row = connection.execute(
        _hashed(
            name,
            key,
            sql.SQL(
                "with now as ({}) select count(*) filter (where b.key is null),"
                " count(*) filter (where b.hash <> n.hash), count(*) filter (where n.key is null),"
                " count(*) filter (where b.hash = n.hash)"
                " from pg_temp.rows_before b full join now n on n.key = b.key"
            ),
        )
    ).fetchone()
    assert row is not None
    return dict(zip(("added", "changed", "removed", "unchanged"), row, strict=True))


def _hashed(name: str, key: str, around: sql.SQL) -> sql.Composed:
    schema, table = _parts(name)
    return around.format(
        sql.SQL("select t.{}::text as key, md5(t::text) as hash from {} t").format(
            sql.Identifier(key), sql.Identifier(schema, table)
        )
    )
