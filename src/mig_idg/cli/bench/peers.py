"""The servers compared: how each is installed, started, and asked. Ours first; the others as their pages say.

Python peers live in a virtual environment of their own under the home, made once with uv; programs are found on PATH.
Each has two workers and the same database, as its owner: they know no rights.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from mig_idg.cli.bench.ground import LAYERS, PREFIX, Ground, token_in
from mig_idg.cli.bench.workloads import L93, Question
from mig_idg.errors import OutsideFailure, Text

WORKERS = 2
START_SECONDS = 60.0
Path_ = Callable[[Question], str | None]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, its process, how it is asked."""

    name: str
    base: str
    pid: int
    path: Path_ = field(compare=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def ours(question: Question) -> str | None:
    """A question to mig-idg."""
    return ogc_api(question, f"{PREFIX}{question.layer}")


def ogc_api(question: Question, collection: str) -> str:
    """A question in the words of OGC API."""
    items = f"/collections/{collection}/items"
    match question.kind:
        case "item":
            return f"{items}/{quote(question.id, safe='')}?f=json"
        case "page" | "paging":
            return f"{items}?f=json&limit={question.limit}"
        case "box":
            return f"{items}?f=json&limit={question.limit}&bbox={question.bbox}"
        case "lambert":
            return f"{items}?f=json&limit={question.limit}&bbox={question.bbox}&bbox-crs={L93}&crs={L93}"
        case "filter":
            return (
                f"{items}?f=json&limit={question.limit}&bbox={question.bbox}&{_filter(question)}&filter-lang=cql2-text"
            )
        case "tile":
            zoom, x, y = question.tile
            return f"/collections/{collection}/tiles/WebMercatorQuad/{zoom}/{y}/{x}?f=mvt"
        case "catalogue":
            return "/collections?f=json"


def pygeoapi(question: Question) -> str | None:
    """The same words, but for tiles: its provider transforms by the CRS's name, and a tile takes minutes."""
    return None if question.kind in ("tile", "catalogue") else ogc_api(question, question.layer)


def tipg(question: Question) -> str | None:
    """Collections are called by schema and table, tiles by x before y; CRS are not offered."""
    if question.kind in ("lambert", "catalogue"):
        return None
    if question.kind == "tile":
        zoom, x, y = question.tile
        return f"/collections/data.{question.layer}/tiles/WebMercatorQuad/{zoom}/{x}/{y}"
    return ogc_api(question, f"data.{question.layer}").replace("f=json", "f=geojson")


def martin(question: Question) -> str | None:
    """Tiles only."""
    zoom, x, y = question.tile
    return f"/{question.layer}/{zoom}/{x}/{y}" if question.kind == "tile" else None


def mapserver(question: Question) -> str | None:
    """OGC API Features under `/bench/ogcapi`, tiles by the old way; it pages only as far as its own limit."""
    if question.kind == "tile":
        zoom, x, y = question.tile
        asked = {
            "map": "bench",
            "mode": "tile",
            "tilemode": "gmap",
            "tile": f"{x} {y} {zoom}",
            "layers": question.layer,
        }
        return f"/?{urlencode({**asked, 'map.imagetype': 'mvt'})}"
    if question.kind in ("lambert", "filter", "catalogue", "paging"):
        return None
    return f"/bench/ogcapi{ogc_api(question, question.layer)}"


def pg_featureserv(question: Question) -> str | None:
    """Features only, by schema and table."""
    if question.kind in ("tile", "lambert", "catalogue", "paging"):
        return None
    return ogc_api(question, f"data.{question.layer}").replace("f=json&", "").replace("?f=json", "")


def _filter(question: Question) -> str:
    name, value = question.where
    return urlencode({"filter": f"{name} = '{value}'"})


@contextmanager
def idg(ground: Ground, port: int, database: str = "idg", *, rights: bool = True) -> Iterator[Server]:
    """Ours: two workers, asked with the token of a partner; without rights, asked with none."""
    environment = {
        "IDG_DATABASE_URL": ground.owner(database),
        "IDG_DATABASE_APP_URL": ground.application(database),
        "IDG_HOME": str(ground.cluster.home),
        "IDG_RIGHTS": str(rights).lower(),
    }
    command = [str(Path(sys.executable).parent / "mig-idg"), "serve", f"--port={port}", f"--workers={WORKERS}"]
    token = ground.token if database == "idg" else token_in(ground, database)
    headers = {"Authorization": f"Bearer {token}"} if rights else {}
    name = "mig-idg" if rights else "mig-idg sans droits"
    with _process(name, command, port, environment, "/readyz") as pid:
        yield Server(name, f"http://127.0.0.1:{port}", pid, ours, headers)


@contextmanager
def peer(name: str, ground: Ground, port: int) -> Iterator[Server | None]:
    """A peer by name; None when it is not on this machine. Raises OutsideFailure when it does not start."""
    recipe = _RECIPES[name](ground, port)
    if recipe is None:
        yield None
        return
    command, environment, ready, path = recipe
    with _process(name, command, port, environment, ready) as pid:
        yield Server(name, f"http://127.0.0.1:{port}", pid, path)


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
    command = [str(python), "-m", "uvicorn", "tipg.main:app", f"--port={port}", f"--workers={WORKERS}", *_QUIET]
    return command, environment, "/healthz", tipg


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
    command = [str(python), "-m", "uvicorn", *application, *_QUIET]
    return command, environment, "/conformance", pygeoapi


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
    command = [sys.executable, "-m", "uvicorn", "mig_idg.cli.bench.fastcgi:app", f"--port={port}", *_QUIET]
    return command, environment, "/bench/ogcapi/collections?f=json", mapserver


def _martin(ground: Ground, port: int) -> Recipe | None:
    program = shutil.which("martin")
    command = [
        program or "",
        f"--listen-addresses=127.0.0.1:{port}",
        "--workers=2",
        "--default-srid=2154",
        ground.owner(),
    ]
    return (command, {}, "/health", martin) if program else None


def _pg_featureserv(ground: Ground, port: int) -> Recipe | None:
    program = shutil.which("pg_featureserv")
    environment = {
        "DATABASE_URL": ground.owner(), "PGFS_SERVER_HTTPPORT": str(port), "PGFS_SERVER_HTTPHOST": "127.0.0.1",
        "PGFS_PAGING_LIMITMAX": "10000",
    }  # fmt: skip
    return ([program], environment, "/conformance", pg_featureserv) if program else None


_QUIET = ("--log-level=critical", "--no-access-log", "--loop=uvloop", "--http=httptools")
_RECIPES: dict[str, Callable[[Ground, int], Recipe | None]] = {
    "pygeoapi": _pygeoapi,
    "tipg": _tipg,
    "mapserver": _mapserver,
    "martin": _martin,
    "pg_featureserv": _pg_featureserv,
}
NAMES = tuple(_RECIPES)


def _environment(ground: Ground, name: str, *packages: str) -> Path:
    """The Python of a peer's own environment, made on first use. Raises OutsideFailure without uv or network."""
    folder = ground.cluster.home / "peers" / name
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    uv = shutil.which("uv") or os.environ.get("UV")
    if uv is None:
        raise OutsideFailure(
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
            raise OutsideFailure(
                Text(f"{name} ne s'installe pas : {done.stderr[-300:]}", f"{name}: {done.stderr[-300:]}")
            )
    (folder / "complete").touch()
    return python


def _done(name: str, command: list[str], environment: dict[str, str]) -> None:
    ended = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if ended.returncode:
        reason = ended.stderr.strip()[-300:]
        raise OutsideFailure(Text(f"{name} ne s'installe pas : {reason}", f"{name} cannot be installed: {reason}"))


@contextmanager
def _process(name: str, command: list[str], port: int, environment: Mapping[str, str], ready: str) -> Iterator[int]:
    """A server in a process group of its own, stopped with all its children whatever happens."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _wait(name, process, f"http://127.0.0.1:{port}{ready}")
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stderr:
            process.stderr.close()


def _wait(name: str, process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (an address of ours)
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise OutsideFailure(Text(f"{name} ne démarre pas.", f"{name} does not start."))
