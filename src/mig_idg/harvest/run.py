"""One run of a source: page after page within limits, each set aside; then, in one transaction, what changed.

A run that is killed or cut off is gone on with by the next one, from the page it had come to. A run that fails changes
no record: the last good state stays. Only a full run can tell what has disappeared.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from mig_idg.errors import Problem, Text, Unprocessable
from mig_idg.harvest.description import Finding, digest, sound
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers.known import READERS
from mig_idg.harvest.readers.page import Ask, Page
from mig_idg.jobs.outgoing import Answer, NotReached, Outgoing
from mig_idg.registry import harvested
from mig_idg.registry.harvested import MISSED_RUNS, Difference, KeptPage, Known

RESUMED_WITHIN = timedelta(hours=24)
MARGIN = timedelta(days=1)
MOST_FINDINGS = 1000
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,80}")
Clock = Callable[[], datetime]
Network = Callable[[Source], Outgoing]


class Stopped(Unprocessable):
    """A source that has no end within our limits: a loop, an endless feed, too many records."""


@dataclass(frozen=True, slots=True)
class Ours:
    """How a record of ours is known when it comes back: our address, and the identifiers we gave elsewhere."""

    base: str = ""
    collections: frozenset[str] = frozenset()
    external_ids: Mapping[str, str] = field(default_factory=dict)

    def named(self, document: Mapping[str, Any]) -> str | None:
        """The collection of ours that a record describes, or None."""
        told: tuple[str | None, ...] = (document["identifier"], document.get("page"), *document.get("external_ids", ()))
        for one in filter(None, told):
            if one in self.external_ids:
                return self.external_ids[one]
            if self.base and one.startswith(f"{self.base}/"):
                path = one.removeprefix(f"{self.base}/collections/").removeprefix("records/items/")
                name = path.partition("?")[0].partition("/")[0]
                if name in self.collections:
                    return name
        return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run, or its rehearsal, ended."""

    source: str
    number: int | None
    status: str
    full: bool
    difference: Difference
    findings: tuple[Finding, ...]
    problem: Text | None = None
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether nothing was kept of it."""
        return self.status == "failed"


@dataclass(slots=True)
class Progress:
    """Where a run stands: the requests to make, those that were made, the records that were told."""

    queue: deque[Ask]
    visited: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    fresh: int = 0

    def as_json(self) -> dict[str, Any]:
        """Where to go on from."""
        return {"queue": [one.as_json() for one in self.queue], "visited": sorted(self.visited), "pages": self.pages}


@dataclass(frozen=True, slots=True)
class Step:
    """What one request brought."""

    address: str
    told: dict[str, dict[str, Any] | None]
    findings: tuple[Finding, ...]
    kept: KeptPage | None


Remembered = Callable[[str], KeptPage | None]


def outgoing(source: Source) -> Outgoing:
    """The guarded connection of a source."""
    limits = source.limits
    made = Outgoing(
        source.every_host, source.private, source.delay,
        page_bytes=limits.page_mb * 2**20, total_bytes=limits.total_mb * 2**20,
    )  # fmt: skip
    made.deadline = made.clock() + limits.seconds
    return made


def collect(source: Source, net: Outgoing, progress: Progress, remembered: Remembered) -> Iterator[Step]:
    """The steps of a run, from where it stands. Raises Problem: the source cannot be read whole."""
    reader, limits = READERS[source.type], source.limits
    while progress.queue:
        ask = progress.queue.popleft()
        if ask.address in progress.visited:
            if source.type != "stac":
                raise Stopped(Text(f"La page suivante a déjà été lue : {ask.address[:300]}.",
                                   f"The next page was read already: {ask.address[:300]}."))  # fmt: skip
            yield Step(ask.address, {}, (_loop(ask.address),), None)
            continue
        _within(ask, progress, source)
        progress.visited.add(ask.address)
        progress.pages += 1
        before = remembered(ask.address)
        answer = net.read(ask.address, accept=reader.accept, validators=_validators(before))
        if answer.status == 304 and before is not None:
            progress.queue.extend(Ask(*one) for one in before.follow)
            told: dict[str, dict[str, Any] | None] = dict.fromkeys(before.identifiers)
            progress.seen.update(dict.fromkeys(before.identifiers, ""))
            yield Step(ask.address, told, (), before)
            continue
        progress.fresh += 1
        page = reader.read(source, ask, answer)
        told, findings = _sorted_out(page, progress)
        if page.records and not told and page.follow:
            raise Stopped(Text(f"Flux sans fin : {ask.address[:300]} ne dit que des fiches déjà lues.",
                               f"An endless feed: {ask.address[:300]} tells records read already only."))  # fmt: skip
        if len(progress.seen) > limits.records:
            raise Stopped(Text(f"Plus de {limits.records} fiches (limits.records).",
                               f"Over {limits.records} records (limits.records)."))  # fmt: skip
        progress.queue.extend(page.follow)
        yield Step(ask.address, told, findings, _kept(answer, told, page))


def _within(ask: Ask, progress: Progress, source: Source) -> None:
    limits = source.limits
    if progress.pages >= limits.pages:
        raise Stopped(Text(f"Plus de {limits.pages} pages (limits.pages) : flux sans fin ?",
                           f"Over {limits.pages} pages (limits.pages): an endless feed?"))  # fmt: skip
    if ask.depth > limits.depth:
        raise Stopped(Text(f"Plus de {limits.depth} catalogues emboîtés (limits.depth) : {ask.address[:300]}.",
                           f"Over {limits.depth} catalogues deep (limits.depth): {ask.address[:300]}."))  # fmt: skip


def _sorted_out(page: Page, progress: Progress) -> tuple[dict[str, dict[str, Any] | None], tuple[Finding, ...]]:
    """The sound records of a page, each once. Two that say other things under one identifier change nothing."""
    told: dict[str, dict[str, Any] | None] = {}
    findings = list(page.findings)
    for finding in page.findings:  # what could not be read this time is not gone
        if finding.record and finding.code == "record.unreadable":
            told.setdefault(finding.record, None)
    for raw in page.records:
        one, wrong = sound(raw)
        findings.extend(wrong)
        if one is None:
            if name := raw.identifier.strip():
                told.setdefault(name, None)
            continue
        document = one.as_json()
        mark, before = digest(document), progress.seen.get(one.identifier)
        if before == mark:
            findings.append(_twice(one.identifier, same=True))
        elif before:
            findings.append(_twice(one.identifier, same=False))
            told[one.identifier] = None
        else:
            progress.seen[one.identifier] = mark
            told[one.identifier] = document
    return told, tuple(findings)


def _twice(name: str, *, same: bool) -> Finding:
    if same:
        return Finding("warning", "record.repeated", Text("Fiche dite deux fois, pareille : gardée une fois.",
                       "A record told twice, the same: kept once."), name)  # fmt: skip
    return Finding("error", "record.duplicate-id", Text(
        "Deux fiches différentes ont cet identifiant : ce qui était connu reste.",
        "Two different records have this identifier: what was known stays."), name)  # fmt: skip


def _loop(address: str) -> Finding:
    return Finding("warning", "catalogue.loop", Text(
        f"Boucle de catalogues : {address[:300]} a déjà été lu.",
        f"A loop of catalogues: {address[:300]} was read already."), address[:300])  # fmt: skip


def _validators(before: KeptPage | None) -> dict[str, str]:
    if before is None:
        return {}
    told = {"if-none-match": before.etag, "if-modified-since": before.last_modified}
    return {name: value for name, value in told.items() if value}


def _kept(answer: Answer, told: Mapping[str, Any], page: Page) -> KeptPage | None:
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    if (not etag and not modified) or page.findings:
        return None
    return KeptPage(etag, modified, tuple(told), [one.as_json() for one in page.follow])


# ——— what it changes


def difference(
    known: Mapping[str, Known], told: Mapping[str, Mapping[str, Any] | None], ours: Ours, *, full: bool
) -> Difference:
    """What the records that were told change in those that are known."""
    found: dict[str, list[str]] = {name: [] for name in Difference.__slots__}
    for name, document in told.items():
        before = known.get(name)
        if document is not None and ours.named(document):
            found["ours"].append(name)
        elif before is None:
            if document is not None:
                found["added"].append(name)
        elif before.state == "archived":
            found["returned"].append(name)
        elif document is not None and digest(document) != digest(before.document):
            found["changed"].append(name)
        else:
            found["unchanged"].append(name)
    if full:
        for name, before in known.items():
            if before.state == "live" and name not in told:
                found["missing"].append(name)
                if before.missed + 1 >= MISSED_RUNS:
                    found["archived"].append(name)
    return Difference(**{name: tuple(names) for name, names in found.items()})


def address_of(source: str, identifier: str) -> str:
    """The id of a record in our catalogue: the producer's own where it can stand in an address, else its hash."""
    own = identifier if _PLAIN.fullmatch(identifier) else blake2b(identifier.encode(), digest_size=10).hexdigest()
    return f"{source}.{own}"


