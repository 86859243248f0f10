"""`./idg bench raster`: tiles and maps of one COG, ours beside TiTiler, rio-tiler alone and MapServer, in one run.

The COG and the accounts are those of the demonstration in IDG_HOME. TiTiler is run from a Python environment that has
`titiler.core` and `uvicorn` (`--titiler PYTHON`); MapServer is `map2img`, drawing again and again in one process, which
spares it the start of a CGI program. Every tile is asked once before any is asked again: the first pass has no cache.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import maps, mosaics
from bench.maps import Measure
from mig_idg.cli.messages import database_urls, say, say_json, settings
from mig_idg.errors import Text, Unavailable

TITILER = """
from fastapi import FastAPI
from titiler.core.factory import TilerFactory
app = FastAPI()
app.include_router(TilerFactory().router)
"""
LEVELS, TILES = (16, 17, 18, 19), 240
READERS = 100


def measured(titiler: str | None, clients: int, as_json: bool) -> int:
    """Measure, tell; `titiler` is a Python that has titiler.core, or None. Raises Unavailable."""
    home = settings().home.resolve()
    cog = home / "rasters" / "orthophoto.tif"
    accounts = home / "demo-accounts.json"
    if not cog.is_file() or not accounts.is_file():
        raise Unavailable(
            Text("La démonstration n'est pas chargée.", "The demonstration is not loaded."),
            remedy=Text("Lancez d'abord : mig-idg demo --no-serve", "First run: mig-idg demo --no-serve"),
        )
    token = json.loads(accounts.read_text())["other-partner"]["token"]
    places = chosen(cog)
    measures = [*in_process(cog, places[:60])]
    with database_urls() as (_, application):
        measures += over_http(cog, application, token, places, titiler, clients)
    measures += maps.maps(cog)
    measures += mosaics.mosaic(home)
    if as_json:
        say_json([{name: getattr(one, name) for name in Measure.__slots__} for one in measures])
    else:
        for one in measures:
            ratio = f"  × {one.ratio:.2f}" if one.ratio is not None else ""
            say(f"{one.what:<34} {one.who:<12} {one.value:>9.1f} {one.unit}{ratio}")
    return 0


def chosen(cog: Path) -> list[tuple[int, int, int]]:
    """(z, row, column) of tiles wholly inside the COG, the same at each run."""
    import morecantile
    from rio_tiler.io import Reader

    grid = morecantile.tms.get("WebMercatorQuad")
    with Reader(str(cog)) as opened:
        west, south, east, north = opened.get_geographic_bounds("EPSG:4326")
    inside: list[tuple[int, int, int]] = []
    for level in LEVELS:
        for tile in grid.tiles(west, south, east, north, [level]):
            box = grid.bounds(tile)
            if box.left >= west and box.right <= east and box.bottom >= south and box.top <= north:
                inside.append((level, tile.y, tile.x))
    random.Random(7).shuffle(inside)  # noqa: S311 (an order, not a secret)
    return inside[:TILES]


def in_process(cog: Path, places: Sequence[tuple[int, int, int]]) -> Iterator[Measure]:
    """Milliseconds for a tile, read and encoded, without a server: rio-tiler with its dataset open, and ours."""
    from rio_tiler.io import Reader

    from mig_idg.imagery import encode, gdal, render
    from mig_idg.imagery.bands import BAND_NAMES
    from mig_idg.imagery.dataset_cache import Source
    from mig_idg.imagery.frame import Frame
    from mig_idg.imagery.mosaic import Mosaic
    from mig_idg.ogc.tiles.grids import GRIDS

    grid = GRIDS["WebMercatorQuad"]
    scene = Mosaic((Source(cog),), 2154, "rgb", (), BAND_NAMES["rgb"])
    style = render.Style("rgb", "natural")
    for word, form in (("PNG", encode.PNG), ("JPEG", encode.JPEG)):
        with Reader(str(cog)) as reader:
            theirs = _each(
                lambda z, y, x, reader=reader, word=word: reader.tile(x, y, z).render(img_format=word, add_mask=False),  # type: ignore[misc]
                places,
            )

        def ours(z: int, y: int, x: int, form: encode.Format = form) -> bytes:
            level = grid.level(str(z))
            assert level is not None
            box = grid.rectangle(level, y, x)
            return encode.encode(render.picture(scene, Frame(box.bounds, box.srid, 256, 256), style), form)

        with gdal.environment():
            mine = _each(ours, places)
        yield Measure(f"tile in process, {word}", "mig-idg", mine, "ms")
        yield Measure(f"tile in process, {word}", "rio-tiler", theirs, "ms", theirs / mine)


def _each(work: Callable[[int, int, int], Any], places: Sequence[tuple[int, int, int]]) -> float:
    """Mean milliseconds of processor (what others do on the machine is apart), after a warm pass over the first few."""
    for place in places[:5]:
        work(*place)
    start = time.process_time()
    for place in places:
        work(*place)
    return (time.process_time() - start) * 1000 / len(places)


def over_http(
    cog: Path, application: str, token: str, places: Sequence[tuple[int, int, int]], titiler: str | None, clients: int
) -> list[Measure]:
    """Tiles a second through HTTP, one process each: first pass, second pass, first tile after start."""
    found: list[Measure] = []
    rates: dict[tuple[str, str], float] = {}
    ours = {"IDG_SERVE_DATABASE_URL": application, "IDG_HOME": str(settings().home.resolve()), "IDG_WORKERS": "1"}
    server = [sys.executable, "-m", "uvicorn", "--factory", "mig_idg.app.serve:worker", "--lifespan", "on",
              "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]  # fmt: skip
    for word in ("png", "jpeg"):
        paths = [f"/t/{token}/collections/orthophoto/tiles/WebMercatorQuad/{z}/{y}/{x}?f={word}" for z, y, x in places]
        with _running(server, ours, "/healthz") as (port, process):
            found.append(Measure(f"first tile after start, {word}", "mig-idg", 1000 / _rate(port, paths[:1], 1), "ms"))
            for label in ("first pass", "again, kept"):
                rates[word, label] = _rate(port, paths, clients)
                found.append(Measure(f"tiles, {word}, {label}", "mig-idg", rates[word, label], "/s"))
            _rate(port, _varied(token) * 3 + paths, READERS)
            found.append(Measure(f"memory, {READERS} readers, {word}", "mig-idg", _most_memory(process), "MB"))
        if titiler:
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / "bench_titiler.py").write_text(TITILER)
                peer = [titiler, "-m", "uvicorn", "bench_titiler:app", *server[7:]]
                env = {"PYTHONPATH": folder, "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "96"}
                asked = [f"/tiles/WebMercatorQuad/{z}/{x}/{y}.{word}?url={cog}" for z, y, x in places]
                with _running(peer, env, "/openapi.json") as (port, _):
                    _rate(port, asked[:8], 2)
                    rate = _rate(port, asked, clients)
                    found.append(Measure(f"tiles, {word}", "TiTiler", rate, "/s", rates[word, "first pass"] / rate))
    return found


def _varied(token: str) -> list[str]:
    """Maps and cuts of many sizes: what asks for the most memory at once."""
    home = f"/t/{token}/collections/orthophoto"
    box = "bbox-crs=EPSG:2154&bbox=641000,6865000,642000,6866000"
    return [
        *(
            f"{home}/map?{box}&crs=EPSG:{srid}&width={side}&f=png"
            for srid in (2154, 3857)
            for side in (256, 1024, 2048)
        ),
        *(f"{home}/coverage?{box}&scale-factor={factor}" for factor in (2, 5, 10)),
    ]


def _most_memory(process: int) -> float:
    """The most memory a process has held, in megabytes (Linux)."""
    told = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM")) / 1024


@contextmanager
def _running(program: list[str], variables: dict[str, str], ready: str) -> Iterator[tuple[int, int]]:
    """A server on a free port, for the time of a measure: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [*program, "--port", str(port)],
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise Unavailable(Text("Un serveur à mesurer ne démarre pas.", "A server to measure does not start."))
            time.sleep(0.1)
        _rate(port, [ready], 1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _rate(port: int, paths: Sequence[str], clients: int) -> float:
    """Answers a second, all of them 200, asked by `clients` connections that share the list."""
    return asyncio.run(_ask(port, paths, clients))


async def _ask(port: int, paths: Sequence[str], clients: int) -> float:
    waiting = list(reversed(paths))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            path = waiting.pop()
            writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
            await reader.readexactly(length)
            if b" 200 " not in head[:20]:
                raise Unavailable(Text("Un serveur mesuré refuse une tuile.", "A measured server refuses a tile."))
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return len(paths) / (time.perf_counter() - start)
