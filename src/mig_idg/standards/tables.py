"""The checks between the cells of a line that Table Schema cannot say: those of Validata, for SCDL.

Each takes its parameters from the schema (`custom_checks`) and a line of texts, and answers what is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from stdnum.fr import siret

from mig_idg.errors import Text

FAMILIES = (
    "Commande publique",
    "Urbanisme",
    "Domaine et patrimoine",
    "Fonction publique",
    "Institutions et vie politique",
    "Libertés publiques et pouvoirs de police",
    "Finances locales",
    "Domaines de compétences par thèmes",
    "Autres domaines de compétences",
)
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """What one of these checks says of one line."""

    code: str
    column: str
    value: str
    message: Text
    proposal: Text | str | None = None


def faults(check: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    """What one check of the schema says of one line; a check that is not known says nothing."""
    name = str(check.get("name"))
    rule = RULES.get(name)
    if rule is not None:
        yield from rule(check.get("params") or {}, cells)


def unknown(check: Mapping[str, Any]) -> bool:
    """A check that the schema asks for and that is not known here."""
    return str(check.get("name")) not in RULES


def _siret(params: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    column = str(params["column"])
    value = cells.get(column, "")
    if value and not siret.is_valid(value):
        digits = re.sub(r"[\s.\-]", "", value)
        proposed = digits if digits != value and siret.is_valid(digits) else None
        yield Fault(
            "french-siret-value",
            column,
            value,
            Text(
                "Le numéro SIRET n'est pas valide (14 chiffres et leur clé)",
                "The SIRET is not valid (14 digits and their check digit)",
            ),
            proposed or Text("vérifiez-le dans la base Sirene", "check it in the Sirene register"),
        )


def _year_interval(params: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    column = str(params["column"])
    value = cells.get(column, "")
    if not value:
        return
    alone = str(params.get("allow-year-only", "")).lower() in ("yes", "true", "oui", "1")
    if alone and re.fullmatch(r"\d{4}", value):
        return
    found = re.fullmatch(r"(\d{4})/(\d{4})", value)
    if found is None:
        message = Text("Attendu : une année, ou deux séparées par /", "Expected: a year, or two separated by /")
    elif int(found[1]) >= int(found[2]):
        message = Text("La première année doit précéder la seconde", "The first year must come before the second")
    else:
        return
    yield Fault("year-interval-value", column, value, message, Text("2025 ou 2024/2025", "2025 or 2024/2025"))


def _cohesive(params: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    columns = [str(params["column"]), *map(str, params.get("othercolumns") or params.get("columns") or ())]
    empty = [name for name in columns if not cells.get(name, "")]
    if empty and len(empty) < len(columns):
        listed = ", ".join(columns)
        yield Fault(
            "cohesive-columns-value",
            empty[0],
            "",
            Text(
                f"Les colonnes {listed} vont ensemble : toutes remplies, ou toutes vides",
                f"Columns {listed} go together: all filled, or all empty",
            ),
            Text(f"remplissez {', '.join(empty)}", f"fill {', '.join(empty)}"),
        )


def _compare(params: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    left, right, op = str(params["column"]), str(params["column2"]), str(params["op"])
    one, two = _comparable(cells.get(left, "")), _comparable(cells.get(right, ""))
    if one is None or two is None or type(one) is not type(two):
        return
    holds = {">": one > two, ">=": one >= two, "<": one < two, "<=": one <= two, "==": one == two}  # type: ignore[operator]
    if not holds.get(op, True):
        yield Fault(
            "compare-columns-value",
            left,
            cells[left],
            Text(
                f"{left} ({cells[left]}) doit être {op} {right} ({cells[right]})",
                f"{left} ({cells[left]}) must be {op} {right} ({cells[right]})",
            ),
        )


def _comparable(text: str) -> float | date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else float(text)
    except ValueError:
        return None


def _sum(params: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    total, columns = str(params["column"]), [str(one) for one in params["columns"]]
    try:
        wanted = float(cells.get(total, ""))
        parts = [float(cells.get(name, "")) for name in columns]
    except ValueError:
        return
    if abs(wanted - sum(parts)) > 1e-9:
        said = f"{sum(parts):g}"
        yield Fault(
            "sum-columns-value",
            total,
            cells[total],
            Text(
                f"{total} doit être la somme de {', '.join(columns)}",
                f"{total} must be the sum of {', '.join(columns)}",
            ),
            said,
        )


def _one_of(params: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    left, right = str(params["column1"]), str(params["column2"])
    if not cells.get(left, "") and not cells.get(right, ""):
        yield Fault(
            "one-of-required",
            left,
            "",
            Text(
                f"L'une des colonnes {left} et {right} doit être remplie",
                f"One of columns {left} and {right} must be filled",
            ),
            Text("donnez le SIRET, ou le numéro RNA d'une association", "give the SIRET, or the RNA of an association")
            if "rna" in right.lower()
            else None,
        )


def _nomenclature(params: Mapping[str, Any], cells: Cells) -> Iterator[Fault]:
    column = str(params["column"])
    value = cells.get(column, "")
    if not value:
        return
    family, slash, rest = value.partition("/")
    known = {_plain(one): one for one in FAMILIES}
    if not slash:
        message = Text(
            "Il manque le signe / entre la famille et la sous-matière",
            "The / between the family and the subject is missing",
        )
        proposed: Text | str = Text("Famille/Sous-matière, Commande publique/Marchés publics", "Family/Subject")
    elif family != family.strip() or rest != rest.lstrip():
        message = Text("Pas d'espace autour du signe /", "No space around the /")
        proposed = f"{family.strip()}/{rest.strip()}"
    elif _plain(family) not in known:
        message = Text(
            f"« {family} » n'est pas une famille de la nomenclature ACTES",
            f"“{family}” is not a family of the ACTES nomenclature",
        )
        proposed = Text("l'une de : " + ", ".join(FAMILIES), "one of: " + ", ".join(FAMILIES))
    else:
        return
    yield Fault("nomenclature-actes-value", column, value, message, proposed)


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFD", text.lower().strip())
    return "".join(one for one in spread if not unicodedata.combining(one))


RULES: dict[str, Callable[[Mapping[str, Any], Cells], Iterator[Fault]]] = {
    "french-siret-value": _siret,
    "year-interval-value": _year_interval,
    "cohesive-columns-value": _cohesive,
    "compare-columns-value": _compare,
    "sum-columns-value": _sum,
    "one-of-required": _one_of,
    "nomenclature-actes-value": _nomenclature,
}
