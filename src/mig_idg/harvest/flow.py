"""A flow of data (convention 001, annex): a remote collection mirrored into a layer of ours, by the import of files.

The file is fetched whole, then imported in one transaction, checked against the layer's target format; when any of it
fails, the rows of before stay. A file that has not changed is not imported again.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import orjson

from mig_idg.errors import Problem, Text, Unprocessable
from mig_idg.harvest.description import Finding, text
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers.page import (
    Unreadable,
    asking,
    below,
    from_json,
    links,
    listed,
    mapping,
)
from mig_idg.harvest.run import Clock, Network, Outcome, Stopped, outgoing
from mig_idg.jobs.outgoing import Answer, Outgoing
from mig_idg.registry import harvested
from mig_idg.registry.harvested import Difference, KeptPage
from mig_idg.standards.safe_xml import local, parsed

PAGE = 1000
# (connection, file, collection, author, rehearse) → rows: the import of the deposits, which this slice does not know.
Load = Callable[[Any, Path, str, str, bool], int]
_SUFFIXES = {
    "text/csv": ".csv", "application/geopackage+sqlite3": ".gpkg", "application/geo+json": ".geojson",
    "application/zip": ".zip", "application/gml+xml": ".gml", "application/json": ".geojson",
}  # fmt: skip


def run(
    connection: Any,
    source: Source,
    clock: Clock,
    load: Load,
    *,
    rehearse: bool = False,
    network: Network = outgoing,
) -> Outcome:
    """Mirror the remote collection, or say whether it could be."""
    if rehearse:
        return _rehearsed(connection, source, clock, load, network)
    with connection.transaction():
        harvested.alone(connection, source.id)
        harvested.register(connection, source.id, source.plain)
        number = harvested.begin(connection, source.id, clock(), full=True, since=None, after=None)
        before = harvested.page(connection, source.id, source.url)
    try:
        with tempfile.TemporaryDirectory(prefix="mig-idg-flow-") as folder:
            fetched = fetch(source, Path(folder), network, before)
            rows = 0 if fetched is None else load(connection, fetched[0], source.into or "", f"flow {source.id}", False)
        with connection.transaction():
            if fetched is not None:
                harvested.keep_page(connection, source.id, source.url, fetched[1])
            status = "unchanged" if fetched is None else "done"
            harvested.end(connection, source.id, number, status, clock(), {"rows": rows})
        return Outcome(source.id, number, status, True, Difference(), ())
    except Problem as error:
        connection.rollback()
        findings = tuple(_findings(error))
        with connection.transaction():
            harvested.end(connection, source.id, number, "failed", clock(), {}, error.detail)
            harvested.note(connection, source.id, number, [
                {"level": one.level, "code": one.code, "record": one.record,
                 "words": {"fr": one.words.fr, "en": one.words.en}} for one in findings
            ])  # fmt: skip
        return Outcome(source.id, number, "failed", True, Difference(), findings, error.detail)
    finally:
        with suppress(Exception), connection.transaction():
            harvested.released(connection, source.id)


def _rehearsed(connection: Any, source: Source, clock: Clock, load: Load, network: Network) -> Outcome:
    try:
        with tempfile.TemporaryDirectory(prefix="mig-idg-flow-") as folder:
            fetched = fetch(source, Path(folder), network, None)
            assert fetched is not None
            load(connection, fetched[0], source.into or "", f"flow {source.id}", True)
    except Problem as error:
        return Outcome(source.id, None, "failed", True, Difference(), tuple(_findings(error)), error.detail)
    return Outcome(source.id, None, "planned", True, Difference(), ())


def fetch(source: Source, folder: Path, network: Network, before: KeptPage | None) -> tuple[Path, KeptPage] | None:
    """The remote collection as a file, and how it will be known; None when it is what we have already."""
    with network(source) as net:
        if source.type == "file":
            return _file(source, folder, net, before)
        if source.type == "wfs":
            return _unless_same(_features(net, _wfs(source), source, folder), before)
        items = below(source.url, f"collections/{quote(source.layer or '', safe='')}/items")
        return _unless_same(_features(net, asking(items, f="json", limit=PAGE), source, folder), before)


def _file(source: Source, folder: Path, net: Outgoing, before: KeptPage | None) -> tuple[Path, KeptPage] | None:
    told = {"if-none-match": before.etag, "if-modified-since": before.last_modified} if before else {}
    answer = net.read(source.url, validators={name: value for name, value in told.items() if value})
    if answer.status == 304:
        return None
    suffix = Path(urlsplit(source.url).path).suffix or _SUFFIXES.get(answer.media_type, "")
    path = folder / f"{source.id}{suffix}"
    path.write_bytes(answer.body)
    kept = KeptPage(answer.headers.get("etag"), answer.headers.get("last-modified"), (_hash(path),), [])
    return _unless_same((path, kept), before)


def _unless_same(fetched: tuple[Path, KeptPage], before: KeptPage | None) -> tuple[Path, KeptPage] | None:
    return None if before is not None and before.identifiers == fetched[1].identifiers else fetched


def _features(net: Outgoing, address: str, source: Source, folder: Path) -> tuple[Path, KeptPage]:
    """All pages of features, written as one GeoJSON file."""
    path = folder / f"{source.id}.geojson"
    visited: set[str] = set()
    count = 0
    following: str | None = address
    with path.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[')
        while following is not None:
            if following in visited or len(visited) >= source.limits.pages:
                raise Stopped(Text(f"Flux sans fin : {following[:300]}.", f"An endless feed: {following[:300]}."))
            visited.add(following)
            answer = net.read(following, accept="application/geo+json, application/json")
            document = mapping(_said(answer), "FeatureCollection")
            features = listed(document.get("features"), "features")
            for one in features:
                file.write(b"," if count else b"")
                file.write(orjson.dumps(one))
                count += 1
            if count > source.limits.records:
                most = source.limits.records
                raise Stopped(Text(f"Plus de {most} entités (limits.records).", f"Over {most} features."))
            following = _next(document, answer) if features else None
        file.write(b"]}")
    if not count:
        raise Unprocessable(Text("La collection distante est vide : rien n'est remplacé.",
                                 "The remote collection is empty: nothing is replaced."))  # fmt: skip
    return path, KeptPage(None, None, (_hash(path),), [])


def _said(answer: Answer) -> Any:
    if answer.body.lstrip()[:1] == b"<":
        root = parsed(answer.body)
        words = " ".join(text(one.text) for one in root.iter() if local(one).endswith(("ExceptionText", "Exception")))
        raise Unreadable(Text(f"Le serveur refuse : {words[:300]}", f"The server refuses: {words[:300]}"))
    return from_json(answer)


def _next(document: Any, answer: Answer) -> str | None:
    return next((urljoin(answer.address, one["href"]) for one in links(document) if one.get("rel") == "next"), None)


def _wfs(source: Source) -> str:
    """GetFeature, in GeoJSON and degrees: what GeoServer, MapServer and QGIS Server write."""
    return asking(
        source.url, service="WFS", version="2.0.0", request="GetFeature", typeNames=source.layer,
        outputFormat="application/json", srsName="EPSG:4326",
    )  # fmt: skip


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _findings(error: Problem) -> list[Finding]:
    """What is wrong, and, of a file that was refused, each finding with its line."""
    found = [Finding("error", "flow.refused", error.detail)]
    for one in error.extra.get("findings", ())[:200]:
        told = one if isinstance(one, dict) else {}
        words = str(told.get("message") or told.get("text") or told.get("code") or one)
        line = told.get("line")
        found.append(Finding("error", str(told.get("code", "flow.finding")), Text(words, words),
                             f"ligne {line}" if line else None))  # fmt: skip
    return found
