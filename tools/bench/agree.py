"""Do all servers give the same features? Asked once, before anything is measured."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from bench import samples
from bench.dataset import LAYERS, Ground
from bench.peers import Server
from bench.workloads import Question, Workload
from mig_idg.database import connect

ASKED = 3


def features(server: Server, question: Question) -> frozenset[str] | int | str | None:
    """Ids of the features of an answer, or how many a tile has; None when this server is not asked; or an error."""
    path = server.path(question)
    if path is None:
        return None
    try:
        body = fetch(server, path)
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except OSError as error:
        return type(error).__name__
    if question.kind == "tile":
        return features_of_tile(body)
    document = json.loads(body)
    if question.kind == "catalogue":
        return len(document["collections"])
    if question.kind in ("page", "paging"):
        return len(document["features"])
    found = document.get("features", [document])
    return frozenset(str(one["id"]) for one in found)


def fetch(server: Server, path: str) -> bytes:
    """One whole answer."""
    request = urllib.request.Request(server.base + path, headers=dict(server.headers))  # noqa: S310 (ours)
    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
        body: bytes = answer.read()
    return body


def differences(ground: Ground, servers: list[Server], workload: Workload) -> dict[str, str]:
    """For each server that does not answer as it should: how. Boxes are judged by PostGIS, the rest by the first."""
    told: dict[str, str] = {}
    for question in workload.questions[:: max(1, len(workload.questions) // ASKED)][:ASKED]:
        found = [features(server, question) for server in servers]
        wanted = truth(ground, question) if question.kind == "box" else found[0]
        for server, one in zip(servers, found, strict=True):
            if isinstance(one, str) or (one is not None and one != wanted):
                told.setdefault(server.name, f"{_size(one)} ≠ {_size(wanted)}")
    return told


def truth(ground: Ground, question: Question) -> frozenset[str]:
    """The features of a box, by PostGIS itself, numbers as the question writes them."""
    table, key = LAYERS[question.layer]
    west, south, east, north = (float(number) for number in question.bbox.split(","))
    with connect(ground.owner()) as connection:
        return samples.inside(connection, table, key, "geom", (west, south, east, north))


def _size(found: frozenset[str] | int | str | None) -> str:
    return str(len(found)) if isinstance(found, frozenset) else str(found)


def features_of_tile(tile: bytes) -> int:
    """How many features the layers of a vector tile hold (protobuf: layer is field 3, feature is field 2)."""
    return sum(sum(1 for field, _ in _fields(layer) if field == 2) for number, layer in _fields(tile) if number == 3)


def _fields(message: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == 2:
            size, at = _varint(message, at)
            found.append((key >> 3, message[at : at + size]))
            at += size
        elif key & 7 == 0:
            _, at = _varint(message, at)
        else:
            at += 4 if key & 7 == 5 else 8
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at += 1
        shift += 7
        if byte < 128:
            return value, at
