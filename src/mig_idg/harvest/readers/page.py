"""What every reader takes and gives: one answer in; descriptions, findings and further addresses out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import orjson

from mig_idg.errors import Text, Unprocessable
from mig_idg.harvest.description import Description, Finding
from mig_idg.harvest.model import Source
from mig_idg.jobs.outgoing import Answer

PAGE = 100


class Unreadable(Unprocessable):
    """An answer that is not what the source's protocol gives."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to make. `depth` counts catalogues within catalogues; `label` is for the reader."""

    address: str
    depth: int = 0
    label: str = ""

    def as_json(self) -> list[Any]:
        """As it is stored."""
        return [self.address, self.depth, self.label]


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer held. `whole` False: only some of the records that the source has are told."""

    records: tuple[Description, ...] = ()
    findings: tuple[Finding, ...] = ()
    follow: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """How a protocol is read: its first requests (those changed since an instant only, where it can tell), what it
    accepts, and what an answer holds. `incremental` says that `first` heeds `since`."""

    first: Callable[[Source, str | None], tuple[Ask, ...]]
    read: Callable[[Source, Ask, Answer], Page]
    accept: str = "application/json"
    incremental: bool = False


def from_json(answer: Answer) -> Any:
    """The JSON of an answer. Raises Unreadable."""
    try:
        return orjson.loads(answer.body)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise Unreadable(
            Text(f"{answer.address[:300]} : JSON mal formé ({error}).", f"{answer.address[:300]}: malformed JSON.")
        ) from None


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """A JSON object. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable(Text(f"{what} : un objet JSON est attendu.", f"{what}: a JSON object is expected."))
    return value


def listed(value: Any, what: str) -> list[Any]:
    """A JSON array. Raises Unreadable."""
    if not isinstance(value, list):
        raise Unreadable(Text(f"{what} : une liste JSON est attendue.", f"{what}: a JSON array is expected."))
    return value


def many(value: Any) -> list[Any]:
    """A list, whatever was written: nothing, one value, several."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def inner(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def links(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The link objects of a document, those that are objects."""
    return [one for one in many(document.get("links")) if isinstance(one, dict) and isinstance(one.get("href"), str)]


def following(document: Mapping[str, Any], ask: Ask, answer: Answer, rel: str = "next") -> tuple[Ask, ...]:
    """The next page that a document links to."""
    for one in links(document):
        if one.get("rel") == rel and str(one.get("method", "GET")).upper() == "GET":
            return (Ask(urljoin(answer.address, one["href"]), ask.depth, ask.label),)
    return ()


def asking(address: str, **query: str | int | None) -> str:
    """An address with these parameters, in place of those of the same name in any case."""
    parts = urlsplit(address)
    told = {name.lower() for name in query}
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name.lower() not in told]
    kept += [(name, str(value)) for name, value in query.items() if value is not None]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def below(address: str, path: str) -> str:
    """An address below another, whatever its end."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{path}", parts.query, ""))


def broken(name: str | None, error: Exception) -> Finding:
    """One record that cannot be read, among others that can."""
    kind = type(error).__name__
    words = Text(f"Fiche illisible, laissée de côté ({kind}).", f"An unreadable record, left aside ({kind}).")
    return Finding("error", "record.unreadable", words, name)
