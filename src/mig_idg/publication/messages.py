"""What is wrong in a declaration, as its author can mend it: no word of pydantic's or of the YAML reader's is shown.

reading(…)     the text is not YAML
validating(…)  the YAML does not agree with the model: what was expected there, what was written, what to write
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mig_idg.errors import Text, did_you_mean, nearest
from mig_idg.publication.model import Disagreement, json_schema

Path = tuple[str | int, ...]
Told = tuple[Text, Text | None]

# The problems that libyaml names, by how its sentence begins; what is not here is told by its place alone.
_SYNTAX: tuple[tuple[str, Text], ...] = (
    ("could not find expected ':'", Text("il manque un deux-points après une clé", "a colon is missing after a key")),
    (
        "mapping values are not allowed",
        Text(
            "un deux-points de trop, ou une ligne mal décalée ; un texte qui en contient s'écrit entre guillemets",
            "a colon too many, or a line indented wrongly; a text that has one is written in quotes",
        ),
    ),
    (
        "did not find expected key",
        Text("une clé est attendue ici ; vérifiez le décalage", "a key is expected here; check the indentation"),
    ),
    ("did not find expected ',' or ']'", Text("une liste n'est pas refermée par « ] »", "a list is not closed by “]”")),
    (
        "did not find expected ',' or '}'",
        Text("une accolade n'est pas refermée par « } »", "a brace is not closed by “}”"),
    ),
    (
        "did not find expected '-' indicator",
        Text("un élément de liste (« - ») est attendu ici", "an item of a list (“-”) is expected here"),
    ),
    (
        "block sequence entries are not allowed",
        Text("un élément de liste (« - ») est mal placé", "an item of a list (“-”) is out of place"),
    ),
    ("block mapping values", Text("une clé est mal placée", "a key is out of place")),
    (
        "found character that cannot start",
        Text(
            "ce caractère s'écrit entre guillemets (tabulation, %, @, `)",
            "this character is written in quotes (tab, %, @, `)",
        ),
    ),
    (
        "found a tab character",
        Text("une tabulation sert de décalage : mettez des espaces", "a tab is used as indentation: use spaces"),
    ),
    (
        "found unexpected end of stream",
        Text(
            "un guillemet, un crochet ou une accolade n'est pas refermé", "a quote, a bracket or a brace is not closed"
        ),
    ),
    ("found unexpected document indicator", Text("un guillemet n'est pas refermé", "a quote is not closed")),
    (
        "found unknown escape character",
        Text("un « \\ » est mal employé : préférez les guillemets simples", "a “\\” is misused: prefer single quotes"),
    ),
    ("found undefined tag handle", Text("les étiquettes (« ! ») ne sont pas admises", "tags (“!”) are not allowed")),
    ("found undefined alias", Text("les alias (« * ») ne sont pas admis", "aliases (“*”) are not allowed")),
    ("control characters are not allowed", Text("un caractère de contrôle s'y trouve", "it has a control character")),
    (
        "did not find expected <document start>",
        Text("le texte continue après la fin de la déclaration", "there is text after the end of the declaration"),
    ),
)
_ELSEWHERE = Text("la syntaxe est inattendue ici", "the syntax is unexpected here")

# What the model expects, by the kind of error of pydantic that says it was not there.
_EXPECTED: Mapping[str, Text] = {
    "string": Text("un texte est attendu", "a text is expected"),
    "int": Text("un nombre entier est attendu", "a whole number is expected"),
    "float": Text("un nombre est attendu", "a number is expected"),
    "finite": Text("un nombre est attendu", "a number is expected"),
    "bool": Text("true ou false est attendu", "true or false is expected"),
    "date": Text("une date est attendue, AAAA-MM-JJ", "a date is expected, YYYY-MM-DD"),
    "datetime": Text("une date est attendue, AAAA-MM-JJ", "a date is expected, YYYY-MM-DD"),
    "tuple": Text("une liste est attendue, [a, b]", "a list is expected, [a, b]"),
    "list": Text("une liste est attendue, [a, b]", "a list is expected, [a, b]"),
    "dict": Text("des clés sont attendues, {clé: valeur}", "keys are expected, {key: value}"),
    "model": Text("des clés sont attendues, {clé: valeur}", "keys are expected, {key: value}"),
}
# The shapes of the model (patterns of its strings), as people would say them.
_SHAPES: Mapping[str, Text] = {
    r"^[a-z][a-z0-9_-]{0,62}$": Text(
        "une lettre minuscule, puis des minuscules, des chiffres, « - » ou « _ » (63 au plus)",
        "a small letter, then small letters, digits, “-” or “_” (63 at most)",
    ),
    r"^EPSG:[0-9]{4,6}$": Text("EPSG: suivi d'un code, comme EPSG:2154", "EPSG: followed by a code, like EPSG:2154"),
    r"^data\.[a-z_][a-z0-9_]{0,62}$": Text(
        "une table du schéma data, en minuscules, comme data.adresses",
        "a table of the schema data, in small letters, like data.adresses",
    ),
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": Text("une adresse électronique", "an e-mail address"),
}


def reading(problem: str | None) -> Text:
    """Why a text is not YAML, in words of the language asked for."""
    said = next((told for start, told in _SYNTAX if (problem or "").startswith(start)), _ELSEWHERE)
    return Text(f"ce n'est pas du YAML lisible : {said.fr}.", f"this is not readable YAML: {said.en}.")


def path_of(error: Mapping[str, Any]) -> Path:
    """The key that is wrong: of two that do not go together, the one to write otherwise."""
    path: Path = tuple(error["loc"])
    cause = error.get("ctx", {}).get("error")
    return (*path, *cause.at) if isinstance(cause, Disagreement) else path


def validating(error: Mapping[str, Any], written: str | None) -> Told:
    """What is wrong with a value, and what to do; `written` is the scalar as its author wrote it."""
    path = path_of(error)
    kind, given, limits = str(error["type"]), error.get("input"), error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if kind == "missing" and path and isinstance(path[-1], int):
        where, place = shown(path[:-1]), path[-1] + 1
        return Text(f"« {where} » : il manque la valeur n° {place}.", f"“{where}”: value no. {place} is missing."), None
    if kind == "missing":
        return Text(f"la clé « {shown(path)} » est attendue.", f"key “{shown(path)}” is expected."), None
    if kind == "literal_error":
        return _unknown_word(path, _as_written(given, written), str(limits.get("expected", "")))
    if kind == "value_error":
        return _disagreement(path, limits.get("error"))
    if kind == "string_type" and written is not None:
        return (
            Text(
                f"« {shown(path)} » : un texte est attendu, et {_read_as(given, 'fr')}.",
                f"“{shown(path)}”: text is expected, and {_read_as(given, 'en')}.",
            ),
            _in_quotes(path, written),
        )
    return _unfit(path, kind, _as_written(given, written), limits)


def _in_quotes(path: Path, written: str) -> Text:
    if path[-1] == "crs" or "crs" in path[:1]:
        return Text(f"Écrivez EPSG:{written}.", f"Write EPSG:{written}.")
    return Text(f'Écrivez "{written}" entre guillemets.', f'Write "{written}" in quotes.')


def shown(path: Path) -> str:
    """`terms.actions.0`."""
    return ".".join(str(part) for part in path)


def _read_as(given: Any, lang: str) -> str:
    fr, en = {
        bool: ("YAML lit ici oui ou non", "YAML reads yes or no here"),
        int: ("YAML lit ici un nombre", "YAML reads a number here"),
        float: ("YAML lit ici un nombre", "YAML reads a number here"),
        type(None): ("YAML lit ici une valeur absente", "YAML reads an absent value here"),
    }.get(type(given), ("YAML lit ici une date", "YAML reads a date here"))
    return fr if lang == "fr" else en


def _as_written(given: Any, written: str | None) -> str:
    """The value as people wrote it; a list or keys are described, never printed as Python would."""
    if written is not None:
        return written
    if isinstance(given, Mapping):
        return "{" + ", ".join(map(str, given)) + "}"
    if isinstance(given, list | tuple):
        return "[" + ", ".join(_as_written(one, None) for one in given) + "]"
    return "" if given is None else str(given)


def _unknown_key(path: Path) -> Told:
    known = known_keys(path[:-1])
    names = ", ".join(sorted(known))
    return (
        Text(f"clé inconnue « {path[-1]} ».", f"unknown key “{path[-1]}”."),
        did_you_mean(nearest(str(path[-1]), known)) or Text(f"Clés connues : {names}.", f"Known keys: {names}."),
    )


def _unknown_word(path: Path, word: str, expected: str) -> Told:
    allowed = [one.strip(" '") for one in expected.replace(" or ", ",").split(",")]
    names = ", ".join(allowed)
    return (
        Text(f"« {shown(path)} » : valeur inconnue « {word} ».", f"“{shown(path)}”: unknown value “{word}”."),
        did_you_mean(nearest(word, allowed)) or Text(f"Valeurs admises : {names}.", f"Allowed values: {names}."),
    )


def _disagreement(path: Path, error: object) -> Told:
    said = error.said if isinstance(error, Disagreement) else _ELSEWHERE
    if not path:
        return Text(f"{said.fr}.", f"{said.en}."), None
    where = shown(path)
    return Text(f"« {where} » : {said.fr}.", f"“{where}”: {said.en}."), None


def _unfit(path: Path, kind: str, given: str, limits: Mapping[str, Any]) -> Told:
    said = (
        _bound(kind, limits) or _EXPECTED.get(kind.partition("_")[0]) or Text("valeur inutilisable", "unusable value")
    )
    value = Text(f" : « {given} » ne convient pas", f": “{given}” will not do") if given else Text("", "")
    where = shown(path)
    return Text(f"« {where} » : {said.fr}{value.fr}.", f"“{where}”: {said.en}{value.en}."), None


def _bound(kind: str, limits: Mapping[str, Any]) -> Text | None:
    match kind:
        case "string_pattern_mismatch":
            shape = _SHAPES.get(str(limits.get("pattern")))
            return Text(f"attendu, {shape.fr}", f"expected, {shape.en}") if shape else None
        case "string_too_short":
            least = limits["min_length"]
            return Text(f"au moins {least} caractère(s) sont attendus", f"at least {least} character(s) are expected")
        case "string_too_long":
            most = limits["max_length"]
            return Text(f"{most} caractères au plus sont admis", f"{most} characters at most are allowed")
        case "greater_than_equal":
            return Text(f"au moins {limits['ge']} est attendu", f"at least {limits['ge']} is expected")
        case "greater_than":
            return Text(f"plus de {limits['gt']} est attendu", f"more than {limits['gt']} is expected")
        case "less_than_equal":
            return Text(f"{limits['le']} au plus est attendu", f"{limits['le']} at most is expected")
        case "too_long":
            return Text(
                f"{limits['max_length']} valeurs sont attendues, pas plus",
                f"{limits['max_length']} values are expected, no more",
            )
        case "too_short":
            return Text(f"{limits['min_length']} valeurs sont attendues", f"{limits['min_length']} values are expected")
    return None


def known_keys(path: Path) -> list[str]:
    """The keys the model knows at a place, found by walking the JSON schema."""
    schema: Any = json_schema()
    definitions = schema.get("$defs", {})
    here: Any = schema
    for part in path:
        here = _inside(here, part, definitions)
    return sorted(_resolved(here, definitions).get("properties", {}))


def _inside(schema: Any, part: str | int, definitions: Any) -> Any:
    resolved = _resolved(schema, definitions)
    if isinstance(part, int):
        return resolved.get("items") or next(iter(resolved.get("prefixItems", [])), {})
    properties = resolved.get("properties", {})
    return properties.get(part) or resolved.get("additionalProperties") or {}


def _resolved(schema: Any, definitions: Any) -> Any:
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        return definitions.get(schema["$ref"].rsplit("/", 1)[-1], {})
    for option in schema.get("anyOf", ()):
        found = _resolved(option, definitions)
        if found.get("type") != "null":
            return found
    return schema
