"""What a layer's table is: read once from the catalogue, at publication, and trusted from then on.

A `Table` names every column by what it is to a client (JSON type, format, nullability) and to the compiler (SQL type).
*Companions* hold the layer's geometry in another CRS: generated columns of the table, or columns of the copy that
publication prepares for readers (`store.prepare`). They are never properties.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from psycopg import Connection

from mig_idg.errors import NotFound, Text, UnknownWord, Unprocessable
from mig_idg.store.statement import quoted

Kind = Literal[
    "text", "integer", "number", "boolean", "date", "timestamp", "time", "uuid", "json", "array", "geometry", "other"
]

GENERIC_GEOMETRY = "GEOMETRY"
# The schema of the copies, and in them the column of the feature's text: GeoJSON, CRS84, all properties; after how many
# characters its properties come; and what stands before them with the geometry in the CRS of storage. The geometry as
# tiles want it: Web Mercator, flat, to the millimetre, as TWKB, which is a fifth of its size.
COPIES, TEXT, CUT, NATIVE, WEB = "prepared", "idg_feature", "idg_cut", "idg_native", "idg_web"
MERCATOR = 3857
# How the columns that statements and copies add are named.
RESERVED = "idg_"
# Types that PostgreSQL itself takes for text; the other ones of that kind are enumerations and domains.
TEXTS = ("text", "character varying", "character", "name", "citext")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `sql` is its type as PostgreSQL writes it (`character varying(5)`), `base` the same without modifier.

    `kind` is the family the filter language reasons with; `json` and `format` are what JSON Schema says of it.
    `element` is the kind of the elements of an array. A timestamp without time zone is taken as UTC.
    """

    name: str
    sql: str
    base: str
    kind: Kind
    json: str
    format: str | None = None
    nullable: bool = True
    comment: str | None = None
    max_length: int | None = None
    element: Kind | None = None
    zoned: bool = True
    generated: bool = False
    has_default: bool = False
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Geometry:
    """The layer's geometry column: SRID of storage, OGC type name in capitals, and whether heights are stored.

    `type` is what readers get: straight segments. `curved` says that the table may hold arcs, which are drawn as chords
    (32 to a quarter of a circle), once in the copy, or for each answer without one; `measured` that its vertices have a
    measure, which no reader gets.
    """

    name: str
    srid: int
    type: str
    has_z: bool = False
    nullable: bool = True
    comment: str | None = None
    curved: bool = False
    measured: bool = False


@dataclass(frozen=True, slots=True)
class TimeExtent:
    """First and last instants of a column that tells time, for each territory of the rows (`*`: the table has none).

    Territories are what a right may limit rows to: of these, a caller is told about theirs alone.
    """

    column: str
    by_territory: Mapping[str, tuple[str, str]]

    def seen(self, rows: Iterable[str] | None, hidden: Collection[str]) -> tuple[str, str] | None:
        """From when to when, over the territories `rows` (None: no limit); None when there is nothing to tell."""
        if self.column in hidden:
            return None
        found = self.by_territory.values() if rows is None else [
            self.by_territory[code] for code in rows if code in self.by_territory
        ]  # fmt: skip
        starts, ends = [start for start, _ in found], [end for _, end in found]
        return (min(starts), max(ends)) if starts else None


@dataclass(frozen=True, slots=True)
class Stats:
    """What was counted at publication over the whole table: rows, and extent (xmin, ymin, xmax, ymax) in its CRS."""

    rows: int
    extent: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A layer's table. `columns` are the properties in table order, the id among them, geometries apart.

    `copy` is the name, in schema `prepared`, of the copy that readers have; `text` its column with the whole feature,
    `pieces` those that help to tell it in another CRS, and `web` the one that tiles draw from; `tiles` the name, in the
    same schema, of the table of tiles drawn ahead for whoever sees every column; `searched` the columns that `q` looks
    in, and `searched_apart` whether its index holds each of them apart (`store.full_text`).
    `area` is where the rows are (west, south, east, north in degrees), as far as it may be told.
    """

    schema: str
    name: str
    id: Column
    geometry: Geometry | None
    columns: tuple[Column, ...]
    territory: str | None = None
    companions: tuple[tuple[int, str], ...] = ()
    stats: Stats | None = None
    copy: str | None = None
    text: str | None = None
    pieces: tuple[str, ...] = ()
    web: str | None = None
    tiles: str | None = None
    searched: tuple[str, ...] = ()
    area: tuple[float, float, float, float] | None = None
    searched_apart: bool = False
    _by_name: dict[str, Column] = field(default_factory=dict, init=False, repr=False, compare=False)
    _hash: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update((c.name, c) for c in self.columns)

    def __hash__(self) -> int:
        """Computed once: a table is part of the key of every compiled statement."""
        if not self._hash:
            self._hash.append(hash((self.schema, self.name, self.columns, self.geometry, self.companions, self.copy)))
        return self._hash[0]

    def column(self, name: str) -> Column | None:
        """The property of that name, or None."""
        return self._by_name.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all properties."""
        return tuple(c.name for c in self.columns)

    @property
    def geometry_columns(self) -> tuple[str, ...]:
        """Geometry and companions: a view profile that shows the geometry is granted all of them, or none."""
        return (self.geometry.name, *(name for _, name in self.companions)) if self.geometry else ()

    @property
    def read(self) -> str:
        """The relation that readers have, quoted: the copy, or the table itself."""
        schema, name = (COPIES, self.copy) if self.copy else (self.schema, self.name)
        return f"{quoted(schema)}.{quoted(name)}"

    @property
    def written(self) -> Table:
        """The table as its depositor made it, which editors write to: nothing that publication prepared."""
        return replace(self, companions=(), copy=None, text=None, pieces=(), web=None, tiles=None)

    def geometry_in(self, srid: int) -> str | None:
        """The column that already holds the geometry in this SRID, or None."""
        if self.geometry is None:
            return None
        if self.geometry.srid == srid:
            return self.geometry.name
        return next((name for known, name in self.companions if known == srid), None)


