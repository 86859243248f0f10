"""Commune, EPT and the other bodies of the territory, and how to find one by its code or its name.

The facts are in `places.yml`. Who belonged to which EPT at a date is a fact of the registry; what is here is the
territory as it stands, for names, proposals and the demonstration.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from types import MappingProxyType

import yaml

from mig_idg.errors import Text, UnknownWord, did_you_mean


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune: its INSEE code (which is its id), its name, its EPT, its SIREN."""

    code: str
    name: str
    ept: str
    siren: str
    annex_1: bool = True

    @property
    def id(self) -> str:
        """The INSEE code."""
        return self.code

    @property
    def kind(self) -> str:
        """`commune`, as the registry says it."""
        return "commune"

    @property
    def departement(self) -> str:
        """The code of its département: the first two characters of the INSEE code."""
        return self.code[:2]

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other ways its name is written."""
        return ()


@dataclass(frozen=True, slots=True)
class Ept:
    """An établissement public territorial: `ept-t4`, its number T4, its name, its SIREN, its communes as they stand."""

    id: str
    number: str
    name: str
    siren: str
    communes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """`ept`, as the registry says it."""
        return "ept"

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other ways it is named: `T4`, `EPT T4`, `EPT4`, `EPT 4`, `EPT Paris Ouest La Défense`."""
        digit = self.number.removeprefix("T")
        return (self.number, f"EPT {self.number}", f"EPT{digit}", f"EPT {digit}", f"EPT {self.name}")


@dataclass(frozen=True, slots=True)
class Body:
    """A partner that is neither commune nor EPT: the pilot département, the State, an establishment, the fire brigade.

    `siren` None: not recorded here.
    """

    id: str
    kind: str
    name: str
    siren: str | None = None
    aliases: tuple[str, ...] = ()


Place = Commune | Ept | Body


def _read() -> tuple[dict[str, Commune], dict[str, Ept], dict[str, Body]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    told = yaml.load((files(__package__) / "places.yml").read_text("utf-8"), Loader=loader)  # noqa: S506 (safe loader)
    communes = {row["code"]: Commune(**row) for row in told["communes"]}
    epts = {
        row["id"]: Ept(**row, communes=tuple(c.code for c in communes.values() if c.ept == row["id"]))
        for row in told["epts"]
    }
    others = {row["id"]: Body(**{**row, "aliases": tuple(row.get("aliases", ()))}) for row in told["others"]}
    return communes, epts, others


_communes, _epts, _others = _read()
COMMUNES = MappingProxyType(_communes)
EPTS = MappingProxyType(_epts)
OTHERS = MappingProxyType(_others)
PLACES: MappingProxyType[str, Place] = MappingProxyType({**_communes, **_epts, **_others})

_ARTICLE = re.compile(r"^\((?P<article>le|la|les|l)\)\s*", re.IGNORECASE)


def spelled(name: str) -> str:
    """A name as it is compared: no accent, no case, no punctuation, `(LE) PLESSIS-ROBINSON` read as `Le Plessis-…`."""
    name = name.replace("œ", "oe").replace("Œ", "OE")
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = _ARTICLE.sub(lambda found: found["article"] + " ", plain.strip().replace("’", "'"))
    return re.sub(r"[^a-z0-9]+", " ", plain.casefold()).strip()


def _names() -> Iterator[tuple[str, Place]]:
    """Every way to name each place: id, name, name without its leading article, SIREN, aliases."""
    for place in PLACES.values():
        yield spelled(place.id), place
        yield spelled(place.name), place
        yield re.sub(r"^(le|la|les|l) ", "", spelled(place.name)), place
        if place.siren:
            yield place.siren, place
        for alias in place.aliases:
            yield spelled(alias), place


_BY_NAME: dict[str, Place] = dict(_names())


def find(word: str) -> Place | None:
    """The place with this code, id, SIREN or name (accents, case and punctuation aside), or None."""
    return PLACES.get(word) or _BY_NAME.get(spelled(word))


def nearest_places(word: str, count: int = 3) -> tuple[Place, ...]:
    """The places whose names are closest to a word nobody has, nearest first; empty when none is near."""
    found: list[Place] = []
    for near in get_close_matches(spelled(word), _BY_NAME, n=3 * count, cutoff=0.6):
        if _BY_NAME[near] not in found:
            found.append(_BY_NAME[near])
    return tuple(found[:count])


def place(word: str) -> Place:
    """The place with this code, id or name; raises UnknownWord, with the nearest one, when there is none."""
    found = find(word)
    if found is None:
        problem = UnknownWord(Text("Organisme", "body"), word, ())
        problem.remedy = did_you_mean(next((near.name for near in nearest_places(word, 1)), None))
        raise problem
    return found


def is_commune(id: str) -> bool:
    """Whether the id is the INSEE code of a commune known here."""
    return id in COMMUNES


def is_ept(id: str) -> bool:
    """Whether the id is that of an EPT known here."""
    return id in EPTS


def name_of(id: str) -> str:
    """The name people use for a body, or its id when it is not known here."""
    known = PLACES.get(id)
    return known.name if known else id
