"""`./idg bench`: ours against its peers and against PostgreSQL alone, in one run; every figure is a ratio.

dataset.py    databases and samples, kept for the next run
workloads.py  what is asked
peers.py      the servers, and how each hears a question
agree.py      do they give the same features?
load.py       the generator (wrk, else load_generator.py)
resource_usage.py  CPU and memory from /proc
limit.py      pgbench and a bare ASGI reply
measure.py    one figure        report.py     all of them, told
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from mig_idg.cli import messages
from mig_idg.cli.messages import say, say_json, t
from mig_idg.errors import Text, Unavailable

if TYPE_CHECKING:
    from bench.dataset import Ground
    from bench.peers import Server
    from bench.report import Line
    from bench.workloads import Workload

ROUNDS = 3


@click.command(
    name="bench",
    help=t(
        "Mesure mig-idg contre ses pairs et contre PostgreSQL seul, en une fois. NAME : les mesures voulues.",
        "Measures mig-idg against its peers and PostgreSQL alone, in one run. NAME: the workloads wanted.",
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option(
    "--against", help=t("pairs, entre virgules : pygeoapi,tipg,martin,pg_featureserv", "peers, between commas")
)
@click.option(
    "--titiler",
    type=click.Path(exists=True, dir_okay=False),
    help=t("« raster » : un Python qui a titiler.core", "“raster”: a Python that has titiler.core"),
)
@click.option("--quick", is_flag=True, help=t("quelques secondes, petites données, sans pair", "seconds, small data"))
@click.option("--scale", type=click.IntRange(1, 100), help=t("× 100 000 adresses (10)", "× 100,000 addresses (10)"))
@click.option("--seconds", type=click.FloatRange(0.2, 600), help=t("durée d'une mesure (4)", "of one measure (4)"))
@click.option("--clients", default="1,8", show_default=True, help=t("clients à la fois", "clients at once"))
@click.option("--list", "listing", is_flag=True, help=t("dit les noms des mesures", "tells the names of workloads"))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def command(
    names: tuple[str, ...],
    against: str | None,
    titiler: str | None,
    quick: bool,
    scale: int | None,
    seconds: float | None,
    clients: str,
    listing: bool,
    as_json: bool,
) -> int:
    """Prepare, start, check that all agree, measure, tell. Exit 1 when ours is wrong."""
    if names == ("raster",):
        from bench import raster

        return raster.measured(titiler, _clients(clients)[-1], as_json)
    if names == ("charter",):
        from bench import charter

        return charter.measured(as_json)
    from bench import agree, limit, load, measure, report, workloads  # noqa: F401 (whole before it begins)

    signal.signal(signal.SIGTERM, _leave)
    peers = _peers(against, quick)
    crowd = _clients(clients)
    many = 100 if quick else 1000
    console = Console(stderr=as_json, highlight=False)
    lines: list[Line] = []
    with _ground(scale or (1 if quick else 10), many, 8 if quick else 48, quick) as ground:
        wanted = workloads.chosen(workloads.every(ground, many), names)
        if listing:
            for one in wanted:
                click.echo(f"  {one.name:<20} {one.title.in_(messages.lang())}")
            return 0
        lasting = seconds or (0.4 if quick else 4.0)
        for database in dict.fromkeys(one.database for one in wanted):
            part = [one for one in wanted if one.database == database]
            with _servers(ground, database, peers, part) as servers:
                lines += _run(ground, servers, part, crowd, lasting, console)
    if as_json:
        say_json([line.plain for line in lines])
    else:
        report.worst(lines, console)
    return 1 if any(name in line.differences for line in lines for name in report.OURS) else 0


def _leave(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends as Ctrl-C does: every server that was started, then the cluster."""
    raise KeyboardInterrupt


def _peers(against: str | None, quick: bool) -> tuple[str, ...]:
    from bench.peers import NAMES
    from mig_idg.errors import UnknownWord

    wanted = tuple(part.strip() for part in against.split(",") if part.strip()) if against is not None else None
    for name in wanted or ():
        if name not in NAMES:
            raise UnknownWord(Text("Pair", "peer"), name, NAMES)
    return wanted if wanted is not None else () if quick else NAMES


def _clients(text: str) -> tuple[int, ...]:
    from mig_idg.errors import InvalidParameter

    try:
        crowd = tuple(int(part) for part in text.split(","))
    except ValueError:
        crowd = ()
    if not crowd or not all(1 <= number <= 1000 for number in crowd):
        raise InvalidParameter("clients", Text("--clients : des entiers, entre virgules.", "--clients: whole numbers."))
    return crowd