_FIND = "select to_regclass(format('%%I.%%I', %s::text, %s::text))::oid"

_COLUMNS = """
select
  a.attname,
  format_type(a.atttypid, a.atttypmod),
  format_type(case when t.typtype = 'd' then t.typbasetype else a.atttypid end, null),
  t.typcategory::text,
  t.typtype::text,
  a.attnotnull,
  col_description(a.attrelid, a.attnum),
  information_schema._pg_char_max_length(a.atttypid, a.atttypmod),
  format_type(t.typelem, null),
  a.attgenerated <> '' or a.attidentity = 'a',
  a.atthasdef or a.attidentity <> '',
  case when t.typname = 'geometry' then postgis_typmod_srid(a.atttypmod) end,
  case when t.typname = 'geometry' then upper(postgis_typmod_type(a.atttypmod)) end,
  array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)
from pg_attribute a
join pg_type t on t.oid = a.atttypid
where a.attrelid = %s::regclass
  and a.attnum > 0
  and not a.attisdropped
order by a.attnum
"""

_UNIQUE = """
select exists (
  select
  from pg_index i
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = %s::regclass
    and i.indisunique
    and i.indisvalid
    and i.indpred is null
    and i.indnkeyatts = 1
    and a.attname = %s
)
"""


def describe(
    connection: Connection[Any], table: str, id: str, geometry: str | None, territory: str | None = None
) -> Table:
    """The table named `schema.table` as it is in the database.

    Raises NotFound (no such table), UnknownWord (no such column; the nearest is proposed) and Unprocessable (an id that
    is not unique, a geometry without SRID, a territory that is not text).
    """
    schema, name = _split(table)
    found = connection.execute(_FIND, [schema, name]).fetchone()
    if found is None or found[0] is None:
        raise NotFound(
            Text(f"La table « {schema}.{name} » n'existe pas.", f"There is no table “{schema}.{name}”."),
            remedy=Text("Importez les données d'abord : mig-idg import.", "Import the data first: mig-idg import."),
        )
    kind = connection.execute("select relkind::text from pg_class where oid = %s", [found[0]]).fetchone()
    if kind is not None and kind[0] not in ("r", "p"):
        raise Unprocessable(
            Text(
                f"« {schema}.{name} » n'est pas une table : ses lignes ne peuvent être protégées ni suivies.",
                f"“{schema}.{name}” is not a table: its rows can be neither protected nor followed.",
            ),
            remedy=Text("Publiez la table, ou créez-en une (create table … as).", "Publish the table, or make one."),
        )
    rows = connection.execute(_COLUMNS, [found[0]]).fetchall()
    plain = {row[0]: _column(row) for row in rows if row[2] != "geometry"}
    shapes = {row[0]: row for row in rows if row[2] == "geometry"}
    if id not in plain:
        raise UnknownWord(Text("Colonne", "column"), id, plain)
    if ours := next((name for name in (*plain, *shapes) if name.startswith(RESERVED)), None):
        raise Unprocessable(
            Text(
                f"La colonne « {ours} » de {schema}.{name} porte un nom réservé : {RESERVED}…",
                f"Column “{ours}” of {schema}.{name} has a reserved name: {RESERVED}…",
            ),
            remedy=Text("Renommez-la.", "Rename it."),
            extra={"column": ours},
        )
    unique = connection.execute(_UNIQUE, [found[0], id]).fetchone()
    if not unique or not unique[0] or plain[id].nullable:
        raise Unprocessable(
            Text(
                f"La colonne « {id} » de {schema}.{name} ne peut pas servir d'identifiant : "
                "elle n'est pas unique, ou admet des valeurs vides.",
                f"Column “{id}” of {schema}.{name} cannot be an identifier: it is not unique, or may be empty.",
            ),
            remedy=Text("Faites-en la clé primaire.", "Make it the primary key."),
            extra={"column": id},
        )
    return Table(
        schema=schema,
        name=name,
        id=plain[id],
        geometry=_geometry(shapes, geometry, f"{schema}.{name}"),
        columns=tuple(plain.values()),
        territory=_territory(plain, territory, f"{schema}.{name}"),
        companions=tuple((row[11], key) for key, row in shapes.items() if row[9] and key != geometry),
    )


