"""The metadata record of one dataset, as one caller may read it: the core of ISO 19115 and INSPIRE, as plain values.

A producer keys a description once, in `collections/`; everything here is derived from it, from the publication (extent,
period, columns, dates), from what the caller is told of the layer (links, formats: those that open) and from the rights
(who may use it, by which article). Writers turn it into the formats that other catalogues read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from mig_idg.catalogue import vocabularies
from mig_idg.catalogue.vocabularies import Licence
from mig_idg.charter.citations import cited
from mig_idg.errors import Lang, Text
from mig_idg.standards.inspire import InspireTheme, folded, inspire_theme
from mig_idg.store.collection import Collection
from mig_idg.territory import name_of

Kind = Literal["dataset", "nonGeographicDataset", "series", "service"]
LANGUAGES = {"fr": "fre", "en": "eng"}
# Addresses are written on these, which nobody can reach, and replaced when the answer is sent: BASE is the address by
# which the caller came (a token may be in it), HOME the same without any token, for identifiers that last.
HOME = "https://home.invalid"


@dataclass(frozen=True, slots=True)
class Party:
    """A responsible party (ISO 19115 CI_ResponsibleParty)."""

    name: str
    role: str
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Online:
    """An online resource: where, what it gives, and what for (ISO 19115 CI_OnLineFunctionCode)."""

    href: str
    title: str
    media_type: str
    function: Literal["information", "download", "search"]

    @property
    def format(self) -> tuple[str, str] | None:
        """Name and version of the distribution format, when it is one."""
        return vocabularies.FORMATS.get(self.media_type.partition(";")[0])


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence on who may use the data, and the article it rests on, both already in one language."""

    text: str
    article: str

    @property
    def sentence(self) -> str:
        """The sentence with its article."""
        return f"{self.text} ({self.article})"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column that the caller may read."""

    name: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who runs the catalogue."""

    name: str
    title: Text
    description: Text
    email: str | None = None
    url: str | None = None
    licence_url: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record that is not ours comes from: the source, and the record's own identifier and page there."""

    source: str
    title: str
    url: str
    identifier: str
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """What is left of a record whose data were taken down: the day, and the reason in words."""

    id: str
    title: str
    since: str
    reason: str

    @property
    def card(self) -> str:
        """The address that the record had."""
        return f"{HOME}/collections/records/items/{self.id}"

    @property
    def identifier(self) -> str:
        """The address that the dataset had."""
        return f"{HOME}/collections/{self.id}"


@dataclass(frozen=True, slots=True)
class Record:
    """One dataset, in one language. `limitations` are codes of INSPIRE's LimitationsOnPublicAccess; `clauses` say the
    same in the words of the charter. `period` may be open on either side. `revised` is the last update of the data,
    `stamp` that of the record."""

    id: str
    lang: Lang
    kind: Kind
    title: str
    abstract: str
    identifier: str
    external_ids: tuple[str, ...]
    file_identifier: str
    keywords: tuple[str, ...]
    theme: str | None
    inspire: InspireTheme | None
    inspire_conformant: bool
    topics: tuple[str, ...]
    language: str
    created: str | None
    revised: str | None
    stamp: str
    frequency: str | None
    lineage: str | None
    scale: int | None
    resolution: float | None
    bbox: tuple[float, float, float, float] | None
    period: tuple[str | None, str | None] | None
    crs: tuple[int, ...]
    representation: Literal["vector", "grid", "textTable"]
    parties: tuple[Party, ...]
    publisher: Publisher
    licence: Licence | None
    limitations: tuple[str, ...]
    clauses: tuple[Clause, ...]
    attribution: str
    standard: tuple[str, str] | None
    attributes: tuple[Attribute, ...]
    resources: tuple[Online, ...]
    links: tuple[Mapping[str, str], ...]
    access: Mapping[str, Any] | None
    origin: Origin | None = None

    @property
    def card(self) -> str:
        """The address of the record itself in this catalogue."""
        return self.file_identifier if self.origin is None else f"{HOME}/collections/records/items/{self.id}"

    @property
    def forms(self) -> str:
        """The path below which its forms are asked for (`?f=`)."""
        if self.origin is None:
            return f"/collections/{self.id}/record"
        return f"/collections/records/items/{self.id}"

    @property
    def page(self) -> str:
        """Where the dataset is opened: here, or at who holds it."""
        if self.origin is None:
            return f"{HOME}/collections/{self.id}"
        return self.origin.page or self.card

    @property
    def is_open(self) -> bool:
        """True under an open licence, nothing being withheld."""
        return self.licence is not None and self.limitations == (vocabularies.NO_LIMITATION,)

    @property
    def formats(self) -> tuple[tuple[str, str], ...]:
        """Name and version of each distribution format, once each."""
        return tuple(dict.fromkeys(one.format for one in self.resources if one.format is not None))

    @property
    def use_conditions(self) -> tuple[str, ...]:
        """Conditions of use, in words: the licence and where it is, else the clauses of the charter; whom to name."""
        naming = Text("Source à mentionner", "Source to name").in_(self.lang)
        named = f"{naming} : {self.attribution}" if self.lang == "fr" else f"{naming}: {self.attribution}"
        if self.licence is not None:
            return (f"{self.licence.name} {self.licence.url}", named)
        return (*(clause.sentence for clause in self.clauses), named)


