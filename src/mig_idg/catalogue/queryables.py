"""What may be asked of records, and what may order them: the queryables and sortables of the record collection.

The names are those of the record's own properties (OGC 20-004r1, tables 8 and 9). A property with several values
(keywords, themes, formats) is an array for array functions; compared to one value, it holds when any of its own does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mig_idg.catalogue.model import Record
from mig_idg.catalogue.search import SORTABLE
from mig_idg.errors import Lang, Text

Kind = Literal["text", "number", "date", "array", "geometry", "interval"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCHEMAS: Mapping[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "array": {"type": "array", "items": {"type": "string"}},
    "geometry": {"format": "geometry-polygon", "x-ogc-role": "primary-geometry"},
    "interval": {"type": "array", "items": {"type": "string", "format": "date-time"}, "minItems": 2, "maxItems": 2},
}


@dataclass(frozen=True, slots=True)
class Queryable:
    """A property of records: what it is, in words, and its value. No value is None, never an empty text."""

    kind: Kind
    title: Text
    of: Callable[[Record], Any]


def _themes(record: Record) -> tuple[str, ...]:
    labels = (record.inspire.label.in_(record.lang), record.inspire.code) if record.inspire else ()
    return (*labels, *((record.theme,) if record.theme else ()), *record.topics)


QUERYABLES: dict[str, Queryable] = {
    "id": Queryable("text", Text("Identifiant de la fiche", "Identifier of the record"), lambda r: r.id),
    "type": Queryable("text", Text("Sorte de ressource", "Kind of resource"), lambda r: r.kind),
    "title": Queryable("text", Text("Titre", "Title"), lambda r: r.title),
    "description": Queryable("text", Text("Résumé", "Abstract"), lambda r: r.abstract),
    "keywords": Queryable("array", Text("Mots clés", "Keywords"), lambda r: r.keywords),
    "themes": Queryable("array", Text("Thèmes et catégories", "Themes and topics"), _themes),
    "language": Queryable("text", Text("Langue des données", "Language of the data"), lambda r: r.language),
    "externalIds": Queryable("array", Text("Identifiants ailleurs", "Identifiers elsewhere"),
                             lambda r: (r.identifier, *r.external_ids)),
    "formats": Queryable("array", Text("Formats", "Formats"), lambda r: tuple(name for name, _ in r.formats)),
    "contacts": Queryable("array", Text("Organismes", "Organisations"),
                          lambda r: tuple(dict.fromkeys(party.name for party in r.parties))),
    "license": Queryable("text", Text("Licence", "Licence"), lambda r: r.licence.spdx if r.licence else "other"),
    "updated": Queryable("date", Text("Mise à jour de la fiche", "Update of the record"), lambda r: r.stamp),
    "resourceUpdated": Queryable("date", Text("Mise à jour des données", "Update of the data"), lambda r: r.revised),
    "resourceCreated": Queryable("date", Text("Création des données", "Creation of the data"), lambda r: r.created),
    "updateFrequency": Queryable("text", Text("Rythme de mise à jour", "Frequency of update"), lambda r: r.frequency),
    "lineage": Queryable("text", Text("Généalogie", "Lineage"), lambda r: r.lineage),
    "scaleDenominator": Queryable("number", Text("Dénominateur d'échelle", "Scale denominator"), lambda r: r.scale),
    "resolution": Queryable("number", Text("Résolution (m)", "Resolution (m)"), lambda r: r.resolution),
    "time": Queryable("interval", Text("Période des données", "Period of the data"), lambda r: r.period),
    "geometry": Queryable("geometry", Text("Emprise", "Extent"), lambda r: r.bbox),
}  # fmt: skip


def queryables(here: str, title: str, lang: Lang) -> dict[str, Any]:
    """The queryables as JSON Schema (OGC 19-079r2, 6.2)."""
    properties = {name: {"title": one.title.in_(lang), **_SCHEMAS[one.kind]} for name, one in QUERYABLES.items()}
    return _schema(f"{here}/queryables", title, properties)


def sortables(here: str, title: str, lang: Lang) -> dict[str, Any]:
    """What `sortby` takes, as JSON Schema."""
    properties = {
        name: {"title": QUERYABLES[name].title.in_(lang), **_SCHEMAS[QUERYABLES[name].kind]} for name in SORTABLE
    }
    return _schema(f"{here}/sortables", title, properties)


def _schema(address: str, title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": address, "title": title, "type": "object", "properties": properties,
            "additionalProperties": False}  # fmt: skip