@contextmanager
def _ground(scale: int, many: int, count: int, quick: bool) -> Iterator[Ground]:
    """The benchmark's own home and cluster, beside those of the service, which it leaves alone."""
    from bench.dataset import prepare_all
    from mig_idg.database.cluster import PrivateCluster

    folder: Path = messages.settings().home.resolve() / ("bench-quick" if quick else f"bench-{scale}")
    for name in ("IDG_DATABASE_URL", "IDG_DATABASE_APP_URL", "IDG_BASE_URL"):
        os.environ.pop(name, None)
    tell: Callable[[Text], None] = lambda text: say(Text(f"· {text.fr}", f"· {text.en}"), err=True)  # noqa: E731
    with PrivateCluster(folder, notice=tell).in_use() as cluster:
        yield prepare_all(cluster, scale=scale, many=many, count=count, on=messages.today(), tell=tell)


@contextmanager
def _servers(ground: Ground, database: str, peers: tuple[str, ...], part: list[Workload]) -> Iterator[list[Server]]:
    """Ours, ours without rights when this build knows how, then the peers that are there."""
    from dataclasses import replace

    from bench import peers as known
    from bench.agree import features

    with ExitStack() as stack:
        own = stack.enter_context(known.idg(ground, database))
        servers = [own]
        if database == "idg":
            new = stack.enter_context(known.idg(ground, kept=False))
            servers += [replace(new, path=_tiles_only(new)), replace(own, name="mig-idg*", path=_tiles_only(own))]
            free = stack.enter_context(known.idg(ground, rights=False))
            if not isinstance(features(free, part[0].questions[0]), str):
                servers.append(free)
            for name in peers:
                try:
                    server = stack.enter_context(known.peer(name, ground))
                except Unavailable as failure:
                    say(failure.text(messages.lang()), err=True)
                    continue
                if server is None:
                    say(Text(f"· {name} : absent de cette machine", f"· {name}: not on this machine"), err=True)
                else:
                    servers.append(server)
        yield servers


def _tiles_only(server: Server) -> Any:
    return lambda question: server.path(question) if question.kind == "tile" else None


def _run(
    ground: Ground, servers: list[Server], part: list[Workload], crowd: tuple[int, ...], seconds: float,
    console: Console,
) -> list[Line]:  # fmt: skip
    """Every workload at every concurrency: all servers and the limit in turn, three times over, medians kept.

    What else the machine does meanwhile then falls on all of them alike.
    """
    from bench import agree, limit, measure, report

    tables = limit.tables(ground)
    made = []
    for workload in part:
        differences = agree.differences(ground, [one for one in servers if one.name != "mig-idg*"], workload)
        # One client follows links from page to page: there is no sense in eight.
        for clients in (1,) if workload.questions[0].kind == "paging" else crowd:
            line = report.Line(workload.name, workload.title.in_(messages.lang()), clients, differences=differences)
            # A slow server would answer nothing in a short turn.
            first = workload.questions[0]
            slow = first.limit >= 10_000 or 0 < first.tile[0] < 14
            turns = 1 if slow else max(1, min(ROUNDS, int(seconds)))
            rounds: dict[str, list[Any]] = {}
            limits: list[float | None] = []
            for _ in range(turns):
                for server in servers:
                    if found := measure.measure(ground, server, workload, clients, seconds / turns):
                        rounds.setdefault(server.name, []).append(found)
                size = next(iter(rounds.values()))[0].bytes if rounds else 0
                limits.append(_limit(ground, workload, tables, clients, seconds / turns, size))
            line.measures = [measure.together(found) for found in rounds.values()]
            line.limit = median(one or 0.0 for one in limits) or None
            report.show(line, console)
            made.append(line)
    return made


def _limit(ground: Ground, workload: Workload, tables: Any, clients: int, seconds: float, size: int) -> float | None:
    """PostgreSQL alone; for small answers, a bare ASGI reply of the same size."""
    from bench import limit, load

    if workload.name.startswith(limit.SMALL):
        with limit.bare() as server:
            return load.press(server.base, [f"/{size}"], clients=clients, seconds=seconds, headers={}).rate
    rate = limit.pgbench(ground, workload, tables, clients, seconds)
    return rate / 10 if rate and workload.questions[0].kind == "paging" else rate
