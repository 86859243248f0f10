"""A coverage provider of pygeoapi, or one of values at places (EDR): asked, and its answer cut as it was asked.

What a plug-in does not do with a condition is done on its CoverageJSON; what cannot be (a file of its own format, an
axis that it does not tell) is refused, naming the parameter. Runs only in an isolated process.
"""

from __future__ import annotations

import base64
import inspect
from collections.abc import Mapping
from typing import Any

from mig_idg.ogc.plugins import coverage_json
from mig_idg.ogc.plugins.coverage_json import Document, Uncut
from mig_idg.ogc.plugins.selection import Refused

# What a file of the plug-in's own format may weigh: it crosses a pipe, whole.
MOST_BYTES = 128 * 1024 * 1024
X_NAMES = ("x", "e", "lon", "long", "longitude", "easting")
Y_NAMES = ("y", "n", "lat", "latitude", "northing")
T_NAMES = ("t", "time", "datetime", "phenomenontime")
Z_NAMES = ("z", "h", "height", "depth", "level", "elevation")
_KINDS = (("x", X_NAMES), ("y", Y_NAMES), ("t", T_NAMES), ("z", Z_NAMES))
# The argument of `BaseEDRProvider.query` for each parameter of a request.
_ARGUMENTS = {
    "datetime": "datetime_", "parameter-name": "select_properties", "within": "within", "within-units": "within_units",
    "corridor-width": "corridor_width", "width-units": "width_units", "corridor-height": "corridor_height",
    "height-units": "height_units", "z": "z", "bbox": "bbox", "limit": "limit",
}  # fmt: skip
# What is done on the answer when the plug-in does not do it.
_OURS = ("datetime", "parameter-name", "z", "bbox", "limit")


def offered(made: Any) -> dict[str, Any]:
    """What the plug-in offers: its fields, its axes, the queries that it answers."""
    queries = made.get_query_types() if hasattr(made, "get_query_types") else []
    return {"axes": [str(one) for one in made.axes or []], "queries": [str(one) for one in queries if one != "items"]}


def coverage(made: Any, call: Mapping[str, Any]) -> dict[str, Any]:
    """{"coverage": CoverageJSON}, or {"file": base64}: `call` has `properties`, `subsets`, `bbox`, `datetime`.

    `bbox` is in the CRS of the source, x first. Raises Refused, and what the plug-in raises.
    """
    asked = call["coverage"]
    axes = _axes(made, asked["subsets"])
    conditions: dict[str, Any] = {
        "properties": list(asked["properties"] or []),
        "subsets": {axes[name]: [low, high] for name, (low, high) in asked["subsets"].items()},
        "bbox": list(asked["bbox"] or []),
        "datetime_": asked["datetime"]["text"] if asked["datetime"] else None,
    }
    if asked["bbox"]:
        conditions["bbox_crs"] = call["srid"]
    document = made.query(**conditions, format_="json")
    beyond = _beyond(document, asked)
    if asked["format"] == "json":
        return {"coverage": _with_values(document)}
    if beyond is not None:
        raise Refused(
            beyond,
            f"le greffon n'applique pas « {beyond} » à ses fichiers : demandez f=json.",
            f"the plug-in does not apply “{beyond}” to its files: ask for f=json.",
        )
    return {"file": _text_of(made.query(**conditions, format_=asked["format"]))}


def values(made: Any, call: Mapping[str, Any]) -> dict[str, Any]:
    """{"values": CoverageJSON or GeoJSON} of one query of EDR. Raises Refused, and what the plug-in raises."""
    asked, kind = call["values"], call["values"]["query"]
    if kind not in made.get_query_types():
        known = ", ".join(one for one in made.get_query_types() if one != "items")
        raise Refused(
            None,
            f"le greffon de cette collection répond à : {known}.",
            f"the plug-in of this collection answers {known}.",
        )
    document = made.query(**_arguments(made, asked, kind))
    if not isinstance(document, dict):
        raise TypeError(f"{kind} gave {type(document).__name__}")
    if document.get("type") in ("Coverage", "CoverageCollection"):
        conditions = {"properties": asked.get("parameter-name"), "subsets": {"z": asked["z"]} if asked.get("z") else {},
                      "bbox": asked.get("bbox"), "datetime": asked.get("datetime")}  # fmt: skip
        _beyond(document, conditions, {"properties": "parameter-name", "subset": "z"})
        return {"values": _with_values(document)}
    return {"values": document}


