"""The assembly, for one caller.

Up to `SPELLED_OUT` collections, each has its own paths, with its own attributes as parameters: a definition one can
read. Beyond, paths are written once with the list of ids, because QGIS downloads the whole definition for each layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.guard.operation import TAGS, Operation
from mig_idg.ogc.describe.openapi import answers, parameters
from mig_idg.ogc.describe.openapi.schemas import SCHEMAS
from mig_idg.ogc.service_metadata import Service
from mig_idg.store.collection import Collection
from mig_idg.store.query import PARAMETERS, Limits
from mig_idg.store.table import Table

SPELLED_OUT = 30
_NOT_ASKED = frozenset({"json", "array", "other", "geometry"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A collection as the caller may use it: permitted actions, and the table with the columns granted to `query`."""

    collection: Collection
    permitted: frozenset[str]
    table: Table | None


def definition(
    service: Service, seen: tuple[Seen, ...], operations: Iterable[Operation], base: str, lang: Lang
) -> dict[str, Any]:
    """The OpenAPI 3.0 document for a caller who sees `seen`, on the server at `base`.

    `operations` are those of the routes that are mounted; they are told chapter by chapter, in the order of routes.
    """
    rows = sorted(operations, key=lambda one: TAGS.index(one.tag))
    paths: dict[str, Any] = {}
    for row in rows:
        for path, collection in _paths(row, seen):
            verbs, verb = paths.setdefault(path, {}), row.method.lower()
            described = _operation(row, collection, lang)
            verbs[verb] = _merged(verbs[verb], described) if verb in verbs else described
    shared = parameters.components(lang, Limits())
    shared["collection"] = _ids(seen, lang)
    return {
        "openapi": "3.0.3",
        "info": _info(service, lang),
        "servers": [{"url": base}],
        "tags": [{"name": tag} for tag in dict.fromkeys(row.tag.in_(lang) for row in rows)],
        "security": [{}, *({name: []} for name in _SECURITY)],
        "paths": paths,
        "components": {
            "parameters": shared,
            "responses": answers.components(lang),
            "schemas": SCHEMAS,
            "securitySchemes": {name: scheme(lang) for name, scheme in _SECURITY.items()},
        },
    }


def _paths(row: Operation, seen: tuple[Seen, ...]) -> Iterable[tuple[str, Seen | None]]:
    """The paths of one operation: one, or one for each collection on which the caller may do it."""
    if not row.on_collection:
        pictured = not row.raster or any(_pictures(row, one) for one in seen)
        if pictured and (row.action in ("open", "listing") or any(row.action in one.permitted for one in seen)):
            yield row.pattern, None
    elif len(seen) > SPELLED_OUT:
        if any(_offers(row, one) for one in seen):
            yield row.pattern, None
    else:
        for one in seen:
            if _offers(row, one):
                yield row.pattern.replace("{collection}", one.collection.id), one


def _pictures(row: Operation, one: Seen) -> bool:
    """Whether a collection has something to show in the pictures of several: without any, they are 404."""
    served = one.collection.services
    return (
        one.collection.raster is not None and "view" in one.permitted and any(name in served for name in row.services)
    )


def _offers(row: Operation, one: Seen) -> bool:
    collection = one.collection
    if row.action not in one.permitted or (row.tabular and collection.table is None):
        return False
    if row.coproduced and collection.kind != "coproduced":
        return False
    if row.plugin and (collection.plugin is None or collection.plugin.get("type", "feature") != row.plugin):
        return False
    if (row.raster and collection.raster is None) or (row.editable and not _edited(collection)):
        return False
    return not row.services or any(service in one.collection.services for service in row.services)


def _edited(collection: Collection) -> bool:
    return collection.editing.enabled


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two operations on one verb (a search and a creation by POST; shapes and pixels): what either takes and tells."""
    bodies = [one["requestBody"]["content"] for one in (first, second) if "requestBody" in one]
    told: dict[str, Any] = dict(first["responses"])
    for status, response in second["responses"].items():
        both = told.get(status, {}).get("content", {}) | response.get("content", {})
        told[status] = told.get(status, {}) | response | ({"content": both} if both else {})
    return first | {
        "summary": f"{first['summary']} ; {second['summary']}",
        "parameters": _either(first["parameters"], second["parameters"]),
        "responses": told,
        **({"requestBody": {"required": True, "content": bodies[0] | bodies[-1]}} if bodies else {}),
    }


def _either(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parameters of both; `f`, that each tells for itself, has the words of both."""
    named = {one.get("$ref") or one["name"]: one for one in first}
    for one in second:
        key = one.get("$ref") or one["name"]
        if key == "f" and key in named:
            words = [*named[key]["schema"]["enum"], *one["schema"]["enum"]]
            one = one | {"schema": {"type": "string", "enum": list(dict.fromkeys(words))}}
        named[key] = one
    return list(named.values())


