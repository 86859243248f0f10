"""What a plug-in says of its fields, as the table that the parsers of queries and the schemas know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mig_idg.store.collection import Collection
from mig_idg.store.table import GENERIC_GEOMETRY, Column, Geometry, Kind, Table

ID, GEOMETRY = "id", "geometry"
_KINDS: Mapping[str, Kind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "object": "json",
    "array": "array",
}
# What plug-ins say in the words of their source: esriFieldTypeInteger, Edm.Double, float64, bool.
_OTHERS = (("int", "integer"), ("double", "number"), ("float", "number"), ("decimal", "number"), ("bool", "boolean"))
_FORMATS: Mapping[str, Kind] = {"date": "date", "date-time": "timestamp"}


def table_of(collection: Collection, fields: Mapping[str, Any]) -> Table:
    """The table of nowhere with these fields, as `get_fields` of a provider gives them."""
    assert collection.plugin is not None
    columns = tuple(_column(name, described) for name, described in fields.items())
    id_field = collection.plugin.get("id_field") or ID
    id = next((one for one in columns if one.name == id_field), None) or _column(id_field, {"type": "string"})
    return Table(
        schema="",
        name=collection.id,
        id=id,
        geometry=Geometry(GEOMETRY, collection.srid, GENERIC_GEOMETRY),
        columns=columns,
        area=collection.bbox,
    )


def _column(name: str, described: Any) -> Column:
    told = described if isinstance(described, Mapping) else {"type": described}
    type, format = str(told.get("type") or "string"), told.get("format")
    type = type if type in _KINDS else next((ours for theirs, ours in _OTHERS if theirs in type.lower()), "string")
    kind = _KINDS.get(type) or _FORMATS.get(str(format), "text")
    title = told.get("description") or told.get("title")
    return Column(
        name=name,
        sql=type,
        base=type,
        kind=kind,
        json=type,
        format=str(format) if kind in ("date", "timestamp") else None,
        comment=str(title) if title else None,
        generated=True,
    )