def _arguments(made: Any, asked: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """What is given to the plug-in, each parameter that its method takes. Raises Refused for one it does not take."""
    import shapely

    parameters = inspect.signature(getattr(made, kind)).parameters
    anything = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    given: dict[str, Any] = {"query_type": kind, "format_": "json", "instance": None}
    given |= dict.fromkeys(_ARGUMENTS.values())
    given |= {"location_id": asked.get("location"), "crs_transform_spec": None, "select_properties": [],
              "wkt": shapely.from_wkt(asked["coords"]) if asked.get("coords") else None}  # fmt: skip
    for name, argument in _ARGUMENTS.items():
        if asked.get(name) is None:
            continue
        if not anything and argument not in parameters and name not in _OURS:
            raise Refused(name, f"le greffon ne prend pas « {name} ».", f"the plug-in does not take “{name}”.")
        given[argument] = asked[name]["text"] if name == "datetime" else _level(asked) if name == "z" else asked[name]
    return given if anything else {name: one for name, one in given.items() if name in (*parameters, "query_type")}


def _level(asked: Mapping[str, Any]) -> Any:
    low, high = asked["z"]
    return low if low == high else [low, high]


def _axes(made: Any, subsets: Mapping[str, Any]) -> dict[str, str]:
    """The plug-in's name of each axis asked. Raises Refused for one that it does not have."""
    known = {str(one).lower(): str(one) for one in made.axes or []}
    found = {}
    for name in subsets:
        others = next((names for _, names in _KINDS if name.lower() in names), ())
        axis = known.get(name.lower()) or next((known[other] for other in others if other in known), None)
        if axis is None:
            told = ", ".join(known.values())
            raise Refused("subset", f"axe inconnu : {name}. Axes : {told}.", f"unknown axis: {name}. Axes: {told}.")
        found[name] = axis
    return found


def _beyond(document: Document, asked: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str | None:
    """Take off what was not asked; the parameter that the plug-in did not honour, if there is one.

    Raises Refused when it cannot be taken off.
    """
    beyond = None
    for one in coverage_json.coverages(document):
        for parameter, axis, kept in _conditions(asked):
            if axis == "z" and _one_level(one):  # the nearest to the one that was asked for
                continue
            try:
                taken = (
                    coverage_json.only(one, asked["properties"])
                    if axis is None
                    else coverage_json.cut(one, _axis_of(one, axis), kept)
                )
            except Uncut:
                if _trusted(one, parameter, asked):
                    continue
                raise _unhonoured((names or {}).get(parameter, parameter)) from None
            beyond = parameter if taken and beyond is None else beyond
    return beyond


def _conditions(asked: Mapping[str, Any]) -> list[tuple[str, str | None, Any]]:
    found: list[tuple[str, str | None, Any]] = []
    if asked["properties"]:
        found.append(("properties", None, None))
    if box := asked["bbox"]:
        found.append(("bbox", "x", coverage_json.between(box[0], box[2])))
        found.append(("bbox", "y", coverage_json.between(box[1], box[3])))
    for name, (low, high) in asked["subsets"].items():
        axis = next((kind for kind, names in _KINDS if name.lower() in names), name)
        numbers = not isinstance(low, str) and not isinstance(high, str)
        if numbers:
            found.append(("subset", axis, coverage_json.between(low, high)))
    if asked["datetime"]:
        found.append(("datetime", "t", coverage_json.within(asked["datetime"])))
    return found


def _axis_of(coverage: Document, name: str) -> str:
    """The axis of a domain that is this one: `x` or another of its usual names."""
    axes = coverage.get("domain", {}).get("axes", {})
    names = next((names for kind, names in _KINDS if kind == name), (name,))
    return next((one for one in axes if one.lower() in names), name)


def _one_level(coverage: Document) -> bool:
    axes = coverage.get("domain", {}).get("axes", {})
    return len(axes.get(_axis_of(coverage, "z"), {}).get("values") or ()) == 1


def _trusted(coverage: Document, parameter: str, asked: Mapping[str, Any]) -> bool:
    """Whether an answer without the axis, or with ranges of other names, is what was asked all the same.

    A plug-in may name ranges otherwise than fields: as many as were asked are those. A domain without heights has
    none to choose from.
    """
    if parameter == "properties":
        return len(coverage.get("ranges") or {}) == len(asked["properties"])
    return "composite" in coverage.get("domain", {}).get("axes", {}) and parameter == "bbox"


def _unhonoured(parameter: str) -> Refused:
    return Refused(
        parameter,
        f"le greffon n'applique pas « {parameter} », et sa réponse ne permet pas de l'appliquer à sa place.",
        f"the plug-in does not apply “{parameter}”, and its answer does not let us apply it in its place.",
    )


def _with_values(document: Document) -> Document:
    if coverage_json.empty(document):
        raise Refused(None, "rien à cet endroit, à cette date.", "nothing there, at that date.")
    return document


def _text_of(file: Any) -> str:
    if not isinstance(file, bytes | bytearray):
        raise TypeError(f"a file as bytes is expected, not {type(file).__name__}")
    if len(file) > MOST_BYTES:
        raise Refused(
            None,
            f"le fichier dépasse {MOST_BYTES // 2**20} Mo : demandez une partie (bbox).",
            f"the file is over {MOST_BYTES // 2**20} MB: ask for a part (bbox).",
            too_large=True,
        )
    return base64.b64encode(file).decode()
