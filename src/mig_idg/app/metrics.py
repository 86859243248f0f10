"""Counters for Prometheus. Labels are doors, methods and statuses: never a collection, a caller or a value."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
_REQUESTS = Counter("idg_requests", "Requests answered", ("door", "method", "status"), registry=REGISTRY)
_SECONDS = Histogram(
    "idg_request_seconds",
    "Time to the last byte",
    ("door",),
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
    registry=REGISTRY,
)
GENERATION = Gauge("idg_generation", "Publication in force", registry=REGISTRY)
EPOCH = Gauge("idg_epoch", "Epoch of rights in force", registry=REGISTRY)
JOURNAL_WAITING = Gauge("idg_journal_waiting", "Decisions not yet written", registry=REGISTRY)

_children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}


def observe(door: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    key = (door, method if method in _METHODS else "other", status)
    pair = _children.get(key)
    if pair is None:
        pair = _children[key] = (_REQUESTS.labels(*map(str, key)), _SECONDS.labels(door))
    pair[0].inc()
    pair[1].observe(seconds)


def text() -> bytes:
    """The exposition text."""
    return generate_latest(REGISTRY)


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
