"""What is told: one table a workload, ours against each peer and against the limit, and the three worst ratios."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import Measure
from mig_idg.cli.messages import t

OURS = ("mig-idg", "mig-idg+", "mig-idg*", "mig-idg sans droits")


@dataclass
class Line:
    """One workload at one concurrency: every server's figure, and the limit in answers a second."""

    workload: str
    title: str
    clients: int
    measures: list[Measure] = field(default_factory=list)
    limit: float | None = None
    differences: dict[str, str] = field(default_factory=dict)

    @property
    def own(self) -> Measure | None:
        """Ours, as never asked before where a kept answer would not be comparable."""
        by_name = {one.server: one for one in self.measures}
        return by_name.get("mig-idg+") or by_name.get("mig-idg")

    @property
    def to_peer(self) -> float | None:
        """Our rate over that of the best peer."""
        peers = [one.rate for one in self.measures if one.server not in OURS and not one.failed]
        return self.own.rate / max(peers) if self.own and peers and max(peers) else None

    @property
    def to_limit(self) -> float | None:
        """Our rate over the limit."""
        return self.own.rate / self.limit if self.own and self.limit else None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "workload": self.workload,
            "clients": self.clients,
            "limit": self.limit,
            "ratio_to_best_peer": self.to_peer,
            "ratio_to_limit": self.to_limit,
            "differences": self.differences,
            "servers": [one.plain for one in self.measures],
        }


def show(line: Line, console: Console) -> None:
    """One line of the report, as a small table."""
    table = Table(title=f"{line.workload} — {line.title} — {line.clients} client(s)", title_justify="left")
    for name in (
        t("serveur", "server"), t("rép./s", "req/s"), "p50 ms", "p99 ms", t("octets", "bytes"), t("CPU ms", "CPU ms"),
        t("dont base", "database"), t("mém. Mo", "mem. MB"), t("échecs", "failed"), "",
    ):  # fmt: skip
        table.add_column(name, justify="right")
    for one in line.measures:
        table.add_row(
            one.server, _number(one.rate), _number(one.p50), _number(one.p99), str(one.bytes),
            _number(one.cpu_server + one.cpu_database), _number(one.cpu_database), str(one.memory // 2**20),
            str(one.failed), line.differences.get(one.server, ""),
        )  # fmt: skip
    if line.limit:
        table.add_row(t("limite", "limit"), _number(line.limit))
    console.print(table)
    console.print(
        t(
            f"  meilleur pair × {_ratio(line.to_peer)}   limite × {_ratio(line.to_limit)}   "
            f"générateur : {_generator(line):.0%} d'un cœur",
            f"  best peer × {_ratio(line.to_peer)}   limit × {_ratio(line.to_limit)}   "
            f"generator: {_generator(line):.0%} of a core",
        )
    )


def worst(lines: list[Line], console: Console) -> None:
    """The three worst ratios to the limit: where to look next."""
    known = sorted((line for line in lines if line.to_limit), key=lambda line: line.to_limit or 0)[:3]
    if known:
        console.print(t("Les plus loin de la limite :", "Farthest from the limit:"))
    for line in known:
        own = line.own
        assert own is not None
        console.print(
            f"  {line.workload} × {line.clients} : {_ratio(line.to_limit)}  "
            f"({t('serveur', 'server')} {_number(own.cpu_server)} ms + {t('base', 'database')} "
            f"{_number(own.cpu_database)} ms)"
        )


def _generator(line: Line) -> float:
    return max((one.generator for one in line.measures), default=0.0)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _ratio(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
