"""`./idg bench charter`: how long a decision takes, and the list of what one body may see among 1,000 datasets.

The partnership is the real territory: 36 communes and Argenteuil, four EPT with their acts, contractors, transfers.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import click

from mig_idg import territory
from mig_idg.charter import (
    ALWAYS,
    AccessRequest,
    Dataset,
    Delegation,
    EptCommune,
    Facts,
    Membership,
    Restriction,
    Span,
    SubDistribution,
    Terms,
    Transfer,
    decide,
)
from mig_idg.charter.facts import READ
from mig_idg.charter.questions import visible
from mig_idg.cli.messages import say_json, t

DATASETS = 1000
ON = date(2026, 6, 1)
TARGETS = {"decision_us": 50.0, "listing_ms": 20.0}


def partnership(datasets: int = DATASETS) -> Facts:
    """The territory's bodies with `datasets` datasets: shared, coproduced, open, excepted, in turn."""
    communes, epts = list(territory.COMMUNES), list(territory.EPTS)
    partners = [*communes[:17], *epts[:3], *territory.OTHERS]
    return Facts(
        charter=Span(date(2022, 1, 1), date(2027, 1, 1)),
        memberships=tuple(Membership(body) for body in partners),
        ept_communes=tuple(EptCommune(c.ept, c.code) for c in territory.COMMUNES.values()),
        sub_distributions=tuple(SubDistribution(c.ept, c.code, True) for c in territory.COMMUNES.values()),
        delegations=tuple(Delegation(partners[n % 20], f"contractor-{n}", True) for n in range(40)),
        third_party_transfers=tuple(Transfer(partners[n % 20], f"third-{n}", f"d{n}", True) for n in range(40)),
        datasets={f"d{n}": _dataset(n, partners) for n in range(datasets)},
    )


def _dataset(n: int, partners: list[str]) -> Dataset:
    attributes = ("geom", "name", "kind", "cost")
    exceptions = (Restriction("E1", frozenset({"name"})),) if n % 5 == 0 else ()
    metadata = ("public", "partners", "hidden")[n % 3]
    if n % 2:
        members = frozenset(partners)
        return Dataset(
            f"d{n}", "coproduced", "validated", None, members, members, attributes, metadata, None, exceptions
        )
    terms = Terms("all_partners", READ, NONE, NONE, frozenset({"cost"}), True, True, ALWAYS)
    owner = partners[n % len(partners)]
    licence = "LO-2.0" if n % 7 == 0 else None
    return Dataset(
        f"d{n}", "mutualised", "published", owner, NONE, NONE, attributes, metadata, terms, exceptions, None, licence
    )


NONE: frozenset[str] = frozenset()
WHO = {
    "public": None,
    "partner": "92012",
    "ept": "ept-t4",
    "commune by its EPT": "92072",
    "contractor": "contractor-3",
    "third party": "third-4",
}


def run(rounds: int = 5) -> dict[str, Any]:
    """The measures: microseconds a decision for each kind of caller, milliseconds a listing, medians of `rounds`."""
    facts = partnership()
    decisions = {kind: _median(rounds, partial(_decide_all, who, facts)) * 1e6 for kind, who in WHO.items()}
    listing = _median(rounds, lambda: _timed(lambda: visible("92012", NONE, facts, ON)))
    indexing = _median(rounds, lambda: _timed(partnership))
    return {
        "decision_us": {kind: round(value, 1) for kind, value in decisions.items()},
        "listing_ms": round(listing * 1e3, 1),
        "facts_ms": round(indexing * 1e3, 1),
        "targets": TARGETS,
        "met": max(decisions.values()) < TARGETS["decision_us"] and listing * 1e3 < TARGETS["listing_ms"],
    }


def _decide_all(who: str | None, facts: Facts) -> float:
    """Seconds a decision, over every dataset and reading action asked by one body."""
    asked = [AccessRequest(who, NONE, action, id, ON) for id in facts.datasets for action in ("view", "download")]
    return _timed(lambda: [decide(request, facts) for request in asked]) / len(asked)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(rounds: int, measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(rounds))


def lines(told: dict[str, Any]) -> Iterator[str]:
    """The measures for people."""
    for kind, value in told["decision_us"].items():
        yield t(f"  une décision ({kind}) : {value} µs", f"  one decision ({kind}): {value} µs")
    yield t(
        f"  ce qu'un organisme peut voir parmi {DATASETS} jeux : {told['listing_ms']} ms",
        f"  what one body may see among {DATASETS} datasets: {told['listing_ms']} ms",
    )
    yield t(f"  indexer les faits : {told['facts_ms']} ms", f"  indexing the facts: {told['facts_ms']} ms")


def measured(as_json: bool) -> int:
    """Measure, tell; 1 when a target is missed: 50 µs a decision, 20 ms a listing."""
    told = run()
    if as_json:
        say_json(told)
    else:
        for line in lines(told):
            click.echo(line)
    return 0 if told["met"] else 1
