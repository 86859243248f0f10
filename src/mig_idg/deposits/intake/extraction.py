"""What `reader` answers, in its process: layers, rows as Arrow, sheets of workbooks as CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mig_idg.deposits.intake import storage

BATCH = 20_000
FID = "idg_fid"  # the column of the identifiers that the file keeps beside its attributes
DATE_TIME = b"GDAL:OGR:type"  # how GDAL marks a date and time that it gives as text, with its zone
# What LIBKML adds to every layer, with the values that mean nothing.
KML_MARGINS: dict[str, tuple[Any, ...]] = {
    "timestamp": (None,), "begin": (None,), "end": (None,), "altitudeMode": (None,), "tessellate": (None, -1, 0, 1),
    "extrude": (None, -1, 0, 1), "visibility": (None, -1, 1), "drawOrder": (None,), "icon": (None,),
    "snippet": (None,), "id": (None,), "description": (None,),
}  # fmt: skip


def layers(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Every layer with its type of geometry; a GeoParquet file is one layer."""
    if request["driver"] is None:
        file, facts = _parquet_facts(request["path"])
        return [{"name": "", "schema": _written(_told(file.schema_arrow, {})), **facts}]
    import pyogrio
    from pyogrio.raw import open_arrow

    found = []
    path, wide = _exact(request)
    encoding = request.get("encoding")
    for name, kind in pyogrio.list_layers(path):
        facts = _facts(pyogrio.read_info(path, layer=name, encoding=encoding), request)
        with open_arrow(path, layer=name, encoding=encoding, use_pyarrow=True, datetime_as_string=True) as (
            meta,
            reader,
        ):
            facts["geometry"] = meta.get("geometry_name") or "wkb_geometry"
            schema = reader.schema
            if request["driver"] == "LIBKML":
                schema = _without_margins(reader)
            facts["schema"] = _written(_told(schema, {}))
        told = storage.Told()
        facts |= _really(request, str(path), str(name), facts, wide, schema.names, told)
        found.append({**facts, "name": str(name), "type": kind, "told": told.as_json()})
    return found


def _exact(request: dict[str, Any]) -> tuple[str, list[str]]:
    """The path to read, and the columns whose numbers are given as texts: no double holds them."""
    if request["driver"] not in ("GeoJSON", "GeoJSONSeq"):
        return request["path"], []
    path, wide = storage.exact(Path(request["path"]))
    return str(path), wide


def _really(
    request: dict[str, Any], path: str, layer: str, facts: dict[str, Any], wide: list[str], names: list[str],
    told: storage.Told,
) -> dict[str, Any]:  # fmt: skip
    """What the file holds beyond what GDAL says of it; what is to be told goes to `told`."""
    match request["driver"]:
        case "GPKG":
            rows = storage.geopackage(path, layer, facts["geometry"], told)
            return {} if rows is None else {"really": rows}
        case "GeoJSON" | "GeoJSONSeq":
            found = storage.properties(Path(request["path"]))
            storage.mixed(found, told)
            exact = [name for name in wide if set(found.kinds.get(name, ())) == {"number"}]
            ids = {"some": found.with_id, "words": found.words, "without": found.without, "all": found.features}
            return {"exact": exact, "ids": ids}
        case "ESRI Shapefile":
            return _dbase_facts(Path(path).with_suffix(".dbf"), facts, names, told)
    return {}


def _dbase_facts(path: Path, facts: dict[str, Any], names: list[str], told: storage.Told) -> dict[str, Any]:
    table = storage.dbase(path) if path.exists() else None
    if table is None:
        return {}
    ranks = np.cumsum(~table.deleted)
    for rank, cells in table.bad.items():
        for record, value in cells.items():
            if not table.deleted[record]:
                told.add("value.unreadable", names[rank], int(ranks[record]), value)
    deleted = int(table.deleted.sum())
    really = {"really": int(facts["features"]) - deleted} if deleted else {}
    return {**really, "deleted": deleted, "exact": [names[rank] for rank in table.wide]}


def _without_margins(reader: Any) -> Any:
    """The schema without the columns that KML always has, when they say nothing here."""
    import pyarrow as pa

    idle = {name for name in KML_MARGINS if name in reader.schema.names}
    for batch in reader:
        for name in tuple(idle):
            if set(batch.column(name).unique().to_pylist()) - set(KML_MARGINS[name]):
                idle.discard(name)
    return pa.schema([field for field in reader.schema if field.name not in idle])


def _written(schema: Any) -> str:
    """A schema as text."""
    import base64

    return base64.b64encode(schema.serialize().to_pybytes()).decode("ascii")


