"""What is being done and how long it took, one line a step, on standard error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from rich.console import Console

from mig_idg.cli.messages import lang
from mig_idg.errors import Text

Told = Callable[[Text, int, int], None]


class Steps:
    """The steps of one command. On a terminal a spinner says where it is; elsewhere, only the finished lines."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("")
        self._began = time.monotonic()
        self._title = ""

    @contextmanager
    def __call__(self, title: Text) -> Iterator[Told]:
        """One step; what it yields may be told how far it is: (what, done, all)."""
        self._title, start = title.in_(lang()), time.monotonic()
        self._status.update(f"{self._title}…")
        with self._status:
            yield self._far
        self._console.print(f"[green]✓[/green] {self._title} [dim]{time.monotonic() - start:.1f} s[/dim]")

    @contextmanager
    def first[T](self, title: Text, started: AbstractContextManager[T]) -> Iterator[T]:
        """A step that starts something which lives as long as the block."""
        with ExitStack() as stack:
            with self(title):
                value = stack.enter_context(started)
            yield value

    def tell(self, word: str) -> None:
        """Where the current step is."""
        self._status.update(f"{self._title}… [dim]{word}[/dim]")

    def detail(self, text: Text | None) -> None:
        """A line under the step that just ended."""
        if text is not None:
            self._console.print(f"  [dim]{text.in_(lang())}[/dim]")

    def end(self, text: Text) -> None:
        """The last line, with the time of the whole."""
        self._console.print(f"[bold]{text.in_(lang())}[/bold] [dim]{time.monotonic() - self._began:.1f} s[/dim]")

    def _far(self, what: Text, done: int, of: int) -> None:
        self.tell(f"{what.in_(lang())} {done}/{of}")
