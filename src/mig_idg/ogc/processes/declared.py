"""A file of `processes/`: which plug-in, from the modules that are allowed, for whom, within which limits.

The schema is closed, like that of `collections/`: a key that is not known is refused, with its file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from mig_idg.errors import InvalidDeclaration, Lang, Text, did_you_mean, nearest

LARGEST = 64 * 1024
SHORT_NAMES_OF = "pygeoapi.process"
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
_DOTTED = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$"


class Words(BaseModel):
    """A text in French and English."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fr: Sentence
    en: Sentence

    def in_(self, lang: Lang) -> str:
        """The text in the language asked for."""
        return self.en if lang == "en" else self.fr


class Declaration(BaseModel):
    """One process."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")]
    processor: Annotated[str, StringConstraints(pattern=_DOTTED, max_length=300)] = Field(
        description="the class of a pygeoapi process plug-in, module.Class; or a name of pygeoapi's own (HelloWorld)"
    )
    title: Words | None = Field(None, description="in place of what the plug-in says of itself")
    description: Words | None = None
    audience: Literal["everyone", "accounts"] = Field("everyone", description="who may execute it")
    collections: Mapping[str, Literal["view", "query", "download"]] = Field(
        default={}, description="the inputs that name collections, and what the process does with them"
    )
    options: Mapping[str, Any] = Field(default={}, description="further members of the plug-in's processor_def")
    seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(600, description="how long one execution may take")
    memory_mb: Annotated[int, Field(ge=64, le=65_536)] = Field(2048, description="how much memory it may take")

    @property
    def ours(self) -> bool:
        """Whether it is a process of mig-idg, which reads collections for the caller; others read nothing of ours."""
        return self.processor.startswith("mig_idg.")


def load(folder: Path, modules: tuple[str, ...]) -> dict[str, Declaration]:
    """The processes of a folder, by id; none when it is not there. Raises InvalidDeclaration."""
    found: dict[str, Declaration] = {}
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))) if folder.is_dir() else ():
        one = parse(path, modules)
        if one.id in found:
            raise InvalidDeclaration(
                str(path), None, Text(f"« {one.id} » est déjà déclaré.", f"“{one.id}” is already declared.")
            )
        found[one.id] = one
    return found


def parse(path: Path, modules: tuple[str, ...]) -> Declaration:
    """One file. Raises InvalidDeclaration naming file, line and what was expected."""
    try:
        text = path.read_text("utf-8")
        told = yaml.safe_load(text) if len(text) <= LARGEST else None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InvalidDeclaration(
            str(path), mark.line + 1 if mark else None, Text("Le fichier ne se lit pas.", "The file cannot be read.")
        ) from None
    if not isinstance(told, dict):
        raise InvalidDeclaration(str(path), 1, Text("Un traitement est attendu.", "A process is expected."))
    try:
        one = Declaration.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        near = nearest(name, Declaration.model_fields) if first["type"] == "extra_forbidden" else None
        raise InvalidDeclaration(
            str(path), _line(text, name), Text(f"« {name} » : {first['msg']}.", f"“{name}”: {first['msg']}."),
            remedy=did_you_mean(near),
        ) from None  # fmt: skip
    if not allowed(one.processor, modules):
        raise InvalidDeclaration(
            str(path), _line(text, "processor"),
            Text(f"« {one.processor} » n'est pas dans les modules permis : {', '.join(modules)}.",
                 f"“{one.processor}” is not in the modules that are allowed: {', '.join(modules)}."),
            remedy=Text("Ajoutez son module à IDG_PLUGIN_MODULES.", "Add its module to IDG_PLUGIN_MODULES."),
        )  # fmt: skip
    return one


def allowed(name: str, modules: tuple[str, ...]) -> bool:
    """Whether a plug-in lies in a module, or a package, of the allow-list; a short name is one of pygeoapi's own."""
    if "." not in name:
        name = f"{SHORT_NAMES_OF}.{name}"
    module = name.rpartition(".")[0]
    return any(module == one or module.startswith(f"{one}.") for one in modules)


def _line(text: str, name: str) -> int | None:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*{re.escape(name)}\s*:", line):
            return number
    return None
