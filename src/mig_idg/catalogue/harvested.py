"""Records of other catalogues, as the catalogue shows them: the producer's identifier, licence and credit are kept.

They are found beside ours by everybody the source allows; nothing here opens their data: links go where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, cast

from mig_idg.catalogue import vocabularies
from mig_idg.catalogue.model import HOME, Clause, Kind, Online, Origin, Party, Publisher, Record
from mig_idg.catalogue.vocabularies import LICENCES, Licence
from mig_idg.errors import Lang
from mig_idg.guard.request import Request
from mig_idg.standards.inspire import THEMES, folded, inspire_theme

_LANGUAGES = {"fr": "fre", "fra": "fre", "en": "eng"}
_OPEN = (
    ("LO-2.0", ("licence-ouverte", "licence ouverte", "open licence", "etalab", "fr-lo", "lov2")),
    ("ODbL-1.0", ("odbl", "odc-odbl", "odc_bl", "open database license")),
)
_RESERVED = ("non-public", "non_public", "restricted", "restreint", "reserve aux", "confidenti")
_TOPICS = frozenset(one.topic for one in THEMES if one.topic) | {"economy", "society", "biota"}
_FUNCTIONS = ("information", "download", "search")


class Harvest(Protocol):
    """Where the records of other catalogues come from."""

    async def version(self) -> int:
        """Moves whenever they change."""

    async def records(self) -> list[dict[str, Any]]:
        """All that are live, with their source."""


class Others:
    """The records of other catalogues, kept until they change."""

    def __init__(self, harvest: Harvest | None, publisher: Publisher) -> None:
        self._harvest = harvest
        self._publisher = publisher
        self._version = -1
        self._kept: dict[Lang, tuple[tuple[str, Record], ...]] = {}

    async def visible(self, request: Request) -> tuple[int, tuple[Record, ...]]:
        """Those that the caller may know of, and the version that they are of."""
        if self._harvest is None:
            return 0, ()
        version = await self._harvest.version()
        if version != self._version:
            rows = await self._harvest.records()
            self._kept = {
                lang: tuple((row["audience"], record_of(row, self._publisher, lang)) for row in rows)
                for lang in ("fr", "en")
            }
            self._version = version
        audiences = ("public", "partners") if request.snapshot.partner(request.principal) else ("public",)
        return version, tuple(one for audience, one in self._kept.get(request.lang, ()) if audience in audiences)


def record_of(row: Mapping[str, Any], publisher: Publisher, lang: Lang) -> Record:
    """The record of a harvested description, in the words of its producer."""
    told, source = row["document"], row["declaration"]
    title: str = source["title"][lang]
    parties = tuple(
        Party(one["name"], one["role"], one.get("email"), one.get("url")) for one in told.get("parties", ())
    )
    licence = _licence(told.get("licence"))
    item = f"{HOME}/collections/records/items/{row['id']}"
    own: str = told["identifier"]
    own_is_uri = own.startswith(("http://", "https://")) and not set(own) & set(' <>"{}|\\^`')
    bbox = told.get("bbox")
    return Record(
        id=row["id"],
        lang=lang,
        kind=cast("Kind", told.get("kind", "dataset")),
        title=told["title"],
        abstract=told.get("abstract") or told["title"],
        identifier=own if own_is_uri else item,
        external_ids=tuple(dict.fromkeys((*(() if own_is_uri else (own,)), *told.get("external_ids", ())))),
        file_identifier=own,
        keywords=tuple(told.get("keywords", ())),
        theme=told.get("theme"),
        inspire=inspire_theme(told.get("theme")),
        inspire_conformant=False,
        topics=tuple(one for one in told.get("topics", ()) if one in _TOPICS),
        language=_LANGUAGES.get(told.get("language", "fr"), told.get("language", "fre")[:3]),
        created=told.get("created"),
        revised=told.get("revised"),
        stamp=str(row["changed"])[:10],
        frequency=told.get("frequency") if told.get("frequency") in vocabularies.FREQUENCIES else None,
        lineage=told.get("lineage"),
        scale=told.get("scale"),
        resolution=told.get("resolution"),
        bbox=cast("tuple[float, float, float, float]", tuple(bbox)) if bbox else None,
        period=tuple(told["period"]) if told.get("period") else None,
        crs=tuple(told.get("crs", ())),
        representation="vector" if bbox else "textTable",
        parties=parties or (Party(title, "pointOfContact"),),
        publisher=publisher,
        licence=licence,
        limitations=_limitations(licence, told.get("rights", ())),
        clauses=tuple(Clause(one, title) for one in _rights(told, licence)),
        attribution=told.get("attribution") or (parties[0].name if parties else title),
        standard=None,
        attributes=(),
        resources=tuple(_online(one) for one in told.get("resources", ())),
        links=tuple({"href": one["href"], "rel": "item", "title": one["title"]} for one in told.get("resources", ())),
        access=None,
        origin=Origin(row["source"], title, source["url"], own, told.get("page")),
    )  # fmt: skip


def _licence(told: str | None) -> Licence | None:
    """A licence that we know, or one that has an address; words alone are told as conditions."""
    if not told:
        return None
    plain = folded(told)
    for id, marks in _OPEN:
        if any(mark in plain for mark in marks):
            return LICENCES[id]
    return Licence(told, told, told, "other") if told.startswith(("http://", "https://")) else None


def _limitations(licence: Licence | None, rights: Any) -> tuple[str, ...]:
    """None for a licence that we know to be open, unless the source reserves the data; else what it says, in words."""
    reserved = any(word in folded(one) for one in rights for word in _RESERVED)
    if licence is None or licence.id not in LICENCES:
        return (vocabularies.LIMITATION_OF_TERMS,) if reserved else ()
    return (vocabularies.LIMITATION_OF_TERMS,) if reserved else (vocabularies.NO_LIMITATION,)


def _rights(told: Mapping[str, Any], licence: Licence | None) -> tuple[str, ...]:
    named = (told["licence"],) if told.get("licence") and licence is None else ()
    return (*named, *told.get("rights", ()))[:10]


def _online(one: Mapping[str, str]) -> Online:
    function = one["function"] if one["function"] in _FUNCTIONS else "download"
    return Online(
        one["href"], one["title"], one["media_type"], cast("Literal['information', 'download', 'search']", function)
    )