# ——— runs


def run(
    connection: Any, source: Source, clock: Clock, ours: Ours, *, full: bool = False, network: Network = outgoing
) -> Outcome:
    """Harvest a source and keep what changed. `full` reads all of it, whatever it says has not changed."""
    with connection.transaction():
        harvested.alone(connection, source.id)
    try:
        return _run(connection, source, clock, ours, full=full, network=network)
    finally:
        with suppress(Exception), connection.transaction():
            harvested.released(connection, source.id)


def _run(connection: Any, source: Source, clock: Clock, ours: Ours, *, full: bool, network: Network) -> Outcome:
    now = clock()
    with connection.transaction():
        standing = harvested.register(connection, source.id, source.plain)
        before = None if full else harvested.interrupted(connection, source.id, now - RESUMED_WITHIN)
        since = _since(source, standing, now) if not full else None
        if before is not None:
            since = before["since"]
        whole = since is None
        number = harvested.begin(
            connection, source.id, now, full=whole, since=since, after=before["number"] if before else None
        )
        progress = _progress(connection, source, number, since, before)
    counted = 0
    try:
        with network(source) as net:
            for step in collect(source, net, progress, _remembering(connection, source, use=whole and not full)):
                with connection.transaction():
                    harvested.stage(connection, source.id, number, step.told.items(), clock(), progress.as_json())
                    _note(connection, source.id, number, step.findings, counted)
                    if step.kept is not None and whole:
                        harvested.keep_page(connection, source.id, step.address, step.kept)
                counted += len(step.findings)
        return _finished(connection, source, number, clock, ours, progress, full=whole)
    except Problem as error:
        return _failed(connection, source, number, clock, error, progress, full=whole)
    except Exception as error:
        _failed(connection, source, number, clock, Unprocessable(Text(
            f"Erreur interne ({type(error).__name__}) : rien n'a changé.",
            f"Internal error ({type(error).__name__}): nothing changed.")), progress, full=whole)  # fmt: skip
        raise


