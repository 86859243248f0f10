"""A feature sent by a client, against the table it is written to: what is known, writable, well typed and well placed.

Every fault is told at once, each with its member: one does not correct a form field by field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely

from mig_idg.errors import BadRequest, InvalidParameter, Text, Unprocessable, nearest
from mig_idg.store import crs as reference
from mig_idg.store import json_document
from mig_idg.store.crs import Crs
from mig_idg.store.table import Column, Table
from mig_idg.store.values import value_of

MAX_VERTICES = 100_000
MEMBERS = ("type", "id", "geometry", "properties", "links", "attribution", "bbox", "conformsTo", "featureType", "time",
           "place", "coordRefSys")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """What a client wants written: columns by name (text form, None is null), geometry when it was given, id."""

    values: dict[str, str | None]
    geometry: tuple[str | None, Crs] | None
    id: str | None


@dataclass(slots=True)
class _Faults:
    """What is wrong, gathered."""

    found: list[dict[str, str]] = field(default_factory=list)
    words: list[Text] = field(default_factory=list)

    def add(self, member: str, fr: str, en: str) -> None:
        self.found.append({"member": member, "reason": en})
        self.words.append(Text(f"{member} : {fr}", f"{member}: {en}"))

    def raise_any(self) -> None:
        if self.words:
            raise Unprocessable(
                Text(" ; ".join(w.fr for w in self.words[:5]) + ".", "; ".join(w.en for w in self.words[:5]) + "."),
                extra={"errors": self.found[:50]},
            )


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be written: the columns open to edition, the code lists, and the stored values a client may repeat.

    `read` are the columns the caller reads, written or not.
    """

    writable: frozenset[str]
    codes: Mapping[str, Iterable[str]]
    stored: Mapping[str, Any] | None = None
    read: frozenset[str] = frozenset()


class _Number(float):
    """A number as it was written: `numeric` keeps digits that a float has no room for."""

    text: str

    def __new__(cls, text: str) -> _Number:
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def decoded(raw: bytes, *, exactly: bool = False) -> dict[str, Any]:
    """A JSON object; `exactly` keeps the digits of its numbers. Raises BadRequest."""
    try:
        document = json_document.decoded(raw)
        if exactly:
            document = json.loads(raw, parse_float=_Number)
    except ValueError as error:
        raise unreadable(error) from None
    if not isinstance(document, dict):
        raise BadRequest(Text("Le corps doit être un objet JSON.", "The body must be a JSON object."))
    return document


def unreadable(error: ValueError) -> BadRequest:
    """Why a body cannot be read, as its sender is told."""
    if isinstance(error, json_document.Unreadable) and error.deep:
        deepest = json_document.DEEPEST
        return BadRequest(
            Text(
                f"Le corps est imbriqué sur plus de {deepest} niveaux.",
                f"The body is nested over {deepest} levels deep.",
            ),
            extra={"limit": deepest},
        )
    return BadRequest(Text("Le corps n'est pas du JSON.", "The body is not JSON."))


def feature(document: Mapping[str, Any], table: Table, crs: Crs, rules: Rules) -> Written:
    """A whole GeoJSON Feature; properties left out are null. Raises BadRequest, Unprocessable."""
    if document.get("type") != "Feature":
        raise BadRequest(Text("Un objet Feature est attendu.", "A Feature object is expected."))
    properties = document.get("properties")
    if properties is None:
        properties = {}
    faults = _Faults()
    _members(document, faults)
    for name in ("geometry", "properties"):
        if name not in document:
            faults.add(name, "est obligatoire, même vide (null)", "is required, even empty (null)")
    values = _values(properties, table, rules, faults)
    for column in table.columns:
        if column.name in rules.writable and column.name not in values:
            _absent(column, values, faults, replaced=rules.stored is not None)
    geometry = _geometry(document.get("geometry"), table, crs, faults) if table.geometry else None
    given = document.get("id")
    if rules.stored is None and (own := properties.get(table.id.name)) is not None:
        if given is not None and str(given) != str(own):
            faults.add(table.id.name, "n'est pas « id »", "is not “id”")
        given = own
    faults.raise_any()
    return Written(values, geometry, _id(given, table, faults))


