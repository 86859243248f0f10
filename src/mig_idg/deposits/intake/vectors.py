"""Vector files seen from here: their layers, and their rows as Arrow batches, read by a process apart (`reader`)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from mig_idg.deposits.intake import diagnosis
from mig_idg.deposits.intake.format_detection import Format
from mig_idg.deposits.intake.reader import environment
from mig_idg.errors import Text, Unavailable, Unprocessable

MEMORY = 3 << 30
_OLD = Text(
    "Un Shapefile ancien, sans fichier .cpg, n'est souvent pas en UTF-8 : réessayez avec --encoding cp1252.",
    "An old Shapefile, without a .cpg file, is often not in UTF-8: try again with --encoding cp1252.",
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a file. `type` as GDAL writes it (`LineString Z`), None without geometry; `features` -1: unknown.

    `really`: how many rows there are, when the file announces another number; `exact`: columns of numbers wider than 64
    bits, given as texts; `ids`: what is known of the identifiers of GeoJSON features; `told`: what else is to be said.
    """

    name: str
    type: str | None
    crs: str | None
    features: int
    fid: str
    geometry: str
    schema: pa.Schema
    really: int | None = None
    deleted: int = 0
    exact: tuple[str, ...] = ()
    ids: Mapping[str, Any] | None = None
    told: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A file in a folder of ours, to be read by one driver; `shown` is its name for people."""

    path: Path
    format: Format
    shown: str
    encoding: str | None = None


def layers(file: VectorFile) -> tuple[Layer, ...]:
    """The layers of the file. Raises Unprocessable when it cannot be read, with the line when it is text."""
    with _reading(file, {"what": "layers"}) as process:
        out, err = process.communicate()
        _check(file, process, err)
    return tuple(
        Layer(**{**layer, "schema": pa.ipc.read_schema(pa.py_buffer(base64.b64decode(layer["schema"])))})
        for layer in json.loads(out)
    )


@contextmanager
def rows(file: VectorFile, layer: Layer, *, fid: bool = False) -> Iterator[pa.RecordBatchReader]:
    """The rows of a layer; the geometry, WKB, is in the column `layer.geometry`. Raises as `layers` does."""
    with _reading(file, {"what": "rows", "layer": layer.name, "fid": fid, "stale": _is_stale(layer)}) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            yield pa.ipc.open_stream(process.stdout)
        except pa.ArrowInvalid:
            _check(file, process, process.stderr.read())
            raise
        process.stdout.close()  # who stops early must not leave the process waiting to write
        _check(file, process, process.stderr.read())


def _is_stale(layer: Layer) -> bool:
    """Is the number of rows that the file announces not theirs?"""
    return layer.really is not None and layer.really != layer.features


def sheets(file: VectorFile) -> tuple[str, ...]:
    """The sheets of a workbook that hold something. Raises Unprocessable when it cannot be read."""
    with _reading(file, {"what": "sheets"}) as process:
        out, err = process.communicate()
        _check(file, process, err)
    return tuple(json.loads(out))


def sheet_as_text(file: VectorFile, sheet: str, target: Path) -> None:
    """The cells of a sheet, written in `target` as CSV in UTF-8, line by line."""
    with _reading(file, {"what": "sheet", "layer": sheet}) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        with target.open("wb") as out:
            shutil.copyfileobj(process.stdout, out)
        process.stdout.close()
        _check(file, process, process.stderr.read())


@contextmanager
def _reading(file: VectorFile, request: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """The process apart, ended whatever happens."""
    known = {"path": str(file.path), "driver": file.format.driver, "encoding": file.encoding, "memory": MEMORY}
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "mig_idg.deposits.intake.reader", json.dumps(known | request)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=kept | environment(file.format.driver),
        start_new_session=True,  # Ctrl-C is for us: we end it ourselves
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def _check(file: VectorFile, process: subprocess.Popen[bytes], err: bytes) -> None:
    """Raise what the reader failed on, in our words."""
    code = process.wait()
    if code == 0:
        return
    try:
        word = json.loads(err.decode("utf-8", "replace").strip().splitlines()[-1])["error"]
    except (ValueError, IndexError, KeyError, TypeError):
        word = "memory" if code < 0 else "unreadable"
    if word == "memory":
        raise Unprocessable(
            Text(
                f"{file.shown} : la lecture du fichier demande trop de mémoire, ou l'a fait échouer.",
                f"{file.shown}: reading the file needs too much memory, or failed.",
            ),
            extra={"file": file.shown},
        )
    where = diagnosis.where(file.path, file.format)
    if where is None and not file.path.exists():
        raise Unavailable(Text(f"{file.shown} a disparu.", f"{file.shown} has gone."))
    place = (
        Text(f", ligne {where.line}, colonne {where.column}", f", line {where.line}, column {where.column}")
        if where
        else Text("", "")
    )
    raise Unprocessable(
        Text(
            f"{file.shown}{place.fr} : ce fichier {file.format.name} est endommagé ou mal formé.",
            f"{file.shown}{place.en}: this {file.format.name} file is damaged or malformed.",
        ),
        remedy=_OLD if file.format.driver == "ESRI Shapefile" and file.encoding is None else None,
        extra={"file": file.shown} | ({"line": where.line, "column": where.column} if where else {}),
    )