@dataclass(frozen=True, slots=True)
class Told:
    """What one caller is told of one collection: its document (`/collections/{id}`, with links on a base that is
    replaced when sent), who may use it in general, the grounds of its exceptions, the columns the caller may read."""

    document: Mapping[str, Any]
    clauses: tuple[tuple[Text, str], ...] = ()
    grounds: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    withdrawn: bool = False


def record_of(collection: Collection, told: Told, publisher: Publisher, stamp: date, lang: Lang) -> Record:
    """The record of a collection for a caller who is told `told` of it."""
    declared, document = collection.declared, told.document
    inspire = inspire_theme(declared.get("theme"))
    licence = vocabularies.LICENCES.get(collection.licence or "")
    lineage = declared.get("lineage")
    links = tuple(document.get("links", ()))
    return Record(
        id=collection.id,
        lang=lang,
        kind=_kind(collection),
        title=collection.title.in_(lang),
        abstract=collection.description.in_(lang),
        identifier=f"{HOME}/collections/{collection.id}",
        external_ids=tuple(declared.get("external_ids", ())),
        file_identifier=f"{HOME}/collections/records/items/{collection.id}",
        keywords=_keywords(collection, licence is not None and not told.grounds, lang),
        theme=declared.get("theme"),
        inspire=inspire,
        inspire_conformant=bool(declared.get("inspire_conformant")),
        topics=tuple(declared.get("topics", ())) or ((inspire.topic,) if inspire and inspire.topic else ()),
        language=declared.get("language") or ("zxx" if collection.raster is not None else "fre"),
        created=declared.get("created"),
        revised=collection.updated,
        stamp=stamp.isoformat(),
        frequency=declared.get("update_frequency"),
        lineage=lineage[lang] if lineage else None,
        scale=min(declared["scale"]) if declared.get("scale") else None,
        resolution=declared.get("resolution"),
        bbox=_bbox(document),
        period=_period(document),
        crs=_crs(collection),
        representation=_representation(collection),
        parties=_parties(collection, publisher),
        publisher=publisher,
        licence=licence,
        limitations=_limitations(licence, told),
        clauses=tuple(Clause(text.in_(lang), cited(article).in_(lang)) for text, article in told.clauses),
        attribution=str(document.get("attribution") or collection.credit(lang)),
        standard=_standard(declared.get("standard")),
        attributes=_attributes(collection, told.columns, lang),
        resources=tuple(_resources(collection, links, lang)),
        links=links,
        access=document.get("access"),
    )


def _kind(collection: Collection) -> Kind:
    return "dataset" if _representation(collection) != "textTable" else "nonGeographicDataset"


