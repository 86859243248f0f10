"""The benchmark counts what it says it counts, and its plumbing holds on small data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import pytest

from bench import agree, resource_usage, workloads
from bench.dataset import Ground
from bench.measure import Measure, together
from bench.report import Line
from bench.samples import Sample
from mig_idg.database.cluster import PrivateCluster
from mig_idg.errors import UnknownWord

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BENCH = (sys.executable, str(ROOT / "tools" / "bench"))


def measured(server: str, rate: float, **more: float) -> Measure:
    figures = {"p50": 1.0, "p99": 2.0, "cpu_server": 1.0, "cpu_database": 1.0, "generator": 0.1} | more
    return Measure("item", server, 8, rate, bytes=10, memory=1, failed=0, **figures)


def ground(tmp_path: Path) -> Ground:
    sample = Sample("a", 2.2, 48.9, (2.19, 48.89, 2.21, 48.91), (641000.0, 6865000.0, 642000.0, 6866000.0))
    return Ground(PrivateCluster(tmp_path), "jeton", {"adresses": [sample], "pcrs": [sample]}, {})


def test_features_of_a_tile_are_counted_over_its_layers() -> None:
    points = [{"geometry": f"POINT({n} {n})", "properties": {"n": n, "s": "x"}} for n in range(5)]
    tile = mapbox_vector_tile.encode([{"name": "a", "features": points}, {"name": "b", "features": points[:2]}])
    assert agree.features_of_tile(tile) == 7
    assert agree.features_of_tile(b"") == 0


def test_cpu_of_a_family_grows_with_its_work_and_not_without() -> None:
    before = resource_usage.cpu([os.getpid()])
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    assert 0.15 < resource_usage.cpu([os.getpid()]) - before < 5


def test_a_family_is_a_process_and_its_children() -> None:
    with subprocess.Popen(["sleep", "30"]) as child:
        try:
            assert {os.getpid(), child.pid} <= resource_usage.family(os.getpid())
            assert os.getpid() not in resource_usage.family(child.pid)
            assert resource_usage.memory(child.pid) > 0
        finally:
            child.kill()


def test_a_place_is_in_the_tile_everybody_else_puts_it_in() -> None:
    assert workloads.tile_of(2.2066, 48.8924, 14) == (14, 8292, 5634)
    assert workloads.tile_of(-179.9, 85.0, 1) == (1, 0, 0)


def test_workloads_are_named_by_themselves_or_their_beginning(tmp_path: Path) -> None:
    every = workloads.every(ground(tmp_path), 1000)
    assert [one.name for one in workloads.chosen(every, ("item",))] == ["item"]
    assert len(workloads.chosen(every, ("mvt",))) == 10
    assert len(workloads.chosen(every, ())) == len(every)
    with pytest.raises(UnknownWord):
        workloads.chosen(every, ("nimporte",))


def test_ratios_are_to_the_best_peer_that_did_not_fail_and_to_the_limit() -> None:
    line = Line("item", "", 8, limit=200.0)
    failing = Measure("item", "martin", 8, 900.0, 1, 1, 1, 1, 1, 1, 0.1, failed=4)
    line.measures = [measured("mig-idg", 100.0), measured("tipg", 20.0), measured("pygeoapi", 50.0), failing]
    assert line.to_peer == 2.0
    assert line.to_limit == 0.5
    line.measures.append(measured("mig-idg+", 60.0))
    assert line.to_limit == 0.3


def test_rounds_are_told_by_their_medians_and_cpu_over_all_answers() -> None:
    found = together([measured("a", 10.0, cpu_server=1.0), measured("a", 30.0, cpu_server=2.0), measured("a", 20.0)])
    assert found.rate == 20.0
    assert found.cpu_server == pytest.approx((10 + 60 + 20) / 60)


@pytest.mark.parametrize("words", [["--clients", "deux"], ["--against", "geoserveur"], ["--seconds", "0"]])
def test_what_cannot_be_measured_is_not_understood(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*BENCH, *words], env={**os.environ, "IDG_HOME": str(tmp_path)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the account of PostgreSQL may enter, which pytest's folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="idg-bench-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.skipif("IDG_TEST_BENCH" not in os.environ, reason="it measures for two minutes: set IDG_TEST_BENCH=1")
def test_a_quick_run_measures_and_leaves_nothing_running(home: Path) -> None:
    done = subprocess.run(
        [*BENCH, "--quick", "--json", "--clients", "2", "mvt-adresses-z16"],
        env={**os.environ, "IDG_HOME": str(home)}, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    (tiles,) = json.loads(done.stdout)
    assert {one["server"] for one in tiles["servers"]} == {"mig-idg", "mig-idg+", "mig-idg*", "mig-idg sans droits"}
    for one in tiles["servers"]:
        assert one["rate"] > 0
        assert one["failed"] == 0
        assert one["memory"] > 10 * 2**20
    assert tiles["ratio_to_limit"] > 0
    assert not PrivateCluster(home / "bench-quick").running
