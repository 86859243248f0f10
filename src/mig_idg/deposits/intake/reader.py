"""The process that opens files of strangers: GDAL or Arrow, away from the rest, telling what it reads as Arrow.

Run as `python -m mig_idg.deposits.intake.reader REQUEST` by `vectors`, never imported by it. A library that crashes on
a hostile file takes this process with it and nothing else: no database, no network (a network namespace of its own
where the system allows it), limited memory and files. The drivers that are not needed are skipped before GDAL starts.

REQUEST is JSON: {path, driver, what: "layers" | "rows", layer, encoding, fid, memory}. The answer is JSON on the
standard output (layers), or an Arrow stream whose schema carries what is known of the layer under `idg` (rows). What
goes wrong is JSON on the standard error: {error: a word, detail}.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

DRIVERS = ("ESRI Shapefile", "GML", "GeoJSON", "GPKG", "FlatGeobuf")
BATCH = 20_000

# Vector drivers that GDAL would otherwise offer; some open addresses, other files, or programs.
SKIPPED = (
    "ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "CAD", "CSV", "CSW", "Carto", "DGN", "DXF", "EDIGEO", "EEDA",
    "ESRIJSON", "Elasticsearch", "GDALG", "GPSBabel", "GPX", "GTFS", "GeoJSONSeq", "GeoRSS", "HTTP", "Idrisi",
    "Interlis 1", "Interlis 2", "JML", "JSONFG", "KML", "LIBKML", "LVBAG", "MBTiles", "MVT", "MapInfo File", "MapML",
    "MiraMonVector", "MongoDBv3", "MySQL", "NAS", "NGW", "OAPIF", "ODBC", "ODS", "OGCAPI", "OGR_GMT", "OGR_PDS",
    "OGR_VRT", "OSM", "OpenFileGDB", "PCIDSK", "PDF", "PDS4", "PGDUMP", "PGeo", "PLSCENES", "PMTiles", "Parquet",
    "Arrow", "PostgreSQL", "S57", "SQLite", "SVG", "SXF", "Selafin", "TIGER", "TopoJSON", "UK .NTF", "VDV", "VFK",
    "VICAR", "VRT", "WAsP", "WFS", "XLS", "XLSX", "XODR", "netCDF", "HDF5", "GMLAS", "SOSI", "SDTS",
)  # fmt: skip

ENVIRONMENT = {
    "GDAL_SKIP": ",".join(SKIPPED),
    "OGR_SKIP": ",".join(SKIPPED),
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "CPL_CURL_ENABLE_VSIMEM": "NO",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "OGR_XMLVALIDATE": "NO",
    "OGR_STROKE_CURVE": "TRUE",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
    "PROJ_NETWORK": "OFF",
    "CPL_LOG_ERRORS": "OFF",
    "LC_ALL": "C.UTF-8",
}


def main() -> int:
    """Answer one request."""
    request = json.loads(sys.argv[1])
    _confine(int(request["memory"]))
    try:
        response = _layers(request) if request["what"] == "layers" else None
        if response is not None:
            sys.stdout.write(json.dumps(response))
        else:
            _rows(request, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more: the columns were enough
    except MemoryError:
        return _fail("memory", "")
    except Exception as error:
        # Whatever the libraries raise is one thing to the caller: a file that cannot be read.
        return _fail("unreadable", f"{type(error).__name__}: {error}"[:500])
    return 0


def _confine(memory: int) -> None:
    """Limits of this process; the network goes first, while there is one thread."""
    try:
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    except OSError:
        pass  # not allowed here; the drivers that could use a network are skipped anyway
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def _fail(word: str, detail: str) -> int:
    sys.stderr.write(json.dumps({"error": word, "detail": detail}))
    return 1


def _layers(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Every layer with its type of geometry; a GeoParquet file is one layer."""
    if request["driver"] is None:
        file, facts = _parquet_facts(request["path"])
        return [{"name": "", "schema": _written(_told(file.schema_arrow, {})), **facts}]
    import pyogrio
    from pyogrio.raw import open_arrow

    found = []
    path, encoding = request["path"], request.get("encoding")
    for name, kind in pyogrio.list_layers(path):
        facts = _facts(pyogrio.read_info(path, layer=name, encoding=encoding), request)
        with open_arrow(path, layer=name, encoding=encoding, use_pyarrow=True, return_fids=bool(facts["fid"])) as (
            meta,
            reader,
        ):
            facts["geometry"] = meta.get("geometry_name") or "wkb_geometry"
            facts["schema"] = _written(_told(reader.schema, {}))
        found.append({**facts, "name": str(name), "type": kind})
    return found


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
        # An attribute may have the name of the key (GeoJSON: a property "id"); the attribute is what was written.
        "fid": fid if (fid := info.get("fid_column") or "") not in info.get("fields", ()) else "",
    }


def _rows(request: dict[str, Any], out: BinaryIO) -> None:
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

    path, layer, encoding = request["path"], request["layer"], request.get("encoding")
    facts = _facts(pyogrio.read_info(path, layer=layer, encoding=encoding), request)
    wants_fid = bool(facts["fid"]) and facts["fid"] == request.get("fid")
    with open_arrow(
        path, layer=layer, encoding=encoding, batch_size=BATCH, use_pyarrow=True, return_fids=wants_fid
    ) as (meta, reader):
        facts["geometry"] = meta.get("geometry_name") or "wkb_geometry"
        schema = _told(reader.schema, facts)
        with pa.ipc.new_stream(out, schema) as stream:
            for batch in reader:
                stream.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def _told(schema: Any, facts: dict[str, Any]) -> Any:
    """The schema without the extensions of others, with what we know of the layer."""
    import pyarrow as pa

    plain = [pa.field(field.name, getattr(field.type, "storage_type", field.type)) for field in schema]
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


if __name__ == "__main__":
    sys.exit(main())
