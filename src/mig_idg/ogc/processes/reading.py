"""What a process of ours may do: read through the same routes as everybody, as the caller, and say how far it is.

No process opens the database: each reading is a request past the one threshold, with the caller's rights of that
moment, its obligations and its line in the journal.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import orjson
from pygeoapi.process.base import BaseProcessor

from mig_idg.errors import Lang, Text


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer of ours to ourselves."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


class Context(Protocol):
    """What the runner of a job lends to a process."""

    lang: Lang
    standards: Path
    """Where the schemas of other bodies are."""

    @property
    def today(self) -> date:
        """The legal day, as the server knows it."""

    def ask(self, method: str, path: str, query: str, body: bytes | None, into: Path | None) -> Reading:
        """The answer to a request, as the caller. Raises what the threshold raises (Refused, NotFound…)."""

    def report(self, progress: int, message: Text) -> None:
        """How far the work is."""


class Processor(BaseProcessor):  # type: ignore[misc]
    """A pygeoapi processor that reads collections for the caller of the job."""

    METADATA: Mapping[str, Any] = {}

    def __init__(self, processor_def: dict[str, Any]) -> None:
        super().__init__(processor_def, dict(self.METADATA))
        self.context: Context | None = None

    def get(self, path: str, **query: Any) -> Reading:
        """GET one of our own addresses."""
        return self._context.ask("GET", path, _query(query), None, None)

    def post(self, path: str, document: Any) -> Reading:
        """POST a JSON document to one of our own addresses."""
        return self._context.ask("POST", path, "", orjson.dumps(document), None)

    def save(self, path: str, into: Path, **query: Any) -> Reading:
        """GET one of our own addresses into a file."""
        return self._context.ask("GET", path, _query(query), None, into)

    def report(self, progress: int, fr: str, en: str) -> None:
        """Say how far the work is."""
        self._context.report(progress, Text(fr, en))

    @property
    def lang(self) -> Lang:
        """The language of the caller."""
        return self._context.lang

    @property
    def today(self) -> date:
        """The legal day, as the server knows it."""
        return self._context.today

    @property
    def standards(self) -> Path:
        """Where the schemas of other bodies are."""
        return self._context.standards

    @property
    def _context(self) -> Context:
        if self.context is None:
            raise RuntimeError("this process runs as a job of mig-idg only")
        return self.context


def scratch_file(suffix: str) -> Path:
    """A file for a large result: the worker takes it and removes it."""
    import os

    handle, path = tempfile.mkstemp(prefix="mig-idg-job-", suffix=suffix)
    os.close(handle)
    return Path(path)


def _query(given: Mapping[str, Any]) -> str:
    return urlencode({name.replace("_", "-"): value for name, value in given.items() if value is not None})
