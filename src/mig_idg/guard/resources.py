"""What one application holds for its handlers: caches, engines, pools, each found by its type.

They belong to the application that `create_app` makes, never to a module: two applications in one process do not see
each other's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast


class Resources:
    """Resources by type; one that nobody provided is made by its own constructor, when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[type, Any] = {}
        self._makers: dict[type, Callable[[], Any]] = {}

    def provide[T](self, kind: type[T], make: Callable[[], T]) -> None:
        """How a resource is made, when it is first asked for."""
        self._makers[kind] = make

    def get[T](self, kind: type[T]) -> T:
        """The application's own."""
        found = self._made.get(kind)
        if found is None:
            found = self._made[kind] = self._makers.get(kind, kind)()
        return cast("T", found)

    async def shut_down(self) -> None:
        """End the processes that what was made has started, while there is still a loop to wait for them."""
        for one in self._made.values():
            shut_down = getattr(one, "shut_down", None)
            if shut_down is not None:
                await shut_down()

    def close(self) -> None:
        """Close what was made and can be closed, when the application stops."""
        for one in self._made.values():
            close = getattr(one, "close", None)
            if close is not None:
                close()
        self._made.clear()
