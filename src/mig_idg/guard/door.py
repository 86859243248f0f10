"""Doors: a route cannot be written without naming what is asked of the charter.

The table of doors is the allow-list of the application: the router that finds a door is the one that guards it.
`/collections/{collection}/items` names one segment; a literal segment wins over a name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mig_idg.guard.answer import Answer

if TYPE_CHECKING:
    from mig_idg.guard.visit import Visit

Handler = Callable[["Visit"], Awaitable[Answer]]
Lanes = Literal["items", "tiles", "exports", "admin", "none"]

# Actions of the charter, and two that give no data: `open` (the same for all: conformance, health, assets) and
# `listing` (built from what the caller may discover).
READ_ACTIONS = ("view", "query", "download", "subscribe")
DOOR_ACTIONS = (*READ_ACTIONS, "discover", "contribute", "configure", "audit", "open", "listing")

ActionOf = Callable[[str, Mapping[str, str], Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Door:
    """One route: its pattern, the methods it answers, the action it asks, the pool of lanes it draws from.

    `action` is a word of DOOR_ACTIONS, or a function of (method, query, headers) when the question depends on them
    (`f=gpkg` is a download, POST a contribution); `actions` then lists every word it may give.
    """

    pattern: str
    action: str | ActionOf
    handler: Handler
    methods: tuple[str, ...] = ("GET", "HEAD")
    lanes: Lanes = "items"
    actions: tuple[str, ...] = ()
    body_limit: int = 0

    def __post_init__(self) -> None:
        for action in self.every_action:
            if action not in DOOR_ACTIONS:
                raise ValueError(f"door {self.pattern}: unknown action {action!r}")

    @property
    def every_action(self) -> tuple[str, ...]:
        """All actions this door may ask."""
        if isinstance(self.action, str):
            return (self.action,)
        if not self.actions:
            raise ValueError(f"door {self.pattern}: a computed action must list its words")
        return self.actions

    def asks(self, method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
        """The action asked by this request; never one that the door did not list."""
        if isinstance(self.action, str):
            return self.action
        asked = self.action(method, query, headers)
        if asked not in self.actions:
            raise ValueError(f"door {self.pattern}: action {asked!r} is not listed")
        return asked


@dataclass(slots=True)
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    named: _Node | None = None
    rest: _Node | None = None
    door: Door | None = None


class Doors:
    """The directory of doors, found by segments; built once, at start."""

    def __init__(self, doors: Iterable[Door]) -> None:
        self.all = tuple(doors)
        self._names = {door.pattern: _names(door.pattern) for door in self.all}
        self._root = _Node()
        for door in self.all:
            self._add(door)

    def find(self, path: str) -> tuple[Door, dict[str, str]] | None:
        """The door of a path (already decoded, starting with `/`) and the values of its names."""
        segments = path[1:].split("/") if path != "/" else []
        values: list[str] = []
        node: _Node | None = self._root
        for position, segment in enumerate(segments):
            assert node is not None
            after = node.literal.get(segment)
            if after is None and node.named is not None and segment:
                after = node.named
                values.append(segment)
            if after is None and node.rest is not None and segment:
                values.append("/".join(segments[position:]))
                node = node.rest
                break
            if after is None:
                return None
            node = after
        door = node.door if node else None
        if door is None:
            return None
        return door, dict(zip(self._names[door.pattern], values, strict=True))

    def _add(self, door: Door) -> None:
        node = self._root
        for segment in door.pattern.strip("/").split("/") if door.pattern != "/" else []:
            if segment.startswith("{*"):
                node.rest = node.rest or _Node()
                node = node.rest
            elif segment.startswith("{"):
                node.named = node.named or _Node()
                node = node.named
            else:
                node = node.literal.setdefault(segment, _Node())
        if node.door is not None:
            raise ValueError(f"two doors at {door.pattern}")
        node.door = door


def _names(pattern: str) -> list[str]:
    return [segment.strip("{*}") for segment in pattern.split("/") if segment.startswith("{")]
