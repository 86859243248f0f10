"""An execution request, read strictly (OGC 18-062r2, `execute.yaml`), and the collections that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mig_idg.errors import BadRequest, InvalidParameter, Text, UnsupportedMedia, did_you_mean, nearest
from mig_idg.jobs import egress
from mig_idg.ogc.processes import inputs
from mig_idg.ogc.processes.declared import Declaration

MEMBERS = ("inputs", "outputs", "response", "subscriber")
URIS = ("successUri", "inProgressUri", "failedUri")
MODES = ("value", "reference")
_PREFER = re.compile(r"\s*([A-Za-z-]+)\s*(?:=\s*\"?([^\",;]*)\"?)?")


@dataclass(frozen=True, slots=True)
class Execution:
    """What is asked: the inputs checked, the outputs wanted (None: all), how they are told."""

    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] | None
    response: str
    subscriber: Mapping[str, str] | None


def read(
    body: bytes, media_type: str, described: Mapping[str, Any], callback_hosts: tuple[str, ...]
) -> Execution:  # fmt: skip
    """The request of a body. Raises UnsupportedMedia, BadRequest, InvalidParameter."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMedia(
            Text("Une exécution se demande en JSON.", "An execution is asked in JSON."),
            remedy=Text("Content-Type : application/json.", "Content-Type: application/json."),
        )
    try:
        told = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise BadRequest(Text("Le corps n'est pas du JSON.", "The body is not JSON.")) from None
    if not isinstance(told, dict):
        raise BadRequest(Text("Le corps est un objet JSON.", "The body is a JSON object."))
    for name in told:
        if name not in MEMBERS and name != "mode":  # `mode` is of the drafts: Prefer decides since
            raise InvalidParameter(
                str(name)[:80],
                Text(f"Membre inconnu : « {str(name)[:80]} ».", f"Unknown member: “{str(name)[:80]}”."),
                remedy=did_you_mean(nearest(str(name), MEMBERS)),
            )
    response = told.get("response", "raw")
    if response not in ("raw", "document"):
        raise InvalidParameter("response", Text("« response » : raw ou document.", "“response”: raw or document."))
    return Execution(
        inputs=inputs.checked(told.get("inputs", {}), described["inputs"]),
        outputs=_outputs(told.get("outputs"), described["outputs"]),
        response=response,
        subscriber=_subscriber(told.get("subscriber"), callback_hosts),
    )


def _outputs(told: Any, described: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if told is None:
        return None
    if isinstance(told, list):
        told = {id: {} for id in told if isinstance(id, str)}
    if not isinstance(told, dict):
        raise InvalidParameter("outputs", Text("« outputs » est un objet.", "“outputs” is an object."))
    for id, one in told.items():
        if id not in described:
            raise InvalidParameter(
                f"outputs.{id}",
                Text(f"Sortie inconnue : « {id[:80]} ».", f"Unknown output: “{id[:80]}”."),
                remedy=did_you_mean(nearest(id, described))
                or Text(f"Sorties : {', '.join(described)}.", f"Outputs: {', '.join(described)}."),
            )
        if not isinstance(one, dict) or one.get("transmissionMode", "value") not in MODES:
            raise InvalidParameter(
                f"outputs.{id}", Text("transmissionMode : value ou reference.", "transmissionMode: value or reference.")
            )
    return told or None


def _subscriber(told: Any, hosts: tuple[str, ...]) -> Mapping[str, str] | None:
    if told is None:
        return None
    if not isinstance(told, dict) or not told or any(name not in URIS for name in told):
        raise InvalidParameter(
            "subscriber", Text(f"Un objet de {', '.join(URIS)}.", f"An object of {', '.join(URIS)}.")
        )
    if "successUri" not in told:
        raise InvalidParameter("subscriber.successUri", Text("« successUri » manque.", "“successUri” is missing."))
    return {name: egress.checked(address, hosts, f"subscriber.{name}") for name, address in told.items()}


def preferences(header: str) -> dict[str, str]:
    """The `Prefer` header (RFC 7240), by lower-case name."""
    found: dict[str, str] = {}
    for part in header.split(",")[:20]:
        match = _PREFER.match(part)
        if match:
            found.setdefault(match[1].lower(), match[2] or "")
    return found


def layers(declared: Declaration, given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The (collection, action) pairs that an execution rests on: those that its inputs name."""
    found: dict[tuple[str, str], None] = {}
    for name, action in declared.collections.items():
        value = given.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                found[one, action] = None
    return tuple(found)
