"""A load generator for machines without wrk: `python -m bench.load_generator BASE PATHS CLIENTS SECONDS HEADERS`."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit


async def client(host: str, port: int, requests: itertools.cycle[bytes], until: float, seen: list[float]) -> list[int]:
    """One connection kept open, one request after the other; (bytes, failures)."""
    reader, writer = await asyncio.open_connection(host, port)
    total = failed = 0
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(next(requests))
        status, size = await answer(reader)
        seen.append((time.perf_counter() - began) * 1000)
        total += size
        failed += status >= 400
    writer.close()
    return [total, failed]


async def answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Read one whole answer: (status, bytes)."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    size = len(head)
    if "chunked" in fields.get("transfer-encoding", ""):
        while length := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(length + 2)
            size += length
        await reader.readline()
    elif length := int(fields.get("content-length", "0")):
        await reader.readexactly(length)
        size += length
    return int(lines[0].split()[1]), size


async def main(base: str, paths: str, clients: int, seconds: float, headers: dict[str, str]) -> None:
    """Press, then print one line of results."""
    place = urlsplit(base)
    extra = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    requests = itertools.cycle(
        f"GET {line} HTTP/1.1\r\nHost: {place.netloc}\r\n{extra}\r\n".encode()
        for line in Path(paths).read_text().splitlines()
    )
    seen: list[float] = []
    began = time.perf_counter()
    told = await asyncio.gather(
        *(
            client(place.hostname or "127.0.0.1", place.port or 80, requests, began + seconds, seen)
            for _ in range(clients)
        )
    )
    lasted = time.perf_counter() - began
    seen.sort()
    result = {
        "requests": len(seen),
        "seconds": lasted,
        "bytes": sum(total for total, _ in told),
        "p50": seen[len(seen) // 2],
        "p99": seen[min(len(seen) - 1, len(seen) * 99 // 100)],
        "failed": sum(failed for _, failed in told),
    }
    print("RESULT " + json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), json.loads(sys.argv[5])))
