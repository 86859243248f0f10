"""The load: `wrk` when it is there, else a generator of ours in a process of its own. Its own CPU is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mig_idg.errors import Text, Unavailable

_LUA = """
local requests, turn = {}, 0
init = function(args)
  for line in io.lines(args[1]) do
    table.insert(requests, wrk.format("GET", line))
  end
end
request = function()
  turn = turn %% #requests + 1
  return requests[turn]
end
done = function(summary, latency, _)
  local e = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests": %%d, "seconds": %%f, "bytes": %%d, "p50": %%f, "p99": %%f, "failed": %%d}\\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """What came back: answers, milliseconds, bytes an answer; `cpu` is the generator's own share of a core."""

    requests: int
    seconds: float
    bytes: int
    p50: float
    p99: float
    failed: int
    cpu: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds if self.seconds else 0.0


def press(base: str, paths: list[str], *, clients: int, seconds: float, headers: dict[str, str]) -> Flow:
    """Ask for the paths in turn, by that many clients at once, for that long."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "paths"
        listed.write_text("\n".join(paths) + "\n")
        if shutil.which("wrk") and seconds >= 1:
            command = _wrk(Path(folder), base, listed, clients, seconds, headers)
        else:
            command = [sys.executable, "-m", "bench.load_generator", base, str(listed), str(clients), str(seconds)]
            command += [json.dumps(headers)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = process.stdout.read()
            _, _, used = os.wait4(process.pid, 0)
            process.returncode = 0
    found = [line for line in said.splitlines() if line.startswith("RESULT ")]
    if not found:
        raise Unavailable(Text("Le générateur de charge n'a rien mesuré.", "The load generator measured nothing."))
    told = json.loads(found[-1].removeprefix("RESULT "))
    answers = max(told["requests"], 1)
    own = (used.ru_utime + used.ru_stime) / max(told["seconds"], 1e-9)
    return Flow(
        told["requests"], told["seconds"], told["bytes"] // answers, told["p50"], told["p99"], told["failed"], own
    )


def _wrk(folder: Path, base: str, listed: Path, clients: int, seconds: float, headers: dict[str, str]) -> list[str]:
    script = folder / "ask.lua"
    script.write_text(_LUA.replace("%%", "%"))
    command = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--timeout=30s", f"-s{script}"]
    command += [f"-H{name}: {value}" for name, value in headers.items()]
    return [*command, base, "--", str(listed)]
