"""`PYTHONPATH=tools python -m bench.copies`: what a prepared copy weighs, column by column, and what its readers pay.

On a throwaway cluster with the demonstration's lines (a hundred thousand; `--layer adresses` for points): bytes of the
table and of its copy, then the milliseconds of CPU that PostgreSQL spends on an item, pages and a tile. To compare two
versions of the code, run it in a worktree of each, in turn; `--keep FILE` writes the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from mig_idg import demonstration
from mig_idg.database import connect
from mig_idg.database.cluster import OWNER, throwaway
from mig_idg.database.migrate import migrate
from mig_idg.store import crs as reference
from mig_idg.store.compile import Binder
from mig_idg.store.feature import geojson
from mig_idg.store.prepare import prepare, settle
from mig_idg.store.statement import quoted
from mig_idg.store.table import Table, describe
from mig_idg.store.tiles import Rectangle, _encoded, _properties, _shape

KEYS = {"pcrs": ("data.pcrs", "id_objet"), "adresses": ("data.adresses", "id")}
TURNS, ENOUGH = 3, 20


def weights(connection: Any, relation: str) -> dict[str, int]:
    """Bytes of the heap (TOAST with it), of the indexes, and of each column's values as they are stored."""
    heap, indexes = connection.execute(
        "select pg_table_size(%s::regclass), pg_indexes_size(%s::regclass)", [relation, relation]
    ).fetchone()
    names = [r[0] for r in connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped", [relation]
    )]  # fmt: skip
    sums = ", ".join(f"coalesce(sum(pg_column_size({quoted(name)})), 0)" for name in names)
    row = connection.execute(f"select {sums} from {relation}".encode()).fetchone()
    return {"heap": heap, "indexes": indexes, **dict(zip(names, map(int, row), strict=True))}


def questions(connection: Any, table: Table) -> dict[str, str]:
    """An item, pages, a page in the CRS of storage, chosen properties, and a tile of a few thousand features."""
    assert table.geometry is not None
    own, key = quoted(table.geometry.name), quoted(table.id.name)
    whole, chosen = (geojson(table, reference.CRS84, p, True, None, None) for p in (None, table.names[:2]))
    stored = geojson(table, reference.storage_crs(table.geometry.srid), None, True, None, None)
    middle = connection.execute(
        f"select st_x(p), st_y(p) from (select st_transform(st_centroid({own}), 3857) p from {table.read}"
        f" order by {key} offset 5000 limit 1) as m".encode()
    ).fetchone()
    half = 1500.0
    box = Rectangle((middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half), 3857)
    bind = _Written()
    held = table.geometry_in(3857)
    near = (
        f"{quoted(held)} && {bind(reference.rectangle(box.buffered, 3857), 'geometry')}"
        if held
        else f"{own} && st_transform(st_envelope({bind(reference.rectangle(box.buffered, 3857), 'geometry')}),"
        f" {table.geometry.srid})"
    )
    columns = ", ".join((*_properties(_Everything(), table), f"{_shape(table, box, bind)} as idg_shape"))  # type: ignore[arg-type]
    return {
        "item": f"select {whole} from {table.read} where {key} = (select {key} from {table.read} limit 1)",
        "page of 10": f"select {whole} from {table.read} order by {key} limit 10",
        "page of 1000": f"select {whole} from {table.read} order by {key} limit 1000",
        "page of 1000, CRS of storage": f"select {stored} from {table.read} order by {key} limit 1000",
        "page of 1000, two properties": f"select {chosen} from {table.read} order by {key} limit 1000",
        "box of a tile, page": f"select {whole} from {table.read} where {near}",
        "tile drawn": f"select {_encoded('l', table)} from (select {columns} from {table.read} where {near}) as tile",
    }


class _Everything:
    properties = None


class _Written(Binder):
    """Values written in the statement: it is measured alone, not prepared."""

    def __call__(self, value: Any, kind: str) -> str:  # type: ignore[override]
        if kind == "geometry":
            return f"'{value.hex() if isinstance(value, bytes) else value}'::geometry"
        return f"{value!r}::{kind}"


def spent(connection: Any, statement: str) -> float:
    """Milliseconds of CPU of the server process for one run: the mean of as many as fill its clock of 10 ms."""
    process, runs = Path(f"/proc/{connection.info.backend_pid}/stat"), 0
    began = _ticks(process)
    while _ticks(process) - began < ENOUGH or runs < 3:
        connection.execute(statement.encode()).fetchall()
        runs += 1
    return (_ticks(process) - began) * 1000 / os.sysconf("SC_CLK_TCK") / runs


def _ticks(stat: Path) -> int:
    values = stat.read_text().rpartition(")")[2].split()
    return int(values[11]) + int(values[12])


def main() -> None:
    """Measure, print, and keep as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--layer", choices=KEYS, default="pcrs")
    options.add_argument("--scale", type=int, default=1)
    options.add_argument("--keep", type=Path)
    asked = options.parse_args()
    name, key = KEYS[asked.layer]
    with tempfile.TemporaryDirectory() as home, throwaway(Path(home) / "c") as cluster:
        with connect(cluster.url(role=OWNER, database="postgres"), autocommit=True) as admin:
            admin.execute("create database idg_copies")
        with connect(cluster.url(role=OWNER, database="idg_copies")) as connection:
            migrate(connection)
            demonstration.load(connection, Path(home), scale=asked.scale, only=frozenset({asked.layer}))
            connection.commit()
            began = time.perf_counter()
            table = prepare(connection, describe(connection, name, key, "geom"))
            seconds = time.perf_counter() - began
            settle(connection)
            found = {"table": weights(connection, name), "copy": weights(connection, table.read)}
            asked_of = questions(connection, table)
            for statement in asked_of.values():
                connection.execute(statement.encode()).fetchall()
            turns = [{q: spent(connection, statement) for q, statement in asked_of.items()} for _ in range(TURNS)]
    result = {
        "rows": asked.layer, "prepared_in": round(seconds, 1), **found,
        "cpu_ms": {q: round(statistics.median(turn[q] for turn in turns), 3) for q in asked_of},
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    if asked.keep:
        asked.keep.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
