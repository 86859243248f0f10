"""A GeoPackage 1.3 (OGC 12-128r17) written from first byte to last.

SQLite itself makes everything but the rows: system tables, an empty layer, what is owed. That skeleton is the beginning
of the file; the pages of the layer follow (`btree`), and its catalogue is told where they will end. A record of SQLite
holds numbers in network order, as PostgreSQL sends them: values go from one to the other untouched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from pyproj import CRS

from mig_idg.ogc.features.files import KINDS, Layer, Row
from mig_idg.ogc.features.files.btree import Table, pages_for, varint
from mig_idg.store.table import Column

SMALL_PAGE, PAGE = 16_384, 65_536
HELD = 6 * 1024 * 1024
MARGIN = 1.06
_TYPES = {"int2": "SMALLINT", "int4": "MEDIUMINT", "int8": "INTEGER", "float8": "DOUBLE", "bool": "BOOLEAN"}
_SERIAL = {"int2": 2, "int4": 4, "int8": 6, "float8": 7, "bool": 1}

_SYSTEM = """
pragma application_id = 1196444487;
pragma user_version = 10300;
create table gpkg_spatial_ref_sys (
  srs_name text not null,
  srs_id integer not null primary key,
  organization text not null,
  organization_coordsys_id integer not null,
  definition text not null,
  description text
);
create table gpkg_contents (
  table_name text not null primary key,
  data_type text not null,
  identifier text unique,
  description text default '',
  last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x double,
  min_y double,
  max_x double,
  max_y double,
  srs_id integer,
  constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id)
);
create table gpkg_geometry_columns (
  table_name text not null,
  column_name text not null,
  geometry_type_name text not null,
  srs_id integer not null,
  z tinyint not null,
  m tinyint not null,
  constraint pk_geom_cols primary key (table_name, column_name),
  constraint uk_gc_table_name unique (table_name),
  constraint fk_gc_tn foreign key (table_name) references gpkg_contents(table_name),
  constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id)
);
create table gpkg_extensions (
  table_name text,
  column_name text,
  extension_name text not null,
  definition text not null,
  scope text not null,
  constraint ge_tce unique (table_name, column_name, extension_name)
);
create table gpkg_metadata (
  id integer constraint m_pk primary key asc not null,
  md_scope text not null default 'dataset',
  md_standard_uri text not null,
  mime_type text not null default 'text/xml',
  metadata text not null default ''
);
create table gpkg_metadata_reference (
  reference_scope text not null,
  table_name text,
  column_name text,
  row_id_value integer,
  timestamp datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id integer not null,
  md_parent_id integer,
  constraint crmr_mfi_fk foreign key (md_file_id) references gpkg_metadata(id),
  constraint crmr_mpi_fk foreign key (md_parent_id) references gpkg_metadata(id)
);
insert into gpkg_spatial_ref_sys values
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
"""
_METADATA = "http://www.geopackage.org/spec121/#extension_metadata"


class GeoPackage:
    """One layer. What is small is written as SQLite would; the rest as it comes, on pages of 64 kB."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._head = b"GP\x00\x01" + layer.crs.srid.to_bytes(4, "little")
        self._fixed = tuple(_SERIAL.get(cell.form, 0) for cell in layer.cells)
        self._held: list[bytes] = []
        self._size = 0
        self._shapes = 0
        self._table: Table | None = None

    def begin(self) -> bytes:
        """Nothing: the first page says where the last one is, and that takes some rows to know."""
        return b""

    def add(self, rows: Sequence[Row]) -> bytes:
        """Some rows, the geometry last."""
        records = [self._record(row) for row in rows]
        if self._table is None:
            self._held += records
            self._size += sum(map(len, records))
            return self._started() if self._large() else b""
        for record in records:
            self._table.add(record)
        return self._table.taken()

    def end(self) -> bytes:
        """The end of the layer, or all of it when it is small."""
        if self._table is not None:
            return self._table.end()
        first = len(skeleton(self._layer, SMALL_PAGE, 0)) // SMALL_PAGE + 1
        table = Table(SMALL_PAGE, first, None, len(self._held))
        for record in self._held:
            table.add(record)
        pages = table.end()
        assert table.root is not None
        return skeleton(self._layer, SMALL_PAGE, table.root) + pages

    def _large(self) -> bool:
        """True when the rest would be too much to hold back."""
        return self._size / max(len(self._held), 1) * self._layer.rows > HELD

    def _started(self) -> bytes:
        known, rows = len(self._held), self._layer.rows
        weight = self._size / known * rows * MARGIN
        if self._layer.weight:
            shapes = self._shapes / known
            weight = (self._size / known - shapes) * rows * MARGIN + self._layer.weight + 8 * rows
        first = len(skeleton(self._layer, PAGE, 0)) // PAGE + 1
        root = first + pages_for(rows, int(weight), PAGE) - 1
        self._table = Table(PAGE, first, root, rows)
        for record in self._held:
            self._table.add(record)
        self._held.clear()
        return skeleton(self._layer, PAGE, root) + self._table.taken()

    def _record(self, row: Row) -> bytes:
        """A record of SQLite: the type of each value, then the values. The row number stands for the first column."""
        types = bytearray(1)
        place = len(self._fixed)
        for fixed, value in zip(self._fixed, row, strict=False):
            if value is None:
                types.append(0)
            elif fixed:
                types.append(fixed)
            else:
                size = 2 * len(value) + 13
                if size < 128:
                    types.append(size)
                else:
                    types += varint(size)
        values = [value for value in row[:place] if value is not None]
        if self._layer.geometry is not None:
            shape = row[place]
            if shape is None:
                types.append(0)
            else:
                types += varint(2 * len(shape) + 28)
                values += (self._head, shape)
                self._shapes += len(shape)
        length = len(types) + 1
        return varint(length if length < 128 else length + 1) + bytes(types) + b"".join(values)


