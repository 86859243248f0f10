"""A page of a plug-in: conditions that it honours are given to it, the others are applied to all that it gives.

The whole is only read where it must be, and up to a limit: beyond, the request is refused, naming the parameter that
the plug-in does not honour. Nothing is ever ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mig_idg.ogc.plugins import order, shapes
from mig_idg.ogc.plugins.honours import NEVER, Honours
from mig_idg.ogc.plugins.shapes import Feature

PAGE = 5_000
# Features read when a plug-in does not honour a condition, and in one download.
MOST_READ, MOST_TAKEN = 50_000, 100_000


class Refused(Exception):
    """The request cannot be answered by this plug-in: which parameter, and why."""

    def __init__(self, parameter: str | None, fr: str, en: str, *, too_large: bool = False) -> None:
        super().__init__(en)
        self.told = {"parameter": parameter, "fr": fr, "en": en, "too_large": too_large}


class Selection:
    """One request for features."""

    def __init__(self, source: Any, honours: Honours, asked: Mapping[str, Any]) -> None:
        self._source = source
        self._asked = asked
        self._srid: int = asked["srid"]
        self._given: dict[str, Any] = {}
        self._left: list[str] = []
        self._share_out(honours)
        self._offset_honoured = honours.offset(source)

    def answer(self) -> dict[str, Any]:
        """{"features", "matched", "more"}: the page, how many match when it is known, whether others follow."""
        try:
            return self._page()
        except NotImplementedError:
            if "filterq" not in self._given:
                raise
            raise _not_understood() from None

    def _page(self) -> dict[str, Any]:
        offset, limit, hits = self._asked["offset"], self._asked["limit"], self._asked["hits"]
        if hits:
            return {"features": [], "matched": self._count(), "more": False}
        if self._left or (offset and not self._offset_honoured):
            every = self._sorted([one for one in self._read(MOST_READ) if self._meets(one)])
            page = every[offset:] if limit is None else every[offset : offset + limit]
            return self._told(page, len(every), offset + len(page) < len(every))
        if limit is None:
            page = list(self._read(MOST_TAKEN, offset))
            return self._told(page, offset + len(page), more=False)
        found, matched = self._source.query(offset=offset, limit=limit + 1, **self._given)
        page = found[:limit]
        if matched is not None and matched < offset + len(found):
            matched = None
        more = len(found) > limit or (matched is not None and bool(page) and matched > offset + len(page))
        if matched is None and not more and page and self._offset_honoured:  # its pages may be shorter than ours
            more = bool(self._source.query(offset=offset + len(page), limit=1, **self._given)[0])
        if matched is None and not more and (page or not offset):
            matched = offset + len(page)
        return self._told(page, matched, more)

    def _told(self, page: list[Feature], matched: int | None, more: bool) -> dict[str, Any]:
        output = self._asked["output"]
        return {"features": [shapes.written(one, self._srid, output) for one in page], "matched": matched, "more": more}

    def _share_out(self, honours: Honours) -> None:
        """Which conditions the plug-in is given, and which are left to us."""
        asked, source = self._asked, self._source
        if asked.get("filter") is not None:
            self._given["filterq"] = self._filter(honours)
        if (box := asked.get("bbox")) is not None:
            bounds = shapes.bounds_in(box, self._srid)
            if bounds is not None and honours.bbox(source):
                self._given["bbox"] = list(bounds)
            # Moved to another CRS, a box is no rectangle any more: what its bounds let in besides is taken out.
            if "bbox" not in self._given or box["srid"] != self._srid or box.get("heights") is not None:
                self._left.append("bbox")
        if (period := asked.get("datetime")) is not None:
            if honours.datetime(source, period["field"]):
                self._given["datetime_"] = period["text"]
            else:
                self._left.append("datetime")
        for name, value in asked.get("equal") or ():
            if honours.equal(source, name):
                self._given.setdefault("properties", []).append((name, value))
            else:
                self._left.append(name)
        if asked.get("q"):
            if honours.text(source):
                self._given["q"] = ",".join(asked["q"])
            else:
                self._left.append("q")
        if keys := asked.get("sortby"):
            if len(keys) == 1 and honours.sort(source, keys[0][0]):
                self._given["sortby"] = [{"property": keys[0][0], "order": "-" if keys[0][1] else "+"}]
            else:
                self._left.append("sortby")

    def _filter(self, honours: Honours) -> Any:
        from pygeoapi.crs import modify_pygeofilter
        from pygeofilter.ast import Attribute, Equal
        from pygeofilter.parsers.cql2_json import parse as parse_json
        from pygeofilter.parsers.cql2_text import parse as parse_text

        asked = self._asked["filter"]
        if not honours.filter(self._source, Equal(Attribute(asked["field"]), NEVER)):
            raise Refused(
                "filter",
                "Le greffon qui lit cette collection ne sait pas filtrer en CQL2.",
                "The plug-in that reads this collection cannot filter by CQL2.",
            )
        try:
            read = (parse_json if asked["lang"] == "cql2-json" else parse_text)(asked["text"])
            return modify_pygeofilter(
                read,
                filter_crs_uri=asked["crs"],
                storage_crs_uri=f"http://www.opengis.net/def/crs/EPSG/0/{self._srid}" if self._srid != 4326 else None,
                geometry_column_name=self._source.geometry_field,
            )
        except Exception:
            raise _not_understood() from None

    def _count(self) -> int:
        if not self._left:
            _, matched = self._source.query(offset=0, limit=1, resulttype="hits", **self._given)
            if matched is not None:
                return int(matched)
        return sum(1 for one in self._read(MOST_READ) if self._meets(one))

    def _read(self, most: int, offset: int = 0) -> Iterator[Feature]:
        """All features from `offset` on, page by page. Raises Refused beyond `most`."""
        begun: Any = None
        read = offset
        while True:
            found, matched = self._source.query(offset=read, limit=PAGE, **self._given)
            if not found or (begun is not None and found[0]["id"] == begun):
                return  # the end, or a plug-in that begins again: it has no pages
            begun = found[0]["id"]
            yield from found
            read += len(found)
            if read - offset > most:
                raise self._beyond(most)
            if matched is not None and matched <= read:
                return
            if not self._offset_honoured:
                if len(found) >= PAGE or (matched or 0) > len(found):
                    raise _without_pages()
                return

    def _beyond(self, most: int) -> Refused:
        if self._left:
            names = ", ".join(f"« {name} »" for name in self._left)
            return Refused(
                self._left[0],
                f"Le greffon n'applique pas {names}, et la source a plus de {most} entités à comparer.",
                f"The plug-in does not apply {', '.join(self._left)}, and the source has more than {most} features to"
                " compare.",
            )
        return Refused(
            "limit",
            f"Plus de {most} entités : téléchargez-les par pages, avec limit et offset.",
            f"More than {most} features: download them by pages, with limit and offset.",
            too_large=True,
        )

    def _meets(self, one: Feature) -> bool:
        asked, properties = self._asked, one["properties"]
        if "bbox" in self._left and not shapes.meets(one, self._srid, asked["bbox"]):
            return False
        if "datetime" in self._left and not order.within(properties.get(asked["datetime"]["field"]), asked["datetime"]):
            return False
        if "q" in self._left and not order.found_in(properties, asked["q"]):
            return False
        return all(
            order.equal(properties.get(name), value) for name, value in asked.get("equal") or () if name in self._left
        )

    def _sorted(self, features: list[Feature]) -> list[Feature]:
        return order.sort(features, self._asked["sortby"]) if "sortby" in self._left else features


def _not_understood() -> Refused:
    return Refused(
        "filter",
        "Le greffon qui lit cette collection ne comprend pas ce filtre.",
        "The plug-in that reads this collection does not understand this filter.",
    )


def _without_pages() -> Refused:
    return Refused(
        "offset",
        f"Le greffon n'a pas de pages, et la source a plus de {PAGE} entités.",
        f"The plug-in has no pages, and the source has more than {PAGE} features.",
    )