def plan(
    connection: Any, source: Source, clock: Clock, ours: Ours, *, full: bool = True, network: Network = outgoing
) -> Outcome:
    """What a run would change; nothing is written."""
    with connection.transaction():
        known = harvested.known(connection, source.id)
        standing = harvested.sources(connection, source.id)
    since = None if full or not standing else _since(source, standing[0], clock())
    reader = READERS[source.type]
    progress = Progress(deque(reader.first(source, since.isoformat() if since else None)))
    told: dict[str, dict[str, Any] | None] = {}
    findings: list[Finding] = []
    problem: Text | None = None
    try:
        with network(source) as net:
            for step in collect(source, net, progress, lambda _: None):
                told.update(step.told)
                findings.extend(step.findings)
        found = difference(known, told, ours, full=since is None)
        _refuse_empty(source, known, told, full=since is None)
    except Problem as error:
        problem, found = error.detail, Difference()
    titles = {name: str(one["title"]) for name, one in told.items() if one}
    titles |= {name: str(known[name].document["title"]) for name in found.missing}
    status = "failed" if problem else "planned"
    return Outcome(source.id, None, status, since is None, found, tuple(findings), problem, titles)


def _since(source: Source, standing: Mapping[str, Any], now: datetime) -> datetime | None:
    """The instant since which changes are asked for; None: all is read."""
    last, whole = standing["last_success"], standing["last_full"]
    if not READERS[source.type].incremental or last is None or whole is None:
        return None
    return None if now - whole >= source.full_rhythm else last - MARGIN


