"""What somebody sends, checked field by field: a form of ours, or JSON. Nothing is opened and nothing decided here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mig_idg.errors import BadRequest, InvalidParameter, Text, UnknownWord
from mig_idg.registry.addresses import ADDRESS
from mig_idg.registry.remarks import KINDS, LONGEST

FIELDS = ("kind", "words", "name", "email", "feature", "geometry", "longitude", "latitude", "organisation", "record")
GEOMETRIES = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
MOST_POSITIONS = 1000


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, sound; who it is about and who it is from are known elsewhere."""

    kind: str
    words: str
    name: str | None = None
    email: str | None = None
    feature: str | None = None
    geometry: dict[str, Any] | None = None
    organisation: str | None = None
    record: str | None = None


def document(body: bytes) -> dict[str, Any]:
    """The members of a JSON body. Raises BadRequest."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(Text("Ce corps n'est pas du JSON.", "This body is not JSON.")) from None
    if not isinstance(told, dict):
        raise BadRequest(Text("Un objet JSON est attendu.", "A JSON object is expected."))
    for name in told:
        if name not in FIELDS:
            raise UnknownWord(Text("Membre", "member"), str(name)[:40], FIELDS, closed=True)
    return told


def read(told: Mapping[str, Any]) -> Sent:
    """The same, checked. Raises InvalidParameter, naming the field."""
    kind = _text(told, "kind", 20) or "remark"
    if kind not in KINDS:
        raise InvalidParameter(
            "kind",
            Text(f"« {kind} » n'est pas un genre de remarque.", f"“{kind}” is no kind of remark."),
            remedy=Text(", ".join(KINDS), ", ".join(KINDS)),
        )
    words = _text(told, "words", LONGEST)
    if words is None or len(words) < 3:
        raise InvalidParameter("words", Text("Dites ce que vous avez à dire.", "Say what you have to say."))
    email = _text(told, "email", 254)
    if email is not None and not ADDRESS.fullmatch(email):
        raise InvalidParameter(
            "email",
            Text("Cette adresse de courriel n'est pas utilisable.", "This e-mail address cannot be used."),
            remedy=Text("Exemple : nom@domaine.fr ; ou laissez vide.", "Example: name@domain.example; or leave it."),
        )
    return Sent(
        kind=kind,
        words=words,
        name=_text(told, "name", 100, one_line=True),
        email=email,
        feature=_text(told, "feature", 200, one_line=True),
        geometry=_geometry(told),
        organisation=_text(told, "organisation", 100, one_line=True),
        record=_text(told, "record", 200, one_line=True),
    )


def _text(told: Mapping[str, Any], name: str, most: int, *, one_line: bool = False) -> str | None:
    value = told.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidParameter(name, Text("Un texte est attendu.", "A text is expected."))
    value = value.replace("\r\n", "\n").strip()
    if len(value) > most:
        raise InvalidParameter(name, Text(f"{most} caractères au plus.", f"{most} characters at most."))
    if any(not char.isprintable() and (one_line or char not in "\n\t") for char in value):
        raise InvalidParameter(name, Text("Caractères de contrôle refusés.", "Control characters are refused."))
    return value or None


def _geometry(told: Mapping[str, Any]) -> dict[str, Any] | None:
    if told.get("geometry") is not None:
        return _sound(told["geometry"])
    longitude, latitude = (_number(told, name) for name in ("longitude", "latitude"))
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None:
        raise InvalidParameter(
            "longitude" if longitude is None else "latitude",
            Text("Longitude et latitude vont ensemble.", "Longitude and latitude go together."),
        )
    return _sound({"type": "Point", "coordinates": [longitude, latitude]})


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    if value is None or value == "":
        return None
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        raise InvalidParameter(name, Text("Un nombre est attendu.", "A number is expected.")) from None


def _sound(geometry: Any) -> dict[str, Any]:
    """A GeoJSON geometry (RFC 7946), of its two members only: longitude and latitude in degrees."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in GEOMETRIES:
        raise InvalidParameter(
            "geometry",
            Text("Une géométrie GeoJSON est attendue.", "A GeoJSON geometry is expected."),
            remedy=Text(", ".join(GEOMETRIES), ", ".join(GEOMETRIES)),
        )
    left = [MOST_POSITIONS]
    return {"type": kind, "coordinates": _positions(geometry.get("coordinates"), GEOMETRIES[kind], left)}


def _positions(told: Any, depth: int, left: list[int]) -> list[Any]:
    if not isinstance(told, list) or not told:
        raise _wrong()
    if depth:
        return [_positions(one, depth - 1, left) for one in told]
    left[0] -= 1
    if left[0] < 0 or len(told) not in (2, 3):
        raise _wrong()
    for value in told:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _wrong()
    longitude, latitude = float(told[0]), float(told[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _wrong()
    return [longitude, latitude]


def _wrong() -> InvalidParameter:
    return InvalidParameter(
        "geometry",
        Text("Des positions [longitude, latitude] en degrés sont attendues, mille au plus.",
             "Positions [longitude, latitude] in degrees are expected, a thousand at most."),
    )  # fmt: skip
