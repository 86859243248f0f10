"""The peers: what each needs, how it is configured and started, as its own pages say.

Python peers live in a virtual environment of their own under the home, made once with uv; programs are found on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from bench import adapters
from bench.dataset import LAYERS, Ground
from bench.workloads import L93, Question
from mig_idg.errors import Text, Unavailable

WORKERS = 2
Path_ = Callable[[Question], str | None]
# command, environment, address that answers when it is ready, how it is asked
QUIET = ("--log-level=critical", "--no-access-log", "--loop=uvloop", "--http=httptools")

Recipe = tuple[list[str], dict[str, str], str, Path_]


def _tipg(ground: Ground, port: int) -> Recipe | None:
    python = _environment(ground, "tipg", "tipg", "uvicorn", "uvloop", "httptools")
    host, role = quote(str(ground.cluster.sockets), safe=""), "idg_owner"
    environment = {
        "DATABASE_URL": f"postgresql://{role}@{host}:5432/idg",
        "TIPG_DB_SCHEMAS": '["data"]',
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
        "TIPG_MAX_FEATURES_PER_TILE": "100000",
        "TIPG_TILE_BUFFER": "64",
        "TIPG_CATALOG_TTL": "3600",
    }
    command = [str(python), "-m", "uvicorn", "tipg.main:app", f"--port={port}", f"--workers={WORKERS}", *QUIET]
    return command, environment, "/healthz", adapters.tipg


def _pygeoapi(ground: Ground, port: int) -> Recipe | None:
    python = _environment(
        ground, "pygeoapi", "pygeoapi==0.24.*", "starlette", "uvicorn", "uvloop", "httptools", "sqlalchemy",
        "geoalchemy2", "psycopg2-binary",
    )  # fmt: skip
    folder = ground.cluster.home / "peers" / "pygeoapi-config"
    folder.mkdir(parents=True, exist_ok=True)
    config, openapi = folder / "config.yml", folder / "openapi.json"
    config.write_text(json.dumps(_pygeoapi_config(ground, port)))
    environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    generate = [str(python.parent / "pygeoapi"), "openapi", "generate", str(config), "--format=json"]
    _done("pygeoapi", [*generate, f"--output-file={openapi}"], environment)
    application = ["pygeoapi.starlette_app:APP", f"--port={port}", f"--workers={WORKERS}"]
    command = [str(python), "-m", "uvicorn", *application, *QUIET]
    return command, environment, "/conformance", adapters.pygeoapi


def _pygeoapi_config(ground: Ground, port: int) -> dict[str, object]:
    data = {
        "host": str(ground.cluster.sockets), "port": 5432, "dbname": "idg", "user": "idg_owner", "password": "",
        "search_path": ["data", "public"],
    }  # fmt: skip
    crs = ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", L93]
    metadata = {
        "identification": {
            "title": "t", "description": "d", "keywords": ["k"], "keywords_type": "theme",
            "terms_of_service": "https://example.org", "url": "https://example.org",
        },
        "license": {"name": "l", "url": "https://example.org"},
        "provider": {"name": "p", "url": "https://example.org"},
        "contact": {"name": "c", "position": "p", "email": "c@example.org", "url": "https://example.org"},
    }  # fmt: skip
    resources = {
        layer: {
            "type": "collection", "title": layer, "description": layer, "keywords": ["k"], "links": [],
            "extents": {"spatial": {"bbox": [-180, -90, 180, 90], "crs": crs[0]}},
            "providers": [{
                "type": "feature", "name": "PostgreSQL", "data": data, "id_field": key, "table": table.split(".")[1],
                "geom_field": "geom", "crs": crs, "storage_crs": L93, "count": False,
            }],
        }
        for layer, (table, key) in LAYERS.items()
    }  # fmt: skip
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}",
            "mimetype": "application/json", "encoding": "utf-8",
            "languages": ["en-US"], "limits": {"default_items": 10, "max_items": 10000},
            "map": {"url": "https://example.org", "attribution": "a"}, "gzip": False,
        },
        "logging": {"level": "ERROR"},
        "metadata": metadata,
        "resources": resources,
    }  # fmt: skip


_MAP = """MAP
NAME "bench"
EXTENT 200000 6200000 300000 6300000
SIZE 256 256
PROJECTION "epsg:3857" END
OUTPUTFORMAT NAME "mvt" DRIVER "MVT" FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=4" END
WEB METADATA "ows_enable_request" "*" "oga_onlineresource" "{base}/bench/ogcapi" "ows_srs" "EPSG:4326" END END
{layers}
END
"""
_LAYER = """LAYER
NAME "{layer}"
TYPE {kind}
STATUS ON
CONNECTIONTYPE POSTGIS
CONNECTION "host='{host}' port=5432 dbname='idg' user='idg_owner'"
PROCESSING "CLOSE_CONNECTION=DEFER"
DATA "geom from data.{layer} using unique {key} using srid=2154"
EXTENT 600000 6800000 700000 6900000
PROJECTION "epsg:2154" END
METADATA "ows_title" "{layer}" "gml_include_items" "all" "gml_featureid" "{key}" "oga_max_limit" "10000" END
TEMPLATE "none"
CLASS END
END
"""


def _mapserver(ground: Ground, port: int) -> Recipe | None:
    program = shutil.which("mapserv") or shutil.which("mapserv", path="/usr/lib/cgi-bin")
    if program is None:
        return None
    folder = ground.cluster.home / "peers" / "mapserver"
    folder.mkdir(parents=True, exist_ok=True)
    layers = "".join(
        _LAYER.format(layer=layer, key=key, host=ground.cluster.sockets, kind="LINE" if layer == "pcrs" else "POINT")
        for layer, (_, key) in LAYERS.items()
    )
    (folder / "bench.map").write_text(_MAP.format(base=f"http://127.0.0.1:{port}", layers=layers))
    config = f'CONFIG\nENV\nMS_MAP_PATTERN "."\nEND\nMAPS\n"bench" "{folder}/bench.map"\nEND\nEND\n'
    (folder / "mapserver.conf").write_text(config)
    environment = {"MAPSERVER_CONFIG_FILE": str(folder / "mapserver.conf"), "IDG_BENCH_MAPSERV": program}
    command = [sys.executable, "-m", "uvicorn", "bench.fastcgi:app", f"--port={port}", *QUIET]
    return command, environment, "/bench/ogcapi/collections?f=json", adapters.mapserver


def _martin(ground: Ground, port: int) -> Recipe | None:
    program = shutil.which("martin")
    command = [
        program or "",
        f"--listen-addresses=127.0.0.1:{port}",
        "--workers=2",
        "--default-srid=2154",
        ground.owner(),
    ]
    return (command, {}, "/health", adapters.martin) if program else None


def _pg_featureserv(ground: Ground, port: int) -> Recipe | None:
    program = shutil.which("pg_featureserv")
    environment = {
        "DATABASE_URL": ground.owner(), "PGFS_SERVER_HTTPPORT": str(port), "PGFS_SERVER_HTTPHOST": "127.0.0.1",
        "PGFS_PAGING_LIMITMAX": "10000",
    }  # fmt: skip
    return ([program], environment, "/conformance", adapters.pg_featureserv) if program else None


def _environment(ground: Ground, name: str, *packages: str) -> Path:
    """The Python of a peer's own environment, made on first use. Raises Unavailable without uv or network."""
    folder = ground.cluster.home / "peers" / name
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    uv = shutil.which("uv") or os.environ.get("UV")
    if uv is None:
        raise Unavailable(
            Text(f"Il faut uv pour installer {name}.", f"uv is needed to install {name}."),
            remedy=Text(
                "Mettez uv dans le PATH, ou mesurez sans lui (--against).", "Put uv on PATH, or use --against."
            ),
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unavailable(Text(f"{name} ne s'installe pas : {done.stderr[-300:]}", f"{name}: {done.stderr[-300:]}"))
    (folder / "complete").touch()
    return python


def _done(name: str, command: list[str], environment: dict[str, str]) -> None:
    ended = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if ended.returncode:
        reason = ended.stderr.strip()[-300:]
        raise Unavailable(Text(f"{name} ne s'installe pas : {reason}", f"{name} cannot be installed: {reason}"))


RECIPES: dict[str, Callable[[Ground, int], Recipe | None]] = {
    "pygeoapi": _pygeoapi,
    "tipg": _tipg,
    "mapserver": _mapserver,
    "martin": _martin,
    "pg_featureserv": _pg_featureserv,
}
NAMES = tuple(RECIPES)
