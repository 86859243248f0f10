"""What a filter may call: the operators of the standard by family, and a closed list of functions.

A word that is not here does not exist. `SCALAR` gives, for each function, the types it takes, the type it gives, and
its SQL; `{0}` and `{1}` stand for arguments already compiled.
"""

from __future__ import annotations

from dataclasses import dataclass

from mig_idg.errors import Text
from mig_idg.store.cql2.syntax import Type

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")

SPATIAL = {
    "s_intersects": "st_intersects",
    "s_disjoint": "st_intersects",
    "s_equals": "st_equals",
    "s_touches": "st_touches",
    "s_crosses": "st_crosses",
    "s_within": "st_within",
    "s_contains": "st_contains",
    "s_overlaps": "st_overlaps",
}

# OGC 21-065, 7.7: {as} and {ae} are the start and end of the first operand, {bs} and {be} of the second.
TEMPORAL = {
    "t_after": "{as} > {be}",
    "t_before": "{ae} < {bs}",
    "t_contains": "{as} < {bs} and {ae} > {be}",
    "t_disjoint": "({ae} < {bs} or {as} > {be})",
    "t_during": "{as} > {bs} and {ae} < {be}",
    "t_equals": "{as} = {bs} and {ae} = {be}",
    "t_finishedby": "{as} < {bs} and {ae} = {be}",
    "t_finishes": "{as} > {bs} and {ae} = {be}",
    "t_intersects": "{ae} >= {bs} and {as} <= {be}",
    "t_meets": "{ae} = {bs}",
    "t_metby": "{as} = {be}",
    "t_overlappedby": "{as} > {bs} and {as} < {be} and {ae} > {be}",
    "t_overlaps": "{as} < {bs} and {ae} > {bs} and {ae} < {be}",
    "t_startedby": "{as} = {bs} and {ae} > {be}",
    "t_starts": "{as} = {bs} and {ae} < {be}",
}

ARRAY = {
    "a_contains": "{0} @> {1}",
    "a_containedby": "{0} <@ {1}",
    "a_overlaps": "{0} && {1}",
    "a_equals": "({0} @> {1} and {0} <@ {1})",
}


@dataclass(frozen=True, slots=True)
class Function:
    """One function that filters may call."""

    takes: tuple[Type, ...]
    gives: Type
    sql: str
    about: Text


SCALAR = {
    "casei": Function(
        ("text",), "text", "served.casei({0})", Text("sans différence de casse", "without difference of case")
    ),
    "accenti": Function(
        ("text",), "text", "served.accenti({0})", Text("sans différence d'accents", "without difference of accents")
    ),
    "lower": Function(("text",), "text", "lower({0})", Text("en minuscules", "in lower case")),
    "upper": Function(("text",), "text", "upper({0})", Text("en majuscules", "in upper case")),
    "trim": Function(("text",), "text", "btrim({0})", Text("sans espaces autour", "without spaces around")),
    "length": Function(("text",), "number", "length({0})", Text("nombre de caractères", "number of characters")),
    "abs": Function(("number",), "number", "abs({0})", Text("valeur absolue", "absolute value")),
    "floor": Function(("number",), "number", "floor({0})", Text("entier inférieur", "whole number below")),
    "ceil": Function(("number",), "number", "ceil({0})", Text("entier supérieur", "whole number above")),
    "round": Function(("number",), "number", "round({0})", Text("entier le plus proche", "nearest whole number")),
    "area": Function(("geometry",), "number", "st_area({0})", Text("surface en m²", "area in m²")),
    "perimeter": Function(("geometry",), "number", "st_perimeter({0})", Text("périmètre en m", "perimeter in m")),
}

EVERY = (
    "and", "or", "not", "like", "between", "in", "isNull",
    *COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL, *ARRAY, *SCALAR,
)  # fmt: skip
