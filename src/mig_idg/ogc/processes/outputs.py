"""What a plug-in gave, as the outputs it declares: each with its media type and its bytes.

`execute` returns (media type, result). The result is an object of outputs by id, pygeoapi's `{"id": …, "value": …}`,
a list of those, or the one output itself, as text, bytes or JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

JSON = "application/json"
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


@dataclass(frozen=True, slots=True)
class Produced:
    """One output: `encoding` says what the bytes are, `json`, `text` or `binary`."""

    id: str
    media_type: str
    encoding: str
    body: bytes


def produced(media_type: str | None, result: Any, described: Mapping[str, Mapping[str, Any]]) -> list[Produced]:
    """The outputs in what `execute` returned."""
    media = media_type or JSON
    by_id = _by_id(result, described)
    if by_id is not None:
        return [_one(id, value, _media(value, described[id]["schema"])) for id, value in by_id.items()]
    return [_one(next(iter(described)), result, media)]


def _by_id(result: Any, described: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    if isinstance(result, Mapping):
        if set(result) == {"outputs"} and "outputs" not in described:
            return _by_id(result["outputs"], described)
        if result and set(map(str, result)) <= set(described):
            return {str(id): value for id, value in result.items()}
        if set(result) == {"id", "value"} and result["id"] in described:
            whole = described[result["id"]]["schema"].get("type") == "object"
            return {result["id"]: dict(result) if whole else result["value"]}
    if isinstance(result, list | tuple) and result:
        named = [one for one in result if isinstance(one, Mapping) and {"id", "value"} <= set(one)]
        if len(named) == len(result) and all(one["id"] in described for one in named):
            return {one["id"]: one["value"] for one in named}
    return None


def _media(value: Any, schema: Mapping[str, Any]) -> str:
    told = schema.get("contentMediaType")
    if isinstance(told, str) and told:
        return told
    return "application/octet-stream" if isinstance(value, bytes | bytearray) else JSON


def _one(id: str, value: Any, media: str) -> Produced:
    kind = media.partition(";")[0].strip().lower()
    in_json = kind == JSON or kind.endswith("+json")
    if isinstance(value, bytes | bytearray | memoryview):
        body = bytes(value)
        if in_json and _is_json(body):
            return Produced(id, media, "json", body)
        return Produced(id, media, "text" if kind.startswith("text/") and _is_text(body) else "binary", body)
    if isinstance(value, str):
        body = value.encode("utf-8", "surrogateescape")
        if not in_json:
            return Produced(id, media, "text", body)
        return Produced(id, media, "json", body if kind != JSON and _is_json(body) else _string(value, body))
    return Produced(id, media if in_json else JSON, "json", orjson.dumps(value, default=str, option=_OPTIONS))


def _string(value: str, body: bytes) -> bytes:
    """A text given as JSON: an object or a list written out is itself, any other text is a string."""
    return body if value.lstrip()[:1] in ("{", "[") and _is_json(body) else orjson.dumps(value)


def _is_json(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
