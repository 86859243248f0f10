"""One figure: a server under one workload, by so many clients, for so long; what it used meanwhile."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

from bench import load, resource_usage
from bench.agree import fetch
from bench.dataset import PREFIX, Ground
from bench.peers import Server
from bench.workloads import Workload
from mig_idg.database import connect

PAGES = 10
FRESH = 3_000
SETTLE_SECONDS, STILL_SECONDS = 20.0, 0.2
_NEXT = re.compile(rb'\{[^{}]*"rel":\s*"next"[^{}]*\}')
_HREF = re.compile(rb'"href":\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Measure:
    """Rates are answers a second; times milliseconds; CPU milliseconds an answer; memory the peak of all processes."""

    workload: str
    server: str
    clients: int
    rate: float
    p50: float
    p99: float
    bytes: int
    cpu_server: float
    cpu_database: float
    memory: int
    generator: float
    failed: int

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def measure(ground: Ground, server: Server, workload: Workload, clients: int, seconds: float) -> Measure | None:
    """The figure; None when this server is not asked that."""
    paths = [path for question in workload.questions if (path := server.path(question))]
    if not paths:
        return None
    if workload.questions[0].kind == "paging":
        paged(server, paths[0], 0)  # the pages after the first are read here only
    for path in paths[:4]:
        fetch(server, path)
    if server.name.endswith("*"):
        paths = fresh(paths, ground)
    before = resource_usage.cpu([server.pid]), resource_usage.cpu([ground.postmaster])
    with resource_usage.peak(server.pid) as peak:
        if workload.questions[0].kind == "paging":
            flow = paged(server, paths[0], seconds)
        else:
            flow = load.press(server.base, paths, clients=clients, seconds=seconds, headers=dict(server.headers))
    used = resource_usage.cpu([server.pid]) - before[0], resource_usage.cpu([ground.postmaster]) - before[1]
    settle(ground, server)
    answers = max(flow.requests, 1)
    return Measure(
        workload.name, server.name, clients, flow.rate, flow.p50, flow.p99, flow.bytes, used[0] * 1000 / answers,
        used[1] * 1000 / answers, peak.bytes, flow.cpu, flow.failed,
    )  # fmt: skip


def settle(ground: Ground, server: Server) -> None:
    """Wait until a server has let go of what nobody waits for any more, its queries cancelled: the next is asked alone.

    MapServer reads a whole table for a page, and goes on long after its client has left.
    """
    roots, until = [server.pid, ground.postmaster], time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until:
        with connect(ground.owner()) as connection:
            connection.execute(
                "select pg_cancel_backend(pid) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
                " and backend_type = 'client backend'"
            )
        used = resource_usage.cpu(roots)
        time.sleep(STILL_SECONDS)
        if resource_usage.cpu(roots) - used <= STILL_SECONDS / 10:
            return


def together(rounds: list[Measure]) -> Measure:
    """One figure from several rounds: medians, the worst p99, the peak of memory; CPU over all answers."""
    answers = sum(one.rate for one in rounds) or 1.0

    def weighed(pick: Callable[[Measure], float]) -> float:
        return sum(pick(one) * one.rate for one in rounds) / answers

    return replace(
        rounds[0],
        rate=median(one.rate for one in rounds),
        p50=median(one.p50 for one in rounds),
        p99=max(one.p99 for one in rounds),
        cpu_server=weighed(lambda one: one.cpu_server),
        cpu_database=weighed(lambda one: one.cpu_database),
        memory=max(one.memory for one in rounds),
        generator=max(one.generator for one in rounds),
        failed=sum(one.failed for one in rounds),
    )


def fresh(paths: list[str], ground: Ground) -> list[str]:
    """The same tiles under addresses of their own (columns named in another order): each has to be drawn."""
    names = ground.columns[paths[0].split("/")[2].removeprefix(PREFIX)]
    orders = itertools.permutations(names)
    read_version = int(time.time() * 1000) % 5_000
    made = []
    for order in itertools.islice(orders, read_version, read_version + FRESH // len(paths) + 1):
        made += [f"{path}&properties={','.join(order)}" for path in paths]
    return made


def paged(server: Server, path: str, seconds: float) -> load.Flow:
    """Ten pages by their `next` links (or by offset, for those without), as many times as fit."""
    times: list[float] = []
    began, cpu, total = time.perf_counter(), time.process_time(), 0
    while not times or time.perf_counter() - began < seconds:
        start, address = time.perf_counter(), path
        for number in range(PAGES):
            body = fetch(server, address)
            total += len(body)
            linked = _HREF.search(found[0]) if (found := _NEXT.findall(body[:4000] + body[-4000:])) else None
            address = (
                re.sub(r"^https?://[^/]+", "", linked[1].decode().replace("&amp;", "&"))
                if linked
                else f"{path}&offset={10_000 * (number + 1)}"
            )
        times.append((time.perf_counter() - start) * 1000)
    lasted = time.perf_counter() - began
    times.sort()
    return load.Flow(
        len(times), lasted, total // len(times), times[len(times) // 2], times[-1], 0,
        (time.process_time() - cpu) / lasted,
    )  # fmt: skip
