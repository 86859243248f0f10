"""What a client writes of an entity, read strictly: each property by its kind, relations as links or as entities."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

import orjson

from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.store.sensorthings.entities import Entity, Property
from mig_idg.store.sensorthings.filters import instant

GEOJSON = ("application/geo+json", "application/vnd.geo+json")
LARGEST = 60_000
_READ_ONLY = ("@iot.selfLink", "@iot.id", "@iot.count", "id")


def check(entity: Entity, body: Any, where: str, *, whole: bool) -> Mapping[str, Any]:
    """The body of an entity, its words known, its properties there when it is `whole`. Raises InvalidParameter."""
    if not isinstance(body, dict):
        wrong(where, "un objet JSON est attendu", "a JSON object is expected")
    known = {*entity.properties, *entity.navigations}
    for word in body:
        if word not in known and word not in _READ_ONLY and "@" not in word:
            raise UnknownWord(Text(f"Mot de {where}", f"word of {where}"), word[:80], sorted(known), closed=True)
    if whole:
        for one in entity.properties.values():
            if one.required and body.get(one.name) is None:
                wrong(f"{where}/{one.name}", "cette propriété est obligatoire", "this property is required")
    return body


def columns(entity: Entity, body: Mapping[str, Any], where: str) -> dict[str, str | float | None]:
    """The columns that a body sets, as PostgreSQL reads them."""
    made: dict[str, str | float | None] = {}
    for one in entity.properties.values():
        if one.column is None or one.name not in body:
            continue
        place, value = f"{where}/{one.name}", body[one.name]
        if value is None:
            if one.required:
                wrong(place, "cette propriété est obligatoire", "this property is required")
            made |= dict.fromkeys(_columns_of(one))
            continue
        made |= _read(one, value, place, body)
    return made


def _columns_of(one: Property) -> tuple[str, ...]:
    match one.name:
        case "phenomenonTime":
            return ("phenomenon_time", "phenomenon_end")
        case "validTime":
            return ("valid_from", "valid_to")
        case "result":
            return ("result_number", "result")
        case "location" | "feature":
            return (one.name, "geometry")
        case _:
            assert one.column is not None
            return (one.column,)


def _read(one: Property, value: Any, place: str, body: Mapping[str, Any]) -> dict[str, str | float | None]:
    names = _columns_of(one)
    match one.kind:
        case "text":
            return {names[0]: text(value, place)}
        case "time":
            return {names[0]: moment(value, place)}
        case "period":
            return dict(zip(names, period(value, place), strict=True))
        case "result":
            return dict(zip(names, result(value, place), strict=True))
        case "geometry":
            written = document(value, place)
            geometric = body.get("encodingType", GEOJSON[0]) in GEOJSON
            return {names[0]: written, names[1]: geometry(value, place) if geometric else None}
        case _:
            if one.name == "properties" and not isinstance(value, dict):
                wrong(place, "un objet JSON est attendu", "a JSON object is expected")
            return {names[0]: document(value, place)}


def text(value: Any, place: str) -> str:
    """A text without a null character."""
    if not isinstance(value, str) or "\x00" in value or len(value) > 10_000:
        wrong(place, "un texte est attendu", "a text is expected")
    return value


def document(value: Any, place: str) -> str:
    """JSON as it will be kept."""
    try:
        written = orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        wrong(place, "une valeur JSON est attendue", "a JSON value is expected")
    if len(written) > LARGEST or b"\\u0000" in written:
        wrong(place, "cette valeur est trop grande ou illisible", "this value is too large or unreadable")
    return written.decode()


def moment(value: Any, place: str) -> str:
    """An ISO 8601 instant, in UTC."""
    try:
        if not isinstance(value, str) or "T" not in value.upper():
            raise ValueError
        return instant(value)
    except (ValueError, OverflowError):
        wrong(
            place, f"« {str(value)[:40]} » n'est pas un instant ISO 8601", f"“{str(value)[:40]}” is no ISO 8601 instant"
        )


def period(value: Any, place: str) -> tuple[str, str | None]:
    """An instant, or an interval `start/end`."""
    since, _, until = value.partition("/") if isinstance(value, str) else (value, "", "")
    if not until:
        return moment(since, place), None
    ends = moment(since, place), moment(until, place)
    if datetime.fromisoformat(ends[1]) < datetime.fromisoformat(ends[0]):
        wrong(place, "l'intervalle finit avant de commencer", "the interval ends before it begins")
    return ends


def result(value: Any, place: str) -> tuple[float | None, str | None]:
    """A number, or any other JSON."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) > 1e300 or (isinstance(value, float) and not math.isfinite(value)):
            wrong(place, "ce nombre est hors de portée", "this number is out of range")
        if isinstance(value, int) and abs(value) > 2**53:
            return None, document(value, place)
        return float(value), None
    return None, document(value, place)


def geometry(value: Any, place: str) -> str:
    """The hexadecimal EWKB of a GeoJSON geometry (or feature), in longitude and latitude."""
    import shapely

    shape = value.get("geometry") if isinstance(value, dict) and value.get("type") == "Feature" else value
    try:
        read = shapely.from_geojson(orjson.dumps(shape).decode())
        west, south, east, north = read.bounds
        if read.is_empty or not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValueError
    except (shapely.errors.GEOSException, ValueError, TypeError, AttributeError, orjson.JSONEncodeError):
        wrong(
            place,
            "une géométrie GeoJSON en longitude, latitude est attendue",
            "a GeoJSON geometry in longitude, latitude is expected",
        )
    return str(shapely.to_wkb(shapely.set_srid(read, 4326), hex=True, include_srid=True))


def patched(document: Any, operations: Any) -> Any:
    """A document after a JSON Patch (RFC 6902): add, replace, remove, test. Raises InvalidParameter."""
    if not isinstance(operations, list) or len(operations) > 100:
        wrong("body", "une liste d'opérations est attendue", "a list of operations is expected")
    for number, one in enumerate(operations):
        place = f"body/{number}"
        word, path = (one.get("op"), one.get("path")) if isinstance(one, dict) else (None, None)
        if word not in ("add", "replace", "remove", "test") or not isinstance(path, str) or not path.startswith("/"):
            wrong(place, "add, replace, remove ou test, et un chemin", "add, replace, remove or test, and a path")
        keys = [key.replace("~1", "/").replace("~0", "~") for key in path[1:].split("/")]
        document = _changed(document, keys, word, one.get("value"), place)
    return document


def _changed(at: Any, keys: list[str], word: str, value: Any, place: str) -> Any:
    key, rest = keys[0], keys[1:]
    if isinstance(at, dict):
        if key not in at and (rest or word in ("remove", "replace", "test")):
            wrong(place, f"« {key} » n'existe pas", f"“{key}” does not exist")
        if rest:
            return at | {key: _changed(at[key], rest, word, value, place)}
        if word == "test":
            if at[key] != value:
                wrong(place, f"« {key} » n'a pas cette valeur", f"“{key}” has not that value")
            return at
        return {k: v for k, v in at.items() if k != key} if word == "remove" else at | {key: value}
    return wrong(place, "un membre d'objet est attendu", "a member of an object is expected")


def now() -> str:
    """The instant that an observation without a time gets (18-088, table 8-12)."""
    return datetime.now(UTC).isoformat()


def wrong(place: str, fr: str, en: str) -> NoReturn:
    """What is wrong in a body, and where."""
    raise InvalidParameter(place, Text(f"{place} : {fr}.", f"{place}: {en}."))
