"""The conformance classes: ours, and those that each trade says its own routes implement. Declared is tested."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"
COMMON_2 = "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/"

CONFORMANCE: tuple[str, ...] = (
    f"{COMMON}core",
    f"{COMMON}landing-page",
    f"{COMMON}json",
    f"{COMMON}html",
    f"{COMMON}oas30",
    f"{COMMON_2}collections",
)

# Each trade keeps its own list beside its routes, in `ogc/<trade>/conformance.py`.
TRADES = ("features", "tiles", "maps", "coverages", "stac", "processes", "edr")


def classes(trades: tuple[str, ...] = TRADES, beside: tuple[str, ...] = ()) -> tuple[str, ...]:
    """All classes declared, sorted, once each; `beside` are those of other slices."""
    found = {*CONFORMANCE, *beside}
    for trade in trades:
        found.update(contributed(trade, "conformance", "CONFORMANCE"))
    return tuple(sorted(found))


def contributed(trade: str, module: str, name: str) -> tuple[str, ...]:
    """A tuple that a trade keeps in one of its modules; empty when that trade has none."""
    package = f"mig_idg.ogc.{trade}"
    if find_spec(package) is None or find_spec(f"{package}.{module}") is None:
        return ()
    return tuple(getattr(import_module(f"{package}.{module}"), name, ()))
