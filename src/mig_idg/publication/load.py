"""From YAML text to declarations, with the line of everything that is wrong.

The safe loader, one level stricter: no anchor, no alias, no duplicate key, no tag, 256 KiB at most. Nothing is
expanded: `${VAR}` is five characters like others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mig_idg.errors import InvalidDeclaration, Text, did_you_mean, nearest
from mig_idg.publication.model import Declaration

LARGEST = 256 * 1024
Lines = dict[tuple[str | int, ...], int]


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration with the file it came from and the line of each of its keys (first line = 1)."""

    file: str
    declaration: Declaration
    lines: Lines

    def line(self, *path: str | int) -> int | None:
        """The line of a key, or of its nearest parent."""
        return _line(self.lines, path)

    def wrong(self, detail: Text, *path: str | int, remedy: Text | None = None) -> InvalidDeclaration:
        """An error at the line of that key."""
        return InvalidDeclaration(self.file, self.line(*path), detail, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder holds: the sound declarations, and everything that is wrong in the others."""

    declared: tuple[Declared, ...]
    errors: tuple[InvalidDeclaration, ...]


def load_folder(folder: Path) -> Loaded:
    """All `*.yml` and `*.yaml` of a folder, in the order of their names. Raises InvalidDeclaration if it is missing."""
    if not folder.is_dir():
        raise InvalidDeclaration(
            str(folder),
            None,
            Text("ce dossier n'existe pas.", "there is no such folder."),
            remedy=Text("Indiquez le dossier des déclarations.", "Give the folder of the declarations."),
        )
    declared: list[Declared] = []
    errors: list[InvalidDeclaration] = []
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".yml", ".yaml") and not p.name.startswith(".")):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            errors.append(InvalidDeclaration(str(path), None, Text("le fichier n'est pas en UTF-8.", "not UTF-8.")))
            continue
        one, wrong = load_text(text, str(path))
        errors.extend(wrong)
        if one:
            declared.append(one)
    errors.extend(_duplicates(declared))
    return Loaded(tuple(declared), tuple(errors))


def load_text(text: str, file: str) -> tuple[Declared | None, list[InvalidDeclaration]]:
    """One declaration from its text, or all that is wrong with it."""
    if len(text) > LARGEST:
        return None, [InvalidDeclaration(file, None, Text("le fichier dépasse 256 Kio.", "the file exceeds 256 KiB."))]
    lines: Lines = {}
    try:
        value = _value(_compose(text, file), (), lines, file)
    except InvalidDeclaration as error:
        return None, [error]
    if not isinstance(value, dict):
        return None, [
            InvalidDeclaration(file, 1, Text("une déclaration (des clés) est attendue.", "a mapping is expected."))
        ]
    try:
        return Declared(file, Declaration.model_validate(value), lines), []
    except ValidationError as error:
        return None, [_explained(one, value, file, lines) for one in error.errors()]


def _compose(text: str, file: str) -> Node | None:
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise InvalidDeclaration(
                    file,
                    event.start_mark.line + 1,
                    Text(
                        "les ancres et les alias YAML ne sont pas admis.", "YAML anchors and aliases are not allowed."
                    ),
                )
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "YAML"
        raise InvalidDeclaration(
            file,
            mark.line + 1 if mark else None,
            Text(f"ce n'est pas du YAML lisible ({what}).", f"this is not readable YAML ({what})."),
        ) from None
    except RecursionError:
        raise InvalidDeclaration(file, None, Text("trop de niveaux imbriqués.", "nested too deep.")) from None


_CONSTRUCTOR = yaml.CSafeLoader("")


def _value(node: Node | None, path: tuple[str | int, ...], lines: Lines, file: str) -> Any:
    if node is None:
        return None
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > 12:
        raise InvalidDeclaration(file, lines[path], Text("trop de niveaux imbriqués.", "nested too deep."))
    if isinstance(node, ScalarNode):
        return _scalar(node, path, lines, file)
    if isinstance(node, SequenceNode):
        return [_value(child, (*path, n), lines, file) for n, child in enumerate(node.value)]
    assert isinstance(node, MappingNode)
    found: dict[str, Any] = {}
    for key_node, child in node.value:
        key = str(key_node.value)
        here = (*path, key)
        if key in found:
            raise InvalidDeclaration(
                file,
                key_node.start_mark.line + 1,
                Text(f"la clé « {key} » est écrite deux fois.", f"key “{key}” is written twice."),
            )
        lines[here] = key_node.start_mark.line + 1
        found[key] = _value(child, here, lines, file)
    return found


def _scalar(node: ScalarNode, path: tuple[str | int, ...], lines: Lines, file: str) -> Any:
    if node.tag not in _PLAIN_TAGS:
        raise InvalidDeclaration(
            file, lines[path], Text(f"étiquette YAML inconnue « {node.tag} ».", f"unknown YAML tag “{node.tag}”.")
        )
    try:
        return _CONSTRUCTOR.construct_object(node)
    except (ValueError, yaml.YAMLError):
        raise InvalidDeclaration(
            file,
            lines[path],
            Text(f"valeur illisible « {node.value} ».", f"unreadable value “{node.value}”."),
            remedy=Text("Une date s'écrit AAAA-MM-JJ.", "A date is written YYYY-MM-DD."),
        ) from None


_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp"))


def _explained(error: Any, value: dict[str, Any], file: str, lines: Lines) -> InvalidDeclaration:
    path = tuple(error["loc"])
    shown = ".".join(str(part) for part in path) or "déclaration"
    line = _line(lines, path)
    kind, ctx = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(path[:-1])
        return InvalidDeclaration(
            file,
            line,
            Text(f"clé inconnue « {path[-1]} ».", f"unknown key “{path[-1]}”."),
            remedy=did_you_mean(nearest(str(path[-1]), known))
            or Text(f"Clés connues : {', '.join(sorted(known))}.", f"Known keys: {', '.join(sorted(known))}."),
        )
    if kind == "missing":
        return InvalidDeclaration(file, line, Text(f"la clé « {shown} » est attendue.", f"key “{shown}” is expected."))
    if kind == "literal_error":
        word, expected = str(error["input"]), str(ctx.get("expected", ""))
        near = nearest(word, [w.strip(" '") for w in expected.replace(" or ", ",").split(",")])
        return InvalidDeclaration(
            file,
            line,
            Text(f"« {shown} » : valeur inconnue « {word} ».", f"“{shown}”: unknown value “{word}”."),
            remedy=did_you_mean(near) or Text(f"Valeurs admises : {expected}.", f"Allowed values: {expected}."),
        )
    if kind == "string_type" and isinstance(error["input"], int):
        return InvalidDeclaration(
            file,
            line,
            Text(f"« {shown} » : un texte est attendu, pas un nombre.", f"“{shown}”: text is expected, not a number."),
            remedy=Text(f'Écrivez "{error["input"]}" entre guillemets.', f'Write "{error["input"]}" in quotes.'),
        )
    if kind == "value_error":
        said = str(ctx.get("error", error["msg"]))
        return InvalidDeclaration(file, line, Text(f"« {shown} » : {said}.", f"“{shown}”: {said}."))
    return InvalidDeclaration(
        file,
        line,
        Text(f"« {shown} » : valeur inutilisable ({error['msg']}).", f"“{shown}”: unusable value ({error['msg']})."),
    )


def _known_keys(path: tuple[str | int, ...]) -> list[str]:
    """The keys the model knows at a place, found by walking the JSON schema."""
    from mig_idg.publication.model import json_schema

    schema: Any = json_schema()
    definitions = schema.get("$defs", {})
    here: Any = schema
    for part in path:
        here = _inside(here, part, definitions)
    return sorted(_resolved(here, definitions).get("properties", {}))


def _inside(schema: Any, part: str | int, definitions: Any) -> Any:
    resolved = _resolved(schema, definitions)
    if isinstance(part, int):
        return resolved.get("items") or next(iter(resolved.get("prefixItems", [])), {})
    properties = resolved.get("properties", {})
    return properties.get(part) or resolved.get("additionalProperties") or {}


def _resolved(schema: Any, definitions: Any) -> Any:
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        return definitions.get(schema["$ref"].rsplit("/", 1)[-1], {})
    for option in schema.get("anyOf", ()):
        found = _resolved(option, definitions)
        if found.get("type") != "null":
            return found
    return schema


def _line(lines: Lines, path: Iterable[str | int]) -> int | None:
    known = tuple(path)
    while known:
        if known in lines:
            return lines[known]
        known = known[:-1]
    return lines.get((), 1)


def _duplicates(declared: list[Declared]) -> list[InvalidDeclaration]:
    first: dict[str, str] = {}
    errors = []
    for one in declared:
        known = first.setdefault(one.declaration.id, one.file)
        if known != one.file:
            errors.append(
                one.wrong(
                    Text(
                        f"« {one.declaration.id} » est déjà déclaré dans {known}.",
                        f"“{one.declaration.id}” is already declared in {known}.",
                    ),
                    "id",
                )
            )
    return errors
