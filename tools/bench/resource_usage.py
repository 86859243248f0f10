"""CPU and memory of processes, read from /proc: a process, its children, and theirs."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAUSE = 0.25


def family(root: int) -> set[int]:
    """The process and all its descendants that are alive."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            stat = _stat(int(folder.name))
            if stat:
                parents[int(folder.name)] = int(stat[1])
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found & (parents.keys() | {root})


def cpu(roots: Iterable[int]) -> float:
    """Seconds of CPU used so far by these families, children that ended included."""
    total = 0
    for root in roots:
        for pid in family(root):
            stat = _stat(pid)
            if stat:
                total += sum(map(int, stat[11:15]))
    return total / TICK


def memory(root: int) -> int:
    """Bytes held now by a family, what its members share counted once (PSS; resident size where that is not told)."""
    return sum(_held(pid) for pid in family(root))


def _held(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@dataclass
class Peak:
    """The most memory seen while measuring."""

    bytes: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def peak(root: int) -> Iterator[Peak]:
    """Watch a family's memory for as long as the block lasts."""
    seen = Peak()

    def watch() -> None:
        while True:
            seen.bytes = max(seen.bytes, memory(root))
            if seen._stop.wait(PAUSE):
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        seen._stop.set()
        watcher.join()


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name: state, parent, …, utime (11), stime, cutime, cstime."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
