"""From YAML text to declarations, with the line of everything that is wrong.

The safe loader, one level stricter: no anchor, no alias, no duplicate key, no tag, 256 KiB at most. Nothing is
expanded: `${VAR}` is five characters like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mig_idg.errors import InvalidDeclaration, Text
from mig_idg.publication import messages
from mig_idg.publication.model import Declaration

LARGEST = 256 * 1024
KeyPath = tuple[str | int, ...]
Lines = dict[KeyPath, int]
# A whole number as people write it. YAML 1.1 also reads 01004 as 516 (octal), 1_000 as 1000, 1:30 as 90.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")


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
    written: dict[KeyPath, str] = {}
    try:
        value = _value(_compose(text, file), (), lines, written, file)
    except InvalidDeclaration as error:
        return None, [error]
    if not isinstance(value, dict):
        return None, [
            InvalidDeclaration(file, 1, Text("une déclaration (des clés) est attendue.", "a mapping is expected."))
        ]
    try:
        declaration = Declaration.model_validate(value)
    except ValidationError as error:
        return None, [_explained(one, file, lines, written) for one in error.errors()]
    misread = [_misread(path, text, file, lines) for path, text in written.items() if _is_misread(value, path, text)]
    return (None, misread) if misread else (Declared(file, declaration, lines), [])


def _is_misread(value: Any, path: KeyPath, text: str) -> bool:
    """Whether a number that the model takes was read as another than the digits that were written."""
    for part in path:
        value = value[part]
    return isinstance(value, int) and not isinstance(value, bool) and not _WHOLE.fullmatch(text)


def _misread(path: KeyPath, text: str, file: str, lines: Lines) -> InvalidDeclaration:
    where = messages.shown(path)
    return InvalidDeclaration(
        file,
        _line(lines, path),
        Text(
            f"« {where} » : YAML lit « {text} » comme un autre nombre (octal, soixantaines, « _ »).",
            f"“{where}”: YAML reads “{text}” as another number (octal, sixties, “_”).",
        ),
        remedy=Text("Écrivez le nombre avec ses seuls chiffres.", "Write the number with its digits only."),
    )


def _compose(text: str, file: str) -> Node | None:
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise InvalidDeclaration(
                    file,
                    event.start_mark.line + 1 if event.start_mark else None,
                    Text(
                        "les ancres et les alias YAML ne sont pas admis.", "YAML anchors and aliases are not allowed."
                    ),
                )
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = messages.reading(getattr(error, "problem", None))
        raise InvalidDeclaration(file, mark.line + 1 if mark else None, said) from None
    except RecursionError:
        raise InvalidDeclaration(file, None, Text("trop de niveaux imbriqués.", "nested too deep.")) from None


_CONSTRUCTOR = yaml.CSafeLoader("")


def _value(node: Node | None, path: KeyPath, lines: Lines, written: dict[KeyPath, str], file: str) -> Any:
    if node is None:
        return None
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > 12:
        raise InvalidDeclaration(file, lines[path], Text("trop de niveaux imbriqués.", "nested too deep."))
    if isinstance(node, ScalarNode):
        written[path] = node.value
        return _scalar(node, path, lines, file)
    if isinstance(node, SequenceNode):
        return [_value(child, (*path, n), lines, written, file) for n, child in enumerate(node.value)]
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
        found[key] = _value(child, here, lines, written, file)
    return found


def _scalar(node: ScalarNode, path: KeyPath, lines: Lines, file: str) -> Any:
    if node.tag not in _PLAIN_TAGS:
        raise InvalidDeclaration(
            file,
            lines[path],
            Text("les étiquettes YAML (« ! ») ne sont pas admises.", "YAML tags (“!”) are not allowed."),
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


def _explained(error: Mapping[str, Any], file: str, lines: Lines, written: Mapping[KeyPath, str]) -> InvalidDeclaration:
    path = messages.path_of(error)
    detail, remedy = messages.validating(error, written.get(path))
    return InvalidDeclaration(file, _line(lines, path), detail, remedy=remedy)


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
