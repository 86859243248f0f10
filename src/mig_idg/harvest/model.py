"""A source of harvesting, as a file of `harvest/` declares it: where, how, how often, within which limits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from mig_idg.errors import Lang

Type = Literal[
    "csw", "ogcapi-records", "ogcapi-features", "stac", "dcat", "data-json", "ckan", "udata", "wms", "wfs", "file"
]
_EVERY = re.compile(r"([1-9][0-9]{0,3})\s*(min|h|d)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days"}
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]{1,253}$", to_lower=True)]


class Words(BaseModel):
    """A text in French and English."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fr: str
    en: str

    def in_(self, lang: Lang) -> str:
        """The text in the language asked for."""
        return self.en if lang == "en" else self.fr


class Limits(BaseModel):
    """What one run may take. A source beyond a limit is a run that failed: the catalogue stays as it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    records: Annotated[int, Field(ge=1, le=1_000_000)] = Field(100_000, description="records")
    pages: Annotated[int, Field(ge=1, le=100_000)] = Field(5_000, description="answers read")
    depth: Annotated[int, Field(ge=0, le=50)] = Field(8, description="catalogues within catalogues (STAC)")
    seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(3_600, description="how long a run may last")
    page_mb: Annotated[int, Field(ge=1, le=2_048)] = Field(50, description="the largest answer, in MiB")
    total_mb: Annotated[int, Field(ge=1, le=16_384)] = Field(1_024, description="all answers of a run, in MiB")


class Infrastructure(BaseModel):
    """The infrastructure behind the source, for the page of complementarities (convention 001, annex)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    audience: Words | None = Field(None, description="whom it serves")
    data: Words | None = Field(None, description="which data it holds")
    services: Words | None = Field(None, description="what it renders")
    url: str | None = None


class Source(BaseModel):
    """One source."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] = Field(
        description="short name: it is in the address of each record, and no longer changes"
    )
    title: Words
    type: Type = Field(description="the protocol it speaks")
    url: str = Field(description="its address, http(s), without a user")
    hosts: tuple[Host, ...] = Field((), description="further hosts that it may send us to")
    private: bool = Field(False, description="true: its address is of a private network, and that is meant")
    audience: Literal["public", "partners"] = Field("public", description="who may know its records here")
    every: str | None = Field("1d", description="how often it is harvested: 30min, 6h, 1d; null = by hand only")
    full_every: str = Field("7d", description="how often all of it is read again, to see what has disappeared")
    delay: Annotated[float, Field(ge=0, le=60)] = Field(0.5, description="seconds between two requests")
    limits: Limits = Limits()
    producer: str | None = Field(None, description="INSEE or SIREN code of the body that answers for the source")
    contact: str | None = Field(None, description="whom to tell, by e-mail, when records disappear")
    infrastructure: Infrastructure | None = None
    reference: tuple[str, ...] = Field((), description="identifiers of its reference datasets (001, art. 2-1)")
    into: str | None = Field(None, description="flow of data: the layer of ours that its features fill")
    layer: str | None = Field(None, description="flow: the collection or the feature type that is read")

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError("une adresse http(s) sans identifiant est attendue (an http(s) address without user)")
        return value

    @field_validator("every", "full_every")
    @classmethod
    def _a_rhythm(cls, value: str | None) -> str | None:
        if value is not None and not _EVERY.fullmatch(value):
            raise ValueError("écrivez 30min, 6h ou 1d (write 30min, 6h or 1d)")
        return value

    @model_validator(mode="after")
    def _a_flow_says_what_it_reads(self) -> Source:
        if self.into is None and (self.type == "file" or self.layer is not None):
            raise ValueError("« into » est attendu : un flux remplit une couche (`into` is expected: a flow fills one)")
        if self.into is not None and self.type not in ("ogcapi-features", "wfs", "file"):
            raise ValueError("un flux lit ogcapi-features, wfs ou file (a flow reads ogcapi-features, wfs or file)")
        if self.into is not None and self.type != "file" and self.layer is None:
            raise ValueError("« layer » est attendu : la collection ou le type lu (`layer` is expected)")
        return self

    @property
    def every_host(self) -> frozenset[str]:
        """The hosts that may be read."""
        return frozenset({(urlsplit(self.url).hostname or "").lower(), *self.hosts})

    @property
    def rhythm(self) -> timedelta | None:
        """How long from one run to the next."""
        return None if self.every is None else _span(self.every)

    @property
    def full_rhythm(self) -> timedelta:
        """How long from one full run to the next."""
        return _span(self.full_every)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON values, for what is stored."""
        return self.model_dump(mode="json")


def _span(word: str) -> timedelta:
    found = _EVERY.fullmatch(word)
    assert found is not None
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
