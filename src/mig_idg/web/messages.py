"""Dates, numbers and small words as people write them, in French and English."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isfinite
from typing import Any

from mig_idg.errors import Lang

_MONTHS: dict[Lang, tuple[str, ...]] = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
           "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip
_THIN = "\u202f"

FREQUENCIES = {
    "continual": ("en continu", "continually"),
    "daily": ("chaque jour", "every day"),
    "weekly": ("chaque semaine", "every week"),
    "monthly": ("chaque mois", "every month"),
    "quarterly": ("chaque trimestre", "every quarter"),
    "annually": ("chaque année", "every year"),
    "asNeeded": ("en tant que de besoin", "as needed"),
}
ROLES = {
    "owner": ("propriétaire", "owner"),
    "custodian": ("gestionnaire", "custodian"),
    "distributor": ("diffuseur", "distributor"),
    "processor": ("intégrateur", "processor"),
    "pointOfContact": ("contact", "contact"),
}
TYPES = {
    "string": ("texte", "text"),
    "integer": ("entier", "integer"),
    "number": ("nombre", "number"),
    "boolean": ("oui ou non", "yes or no"),
    "array": ("liste", "list"),
    "object": ("objet", "object"),
    "date": ("date", "date"),
    "date-time": ("date et heure", "date and time"),
    "time": ("heure", "time"),
    "uuid": ("identifiant (UUID)", "identifier (UUID)"),
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")


def day(value: Any, lang: Lang) -> str:
    """`2026-11-01` → `1er novembre 2026` or `1 November 2026`; what is no date stays as it is."""
    try:
        on = value if isinstance(value, date) else datetime.fromisoformat(str(value)).date()
    except ValueError:
        return str(value)
    number = "1er" if on.day == 1 and lang == "fr" else str(on.day)
    return f"{number} {_MONTHS[lang][on.month - 1]} {on.year}"


def moment(value: str, lang: Lang) -> str:
    """A date, or a date and time, as ISO 8601 writes them (`2026-11-01T14:05:00Z`), as a reader expects them."""
    date_, _, time = value.partition("T")
    told = day(date_, lang)
    if not time or told == date_:
        return told if not time else value
    zone = next((time[place:] for place in range(len(time)) if time[place] in "Z+-"), "")
    return f"{told}, {time[:5]}{' UTC' if zone == 'Z' else f' (UTC{zone})' if zone else ''}"


def number(value: Any, lang: Lang) -> str:
    """`12345` → `12 345` or `12,345`."""
    return f"{value:,}".replace(",", _THIN if lang == "fr" else ",")


def decimal(value: float, lang: Lang) -> str:
    """`12345.678` → `12 345,678` or `12,345.678`: every digit that the value has, never a power of ten."""
    if not isfinite(value):
        return "—"
    whole, _, rest = (f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.0f}").partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = sign + number(int(digits), lang)
    return f"{grouped}{',' if lang == 'fr' else '.'}{rest}" if rest else grouped


def word(table: dict[str, tuple[str, str]], key: str, lang: Lang) -> str:
    """A word of one of the tables, or the key itself."""
    fr, en = table.get(key, (key, key))
    return en if lang == "en" else fr


def value(shown: Any, lang: Lang) -> str:
    """The value of an attribute as a reader expects it: yes and no, an empty value as a dash, lists with commas."""
    if shown is None or shown == "":
        return "—"
    if isinstance(shown, bool):
        return (("oui", "non") if lang == "fr" else ("yes", "no"))[not shown]
    if isinstance(shown, list):
        return ", ".join(value(one, lang) for one in shown) or "—"
    if isinstance(shown, dict):
        mark = " : " if lang == "fr" else ": "
        return ", ".join(f"{name}{mark}{value(one, lang)}" for name, one in shown.items()) or "—"
    if isinstance(shown, float):
        return decimal(shown, lang)
    if isinstance(shown, str) and _ISO.fullmatch(shown):
        return moment(shown, lang)
    return str(shown)