def _split(table: str) -> tuple[str, str]:
    schema, dot, name = table.partition(".")
    return (schema, name) if dot else ("data", schema)


def _column(row: tuple[Any, ...]) -> Column:
    name, sql, base, category, typtype, not_null, comment, length, element, generated, default, _, _, codes = row
    kind, json, form = _families(base, category, typtype)
    inner = _families(element, "", "b")[0] if kind == "array" and element else None
    return Column(
        name=name,
        sql=sql,
        base=base,
        kind=kind,
        json=json,
        format=form,
        nullable=not not_null,
        comment=comment,
        max_length=length,
        element=inner,
        zoned=base != "timestamp without time zone",
        generated=generated,
        has_default=default,
        codes=tuple(codes),
    )


_FAMILIES: dict[str, tuple[Kind, str, str | None]] = {
    "smallint": ("integer", "integer", "int32"),
    "integer": ("integer", "integer", "int32"),
    "bigint": ("integer", "integer", "int64"),
    "numeric": ("number", "number", None),
    "real": ("number", "number", "float"),
    "double precision": ("number", "number", "double"),
    "boolean": ("boolean", "boolean", None),
    "date": ("date", "string", "date"),
    "timestamp with time zone": ("timestamp", "string", "date-time"),
    "timestamp without time zone": ("timestamp", "string", "date-time"),
    "time without time zone": ("time", "string", "time"),
    "time with time zone": ("time", "string", "time"),
    "uuid": ("uuid", "string", "uuid"),
    "json": ("json", "object", None),
    "jsonb": ("json", "object", None),
    "text": ("text", "string", None),
    "character varying": ("text", "string", None),
    "character": ("text", "string", None),
    "name": ("text", "string", None),
    "citext": ("text", "string", None),
}


def _families(base: str, category: str, typtype: str) -> tuple[Kind, str, str | None]:
    """Family, JSON type and format of an SQL type; what has no JSON type of its own is given as a string."""
    if base in _FAMILIES:
        return _FAMILIES[base]
    if base.endswith("[]"):
        return "array", "array", None
    if typtype == "e" or category == "S":
        return "text", "string", None
    return "other", "string", None


def _geometry(shapes: dict[str, tuple[Any, ...]], wanted: str | None, table: str) -> Geometry | None:
    if wanted is None:
        return None
    if wanted not in shapes:
        raise UnknownWord(Text("Colonne de géométrie", "geometry column"), wanted, shapes)
    row = shapes[wanted]
    srid, declared = row[11], row[12]
    if not srid:
        raise Unprocessable(
            Text(
                f"La géométrie « {wanted} » de {table} n'a pas de système de coordonnées.",
                f"Geometry “{wanted}” of {table} has no coordinate reference system.",
            ),
            remedy=Text(
                f"alter table {table} alter column {wanted} type geometry(…, 2154)",
                f"alter table {table} alter column {wanted} type geometry(…, 2154)",
            ),
            extra={"column": wanted},
        )
    flat = declared.removesuffix("ZM").removesuffix("Z").removesuffix("M") or GENERIC_GEOMETRY
    return Geometry(
        name=wanted,
        srid=srid,
        type=_STRAIGHT.get(flat, flat),
        has_z=declared.removeprefix(flat).startswith("Z"),
        nullable=not row[5],
        comment=row[6],
        curved=flat in _STRAIGHT or flat in (GENERIC_GEOMETRY, "GEOMETRYCOLLECTION"),
        measured=declared.endswith("M"),
    )


# What `st_curvetoline` makes of the types with arcs.
_STRAIGHT = {
    "CIRCULARSTRING": "LINESTRING",
    "COMPOUNDCURVE": "LINESTRING",
    "CURVEPOLYGON": "POLYGON",
    "MULTICURVE": "MULTILINESTRING",
    "MULTISURFACE": "MULTIPOLYGON",
}


def _territory(plain: dict[str, Column], wanted: str | None, table: str) -> str | None:
    if wanted is None:
        return None
    if wanted not in plain:
        raise UnknownWord(Text("Colonne", "column"), wanted, plain)
    if plain[wanted].kind != "text":
        raise Unprocessable(
            Text(
                f"La colonne de territoire « {wanted} » de {table} doit être un texte (code INSEE).",
                f"Territory column “{wanted}” of {table} must be text (INSEE code).",
            ),
            extra={"column": wanted},
        )
    return wanted
