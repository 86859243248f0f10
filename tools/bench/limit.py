"""The limit: the same SQL, in its plain form, asked of PostgreSQL alone by pgbench, prepared; no rights, no companions.

For answers so small that the protocol is what costs, the limit is a bare ASGI reply of the same size.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.dataset import LAYERS, Ground
from bench.peers import Server, free_port, process
from bench.recipes import QUIET, WORKERS
from bench.workloads import Question, Workload
from mig_idg.database import connect
from mig_idg.database.programs import find_programs
from mig_idg.errors import Text, Unavailable
from mig_idg.ogc.tiles.tile_address import read
from mig_idg.store import compile, tiles
from mig_idg.store.crs import BY_SRID, CRS84, Box
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query, parse
from mig_idg.store.statement import Statement
from mig_idg.store.table import Table, describe

SCRIPTS = 16
# Workers that help one query are taken from the others: PostgreSQL gives more answers a second without.
ALONE = "-c max_parallel_workers_per_gather=0"
SMALL = ("item", "first", "collections")


def tables(ground: Ground) -> dict[str, Table]:
    """The layers' tables as they are stored, without what publication prepared."""
    with connect(ground.owner()) as connection:
        found = {layer: describe(connection, table, key, "geom") for layer, (table, key) in LAYERS.items()}
    return {layer: replace(table, companions=()) for layer, table in found.items()}


def statement(question: Question, table: Table) -> Statement | None:
    """The SQL of a question, one feature a row; None when there is none to compare with."""
    grant = Grant(table, "bench", "*", "", public=True)
    match question.kind:
        case "item":
            return compile.item(grant, question.id, Query(crs=CRS84))
        case "page" | "paging":
            return compile.features(Query(limit=question.limit), grant)
        case "box":
            return compile.features(Query(limit=question.limit, bbox=Box(*question.box, CRS84)), grant)
        case "lambert":
            lambert = BY_SRID[2154]
            return compile.features(Query(limit=question.limit, bbox=Box(*question.box, lambert), crs=lambert), grant)
        case "filter":
            name, value = question.where
            asked = parse({"filter": f"{name} = '{value}'"}, table)
            return compile.features(replace(asked, limit=question.limit, bbox=Box(*question.box, CRS84)), grant)
        case "tile":
            zoom, x, y = question.tile
            place = read({"tms": "WebMercatorQuad", "z": str(zoom), "row": str(y), "col": str(x)})
            return tiles.whole(Query(), grant, question.layer, place.rectangle, 10**7, None)
        case _:
            return None


def pgbench(ground: Ground, workload: Workload, known: dict[str, Table], clients: int, seconds: float) -> float | None:
    """Transactions a second of PostgreSQL alone on the questions of a workload; None when they have no SQL."""
    scripts, variables = [], []
    for number, question in enumerate(workload.questions[:SCRIPTS]):
        table = known.get(question.layer)
        asked = statement(question, table) if table else None
        if asked is None or table is None:
            return None
        text = asked.sql.replace('served."bench"', f'"{table.schema}"."{table.name}"')
        # pgbench takes `:name` for a variable even inside quotes; casts keep their two colons.
        text = re.sub(r"\$(\d+)", rf":p{number}_\1", text)
        scripts.append(text.replace("\n", " ") + ";")
        variables += [f"-Dp{number}_{n}={value}" for n, value in enumerate(asked.params, 1)]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, text in enumerate(scripts):
            file = Path(folder) / f"{number}.sql"
            file.write_text(text + "\n")
            files.append(f"-f{file}")
        done = subprocess.run(
            [find_programs().path("pgbench"), "-n", "-Mprepared", f"-c{clients}", f"-T{max(1, round(seconds))}",
             *files, *variables, ground.owner()],
            env={**os.environ, "PGOPTIONS": ALONE}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise Unavailable(Text(f"pgbench a échoué : {done.stderr[-400:]}", f"pgbench failed: {done.stderr[-400:]}"))
    return float(found[1])


@contextmanager
def bare() -> Iterator[Server]:
    """The same HTTP server as ours, with nothing behind it."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.bare_asgi:app", f"--port={port}", f"--workers={WORKERS}"]
    with process("ASGI", [*command, *QUIET], port, {}, "/1") as pid:
        yield Server("ASGI", f"http://127.0.0.1:{port}", pid, lambda question: None)
