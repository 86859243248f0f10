"""Routes: a route cannot be written without naming what is asked of the charter.

The table of routes is the allow-list of the application: the router that finds a route is the one that guards it.
`/collections/{collection}/items` names one segment; a literal segment wins over a name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from mig_idg.guard.operation import Operation
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response

Handler = Callable[[Request], Awaitable[Response]]
PoolName = Literal["items", "tiles", "exports", "admin", "none"]

# Actions of the charter, and two that give no data: `open` (the same for all: conformance, health, assets) and
# `listing` (built from what the caller may discover).
READ_ACTIONS = ("view", "query", "download", "subscribe")
ROUTE_ACTIONS = (*READ_ACTIONS, "discover", "execute", "contribute", "configure", "publish_open", "audit",
                 "open", "listing")  # fmt: skip

ActionOf = Callable[[str, Mapping[str, str], Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its pattern, the methods it answers, the action it asks, the pool of connections it draws from.

    `action` is a word of ROUTE_ACTIONS, or a function of (method, query, headers) when the question depends on them
    (`f=gpkg` is a download, POST a contribution); `actions` then lists every word it may give. A route of the
    `operator` is on nobody's account: it must answer when all others are refused. A route of `forms` takes what a page
    of ours sends by POST under the session of its browser; its handler checks the ticket that the form carries.
    `operations` are what the API definition tells of its methods: none for pages and machines (sessions, health).
    """

    pattern: str
    action: str | ActionOf
    handler: Handler
    methods: tuple[str, ...] = ("GET", "HEAD")
    pool: PoolName = "items"
    actions: tuple[str, ...] = ()
    body_limit: int = 0
    operator: bool = False
    forms: bool = False
    operations: tuple[Operation, ...] = ()

    def __post_init__(self) -> None:
        for action in self.every_action:
            if action not in ROUTE_ACTIONS:
                raise ValueError(f"route {self.pattern}: unknown action {action!r}")
        for operation in self.operations:
            if operation.method not in self.methods:
                raise ValueError(f"route {self.pattern}: operation {operation.id} by {operation.method}, not answered")
            if not operation.action and not isinstance(self.action, str):
                raise ValueError(f"route {self.pattern}: operation {operation.id} must name its action")

    @property
    def every_action(self) -> tuple[str, ...]:
        """All actions this route may ask."""
        if isinstance(self.action, str):
            return (self.action,)
        if not self.actions:
            raise ValueError(f"route {self.pattern}: a computed action must list its words")
        return self.actions

    @property
    def described(self) -> tuple[Operation, ...]:
        """Its operations, placed: at its pattern, under its action unless they name another."""
        action = self.action if isinstance(self.action, str) else ""
        return tuple(replace(one, pattern=self.pattern, action=one.action or action) for one in self.operations)

    def asks(self, method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
        """The action asked by this request; never one that the route did not list."""
        if isinstance(self.action, str):
            return self.action
        asked = self.action(method, query, headers)
        if asked not in self.actions:
            raise ValueError(f"route {self.pattern}: action {asked!r} is not listed")
        return asked


@dataclass(slots=True)
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    named: _Node | None = None
    rest: _Node | None = None
    route: Route | None = None


class Router:
    """The directory of routes, found by segments; built once, at start."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.all = tuple(routes)
        self._names = {route.pattern: _names(route.pattern) for route in self.all}
        self._root = _Node()
        for route in self.all:
            self._add(route)

    def find(self, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path (already decoded, starting with `/`) and the values of its names."""
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
        route = node.route if node else None
        if route is None:
            return None
        return route, dict(zip(self._names[route.pattern], values, strict=True))

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.pattern.strip("/").split("/") if route.pattern != "/" else []:
            if segment.startswith("{*"):
                node.rest = node.rest or _Node()
                node = node.rest
            elif segment.startswith("{"):
                node.named = node.named or _Node()
                node = node.named
            else:
                node = node.literal.setdefault(segment, _Node())
        if node.route is not None:
            raise ValueError(f"two routes at {route.pattern}")
        node.route = route


def _names(pattern: str) -> list[str]:
    return [segment.strip("{*}") for segment in pattern.split("/") if segment.startswith("{")]
