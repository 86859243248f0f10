"""Files of rasters as rows that the query engine knows: one relation for a search over several collections.

The collections a caller may query are written into the relation itself, before any condition of the client's: a search
cannot reach the others. Collections that are one file have no row in the database; they join as constants.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mig_idg.store.grant import ALL_ROWS, Grant
from mig_idg.store.statement import literal
from mig_idg.store.table import Column, Geometry, Table

_TEXT: dict[str, Any] = {"sql": "text", "base": "text", "kind": "text", "json": "string"}
_INSTANT: dict[str, Any] = {
    "sql": "timestamp with time zone", "base": "timestamp with time zone", "kind": "timestamp", "json": "string",
    "format": "date-time",
}  # fmt: skip
_NUMBER: dict[str, Any] = {
    "sql": "double precision",
    "base": "double precision",
    "kind": "number",
    "json": "number",
    "format": "double",
}
_WHOLE: dict[str, Any] = {"sql": "bigint", "base": "bigint", "kind": "integer", "json": "integer", "format": "int64"}

_COLUMNS = (
    Column("id", nullable=False, **_TEXT),
    Column("collection", nullable=False, **_TEXT),
    Column("vintage", **_TEXT),
    Column("datetime", **_INSTANT),
    Column("start_datetime", **_INSTANT),
    Column("end_datetime", **_INSTANT),
    Column("created", **_INSTANT),
    Column("gsd", **_NUMBER),
    Column("width", **_WHOLE),
    Column("height", **_WHOLE),
    Column("srid", **_WHOLE),
    Column("west", **_NUMBER),
    Column("south", **_NUMBER),
    Column("east", **_NUMBER),
    Column("north", **_NUMBER),
    Column("size", **_WHOLE),
    Column("sha256", **_TEXT),
    Column("file", **_TEXT),
    Column("points", **_WHOLE),
    Column("facts", **_TEXT),
    # Asked by most clients of satellite pictures; the partnership's are flown under a clear sky, and do not say.
    Column("eo:cloud_cover", **_NUMBER),
)
# What clients may filter and sort by; the rest serves to write the item.
QUERYABLE = (
    "id",
    "collection",
    "vintage",
    "datetime",
    "start_datetime",
    "end_datetime",
    "created",
    "gsd",
    "width",
    "height",
    "eo:cloud_cover",
)
ITEMS = Table(
    schema="served",
    name="raster_file",
    id=_COLUMNS[0],
    geometry=Geometry("footprint", 4326, "POLYGON", nullable=False),
    columns=_COLUMNS,
)

_FILES = """
  select
    f.collection || '.' || f.vintage_name || '.' || f.name as id, f.collection, f.vintage_name as vintage,
    lower(f.during)::timestamp at time zone 'UTC' as datetime,
    lower(f.during)::timestamp at time zone 'UTC' as start_datetime,
    (upper(f.during)::timestamp - interval '1 second') at time zone 'UTC' as end_datetime,
    f.imported_at as created, f.pixel as gsd, f.width::bigint as width, f.height::bigint as height,
    f.srid::bigint as srid, f.west, f.south, f.east, f.north, f.size, f.sha256,
    f.vintage_name || '/' || f.name || f.suffix as file, f.points,
    case when f.points is not null then f.properties::text end as facts, null::float8 as "eo:cloud_cover",
    f.footprint
  from served.raster_file f
  where f.collection = any ({collections})"""
_SINGLES = """
  select
    s.id, s.collection, null, s.datetime, s.datetime, s.datetime, s.created, s.gsd, s.width, s.height, s.srid,
    s.west, s.south, s.east, s.north, s.size, s.sha256, s.file, null, null, null,
    public.st_setsrid(public.st_geomfromgeojson(s.footprint), 4326)
  from jsonb_to_recordset({rows}::jsonb) as s(
    id text, collection text, datetime timestamptz, created timestamptz, gsd float8, width bigint, height bigint,
    srid bigint, west float8, south float8, east float8, north float8, size bigint, sha256 text, file text,
    footprint text
  )"""


@dataclass(frozen=True, slots=True)
class Items(Grant):
    """A grant on the files of some collections; `source` is the relation that holds them and no other."""

    source: str = ""

    @property
    def view(self) -> str:
        """The relation, in place of a view profile's."""
        return self.source


def items(vintages: Sequence[str], singles: Sequence[dict[str, Any]]) -> Items:
    """The files of the collections named (with vintages), and those of the collections that are one file."""
    names = literal("{" + ",".join(f'"{name}"' for name in vintages) + "}") + "::text[]"
    parts = [_FILES.format(collections=names)]
    if singles:
        parts.append(_SINGLES.format(rows=literal(json.dumps(singles, ensure_ascii=True, sort_keys=True))))
    relation = "(" + "\n  union all".join(parts) + "\n) as items"
    return Items(table=ITEMS, role="idg_app", rows=ALL_ROWS, key="stac", public=False, source=relation)