def _progress(
    connection: Any, source: Source, number: int, since: datetime | None, before: Mapping[str, Any] | None
) -> Progress:
    if before is None:
        return Progress(deque(READERS[source.type].first(source, since.isoformat() if since else None)))
    cursor = before["cursor"]
    seen = {name: digest(one) if one else "" for name, one in harvested.staged(connection, source.id, number)}
    return Progress(deque(Ask(*one) for one in cursor["queue"]), set(cursor["visited"]), seen, cursor["pages"], 1)


def _remembering(connection: Any, source: Source, *, use: bool) -> Remembered:
    def remembered(address: str) -> KeptPage | None:
        if not use:
            return None
        with connection.transaction():
            return harvested.page(connection, source.id, address)

    return remembered


def _finished(
    connection: Any, source: Source, number: int, clock: Clock, ours: Ours, progress: Progress, *, full: bool
) -> Outcome:
    with connection.transaction():
        known = harvested.known(connection, source.id)
        told = dict(harvested.staged(connection, source.id, number))
        _refuse_empty(source, known, told, full=full)
        found = difference(known, told, ours, full=full)
        ids = {name: address_of(source.id, name) for name in (*found.added, *found.changed)}
        harvested.keep(connection, source.id, found, told, ids, clock())
        _note(connection, source.id, number, [_gone(known[name], name) for name in found.archived], 0)
        _note(connection, source.id, number, [_ours(name) for name in found.ours], 0)
        status = "done" if progress.fresh else "unchanged"
        harvested.end(connection, source.id, number, status, clock(), {**found.counts, "pages": progress.pages})
        findings = _findings(connection, source.id, number)
    titles = {name: str(one["title"]) for name, one in told.items() if one}
    titles |= {name: str(known[name].document["title"]) for name in found.missing}
    return Outcome(source.id, number, status, full, found, findings, None, titles)


def _failed(
    connection: Any, source: Source, number: int, clock: Clock, error: Problem, progress: Progress, *, full: bool
) -> Outcome:
    """The end of a run that failed. One that was only cut off may be gone on with."""
    connection.rollback()
    with connection.transaction():
        harvested.end(
            connection, source.id, number, "failed", clock(), {"pages": progress.pages}, _whole(error),
            resumable=isinstance(error, NotReached) and progress.pages > 1,
        )  # fmt: skip
        _note(connection, source.id, number, [Finding("error", "source.unreadable", _whole(error))], 0)
        findings = _findings(connection, source.id, number)
    return Outcome(source.id, number, "failed", full, Difference(), findings, _whole(error))


def _refuse_empty(source: Source, known: Mapping[str, Known], told: Mapping[str, Any], *, full: bool) -> None:
    live = sum(one.state == "live" for one in known.values())
    if full and live and not told:
        raise Unprocessable(
            Text(f"La source ne dit plus aucune fiche ({live} connues) : elles restent.",
                 f"The source tells no record any more ({live} are known): they stay."),
            remedy=Text("Vérifiez son adresse.", "Check its address."),
        )  # fmt: skip


def _gone(before: Known, name: str) -> Finding:
    title = before.document["title"]
    return Finding("info", "record.archived", Text(
        f"« {title} » a disparu de la source deux fois de suite : archivée.",
        f"“{title}” was missing from the source twice running: archived."), name)  # fmt: skip


def _ours(name: str) -> Finding:
    return Finding("info", "record.ours", Text(
        "Une fiche de ce catalogue, revenue par la source : reconnue, pas doublée.",
        "A record of this catalogue that came back by the source: recognised, not doubled."), name)  # fmt: skip


def _whole(error: Problem) -> Text:
    if error.remedy is None:
        return error.detail
    return Text(f"{error.detail.fr} {error.remedy.fr}", f"{error.detail.en} {error.remedy.en}")


def _note(connection: Any, source: str, number: int, findings: Any, counted: int) -> None:
    told = [
        {"level": one.level, "code": one.code, "record": one.record, "words": {"fr": one.words.fr, "en": one.words.en}}
        for one in list(findings)[: max(0, MOST_FINDINGS - counted)]
    ]
    if told:
        harvested.note(connection, source, number, told)


def _findings(connection: Any, source: str, number: int) -> tuple[Finding, ...]:
    return tuple(
        Finding(one["level"], one["code"], Text(one["words"]["fr"], one["words"]["en"]), one["record"])
        for one in harvested.findings(connection, source, number)
    )
