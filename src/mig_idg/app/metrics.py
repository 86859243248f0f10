"""Counters for Prometheus. Labels are routes, methods, statuses, pools, caches: no collection, caller or value.

Each worker counts for itself, and a scrape reaches one of them: all write what they counted in a folder of the
supervisor, and the one that is asked adds it up. What a worker counted before it ended stays, so that no counter goes
back.
"""

from __future__ import annotations

import json
import os
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from mig_idg.store import cache_use

FOLDER_VARIABLE = "IDG_SERVE_METRICS"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
WRITTEN_EVERY_SECONDS = 2.0

_CLASSES = (
    ("item", ("/items/{",)),
    ("items", ("/items", "/search")),
    ("tile", ("/tiles/", "{row")),
    ("tiles", ("/tiles", "/tileMatrixSets", "/wmts")),
    ("map", ("/map",)),
    ("coverage", ("/coverage",)),
    ("position", ("/position", "/area", "/cube", "/trajectory", "/radius", "/corridor")),
    ("file", ("/files", "/download", "/assets")),
    ("process", ("/processes", "/jobs")),
    ("access", ("/access", "/token", "/session", "/oidc")),
)


def route_class(pattern: str) -> str:
    """The kind of question a route is for: a dozen of them, so that each has a histogram."""
    if pattern in ("-", "/metrics"):
        return "other"
    return next((name for name, marks in _CLASSES if any(mark in pattern for mark in marks)), "description")


class Exposition:
    """What `/metrics` of one application says: its own gauges, and what all its workers counted.

    `gauges()` gives families by name: (help, label, {value of the label: number}); they are added up over workers,
    but for those of `same`, which are one state that each worker knows.
    """

    def __init__(self, gauges: Callable[[], Mapping[str, Gauges]], *, folder: str | None = None) -> None:
        self._gauges = gauges
        self._folder = Path(folder) if folder else None
        # (route, method, status) → requests; class of routes → one count for each bucket, then the sum of seconds.
        self._requests: dict[tuple[str, str, int], int] = {}
        self._seconds: dict[str, list[float]] = {}
        self._class_of: dict[str, str] = {}

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request: two additions, turned into metrics only when somebody reads them."""
        key = (route, method if method in _METHODS else "other", status)
        self._requests[key] = self._requests.get(key, 0) + 1
        name = self._class_of.get(route)
        if name is None:
            name = self._class_of[route] = route_class(route)
        counts = self._seconds.get(name)
        if counts is None:
            counts = self._seconds[name] = [0.0] * (len(BUCKETS) + 2)
        counts[bisect_left(BUCKETS, seconds)] += 1
        counts[-1] += seconds

    def write(self) -> None:
        """Leave what this worker counted for the others."""
        if self._folder is None:
            return
        path = self._folder / f"{os.getpid()}.json"
        with suppress(OSError):
            draft = path.with_suffix(".new")
            draft.write_text(json.dumps(self._own()), "utf-8")
            draft.replace(path)

    def text(self) -> bytes:
        """The exposition text, of all workers."""
        states = [self._own(), *self._others()]
        registry = CollectorRegistry()
        registry.register(_Families(states))
        return generate_latest(registry)

    def _own(self) -> dict[str, Any]:
        return {
            "requests": [[*key, count] for key, count in self._requests.items()],
            "seconds": self._seconds,
            "caches": cache_use.counts,
            "gauges": {name: list(family) for name, family in self._gauges().items()},
            "at": time.time(),
        }

    def _others(self) -> Iterator[dict[str, Any]]:
        if self._folder is None:
            return
        for path in self._folder.glob("*.json"):
            if path.stem != str(os.getpid()):
                with suppress(OSError, ValueError):
                    yield json.loads(path.read_text("utf-8"))


Gauges = tuple[str, str | None, dict[str, float]]
# One state that each worker knows, and not a part of it: the newest is told.
_SAME = ("idg_generation", "idg_epoch", "idg_publication_age_seconds", "idg_postgresql_restarts", "idg_harvest_records",
         "idg_harvest_archived", "idg_harvest_failures", "idg_harvest_age_seconds", "idg_notices",
         "idg_notices_wait_seconds")  # fmt: skip
_GONE_AFTER_SECONDS = 15.0


class _Families:
    """States of workers, as Prometheus wants them."""

    def __init__(self, states: list[dict[str, Any]]) -> None:
        self._states = states

    def collect(self) -> Iterator[Metric]:
        """Requests, seconds by class of routes, caches, gauges."""
        requests = CounterMetricFamily("idg_requests", "Requests answered", labels=("route", "method", "status"))
        for key, total in self._summed("requests").items():
            requests.add_metric(key, total)
        yield requests
        seconds = HistogramMetricFamily("idg_request_seconds", "Time to the last byte", labels=("class",))
        for name, counts in self._histograms().items():
            below = list(accumulate(counts[:-1]))
            buckets = [(str(edge), value) for edge, value in zip((*BUCKETS, "+Inf"), below, strict=True)]
            seconds.add_metric((name,), buckets, counts[-1])
        yield seconds
        caches = CounterMetricFamily("idg_cache_requests", "Questions to caches", labels=("cache", "result"))
        for result, position in (("hit", 0), ("miss", 1)):
            for name in sorted({name for state in self._states for name in state["caches"]}):
                total = sum(state["caches"].get(name, [0, 0])[position] for state in self._states)
                caches.add_metric((name, result), total)
        yield caches
        yield from self._gauge_families()

    def _summed(self, member: str) -> dict[tuple[str, ...], float]:
        found: dict[tuple[str, ...], float] = {}
        for state in self._states:
            for *key, count in state[member]:
                name = tuple(map(str, key))
                found[name] = found.get(name, 0) + count
        return found

    def _histograms(self) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for state in self._states:
            for name, counts in state["seconds"].items():
                before = found.get(name, [0.0] * len(counts))
                found[name] = [a + b for a, b in zip(before, counts, strict=True)]
        return found

    def _gauge_families(self) -> Iterator[Metric]:
        # A worker that ended has no connections any more; what it counted is history, what it held is not.
        alive = [state for state in self._states if self._states[0]["at"] - state["at"] < _GONE_AFTER_SECONDS]
        for name, (text, label, own) in self._states[0]["gauges"].items():
            family = GaugeMetricFamily(name, text, labels=(label,) if label else ())
            others = [] if name in _SAME else [state["gauges"].get(name, (None, None, {}))[2] for state in alive[1:]]
            for value in own:
                total = own[value] + sum(other.get(value, 0) for other in others)
                family.add_metric((value,) if label else (), total)
            yield family


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
