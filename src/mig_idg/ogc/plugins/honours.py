"""What a plug-in really does with each condition: tried on its own features, not believed.

The signature of a provider says nothing: that of pygeoapi's CSV takes `datetime_`, `sortby` and `q`, and does nothing
with them. A condition is honoured when one that nothing can meet gives nothing, and one that a known feature meets
gives something. What a plug-in does not honour is done by us on what it gives (`selection.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from mig_idg.ogc.plugins import order, shapes
from mig_idg.ogc.plugins.shapes import Feature

SAMPLE = 50
NEVER = "9e0c41d7-nowhere"
_LONG_AGO = "0001-01-01T00:00:00Z/0001-01-02T00:00:00Z"


class Source(Protocol):
    """A provider that is asked."""

    def takes(self, name: str) -> bool:
        """Whether its query has that parameter."""

    def query(self, **given: Any) -> tuple[list[Feature], int | None]:
        """Features, and how many match when it says so."""


class Honours:
    """What was tried of one plug-in; kept as long as its process."""

    def __init__(self, srid: int) -> None:
        self._srid = srid
        self._known: dict[tuple[str, str], bool] = {}

    def offset(self, source: Source) -> bool:
        """Whether a page begins where it was asked to."""

        def tried() -> bool:
            first, _ = source.query(offset=0, limit=2)
            second, _ = source.query(offset=1, limit=1)
            return len(first) < 2 or (bool(second) and second[0]["id"] == first[1]["id"])

        return self._once("offset", "", source, tried)

    def bbox(self, source: Source) -> bool:
        """Whether `bbox` selects, features without geometry left out."""
        nowhere = [-179.99, -89.99, -179.98, -89.98] if self._srid == 4326 else [-9e8, -9e8, -9e8 + 1, -9e8 + 1]

        def tried() -> bool:
            known = next((b for one in self._sample(source) if (b := shapes.bounds_of(one)) is not None), None)
            return known is not None and self._selects(source, "bbox", nowhere, list(known))

        return self._once("bbox", "", source, tried)

    def equal(self, source: Source, name: str) -> bool:
        """Whether a filter on that property selects."""

        def tried() -> bool:
            known = next((v for v in self._values(source, name) if isinstance(v, str)), None)
            if known is None:  # how a plug-in writes numbers is its own affair: 1, 1.0, "01"
                return False
            return self._selects(source, "properties", [(name, NEVER)], [(name, known)])

        return self._once("properties", name, source, tried)

    def datetime(self, source: Source, name: str) -> bool:
        """Whether `datetime` selects, on the property that is declared."""

        def tried() -> bool:
            known = next((v for v in self._values(source, name) if isinstance(v, str) and order.instant(v)), None)
            return known is not None and self._selects(source, "datetime_", _LONG_AGO, known)

        return self._once("datetime", name, source, tried)

    def text(self, source: Source) -> bool:
        """Whether `q` searches."""

        def tried() -> bool:
            values = (v for one in self._sample(source) for v in one["properties"].values())
            word = next((v.split()[0] for v in values if isinstance(v, str) and v.strip().isalpha()), None)
            return word is not None and self._selects(source, "q", NEVER, word)

        return self._once("q", "", source, tried)

    def sort(self, source: Source, name: str) -> bool:
        """Whether `sortby` orders, both ways, with those without a value last or first."""

        def tried() -> bool:
            if not source.takes("sortby"):
                return False
            pages = []
            for sign in "+-":
                features, _ = source.query(offset=0, limit=SAMPLE, sortby=[{"property": name, "order": sign}])
                pages.append([one["properties"].get(name) for one in features])
            return None not in (*pages[0], *pages[1]) and pages[0] != pages[1] and order.both_ways(*pages)

        return self._once("sortby", name, source, tried)

    def filter(self, source: Source, impossible: Any) -> bool:
        """Whether a CQL2 filter selects."""
        if not source.takes("filterq"):
            return False
        return self._once("filter", "", source, lambda: not source.query(offset=0, limit=1, filterq=impossible)[0])

    def _selects(self, source: Source, parameter: str, impossible: Any, possible: Any) -> bool:
        if not source.takes(parameter):
            return False
        none, _ = source.query(offset=0, limit=1, **{parameter: impossible})
        return not none and bool(source.query(offset=0, limit=1, **{parameter: possible})[0])

    def _values(self, source: Source, name: str) -> Iterator[Any]:
        return (one["properties"].get(name) for one in self._sample(source))

    def _sample(self, source: Source) -> list[Feature]:
        return source.query(offset=0, limit=SAMPLE)[0]

    def _once(self, kind: str, name: str, source: Source, tried: Callable[[], bool]) -> bool:
        known = self._known.get((kind, name))
        if known is None:
            try:
                known = tried()
            except Exception:  # it stumbles on the condition: ours is applied, on all that it gives
                known = False
            if self._sample(source):
                self._known[(kind, name)] = known
        return known