def patch(document: Mapping[str, Any], table: Table, crs: Crs, rules: Rules) -> Written:
    """A merge patch (RFC 7396) of a Feature: only what it names changes. Raises BadRequest, Unprocessable."""
    faults = _Faults()
    _members(document, faults)
    properties = document.get("properties", {})
    if properties is None:
        properties = {column.name: None for column in table.columns if column.name in rules.writable}
    values = _values(properties, table, rules, faults, merged=True)
    geometry = None
    if "geometry" in document and table.geometry:
        geometry = _geometry(document["geometry"], table, crs, faults)
    faults.raise_any()
    return Written(values, geometry, _id(document.get("id"), table, faults))


def _members(document: Mapping[str, Any], faults: _Faults) -> None:
    for name in document:
        if name not in MEMBERS:
            near = nearest(name, MEMBERS)
            hint = (f", vouliez-vous dire « {near} » ?", f", did you mean “{near}”?") if near else ("", "")
            faults.add(name[:80], f"membre inconnu{hint[0]}", f"unknown member{hint[1]}")


def _values(
    properties: Any, table: Table, rules: Rules, faults: _Faults, *, merged: bool = False
) -> dict[str, str | None]:
    if not isinstance(properties, dict):
        raise BadRequest(Text("« properties » doit être un objet.", "“properties” must be an object."))
    values: dict[str, str | None] = {}
    for name, value in properties.items():
        column = table.column(name)
        if column is None and name in rules.read:
            if not _repeats(name, value, table, rules):
                faults.add(name, "ne se modifie pas", "cannot be written")
        elif column is None:
            near = nearest(name, table.names)
            hint = (f", vouliez-vous dire « {near} » ?", f", did you mean “{near}”?") if near else ("", "")
            faults.add(name[:80], f"attribut inconnu{hint[0]}", f"unknown property{hint[1]}")
        elif name not in rules.writable:
            if not _repeats(name, value, table, rules):
                faults.add(name, "ne se modifie pas", "cannot be written")
        elif value is None:
            if not column.nullable:
                faults.add(name, "ne peut pas être vide", "cannot be empty")
            values[name] = None
        else:
            if merged and column.kind == "json" and rules.stored is not None:
                value = _merged(rules.stored.get(name), value)
            _typed(column, value, rules.codes.get(name), values, faults)
    return values


def _merged(stored: Any, change: Any) -> Any:
    """A JSON value with a merge patch applied (RFC 7396, 2)."""
    if not isinstance(change, dict):
        return change
    made = dict(stored) if isinstance(stored, dict) else {}
    for name, value in change.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = _merged(made.get(name), value)
    return made


def _repeats(name: str, value: Any, table: Table, rules: Rules) -> bool:
    """A column closed to writing may be sent back as it was read; in a new feature, as nothing or as the id."""
    if rules.stored is None:
        return value is None or name == table.id.name
    return bool(rules.stored.get(name) == value)


def _typed(
    column: Column, value: Any, codes: Iterable[str] | None, values: dict[str, str | None], faults: _Faults
) -> None:
    try:
        text = _as_text(column, value)
    except (ValueError, TypeError, OverflowError, InvalidParameter):
        faults.add(column.name, f"n'est pas de type {column.sql}", f"is not of type {column.sql}")
        return
    if column.max_length is not None and len(text) > column.max_length:
        faults.add(column.name, f"plus de {column.max_length} caractères", f"more than {column.max_length} characters")
    allowed = tuple(codes) if codes is not None else column.codes
    if allowed and text not in allowed:
        shown = ", ".join(allowed[:20])
        faults.add(column.name, f"n'est pas un code connu ({shown})", f"is not a known code ({shown})")
    values[column.name] = text