def _representation(collection: Collection) -> Literal["vector", "grid", "textTable"]:
    if collection.raster is not None:
        return "vector" if collection.raster.get("bands") == "points" else "grid"
    return "vector" if collection.table is not None and collection.table.geometry is not None else "textTable"


def _keywords(collection: Collection, given: bool, lang: Lang) -> tuple[str, ...]:
    """The declared ones; and « données ouvertes », which the national catalogue asks of open data (CNIG guide)."""
    opened = Text("données ouvertes", "open data").in_(lang)
    kept = [word for word in collection.keywords if folded(word) != folded(opened)]
    return (*kept, opened) if given else tuple(collection.keywords)


def _limitations(licence: Licence | None, told: Told) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(vocabularies.LIMITATION_OF_GROUND.get(ground, "") for ground in told.grounds))
    if any(found):
        return tuple(code for code in found if code)
    return (vocabularies.NO_LIMITATION,) if licence and not told.withdrawn else (vocabularies.LIMITATION_OF_TERMS,)


def _bbox(document: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    boxes = document.get("extent", {}).get("spatial", {}).get("bbox")
    if not boxes:
        return None
    west, south, east, north = boxes[0][:4]
    return float(west), float(south), float(east), float(north)


def _period(document: Mapping[str, Any]) -> tuple[str | None, str | None] | None:
    intervals = document.get("extent", {}).get("temporal", {}).get("interval")
    if not intervals or intervals[0] == [None, None]:
        return None
    first, last = intervals[0]
    return first, last


def _crs(collection: Collection) -> tuple[int, ...]:
    """EPSG codes of the systems the data are offered in, that of storage first."""
    if _representation(collection) == "textTable":
        return ()
    declared = collection.declared
    codes = [str(declared.get("source", {}).get("crs", "EPSG:2154")), *declared.get("crs", ())]
    return tuple(dict.fromkeys(int(code.removeprefix("EPSG:")) for code in codes))


def _parties(collection: Collection, publisher: Publisher) -> tuple[Party, ...]:
    """Who answers for the data: the owner or the co-owners, then the declared contacts; the platform distributes it."""
    contacts = [
        Party(one["name"], one.get("role", "pointOfContact"), one.get("email"))
        for one in collection.declared.get("contacts", ())
    ]
    mail = next((one.email for one in contacts if one.email), publisher.email)
    owner = name_of(collection.owner) if collection.owner else collection.credit()
    every = (Party(owner, "owner", mail), *contacts, Party(publisher.name, "distributor", publisher.email))
    once: dict[tuple[str, str], Party] = {}
    for party in every:
        once.setdefault((folded(party.name), party.role), party)
    return tuple(once.values())


def _standard(declared: Mapping[str, str] | None) -> tuple[str, str] | None:
    return (declared["name"], declared["version"]) if declared else None


def _attributes(collection: Collection, columns: Iterable[tuple[str, str]], lang: Lang) -> tuple[Attribute, ...]:
    labels = collection.declared.get("attributes", {})
    return tuple(Attribute(name, labels.get(name, {}).get(lang, name), kind) for name, kind in columns)


def _resources(collection: Collection, links: Iterable[Mapping[str, str]], lang: Lang) -> Iterable[Online]:
    """Where the data are: the page of the layer, always; then what the caller may open."""
    page = Text("La donnée et les moyens d'y accéder", "The dataset and how to have it")
    yield Online(f"{HOME}/collections/{collection.id}", page.in_(lang), "text/html", "information")
    for one in links:
        rel, media = one["rel"], one.get("type", "")
        if rel in ("items", "enclosure") and media != "text/html":
            yield Online(one["href"], one.get("title", rel), media, "download")
        elif rel.endswith(("/coverage", "/tilesets-vector", "/tilesets-map", "/map")) or rel == "related":
            kind: Literal["information", "download"] = "download" if rel.endswith("/coverage") else "information"
            yield Online(one["href"], one.get("title", rel), media, kind)
