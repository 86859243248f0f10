"""YAML that remembers its lines: each value knows where it stands, no scalar is guessed, no alias can explode.

YAML 1.1 reads `on:` as true, `NO` as false and `92050` as a number; here a scalar stays the text that was typed, and
the model that reads it says what it is. Built from parser events, so that depth and size are bounded before anything
is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import yaml

from mig_idg.errors import InvalidDeclaration, Text

DEPTH = 32
CHARACTERS = 8_000_000
ALIASED_VALUES = 400_000
TAGS = frozenset({None, "!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map", "timestamp"))})
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as typed; `plain` says that it was not quoted."""

    text: str
    plain: bool
    line: int

    @property
    def size(self) -> int:
        """One value."""
        return 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list and the line it starts on."""

    items: tuple[Node, ...]
    line: int
    size: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping, each key with its line, and the line it starts on."""

    items: dict[str, Node]
    lines: dict[str, int]
    line: int
    size: int


Node = Scalar | Sequence | Mapping


def is_null(node: Node) -> bool:
    """Whether nothing was written, or `null` or `~`."""
    return isinstance(node, Scalar) and node.plain and node.text in NULLS


def read(text: str, file: str) -> Node:
    """The document of a YAML text; InvalidDeclaration with the line when it is not one, or is a trap."""
    if len(text) > CHARACTERS:
        raise _refused(file, 1, f"fichier de plus de {CHARACTERS} caractères", f"file over {CHARACTERS} characters")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Reader(file, yaml.parse(text, Loader=loader)).document()
    except yaml.MarkedYAMLError as problem:
        line = cast("yaml.Mark", problem.problem_mark).line + 1  # a parser always says where
        raise _refused(file, line, "YAML mal formé à cet endroit", "malformed YAML here") from None
    except yaml.YAMLError:
        raise _refused(file, 1, "caractère que YAML n'admet pas", "a character YAML does not allow") from None


def _refused(file: str, line: int, fr: str, en: str) -> InvalidDeclaration:
    return InvalidDeclaration(file, line, Text(f"{fr}.", f"{en}."))


class _Reader:
    """Builds the nodes of one document from its parser events."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.file = file
        self.events = events
        self.anchors: dict[str | None, Node] = {}
        self.aliased = 0

    def document(self) -> Node:
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _refused(self.file, 1, "fichier vide", "empty file")
        node = self.node(event, 0)
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            line = after.start_mark.line + 1
            raise _refused(self.file, line, "un seul document par fichier", "one document per file")
        return node

    def node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        if depth > DEPTH:
            raise _refused(self.file, line, f"plus de {DEPTH} niveaux", f"more than {DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event.anchor, line)
        if event.tag not in TAGS:
            raise _refused(self.file, line, f"étiquette YAML refusée : {event.tag}", f"YAML tag refused: {event.tag}")
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node = Scalar(event.value, not event.style, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(line, depth)
        else:
            node = self.mapping(line, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def alias(self, anchor: str | None, line: int) -> Node:
        """The node an alias stands for; together, aliases may not stand for more than `ALIASED_VALUES` values."""
        if anchor not in self.anchors:
            raise _refused(self.file, line, f"ancre inconnue : {anchor}", f"unknown anchor: {anchor}")
        node = self.anchors[anchor]
        self.aliased += node.size
        if self.aliased > ALIASED_VALUES:
            raise _refused(self.file, line, "trop de valeurs répétées par alias", "too many values repeated by aliases")
        return node

    def sequence(self, line: int, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Sequence(tuple(items), line, 1 + sum(item.size for item in items))

    def mapping(self, line: int, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: list[Node] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                raise _refused(self.file, key.line, "une clé doit être un mot", "a key must be a word")
            if key.text == "<<" and key.plain:
                merged.append(value)
                continue
            if key.text in items:
                raise _refused(
                    self.file,
                    key.line,
                    f"clé « {key.text} » écrite deux fois (déjà ligne {lines[key.text]})",
                    f"key “{key.text}” written twice (already on line {lines[key.text]})",
                )
            items[key.text], lines[key.text] = value, key.line
        for base in merged:
            self.merge(base, items, lines)
        return Mapping(items, lines, line, 1 + sum(1 + item.size for item in items.values()))

    def merge(self, base: Node, items: dict[str, Node], lines: dict[str, int]) -> None:
        """`<<: *base`: the keys of the base (or of each of a list of bases) that the mapping does not write itself."""
        bases = base.items if isinstance(base, Sequence) else (base,)
        for one in bases:
            if not isinstance(one, Mapping):
                raise _refused(self.file, base.line, "« << » attend une ancre de clés", "“<<” expects a mapping")
            for key, value in one.items.items():
                if key not in items:
                    items[key], lines[key] = value, one.lines[key]
