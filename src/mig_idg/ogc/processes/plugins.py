"""pygeoapi's process plug-ins: load, describe, execute. Only in an isolated process: importing pygeoapi takes 70 MB."""

from __future__ import annotations

import base64
import os
import tempfile
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from mig_idg.errors import Problem, Text, Unavailable, Unprocessable, problem
from mig_idg.ogc.processes import outputs
from mig_idg.ogc.processes.declared import Declaration, allowed
from mig_idg.ogc.processes.descriptions import normalised
from mig_idg.ogc.processes.reading import Context, Processor

INLINE_BYTES = 1024 * 1024


def load(declared: Declaration, modules: tuple[str, ...]) -> Any:
    """An instance of the plug-in. Raises Unavailable when it cannot be made."""
    name = declared.processor
    if "." not in name:
        from pygeoapi.plugin import PLUGINS

        name = PLUGINS["process"].get(name, f"pygeoapi.process.{name}")
    if not allowed(name, modules):
        raise _unusable(declared, "module")
    module, _, cls = name.rpartition(".")
    try:
        made = getattr(import_module(module), cls)({**declared.options, "name": name})
        if not isinstance(made.metadata, Mapping) or not callable(made.execute):
            raise TypeError("metadata, execute")
        return made
    except Exception as error:
        raise _unusable(declared, type(error).__name__) from error


def _unusable(declared: Declaration, reason: str) -> Unavailable:
    return Unavailable(
        Text(f"Le greffon du traitement « {declared.id} » ne se charge pas ({reason}).",
             f"The plug-in of process “{declared.id}” cannot be loaded ({reason})."),
        remedy=Text("Signalez-le à l'administrateur du service.", "Tell whoever runs the service."),
    )  # fmt: skip


def describe(declared: Declaration, modules: tuple[str, ...]) -> dict[str, Any]:
    """The description of a declared process: {"described": …} or {"problem": …, "trace": …}."""
    try:
        return {"described": normalised(load(declared, modules).metadata, declared)}
    except Problem as error:
        return {"problem": _problems(error), "trace": traceback.format_exc()}


def execute(call: Mapping[str, Any], modules: tuple[str, ...], context: Context | None) -> dict[str, Any]:
    """One job: {"outputs": […]} or {"problem": …}. Whatever the plug-in raises is a problem, never its words,
    but for those it says are for the user."""
    request = call["request"]
    try:
        declared = Declaration.model_validate(request["declared"])
        plugin = load(declared, modules)
        if isinstance(plugin, Processor):
            plugin.context = context
        if callable(getattr(plugin, "set_job_id", None)):
            plugin.set_job_id(call["job"])
        asked = request.get("outputs")
        more = {"outputs": asked} if getattr(plugin, "supports_outputs", False) else {}
        media_type, result = plugin.execute(dict(request["inputs"]), **more)
        described = normalised(plugin.metadata, declared)["outputs"]
        if isinstance(result, Path):
            return {"outputs": [_file(next(iter(described)), media_type, result)]}
        found = outputs.produced(media_type, result, described)
        if asked:
            found = [one for one in found if one.id in asked]
        return {"outputs": [_told(one) for one in found]}
    except Problem as error:
        return {"problem": _problems(error)}
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> dict[str, Any]:
    trace = traceback.format_exc()
    words = getattr(error, "user_msg", None)
    if isinstance(words, str) and words:
        return {"problem": _problems(Unprocessable(Text(words[:1000], words[:1000]))), "trace": trace}
    failed = Problem(
        Text("Le traitement a échoué.", "The process failed."),
        remedy=Text("Vérifiez les entrées ; sinon signalez le numéro du travail.",
                    "Check the inputs; otherwise report the id of the job."),
    )  # fmt: skip
    return {"problem": _problems(failed), "trace": trace}


def _told(one: outputs.Produced) -> dict[str, Any]:
    told = {"id": one.id, "mediaType": one.media_type, "encoding": one.encoding}
    if len(one.body) <= INLINE_BYTES:
        return {**told, "base64": base64.b64encode(one.body).decode()}
    handle, path = tempfile.mkstemp(prefix="mig-idg-job-")
    with os.fdopen(handle, "wb") as file:
        file.write(one.body)
    return {**told, "file": path}


def _file(id: str, media_type: str, path: Path) -> dict[str, Any]:
    return {"id": id, "mediaType": media_type, "encoding": "binary", "file": str(path)}


def _problems(error: Problem) -> dict[str, Any]:
    return {"fr": problem(error, "fr"), "en": problem(error, "en")}
