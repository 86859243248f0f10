"""What a plug-in says of itself, as a process description of OGC 18-062r2 (clause 9).

Plug-ins were written for several pygeoapi: inputs and outputs are an object by id, or the list of old; a schema, or the
WPS words that came before (`literalDataDomain`, `formats`); texts are plain, or by language. All are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mig_idg.errors import Lang
from mig_idg.ogc.processes.declared import Declaration

Json = dict[str, Any]
RESULT = "result"
_LITERALS = {"float": "number", "double": "number", "decimal": "number", "int": "integer", "bool": "boolean"}
_CONTROLS = ("sync-execute", "async-execute")


def normalised(metadata: Mapping[str, Any], declared: Declaration) -> Json:
    """The description without links, its texts still by language where the plug-in has several."""
    titles = declared.title.model_dump() if declared.title else metadata.get("title") or declared.id
    described: Json = {"id": declared.id, "title": titles, "version": str(metadata.get("version") or "1.0.0")}
    words = declared.description.model_dump() if declared.description else metadata.get("description")
    if words:
        described["description"] = words
    if metadata.get("keywords"):
        described["keywords"] = metadata["keywords"]
    if isinstance(metadata.get("metadata"), list):
        described["metadata"] = metadata["metadata"]
    controls = [one for one in _controls(metadata) if one in _CONTROLS] or list(_CONTROLS)
    described["jobControlOptions"] = [*controls, "dismiss"]
    described["outputTransmission"] = ["value", "reference"]
    described["inputs"] = {id: _input(one) for id, one in _by_id(metadata.get("inputs"))}
    described["outputs"] = {id: _output(one) for id, one in _by_id(metadata.get("outputs"))} or {
        RESULT: {"title": {"fr": "Résultat", "en": "Result"}, "schema": {}}
    }
    if isinstance(metadata.get("example"), Mapping):
        described["example"] = metadata["example"]
    described["links"] = [
        dict(one) for one in metadata.get("links") or () if isinstance(one, Mapping) and "href" in one
    ]
    return described


def in_language(told: Any, lang: Lang) -> Any:
    """The same document with each text in one language: the one asked for, else the other, else the first."""
    if isinstance(told, Mapping):
        if told and all(isinstance(key, str) and _is_language(key) for key in told) and _are_texts(told.values()):
            return told.get(lang) or told.get("en") or told.get("fr") or next(iter(told.values()))
        return {key: value if key in ("schema", "example") else in_language(value, lang) for key, value in told.items()}
    if isinstance(told, list):
        return [in_language(one, lang) for one in told]
    return told


def summary(described: Mapping[str, Any]) -> Json:
    """What the list of processes says of one (`processSummary`)."""
    left_out = ("inputs", "outputs", "example")
    return {name: value for name, value in described.items() if name not in left_out}


def _controls(metadata: Mapping[str, Any]) -> list[str]:
    told = metadata.get("jobControlOptions") or metadata.get("jobControl") or ()
    return [told] if isinstance(told, str) else list(told)


def _is_language(key: str) -> bool:
    return len(key) == 2 or (len(key) == 5 and key[2] in "-_")


def _are_texts(values: Any) -> bool:
    return all(
        isinstance(one, str) or (isinstance(one, list) and all(isinstance(w, str) for w in one)) for one in values
    )


def _by_id(told: Any) -> list[tuple[str, Mapping[str, Any]]]:
    if isinstance(told, Mapping):
        return [(str(id), one if isinstance(one, Mapping) else {}) for id, one in told.items()]
    if isinstance(told, list | tuple):
        return [(str(one["id"]), one) for one in told if isinstance(one, Mapping) and "id" in one]
    return []


def _input(told: Mapping[str, Any]) -> Json:
    schema = _schema(told, "input")
    described = _texts(told)
    described["schema"] = schema
    # A default fills what is not given: such an input is not required, whatever the plug-in left out.
    described["minOccurs"] = _count(told.get("minOccurs"), 0 if "default" in schema else 1)
    most = told.get("maxOccurs", 1)
    described["maxOccurs"] = "unbounded" if most == "unbounded" else max(1, _count(most, 1))
    return described


def _output(told: Mapping[str, Any]) -> Json:
    return {**_texts(told), "schema": _schema(told, "output")}


def _texts(told: Mapping[str, Any]) -> Json:
    kept: Json = {name: told[name] for name in ("title", "description", "keywords") if told.get(name)}
    if isinstance(told.get("metadata"), list):
        kept["metadata"] = told["metadata"]
    return kept


def _count(told: Any, default: int) -> int:
    try:
        return int(told)
    except (TypeError, ValueError):
        return default


def _schema(told: Mapping[str, Any], old: str) -> Json:
    if isinstance(told.get("schema"), Mapping):
        return dict(told["schema"])
    inner = told.get(old) if isinstance(told.get(old), Mapping) else told
    assert isinstance(inner, Mapping)
    if isinstance(literal := inner.get("literalDataDomain"), Mapping):
        return _literal(literal)
    if isinstance(literals := inner.get("literalDataDomains"), list) and literals:
        return _literal(literals[0])
    if inner.get("supportedCRS") or inner.get("boundingBoxDataDomain"):
        return {"type": "object", "required": ["bbox"], "properties": {"bbox": {"type": "array"}}}
    formats = inner.get("formats") or (inner.get("complexDataDomain") or {}).get("formats")
    if isinstance(formats, list) and formats:
        medias = [one.get("mimeType") or one.get("mediaType") for one in formats if isinstance(one, Mapping)]
        schemas = [{"contentMediaType": media} for media in medias if media]
        return schemas[0] if len(schemas) == 1 else {"oneOf": schemas} if schemas else {}
    return {}


def _literal(told: Mapping[str, Any]) -> Json:
    kind = told.get("dataType", "string")
    name = str(kind.get("name") or kind.get("reference") or "string") if isinstance(kind, Mapping) else str(kind)
    name = name.rpartition("#")[2].lower()
    schema: Json = {"type": _LITERALS.get(name, name if name in ("number", "integer", "boolean") else "string")}
    values = told.get("valueDefinition") if isinstance(told.get("valueDefinition"), Mapping) else told
    assert isinstance(values, Mapping)
    if values.get("defaultValue") not in (None, ""):
        schema["default"] = values["defaultValue"]
    listed = values.get("allowedValues") or values.get("possibleValues")
    if isinstance(listed, list) and listed and not any(isinstance(one, Mapping) for one in listed):
        schema["enum"] = listed
    return schema
