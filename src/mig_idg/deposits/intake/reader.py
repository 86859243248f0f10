"""The process that opens files of strangers: GDAL or Arrow, away from the rest, telling what it reads as Arrow.

Run as `python -m mig_idg.deposits.intake.reader REQUEST` by `vectors`, never imported by it. A library that crashes on
a hostile file takes this process with it and nothing else: no database, no network (a network namespace of its own
where the system allows it), limited memory and files. Every driver but the one that is needed is skipped first.

REQUEST is JSON: {path, driver, what: "layers" | "rows" | "sheets" | "sheet", layer, encoding, fid, memory}. The answer
is JSON on the standard output (layers, sheets), an Arrow stream whose schema carries what is known of the layer under
`idg` (rows), or CSV (sheet). What goes wrong is JSON on the standard error: {error: a word, detail}.
"""

from __future__ import annotations

import json
import os
import resource
import sys

DRIVERS = (
    "ESRI Shapefile", "GML", "GeoJSON", "GPKG", "FlatGeobuf", "GeoJSONSeq", "LIBKML", "OpenFileGDB", "DXF",
    "MapInfo File",
)  # fmt: skip

# Vector drivers that GDAL would otherwise offer; some open addresses, other files, or programs.
SKIPPED = (
    "ADBC", "AIVector", "AVCBin", "AVCE00", "AmigoCloud", "CAD", "CSV", "CSW", "Carto", "DGN", "EDIGEO", "EEDA",
    "ESRIJSON", "Elasticsearch", "GDALG", "GPSBabel", "GPX", "GTFS", "GeoRSS", "HTTP", "Idrisi",
    "Interlis 1", "Interlis 2", "JML", "JSONFG", "KML", "LVBAG", "MBTiles", "MVT", "MapML",
    "MiraMonVector", "MongoDBv3", "MySQL", "NAS", "NGW", "OAPIF", "ODBC", "ODS", "OGCAPI", "OGR_GMT", "OGR_PDS",
    "OGR_VRT", "OSM", "PCIDSK", "PDF", "PDS4", "PGDUMP", "PGeo", "PLSCENES", "PMTiles", "Parquet",
    "Arrow", "PostgreSQL", "S57", "SQLite", "SVG", "SXF", "Selafin", "TIGER", "TopoJSON", "UK .NTF", "VDV", "VFK",
    "VICAR", "VRT", "WAsP", "WFS", "XLS", "XLSX", "XODR", "netCDF", "HDF5", "GMLAS", "SOSI", "SDTS",
)  # fmt: skip

ENVIRONMENT = {
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
    "LIBKML_RESOLVE_STYLE": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
    "PROJ_NETWORK": "OFF",
    "CPL_LOG_ERRORS": "OFF",
    "LC_ALL": "C.UTF-8",
}


def environment(driver: str | None) -> dict[str, str]:
    """The environment of this process: its settings, and no driver but this one."""
    skipped = ",".join(name for name in (*SKIPPED, *DRIVERS) if name != driver)
    return {**ENVIRONMENT, "GDAL_SKIP": skipped, "OGR_SKIP": skipped}


def main() -> int:
    """Answer one request."""
    request = json.loads(sys.argv[1])
    _confine(int(request["memory"]))
    # Only now: numpy and GDAL start threads, and a process of several cannot leave the network.
    from mig_idg.deposits.intake import extraction

    try:
        match request["what"]:
            case "layers":
                sys.stdout.write(json.dumps(extraction.layers(request)))
            case "sheets":
                sys.stdout.write(json.dumps(extraction.sheets(request["path"])))
            case "sheet":
                extraction.sheet(request, sys.stdout.buffer)
            case _:
                extraction.rows(request, sys.stdout.buffer)
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


if __name__ == "__main__":
    sys.exit(main())
