"""The sources of a folder. What is wrong is told by file and line; the sound ones are harvested all the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mig_idg.errors import InvalidDeclaration, NotFound, Text, did_you_mean, nearest
from mig_idg.harvest.model import Source

LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """The sound sources by id, and what is wrong with the others."""

    sources: dict[str, Source]
    errors: tuple[InvalidDeclaration, ...]


def load(folder: Path) -> Loaded:
    """All `*.yml` of a folder, in the order of their names; none when it is not there."""
    sources: dict[str, Source] = {}
    errors: list[InvalidDeclaration] = []
    for path in sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))) if folder.is_dir() else ():
        try:
            one = parse(path)
            if one.id in sources:
                raise InvalidDeclaration(
                    str(path), None, Text(f"« {one.id} » est déjà déclaré.", f"“{one.id}” is already declared.")
                )
            sources[one.id] = one
        except InvalidDeclaration as error:
            errors.append(error)
    return Loaded(sources, tuple(errors))


def chosen(loaded: Loaded, names: tuple[str, ...]) -> tuple[Source, ...]:
    """The sources of these names, or all. Raises NotFound, naming the nearest."""
    for name in names:
        if name not in loaded.sources:
            near = did_you_mean(nearest(name, loaded.sources))
            raise NotFound(Text(f"Aucune source « {name} ».", f"There is no source “{name}”."), remedy=near)
    return tuple(loaded.sources[name] for name in names) if names else tuple(loaded.sources.values())


def parse(path: Path) -> Source:
    """One file. Raises InvalidDeclaration naming file, line and what was expected."""
    try:
        text = path.read_text("utf-8")
        told: Any = _mapping(text) if len(text) <= LARGEST else None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDeclaration(
            str(path), None, Text(f"Le fichier ne se lit pas ({type(error).__name__}).", "The file cannot be read.")
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InvalidDeclaration(
            str(path), mark.line + 1 if mark else None, Text("YAML mal formé.", "Malformed YAML.")
        ) from None
    if not isinstance(told, dict):
        raise InvalidDeclaration(str(path), 1, Text("Une source (des clés) est attendue.", "A source is expected."))
    try:
        return Source.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][-1] if first["loc"] else "")
        known = (*Source.model_fields, "records", "pages", "depth", "seconds", "page_mb", "total_mb")
        near = nearest(name, known) if first["type"] == "extra_forbidden" else None
        where = ".".join(map(str, first["loc"])) or "source"
        raise InvalidDeclaration(
            str(path), _line(text, name), _expected(where, dict(first)), remedy=did_you_mean(near)
        ) from None


def _expected(where: str, first: dict[str, Any]) -> Text:
    words: dict[str, Text] = {
        "missing": Text("cette clé est attendue", "this key is expected"),
        "extra_forbidden": Text("clé inconnue", "unknown key"),
    }
    said = words.get(first["type"]) or Text(*(first["msg"].removeprefix("Value error, "),) * 2)
    return Text(f"« {where} » : {said.fr}.", f"“{where}”: {said.en}.")


class _Loader(yaml.SafeLoader):
    """The safe loader without anchors: nothing can be expanded."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As usual, but for an alias, which is refused."""
        events: Any = self
        if events.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=events.peek_event().start_mark)
        return super().compose_node(parent, index)


def _mapping(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 — a subclass of the safe loader


def _line(text: str, name: str) -> int | None:
    for number, line in enumerate(text.splitlines(), 1):
        if name and re.match(rf"\s*{re.escape(name)}\s*:", line):
            return number
    return None
