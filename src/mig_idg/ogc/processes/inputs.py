"""The inputs of an execution, against what the process says of them (OGC 18-062r2, 7.11.2).

A value comes as it is, or in an object with `value` and its media type; several as a list. By reference (`href`) is
refused: the server fetches nothing that a caller names (docs/how-to/processes.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mig_idg.errors import InvalidParameter, Text, did_you_mean, nearest

_QUALIFIED = {"value", "mediaType", "encoding", "schema", "format"}


def checked(given: Any, described: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The inputs as the plug-in receives them. Raises InvalidParameter naming the input."""
    if not isinstance(given, Mapping):
        raise InvalidParameter("inputs", Text("« inputs » est un objet.", "“inputs” is an object."))
    for id in given:
        if id not in described:
            raise InvalidParameter(
                f"inputs.{id}",
                Text(f"Entrée inconnue : « {str(id)[:80]} ».", f"Unknown input: “{str(id)[:80]}”."),
                remedy=did_you_mean(nearest(str(id), described)) or _listed(described),
            )
    taken = {}
    for id, one in described.items():
        if id in given and given[id] is not None:
            taken[id] = _value(id, given[id], one)
        elif one.get("minOccurs", 1) > 0:
            raise InvalidParameter(
                f"inputs.{id}", Text(f"L'entrée « {id} » est obligatoire.", f"Input “{id}” is required.")
            )
        elif "default" in one["schema"]:
            taken[id] = one["schema"]["default"]
    return taken


def _listed(described: Mapping[str, Any]) -> Text:
    words = ", ".join(described) or "—"
    return Text(f"Entrées : {words}.", f"Inputs: {words}.")


def _value(id: str, given: Any, described: Mapping[str, Any]) -> Any:
    schema, most = described["schema"], described.get("maxOccurs", 1)
    several = most == "unbounded" or most > 1
    if several and isinstance(given, list) and not _fits(_unwrapped(id, given, schema), schema):
        least = described.get("minOccurs", 1)
        if len(given) < least or (most != "unbounded" and len(given) > most):
            raise InvalidParameter(
                f"inputs.{id}",
                Text(f"« {id} » : de {least} à {most} valeurs.", f"“{id}”: from {least} to {most} values."),
            )
        return [_one(id, one, schema) for one in given]
    return _one(id, given, schema)


def _one(id: str, given: Any, schema: Mapping[str, Any]) -> Any:
    value = _unwrapped(id, given, schema)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidParameter(f"inputs.{id}", Text("Un nombre fini est attendu.", "A finite number is expected."))
    if reason := _unfit(value, schema):
        raise InvalidParameter(
            f"inputs.{id}",
            Text(f"L'entrée « {id} » ne suit pas son schéma{_at(reason)}.",
                 f"Input “{id}” does not follow its schema{_at(reason)}."),
            remedy=_expected(reason),
        )  # fmt: skip
    return value


def _unwrapped(id: str, given: Any, schema: Mapping[str, Any]) -> Any:
    if isinstance(given, Mapping):
        own = schema.get("properties") or {}
        if "href" in given and "href" not in own and set(given) <= {"href", "rel", "type", "hreflang", "title"}:
            raise InvalidParameter(
                f"inputs.{id}",
                Text("Une entrée par référence (href) n'est pas acceptée : ce serveur ne va rien chercher ailleurs.",
                     "An input by reference (href) is not accepted: this server fetches nothing elsewhere."),
                remedy=Text("Donnez la valeur elle-même.", "Give the value itself."),
            )  # fmt: skip
        if "value" in given and "value" not in own and set(given) <= _QUALIFIED:
            return given["value"]
    return given


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    return _unfit(value, schema) is None


def _unfit(value: Any, schema: Mapping[str, Any]) -> Any:
    """The first way in which a value breaks its schema, or None. What a schema points to elsewhere is not checked."""
    import jsonschema
    import referencing
    import referencing.exceptions

    validator = jsonschema.Draft202012Validator(schema, registry=referencing.Registry())
    try:
        return next(iter(sorted(validator.iter_errors(value), key=lambda error: len(error.absolute_path))), None)
    except (jsonschema.SchemaError, jsonschema.exceptions.UndefinedTypeCheck, referencing.exceptions.Unresolvable):
        return None
    except Exception as error:  # jsonschema wraps what the registry raises
        if isinstance(error.__cause__, referencing.exceptions.Unresolvable):
            return None
        raise


def _at(reason: Any) -> str:
    place = "/".join(map(str, reason.absolute_path))
    return f" (/{place})" if place else ""


def _expected(reason: Any) -> Text:
    wanted = str(reason.validator_value)[:300]
    return Text(f"Attendu, {reason.validator} : {wanted}.", f"Expected, {reason.validator}: {wanted}.")