def _operation(row: Operation, seen: Seen | None, lang: Lang) -> dict[str, Any]:
    title = row.summary.in_(lang)
    described: dict[str, Any] = {
        "operationId": (f"{row.id}_{seen.collection.id}" if seen else row.id) + row.suffix,
        "summary": f"{seen.collection.title.in_(lang)} : {title.lower()}" if seen else title,
        "tags": [row.tag.in_(lang)],
        "parameters": list(_parameters(row, seen, lang)),
        "responses": {
            row.success: _success(row, title),
            **{str(status): answers.reference(status, ows=row.ows) for status in row.errors},
        },
    }
    if row.body:
        described["requestBody"] = {
            "required": True,
            "content": {media: {"schema": {"$ref": f"#/components/schemas/{name}"}} for media, name in row.body},
        }
    return described


def _success(row: Operation, title: str) -> dict[str, Any]:
    told: dict[str, Any] = {"description": title}
    if row.answers:
        told["content"] = {media: {"schema": {"$ref": f"#/components/schemas/{name}"}} for media, name in row.answers}
    return told


def _parameters(row: Operation, seen: Seen | None, lang: Lang) -> Iterable[dict[str, Any]]:
    if row.on_collection and seen is None:
        yield {"$ref": "#/components/parameters/collection"}
    for name in (*row.parameters, "lang"):
        yield {"$ref": f"#/components/parameters/{name}"}
    if row.formats:
        yield parameters.words_of_format(_formats(row, seen), lang)
    if row.properties and seen is not None and seen.table is not None:
        labels = seen.collection.labels
        for column in seen.table.columns:
            if column.kind not in _NOT_ASKED and column.name not in PARAMETERS:
                label = labels.get(column.name, {}).get(lang) or column.comment or column.name
                yield parameters.of_column(column, label)


def _formats(row: Operation, seen: Seen | None) -> tuple[str, ...]:
    """Bulk formats are a download: named only to those who may."""
    from mig_idg.ogc.features import formats

    if seen is None or "download" in seen.permitted:
        return row.formats
    bulk = {form.name for form in formats.BULK}
    return tuple(word for word in row.formats if word not in bulk)


def _ids(seen: tuple[Seen, ...], lang: Lang) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if seen:
        schema["enum"] = [one.collection.id for one in seen]
    return {
        "name": "collection",
        "in": "path",
        "required": True,
        "description": Text("Identifiant de la collection.", "Identifier of the collection.").in_(lang),
        "schema": schema,
    }


def _info(service: Service, lang: Lang) -> dict[str, Any]:
    metadata = service.metadata
    info: dict[str, Any] = {
        "title": service.title.in_(lang),
        "description": service.description.in_(lang),
        "version": _version(),
    }
    if metadata.identification.terms_of_service:
        info["termsOfService"] = metadata.identification.terms_of_service
    if metadata.license:
        info["license"] = metadata.license.model_dump()
    if metadata.contact:
        contact = {"name": metadata.contact.name, "email": metadata.contact.email, "url": metadata.contact.url}
        info["contact"] = {name: value for name, value in contact.items() if value}
    return info


@cache
def _version() -> str:
    try:
        return version("mig-idg")
    except PackageNotFoundError:
        return "0"


_SECURITY: Mapping[str, Any] = {
    "bearer": lambda lang: {
        "type": "http",
        "scheme": "bearer",
        "description": Text("Authorization: Bearer JETON", "Authorization: Bearer TOKEN").in_(lang),
    },
    "basic": lambda lang: {
        "type": "http",
        "scheme": "basic",
        "description": Text("Identifiant et jeton.", "Login and token.").in_(lang),
    },
    "apiKey": lambda lang: {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": Text("Le jeton.", "The token.").in_(lang),
    },
    "token": lambda lang: {
        "type": "apiKey",
        "in": "query",
        "name": "token",
        "description": Text(
            "Pour les clients qui perdent les en-têtes ; ou /t/JETON/ devant tout chemin.",
            "For clients that drop headers; or /t/TOKEN/ in front of any path.",
        ).in_(lang),
    },
}
