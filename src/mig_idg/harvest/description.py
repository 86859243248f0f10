"""One dataset as another catalogue describes it, whatever the protocol; plain values, which are stored as they are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

import orjson

from mig_idg.errors import Text

Level = Literal["error", "warning", "info"]
LONGEST = {"title": 500, "abstract": 20_000, "identifier": 1_000}
MOST = 200
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SAFE = "%/:?#[]@!$&'()*+,;=~-._"
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a source, a page or a record: `record` names it."""

    level: Level
    code: str
    words: Text
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """A dataset. `identifier` is the producer's own; `rights` are what the source says of who may use."""

    identifier: str
    title: str
    abstract: str = ""
    kind: str = "dataset"
    keywords: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    theme: str | None = None
    language: str | None = None
    created: str | None = None
    revised: str | None = None
    frequency: str | None = None
    lineage: str | None = None
    scale: int | None = None
    resolution: float | None = None
    bbox: Bounds | None = None
    period: tuple[str | None, str | None] | None = None
    crs: tuple[int, ...] = ()
    licence: str | None = None
    rights: tuple[str, ...] = ()
    attribution: str | None = None
    parties: tuple[Mapping[str, str], ...] = ()
    resources: tuple[Mapping[str, str], ...] = ()
    external_ids: tuple[str, ...] = ()
    page: str | None = None
    fields: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The members that say something."""
        return {name: value for name, value in asdict(self).items() if value not in (None, (), "")}

    @property
    def digest(self) -> str:
        """The same for the same description."""
        return digest(self.as_json())


def digest(document: Mapping[str, Any]) -> str:
    """The same for the same document."""
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()


def sound(told: Description) -> tuple[Description | None, list[Finding]]:
    """The description as it can be kept, and what was wrong with it; None when it has no identifier or no title."""
    identifier = text(told.identifier)[: LONGEST["identifier"]]
    title = text(told.title)[: LONGEST["title"]]
    name = identifier or title or None
    found: list[Finding] = []
    if not identifier:
        return None, [Finding("error", "record.without-id", Text(
            f"Fiche sans identifiant, laissée de côté : « {title or 'sans titre'} ».",
            f"A record without identifier, left aside: “{title or 'no title'}”."), name)]  # fmt: skip
    if not title:
        return None, [Finding("error", "record.without-title", Text(
            "Fiche sans titre, laissée de côté.", "A record without title, left aside."), name)]  # fmt: skip
    dates: dict[str, str | None] = {}
    for member in ("created", "revised"):
        value = getattr(told, member)
        dates[member] = day(value)
        if value and dates[member] is None:
            found.append(_bad_date(value, name))
    period = told.period
    if period is not None:
        first, last = day(period[0]), day(period[1])
        found += [_bad_date(one, name) for one, read in zip(period, (first, last), strict=True) if one and not read]
        period = (first, last) if first or last else None
        if first and last and first > last:
            found.append(
                Finding(
                    "warning",
                    "record.period",
                    Text(f"Période à l'envers : {first} après {last}.", f"A period backwards: {first} after {last}."),
                    name,
                )
            )
            period = None  # fmt: skip
    bbox = box(told.bbox)
    if told.bbox is not None and bbox is None:
        found.append(Finding("warning", "record.extent", Text(
            f"Emprise impossible, laissée de côté : {list(told.bbox)}.",
            f"An impossible extent, left aside: {list(told.bbox)}."), name))  # fmt: skip
    return replace(
        told,
        identifier=identifier,
        title=title,
        abstract=text(told.abstract)[: LONGEST["abstract"]],
        keywords=words(told.keywords),
        topics=words(told.topics),
        lineage=text(told.lineage)[: LONGEST["abstract"]] or None,
        rights=words(told.rights),
        external_ids=words(told.external_ids),
        resources=told.resources[:MOST],
        parties=told.parties[:MOST],
        fields=words(told.fields),
        page=web(told.page),
        bbox=bbox,
        period=period,
        created=dates["created"],
        revised=dates["revised"],
    ), found


def text(value: Any) -> str:
    """A text on its own: no control character, no space around; what is no text is nothing."""
    return _CONTROL.sub("", value).strip() if isinstance(value, str) else ""


def words(values: Iterable[Any] | None) -> tuple[str, ...]:
    """Texts, each once, in their order, not too many."""
    return tuple(dict.fromkeys(one for one in map(text, values or ()) if one))[:MOST]


def web(address: Any) -> str | None:
    """An address that a page may link to: http(s) only, never a script."""
    told = text(address)
    return quote(told, safe=_SAFE) if told.lower().startswith(("http://", "https://")) else None


def day(value: Any) -> str | None:
    """The day (or moment) that a text begins with, when it is one of the calendar; year 0 is none."""
    told = text(value)
    found = _DAY.match(told)
    if found is None:
        return None
    try:
        known = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    return known.isoformat() if known.year >= 1000 else None


def box(given: Any) -> Bounds | None:
    """West, south, east, north in degrees, when they are so."""
    try:
        west, south, east, north = (float(one) for one in given)
    except (TypeError, ValueError):
        return None
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if inside else None


def party(name: Any, role: str = "pointOfContact", email: Any = None, url: Any = None) -> dict[str, str] | None:
    """A responsible party, or None without a name."""
    told = text(name)
    if not told:
        return None
    made = {"name": told[:300], "role": role}
    if mail := text(email).removeprefix("mailto:"):
        made["email"] = mail[:200]
    if address := web(url):
        made["url"] = address
    return made


def resource(href: Any, title: Any = None, media_type: Any = None, function: str = "download") -> dict[str, str] | None:
    """A link to data, or None when its address is not one of the Web."""
    address = web(href)
    if address is None:
        return None
    return {"href": address, "title": text(title)[:300] or address, "media_type": text(media_type)[:100],
            "function": function}  # fmt: skip


def kept(found: Iterable[dict[str, str] | None]) -> tuple[Mapping[str, str], ...]:
    """Those that are something, each once."""
    return tuple({orjson.dumps(one): one for one in found if one is not None}.values())


def _bad_date(value: str, name: str | None) -> Finding:
    shown = text(value)[:40]
    return Finding(
        "warning",
        "record.date",
        Text(f"Date impossible, laissée de côté : « {shown} ».", f"An impossible date, left aside: “{shown}”."),
        name,
    )
