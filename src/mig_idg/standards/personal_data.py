"""What looks like personal data in the cells of a dataset: e-mails, phones, names, births, NIR, IBAN.

Said before data are published to everybody (Tarn-et-Garonne convention, art. 5; CRPA, L312-1-2). A detector points, a
person decides: a street called « Rue Victor Hugo » is no person, the switchboard of a town hall is nobody's phone. What
is certain or likely enough has to be answered; the rest (landlines, functional mailboxes) is only told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from stdnum import iban
from stdnum.fr import nir

from mig_idg.errors import Text

PLACES = 5
"""How many places of each finding are kept: the others are counted."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One kind of personal data; `answered` says whether opening waits for an answer."""

    word: str
    title: Text
    answered: bool = True


DETECTORS: dict[str, Detector] = {
    one.word: one
    for one in (
        Detector("nir", Text("numéro de sécurité sociale (NIR)", "social security number (NIR)")),
        Detector("iban", Text("compte bancaire (IBAN)", "bank account (IBAN)")),
        Detector("birth_date", Text("date de naissance", "date of birth")),
        Detector("email", Text("courriel d'une personne", "e-mail of a person")),
        Detector("mobile", Text("téléphone mobile", "mobile phone")),
        Detector("name", Text("nom de personne", "name of a person")),
        Detector("mailbox", Text("courriel d'un service", "e-mail of a service"), answered=False),
        Detector("phone", Text("téléphone fixe", "landline"), answered=False),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where: the number of the line (the first row of the dataset is line 1), and the id of its feature."""

    line: int
    id: str


@dataclass(slots=True)
class Finding:
    """What a detector found in one column: how many cells, the first places, one value, masked."""

    detector: str
    column: str
    count: int = 0
    places: list[Place] = field(default_factory=list)
    masked: str = ""


_NIR = re.compile(
    r"(?<![\dA-Za-z])[1-478][ .]?\d\d[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d\d|2[AB])[ .]?\d{3}[ .]?\d{3}[ .-]?\d\d"
    r"(?![\dA-Za-z])"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?<![\d.,])(?:(?:\+|00)33[ .-]?(?:\(0\)[ .-]?)?|0)([1-9])(?:([ .-]?)\d\d)(?:\2\d\d){3}(?![\d])")
_BORN = re.compile(
    r"\bn[ée]+(?:\(e\))?s?\s+le\s+(\d{1,2}[ /.-](?:\d{1,2}|[a-zéû]+)[ /.-]\d{4}|\d{4}-\d\d-\d\d)", re.IGNORECASE
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ].*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CIVIL = re.compile(r"\b(?:M\.|Mr\.?|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+(?:(?:le|la)\s+)?[A-ZÀ-Ý][\w'’-]+")
_OFFICE = re.compile(r"\b(?:le|la|les)\s+(?:maire|préfet|président|direct|ministre)", re.IGNORECASE)
_BIRTH_COLUMN = re.compile(r"naiss|birth|(?:^|_)(?:ddn|dob|ne_le|nee_le|date_nais)(?:_|$)")
_PHONE_COLUMN = re.compile(r"tel|phone|mobile|portable|gsm|fax")
_PERSON_COLUMN = re.compile(
    r"proprietaire|titulaire|beneficiaire|responsable|contact|referent|demandeur|occupant|locataire|gerant|auteur"
    r"|agent|declarant|patronyme|nom_naissance|nom_famille|nom_usage|prenom_nom|nom_prenom|personne|usager|enqueteur"
)
_FAMILY_COLUMN = re.compile(r"^(?:nom|nom_?(?:de_)?(?:famille|naissance|usage|patronymique)|patronyme|last_?name)$")
_GIVEN_COLUMN = re.compile(r"^(?:.*_)?prenoms?$|^first_?name$|^given_?name$")


@cache
def words(name: str) -> frozenset[str]:
    """A list that ships beside this module: `first_names`, `place_words`, `service_words`."""
    text = (resources.files("mig_idg.standards") / f"{name}.txt").read_text("utf-8")
    return frozenset(
        word for line in text.splitlines() if not line.startswith("#") for word in line.split() if len(word) > 1
    )


def folded(text: str) -> str:
    """Without accents, in small letters."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its name is understood: what a person's column, a column of births, of phones is."""

    name: str
    births: bool
    phones: bool
    persons: bool
    given: bool

    @classmethod
    def named(cls, name: str, beside: Collection[str]) -> Column:
        """What the name of a column tells, with those `beside` it: a first name alone tells nobody."""
        plain = folded(name)
        others = [folded(one) for one in beside if one != name]
        family, given = (bool(shape.search(plain)) for shape in (_FAMILY_COLUMN, _GIVEN_COLUMN))
        both = (given and any(map(_FAMILY_COLUMN.search, others))) or (
            family and any(map(_GIVEN_COLUMN.search, others))
        )
        return cls(
            name, bool(_BIRTH_COLUMN.search(plain)), bool(_PHONE_COLUMN.search(plain)),
            bool(_PERSON_COLUMN.search(plain)), both,
        )  # fmt: skip


def detect(column: Column, value: str) -> Iterator[tuple[str, str]]:
    """What one cell looks like: (detector, the part of the cell), at most once for each detector."""
    for word, look in _LOOKS:
        if found := look(column, value):
            yield word, found


def _nir(column: Column, value: str) -> str | None:
    return next((one for one in _NIR.findall(value) if nir.is_valid(one)), None) if len(value) > 14 else None


def _iban(column: Column, value: str) -> str | None:
    return next((one for one in _IBAN.findall(value) if iban.is_valid(one)), None) if len(value) > 14 else None


def _birth(column: Column, value: str) -> str | None:
    if column.births and _DATE.fullmatch(value.strip()):
        return value.strip()
    found = _BORN.search(value) if "n" in value or "N" in value else None
    return found[1] if found else None


def _emails(value: str) -> Iterator[str]:
    return iter(_EMAIL.findall(value)) if "@" in value else iter(())


def functional(email: str) -> bool:
    """Whether an address is that of a service rather than of somebody: told by its local part."""
    local = folded(email.partition("@")[0])
    return bool(words("service_words") & {local, *re.split(r"[._+-]", local)}) and not (
        words("first_names") & set(re.split(r"[._+-]", local)) and "." in local
    )


def _email(column: Column, value: str) -> str | None:
    return next((one for one in _emails(value) if not functional(one)), None)


def _mailbox(column: Column, value: str) -> str | None:
    return next((one for one in _emails(value) if functional(one)), None)


def _phones(column: Column, value: str) -> Iterator[tuple[str, str]]:
    """Phones: written in pairs or with +33; ten digits without a space only in a column of phones."""
    if len(value) < 9:
        return
    for found in _PHONE.finditer(value):
        if found[2] or found[0].startswith(("+", "00")) or column.phones:
            yield found[1], found[0]


def _mobile(column: Column, value: str) -> str | None:
    return next((text for first, text in _phones(column, value) if first in "67"), None)


def _phone(column: Column, value: str) -> str | None:
    return next((text for first, text in _phones(column, value) if first not in "67"), None)


def _name(column: Column, value: str) -> str | None:
    """Somebody's name: with a title, in a column of persons, or a first name beside a capitalised word."""
    text = value.strip()
    if len(text) < 2 or not any(map(str.isalpha, text)):
        return None
    if column.given and text.casefold() not in ("inconnu", "néant", "nc", "sans objet"):
        return text
    civil = _CIVIL.search(text)
    if civil and not _OFFICE.search(civil[0]):
        return civil[0]
    if len(text) > 60:
        return None
    said = _WORD.findall(text)
    if not 2 <= len(said) <= 4 or sum(map(len, said)) < len(text) - len(said) - 2:
        return None
    plain = [folded(word) for word in said]
    if plain[0] in words("place_words") or not all(word[0].isupper() for word in said):
        return None
    known = words("first_names")
    first = any(part in known for part in plain[0].split("-")) or plain[0] in known
    last = plain[-1] in known and said[0].isupper() and len(said[0]) > 2
    if column.persons:
        return text if first or plain[-1] in known else None
    return text if first or last else None


_LOOKS: tuple[tuple[str, Callable[[Column, str], str | None]], ...] = (
    ("nir", _nir), ("iban", _iban), ("birth_date", _birth), ("email", _email), ("mailbox", _mailbox),
    ("mobile", _mobile), ("phone", _phone), ("name", _name),
)  # fmt: skip


def masked(value: str) -> str:
    """A value that says what it is and no longer whose: each letter and digit but the first of a word is a dot."""
    return re.sub(r"(?<=[^\W_])[^\W_]", "·", value)[:60]


def scan(names: Collection[str], rows: Iterable[tuple[str, Iterable[Any]]]) -> tuple[int, list[Finding]]:
    """The rows (id, cells in the order of `names`) read once: how many there are, and what was found, by column."""
    columns = [Column.named(name, names) for name in names]
    found: dict[tuple[str, str], Finding] = {}
    line = 0
    for line, (id, cells) in enumerate(rows, 1):
        for column, cell in zip(columns, cells, strict=True):
            if cell is None or cell == "":
                continue
            text = cell.isoformat() if isinstance(cell, date) else str(cell)
            for word, part in detect(column, text):
                one = found.setdefault((column.name, word), Finding(word, column.name, masked=masked(part)))
                one.count += 1
                if len(one.places) < PLACES:
                    one.places.append(Place(line, id))
    order = list(DETECTORS)
    return line, sorted(found.values(), key=lambda one: (order.index(one.detector), one.column))