def skeleton(layer: Layer, page: int, root: int) -> bytes:
    """The GeoPackage without the rows of its layer, whose root page is said to be `root`."""
    made = sqlite3.connect(":memory:")
    try:
        made.execute(f"pragma page_size = {page}")
        made.executescript(_SYSTEM)
        _describe(made, layer)
        made.execute(_layer_table(layer))
        made.commit()
        own = made.execute("select rootpage from sqlite_schema where name = ?", [layer.name]).fetchone()[0]
        made.execute("pragma writable_schema = on")
        made.execute("update sqlite_schema set rootpage = ? where name = ?", [root, layer.name])
        made.commit()
        pages = bytearray(made.serialize())
    finally:
        made.close()
    assert own * page == len(pages), "the layer's empty page is the last one"
    # Zero pages: SQLite then goes by the size of the file.
    pages[28:32] = bytes(4)
    return bytes(pages[:-page])


def _describe(made: sqlite3.Connection, layer: Layer) -> None:
    srid = layer.crs.srid
    if layer.geometry is None:
        made.execute(
            "insert into gpkg_contents (table_name, data_type, identifier, description) values (?, 'attributes', ?, ?)",
            [layer.name, layer.title, layer.mention],
        )
    else:
        crs = CRS.from_epsg(srid)
        made.execute(
            "insert into gpkg_spatial_ref_sys values (?, ?, 'EPSG', ?, ?, null)", [crs.name, srid, srid, _wkt(crs)]
        )
        if srid != 4326:
            world = CRS.from_epsg(4326)
            made.execute(
                "insert into gpkg_spatial_ref_sys values (?, 4326, 'EPSG', 4326, ?, null)", [world.name, _wkt(world)]
            )
        made.execute(
            "insert into gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y,"
            " srs_id) values (?, 'features', ?, ?, ?, ?, ?, ?, ?)",
            [layer.name, layer.title, layer.mention, *(layer.extent or (None,) * 4), srid],
        )
        made.execute(
            "insert into gpkg_geometry_columns values (?, ?, ?, ?, ?, 0)",
            [layer.name, shape_name(layer), layer.geometry.type, srid, int(layer.geometry.has_z)],
        )
    made.execute(
        "insert into gpkg_metadata (md_standard_uri, mime_type, metadata) values ('http://gdal.org', 'text/xml', ?)",
        [_metadata(layer)],
    )
    made.execute(
        "insert into gpkg_metadata_reference (reference_scope, table_name, md_file_id) values ('table', ?, 1)",
        [layer.name],
    )
    made.executemany(
        "insert into gpkg_extensions values (?, null, 'gpkg_metadata', ?, 'read-write')",
        [(name, _METADATA) for name in ("gpkg_metadata", "gpkg_metadata_reference")],
    )


def _wkt(crs: CRS) -> str:
    return crs.to_wkt("WKT1_GDAL")


def _metadata(layer: Layer) -> str:
    words = layer.mention.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<GDALMultiDomainMetadata><Metadata><MDI key="ATTRIBUTION">{words}</MDI></Metadata></GDALMultiDomainMetadata>'
    )


def shape_name(layer: Layer) -> str:
    """The column of the geometry."""
    assert layer.geometry is not None
    return layer.geometry.name


def _layer_table(layer: Layer) -> str:
    taken = {cell.column.name.casefold() for cell in layer.cells}
    taken.add(layer.geometry.name.casefold() if layer.geometry else "")
    number = next(name for name in ("fid", "ogc_fid", *(f"fid_{n}" for n in range(2000))) if name not in taken)
    columns = [f"{number} integer primary key not null"]
    used = {number, layer.geometry.name.casefold() if layer.geometry else ""}
    for cell in layer.cells:
        empty = "" if cell.column.nullable else " not null"
        columns.append(f"{_name(_free(cell.column.name, used))} {_type(cell.column, cell.form)}{empty}")
    if layer.geometry is not None:
        kind = KINDS.get(layer.geometry.type, "Geometry").upper()
        columns.append(f"{_name(shape_name(layer))} {kind}")
    return f"create table {_name(layer.name)} ({', '.join(columns)})"


def _free(name: str, used: set[str]) -> str:
    """The name, or the name and a number: SQLite takes `ID` and `id` for one column."""
    free = next(one for one in (name, *(f"{name}_{n}" for n in range(2, 5000))) if one.casefold() not in used)
    used.add(free.casefold())
    return free


def _type(column: Column, form: str) -> str:
    if form in _TYPES:
        return _TYPES[form]
    return {"date": "DATE", "timestamp": "DATETIME"}.get(column.kind, "TEXT")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