def _facts(info: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    if info.get("driver") != request["driver"]:
        raise ValueError(f"opened as {info.get('driver')}")
    return {
        "crs": info.get("crs"),
        "type": info.get("geometry_type"),
        "features": int(info.get("features", -1)),
        "fid": info.get("fid_column") or "",
    }


def rows(request: dict[str, Any], out: BinaryIO) -> None:
    """The rows of one layer, as an Arrow stream."""
    import pyarrow as pa

    if request["driver"] is None:
        file, facts = _parquet_facts(request["path"])
        schema = _told(file.schema_arrow, facts)
        with pa.ipc.new_stream(out, schema) as stream:
            for batch in file.iter_batches(batch_size=BATCH):
                stream.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        return
    import pyogrio
    from pyogrio.raw import open_arrow

    (path, _), layer, encoding = _exact(request), request["layer"], request.get("encoding")
    facts = _facts(pyogrio.read_info(path, layer=layer, encoding=encoding), request)
    table = storage.dbase(Path(path).with_suffix(".dbf")) if request["driver"] == "ESRI Shapefile" else None
    mends = table is not None and bool(table.bad or table.wide)
    wants_fid = bool(request.get("fid")) or mends
    with open_arrow(
        path,
        layer=layer,
        encoding=encoding,
        batch_size=BATCH,
        use_pyarrow=True,
        return_fids=wants_fid,
        datetime_as_string=True,
        # GDAL fills a GeoPackage's batches up to the announced count, with a row twice; a filter makes it count rows.
        where="1=1" if request.get("stale") and request["driver"] == "GPKG" else None,
    ) as (meta, reader):
        facts["geometry"] = meta.get("geometry_name") or "wkb_geometry"
        read = reader.schema
        if wants_fid:  # an attribute may have the same name
            read = read.set(0, pa.field(FID, pa.int64()))
        if mends:
            read = _mended_schema(read, table)
        schema = _told(read, facts)
        with pa.ipc.new_stream(out, schema) as stream:
            for batch in reader:
                columns = _mended(batch.columns, table) if mends else batch.columns
                stream.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _mended_schema(read: Any, table: Any) -> Any:
    """Columns of wide integers are texts."""
    import pyarrow as pa

    for rank in table.wide:
        read = read.set(rank + 1, pa.field(read.field(rank + 1).name, pa.string()))
    return read


def _mended(columns: list[Any], table: Any) -> list[Any]:
    """The columns of a dBASE table, the first being record numbers: no value where nothing readable is written."""
    import pyarrow as pa
    import pyarrow.compute as pc

    records = columns[0].to_numpy()
    made = list(columns)
    for rank, texts in table.wide.items():
        made[rank + 1] = pa.array([texts[record] for record in records], pa.string())
    for rank, cells in table.bad.items():
        bad = np.isin(records, list(cells))
        if bad.any():
            made[rank + 1] = pc.if_else(pa.array(bad), pa.scalar(None, made[rank + 1].type), made[rank + 1])
    return made


def sheets(path: str) -> list[str]:
    """The sheets of a workbook that hold something."""
    from python_calamine import CalamineWorkbook

    with open(path, "rb") as file:  # known by its content, whatever it is called
        book = CalamineWorkbook.from_filelike(file)
    return [name for name in book.sheet_names if any(any(row) for row in book.get_sheet_by_name(name).to_python())]


def sheet(request: dict[str, Any], out: BinaryIO) -> None:
    """The cells of a sheet as CSV, line by line as in the workbook; a merged header is written over all its cells."""
    import csv
    import io

    from python_calamine import CalamineWorkbook

    with open(request["path"], "rb") as file:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_name(request["layer"])
    text = io.TextIOWrapper(out, "utf-8", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    for row in sheet.to_python(skip_empty_area=False):
        writer.writerow([_cell(value) for value in row])
    text.flush()
    text.detach()


def _cell(value: Any) -> str:
    """A cell as a text that says the same: a whole number without point, a date as YYYY-MM-DD."""
    from datetime import datetime

    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.hour or value.minute or value.second else value.date().isoformat()
    return str(value)


def _told(schema: Any, facts: dict[str, Any]) -> Any:
    """The schema without the extensions of others, with what we know of the layer."""
    import pyarrow as pa

    kept = {DATE_TIME}
    plain = [
        pa.field(
            field.name,
            getattr(field.type, "storage_type", field.type),
            metadata={name: value for name, value in (field.metadata or {}).items() if name in kept},
        )
        for field in schema
    ]
    return pa.schema(plain, metadata={"idg": json.dumps(facts)})


def _parquet_facts(path: str) -> tuple[Any, dict[str, Any]]:
    """A GeoParquet file and what its `geo` metadata say (specification 1.x; WKB geometries only)."""
    import pyarrow.parquet as pq
    import pyproj

    file = pq.ParquetFile(path)
    known = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    primary = known.get("primary_column")
    column = known.get("columns", {}).get(primary, {})
    if primary and column.get("encoding") != "WKB":
        raise ValueError("geometries are not WKB")
    told = column.get("crs", "OGC:CRS84")
    crs = None if told is None else pyproj.CRS.from_user_input(told)
    authority = crs.to_authority(min_confidence=60) if crs else None
    kinds = column.get("geometry_types") or []
    return file, {
        "crs": ":".join(authority) if authority else (crs.to_wkt() if crs else None),
        "type": (kinds[0] if len(kinds) == 1 else "Unknown") if primary else None,
        "features": file.metadata.num_rows,
        "fid": "",
        "geometry": primary or "",
    }
