"""Counters for Prometheus. Labels are routes, methods and statuses: never a collection, a caller or a value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

REGISTRY = CollectorRegistry()
BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
GENERATION = Gauge("idg_generation", "Publication in force", registry=REGISTRY)
EPOCH = Gauge("idg_epoch", "Epoch of rights in force", registry=REGISTRY)

# (route, method, status) → requests; route → one count for each bucket, then the sum of seconds.
_requests: dict[tuple[str, str, int], int] = {}
_seconds: dict[str, list[float]] = {}


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request: two additions, turned into metrics only when somebody reads them."""
    key = (route, method if method in _METHODS else "other", status)
    _requests[key] = _requests.get(key, 0) + 1
    counts = _seconds.get(route)
    if counts is None:
        counts = _seconds[route] = [0.0] * (len(BUCKETS) + 2)
    counts[bisect_left(BUCKETS, seconds)] += 1
    counts[-1] += seconds


class _Collector:
    """The counts above, as Prometheus wants them."""

    def collect(self) -> Iterator[Metric]:
        """Two families: requests by route, method and status; seconds by route."""
        requests = CounterMetricFamily("idg_requests", "Requests answered", labels=("door", "method", "status"))
        for (route, method, status), count in _requests.items():
            requests.add_metric((route, method, str(status)), count)
        yield requests
        seconds = HistogramMetricFamily("idg_request_seconds", "Time to the last byte", labels=("door",))
        for route, counts in _seconds.items():
            below = list(accumulate(counts[:-1]))
            buckets = [(str(edge), value) for edge, value in zip((*BUCKETS, "+Inf"), below, strict=True)]
            seconds.add_metric((route,), buckets, counts[-1])
        yield seconds


REGISTRY.register(_Collector())


def text() -> bytes:
    """The exposition text."""
    return generate_latest(REGISTRY)


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