def _as_text(column: Column, value: Any) -> str:
    """The JSON value as PostgreSQL reads it for this column. Raises ValueError, TypeError, InvalidParameter."""
    match column.kind:
        case "json":
            return json.dumps(value, ensure_ascii=False)
        case "array":
            if not isinstance(value, list) or any(isinstance(item, list | dict) for item in value):
                raise TypeError
            return "{" + ",".join(_element(item) for item in value) + "}"
        case "boolean":
            if not isinstance(value, bool):
                raise TypeError
            return "true" if value else "false"
        case "integer":
            if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
                raise TypeError
            return value_of(column, str(int(value)), column.name)
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError
            return str(value)
        case _:
            if not isinstance(value, str) or "\x00" in value:
                raise TypeError
            return value if column.kind in ("text", "other") else value_of(column, value, column.name)


def _element(item: Any) -> str:
    if item is None:
        return "null"
    text = ("true" if item else "false") if isinstance(item, bool) else str(item)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _absent(column: Column, values: dict[str, str | None], faults: _Faults, *, replaced: bool) -> None:
    """A column left out: its default in a new feature, nothing in one that is replaced."""
    if column.has_default and not (replaced and column.nullable):
        return
    if not column.nullable:
        faults.add(column.name, "est obligatoire", "is required")
    else:
        values[column.name] = None


def _id(value: Any, table: Table, faults: _Faults) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        faults.add("id", "doit être un texte ou un entier", "must be a text or a whole number")
        faults.raise_any()
    try:
        return value_of(table.id, str(value), "id")
    except InvalidParameter:
        faults.add("id", f"n'est pas de type {table.id.sql}", f"is not of type {table.id.sql}")
        faults.raise_any()
    return None


def _geometry(value: Any, table: Table, crs: Crs, faults: _Faults) -> tuple[str | None, Crs] | None:
    geometry = table.geometry
    assert geometry is not None
    if value is None:
        if not geometry.nullable:
            faults.add("geometry", "ne peut pas être vide", "cannot be empty")
        return (None, crs)
    try:
        shape = shapely.from_geojson(json.dumps(value))
    except (shapely.errors.GEOSException, TypeError, ValueError):
        faults.add("geometry", "n'est pas une géométrie GeoJSON", "is not a GeoJSON geometry")
        return None
    fault = _misplaced(shape, table, crs)
    if fault:
        faults.add("geometry", fault.fr, fault.en)
        return None
    if crs.flipped:
        shape = shapely.transform(shape, lambda xy: xy[:, [1, 0, *range(2, xy.shape[1])]], include_z=shape.has_z)
    return shapely.to_wkb(shapely.set_srid(shape, crs.srid), hex=True, include_srid=True), crs


def _misplaced(shape: shapely.Geometry, table: Table, crs: Crs) -> Text | None:
    """Why the geometry cannot be stored, or None."""
    geometry = table.geometry
    assert geometry is not None
    kind = shape.geom_type.upper()
    wanted = geometry.type
    if wanted not in (kind, "GEOMETRY", f"MULTI{kind}"):
        return Text(f"{kind} au lieu de {wanted}", f"{kind} instead of {wanted}")
    if shape.is_empty:
        return Text("est vide", "is empty")
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        return Text(f"plus de {MAX_VERTICES} sommets", f"more than {MAX_VERTICES} vertices")
    if shape.has_z != geometry.has_z:
        if geometry.has_z:
            return Text("une hauteur est attendue à chaque sommet", "a height is expected at each vertex")
        return Text("cette couche n'a pas de hauteurs", "this layer has no heights")
    if not shapely.is_valid(shape):
        reason = shapely.is_valid_reason(shape)
        return Text(f"est mal formée ({reason})", f"is ill formed ({reason})")
    xmin, ymin, xmax, ymax = shapely.bounds(shape).tolist()
    if crs.flipped:
        xmin, ymin, xmax, ymax = ymin, xmin, ymax, xmax
    west, south, east, north = reference.domain(geometry.srid, crs.srid)
    if not (west <= xmin and xmax <= east and south <= ymin and ymax <= north):
        return Text(
            f"est hors du domaine de la couche ; le système est-il bien {crs.uri} (en-tête Content-Crs) ?",
            f"is outside the domain of the layer; is its reference system {crs.uri} (Content-Crs header)?",
        )
    return None
