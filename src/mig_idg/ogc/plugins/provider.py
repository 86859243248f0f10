"""A provider plug-in of pygeoapi: made, asked, and what it did told as values. Only in an isolated process."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import orjson

from mig_idg.errors import Text
from mig_idg.ogc.plugins import coverages, shapes
from mig_idg.ogc.plugins.honours import Honours
from mig_idg.ogc.plugins.selection import Refused, Selection
from mig_idg.publication.plugins import SHORT_NAMES_OF, allowed
from mig_idg.store.crs import EPSG

DEGREES = 4326
# What a plug-in does with each condition, by its declaration: tried once for each process.
_HONOURS: dict[bytes, Honours] = {}


def answer(call: Mapping[str, Any], modules: tuple[str, ...]) -> dict[str, Any]:
    """What the plug-in says: {"fields"}, {"item"}, {"features", …}, {"coverage"}, {"file"}, {"values"}.

    Or {"refused"}, or {"failed", "trace"}.
    """
    if call.get("start"):
        import_module("pygeoapi.provider.base")
        return {}
    try:
        made = load(call["plugin"], modules, call["srid"])
        if call.get("fields"):
            return {"fields": fields_of(made)}
        if call.get("offered"):
            return {**coverages.offered(made), "format": definition(call["plugin"], call["srid"]).get("format")}
        if "coverage" in call:
            return coverages.coverage(made, call)
        if "values" in call:
            return coverages.values(made, call)
        if "item" in call:
            return {"item": _item(made, call)}
        key = orjson.dumps(call["plugin"], option=orjson.OPT_SORT_KEYS)
        honours = _HONOURS.setdefault(key, Honours(call["srid"]))
        return Selection(Asking(made), honours, call).answer()
    except Refused as error:
        return {"refused": error.told}
    except Exception as error:
        if "values" in call and _status(error) in (204, 404):
            return {"values": None}
        return _wrong(error)


def load(declared: Mapping[str, Any], modules: tuple[str, ...], srid: int) -> Any:
    """An instance of the plug-in, made anew for each request as pygeoapi does. Raises what the plug-in raises."""
    return found(str(declared["name"]), modules)(definition(declared, srid))


def found(name: str, modules: tuple[str, ...]) -> Any:
    """The class of a plug-in. Raises what Python says when it is not there, or not allowed."""
    if not allowed(name, modules):
        raise PermissionError("not in the modules that are allowed")
    if "." not in name:
        from pygeoapi.plugin import PLUGINS

        name = PLUGINS["provider"].get(name, f"{SHORT_NAMES_OF}.{name}")
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)


def definition(declared: Mapping[str, Any], srid: int) -> dict[str, Any]:
    """The `provider_def` of pygeoapi: `options` both as such and as members, since plug-ins read either."""
    options = dict(declared.get("options") or {})
    storage = {} if srid == DEGREES else {"storage_crs": f"{EPSG}{srid}"}
    made = {**storage, **options, **(declared.get("members") or {})}
    made |= {"type": declared.get("type") or "feature", "name": declared["name"]}
    made |= {name: declared[name] for name in ("data", "id_field", "time_field") if declared.get(name) is not None}
    if options:
        made["options"] = options
    if made["type"] == "coverage":
        made.setdefault("format", {"name": "GTiff", "mimetype": "image/tiff; application=geotiff"})
    if (geometry := declared.get("geometry")) is not None:
        made |= {"geometry": dict(geometry), **geometry}
    return made


def fields_of(made: Any) -> dict[str, Any]:
    """The fields of the source, each with what JSON Schema says of it."""
    found = made.get_fields() or made.fields
    return {str(name): told if isinstance(told, Mapping) else {"type": str(told)} for name, told in found.items()}


class Asking:
    """A provider that is only given the parameters that its `query` takes."""

    def __init__(self, made: Any) -> None:
        self._made = made
        parameters = inspect.signature(made.query).parameters
        self._any = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
        self.named = frozenset(parameters)

    @property
    def id_field(self) -> str | None:
        """The property that identifies a feature."""
        return getattr(self._made, "id_field", None)

    @property
    def geometry_field(self) -> str | None:
        """How the source names its geometry, for filters."""
        return getattr(self._made, "geom", None)

    def takes(self, name: str) -> bool:
        """Whether `query` takes the parameter; one that is only swallowed by `**kwargs` does nothing."""
        return name in self.named

    def query(self, **given: Any) -> tuple[list[dict[str, Any]], int | None]:
        """Features of a page, and how many match in all when the plug-in says it."""
        given = {name: value for name, value in given.items() if self._any or name in self.named}
        try:
            page = self._made.query(**given)
        except Exception as error:
            if _status(error) == 204:  # pygeoapi's way to say: nothing found
                return [], 0
            raise
        page = page if isinstance(page, Mapping) else {}
        features = [shapes.feature(one, self.id_field) for one in page.get("features") or []]
        matched = page.get("numberMatched")
        return features, matched if isinstance(matched, int) and not isinstance(matched, bool) else None


def _item(made: Any, call: Mapping[str, Any]) -> dict[str, Any] | None:
    """The feature of that id; None when there is none."""
    id = str(call["item"])
    try:
        found = made.get(id)
    except Exception as error:
        if _status(error) in (404, 204) or isinstance(error, LookupError | ValueError):
            return None
        raise
    if not isinstance(found, Mapping) or not found:
        return None
    feature = shapes.feature(found, getattr(made, "id_field", None))
    if str(feature["id"]) != id:
        return None
    return shapes.written(feature, call["srid"], call["output"])


def _status(error: Exception) -> int | None:
    """The HTTP status that an error of pygeoapi says of itself; its default, 500, tells nothing."""
    status = getattr(error, "http_status_code", None)
    return int(status) if isinstance(status, int) and status != 500 else None


def _wrong(error: Exception) -> dict[str, Any]:
    if _status(error) == 400:
        words = getattr(error, "user_msg", None)
        told = Text(
            f"Le greffon refuse cette demande{f' : {words}' if words else '.'}",
            f"The plug-in refuses this request{f': {words}' if words else '.'}",
        )
        return {"refused": {"fr": told.fr, "en": told.en}}
    return {"failed": type(error).__name__, "trace": traceback.format_exc()}
